"""What the simulated scales of all makes share: commands are read and answered in order, and weights may be damaged on purpose."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, replace

from jope.kernel.units import Quantity
from jope_drivers.simulator.line import FrameLog, Garbler, PseudoTerminal
from jope_drivers.simulator.scale import Range, ScaleModel


@dataclass(frozen=True, slots=True)
class Manner:
    """How a device behaves: how long it waits for rest, how late a late frame is, and whether it acknowledges where its make leaves that open."""

    stable_timeout_us: int
    late_us: int
    acknowledges: bool = True


@dataclass(slots=True)
class Waiting:
    """A command that waits for the load to come to rest."""

    name: str
    deadline_us: int


class SimulatedDevice(ABC):
    """The protocol of a device: reads bytes, answers in order, waits where the real device waits."""

    def __init__(self, model: ScaleModel, *, line: PseudoTerminal, log: FrameLog, garbler: Garbler, manner: Manner) -> None:
        self.model = model
        self.line = line
        self.garbler = garbler
        self.data = model.data
        self.manner = manner
        self._log = log
        self._buffer = b""
        self._commands: deque[bytes] = deque()
        self._waiting: Waiting | None = None
        self._held: list[tuple[int, bytes]] = []

    # --- what the makes differ in ------------------------------------------------------------------------------------

    @abstractmethod
    def _answer(self, command: bytes, now_us: int) -> None:
        """Carry out one command."""

    @abstractmethod
    def _done_waiting(self, waiting: Waiting, *, in_time: bool) -> None:
        """The load came to rest or left the limits, or neither in time."""

    # --- the same for all --------------------------------------------------------------------------------------------

    def hang_up(self) -> None:
        """Forget what was under way; the line is gone."""
        self._buffer = b""
        self._commands.clear()
        self._held.clear()
        self._waiting = None

    def rename(self, *, serial_number: str = "", firmware: str = "") -> None:
        """Answer as another device from now on."""
        data = self.data
        self.data = replace(data, serial_number=serial_number or data.serial_number, firmware=firmware or data.firmware)

    def receive(self, now_us: int) -> None:
        """Take in what the client sent."""
        self._buffer += self.line.read()
        *complete, self._buffer = self._buffer.split(b"\r\n")
        self._commands.extend(complete)

    def tick(self, now_us: int) -> None:
        """Let time pass, and answer what can be answered."""
        self.model.advance(now_us)
        while self._held and self._held[0][0] <= now_us:
            self.line.write(self._held.pop(0)[1])
        if self._waiting is not None:
            self._settle(self._waiting, now_us)
        while self._commands and self._waiting is None and not self._held:
            self._answer(self._commands.popleft(), now_us)

    def _wait(self, name: str, now_us: int) -> None:
        self._waiting = Waiting(name, now_us + self.manner.stable_timeout_us)
        self._settle(self._waiting, now_us)

    def _settle(self, waiting: Waiting, now_us: int) -> None:
        in_time = self.model.range() is not Range.INSIDE or self.model.stable()
        if in_time or now_us >= waiting.deadline_us:
            self._waiting = None
            self._done_waiting(waiting, in_time=in_time)

    def _send(self, text: str, *, garble: str = "") -> None:
        line = self.garbler.damaged(text.encode("ascii") + b"\r\n", garble)
        self._log.sent(line, garble)
        if garble == "late":
            self._held.append((self.model.now_us + self.manner.late_us, line))
        else:
            self.line.write(line)


def in_another_unit(quantity: Quantity) -> Quantity:
    """The same mass as after somebody switched the unit."""
    return quantity.to("kg" if quantity.unit == "g" else "g")
