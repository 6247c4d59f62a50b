"""The process that forks and kills: ``python -m tests.faults.kill_harness DIR SEED KILLS honest|eager``. Prints one line of counts."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from jope.bootstrap import SIGNED_RECORDS, provision_demo_station
from jope.kernel.crypto.keys import read_key
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.engine import StoreLocation, connect
from jope.kernel.store.schema import sealed_columns
from jope.services.qualification.verifying import verify_station
from tests.faults.killing import kill_once
from tests.support.demo import quick_hash

VERIFY_EVERY = 20
SIGNED_IN_EACH = 4
"""Each so many kills the station works for a person; a sign-in takes longer than the rest of a start."""


def main(root: Path, seed: int, kills: int, *, eager: bool) -> int:
    """Kill, look up every acknowledged command, verify."""
    provision_demo_station(root, password_hash=quick_hash())
    random_ = random.Random(seed)
    acknowledged: list[str] = []
    lost = red = 0
    for n in range(1, kills + 1):
        acknowledged += kill_once(root, random_, signed_in=n % SIGNED_IN_EACH == 0, eager=eager).acknowledged
        if n % VERIFY_EVERY == 0 or n == kills:
            report = verify_station(root, SIGNED_RECORDS, sealed_columns())
            red += 0 if report.ok else 1
            for finding in report.findings[:3]:
                print(finding)
    stored = _stored(root)
    lost = sum(1 for command_id in acknowledged if command_id not in stored)
    print(f"kills {kills} lost {lost} red {red} acknowledged {len(acknowledged)} stored {len(stored)}")
    return 1 if lost or red else 0


def _stored(root: Path) -> frozenset[str]:
    folder = StationFolder(root)
    connection = connect(StoreLocation(folder.store, read_key(folder.keys / "store.key")))
    try:
        return frozenset(row[0] for row in connection.execute("SELECT command_id FROM command_outcome").fetchall())
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), eager=sys.argv[4] == "eager"))
