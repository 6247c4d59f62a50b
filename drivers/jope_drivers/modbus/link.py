"""One line to one device, whatever it is made of: a request goes out, its own answer comes back, or nothing does (URS J01, P11-09)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from jope.kernel.errors import DeviceOfflineError
from jope_drivers.modbus.pdu import Request


class NoAnswerError(DeviceOfflineError):
    """No answer came in time. The line is still open, and the next request may be made."""


class Link(Protocol):
    """A line with at most one request under way; callers wait for their turn with a lock of their own."""

    @property
    def sent(self) -> int:
        """How many requests were given to the line. Where it did not rise, nothing of a request can have reached the device."""

    async def open(self) -> None:
        """Open the line.

        Raises:
            DeviceOfflineError: it cannot be opened.
        """

    async def ask(self, request: Request) -> bytes:
        """What a normal answer to the request carries behind its head (``pdu.payload``): the data of a read, nothing of a write.

        Raises:
            ExceptionAnswerError: the device answered with an exception.
            NoAnswerError: none came in time; the line stays open.
            FrameError: one came that does not answer the request; nothing was taken from it. Whether the line is still open, the next request tells.
            DeviceOfflineError: the line is lost.
            DeviceIdentityError: another device answers than the one that was identified.
        """

    async def watch(self, seconds: float) -> None:
        """Wait so long; less when the line is lost meanwhile.

        Raises:
            DeviceOfflineError: the line is lost, or was closed because of what came unasked.
        """

    async def close(self) -> None:
        """Let go of the line. May be called twice."""


QuarantineListener = Callable[[bool], None]
"""Told True when nothing that comes is believed any more, False when request and answer are in step again."""
