"""What a scanned or typed code says about lot and container. Pure.

The station's own labels say ``JOPE:C:<lot>:<container>``; a supplier's label is a GS1 symbol with the lot under (10) and, where
(21) is a number of up to six digits, the container there; a supplier's own serial number is none. By hand
it is ``<lot>`` or ``<lot>:<container>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from jope.kernel.errors import ScanError
from jope.plant.materials.gs1 import FNC1, LONGEST, read_symbol

_OWN: Final = "JOPE:C:"
_PLAIN: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._/-]{0,39})(?::([1-9][0-9]{0,5}))?")
_NUMBER: Final = re.compile(r"0{0,14}([1-9][0-9]{0,5})")


@dataclass(frozen=True, slots=True)
class NamedContainer:
    """The lot that a code names, and the number of the container; 0 where it names none. ``expiry`` is what the label says, an ISO date or empty."""

    lot_no: str
    container: int
    expiry: str = ""


def label_code(lot_no: str, number: int) -> str:
    """What stands on the station's own label of a container."""
    return f"{_OWN}{lot_no}:{number}"


def named_by(text: str, *, today: str) -> NamedContainer:
    """Lot and container of a code.

    Raises:
        ScanError: it is malformed, or names no lot.
    """
    if len(text) > LONGEST:
        raise ScanError("too_long", "The scanned code is longer than any label's.")
    text = text.strip(" \t\r\n")
    if text.startswith("]") or FNC1 in text:
        return _of_symbol(text, today)
    found = _PLAIN.fullmatch(text.removeprefix(_OWN))
    if found is None or (text.startswith(_OWN) and found[2] is None):
        raise ScanError("characters", "This is neither a lot nor the label of a container.")
    return NamedContainer(found[1], int(found[2] or 0))


def _of_symbol(text: str, today: str) -> NamedContainer:
    scanned = read_symbol(text, today=today)
    if not scanned.lot or not _PLAIN.fullmatch(scanned.lot) or ":" in scanned.lot:
        raise ScanError("lot", "The code names no lot that is known here under (10).")
    number = _NUMBER.fullmatch(scanned.serial)
    return NamedContainer(scanned.lot, int(number[1]) if number else 0, scanned.expiry)
