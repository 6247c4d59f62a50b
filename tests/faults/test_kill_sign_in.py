"""kill -9 between and inside failed attempts: the counter stands on the disk before anybody looks at the password (reliability.md rule 13)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from jope.bootstrap import open_station, provision_demo_station
from jope.compliance.identity.commands import SignIn
from jope.kernel.crypto.keys import read_key
from jope.kernel.errors import AccountLockedError
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.engine import StoreLocation, connect
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.demo import quick_hash

ROOT = Path(__file__).parents[2]
_AFTER = """
import os, signal, sys
from pathlib import Path
from jope.bootstrap import open_station
from jope.compliance.identity.commands import SignIn
from jope.kernel.errors import JopeError
station = open_station(Path(sys.argv[1]))
try:
    station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
except JopeError as error:
    print(error.code, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
_INSIDE = """
import sys
from pathlib import Path
from jope.bootstrap import open_station
from jope.compliance.identity.commands import SignIn
station = open_station(Path(sys.argv[1]))
print("open", flush=True)
station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
print("answered", flush=True)
"""


def _failures(root: Path) -> int:
    folder = StationFolder(root)
    with closing(connect(StoreLocation(folder.store, read_key(folder.keys / "store.key")))) as connection:
        row = connection.execute("SELECT failures FROM auth_counter WHERE employee_id = 'D-OPER'").fetchone()
    return 0 if row is None else int(row[0])


def _start(script: str, root: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("", "ui", "drivers"))}
    return subprocess.Popen([sys.executable, "-c", script, str(root)], stdout=subprocess.PIPE, text=True, env=environment)


@pytest.mark.req("A08", "P11-31")
def test_a_process_killed_after_each_failure_does_not_give_more_tries(tmp_path: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root, password_hash=quick_hash())
    codes = []
    for tries in (1, 2, 3):
        process = _start(_AFTER, root)
        answer, _ = process.communicate(timeout=120)
        codes.append(answer.strip())
        assert process.returncode == -signal.SIGKILL
        assert _failures(root) == tries
    assert codes == ["JOPE-101", "JOPE-101", "JOPE-102"]
    station = open_station(root)
    try:
        with pytest.raises(AccountLockedError):
            station.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD))
    finally:
        station.close()


@pytest.mark.req("A08", "P11-31")
def test_a_process_killed_while_the_password_is_proven_has_counted_the_attempt(tmp_path: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root)  # the product's own parameters: a proof takes long enough to be killed inside
    for tries in (1, 2, 3):
        with _start(_INSIDE, root) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            end = time.monotonic() + 30
            while _failures(root) < tries:
                assert time.monotonic() < end, "the attempt was not counted"
            process.kill()
            assert "answered" not in process.stdout.read(), "it was killed before it answered"
        assert _failures(root) == tries
    station = open_station(root)
    try:
        with pytest.raises(AccountLockedError):
            station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
    finally:
        station.close()
