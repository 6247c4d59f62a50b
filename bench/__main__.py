"""``python -m bench``: run the named benchmarks, or all of them."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from bench import append, command, export, genealogy, group, modbus, opcua, peers, samples, screen, signin, start, verify, viewer
from bench.measure import GROUND, Report

Measure = Callable[[Path, argparse.Namespace], Report]
BENCHMARKS: dict[str, Measure] = {
    "append": lambda ground, asked: append.measure(ground, rounds=asked.rounds),
    "command": lambda ground, asked: command.measure(ground, rounds=min(asked.rounds, 100)),
    "verify": lambda ground, asked: verify.measure(ground, events=asked.events),
    "group": lambda ground, asked: group.measure(ground, rounds=min(asked.rounds, 12)),
    "start": lambda ground, asked: start.measure(ground.parent / "verify", events=asked.events),
    "viewer": lambda ground, asked: viewer.measure(ground.parent / "verify", events=asked.events),
    "export": lambda ground, asked: export.measure(ground, events=min(asked.events, 200_000)),
    "genealogy": lambda ground, asked: genealogy.measure(ground, movements=asked.events),
    "signin": lambda ground, asked: signin.measure(ground, rounds=min(asked.rounds, 60)),
    "modbus": lambda ground, asked: modbus.measure(ground, rounds=min(asked.rounds, 15)),
    "screen": lambda ground, asked: screen.measure(ground, starts=7),
    "opcua": lambda ground, asked: opcua.measure(ground, seconds=20),
    "samples": lambda ground, asked: samples.measure(ground, rounds=min(asked.rounds, 10)),
    "peers": lambda ground, asked: peers.measure(ground, rounds=asked.rounds),
}


def main() -> int:
    """Run, print, keep. Exit 1 when an asked ratio does not hold."""
    parser = argparse.ArgumentParser(prog="bench/run", description="Ratios against floors and peers, measured in one run.")
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which benchmarks; all of them without a name")
    parser.add_argument("--events", type=int, default=1_000_000, help="events of the verified trail (1,000,000)")
    parser.add_argument("--rounds", type=int, default=300, help="rounds of interleaving (300)")
    asked = parser.parse_args()
    held = True
    for name in asked.names or BENCHMARKS:
        ground = GROUND / name
        if name not in ("verify", "export"):
            shutil.rmtree(ground, ignore_errors=True)
        ground.mkdir(parents=True, exist_ok=True)
        report = BENCHMARKS[name](ground, asked)
        report.print()
        report.write()
        held = held and report.holds
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
