"""The access log: coming, going, locks with their cause, failures; searched by person, kind and time (URS A10; A11 draft 11.9)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jope.bootstrap import Station
from jope.cli.app import app
from jope.compliance.audit.actions import Action
from jope.compliance.identity.commands import DisableUser, LockSession, SignIn, SignOut, UnlockSession
from jope.compliance.identity.queries import ACCESS_ACTIONS, ACCESS_GROUPS, AccessRow, access_log
from jope.kernel.errors import AuthenticationError, JopeError, PermissionDeniedError
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, wait_until
from tests.support.lines import OTHER_LINE, add_line, add_person


def _log(station: Station, crew: Crew, **search: object) -> tuple[AccessRow, ...]:
    return station.read(access_log, crew.token("D-QA"), **search)


@pytest.mark.req("A10", "A11d-15", "P11-31")
def test_every_coming_and_going_is_in_the_log_with_its_cause_and_its_place(station: Station, crew: Crew, clock: SetClock) -> None:
    crew.token("D-QA")
    token = crew.token("D-OPER")
    station.dispatch(LockSession(cause="person"), token)
    station.dispatch(UnlockSession(employee_id="D-OPER", password=DEMO_PASSWORD), token)
    station.dispatch(LockSession(cause="idle"), token)
    station.dispatch(SignOut(), token)
    token = station.dispatch(SignIn(employee_id="D-OPER", password=DEMO_PASSWORD)).token
    station.sessions.limit("D-OPER", clock.now().utc_us)
    wait_until(lambda: _log(station, crew, who="D-OPER")[0].cause == "access ended")
    found = [(row.kind, row.cause) for row in reversed(_log(station, crew, who="D-OPER"))]
    assert found[-7:] == [
        ("session.opened", ""), ("session.locked", "person"), ("session.unlocked", ""), ("session.locked", "idle"), ("session.closed", ""),
        ("session.opened", ""), ("session.closed", "access ended"),
    ]  # fmt: skip
    row = _log(station, crew, who="D-OPER")[1]
    assert (row.workstation, row.name, row.outcome) == ("DEMO-L3", "Demo Operator", "done")
    assert row.address
    assert row.os_user


@pytest.mark.req("A10", "A08", "A11d-15")
def test_failures_lockout_and_disabling_are_in_the_log(station: Station, crew: Crew) -> None:
    crew.token("D-QA")
    for _ in range(3):
        with pytest.raises(JopeError):
            station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
    with pytest.raises(AuthenticationError):
        station.dispatch(SignIn(employee_id="Secret-typed-in-the-wrong-field", password="x"))
    crew.do("D-ADMIN", DisableUser(employee_id="D-OPER", reason="left"))
    found = [(row.kind, row.employee_id, row.outcome) for row in reversed(_log(station, crew, kind="failures"))]
    assert found == [
        *[("authentication.failed", "D-OPER", "denied")] * 3, ("user.locked", "D-OPER", "done"), ("authentication.failed", "", "denied"),
        ("user.disabled", "D-OPER", "done"),
    ]  # fmt: skip
    assert "Secret-typed" not in repr(_log(station, crew))


@pytest.mark.req("A10", "A11d-15")
def test_it_is_searched_by_person_kind_and_time_and_read_page_by_page(station: Station, crew: Crew, clock: SetClock) -> None:
    crew.token("D-QA")
    begun = clock.now().utc_us
    crew.token("D-SUPER")
    clock.pass_seconds(60)
    crew.token("D-ADMIN")
    whole = _log(station, crew)
    assert [row.seq for row in whole] == sorted((row.seq for row in whole), reverse=True)
    assert {row.employee_id for row in _log(station, crew, who="super")} == {"D-SUPER"}, "a part of the id or the name"
    assert {row.employee_id for row in _log(station, crew, who="quality ASSURANCE")} == {"D-QA"}
    assert _log(station, crew, who="nobody of that name") == ()
    assert {row.kind for row in _log(station, crew, kind="session.opened")} == {"session.opened"}
    assert _log(station, crew, kind="batch.created") == ()
    assert [row.employee_id for row in _log(station, crew, since_us=begun, until_us=begun + 30_000_000)] == ["D-SUPER"]
    assert [row.employee_id for row in _log(station, crew, since_us=begun + 30_000_000, kind="presence")][-1] == "D-ADMIN"
    pages: list[AccessRow] = []
    while piece := _log(station, crew, limit=2, before_seq=pages[-1].seq if pages else None):
        pages += piece
    assert tuple(pages) == whole


@pytest.mark.req("A10", "A04")
def test_it_is_for_who_may_read_the_trail_and_for_the_own_line(station: Station, crew: Crew) -> None:
    with pytest.raises(PermissionDeniedError):
        station.read(access_log, crew.token("D-OPER"))
    add_line(station)
    add_person(station, "L1-QA", "qa", OTHER_LINE)
    add_person(station, "L3-OPER", "operator", "L3")
    crew.token("L3-OPER")
    seen = {row.employee_id for row in station.read(access_log, crew.token("L1-QA"))}
    assert "L3-OPER" not in seen
    assert {"L1-QA", "D-OPER"} <= seen
    assert "L3-OPER" in {row.employee_id for row in _log(station, crew)}


@pytest.mark.req("A10")
def test_every_kind_of_entry_belongs_to_one_group() -> None:
    grouped = [action for group in ACCESS_GROUPS.values() for action in group]
    assert sorted(grouped) == sorted(ACCESS_ACTIONS)
    assert {Action.SESSION_LOCKED, Action.SESSION_OPENED} <= set(ACCESS_ACTIONS)


@pytest.mark.req("A10", "C08")
def test_the_newest_entries_come_from_the_index_of_actions(station: Station) -> None:
    with station._reading("*") as reader:
        from jope.compliance.identity.queries import _NEWEST, _OF_PEOPLE

        for more, values in (("", []), (_OF_PEOPLE.format(marks="?"), ["D-QA"])):
            plan = reader.execute(f"EXPLAIN QUERY PLAN {_NEWEST.format(more=more)}", ("session.opened", 1, 9, *values, 5))
            steps = [row[3] for row in plan]
            assert any(step.startswith("SEARCH a USING INDEX audit_action (action=? AND rowid") for step in steps), steps
            assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")], steps


@pytest.mark.req("A10", "N02")
def test_the_command_line_shows_and_searches_it(tmp_path: Path) -> None:
    with plain_station(tmp_path / "station", prepared=False) as station, pytest.raises(AuthenticationError):
        station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
    run = CliRunner()
    shown = ["users", "access-log", "--data", str(tmp_path / "station"), "--as", "D-QA", "--password-stdin"]
    answer = run.invoke(app, [*shown, "--json", "--who", "D-OPER"], input=f"{DEMO_PASSWORD}\n")
    assert answer.exit_code == 0, answer.output
    rows = json.loads(answer.stdout)
    assert [(row["kind"], row["employee_id"], row["cause"]) for row in rows] == [("authentication.failed", "D-OPER", "sign-in")]
    answer = run.invoke(
        app, [*shown, "--kind", "presence", "--since", "2020-01-01", "--until", "2035-12-31 23:59"], input=f"{DEMO_PASSWORD}\n"
    )
    assert "session.opened" in answer.stdout
    assert "authentication.failed" not in answer.stdout
    for wrong in (["--kind", "nonsense"], ["--since", "yesterday"]):
        assert run.invoke(app, [*shown, *wrong], input=f"{DEMO_PASSWORD}\n").exit_code == 2
