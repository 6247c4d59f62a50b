"""Change requests through the bus of a real station (URS D01-D03, D05-D07)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jope.bootstrap import Station
from jope.compliance.changes.commands import ApproveChange, ChangeOutcome, RejectChange, SubmitChange, WithdrawChange, WitnessChange
from jope.compliance.changes.queries import change, changes
from jope.compliance.commands import ChangeStored, Command
from jope.compliance.identity.commands import DisableUser
from jope.compliance.people.commands import CreateUser
from jope.compliance.people.queries import account
from jope.compliance.settings.commands import ChangeSetting
from jope.kernel.errors import GuardRefusedError, PermissionDeniedError, SamePersonError
from jope.kernel.ids import new_id
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, verified
from tests.support.handlers import in_a_handler


def horn_off() -> ChangeSetting:
    """A change of a setting that may also be made in an emergency."""
    return ChangeSetting(key="alarm.horn", value="off", reason="too loud in the booth")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def station(tmp_path: Path, clock: SetClock) -> Iterator[Station]:
    with plain_station(tmp_path / "s", prepared=False, clock=clock) as station:
        yield station


@pytest.fixture
def crew(station: Station) -> Crew:
    return Crew(station)


def asked(crew: Crew, command: Command, who: str = "D-ADMIN") -> str:
    """A submitted request's number."""
    stored = crew.do(who, command)
    assert isinstance(stored, ChangeStored)
    outcome = crew.sign(who, SubmitChange(request_id=stored.request_id))
    assert outcome == ChangeOutcome(stored.request_id, "submitted")
    return stored.request_id


@pytest.mark.req("D01", "D03", "D05", "C15", "A11d-16")
def test_a_setting_changes_by_two_people_under_both_names(crew: Crew) -> None:
    request = asked(crew, horn_off())
    row = crew.station.read(change, crew.token("D-QA"), request_id=request)
    assert [(r.before, r.after) for r in row.diff] == [("on", "off")]
    assert (row.risk, row.requester, row.reason, row.state) == ("medium", "D-ADMIN", "too loud in the booth", "submitted")
    assert crew.sign("D-QA", ApproveChange(request_id=request)) == ChangeOutcome(request, "executed")
    done = crew.station.read(change, crew.token("D-QA"), request_id=request)
    assert (done.state, done.approvers) == ("executed", ("D-QA",))
    rows = crew.station.read(
        lambda reader: reader.execute(
            "SELECT a.actor, json_extract(p.payload, '$.details') FROM audit a JOIN audit_payload p USING (seq) WHERE action = 'setting.changed'"
        ),
        crew.token("D-QA"),
    )
    assert rows[0][0] == "D-ADMIN"
    assert f'"change":"{request}"' in rows[0][1]
    assert '"approved_by":["D-QA"]' in rows[0][1]
    assert '"requested_by":"D-ADMIN"' in rows[0][1]
    report = verified(crew.station)
    assert report.ok, report.findings


@pytest.mark.req("D01", "A04", "A11d-16", "P11-26")
def test_an_administrator_never_approves_alone_nor_the_own(crew: Crew) -> None:
    request = asked(crew, horn_off())
    error = crew.refused(lambda: crew.sign("D-ADMIN", ApproveChange(request_id=request)))
    assert isinstance(error, GuardRefusedError)
    assert "yourself" in error.message


@pytest.mark.req("A01", "A05", "A06", "A17", "P11-18", "P11-19", "P11-26")
def test_a_person_comes_in_by_two_people_an_identity_check_and_a_password_of_their_own(crew: Crew) -> None:
    from jope.compliance.identity.commands import ChangePassword, SignIn
    from jope.compliance.people.commands import RecordIdentityCheck
    from jope.kernel.errors import AccountDisabledError, CredentialDueError

    new = CreateUser(employee_id="E-1001", name="New Operator", role="operator", line="*", reason="joins the line")
    request = asked(crew, new)
    assert crew.sign("D-QA", ApproveChange(request_id=request)).state == "executed"
    row = crew.station.read(account, crew.token("D-ADMIN"), employee_id="E-1001")
    assert (row.state, row.standing) == ("disabled", "identity check due")
    error = crew.refused(lambda: crew.station.issue_password("E-1001", crew.token("D-ADMIN")))
    assert "identity was not checked" in error.message
    digest = crew.station.keep_document(b"scan of an identity card", crew.token("D-QA"))
    crew.sign(
        "D-QA",
        RecordIdentityCheck(check_id="ID-1", employee_id="E-1001", how="identity card", document_name="card.png", document_hash=digest),
    )
    first = crew.station.issue_password("E-1001", crew.token("D-ADMIN"))
    assert isinstance(crew.refused(lambda: crew.station.dispatch(SignIn(employee_id="E-1001", password=first))), CredentialDueError)
    own = "Rather-long-and-mine"
    weak = crew.refused(lambda: crew.station.dispatch(ChangePassword(employee_id="E-1001", password=first, new_password="E-1001-E-1001")))
    assert "employee id" in weak.message
    crew.station.dispatch(ChangePassword(employee_id="E-1001", password=first, new_password=own))
    assert crew.station.dispatch(SignIn(employee_id="E-1001", password=own)).role == "operator"
    crew.do("D-ADMIN", DisableUser(employee_id="E-1001", reason="left the company"))
    assert isinstance(crew.refused(lambda: crew.station.dispatch(SignIn(employee_id="E-1001", password=own))), AccountDisabledError)
    again = crew.refused(lambda: crew.do("D-ADMIN", replace(new, command_id=new_id())))
    assert "was given before" in again.message
    assert verified(crew.station).ok


@pytest.mark.req("D01", "D05")
def test_a_moved_target_a_withdrawn_and_an_expired_request_are_not_executed(crew: Crew, clock: SetClock) -> None:
    first, second = asked(crew, horn_off()), asked(crew, ChangeSetting(key="alarm.horn", value="off", reason="the same once more"))
    assert crew.sign("D-QA", ApproveChange(request_id=first)).state == "executed"
    error = crew.refused(lambda: crew.sign("D-QA", ApproveChange(request_id=second)))
    assert isinstance(error, GuardRefusedError)
    third = asked(crew, ChangeSetting(key="session.idle_lock", value="60", reason="open office"))
    crew.do("D-ADMIN", WithdrawChange(request_id=third, reason="not needed"))
    assert isinstance(crew.refused(lambda: crew.sign("D-QA", ApproveChange(request_id=third))), GuardRefusedError)
    fourth = asked(crew, ChangeSetting(key="session.idle_lock", value="90", reason="open office"))
    clock.wall_offset_us += 8 * 86_400_000_000
    crew.tokens.clear()
    assert "expired" in crew.refused(lambda: crew.sign("D-QA", ApproveChange(request_id=fourth))).message
    crew.station._change_keeper.tick()
    states = {row.request_id: row.state for row in crew.station.read(changes, crew.token("D-QA"))}
    assert states == {first: "executed", second: "expired", third: "withdrawn", fourth: "expired"}


@pytest.mark.req("D01", "A08", "A11d-13")
def test_a_locked_account_is_unlocked_beside_a_witness(crew: Crew) -> None:
    from jope.compliance.identity.commands import SignIn
    from jope.compliance.people.commands import UnlockUser

    for _ in range(3):
        crew.refused(lambda: crew.station.dispatch(SignIn(employee_id="D-OPER", password="wrong")))
    assert crew.station.read(account, crew.token("D-ADMIN"), employee_id="D-OPER").state == "locked"
    request = asked(crew, UnlockUser(employee_id="D-OPER", how="known to both, and identity card", reason="typed too fast"))
    assert crew.sign("D-ADMIN", WitnessChange(request_id=request), signer="D-SUPER").state == "executed"
    assert crew.token("D-OPER")


@pytest.mark.req("D01", "D05")
def test_a_rejected_request_is_at_its_end(crew: Crew) -> None:
    request = asked(crew, horn_off())
    crew.sign("D-QA", RejectChange(request_id=request, reason="the horn is a safeguard"))
    assert crew.station.read(change, crew.token("D-QA"), request_id=request).state == "rejected"
    assert isinstance(crew.refused(lambda: crew.sign("D-QP", ApproveChange(request_id=request))), GuardRefusedError)


@pytest.mark.req("D01", "A02")
def test_who_may_not_ask_for_it_asks_in_vain(crew: Crew) -> None:
    for who in ("D-OPER", "D-SUPER", "D-QA", "D-QP", "D-VALID", "D-INSP"):
        assert isinstance(crew.refused(lambda who=who: crew.do(who, horn_off())), PermissionDeniedError)
    request = asked(crew, horn_off())
    for who in ("D-OPER", "D-SUPER", "D-VALID", "D-INSP"):
        assert isinstance(crew.refused(lambda who=who: crew.sign(who, ApproveChange(request_id=request))), PermissionDeniedError)
    assert not issubclass(PermissionDeniedError, SamePersonError)


@pytest.mark.req("D07")
def test_an_emergency_change_is_executed_at_once_and_approved_after(crew: Crew, clock: SetClock) -> None:
    from jope.compliance.changes.commands import RatifyChange

    stored = crew.do("D-ADMIN", horn_off())
    assert crew.sign("D-ADMIN", SubmitChange(request_id=stored.request_id, emergency=True)).state == "executed"
    row = crew.station.read(change, crew.token("D-QA"), request_id=stored.request_id)
    assert row.emergency
    assert row.approvers == ()
    assert crew.sign("D-QA", RatifyChange(request_id=stored.request_id)).state == "executed"
    never = crew.do("D-ADMIN", ChangeSetting(key="session.idle_lock", value="60", reason="x"))
    error = crew.refused(lambda: crew.sign("D-ADMIN", SubmitChange(request_id=never.request_id, emergency=True)))
    assert "never made before its approval" in error.message
    again = crew.do("D-ADMIN", ChangeSetting(key="alarm.horn", value="on", reason="back"))
    crew.sign("D-ADMIN", SubmitChange(request_id=again.request_id, emergency=True))
    clock.wall_offset_us += 25 * 3_600_000_000
    crew.tokens.clear()
    crew.station._change_keeper.tick()
    alarms = crew.station.read(lambda reader: reader.execute("SELECT kind FROM alarm WHERE returned_us IS NULL"), crew.token("D-QA"))
    assert ("ratification_missed",) in alarms


@pytest.mark.req("A14", "D01", "A11d-16")
def test_a_requester_who_was_bound_to_a_line_meanwhile_changes_nothing_beyond_it(crew: Crew) -> None:
    request = asked(crew, CreateUser(employee_id="E-1002", name="Of all lines", role="operator", line="*", reason="joins"))
    in_a_handler(crew.station, lambda uow: uow.cursor.execute("UPDATE user_account SET line = 'L1' WHERE employee_id = 'D-ADMIN'"))
    crew.sign("D-QA", ApproveChange(request_id=request))
    row = crew.station.read(change, crew.token("D-QA"), request_id=request)
    assert row.state == "failed"
    assert "on that line any more" in row.outcome
    assert crew.station._ask("SELECT 1 FROM user_account WHERE employee_id = 'E-1002'", ()) == []
