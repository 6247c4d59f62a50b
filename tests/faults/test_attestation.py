"""A start with an altered program, schema or setting comes up read-only with the reason, and people still sign in and read (URS N04)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import Station, open_station
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit.queries import AuditFilter, audit_count, audit_page
from jope.compliance.identity.commands import LockSession, SignIn, SignOut
from jope.kernel.crypto.keys import read_key
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.errors import ReadOnlyError, VerificationCancelledError
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.engine import StoreLocation, connect
from jope.plant.batches import commands as c
from jope.services.provisioning import demo_data as demo
from jope.services.qualification.attestation import checks, manifest
from tests.support.demo import Crew, plain_station

ROOT = Path(__file__).resolve().parents[2]
_CHILD = """
import json, sys
from pathlib import Path
from jope.bootstrap import open_station
from jope.compliance.audit.queries import AuditFilter, audit_count
from jope.compliance.identity.commands import SignIn
from jope.services.qualification.attestation import checks
station = open_station(Path(sys.argv[1]))
try:
    token = station.dispatch(SignIn(employee_id="D-QA", password=sys.argv[2])).token
    read = station.read(audit_count, token, filter=AuditFilter())
    print(json.dumps({"reason": station.read_only_reason(), "events": read, "libraries": checks.libraries().message if "libraries" in sys.argv else ""}))
finally:
    station.close()
"""


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped station that was prepared."""
    root = tmp_path_factory.mktemp("attest") / "station"
    with plain_station(root):
        pass
    return root


@pytest.fixture
def root(stopped: Path, tmp_path: Path) -> Path:
    """A station of this test's own."""
    return Path(shutil.copytree(stopped, tmp_path / "station"))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with a manifest of its own."""
    copy = tmp_path_factory.mktemp("program")
    for name in ("jope", "ui", "drivers", "sql", "resources"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("manifest.json", "manifest.sig", "libraries.json"))
    _run(copy, "-m", "jope.cli.app", "manifest")
    return copy


def _run(copy: Path, *arguments: str) -> str:
    path = os.pathsep.join(str(copy / part) for part in ("", "ui", "drivers"))
    environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _started(copy: Path, root: Path, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_run(copy, "-c", _CHILD, str(root), demo.DEMO_PASSWORD, *more).splitlines()[-1])
    return found


def _flip(path: Path, where: int) -> Callable[[], None]:
    """Change one byte. Returns how to put it back, file times included, as a careful hand would."""
    before, times = path.read_bytes(), path.stat()
    changed = bytearray(before)
    changed[where] ^= 1

    def write(content: bytes) -> None:
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    write(bytes(changed))
    return lambda: write(before)


@pytest.mark.req("N04", "P11-03")
def test_the_released_program_comes_up_with_nothing_to_say(program: Path, root: Path) -> None:
    found = _started(program, root, "libraries")
    assert found["reason"] == ""
    assert found["events"] > 0
    assert "are those of the manifest" in found["libraries"]


@pytest.mark.req("N04", "P11-03")
@pytest.mark.parametrize("which", ["source", "byte-code", "sql", "screen", "manifest"])
def test_one_byte_of_the_program_makes_the_station_read_only_with_the_reason(program: Path, root: Path, which: str) -> None:
    tag = sys.implementation.cache_tag
    path, where = {
        "source": (program / "jope/compliance/signatures/sealing.py", b"sealed"),
        "byte-code": (program / f"jope/compliance/signatures/__pycache__/sealing.{tag}.pyc", b"Fill"),
        "sql": (program / "sql/store/0001_spine.sql", b"Jope"),
        "screen": (program / "ui/jope_ui/shell/lock.py", b'"""'),
        "manifest": (program / "jope/manifest.json", b'"format"'),
    }[which]
    offset = path.read_bytes().index(where) if where in path.read_bytes() else len(path.read_bytes()) - 40
    undo = _flip(path, offset + 3 if which != "manifest" else offset + 2)
    try:
        if which == "screen":
            (program / "ui/jope_ui/shell/lock.py").read_text("utf-8")
        found = _started(program, root)
    finally:
        undo()
    assert path.name in found["reason"] or which == "manifest"
    assert found["reason"]
    assert found["events"] > 0, "people can still sign in and read"
    assert _started(program, root)["reason"] == "", "the released program is back"


@pytest.mark.req("N04")
def test_a_file_that_was_added_or_taken_away_is_named(program: Path, root: Path) -> None:
    added = program / "jope/kernel/sitecustomize.py"
    added.write_text("", "utf-8")
    gone = program / "resources/icons/lock.svg"
    kept = gone.read_bytes()
    gone.unlink()
    try:
        reason = _started(program, root)["reason"]
    finally:
        added.unlink()
        gone.write_bytes(kept)
    assert "jope/kernel/sitecustomize.py (added)" in reason
    assert "resources/icons/lock.svg (missing)" in reason


@pytest.mark.req("N04")
def test_a_policy_that_names_a_release_key_takes_no_other_program(program: Path, root: Path) -> None:
    key = SigningKey(b"r" * 32)
    policy = json.loads((root / "policy.json").read_text("utf-8"))
    (root / "policy.json").write_text(json.dumps(policy | {"release_key": key.public.hex()}), "utf-8")
    assert "not signed by the release key" in _started(program, root)["reason"]
    for seed, says in ((b"x" * 32, "not signed by the release key"), (b"r" * 32, "")):
        path = program.parent / "release.key"
        path.write_bytes(seed)
        _run(program, "-m", "jope.cli.app", "manifest", "--sign-with", str(path))
        found = _started(program, root)
        assert says in found["reason"]
        assert bool(found["reason"]) == bool(says)
    _run(program, "-m", "jope.cli.app", "manifest")


def _location(root: Path) -> StoreLocation:
    return StoreLocation(root / "store.db", read_key(root / "keys" / "store.key"))


_CHANGES = {
    "a trigger dropped": ("DROP TRIGGER audit_no_update", "trigger audit_no_update (missing)"),
    "a trigger weakened": (
        "DROP TRIGGER batch_no_delete; CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch BEGIN SELECT 1; END",
        "trigger batch_no_delete (changed)",
    ),
    "a view added": ("CREATE VIEW mine AS SELECT * FROM user_account", "view mine (added)"),
    "journal mode": ("PRAGMA journal_mode = DELETE", "journal_mode is delete, not wal"),
    "user version": ("PRAGMA user_version = 7", "user_version is 7, not 0"),
    "application id": ("PRAGMA application_id = 7", "application_id is 7, not 0"),
}


@pytest.mark.req("N04", "P11-03", "A11d-18")
@pytest.mark.parametrize("change", _CHANGES)
def test_a_changed_store_comes_up_read_only_and_people_still_sign_in_and_read(root: Path, change: str) -> None:
    statements, reason = _CHANGES[change]
    with closing(connect(_location(root))) as connection:
        for statement in statements.split("; CREATE")[:1]:
            connection.execute(statement)
        if "; CREATE" in statements:
            connection.execute("CREATE" + statements.split("; CREATE")[1])
    station = open_station(root)
    try:
        assert reason in station.read_only_reason()
        token = station.dispatch(SignIn(employee_id="D-SUPER", password=demo.DEMO_PASSWORD)).token
        assert station.read(audit_count, token, filter=AuditFilter()) > 0
        with pytest.raises(ReadOnlyError) as refused:
            station.dispatch(c.CreateBatch(batch_no="B-RO", recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL"), token)
        assert reason in refused.value.message
        assert any(alarm.priority == 1 and reason in alarm.text for alarm in station.read(open_alarms, token))
        newest = station.read(audit_page, token, filter=AuditFilter(action="station.attested"))[0]
        assert newest.outcome == "done"
        station.dispatch(LockSession(cause="person"), token)
        station.dispatch(SignOut(), token)
    finally:
        station.close()


@pytest.mark.req("N04", "Q04")
def test_an_event_changed_since_the_last_verification_is_found_at_the_start(root: Path) -> None:
    station = open_station(root)
    Crew(station).token("D-QA")
    station.close()
    with closing(connect(_location(root))) as connection:
        known = connection.execute("SELECT max(head_seq) FROM verification_run WHERE verdict = 'ok'").fetchone()[0]
        seq = connection.execute("SELECT min(seq) FROM audit WHERE seq > ? AND action = 'session.opened'", (known,)).fetchone()[0]
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET body = replace(body, 'D-QA', 'D-QP') WHERE seq = ?", (seq,))
        trigger = next(row for row in manifest_schema() if row[1] == "audit_no_update")
        connection.execute(trigger[3])
    station = open_station(root)
    try:
        assert f"audit {seq}" in station.read_only_reason()
    finally:
        station.close()


def manifest_schema() -> tuple[tuple[str, str, str, str], ...]:
    """The schema's objects with the SQL that makes them."""
    from jope.kernel.store.migrations import expected_schema

    return expected_schema()


@pytest.mark.req("N04")
def test_a_forbidden_statement_that_passes_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jope.kernel.store import engine

    monkeypatch.setattr(engine, "FORBIDDEN_SAMPLES", (*engine.FORBIDDEN_SAMPLES, "SELECT 1"))
    station = open_station(root)
    try:
        assert "SELECT 1" in station.read_only_reason()
    finally:
        station.close()


@pytest.mark.req("N04")
def test_the_libraries_are_compared_and_a_start_file_that_was_added_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.libraries().ok
    monkeypatch.setattr(manifest, "starters", lambda: {"evil.pth"})
    assert "evil.pth (added)" in checks.libraries().message
    monkeypatch.undo()
    listed = json.loads((manifest.home() / manifest.LIBRARIES).read_bytes())
    name = next(file for file in listed["files"] if file.endswith("argon2/__init__.py"))
    home = tmp_path / "home"
    home.mkdir()
    listed["files"][name] = "0" * 64
    raw = json.dumps(listed).encode()
    (home / manifest.LIBRARIES).write_bytes(raw)
    own = json.loads((manifest.home() / manifest.MANIFEST).read_bytes())
    (home / manifest.MANIFEST).write_text(json.dumps(own | {"libraries": manifest.digest_of_bytes(raw)}), "utf-8")
    monkeypatch.setattr(manifest, "home", lambda: home)
    assert name in checks.libraries().message
    (home / manifest.LIBRARIES).write_bytes(raw + b" ")
    assert "not the one that the release manifest names" in checks.libraries().message


def _verified(station: Station, token: str) -> list[tuple[str, str]]:
    rows = station._ask("SELECT cause, verdict FROM verification_run WHERE full = 1 ORDER BY begun_us", ())
    return [(str(cause), str(verdict)) for cause, verdict in rows]


@pytest.mark.req("Q04", "P11-03")
def test_a_verification_is_a_job_with_a_begin_an_end_and_a_result_row(root: Path) -> None:
    station = open_station(root)
    try:
        token = Crew(station).token("D-QA")
        told: list[tuple[str, float]] = []
        report = station.verify(token, lambda layer, share: told.append((layer, share)))
        assert report.ok
        assert report.layers.keys() >= {"chain", "replay", "esignatures", "time"}
        assert {layer for layer, _ in told} >= {"chain", "replay"}
        assert _verified(station, token) == [("demand", "ok")]
        begun = station.read(audit_page, token, filter=AuditFilter(action="ledger.verification_begun"))
        ended = station.read(audit_page, token, filter=AuditFilter(action="ledger.verified"))
        assert [event.actor for event in begun] == ["D-QA"]
        assert [event.actor for event in ended] == ["SYSTEM"]
        assert begun[0].subject == ended[0].subject
    finally:
        station.close()
    station = open_station(root)
    station.close()
    assert station.attestation.reason == ""
    assert any("good up to event" in result.message for result in station.attestation.results)


@pytest.mark.req("Q04")
def test_a_cancelled_verification_gives_no_verdict_and_says_so(root: Path) -> None:
    station = open_station(root)
    try:
        token = Crew(station).token("D-QA")
        with pytest.raises(VerificationCancelledError):
            station.verify(token, lambda _layer, _share: station.cancel_verification())
        assert _verified(station, token) == [("demand", "cancelled")]
        assert station.verify(token).ok
    finally:
        station.close()


@pytest.mark.req("Q04", "N04")
def test_findings_raise_the_highest_alarm_and_the_next_start_is_read_only_until_it_verifies(root: Path) -> None:
    with closing(connect(_location(root))) as connection:
        connection.execute("UPDATE material SET name = 'Something else' WHERE rowid = 1")
    station = open_station(root)
    try:
        assert station.read_only_reason() == "", "a row edited behind the trail is for the full verification"
        token = Crew(station).token("D-QA")
        report = station.verify(token)
        assert not report.ok
        assert any(alarm.kind == "verification" and alarm.priority == 1 for alarm in station.read(open_alarms, token))
    finally:
        station.close()
    station = open_station(root)
    try:
        assert "ended with" in station.read_only_reason()
        assert not station.verify(Crew(station).token("D-QA")).ok, "it can be verified while the station is read-only"
    finally:
        station.close()


@pytest.mark.req("N04")
def test_a_verification_that_the_end_of_the_program_cut_off_is_closed_at_the_next_start(root: Path) -> None:
    from jope.compliance.audit.commands import BeginVerification

    station = open_station(root)
    token = Crew(station).token("D-QA")
    station.dispatch(BeginVerification(run_id="cut", cause="demand"), token)
    station.close()
    station = open_station(root)
    try:
        assert _verified(station, Crew(station).token("D-QA")) == [("demand", "failed")]
    finally:
        station.close()
    assert StationFolder(root).policy().release_key == ""


@pytest.mark.req("Q04")
def test_the_two_processes_run_every_layer_once() -> None:
    from jope.bootstrap import SIGNED_RECORDS
    from jope.services.qualification.verifying import GROUPS, all_layers

    run = [layer for group in GROUPS for layer in group]
    assert sorted(run) == sorted(all_layers(SIGNED_RECORDS))
