"""Network faults and lying answers over TCP: each ends in a named state, no value is taken from any of them, and memory stays flat."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from jope_drivers.modbus.driver import ModbusDriver
from jope_drivers.modbus.frames import MAX_TCP_FRAME
from jope_drivers.modbus.tcp_link import TcpLink
from jope_drivers.simulator.plc_handle import Lie, NetworkFault, SimulatedPlc

from jope.kernel.clock import SystemClock
from jope.kernel.errors import DeviceOfflineError, FrameError
from jope.plant.devices.ports import DeviceConfig, DeviceState
from jope.plant.devices.tags import StatusCode, TagConfig, is_bad, is_good
from tests.support.modbus import PLC, Heard, Watched, pattern_tags, resident_bytes, tag

pytestmark = [pytest.mark.req("J01", "J04", "P11-09")]

NOTICED_SECONDS = 9.0
"""Three times what a quiet machine is allowed."""

GROWTH_BYTES = 20_000_000
TAGS = pattern_tags(10, sampling_ms=100)


@pytest.fixture
def plc(tmp_path: Path) -> Iterator[SimulatedPlc]:
    with SimulatedPlc(tmp_path) as plc:
        yield plc


def right(watched: Watched) -> bool:
    """Whether every good value is the one that stands at its address."""
    return all(value.value == int(value.tag_id.split(":")[1]) for value in watched.values if is_good(value.status))


async def ended_by(watched: Watched, plc: SimulatedPlc, fault: NetworkFault) -> None:
    """Bring the fault on a device that delivers, and see how the driver ends."""
    clock = SystemClock()
    await watched.until(lambda: len(watched.good()) == len(TAGS), "values")
    told = len(watched.values)
    resident = resident_bytes()
    plc.network(fault)
    begun_us = clock.monotonic_us()
    assert isinstance(await watched.until_ended(), DeviceOfflineError)
    assert clock.monotonic_us() - begun_us < NOTICED_SECONDS * 1_000_000
    assert resident_bytes() - resident < GROWTH_BYTES
    assert not any(is_good(value.status) for value in watched.values[told:])
    assert {value.status for value in watched.values[told:]} <= {StatusCode.BAD_TIMEOUT, StatusCode.BAD_DECODING_ERROR}


@pytest.mark.parametrize("fault", ["refused", "black_hole", "half_open", "slow", "reset", "garbage"])
def test_a_fault_ends_the_connection_with_a_named_error_in_time_and_without_a_value(plc: SimulatedPlc, fault: NetworkFault) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, TAGS) as watched:
            await ended_by(watched, plc, fault)
        plc.network("")
        async with Watched(plc.address, TAGS) as again:
            await again.until(lambda: len(again.good()) == len(TAGS), "values after the fault")
            assert right(again)

    asyncio.run(scenario())


@pytest.mark.parametrize("fault", ["refused", "black_hole", "half_open", "slow", "reset", "garbage"])
def test_a_fault_at_the_first_contact_is_named_too(plc: SimulatedPlc, fault: NetworkFault) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, TAGS, {"timeout_seconds": "0.5"}):
            pass

    plc.network(fault)
    with pytest.raises((DeviceOfflineError, FrameError)):
        asyncio.run(scenario())


@pytest.mark.parametrize("tags", [(), (tag("holding:1000", sampling_ms=3_600_000),)], ids=["no tag", "one tag"])
def test_a_stopped_process_is_noticed_while_nothing_is_due(plc: SimulatedPlc, tags: tuple[TagConfig, ...]) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, tags) as watched:
            await watched.until_told(len(tags))
            os.kill(plc.pid, signal.SIGSTOP)
            try:
                assert isinstance(await watched.until_ended(), DeviceOfflineError)
            finally:
                os.kill(plc.pid, signal.SIGCONT)

    asyncio.run(scenario())


def test_a_connection_that_closes_while_nothing_is_due_is_noticed_at_once(plc: SimulatedPlc) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, (tag("holding:1000", sampling_ms=3_600_000),)) as watched:
            await watched.until_told(1)
            plc.stop()
            assert isinstance(await watched.until_ended(), DeviceOfflineError)

    asyncio.run(scenario())


@pytest.mark.parametrize("lie", ["short_data", "wrong_function", "wrong_byte_count", "empty_success"])
def test_an_answer_that_is_none_makes_its_tags_bad_and_the_next_true_one_good_again(plc: SimulatedPlc, lie: Lie) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, TAGS) as watched:
            await watched.until(lambda: len(watched.good()) == len(TAGS), "values")
            plc.lie(lie)
            await watched.until(lambda: watched.heard.states[-1] is DeviceState.DEGRADED, "DEGRADED")
            assert {(value.value, value.status) for value in watched.newest().values()} == {(None, StatusCode.BAD_DECODING_ERROR)}
            plc.lie("")
            await watched.until(lambda: watched.heard.states[-1] is DeviceState.ONLINE, "ONLINE")
            assert right(watched)

    asyncio.run(scenario())


@pytest.mark.parametrize("lie", ["wrong_unit", "wrong_transaction"])
def test_an_answer_of_somebody_else_ends_the_connection(plc: SimulatedPlc, lie: Lie) -> None:
    async def scenario() -> None:
        async with Watched(plc.address, TAGS) as watched:
            await watched.until(lambda: len(watched.good()) == len(TAGS), "values")
            told = len(watched.values)
            plc.lie(lie, answers=1)
            assert isinstance(await watched.until_ended(), DeviceOfflineError)
            assert all(is_bad(value.status) for value in watched.values[told:])

    asyncio.run(scenario())


@pytest.mark.parametrize("in_order", [True, False])
def test_late_and_doubled_answers_are_never_taken_for_fresh_ones(plc: SimulatedPlc, in_order: bool) -> None:
    tags = pattern_tags(100, step=2, sampling_ms=60_000)

    async def scenario() -> None:
        async with Watched(plc.address, tags[:1], {"timeout_seconds": "0.15"}) as first:
            await first.until_told(1)
        plc.lie("late", answers=25, every=4, delays=[0.16, 0.2, 0.25], in_order=in_order)
        async with Watched(plc.address, tags, {"timeout_seconds": "0.15", "identify": "registers"}) as watched:
            await watched.until(lambda: len(watched.newest()) == 100 or watched.ended is not None, "100 answers")
            assert right(watched)
            assert not in_order or watched.ended is None or isinstance(watched.ended, DeviceOfflineError)
        plc.lie("duplicate", answers=50)
        async with Watched(plc.address, tags) as doubled:
            await doubled.until_told(100)
            assert right(doubled)
            assert len(doubled.good()) == 100

    asyncio.run(scenario())


def test_a_server_that_floods_with_old_answers_is_cut_off() -> None:
    """A peer that repeats an answer without end: taken once, thrown away a hundred times, then the connection is closed."""

    async def scenario() -> None:
        sent = 0

        async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            request = await reader.readexactly(12)
            answer = request[:4] + bytes((0, 5, request[6], 3, 2, 4, 210))
            try:
                while True:
                    writer.write(answer * 64)
                    sent += 64
                    await writer.drain()
                    await asyncio.sleep(0)
            except OSError:
                writer.close()

        server = await asyncio.start_server(flood, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        resident = resident_bytes()
        options = {"identify": "registers"}
        driver = ModbusDriver(
            DeviceConfig(PLC, "modbus", f"tcp://127.0.0.1:{port}", None, options, tags=pattern_tags(1)), SystemClock(), Heard()
        )
        await driver.connect()
        with pytest.raises(DeviceOfflineError, match="not asked for"):
            async for _ in driver.batches():
                pass
        link = vars(driver)["_link"]
        assert isinstance(link, TcpLink)
        assert link.buffered <= MAX_TCP_FRAME
        assert resident_bytes() - resident < GROWTH_BYTES
        await driver.close()
        server.close()

    asyncio.run(scenario())
