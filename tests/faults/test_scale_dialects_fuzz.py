"""Mutated frames of every make against every strict reader: no uncaught exception, and no value that the make's own grammar would not give.

The oracles read weights on their own, with one regular expression each and Decimal. ``JOPE_NIGHTLY=1`` runs 5,000,000 frames a make instead of 20,000, in
twenty parts that several processes can share.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from jope_drivers.scales.dialect import Dialect, Shown, UnitlessWeight, Weight
from jope_drivers.scales.makes import DIALECTS

from jope.kernel.errors import FrameError
from jope.kernel.units import Quantity
from tests.faults.test_mt_sics_fuzz import mutated

PARTS = 20 if os.environ.get("JOPE_NIGHTLY") == "1" else 1
FRAMES = 250_000 if os.environ.get("JOPE_NIGHTLY") == "1" else 20_000
"""Of one part."""
SEED = 20261127
UNITS = ("ug", "mg", "g", "kg", "t", "lb", "oz")
_UNIT = rb"(?P<unit>ug|mg|g|kg|t|lb|oz)"
_PLAIN = rb"(?:0|[1-9]\d*)(?:\.\d+)?"
ORACLES = {
    "sbi": [
        re.compile(rb"(?P<stable>)(?:N {5})?(?=[ -~]{14}\r\n)(?P<sign>[-+ ]) *(?P<value>" + _PLAIN + rb") " + _UNIT + rb" *\r\n"),
        re.compile(rb"(?:N {5})?(?=[ -~]{14}\r\n)(?P<sign>[-+ ]) *(?P<value>" + _PLAIN + rb") +(?P<unit>)\r\n"),
    ],
    "kcp": [re.compile(rb"S (?:(?P<stable>S)|D) (?=[ \d.-]{10} [a-z])(?P<sign>) *(?P<value>-?" + _PLAIN + rb") " + _UNIT + rb"\r\n")],
    "and": [re.compile(rb"(?:(?P<stable>ST)|US),(?P<sign>[-+])(?=[\d.]{8}[ a-z]{3}\r\n)(?P<value>\d+(?:\.\d+)?) *" + _UNIT + rb"\r\n")],
    "ohaus": [
        re.compile(
            rb"(?P<sign>)(?=[ \d.-]{11} [a-z]) *(?P<value>-?" + _PLAIN + rb") " + _UNIT + rb"(?:(?P<stable>(?! \?))| \?)(?: NET| N)?\r\n"
        ),
        re.compile(
            rb"(?P<sign>)(?=[ \d.-]{9} [a-z]{1,2} {3,4}[ ?])(?=.{9} .{5}[ ?](?:N|NET)?\r\n) *(?P<value>-?"
            + _PLAIN
            + rb") "
            + _UNIT
            + rb" *(?:(?P<stable> )|\?)(?:NET|N)?\r\n"
        ),
    ],
}
FURTHER = {
    "sbi": ["Stat       High     ", "        Low   ", "Stat     ERR 054    ", "0037402012", "MSA6202S-000-D0", "Stat     Cal.Int.   "],
    "kcp": ["S I", "S +", "Z A", "T S     250.30 g", 'I4 A "WK1234567"', 'I2 A "KERN" "PCB 6000-1"', "ES"],
    "and": ["OL,+9999999E+19", "QT,+00000123 PC", "EC,E02", "EC,E01", "\x06", "SN,T0123456", "TN,FX-6000i"],
    "ohaus": ["Err 8.3", "Error 8.4", "OK!", "ES", "8331230001", "SW 1.40"],
}

Told = tuple[str, str, bool]
"""Value and unit as text, and whether it is said to be at rest."""


@dataclass(slots=True)
class Findings:
    """What one run saw."""

    weights: int = 0
    refused: int = 0
    wrong: list[bytes] = field(default_factory=list)


def oracle(protocol: str, line: bytes) -> Told | None:
    """What the line says when it is a weight, else None."""
    for pattern in ORACLES[protocol]:
        match = pattern.fullmatch(line)
        if match is not None:
            sign = match["sign"].decode().strip()
            stable = match.groupdict().get("stable") is not None
            return f"{Decimal(sign + match['value'].decode()):f}", match["unit"].decode(), stable
    return None


def told(shown: Shown) -> Told | None:
    """What the driver's reader took from it."""
    match shown:
        case Weight(quantity=quantity, stable=stable):
            return f"{quantity.value:f}", quantity.unit, stable
        case UnitlessWeight(value=value):
            return f"{value:f}", "", False
    return None


def grammatical(protocol: str, rng: random.Random) -> bytes:
    """A line that the make sends."""
    if rng.random() > 0.75:
        return rng.choice(FURTHER[protocol]).encode() + b"\r\n"
    value = Decimal(rng.randrange(-9999, 999_999)).scaleb(-rng.randrange(5))
    unit, stable = rng.choice(UNITS), rng.random() < 0.5
    sign = "-" if value.is_signed() else "+"
    match protocol:
        case "sbi":
            text = f"{rng.choice(['', 'N     '])}{sign}{abs(value):>9f} {unit if stable else '':<3}"
        case "kcp":
            text = f"S {'S' if stable else 'D'} {value:>10f} {unit}"
        case "and":
            text = f"{'ST' if stable else 'US'},{sign}{abs(value):0>8f}{unit:>3}"
        case _ if rng.random() < 0.5:
            text = f"{value:>11f} {unit}{'' if stable else ' ?'}{rng.choice(['', ' N', ' NET'])}"
        case _:
            text = f"{value:>9f} {unit:<5}{' ' if stable else '?'}{rng.choice(['', 'N', 'NET'])}"
    return text.encode() + b"\r\n"


def frames(protocol: str, count: int, seed: int) -> Iterator[bytes]:
    """Whole lines, lines of another make, lines with up to three changes, and pure noise."""
    rng = random.Random(seed)
    for _ in range(count):
        if rng.random() < 0.05:
            yield rng.randbytes(rng.randrange(40))
            continue
        make = protocol if rng.random() < 0.9 else rng.choice(list(FURTHER))
        line = grammatical(make, rng)
        for _ in range(rng.randrange(4)):
            line = mutated(line, rng)
        yield line


def fuzz(protocol: str, read: Callable[[bytes], Shown], count: int, seed: int) -> Findings:
    """Run a reader over ``count`` lines and compare with the oracle, in both directions."""
    findings = Findings()
    for line in frames(protocol, count, seed):
        expected = oracle(protocol, line)
        try:
            got = told(read(line))
        except FrameError:
            findings.refused += 1
            if expected is not None:
                findings.wrong.append(line)
            continue
        findings.weights += got is not None
        if got != expected:
            findings.wrong.append(line)
    return findings


def lenient(line: bytes) -> Shown:
    """A reader as one finds it: takes the first thing that looks like a number, and grams when in doubt."""
    match = re.search(r"([-+]?) *(\d+\.?\d*)\s*(kg|mg|g)?", line.decode("latin-1"))
    if match is None or len(match.group(2)) > 12:
        raise FrameError("No number.")
    return Weight(Quantity(Decimal(match.group(1).strip() + match.group(2)), match.group(3) or "g"), stable=b"?" not in line)


def texts_and_outcomes(dialect: Dialect, lines: Iterator[bytes], protocol: str) -> int:
    """Give the lines to all other readers. Returns how many were understood; a weight is never a text, and no text holds what was not sent."""
    understood = 0
    inquiries = [inquiry for inquiry in (dialect.serial_number, dialect.model, dialect.firmware) if inquiry is not None]
    for line in lines:
        for inquiry in inquiries:
            try:
                text = inquiry.read(line)
            except FrameError:
                continue
            understood += 1
            assert text.strip()
            assert all(word.encode() in line for word in text.split())
            assert oracle(protocol, line) is None
        for action in dialect.actions.values():
            try:
                action.read(line)
            except FrameError:
                continue
            assert oracle(protocol, line) is None
            understood += 1
    return understood


@pytest.mark.req("F01", "F14", "P11-09")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("protocol", list(ORACLES))
def test_no_fuzzed_frame_gives_a_wrong_weight_or_an_uncaught_exception(protocol: str, part: int) -> None:
    findings = fuzz(protocol, DIALECTS[protocol].read_poll, FRAMES, SEED + 2 * part)
    assert findings.wrong == []
    # The run saw both sides, otherwise it would prove nothing.
    assert findings.weights > FRAMES // 10
    assert findings.refused > FRAMES // 10


@pytest.mark.req("F01", "J08", "P11-09")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("protocol", list(ORACLES))
def test_no_fuzzed_frame_makes_a_name_of_a_weight_or_a_receipt_of_one(protocol: str, part: int) -> None:
    assert texts_and_outcomes(DIALECTS[protocol], frames(protocol, FRAMES, SEED + 2 * part + 1), protocol) > 10


@pytest.mark.req("F01", "P11-09")
@pytest.mark.parametrize("protocol", list(ORACLES))
def test_the_harness_goes_red_on_a_lenient_reader(protocol: str) -> None:
    assert len(fuzz(protocol, lenient, 2000, SEED).wrong) > 100
