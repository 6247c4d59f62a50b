"""What a scanner read: plain text, or GS1 element strings of which the lot is taken (GS1 General Specifications, application identifiers)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FNC1: Final = "\x1d"
_FIXED: Final = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
_OPEN: Final = {"10": 20, "21": 20, "22": 20, "37": 8, "240": 30, "241": 30}
_SYMBOLOGIES: Final = ("]C1", "]d2", "]Q3", "]e0")


@dataclass(frozen=True, slots=True)
class Scan:
    """The whole text as it was read, and the lot in it."""

    raw: str
    lot_no: str
    elements: tuple[tuple[str, str], ...]


def read_scan(raw: str) -> Scan:
    """Take a scan apart. A text that is not GS1 is taken as the lot number itself."""
    text = raw.strip()
    marked = text.startswith(_SYMBOLOGIES)
    body = text[3:] if marked else text
    elements = _elements(body.lstrip(FNC1)) if marked or FNC1 in body else ()
    lots = [value for identifier, value in elements if identifier == "10"]
    return Scan(raw, lots[0] if len(lots) == 1 else ("" if elements else text), elements)


def _elements(body: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    rest = body
    while rest:
        step = _first(rest)
        if step is None:
            return ()
        identifier, value, rest = step
        found.append((identifier, value))
    return tuple(found)


def _first(rest: str) -> tuple[str, str, str] | None:
    for size in (2, 3):
        identifier = rest[:size]
        if identifier in _FIXED:
            end = size + _FIXED[identifier]
            return (identifier, rest[size:end], rest[end:].lstrip(FNC1)) if len(rest) >= end else None
        if identifier in _OPEN:
            value, _, left = rest[size:].partition(FNC1)
            return (identifier, value, left) if 0 < len(value) <= _OPEN[identifier] else None
    return None
