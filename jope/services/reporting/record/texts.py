"""Times, names and words as they are printed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from jope.kernel.clock import site_text, utc_text
from jope.kernel.units import Quantity

NONE: Final = "\u2013"
"""What stands where there is nothing: a dash, so that an empty cell is never taken for a missing one."""
_COMMANDS: Final = {
    "release_to_floor": "Released to the floor",
    "start": "Started",
    "hold": "Held",
    "restart": "Restarted",
    "complete": "Completed",
    "review": "Reviewed",
    "release": "Release signed",
    "certify": "Certified",
    "reject": "Rejected",
    "void": "Voided",
}
_STATES: Final = {"InExecution": "In execution", "InReview": "In review"}


def both_times(utc_us: int | None, zone: str) -> tuple[str, str]:
    """(UTC with seconds, site time with offset); dashes where there is no time."""
    return (NONE, NONE) if utc_us is None else (utc_text(utc_us), site_text(utc_us, zone))


def source_time(utc_us: int, mono_us: int) -> str:
    """The time of a reading: UTC to the microsecond, and the monotonic stamp it was taken at."""
    return f"{utc_text(utc_us).removesuffix(' UTC')}.{utc_us % 1_000_000:06d} UTC, {mono_us / 1_000_000:.6f} s since boot"


def person(employee_id: str, people: Mapping[str, str]) -> str:
    """``Name (id)``, or the id alone."""
    name = people.get(employee_id, "")
    return f"{name} ({employee_id})" if name else employee_id


def state(word: str) -> str:
    """A state as people write it."""
    return _STATES.get(word, word)


def move(command: str) -> str:
    """What a move did, in the past tense."""
    return _COMMANDS.get(command, command.replace("_", " "))


def action(word: str) -> str:
    """``weighing.lot_identified`` -> ``weighing: lot identified``."""
    subject, _, what = word.partition(".")
    return f"{subject}: {what.replace('_', ' ')}"


def in_words(name: str) -> str:
    """``AcceptWeight`` -> ``Accept weight``."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return spaced[:1].upper() + spaced[1:]


def percent(produced: str, unit: str, size: str, size_unit: str) -> str:
    """Produced quantity in percent of the batch size with two decimals, or a dash where one of them is zero."""
    whole = Quantity.parse(size, size_unit).to(unit).value
    part = Quantity.parse(produced, unit).value
    return NONE if whole == 0 or part == 0 else f"{(part / whole * 100).quantize(Decimal('0.01'))} %"
