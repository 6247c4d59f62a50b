"""Modbus RTU over a serial line (URS J01, J08, P11-09).

The protocol has no request numbers: a late answer to an earlier request looks like the answer to a later one of the same shape, checksum included.
What keeps the two apart are these rules:

1. One request is under way at a time, in the one thread of the port, whichever of the devices at it is asked (``rtu_bus``).
2. Before a request nothing may lie in the input. What lies there was not asked for.
3. No answer in time, a wrong checksum, another device, function, length or echo, a byte too many: the line goes into quarantine. So it does when it is
   opened, because whoever had it before may have left a request behind.
4. In quarantine the line must be silent for ``late_seconds``; whatever comes is thrown away. The next thing sent is a probe, whose answer is thrown
   away too. A device answers its requests in order, so behind the answer to the probe no answer to an older request can come.
5. The probe is one whose answer cannot be taken for an answer that is still out: the identification, if the device answers that at all, be it with an
   exception; else a registered read of another function or length; else, where all reads look the same, one of them, after which the line must be
   silent once more for as long as an answer may take.
6. A probe that is not answered ends the connection: it is opened anew, identified anew, and begins in quarantine.

What remains: a device, or a converter before it, that keeps an answer back for longer than ``timeout_seconds`` plus ``late_seconds``, answers the probe
before it, and then sends it just while a read of the same function and length is under way. Then the frames cannot be told apart by anybody.
``late_seconds`` is therefore registered from the device's own manual, not from hope.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceIdentityError, DeviceOfflineError
from jope_drivers.modbus.frames import rtu_pdu
from jope_drivers.modbus.link import NoAnswerError, QuarantineListener
from jope_drivers.modbus.pdu import ExceptionAnswerError, Request, payload
from jope_drivers.modbus.rtu_bus import RtuBus, SerialBuses
from jope_drivers.modbus.settings import SerialPlace


@dataclass(frozen=True, slots=True)
class Probe:
    """A request that shows whether the line is in step. ``payload`` is what the device always answers, None where that may change."""

    request: Request
    payload: bytes | None = None


class RtuLink:
    """The way to one device at a serial line, which other devices may share. A link that was closed is not opened again."""

    def __init__(
        self,
        place: SerialPlace,
        clock: Clock,
        buses: SerialBuses,
        *,
        unit_id: int,
        timeout_seconds: float,
        late_seconds: float,
        on_quarantine: QuarantineListener,
    ) -> None:
        self.probes: tuple[Probe, ...] = ()
        """What may be sent to get in step again, the best first; empty before the device was identified."""
        self._place = place
        self._clock = clock
        self._buses = buses
        self._unit_id = unit_id
        self._timeout_seconds = timeout_seconds
        self._late_seconds = late_seconds
        self._on_quarantine = on_quarantine
        self._bus: RtuBus | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = asyncio.Event()
        self._out_of_step = True
        self._unanswered: set[bytes] = set()
        self._sent = 0

    @property
    def sent(self) -> int:
        """How many requests were given to the line."""
        return self._sent

    async def open(self) -> None:
        """Open the port; the first request waits until the line is silent.

        Raises:
            DeviceOfflineError: it cannot be opened, or this link was closed before.
        """
        if self._closed.is_set():
            raise DeviceOfflineError(f"{self._place.port} was closed.")
        self._loop = asyncio.get_running_loop()
        if self._bus is None:
            self._bus = self._buses.enter(self._place, self._clock)
        await self._bus.run(self._bus.open)

    async def ask(self, request: Request) -> bytes:
        """As ``Link.ask``."""
        bus = self._bus
        if bus is None:
            raise DeviceOfflineError(f"{self._place.port} is not open.")
        return await bus.run(lambda: self._ask(bus, request))

    async def watch(self, seconds: float) -> None:
        """As ``Link.watch``; a serial line shows only when it is used that it is gone."""
        try:
            async with asyncio.timeout(seconds):
                await self._closed.wait()
        except TimeoutError:
            return
        raise DeviceOfflineError(f"{self._place.port} was closed.")

    async def close(self) -> None:
        """As ``Link.close``."""
        self._closed.set()
        bus, self._bus = self._bus, None
        if bus is not None:
            await bus.leave()

    # --- in the port's thread ----------------------------------------------------------------------------------------

    def _ask(self, bus: RtuBus, request: Request) -> bytes:
        if bus.take_stray():
            self._out_of_step = True
        if self._out_of_step:
            self._tell(True)
            self._get_in_step(bus)
            self._tell(False)
        elif bus.silence_seconds:
            bus.fall_silent(0)  # another device at the line was at fault
        return self._exchange(bus, request)

    def _exchange(self, bus: RtuBus, request: Request) -> bytes:
        """Send a request and take its answer. Until that is there the line is out of step."""
        self._out_of_step = True
        bus.silence_seconds = self._late_seconds
        self._unanswered.add(request.answer_head)
        self._sent += 1
        frame = bus.exchange(self._unit_id, request, self._timeout_seconds)
        if not frame:
            raise NoAnswerError(f"Device {self._unit_id} at {self._place.port} does not answer within {self._timeout_seconds:g} s.")
        try:
            body = payload(request, rtu_pdu(self._unit_id, frame))
        except ExceptionAnswerError:
            self._in_step(bus, request)
            raise
        self._in_step(bus, request)
        return body

    def _in_step(self, bus: RtuBus, request: Request) -> None:
        self._out_of_step = False
        bus.silence_seconds = 0.0
        self._unanswered.discard(request.answer_head)

    def _get_in_step(self, bus: RtuBus) -> None:
        """Rules 4 and 5 of the module.

        Raises:
            DeviceOfflineError: the device does not answer, or the line never falls silent.
            FrameError: the answer to the probe cannot be one.
            DeviceIdentityError: another device answers.
        """
        bus.fall_silent(self._late_seconds)
        if self.probes:
            unmistakable = [one for one in self.probes if one.request.answer_head not in self._unanswered]
            self._prove(bus, (unmistakable or self.probes)[0], unmistakable=bool(unmistakable))
        self._unanswered.clear()
        self._out_of_step = False

    def _prove(self, bus: RtuBus, probe: Probe, *, unmistakable: bool) -> None:
        try:
            body = self._exchange(bus, probe.request)
            if probe.payload is not None and body != probe.payload:
                raise DeviceIdentityError(f"Another device answers at {self._place.port} than before.")
        except NoAnswerError as error:
            raise DeviceOfflineError(f"Device {self._unit_id} at {self._place.port} does not answer any more.") from error
        except ExceptionAnswerError:
            # An answer too; but one that a read of the same function might have had as well.
            unmistakable = unmistakable and all(head[0] != probe.request.function for head in self._unanswered)
        if not unmistakable:
            bus.fall_silent(self._timeout_seconds)

    def _tell(self, quarantine: bool) -> None:
        if self._loop is not None and not self._closed.is_set():
            self._loop.call_soon_threadsafe(self._on_quarantine, quarantine)
