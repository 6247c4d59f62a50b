"""A simulated scale to hold on to: starts the process, passes orders, ends it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from jope.plant.devices.ports import DeviceIdentity
from jope_drivers.simulator.child import ChildProcess

DEFAULT_IDENTITY = DeviceIdentity("XSR6002S 6100.00 g", "B021002593", "1.00 10.28.0.493.142")

IDENTITIES: Final[Mapping[str, DeviceIdentity]] = {
    "mt-sics": DEFAULT_IDENTITY,
    "sbi": DeviceIdentity("MSA6202S-000-D0", "0037402012", "00-20-12.01"),
    "kcp": DeviceIdentity("KERN PCB 6000-1", "WK1234567", "1.06"),
    "and": DeviceIdentity("FX-6000i", "T0123456", ""),
    "ohaus": DeviceIdentity("", "8331230001", "SW 1.40; Base SW 1.40"),
}
"""Who answers, by protocol; as far as the protocol can tell."""

Garble = Literal["bytes", "partial", "late", "wrong_unit"]


@dataclass(frozen=True, slots=True)
class SentFrame:
    """One line of the simulator's own record."""

    number: int
    utc_us: int
    mono_us: int
    frame: str
    sha256: str
    garble: str


@dataclass(frozen=True, slots=True)
class SimulatedScaleSetup:
    """What the simulated scale is. Capacity and readability are in the unit shown; times in seconds."""

    identity: DeviceIdentity = DEFAULT_IDENTITY
    capacity: Decimal = Decimal("6100")
    readability: Decimal = Decimal("0.01")
    unit: str = "g"
    seed: int = 1
    time_constant: Decimal = Decimal("0.12")
    window: Decimal = Decimal("0.4")
    stable_timeout: Decimal = Decimal(3)
    late: Decimal = Decimal("1.2")
    protocol: str = "mt-sics"
    acknowledges: bool = True
    """Whether zero and tare are acknowledged by a make that leaves that open."""
    baudrate: int = 0
    """The only speed that is understood; 0 understands all."""

    def arguments(self) -> list[str]:
        """The process' command line for this set-up."""
        return [
            *("--model", self.identity.model, "--serial", self.identity.serial_number, "--firmware", self.identity.firmware),
            *("--capacity", f"{self.capacity:f}", "--readability", f"{self.readability:f}", "--unit", self.unit, "--seed", str(self.seed)),
            *("--time-constant", f"{self.time_constant:f}", "--window", f"{self.window:f}"),
            *("--stable-timeout", f"{self.stable_timeout:f}", "--late", f"{self.late:f}"),
            *("--protocol", self.protocol, "--baudrate", str(self.baudrate), *(() if self.acknowledges else ("--silent",))),
        ]


def simulated_identity(protocol: str) -> DeviceIdentity:
    """What the simulated device of a protocol is given to answer, so that it is identified as in ``IDENTITIES``."""
    known = IDENTITIES[protocol]
    return replace(known, model=known.model.removeprefix("KERN "), firmware=known.firmware.partition(";")[0])


class SimulatedScale:
    """A simulated scale on its own pseudo-terminal, as a context manager.

    ``link`` is the address to give to the driver, ``log_path`` the simulator's record of every frame it sent.
    One thread at a time gives orders.
    """

    def __init__(self, directory: Path, *, name: str = "scale", setup: SimulatedScaleSetup | None = None) -> None:
        self.link = directory / name
        self.log_path = directory / f"{name}.jsonl"
        self.setup = setup if setup is not None else SimulatedScaleSetup()
        self._process = ChildProcess("The simulated scale", "jope_drivers.simulator.process")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process and wait until its line is ready.

        Raises:
            EnvironmentFaultError: it did not start; the message holds what it said.
        """
        if self._process.running:
            return
        self.link.parent.mkdir(parents=True, exist_ok=True)
        self._process.start(["--link", str(self.link), "--log", str(self.log_path), *self.setup.arguments()])

    def stop(self) -> None:
        """End the process; by force if it does not end by itself. May be called twice."""
        self._process.stop()
        self.link.unlink(missing_ok=True)

    # --- orders ------------------------------------------------------------------------------------------------------

    def load(self, grams: Decimal | str) -> None:
        """Put a mass in grams on the pan, added to what is there; a negative one takes away."""
        self._order(do="load", grams=_plain(grams))

    def unload(self) -> None:
        """Take everything off the pan."""
        self._order(do="unload")

    def unplug(self) -> None:
        """Pull the cable."""
        self._order(do="unplug")

    def plug(self) -> None:
        """Put the cable back; the address stays the same."""
        self._order(do="plug")

    def noise(self, grams: Decimal | str) -> None:
        """Set the standard deviation of the noise, in grams."""
        self._order(do="noise", grams=_plain(grams))

    def drift(self, grams_per_second: Decimal | str) -> None:
        """Let the cell drift, in grams a second."""
        self._order(do="drift", grams_per_second=_plain(grams_per_second))

    def swing(self, seconds: Decimal | str) -> None:
        """Keep the load swinging for some seconds."""
        self._order(do="swing", seconds=_plain(seconds))

    def garble(self, frames: int, kind: Garble) -> None:
        """Damage the next weight frames."""
        self._order(do="garble", frames=frames, kind=kind)

    def become(self, *, serial_number: str | None = None, firmware: str | None = None) -> None:
        """Answer as another device from now on: other serial number, other firmware."""
        if serial_number is not None:
            self._order(do="serial", value=serial_number)
        if firmware is not None:
            self._order(do="firmware", value=firmware)

    def frames(self) -> list[SentFrame]:
        """The simulator's record so far."""
        lines = self.log_path.read_text("ascii").splitlines()
        entries = [json.loads(line) for line in lines]
        return [SentFrame(e["n"], e["utc_us"], e["mono_us"], e["frame"], e["sha256"], e.get("garble", "")) for e in entries]

    def _order(self, **order: str | int) -> None:
        self._process.order(order)


def _plain(value: Decimal | str) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else value
