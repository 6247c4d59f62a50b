"""``python -m tests.mutation [room ...]``: every mutant of every guard, and what became of it. Exit 1 where one survives."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.mutation.cases import all_cases
from tests.mutation.rules import count, survivors
from tests.mutation.running import walk
from tests.mutation.world import built


def main() -> int:
    """Print a line for each room and one for each survivor."""
    with tempfile.TemporaryDirectory() as folder, built(Path(folder) / "station") as world:
        tallies = walk(world, all_cases(world), sys.argv[1:] or ("",))
    for room, tally in tallies.items():
        print(f"{room}: {tally.mutants} mutants, {tally.killed} killed, {tally.equivalent} equivalent, {len(tally.survived)} survived")
    for name in sorted(name for tally in tallies.values() for name in tally.survived):
        print(f"survived {name}")
    total = sum(tally.mutants for tally in tallies.values())
    killed, equivalent = sum(t.killed for t in tallies.values()), sum(t.equivalent for t in tallies.values())
    print(f"all: {total} mutants, {killed} killed, {equivalent} equivalent, {total - killed - equivalent} survived")
    left = [] if sys.argv[1:] else survivors()
    print(f"rules of weighing and training: {0 if sys.argv[1:] else count()} mutants, {len(left)} survived", *left, sep="\nsurvived ")
    return int(bool(left) or any(tally.survived for tally in tallies.values()))


if __name__ == "__main__":
    raise SystemExit(main())
