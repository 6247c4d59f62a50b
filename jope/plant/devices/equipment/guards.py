"""What must hold before equipment is used, cleaned, checked or changed: named predicates with a reason, a clause and who can resolve them.

The first five are the status gate of a line (URS E15). They stand before the start of a batch, before it is restarted and before each weight, and may be
asked for a later time: a clean hold that will have ended by then is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from jope.compliance.access.reader import ALL_LINES
from jope.compliance.commands import GuardContext, GuardVerdict
from jope.kernel.clock import site_text
from jope.plant.devices.equipment import commands as c
from jope.plant.devices.equipment.fitness import HOUR_US, Status, UnitFacts, clean_until_us, status_of
from jope.plant.devices.equipment.life_cycle import EQUIPMENT_LIFE_CYCLE
from jope.plant.devices.equipment.model import KINDS, Cleaning, Equipment, EquipmentState, NeededFor
from jope.plant.devices.equipment.units import cleaning_of, needed_units, open_maintenance
from jope.plant.devices.model import Device

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_LONGEST_HOLD: Final = 8784
_CHANGES: Final = "11.10(h)"
_CLEANING: Final = "211.67(a)"
_LOG: Final = "211.182"


# --- the status gate of a line -----------------------------------------------------------------------------------------


def _unfit(command: Any, context: GuardContext, *statuses: Status) -> list[tuple[UnitFacts, Status]]:
    """The units that this step needs and that will stand so at the time of the context."""
    scale = getattr(command, "device_id", "")
    units = context.found.get(("needed units", command.batch_no, scale))
    if units is None:
        line = context.session.value("SELECT line FROM batch WHERE batch_no = ?", command.batch_no)
        units = () if line is None else needed_units(context.session.cursor, str(line), scale)
        context.found["needed units", command.batch_no, scale] = units
    found = ((unit, status_of(unit, context.now.utc_us)) for unit in units)
    return [(unit, status) for unit, status in found if status in statuses]


def _told(found: list[tuple[UnitFacts, Status]], words: Callable[[UnitFacts, Status], str]) -> str:
    return " ".join(words(unit, status) for unit, status in found)


def _dirty_words(unit: UnitFacts, status: Status) -> str:
    if status is Status.BEING_CLEANED:
        return f"{unit.equipment_id} is being cleaned."
    return f"{unit.equipment_id} is dirty." if unit.ever_clean else f"{unit.equipment_id} was never cleaned."


def equipment_is_cleaned(command: Any, context: GuardContext) -> GuardVerdict | None:
    """No unit that is needed is dirty."""
    found = _unfit(command, context, Status.DIRTY, Status.BEING_CLEANED)
    if not found:
        return None
    return GuardVerdict(
        "equipment_is_cleaned", _told(found, _dirty_words), "An operator cleans it, another person checks the cleaning.", _CLEANING
    )


def cleaning_is_checked(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Every cleaning was checked by a second person."""
    found = _unfit(command, context, Status.TO_CHECK)
    if not found:
        return None
    text = _told(found, lambda unit, _: f"The cleaning of {unit.equipment_id} by {unit.cleaned_by} is not checked.")
    return GuardVerdict("cleaning_is_checked", text, "A supervisor or quality assurance, not who cleaned it, checks and signs.", _LOG)


def clean_hold_is_kept(command: Any, context: GuardContext) -> GuardVerdict | None:
    """What was clean was not left standing for longer than its cleaning is good for, at the time that is asked about."""
    found = _unfit(command, context, Status.HOLD_EXPIRED)
    if not found:
        return None
    text = _told(
        found, lambda unit, _: f"The clean hold of {unit.equipment_id} ends at {site_text(clean_until_us(unit) or 0, context.zone)}."
    )
    return GuardVerdict("clean_hold_is_kept", text, "An operator cleans it again, another person checks the cleaning.", "211.67(b)(5)")


def equipment_is_in_service(command: Any, context: GuardContext) -> GuardVerdict | None:
    """No unit that is needed is in maintenance."""
    found = _unfit(command, context, Status.IN_MAINTENANCE)
    if not found:
        return None
    text = _told(found, lambda unit, _: f"{unit.equipment_id} is in maintenance.")
    return GuardVerdict(
        "equipment_is_in_service",
        text,
        "A supervisor or quality assurance, not who took it out, returns it; then it is cleaned.",
        _CLEANING,
    )


def equipment_is_free(command: Any, context: GuardContext) -> GuardVerdict | None:
    """No unit that is needed is used by another batch."""
    found = [(unit, status) for unit, status in _unfit(command, context, Status.IN_USE) if unit.batch_no != command.batch_no]
    if not found:
        return None
    text = _told(found, lambda unit, _: f"{unit.equipment_id} is used by batch {unit.batch_no}.")
    return GuardVerdict("equipment_is_free", text, "Complete that batch first; then it is cleaned.", _LOG)


STATUS_GATE: Final = (equipment_is_cleaned, cleaning_is_checked, clean_hold_is_kept, equipment_is_in_service, equipment_is_free)
"""What stands before every use of a line's equipment."""


# --- one unit ----------------------------------------------------------------------------------------------------------


def reason_is_written(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Why."""
    return None if command.reason.strip() else GuardVerdict("reason_is_written", "A reason is missing.", "Write why.", "11.10(e)")


def equipment_is_there(command: Any, context: GuardContext) -> GuardVerdict | None:
    """It is registered, and was not retired."""
    unit = context.session.get(Equipment, command.equipment_id)
    if unit is None:
        return GuardVerdict("equipment_is_there", f"There is no equipment {command.equipment_id}.", "Check the id.", _CHANGES)
    if unit.retired_us is not None:
        return GuardVerdict("equipment_is_there", f"{command.equipment_id} was retired.", "Register another unit.", _CHANGES)
    return None


def equipment_is_new(command: c.RegisterEquipment, context: GuardContext) -> GuardVerdict | None:
    """An id belongs to one unit for ever."""
    if not _ID.fullmatch(command.equipment_id):
        text = "The id of a unit is up to 40 letters, digits, points and hyphens."
        return GuardVerdict("equipment_is_new", text, "Write it so.", _CHANGES)
    if context.session.get(Equipment, command.equipment_id) is not None:
        return GuardVerdict("equipment_is_new", f"{command.equipment_id} was given before.", "Choose another id.", _CHANGES)
    return None


def equipment_line_is_yours(command: c.RegisterEquipment, context: GuardContext) -> GuardVerdict | None:
    """The line is one of the station, in the scope of who asks."""
    known = context.session.value("SELECT 1 FROM line_check WHERE line = ? LIMIT 1", command.line) is not None
    if known and context.principal.line in (ALL_LINES, command.line):
        return None
    return GuardVerdict("equipment_line_is_yours", f"Line {command.line} is not a line of yours.", "Name a line in your scope.", "11.10(d)")


def equipment_is_described(command: c.RegisterEquipment | c.ChangeEquipment, context: GuardContext) -> GuardVerdict | None:
    """Title, use, limits and cleaning procedure can be what they say."""
    named = bool(command.title.strip() and command.procedure.strip() and command.procedure_version.strip())
    holds = 1 <= command.clean_hold_hours <= _LONGEST_HOLD and 1 <= command.dirty_hold_hours <= _LONGEST_HOLD
    if named and holds and command.needed_for in tuple(NeededFor) and getattr(command, "kind", "other") in KINDS:
        return None
    text = "Title, kind, use, limits (1 to 8784 hours) or cleaning procedure of the unit is missing or malformed."
    return GuardVerdict("equipment_is_described", text, "Correct it.", _CLEANING)


def linked_scale_is_free(command: c.RegisterEquipment, context: GuardContext) -> GuardVerdict | None:
    """What is linked is a scale of the same line that belongs to no other unit."""
    if not command.device_id:
        return None
    device = context.session.get(Device, command.device_id)
    if device is None or device.retired_us is not None or not device.unit or device.line != command.line:
        text = f"{command.device_id} is no scale in use at line {command.line}."
        return GuardVerdict("linked_scale_is_free", text, "Name a scale of the line, or none.", _CHANGES)
    other = context.session.value("SELECT equipment_id FROM equipment WHERE device_id = ?", command.device_id)
    if other is None:
        return None
    return GuardVerdict("linked_scale_is_free", f"{command.device_id} belongs to {other}.", "Name another scale, or none.", _CHANGES)


def equipment_is_not_used(command: Any, context: GuardContext) -> GuardVerdict | None:
    """No batch uses it."""
    unit = context.session.get(Equipment, command.equipment_id)
    if unit is None or unit.batch_no is None:
        return None
    return GuardVerdict("equipment_is_not_used", f"Batch {unit.batch_no} uses {unit.equipment_id}.", "Complete that batch first.", _LOG)


_WHAT_FIRST: Final = {
    "begin_cleaning": "Only what is dirty or clean is cleaned; what is used or in maintenance comes back first.",
    "finish_cleaning": "Begin the cleaning first.",
    "check_cleaning": "Somebody cleans it and signs that first.",
    "report_dirty": "Nothing is left to do.",
    "begin_maintenance": "Nothing is left to do.",
    "end_maintenance": "Nothing is left to do.",
}


_STATE_WORDS: Final = {
    EquipmentState.CLEAN.value: "clean",
    EquipmentState.IN_USE.value: "in use",
    EquipmentState.DIRTY.value: "dirty",
    EquipmentState.BEING_CLEANED.value: "being cleaned",
    EquipmentState.TO_CHECK.value: "cleaned and waits for its check",
    EquipmentState.IN_MAINTENANCE.value: "in maintenance",
}


class EquipmentInState:
    """The life cycle has the arrow that the command fires."""

    def __init__(self, trigger: str) -> None:
        self._trigger = trigger

    def __call__(self, command: Any, context: GuardContext) -> GuardVerdict | None:
        """Refuse a move that the table does not hold."""
        unit = context.session.get(Equipment, command.equipment_id)
        if unit is None or EQUIPMENT_LIFE_CYCLE.allows(unit.state, self._trigger):
            return None
        text = f"{unit.equipment_id} is {_STATE_WORDS[unit.state]}."
        return GuardVerdict("in_state", text, _WHAT_FIRST[self._trigger], "11.10(f)")


def cleaning_is_yours(command: c.FinishCleaning, context: GuardContext) -> GuardVerdict | None:
    """Whoever began a cleaning signs it."""
    cleaning = cleaning_of(context.session, command.equipment_id)
    if cleaning is None or cleaning.begun_by == context.principal.employee_id:
        return None
    text = f"{cleaning.begun_by} began this cleaning."
    return GuardVerdict("cleaning_is_yours", text, "They sign it, or somebody reports the unit as dirty and it is begun anew.", _LOG)


def procedure_is_registered(command: c.FinishCleaning, context: GuardContext) -> GuardVerdict | None:
    """It was cleaned by the procedure that is approved for it, in that version, with an agent that is named."""
    unit = context.session.get(Equipment, command.equipment_id)
    if unit is None:
        return None
    if (command.procedure, command.procedure_version) != (unit.procedure, unit.procedure_version):
        text = f"{unit.equipment_id} is cleaned by {unit.procedure}, version {unit.procedure_version}."
        return GuardVerdict("procedure_is_registered", text, "Clean it by that procedure, or have the change approved.", "211.67(b)")
    if command.agent.strip():
        return None
    return GuardVerdict("procedure_is_registered", "The cleaning agent is missing.", "Write what it was cleaned with.", _LOG)


def stood_dirty_too_long(cleaning: Cleaning, dirty_hold_hours: int) -> bool:
    """Whether the unit stood dirty for longer than its limit before this cleaning was begun."""
    return cleaning.dirty_us is not None and cleaning.dirty_us + dirty_hold_hours * HOUR_US < cleaning.begun_us


def late_cleaning_is_explained(command: c.FinishCleaning, context: GuardContext) -> GuardVerdict | None:
    """A cleaning that began after the dirty hold had ended says why it is good all the same."""
    cleaning = cleaning_of(context.session, command.equipment_id)
    if cleaning is None or command.reason.strip():
        return None
    hours = context.session.get_one(Equipment, command.equipment_id).dirty_hold_hours
    if not stood_dirty_too_long(cleaning, hours):
        return None
    text = f"{command.equipment_id} stood dirty for longer than {hours} h before this cleaning."
    return GuardVerdict(
        "late_cleaning_is_explained", text, "Write why the cleaning is good all the same, or report it as dirty.", "211.67(b)"
    )


def checker_is_another(command: c.CheckCleaning, context: GuardContext) -> GuardVerdict | None:
    """Who cleaned does not check (URS E15)."""
    cleaning = cleaning_of(context.session, command.equipment_id)
    if cleaning is None or cleaning.performed_signer != context.principal.employee_id:
        return None
    return GuardVerdict("checker_is_another", "You cleaned it yourself.", "Another person checks the cleaning.", _LOG)


def returner_is_another(command: c.EndMaintenance, context: GuardContext) -> GuardVerdict | None:
    """Who took a unit out of service does not return it."""
    maintenance = open_maintenance(context.session, command.equipment_id)
    if maintenance is None or maintenance.performed_by != context.principal.employee_id:
        return None
    return GuardVerdict("returner_is_another", "You took it out of service yourself.", "Another person returns it.", _LOG)


def work_is_described(command: c.EndMaintenance, context: GuardContext) -> GuardVerdict | None:
    """What was done."""
    return None if command.work.strip() else GuardVerdict("work_is_described", "What was done is missing.", "Write what was done.", _LOG)


def note_is_written(command: c.NoteInLogbook, context: GuardContext) -> GuardVerdict | None:
    """It has words, and an id of its own."""
    if not command.text.strip() or not command.note_id.strip():
        return GuardVerdict("note_is_written", "The entry is empty.", "Write it.", _LOG)
    if context.session.value("SELECT 1 FROM equipment_note WHERE id = ?", command.note_id) is not None:
        return GuardVerdict("note_is_written", "This entry stands in a logbook already.", "Nothing is left to do.", _LOG)
    return None
