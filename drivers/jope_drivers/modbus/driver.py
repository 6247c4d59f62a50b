"""Driver of one Modbus device (URS J01, J04, J05, J08, A11d-05).

The tags are polled, each as often as its ``sampling_ms`` says; ``settings`` names the options, ``points`` the addresses and types, ``rtu_link`` and
``tcp_link`` the rules by which an answer is taken or not. What the driver makes of the answers:

1. In the first round every tag is delivered once. Later a tag is delivered when its value left the deadband around the one delivered last, or when its
   status changed. One batch holds what one answer told. Modbus carries no times: the time of a value is the one at which it arrived.
2. A tag that the device does not give is Bad, never missing: no answer in time BAD_TIMEOUT, an answer that cannot be understood
   BAD_DECODING_ERROR, an exception as ``pdu.ExceptionAnswerError.status`` says.
3. When a request for several tags is refused for its address or its value (exceptions 02 and 03), it is halved until the tags that the device does
   not know stand alone; the others go on being delivered. An unknown tag is asked for again every ten seconds.
4. The connection ends when the link says so, and when a gateway said twice in a row that it does not reach the device. While nothing is due for a
   second, something is asked all the same, so that a device that fell silent is noticed.
5. While tags are Bad the state is DEGRADED; without, it is ONLINE.
6. A write keeps all polls off the line until it has come to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceOfflineError, FrameError
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceState
from jope.plant.devices.tags import (
    BrowseNode,
    DriverEvents,
    DriverHealth,
    SampleFlag,
    StatusCode,
    TagBatch,
    TagScalar,
    TagValue,
    WriteReceipt,
    WriteRequest,
    is_bad,
)
from jope_drivers.modbus.identity import introduce
from jope_drivers.modbus.link import Link, NoAnswerError
from jope_drivers.modbus.pdu import ExceptionAnswerError, ExceptionCode, Request, read
from jope_drivers.modbus.plan import Poll, plan
from jope_drivers.modbus.points import Point
from jope_drivers.modbus.rtu_bus import SerialBuses
from jope_drivers.modbus.rtu_link import Probe, RtuLink
from jope_drivers.modbus.settings import ModbusSettings, SerialPlace, TcpPlace
from jope_drivers.modbus.tcp_link import SILENT_LIMIT, TcpLink
from jope_drivers.modbus.writing import ApprovedWrite

HEARTBEAT_SECONDS: Final = 1.0
UNKNOWN_TAG_US: Final = 10_000_000
_NAMED_TAGS: Final = 5
_SPLIT: Final = frozenset({ExceptionCode.ILLEGAL_DATA_ADDRESS, ExceptionCode.ILLEGAL_DATA_VALUE})

Judged = tuple[TagScalar | None, int]
"""Value and status."""


class ModbusDriver:
    """Implements ``TagDriver`` for one device, over one connection: once closed it is not opened again."""

    def __init__(self, config: DeviceConfig, clock: Clock, events: DriverEvents, *, buses: SerialBuses | None = None) -> None:
        """Check the registration; nothing is opened.

        Args:
            config: the device as registered.
            clock: the station's clock.
            events: where the driver tells what happens between two batches.
            buses: the serial ports that this device may share with others; without, its port is its own.

        Raises:
            SettingsError: the address, an option or a tag cannot be used.
        """
        self._config = config
        self._clock = clock
        self._events = events
        self._settings = ModbusSettings.of(config)
        self._points = {point.tag.tag_id: point for point in self._settings.points}
        self._buses = buses if buses is not None else SerialBuses()
        self._link = self._make_link(self._settings)
        self._turn = asyncio.Lock()
        self._polls = plan(self._settings)
        self._delivered: dict[str, Judged] = {}
        self._bad: dict[str, None] = {}
        self._told: tuple[DeviceState, str] | None = None
        self._delivering = False
        self._asked_us = 0
        self._knocking: Request | None = self._polls[0].request if self._polls else None
        self._unreachable_in_a_row = 0
        self._requests = self._failures = self._values = self._busy_us = 0

    def _make_link(self, settings: ModbusSettings) -> Link:
        if isinstance(settings.place, TcpPlace):
            return TcpLink(settings.place, unit_id=settings.unit_id, timeout_seconds=settings.timeout_seconds)
        return self._make_rtu_link(settings.place, settings)

    def _make_rtu_link(self, place: SerialPlace, settings: ModbusSettings) -> RtuLink:
        return RtuLink(
            place,
            self._clock,
            self._buses,
            unit_id=settings.unit_id,
            timeout_seconds=settings.timeout_seconds,
            late_seconds=settings.late_seconds,
            on_quarantine=self._on_quarantine,
        )

    # --- the connection ----------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Open the connection.

        Raises:
            DeviceOfflineError: it cannot be opened.
            SettingsError: another device uses the same serial port with other settings.
        """
        await self._link.open()

    async def identify(self) -> DeviceIdentity:
        """Ask the device who it is; what it does not tell is empty (``identity``).

        Raises:
            DeviceOfflineError: no answer.
            FrameError: the answer cannot be understood.
        """
        settings = self._settings
        reads = [poll.request for poll in self._polls]
        content = [read(point.table, point.address, point.count) for point in settings.identity_points.values()]
        said = await introduce(self._ask, settings.identity_points, functions=settings.functions, alive=next(iter(reads + content), None))
        self._knocking = next(iter([*reads, *content, *(probe.request for probe in said.probes)]), None)
        if isinstance(self._link, RtuLink):
            self._link.probes = (*said.probes, *(Probe(request) for request in reads))
        return said.identity

    async def browse(self, address: str = "") -> tuple[BrowseNode, ...]:
        """Nothing: the protocol has no way to ask which addresses a device has."""
        del address
        return ()

    def health(self) -> DriverHealth:
        """How the driver fares. May be called from any thread."""
        requests = self._requests
        latency_ms = self._busy_us / requests / 1000 if requests else 0.0
        told = self._told
        return DriverHealth(requests, self._failures, self._values, latency_ms, None, told[1] if told is not None else "")

    async def close(self) -> None:
        """Let go of the connection. May be called twice."""
        self._delivering = False
        await self._link.close()

    async def write(self, request: WriteRequest) -> WriteReceipt:
        """Carry out an approved write once (``writing``).

        Raises:
            DeviceRefusedError: nothing was written.
            DeviceOfflineError: the connection was lost before anything was sent.
            DeviceIndeterminateError: whether it was written, or done, is not known.
        """
        async with self._turn:
            return await ApprovedWrite(self._config, self._points, self._link, self._clock).carry_out(request)

    # --- polling -----------------------------------------------------------------------------------------------------

    async def batches(self) -> AsyncIterator[TagBatch]:
        """Poll until ``close``; a batch holds what one answer told.

        Raises:
            DeviceOfflineError: the connection is lost.
            DeviceIdentityError: another device answers than before.
        """
        self._delivering = True
        self._tell(DeviceState.SYNCING)
        self._asked_us = self._clock.monotonic_us()
        while self._delivering:
            poll = min(self._polls, key=lambda one: one.due_us, default=None)
            if poll is None or poll.due_us > self._clock.monotonic_us():
                await self._wait_for(poll)
                continue
            async for values in self._polled(poll):
                if values:
                    yield TagBatch(values, self._clock.now())
            if len(self._delivered) == len(self._points):
                self._tell_how_it_stands()

    async def _wait_for(self, poll: Poll | None) -> None:
        """Wait until something is due, and keep watching the connection."""
        now_us = self._clock.monotonic_us()
        heartbeat_us = self._asked_us + int(HEARTBEAT_SECONDS * 1_000_000)
        if heartbeat_us <= now_us:
            await self._knock()
            return
        until_us = heartbeat_us if poll is None else min(poll.due_us, heartbeat_us)
        await self._link.watch(max(until_us - now_us, 1000) / 1_000_000)

    async def _knock(self) -> None:
        """Ask something whose answer does not matter."""
        self._asked_us = self._clock.monotonic_us()
        if self._knocking is None:
            return
        try:
            await self._ask(self._knocking)
        except (NoAnswerError, ExceptionAnswerError, FrameError):
            return  # what a lost connection is, the link says with another error

    async def _polled(self, poll: Poll) -> AsyncIterator[tuple[TagValue, ...]]:
        """What is to be delivered of a poll, of its halves where the device refuses it as a whole."""
        waiting = [poll]
        while waiting:
            one = waiting.pop()
            try:
                data = await self._ask(one.request)
            except ExceptionAnswerError as error:
                if error.exception_code in _SPLIT and len(one.points) > 1:
                    waiting += self._halved(one)
                    continue
                self._put_off(one, UNKNOWN_TAG_US if error.exception_code in _SPLIT else one.interval_us)
                yield self._changed([(point, (None, error.status)) for point in one.points])
                continue
            except NoAnswerError:
                judged: Judged = (None, StatusCode.BAD_TIMEOUT)
            except FrameError:
                judged = (None, StatusCode.BAD_DECODING_ERROR)
            else:
                self._put_off(one, one.interval_us)
                base = one.address
                yield self._changed([(point, point.value(data, base)) for point in one.points])
                continue
            self._put_off(one, one.interval_us)
            yield self._changed([(point, judged) for point in one.points])

    def _halved(self, poll: Poll) -> tuple[Poll, Poll]:
        first, second = poll.halves()
        self._polls[self._polls.index(poll) : self._polls.index(poll) + 1] = [first, second]
        return second, first

    def _put_off(self, poll: Poll, interval_us: int) -> None:
        """Due again after its interval; what was missed meanwhile is not made up for."""
        poll.due_us = (
            max(poll.due_us + interval_us, self._clock.monotonic_us()) if poll.due_us else self._clock.monotonic_us() + interval_us
        )

    async def _ask(self, request: Request) -> bytes:
        async with self._turn:
            begun_us = self._clock.monotonic_us()
            self._requests += 1
            try:
                data = await self._link.ask(request)
            except ExceptionAnswerError as error:
                await self._count_unreachable(error)
                raise
            except (DeviceOfflineError, FrameError):
                self._failures += 1
                raise
            finally:
                self._asked_us = self._clock.monotonic_us()
                self._busy_us += self._asked_us - begun_us
            self._unreachable_in_a_row = 0
            return data

    async def _count_unreachable(self, error: ExceptionAnswerError) -> None:
        """A device that its gateway does not reach may come back as another: then it has to be identified anew.

        Raises:
            DeviceOfflineError: the gateway said so twice in a row.
        """
        self._unreachable_in_a_row = self._unreachable_in_a_row + 1 if error.unreachable else 0
        self._failures += error.unreachable
        if self._unreachable_in_a_row >= SILENT_LIMIT and self._delivering:
            await self._link.close()
            raise DeviceOfflineError("The gateway before the device does not reach it.") from error

    # --- what goes out -----------------------------------------------------------------------------------------------

    def _changed(self, judged: list[tuple[Point, Judged]]) -> tuple[TagValue, ...]:
        """The values that are to be delivered (rule 1)."""
        delivered = self._delivered
        out = []
        for point, (value, status) in judged:
            tag_id = point.tag.tag_id
            last = delivered.get(tag_id)
            if last is not None and last[1] == status and not point.differs(value, last[0]):
                continue
            delivered[tag_id] = (value, status)
            if is_bad(status):
                self._bad[tag_id] = None
            else:
                self._bad.pop(tag_id, None)
            out.append(TagValue(tag_id, value, status, None, None, SampleFlag.NONE))
        self._values += len(out)
        return tuple(out)

    # --- what is told ------------------------------------------------------------------------------------------------

    def _tell_how_it_stands(self) -> None:
        if not self._bad:
            self._tell(DeviceState.ONLINE)
            return
        named = ", ".join(list(self._bad)[:_NAMED_TAGS]) + (" ..." if len(self._bad) > _NAMED_TAGS else "")
        self._tell(DeviceState.DEGRADED, f"{len(self._bad)} of {len(self._points)} tags give no value: {named}.")

    def _on_quarantine(self, quarantine: bool) -> None:
        if quarantine:
            self._tell(DeviceState.QUARANTINE, "An answer stayed out or cannot be one; nothing is believed until the line is silent.")
        elif len(self._delivered) == len(self._points):
            self._tell_how_it_stands()
        else:
            self._tell(DeviceState.SYNCING)

    def _tell(self, state: DeviceState, message: str = "") -> None:
        if self._delivering and self._told != (state, message):
            self._told = (state, message)
            self._events.state(state, message)
