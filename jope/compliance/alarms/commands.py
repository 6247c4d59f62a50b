"""What may be asked about alarms."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlarm(Command):
    """Say that an alarm was seen."""

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
