"""People and sessions: lockout, throttles, idle lock, and what survives."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from jope.bootstrap import Station, open_station
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit.queries import AuditFilter, audit_page
from jope.compliance.identity.authentication import NOBODY
from jope.compliance.identity.commands import DisableUser, LockSession, SignIn, SignOut, UnlockSession
from jope.compliance.identity.sessions import IDLE_LOCK_SECONDS
from jope.kernel.errors import (
    AccountDisabledError,
    AccountLockedError,
    AuthenticationError,
    PermissionDeniedError,
    RefusedError,
    SessionEndedError,
    ThrottledError,
)
from jope.plant.materials.commands import ReceiveLot
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, verified, wait_until


def _counter(station: Station, key: str) -> int:
    row = station._commands.run(
        lambda: station._store.cursor.execute("SELECT failures FROM auth_counter WHERE employee_id = ?", (key,)).fetchone()
    )
    return 0 if row is None else int(row[0])


@pytest.mark.req("A08", "P11-31", "Q02", "A11d-13", "B06")
def test_three_failures_lock_the_account_and_alarm(station: Station, crew: Crew) -> None:
    for n in (1, 2):
        with pytest.raises(AuthenticationError):
            station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
        assert _counter(station, "D-OPER") == n
    with pytest.raises(AccountLockedError):
        station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
    with pytest.raises(AccountLockedError):
        station.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD))
    alarms = station.read(open_alarms, crew.token("D-QA"))
    assert [(a.kind, a.priority) for a in alarms] == [("lockout", 2)]
    actions = [r.action for r in station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(subject_id="D-OPER"))]
    assert actions.count("authentication.failed") == 4, "the right password on the locked account is one too"
    assert "user.locked" in actions
    assert verified(station).ok


@pytest.mark.req("A08", "P11-31")
def test_the_counter_survives_the_end_of_the_process(tmp_path: Path) -> None:
    with plain_station(tmp_path / "station", prepared=False) as station, pytest.raises(AuthenticationError):
        station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
    again = open_station(tmp_path / "station")
    try:
        assert _counter(again, "D-OPER") == 1
        again.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD))
        assert _counter(again, "D-OPER") == 0
    finally:
        again.close()


@pytest.mark.req("A08", "P11-31")
def test_an_unknown_id_does_the_same_work_and_is_not_written_down(station: Station, crew: Crew) -> None:
    with pytest.raises(AuthenticationError) as unknown:
        station.dispatch(SignIn(employee_id="my-secret-password", password="wrong"))
    with pytest.raises(AuthenticationError) as known:
        station.dispatch(SignIn(employee_id="D-QP", password="wrong"))
    assert unknown.value.message == known.value.message
    assert _counter(station, NOBODY) == 1
    bodies = station._commands.run(
        lambda: station._store.cursor.execute("SELECT body || payload FROM audit JOIN audit_payload USING (seq)").fetchall()
    )
    assert not [b for b in bodies if "my-secret-password" in b[0]]
    assert not [b for b in bodies if DEMO_PASSWORD in b[0]]


@pytest.mark.req("A08", "B08", "P11-31")
def test_the_workstation_is_throttled_after_ten_failures_in_a_minute(station: Station, clock: SetClock) -> None:
    for n in range(10):
        with pytest.raises(AuthenticationError):
            station.dispatch(SignIn(employee_id=f"spray-{n}", password="Summer2026"))
    with pytest.raises(ThrottledError):
        station.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD))
    clock.pass_seconds(61)
    station.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD))


@pytest.mark.req("A09", "P11-24", "A11d-14", "A11d-15", "A10")
def test_the_idle_lock_runs_on_the_monotonic_clock(station: Station, crew: Crew, clock: SetClock) -> None:
    token = crew.token("D-SUPER")
    clock.wall_offset_us += 7_200_000_000
    assert station.idle_left(token) > 100
    clock.mono_offset_us += int((IDLE_LOCK_SECONDS - 1) * 1e6)
    station.touch(token)
    assert station.idle_left(token) > 100
    clock.mono_offset_us += int((IDLE_LOCK_SECONDS + 1) * 1e6)
    station.touch(token)  # a touch does not revive an idle session
    assert station.idle_left(token) == 0.0
    with pytest.raises(SessionEndedError):
        station.dispatch(
            ReceiveLot(lot_no="X", material_code="MG-CIT", receiving_no="R", quantity="1", unit="g", expiry="2028-01-01"), token
        )
    station.dispatch(LockSession(cause="idle"), token)
    with pytest.raises(AuthenticationError):
        station.dispatch(UnlockSession(employee_id="D-SUPER", password="wrong"), token)
    with pytest.raises(SessionEndedError):
        station.dispatch(UnlockSession(employee_id="D-QA", password=DEMO_PASSWORD), token)
    station.dispatch(UnlockSession(employee_id="D-SUPER", password=DEMO_PASSWORD), token)
    assert station.idle_left(token) > 100
    with pytest.raises(PermissionDeniedError):
        station.read(audit_page, crew.token("D-OPER"), filter=AuditFilter())
    actions = [r.action for r in station.read(audit_page, token, filter=AuditFilter(actor="D-SUPER"), limit=5)]
    assert actions[0] == "session.unlocked"
    assert "session.locked" in actions


@pytest.mark.req("A10", "A11d-15", "B11", "C05")
def test_a_session_stands_in_the_trail_with_where_and_who(crew: Crew) -> None:
    token = crew.token("D-OPER")
    crew.station.dispatch(SignOut(), token)
    with pytest.raises(SessionEndedError):
        crew.station.dispatch(SignOut(), token)
    from jope.compliance.audit.queries import audit_detail

    rows = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(actor="D-OPER"))
    assert [r.action for r in rows][:2] == ["command.denied", "session.closed"] or rows[0].action == "session.closed"
    detail = crew.station.read(audit_detail, crew.token("D-QA"), seq=rows[-1].seq)
    assert detail.station == "DEMO-L3"
    assert detail.address
    assert detail.os_user


@pytest.mark.req("A01", "A15", "P11-28")
def test_a_disabled_account_cannot_sign_in_and_cannot_be_disabled_twice(crew: Crew) -> None:
    crew.do("D-ADMIN", DisableUser(employee_id="D-VALID", reason="project ended"))
    with pytest.raises(AccountDisabledError):
        crew.station.dispatch(SignIn(employee_id="D-VALID", password=DEMO_PASSWORD))
    assert isinstance(crew.refused(lambda: crew.do("D-ADMIN", DisableUser(employee_id="D-VALID", reason="again"))), RefusedError)
    assert isinstance(crew.refused(lambda: crew.do("D-ADMIN", DisableUser(employee_id="D-QP", reason=" "))), RefusedError)


@pytest.mark.req("Q10", "A06")
def test_no_secret_reaches_a_log_or_a_repr(station: Station) -> None:
    command = SignIn(employee_id="D-OPER", password="hunter2-hunter2")
    with pytest.raises(AuthenticationError):
        station.dispatch(command)
    opened = station.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD))
    assert "hunter2" not in repr(command)
    assert opened.token not in repr(opened)
    text = "".join(path.read_text() for path in station.folder.logs.glob("jope-*.jsonl"))
    assert "hunter2" not in text
    assert opened.token not in text
    assert [f.name for f in dataclasses.fields(SignIn) if not f.repr] == ["password"]


@pytest.mark.req("A08", "P11-31", "B06")
def test_a_locked_account_says_the_same_to_the_right_password_and_to_a_wrong_one(station: Station, crew: Crew, clock: SetClock) -> None:
    token = crew.token("D-OPER")
    for _ in range(3):
        crew.refused(lambda: station.dispatch(SignIn(employee_id="D-OPER", password="wrong")))
    clock.pass_seconds(61)
    wrong = crew.refused(lambda: station.dispatch(SignIn(employee_id="D-OPER", password="wrong")))
    right = crew.refused(lambda: station.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD)))
    assert (type(wrong), wrong.message) == (type(right), right.message) == (AccountLockedError, "The account is locked.")
    assert station.idle_left(token) == 0.0, "the open session of a locked account gives no command either"
    assert isinstance(crew.refused(lambda: station.dispatch(DisableUser(employee_id="D-QP", reason="x"), token)), SessionEndedError)
    assert verified(station).ok


@pytest.mark.req("C12", "A11d-20", "A09")
def test_a_clock_that_jumps_is_an_event_and_an_alarm_and_covers_open_screens(station: Station, crew: Crew, clock: SetClock) -> None:
    token, viewer = crew.token("D-OPER"), crew.token("D-QA")

    def jumps() -> list[int]:
        sql = "SELECT json_extract(payload, '$.details.jump_us') FROM audit JOIN audit_payload USING (seq) WHERE action = 'clock.jumped' ORDER BY seq"
        return [row[0] for row in station._commands.run(lambda: station._store.cursor.execute(sql).fetchall())]

    clock.wall_offset_us += 1_900_000
    station.clock_texts()
    clock.wall_offset_us += 3_600_000_000  # the machine slept for an hour: the monotonic clock stood still
    station.clock_texts()
    wait_until(lambda: station.idle_left(token) == 0.0 and station.idle_left(viewer) == 0.0)
    for who in ("D-OPER", "D-QA"):
        station.dispatch(UnlockSession(employee_id=who, password=DEMO_PASSWORD), crew.token(who))
    assert jumps() == pytest.approx([3_601_900_000], abs=100_000)
    assert [(a.kind, a.priority) for a in station.read(open_alarms, viewer)] == [("clock", 2)]
    clock.wall_offset_us -= 3_601_900_000  # set right again: an event too, and nobody is covered
    crew.do("D-QA", SignOut())
    assert jumps() == pytest.approx([3_601_900_000, -3_601_900_000], abs=100_000)
    assert station.idle_left(token) > 100
    assert verified(station).ok
