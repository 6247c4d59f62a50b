"""The simulated device's protocol: MT-SICS, levels 0 and 1, as a real device answers it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from jope.kernel.units import Quantity
from jope_drivers.simulator.line import FrameLog, Garbler, PseudoTerminal
from jope_drivers.simulator.scale import Range, ScaleModel, Shown

_SIDE: Final = {Range.OVER: "+", Range.UNDER: "-"}


@dataclass(slots=True)
class Waiting:
    """A command that waits for the load to come to rest."""

    name: str
    deadline_us: int


class MtSicsDevice:
    """The protocol of the device: reads bytes, answers in order, waits where the real device waits."""

    def __init__(
        self, model: ScaleModel, *, line: PseudoTerminal, log: FrameLog, garbler: Garbler, stable_timeout_us: int, late_us: int
    ) -> None:
        self.model = model
        self.line = line
        self.garbler = garbler
        self.data = model.data
        self._log = log
        self._stable_timeout_us = stable_timeout_us
        self._late_us = late_us
        self._buffer = b""
        self._commands: deque[bytes] = deque()
        self._waiting: Waiting | None = None
        self._held: list[tuple[int, bytes]] = []
        self._answers: Mapping[str, Callable[[int], None]] = {
            "SI": lambda _: self._weigh(),
            "S": lambda now_us: self._wait("S", now_us),
            "Z": lambda now_us: self._wait("Z", now_us),
            "T": lambda now_us: self._wait("T", now_us),
            "ZI": lambda _: self._zero("ZI", "S" if self.model.stable() else "D"),
            "TI": lambda _: self._tare("TI", "S" if self.model.stable() else "D"),
            "TA": lambda _: self._send(f"TA A {_field(self.model.tare_value().quantity)}"),
            "TAC": lambda _: self._clear_tare(),
            "I1": lambda _: self._send('I1 A "01" "2.30" "2.20" "" ""'),
            "I2": lambda _: self._send(f'I2 A "{self.data.model}"'),
            "I3": lambda _: self._send(f'I3 A "{self.data.firmware}"'),
            "I4": lambda _: self._send(f'I4 A "{self.data.serial_number}"'),
        }

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

    def receive(self) -> None:
        """Take in what the client sent."""
        self._buffer += self.line.read()
        *complete, self._buffer = self._buffer.split(b"\r\n")
        self._commands.extend(complete)

    def tick(self, now_us: int) -> None:
        """Let time pass, and answer what can be answered."""
        self.model.advance(now_us)
        self._cancel_if_asked()
        while self._held and self._held[0][0] <= now_us:
            self.line.write(self._held.pop(0)[1])
        if self._waiting is not None:
            self._settle(self._waiting, now_us)
        while self._commands and self._waiting is None and not self._held:
            self._answer(self._commands.popleft(), now_us)

    def _answer(self, command: bytes, now_us: int) -> None:
        try:
            name = command.decode("ascii")
        except UnicodeDecodeError:
            self._send("ET")
            return
        answer = self._answers.get(name)
        if answer is None:
            self._send("ES")
        else:
            answer(now_us)

    def _cancel_if_asked(self) -> None:
        """``@`` is heard at once, also while another command waits; everything before it is dropped and the tare is cleared."""
        if b"@" not in self._commands:
            return
        while self._commands.popleft() != b"@":
            continue
        self._waiting = None
        self._held.clear()
        self.model.clear_tare()
        self._send(f'I4 A "{self.data.serial_number}"')

    # --- weights -----------------------------------------------------------------------------------------------------

    def _wait(self, name: str, now_us: int) -> None:
        self._waiting = Waiting(name, now_us + self._stable_timeout_us)
        self._settle(self._waiting, now_us)

    def _settle(self, waiting: Waiting, now_us: int) -> None:
        side = self.model.range()
        if side is Range.INSIDE and not self.model.stable():
            if now_us >= waiting.deadline_us:
                self._waiting = None
                self._send(f"{waiting.name} I")
            return
        self._waiting = None
        if waiting.name == "S":
            self._weigh()
        elif waiting.name == "Z":
            self._zero("Z", "A")
        else:
            self._tare("T", "S")

    def _weigh(self) -> None:
        shown = self.model.net()
        if shown.range is not Range.INSIDE:
            self._send(f"S {_SIDE[shown.range]}")
            return
        kind = self.garbler.next()
        self._send(_weight_answer("S", shown, wrong_unit=kind == "wrong_unit"), garble=kind)

    def _zero(self, name: str, status: str) -> None:
        side = self.model.set_zero()
        self._send(f"{name} {_SIDE.get(side, status)}")

    def _tare(self, name: str, status: str) -> None:
        side = self.model.set_tare()
        self._send(f"{name} {_SIDE[side]}" if side in _SIDE else f"{name} {status} {_field(self.model.tare_value().quantity)}")

    def _clear_tare(self) -> None:
        self.model.clear_tare()
        self._send("TAC A")

    def _send(self, text: str, *, garble: str = "") -> None:
        line = self.garbler.damaged(text.encode("ascii") + b"\r\n", garble)
        self._log.sent(line, garble)
        if garble == "late":
            self._held.append((self.model.now_us + self._late_us, line))
        else:
            self.line.write(line)


def _weight_answer(name: str, shown: Shown, *, wrong_unit: bool) -> str:
    """``S S`` or ``S D`` with the weight; with ``wrong_unit`` the same mass in another unit, as after somebody switched the unit."""
    quantity = shown.quantity
    if wrong_unit:
        quantity = quantity.to("kg" if quantity.unit == "g" else "g")
    return f"{name} {'S' if shown.stable else 'D'} {_field(quantity)}"


def _field(quantity: Quantity) -> str:
    """The weight right-aligned in ten characters, then the unit."""
    return f"{quantity.value:>10f} {quantity.unit}"
