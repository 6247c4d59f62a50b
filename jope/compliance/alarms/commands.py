"""What may be asked about alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jope.compliance.commands import Command

LOCKOUT: Final = "lockout"
FAILED_SIGNING: Final = "signing"
THROTTLE: Final = "throttle"
RECOVERY: Final = "recovery"
FAILED_RECOVERY: Final = "recovery_tried"
SECURITY_KINDS: Final = frozenset({LOCKOUT, FAILED_SIGNING, THROTTLE, RECOVERY, FAILED_RECOVERY})
"""Kinds of alarms that tell of misuse: administration and quality assurance acknowledge them, not the person at the line (URS Q02; 21 CFR 11.300(d))."""
MOMENTARY_KINDS: Final = frozenset({FAILED_SIGNING, THROTTLE, FAILED_RECOVERY})
"""Kinds that tell of something that has happened and does not last: they are back to normal once they are acknowledged."""


LONGEST_SHELF_MINUTES: Final = 480
"""A shift: what has to be out of sight for longer has to be mended, or changed under change control."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlarm(Command):
    """Say that an alarm was seen, with a word on it. One of a priority other than diagnostic needs the word (A11d-03)."""

    alarm_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeSecurityAlarm(Command):
    """Say that a sign of misuse was seen and is looked into."""

    alarm_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlarm(Command):
    """The station itself reports an abnormal condition; the same source and kind while active is one alarm."""

    priority: int
    source: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAlarm(Command):
    """The condition of an alarm is back to normal."""

    source: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceHorn(Command):
    """Stop the sound for one alarm. It stays unacknowledged, and the next alarm sounds again (URS Q13)."""

    alarm_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelveAlarm(Command):
    """Put an alarm out of sight for a time, with the reason (ISA-18.2). It comes back by itself; what it says is recorded all the same."""

    alarm_id: str
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnshelveAlarm(Command):
    """Put a shelved alarm back into sight."""

    alarm_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAlarms(Command):
    """Sign that the alarms of a time were looked through, with what was found (draft Annex 11, 8.7). Times are UTC microseconds."""

    review_id: str
    from_us: int
    to_us: int
    assessment: str
