"""Group commit: 64 that wait, each for its own event, against a bare durable INSERT (asked: at least twice its rate).

Devices wait as coroutines of the gateway's one loop; threads that wait the same way are told beside it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

from bench.floors import Floor
from bench.ledgers import Ledger
from bench.measure import Asked, Report
from jope.compliance.audit.actions import Action
from jope.compliance.bus.stream import EventStream

FLOOR = "bare durable INSERT, same engine"
GROUP = "one of 64 waiting events of a loop, committed in groups"
THREADED = "the same, of 64 threads"
THREADS = 64
EACH = 20
LIMIT = 0.5


def measure(ground: Path, *, rounds: int) -> Report:
    """Let the floor and the waiters take turns; a sample is the time of one event at that rate."""
    floor, ledger = Floor(ground, encrypted=True), Ledger(ground)
    report = Report("group: events of a stream", {FLOOR: [], GROUP: [], THREADED: []})
    stream = ledger.stream()
    for number in range(rounds + 1):
        began = time.perf_counter_ns()
        for _ in range(THREADS * 2):
            floor.insert()
        bare = (time.perf_counter_ns() - began) // (THREADS * 2)
        taken = _at_once(lambda: stream.append(Action.DEVICE_STATE_CHANGED, ("device", "SC-0412"), details={"state": "ready"}))
        if number:
            report.samples[FLOOR].append(bare)
            report.samples[THREADED].append(taken // (THREADS * EACH))
            report.samples[GROUP].append(_in_a_loop(stream) // (THREADS * EACH))
    report.compare(Asked(GROUP, FLOOR, LIMIT))
    report.compare(Asked(THREADED, FLOOR, None))
    floor.close()
    ledger.close()
    return report


def _in_a_loop(stream: EventStream) -> int:
    async def work() -> None:
        for _ in range(EACH):
            await stream.appended(Action.DEVICE_STATE_CHANGED, ("device", "SC-0412"), details={"state": "ready"})

    async def all_of_them() -> int:
        began = time.perf_counter_ns()
        await asyncio.gather(*(work() for _ in range(THREADS)))
        return time.perf_counter_ns() - began

    return asyncio.run(all_of_them())


def _at_once(append: object) -> int:
    def work() -> None:
        for _ in range(EACH):
            append()  # type: ignore[operator]

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    began = time.perf_counter_ns()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter_ns() - began
