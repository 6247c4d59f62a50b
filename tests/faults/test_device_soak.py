"""2,000 values a second from a server to the file of samples, beside a client's event loop: nothing lost, nobody held up, memory flat (URS J01, Q07).

A minute in the normal run, an hour with JOPE_NIGHTLY=1. The source is a process of its own whose counters count up by one; what was kept must count the
same way.
"""

from __future__ import annotations

import gc
import os
import resource
import time
from pathlib import Path

import pytest
from jope_drivers.catalog import make_gateway, tag_drivers
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from jope.kernel.clock import SystemClock
from jope.plant.devices.ports import DeviceState
from jope.plant.devices.sampling.contexts import ContextBook
from jope.plant.devices.sampling.keeping import SampleKeeper
from jope.plant.devices.sampling.limits import LimitWatch
from jope.plant.devices.sampling.sink import SampleSink
from jope.plant.devices.sampling.store import SampleReader, sample_location
from jope.plant.devices.state_events import StateEvents
from tests.support.opcua import counters, line_config, running_line, station_certificate

SECONDS = 3600 if os.environ.get("JOPE_NIGHTLY") else 60
NODES = 200
HERTZ = 10
STALL_SECONDS = 1.5
GROWTH_BYTES = 5_000_000

pytestmark = pytest.mark.timeout(2 * SECONDS + 300)
"""The hour, and another one to read seven million values back on a slow machine."""


def resident_bytes() -> int:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


class Heartbeat:
    """A timer of the event loop that notes how late it comes."""

    def __init__(self) -> None:
        self.lateness: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.lateness.append(max(0.0, now - self._last - 0.020))
        self._last = now

    def stop(self) -> None:
        self._timer.stop()

    def at(self, share: float) -> float:
        return sorted(self.lateness)[int(len(self.lateness) * share)]


@pytest.mark.req("J01", "Q07", "A11d-05")
def test_nothing_is_lost_between_server_and_spool_and_nobody_is_held_up(tmp_path: Path, qtbot: QtBot) -> None:
    own, clock = station_certificate(), SystemClock()
    troubles: list[str] = []
    keeper = SampleKeeper(sample_location(tmp_path, bytes(32)), "S-1", clock, troubles.append)
    sink = SampleSink(StateEvents(lambda _command: None), keeper, ContextBook(), LimitWatch(lambda _command: None), clock)
    with running_line(tmp_path / "line", own, fast=NODES, rate_hz=float(HERTZ)) as line:
        config = line_config(line, own, tags=counters(NODES))
        sink.describe((config,))
        gateway = make_gateway((config,), {}, clock, tag_drivers())
        keeper.start()
        gateway.start(sink)
        qtbot.waitUntil(lambda: gateway.status(config.device_id).state is DeviceState.ONLINE, timeout=60_000)
        qtbot.wait(20_000)
        begun = keeper.kept
        beat = Heartbeat()
        qtbot.wait(int(SECONDS * 500))
        beat.stop()
        gc.collect()
        before = resident_bytes()  # buffers and caches have grown to their size by now
        time.sleep(STALL_SECONDS)  # a client that stands still holds up no driver
        beat = Heartbeat()
        qtbot.wait(int(SECONDS * 500))
        beat.stop()
        grown, kept = resident_bytes() - before, keeper.kept - begun
        gateway.stop()
    rate = kept / (SECONDS + STALL_SECONDS)
    print(f"{kept} values kept in {SECONDS} s ({rate:.0f}/s), heartbeat p99 {beat.at(0.99) * 1000:.1f} ms, memory {grown / 1e6:+.1f} MB")
    assert keeper.flush(30)
    reader = SampleReader(keeper.location)
    values = {
        tag.tag_id: [int(one.value) for one in reader.newest(tag.tag_id, count=10**7)[::-1] if isinstance(one.value, int)]
        for tag in config.tags
    }
    assert reader.check() == ()
    keeper.stop()
    assert len(values) == NODES
    for name, found in values.items():
        assert found == list(range(found[0], found[0] + len(found))), f"{name} lost or repeated a value"
    assert min(len(found) for found in values.values()) >= SECONDS * HERTZ * 0.8
    assert troubles == []
    assert beat.at(0.99) < 0.5, "told as a figure; only a loop that stands still is a fault here"
    assert grown < GROWTH_BYTES
