"""What happens with equipment: its register under four eyes, cleaning by two people, maintenance, and notes (URS E13, E15; 21 CFR 211.67, 211.182)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, FourEyesRule, GuardContext, Meaning, Risk, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.clock import utc_text
from jope.kernel.errors import NotFoundError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.plant.devices.equipment import commands as c
from jope.plant.devices.equipment import guards as g
from jope.plant.devices.equipment.fitness import Status, clean_until_us, status_of
from jope.plant.devices.equipment.life_cycle import EQUIPMENT_LIFE_CYCLE
from jope.plant.devices.equipment.model import Cleaning, Equipment, EquipmentMaintenance, EquipmentNote, EquipmentUse
from jope.plant.devices.equipment.units import cleaning_of, equipment_named, needed_units, open_maintenance, open_use

CLEANING_RECORD: Final = SignedRecord(
    "cleaning", "cleaning", "id",
    ("id", "equipment_id", "procedure", "procedure_version", "agent", "previous_product", "previous_lot", "dirty_us", "begun_by", "begun_us", "ended_us",
     "reason", "clean_hold_hours"),
)  # fmt: skip
MAINTENANCE_RECORD: Final = SignedRecord(
    "equipment_maintenance", "equipment_maintenance", "id", ("id", "equipment_id", "reason", "performed_by", "begun_us", "work", "ended_us")
)
NOTE_RECORD: Final = SignedRecord("equipment_note", "equipment_note", "id", ("id", "equipment_id", "text", "reason", "noted_us"))
USE_COLUMNS: Final = (
    "id", "equipment_id", "batch_no", "product", "product_lot", "cleaning_id", "clean_until_us", "started_by", "started_us", "ended_by", "ended_us", "ended_as",
)  # fmt: skip
"""What a batch's signatures cover of the equipment that it used (21 CFR 211.188(b)(2))."""


def _equipment(command: Any) -> tuple[str, str]:
    return ("equipment", command.equipment_id)


# --- the register ----------------------------------------------------------------------------------------------------

_CHANGEABLE: Final = ("title", "needed_for", "clean_hold_hours", "dirty_hold_hours", "procedure", "procedure_version")
_TITLES: Final = {
    "title": "Title", "line": "Line", "kind": "Kind", "device_id": "Linked scale", "needed_for": "Needed for", "clean_hold_hours": "Clean hold (hours)",
    "dirty_hold_hours": "Dirty hold (hours)", "procedure": "Cleaning procedure", "procedure_version": "Version of the procedure",
}  # fmt: skip


def _register_diff(command: c.RegisterEquipment, context: GuardContext) -> tuple[SheetRow, ...]:
    rows = (SheetRow(title, "", str(getattr(command, name))) for name, title in _TITLES.items() if getattr(command, name))
    return (SheetRow("Equipment", "", command.equipment_id), *rows)


@handles(
    c.RegisterEquipment,
    permission=Permission.DEVICE_REQUEST,
    subject=_equipment,
    guards=(g.reason_is_written, g.equipment_is_new, g.equipment_line_is_yours, g.equipment_is_described, g.linked_scale_is_free),
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_register_diff, approve=Permission.CHANGE_APPROVE),
)
def register_equipment(command: c.RegisterEquipment, uow: UnitOfWork, acting: Acting) -> None:
    """Add the unit, dirty."""
    uow.session.add(new_equipment(command, acting.now.utc_us))
    uow.audit.record(Action.EQUIPMENT_REGISTERED, _equipment(command), reason=command.reason)


def new_equipment(command: c.RegisterEquipment, now_us: int) -> Equipment:
    """A unit that was just registered."""
    return Equipment(
        equipment_id=command.equipment_id, line=command.line, title=command.title, kind=command.kind, device_id=command.device_id or None,
        needed_for=command.needed_for, clean_hold_hours=command.clean_hold_hours, dirty_hold_hours=command.dirty_hold_hours,
        procedure=command.procedure, procedure_version=command.procedure_version, state=EQUIPMENT_LIFE_CYCLE.initial, dirty_us=now_us,
    )  # fmt: skip


def _change_diff(command: c.ChangeEquipment, context: GuardContext) -> tuple[SheetRow, ...]:
    unit = equipment_named(context.session, command.equipment_id)
    changed = ((name, str(getattr(unit, name)), str(getattr(command, name))) for name in _CHANGEABLE)
    return tuple(SheetRow(_TITLES[name], before, after) for name, before, after in changed if before != after)


@handles(
    c.ChangeEquipment,
    permission=Permission.DEVICE_REQUEST,
    subject=_equipment,
    guards=(g.reason_is_written, g.equipment_is_there, g.equipment_is_described),
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_change_diff, approve=Permission.CHANGE_APPROVE),
)
def change_equipment(command: c.ChangeEquipment, uow: UnitOfWork, acting: Acting) -> None:
    """Change it. A shorter limit counts for what is clean already, a longer one from the next cleaning on."""
    unit = equipment_named(uow.session, command.equipment_id)
    unit.title, unit.needed_for = command.title, command.needed_for
    unit.clean_hold_hours, unit.dirty_hold_hours = command.clean_hold_hours, command.dirty_hold_hours
    unit.procedure, unit.procedure_version = command.procedure, command.procedure_version
    uow.audit.record(Action.EQUIPMENT_CHANGED, _equipment(command), reason=command.reason)


def _retire_diff(command: c.RetireEquipment, context: GuardContext) -> tuple[SheetRow, ...]:
    return (SheetRow(command.equipment_id, "registered", "retired"),)


@handles(
    c.RetireEquipment,
    permission=Permission.DEVICE_REQUEST,
    subject=_equipment,
    guards=(g.reason_is_written, g.equipment_is_there, g.equipment_is_not_used),
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_retire_diff, approve=Permission.CHANGE_APPROVE),
)
def retire_equipment(command: c.RetireEquipment, uow: UnitOfWork, acting: Acting) -> None:
    """End the unit; no batch of its line needs it any more."""
    equipment_named(uow.session, command.equipment_id).retired_us = acting.now.utc_us
    uow.audit.record(Action.EQUIPMENT_RETIRED, _equipment(command), reason=command.reason)


# --- cleaning --------------------------------------------------------------------------------------------------------

_PREVIOUS: Final = "SELECT product, product_lot FROM equipment_use WHERE equipment_id = ? ORDER BY started_us DESC, rowid DESC LIMIT 1"


@handles(
    c.BeginCleaning,
    permission=Permission.EQUIPMENT_CLEAN,
    subject=_equipment,
    guards=(g.equipment_is_there, g.EquipmentInState("begin_cleaning")),
)
def begin_cleaning(command: c.BeginCleaning, uow: UnitOfWork, acting: Acting) -> c.EquipmentMoved:
    """Note who begins, when, and what was made on the unit before."""
    unit = equipment_named(uow.session, command.equipment_id)
    product, lot = uow.cursor.execute(_PREVIOUS, (unit.equipment_id,)).fetchone() or ("", "")
    row = Cleaning(
        id=new_id(), equipment_id=unit.equipment_id, procedure="", procedure_version="", agent="", previous_product=product, previous_lot=lot,
        dirty_us=unit.dirty_us, begun_by=acting.principal.employee_id, begun_us=acting.now.utc_us, reason="", clean_hold_hours=unit.clean_hold_hours,
        state="open", refusal="",
    )  # fmt: skip
    uow.session.add(row)
    _rest_on(unit, row, "begin_cleaning")
    uow.audit.record(Action.CLEANING_BEGUN, _equipment(command), ("cleaning", row.id))
    return c.EquipmentMoved(unit.equipment_id, unit.state)


def _rest_on(unit: Equipment, cleaning: Cleaning, trigger: str) -> None:
    unit.state = EQUIPMENT_LIFE_CYCLE.next(unit.state, trigger)
    unit.cleaning_id, unit.cleaning_state = cleaning.id, cleaning.state


def _cleaning(session: RowSession, equipment_id: str) -> Cleaning:
    found = cleaning_of(session, equipment_id)
    if found is None:
        raise NotFoundError(f"No cleaning of {equipment_id} is under way.")
    return found


def _finish_sheet(command: c.FinishCleaning, context: GuardContext) -> SigningSheet:
    unit, row = equipment_named(context.session, command.equipment_id), _cleaning(context.session, command.equipment_id)
    rows = (
        *_cleaning_rows(unit, row, f"{command.procedure}, version {command.procedure_version}", command.agent, command.reason),
        SheetRow("Status", "being cleaned", "to be checked"),
    )
    return signing_sheet(f"Cleaning of {unit.equipment_id} performed", ("cleaning", row.id), Meaning.PERFORMED, rows)


def _cleaning_rows(unit: Equipment, row: Cleaning, procedure: str, agent: str, reason: str) -> tuple[SheetRow, ...]:
    before = ", ".join(filter(None, (row.previous_product, row.previous_lot))) or "none"
    facts = {
        "Equipment": f"{unit.equipment_id} {unit.title}", "Procedure": procedure, "Agent": agent, "Previous product and lot": before,
        "Begun": f"{utc_text(row.begun_us)}, {row.begun_by}",
    }  # fmt: skip
    if g.stood_dirty_too_long(row, unit.dirty_hold_hours):
        facts["Dirty since"] = f"{utc_text(row.dirty_us or 0)}, longer than {unit.dirty_hold_hours} h"
    if reason:
        facts["Reason"] = reason
    return tuple(SheetRow(label, value, value) for label, value in facts.items())


@handles(
    c.FinishCleaning,
    permission=Permission.EQUIPMENT_CLEAN,
    subject=_equipment,
    signature=Meaning.PERFORMED,
    sheet=_finish_sheet,
    guards=(
        g.equipment_is_there,
        g.EquipmentInState("finish_cleaning"),
        g.cleaning_is_yours,
        g.procedure_is_registered,
        g.late_cleaning_is_explained,
    ),
    verifying=c.CheckCleaning,
)
def finish_cleaning(command: c.FinishCleaning, uow: UnitOfWork, acting: Acting) -> c.EquipmentMoved:
    """The cleaning is performed and waits for its check."""
    unit, row = equipment_named(uow.session, command.equipment_id), _cleaning(uow.session, command.equipment_id)
    row.procedure, row.procedure_version, row.agent, row.reason = (
        command.procedure,
        command.procedure_version,
        command.agent,
        command.reason,
    )
    row.ended_us, row.state, row.clean_hold_hours = acting.now.utc_us, "performed", unit.clean_hold_hours
    acting.signed().onto(row, "performed", kind="cleaning", subject_id=row.id, version=row.version + 1)
    _rest_on(unit, row, "finish_cleaning")
    uow.audit.record(Action.CLEANING_PERFORMED, _equipment(command), ("cleaning", row.id), reason=command.reason)
    return c.EquipmentMoved(unit.equipment_id, unit.state)


def _check_sheet(command: c.CheckCleaning, context: GuardContext) -> SigningSheet:
    unit, row = equipment_named(context.session, command.equipment_id), _cleaning(context.session, command.equipment_id)
    rows = (
        *_cleaning_rows(unit, row, f"{row.procedure}, version {row.procedure_version}", row.agent, row.reason),
        *(
            SheetRow(label, value, value)
            for label, value in (("Ended", utc_text(row.ended_us or 0)), ("Clean for", f"{row.clean_hold_hours} h"))
        ),
        SheetRow("Status", "to be checked", "clean"),
    )
    return signing_sheet(f"Cleaning of {unit.equipment_id} checked", ("cleaning", row.id), Meaning.VERIFIED, rows)


@handles(
    c.CheckCleaning,
    permission=Permission.EQUIPMENT_CHECK,
    subject=_equipment,
    signature=Meaning.VERIFIED,
    sheet=_check_sheet,
    guards=(g.equipment_is_there, g.EquipmentInState("check_cleaning"), g.checker_is_another),
    witness=True,
)
def check_cleaning(command: c.CheckCleaning, uow: UnitOfWork, acting: Acting) -> c.EquipmentMoved:
    """The unit is clean, for as long as the clean hold lasts that began with the end of the cleaning; checked too late it needs another one."""
    unit, row = equipment_named(uow.session, command.equipment_id), _cleaning(uow.session, command.equipment_id)
    row.checked_us, row.state = acting.now.utc_us, "checked"
    acting.signed().onto(row, "verified", kind="cleaning", subject_id=row.id, version=row.version + 1)
    _rest_on(unit, row, "check_cleaning")
    unit.dirty_us = None
    uow.audit.record(Action.CLEANING_CHECKED, _equipment(command), ("cleaning", row.id))
    return c.EquipmentMoved(unit.equipment_id, unit.state)


@handles(
    c.ReportDirty,
    permission=Permission.EQUIPMENT_TAKE_OUT,
    subject=_equipment,
    guards=(g.reason_is_written, g.equipment_is_there, g.EquipmentInState("report_dirty")),
    always=True,
)
def report_dirty(command: c.ReportDirty, uow: UnitOfWork, acting: Acting) -> c.EquipmentMoved:
    """The unit needs cleaning. A cleaning that was not checked yet is refused with the reason."""
    unit = equipment_named(uow.session, command.equipment_id)
    unit.state = EQUIPMENT_LIFE_CYCLE.next(unit.state, "report_dirty")
    refused = _refuse_cleaning(uow, acting, unit, command.reason)
    unit.dirty_us = acting.now.utc_us if unit.dirty_us is None else unit.dirty_us
    uow.audit.record(Action.EQUIPMENT_REPORTED_DIRTY, _equipment(command), *refused, reason=command.reason)
    return c.EquipmentMoved(unit.equipment_id, unit.state)


def _refuse_cleaning(uow: UnitOfWork, acting: Acting, unit: Equipment, reason: str) -> tuple[tuple[str, str], ...]:
    """The unit rests on no cleaning any more; one that is not checked ends as refused. Returns it as a subject of the event."""
    row = cleaning_of(uow.session, unit.equipment_id)
    unit.cleaning_id = unit.cleaning_state = None
    if row is None or row.state == "checked":
        return ()
    row.state, row.refused_by, row.refused_us, row.refusal = "refused", acting.principal.employee_id, acting.now.utc_us, reason
    return (("cleaning", row.id),)


# --- use by a batch, inside the transaction of the batch's own step ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class UsedFor:
    """The batch that uses equipment."""

    batch_no: str
    product: str
    product_lot: str
    line: str


def take_into_use(uow: UnitOfWork, acting: Acting, batch: UsedFor, *, device_id: str = "") -> None:
    """Take what the step needs and the batch does not use yet: all of its line, or with a scale, what weighing on it needs.

    The guards have seen that each is clean; one whose hold ended since is left, and the schema refuses a use without a checked cleaning.
    """
    for facts in needed_units(uow.cursor, batch.line, device_id):
        until = clean_until_us(facts)
        if status_of(facts, acting.now.utc_us) is not Status.CLEAN or until is None:
            continue
        unit = uow.session.get_one(Equipment, facts.equipment_id)
        unit.state, unit.batch_no = EQUIPMENT_LIFE_CYCLE.next(unit.state, "take"), batch.batch_no
        use = EquipmentUse(
            id=new_id(), equipment_id=unit.equipment_id, batch_no=batch.batch_no, product=batch.product, product_lot=batch.product_lot,
            cleaning_id=unit.cleaning_id, cleaning_state=unit.cleaning_state, clean_until_us=until, started_by=acting.principal.employee_id,
            started_us=acting.now.utc_us, ended_as="",
        )  # fmt: skip
        uow.session.add(use)
        uow.audit.record(Action.EQUIPMENT_TAKEN, ("equipment", unit.equipment_id), ("equipment_use", use.id), ("batch", batch.batch_no))


def release_from_use(uow: UnitOfWork, acting: Acting, batch_no: str) -> None:
    """The batch is complete: what it used is dirty."""
    running = (
        select(EquipmentUse).where(EquipmentUse.batch_no == batch_no, EquipmentUse.ended_us.is_(None)).order_by(EquipmentUse.equipment_id)
    )
    for use in uow.session.scalars(running):
        unit = uow.session.get_one(Equipment, use.equipment_id)
        unit.state = EQUIPMENT_LIFE_CYCLE.next(unit.state, "release")
        end_use(unit, use, acting, "completed")
        unit.dirty_us = acting.now.utc_us
        uow.audit.record(Action.EQUIPMENT_RELEASED, ("equipment", unit.equipment_id), ("equipment_use", use.id), ("batch", batch_no))


def end_use(unit: Equipment, use: EquipmentUse, acting: Acting, how: str) -> None:
    """The unit is used no more; the cleaning that it had is spent."""
    use.ended_by, use.ended_us, use.ended_as = acting.principal.employee_id, acting.now.utc_us, how
    unit.batch_no = unit.cleaning_id = unit.cleaning_state = None


# --- maintenance -----------------------------------------------------------------------------------------------------


@handles(
    c.BeginMaintenance,
    permission=Permission.EQUIPMENT_TAKE_OUT,
    subject=_equipment,
    guards=(g.reason_is_written, g.equipment_is_there, g.EquipmentInState("begin_maintenance")),
    always=True,
)
def begin_maintenance(command: c.BeginMaintenance, uow: UnitOfWork, acting: Acting) -> c.EquipmentMoved:
    """Take the unit out of service, also out of a running batch: its use ends here."""
    unit = equipment_named(uow.session, command.equipment_id)
    use, subjects = open_use(uow.session, unit.equipment_id), []
    unit.state = EQUIPMENT_LIFE_CYCLE.next(unit.state, "begin_maintenance")
    if use is not None:
        end_use(unit, use, acting, "maintenance")
        unit.dirty_us = acting.now.utc_us
        subjects += [("equipment_use", use.id), ("batch", use.batch_no)]
    subjects += _refuse_cleaning(uow, acting, unit, command.reason)
    row = EquipmentMaintenance(
        id=new_id(), equipment_id=unit.equipment_id, reason=command.reason, performed_by=acting.principal.employee_id,
        begun_us=acting.now.utc_us, work="",
    )  # fmt: skip
    uow.session.add(row)
    uow.audit.record(Action.MAINTENANCE_BEGUN, _equipment(command), ("equipment_maintenance", row.id), *subjects, reason=command.reason)
    return c.EquipmentMoved(unit.equipment_id, unit.state)


def _maintenance(session: RowSession, equipment_id: str) -> EquipmentMaintenance:
    found = open_maintenance(session, equipment_id)
    if found is None:
        raise NotFoundError(f"{equipment_id} is not in maintenance.")
    return found


def _return_sheet(command: c.EndMaintenance, context: GuardContext) -> SigningSheet:
    unit, row = equipment_named(context.session, command.equipment_id), _maintenance(context.session, command.equipment_id)
    begun = f"{utc_text(row.begun_us)}, {row.performed_by}: {row.reason}"
    rows = (
        SheetRow("Equipment", f"{unit.equipment_id} {unit.title}", f"{unit.equipment_id} {unit.title}"),
        SheetRow("Out of service since", begun, begun),
        SheetRow("Work done", "", command.work),
        SheetRow("Status", "in maintenance", "dirty"),
    )
    return signing_sheet(f"Return {unit.equipment_id} from maintenance", ("equipment_maintenance", row.id), Meaning.VERIFIED, rows)


@handles(
    c.EndMaintenance,
    permission=Permission.EQUIPMENT_RETURN,
    subject=_equipment,
    signature=Meaning.VERIFIED,
    sheet=_return_sheet,
    guards=(g.equipment_is_there, g.EquipmentInState("end_maintenance"), g.work_is_described, g.returner_is_another),
    witness=True,
)
def end_maintenance(command: c.EndMaintenance, uow: UnitOfWork, acting: Acting) -> c.EquipmentMoved:
    """Return the unit, dirty: it is cleaned before it is used."""
    unit, row = equipment_named(uow.session, command.equipment_id), _maintenance(uow.session, command.equipment_id)
    row.work, row.ended_us = command.work, acting.now.utc_us
    acting.signed().onto(row, "verified", kind="equipment_maintenance", subject_id=row.id, version=row.version + 1)
    unit.state = EQUIPMENT_LIFE_CYCLE.next(unit.state, "end_maintenance")
    unit.dirty_us = acting.now.utc_us if unit.dirty_us is None else unit.dirty_us
    uow.audit.record(Action.MAINTENANCE_ENDED, _equipment(command), ("equipment_maintenance", row.id))
    return c.EquipmentMoved(unit.equipment_id, unit.state)


# --- the logbook -----------------------------------------------------------------------------------------------------


def _note_sheet(command: c.NoteInLogbook, context: GuardContext) -> SigningSheet:
    unit = equipment_named(context.session, command.equipment_id)
    rows = (
        SheetRow("Equipment", f"{unit.equipment_id} {unit.title}", f"{unit.equipment_id} {unit.title}"),
        SheetRow("Entry", "", command.text),
        SheetRow("Written by hand because", "", command.reason),
    )
    return signing_sheet(f"Entry in the logbook of {unit.equipment_id}", ("equipment_note", command.note_id), Meaning.PERFORMED, rows)


@handles(
    c.NoteInLogbook,
    permission=Permission.EQUIPMENT_NOTE,
    subject=_equipment,
    signature=Meaning.PERFORMED,
    sheet=_note_sheet,
    guards=(g.reason_is_written, g.equipment_is_there, g.note_is_written),
)
def note_in_logbook(command: c.NoteInLogbook, uow: UnitOfWork, acting: Acting) -> None:
    """Keep the entry as it was signed."""
    row = EquipmentNote(
        id=command.note_id, equipment_id=command.equipment_id, text=command.text, reason=command.reason, noted_us=acting.now.utc_us
    )
    acting.signed().onto(row, "performed", kind="equipment_note", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.audit.record(Action.EQUIPMENT_NOTED, _equipment(command), ("equipment_note", row.id), reason=command.reason)
