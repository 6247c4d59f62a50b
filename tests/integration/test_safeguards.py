"""Misuse is told at once to who answers for security: repeated failed signing, lockout, throttles (URS Q02; 21 CFR 11.300(d))."""

from __future__ import annotations

import pytest

from jope.bootstrap import Station
from jope.compliance.access.roles import ROLE_PERMISSIONS
from jope.compliance.alarms.commands import SECURITY_KINDS, AcknowledgeAlarm, AcknowledgeSecurityAlarm, RaiseAlarm
from jope.compliance.alarms.queries import AlarmView, open_alarms
from jope.compliance.audit.queries import AuditFilter, audit_page
from jope.compliance.commands import SignatureInput
from jope.compliance.identity.commands import SignIn
from jope.kernel.errors import AccountLockedError, AuthenticationError, PermissionDeniedError, RefusedError, SamePersonError, ThrottledError
from jope.plant.batches import commands as c
from jope.services.health.channels.wording import Sender, notice_message
from jope.services.health.queries import Notice
from jope.services.provisioning.demo_data import DEMO_RECIPE
from tests.support.demo import Crew, to_execution

SENDER = Sender("DEMO-L3", "Demo site", "L3", "Europe/Vienna", True)


def _alarms(station: Station, crew: Crew, who: str = "D-QA") -> dict[str, AlarmView]:
    return {alarm.kind: alarm for alarm in station.read(open_alarms, crew.token(who))}


def _sign_wrongly(crew: Crew) -> None:
    hold = c.HoldBatch(batch_no="B-1", reason="spill at the booth")
    crew.station.dispatch(hold, crew.token("D-OPER"), crew.signature("D-OPER", "D-OPER", hold, password="wrong"))


@pytest.mark.req("Q02", "A08", "P11-31", "B06")
def test_the_second_failure_in_a_row_at_a_signature_is_an_alarm_at_once(station: Station, crew: Crew) -> None:
    to_execution(crew, "B-1")
    with pytest.raises(AuthenticationError):
        _sign_wrongly(crew)
    assert "signing" not in _alarms(station, crew)
    with pytest.raises(AuthenticationError):
        _sign_wrongly(crew)
    alarm = _alarms(station, crew)["signing"]
    assert (alarm.priority, alarm.source, alarm.active, alarm.security) == (2, "account D-OPER", True, True)
    assert "2 failed attempts in a row to sign as D-OPER" in alarm.text
    with pytest.raises(AccountLockedError):
        _sign_wrongly(crew)
    assert {"signing", "lockout"} <= _alarms(station, crew).keys()


@pytest.mark.req("Q02", "P11-31")
def test_a_failed_sign_in_before_a_failed_signature_counts_and_failed_sign_ins_alone_do_not(station: Station, crew: Crew) -> None:
    to_execution(crew, "B-1")
    crew.token("D-QA")
    for _ in range(2):
        with pytest.raises(AuthenticationError):
            station.dispatch(SignIn(employee_id="D-SUPER", password="wrong"))
    assert "signing" not in _alarms(station, crew)
    with pytest.raises(AuthenticationError):
        station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
    with pytest.raises(AuthenticationError):
        _sign_wrongly(crew)
    assert _alarms(station, crew)["signing"].source == "account D-OPER"


@pytest.mark.req("Q02", "B06")
def test_a_wrong_second_person_is_told_too(station: Station, crew: Crew) -> None:
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id=DEMO_RECIPE, line="L3", product_lot="PL-1"))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-1"))
    from jope.services.provisioning.demo_data import DEMO_CHECKS

    crew.sign("D-OPER", c.PerformClearance(batch_no="B-1", answers=tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in DEMO_CHECKS)))
    for _ in range(2):
        verify = c.VerifyClearance(batch_no="B-1")
        with pytest.raises(AuthenticationError):
            station.dispatch(verify, crew.token("D-OPER"), crew.signature("D-OPER", "D-SUPER", verify, password="wrong"))
    assert _alarms(station, crew)["signing"].source == "account D-SUPER"


@pytest.mark.req("Q02", "A04", "P11-31")
def test_security_alarms_are_seen_and_acknowledged_by_administration_and_quality_assurance_alone(station: Station, crew: Crew) -> None:
    to_execution(crew, "B-1")
    for _ in range(2):
        with pytest.raises(AuthenticationError):
            _sign_wrongly(crew)
    station._dispatch_own(RaiseAlarm(priority=2, source="SC-1", kind="communication", text="SC-1 does not answer."))
    seen = _alarms(station, crew, "D-ADMIN")
    alarm_id = seen["signing"].alarm_id
    with pytest.raises(RefusedError, match="misuse"):
        crew.do("D-OPER", AcknowledgeAlarm(alarm_id=alarm_id, reason="looked at"))
    with pytest.raises(PermissionDeniedError):
        crew.do("D-SUPER", AcknowledgeSecurityAlarm(alarm_id=alarm_id))
    with pytest.raises(RefusedError, match="line"):
        crew.do("D-ADMIN", AcknowledgeSecurityAlarm(alarm_id=seen["communication"].alarm_id))
    crew.do("D-ADMIN", AcknowledgeSecurityAlarm(alarm_id=alarm_id, reason="asked the person"))
    assert "signing" not in _alarms(station, crew), "it has happened and does not last"
    rows = station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(subject_kind="alarm", subject_id=alarm_id))
    assert [row.action for row in reversed(rows)] == [
        "alarm.raised",
        "command.refused",
        "command.denied",
        "alarm.acknowledged",
        "alarm.returned",
    ]
    with pytest.raises(AuthenticationError):
        station.dispatch(SignIn(employee_id="D-VALID", password="wrong"))
    holders = {role for role, held in ROLE_PERMISSIONS.items() if "alarm.acknowledge_security" in held}
    assert holders == {"qa", "admin"}


@pytest.mark.req("Q02", "A08")
def test_a_lockout_stays_active_after_it_was_seen_and_a_throttle_does_not(station: Station, crew: Crew) -> None:
    crew.token("D-QA")
    for tries in range(3):
        with pytest.raises(AuthenticationError if tries < 2 else AccountLockedError):
            station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
    for _ in range(7):
        crew.refused(lambda: station.dispatch(SignIn(employee_id="E-404", password="wrong")))
    with pytest.raises(ThrottledError):
        station.dispatch(SignIn(employee_id="D-QP", password="wrong"))
    alarms = _alarms(station, crew)
    assert {"lockout", "throttle"} <= alarms.keys()
    for kind in ("lockout", "throttle"):
        crew.do("D-QA", AcknowledgeSecurityAlarm(alarm_id=alarms[kind].alarm_id))
    left = _alarms(station, crew)
    assert (left["lockout"].active, left["lockout"].acknowledged_by) == (True, "D-QA"), "the account still is locked"
    assert "throttle" not in left


@pytest.mark.req("Q02", "P11-31")
@pytest.mark.parametrize("kind", sorted(SECURITY_KINDS))
def test_notices_of_security_alarms_say_so(kind: str) -> None:
    notice = Notice("a-1", 2, "account D-OPER", kind, "Account D-OPER is locked after 3 failures.", 1_900_000_000_000_000, None, "", 0)
    message = notice_message(notice, SENDER, "mail", 1_900_000_000_000_000)
    assert message.title.startswith("DEMO DEMO-L3 P2 SECURITY account D-OPER")
    assert any(line.startswith("Security") for line in message.lines)
    plain = notice_message(Notice("a-2", 2, "SC-1", "communication", "x", 1, None, "", 0), SENDER, "mail", 1)
    assert "SECURITY" not in plain.title
    assert not any(line.startswith("Security") for line in plain.lines)


@pytest.mark.req("Q02", "P11-31")
def test_security_alarms_wait_for_every_channel_of_their_priority(station: Station, crew: Crew) -> None:
    from jope.services.health.commands import ConfigureChannel
    from jope.services.health.queries import waiting_notices

    to_execution(crew, "B-1")
    station._dispatch_own(ConfigureChannel(channel="mail", settings="{}"))
    for _ in range(2):
        with pytest.raises(AuthenticationError):
            _sign_wrongly(crew)
    with pytest.raises(AccountLockedError):
        _sign_wrongly(crew)
    with station._reading("*") as reader:
        assert {notice.kind for notice in waiting_notices(reader, channel="mail", priorities=(1, 2))} == {"signing", "lockout"}


@pytest.mark.req("B06", "P11-25")
def test_a_signature_is_given_at_the_own_session_alone(station: Station, crew: Crew) -> None:
    to_execution(crew, "B-1")
    hold = c.HoldBatch(batch_no="B-1", reason="spill at the booth")
    sheet = station.sheet(hold, crew.token("D-SUPER"))
    given = SignatureInput(employee_id="D-OPER", password="Demo-Station-2026", meaning=sheet.meaning, shown_hash=sheet.record_hash)
    with pytest.raises(SamePersonError, match="Only the person who is signed in"):
        station.dispatch(hold, crew.token("D-SUPER"), given)
