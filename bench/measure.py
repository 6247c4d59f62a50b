"""Interleaved measuring: all contenders of a benchmark take turns in one run, so that disk, heat and neighbours meet all of them alike."""

from __future__ import annotations

import gc
import json
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "bench" / "out"
GROUND = ROOT / "var" / "bench"
"""Where stores are made: on the project's own disk, not in memory."""


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that is measured. ``run`` does it once and may return nanoseconds that do not count."""

    name: str
    run: Callable[[], int | None]
    per_round: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A ratio that must hold: contender to floor, at most ``limit``."""

    contender: str
    floor: str
    limit: float | None = None


@dataclass(slots=True)
class Report:
    """The figures of one benchmark: nanoseconds per contender, ratios, and what else it counted."""

    name: str
    samples: dict[str, list[int]] = field(default_factory=dict)
    ratios: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    limits: list[dict[str, Any]] = field(default_factory=list)

    def p50(self, name: str) -> float:
        """Median nanoseconds."""
        return statistics.median(self.samples[name])

    def p95(self, name: str) -> float:
        """The 95th percentile in nanoseconds."""
        return statistics.quantiles(self.samples[name], n=20)[-1] if len(self.samples[name]) > 1 else self.p50(name)

    def compare(self, *asked: Asked) -> None:
        """Note the ratios of medians, and whether each is what is asked."""
        for one in asked:
            ratio = self.p50(one.contender) / self.p50(one.floor)
            self.ratios.append(
                {
                    "what": one.contender,
                    "floor": one.floor,
                    "p50_ratio": round(ratio, 2),
                    "p95_ratio": round(self.p95(one.contender) / self.p50(one.floor), 2),
                    "asked": one.limit,
                    "holds": None if one.limit is None else ratio <= one.limit,
                }
            )

    def limit(self, what: str, value: float, asked: float, unit: str) -> None:
        """Note a figure that is asked for as such: a time that people wait for."""
        self.limits.append({"what": what, "value": round(value, 2), "asked": asked, "unit": unit, "holds": value <= asked})

    def print(self) -> None:
        """Print the ratios as a table."""
        print(f"\n{self.name}")
        width = max([len(f"{r['what']} / {r['floor']}") for r in self.ratios], default=0)
        for r in self.ratios:
            asked = "" if r["asked"] is None else f"asked <= {r['asked']:<5} {'holds' if r['holds'] else 'MISSED'}"
            print(f"  {r['what'] + ' / ' + r['floor']:<{width}}  {r['p50_ratio']:>8.2f}x   p95 {r['p95_ratio']:>8.2f}x   {asked}".rstrip())
        for one in self.limits:
            held = "holds" if one["holds"] else "MISSED"
            print(f"  {one['what']}: {one['value']} {one['unit']}   asked <= {one['asked']} {held}")
        for key, value in self.notes.items():
            print(f"  {key}: {value}")

    def write(self) -> Path:
        """Keep the report as JSON."""
        OUT.mkdir(parents=True, exist_ok=True)
        path = OUT / f"{self.name.split(':')[0].replace(' ', '-')}.json"
        nanoseconds = {n: {"count": len(s), "p50": self.p50(n), "p95": self.p95(n), "min": min(s)} for n, s in self.samples.items()}
        machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.platform()}
        path.write_text(
            json.dumps(
                {
                    "name": self.name,
                    "ratios": self.ratios,
                    "limits": self.limits,
                    "nanoseconds": nanoseconds,
                    "notes": self.notes,
                    **machine,
                },
                indent=2,
            )
        )
        return path

    @property
    def holds(self) -> bool:
        """Whether every asked ratio holds."""
        return all(one["holds"] is not False for one in (*self.ratios, *self.limits))


def interleaved(name: str, contenders: Sequence[Contender], *, rounds: int, warm_up: int = 3) -> Report:
    """Let the contenders take turns; the first rounds do not count."""
    report = Report(name, {c.name: [] for c in contenders})
    gc.collect()
    gc.freeze()
    for number in range(rounds + warm_up):
        for contender in contenders:
            for _ in range(contender.per_round):
                started = time.perf_counter_ns()
                excluded = contender.run() or 0
                taken = time.perf_counter_ns() - started - excluded
                if number >= warm_up:
                    report.samples[contender.name].append(taken)
    return report
