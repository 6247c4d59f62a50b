"""Equipment: the status gate of a line, cleaning by two people, maintenance, and the logbook that the steps write (URS E13, E15; PR-05)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jope.kernel.crypto.keys import StationKeys
from jope.kernel.errors import GuardRefusedError, JopeError, PermissionDeniedError, SignatureError, StoreDamagedError
from jope.kernel.store.engine import DATABASE_ERRORS, StoreLocation, connect
from jope.kernel.store.uow import UnitOfWork
from jope.plant.batches import commands as b
from jope.plant.batches.queries import batch_detail
from jope.plant.devices.equipment import commands as c
from jope.plant.devices.equipment.fitness import Status
from jope.plant.devices.equipment.queries import LogEntry, equipment_list, equipment_logbook, equipment_of_batch
from jope.plant.weighing.commands import AcceptWeight
from jope.services.provisioning import demo_data as demo
from tests.integration.reporting.printed import print_record
from tests.support.clocks import SetClock
from tests.support.demo import SCALE, Crew, dispense, plain_station, running_plant, to_execution, to_release, verified
from tests.support.devices import approved, why
from tests.support.equipment import BOOTH, MIXER, add_equipment, clean, finished, note, unit
from tests.support.handlers import in_a_handler

HOUR = 3_600


@pytest.fixture
def clock() -> SetClock:
    """A clock that the test moves."""
    return SetClock()


@pytest.fixture
def crew(tmp_path: Path, clock: SetClock) -> Iterator[Crew]:
    """A station with the two units of the demo line, dirty as they come."""
    with plain_station(tmp_path / "station", clock=clock) as station:
        found = Crew(station)
        add_equipment(found)
        yield found


def start(batch_no: str = "B-1") -> b.StartBatch:
    """The start of a batch."""
    return b.StartBatch(batch_no=batch_no)


def cleared(crew: Crew, batch_no: str = "B-1") -> None:
    """A batch that is ready to start, as far as its line clearance goes."""
    crew.do("D-SUPER", b.CreateBatch(batch_no=batch_no, recipe_id=demo.DEMO_RECIPE, line="L3", product_lot=f"PL-{batch_no}"))
    crew.do("D-SUPER", b.ReleaseBatchToFloor(batch_no=batch_no))
    answers = tuple(b.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
    crew.sign("D-OPER", b.PerformClearance(batch_no=batch_no, answers=answers))
    crew.sign("D-OPER", b.VerifyClearance(batch_no=batch_no), signer="D-SUPER")


def logbook(crew: Crew, equipment_id: str) -> tuple[LogEntry, ...]:
    """The logbook of a unit as quality assurance reads it."""
    return crew.station.read(equipment_logbook, crew.token("D-QA"), equipment_id=equipment_id)


def refusals(crew: Crew) -> list[str]:
    """What the trail says of refused commands."""
    with crew.station._reading("*") as reader:
        sql = (
            "SELECT json_extract(p.payload, '$.details.message') FROM audit a JOIN audit_payload p USING (seq) "
            "WHERE a.action = 'command.refused' ORDER BY seq"
        )
        return [text for (text,) in reader.execute(sql)]


@pytest.mark.req("E15", "PR-05", "P11-07")
def test_a_batch_does_not_start_on_dirty_equipment_and_the_refusal_is_an_event(crew: Crew) -> None:
    cleared(crew)
    with pytest.raises(GuardRefusedError, match="BO-1 was never cleaned"):
        crew.sign("D-OPER", start())
    assert refusals(crew)[-1] == "BO-1 was never cleaned. MX-1 was never cleaned."
    clean(crew, BOOTH, MIXER)
    assert crew.station.preflight(start(), crew.token("D-OPER")) is None
    crew.sign("D-OPER", start())
    assert {unit(crew, one).status for one in (BOOTH, MIXER)} == {Status.IN_USE}
    assert verified(crew.station).findings == ()


@pytest.mark.req("E15")
def test_the_clean_hold_runs_out_on_the_clock_without_any_job(crew: Crew, clock: SetClock) -> None:
    cleared(crew)
    clean(crew, BOOTH, MIXER)
    until = unit(crew, MIXER).clean_until_us
    assert until is not None
    token = crew.token("D-OPER")
    assert crew.station.why_not(start(), token) == ()
    ends = crew.station.why_not(start(), token, at_us=until)
    assert [(one.guard, one.clause) for one in ends] == [("clean_hold_is_kept", "211.67(b)(5)")]
    assert "MX-1" in ends[0].message
    assert crew.station.why_not(start(), token, at_us=until - 60_000_000) == ()
    clock.pass_seconds(72 * HOUR)
    again = Crew(crew.station)
    assert {unit(again, one).status for one in (BOOTH, MIXER)} == {Status.HOLD_EXPIRED}
    with pytest.raises(GuardRefusedError, match="clean hold of BO-1 ends"):
        again.sign("D-OPER", start())
    clean(again, BOOTH, MIXER)
    again.sign("D-OPER", start())
    assert verified(crew.station).findings == ()


@pytest.mark.req("E15", "PR-05")
def test_a_late_check_lends_the_clean_hold_no_time(crew: Crew, clock: SetClock) -> None:
    cleared(crew)
    clean(crew, BOOTH)
    crew.do("D-OPER", c.BeginCleaning(equipment_id=MIXER))
    crew.sign("D-OPER", finished(MIXER))
    booth_until = unit(crew, BOOTH).clean_until_us
    clock.pass_seconds(60 * HOUR)
    later = Crew(crew.station)
    later.sign("D-OPER", c.CheckCleaning(equipment_id=MIXER), signer="D-SUPER")
    until = unit(later, MIXER).clean_until_us
    assert until is not None
    assert booth_until is not None
    assert until - booth_until < 60_000_000, "both were cleaned at the same time"
    clock.pass_seconds(12 * HOUR)
    again = Crew(crew.station)
    assert unit(again, MIXER).status is Status.HOLD_EXPIRED
    with pytest.raises(GuardRefusedError, match="MX-1"):
        again.sign("D-OPER", start())
    assert verified(crew.station).findings == ()


def held(crew: Crew, sql: str, *values: object) -> None:
    """A statement that a programmer who goes round the handlers would write; the schema has to refuse it."""

    def write(uow: UnitOfWork) -> None:
        uow.cursor.execute("PRAGMA defer_foreign_keys = ON")
        uow.cursor.execute(sql, values)

    with pytest.raises((*DATABASE_ERRORS, JopeError)):
        in_a_handler(crew.station, write)


@pytest.mark.req("E15", "B07", "P11-17", "PR-05")
def test_who_cleaned_does_not_check_by_guard_and_by_schema(crew: Crew) -> None:
    crew.do("D-SUPER", c.BeginCleaning(equipment_id=MIXER))
    with pytest.raises(GuardRefusedError, match="D-SUPER began this cleaning"):
        crew.sign("D-OPER", finished(MIXER))
    crew.sign("D-SUPER", finished(MIXER))
    assert unit(crew, MIXER).status is Status.TO_CHECK
    waiting = {who: [item.title for item in crew.station.signing_queue(crew.token(who))] for who in ("D-SUPER", "D-QA")}
    assert waiting == {"D-SUPER": [], "D-QA": ["Cleaning of MX-1 checked"]}
    with pytest.raises(GuardRefusedError, match="cleaned it yourself"):
        crew.sign("D-SUPER", c.CheckCleaning(equipment_id=MIXER))
    with pytest.raises(GuardRefusedError, match="cleaned it yourself"):
        crew.sign("D-OPER", c.CheckCleaning(equipment_id=MIXER), signer="D-SUPER")
    own = (
        "verified_signature = performed_signature, verified_signer = performed_signer, verified_meaning = 'verified', verified_version = 3"
    )
    held(crew, f"UPDATE cleaning SET state = 'checked', checked_us = 1, {own}")
    held(crew, "UPDATE cleaning SET state = 'checked', checked_us = 1")
    held(crew, "UPDATE equipment SET state = 'Clean', dirty_us = NULL, cleaning_state = 'checked' WHERE equipment_id = ?", MIXER)
    held(
        crew,
        "UPDATE equipment SET state = 'Clean', dirty_us = NULL, cleaning_id = NULL, cleaning_state = NULL WHERE equipment_id = ?",
        BOOTH,
    )
    held(crew, "UPDATE cleaning SET agent = 'bleach'")
    held(crew, "UPDATE cleaning SET begun_by = 'D-OPER'")
    held(crew, "DELETE FROM cleaning")
    held(crew, "DELETE FROM equipment")
    crew.sign("D-OPER", c.CheckCleaning(equipment_id=MIXER), signer="D-QA")
    assert unit(crew, MIXER).status is Status.CLEAN
    held(crew, "UPDATE cleaning SET checked_us = checked_us + 1")
    held(crew, "UPDATE cleaning SET state = 'refused', refused_by = 'D-QA', refused_us = 1, refusal = 'x', checked_us = NULL")
    assert verified(crew.station).findings == ()


@pytest.mark.req("E15", "PR-05")
def test_a_cleaning_follows_its_procedure_and_can_be_refused_by_anybody(crew: Crew, clock: SetClock) -> None:
    crew.do("D-OPER", c.BeginCleaning(equipment_id=MIXER))
    assert why(crew, "D-OPER", finished(MIXER, version="1")) == "procedure_is_registered"
    assert why(crew, "D-OPER", finished(MIXER, agent=" ")) == "procedure_is_registered"
    crew.sign("D-OPER", finished(MIXER))
    dirty = unit(crew, MIXER).dirty_us
    crew.do("D-QA", c.ReportDirty(equipment_id=MIXER, reason="powder under the lid"))
    assert (unit(crew, MIXER).status, unit(crew, MIXER).dirty_us) == (Status.DIRTY, dirty)
    crew.do("D-OPER", c.BeginCleaning(equipment_id=MIXER))
    crew.do("D-OPER", c.ReportDirty(equipment_id=MIXER, reason="called away"))
    clock.pass_seconds(49 * HOUR)
    later = Crew(crew.station)
    later.do("D-OPER", c.BeginCleaning(equipment_id=MIXER))
    assert why(later, "D-OPER", finished(MIXER)) == "late_cleaning_is_explained"
    explained = finished(MIXER, reason="worst case of the validation is 96 h")
    rows = {row.label: row.after for row in crew.station.sheet(explained, later.token("D-OPER")).rows}
    assert "longer than 48 h" in rows["Dirty since"]
    later.sign("D-OPER", explained)
    later.sign("D-OPER", c.CheckCleaning(equipment_id=MIXER), signer="D-SUPER")
    later.do("D-OPER", c.ReportDirty(equipment_id=MIXER, reason="a glove fell in"))
    assert unit(later, MIXER).status is Status.DIRTY
    assert why(later, "D-OPER", c.CheckCleaning(equipment_id=MIXER)) == "in_state"
    book = logbook(later, MIXER)
    assert [(one.what, one.performed_by, one.checked_by) for one in book if one.what.startswith("cleaning.")] == [
        ("cleaning.begun", "D-OPER", ""), ("cleaning.performed", "D-OPER", ""), ("cleaning.begun", "D-OPER", ""), ("cleaning.begun", "D-OPER", ""),
        ("cleaning.performed", "D-OPER", "D-SUPER"), ("cleaning.checked", "D-OPER", "D-SUPER"),
    ]  # fmt: skip
    reported = [(one.performed_by, one.checked_by, one.detail) for one in book if one.what == "equipment.reported_dirty"]
    assert reported[0] == ("D-QA", "", "powder under the lid")
    assert reported[-1] == ("D-OPER", "", "a glove fell in")
    assert verified(crew.station).findings == ()


@pytest.mark.req("E15", "J07", "PR-05")
def test_maintenance_is_begun_by_one_at_once_and_ended_by_another_and_lands_on_dirty(crew: Crew) -> None:
    cleared(crew)
    clean(crew, BOOTH, MIXER)
    crew.sign("D-OPER", start())
    crew.do("D-OPER", c.BeginMaintenance(equipment_id=MIXER, reason="the stirrer rattles"))
    assert (unit(crew, MIXER).status, unit(crew, MIXER).batch_no) == (Status.IN_MAINTENANCE, "")
    crew.sign("D-OPER", b.HoldBatch(batch_no="B-1", reason="mixer out"))
    restart = b.RestartBatch(batch_no="B-1", reason="mixer is back")
    assert why(crew, "D-SUPER", restart) == "equipment_is_in_service"
    done = c.EndMaintenance(equipment_id=MIXER, work="bearing exchanged")
    assert why(crew, "D-SUPER", c.EndMaintenance(equipment_id=MIXER, work=" ")) == "work_is_described"
    crew.do("D-SUPER", c.BeginMaintenance(equipment_id=BOOTH, reason="filter"))
    with pytest.raises(GuardRefusedError, match="took it out of service yourself"):
        crew.sign("D-SUPER", c.EndMaintenance(equipment_id=BOOTH, work="filter exchanged"))
    performer = "verified_signature = 'x', verified_signer = performed_by, verified_meaning = 'verified', verified_version = 2"
    held(crew, f"UPDATE equipment_maintenance SET ended_us = 1, work = 'w', {performer}")
    crew.sign("D-OPER", done, signer="D-SUPER")
    crew.sign("D-OPER", c.EndMaintenance(equipment_id=BOOTH, work="filter exchanged"), signer="D-QA")
    assert why(crew, "D-SUPER", restart) == "equipment_is_cleaned"
    clean(crew, BOOTH, MIXER)
    crew.sign("D-SUPER", b.RestartBatch(batch_no="B-1", reason="mixer is back"))
    assert {unit(crew, one).batch_no for one in (BOOTH, MIXER)} == {"B-1"}
    used = crew.station.read(equipment_of_batch, crew.token("D-QA"), batch_no="B-1")
    assert [(one.equipment_id, one.ended_as) for one in used] == [
        (BOOTH, "maintenance"), (MIXER, "maintenance"), (BOOTH, ""), (MIXER, ""),
    ]  # fmt: skip
    assert verified(crew.station).findings == ()


@pytest.mark.req("E15", "E13", "PR-05")
def test_an_entry_by_hand_has_a_reason_and_a_signature_and_none_is_changed(crew: Crew) -> None:
    assert why(crew, "D-OPER", c.NoteInLogbook(note_id="n", equipment_id=MIXER, text="x", reason=" ")) == "reason_is_written"
    entry = note(MIXER)
    with pytest.raises(SignatureError):
        crew.do("D-OPER", entry)
    crew.sign("D-OPER", note(MIXER))
    found = logbook(crew, MIXER)[-1]
    assert (found.what, found.performed_by, found.detail) == ("equipment.noted", "D-OPER", "Gasket exchanged, found on the round")
    held(crew, "UPDATE equipment_note SET text = 'nothing'")
    held(crew, "DELETE FROM equipment_note")
    held(crew, "INSERT INTO equipment_note SELECT 'n-2', equipment_id, text, reason, noted_us, performed_signature, performed_signer, performed_meaning, "
         "performed_version FROM equipment_note")  # fmt: skip


@pytest.mark.req("E15", "D02", "PR-01")
def test_the_register_changes_by_two_people_and_a_longer_limit_is_lent_to_nothing(crew: Crew, clock: SetClock) -> None:
    clean(crew, MIXER)
    change: dict[str, Any] = {
        "equipment_id": MIXER, "title": "Blender", "needed_for": "batch", "dirty_hold_hours": 48, "procedure": "SOP-CL-07", "procedure_version": "2",
        "reason": "validated",
    }  # fmt: skip
    until = unit(crew, MIXER).clean_until_us
    assert until is not None
    approved(crew, c.ChangeEquipment(**change, clean_hold_hours=200))
    assert unit(crew, MIXER).clean_until_us == until
    approved(crew, c.ChangeEquipment(**change, clean_hold_hours=10))
    assert unit(crew, MIXER).clean_until_us == until - 62 * HOUR * 1_000_000
    clock.pass_seconds(10 * HOUR)
    later = Crew(crew.station)
    assert unit(later, MIXER).status is Status.HOLD_EXPIRED
    assert why(later, "D-ADMIN", demo.demo_equipment("L3")[1]) == "equipment_is_new"
    with pytest.raises(PermissionDeniedError):
        later.do("D-SUPER", c.RetireEquipment(equipment_id=MIXER, reason="sold"))
    approved(later, c.RetireEquipment(equipment_id=MIXER, reason="sold"))
    assert [one.equipment_id for one in crew.station.read(equipment_list, later.token("D-QA"))] == [BOOTH]
    cleared(later)
    clean(later, BOOTH)
    later.sign("D-OPER", start())
    assert why(later, "D-ADMIN", c.RetireEquipment(equipment_id=BOOTH, reason="sold")) == "equipment_is_not_used"


@pytest.mark.req("E13", "E15", "E08", "PR-05", "PR-06")
def test_the_logbook_is_written_by_the_steps_and_the_record_shows_what_was_used(tmp_path: Path) -> None:
    with running_plant(tmp_path / "station") as (station, scale):
        crew = Crew(station)
        add_equipment(crew)
        clean(crew, BOOTH, MIXER)
        to_execution(crew, "B-1")
        crew.do("D-OPER", c.BeginMaintenance(equipment_id=BOOTH, reason="lamp"))
        weigh_in_vain = AcceptWeight(batch_no="B-1", position=1, device_id=SCALE, reading_no=1)
        assert why(crew, "D-OPER", weigh_in_vain) == "equipment_is_in_service"
        with pytest.raises(GuardRefusedError, match="BO-1 is in maintenance"):
            crew.do("D-OPER", weigh_in_vain)
        crew.sign("D-OPER", c.EndMaintenance(equipment_id=BOOTH, work="lamp exchanged"), signer="D-SUPER")
        clean(crew, BOOTH)
        for position in (1, 2, 3):
            dispense(crew, scale, "B-1", position)
        to_release(crew, "B-1")
        book = logbook(crew, BOOTH)
        assert [one.what for one in book] == [
            "equipment.registered", "cleaning.begun", "cleaning.performed", "cleaning.checked", "equipment.taken_into_use", "maintenance.begun",
            "maintenance.ended", "cleaning.begun", "cleaning.performed", "cleaning.checked", "equipment.taken_into_use", *["weighing.accepted"] * 3,
            "equipment.released_from_use",
        ]  # fmt: skip
        assert [one.seq for one in book] == sorted(one.seq for one in book)
        assert [one.utc_us for one in book] == sorted(one.utc_us for one in book)
        taken = [one for one in book if one.what == "equipment.taken_into_use"]
        assert {(one.batch_no, one.product, one.lot, one.performed_by) for one in taken} == {("B-1", demo.DEMO_PRODUCT, "PL-1", "D-OPER")}
        weighed = [one for one in book if one.what == "weighing.accepted"]
        assert {(one.performed_by, one.checked_by) for one in weighed} == {("D-OPER", "D-SUPER")}
        assert [(one.product, one.lot) for one in book if one.what == "cleaning.checked"] == [("", ""), (demo.DEMO_PRODUCT, "PL-1")]
        assert [one.what for one in logbook(crew, MIXER)][-1] == "equipment.released_from_use"
        assert {unit(crew, one).status for one in (BOOTH, MIXER)} == {Status.DIRTY}
        text = print_record(station, crew.token("D-QA"), "B-1").text
        place = text.index("Status at start")
        assert text.index("4 Line clearance") < place < text.index("5 Dispensing")
        assert "MX-1 Blender clean, checked until" in text
        assert "SOP-CL-07 (2)" in text
        batch = station.read(batch_detail, crew.token("D-QA"), batch_no="B-1")
        assert batch.record_state == "Released"
        assert verified(station).findings == ()
        disconnected = connect(StoreLocation(station.folder.store, StationKeys.load(station.folder.keys).store))
        disconnected.execute("DROP TRIGGER equipment_use_final")
        disconnected.execute("UPDATE equipment_use SET product_lot = 'PL-2' WHERE equipment_id = 'MX-1'")
        disconnected.close()
        changed = station.read(batch_detail, crew.token("D-QA"), batch_no="B-1")
        assert {one.meaning for one in changed.signatures if not one.valid} >= {"release", "certification", "review"}


@pytest.mark.req("E13", "PR-05", "P11-02")
def test_an_event_taken_out_of_the_index_does_not_leave_a_book_that_looks_whole(crew: Crew) -> None:
    clean(crew, MIXER)
    file = connect(StoreLocation(crew.station.folder.store, StationKeys.load(crew.station.folder.keys).store))
    for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_subject'").fetchall():
        file.execute(f"DROP TRIGGER {name}")
    file.execute("DELETE FROM audit_subject WHERE kind = 'equipment' AND id = 'MX-1' AND n = 2")
    file.close()
    with pytest.raises(StoreDamagedError):
        logbook(crew, MIXER)
