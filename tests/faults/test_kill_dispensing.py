"""kill -9 while dispensing on a running scale: no acknowledged weighing is lost, the next process goes on where the record stands."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jope_drivers.simulator.handle import SimulatedScale

from jope.bootstrap import SIGNED_RECORDS, open_station, provision_demo_station
from jope.kernel.store.schema import sealed_columns
from jope.services.provisioning.preparation import prepare_demo_station
from jope.services.qualification.verifying import verify_station
from tests.support.demo import QUICK, SCALE, Crew

KILLS = 60 if os.environ.get("JOPE_NIGHTLY") else 6


def _run_and_kill(root: Path, scale: SimulatedScale, seconds: float) -> list[str]:
    """Start the station, obey its orders to the scale, kill it after some seconds; what it acknowledged."""
    command = [sys.executable, "-m", "tests.faults.dispensing_station", str(root)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert process.stdin is not None
    assert process.stdout is not None
    said: list[str] = []
    end = None
    for line in process.stdout:
        end = end or time.monotonic() + seconds
        words = line.split()
        if words[0] == "ask":
            scale.unload() if words[1] == "unload" else scale.load(words[2])
            process.stdin.write("done\n")
            process.stdin.flush()
        else:
            said.append(line.strip())
        if time.monotonic() > end:
            break
    process.kill()
    said += [line.strip() for line in process.stdout if line.endswith("\n") and not line.startswith("ask")]
    process.wait()
    process.stdin.close()
    process.stdout.close()
    return said


@pytest.mark.req("P11-04", "F14", "J01", "F08")
def test_nothing_weighed_is_lost_when_the_station_is_killed(tmp_path: Path) -> None:
    root, random_ = tmp_path / "station", random.Random(11)
    said: list[str] = []
    with SimulatedScale(tmp_path / "plant", name="sc1", setup=QUICK) as scale:
        provision_demo_station(root, scale_address=str(scale.link))
        station = open_station(root)
        prepare_demo_station(station)
        station.close()
        for _ in range(KILLS):
            said += _run_and_kill(root, scale, random_.uniform(1.5, 4.0))
            report = verify_station(root, SIGNED_RECORDS, sealed_columns())
            assert report.ok, report.findings[:3]
    again = open_station(root)
    try:
        token = Crew(again).token("D-OPER")
        rows = again.read(
            lambda reader: reader.execute(
                "SELECT id, accepted, verified_signature IS NOT NULL FROM weighing WHERE device_id = ?", (SCALE,)
            ),
            token,
        )
    finally:
        again.close()
    stored = {row[0]: row for row in rows}
    weighed = [line.split()[1] for line in said if line.startswith("weighed")]
    verified = [line.split()[1] for line in said if line.startswith("verified")]
    assert weighed
    assert all(stored[key][1] == 1 for key in weighed)
    assert all(stored[key][2] == 1 for key in verified)
