"""Element strings of GS1 symbols (GS1 General Specifications, sections 3, 7.8 and 7.12). Pure.

1. A symbology identifier may stand in front: ``]C1``, ``]e0``, ``]d2``, ``]Q3``. Any other one is refused.
2. Each element is an application identifier and its data. Data of variable length ends at FNC1 (0x1D) or at the end; data of fixed length has that length.
3. Numbers are digits, texts are of character set 82, key numbers end with their check digit.
4. The day 00 of a date is the last day of its month; a year of two digits lies at most 49 years ahead and 50 back of this one.
5. An element that stands twice says the same both times.

What is not so is refused with a rule of its own: ``empty``, ``too_long``, ``symbology``, ``identifier``, ``length``, ``characters``, ``check_digit``, ``date``,
``ambiguous``. Nothing is guessed.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from jope.kernel.errors import ScanError
from jope.kernel.units import Quantity

FNC1: Final = "\x1d"
LONGEST: Final = 512
"""Characters of the longest symbol that is read; a GS1 DataMatrix or QR code on a container is shorter."""
SYMBOLOGIES: Final = ("]C1", "]e0", "]d2", "]Q3")


@dataclass(frozen=True, slots=True)
class _Element:
    """What follows an identifier. ``longest`` equals ``shortest`` where the length is fixed; of those with a decimal point the identifier has a digit more."""

    what: str
    shortest: int
    longest: int
    digits: bool = True
    checked: bool = False
    date: bool = False
    point: bool = False


def _text(what: str, longest: int) -> _Element:
    return _Element(what, 1, longest, digits=False)


def _key(what: str, length: int) -> _Element:
    return _Element(what, length, length, checked=True)


def _date(what: str) -> _Element:
    return _Element(what, 6, 6, date=True)


_ELEMENTS: Final[Mapping[str, _Element]] = {
    "00": _key("sscc", 18), "01": _key("gtin", 14), "02": _key("content", 14), "10": _text("lot", 20), "11": _date("produced"), "12": _date("due"),
    "13": _date("packed"), "15": _date("best_before"), "16": _date("sell_by"), "17": _date("expiry"), "20": _Element("variant", 2, 2),
    "21": _text("serial", 20), "22": _text("consumer_variant", 20), "235": _text("third_party_serial", 28), "240": _text("additional_id", 30),
    "241": _text("customer_part", 30), "242": _Element("made_to_order", 1, 6), "250": _text("secondary_serial", 30), "251": _text("source", 30),
    "30": _Element("pieces", 1, 8), "310": _Element("net_kg", 6, 6, point=True), "320": _Element("net_lb", 6, 6, point=True),
    "330": _Element("gross_kg", 6, 6, point=True), "340": _Element("gross_lb", 6, 6, point=True), "37": _Element("count", 1, 8),
    "400": _text("order", 30), "410": _key("ship_to", 13), "412": _key("purchased_from", 13), "414": _key("location", 13),
    "422": _Element("origin", 3, 3), "7003": _Element("expiry_time", 10, 10), **{f"9{n}": _text(f"own_{n}", 90) for n in range(10)},
}  # fmt: skip
_SET_82: Final = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")
_DIGITS: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a symbol says. Dates are ISO dates, weights quantities; ``elements`` holds everything as it stood, by identifier."""

    elements: Mapping[str, str]
    gtin: str = ""
    sscc: str = ""
    lot: str = ""
    serial: str = ""
    expiry: str = ""
    best_before: str = ""
    produced: str = ""
    pieces: int | None = None
    net: Quantity | None = None


def read_symbol(text: str, *, today: str) -> Scanned:
    """Read an element string as a scanner sent it. ``today`` is the site's ISO date, for years of two digits.

    Raises:
        ScanError: it is malformed, or means more than one thing.
    """
    if len(text) > LONGEST:
        raise ScanError("too_long", "The scanned code is longer than any label's.")
    rest, elements = _without_symbology(text), dict[str, str]()
    if not rest:
        raise ScanError("empty", "The scanned code is empty.")
    while rest:
        ai, element, rest = _identifier(rest)
        data, rest = _data(element, rest)
        _require_form(ai, element, data)
        if elements.setdefault(ai, data) != data:
            raise ScanError("ambiguous", f"The code says two things under ({ai}).")
    return _scanned(elements, today)


def _without_symbology(text: str) -> str:
    if not text.startswith("]"):
        return text.removeprefix(FNC1)
    if text[:3] not in SYMBOLOGIES:
        raise ScanError("symbology", "The scanned code is not a GS1 symbol.")
    return text[3:].removeprefix(FNC1)


def _identifier(rest: str) -> tuple[str, _Element, str]:
    """The identifier at the beginning; none is the beginning of another."""
    for length in (2, 3, 4):
        found = _ELEMENTS.get(rest[:length])
        if found is None:
            continue
        end = length + found.point
        if len(rest) < end or not _DIGITS.fullmatch(rest[:end]):
            break
        return rest[:end], found, rest[end:]
    raise ScanError("identifier", f"The code goes on with no known identifier at character {len(rest)} from its end.")


def _data(element: _Element, rest: str) -> tuple[str, str]:
    if element.shortest == element.longest:
        return rest[: element.longest], rest[element.longest :].removeprefix(FNC1)
    data, _, after = rest.partition(FNC1)
    return data, after


def _require_form(ai: str, element: _Element, data: str) -> None:
    if not element.shortest <= len(data) <= element.longest:
        raise ScanError("length", f"What stands under ({ai}) is not as long as it has to be.")
    if not (_DIGITS if element.digits else _SET_82).fullmatch(data):
        raise ScanError("characters", f"What stands under ({ai}) has characters that cannot be there.")
    if element.checked and check_digit(data[:-1]) != data[-1]:
        raise ScanError("check_digit", f"The check digit under ({ai}) is wrong.")


def check_digit(digits: str) -> str:
    """The check digit of a key number: weights 3 and 1 from the right (section 7.9)."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def full_year(two: int, this_year: int) -> int:
    """The year of two digits (section 7.12)."""
    ahead = two - this_year % 100
    century = this_year - this_year % 100
    if ahead >= 51:
        century -= 100
    elif ahead <= -50:
        century += 100
    return century + two


def day_of(yymmdd: str, today: str) -> str:
    """A date of six digits as an ISO date.

    Raises:
        ScanError: there is no such day.
    """
    year, month, day = full_year(int(yymmdd[:2]), int(today[:4])), int(yymmdd[2:4]), int(yymmdd[4:])
    last = monthrange(year, month)[1] if 1 <= month <= 12 else -1
    if day > last:
        raise ScanError("date", f"{yymmdd} is no day of the calendar.")
    return f"{year:04d}-{month:02d}-{day or last:02d}"


def _scanned(elements: Mapping[str, str], today: str) -> Scanned:
    dates = {ai: day_of(data, today) for ai, data in elements.items() if ai in _ELEMENTS and _ELEMENTS[ai].date}
    nets = [_weight(ai, data) for ai, data in elements.items() if ai[:3] in ("310", "320")]
    if len({one.grams() for one in nets}) > 1:
        raise ScanError("ambiguous", "The code names more than one net weight.")
    counts = [int(elements[ai]) for ai in ("30", "37") if ai in elements]
    if len(set(counts)) > 1:
        raise ScanError("ambiguous", "The code names more than one count.")
    return Scanned(
        elements=elements, gtin=elements.get("01", ""), sscc=elements.get("00", ""), lot=elements.get("10", ""), serial=elements.get("21", ""),
        expiry=dates.get("17", ""), best_before=dates.get("15", ""), produced=dates.get("11", ""), pieces=counts[0] if counts else None,
        net=nets[0] if nets else None,
    )  # fmt: skip


def _weight(ai: str, data: str) -> Quantity:
    return Quantity(Decimal(int(data)).scaleb(-int(ai[3])), "kg" if ai[:3] == "310" else "lb")
