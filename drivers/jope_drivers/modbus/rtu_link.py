"""Modbus RTU over a serial line (URS J01, J08, P11-09).

The protocol has no request numbers: a late answer to an earlier request looks like the answer to a later one of the same shape, checksum included.
What keeps the two apart are these rules:

1. One request is under way at a time, in the one thread of the port.
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
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceIdentityError, DeviceOfflineError
from jope_drivers.modbus.frames import MAX_RTU_FRAME, rtu_answer_size, rtu_frame, rtu_pdu
from jope_drivers.modbus.link import NoAnswerError, QuarantineListener
from jope_drivers.modbus.pdu import ExceptionAnswerError, Request, payload
from jope_drivers.modbus.settings import SerialPlace
from jope_drivers.scales.serial_line import SerialLine

TALKING_LIMIT_SECONDS: Final = 3.0
"""How long a line may go on talking in quarantine, on top of the silence that is waited for."""

_BITS_OF_A_CHARACTER: Final = 11
_SHORTEST_GAP_SECONDS: Final = 0.00175
"""3.5 characters part two frames; above 19,200 baud it is this time (Modbus over Serial Line V1.02, 2.5.1.1)."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Probe:
    """A request that shows whether the line is in step. ``payload`` is what the device always answers, None where that may change."""

    request: Request
    payload: bytes | None = None


class RtuLink:
    """One serial line with one device. A link that was closed is not opened again."""

    def __init__(
        self,
        place: SerialPlace,
        clock: Clock,
        *,
        unit_id: int,
        timeout_seconds: float,
        late_seconds: float,
        on_quarantine: QuarantineListener,
    ) -> None:
        self.probes: tuple[Probe, ...] = ()
        """What may be sent to get in step again, the best first; empty before the device was identified."""
        self._place = place
        self._unit_id = unit_id
        self._timeout_seconds = timeout_seconds
        self._late_seconds = late_seconds
        self._on_quarantine = on_quarantine
        self._line = SerialLine(place.port, place.line, clock, max_line_bytes=MAX_RTU_FRAME)
        self._gap_seconds = max(3.5 * self._seconds_of(1), _SHORTEST_GAP_SECONDS)
        self._thread: ThreadPoolExecutor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = threading.Event()
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
        if self._closing.is_set():
            raise DeviceOfflineError(f"{self._place.port} was closed.")
        self._loop = asyncio.get_running_loop()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"port-{self._place.port}")
        await self._in_port_thread(self._line.open)

    async def ask(self, request: Request) -> bytes:
        """As ``Link.ask``."""
        return await self._in_port_thread(lambda: self._ask(request))

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
        self._closing.set()
        self._closed.set()
        self._line.abandon()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        try:
            await asyncio.get_running_loop().run_in_executor(thread, self._line.close)
        finally:
            thread.shutdown(wait=False)

    async def _in_port_thread(self, call: Callable[[], _Result]) -> _Result:
        if self._thread is None:
            raise DeviceOfflineError(f"{self._place.port} is not open.")
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    # --- in the port's thread ----------------------------------------------------------------------------------------

    def _ask(self, request: Request) -> bytes:
        if not self._out_of_step and self._line.take_stray():
            self._out_of_step = True
        if self._out_of_step:
            self._tell(True)
            self._get_in_step()
            self._tell(False)
        return self._exchange(request)

    def _exchange(self, request: Request) -> bytes:
        """Send a request and take its answer. Until that is there the line is out of step."""
        self._out_of_step = True
        self._unanswered.add(request.answer_head)
        frame = self._answer_frame(request)
        try:
            body = payload(request, rtu_pdu(self._unit_id, frame))
        except ExceptionAnswerError:
            self._in_step(request)
            raise
        self._in_step(request)
        return body

    def _answer_frame(self, request: Request) -> bytes:
        message = rtu_frame(self._unit_id, request.data)
        self._closing.wait(self._gap_seconds)
        self._sent += 1
        self._line.send(message)
        seconds = self._timeout_seconds + self._seconds_of(len(message) + 3 + (request.answer_bytes or MAX_RTU_FRAME))
        frame = self._line.receive_frame(lambda begun: rtu_answer_size(request, begun), seconds)
        if not frame:
            raise NoAnswerError(f"Device {self._unit_id} at {self._place.port} does not answer within {seconds:.2f} s.")
        return frame

    def _in_step(self, request: Request) -> None:
        self._out_of_step = False
        self._unanswered.discard(request.answer_head)

    def _get_in_step(self) -> None:
        """Rules 4 and 5 of the module.

        Raises:
            DeviceOfflineError: the device does not answer, or never falls silent.
            FrameError: the answer to the probe cannot be one.
            DeviceIdentityError: another device answers.
        """
        self._fall_silent(self._late_seconds)
        probe = next(iter(self.probes), None)
        if probe is not None:
            unmistakable = [one for one in self.probes if one.request.answer_head not in self._unanswered]
            probe = unmistakable[0] if unmistakable else probe
            self._prove(probe, unmistakable=bool(unmistakable))
        self._unanswered.clear()
        self._out_of_step = False

    def _prove(self, probe: Probe, *, unmistakable: bool) -> None:
        try:
            body = self._exchange(probe.request)
            if probe.payload is not None and body != probe.payload:
                raise DeviceIdentityError(f"Another device answers at {self._place.port} than before.")
        except NoAnswerError as error:
            raise DeviceOfflineError(f"Device {self._unit_id} at {self._place.port} does not answer any more.") from error
        except ExceptionAnswerError:
            # An answer too; but one that a read of the same function might have had as well.
            unmistakable = unmistakable and all(head[0] != probe.request.function for head in self._unanswered)
        if not unmistakable:
            self._fall_silent(self._timeout_seconds)

    def _fall_silent(self, seconds: float) -> None:
        self._line.drain(quiet_seconds=seconds, limit_seconds=seconds + TALKING_LIMIT_SECONDS)

    def _tell(self, quarantine: bool) -> None:
        if self._loop is not None and not self._closing.is_set():
            self._loop.call_soon_threadsafe(self._on_quarantine, quarantine)

    def _seconds_of(self, characters: int) -> float:
        return characters * _BITS_OF_A_CHARACTER / self._place.line.baudrate
