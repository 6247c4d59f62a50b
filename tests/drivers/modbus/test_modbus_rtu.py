"""Modbus RTU over real pseudo-terminals: late answers, lying answers, noise, and a cable that is pulled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jope_drivers.catalog import tag_drivers
from jope_drivers.modbus.frames import rtu_frame
from jope_drivers.modbus.rtu_link import RtuLink
from jope_drivers.simulator.plc_handle import PLC_IDENTITY, Lie, SimulatedPlc
from jope_drivers.simulator.plc_map import PLC_IDENTITY_REGISTERS, PLC_TAGS

from jope.kernel.errors import DeviceIdentityError, DeviceOfflineError, SettingsError
from jope.plant.devices.ports import DeviceState
from jope.plant.devices.tags import StatusCode, TagDriver, is_bad, is_good
from tests.support.modbus import Watched, pattern_tags
from tests.support.modbus_late import LATE, READS, TrustingDriver, with_driver, with_pymodbus

pytestmark = [pytest.mark.req("J01", "P11-09", "A11d-05")]

OPTIONS = {"timeout_seconds": "0.3", "late_seconds": "0.3", "baudrate": "115200"}
TAGS = pattern_tags(10, sampling_ms=50)


@pytest.fixture
def plc(tmp_path: Path) -> Iterator[SimulatedPlc]:
    with SimulatedPlc(tmp_path, serial=True) as plc:
        yield plc


def right(watched: Watched) -> bool:
    return all(value.value == int(value.tag_id.split(":")[1]) for value in watched.values if is_good(value.status))


# --- late answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "out of order"])
def test_none_of_a_hundred_reads_is_wrong_when_a_quarter_of_the_answers_is_late(tmp_path: Path, in_order: bool) -> None:
    outcome = with_driver(tmp_path, in_order=in_order)
    assert outcome.wrong == 0
    assert outcome.late > LATE // 2
    assert outcome.right > READS // 4


def test_none_is_wrong_where_every_request_looks_like_every_other(tmp_path: Path) -> None:
    # The device was never asked for its identification: a read of the same shape is the only probe there is.
    outcome = with_driver(tmp_path, in_order=True, identified=False)
    assert outcome.wrong == 0
    assert outcome.late > 0


def test_a_probe_that_looks_like_what_is_still_out_is_not_the_last_word(plc: SimulatedPlc) -> None:
    # The late answer comes for the probe, which looks like it, and the probe's own answer comes just when the next tag is read.
    options = {"timeout_seconds": "0.15", "late_seconds": "0.15", "baudrate": "115200", "identify": "registers"}

    async def scenario() -> None:
        for _ in range(3):
            watched = Watched(plc.serial_address, pattern_tags(2, step=500, sampling_ms=3_600_000), options)
            await watched.driver.connect()
            await watched.driver.identify()
            plc.lie("late", answers=2, delays=[0.2, 0.43])
            try:
                async for batch in watched.driver.batches():
                    watched.values += batch.values
                    if len(watched.values) == 2:
                        break
            except DeviceOfflineError:
                pass  # where the probe stays without an answer there is no value either
            assert right(watched)
            await watched.driver.close()

    asyncio.run(scenario())


def test_the_harness_catches_a_driver_without_quarantine(tmp_path: Path) -> None:
    assert with_driver(tmp_path, in_order=False, make=TrustingDriver).wrong > 0


def test_the_harness_catches_the_library_as_it_comes(tmp_path: Path) -> None:
    assert with_pymodbus(tmp_path, in_order=False, retries=3).wrong > 0


def test_a_late_answer_leads_through_quarantine_back_to_online(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.serial_address, TAGS, OPTIONS) as watched:
            await watched.until(lambda: watched.heard.states == [DeviceState.SYNCING, DeviceState.ONLINE], "ONLINE")
            plc.lie("late", answers=1, delays=[0.45])
            await watched.until(lambda: DeviceState.QUARANTINE in watched.heard.states, "QUARANTINE")
            await watched.until(lambda: watched.heard.states[-1] is DeviceState.ONLINE, "ONLINE again")
            assert right(watched)
            assert {value.status for value in watched.values} == {StatusCode.GOOD, StatusCode.BAD_TIMEOUT}

    asyncio.run(scenario())


# --- lies and noise --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lie", ["short_data", "wrong_function", "wrong_unit", "wrong_byte_count", "empty_success", "bad_crc", "duplicate"])
def test_a_lying_answer_is_never_a_value(plc: SimulatedPlc, lie: Lie) -> None:
    async def scenario() -> None:
        async with Watched(plc.serial_address, TAGS, OPTIONS) as watched:
            await watched.until(lambda: len(watched.good()) == len(TAGS), "values")
            told = len(watched.values)
            plc.lie(lie, answers=1)
            await watched.until(lambda: DeviceState.QUARANTINE in watched.heard.states, "QUARANTINE")
            await watched.until(lambda: watched.heard.states[-1] is DeviceState.ONLINE, "ONLINE again")
            bad = {value.status for value in watched.values[told:] if is_bad(value.status)}
            # The copy of a doubled answer may come with it or after it; what has come after the true one is never looked at.
            assert bad == {StatusCode.BAD_DECODING_ERROR} or (lie == "duplicate" and not bad)
            assert right(watched)

    asyncio.run(scenario())


def test_what_was_not_asked_for_is_thrown_away_even_if_it_looks_like_an_answer(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.serial_address, TAGS, OPTIONS) as watched:
            await watched.until(lambda: len(watched.good()) == len(TAGS), "values")
            for _ in range(5):
                plc.noise(rtu_frame(1, b"\x03\x14" + b"\xde\xad" * 10))
                await asyncio.sleep(0.1)
            await watched.until(lambda: watched.heard.states[-1] is DeviceState.ONLINE, "ONLINE")
            assert right(watched)
            assert DeviceState.QUARANTINE in watched.heard.states

    asyncio.run(scenario())


def test_a_line_that_never_falls_silent_is_quarantined_and_then_offline(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.serial_address, TAGS, OPTIONS) as watched:
            await watched.until(lambda: len(watched.good()) == len(TAGS), "values")
            told = len(watched.values)
            while watched.ended is None:
                plc.noise(b"\x01\x03\x14\x00\xff" * 20)
                await asyncio.sleep(0.02)
            assert isinstance(watched.ended, DeviceOfflineError)
            assert DeviceState.QUARANTINE in watched.heard.states
            assert not any(is_good(value.status) for value in watched.values[told:])

    asyncio.run(scenario())


# --- the line --------------------------------------------------------------------------------------------------------


@pytest.mark.req("J04", "J08")
def test_a_pulled_cable_is_offline_and_the_next_connection_delivers(plc: SimulatedPlc) -> None:
    options = {**OPTIONS, "identity_registers": PLC_IDENTITY_REGISTERS}

    async def scenario() -> None:
        async with Watched(plc.serial_address, PLC_TAGS, options) as watched:
            assert watched.identity == PLC_IDENTITY
            await watched.until(lambda: len(watched.good()) == len(PLC_TAGS), "values")
            plc.unplug()
            assert isinstance(await watched.until_ended(), DeviceOfflineError)
        with pytest.raises(DeviceOfflineError):
            async with Watched(plc.serial_address, PLC_TAGS, options):
                pass
        plc.plug()
        async with Watched(plc.serial_address, PLC_TAGS, options) as again:
            await again.until(lambda: len(again.good()) == len(PLC_TAGS), "values")

    asyncio.run(scenario())


@pytest.mark.req("J04")
def test_a_device_that_falls_silent_is_quarantined_and_then_offline(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.serial_address, TAGS, OPTIONS) as watched:
            await watched.until(lambda: len(watched.good()) == len(TAGS), "values")
            plc.network("black_hole")
            assert isinstance(await watched.until_ended(), DeviceOfflineError)
            assert watched.heard.states[-1] is DeviceState.QUARANTINE
            assert {value.status for value in watched.newest().values()} == {StatusCode.BAD_TIMEOUT}

    asyncio.run(scenario())


@pytest.mark.req("J08")
def test_a_device_that_was_exchanged_behind_the_line_is_noticed_at_the_probe(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.serial_address, TAGS, OPTIONS) as watched:
            await watched.until(lambda: len(watched.good()) == len(TAGS), "values")
            plc.become(serial_number="MX-2041-0099", firmware="9.9.9")
            plc.lie("bad_crc", answers=1)
            assert isinstance(await watched.until_ended(), DeviceIdentityError)

    asyncio.run(scenario())


def test_unknown_tags_and_the_whole_map_over_the_serial_line(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.serial_address, pattern_tags(40, first=1980), OPTIONS) as watched:
            await watched.until_told(40)
            assert len(watched.good()) == 20
            assert right(watched)
            assert {value.status for value in watched.newest().values() if not is_good(value.status)} == {StatusCode.BAD_NODE_ID_UNKNOWN}
            assert DeviceState.QUARANTINE not in watched.heard.states[1:]

    asyncio.run(scenario())


def test_a_link_that_was_closed_stays_closed(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        watched = Watched(plc.serial_address, TAGS, OPTIONS)
        async with watched:
            await watched.until_told(1)
        await watched.driver.close()
        assert isinstance(vars(watched.driver)["_link"], RtuLink)
        with pytest.raises(DeviceOfflineError):
            await watched.driver.connect()

    asyncio.run(scenario())


# --- several devices at one line -------------------------------------------------------------------------------------


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[SimulatedPlc]:
    """Devices 1 and 2 at one line; nobody is 3."""
    with SimulatedPlc(tmp_path, serial=True, unit_ids=(1, 2)) as plc:
        yield plc


def one_of(plc: SimulatedPlc, unit_id: int, make: Callable[..., TagDriver], **options: str) -> Watched:
    tags = pattern_tags(10, first=1000 + 200 * unit_id, sampling_ms=50)
    return Watched(plc.serial_address, tags, {**OPTIONS, "unit_id": str(unit_id), **options}, make=make)


def test_devices_at_one_line_share_it_and_never_take_each_other_s_answers(shared: SimulatedPlc) -> None:
    async def scenario() -> None:
        make = tag_drivers()["modbus"]
        async with one_of(shared, 1, make) as first, one_of(shared, 2, make) as second:
            both = (first, second)
            await first.until(lambda: all(len(watched.good()) == 10 for watched in both), "values of both")
            shared.lie("late", answers=4, every=5, delays=[0.4, 0.5], in_order=False)
            for watched in both:
                await watched.until(lambda: shared.lies() == 4, "lies")
                await watched.until(lambda one=watched: one.heard.states[-1] is DeviceState.ONLINE, "ONLINE again")  # type: ignore[misc]
            assert all(right(watched) for watched in both)
            assert DeviceState.QUARANTINE in first.heard.states + second.heard.states
            assert first.ended is None
            assert second.ended is None

    asyncio.run(scenario())


def test_what_one_device_owes_is_waited_for_before_another_is_asked(shared: SimulatedPlc) -> None:
    async def scenario() -> None:
        make = tag_drivers()["modbus"]
        async with one_of(shared, 1, make) as first, one_of(shared, 2, make) as second:
            both = (first, second)
            await first.until(lambda: all(len(watched.good()) == 10 for watched in both), "values of both")
            shared.lie("late", answers=6, every=4, delays=[0.5], in_order=False)
            await first.until(lambda: shared.lies() == 6, "lies")
            await first.until(lambda: all(watched.heard.states[-1] is DeviceState.ONLINE for watched in both), "ONLINE again")
            assert all(right(watched) for watched in both)
            # Nobody suffers from the lateness of the other: each late answer costs its own request, and no more.
            assert sum(watched.driver.health().failures for watched in both) <= 6

    asyncio.run(scenario())


def test_a_device_that_is_not_there_does_not_take_the_line_from_the_others(shared: SimulatedPlc) -> None:
    async def scenario() -> None:
        make = tag_drivers()["modbus"]
        async with one_of(shared, 1, make) as first:
            await first.until(lambda: len(first.good()) == 10, "values")
            with pytest.raises(DeviceOfflineError):
                async with one_of(shared, 3, make):
                    pass
            requests = first.driver.health().requests
            await first.until(lambda: first.driver.health().requests > requests + 5, "more requests")
            assert first.ended is None
            assert first.driver.health().failures == 0

    asyncio.run(scenario())


def test_a_line_has_one_setting(shared: SimulatedPlc) -> None:
    async def scenario() -> None:
        make = tag_drivers()["modbus"]
        async with one_of(shared, 1, make):
            with pytest.raises(SettingsError, match="other settings"):
                await one_of(shared, 2, make, baudrate="9600").driver.connect()

    asyncio.run(scenario())


@pytest.mark.req("J04")
def test_a_pulled_cable_ends_every_device_at_the_line_and_each_comes_back(shared: SimulatedPlc) -> None:
    async def scenario() -> None:
        make = tag_drivers()["modbus"]
        async with one_of(shared, 1, make) as first, one_of(shared, 2, make) as second:
            await first.until_told(10)
            await second.until_told(10)
            shared.unplug()
            assert isinstance(await first.until_ended(), DeviceOfflineError)
            shared.plug()
            async with one_of(shared, 1, make) as again:  # while the other still holds the line that is gone
                await again.until(lambda: len(again.good()) == 10, "values")
            assert isinstance(await second.until_ended(), DeviceOfflineError)

    asyncio.run(scenario())
