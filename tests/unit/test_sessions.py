"""The live sessions of a process: who somebody is now, and access that ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jope.compliance.access.permissions import Permission
from jope.compliance.commands import Principal
from jope.compliance.identity.sessions import IDLE_LOCK_SECONDS, SessionRegistry, Standing
from jope.kernel.errors import SeriesEndedError, SessionEndedError
from tests.support.clocks import SetClock

OPERATOR = Principal("E-1", "operator", frozenset({Permission.WEIGHING_PERFORM}), "L1", "s-1", "ST-1", "host", "os")
ENDED = "The access of this account has ended."


@pytest.fixture
def clock() -> SetClock:
    """A clock that the test moves."""
    return SetClock()


@pytest.fixture
def sessions(clock: SetClock) -> SessionRegistry:
    """Sessions with one open one, under the token ``t``."""
    made = SessionRegistry(clock)
    made.open("t", OPERATOR, "Somebody")
    return made


@pytest.mark.req("A04", "A15", "P11-10")
def test_a_change_of_authority_counts_from_the_next_request_on(sessions: SessionRegistry) -> None:
    changed = Principal("E-1", "supervisor", frozenset({Permission.BATCH_CREATE}), "*", "another", "elsewhere", "there", "root")
    sessions.refresh("E-1", changed)
    now = sessions.principal("t")
    assert (now.role, now.permissions, now.line) == ("supervisor", {Permission.BATCH_CREATE}, "*")
    assert (now.session_id, now.station, now.address, now.os_user) == ("s-1", "ST-1", "host", "os"), "where somebody sits does not change"
    assert sessions.standing("t").permissions == {Permission.BATCH_CREATE}
    sessions.refresh("E-2", replace(changed, employee_id="E-2", role="admin"))
    assert sessions.principal("t").role == "supervisor", "another person's change"


@pytest.mark.req("A04", "B10")
def test_a_series_of_signatures_does_not_outlive_the_authority_it_began_under(sessions: SessionRegistry) -> None:
    sessions.enter("t", "batch B-1")
    sessions.begin_signing("s-1")
    sessions.begin_series("s-1", "E-1", "sig-1")
    series = sessions.fetch_series("t")
    assert sessions.series("s-1", series).employee_id == "E-1"
    sessions.refresh("E-1", OPERATOR)
    with pytest.raises(SeriesEndedError):
        sessions.series("s-1", series)


@pytest.mark.req("A13", "A15", "P11-05")
def test_past_its_end_access_is_refused_at_every_request(sessions: SessionRegistry, clock: SetClock) -> None:
    end_us = clock.now().utc_us + 60_000_000
    sessions.limit("E-1", end_us)
    for ask in (sessions.principal, sessions.present, sessions.holder):
        assert ask("t") == OPERATOR
    clock.pass_seconds(61)
    for ask in (sessions.principal, sessions.present, sessions.holder):
        with pytest.raises(SessionEndedError) as refused:
            ask("t")
        assert refused.value.message == ENDED
    assert (sessions.standing("t").state, sessions.standing("t").message) == (Standing.ENDED, ENDED)
    assert sessions.idle_left("t") == 0.0
    assert sessions.last_holder("t") == OPERATOR, "the refusal is filed under the person"
    assert sessions.over() == ("s-1",)
    sessions.end("s-1")
    assert sessions.over() == ()
    assert sessions.holder("t") is None


@pytest.mark.req("A13", "C12")
def test_an_end_that_stands_at_the_sign_in_counts_on_the_wall_clock(clock: SetClock) -> None:
    made = SessionRegistry(clock)
    made.open("t", OPERATOR, "Somebody", valid_until_us=clock.now().utc_us + 30_000_000)
    clock.wall_offset_us += 31_000_000
    with pytest.raises(SessionEndedError, match="access"):
        made.principal("t")


@pytest.mark.req("A13")
def test_an_end_can_be_moved_and_taken_away(sessions: SessionRegistry, clock: SetClock) -> None:
    sessions.limit("E-1", clock.now().utc_us - 1)
    sessions.limit("E-1", clock.now().utc_us + 1_000_000)
    assert sessions.principal("t") == OPERATOR
    sessions.limit("E-1", None)
    clock.pass_seconds(100)
    assert sessions.principal("t") == OPERATOR


@pytest.mark.req("A13", "B10", "A09")
def test_presence_and_series_end_with_the_access(sessions: SessionRegistry, clock: SetClock) -> None:
    sessions.enter("t", "batch B-1")
    sessions.begin_signing("s-1")
    sessions.begin_series("s-1", "E-1", "sig-1")
    series = sessions.fetch_series("t")
    sessions.limit("E-1", clock.now().utc_us + 1_000_000)
    clock.pass_seconds(2)
    with pytest.raises(SeriesEndedError):
        sessions.series("s-1", series)
    sessions.limit("E-1", None)
    clock.pass_seconds(IDLE_LOCK_SECONDS - 10)
    sessions.limit("E-1", clock.now().utc_us)
    sessions.touch("t")
    sessions.limit("E-1", None)
    clock.pass_seconds(10)
    assert sessions.standing("t").state is Standing.LOCKED, "a touch after the end was no presence"


@pytest.mark.req("A09", "A15")
def test_how_a_session_stands(sessions: SessionRegistry, clock: SetClock) -> None:
    assert sessions.standing("t").state is Standing.OPEN
    sessions.lock("s-1")
    assert sessions.standing("t").state is Standing.LOCKED
    sessions.unlock("s-1")
    clock.pass_seconds(IDLE_LOCK_SECONDS + 1)
    assert sessions.standing("t").state is Standing.LOCKED
    sessions.end_of("E-1")
    assert sessions.standing("t").state is Standing.ENDED
    assert sessions.standing(None).state is Standing.ENDED


@pytest.mark.req("A12", "A13", "C12")
def test_setting_the_wall_clock_back_prolongs_no_access() -> None:
    clock = SetClock()
    made = SessionRegistry(clock)
    made.open("token", OPERATOR, "Somebody", valid_until_us=clock.now().utc_us + 60_000_000)
    clock.wall_offset_us -= 3_600_000_000
    assert made.principal("token") == OPERATOR
    clock.pass_seconds(61)
    with pytest.raises(SessionEndedError):
        made.principal("token")
    assert made.over() == (OPERATOR.session_id,)
