"""A simulated label printer to hold on to: starts the process and passes orders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jope.plant.devices.ports import DeviceIdentity
from jope_drivers.simulator.child import ChildProcess
from jope_drivers.simulator.printer import DEFAULT_IDENTITY


class SimulatedPrinter:
    """A simulated printer, as a context manager. ``address`` is its TCP port, ``link`` its serial line; both end at the same printer."""

    def __init__(self, folder: Path, *, identity: DeviceIdentity = DEFAULT_IDENTITY, dots_per_mm: int = 8) -> None:
        self.folder = folder.absolute()
        self.link = self.folder / "line"
        self.log_path = self.folder / "printer.jsonl"
        self.identity = identity
        self._dots_per_mm = dots_per_mm
        self._port = 0
        self._process = ChildProcess("The simulated printer", "jope_drivers.simulator.printer_process")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Where it listens; the same after it was stopped and started again."""
        return f"tcp://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start the process and wait until it listens.

        Raises:
            EnvironmentFaultError: it did not start; the message holds what it said.
        """
        who = ("--model", self.identity.model, "--serial", self.identity.serial_number, "--firmware", self.identity.firmware)
        ready = self._process.start(["--folder", str(self.folder), "--port", str(self._port), "--dots", str(self._dots_per_mm), *who])
        self._port = int(ready["port"])

    def stop(self) -> None:
        """Switch it off. May be called twice."""
        self._process.stop()
        self.link.unlink(missing_ok=True)

    def fault(self, kind: str) -> None:
        """Turn one fault on, an empty one turns it off."""
        self._process.order({"do": "fault", "kind": kind})

    def pace(self, milliseconds: int) -> None:
        """How long a label takes."""
        self._process.order({"do": "pace", "ms": milliseconds})

    def notes(self, what: str) -> Sequence[dict[str, Any]]:
        """What its own record says of a kind: ``asked``, ``received``, ``printed`` or ``not_understood``."""
        if not self.log_path.exists():
            return ()
        entries = [json.loads(line) for line in self.log_path.read_text("ascii").splitlines()]
        return [entry for entry in entries if entry["what"] == what]

    def labels(self) -> list[Path]:
        """The pictures of the labels that came out, in order."""
        return sorted(self.folder.glob("label-*.png"))
