"""Our simulator asked by a client that is not ours, our driver against an emulator that is not ours.

The peers' environment ``.venv-peers`` is made by ``make test`` from ``requirements.lock`` beside this file.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from jope_drivers.catalog import make_gateway, scale_drivers
from jope_drivers.simulator.handle import SimulatedScale, SimulatedScaleSetup

from jope.kernel.clock import SystemClock
from jope.plant.devices.ports import DeviceConfig, DeviceState, DeviceStatus, Quality, Reading
from tests.support.cable import Cable

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[2] / ".venv-peers"

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def peers() -> Path:
    """The directory of the peers' programs."""
    assert (ENVIRONMENT / ".installed").exists(), "the peers are not installed: 'make test' does it"
    return ENVIRONMENT / "bin"


class Recorder:
    """A sink that keeps the readings."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def reading(self, reading: Reading) -> None:
        self.readings.append(reading)

    def status(self, status: DeviceStatus) -> None:
        """States are not of interest here."""


@pytest.fixture
def emulator(peers: Path) -> Iterator[str]:
    """The address of an emulated balance that is not ours."""
    with Cable() as cable:
        process = subprocess.Popen(
            [str(peers / "mtsics-serial"), "--port", cable.ends[0], "--profile", "mt-xs204"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield cable.ends[1]
        finally:
            process.terminate()
            process.wait()


@pytest.mark.req("J01")
def test_a_client_that_is_not_ours_reads_our_simulator(peers: Path, tmp_path: Path) -> None:
    with SimulatedScale(tmp_path, setup=SimulatedScaleSetup(time_constant=Decimal("0.02"))) as scale:
        scale.load("50.25")
        asked = subprocess.run(
            [str(peers / "python"), "-W", "ignore", str(HERE / "ask_the_simulator.py"), str(scale.link)],
            check=True,
            capture_output=True,
            timeout=60,
        )
    assert json.loads(asked.stdout) == {
        "serial_number": "B021002593",
        "model": ["XSR6002S", "6100.00", "g"],
        "firmware": ["1.00", "10.28.0.493.142"],
        "stable": [50.25, "g"],
        "immediate": [50.25, "g", "S"],
        "zero_stable": True,
        "zero": "S",
        "zeroed": [0.0, "g"],
    }


@pytest.mark.req("J01", "F01", "P11-09")
def test_an_emulator_that_bends_the_protocol_is_identified_but_gives_no_weight(emulator: str) -> None:
    # It answers SI with "SI S ..." where the protocol says "S S ...": a weight one could guess, and which is not taken.
    config = DeviceConfig("SC-1", "mt-sics", emulator, None, {"unit": "g"})
    gateway, sink, clock = make_gateway((config,), scale_drivers(), SystemClock()), Recorder(), SystemClock()
    gateway.start(sink)
    limit_us = clock.monotonic_us() + 60_000_000
    while len(sink.readings) < 5:
        assert clock.monotonic_us() < limit_us, f"no frames: {gateway.status('SC-1')}"
        time.sleep(0.02)
    assert gateway.status("SC-1").state is DeviceState.DEGRADED
    gateway.stop()
    frames = [reading for reading in sink.readings if reading.detail == "garbled"]
    assert all(reading.raw_frame.startswith("SI ") for reading in frames)
    assert all(reading.identity.serial_number for reading in frames)
    assert all(reading.quality is Quality.BAD and reading.quantity is None for reading in sink.readings)
