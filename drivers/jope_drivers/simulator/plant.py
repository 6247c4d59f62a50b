"""The simulated plant as a person runs it by hand: scale, PLC and line, each a process of its own, with faults by name."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self, cast, get_args

from jope.kernel.clock import Clock
from jope.kernel.errors import SettingsError
from jope_drivers.catalog import simulators
from jope_drivers.simulator.handle import Garble, SimulatedScale
from jope_drivers.simulator.line_handle import SimulatedLineSetup, SimulatedOpcUaLine
from jope_drivers.simulator.plc_handle import Lie, NetworkFault, SimulatedPlc
from jope_drivers.simulator.printer import FAULTS as PRINTER_FAULTS
from jope_drivers.simulator.printer_handle import SimulatedPrinter

GARBLED_FRAMES: Final = 1_000_000
"""How many frames a damaged scale damages before it recovers by itself."""


class PlantDevice(Protocol):
    """One simulated device. A context manager: it runs inside."""

    faults: tuple[str, ...]

    def __enter__(self) -> Self:
        """Start the process."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the process."""

    def where(self) -> str:
        """Where it listens, and where its own record is."""

    def fault(self, kind: str) -> None:
        """Turn a fault on; an empty one turns it off.

        Raises:
            SettingsError: there is no such fault.
        """

    def load(self, grams: str) -> None:
        """Put a weight on, where there is a pan; an empty text takes everything off."""


class ScaleInPlant:
    """A scale on a pseudo-terminal."""

    faults: tuple[str, ...] = ("unplugged", *(kind for kind in get_args(Garble) if kind))

    def __init__(self, scale: SimulatedScale) -> None:
        self._scale = scale

    def __enter__(self) -> Self:
        self._scale.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._scale.stop()

    def where(self) -> str:
        """The line, and the frames that were sent."""
        return f"{self._scale.link}  frames in {self._scale.log_path}"

    def fault(self, kind: str) -> None:
        """Pull the cable, or damage frames."""
        _require(kind, self.faults)
        if kind == "unplugged":
            self._scale.unplug()
        elif kind:
            self._scale.garble(GARBLED_FRAMES, cast("Garble", kind))
        else:
            self._scale.stop()
            self._scale.start()

    def load(self, grams: str) -> None:
        """Change the load."""
        if grams:
            self._scale.load(grams)
        else:
            self._scale.unload()


class PlcInPlant:
    """A PLC over TCP."""

    faults: tuple[str, ...] = (*(kind for kind in get_args(NetworkFault) if kind), *(kind for kind in get_args(Lie) if kind))

    def __init__(self, plc: SimulatedPlc) -> None:
        self._plc = plc

    def __enter__(self) -> Self:
        self._plc.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._plc.stop()

    def where(self) -> str:
        """The port, and the writes that were carried out."""
        return f"{self._plc.address}  writes in {self._plc.spy_path}"

    def fault(self, kind: str) -> None:
        """A fault of the network, or answers that lie."""
        _require(kind, self.faults)
        network = kind in get_args(NetworkFault)
        self._plc.network(cast("NetworkFault", kind if network else ""))
        self._plc.lie(cast("Lie", "" if network else kind), delays=(1.2,))

    def load(self, grams: str) -> None:
        """A PLC has no pan."""


class LineInPlant:
    """A line behind an OPC-UA server that anybody may read without security: it is a simulation on this machine alone."""

    faults: tuple[str, ...] = ("frozen", "nodes_gone", "wrong_clock", "no_acknowledgement")

    def __init__(self, line: SimulatedOpcUaLine) -> None:
        self._line = line
        self._gone = False

    def __enter__(self) -> Self:
        self._line.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._line.stop()

    def where(self) -> str:
        """The endpoint, and the writes that were carried out."""
        return f"{self._line.address}  writes in {self._line.log_path}"

    def fault(self, kind: str) -> None:
        """Stand still, lose nodes, tell the wrong time, or leave requests unacknowledged."""
        _require(kind, self.faults)
        self._line.thaw()
        self._line.set_clock(3_600_000 if kind == "wrong_clock" else 0)
        self._line.set_acknowledging(kind != "no_acknowledgement")
        gone = kind == "nodes_gone"
        if gone != self._gone:
            self._gone = gone
            (self._line.drop if gone else self._line.add)("Mixer.Torque")
        if kind == "frozen":
            self._line.freeze()

    def load(self, grams: str) -> None:
        """A line has no pan."""


class PrinterInPlant:
    """A label printer on TCP and on a pseudo-terminal."""

    faults: tuple[str, ...] = PRINTER_FAULTS

    def __init__(self, printer: SimulatedPrinter) -> None:
        self._printer = printer

    def __enter__(self) -> Self:
        self._printer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._printer.stop()

    def where(self) -> str:
        """The port, the line, and the labels that came out."""
        return f"{self._printer.address} and {self._printer.link}  labels in {self._printer.folder}"

    def fault(self, kind: str) -> None:
        """One fault at a time."""
        _require(kind, self.faults)
        self._printer.fault(kind)

    def load(self, grams: str) -> None:
        """A printer has no pan."""


def simulated_plant(out: Path, clock: Clock) -> Mapping[str, Callable[[], PlantDevice]]:
    """The devices of the simulated plant by protocol, each made and not yet started."""
    scales = {protocol: partial(_scale, out.absolute(), protocol) for protocol in simulators()}
    return {
        **scales,
        "printer": lambda: PrinterInPlant(SimulatedPrinter(out / "printer")),
        "modbus": lambda: PlcInPlant(SimulatedPlc(out / "modbus")),
        "opcua": lambda: LineInPlant(
            SimulatedOpcUaLine(out / "opcua", port=_free_port(), clock=clock, setup=SimulatedLineSetup(unsecured=True))
        ),
    }


def _scale(out: Path, protocol: str) -> PlantDevice:
    return ScaleInPlant(simulators()[protocol](out, name=protocol))


def _require(kind: str, faults: tuple[str, ...]) -> None:
    if kind and kind not in faults:
        raise SettingsError(f"There is no fault '{kind}'.", remedy="Use one of: " + ", ".join(faults) + ".")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
