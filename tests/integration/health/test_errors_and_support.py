"""Errors that nobody handles are captured, alarmed and exported; logs and metrics are kept by day; and no secret is in any of it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import open_station, provision_demo_station
from jope.compliance.alarms.commands import RaiseAlarm
from jope.kernel.errors import PermissionDeniedError, ProgramFaultError, UnwritableFileError
from jope.kernel.logs import DailyFile, files_of
from jope.kernel.settings.files import StationFolder
from jope.services.health.capturing import MOST, ErrorCapture, captured_errors
from jope.services.health.metrics import snapshot_of
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.integration.health.test_channels import active
from tests.support.anchored import events, rows
from tests.support.clocks import SetClock
from tests.support.demo import Crew, wait_until
from tests.support.receivers import ROOT

SECRET = "hunter2-hunter2"
CHILD = f"""
import sys, threading
from pathlib import Path
from jope.bootstrap import open_station
station = open_station(Path(sys.argv[1]))
station.note_place("audit")
def deep(password):
    raise ValueError(f"cannot use {{password}}")
def fails():
    deep("{SECRET}")
class Dropped:
    def __del__(self):
        deep("{SECRET}")
for _ in range(3):
    thread = threading.Thread(target=fails, name="worker-7")
    thread.start(); thread.join()
Dropped()
station._dispatch_own  # the alarm is told beside
station.close()
deep("{SECRET}")
"""


def run(code: str, root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)


def cli(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jope.cli.app", "health", *words]
    return subprocess.run(command, capture_output=True, text=True, input=typed, cwd=ROOT, timeout=120, check=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    provision_demo_station(tmp_path / "station")
    return tmp_path / "station"


@pytest.mark.req("Q11")
def test_what_nobody_handles_is_captured_with_its_place_counted_and_alarmed(root: Path) -> None:
    done = run(CHILD, root)
    assert "ValueError" in done.stderr, "the interpreter's own report still comes"
    errors = {error.place: error for error in captured_errors(root / "logs" / "errors")}
    assert set(errors) == {"thread worker-7", "unraisable"}
    found = errors["thread worker-7"]
    assert (found.kind, found.count, found.thread, found.station_id) == ("ValueError", 3, "worker-7", "DEMO-L3")
    assert [frame["function"] for frame in found.frames][-2:] == ["fails", "deep"]
    assert found.version
    for path in root.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    station = open_station(root)
    try:
        assert active(station).get("error_captured") == "DEMO-L3"
        priority = rows(station, "SELECT priority FROM alarm WHERE kind = 'error_captured'")
        assert priority == [(3,)]
    finally:
        station.close()


@pytest.mark.req("Q11", "P11-06")
def test_a_fault_of_the_program_inside_a_command_is_captured_by_its_type_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jope.compliance.alarms import handlers

    whole = handlers.raise_alarm

    def broken(*given: Any, **named: Any) -> str:
        if named["source"] == "scale":
            raise KeyError(SECRET)
        return whole(*given, **named)

    station = open_station(root)
    try:
        monkeypatch.setattr(handlers, "raise_alarm", broken)
        with pytest.raises(ProgramFaultError):
            station._dispatch_own(RaiseAlarm(priority=2, source="scale", kind="offline", text=f"{SECRET} is offline"))
        monkeypatch.undo()
        (found,) = captured_errors(root / "logs" / "errors")
        assert (found.kind, found.place, found.message) == ("KeyError", "RaiseAlarm", "")
        wait_until(lambda: "error_captured" in active(station))
    finally:
        station.close()
    assert SECRET not in "".join(path.read_text() for path in (root / "logs").rglob("*.json*"))


@pytest.mark.req("Q11")
def test_an_error_at_the_very_end_is_alarmed_by_the_next_start(root: Path) -> None:
    script = "import sys; from pathlib import Path; from jope.bootstrap import open_station; s = open_station(Path(sys.argv[1])); 1 // 0"
    assert run(script, root).returncode == 1
    station = open_station(root)
    try:
        station._health.minute()
        assert active(station).get("error_captured") == "DEMO-L3"
        station._health.minute()
        assert rows(station, "SELECT count(*) FROM audit WHERE action = 'alarm.raised'") == [(1,)], "raised once, not each minute"
        token = Crew(station).token("D-QA")
        (line,) = [line for line in station.health(token).lines if line.name == "errors"]
        assert line.state.value == "attention"
        assert "ZeroDivisionError" not in line.value or line.todo
        uptime = next(line for line in station.health(token).lines if line.name == "uptime")
        assert uptime.state.value == "attention", "the process before ended without a stop"
        assert station.health_mark().name == "uptime"
    finally:
        station.close()


@pytest.mark.req("Q11")
def test_captured_errors_are_bounded_and_a_full_disk_is_counted_not_raised(tmp_path: Path) -> None:
    clock, told = SetClock(), list[str]()
    capture = ErrorCapture(tmp_path / "errors", clock, version="1", station_id="S", tell=lambda error: told.append(error.fingerprint))
    capture.install()
    try:
        for n in range(MOST + 20):
            clock.pass_seconds(1)
            capture.take_message("QtWarning", "widget.cpp", n + 1, "paint")
        capture.take_message("QtWarning", "widget.cpp", MOST + 20, "paint")
        assert len(captured_errors(tmp_path / "errors")) == MOST
        assert captured_errors(tmp_path / "errors")[0].count == 2
        assert captured_errors(tmp_path / "errors")[-1].frames[0]["line"] == 21, "the one not seen for longest gives way"
        assert len(told) == MOST + 20, "each kind is told once"
        for path in (tmp_path / "errors").iterdir():
            path.unlink()
        (tmp_path / "errors").rmdir()
        (tmp_path / "errors").write_text("in the way")
        capture.take_message("QtWarning", "widget.cpp", 1, "paint")
        assert capture.lost == 1
    finally:
        capture.close()


@pytest.mark.req("Q11", "C13", "O08")
def test_the_support_file_comes_after_its_event_and_holds_no_secret(root: Path, tmp_path: Path) -> None:
    run(CHILD, root)
    station = open_station(root)
    try:
        crew, path = Crew(station), tmp_path / "support.zip"
        station._health.minute()
        assert isinstance(crew.refused(lambda: station.export_support(crew.token("D-OPER"), path)), PermissionDeniedError)
        assert not path.exists()
        crew.refused(lambda: station.export_support(crew.token("D-ADMIN"), tmp_path / "nowhere" / "support.zip"))
        assert events(station, "support.exported") == []
        station.export_support(crew.token("D-ADMIN"), path)
        assert len(events(station, "support.exported")) == 1
        assert "error_captured" not in active(station), "what was captured is in good hands"
        token = crew.token("D-ADMIN")
        _require_no_secret(path, root, token)
        with zipfile.ZipFile(path) as bundle:
            names = set(bundle.namelist())
            health = json.loads(bundle.read("health.json"))
        assert {"README.txt", "health.json", "versions.json", "settings.json"} <= names
        assert sum(name.startswith("errors/") for name in names) == 2
        assert any(name.startswith("logs/metrics-") for name in names)
        assert {line["name"] for line in health["lines"]} >= {"ledger", "errors", "backup", "disk"}
        blocked = tmp_path / "blocked"
        blocked.mkdir()
        assert isinstance(crew.refused(lambda: station.export_support(token, blocked)), UnwritableFileError)
    finally:
        station.close()


def _require_no_secret(path: Path, root: Path, token: str) -> None:
    secrets = [DEMO_PASSWORD, SECRET, token]
    secrets += [key.read_text().strip() for key in (root / "keys").glob("*.key")]
    assert len(secrets) >= 7
    with zipfile.ZipFile(path) as bundle:
        content = b"\n".join(bundle.read(name) for name in bundle.namelist())
    for secret in secrets:
        assert secret.encode() not in content
        assert bytes.fromhex(secret) not in content if len(secret) == 64 and secret.isalnum() else True


@pytest.mark.req("Q10")
def test_logs_and_metrics_are_kept_by_day_and_as_long_as_the_setting_says(root: Path) -> None:
    folder = StationFolder(root)
    folder.write_settings(folder.settings().model_copy(update={"log_retention_days": 30}))
    old_days = [f"2020-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 29)]
    for day in old_days:
        (folder.logs / f"jope-{day}.jsonl").write_text("old\n")
        (folder.logs / f"metrics-{day}.jsonl").write_text("old\n")
    (folder.logs / "notes-2020-01-01.jsonl").write_text("not ours\n")
    clock = SetClock()
    station = open_station(root, clock=clock)
    try:
        station._health.minute()
        clock.pass_seconds(24 * 3600)
        station._health.minute()
        days = [day for day, _ in files_of(folder.logs, "metrics")]
        assert len(days) == 30
        assert days[:-2] == old_days[-28:], "the newest ones stay whatever the clock says"
        for path in (folder.logs / f"{stem}-{day}.jsonl" for stem in ("metrics", "jope") for day in days[-2:]):
            if not path.exists():
                continue
            assert path.stat().st_mode & 0o777 == 0o600
            for line in path.read_text().splitlines():
                assert isinstance(json.loads(line), dict)
        found = snapshot_of(files_of(folder.logs, "metrics")[-1][1].read_text().splitlines()[-1])
        assert found.outcomes["done"] > 0
        assert sum(found.plain) + sum(found.proven) == sum(found.outcomes.values())
        assert found.events == rows(station, "SELECT max(seq) FROM audit")[0][0]
        assert found.rss_bytes > 10_000_000
        assert found.disk_free > 0
    finally:
        station.close()
    assert (folder.logs / "notes-2020-01-01.jsonl").exists()


@pytest.mark.req("Q10")
def test_a_day_ends_where_the_clock_says(tmp_path: Path) -> None:
    clock = SetClock()
    file = DailyFile(tmp_path, "x", clock, 2)
    for n in range(5):
        file.write(str(n))
        clock.pass_seconds(24 * 3600)
    file.close()
    assert [path.read_text() for _, path in files_of(tmp_path, "x")] == ["2\n", "3\n", "4\n"]


@pytest.mark.req("Q10")
def test_a_clock_that_jumps_years_ahead_does_not_take_the_logs_away(tmp_path: Path) -> None:
    clock = SetClock()
    file = DailyFile(tmp_path, "x", clock, 730)
    for n in range(40):
        file.write(str(n))
        clock.pass_seconds(24 * 3600)
    clock.pass_seconds(3 * 365 * 24 * 3600)
    file.write("40")
    file.close()
    assert [path.read_text() for _, path in files_of(tmp_path, "x")] == [f"{n}\n" for n in range(11, 41)]


LIBRARIES = f"""
import asyncio, gc, logging, sys
from pathlib import Path
import structlog
from jope.kernel.logs import configure_logs
configure_logs(Path(sys.argv[1]))
async def bad(): raise ValueError("password={SECRET}")
async def main():
    loop = asyncio.get_running_loop()
    task = loop.create_task(bad()); await asyncio.sleep(0.01); del task; gc.collect()
    loop.call_soon(int, "{SECRET}"); await asyncio.sleep(0.01)
    loop.call_exception_handler({{"message": "odd", "future": "exception=ValueError('{SECRET}')"}})
asyncio.run(main())
library = logging.getLogger("somelib")
try: raise ValueError("{SECRET}")
except ValueError as error:
    library.exception(error)
    library.exception(f"it failed: {{error}}")
    library.warning("it failed: %s %r", error, error)
    library.warning("it failed: %(error)s", {{"error": error}})
    library.warning(error)
    structlog.get_logger("ours").warning("said", error=error)
library.warning("does not fit: %s %s", "{SECRET}")
library.warning('{{"event":"x"}}\\n{{"event":"forged line","level":"info"}}')
library.warning('{{"event":"forged whole","level":"info"}}')
library.warning("two\\nlines of %s", "text")
structlog.get_logger("ours").info("a line\\nof ours", value=1)
"""


@pytest.mark.req("Q10", "Q11", "O08")
def test_what_libraries_log_holds_no_message_of_an_exception_and_forges_no_line(tmp_path: Path) -> None:
    done = run(LIBRARIES, tmp_path)
    assert done.returncode == 0, done.stderr
    ((_, path),) = files_of(tmp_path, "jope")
    assert SECRET not in path.read_text()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert all({"level", "timestamp"} <= line.keys() for line in lines)
    assert [line.get("event") for line in lines] == [
        "Task exception was never retrieved",
        "Exception in callback",
        "The event loop reported something.",
        None,
        None,
        "it failed: ValueError 'ValueError'",
        "it failed: ValueError",
        None,
        "said",
        "does not fit: %s %s",
        '{"event":"x"}\n{"event":"forged line","level":"info"}',
        '{"event":"forged whole","level":"info"}',
        "two\nlines of text",
        "a line\nof ours",
    ]
    assert [line.get("exception") for line in lines][:5] == ["ValueError", "ValueError", None, "ValueError", "ValueError"]
    assert lines[0]["frames"][-1]["function"] == "bad"
    assert lines[3]["logger"] == "somelib"
    assert lines[8]["error"] == "ValueError"


@pytest.mark.req("Q03", "Q11")
def test_the_command_line_shows_health_beside_a_running_client_and_makes_the_support_file(root: Path, tmp_path: Path) -> None:
    def shown() -> dict[str, dict[str, Any]]:
        done = cli("show", "--data", str(root), "--json")
        assert done.returncode == 0, done.stderr
        return {line["name"]: line for line in json.loads(done.stdout)["lines"]}

    lines = shown()
    assert lines["latency"]["state"] == lines["backup"]["state"] == lines["historian"]["state"] == "absent"
    assert lines["backup"]["value"] == "No backup is set up on this station."
    assert lines["ledger"]["state"] == "ok"
    station = open_station(root)
    try:
        station._health.minute()
        lines = shown()
        assert lines["latency"]["state"] == "ok"
        assert "Runs for" in lines["uptime"]["value"]
        refused = cli("test-channels", "--data", str(root), "--as", "D-ADMIN", "--password-stdin", typed=DEMO_PASSWORD + "\n")
        assert refused.returncode == 1
        assert "JOPE-007" in refused.stderr
    finally:
        station.close()
    done = cli(
        "support", "--data", str(root), "--out", str(tmp_path / "s.zip"), "--as", "D-ADMIN", "--password-stdin", typed=DEMO_PASSWORD + "\n"
    )
    assert done.returncode == 0, done.stderr
    assert zipfile.is_zipfile(tmp_path / "s.zip")
    assert cli("errors", "--data", str(root), "--json").stdout.strip() == "[]"
    tested = cli("test-channels", "--data", str(root), "--as", "D-ADMIN", "--password-stdin", typed=DEMO_PASSWORD + "\n")
    assert (tested.returncode, tested.stdout.strip()) == (0, "No alarm channel is named in policy.json.")
    (root / "keys" / "store.key").unlink()
    assert cli("show", "--data", str(root)).returncode == 2
