"""Samples: from what a driver delivers to a durable row, against a bare executemany of the same rows in the same engine, key and page size.

The rows of a station at 2,000 values a second: batches of 200 values, 1,000 values a commit. Processor time is that of the whole process.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from bench.measure import Asked, Report
from jope.kernel.clock import Instant, SystemClock
from jope.kernel.store.engine import connect, create
from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.sampling.contexts import ContextBook, SampleContext
from jope.plant.devices.sampling.keeping import SampleKeeper
from jope.plant.devices.sampling.limits import LimitWatch
from jope.plant.devices.sampling.sink import SampleSink
from jope.plant.devices.sampling.store import sample_location
from jope.plant.devices.state_events import StateEvents
from jope.plant.devices.tags import TagBatch, TagConfig, TagType, TagValue

FLOOR = "bare executemany of the same rows, durable"
OURS = "sink, batch context, keeper, durable"
TAGS = 200
COMMIT = 1_000
EACH = 20_000
ASKED = 4.0
CPU_US = 25.0
"""At 2,000 values a second 5 % of a core are 25 us a value, drivers included; what they take is printed by ``opcua`` and ``modbus``."""
_TABLE = (
    "CREATE TABLE sample (n INTEGER PRIMARY KEY, producer INTEGER, epoch INTEGER, seq INTEGER, tag INTEGER, time_us INTEGER, source_us INTEGER, "
    "server_us INTEGER, recv_us INTEGER, mono_us INTEGER, kind INTEGER, value ANY, status INTEGER, flags INTEGER, context INTEGER, frame BLOB) STRICT"
)


def measure(ground: Path, *, rounds: int) -> Report:
    """Let the floor and the whole way take turns; a sample is the time of one value."""
    folder = ground / "samples"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    report = Report("samples: one value on its way to the disk", {FLOOR: [], OURS: []})
    key, clock = bytes(range(32)), SystemClock()
    bare = sample_location(folder / "bare", key)
    bare.path.parent.mkdir()
    create(bare)
    connection = connect(bare)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(_TABLE)
    keeper = SampleKeeper(sample_location(folder, key), "BENCH", clock, print)
    contexts = ContextBook()
    contexts.change(SampleContext("B-1", "Running", "R-1", "1", "B-1"), 0)
    sink = SampleSink(StateEvents(lambda _command: None), keeper, contexts, LimitWatch(lambda _command: None), clock)
    tags = tuple(TagConfig(f"T-{n}", f"holding:{n}", TagType.DOUBLE, "rpm") for n in range(TAGS))
    sink.describe((DeviceConfig("PLC-1", "modbus", "", None, tags=tags),))
    keeper.start()
    cpu: list[float] = []
    next_n = 1
    for number in range(rounds + 1):
        began = time.perf_counter_ns()
        next_n = _bare(connection, next_n, clock.now())
        floor = (time.perf_counter_ns() - began) // EACH
        used, began = time.process_time(), time.perf_counter_ns()
        _ours(sink, keeper, clock)
        taken = (time.perf_counter_ns() - began) // EACH
        if number:
            report.samples[FLOOR].append(floor)
            report.samples[OURS].append(taken)
            cpu.append((time.process_time() - used) / EACH * 1e6)
    keeper.stop()
    connection.close()
    report.compare(Asked(OURS, FLOOR, ASKED))
    report.limit("processor time of a value, kept", sorted(cpu)[len(cpu) // 2], CPU_US, "us")
    return report


def _bare(connection: object, n: int, now: Instant) -> int:
    marks = ", ".join("?" * 16)
    for _ in range(EACH // COMMIT):
        rows = [
            (n + i, 1, 1, n + i, i % TAGS, now.utc_us, now.utc_us, now.utc_us, now.utc_us, now.mono_us, 3, i * 0.5, 0, 0, 1, None)
            for i in range(COMMIT)
        ]
        n += COMMIT
        connection.execute("BEGIN IMMEDIATE")  # type: ignore[attr-defined]
        connection.executemany(f"INSERT INTO sample VALUES ({marks})", rows)  # type: ignore[attr-defined]
        connection.execute("COMMIT")  # type: ignore[attr-defined]
    return n


def _ours(sink: SampleSink, keeper: SampleKeeper, clock: SystemClock) -> None:
    for number in range(EACH // TAGS):
        now = clock.now()
        values = tuple(TagValue(f"T-{i}", i * 0.5 + number, 0, now.utc_us, now.utc_us, 0) for i in range(TAGS))
        assert sink.values("PLC-1", TagBatch(values, now))
        if (number + 1) * TAGS % COMMIT == 0:
            keeper.flush()
