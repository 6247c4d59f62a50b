"""Electronic signatures: full re-authentication each time, meaning, frozen record, and what happens to them later."""

from __future__ import annotations

import dataclasses

import pytest

from jope.bootstrap import Station
from jope.compliance.audit.queries import AuditFilter, audit_page
from jope.compliance.commands import Meaning
from jope.compliance.identity.commands import DisableUser
from jope.kernel.errors import (
    AuthenticationError,
    MeaningError,
    PermissionDeniedError,
    RecordChangedError,
    SamePersonError,
    SignatureDueError,
    ThrottledError,
)
from jope.plant.batches import commands as c
from jope.plant.batches.queries import batch_detail, batch_signatures, clearance
from jope.plant.materials.commands import ReceiveLot, RejectLot, ReleaseLot
from jope.plant.recipes.commands import ApproveRecipeVersion, DraftRecipeVersion
from jope.services.provisioning.demo_data import DEMO_CHECKS, DEMO_LINES
from tests.support.demo import Crew, certified, to_execution, verified

_ANSWERS = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in DEMO_CHECKS)


def _ready(crew: Crew, batch_no: str = "B-1") -> str:
    crew.do("D-SUPER", c.CreateBatch(batch_no=batch_no, recipe_id="MG-25", line="L3", product_lot="PL"))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no=batch_no))
    return batch_no


def _quarantined(crew: Crew, lot_no: str = "Q-1") -> ReleaseLot:
    crew.do("D-SUPER", ReceiveLot(lot_no=lot_no, material_code="MG-CIT", receiving_no="RC", quantity="5.00", unit="g", expiry="2028-01-01"))
    certified(crew, lot_no)
    return ReleaseLot(lot_no=lot_no)


@pytest.mark.req("B01", "P11-22", "A11d-25", "P11-24")
def test_a_session_alone_never_signs(crew: Crew) -> None:
    command = _quarantined(crew)
    assert isinstance(crew.refused(lambda: crew.do("D-QA", command)), SignatureDueError)
    wrong = crew.signature("D-QA", "D-QA", command, password="guess")
    error = crew.refused(lambda: crew.station.dispatch(ReleaseLot(lot_no="Q-1"), crew.token("D-QA"), wrong))
    assert isinstance(error, AuthenticationError)
    assert "2 tries left" in error.message
    rows = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(), limit=3)
    assert {"authentication.failed", "command.denied"} <= {r.action for r in rows}
    crew.sign("D-QA", ReleaseLot(lot_no="Q-1"))


@pytest.mark.req("B03", "P11-15")
def test_the_meaning_is_the_one_of_the_action(crew: Crew) -> None:
    command = _quarantined(crew)
    signature = dataclasses.replace(crew.signature("D-QA", "D-QA", command), meaning=Meaning.REVIEW)
    assert isinstance(crew.refused(lambda: crew.station.dispatch(command, crew.token("D-QA"), signature)), MeaningError)


@pytest.mark.req("B04", "P11-17")
def test_a_record_that_changed_since_it_was_shown_is_not_signed(crew: Crew) -> None:
    command = _quarantined(crew)
    signature = crew.signature("D-QA", "D-QA", command)
    crew.do("D-QA", RejectLot(lot_no="Q-1", reason="damaged drum"))
    assert isinstance(crew.refused(lambda: crew.station.dispatch(command, crew.token("D-QA"), signature)), RecordChangedError)


@pytest.mark.req("A06", "P11-25", "P11-26")
def test_nobody_signs_in_the_session_of_another(crew: Crew) -> None:
    batch_no = _ready(crew)
    command = c.PerformClearance(batch_no=batch_no, answers=_ANSWERS)
    signature = crew.signature("D-OPER", "D-SUPER", command)
    assert isinstance(crew.refused(lambda: crew.station.dispatch(command, crew.token("D-OPER"), signature)), SamePersonError)


@pytest.mark.req("B07", "G01", "PR-03")
def test_the_second_person_is_another_person_with_the_right(crew: Crew) -> None:
    batch_no = _ready(crew)
    crew.sign("D-OPER", c.PerformClearance(batch_no=batch_no, answers=_ANSWERS))
    verify = c.VerifyClearance(batch_no=batch_no)
    assert isinstance(crew.refused(lambda: crew.sign("D-OPER", verify, signer="D-OPER")), PermissionDeniedError)
    assert isinstance(crew.refused(lambda: crew.sign("D-OPER", c.VerifyClearance(batch_no=batch_no), signer="D-QP")), AuthenticationError)
    crew.sign("D-OPER", c.VerifyClearance(batch_no=batch_no), signer="D-SUPER")
    view = crew.station.read(clearance, crew.token("D-OPER"), batch_no=batch_no)
    assert view.performed is not None
    assert view.verified is not None
    assert (view.performed.signer, view.verified.signer) == ("D-OPER", "D-SUPER")
    assert (view.verified.name, view.verified.role, view.verified.meaning) == ("Demo Supervisor", "supervisor", "verified")
    rows = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(action="clearance.verified"))
    assert rows[0].actor == "D-SUPER"


@pytest.mark.req("B08")
def test_signing_is_throttled_after_five_failures(crew: Crew) -> None:
    command = _quarantined(crew)
    who = ("D-QA", "D-QP", "D-SUPER", "D-VALID", "D-ADMIN")
    batch_no = _ready(crew)
    crew.sign("D-OPER", c.PerformClearance(batch_no=batch_no, answers=_ANSWERS))
    for person in who:
        verify = c.VerifyClearance(batch_no=batch_no)
        wrong = crew.signature("D-OPER", person, verify, password="guess")
        assert isinstance(crew.refused(lambda v=verify, w=wrong: crew.station.dispatch(v, crew.token("D-OPER"), w)), AuthenticationError)
    assert isinstance(crew.refused(lambda: crew.sign("D-QA", command)), ThrottledError)


@pytest.mark.req("B05", "E02", "P11-17", "PR-06")
def test_a_deactivated_signer_and_a_changed_master_leave_old_records_as_they_were(crew: Crew, station: Station) -> None:
    to_execution(crew, "B-1")
    before = station.read(batch_detail, crew.token("D-QA"), batch_no="B-1")
    lines = tuple(dataclasses.replace(line, target="999.00", low="990.00", high="1010.00") for line in DEMO_LINES)
    draft = DraftRecipeVersion(
        recipe_id="MG-25", version=2, product="Magnesium blend 25 new", batch_size="2997.00", unit="g", lines=lines, reason="new targets"
    )
    crew.do("D-SUPER", draft)
    crew.sign("D-QA", ApproveRecipeVersion(recipe_id="MG-25", version=2))
    crew.do("D-ADMIN", DisableUser(employee_id="D-SUPER", reason="left"))
    after = station.read(batch_detail, crew.token("D-QA"), batch_no="B-1")
    assert after == before
    signatures = station.read(batch_signatures, crew.token("D-QA"), batch_no="B-1")
    assert [s.verdict for s in signatures] == ["valid"] * 3
    assert verified(station).ok


@pytest.mark.req("E01", "P05", "B07")
def test_an_approved_recipe_is_frozen_and_its_author_does_not_approve_it(crew: Crew, station: Station) -> None:
    from jope.kernel.errors import ForbiddenStatementError
    from tests.support.handlers import in_a_handler

    with pytest.raises(ForbiddenStatementError, match="frozen"):
        in_a_handler(station, lambda uow: uow.cursor.execute("UPDATE recipe_line SET target = '1'"))
    with pytest.raises(ForbiddenStatementError):
        in_a_handler(station, lambda uow: uow.cursor.execute("UPDATE recipe_version SET approval_signer = drafted_by"))
    draft = DraftRecipeVersion(recipe_id="MG-25", version=2, product="New", batch_size="1.00", unit="g", lines=DEMO_LINES, reason="new")
    crew.do("D-SUPER", draft)
    columns = "id, recipe_version_id, position, material_code, target, low, high, unit"
    for statement in (
        *(
            f"UPDATE recipe_version SET {change}, version = version + 1 WHERE number = 1"
            for change in ("product = 'P'", "batch_size = '1'", "unit = 'kg'")
        ),
        "UPDATE recipe_version SET number = 9, version = version + 1 WHERE number = 1",
        f"INSERT INTO recipe_line ({columns}) SELECT 'late', recipe_version_id, 99, material_code, target, low, high, unit FROM recipe_line "
        "WHERE id = 'MG-25:1:1'",
        "UPDATE recipe_line SET recipe_version_id = 'MG-25:1', position = 99 WHERE id = 'MG-25:2:1'",
    ):
        with pytest.raises(ForbiddenStatementError, match=r"JOPE-009.*an approved recipe version is frozen"):
            in_a_handler(station, lambda uow, s=statement: uow.cursor.execute(s))
    with pytest.raises(ForbiddenStatementError, match="draft again"):
        in_a_handler(
            station, lambda uow: uow.cursor.execute("UPDATE recipe_version SET state = 'draft', version = version + 1 WHERE number = 1")
        )
    in_a_handler(station, lambda uow: uow.cursor.execute("UPDATE recipe_line SET target = '1' WHERE id = 'MG-25:2:1'"))


@pytest.mark.req("E01")
def test_who_approves_a_recipe_is_shown_what_it_changes_of_the_effective_one(crew: Crew, station: Station) -> None:
    lines = (dataclasses.replace(DEMO_LINES[0], target="999.00", low="990.00", high="1010.00"), *DEMO_LINES[1:-1])
    draft = DraftRecipeVersion(recipe_id="MG-25", version=2, product="New", batch_size="9.00", unit="g", lines=lines, reason="new")
    crew.do("D-SUPER", draft)
    approval = ApproveRecipeVersion(recipe_id="MG-25", version=2)
    rows = {row.label: (row.before, row.after) for row in station.sheet(approval, crew.token("D-QA")).rows}
    assert rows["State"] == ("draft", "effective")
    assert rows["Version 1"] == ("effective", "superseded")
    assert rows["Product"][1] == "New" != rows["Product"][0]
    assert rows["Batch size"][1] == "9.00 g" != rows["Batch size"][0]
    first, kept, last = (f"{line.position}. {line.material_code}" for line in (DEMO_LINES[0], DEMO_LINES[1], DEMO_LINES[-1]))
    assert rows[first][1] == "999.00 g (990.00 to 1010.00)" != rows[first][0]
    assert rows[kept][0] == rows[kept][1] != ""
    assert rows[last][0] != "" == rows[last][1], "a material that is taken out is shown as taken out"
    crew.sign("D-QA", approval)
    assert verified(station).ok


@pytest.mark.req("G05", "E01", "P11-07", "C01")
def test_sql_takes_nothing_back_from_its_final_state(crew: Crew, station: Station) -> None:
    from jope.kernel.errors import ForbiddenStatementError
    from tests.support.demo import LOTS
    from tests.support.handlers import in_a_handler

    crew.do("D-QA", RejectLot(lot_no=LOTS[0], reason="contaminated"))
    draft = DraftRecipeVersion(recipe_id="MG-25", version=2, product="New", batch_size="1.00", unit="g", lines=DEMO_LINES, reason="new")
    crew.do("D-SUPER", draft)
    crew.sign("D-QA", ApproveRecipeVersion(recipe_id="MG-25", version=2))
    to_execution(crew, "B-1")
    in_a_handler(station, lambda uow: uow.cursor.execute("UPDATE batch SET record_state = 'Rejected', version = version + 1"))
    supersede = "UPDATE recipe_version SET state = 'superseded', version = version + 1 WHERE number = 2"
    for before, statement in (
        ("SELECT 1", f"UPDATE lot SET state = 'released', version = version + 1 WHERE lot_no = '{LOTS[0]}'"),
        ("SELECT 1", f"UPDATE lot SET state = 'quarantine', version = version + 1 WHERE lot_no = '{LOTS[0]}'"),
        (supersede, "UPDATE recipe_version SET state = 'effective', version = version + 1 WHERE number = 1"),
        ("SELECT 1", "UPDATE recipe_version SET state = 'draft', version = version + 1 WHERE number = 1"),
        ("SELECT 1", "UPDATE batch SET record_state = 'InReview', version = version + 1"),
    ):
        with pytest.raises(ForbiddenStatementError, match=r"JOPE-009.*stays"):
            in_a_handler(station, lambda uow, b=before, s=statement: (uow.cursor.execute(b), uow.cursor.execute(s)))
    assert verified(station).ok


@pytest.mark.req("P11-16", "C01", "P05")
def test_sql_cannot_set_a_signer_without_a_signature(crew: Crew, station: Station) -> None:
    from jope.kernel.errors import ForbiddenStatementError, JopeError
    from tests.support.handlers import in_a_handler

    to_execution(crew, "B-1")
    for statement in (
        "UPDATE batch SET release_id = 'a', release_signature = 'b', release_signer = 'D-QA', release_meaning = 'release', release_version = 1",
        "UPDATE batch SET available_quantity = '1752.00'",
        "UPDATE batch SET record_state = 'Released'",
        "UPDATE clearance SET verified_signer = performed_signer",
        "UPDATE batch SET release_signer = 'D-QA'",
        "UPDATE signature SET signer = 'D-QP'",
        "UPDATE lot SET state = 'released', approval_signature = 'x', approval_signer = 'D-QA', approval_meaning = 'approval', approval_version = 2",
    ):
        with pytest.raises(JopeError) as refused:
            in_a_handler(station, lambda uow, s=statement: uow.cursor.execute(s))
        assert isinstance(refused.value, ForbiddenStatementError), statement
    assert verified(station).ok
