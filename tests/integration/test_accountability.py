"""The accountability statement: accepted once by signature, before the first signature (21 CFR 11.10(j), 11.100(c))."""

from __future__ import annotations

import dataclasses

import pytest

from jope.bootstrap import Station
from jope.compliance.audit.queries import AuditFilter, audit_page
from jope.compliance.commands import SignatureInput
from jope.compliance.signatures.commands import AcceptAccountability
from jope.compliance.signatures.statements import STATEMENTS, Statement
from jope.kernel.errors import ForbiddenStatementError, GuardRefusedError, RecordChangedError, SamePersonError, StatementDueError
from jope.plant.batches import commands as c
from jope.services.provisioning.demo_data import DEMO_CHECKS, DEMO_PASSWORD
from tests.support.demo import Crew, verified
from tests.support.handlers import in_a_handler
from tests.support.rules import issue_statement

_ANSWERS = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in DEMO_CHECKS)


def _ready(crew: Crew) -> c.PerformClearance:
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id="MG-25", line="L3", product_lot="PL"))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-1"))
    return c.PerformClearance(batch_no="B-1", answers=_ANSWERS)


def _given(station: Station, crew: Crew, at: str, who: str, command: c.PerformClearance | c.VerifyClearance) -> SignatureInput:
    """A signature without the acceptance that the crew gives by itself."""
    sheet = station.sheet(command, crew.token(at))
    return SignatureInput(employee_id=who, password=DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash)


@pytest.mark.req("B09", "P11-11", "P11-25")
def test_nobody_signs_before_it_is_accepted(station: Station, crew: Crew) -> None:
    command = _ready(crew)
    error = crew.refused(lambda: station.dispatch(command, crew.token("D-OPER"), _given(station, crew, "D-OPER", "D-OPER", command)))
    assert isinstance(error, StatementDueError)
    assert "accept" in error.what_to_do
    crew.accept("D-OPER")
    assert station.statement_due(crew.token("D-OPER")) == ()
    crew.sign("D-OPER", dataclasses.replace(_ready_again(command)))
    row = station._commands.run(
        lambda: station._store.cursor.execute(
            "SELECT employee_id, number, language, hash, accepted_signer, accepted_meaning FROM accountability_acceptance WHERE employee_id = 'D-OPER'"
        ).fetchall()
    )
    assert row == [("D-OPER", 1, "en", STATEMENTS[0].hash, "D-OPER", "responsibility")]
    events = station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(action="accountability.accepted"))
    assert {e.actor for e in events} == {"D-OPER", "D-QA"}
    assert verified(station).ok


def _ready_again(command: c.PerformClearance) -> c.PerformClearance:
    return c.PerformClearance(batch_no=command.batch_no, answers=command.answers)


@pytest.mark.req("B09", "B07", "P11-25")
def test_a_second_person_accepts_it_at_a_session_of_their_own_first(station: Station, crew: Crew) -> None:
    crew.sign("D-OPER", _ready(crew))
    verify = c.VerifyClearance(batch_no="B-1")
    given = _given(station, crew, "D-OPER", "D-SUPER", verify)
    assert isinstance(crew.refused(lambda: station.dispatch(verify, crew.token("D-OPER"), given)), StatementDueError)
    accept = AcceptAccountability(number=1, language="en")
    sheet = station.sheet(accept, crew.token("D-QP"))
    other = SignatureInput(employee_id="D-SUPER", password=DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash)
    assert isinstance(crew.refused(lambda: station.dispatch(accept, crew.token("D-QP"), other)), SamePersonError)
    crew.accept("D-SUPER")
    again = c.VerifyClearance(batch_no="B-1")
    station.dispatch(again, crew.token("D-OPER"), _given(station, crew, "D-OPER", "D-SUPER", again))


@pytest.mark.req("B09", "P11-11")
def test_it_is_accepted_once_and_a_new_text_anew(station: Station, crew: Crew) -> None:
    crew.accept("D-OPER")
    sheet = station.sheet(AcceptAccountability(number=1, language="de"), crew.token("D-OPER"))
    given = SignatureInput(employee_id="D-OPER", password=DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash)
    accept = AcceptAccountability(number=1, language="de")
    assert isinstance(crew.refused(lambda: station.dispatch(accept, crew.token("D-OPER"), given)), GuardRefusedError)
    command = _ready(crew)
    issue_statement(station, Statement(2, "en", "A new text."))
    due = station.statement_due(crew.token("D-OPER"))
    assert [(s.number, s.language, s.text) for s in due] == [(2, "en", "A new text.")]
    error = crew.refused(lambda: station.dispatch(command, crew.token("D-OPER"), _given(station, crew, "D-OPER", "D-OPER", command)))
    assert isinstance(error, StatementDueError)
    newer = AcceptAccountability(number=2, language="en")
    assert isinstance(crew.refused(lambda: station.dispatch(newer, crew.token("D-OPER"), given)), RecordChangedError), (
        "what was shown counts"
    )
    sheet = station.sheet(newer, crew.token("D-OPER"))
    assert "A new text." in [row.after for row in sheet.rows]
    fresh = dataclasses.replace(given, shown_hash=sheet.record_hash)
    station.dispatch(AcceptAccountability(number=2, language="en"), crew.token("D-OPER"), fresh)
    crew.sign("D-OPER", _ready_again(command))
    assert verified(station).ok


@pytest.mark.req("B09", "C01", "P11-06")
def test_sql_accepts_for_nobody(station: Station, crew: Crew) -> None:
    crew.accept("D-OPER")
    for statement in (
        "UPDATE accountability_acceptance SET number = 2",
        "DELETE FROM accountability_acceptance",
        "INSERT INTO accountability_acceptance SELECT 'D-SUPER:1', 'D-SUPER', number, language, hash, accepted_us, accepted_signature, "
        "accepted_signer, accepted_meaning, accepted_version, version FROM accountability_acceptance LIMIT 1",
        "INSERT INTO accountability_acceptance SELECT 'D-SUPER:1', 'D-SUPER', number, language, hash, accepted_us, accepted_signature, "
        "'D-SUPER', accepted_meaning, accepted_version, version FROM accountability_acceptance LIMIT 1",
    ):
        with pytest.raises(ForbiddenStatementError):
            in_a_handler(station, lambda uow, s=statement: uow.cursor.execute(s))
