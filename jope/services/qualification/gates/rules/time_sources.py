"""One clock: nothing but ``kernel/clock.py`` asks the operating system what time it is (URS C12; PI-02, A11d-20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.exemptions import CLOCKS, STOPWATCHES, stale
from jope.services.qualification.gates.project import PROGRAM, Project

_CLOCK_CALLS: Final = frozenset(
    {
        f"time.{name}"
        for name in (
            "time",
            "time_ns",
            "monotonic",
            "monotonic_ns",
            "localtime",
            "gmtime",
            "ctime",
            "strftime",
            "clock_gettime",
            "clock_gettime_ns",
        )
    }
    | {f"datetime.{name}" for name in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")}
    | {
        f"{owner}.{name}"
        for owner in ("QDateTime", "QDate", "QTime")
        for name in ("currentDateTime", "currentDateTimeUtc", "currentDate", "currentTime")
    }
    | {"QDateTime.currentMSecsSinceEpoch", "QDateTime.currentSecsSinceEpoch"}
)
_STOPWATCH_CALLS: Final = frozenset({"time.perf_counter", "time.perf_counter_ns", "time.process_time", "time.thread_time"})
_SQL_CLOCKS: Final = (
    "CURRENT_TIMESTAMP",
    "CURRENT_TIME",
    "CURRENT_DATE",
    "datetime('now'",
    "date('now'",
    "strftime(",
    "unixepoch(",
    "julianday(",
)


def one_clock(project: Project) -> Iterator[str]:
    """No wall or monotonic clock is read outside the clock's own file; durations are measured only in the named files.

    SQL has no clock at all.
    """
    clocks: set[str] = set()
    stopwatches: set[str] = set()
    for module in project.modules(*PROGRAM):
        for call in module.calls:
            name = module.dotted(call.func).removeprefix("PySide6.QtCore.")
            if name in _CLOCK_CALLS:
                clocks.add(module.path)
                if module.path not in CLOCKS:
                    yield module.at(call, f"asks {name}() what time it is; time comes from jope.kernel.clock")
            elif name in _STOPWATCH_CALLS:
                stopwatches.add(module.path)
                if module.path not in STOPWATCHES:
                    yield module.at(call, f"measures with {name}() without being named for it")
    yield from stale(CLOCKS, clocks, project)
    yield from stale(STOPWATCHES, stopwatches, project)
    for path, text in project.texts("sql/"):
        yield from (f"{path}: SQL reads a clock ({word})" for word in _SQL_CLOCKS if path.endswith(".sql") and word.lower() in text.lower())
