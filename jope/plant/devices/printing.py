"""What the plant needs of a label printer, and what its driver is given (URS F16). Drivers implement ``LabelPrinter``.

A printer never says that a label lies in somebody's hand; it says what it counts. What it does not say is not known here either.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from jope.kernel.clock import Clock, Instant
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity

PRINTER_PROTOCOLS: Final = frozenset({"zpl"})
"""Protocols of devices that print labels."""


class PrinterFault(StrEnum):
    """What a printer says keeps it from printing."""

    PAPER_OUT = "paper out"
    RIBBON_OUT = "ribbon out"
    HEAD_OPEN = "head open"
    PAUSED = "paused"
    BUFFER_FULL = "buffer full"
    TOO_HOT = "over temperature"
    TOO_COLD = "under temperature"
    MEMORY = "memory lost"
    RESOLUTION = "another resolution than registered"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """One status that the printer told, whole and understood. ``raw`` is the answer as it came, control characters written out."""

    faults: tuple[PrinterFault, ...]
    formats_waiting: int
    labels_remaining: int
    raw: str
    received: Instant

    @property
    def idle(self) -> bool:
        """Nothing waits in it to be printed."""
        return not (self.formats_waiting or self.labels_remaining)

    def told(self) -> str:
        """The faults as people read them, empty where there are none."""
        return ", ".join(self.faults)


@dataclass(frozen=True, slots=True)
class PrintRequest:
    """One label to print, once. ``content`` is every byte that the printer gets."""

    job_id: str
    device_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """The printer counted the label. ``evidence`` is what it said before and after, in order."""

    job_id: str
    evidence: tuple[str, ...]


class LabelPrinter(Protocol):
    """One printer. All methods run in the gateway's asyncio loop; blocking I/O belongs in a thread of the driver's own."""

    async def connect(self) -> None:
        """Open the line.

        Raises:
            DeviceOfflineError: it cannot be opened.
        """

    async def identify(self) -> DeviceIdentity:
        """Ask the printer who it is.

        Raises:
            DeviceOfflineError: no answer.
            FrameError: the answer cannot be understood.
        """

    def statuses(self) -> AsyncIterator[PrinterStatus]:
        """Ask for the status again and again.

        Raises:
            DeviceOfflineError: no answer.
            FrameError: the answer cannot be understood; what follows it is not believed on this connection.
        """

    async def print_label(self, request: PrintRequest) -> PrintReceipt:
        """Send a label once and wait until the printer counted it.

        Raises:
            DeviceRefusedError, DeviceIdentityError, DeviceOfflineError, FrameError: nothing was sent.
            DeviceIndeterminateError: it was sent, in whole or in part, and whether a label came out is not known.
        """

    async def close(self) -> None:
        """Let go of the line. May be called twice."""


PrinterFactory = Callable[[DeviceConfig, Clock], LabelPrinter]
