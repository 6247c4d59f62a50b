r"""The frames of MT-SICS (Mettler-Toledo Standard Interface Command Set, levels 0 and 1), read strictly and without any I/O.

Rules of this reader (URS F01, F14; P11-09; A11d-05):

1. A frame is upper-case ASCII, ends with CR LF and holds no other CR or LF.
2. Fields are parted by exactly one space: ``ID status value unit``.
3. A weight stands right-aligned in a field of ten characters: at least one digit on either side of a decimal point if there is one, no
   leading zero, an optional minus sign directly before the first digit. The fixed width is what makes a lost byte visible, because the
   protocol has no checksum. A substituted digit stays invisible to any reader; against that the line needs a parity bit (7E1 or 8E1).
4. The unit is one that ``jope.kernel.units`` knows. A lost "k" of "kg" leaves a frame that looks right: whoever uses a weight compares its
   unit with the one registered for the device.
5. Anything else is a ``FrameError``. No value is repaired, completed or guessed.

Values are decimals; trailing zeros are the resolution of the device and are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jope.kernel.errors import FrameError
from jope.kernel.units import MASS_UNITS, Quantity

TERMINATOR: Final = b"\r\n"
MAX_FRAME_BYTES: Final = 256
"""No answer of levels 0 and 1 is longer; what grows beyond it is noise."""

WEIGHT_FIELD: Final = 10
"""Characters of the weight field: padding, sign, digits and point together."""


class Command(StrEnum):
    """The commands whose answers are understood. An answer carries the command's name, except that ``SI`` answers as ``S``."""

    SEND_STABLE = "S"
    SEND_IMMEDIATELY = "SI"
    ZERO = "Z"
    ZERO_IMMEDIATELY = "ZI"
    TARE = "T"
    TARE_IMMEDIATELY = "TI"
    TARE_VALUE = "TA"
    TARE_CLEAR = "TAC"
    LEVEL = "I1"
    MODEL = "I2"
    SOFTWARE = "I3"
    SERIAL_NUMBER = "I4"
    CANCEL = "@"

    @property
    def answer_id(self) -> str:
        """The identification at the head of this command's answer."""
        return {Command.SEND_IMMEDIATELY: "S", Command.CANCEL: "I4"}.get(self, self.value)

    @property
    def line(self) -> bytes:
        """The command as it goes over the line."""
        return self.value.encode("ascii") + TERMINATOR


class Condition(StrEnum):
    """Why the device gave no value or did not act."""

    BUSY = "busy"
    """``I``: another command is under way, or stability was not reached in time."""
    OVERLOAD = "overload"
    UNDERLOAD = "underload"
    PARAMETER = "parameter"
    """``L``: the parameter is not allowed."""


class ProtocolFault(StrEnum):
    """The three general error answers."""

    SYNTAX = "ES"
    TRANSMISSION = "ET"
    LOGICAL = "EL"


@dataclass(frozen=True, slots=True)
class WeightFrame:
    """A value with its unit: ``S S``, ``S D``, ``T S``, ``TI S``, ``TI D`` or ``TA A``. ``stable`` is False for ``D`` only."""

    answer_id: str
    quantity: Quantity
    stable: bool


@dataclass(frozen=True, slots=True)
class DoneFrame:
    """An action was carried out: ``Z A``, ``ZI S``, ``ZI D`` or ``TAC A``. ``stable`` is False for ``D`` only."""

    answer_id: str
    stable: bool


@dataclass(frozen=True, slots=True)
class ConditionFrame:
    """The command was understood, but there is no value and nothing was done."""

    answer_id: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class TextFrame:
    """An inquiry's answer: one text, for ``I1`` up to eight."""

    answer_id: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaultFrame:
    """The device did not understand the command."""

    fault: ProtocolFault


Frame = WeightFrame | DoneFrame | ConditionFrame | TextFrame | FaultFrame

_VALUE = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_WEIGHT = re.compile(rf"(?:(S|TI) ([SD])|(T) (S)|(TA) (A)) ( *)({_VALUE}) ([a-z]{{1,2}})")
_DONE = re.compile(r"(?:(Z|TAC) (A)|(ZI) ([SD]))")
_TEXT = re.compile(r'(I[1-4]) A((?: "[ !#-\[\]-~]*")+)')
_QUOTED = re.compile(r'"([^"]*)"')
_CONDITIONS: Final = {"I": Condition.BUSY, "+": Condition.OVERLOAD, "-": Condition.UNDERLOAD, "L": Condition.PARAMETER}
_ALLOWED_CONDITIONS: Final = {
    **dict.fromkeys(("S", "Z", "ZI", "T", "TI"), "I+-L"),
    **dict.fromkeys(("TA", "TAC", "I1", "I2", "I3", "I4"), "IL"),
}
_MAX_TEXTS: Final = {"I1": 8}


def parse_frame(line: bytes) -> Frame:
    """Read one complete frame, terminator included.

    Args:
        line: the bytes from the first character to CR LF.

    Raises:
        FrameError: the frame is not exactly one that the protocol knows; no value was taken from it.
    """
    text = _frame_text(line)
    frame = _weight(text) or _done(text) or _condition(text) or _text(text) or _fault(text)
    if frame is None:
        raise FrameError(f"The frame {_shown(line)} is not an MT-SICS answer.")
    return frame


def _frame_text(line: bytes) -> str:
    if len(line) > MAX_FRAME_BYTES:
        raise FrameError(f"A frame of {len(line)} bytes is longer than any MT-SICS answer.")
    if not line.endswith(TERMINATOR):
        raise FrameError(f"The frame {_shown(line)} does not end with CR LF.")
    try:
        # Line ends inside are refused by the patterns, which know only printable characters.
        return line[: -len(TERMINATOR)].decode("ascii")
    except UnicodeDecodeError as error:
        raise FrameError(f"The frame {_shown(line)} holds bytes outside ASCII.") from error


def _weight(text: str) -> WeightFrame | None:
    match = _WEIGHT.fullmatch(text)
    if match is None:
        return None
    answer_id, status = [group for group in match.groups()[:6] if group is not None]
    padding, value, unit = match.group(7, 8, 9)
    if len(padding) + len(value) != WEIGHT_FIELD or unit not in MASS_UNITS:
        return None
    return WeightFrame(answer_id, Quantity.parse(value, unit), stable=status != "D")


def _done(text: str) -> DoneFrame | None:
    match = _DONE.fullmatch(text)
    if match is None:
        return None
    answer_id, status = [group for group in match.groups() if group is not None]
    return DoneFrame(answer_id, stable=status != "D")


def _condition(text: str) -> ConditionFrame | None:
    answer_id, space, status = text.partition(" ")
    if not space or len(status) != 1 or status not in _ALLOWED_CONDITIONS.get(answer_id, ""):
        return None
    return ConditionFrame(answer_id, _CONDITIONS[status])


def _text(text: str) -> TextFrame | None:
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    texts = tuple(_QUOTED.findall(match.group(2)))
    return TextFrame(match.group(1), texts) if len(texts) <= _MAX_TEXTS.get(match.group(1), 1) else None


def _fault(text: str) -> FaultFrame | None:
    return FaultFrame(ProtocolFault(text)) if text in frozenset(ProtocolFault) else None


def _shown(line: bytes) -> str:
    """The frame for a person: escaped, and short enough for one line of a log."""
    return repr(line[:60])[1:]
