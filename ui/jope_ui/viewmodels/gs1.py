"""What a scanner read: the station's own label, a number that was typed, or a GS1 symbol, of which lot and container are taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jope.kernel.errors import ScanError
from jope.plant.materials.gs1 import FNC1, SYMBOLOGIES, read_symbol
from jope.plant.materials.scanning import named_by

_ANY_DAY: Final = "2026-01-01"
"""For the years of dates on the label: lot and container do not depend on them."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The whole text as it was read, the lot in it and the number of its container (0 for none). ``gs1`` says whether it was a GS1 symbol."""

    raw: str
    lot_no: str
    container: int
    gs1: bool


def read_scan(raw: str) -> Scan:
    """Take a scan apart. A text that is no code is taken as the lot number itself; the station refuses it as one."""
    text = raw.strip(" \t\r\n")
    marked = text.startswith(SYMBOLOGIES) or FNC1 in text
    try:
        found = named_by(text, today=_ANY_DAY)
    except ScanError:
        return Scan(raw, "" if marked and _is_symbol(text) else text, 0, marked)
    return Scan(raw, found.lot_no, found.container, marked)


def _is_symbol(text: str) -> bool:
    """Whether a symbol was read whole, and names no lot, or more than one."""
    try:
        read_symbol(text, today=_ANY_DAY)
    except ScanError as error:
        return error.rule == "ambiguous"
    return True
