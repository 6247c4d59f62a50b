"""One serial port and its thread, shared by the devices that hang at it (RS-485 carries up to 247; URS J01).

Requests of all devices go through the one thread, one after the other. Whatever is out of step at the port concerns every device: before anything is
sent after a fault, the line must have been silent for as long as the device at fault may answer late.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceOfflineError, SettingsError
from jope_drivers.modbus.frames import MAX_RTU_FRAME, rtu_answer_size, rtu_frame
from jope_drivers.modbus.pdu import Request
from jope_drivers.modbus.settings import SerialPlace
from jope_drivers.serial_line import SerialLine

TALKING_LIMIT_SECONDS: Final = 3.0
"""How long a line may go on talking in quarantine, on top of the silence that is waited for."""

_BITS_OF_A_CHARACTER: Final = 11
_SHORTEST_GAP_SECONDS: Final = 0.00175
"""3.5 characters part two frames; above 19,200 baud it is this time (Modbus over Serial Line V1.02, 2.5.1.1)."""

_Result = TypeVar("_Result")


class RtuBus:
    """A port. What is not asynchronous is called in its thread, through ``run``."""

    def __init__(self, place: SerialPlace, clock: Clock) -> None:
        self.place = place
        self.silence_seconds = 0.0
        """How long the line must be silent before anything is sent; 0 while request and answer are in step."""
        self._line = SerialLine(place.port, place.line, clock, max_line_bytes=MAX_RTU_FRAME)
        self._gap_seconds = max(3.5 * self._seconds_of(1), _SHORTEST_GAP_SECONDS)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"port-{place.port}")
        self._ending = threading.Event()
        self._open = False
        self._users = 0

    @property
    def ended(self) -> bool:
        """Whether the port was let go of, or is gone; such a bus is not opened again."""
        return self._ending.is_set()

    def enter(self) -> None:
        """One more device uses the port. Called in the loop."""
        self._users += 1

    async def leave(self) -> None:
        """One device less; the last one closes the port. Called in the loop."""
        self._users -= 1
        if self._users > 0:
            return
        self._ending.set()
        self._line.abandon()
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._line.close)
        finally:
            self._thread.shutdown(wait=False)

    async def run(self, call: Callable[[], _Result]) -> _Result:
        """Carry out a call in the port's thread, behind those that wait already."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, call)

    def _guarded(self, call: Callable[[], _Result]) -> _Result:
        if self.ended:
            raise DeviceOfflineError(f"{self.place.port} is closed.")
        try:
            return call()
        finally:
            if self._line.lost:
                # Closed at once, so that whoever comes next finds the port free.
                self._ending.set()
                self._line.close()

    # --- in the port's thread ----------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the port, if no other device has done so.

        Raises:
            DeviceOfflineError: it cannot be opened.
        """
        if self._open:
            return
        try:
            self._line.open()
        except DeviceOfflineError:
            self._ending.set()
            raise
        self._open = True

    def take_stray(self) -> bytes:
        """What lies in the input; afterwards it is empty."""
        return self._line.take_stray()

    def fall_silent(self, seconds: float) -> None:
        """Wait until the line has been silent for so long, or for longer where another device asks for more; throw away what comes.

        Raises:
            DeviceOfflineError: it never falls silent.
        """
        seconds = max(seconds, self.silence_seconds)
        self._line.drain(quiet_seconds=seconds, limit_seconds=seconds + TALKING_LIMIT_SECONDS)
        self.silence_seconds = 0.0

    def exchange(self, unit_id: int, request: Request, timeout_seconds: float) -> bytes:
        """Send a request and take what comes back: a frame, a piece of one, or nothing."""
        message = rtu_frame(unit_id, request.data)
        self._ending.wait(self._gap_seconds)
        self._line.send(message)
        seconds = timeout_seconds + self._seconds_of(len(message) + 3 + (request.answer_bytes or MAX_RTU_FRAME))
        return self._line.receive_frame(lambda begun: rtu_answer_size(request, begun), seconds)

    def _seconds_of(self, characters: int) -> float:
        return characters * _BITS_OF_A_CHARACTER / self.place.line.baudrate


class SerialBuses:
    """The ports of one gateway, by name. Used in its loop alone."""

    def __init__(self) -> None:
        self._buses: dict[str, RtuBus] = {}

    def enter(self, place: SerialPlace, clock: Clock) -> RtuBus:
        """The bus at a port, with one device more; ``RtuBus.leave`` is owed.

        Raises:
            SettingsError: another device uses the port with other settings.
        """
        bus = self._buses.get(place.port)
        if bus is None or bus.ended:
            bus = self._buses[place.port] = RtuBus(place, clock)
        if bus.place.line != place.line:
            raise SettingsError(
                f"{place.port} is used with other settings by another device.", remedy="Register the same baudrate, parity and stop_bits."
            )
        bus.enter()
        return bus
