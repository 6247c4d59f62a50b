"""What the alarms page works with: which alarm comes first, and which words stand for its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jope.compliance.alarms.queries import AlarmView
from jope.kernel.clock import site_text

FLOOD_COUNT: Final = 10
FLOOD_US: Final = 600_000_000
"""More alarms than this in this time are a flood (ISA-18.2): more than a person can act on."""


class AlarmState(StrEnum):
    """The states of an alarm (ISA-18.2), as far as a person tells them apart."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    """Back to normal, and nobody has acknowledged it."""
    OVER = "over"
    SHELVED = "shelved"


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm as a row of the list."""

    alarm: AlarmView
    first_out: bool


def state_of(alarm: AlarmView) -> AlarmState:
    """Where an alarm stands now."""
    if alarm.shelved_until_us is not None:
        return AlarmState.SHELVED
    if alarm.active:
        return AlarmState.ACKNOWLEDGED if alarm.acknowledged_by else AlarmState.UNACKNOWLEDGED
    return AlarmState.OVER if alarm.acknowledged_by else AlarmState.RETURNED


def in_order(alarms: Sequence[AlarmView], first: AlarmView | None) -> tuple[AlarmLine, ...]:
    """By priority, of the same priority the newest first."""
    ordered = sorted(alarms, key=lambda one: (one.priority, -one.raised_utc_us, one.alarm_id))
    return tuple(AlarmLine(one, first is not None and one.alarm_id == first.alarm_id) for one in ordered)


def is_flood(alarms_in_ten_minutes: int) -> bool:
    """Whether alarms come faster than a person can act on them."""
    return alarms_in_ten_minutes > FLOOD_COUNT


def time_beside(utc_us: int | None, other_us: int, zone: str) -> str:
    """A time that stands beside another one: without the date where it is the same."""
    if utc_us is None:
        return ""
    text, other = site_text(utc_us, zone)[:19], site_text(other_us, zone)[:19]
    return text[11:] if text[:10] == other[:10] else text
