"""Roles, deputies, emergency access and first passwords: what one person, or two in good faith, must not gain (URS A04-A07, A12, D03, D07, D08)."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2

from jope.bootstrap import Station
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.authority.commands import (
    AppointDeputy,
    BreakGlass,
    ChangeRole,
    CloseAccessReview,
    CreateRole,
    EndBreakGlass,
    OpenAccessReview,
    ReviewAccessLine,
    ReviewBreakGlass,
)
from jope.compliance.authority.queries import access_review, deputies, emergencies
from jope.compliance.changes.commands import ApproveChange, RatifyChange, SubmitChange
from jope.compliance.changes.queries import change, changes_to_ratify, ratification_deadline
from jope.compliance.commands import Command
from jope.compliance.identity.commands import ChangePassword, DisableUser, SignIn
from jope.compliance.people.commands import (
    ChangeUser,
    CreateUser,
    EnableUser,
    IssueBadge,
    RecordFactorTest,
    RecordIdentityCheck,
    ResetCredential,
    ReviewDisabling,
    RevokeBadge,
)
from jope.compliance.people.queries import factor_tests
from jope.compliance.settings.commands import ChangeSetting
from jope.kernel.clock import site_date
from jope.kernel.errors import RefusedError, WeakCredentialError
from jope.kernel.ids import new_id
from jope.kernel.store.engine import StoreLocation, connect
from jope.plant.batches.commands import CreateBatch, ReleaseBatchToFloor
from jope.plant.batches.queries import batch_detail
from jope.plant.quality.commands import OpenDeviation
from jope.plant.quality.queries import deviations
from jope.services.provisioning import demo_data as demo
from tests.support.clocks import SetClock
from tests.support.demo import Crew, lasting_passwords, plain_station, verified
from tests.support.lines import OTHER_LINE, add_line, add_person

DAY = 86_400.0
DAY_US = 86_400_000_000


def asked(crew: Crew, command: Command, who: str = "D-ADMIN") -> str:
    """A submitted request's number."""
    request: str = crew.do(who, command).request_id
    crew.sign(who, SubmitChange(request_id=request))
    return request


def approved(crew: Crew, command: Command, by: str = "D-QA") -> Any:
    """What became of a request that an administrator asked for and somebody else approved."""
    return crew.sign(by, ApproveChange(request_id=asked(crew, command)))


def anew(crew: Crew, *people: str) -> None:
    """Their sessions have ended: they sign in anew when it is their turn."""
    for who in people:
        crew.tokens.pop(who, None)


def deputy(crew: Crew, who: str, stands_for: str, days: int = 5) -> AppointDeputy:
    now_us = crew.station.clock.now().utc_us
    return AppointDeputy(employee_id=who, stands_for=stands_for, from_us=now_us, until_us=now_us + days * DAY_US, reason="on leave")


def identified(crew: Crew, who: str, check_id: str = "", by: str = "D-QA") -> str:
    """An identity check with a document that the station keeps."""
    kept = crew.station.keep_document(f"scan of {who} {check_id}".encode(), crew.token(by))
    check_id = check_id or f"ID-{who}"
    crew.sign(
        by, RecordIdentityCheck(check_id=check_id, employee_id=who, how="identity card", document_name="card.png", document_hash=kept)
    )
    return check_id


def joined(crew: Crew, who: str, role: str, *, until: str = "") -> None:
    """A person came in as anybody does, with the demo password as their own."""
    command = CreateUser(employee_id=who, name=f"Person {who}", role=role, line="*", access_until=until, reason="joins")
    assert approved(crew, command).state == "executed"
    identified(crew, who)
    first = crew.station.issue_password(who, crew.token("D-ADMIN"))
    crew.station.dispatch(ChangePassword(employee_id=who, password=first, new_password=demo.DEMO_PASSWORD))


# --- duties stay apart over roles for a time --------------------------------------------------------------------------


@pytest.mark.req("A04", "D08", "A11d-16")
def test_two_deputies_together_give_nobody_what_different_people_hold(crew: Crew) -> None:
    assert approved(crew, deputy(crew, "D-VALID", "D-ADMIN")).state == "executed"
    error = crew.refused(lambda: crew.do("D-ADMIN", deputy(crew, "D-VALID", "D-QA")))
    assert "are held by different people" in error.message
    later = crew.station.clock.now().utc_us + 6 * DAY_US
    free = AppointDeputy(employee_id="D-VALID", stands_for="D-QA", from_us=later, until_us=later + DAY_US, reason="afterwards")
    assert approved(crew, free).state == "executed"


@pytest.mark.req("A04", "D08", "A11d-16")
def test_two_deputies_that_were_asked_for_side_by_side_do_not_both_come_about(crew: Crew) -> None:
    first, second = asked(crew, deputy(crew, "D-VALID", "D-ADMIN")), asked(crew, deputy(crew, "D-VALID", "D-QA"))
    assert crew.sign("D-QA", ApproveChange(request_id=first)).state == "executed"
    assert crew.sign("D-QP", ApproveChange(request_id=second)).state == "failed"


@pytest.mark.req("A04", "D08", "A11d-16")
def test_a_deputy_gets_no_own_role_that_does_not_go_together_with_it(crew: Crew) -> None:
    approved(crew, deputy(crew, "D-VALID", "D-ADMIN"))
    command = ChangeUser(employee_id="D-VALID", name="Demo Validation", role="qa", line="*", reason="changes department")
    assert "are held by different people" in crew.refused(lambda: crew.do("D-ADMIN", command)).message


@pytest.mark.req("A04", "D08", "A11d-16")
def test_a_role_gets_no_permission_that_its_deputies_may_not_hold(crew: Crew, station: Station) -> None:
    approved(crew, deputy(crew, "D-VALID", "D-ADMIN"))
    held = _permissions(station, "validation")
    command = ChangeRole(role="validation", permissions=(*held, "batch.review"), reason="reviews too")
    error = crew.refused(lambda: crew.do("D-ADMIN", command))
    assert "D-VALID also holds another role" in error.message


@pytest.mark.req("A13", "D08")
def test_an_inspector_stands_in_for_nobody(crew: Crew) -> None:
    assert "stands in for nobody" in crew.refused(lambda: crew.do("D-ADMIN", deputy(crew, "D-INSP", "D-QA"))).message


def _permissions(station: Station, role: str) -> tuple[str, ...]:
    rows = station._ask("SELECT permission FROM role_permission WHERE role = ? AND held = 1 ORDER BY 1", (role,))
    return tuple(str(permission) for (permission,) in rows)


# --- names of the station itself ---------------------------------------------------------------------------------------


@pytest.mark.req("A01", "P11-18", "C04")
def test_nobody_is_called_as_the_station_itself(crew: Crew) -> None:
    person = CreateUser(employee_id="SYSTEM", name="Some Body", role="operator", line="*", reason="looks like the station in the trail")
    assert "employee id" in crew.refused(lambda: crew.do("D-ADMIN", person)).message
    role = CreateRole(role="system", title="System", permissions=("session.use",), reason="looks like the station in the trail")
    assert "the station itself" in crew.refused(lambda: crew.do("D-ADMIN", role)).message


# --- emergency access --------------------------------------------------------------------------------------------------


@pytest.mark.req("A12", "A11d-16")
def test_the_emergency_role_is_nobodys_own_and_stays_small(crew: Crew, station: Station) -> None:
    person = CreateUser(employee_id="E-1", name="Some Body", role="emergency", line="*", reason="for ever")
    assert "nobody's own role" in crew.refused(lambda: crew.do("D-ADMIN", person)).message
    more = (*_permissions(station, "emergency"), "batch.restart")
    error = crew.refused(lambda: crew.do("D-ADMIN", ChangeRole(role="emergency", permissions=more, reason="helps at night")))
    assert "never holds batch.restart" in error.message


@pytest.mark.req("A12", "A11d-16")
def test_emergency_access_lasts_no_longer_in_all_than_once_before_it_was_reviewed(crew: Crew, clock: SetClock) -> None:
    first = new_id()
    crew.do("D-SUPER", BreakGlass(grant_id=first, minutes=200, reason="line unattended"))
    anew(crew, "D-SUPER")
    clock.pass_seconds(60 * 60)
    anew(crew, *list(crew.tokens))
    crew.do("D-SUPER", EndBreakGlass(grant_id=first))
    anew(crew, "D-SUPER")
    again = BreakGlass(grant_id=new_id(), minutes=190, reason="once more")
    assert "was not reviewed" in crew.refused(lambda: crew.do("D-SUPER", again)).message
    crew.sign("D-QA", ReviewBreakGlass(grant_id=first, review="batch was held, rightly"))
    crew.do("D-SUPER", BreakGlass(grant_id=new_id(), minutes=190, reason="after the review"))


@pytest.mark.req("A12", "A14", "P11-08")
def test_emergency_access_reaches_over_all_lines_with_its_own_permissions_alone(crew: Crew, station: Station) -> None:
    add_line(station)
    add_person(station, "S-9", "supervisor", OTHER_LINE)
    crew.do("D-SUPER", CreateBatch(batch_no="B-1", recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL-1"))
    crew.do("S-9", BreakGlass(grant_id=new_id(), minutes=60, reason="the line is on fire"))
    anew(crew, "S-9")
    error = crew.refused(lambda: crew.do("S-9", ReleaseBatchToFloor(batch_no="B-1")))
    assert "outside the scope" in error.message
    assert station.read(batch_detail, crew.token("S-9"), batch_no="B-1").batch_no == "B-1"  # what has to be seen is seen
    crew.do("S-9", OpenDeviation(title="Fire", description="on line 3", source_kind="observation", source_id="", line="L3"))


@pytest.mark.req("A09", "A11d-14", "C15")
def test_the_idle_lock_follows_the_setting_that_two_people_made(crew: Crew, station: Station, clock: SetClock) -> None:
    assert approved(crew, ChangeSetting(key="session.idle_lock", value="30", reason="an open office")).state == "executed"
    assert station.idle_left(crew.token("D-QA")) <= 30
    clock.pass_seconds(31)
    assert "locked" in crew.refused(lambda: crew.do("D-QA", BreakGlass(grant_id=new_id(), minutes=1, reason="x"))).message


# --- accounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.req("A13", "A11d-08", "D05")
def test_enabling_never_takes_the_end_of_an_access_away(crew: Crew, station: Station, clock: SetClock) -> None:
    last = station.clock.now().utc_us // DAY_US
    until = _date(last + 30)
    joined(crew, "I-1", "inspector", until=until)
    clock.pass_seconds(40 * DAY)
    station._change_keeper.tick()
    anew(crew, *list(crew.tokens))
    error = crew.refused(lambda: crew.do("D-ADMIN", EnableUser(employee_id="I-1", reason="comes again")))
    assert "last day of access is over" in error.message
    more = ChangeUser(employee_id="I-1", name="Person I-1", role="inspector", line="*", access_until=_date(last + 60), reason="comes again")
    assert approved(crew, more).state == "executed"
    request = asked(crew, EnableUser(employee_id="I-1", reason="comes again"))
    shown = crew.station.read(change, crew.token("D-QA"), request_id=request).diff
    assert any(row.label == "Access" and _date(last + 60) in row.after for row in shown)
    assert crew.sign("D-QA", ApproveChange(request_id=request)).state == "executed"
    assert station._ask("SELECT access_until_us FROM user_account WHERE employee_id = 'I-1'", ())[0][0] is not None


def _date(day: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(day * 86_400, UTC).date().isoformat()


@pytest.mark.req("A05", "P11-19")
def test_identity_is_checked_by_a_document_that_the_station_keeps(crew: Crew) -> None:
    check = RecordIdentityCheck(check_id="C-1", employee_id="D-OPER", how="card", document_name="card.png", document_hash="0" * 64)
    assert "document is missing" in crew.refused(lambda: crew.sign("D-QA", check)).message


@pytest.mark.req("A05", "A17", "P11-26")
def test_who_checked_the_identity_does_not_hand_out_the_password_too(crew: Crew, station: Station) -> None:
    command = CreateUser(employee_id="E-1", name="Person E-1", role="operator", line="*", reason="joins")
    assert approved(crew, command).state == "executed"
    identified(crew, "E-1", by="D-ADMIN")
    error = crew.refused(lambda: station.issue_password("E-1", crew.token("D-ADMIN")))
    assert "checked this person's identity yourself" in error.message
    identified(crew, "E-1", "ID-2")
    assert station.issue_password("E-1", crew.token("D-ADMIN"))


@pytest.mark.req("A15", "D03")
def test_a_disabling_is_not_reviewed_by_whom_it_was_about(crew: Crew, station: Station) -> None:
    add_person(station, "Q-2", "qa", "*")
    crew.do("D-ADMIN", DisableUser(employee_id="Q-2", reason="a suspicion"))
    disabling = station._ask("SELECT id FROM user_disabling", ())[0][0]
    approved(crew, EnableUser(employee_id="Q-2", reason="cleared"))
    identified(crew, "Q-2")
    first = station.issue_password("Q-2", crew.token("D-ADMIN"))
    own = "Walnut-Harbour-Evening"
    station.dispatch(ChangePassword(employee_id="Q-2", password=first, new_password=own))
    crew.tokens["Q-2"] = station.dispatch(SignIn(employee_id="Q-2", password=own)).token
    verdict = station.preflight(ReviewDisabling(disabling_id=disabling, review="all was well"), crew.tokens["Q-2"])
    assert verdict is not None
    assert verdict.guard == "reviewer_is_another_than_disabled"
    crew.sign("D-QA", ReviewDisabling(disabling_id=disabling, review="it was right"))


@pytest.mark.req("A16", "P11-30")
def test_a_replaced_badge_follows_a_check_made_after_the_old_one_was_revoked(crew: Crew) -> None:
    first, early = identified(crew, "D-OPER", "C-1"), identified(crew, "D-OPER", "C-2")
    badge = IssueBadge(employee_id="D-OPER", badge_digest="a" * 64, identity_check_id=first, reason="first badge")
    assert approved(crew, badge).state == "executed"
    crew.do("D-ADMIN", RevokeBadge(employee_id="D-OPER", reason="lost"))
    again = IssueBadge(employee_id="D-OPER", badge_digest="b" * 64, identity_check_id=early, reason="replacement")
    assert "no identity check of its own" in crew.refused(lambda: crew.do("D-ADMIN", again)).message
    unread = IssueBadge(employee_id="D-OPER", badge_digest="1234", identity_check_id=early, reason="replacement")
    assert "was not read" in crew.refused(lambda: crew.do("D-ADMIN", unread)).message
    late = IssueBadge(
        employee_id="D-OPER", badge_digest="b" * 64, identity_check_id=identified(crew, "D-OPER", "C-3"), reason="replacement"
    )
    assert approved(crew, late).state == "executed"


# --- passwords ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("A06", "A07", "P11-30", "A11d-10")
def test_a_password_that_was_reset_is_not_taken_again(crew: Crew, station: Station) -> None:
    joined(crew, "E-1", "operator")
    assert approved(crew, ResetCredential(employee_id="E-1", reason="somebody knows it")).state == "executed"
    first = station.issue_password("E-1", crew.token("D-ADMIN"))
    again = ChangePassword(employee_id="E-1", password=first, new_password=demo.DEMO_PASSWORD)
    error = crew.refused(lambda: station.dispatch(again))
    assert isinstance(error, WeakCredentialError)
    assert "one of your last" in error.message


@pytest.mark.req("A07", "P11-29")
def test_nobody_runs_through_the_history_in_a_day(crew: Crew, station: Station, clock: SetClock) -> None:
    words = ("Amber-Lighthouse-Nine", "Birch-Waterfall-Four", "Cedar-Thunder-Two", "Delta-Cathedral-Six")
    used = [demo.DEMO_PASSWORD, *words]
    for before, new in pairwise(used[:4]):
        station.dispatch(ChangePassword(employee_id="D-OPER", password=before, new_password=new))
    fourth = ChangePassword(employee_id="D-OPER", password=used[3], new_password=used[4])
    error = crew.refused(lambda: station.dispatch(fourth))
    assert isinstance(error, RefusedError)
    assert "within a day" in error.message
    clock.pass_seconds(DAY)
    station.dispatch(ChangePassword(employee_id="D-OPER", password=used[3], new_password=used[4]))


@pytest.mark.req("A06", "A17", "A11d-10")
def test_a_first_password_does_not_lie_about_for_ever(crew: Crew, station: Station, clock: SetClock) -> None:
    command = CreateUser(employee_id="E-1", name="Person E-1", role="operator", line="*", reason="joins")
    approved(crew, command)
    identified(crew, "E-1")
    first = station.issue_password("E-1", crew.token("D-ADMIN"))
    clock.pass_seconds(7 * DAY)
    late = ChangePassword(employee_id="E-1", password=first, new_password="Walnut-Harbour-Evening")
    assert "first password is over" in crew.refused(lambda: station.dispatch(late)).message


# --- changes -----------------------------------------------------------------------------------------------------------


@pytest.mark.req("D07", "H06")
def test_an_approval_that_comes_late_opens_the_deviation_by_itself(crew: Crew, station: Station, clock: SetClock) -> None:
    station._schedule._scheduler.pause()  # it comes before the station has noticed
    request = crew.do("D-ADMIN", ChangeSetting(key="alarm.horn", value="off", reason="an infant sleeps")).request_id
    assert crew.sign("D-ADMIN", SubmitChange(request_id=request, emergency=True)).state == "executed"
    clock.pass_seconds(25 * 3600)
    anew(crew, *list(crew.tokens))
    crew.sign("D-QA", RatifyChange(request_id=request))
    row = station.read(change, crew.token("D-QA"), request_id=request)
    assert [one.number for one in station.read(deviations, crew.token("D-QA"))] == [row.deviation]
    station._change_keeper.tick()
    assert len(station.read(deviations, crew.token("D-QA"))) == 1
    assert verified(station).ok


@pytest.mark.req("D01", "A15", "A11d-16")
@pytest.mark.parametrize("moved", ["disabled", "became an administrator"])
def test_what_a_former_approver_approved_is_not_executed(crew: Crew, station: Station, moved: str) -> None:
    add_person(station, "Q-2", "qa", "*")
    station._schedule._scheduler.pause()
    request = asked(crew, ChangeSetting(key="alarm.horn", value="off", reason="too loud"))
    crew.accept("Q-2")
    command = ApproveChange(request_id=request)
    signature = crew.signature("Q-2", "Q-2", command)
    assert station.bus.dispatch(command, crew.token("Q-2"), signature).state == "approved"  # and the process ends here
    if moved == "disabled":
        crew.do("D-ADMIN", DisableUser(employee_id="Q-2", reason="was somebody else"))
    else:
        role = ChangeUser(employee_id="Q-2", name="Person Q-2", role="admin", line="*", reason="changes department")
        assert approved(crew, role).state == "executed"
    station._change_keeper.tick()
    row = station.read(change, crew.token("D-QA"), request_id=request)
    assert row.state == "failed"
    assert "Q-2" in row.outcome


@pytest.mark.req("A04", "D03", "A11d-16")
def test_a_helper_of_the_administrators_does_not_stand_outside_of_them(crew: Crew) -> None:
    held = ("session.use", "audit.read", "user.read", "user.check_identity", "user.disable", "change.approve")
    error = crew.refused(lambda: crew.do("D-ADMIN", CreateRole(role="it_helper", title="Help desk", permissions=held, reason="helps")))
    assert "with a duty of quality" in error.message


@pytest.mark.req("D01", "C12")
def test_an_approved_change_waits_while_the_clock_is_wrong(crew: Crew, station: Station, clock: SetClock) -> None:
    station._schedule._scheduler.pause()
    request = asked(crew, ChangeSetting(key="alarm.horn", value="off", reason="too loud"))
    command = ApproveChange(request_id=request)
    station.bus.dispatch(command, crew.token("D-QA"), crew.signature("D-QA", "D-QA", command))  # and the process ends here
    clock.wall_offset_us -= 10_000_000
    head = station._ask("SELECT max(seq) FROM audit", ())
    station._change_keeper.tick()
    assert station._ask("SELECT max(seq) FROM audit", ()) == head
    assert station._change_keeper.execute(request).state == "approved"
    clock.wall_offset_us += 10_000_000
    station._change_keeper.tick()
    assert station._ask("SELECT state FROM change_request", ())[0][0] == "executed"


@pytest.mark.req("D01", "D08", "C04")
def test_what_a_deputy_asked_for_says_so(crew: Crew, station: Station) -> None:
    approved(crew, deputy(crew, "D-VALID", "D-ADMIN"))
    anew(crew, "D-VALID")
    request = asked(crew, ChangeSetting(key="alarm.horn", value="off", reason="too loud"), "D-VALID")
    assert crew.sign("D-QA", ApproveChange(request_id=request)).state == "executed"
    sql = "SELECT json_extract(p.payload, '$.details.deputy_for_roles[0]') FROM audit a JOIN audit_payload p USING (seq) WHERE action = 'setting.changed'"
    assert station._ask(sql, ())[0][0] == "admin"


# --- what the store itself refuses -------------------------------------------------------------------------------------


@pytest.mark.req("D06", "D08", "A12", "A11")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE change_request SET ratify_by_us = ratify_by_us + 1",
        "UPDATE change_request SET submitted_us = 1",
        "UPDATE change_request SET approved_us = 1",
        "UPDATE change_request SET executed_us = executed_us - 1",
        "INSERT INTO role_grant (id, kind, employee_id, role, stands_for, reason, from_us, until_us, change_id, review, version) "
        "SELECT 'G', 'deputy', 'D-OPER', 'qa', 'D-QA', 'x', 1, 9000000000000000, id, '', 1 FROM change_request LIMIT 1",
        "INSERT INTO role_grant (id, kind, employee_id, role, reason, from_us, until_us, review_due_us, review, version) "
        "VALUES ('G', 'break_glass', 'D-OPER', 'qa', 'x', 1, 2, 3, '', 1)",
        "UPDATE role_grant SET review_due_us = review_due_us + 1",
        "UPDATE role_grant SET reason = 'another'",
        "INSERT INTO access_review (id, opened_by, opened_us, closed_us, version) VALUES ('R', 'D-QA', 1, 2, 1)",
    ],
)
def test_raw_sql_moves_no_deadline_and_grants_no_role(tmp_path: Path, sql: str) -> None:
    with plain_station(tmp_path / "s", prepared=False, encrypted=False) as station:
        crew = Crew(station)
        request = crew.do("D-ADMIN", ChangeSetting(key="alarm.horn", value="off", reason="too loud")).request_id
        crew.sign("D-ADMIN", SubmitChange(request_id=request, emergency=True))
        crew.do("D-SUPER", BreakGlass(grant_id=new_id(), minutes=5, reason="a small fire"))
        location = station.folder.store
    raw = connect(StoreLocation(location, None))
    try:
        with pytest.raises((sqlite3.IntegrityError, sqlcipher3.dbapi2.IntegrityError)):
            raw.execute(sql)
    finally:
        raw.close()


# --- what is late, and for how long --------------------------------------------------------------------------------------


@pytest.mark.req("D08", "A04")
def test_a_deputy_is_to_come_then_now_then_over(crew: Crew, station: Station, clock: SetClock) -> None:
    now_us = clock.now().utc_us
    command = AppointDeputy(
        employee_id="D-VALID", stands_for="D-SUPER", from_us=now_us + DAY_US, until_us=now_us + 2 * DAY_US, reason="on leave"
    )
    assert approved(crew, command).state == "executed"
    seen = []
    for _ in range(3):
        (row,) = station.read(deputies, crew.token("D-QA"))
        seen.append(row.standing)
        clock.pass_seconds(DAY + 60)
        anew(crew, *list(crew.tokens))
    assert seen == ["to come", "now", "over"]


@pytest.mark.req("A12", "D07", "P11-32")
def test_a_review_and_a_test_that_are_late_say_so(crew: Crew, station: Station, clock: SetClock) -> None:
    test = RecordFactorTest(
        test_id="T1",
        kind="badge_reader",
        device="RD-4",
        procedure="SOP-7",
        passed=True,
        next_due=site_date(clock.now().utc_us, station.info.zone),
    )
    crew.sign("D-ADMIN", test)
    crew.do("D-SUPER", BreakGlass(grant_id="G-1", minutes=60, reason="line unattended"))
    request = crew.do("D-ADMIN", ChangeSetting(key="alarm.horn", value="off", reason="the horn sticks")).request_id
    told_us = station.read(ratification_deadline, crew.token("D-ADMIN"))
    crew.sign("D-ADMIN", SubmitChange(request_id=request, emergency=True))
    (made,) = station.read(changes_to_ratify, crew.token("D-QA"))
    assert made[0].ratify_by_us is not None
    assert told_us <= made[0].ratify_by_us < told_us + 60_000_000

    def late() -> tuple[bool, bool, bool]:
        token = crew.token("D-QA")
        (access,), ((_, missed),) = station.read(emergencies, token), station.read(changes_to_ratify, token)
        return access.overdue, missed, station.read(factor_tests, token)[0].overdue

    assert late() == (False, False, False)
    for seconds, expected in ((DAY + 60, (False, True, True)), (2 * DAY + 3600, (True, True, True))):
        clock.pass_seconds(seconds)
        anew(crew, *list(crew.tokens))
        assert late() == expected
    crew.sign(
        "D-ADMIN", RecordFactorTest(test_id="T2", kind="badge_reader", device="RD-4", procedure="SOP-7", passed=True, next_due="2999-01-01")
    )
    assert [row.overdue for row in station.read(factor_tests, crew.token("D-QA"))] == [False, False]
    crew.sign("D-QA", ReviewBreakGlass(grant_id="G-1", review="the batch was held, rightly"))
    assert [row.overdue for row in station.read(emergencies, crew.token("D-QA"))] == [False]


def _alarms_of(crew: Crew, kind: str) -> list[str]:
    return [alarm.text for alarm in crew.station.read(open_alarms, crew.token("D-VALID")) if alarm.kind == kind and alarm.active]


@pytest.mark.req("A11", "P11-29", "A11d-17")
def test_an_access_review_that_nobody_makes_is_alarmed_once_and_a_closed_one_ends_it(crew: Crew, station: Station, clock: SetClock) -> None:
    lasting_passwords(station)
    joined(crew, "D-QA2", "qa")
    clock.pass_seconds(91 * DAY)
    anew(crew, *crew.tokens)
    station._review_keeper.tick()
    assert _alarms_of(crew, "access_review") == []
    assert approved(crew, ChangeSetting(key="access.review_days", value="28", reason="as the procedure says")).state == "executed"
    for _ in range(2):
        station._review_keeper.tick()
    assert len(_alarms_of(crew, "access_review")) == 1
    assert "28 days" in _alarms_of(crew, "access_review")[0]
    crew.do("D-QA", OpenAccessReview(review_id="AR-1"))
    for line in station.read(access_review, crew.token("D-QA")).lines:
        who = "D-QA2" if line.account == "D-QA" else "D-QA"
        crew.sign(who, ReviewAccessLine(review_id="AR-1", account=line.account, decision="keep"))
    station._review_keeper.tick()
    assert len(_alarms_of(crew, "access_review")) == 1
    crew.do("D-QA", CloseAccessReview(review_id="AR-1"))
    station._review_keeper.tick()
    assert _alarms_of(crew, "access_review") == []
    clock.pass_seconds(28 * DAY)
    anew(crew, *crew.tokens)
    station._review_keeper.tick()
    assert len(_alarms_of(crew, "access_review")) == 1
