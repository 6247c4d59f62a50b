"""Approved writes, with the PLC's own record as the witness: nothing unapproved is written, nothing is written twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from jope_drivers.simulator.plc_handle import Lie, NetworkFault, SimulatedPlc
from jope_drivers.simulator.plc_map import PLC_TAGS

from jope.kernel.errors import DeviceError, DeviceIndeterminateError, DeviceOfflineError, DeviceRefusedError
from jope.plant.devices.tags import Handshake, TagConfig, TagScalar, TagType, WriteReceipt, WriteRequest
from tests.support.modbus import PLC, Watched, tag

pytestmark = [pytest.mark.req("J05")]

HANDSHAKE = Handshake("Write.Request", "Write.Acknowledge", timeout_seconds=20.0)
SPEED = WriteRequest(approval_ref="CR-7", device_id=PLC, tag_id="Mixer.SpeedSetpoint", value=Decimal("130.5"), before=Decimal(120))
MORE = (
    tag("holding:1500", TagType.UINT64, writable=True),
    tag("holding:1510", TagType.INT32, writable=True, word_order="little", byte_order="little", scale=Decimal("0.001"), offset=Decimal(5)),
    tag("holding:1520", TagType.DOUBLE, writable=True),
    tag("holding:1530.4", TagType.BOOLEAN, writable=True),
    tag("input:1000", writable=True),
    tag("discrete:0", TagType.BOOLEAN, writable=True),
    tag("holding:3000", writable=True),
    tag("holding:1540"),
)


@pytest.fixture
def plc(tmp_path: Path) -> Iterator[SimulatedPlc]:
    with SimulatedPlc(tmp_path, serial=True) as plc:
        plc.freeze()
        yield plc


def written(plc: SimulatedPlc) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(write.table, write.address, write.values) for write in plc.writes()]


def at(
    plc: SimulatedPlc,
    do: Callable[[Watched], Awaitable[None]],
    *,
    write_enabled: bool = True,
    tags: tuple[TagConfig, ...] = (*PLC_TAGS, *MORE),
    serial: bool = False,
) -> None:
    """Do something at a driver that delivers."""

    async def scenario() -> None:
        address = plc.serial_address if serial else plc.address
        options = {"timeout_seconds": "0.5"} | ({"baudrate": "115200"} if serial else {})
        async with Watched(address, tags, options, write_enabled=write_enabled) as watched:
            await watched.until_told(len(tags))
            await do(watched)

    asyncio.run(scenario())


def refused(plc: SimulatedPlc, request: WriteRequest, error: type[DeviceError] = DeviceRefusedError, *, write_enabled: bool = True) -> None:
    async def do(watched: Watched) -> None:
        with pytest.raises(error):
            await watched.driver.write(request)

    at(plc, do, write_enabled=write_enabled)


# --- what is written -------------------------------------------------------------------------------------------------


@pytest.mark.writes
@pytest.mark.parametrize("serial", [False, True], ids=["tcp", "rtu"])
def test_an_approved_write_is_read_before_and_after_and_acknowledged(plc: SimulatedPlc, serial: bool) -> None:
    receipts: list[WriteReceipt] = []

    async def do(watched: Watched) -> None:
        receipts.append(await watched.driver.write(replace(SPEED, handshake=HANDSHAKE)))
        await watched.until(lambda: watched.good()["Mixer.SpeedSetpoint"] == Decimal("130.5"), "the value in the poll")

    at(plc, do, serial=serial)
    (receipt,) = receipts
    assert (receipt.approval_ref, receipt.device_id, receipt.tag_id) == ("CR-7", PLC, "Mixer.SpeedSetpoint")
    assert (receipt.before, receipt.after, receipt.acknowledged) == (Decimal(120), Decimal("130.5"), True)
    assert written(plc) == [("holding", 0, (1305,)), ("holding", 30, (1,))]


@pytest.mark.writes
@pytest.mark.parametrize(
    ("tag_id", "value", "registers"),
    [
        ("Vessel.TemperatureSetpoint", 36.5, ("holding", 1, (0x4212, 0))),
        ("Vessel.TemperatureSetpoint", Decimal("36.5"), ("holding", 1, (0x4212, 0))),
        ("Recipe.Name", "GEL 5", ("holding", 10, (0x4745, 0x4C20, 0x3500, 0, 0, 0, 0, 0))),
        ("Mixer.Enable", False, ("coil", 0, (0,))),
        ("Valve.Inlet", True, ("coil", 1, (1,))),
        ("Mixer.SpeedSetpoint", 0, ("holding", 0, (0,))),
        ("holding:1500", 2**64 - 2, ("holding", 1500, (0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE))),
        ("holding:1510", Decimal("4.999"), ("holding", 1510, (0xFFFF, 0xFFFF))),
        ("holding:1510", Decimal("5.258"), ("holding", 1510, (0x0201, 0))),
        ("holding:1520", -2.5, ("holding", 1520, (0xC004, 0, 0, 0))),
    ],
)
def test_each_type_is_written_with_its_own_function(
    plc: SimulatedPlc, tag_id: str, value: TagScalar, registers: tuple[str, int, tuple[int, ...]]
) -> None:
    async def do(watched: Watched) -> None:
        receipt = await watched.driver.write(WriteRequest(approval_ref="CR-8", device_id=PLC, tag_id=tag_id, value=value))
        assert receipt.after == value
        assert receipt.acknowledged is None

    at(plc, do)
    assert written(plc) == [registers]


@pytest.mark.writes
def test_writes_do_not_mix_with_polls_and_come_one_after_the_other(plc: SimulatedPlc) -> None:
    tags = tuple(replace(one, sampling_ms=10) for one in PLC_TAGS)

    async def do(watched: Watched) -> None:
        requests = [replace(SPEED, value=Decimal(number), before=None, handshake=HANDSHAKE) for number in range(100, 110)]
        receipts = await asyncio.gather(*(watched.driver.write(request) for request in requests))
        assert [receipt.after for receipt in receipts] == [Decimal(number) for number in range(100, 110)]
        assert all(receipt.acknowledged for receipt in receipts)

    at(plc, do, tags=tags)
    expected = [pair for number in range(10) for pair in (("holding", 0, (1000 + 10 * number,)), ("holding", 30, (number + 1,)))]
    assert written(plc) == expected


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        replace(SPEED, before=Decimal("119.9")),
        replace(SPEED, before=Decimal("120.05")),
        replace(SPEED, before="120"),
        replace(SPEED, device_id="PLC-2"),
        replace(SPEED, tag_id="Mixer.Unknown"),
        replace(SPEED, tag_id="Mixer.Speed"),
        replace(SPEED, value=Decimal("130.55")),
        replace(SPEED, value=Decimal("3000.1")),
        replace(SPEED, value=-1),
        replace(SPEED, value=True),
        replace(SPEED, tag_id="Vessel.TemperatureSetpoint", value=120.5, before=None),
        replace(SPEED, tag_id="holding:1540", value=5, before=None),
        replace(SPEED, tag_id="holding:1530.4", value=True, before=None),
        replace(SPEED, tag_id="input:1000", value=5, before=None),
        replace(SPEED, tag_id="discrete:0", value=False, before=None),
        replace(SPEED, tag_id="holding:3000", value=5, before=None),
        replace(SPEED, handshake=Handshake("Write.Acknowledge", "Write.Request")),
        replace(SPEED, handshake=Handshake("Write.Request", "Nothing")),
        replace(SPEED, handshake=Handshake("Write.Request", "Mixer.SpeedSetpoint")),
        replace(SPEED, handshake=Handshake("Write.Request", "Batch.Cycles")),
        replace(SPEED, handshake=Handshake("Mixer.Enable", "Write.Acknowledge")),
    ],
    ids=lambda request: f"{request.tag_id}-{request.value}-{request.before}-{request.handshake is not None}",
)
def test_nothing_is_written_where_anything_is_not_as_said(plc: SimulatedPlc, request_: WriteRequest) -> None:
    refused(plc, request_)
    assert written(plc) == []


def test_nothing_is_written_without_the_device_s_own_switch(plc: SimulatedPlc) -> None:
    refused(plc, SPEED, write_enabled=False)
    assert written(plc) == []


def test_nothing_is_written_while_an_earlier_request_is_open(plc: SimulatedPlc) -> None:
    plc.put("holding", 30, 6)
    refused(plc, replace(SPEED, handshake=HANDSHAKE))
    assert written(plc) == []


@pytest.mark.parametrize("lie", ["short_data", "wrong_function", "wrong_byte_count", "empty_success", "wrong_unit", "wrong_transaction"])
def test_nothing_is_written_when_the_value_before_cannot_be_read(plc: SimulatedPlc, lie: Lie) -> None:
    async def do(watched: Watched) -> None:
        plc.lie(lie)
        with pytest.raises(DeviceOfflineError):
            await watched.driver.write(SPEED)

    at(plc, do, tags=quiet())
    assert written(plc) == []


@pytest.mark.parametrize("fault", ["black_hole", "reset", "refused", "half_open"])
def test_nothing_is_written_when_the_line_is_dead_before(plc: SimulatedPlc, fault: NetworkFault) -> None:
    async def do(watched: Watched) -> None:
        plc.network(fault)
        with pytest.raises(DeviceOfflineError):
            await watched.driver.write(SPEED)

    at(plc, do, tags=quiet())
    plc.network("")
    assert written(plc) == []


# --- what nobody knows -----------------------------------------------------------------------------------------------


def quiet() -> tuple[TagConfig, ...]:
    """The tags, polled so seldom that nothing but the write is under way."""
    return tuple(replace(one, sampling_ms=3_600_000) for one in PLC_TAGS)


@pytest.mark.writes
@pytest.mark.parametrize("serial", [False, True], ids=["tcp", "rtu"])
@pytest.mark.parametrize("kind", ["wrong_function", "late", "wrong_unit"])
def test_a_write_whose_answer_is_none_is_indeterminate_and_never_repeated(plc: SimulatedPlc, kind: Lie, serial: bool) -> None:
    async def do(watched: Watched) -> None:
        # The first answer is that of the reading before, the second that of the write.
        plc.lie(kind, answers=1, every=2, delays=[0.8])
        with pytest.raises(DeviceIndeterminateError):
            await watched.driver.write(SPEED)
        await asyncio.sleep(1.5)

    at(plc, do, tags=quiet(), serial=serial)
    assert written(plc) == [("holding", 0, (1305,))]


@pytest.mark.writes
@pytest.mark.parametrize("kind", ["short_data", "wrong_function", "late", "wrong_unit"])
def test_a_write_that_cannot_be_read_back_is_indeterminate(plc: SimulatedPlc, kind: Lie) -> None:
    async def do(watched: Watched) -> None:
        plc.lie(kind, answers=1, every=3, delays=[0.8])
        with pytest.raises(DeviceIndeterminateError):
            await watched.driver.write(SPEED)

    at(plc, do, tags=quiet())
    assert written(plc) == [("holding", 0, (1305,))]


@pytest.mark.writes
def test_a_write_that_reads_back_as_something_else_is_indeterminate(plc: SimulatedPlc) -> None:
    async def do(watched: Watched) -> None:
        plc.deafen(0)
        with pytest.raises(DeviceIndeterminateError, match="reads back as"):
            await watched.driver.write(replace(SPEED, handshake=HANDSHAKE))

    at(plc, do)
    assert [(table, address) for table, address, _ in written(plc)] == [("holding", 0)]


@pytest.mark.writes
def test_a_request_that_the_plc_does_not_acknowledge_is_indeterminate(plc: SimulatedPlc) -> None:
    async def do(watched: Watched) -> None:
        plc.acknowledge(False)
        with pytest.raises(DeviceIndeterminateError, match="did not acknowledge request 1"):
            await watched.driver.write(replace(SPEED, handshake=replace(HANDSHAKE, timeout_seconds=0.3)))
        plc.acknowledge(True)
        with pytest.raises(DeviceRefusedError, match="has not acknowledged request 1"):
            await watched.driver.write(replace(SPEED, before=None, handshake=HANDSHAKE))

    at(plc, do)
    assert written(plc) == [("holding", 0, (1305,)), ("holding", 30, (1,))]


@pytest.mark.writes
def test_the_counters_of_the_handshake_begin_anew_behind_their_last_number(plc: SimulatedPlc) -> None:
    async def do(watched: Watched) -> None:
        plc.put("holding", 30, 0xFFFF, 0xFFFF)
        receipt = await watched.driver.write(replace(SPEED, handshake=HANDSHAKE))
        assert receipt.acknowledged is True

    at(plc, do)
    assert written(plc)[-1] == ("holding", 30, (0,))


def test_a_closed_driver_writes_nothing(plc: SimulatedPlc) -> None:
    async def do(watched: Watched) -> None:
        await watched.driver.close()
        with pytest.raises(DeviceOfflineError):
            await watched.driver.write(SPEED)

    at(plc, do)
    assert written(plc) == []
