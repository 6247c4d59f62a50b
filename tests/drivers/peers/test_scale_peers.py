"""Our drivers against balance simulators that are not ours, our simulated Sartorius asked by a client that is not ours.

The peers' package has a simulator's protocol, but no port of its own for it: ``labmcp_scale.py`` gives it one. For KCP, A&D and Ohaus no such peer is known.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from jope_drivers.catalog import make_gateway, scale_drivers
from jope_drivers.scales.detection import detect_scale
from jope_drivers.simulator.handle import SimulatedScale, SimulatedScaleSetup, simulated_identity

from jope.kernel.clock import SystemClock
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceState, Gateway, Quality, Reading, ScaleAction
from tests.drivers.peers.test_mt_sics_peers import ENVIRONMENT, HERE
from tests.drivers.test_scale_gateway import Recorder, await_that
from tests.support.cable import Cable

pytestmark = pytest.mark.timeout(300)
SARTORIUS = DeviceIdentity("QUINTIX224-1S", "0037402012", "00-20-12.01")
METTLER = DeviceIdentity("XS205DU Excellence 220.0000 g", "B123456789", "3.10 10.28.0.493.142")


class Foreign:
    """A balance that is not ours at one end of a cable."""

    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self._process = process
        self.address = address

    def place(self, grams: str) -> None:
        """Put a load on the pan instead of the one that is there."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(grams.encode() + b"\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == b"placed\n"


@contextmanager
def foreign(kind: str) -> Iterator[Foreign]:
    """The foreign balance, serving."""
    assert (ENVIRONMENT / ".installed").exists(), "the peers are not installed: 'make test' does it"
    command = [str(ENVIRONMENT / "bin" / "python"), "-W", "ignore", str(HERE / "labmcp_scale.py"), kind]
    with Cable() as cable:
        process = subprocess.Popen([*command, cable.ends[0]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"ready\n"
            yield Foreign(process, cable.ends[1])
        finally:
            process.stdin.close()
            process.wait(20)
            process.stdout.close()


@contextmanager
def connected(protocol: str, address: str, identity: DeviceIdentity) -> Iterator[tuple[Gateway, Recorder]]:
    """A gateway with the foreign balance as its only device."""
    config = DeviceConfig("SC-1", protocol, address, identity, {"unit": "g"})
    gateway, sink = make_gateway((config,), scale_drivers(), SystemClock()), Recorder()
    gateway.start(sink)
    try:
        await_that(lambda: gateway.status("SC-1").state is DeviceState.ONLINE, "the foreign balance")
        await_that(lambda: gateway.newest("SC-1") is not None, "its first reading")
        yield gateway, sink
    finally:
        gateway.stop()


def newest(gateway: Gateway) -> Reading:
    reading = gateway.newest("SC-1")
    assert reading is not None
    return reading


def near(reading: Reading, grams: str) -> bool:
    """Whether a stable reading is this load, but for the balance's own noise."""
    quantity = reading.quantity
    return reading.stable and quantity is not None and abs(quantity.value - Decimal(grams)) <= Decimal("0.0004")


@pytest.mark.req("J01", "J08", "F01", "F05", "P11-09")
@pytest.mark.parametrize("kind", ["sbi16", "sbi22"])
def test_a_sartorius_that_is_not_ours_is_read_tared_and_zeroed(kind: str) -> None:
    with foreign(kind) as balance, connected("sbi", balance.address, SARTORIUS) as (gateway, sink):
        await_that(lambda: near(newest(gateway), "52.1873"), "the load at rest")
        balance.place("100.5")
        await_that(lambda: any(r.quality is Quality.UNCERTAIN for r in sink.readings), "a moving load")
        await_that(lambda: near(newest(gateway), "100.5"), "the new load at rest")
        receipt = gateway.act("SC-1", ScaleAction.TARE)
        assert receipt.raw_frame.endswith("0.0000 g  ")
        balance.place("100.9")
        await_that(lambda: near(newest(gateway), "0.4"), "the net load")
        balance.place("250")
        await_that(lambda: newest(gateway).detail == "overload", "overload")
        balance.place("1.5")
        await_that(lambda: near(newest(gateway), "-99.0"), "the rest")
        assert gateway.act("SC-1", ScaleAction.ZERO).done
        await_that(lambda: near(newest(gateway), "0"), "zero")
        assert gateway.status("SC-1").garbled_frames == 0
        assert not any(reading.stable for reading in sink.readings if reading.quality is not Quality.GOOD)


@pytest.mark.req("J01", "J08", "F01", "F05", "P11-09")
def test_a_mettler_toledo_that_is_not_ours_is_read_and_tared() -> None:
    with foreign("mt-sics") as balance, connected("mt-sics", balance.address, METTLER) as (gateway, sink):
        # This one answers SI as moving, always.
        await_that(lambda: newest(gateway).quantity is not None, "a weight")
        assert not any(reading.stable for reading in sink.readings)
        assert gateway.act("SC-1", ScaleAction.TARE).raw_frame == "T S    52.1873 g"
        await_that(lambda: any(abs(grams) < Decimal("0.001") for grams in weights(sink)[-3:]), "the net weight")
        balance.place("260")
        await_that(lambda: newest(gateway).detail == "overload", "overload")
        assert gateway.status("SC-1").garbled_frames == 0


def weights(sink: Recorder) -> list[Decimal]:
    return [reading.quantity.value for reading in sink.readings if reading.quantity is not None]


@pytest.mark.req("J01", "J08")
@pytest.mark.parametrize(("kind", "protocol", "identity"), [("sbi22", "sbi", SARTORIUS), ("mt-sics", "mt-sics", METTLER)])
def test_a_balance_that_is_not_ours_is_found(kind: str, protocol: str, identity: DeviceIdentity) -> None:
    with foreign(kind) as balance:
        found = detect_scale(balance.address, SystemClock(), progress=lambda _: None)
    assert found is not None
    assert (found.protocol, found.identity) == (protocol, identity)


@pytest.mark.req("J01")
def test_a_client_that_is_not_ours_reads_our_simulated_sartorius(tmp_path: Path) -> None:
    setup = SimulatedScaleSetup(protocol="sbi", identity=simulated_identity("sbi"), time_constant=Decimal("0.02"))
    with SimulatedScale(tmp_path, setup=setup) as scale:
        scale.load("250.3")
        asked = subprocess.run(
            [str(ENVIRONMENT / "bin" / "python"), "-W", "ignore", str(HERE / "labmcp_reads_sbi.py"), str(scale.link)],
            check=True,
            capture_output=True,
            timeout=60,
        )
    told = json.loads(asked.stdout)
    assert told["identity"] == {
        "manufacturer": "Sartorius",
        "protocol": "SBI",
        "model": "MSA6202S-000-D0",
        "serial": "0037402012",
        "software": "00-20-12.01",
    }
    assert told["before"] == [250.3, "g", "N", 2]
    assert told["after"] == [0.0, "g", "N", 2]
