"""Alarms after ISA-18.2: person, role and reason; shelves that end; floods and first-out; a review by who had no part (URS K08; A11d-03)."""

from __future__ import annotations

from typing import Any

import pytest

from jope.compliance.alarms.commands import AcknowledgeAlarm, RaiseAlarm, ReturnAlarm, ReviewAlarms, ShelveAlarm, UnshelveAlarm
from jope.compliance.alarms.queries import alarm_figures, alarm_log, alarm_reviews, first_out, open_alarms, shelved_alarms
from jope.compliance.alarms.rates import FLOOD_US, floods_of
from jope.kernel.errors import PermissionDeniedError, RefusedError
from jope.kernel.ids import new_id
from tests.support.clocks import SetClock
from tests.support.demo import SCALE, Crew, verified
from tests.support.devices import why

MINUTE_US = 60_000_000


def raised(crew: Crew, kind: str = "communication", *, priority: int = 2, source: str = SCALE) -> str:
    crew.station.bus.dispatch(RaiseAlarm(priority=priority, source=source, kind=kind, text=f"{source}: {kind}"), as_station=True)
    return next(a.alarm_id for a in crew.station.read(alarm_log, crew.token("D-QA")) if a.kind == kind and a.active)


@pytest.mark.req("K08", "A11d-03")
def test_an_acknowledgement_names_person_role_time_and_reason(crew: Crew) -> None:
    alarm_id = raised(crew)
    with pytest.raises(RefusedError):
        crew.do("D-OPER", AcknowledgeAlarm(alarm_id=alarm_id, reason="  "))
    crew.do("D-OPER", AcknowledgeAlarm(alarm_id=alarm_id, reason="cable was loose"))
    (row,) = [a for a in crew.station.read(alarm_log, crew.token("D-QA")) if a.alarm_id == alarm_id]
    assert (row.acknowledged_by, row.acknowledged_role, row.reason) == ("D-OPER", "operator", "cable was loose")
    assert row.acknowledged_utc_us is not None
    assert row.active, "acknowledged, and not back to normal"
    crew.station.bus.dispatch(ReturnAlarm(source=SCALE, kind="communication"), as_station=True)
    assert alarm_id not in {a.alarm_id for a in crew.station.read(open_alarms, crew.token("D-QA"))}
    assert verified(crew.station).findings == ()


@pytest.mark.req("K08", "P11-06")
@pytest.mark.parametrize("change", ["reason = 'nothing'", "acknowledged_role = 'qa'", "raised_us = 1", "text = 'calm'", "priority = 4"])
def test_what_was_alarmed_and_acknowledged_cannot_be_edited(crew: Crew, change: str) -> None:
    alarm_id = raised(crew)
    crew.do("D-OPER", AcknowledgeAlarm(alarm_id=alarm_id, reason="cable was loose"))

    def edit() -> None:
        with crew.station._store.unit_of_work() as uow:
            uow.audit.principal, uow.audit.instant = crew.station._here, crew.station.clock.now()
            uow.audit.command_id = uow.audit.outcome_of = new_id()
            uow.cursor.execute(f"UPDATE alarm SET {change} WHERE id = ?", (alarm_id,))

    with pytest.raises(Exception, match="JOPE-009"):
        crew.station._commands.run(edit)


@pytest.mark.req("K08", "A11d-03")
def test_a_shelf_ends_by_itself_and_hides_nothing_from_the_log(crew: Crew, clock: SetClock) -> None:
    alarm_id = raised(crew, priority=3)
    shelve: dict[str, Any] = {"alarm_id": alarm_id, "minutes": 30, "reason": "sensor is being exchanged"}
    with pytest.raises(PermissionDeniedError):
        crew.do("D-OPER", ShelveAlarm(**shelve))
    for changed in ({"minutes": 0}, {"minutes": 481}, {"reason": " "}):
        with pytest.raises(RefusedError):
            crew.do("D-SUPER", ShelveAlarm(**(shelve | changed)))
    crew.do("D-SUPER", ShelveAlarm(**shelve))
    assert alarm_id not in {a.alarm_id for a in crew.station.read(open_alarms, crew.token("D-QA"))}
    (shelved,) = crew.station.read(shelved_alarms, crew.token("D-QA"))
    assert (shelved.shelved_by, shelved.shelve_reason) == ("D-SUPER", "sensor is being exchanged")
    assert alarm_id in {a.alarm_id for a in crew.station.read(alarm_log, crew.token("D-QA"))}
    crew.do("D-SUPER", UnshelveAlarm(alarm_id=alarm_id))
    assert alarm_id in {a.alarm_id for a in crew.station.read(open_alarms, crew.token("D-QA"))}
    with pytest.raises(RefusedError):
        crew.do("D-SUPER", UnshelveAlarm(alarm_id=alarm_id))
    crew.do("D-SUPER", ShelveAlarm(**shelve))
    for _ in range(31):  # a minute at a time: sessions stay awake
        clock.pass_seconds(60.0)
        crew.station.touch(crew.token("D-QA"))
    assert alarm_id in {a.alarm_id for a in crew.station.read(open_alarms, crew.token("D-QA"))}
    assert crew.station.read(shelved_alarms, crew.token("D-QA")) == ()


@pytest.mark.req("K08", "Q02")
@pytest.mark.parametrize(("kind", "priority"), [("lockout", 2), ("identity", 1)])
def test_misuse_and_the_highest_priority_stay_in_sight(crew: Crew, kind: str, priority: int) -> None:
    alarm_id = raised(crew, kind, priority=priority)
    with pytest.raises(RefusedError):
        crew.do("D-SUPER", ShelveAlarm(alarm_id=alarm_id, minutes=5, reason="too loud"))


@pytest.mark.req("K08")
def test_the_first_of_many_is_named(crew: Crew, clock: SetClock) -> None:
    first = raised(crew, "pressure", source="PLC-1")
    for number in range(3):
        clock.pass_seconds(1.0)
        raised(crew, f"later-{number}", source="PLC-1")
    found = crew.station.read(first_out, crew.token("D-QA"))
    assert found is not None
    assert found.alarm_id == first


@pytest.mark.req("K08", "A11d-03")
def test_more_than_ten_in_ten_minutes_are_a_flood() -> None:
    calm = [n * MINUTE_US for n in range(10)]
    assert floods_of(calm) == ((), 10)
    flood = [n * 1_000_000 for n in range(11)]
    assert floods_of(flood) == (((0, 10_000_000),), 11)
    two = [*flood, *(FLOOD_US * 3 + n for n in range(12))]
    assert [begun for begun, _ in floods_of(two)[0]] == [0, FLOOD_US * 3]
    assert floods_of([]) == ((), 0)


@pytest.mark.req("K08", "A11d-03", "B03")
def test_a_review_is_signed_by_who_acknowledged_nothing(crew: Crew, clock: SetClock) -> None:
    begun = clock.now().utc_us
    for number in range(12):
        raised(crew, f"k{number}", priority=3)
    diagnostic = raised(crew, "fine", priority=4)
    alarm_id = raised(crew, "seen")
    crew.do("D-QA", AcknowledgeAlarm(alarm_id=alarm_id, reason="looked at"))
    clock.pass_seconds(1.0)
    ended = clock.now().utc_us
    figures = crew.station.read(alarm_figures, crew.token("D-QA"), from_us=begun, to_us=ended)
    assert (figures.alarms, figures.unacknowledged, figures.floods, figures.peak) == (13, 12, 1, 13)
    assert diagnostic
    review = ReviewAlarms(review_id=new_id(), from_us=begun, to_us=ended, assessment="One flood after the cable was pulled.")
    assert why(crew, "D-QA", review) == "reviewer_is_another"
    assert why(crew, "D-QA", ReviewAlarms(review_id="r", from_us=ended, to_us=begun, assessment="x")) == "time_is_over"
    assert why(crew, "D-QA", ReviewAlarms(review_id="r", from_us=begun, to_us=ended + 10**12, assessment="x")) == "time_is_over"
    with pytest.raises(PermissionDeniedError):
        crew.do("D-OPER", review)
    other = ReviewAlarms(review_id=new_id(), from_us=ended - 1, to_us=ended, assessment="Quiet.")
    crew.sign("D-QA", other)
    (row,) = crew.station.read(alarm_reviews, crew.token("D-QA"))
    assert (row.alarms, row.floods, row.reviewed_by) == (0, 0, "D-QA")
    assert verified(crew.station).findings == ()
