"""What the makes of serial scales differ in: their frames, their commands, and how one of their answers is told from another.

A dialect is a frozen table of commands and of functions that read one line each, without any I/O. A reader either understands the whole line
or raises ``FrameError``; it never repairs, completes or guesses. ``serial_scale`` does the talking, for all makes alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from jope.kernel.errors import FrameError
from jope.kernel.units import MASS_UNITS, Quantity
from jope.plant.devices.ports import ScaleAction

TERMINATOR: Final = b"\r\n"
MAX_FRAME_BYTES: Final = 256
"""No answer of any of these makes is longer; what grows beyond it is noise."""

OVERLOAD: Final = "overload"
UNDERLOAD: Final = "underload"
BUSY: Final = "busy"
GARBLED: Final = "garbled"
WRONG_UNIT: Final = "wrong_unit"


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight with the unit that the frame names."""

    quantity: Quantity
    stable: bool


@dataclass(frozen=True, slots=True)
class UnitlessWeight:
    """The weight of a load that moves, from a make that names the unit only of a weight at rest."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class NoWeight:
    """The device understood, but shows no weight. ``detail`` is one of the words of ``Reading.detail``."""

    detail: str


Shown = Weight | UnitlessWeight | NoWeight
"""What a device may answer to a poll."""


@dataclass(frozen=True, slots=True)
class Done:
    """The device says that it carried out the command."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The device says that it received the command; whether it carries it out is seen from what it shows."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The device did not carry out the command. ``reason`` is for people."""

    reason: str


Outcome = Done | Acknowledged | Refused
"""What a device may answer to an action."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question for a text. ``read`` takes the text from one line and raises ``FrameError`` when the line is not this answer."""

    command: str
    read: Callable[[bytes], str]
    further_lines: bool = False
    """The answer may have several lines."""
    unknown: bytes = b""
    """The line by which a device says that it does not know the question; its text stands as empty then."""


@dataclass(frozen=True, slots=True)
class Action:
    """A command that changes something.

    ``read`` understands the answer. ``silent`` devices answer nothing, or only that they heard: there the receipt is the first weight at rest
    that shows zero after the command.
    """

    command: str
    read: Callable[[bytes], Outcome]
    silent: bool = False


@dataclass(frozen=True, slots=True)
class TareQuestion:
    """The question for the tare that is subtracted. ``read`` gives None where the device knows none, and raises ``FrameError`` on another answer."""

    command: str
    read: Callable[[bytes], Quantity | None]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One make's way of talking.

    ``serial_number`` is also the probe that gets a pair back in step: its answer must not be mistakable for any other answer.
    A text that the make cannot tell has no inquiry, and stands as an empty text in the identity.
    """

    protocol: str
    poll: str
    read_poll: Callable[[bytes], Shown]
    serial_number: Inquiry
    model: Inquiry | None
    firmware: Inquiry | None
    actions: Mapping[ScaleAction, Action]
    tare: TareQuestion | None = None
    pause_seconds: float = 0.0
    """The least time between the beginnings of two requests."""


def command_line(command: str) -> bytes:
    """The command as it goes over the line."""
    return command.encode("ascii") + TERMINATOR


def frame_text(line: bytes, make: str) -> str:
    """The text of one complete line of ASCII, without its terminator.

    Raises:
        FrameError: it is too long, has no CR LF at its end, or holds bytes that no such device sends.
    """
    if len(line) > MAX_FRAME_BYTES:
        raise FrameError(f"A frame of {len(line)} bytes is longer than any {make} answer.")
    if not line.endswith(TERMINATOR):
        raise FrameError(f"The frame {shown_to_people(line)} does not end with CR LF.")
    body = line[: -len(TERMINATOR)]
    if any(not 0x20 <= byte <= 0x7E for byte in body):
        raise FrameError(f"The frame {shown_to_people(line)} holds bytes that are no text.")
    return body.decode("ascii")


def mass(value: str, unit: str) -> Quantity | None:
    """A quantity, or None where the unit is none of mass or the value has more digits than any scale."""
    whole, _, places = value.lstrip("+-").partition(".")
    return Quantity.parse(value, unit) if unit in MASS_UNITS and len(whole) <= 12 and len(places) <= 9 else None


def not_an_answer(line: bytes, make: str) -> FrameError:
    """The error for a line that the make does not send."""
    return FrameError(f"The frame {shown_to_people(line)} is not a {make} answer.")


def shown_to_people(line: bytes) -> str:
    """The frame escaped, and short enough for one line of a log."""
    return repr(line[:60])[1:]
