r"""The lines of A&D's standard format, read strictly and without any I/O.

Rules of this reader (URS F01, F14; P11-09; A11d-05):

1. A weight is ``ST`` (at rest) or ``US`` (moving), a comma, a sign, the value with leading zeros in eight characters, and the unit
   right-aligned in three. The fixed width is what makes a lost byte visible.
2. ``QT`` counts pieces: no weight. ``OL`` with its sign is over- or underload, whatever number stands behind it.
3. ``EC,Enn`` is an error. Of those only "not ready" (E02) and "did not come to rest" (E11) belong to a poll.
4. Zero and tare are acknowledged only by a device that is set to do so; with or without, the receipt is what the device then shows.
5. Anything else is a ``FrameError``.

The standard commands ask for model and serial number; there is none for the firmware.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from jope.plant.devices.ports import ScaleAction
from jope_drivers.scales.dialect import (
    BUSY,
    OVERLOAD,
    TERMINATOR,
    UNDERLOAD,
    WRONG_UNIT,
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

MAKE: Final = "A&D"
VALUE_FIELD: Final = 8
ACKNOWLEDGED: Final = b"\x06" + TERMINATOR

_WEIGHT = re.compile(r"(ST|US),([+-])([0-9]+(?:\.[0-9]+)?)( {0,2}[a-z]{1,3})")
_COUNT = re.compile(r"QT,[+-][0-9]{8} PC")
_BEYOND = re.compile(r"OL,([+-])[0-9.]{7,8}(?:E\+[0-9]{2}| {0,2}[a-z]{1,3})?")
_ERROR = re.compile(r"EC,E([0-9]{2})")
_NOT_NOW: Final = frozenset({"02", "11"})


def read_poll(line: bytes) -> Shown:
    """What ``Q`` was answered.

    Raises:
        FrameError: it is no weight, no count, no limit and no error that belongs to a poll.
    """
    text = frame_text(line, MAKE)
    if _COUNT.fullmatch(text):
        return NoWeight(WRONG_UNIT)
    beyond, error = _BEYOND.fullmatch(text), _ERROR.fullmatch(text)
    if beyond is not None:
        return NoWeight(OVERLOAD if beyond.group(1) == "+" else UNDERLOAD)
    if error is not None and error.group(1) in _NOT_NOW:
        return NoWeight(BUSY)
    weight = _weight(text)
    if weight is None:
        raise not_an_answer(line, MAKE)
    return weight


def _weight(text: str) -> Weight | None:
    match = _WEIGHT.fullmatch(text)
    if match is None:
        return None
    header, sign, digits, unit = match.groups()
    if len(digits) != VALUE_FIELD or len(unit) != 3:
        return None
    # The leading zeros pad the field; those behind the point are the resolution.
    bare = re.sub(r"^0+(?=[0-9])", "", digits)
    quantity = mass("-" + bare if sign == "-" else bare, unit.lstrip(" "))
    return Weight(quantity, stable=header == "ST") if quantity is not None else None


def read_text(line: bytes, *, head: str, pattern: str) -> str:
    """What ``?TN`` or ``?SN`` was answered: the text, with or without its name and a comma before it.

    Raises:
        FrameError: it is no such text.
    """
    text = frame_text(line, MAKE).removeprefix(f"{head},").strip(" ")
    if not re.fullmatch(pattern, text):
        raise not_an_answer(line, MAKE)
    return text


def read_action(line: bytes) -> Outcome:
    """What ``Z`` or ``T`` was answered.

    Raises:
        FrameError: it is neither an acknowledgement nor an error.
    """
    if line == ACKNOWLEDGED:
        return Acknowledged()
    error = _ERROR.fullmatch(frame_text(line, MAKE))
    if error is None:
        raise not_an_answer(line, MAKE)
    return Refused(f"error E{error.group(1)}")


_UNKNOWN: Final = b"EC,E01" + TERMINATOR
_WORD: Final = r"(?=.*[0-9])[0-9A-Za-z/-]{4,20}"
"""No frame of another kind looks like this: those hold a comma."""

AND: Final = Dialect(
    protocol="and",
    poll="Q",
    read_poll=read_poll,
    serial_number=Inquiry("?SN", partial(read_text, head="SN", pattern=_WORD)),
    model=Inquiry("?TN", partial(read_text, head="TN", pattern=r"[!-+\--~][ -+\--~]{0,39}"), unknown=_UNKNOWN),
    firmware=None,
    actions={
        ScaleAction.ZERO: Action("Z", read_action, silent=True),
        ScaleAction.TARE: Action("T", read_action, silent=True),
    },
)
