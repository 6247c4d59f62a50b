"""Read equipment: how each unit stands now, and its logbook.

The logbook is read from the trail: every step about a unit is an event that names it, written inside the step's own transaction, hashed and signed, and never
deleted. What the regulated rows say of the record that an event is about stands beside it (docs/adr/0031). So no entry can be missing that a step has
made, none can be stale, and none is typed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.access.reader import Reader
from jope.compliance.signatures.queue import Waiting
from jope.kernel.errors import StoreDamagedError
from jope.plant.devices.equipment.commands import CheckCleaning
from jope.plant.devices.equipment.fitness import HOUR_US, Status, UnitFacts, clean_until_us, status_of
from jope.plant.devices.equipment.units import FACTS, facts_of


@dataclass(frozen=True, slots=True)
class EquipmentRow:
    """A unit as it stands at the time of the read; ``*_us`` are UTC microseconds.

    ``clean_until_us`` stands while a checked cleaning does, ``dirty_until_us`` while the unit is dirty. ``cleaning_by`` began the cleaning that the state rests
    on.
    """

    equipment_id: str
    line: str
    title: str
    kind: str
    device_id: str
    needed_for: str
    clean_hold_hours: int
    dirty_hold_hours: int
    procedure: str
    procedure_version: str
    retired_us: int | None
    dirty_us: int | None
    batch_no: str
    cleaned_by: str
    checked_by: str
    cleaning_by: str
    maintenance_by: str
    maintenance_reason: str
    status: Status
    ever_clean: bool
    clean_until_us: int | None

    @property
    def dirty_until_us(self) -> int | None:
        """Until when the unit may stand dirty; None where it does not."""
        return None if self.dirty_us is None else self.dirty_us + self.dirty_hold_hours * HOUR_US


_UNIT: Final = (
    "SELECT e.equipment_id, e.line, e.title, e.kind, coalesce(e.device_id, ''), e.needed_for, e.clean_hold_hours, e.dirty_hold_hours, e.procedure, "
    "e.procedure_version, e.retired_us, e.dirty_us, coalesce(e.batch_no, ''), coalesce(c.performed_signer, ''), "
    "coalesce(c.verified_signer, ''), coalesce(c.begun_by, ''), coalesce(m.performed_by, ''), coalesce(m.reason, '') "
    "FROM equipment e LEFT JOIN cleaning c ON c.id = e.cleaning_id "
    "LEFT JOIN equipment_maintenance m ON m.equipment_id = e.equipment_id AND m.ended_us IS NULL"
)


def _units(reader: Reader, where: str, parameters: tuple[Any, ...] = ()) -> tuple[EquipmentRow, ...]:
    facts = {one.equipment_id: one for one in map(facts_of, reader.execute(f"{FACTS} {where}", parameters))}
    return tuple(_unit(row, facts[row[0]], reader.now_us) for row in reader.execute(f"{_UNIT} {where} ORDER BY e.equipment_id", parameters))


def _unit(row: Sequence[Any], facts: UnitFacts, now_us: int) -> EquipmentRow:
    standing: tuple[Any, ...] = (status_of(facts, now_us), facts.ever_clean, clean_until_us(facts))
    return EquipmentRow(*(*row, *standing))


def equipment_list(reader: Reader, *, retired: bool = False) -> tuple[EquipmentRow, ...]:
    """The units in the reader's scope by id; retired ones only where asked for."""
    return _units(reader, "" if retired else "WHERE e.retired_us IS NULL")


def equipment_named(reader: Reader, *, equipment_id: str) -> EquipmentRow:
    """One unit.

    Raises:
        NotFoundError: it is not there, or is another line's.
    """
    reader.one("SELECT 1 FROM equipment WHERE equipment_id = ?", (equipment_id,), missing=f"There is no equipment {equipment_id}.")
    return _units(reader, "WHERE e.equipment_id = ?", (equipment_id,))[0]


def waiting_cleanings(reader: Reader) -> tuple[Waiting, ...]:
    """Cleanings that wait for their check by a second person."""
    rows = reader.execute("SELECT equipment_id, ended_us FROM cleaning WHERE state = 'performed' ORDER BY ended_us")
    return tuple(Waiting(CheckCleaning(equipment_id=equipment_id), since_us) for equipment_id, since_us in rows)


# --- the logbook -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of a logbook (21 CFR 211.182): when, what, product and lot, who performed and who checked. ``what`` is the action of the event ``seq``."""

    seq: int
    utc_us: int
    what: str
    batch_no: str
    product: str
    lot: str
    performed_by: str
    checked_by: str
    detail: str


_OF_SCALE: Final = (
    "weighing.accepted",
    "calibration.recorded",
    "balance_check.ended",
    "balance_check.abandoned",
    "device.held",
    "device.returned_to_use",
)
_EVENTS: Final = (
    "SELECT a.seq, a.body, coalesce(json_extract(p.payload, '$.reason'), '') FROM audit a LEFT JOIN audit_payload p USING (seq) "
    "WHERE a.outcome = 'done' AND a.action <> 'signature.applied' AND a.action NOT LIKE 'change.%' "
    "AND a.seq IN (SELECT s.seq FROM audit_subject s WHERE s.kind = 'equipment' AND s.id = ?1) OR a.action IN ({of_scale}) "
    "AND a.seq IN (SELECT s.seq FROM audit_subject s WHERE s.kind = 'device' AND s.id = ?2) ORDER BY a.seq DESC LIMIT ?3"
)
_WHOLE: Final = "SELECT count(*) = coalesce(max(n), 0) FROM audit_subject WHERE kind = 'equipment' AND id = ?"
LONGEST_BOOK: Final = 2_000


def equipment_logbook(reader: Reader, *, equipment_id: str, newest: int = LONGEST_BOOK) -> tuple[LogEntry, ...]:
    """The logbook of a unit in the order of the trail, oldest first; of a very long one the newest entries.

    Raises:
        NotFoundError: no such unit in the reader's scope.
        StoreDamagedError: the index of the trail leaves out an event about the unit.
    """
    unit = equipment_named(reader, equipment_id=equipment_id)
    if reader.whole and reader.execute(_WHOLE, (equipment_id,)) != [(1,)]:
        raise StoreDamagedError(f"The index of the trail leaves out an event about {equipment_id}.", remedy="Run 'jope audit verify'.")
    marks = ", ".join(f"'{action}'" for action in _OF_SCALE)
    rows = reader.execute(_EVENTS.format(of_scale=marks), (equipment_id, unit.device_id, max(1, min(newest, LONGEST_BOOK))))
    return tuple(_entry(reader, seq, json.loads(body), reason) for seq, body, reason in reversed(rows))


def _entry(reader: Reader, seq: int, event: Mapping[str, Any], reason: str) -> LogEntry:
    subjects = {one["kind"]: one["id"] for one in event["subjects"]}
    about: dict[str, str] = {"batch_no": subjects.get("batch", ""), "performed_by": event["actor"], "detail": reason}
    for kind, sql in _RECORDS.items():
        if kind in subjects:
            found = reader.execute(sql, (subjects[kind],))
            about |= _FIELDS[kind](found[0]) if found else {}
    if event["action"] not in _CHECKED:
        about |= {"performed_by": event["actor"], "checked_by": ""}
    if event["action"] in _BEGUN:
        about["detail"] = reason
    fields = {name: about.get(name, "") for name in ("batch_no", "product", "lot", "performed_by", "checked_by", "detail")}
    return LogEntry(seq=seq, utc_us=event["utc"], what=event["action"], **fields)


_CHECKED: Final = frozenset({"cleaning.performed", "cleaning.checked", "maintenance.ended", "weighing.accepted"})
"""Entries that name both people, the one who performed and the one who checked; others name who made them."""
_BEGUN: Final = frozenset({"cleaning.begun", "maintenance.begun", "equipment.reported_dirty"})
"""Entries made before the record had its end: they show what was known then."""
_RECORDS: Final = {
    "equipment_use": "SELECT batch_no, product, product_lot FROM equipment_use WHERE id = ?",
    "cleaning": "SELECT procedure, procedure_version, agent, previous_product, previous_lot, coalesce(performed_signer, begun_by), "
    "coalesce(verified_signer, ''), reason, refusal FROM cleaning WHERE id = ?",
    "equipment_maintenance": "SELECT reason, work, performed_by, coalesce(verified_signer, '') FROM equipment_maintenance WHERE id = ?",
    "equipment_note": "SELECT text, reason FROM equipment_note WHERE id = ?",
    "weighing": "SELECT w.batch_no, b.product, b.product_lot, w.material_code, w.lot_no, w.net, w.unit, w.performed_by, coalesce(w.verified_signer, '') "
    "FROM weighing w JOIN batch b ON b.batch_no = w.batch_no WHERE w.id = ?",
    "calibration": "SELECT certificate_no, laboratory, calibrated_on, due_on, as_found, as_left FROM calibration WHERE id = ?",
    "balance_check": "SELECT state, minimum_weight, unit, finding FROM balance_check WHERE id = ?",
}
"""Kind of the record that an event is about -> what the logbook takes from it."""


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _cleaning(row: tuple[Any, ...]) -> dict[str, str]:
    procedure, version, agent, product, lot, cleaned_by, checked_by, reason, refusal = row
    how = f"{procedure} ({version})" if procedure else ""
    return {
        "product": product, "lot": lot, "performed_by": cleaned_by, "checked_by": checked_by, "detail": _joined(how, agent, reason, refusal),
    }  # fmt: skip


def _weighing(row: tuple[Any, ...]) -> dict[str, str]:
    batch_no, product, lot, material, material_lot, net, unit, weighed_by, checked_by = row
    what = f"{material}, {material_lot}, {net} {unit}"
    return {
        "batch_no": batch_no, "product": product, "lot": lot, "performed_by": weighed_by, "checked_by": checked_by, "detail": what,
    }  # fmt: skip


_FIELDS: Final[Mapping[str, Callable[[tuple[Any, ...]], dict[str, str]]]] = {
    "equipment_use": lambda row: {"batch_no": row[0], "product": row[1], "lot": row[2]},
    "cleaning": _cleaning,
    "equipment_maintenance": lambda row: {"performed_by": row[2], "checked_by": row[3], "detail": _joined(row[0], row[1])},
    "equipment_note": lambda row: {"detail": _joined(row[0], row[1])},
    "weighing": _weighing,
    "calibration": lambda row: {"detail": _joined(row[0], row[1], f"{row[2]} - {row[3]}", row[4], row[5])},
    "balance_check": lambda row: {"detail": _joined(row[0], f"{row[1]} {row[2]}" if row[1] else "", row[3])},
}


# --- what a batch used -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UsedUnit:
    """A unit that a batch used, with its status when it was taken into use: cleaned and checked by whom, when, and clean until when."""

    equipment_id: str
    title: str
    started_us: int
    ended_us: int | None
    ended_as: str
    cleaned_by: str
    checked_by: str
    checked_us: int
    clean_until_us: int
    procedure: str
    procedure_version: str


def equipment_of_batch(reader: Reader, *, batch_no: str) -> tuple[UsedUnit, ...]:
    """What a batch used, in the order of use."""
    sql = (
        "SELECT u.equipment_id, e.title, u.started_us, u.ended_us, u.ended_as, c.performed_signer, c.verified_signer, c.checked_us, u.clean_until_us, "
        "c.procedure, c.procedure_version FROM equipment_use u JOIN equipment e ON e.equipment_id = u.equipment_id JOIN cleaning c ON c.id = u.cleaning_id "
        "WHERE u.batch_no = ? ORDER BY u.started_us, u.equipment_id"
    )
    return tuple(UsedUnit(*row) for row in reader.execute(sql, (batch_no,)))
