r"""The lines of Ohaus balances, read strictly and without any I/O.

Rules of this reader (URS F01, F14; P11-09; A11d-05):

1. A weight comes in one of two forms. Long: the value right-aligned in eleven characters, a space, the unit, and when the load moves a space
   and ``?``. Short: the value right-aligned in nine, a space, the unit left-aligned in five, and ``?`` or a space.
   Each form has no room for anything more, so that a lost byte, above all a lost ``?``, leaves no frame.
2. A weight may be followed by ``N`` or ``NET``. Other legends (gross, tare) are other quantities.
3. ``Err 8.1`` and ``8.3`` are overload, ``8.2`` and ``8.4`` underload.
4. ``OK!`` says that a command was heard, ``ES`` that it was not carried out. With or without ``OK!`` (it can be switched off), the receipt of
   zero and tare is what the device then shows.
5. Anything else is a ``FrameError``.

``PSN`` tells the serial number, ``PV`` the versions, on one line or several; no command tells the model alone.
Printing by itself (``CP``, ``nP``) is neither switched on nor, with ``0P``, off: both change the device.
"""

from __future__ import annotations

import re
from typing import Final

from jope.kernel.errors import FrameError
from jope.plant.devices.ports import ScaleAction
from jope_drivers.scales.dialect import (
    OVERLOAD,
    UNDERLOAD,
    Acknowledged,
    Action,
    Dialect,
    Inquiry,
    NoWeight,
    Outcome,
    Refused,
    Shown,
    Weight,
    frame_text,
    mass,
    not_an_answer,
)

MAKE: Final = "Ohaus"
LONG_FIELD: Final = 11
SHORT_FIELD: Final = 9
UNIT_FIELD: Final = 5

_VALUE = r"( *)(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)"
_LONG = re.compile(rf"{_VALUE} ([a-z]{{1,2}})( \?)?(?: NET| N)?")
_SHORT = re.compile(rf"{_VALUE} ([a-z]{{1,2}} {{3,4}})([ ?])(?:NET|N)?")
_BEYOND = re.compile(r" *Err(?:or)? ?8\.([1-4])")
_TEXT = re.compile(r"[!-~][ -~]{0,59}")


def read_poll(line: bytes) -> Shown:
    """What ``IP`` was answered.

    Raises:
        FrameError: it is neither a weight in one of the two forms nor a limit.
    """
    text = frame_text(line, MAKE)
    beyond = _BEYOND.fullmatch(text)
    if beyond is not None:
        return NoWeight(OVERLOAD if beyond.group(1) in "13" else UNDERLOAD)
    weight = _weight(_LONG, LONG_FIELD, text) or _weight(_SHORT, SHORT_FIELD, text)
    if weight is None:
        raise not_an_answer(line, MAKE)
    return weight


def _weight(pattern: re.Pattern[str], field: int, text: str) -> Weight | None:
    match = pattern.fullmatch(text)
    if match is None:
        return None
    padding, value, unit, mark = match.groups()
    if len(padding) + len(value) != field or (field == SHORT_FIELD and len(unit) != UNIT_FIELD):
        return None
    quantity = mass(value, unit.rstrip(" "))
    return Weight(quantity, stable="?" not in (mark or "")) if quantity is not None else None


def read_text(line: bytes) -> str:
    """One line of what ``PV`` was answered: a bare text, which must not be readable as another answer.

    Raises:
        FrameError: it is no such text.
    """
    text = frame_text(line, MAKE).strip(" ")
    try:
        read_poll(line)
    except FrameError:
        if _TEXT.fullmatch(text) and text not in ("OK!", "ES"):
            return text
    raise not_an_answer(line, MAKE)


def read_serial_number(line: bytes) -> str:
    """A serial number: one word that holds a digit, with or without ``S/N:`` before it.

    Raises:
        FrameError: it is no such text.
    """
    text = re.sub(r"^S/N:? *", "", read_text(line))
    if not re.fullmatch(r"(?=.*[0-9])[0-9A-Za-z/-]{4,20}", text):
        raise not_an_answer(line, MAKE)
    return text


def read_action(line: bytes) -> Outcome:
    """What ``Z`` or ``T`` was answered.

    Raises:
        FrameError: it is neither ``OK!`` nor ``ES``.
    """
    text = frame_text(line, MAKE)
    if text == "OK!":
        return Acknowledged()
    if text == "ES":
        return Refused("ES")
    raise not_an_answer(line, MAKE)


OHAUS: Final = Dialect(
    protocol="ohaus",
    poll="IP",
    read_poll=read_poll,
    serial_number=Inquiry("PSN", read_serial_number),
    model=None,
    firmware=Inquiry("PV", read_text, further_lines=True, unknown=b"ES\r\n"),
    actions={
        ScaleAction.ZERO: Action("Z", read_action, silent=True),
        ScaleAction.TARE: Action("T", read_action, silent=True),
    },
)
