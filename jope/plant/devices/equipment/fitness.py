"""How a unit of equipment stands at a time, and what stands against its use. Pure (URS E15; 21 CFR 211.67(b), 211.182).

The end of a clean hold is derived each time it is asked, from the time of the check and the limit: there is no flag that a job could forget.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jope.plant.devices.equipment.model import EquipmentState

HOUR_US: Final = 3_600_000_000


class Status(StrEnum):
    """How a unit stands, as a person reads it."""

    CLEAN = "clean"
    HOLD_EXPIRED = "clean_hold_expired"
    IN_USE = "in_use"
    DIRTY = "dirty"
    BEING_CLEANED = "being_cleaned"
    TO_CHECK = "to_check"
    IN_MAINTENANCE = "in_maintenance"


_STATUS: Final = {
    EquipmentState.CLEAN: Status.CLEAN,
    EquipmentState.IN_USE: Status.IN_USE,
    EquipmentState.DIRTY: Status.DIRTY,
    EquipmentState.BEING_CLEANED: Status.BEING_CLEANED,
    EquipmentState.TO_CHECK: Status.TO_CHECK,
    EquipmentState.IN_MAINTENANCE: Status.IN_MAINTENANCE,
}


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What decides how a unit stands.

    ``cleaned_us`` is when the cleaning ended that another person found good, ``hold_hours`` the limit now, ``cleaned_hold_hours`` that of the time of the
    cleaning.
    """

    equipment_id: str
    state: str
    batch_no: str
    cleaned_us: int | None
    hold_hours: int
    cleaned_hold_hours: int
    cleaned_by: str
    ever_clean: bool


def clean_until_us(facts: UnitFacts) -> int | None:
    """When the clean hold ends, UTC microseconds; None where no checked cleaning stands.

    It counts from the end of the cleaning, however late it was checked. A limit that was made longer afterwards is not lent to it.
    """
    if facts.cleaned_us is None:
        return None
    return facts.cleaned_us + min(facts.hold_hours, facts.cleaned_hold_hours) * HOUR_US


def status_of(facts: UnitFacts, at_us: int) -> Status:
    """How the unit stands at a time, as far as is known now."""
    until = clean_until_us(facts)
    if facts.state == EquipmentState.CLEAN and (until is None or until <= at_us):
        return Status.HOLD_EXPIRED
    return _STATUS[EquipmentState(facts.state)]
