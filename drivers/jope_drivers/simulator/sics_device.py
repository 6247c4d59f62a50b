"""Simulated scales that speak MT-SICS, levels 0 and 1, as a real device answers it, and KERN's KCP, which has the same verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from jope.kernel.units import Quantity
from jope_drivers.simulator.device import Manner, SimulatedDevice, Waiting, in_another_unit
from jope_drivers.simulator.line import FrameLog, Garbler, PseudoTerminal
from jope_drivers.simulator.scale import Range, ScaleModel, Shown

_SIDE: Final = {Range.OVER: "+", Range.UNDER: "-"}
DEAF_US: Final = 50_000
"""KERN asks for 100 ms between requests. This process may see the first of two late, so that it is deaf for half of that only."""


class MtSicsDevice(SimulatedDevice):
    """A Mettler-Toledo."""

    def __init__(self, model: ScaleModel, *, line: PseudoTerminal, log: FrameLog, garbler: Garbler, manner: Manner) -> None:
        super().__init__(model, line=line, log=log, garbler=garbler, manner=manner)
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

    def tick(self, now_us: int) -> None:
        """Let time pass, and answer what can be answered."""
        self.model.advance(now_us)
        self._cancel_if_asked()
        super().tick(now_us)

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

    def _done_waiting(self, waiting: Waiting, *, in_time: bool) -> None:
        if not in_time:
            self._send(f"{waiting.name} I")
        elif waiting.name == "S":
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


class KcpDevice(MtSicsDevice):
    """A KERN. It does not hear a command that comes too soon after the one before, and ``I4`` with a parameter sets its serial number."""

    def __init__(self, model: ScaleModel, *, line: PseudoTerminal, log: FrameLog, garbler: Garbler, manner: Manner) -> None:
        super().__init__(model, line=line, log=log, garbler=garbler, manner=manner)
        self._heard_us = -DEAF_US
        self._answers = {
            **self._answers,
            "I1": lambda _: self._send('I1 A "01" "KCP 1.1.2"'),
            "I2": lambda _: self._send(f'I2 A "KERN" "{self.data.model}"'),
        }

    def receive(self, now_us: int) -> None:
        """Take in what the client sent, unless it came too soon."""
        before = len(self._commands)
        super().receive(now_us)
        if len(self._commands) == before:
            return
        if now_us - self._heard_us < DEAF_US or len(self._commands) > before + 1:
            while len(self._commands) > before:
                self._commands.pop()
        self._heard_us = now_us

    def _answer(self, command: bytes, now_us: int) -> None:
        if command.startswith(b'I4 A "'):
            self.rename(serial_number=command[6:-1].decode("ascii", "replace"))
            return
        super()._answer(command, now_us)


def _weight_answer(name: str, shown: Shown, *, wrong_unit: bool) -> str:
    """``S S`` or ``S D`` with the weight; with ``wrong_unit`` the same mass in another unit, as after somebody switched the unit."""
    quantity = shown.quantity
    if wrong_unit:
        quantity = in_another_unit(quantity)
    return f"{name} {'S' if shown.stable else 'D'} {_field(quantity)}"


def _field(quantity: Quantity) -> str:
    """The weight right-aligned in ten characters, then the unit."""
    return f"{quantity.value:>10f} {quantity.unit}"
