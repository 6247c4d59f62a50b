"""What the tests of the OPC-UA driver share: a station that keeps what it is told, a cable that can be pulled, servers that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jope_drivers.opcua.certificate import ApplicationCertificate, make_application_certificate
from jope_drivers.opcua.driver import OpcUaDriver
from jope_drivers.simulator.line_handle import SimulatedLineSetup, SimulatedOpcUaLine

from jope.kernel.clock import Clock, SystemClock
from jope.kernel.errors import JopeError
from jope.plant.devices.ports import DeviceConfig, DeviceState
from jope.plant.devices.tags import Credentials, GapRecord, TagConfig, TagType, TagValue

CLOCK = SystemClock()
LIMIT_SECONDS = 60.0
QUICK = {"publishing_ms": "200", "session_timeout_seconds": "30", "sweep_seconds": "1", "first_values_seconds": "10"}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def station_certificate(**changes: Any) -> ApplicationCertificate:
    """A certificate of a station."""
    return make_application_certificate("urn:jope:station:test", name="Jope test", hosts=("localhost",), clock=CLOCK, **changes)


@contextlib.contextmanager
def running_line(directory: Path, own: ApplicationCertificate, **setup: Any) -> Iterator[SimulatedOpcUaLine]:
    """A simulated line that lets the station in."""
    line = SimulatedOpcUaLine(directory, port=free_port(), clock=CLOCK, setup=SimulatedLineSetup(**setup))
    line.trust(own.certificate_der)
    with line:
        yield line


def tag(name: str, kind: TagType, **changes: Any) -> TagConfig:
    """A tag of the simulated line under its node's name."""
    return TagConfig(name, SimulatedOpcUaLine.node(name), kind, **{"sampling_ms": 100, **changes})


def counters(number: int) -> tuple[TagConfig, ...]:
    """The fast counters of the simulated line."""
    return tuple(tag(f"Fast.{n:04}", TagType.UINT32) for n in range(number))


def line_config(
    line: SimulatedOpcUaLine,
    own: ApplicationCertificate,
    *,
    tags: tuple[TagConfig, ...] = (),
    options: Mapping[str, str] | None = None,
    address: str = "",
    trusted: tuple[bytes, ...] | None = None,
    password: str = "line-password",
    write_enabled: bool = False,
) -> DeviceConfig:
    """The simulated line as a station registers it."""
    assert line.certificate is not None
    known = (line.certificate.certificate_der,) if trusted is None else trusted
    return DeviceConfig(
        device_id="LINE-1",
        protocol="opcua",
        address=address or line.address,
        expected=None,
        options={**QUICK, **(options or {})},
        tags=tags,
        credentials=Credentials("jope", password, own.certificate_pem, own.private_key_pem, known),
        write_enabled=write_enabled,
    )


@dataclass
class Station:
    """Takes what a driver delivers, as the gateway does."""

    config: DeviceConfig
    clock: Clock = CLOCK
    values: list[TagValue] = field(default_factory=list)
    states: list[tuple[DeviceState, str]] = field(default_factory=list)
    state_times: list[float] = field(default_factory=list)
    gaps: list[GapRecord] = field(default_factory=list)
    failure: BaseException | None = None
    pause: float = 0.0

    def __post_init__(self) -> None:
        self.driver = OpcUaDriver(self.config, self.clock, self)

    def state(self, state: DeviceState, message: str = "") -> None:
        self.states.append((state, message))
        self.state_times.append(asyncio.get_running_loop().time())

    def gap(self, gap: GapRecord) -> None:
        self.gaps.append(gap)

    @property
    def standing(self) -> DeviceState | None:
        return self.states[-1][0] if self.states else None

    def of(self, tag_id: str) -> list[TagValue]:
        return [value for value in self.values if value.tag_id == tag_id]

    def newest(self, tag_id: str) -> TagValue | None:
        return next((value for value in reversed(self.values) if value.tag_id == tag_id), None)

    async def take(self) -> None:
        try:
            async for batch in self.driver.batches():
                self.values += batch.values
                if self.pause:
                    await asyncio.sleep(self.pause)
        except JopeError as error:
            self.failure = error

    async def until(self, condition: Callable[[], object], seconds: float = LIMIT_SECONDS) -> None:
        """Wait until something holds; what the driver failed with ends the wait."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    if self.failure is not None:
                        raise self.failure
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"did not come about; states {self.states[-5:]}, {len(self.values)} values, gaps {self.gaps}") from None

    async def until_online(self) -> None:
        await self.until(lambda: self.standing in (DeviceState.ONLINE, DeviceState.DEGRADED))


@contextlib.asynccontextmanager
async def online(config: DeviceConfig) -> AsyncIterator[Station]:
    """A station connected to a device, taking values."""
    station = Station(config)
    await station.driver.connect()
    taking = asyncio.create_task(station.take())
    try:
        await station.until_online()
        yield station
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        await station.driver.close()


def run(work: Callable[[], Awaitable[None]]) -> None:
    """Run a test's coroutine in a loop of its own."""

    async def whole() -> None:
        await work()

    asyncio.run(whole())


class Cable:
    """A TCP connection to a server that can be pulled, cut and put back."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.pulled = False
        self.slow = False
        self._target = target
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/line"

    async def __aenter__(self) -> Cable:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def pull(self) -> None:
        """Nothing passes any more, and nobody is told."""
        self.pulled = True

    def plug(self) -> None:
        """Put it back; the connections of before are dead."""
        self.cut()
        self.pulled = False

    def cut(self) -> None:
        """Reset every connection."""
        for writer in list(self._writers):
            writer.transport.abort()
        for pump in self._pumps:
            pump.cancel()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if self.pulled:
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(far_writer)
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            pump = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                while self.pulled:
                    await asyncio.sleep(0.02)
                if self.slow:
                    for byte in data:
                        sink.write(bytes((byte,)))
                        await asyncio.sleep(0.2)
                else:
                    sink.write(data)
            sink.close()


@contextlib.asynccontextmanager
async def misbehaving(behaviour: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """A server that does something else than OPC-UA; gives its address."""
    open_now: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await behaviour(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"opc.tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}/line"
    finally:
        server.close()
        for task in open_now:
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


def resident_bytes() -> int:
    """Memory of this process."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
