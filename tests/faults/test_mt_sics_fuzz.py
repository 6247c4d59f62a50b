"""Mutated MT-SICS frames against the strict parser: no uncaught exception, and no value that the protocol's own grammar would not give.

The oracle reads weights on its own, with one regular expression and Decimal. ``JOPE_NIGHTLY=1`` runs 5,000,000 frames instead of 20,000.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from jope_drivers.scales.mt_sics import Frame, WeightFrame, parse_frame

from jope.kernel.errors import FrameError
from jope.kernel.units import Quantity

FRAMES = 5_000_000 if os.environ.get("JOPE_NIGHTLY") == "1" else 20_000
SEED = 20261120
ORACLE = re.compile(rb"(?:S [SD]|TI [SD]|T S|TA A) ([ ]*-?(?:0|[1-9]\d*)(?:\.\d+)?) (ug|mg|g|kg|t|lb|oz)\r\n")
NOISE = b'SDTZIALE+-.,@ 0123456789gk\r\n"\x00\x80\xb5\xff'

Parser = Callable[[bytes], Frame]


@dataclass(slots=True)
class Findings:
    """What one run saw."""

    weights: int = 0
    refused: int = 0
    crashes: list[bytes] = field(default_factory=list)
    wrong: list[bytes] = field(default_factory=list)


def oracle(line: bytes) -> tuple[str, str] | None:
    """Value and unit as text when the line is a weight, else None."""
    match = ORACLE.fullmatch(line)
    if match is None or len(match.group(1)) != 10:
        return None
    return str(Decimal(match.group(1).decode().strip())), match.group(2).decode()


def grammatical(rng: random.Random) -> bytes:
    """A frame that the grammar allows."""
    if rng.random() < 0.7:
        places = rng.randrange(5)
        value = Decimal(rng.randrange(-9999, 9_999_999)).scaleb(-places)
        head = rng.choice(["S S", "S D", "T S", "TI S", "TI D", "TA A"])
        return f"{head} {value:>10f} {rng.choice(['g', 'kg', 'mg', 'ug', 't', 'lb', 'oz'])}\r\n".encode()
    return rng.choice([b"S I", b"S +", b"S -", b"Z A", b"ZI D", b"T I", b"TAC A", b"ES", b"ET", b"EL", b'I4 A "B021002593"']) + b"\r\n"


def mutated(line: bytes, rng: random.Random) -> bytes:
    """The line after one change of the kind that lines, cables and foreign devices make."""
    at = rng.randrange(len(line) + 1)
    some = rng.choice(NOISE).to_bytes(1, "big")
    match rng.randrange(10):
        case 0:
            return line[:at] + line[at + 1 :]
        case 1:
            return line[:at] + some + line[at:]
        case 2:
            return line[:at] + some + line[at + 1 :]
        case 3:
            return line[:at]
        case 4:
            return line[at:]
        case 5:
            return line[:at] + line[at : at + 1] + line[at:]
        case 6:
            return line + grammatical(rng)
        case 7:
            return line.swapcase()
        case 8:
            return line.replace(b" ", rng.choice([b"", b"  ", b"\t", b"_"]), 1)
        case _:
            return bytes(byte ^ (1 << rng.randrange(8)) if rng.random() < 0.1 else byte for byte in line)


def frames(count: int, seed: int) -> Iterator[bytes]:
    """Whole frames, frames with up to three changes, and pure noise."""
    rng = random.Random(seed)
    for _ in range(count):
        if rng.random() < 0.05:
            yield rng.randbytes(rng.randrange(40))
            continue
        line = grammatical(rng)
        for _ in range(rng.randrange(4)):
            line = mutated(line, rng)
        yield line


def fuzz(parser: Parser, count: int, seed: int) -> Findings:
    """Run the parser over ``count`` frames and compare with the oracle, in both directions."""
    findings = Findings()
    for line in frames(count, seed):
        expected = oracle(line)
        try:
            frame = parser(line)
        except FrameError:
            findings.refused += 1
            if expected is not None:
                findings.wrong.append(line)
            continue
        except Exception:
            findings.crashes.append(line)
            continue
        got = (str(frame.quantity.value), frame.quantity.unit) if isinstance(frame, WeightFrame) else None
        findings.weights += got is not None
        if got != expected:
            findings.wrong.append(line)
    return findings


def lenient(line: bytes) -> Frame:
    """A parser as one finds it: takes the first thing that looks like a number, and grams when in doubt."""
    match = re.search(r"(-?\d+\.?\d*)\s*(kg|mg|g)?", line.decode("latin-1"))
    if match is None:
        raise FrameError("No number.")
    return WeightFrame("S", Quantity(Decimal(match.group(1)), match.group(2) or "g"), stable=b" D " not in line)


def unguarded(line: bytes) -> Frame:
    """The strict parser, but with a decoder in front that was never told of noise."""
    line.decode("ascii")
    return parse_frame(line)


@pytest.mark.req("F01", "F14", "P11-09")
@pytest.mark.timeout(1800)
def test_no_fuzzed_frame_gives_a_wrong_weight_or_an_uncaught_exception() -> None:
    findings = fuzz(parse_frame, FRAMES, SEED)
    assert findings.crashes == []
    assert findings.wrong == []
    # The run saw both sides, otherwise it would prove nothing.
    assert findings.weights > FRAMES // 10
    assert findings.refused > FRAMES // 10


@pytest.mark.req("F01", "P11-09")
def test_the_harness_goes_red_on_a_lenient_parser() -> None:
    assert len(fuzz(lenient, 2000, SEED).wrong) > 100


@pytest.mark.req("F01", "P11-09")
def test_the_harness_goes_red_on_an_uncaught_exception() -> None:
    assert len(fuzz(unguarded, 2000, SEED).crashes) > 10
