"""Rows of equipment as guards and handlers need them."""

from __future__ import annotations

from typing import Any, Final

from jope.kernel.errors import NotFoundError
from jope.kernel.store.rows import RowSession
from jope.plant.devices.equipment.fitness import UnitFacts
from jope.plant.devices.equipment.model import Cleaning, Equipment, EquipmentMaintenance, EquipmentUse, NeededFor

FACTS: Final = (
    "SELECT e.equipment_id, e.state, coalesce(e.batch_no, ''), iif(c.checked_us IS NULL, NULL, c.ended_us), e.clean_hold_hours, "
    "coalesce(c.clean_hold_hours, 0), coalesce(c.performed_signer, ''), "
    "EXISTS (SELECT 1 FROM cleaning k WHERE k.equipment_id = e.equipment_id AND k.state = 'checked') "
    "FROM equipment e LEFT JOIN cleaning c ON c.id = e.cleaning_id"
)
_NEEDED: Final = (
    f"{FACTS} WHERE e.line = ?1 AND e.retired_us IS NULL AND (e.needed_for = '{NeededFor.WEIGHING}' AND (?2 = '' OR e.device_id IS NULL OR "
    f"e.device_id = ?2) OR e.needed_for = '{NeededFor.BATCH}' AND ?2 = '') ORDER BY e.equipment_id"
)


def facts_of(row: tuple[Any, ...]) -> UnitFacts:
    """The facts of a row that ``FACTS`` finds."""
    *facts, ever_clean = row
    return UnitFacts(*(*facts, bool(ever_clean)))


def needed_units(cursor: Any, line: str, device_id: str = "") -> tuple[UnitFacts, ...]:
    """The units of a line that a batch needs; with a scale, those that weighing on it needs."""
    return tuple(facts_of(row) for row in cursor.execute(_NEEDED, (line, device_id)).fetchall())


def equipment_named(session: RowSession, equipment_id: str) -> Equipment:
    """A unit by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Equipment, equipment_id)
    if found is None:
        raise NotFoundError(f"There is no equipment {equipment_id}.")
    return found


def cleaning_of(session: RowSession, equipment_id: str) -> Cleaning | None:
    """The cleaning that the unit's state rests on; None where it rests on none, or there is no such unit."""
    key = session.value("SELECT cleaning_id FROM equipment WHERE equipment_id = ?", equipment_id)
    return None if key is None else session.get(Cleaning, key)


def open_use(session: RowSession, equipment_id: str) -> EquipmentUse | None:
    """The use that runs."""
    key = session.value("SELECT id FROM equipment_use WHERE equipment_id = ? AND ended_us IS NULL", equipment_id)
    return None if key is None else session.get(EquipmentUse, key)


def open_maintenance(session: RowSession, equipment_id: str) -> EquipmentMaintenance | None:
    """The maintenance that runs."""
    key = session.value("SELECT id FROM equipment_maintenance WHERE equipment_id = ? AND ended_us IS NULL", equipment_id)
    return None if key is None else session.get(EquipmentMaintenance, key)
