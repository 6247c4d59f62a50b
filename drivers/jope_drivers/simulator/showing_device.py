"""Simulated scales whose zero and tare are seen from what they show: Sartorius SBI, A&D and Ohaus."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

from jope.kernel.units import Quantity
from jope_drivers.simulator.device import SimulatedDevice, Waiting, in_another_unit
from jope_drivers.simulator.scale import Range

ZERO: Final = "zero"
TARE: Final = "tare"


class ShowingDevice(SimulatedDevice):
    """Answers polls at once, also while zero or tare wait for rest."""

    @abstractmethod
    def _weight(self, quantity: Quantity, *, stable: bool) -> str:
        """The frame of a weight."""

    @abstractmethod
    def _limit(self, side: Range) -> str:
        """The frame of a load beyond the limits."""

    def _tell_heard(self) -> None:
        """What is said when zero or tare are heard."""

    def _tell_done(self) -> None:
        """What is said when they were carried out."""

    def _tell_refused(self) -> None:
        """What is said when they cannot be carried out."""

    def tick(self, now_us: int) -> None:
        """Let time pass, and answer what can be answered."""
        self.model.advance(now_us)
        while self._held and self._held[0][0] <= now_us:
            self.line.write(self._held.pop(0)[1])
        if self._waiting is not None:
            self._settle(self._waiting, now_us)
        while self._commands and not self._held:
            self._answer(self._commands.popleft(), now_us)

    def _weigh(self) -> None:
        shown = self.model.net()
        if shown.range is not Range.INSIDE:
            self._send(self._limit(shown.range))
            return
        kind = self.garbler.next()
        quantity = in_another_unit(shown.quantity) if kind == "wrong_unit" else shown.quantity
        self._send(self._weight(quantity, stable=shown.stable), garble=kind)

    def _begin(self, name: str, now_us: int) -> None:
        self._tell_heard()
        self._wait(name, now_us)

    def _done_waiting(self, waiting: Waiting, *, in_time: bool) -> None:
        done = in_time and (self.model.set_zero() if waiting.name == ZERO else self.model.set_tare()) is Range.INSIDE
        (self._tell_done if done else self._tell_refused)()


class SbiDevice(ShowingDevice):
    """A Sartorius with lines of 22 characters; in its frames a load that moves has no unit. It never answers zero or tare."""

    def _answer(self, command: bytes, now_us: int) -> None:
        match command.removeprefix(b"\x1b"):
            case b"P":
                self._weigh()
            case b"V":
                self._begin(ZERO, now_us)
            case b"U" | b"T":
                self._begin(TARE, now_us)
            case b"x1_":
                self._send(self.data.model)
            case b"x2_":
                self._send(self.data.serial_number)
            case b"x3_":
                self._send(self.data.firmware)

    def _weight(self, quantity: Quantity, *, stable: bool) -> str:
        sign = "-" if quantity.value < 0 else "+"
        return f"{'N':<6}{sign}{abs(quantity.value):>9f} {quantity.unit if stable else '':<3}"

    def _limit(self, side: Range) -> str:
        return f"{'Stat':<6}{'High' if side is Range.OVER else 'Low':^14}"


class AndDevice(ShowingDevice):
    """An A&D. Whether it acknowledges is a setting of the device."""

    def _answer(self, command: bytes, now_us: int) -> None:
        match command:
            case b"Q" | b"SI":
                self._weigh()
            case b"Z" | b"R":
                self._begin(ZERO, now_us)
            case b"T":
                self._begin(TARE, now_us)
            case b"?TN":
                self._send(f"TN,{self.data.model}")
            case b"?SN":
                self._send(f"SN,{self.data.serial_number}")
            case _:
                self._acknowledge("EC,E01")

    def _weight(self, quantity: Quantity, *, stable: bool) -> str:
        sign = "-" if quantity.value < 0 else "+"
        return f"{'ST' if stable else 'US'},{sign}{abs(quantity.value):0>8f}{quantity.unit:>3}"

    def _limit(self, side: Range) -> str:
        return f"OL,{'+' if side is Range.OVER else '-'}9999999E+19"

    def _tell_heard(self) -> None:
        self._acknowledge("\x06")

    def _tell_done(self) -> None:
        self._acknowledge("\x06")

    def _tell_refused(self) -> None:
        self._acknowledge("EC,E11")

    def _acknowledge(self, text: str) -> None:
        if self.manner.acknowledges:
            self._send(text)


class OhausDevice(ShowingDevice):
    """An Ohaus. Whether it says ``OK!`` is a setting of the device."""

    def _answer(self, command: bytes, now_us: int) -> None:
        match command:
            case b"IP" | b"P":
                self._weigh()
            case b"Z":
                self._begin(ZERO, now_us)
            case b"T":
                self._begin(TARE, now_us)
            case b"PSN":
                self._send(self.data.serial_number)
            case b"PV":
                self._send(self.data.firmware)
                self._send(f"Base {self.data.firmware}")
            case _:
                self._send("ES")

    def _weight(self, quantity: Quantity, *, stable: bool) -> str:
        return f"{quantity.value:>11f} {quantity.unit}{'' if stable else ' ?'}"

    def _limit(self, side: Range) -> str:
        return f"Err {'8.3' if side is Range.OVER else '8.4'}"

    def _tell_done(self) -> None:
        if self.manner.acknowledges:
            self._send("OK!")

    def _tell_refused(self) -> None:
        self._send("ES")
