r"""The lines of SBI (Sartorius Balance Interface), read strictly and without any I/O.

Rules of this reader (URS F01, F14; P11-09; A11d-05):

1. A line has 14 characters and CR LF, or 20 and CR LF where an identification of six characters stands before.
2. A weight is a sign (plus, minus or a space), the value right-aligned after spaces, a space, and the unit left-aligned in what is left. In
   which columns they stand differs by series; that nothing else stands there does not. The length is what makes a lost byte visible.
3. Only the net weight is taken: identification ``N``, or none. ``G#``, ``T`` and others are other quantities.
4. No unit means that the load moves. Such a value has no unit of its own.
5. ``High``, ``Low``, ``Cal.``, ``Err`` and their kin are no weights, with or without ``Stat`` before them.
6. Anything else is a ``FrameError``.

``ESC Z`` is never sent: it begins an adjustment. Zero is ``ESC V``, tare ``ESC U``; both are silent.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from jope.kernel.errors import FrameError
from jope.plant.devices.ports import ScaleAction
from jope_drivers.scales.dialect import (
    BUSY,
    OVERLOAD,
    UNDERLOAD,
    Action,
    Dialect,
    Inquiry,
    NoWeight,
    Outcome,
    Shown,
    UnitlessWeight,
    Weight,
    frame_text,
    mass,
    not_an_answer,
)

MAKE: Final = "SBI"
ESCAPE: Final = "\x1b"
LINE_LENGTHS: Final = frozenset({14, 20})
NET: Final = "N     "
STATUS: Final = "Stat  "

_WEIGHT = re.compile(r"([+\- ]) *((?:0|[1-9][0-9]*)(?:\.[0-9]+)?) (?: *|([a-z]{1,2}) *)")
_CONDITION = re.compile(
    r" *(?:(?P<over>High|HIGH|H)|(?P<under>Low|LOW|L)|(?P<busy>Cal\. ?(?:Int|Ext)\.?|C|(?:Err|ERR) [0-9]{2,4}|(?:APP|DIS|PRT)\.ER[R]?)) *"
)
_TEXT = re.compile(r"[!-~][ -~]{0,39}")


def read_poll(line: bytes) -> Shown:
    """What ``ESC P`` was answered.

    Raises:
        FrameError: it is no line of the two lengths that SBI knows, or holds something else than a net weight or a status.
    """
    text = frame_text(line, MAKE)
    shown = _shown(text) if len(text) in LINE_LENGTHS else None
    if shown is None:
        raise not_an_answer(line, MAKE)
    return shown


def _shown(text: str) -> Shown | None:
    head, body = ("", text) if len(text) == min(LINE_LENGTHS) else (text[:6], text[6:])
    condition = _CONDITION.fullmatch(body) if head in ("", STATUS) else None
    if condition is not None:
        return NoWeight({"over": OVERLOAD, "under": UNDERLOAD}.get(condition.lastgroup or "", BUSY))
    match = _WEIGHT.fullmatch(body) if head in ("", NET) else None
    if match is None:
        return None
    sign, digits, unit = match.groups()
    value = "-" + digits if sign == "-" else digits
    if unit is None:
        return UnitlessWeight(Decimal(value))
    quantity = mass(value, unit)
    return Weight(quantity, stable=True) if quantity is not None else None


def read_text(line: bytes) -> str:
    """What ``ESC x1_``, ``ESC x2_`` or ``ESC x3_`` was answered: a bare text, which must not be readable as an answer to ``ESC P``.

    Raises:
        FrameError: it is no such text.
    """
    text = frame_text(line, MAKE).strip(" ")
    try:
        read_poll(line)
    except FrameError:
        if _TEXT.fullmatch(text):
            return text
    raise not_an_answer(line, MAKE)


def read_serial_number(line: bytes) -> str:
    """A serial number: one word that holds a digit, and no point as weights have.

    Raises:
        FrameError: it is no such text.
    """
    text = read_text(line)
    if not re.fullmatch(r"(?=.*[0-9])[0-9A-Za-z/-]{4,20}", text):
        raise not_an_answer(line, MAKE)
    return text


def read_action(line: bytes) -> Outcome:
    """No answer to an action is known.

    Raises:
        FrameError: always.
    """
    raise not_an_answer(line, MAKE)


SBI: Final = Dialect(
    protocol="sbi",
    poll=ESCAPE + "P",
    read_poll=read_poll,
    serial_number=Inquiry(ESCAPE + "x2_", read_serial_number),
    model=Inquiry(ESCAPE + "x1_", read_text),
    firmware=Inquiry(ESCAPE + "x3_", read_text),
    actions={
        ScaleAction.ZERO: Action(ESCAPE + "V", read_action, silent=True),
        ScaleAction.TARE: Action(ESCAPE + "U", read_action, silent=True),
    },
)
