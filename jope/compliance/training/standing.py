"""How a person stands to a procedure, judged from its versions and the person's records. Pure.

1. The version in force is the effective one, from its date on; before that date, the one that it supersedes. A procedure without an effective version, or
   whose first version has not come to its date, asks nothing of anybody.
2. A record counts when its version is the one in force or a later one, and the day is not after the last day that it is good for.
3. Dates are the site's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_MONTHS = 12


class TrainingState(StrEnum):
    """How somebody stands to the version in force."""

    TRAINED = "trained"
    OUTDATED = "outdated"
    EXPIRED = "expired"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class SopFacts:
    """A version as standings are judged by it."""

    sop_id: str
    number: int
    title: str
    effective_from: str
    state: str


@dataclass(frozen=True, slots=True)
class Attended:
    """A training record: the version's number and the last day it is good for, empty for no end."""

    number: int
    valid_until: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to the version in force. ``number`` and ``valid_until`` are of the newest record that was looked at, 0 and empty for none."""

    state: TrainingState
    in_force: SopFacts
    number: int
    valid_until: str

    def sentence(self, employee_id: str) -> str:
        """What is missing, empty where nothing is."""
        sop = self.in_force
        named = f"{sop.sop_id} ({sop.title}), version {sop.number}"
        if self.state is TrainingState.NEVER:
            return f"{employee_id} was never trained on {named}."
        if self.state is TrainingState.OUTDATED:
            return f"The training of {employee_id} on {named}, is outdated: it was on version {self.number}."
        if self.state is TrainingState.EXPIRED:
            return f"The training of {employee_id} on {named}, expired after {self.valid_until}."
        return ""


def in_force(versions: Sequence[SopFacts], today: str) -> SopFacts | None:
    """The version of one procedure that training is asked on today, None where none is."""
    effective = next((v for v in versions if v.state == "effective"), None)
    if effective is None or effective.effective_from <= today:
        return effective
    before = [v for v in versions if v.state == "superseded" and v.effective_from <= today]
    return max(before, key=lambda v: v.number, default=None)


def standing(version: SopFacts, records: Iterable[Attended], today: str) -> Standing:
    """Judge a person's records on the procedure of ``version``."""
    found = sorted(records, key=lambda r: (r.number, r.valid_until == "", r.valid_until))
    good = [r for r in found if r.number >= version.number]
    valid = [r for r in good if not r.valid_until or r.valid_until >= today]
    if valid:
        best = max(valid, key=lambda r: (r.valid_until == "", r.valid_until, r.number))
        return Standing(TrainingState.TRAINED, version, best.number, best.valid_until)
    if good:
        return Standing(TrainingState.EXPIRED, version, good[-1].number, good[-1].valid_until)
    if found:
        return Standing(TrainingState.OUTDATED, version, found[-1].number, found[-1].valid_until)
    return Standing(TrainingState.NEVER, version, 0, "")


def last_day(completed: str, months: int) -> str:
    """The last day that a training of this date is good for: the same day so many months later, or that month's last; empty for no end."""
    if months == 0:
        return ""
    day = date.fromisoformat(completed)
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    after = date(year + (month + 1) // _MONTHS, (month + 1) % _MONTHS + 1, 1)
    longest = (after - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, longest)).isoformat()
