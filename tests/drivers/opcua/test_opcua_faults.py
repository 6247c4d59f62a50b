"""Networks and servers that misbehave: each ends in a named state within its limit, no value is taken from it, and memory stays flat."""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise

import pytest
from jope_drivers.opcua.certificate import ApplicationCertificate
from jope_drivers.simulator.line_handle import SimulatedOpcUaLine

from jope.kernel.errors import DeviceOfflineError
from jope.plant.devices.ports import DeviceState
from jope.plant.devices.tags import SampleFlag, TagBatch, TagValue, is_bad
from tests.support.opcua import Cable, Station, counters, free_port, line_config, misbehaving, online, resident_bytes, run
from tests.support.opcua_peers import lost_of

pytestmark = pytest.mark.timeout(300)
CONNECT_LIMIT_SECONDS = 20.0
GROWTH_BYTES = 16 * 1024 * 1024
SHORT = {"answer_seconds": "1"}


async def black_hole(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def half_open(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write_eof()
    await asyncio.sleep(3600)


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(8)
    writer.transport.abort()


async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in b"ACKF" + struct.pack("<I", 28):
        writer.write(bytes((byte,)))
        await asyncio.sleep(0.5)
    await asyncio.sleep(3600)


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    chance = random.Random(7)
    while True:
        writer.write(chance.randbytes(65536))
        await writer.drain()


async def huge_chunk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Announces four gigabytes, and begins to send them."""
    await reader.read(8)
    writer.write(b"MSGF" + struct.pack("<I", 0xFFFFFFFF))
    while True:
        writer.write(bytes(65536))
        await writer.drain()


async def endless_message(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Lifts every limit in its Acknowledge, then sends a message that never ends."""
    await reader.read(65536)
    writer.write(b"ACKF" + struct.pack("<IIIIII", 28, 0, 65536, 65536, 0, 0))
    await reader.read(65536)
    none = b"http://opcfoundation.org/UA/SecurityPolicy#None"
    number = 1
    body = bytes(60_000)
    while True:
        head = struct.pack("<I", len(none)) + none + struct.pack("<ii", -1, -1)
        chunk = head + struct.pack("<II", number, 1) + body
        writer.write(b"OPNC" + struct.pack("<II", len(chunk) + 12, 0) + chunk)
        await writer.drain()
        number += 1


Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.req("J03", "J04", "J08")
@pytest.mark.parametrize("behaviour", [black_hole, half_open, reset, slow, garbage, huge_chunk, endless_message])
def test_a_server_that_misbehaves_is_offline_in_time(line: SimulatedOpcUaLine, own: ApplicationCertificate, behaviour: Behaviour) -> None:
    async def work() -> None:
        async with misbehaving(behaviour) as address:
            before = resident_bytes()
            for _ in range(2):
                station = Station(line_config(line, own, tags=counters(1), address=address, options=SHORT))
                async with asyncio.timeout(CONNECT_LIMIT_SECONDS):
                    with pytest.raises(DeviceOfflineError):
                        await station.driver.connect()
                await station.driver.close()
                assert station.values == []
            assert resident_bytes() - before < GROWTH_BYTES

    run(work)


@pytest.mark.req("J03", "J08")
def test_nobody_at_the_address_is_offline_at_once(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        station = Station(line_config(line, own, address=f"opc.tcp://127.0.0.1:{free_port()}/line"))
        with pytest.raises(DeviceOfflineError):
            await station.driver.connect()
        await station.driver.close()

    run(work)


@pytest.mark.req("J03", "J08")
def test_a_line_that_turns_slow_is_taken_for_lost(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        async with (
            Cable(line.port) as cable,
            online(line_config(line, own, tags=counters(5), address=cable.address, options=SHORT)) as station,
        ):
            cable.slow = True
            await station.until(lambda: station.standing is DeviceState.RECOVERING)
            cable.slow = False
            await station.until(lambda: station.standing is DeviceState.ONLINE)

    run(work)


@pytest.mark.req("J03", "J08")
def test_a_line_that_stays_lost_ends_the_driver_with_a_named_error(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        async with Cable(line.port) as cable:
            options = {**SHORT, "session_timeout_seconds": "30"}
            async with online(line_config(line, own, tags=counters(1), address=cable.address, options=options)) as station:
                cable.pull()
                with pytest.raises(DeviceOfflineError, match="not restored in time"):
                    await station.until(lambda: False, 90.0)
                assert [s for s, _ in station.states][-1] is DeviceState.RECOVERING

    run(work)


@pytest.mark.req("J04", "J08")
def test_a_flood_meets_a_slow_taker_and_nothing_is_lost_in_silence(
    own: ApplicationCertificate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The queues at the server are short on purpose: what runs over there shows as an overflow, and memory here stays flat."""
    from tests.support.opcua import running_line

    async def work() -> None:
        with running_line(tmp_path_factory.mktemp("flood"), own, fast=40, rate_hz=50.0) as line:
            config = line_config(line, own, tags=counters(40), options={"queue_size": "5", "publishing_ms": "1000"})
            async with online(config) as station:
                station.pause = 0.2
                before = resident_bytes()
                seen = len(station.values)
                await station.until(lambda: len(station.values) > seen + 3_000)
                assert resident_bytes() - before < GROWTH_BYTES
                assert not [v for v in station.values if is_bad(v.status)]
                for one in station.config.tags:
                    values = station.of(one.tag_id)
                    for earlier, later in pairwise(values):
                        jumped = int(later.value) - int(earlier.value) != 1  # type: ignore[arg-type]
                        assert not jumped or later.flags & SampleFlag.OVERFLOW, "values are missing and nothing says so"
                assert any(v.flags & SampleFlag.OVERFLOW for v in station.values)

    run(work)


async def drain(batches: AsyncIterator[TagBatch], held: list[TagValue]) -> None:
    async for batch in batches:
        held += batch.values


@pytest.mark.req("J04", "J08")
def test_a_taker_that_stopped_ends_the_connection_and_drops_nothing(line: SimulatedOpcUaLine, own: ApplicationCertificate) -> None:
    async def work() -> None:
        station = Station(line_config(line, own, tags=counters(20), options={"consumer_seconds": "1"}))
        station.driver._outbox._max_values = 200
        await station.driver.connect()
        batches = station.driver.batches()
        first = await anext(batches)
        held = list(first.values)
        await asyncio.sleep(8)
        with pytest.raises(DeviceOfflineError, match="does not take the values"):
            await drain(batches, held)
        assert sum(lost_of([int(v.value) for v in held if v.tag_id == t.tag_id]) for t in station.config.tags) == 0  # type: ignore[arg-type]
        await station.driver.close()

    run(work)
