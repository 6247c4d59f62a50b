"""The screen: from process start to the painted sign-in page against a bare window of the same size, and how late the GUI thread is at work.

Asked: sign-in painted within 0.8 s, warm. The GUI thread is watched by a 5 ms timer while the client dispenses a batch at ten readings a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.measure import Asked, Report
from jope.bootstrap import provision_demo_station

BARE = "bare window painted"
CLIENT = "sign-in page painted"
IDLE = "GUI lateness p99, bare window"
BUSY = "GUI lateness p99, dispensing"
SECONDS = 0.8
HELD_MS = 50


def measure(ground: Path, *, starts: int) -> Report:
    """Start both in turn, the first start of each not counted; then watch the GUI thread once idle and once at work."""
    provision_demo_station(ground / "station")
    report = Report("screen: start and GUI thread", {BARE: [], CLIENT: []})
    for number in range(starts + 1):
        for name, arguments in ((BARE, ("bare",)), (CLIENT, ("client", str(ground / "station")))):
            started = time.monotonic_ns()
            taken = _child(*arguments)["painted_ns"] - started
            if number > 0:
                report.samples[name].append(taken)
    idle, work = _child("idle")["late_ns"], _child("busy", str(ground / "demo"))
    busy, dispensing = work["late_ns"], work["dispensing_ns"]
    report.samples |= {IDLE: [_p99(idle)], BUSY: [_p99(dispensing)]}
    report.compare(Asked(CLIENT, BARE), Asked(BUSY, IDLE))
    held = max(dispensing) / 1e6
    report.ratios.append(
        {"what": "GUI thread held at most, dispensing", "floor": f"{HELD_MS} ms", "p50_ratio": round(held / HELD_MS, 2), "p95_ratio": round(held / HELD_MS, 2),
         "asked": 1.0, "holds": held <= HELD_MS}
    )  # fmt: skip
    painted = report.p50(CLIENT) / 1e9
    report.ratios.append(
        {"what": CLIENT, "floor": f"{SECONDS} s", "p50_ratio": round(painted / SECONDS, 2), "p95_ratio": round(report.p95(CLIENT) / 1e9 / SECONDS, 2),
         "asked": 1.0, "holds": painted <= SECONDS}
    )  # fmt: skip
    report.notes[f"GUI lateness on the dispensing page, {len(dispensing)} beats, ms (p50, p99, p99.9, longest)"] = _milliseconds(dispensing)
    report.notes["GUI lateness over the whole batch, pages and sign-in included, ms (p50, p99, p99.9, longest)"] = _milliseconds(busy)
    report.notes["GUI lateness idle, ms (p50, p99, p99.9, longest)"] = _milliseconds(idle)
    return report


def _child(*arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "bench.screen_child", *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"')]
    if not lines:
        raise RuntimeError(
            f"bench.screen_child {' '.join(arguments)} ended without a figure (exit {done.returncode}): {done.stderr[-2000:]}"
        )
    return json.loads(lines[-1])


def _p99(late: list[int]) -> int:
    return sorted(late)[int(len(late) * 0.99)]


def _milliseconds(late: list[int]) -> list[float]:
    ordered = sorted(late)
    return [round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] / 1e6, 2) for share in (0.5, 0.99, 0.999, 1.0)]
