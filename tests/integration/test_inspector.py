"""The inspector: reads, searches, exports; every question is an event before it is answered; writes nothing; access ends on its day (URS A13)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import Station
from jope.compliance.access.permissions import Permission
from jope.compliance.access.questions import SAME_QUESTION_SECONDS, question_text
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit.queries import AuditFilter, AuditRow, audit_detail, audit_page, audit_rows, audit_seqs
from jope.compliance.commands import Declaration
from jope.compliance.identity.commands import LockSession, SignOut, UnlockSession
from jope.kernel.errors import JopeError, NotFoundError, PermissionDeniedError, SessionEndedError, StoreUnavailableError
from jope.kernel.store.engine import connect
from jope.plant.batches.queries import batch_detail, batch_list
from jope.services.exports.commands import ExportData, Scope
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import LOTS, Crew, verified, wait_until

INSPECTOR = "D-INSP"
READS = AuditFilter(action="data.read")


def _questions(station: Station, crew: Crew) -> list[tuple[str, dict[str, Any]]]:
    """What the inspector asked, oldest first, as the trail says it."""
    rows = station.read(audit_page, crew.token("D-QA"), filter=replace(READS, actor=""), limit=500)
    found: list[tuple[str, dict[str, Any]]] = []
    for row in reversed([row for row in rows if row.actor == INSPECTOR and row.subject.startswith("query ")]):
        payload = station._ask("SELECT payload FROM audit_payload WHERE seq = ?", (row.seq,))[0][0]
        details = json.loads(payload)["details"]
        found.append((details["query"], details["arguments"]))
    return found


@pytest.mark.req("A13", "P11-01", "C13")
def test_every_question_is_an_event_before_it_is_answered(station: Station, crew: Crew) -> None:
    token = crew.token(INSPECTOR)
    station.read(batch_list, token)
    with pytest.raises(NotFoundError):
        station.read(batch_detail, token, batch_no="B-77")
    station.read(audit_page, token, filter=AuditFilter(actor="D-OPER", only_changes=True))
    station.health(token)
    asked = _questions(station, crew)
    assert [name for name, _ in asked] == ["batch_list", "batch_detail", "audit_page", "health"]
    assert asked[1][1] == {"batch_no": "B-77"}, "what is not there was asked for all the same"
    assert asked[2][1]["filter"]["actor"] == "D-OPER"
    assert asked[2][1]["filter"]["only_changes"] is True
    of_person = [row for row in station.read(audit_page, crew.token("D-QA"), filter=READS) if row.subject == "user D-OPER"]
    assert [row.actor for row in of_person] == [INSPECTOR], "a look at one person's trail stands in that person's trail too"


@pytest.mark.req("A13", "C13")
def test_the_event_stands_in_the_trail_that_is_read(station: Station, crew: Crew) -> None:
    rows: tuple[AuditRow, ...] = station.read(audit_page, crew.token(INSPECTOR), filter=AuditFilter(action="data.read"))
    assert rows[0].subject == "query audit_page"


@pytest.mark.req("A13", "C13")
def test_the_same_question_is_one_event_for_five_seconds_and_another_one_is_another(station: Station, crew: Crew, clock: SetClock) -> None:
    token = crew.token(INSPECTOR)
    for below in (None, 40, 30):
        station.read(audit_seqs, token, filter=AuditFilter(), below=below, limit=5)
    station.read(audit_seqs, token, filter=AuditFilter(actor=INSPECTOR))
    station.read(audit_rows, token, seqs=(1, 2))
    station.read(audit_rows, token, seqs=(1, 2))
    station.read(audit_rows, token, seqs=(3, 4))
    assert [name for name, _ in _questions(station, crew)] == ["audit_seqs", "audit_seqs", "audit_rows", "audit_rows"]
    clock.pass_seconds(SAME_QUESTION_SECONDS)
    station.read(audit_rows, token, seqs=(3, 4))
    assert [name for name, _ in _questions(station, crew)][4:] == ["audit_rows"]


@pytest.mark.req("A13")
def test_a_question_that_cannot_be_written_down_is_not_answered(station: Station, crew: Crew) -> None:
    token = crew.token(INSPECTOR)
    other = connect(station._writer.location)
    other.execute("BEGIN IMMEDIATE")  # somebody else writes: the event has to wait, and gives up
    try:
        with pytest.raises(StoreUnavailableError):
            station.read(batch_list, token)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert station.read(batch_list, token) == ()
    assert [name for name, _ in _questions(station, crew)] == ["batch_list"]


@pytest.mark.req("A13", "P04")
def test_asking_tells_no_page_to_read_again(station: Station, crew: Crew) -> None:
    token, told = crew.token(INSPECTOR), list[frozenset[str]]()
    forget = station.on_change(told.append)
    station.read(open_alarms, token)
    station.read(audit_page, token, filter=AuditFilter())
    assert told == []
    station.dispatch(LockSession(cause="person"), token)
    assert len(told) == 1
    forget()


@pytest.mark.req("A13")
def test_nobody_else_s_questions_are_written_down(station: Station, crew: Crew) -> None:
    for who in ("D-QA", "D-VALID", "D-ADMIN"):
        station.read(audit_page, crew.token(who), filter=AuditFilter())
    assert _questions(station, crew) == []


@pytest.mark.req("A13")
def test_a_question_is_told_whole_or_by_its_digest() -> None:
    assert question_text({"filter": AuditFilter(actor="A"), "before_seq": 7}, paging=False) == question_text(
        {"filter": AuditFilter(actor="A"), "before_seq": 9}, paging=False
    )
    long = json.loads(question_text({"seqs": tuple(range(2000))}))
    assert len(long["sha256"]) == 64
    assert len(question_text({"seqs": tuple(range(2000))})) < 2000
    assert json.loads(question_text({"text": "a\x7f\u2028\nb"})) == {"text": "a\x7f\u2028\nb"}
    assert question_text({"text": "a\x7f\u2028\nb"}).isascii()


_MAY = {"SignIn", "SignOut", "LockSession", "UnlockSession", "ExportData", "NoteQuestion", "NoteSensitiveRead"}
"""Coming and going, exports, and the notes of questions, which the station writes in the name of who asks."""


def _declarations(station: Station) -> list[Declaration]:
    return list(station.bus._parts.declarations.values())


@pytest.mark.req("A13", "P11-01", "P11-05")
@pytest.mark.parametrize("held", ["its own", "every"])
def test_an_inspector_is_refused_every_command_of_the_registry(station: Station, crew: Crew, held: str) -> None:
    who = station.sessions.principal(crew.token(INSPECTOR))
    if held == "every":  # a role is data; whatever it is given, it writes nothing
        who = replace(who, permissions=frozenset(Permission))
    declarations = _declarations(station)
    assert len(declarations) > 40
    for declaration in declarations:
        name = declaration.command.__name__
        if declaration.authenticates or name in _MAY:
            continue
        filled = {f.name: _filler(str(f.type)) for f in declaration.command.__dataclass_fields__.values() if f.name != "command_id"}
        with pytest.raises(PermissionDeniedError):
            station.bus._admit(declaration.command(**filled), declaration, who)
    assert {d.command.__name__ for d in declarations} >= _MAY


def _filler(kind: str) -> Any:
    return 1 if kind.startswith("int") else True if kind == "bool" else () if kind.startswith("tuple") else "text"


@pytest.mark.req("A13", "C06", "P11-05")
def test_a_refused_command_of_an_inspector_is_an_event(station: Station, crew: Crew) -> None:
    from jope.plant.materials.commands import ReceiveLot

    lot = ReceiveLot(lot_no="L-1", material_code="MG-CIT", receiving_no="R", quantity="1.00", unit="g", expiry="2028-01-01")
    with pytest.raises(PermissionDeniedError):
        crew.do(INSPECTOR, lot)
    rows = station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(action="command.denied"))
    assert [row.actor for row in rows] == [INSPECTOR]
    with pytest.raises(PermissionDeniedError):
        station.verify(crew.token(INSPECTOR))


@pytest.mark.req("A13", "P11-01")
def test_an_inspector_comes_goes_locks_reads_and_exports(station: Station, crew: Crew, tmp_path: Path) -> None:
    token = crew.token(INSPECTOR)
    made = station.export_data(ExportData(scope=Scope.SUBJECT, kind="lot", id=LOTS[0]), token, tmp_path / "lot.zip")
    assert made.events
    assert station.export_data(ExportData(scope=Scope.STATION), token, tmp_path / "all.zip").events
    station.dispatch(LockSession(cause="person"), token)
    station.dispatch(UnlockSession(employee_id=INSPECTOR, password=DEMO_PASSWORD), token)
    assert station.read(audit_detail, token, seq=1).row.seq == 1
    station.dispatch(SignOut(), token)
    assert verified(station).ok


@pytest.mark.req("A13", "A15", "P11-05")
def test_access_that_ends_is_refused_at_once_and_the_session_is_ended_in_the_trail(station: Station, crew: Crew, clock: SetClock) -> None:
    token = crew.token(INSPECTOR)
    station.sessions.limit(INSPECTOR, clock.now().utc_us + 60_000_000)
    station.read(batch_list, token)
    clock.pass_seconds(61)
    requests = (
        lambda: station.read(batch_list, token), lambda: station.health(token), lambda: station.dispatch(SignOut(), token),
        lambda: station.signing_queue(token), lambda: station.export_data(ExportData(scope=Scope.TRAIL), token, Path("never")),
    )  # fmt: skip
    for request in requests:
        error = crew.refused(request)
        assert isinstance(error, SessionEndedError), error

    def closed() -> list[AuditRow]:
        rows = station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(action="session.closed"))
        return [row for row in rows if row.subject == f"user {INSPECTOR}"]

    wait_until(lambda: len(closed()) == 1)
    assert closed()[0].reason == "access ended"
    assert closed()[0].actor == "SYSTEM"
    error = crew.refused(lambda: station.read(batch_list, token))
    assert isinstance(error, JopeError)
    assert not [one for one in _questions(station, crew)[1:] if one[0] == "batch_list"], "no question was asked after the end"
