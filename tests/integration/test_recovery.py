"""Somebody locks every account by wrong passwords; two people with sealed codes open theirs again (URS A08, A12; 21 CFR 11.300(d); ADR 0024)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jope.bootstrap import Station, open_station
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.changes.commands import ApproveChange, SubmitChange, WitnessChange
from jope.compliance.identity.commands import SignIn
from jope.compliance.people.commands import ChangeUser, UnlockUser
from jope.compliance.recovery.commands import ReviewRecovery, SealCode
from jope.compliance.recovery.proving import Claim
from jope.kernel.clock import site_date
from jope.kernel.errors import AccountLockedError, DeniedError, GuardRefusedError, RecoveryFailedError, ThrottledError
from jope.services.provisioning.demo_data import DEMO_PASSWORD, DEMO_PEOPLE
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, verified


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def station(tmp_path: Path, clock: SetClock) -> Iterator[Station]:
    with plain_station(tmp_path / "s", prepared=False, clock=clock) as station:
        yield station


@pytest.fixture
def codes(station: Station) -> dict[str, str]:
    """The sealed codes of those who may unlock or witness; then somebody at the sign-in page locks everybody."""
    crew = Crew(station)
    return {who: station.seal_code(crew.token(who)) for who in ("D-ADMIN", "D-QA", "D-SUPER")}


def lock_all(station: Station, clock: SetClock) -> None:
    """Three wrong passwords for each account, as fast as the throttle lets."""
    for who in DEMO_PEOPLE:
        for _ in range(3):
            with pytest.raises(DeniedError):
                station.dispatch(SignIn(employee_id=who, password="a guess"))
        clock.pass_seconds(120)


def claim(codes: dict[str, str], who: str, *, password: str = DEMO_PASSWORD, code: str = "") -> Claim:
    return Claim(who, password, code or codes[who])


@pytest.mark.req("A08", "A12", "P11-31", "A11d-13")
def test_when_everybody_is_locked_two_people_with_sealed_codes_open_their_own_accounts(
    station: Station, clock: SetClock, codes: dict[str, str]
) -> None:
    lock_all(station, clock)
    for who in DEMO_PEOPLE:
        with pytest.raises(AccountLockedError):
            station.dispatch(SignIn(employee_id=who, password=DEMO_PASSWORD))
        clock.pass_seconds(61)
    recovery = station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-QA"), "wrong passwords at the sign-in page of line 3")
    crew = Crew(station)
    alarms = {alarm.kind for alarm in station.read(open_alarms, crew.token("D-QA"))}
    assert "recovery" in alarms
    with pytest.raises(AccountLockedError):
        station.dispatch(SignIn(employee_id="D-SUPER", password=DEMO_PASSWORD))
    unlock = UnlockUser(employee_id="D-SUPER", how="identity card", reason="locked by a stranger")
    request = crew.do("D-ADMIN", unlock).request_id
    crew.sign("D-ADMIN", SubmitChange(request_id=request))
    crew.sign("D-QA", ApproveChange(request_id=request))
    crew.token("D-SUPER")
    assert isinstance(crew.refused(lambda: crew.sign("D-QA", ReviewRecovery(recovery_id=recovery, review="right"))), GuardRefusedError)
    with pytest.raises(RecoveryFailedError):  # each code is good once
        station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-QA"), "again")
    assert verified(station).ok


@pytest.mark.req("A08", "P11-31")
def test_a_recovery_needs_two_people_their_passwords_and_that_nobody_else_can_unlock(
    station: Station, clock: SetClock, codes: dict[str, str]
) -> None:
    with pytest.raises(GuardRefusedError):  # the ordinary way is open
        station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-QA"), "in a hurry")
    lock_all(station, clock)
    wrong = (
        (claim(codes, "D-ADMIN", code="abcd-efgh-jkmn-pqrs"), claim(codes, "D-QA")),
        (claim(codes, "D-ADMIN"), claim(codes, "D-QA", password="a guess")),
        (claim(codes, "D-ADMIN"), claim(codes, "D-ADMIN")),
        (Claim("NOBODY", "x", "y"), claim(codes, "D-QA")),
        (claim(codes, "D-ADMIN"), Claim("D-QA", DEMO_PASSWORD, codes["D-SUPER"])),
    )
    for first, second in wrong:
        with pytest.raises(RecoveryFailedError):
            station.recover(first, second, "a try")
    with pytest.raises(ThrottledError):
        station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-QA"), "too fast")
    clock.pass_seconds(120)
    with pytest.raises(GuardRefusedError):  # neither of them may unlock
        station.recover(claim(codes, "D-SUPER"), claim(codes, "D-QA"), "without an administrator")


def change_access(crew: Crew, who: str, *, first: str = "", last: str = "") -> None:
    """Another first or last day, by two people."""
    name, role = DEMO_PEOPLE[who]
    command = ChangeUser(employee_id=who, name=name, role=role, line="*", access_from=first, access_until=last, reason="as planned")
    request = crew.do("D-ADMIN", command).request_id
    crew.sign("D-ADMIN", SubmitChange(request_id=request))
    crew.sign("D-QA", ApproveChange(request_id=request))


@pytest.mark.req("A08", "P11-31", "A11d-08")
@pytest.mark.parametrize("ahead", [True, False], ids=["after the last day", "before the first day"])
def test_who_has_no_access_any_more_or_not_yet_recovers_nothing(
    station: Station, clock: SetClock, codes: dict[str, str], ahead: bool
) -> None:
    day = 0 if ahead else 20
    date = site_date(clock.now().utc_us + day * 86_400_000_000, station.info.zone)
    change_access(Crew(station), "D-SUPER", first="" if ahead else date, last=date if ahead else "")
    lock_all(station, clock)
    clock.pass_seconds(2 * 86_400)  # and no tick of the station has ended the account yet
    with pytest.raises(GuardRefusedError, match="access"):
        station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-SUPER"), "with somebody who is not here")
    clock.wall_offset_us -= 2 * 86_400_000_000
    if ahead:
        with pytest.raises(GuardRefusedError, match="access"):  # and no clock that is set back brings anybody back
            station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-SUPER"), "with the clock of yesterday")
    station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-QA"), "with two who are")


@pytest.mark.req("A08", "C06", "P11-06")
def test_each_refusal_of_a_recovery_is_an_event(station: Station, clock: SetClock, codes: dict[str, str]) -> None:
    def outcomes(action: str) -> list[str]:
        sql = "SELECT json_extract(body, '$.outcome') FROM audit WHERE action = ? ORDER BY seq"
        return [outcome for (outcome,) in station._ask(sql, (action,))]

    lock_all(station, clock)
    with pytest.raises(RecoveryFailedError):
        station.recover(claim(codes, "D-ADMIN", password="a guess"), claim(codes, "D-QA"), "found both envelopes")
    assert outcomes("user.recovery_tried") == ["done", "denied"]  # counted before the passwords were looked at, and what came of it
    for _ in range(4):
        with pytest.raises(RecoveryFailedError):
            station.recover(claim(codes, "D-ADMIN", code="x"), claim(codes, "D-QA", code="y"), "a stranger")
    before = len(outcomes("security.throttled"))
    with pytest.raises(ThrottledError):
        station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-QA"), "too fast")
    assert len(outcomes("security.throttled")) == before + 1


@pytest.mark.req("A08", "Q02")
def test_the_review_of_a_recovery_returns_its_alarms(station: Station, clock: SetClock, codes: dict[str, str]) -> None:
    lock_all(station, clock)
    recovery = station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-SUPER"), "wrong passwords")
    crew = Crew(station)
    request = crew.do("D-ADMIN", UnlockUser(employee_id="D-QA", how="identity card", reason="locked by a stranger")).request_id
    crew.sign("D-ADMIN", SubmitChange(request_id=request))
    crew.sign("D-SUPER", WitnessChange(request_id=request))
    crew.sign("D-QA", ReviewRecovery(recovery_id=recovery, review="right"))
    assert not station._ask("SELECT kind FROM alarm WHERE kind IN ('recovery', 'recovery_tried') AND returned_us IS NULL", ())


@pytest.mark.req("A08", "P11-31")
def test_passwords_are_not_guessed_beside_right_codes_and_codes_are_not_used_up_by_strangers(
    station: Station, clock: SetClock, codes: dict[str, str]
) -> None:
    lock_all(station, clock)
    for _ in range(6):  # whoever knows no code uses none up
        with pytest.raises(RecoveryFailedError):
            station.recover(claim(codes, "D-ADMIN", code="x"), claim(codes, "D-QA", code="y"), "a stranger")
        clock.pass_seconds(61)
    for _ in range(3):
        with pytest.raises(RecoveryFailedError):
            station.recover(claim(codes, "D-ADMIN", password="guess"), claim(codes, "D-QA"), "found both envelopes")
        clock.pass_seconds(61)
    with pytest.raises(RecoveryFailedError):
        station.recover(claim(codes, "D-ADMIN"), claim(codes, "D-QA"), "too late")


@pytest.mark.req("A08", "A02")
def test_a_code_is_made_by_its_own_person_and_only_by_who_unlocks_or_witnesses(station: Station, tmp_path: Path) -> None:
    crew = Crew(station)
    assert crew.refused(lambda: station.seal_code(crew.token("D-OPER"))).code == "JOPE-106"
    before = station.seal_code(crew.token("D-ADMIN"))
    assert station.seal_code(crew.token("D-ADMIN")) != before
    assert before not in repr(SealCode(code_hash=before))
    root = station.folder.root
    station.close()
    again = open_station(root)
    try:
        assert again.read_only_reason() == ""
    finally:
        again.close()
