"""kill -9 of a writing station: nothing acknowledged is lost, and the trail still verifies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHARDS = 2
KILLS = 10_000 if os.environ.get("JOPE_NIGHTLY") else 600


def _run(root: Path, seed: int, kills: int, *, eager: bool = False) -> str:
    """The harness forks, so it runs in a process that has no other thread."""
    command = [sys.executable, "-m", "tests.faults.kill_harness", str(root), str(seed), str(kills), "eager" if eager else "honest"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode in (0, 1), done.stderr[-2000:]
    return done.stdout


@pytest.mark.req("P11-04", "C01", "C02", "J01")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_acknowledged_command_is_lost(tmp_path: Path, shard: int) -> None:
    out = _run(tmp_path / "station", 7 + shard, KILLS // SHARDS)
    print(out)
    assert f"kills {KILLS // SHARDS} lost 0 red 0" in out
    acknowledged = int(out.split("acknowledged ")[1].split()[0])
    assert acknowledged > KILLS // SHARDS


@pytest.mark.req("P11-04")
def test_the_harness_goes_red_when_a_station_acknowledges_too_early(tmp_path: Path) -> None:
    out = _run(tmp_path / "station", 99, 60, eager=True)
    assert " lost 0 " not in out, out
