"""What differs between two versions of a master recipe, field by field (URS E01; 21 CFR 211.186(a))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """What became of a field."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of two versions; ``before`` or ``after`` is empty where that version has none."""

    label: str
    change: Change
    before: str
    after: str


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """Every field of either version once: those of the newer in its order, then those that it no longer has."""
    kept = (_compared(label, before.get(label), after[label]) for label in after)
    gone = (FieldChange(label, Change.REMOVED, text, "") for label, text in before.items() if label not in after)
    return (*kept, *gone)


def _compared(label: str, before: str | None, after: str) -> FieldChange:
    if before is None:
        return FieldChange(label, Change.ADDED, "", after)
    return FieldChange(label, Change.SAME if before == after else Change.CHANGED, before, after)
