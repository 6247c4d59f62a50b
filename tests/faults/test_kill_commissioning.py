"""A commissioning that is killed anywhere leaves nothing that can be used, and the same command finishes it (URS A17; P11-18 to P11-20)."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jope.bootstrap import Station, open_station
from jope.compliance.identity.commands import SignIn, SignOut
from jope.compliance.people.commands import CreateUser
from jope.kernel.errors import DeniedError, GuardRefusedError, JopeError, RefusedError, StationHeldError
from jope.services.provisioning.founding import founding, is_unbegun
from tests.support.demo import verified

ADMIN, QUALITY = "Copper-Lantern-11", "Velvet-Harbour-27"
_CHILD = """
import os, signal, sys
root, stop = os.path.realpath(sys.argv[1]), int(sys.argv[2])
seen = 0
def hook(event, args):
    global seen
    written = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wxa+")
    if not (written or event in ("os.rename", "os.remove", "os.mkdir", "sqlcipher3.connect", "sqlite3.connect", "os.rmdir", "fcntl.flock", "fcntl.lockf")):
        return
    if isinstance(args[0], (str, os.PathLike)) and not os.path.realpath(args[0]).startswith(root):
        return
    seen += 1
    if seen == stop:
        os.kill(os.getpid(), signal.SIGKILL)
from jope.cli.app import main
sys.addaudithook(hook)
sys.argv = ["jope", "init", root, "--station", "JOPE-L3", "--site", "Plant West", "--line", "L3", "--admin", "A-1", "--admin-name", "First Admin",
    "--quality", "Q-1", "--quality-name", "First Quality", "--identity", "identity cards", "--reason", "site procedure", "--demo", "--password-stdin"]
try:
    main()
finally:
    print("steps", seen, file=sys.stderr)
"""
"""``jope init`` that kills itself at its n-th step in the directory: a file opened to be written, made, moved or removed, a lock, a connection."""


def _init(root: Path, *, stop: int = 0, lines: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _CHILD, str(root), str(stop)], input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


STEPS = 40 if os.environ.get("JOPE_NIGHTLY") else 3
_ALL = (ADMIN, QUALITY, ADMIN, ADMIN, QUALITY, QUALITY)


@contextmanager
def _opened(root: Path) -> Iterator[Station]:
    station = open_station(root)
    try:
        yield station
    finally:
        station.close()


def _use(station: Station, who: str, password: str) -> JopeError | None:
    """What stands against work of this person, None for nothing."""
    try:
        token = station.dispatch(SignIn(employee_id=who, password=password)).token
        command = CreateUser(employee_id="X-1", name="Anybody", role="operator", line="*", access_from="", access_until="", reason="r")
        station.dispatch(command, token)
    except JopeError as error:
        return error
    return None


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps a whole commissioning has."""
    root = tmp_path_factory.mktemp("whole")
    done = _init(root, lines=_ALL)
    assert done.returncode == 0, done.stderr
    with _opened(root) as station:
        assert station.founders_due() == ()
        assert _use(station, "A-1", ADMIN) is None
        assert verified(station).ok
    again = _init(root, lines=_ALL)
    assert again.returncode != 0
    assert "holds a station already" in again.stderr
    return int(done.stderr.rsplit("steps", 1)[1])


@pytest.mark.req("A17", "P11-18", "P11-19")
@pytest.mark.parametrize("share", [k / STEPS for k in range(STEPS)])
def test_a_killed_commissioning_is_not_usable_and_goes_on(tmp_path: Path, steps: int, share: float) -> None:
    root = tmp_path / "station"
    root.mkdir()
    assert _init(root, stop=1 + int(share * (steps - 1)), lines=_ALL).returncode == -signal.SIGKILL
    if is_unbegun(root):
        lines = _ALL
        with pytest.raises(JopeError):
            open_station(root)
    else:
        with _opened(root) as station:
            due = station.founders_due()
            for who, password in (("A-1", ADMIN), ("Q-1", QUALITY)):
                error = _use(station, who, password)
                assert isinstance(error, GuardRefusedError if due and who == "A-1" else DeniedError) or not due
            lines = _left(station, due)
    done = _init(root, lines=lines)
    assert done.returncode == 0 or "holds a station already" in done.stderr, done.stderr
    with _opened(root) as station:
        assert station.founders_due() == ()
        assert _use(station, "A-1", ADMIN) is None
        assert verified(station).ok


def _left(station: Station, due: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that the founders who are due still type: the password, then once for each signature."""
    lines: list[str] = []
    for who in due:
        password = {"A-1": ADMIN, "Q-1": QUALITY}[who]
        token = station.dispatch(SignIn(employee_id=who, password=password)).token
        lines += [password] * (3 if station.statement_due(token) else 2)
        station.dispatch(SignOut(), token)
    return tuple(lines)


@pytest.mark.req("A17", "A08", "P11-31")
def test_sheets_with_sealed_codes_are_read_by_their_owner_alone_and_whoever_finishes_is_told_of_them(tmp_path: Path) -> None:
    root = tmp_path / "station"
    assert _init(root, lines=(ADMIN, QUALITY)).returncode != 0  # nobody signs
    sheets = [root / f"sealed-code-{who}.pdf" for who in ("A-1", "Q-1")]
    assert [stat.S_IMODE(sheet.stat().st_mode) for sheet in sheets] == [0o600, 0o600]
    done = _init(root, lines=(ADMIN, ADMIN, ADMIN, QUALITY, QUALITY, QUALITY))
    assert done.returncode == 0, done.stderr
    for sheet in (*sheets, root / "genesis-key.pdf"):
        assert sheet.name in done.stdout


@pytest.mark.req("A17")
def test_of_two_attempts_at_one_time_the_second_is_refused_and_touches_nothing(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with founding(root) as place:
        (place / "station.toml").write_text("of the first", encoding="utf-8")
        with pytest.raises(StationHeldError), founding(root):
            pass
        assert (place / "station.toml").read_text(encoding="utf-8") == "of the first"
    assert os.listdir(root) == ["station.toml"]
    again = tmp_path / "again"
    with pytest.raises(KeyboardInterrupt), founding(again):
        raise KeyboardInterrupt
    assert is_unbegun(again)
    with founding(again) as place:
        (place / "station.toml").write_text("of the next", encoding="utf-8")
    assert os.listdir(again) == ["station.toml"]


@pytest.mark.req("A17")
def test_an_attempt_throws_away_only_what_an_attempt_left_behind(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"somebody's")
    with pytest.raises(RefusedError), founding(tmp_path):
        pass
    assert (tmp_path / "store.db").read_bytes() == b"somebody's"
    assert os.listdir(tmp_path) == ["store.db"]
