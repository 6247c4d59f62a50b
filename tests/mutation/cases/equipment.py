"""Equipment: the status gate of a line, and what stands before each step with a unit."""

from __future__ import annotations

from typing import Any

from jope.plant.batches.commands import StartBatch
from jope.plant.devices.equipment import commands as c
from jope.plant.devices.equipment import guards as g
from jope.plant.devices.equipment.fitness import HOUR_US
from jope.plant.devices.equipment.life_cycle import EQUIPMENT_LIFE_CYCLE
from jope.plant.weighing.commands import AcceptWeight
from jope.services.provisioning import demo_data as demo
from tests.mutation.world import BATCH, REFUSED, Case, Sql, World, put, with_fields

_UNIT = "MX-1"
_START = StartBatch(batch_no=BATCH)
_WEIGH = AcceptWeight(batch_no=BATCH, position=1, device_id=demo.DEMO_SCALE, reading_no=1)
_MOVES = {
    "begin_cleaning": c.BeginCleaning(equipment_id=_UNIT),
    "finish_cleaning": c.FinishCleaning(equipment_id=_UNIT, procedure="P", procedure_version="1", agent="water"),
    "check_cleaning": c.CheckCleaning(equipment_id=_UNIT),
    "report_dirty": c.ReportDirty(equipment_id=_UNIT, reason="r"),
    "begin_maintenance": c.BeginMaintenance(equipment_id=_UNIT, reason="r"),
    "end_maintenance": c.EndMaintenance(equipment_id=_UNIT, work="w"),
}


def _unit(state: str = "Dirty", equipment_id: str = _UNIT, **changed: Any) -> Sql:
    row: dict[str, Any] = {
        "equipment_id": equipment_id, "line": "L3", "title": "Blender", "kind": "mixer", "needed_for": "batch", "clean_hold_hours": 2,
        "dirty_hold_hours": 2, "procedure": "P", "procedure_version": "1", "state": state, "version": 1,
    }  # fmt: skip
    return put("equipment", **(row | changed))


def _cleaning(state: str = "checked", **changed: Any) -> Sql:
    row: dict[str, Any] = {
        "id": "K", "equipment_id": _UNIT, "begun_by": "D-OPER", "begun_us": 100, "performed_signer": "D-OPER", "reason": "", "clean_hold_hours": 3,
        "state": state, "ended_us": 0, "checked_us": 0, "refusal": "", "version": 1,
    }  # fmt: skip
    return put("cleaning", **(row | changed))


def _gate() -> list[Case]:
    """Each guard with a unit in each state: it refuses its own and lets the others pass to the guard that knows them."""
    end_us = 2 * HOUR_US
    said: dict[Any, dict[str, str]] = {
        g.equipment_is_cleaned: {"Dirty": "MX-1 was never cleaned", "BeingCleaned": "MX-1 is being cleaned"},
        g.cleaning_is_checked: {"ToCheck": "The cleaning of MX-1 by D-OPER"},
        g.clean_hold_is_kept: {"Clean": "The clean hold of MX-1 ends"},
        g.equipment_is_in_service: {"InMaintenance": "MX-1 is in maintenance"},
        g.equipment_is_free: {"InUse": "MX-1 is used by batch B-9"},
    }
    cases = []
    for guard, words in said.items():
        for state in ("Clean", "InUse", "Dirty", "BeingCleaned", "ToCheck", "InMaintenance"):
            cleaned = (
                [_cleaning("performed", checked_us=None)] if state == "ToCheck" else [_cleaning()] if state in ("Clean", "InUse") else []
            )
            rests = "K" if cleaned else None
            rows = [_unit(state, cleaning_id=rests, batch_no="B-9" if state == "InUse" else None), *cleaned]
            cases.append(Case(guard, _START, words.get(state), rows=rows, now_us=end_us))
        cases.append(Case(guard, _START, None))
        refused = next(iter(words))
        held = [_unit(refused, cleaning_id="K", batch_no="B-9" if refused == "InUse" else None), _cleaning()]
        for changed in ({"line": "L1"}, {"retired_us": 1}, {"needed_for": "none"}):
            elsewhere = [_unit(refused, cleaning_id="K", batch_no="B-9" if refused == "InUse" else None, **changed), _cleaning()]
            cases.append(Case(guard, _START, None, rows=elsewhere, now_us=end_us))
        cases.append(Case(guard, with_fields(_START, batch_no="B-404"), None, rows=held, now_us=end_us))
        cases.append(Case(guard, _WEIGH, None, rows=held, now_us=end_us))
    return [
        *cases,
        Case(g.clean_hold_is_kept, _START, None, rows=[_unit("Clean", cleaning_id="K"), _cleaning()], now_us=end_us - 1),
        Case(g.clean_hold_is_kept, _START, REFUSED, rows=[_unit("Clean", cleaning_id="K", clean_hold_hours=4), _cleaning()], now_us=3 * HOUR_US),
        Case(g.clean_hold_is_kept, _START, REFUSED, rows=[_unit("Clean")], now_us=1),
        Case(g.equipment_is_free, _START, None, rows=[_unit("InUse", batch_no=BATCH)]),
        Case(g.equipment_is_cleaned, _START, "MX-1 is dirty", rows=[_unit(), _cleaning()]),
        Case(g.equipment_is_cleaned, _START, "BO-1 was never cleaned. MX-1", rows=[_unit(), _unit(equipment_id="BO-1", needed_for="weighing")]),
        Case(g.equipment_is_cleaned, _WEIGH, REFUSED, rows=[_unit(needed_for="weighing")]),
        Case(g.equipment_is_cleaned, _WEIGH, REFUSED, rows=[_unit(needed_for="weighing", device_id=demo.DEMO_SCALE)]),
        Case(g.equipment_is_cleaned, _WEIGH, None, rows=[_unit(needed_for="weighing", device_id="SC-2")]),
    ]  # fmt: skip


def _moves() -> list[Case]:
    states = EQUIPMENT_LIFE_CYCLE.states
    cases = []
    for trigger, command in _MOVES.items():
        guard = g.EquipmentInState(trigger)
        cases += [
            Case(guard, command, None if EQUIPMENT_LIFE_CYCLE.allows(state, trigger) else REFUSED, rows=[_unit(state)]) for state in states
        ]
        cases.append(Case(guard, command, None))
    return cases


def _register() -> list[Case]:
    new = demo.demo_equipment("L3")[0]
    plain = with_fields(new, device_id="")
    changed = c.ChangeEquipment(
        equipment_id=_UNIT, title="Blender", needed_for="batch", clean_hold_hours=1, dirty_hold_hours=1, procedure="P", procedure_version="1", reason="r"
    )  # fmt: skip
    retire = c.RetireEquipment(equipment_id=_UNIT, reason="r")
    bad: tuple[dict[str, Any], ...] = (
        {"title": " "}, {"procedure": " "}, {"procedure_version": " "}, {"clean_hold_hours": 0}, {"clean_hold_hours": 8785}, {"dirty_hold_hours": 0},
        {"dirty_hold_hours": 8785}, {"needed_for": "all"},
    )  # fmt: skip
    return [
        Case(g.reason_is_written, retire, None),
        Case(g.reason_is_written, with_fields(retire, reason=" "), REFUSED),
        Case(g.equipment_is_there, retire, "no equipment"),
        Case(g.equipment_is_there, retire, None, rows=[_unit()]),
        Case(g.equipment_is_there, retire, "retired", rows=[_unit(retired_us=0)]),
        Case(g.equipment_is_new, new, None),
        Case(g.equipment_is_new, with_fields(new, equipment_id="BO 1"), "up to 40"),
        Case(g.equipment_is_new, new, "given before", rows=[_unit(equipment_id="BO-1", retired_us=1)]),
        Case(g.equipment_line_is_yours, new, None),
        Case(g.equipment_line_is_yours, new, None, line="L3"),
        Case(g.equipment_line_is_yours, new, REFUSED, line="L1"),
        Case(g.equipment_line_is_yours, with_fields(new, line="L9"), REFUSED),
        Case(g.equipment_is_described, new, None),
        Case(g.equipment_is_described, with_fields(new, kind="kettle"), REFUSED),
        Case(g.equipment_is_described, changed, None),
        Case(g.equipment_is_described, with_fields(changed, clean_hold_hours=8784, dirty_hold_hours=8784, needed_for="none"), None),
        *(Case(g.equipment_is_described, with_fields(changed, **one), REFUSED) for one in bad),
        Case(g.linked_scale_is_free, plain, None),
        Case(g.linked_scale_is_free, plain, None, rows=[_unit(device_id="")]),
        Case(g.linked_scale_is_free, new, None),
        Case(g.linked_scale_is_free, with_fields(new, device_id="NONE"), "no scale in use"),
        Case(g.linked_scale_is_free, with_fields(new, line="L1"), "no scale in use"),
        Case(g.linked_scale_is_free, new, "no scale in use", rows=[("UPDATE device SET unit = ''", ())]),
        Case(g.linked_scale_is_free, new, "no scale in use", rows=[("UPDATE device SET retired_us = 0", ())]),
        Case(g.linked_scale_is_free, new, "belongs to MX-1", rows=[_unit(device_id=demo.DEMO_SCALE)]),
        Case(g.equipment_is_not_used, retire, None),
        Case(g.equipment_is_not_used, retire, None, rows=[_unit()]),
        Case(g.equipment_is_not_used, retire, "Batch B-9 uses", rows=[_unit("InUse", batch_no="B-9")]),
    ]


def _cleanings() -> list[Case]:
    finish, check = _MOVES["finish_cleaning"], _MOVES["check_cleaning"]
    resting = _unit("BeingCleaned", cleaning_id="K")
    late = _cleaning("open", dirty_us=99, begun_us=99 + 2 * HOUR_US + 1)
    just = _cleaning("open", dirty_us=99, begun_us=99 + 2 * HOUR_US)
    return [
        Case(g.cleaning_is_yours, finish, None),
        Case(g.cleaning_is_yours, finish, None, rows=[_unit()]),
        Case(g.cleaning_is_yours, finish, None, who="D-OPER", rows=[resting, _cleaning("open")]),
        Case(g.cleaning_is_yours, finish, "D-OPER began", rows=[resting, _cleaning("open")]),
        Case(g.procedure_is_registered, finish, None),
        Case(g.procedure_is_registered, finish, None, rows=[resting]),
        Case(g.procedure_is_registered, with_fields(finish, procedure="Q"), "cleaned by P", rows=[resting]),
        Case(g.procedure_is_registered, with_fields(finish, procedure_version="2"), "version 1", rows=[resting]),
        Case(g.procedure_is_registered, with_fields(finish, agent=" "), "agent", rows=[resting]),
        Case(g.late_cleaning_is_explained, finish, None),
        Case(g.late_cleaning_is_explained, finish, None, rows=[_unit()]),
        Case(g.late_cleaning_is_explained, finish, None, rows=[resting, just]),
        Case(g.late_cleaning_is_explained, finish, None, rows=[resting, _cleaning("open", begun_us=2**60)]),
        Case(g.late_cleaning_is_explained, finish, "longer than 2 h", rows=[resting, late]),
        Case(g.late_cleaning_is_explained, with_fields(finish, reason=" "), REFUSED, rows=[resting, late]),
        Case(g.late_cleaning_is_explained, with_fields(finish, reason="validated"), None, rows=[resting, late]),
        Case(g.checker_is_another, check, None),
        Case(g.checker_is_another, check, None, rows=[_unit("ToCheck", cleaning_id="K"), _cleaning("performed")]),
        Case(g.checker_is_another, check, REFUSED, who="D-OPER", rows=[_unit("ToCheck", cleaning_id="K"), _cleaning("performed")]),
    ]


def _maintenance() -> list[Case]:
    back = _MOVES["end_maintenance"]
    out = put("equipment_maintenance", id="M", equipment_id=_UNIT, reason="r", performed_by="D-OPER", begun_us=1, work="", version=1)
    over = put(
        "equipment_maintenance", id="M", equipment_id=_UNIT, reason="r", performed_by="D-OPER", begun_us=1, work="w", ended_us=2, version=1
    )
    written = c.NoteInLogbook(note_id="N", equipment_id=_UNIT, text="t", reason="r")
    return [
        Case(g.returner_is_another, back, None),
        Case(g.returner_is_another, back, None, rows=[out]),
        Case(g.returner_is_another, back, REFUSED, who="D-OPER", rows=[out]),
        Case(g.returner_is_another, back, None, who="D-OPER", rows=[over]),
        Case(g.work_is_described, back, None),
        Case(g.work_is_described, with_fields(back, work=" "), REFUSED),
        Case(g.note_is_written, written, None),
        Case(g.note_is_written, with_fields(written, text=" "), "empty"),
        Case(g.note_is_written, with_fields(written, note_id=" "), "empty"),
        Case(g.note_is_written, written, "already", rows=[put("equipment_note", id="N", equipment_id=_UNIT, text="t", reason="r")]),
    ]


def cases(world: World) -> list[Case]:
    """The guards of equipment."""
    return [*_gate(), *_moves(), *_register(), *_cleanings(), *_maintenance()]
