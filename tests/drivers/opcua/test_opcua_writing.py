"""Approved writes against the simulated line, whose own record says what arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jope_drivers.opcua.certificate import ApplicationCertificate
from jope_drivers.simulator.line_handle import SimulatedOpcUaLine

from jope.kernel.errors import DeviceIndeterminateError, DeviceOfflineError, DeviceRefusedError
from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.tags import Handshake, TagType, WriteRequest
from tests.support.opcua import Station, line_config, online, run, running_line, tag

pytestmark = pytest.mark.timeout(300)
TAGS = (
    tag("Filler.Target", TagType.INT16, writable=True, scale=Decimal("0.5"), unit="g"),
    tag("Filler.Recipe", TagType.STRING, writable=True),
    tag("Mixer.SpeedSetpoint", TagType.DOUBLE, writable=True),
    tag("Filler.Count", TagType.UINT32),
    tag("Mixer.State", TagType.UINT16, writable=True),  # not writable at the server
    tag("Filler.Request", TagType.UINT16, writable=True),
    tag("Filler.Acknowledge", TagType.UINT16),
)
HANDSHAKE = Handshake("Filler.Request", "Filler.Acknowledge", 2.0)


def asked(tag_id: str, value: Any, **changes: Any) -> WriteRequest:
    return WriteRequest(approval_ref="CR-7", device_id="LINE-1", tag_id=tag_id, value=value, **changes)


@pytest.fixture
def writable(own: ApplicationCertificate, tmp_path: Path) -> Iterator[SimulatedOpcUaLine]:
    with running_line(tmp_path, own) as line:
        yield line


def config_of(line: SimulatedOpcUaLine, own: ApplicationCertificate, **changes: Any) -> DeviceConfig:
    return line_config(line, own, tags=TAGS, **{"write_enabled": True, **changes})


@pytest.mark.writes
@pytest.mark.req("J05", "A11d-05")
def test_a_write_is_read_before_and_after(writable: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        async with online(config_of(writable, own)) as station:
            receipt = await station.driver.write(asked("Filler.Target", Decimal("130.5"), before=Decimal("125.0")))
            assert (receipt.before, receipt.after, receipt.acknowledged) == (Decimal("125.0"), Decimal("130.5"), None)
            receipt = await station.driver.write(asked("Filler.Recipe", "R-200", before="R-100", handshake=HANDSHAKE))
            assert (receipt.after, receipt.acknowledged) == ("R-200", True)
            receipt = await station.driver.write(asked("Mixer.SpeedSetpoint", Decimal("90.5")))
            assert (receipt.before, receipt.after) == (120.0, 90.5)
        assert [(w["node"], w["value"]) for w in writable.writes()] == [
            ("Filler.Target", 261), ("Filler.Recipe", "R-200"), ("Filler.Request", 1), ("Mixer.SpeedSetpoint", 90.5),
        ]  # fmt: skip

    run(work)


@pytest.mark.req("J05", "A11d-05")
def test_what_must_not_be_written_never_reaches_the_server(writable: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        async with online(config_of(writable, own)) as station:
            for request in (
                asked("Filler.Target", Decimal("130.5"), before=Decimal("124.5")),  # another value than approved
                asked("Filler.Target", Decimal("130.3")),  # not a whole raw number
                asked("Filler.Target", Decimal("20000")),  # out of Int16
                asked("Filler.Target", True),
                asked("Filler.Recipe", 5),
                asked("Mixer.SpeedSetpoint", float("nan")),
                asked("Filler.Count", 5),  # not registered as writable
                asked("Nothing", 5),
                replace(asked("Filler.Recipe", "R-2"), device_id="LINE-2"),
                asked("Filler.Recipe", "R-2", handshake=Handshake("Filler.Count", "Filler.Acknowledge")),
            ):
                with pytest.raises(DeviceRefusedError):
                    await station.driver.write(request)
        async with online(config_of(writable, own, write_enabled=False)) as station:
            with pytest.raises(DeviceRefusedError, match="switched off"):
                await station.driver.write(asked("Filler.Recipe", "R-2"))
        assert writable.writes() == []

    run(work)


@pytest.mark.writes
@pytest.mark.req("J05", "A11d-05")
def test_a_refusal_of_the_server_and_a_silent_plc_are_told_apart(writable: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        async with online(config_of(writable, own)) as station:
            with pytest.raises(DeviceRefusedError, match=r"BadUserAccessDenied|BadNotWritable"):
                await station.driver.write(asked("Mixer.State", 5))
            writable.set_acknowledging(False)
            with pytest.raises(DeviceIndeterminateError, match="acknowledge"):
                await station.driver.write(asked("Filler.Recipe", "R-3", handshake=HANDSHAKE))
            assert [w["node"] for w in writable.writes() if w["status"] == 0] == ["Filler.Recipe", "Filler.Request"]

    run(work)


@pytest.mark.writes
@pytest.mark.req("J05", "A11d-05")
def test_a_write_whose_answer_stays_out_is_indeterminate_and_sent_once(writable: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        async with online(config_of(writable, own, options={"answer_seconds": "1"})) as station:
            writable.delay_writes(5)
            with pytest.raises(DeviceIndeterminateError, match="No answer to the write"):
                await station.driver.write(asked("Filler.Recipe", "R-4"))
            await asyncio.sleep(6)
        assert [w["value"] for w in writable.writes()] == ["R-4"]

    run(work)


@pytest.mark.req("J05")
def test_a_write_without_a_connection_sends_nothing(writable: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        station = Station(config_of(writable, own))
        with pytest.raises((DeviceOfflineError, DeviceRefusedError)):
            await station.driver.write(asked("Filler.Recipe", "R-5"))
        await station.driver.close()
        assert writable.writes() == []

    run(work)
