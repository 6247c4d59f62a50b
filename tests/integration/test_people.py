"""Deputies, break-glass, badges, tests of readers, last days and what one person does at once (URS A08, A12, A13, A15, A16, D03, D08)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jope.bootstrap import Station
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.authority.commands import (
    AppointDeputy,
    BreakGlass,
    ChangeRole,
    CreateRole,
    EndBreakGlass,
    ReviewBreakGlass,
)
from jope.compliance.authority.queries import emergencies
from jope.compliance.changes.commands import ApproveChange, SubmitChange
from jope.compliance.commands import Command
from jope.compliance.identity.commands import ChangePassword, DisableUser, SignIn
from jope.compliance.people.badges import badge_digest
from jope.compliance.people.commands import (
    ChangeUser,
    IssueBadge,
    RecordFactorTest,
    RecordIdentityCheck,
    ResetCredential,
    ReviewDisabling,
    RevokeBadge,
)
from jope.compliance.people.queries import accounts, disablings_to_review
from jope.kernel.errors import (
    AccountDisabledError,
    CredentialDueError,
    GuardRefusedError,
    PermissionDeniedError,
    SessionEndedError,
    WeakCredentialError,
)
from jope.services.provisioning.commands import RecordLetter
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, verified

HOUR_US = 3_600_000_000


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


def approved(crew: Crew, command: Command) -> str:
    """Ask as administrator, approve as quality assurance; where the request stands then."""
    request = crew.do("D-ADMIN", command).request_id
    crew.sign("D-ADMIN", SubmitChange(request_id=request))
    state: str = crew.sign("D-QA", ApproveChange(request_id=request)).state
    return state


def identified(crew: Crew, check: str, who: str) -> None:
    digest = crew.station.keep_document(f"scan {check}".encode(), crew.token("D-QA"))
    crew.sign(
        "D-QA", RecordIdentityCheck(check_id=check, employee_id=who, how="identity card", document_name="card.png", document_hash=digest)
    )


def details(crew: Crew, action: str) -> list[str]:
    rows = crew.station.read(
        lambda reader: reader.execute(
            "SELECT json_extract(p.payload, '$.details') FROM audit a JOIN audit_payload p USING (seq) WHERE action = ? ORDER BY seq",
            (action,),
        ),
        crew.token("D-VALID"),
    )
    return [text for (text,) in rows]


@pytest.mark.req("D08", "A11d-16")
def test_a_deputy_holds_another_role_for_a_time_and_every_event_says_so(crew: Crew, clock: SetClock) -> None:
    now = clock.now().utc_us
    toxic = AppointDeputy(employee_id="D-OPER", stands_for="D-SUPER", from_us=now, until_us=now + 8 * HOUR_US, reason="holiday")
    error = crew.refused(lambda: crew.do("D-ADMIN", toxic))
    assert isinstance(error, GuardRefusedError)
    assert "different people" in error.message
    endless = AppointDeputy(employee_id="D-QP", stands_for="D-VALID", from_us=now, until_us=now + 400 * 24 * HOUR_US, reason="holiday")
    assert "has an end" in crew.refused(lambda: crew.do("D-ADMIN", endless)).message
    crew.token("D-VALID")
    good = AppointDeputy(employee_id="D-QP", stands_for="D-VALID", from_us=now, until_us=now + 8 * HOUR_US, reason="holiday")
    before = crew.token("D-QP")
    assert approved(crew, good) == "executed"
    with pytest.raises(SessionEndedError):
        crew.station.sessions.principal(before)
    crew.tokens.pop("D-QP")
    opened = crew.station.dispatch(SignIn(employee_id="D-QP", password=DEMO_PASSWORD))
    assert opened.deputies == ("validation",)
    clock.wall_offset_us += 9 * HOUR_US
    with pytest.raises(SessionEndedError):
        crew.station.sessions.principal(opened.token)
    assert crew.station.dispatch(SignIn(employee_id="D-QP", password=DEMO_PASSWORD)).deputies == ()
    assert verified(crew.station).ok


@pytest.mark.req("D08", "A13", "P11-05")
def test_a_clock_set_back_revives_no_role_and_no_access_that_had_ended(crew: Crew, clock: SetClock) -> None:
    now = clock.now().utc_us
    deputy = AppointDeputy(employee_id="D-QP", stands_for="D-VALID", from_us=now, until_us=now + 8 * HOUR_US, reason="holiday")
    assert approved(crew, deputy) == "executed"
    assert crew.station.dispatch(SignIn(employee_id="D-QP", password=DEMO_PASSWORD)).deputies == ("validation",)
    clock.pass_seconds(9 * 3600)
    crew.station.dispatch(SignIn(employee_id="D-QP", password=DEMO_PASSWORD))
    clock.wall_offset_us -= 5 * HOUR_US  # before the end of the appointment, after its begin
    opened = crew.station.dispatch(SignIn(employee_id="D-QP", password=DEMO_PASSWORD))
    assert opened.deputies == ()
    (row,) = (row for row in crew.station.read(accounts, opened.token) if row.employee_id == "D-QP")
    assert row.roles_for_a_time == ()


@pytest.mark.req("D08", "A13", "P11-05")
def test_a_clock_set_back_makes_no_session_under_a_role_longer(crew: Crew, clock: SetClock) -> None:
    now = clock.now().utc_us
    deputy = AppointDeputy(employee_id="D-QP", stands_for="D-VALID", from_us=now, until_us=now + 8 * HOUR_US, reason="holiday")
    assert approved(crew, deputy) == "executed"
    clock.pass_seconds(7.5 * 3600)
    crew.station.dispatch(SignIn(employee_id="D-QP", password=DEMO_PASSWORD))
    clock.wall_offset_us -= 5 * HOUR_US
    opened = crew.station.dispatch(SignIn(employee_id="D-QP", password=DEMO_PASSWORD))
    assert opened.deputies == ("validation",)
    clock.mono_offset_us += 40 * 60 * 1_000_000
    with pytest.raises(SessionEndedError, match="ended"):
        crew.station.sessions.principal(opened.token)


@pytest.mark.req("A12", "A11d-16", "P11-31")
def test_break_glass_is_timed_alarmed_marked_and_reviewed_by_another(crew: Crew, clock: SetClock) -> None:
    assert isinstance(crew.refused(lambda: crew.do("D-OPER", BreakGlass(grant_id="G0", minutes=30, reason="x"))), PermissionDeniedError)
    assert "at most" in crew.refused(lambda: crew.do("D-SUPER", BreakGlass(grant_id="G1", minutes=500, reason="x"))).message
    crew.do("D-SUPER", BreakGlass(grant_id="G2", minutes=60, reason="the line next door leaks"))
    crew.tokens.pop("D-SUPER")
    opened = crew.station.dispatch(SignIn(employee_id="D-SUPER", password=DEMO_PASSWORD))
    crew.tokens["D-SUPER"] = opened.token
    assert opened.emergency == "G2"
    assert opened.line == "*"
    crew.do("D-SUPER", DisableUser(employee_id="D-OPER", reason="found at the wrong line"))
    assert any('"emergency_access":"G2"' in text for text in details(crew, "user.disabled"))
    kinds = {alarm.kind: alarm.priority for alarm in crew.station.read(open_alarms, crew.token("D-QA"))}
    assert kinds["break_glass"] == 1
    assert "still runs" in crew.refused(lambda: crew.sign("D-QA", ReviewBreakGlass(grant_id="G2", review="right"))).message
    crew.do("D-SUPER", EndBreakGlass(grant_id="G2"))
    crew.tokens.pop("D-SUPER")
    assert crew.station.dispatch(SignIn(employee_id="D-SUPER", password=DEMO_PASSWORD)).emergency == ""
    crew.sign("D-QA", ReviewBreakGlass(grant_id="G2", review="one account disabled, rightly"))
    (row,) = crew.station.read(emergencies, crew.token("D-QA"))
    assert row.reviewed_by == "D-QA"
    assert verified(crew.station).ok


@pytest.mark.req("A12")
def test_an_overdue_review_stands_before_the_next_emergency(crew: Crew, clock: SetClock) -> None:
    crew.do("D-SUPER", BreakGlass(grant_id="G1", minutes=10, reason="a first time"))
    clock.wall_offset_us += 5 * 24 * HOUR_US
    crew.tokens.clear()
    error = crew.refused(lambda: crew.do("D-SUPER", BreakGlass(grant_id="G2", minutes=10, reason="a second time")))
    assert "was not reviewed" in error.message


@pytest.mark.req("A16", "P11-30", "A11d-09")
def test_a_badge_fills_in_an_id_is_revoked_at_once_and_follows_a_check_of_its_own(crew: Crew) -> None:
    identified(crew, "C1", "D-OPER")
    badge = IssueBadge(employee_id="D-OPER", badge_digest=badge_digest("0451-77"), identity_check_id="C1", reason="first badge")
    assert approved(crew, badge) == "executed"

    assert crew.station.fill_in(" 0451-77 ") == "D-OPER"
    crew.do("D-ADMIN", RevokeBadge(employee_id="D-OPER", reason="lost in the canteen"))
    assert crew.station.fill_in("0451-77") == ""
    again = IssueBadge(employee_id="D-OPER", badge_digest=badge_digest("0451-78"), identity_check_id="C1", reason="replacement")
    assert "identity check of its own" in crew.refused(lambda: crew.do("D-ADMIN", again)).message
    identified(crew, "C2", "D-OPER")
    fresh = IssueBadge(employee_id="D-OPER", badge_digest=badge_digest("0451-78"), identity_check_id="C2", reason="replacement")
    assert approved(crew, fresh) == "executed"
    assert crew.station.fill_in("0451-78") == "D-OPER"
    assert crew.station.fill_in(" D-SUPER ") == "D-SUPER"  # a badge of another house that bears the id


@pytest.mark.req("A16", "P11-32", "P11-20")
def test_a_reader_is_tested_and_the_letter_kept_by_signature(crew: Crew) -> None:
    test = RecordFactorTest(
        test_id="T1", kind="badge_reader", device="reader at booth 3", procedure="SOP-7, three badges", passed=True, next_due="2027-05-01"
    )
    crew.sign("D-ADMIN", test)
    digest = crew.station.keep_document(b"letter to the agency", crew.token("D-QA"))
    letter = RecordLetter(letter_id="L1", kind="letter", dated="2026-11-02", document_name="letter.pdf", document_hash=digest)
    crew.sign("D-QA", letter)
    wrong = RecordLetter(letter_id="L2", kind="letter", dated="soon", document_name="letter.pdf", document_hash=digest)
    assert "no date" in crew.refused(lambda: crew.sign("D-QA", wrong)).message
    assert verified(crew.station).ok


@pytest.mark.req("A15", "D03", "P11-05")
def test_disabling_is_one_person_s_at_once_and_reviewed_by_another(crew: Crew) -> None:
    token = crew.token("D-OPER")
    crew.do("D-ADMIN", DisableUser(employee_id="D-OPER", reason="badge found outside"))
    with pytest.raises(SessionEndedError):
        crew.station.sessions.principal(token)
    (row,) = crew.station.read(disablings_to_review, crew.token("D-QA"))
    assert (row.employee_id, row.disabled_by) == ("D-OPER", "D-ADMIN")
    crew.sign("D-QA", ReviewDisabling(disabling_id=row.disabling_id, review="rightly"))
    assert crew.station.read(disablings_to_review, crew.token("D-QA")) == ()
    again = ReviewDisabling(disabling_id=row.disabling_id, review="once more")
    assert isinstance(crew.refused(lambda: crew.sign("D-QA", again)), GuardRefusedError)


@pytest.mark.req("A13", "A11d-08", "A15")
def test_access_ends_with_its_last_day(crew: Crew, clock: SetClock) -> None:
    endless = ChangeUser(employee_id="D-INSP", name="Demo Inspector", role="inspector", line="*", reason="no end")
    assert "ends on a day" in crew.refused(lambda: crew.do("D-ADMIN", endless)).message
    until = ChangeUser(
        employee_id="D-VALID", name="Demo Validation", role="validation", line="*", access_until="2026-12-31", reason="contract ends"
    )
    assert approved(crew, until) == "executed"
    opened = crew.station.dispatch(SignIn(employee_id="D-VALID", password=DEMO_PASSWORD))
    clock.wall_offset_us += 40 * 24 * HOUR_US
    with pytest.raises(SessionEndedError):
        crew.station.sessions.principal(opened.token)
    error = crew.refused(lambda: crew.station.dispatch(SignIn(employee_id="D-VALID", password=DEMO_PASSWORD)))
    assert isinstance(error, AccountDisabledError)
    crew.station._change_keeper.tick()
    crew.tokens.clear()
    (row,) = [one for one in crew.station.read(accounts, crew.token("D-QA")) if one.employee_id == "D-VALID"]
    assert row.standing == "disabled"


@pytest.mark.req("A04", "D03", "A11d-16", "P11-08")
def test_a_role_that_collects_what_checks_itself_is_refused_and_a_change_counts_its_version(crew: Crew) -> None:
    def role(*permissions: str) -> CreateRole:
        return CreateRole(role="helper", title="Helper", permissions=("session.use", *permissions), reason="a new role")

    for toxic in (("weighing.perform", "weighing.verify"), ("user.request_change", "batch.hold"), ("system",), ("no.such",)):
        error = crew.refused(lambda toxic=toxic: crew.do("D-ADMIN", role(*toxic)))  # type: ignore[misc]
        assert isinstance(error, GuardRefusedError)
    assert approved(crew, role("audit.read")) == "executed"
    token = crew.token("D-OPER")
    from jope.compliance.access.roles import ROLE_PERMISSIONS

    less = sorted(p.value for p in ROLE_PERMISSIONS["operator"] if p.value != "batch.hold")
    assert approved(crew, ChangeRole(role="operator", permissions=tuple(less), reason="holds are the supervisor's")) == "executed"
    with pytest.raises(SessionEndedError):
        crew.station.sessions.principal(token)
    crew.tokens.pop("D-OPER")
    opened = crew.station.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD))
    assert "batch.hold" not in {p.value for p in opened.permissions}
    assert '"number":2' in details(crew, "role.changed")[0]


@pytest.mark.req("A06", "A07", "P11-26", "A11d-10", "A11d-11")
def test_a_reset_password_opens_nothing_and_history_and_likeness_are_refused(crew: Crew, clock: SetClock) -> None:
    token = crew.token("D-OPER")
    crew.accept("D-OPER")
    assert approved(crew, ResetCredential(employee_id="D-OPER", reason="forgotten")) == "executed"
    with pytest.raises(SessionEndedError):
        crew.station.sessions.principal(token)
    assert isinstance(
        crew.refused(lambda: crew.station.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD))), AccountDisabledError
    )
    first = crew.station.issue_password("D-OPER", crew.token("D-ADMIN"))
    assert isinstance(crew.refused(lambda: crew.station.issue_password("D-OPER", crew.token("D-ADMIN"))), GuardRefusedError)
    assert isinstance(crew.refused(lambda: crew.station.dispatch(SignIn(employee_id="D-OPER", password=first))), CredentialDueError)

    def change(before: str, new: str) -> None:
        crew.station.dispatch(ChangePassword(employee_id="D-OPER", password=before, new_password=new))

    for weak in ("short", "Passwort-2026!", "operator-operator", "Qwertzuiop1234", "123456789012", first + "x"):
        assert isinstance(crew.refused(lambda weak=weak: change(first, weak)), WeakCredentialError), weak  # type: ignore[misc]
    change(first, "Velvet-Harbour-27")
    assert "one before" in crew.refused(lambda: change("Velvet-Harbour-27", "Velvet-Harbour-28")).message
    change("Velvet-Harbour-27", "Copper-Lantern-91")
    clock.wall_offset_us += 25 * HOUR_US  # nobody runs through the history in a day
    assert "one of your last" in crew.refused(lambda: change("Copper-Lantern-91", "Velvet-Harbour-27")).message
    assert first not in "".join(details(crew, "user.credential_issued"))
    assert verified(crew.station).ok


@pytest.mark.req("B03", "D03", "C15")
def test_the_signature_matrix_changes_by_four_eyes_and_never_below_the_program(crew: Crew) -> None:
    from jope.compliance.signatures.commands import ChangeSignatureRule

    def rule(action: str, signing: str, meaning: str = "") -> ChangeSignatureRule:
        return ChangeSignatureRule(action=action, signing=signing, meaning=meaning, series=False, reason="site rule 7")

    for weaker in (
        rule("ReleaseBatch", "none"),
        rule("ReleaseBatch", "sign", "review"),
        rule("NoSuch", "sign", "review"),
        rule("CreateBatch", "maybe"),
    ):
        assert isinstance(crew.refused(lambda weaker=weaker: crew.do("D-ADMIN", weaker)), GuardRefusedError), weaker  # type: ignore[misc]
    assert not crew.station.matrix.rule("CreateBatch").meaning
    assert approved(crew, rule("CreateBatch", "sign", "authorship")) == "executed"
    assert crew.station.matrix.rule("CreateBatch").meaning == "authorship"
    assert crew.station.matrix.rule("CreateBatch").number == 2
    assert verified(crew.station).ok
