"""A batch's order of steps and its release by two people."""

from __future__ import annotations

from pathlib import Path

import pytest

from jope.bootstrap import Station
from jope.kernel.errors import DeniedError, ForbiddenStatementError, GuardRefusedError, JopeError, RefusedError
from jope.plant.batches import commands as c
from jope.plant.batches import guards
from jope.plant.batches.queries import batch_detail, batch_exceptions
from jope.plant.materials.commands import RejectLot
from jope.plant.recipes.commands import ApproveRecipeVersion, DraftRecipeVersion, RecipeLine
from jope.services.provisioning.demo_data import DEMO_CHECKS, DEMO_LINES
from jope.services.reporting.record.facts import record_facts
from tests.support.demo import LOTS, Crew, dispense, review_trail, run_demo_batch, running_plant, to_execution, verified
from tests.support.handlers import in_a_handler

_ANSWERS = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in DEMO_CHECKS)


def _to_floor(crew: Crew, batch_no: str) -> None:
    crew.do("D-SUPER", c.CreateBatch(batch_no=batch_no, recipe_id="MG-25", line="L3", product_lot="PL"))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no=batch_no))


def _clear(crew: Crew, batch_no: str) -> None:
    crew.sign("D-OPER", c.PerformClearance(batch_no=batch_no, answers=_ANSWERS))
    crew.sign("D-OPER", c.VerifyClearance(batch_no=batch_no), signer="D-SUPER")


def _draft(**changes: object) -> DraftRecipeVersion:
    """A second version of the demo's recipe."""
    values = {
        "recipe_id": "MG-25",
        "version": 2,
        "product": "Magnesium blend 25",
        "batch_size": "1752.00",
        "unit": "g",
        "lines": DEMO_LINES,
    }
    return DraftRecipeVersion(**{**values, "reason": "new targets", **changes})


@pytest.mark.req("E04", "P11-07", "G01", "E03")
def test_no_step_opens_before_the_one_before_it(crew: Crew) -> None:
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id="MG-25", line="L3", product_lot="PL"))
    for who, command in (
        ("D-OPER", c.PerformClearance(batch_no="B-1", answers=_ANSWERS)),
        ("D-OPER", c.StartBatch(batch_no="B-1")),
        ("D-OPER", c.CompleteBatch(batch_no="B-1")),
        ("D-SUPER", c.ReviewBatch(batch_no="B-1")),
        ("D-QA", c.ReleaseBatch(batch_no="B-1")),
        ("D-QP", c.CertifyBatch(batch_no="B-1")),
    ):
        verdict = crew.station.preflight(command, crew.token(who))
        assert verdict is not None
        error = crew.refused(lambda w=who, k=command: crew.sign(w, k))
        assert isinstance(error, GuardRefusedError)
        assert (error.message, error.what_to_do) == (verdict.message, verdict.remedy)
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-1"))
    assert isinstance(crew.refused(lambda: crew.sign("D-OPER", c.StartBatch(batch_no="B-1"))), GuardRefusedError)
    failed = tuple(c.ClearanceAnswer(check_id, check_id != "LC-2") for check_id, _ in DEMO_CHECKS)
    assert isinstance(crew.refused(lambda: crew.sign("D-OPER", c.PerformClearance(batch_no="B-1", answers=failed))), GuardRefusedError)
    few = c.PerformClearance(batch_no="B-1", answers=_ANSWERS[:2])
    assert isinstance(crew.refused(lambda: crew.sign("D-OPER", few)), RefusedError)
    view = crew.station.read(batch_detail, crew.token("D-QA"), batch_no="B-1")
    assert [s.state for s in view.steps][:3] == ["done", "current", "locked"]


@pytest.mark.req("E03", "D03")
def test_hold_by_one_person_restart_by_another(crew: Crew) -> None:
    to_execution(crew, "B-1")
    crew.sign("D-SUPER", c.HoldBatch(batch_no="B-1", reason="smell"))
    assert isinstance(crew.refused(lambda: crew.sign("D-OPER", c.CompleteBatch(batch_no="B-1"))), GuardRefusedError)
    assert isinstance(crew.refused(lambda: crew.sign("D-SUPER", c.RestartBatch(batch_no="B-1", reason="aired"))), GuardRefusedError)
    assert crew.station.read(batch_exceptions, crew.token("D-QA"), batch_no="B-1")[0].what == "batch.held"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory):
    """A station with a batch that waits for release."""
    root: Path = tmp_path_factory.mktemp("reviewed") / "station"
    with running_plant(root) as (station, scale):
        crew = Crew(station)
        to_execution(crew, "B-1")
        for position in (1, 2, 3):
            dispense(crew, scale, "B-1", position)
        crew.sign("D-OPER", c.CompleteBatch(batch_no="B-1"))
        yield station, crew


@pytest.mark.req("G02", "G03", "PR-09", "A11-15", "G07", "PR-07")
def test_release_needs_a_review_and_two_different_people(reviewed: tuple[Station, Crew]) -> None:
    station, crew = reviewed
    assert isinstance(crew.refused(lambda: crew.sign("D-QA", c.ReleaseBatch(batch_no="B-1"))), GuardRefusedError)
    crew.sign("D-SUPER", c.ReviewBatch(batch_no="B-1"))
    assert "trail" in crew.refused(lambda: crew.sign("D-QA", c.ReleaseBatch(batch_no="B-1"))).message
    review_trail(crew, "B-1")
    crew.sign("D-QA", c.ReleaseBatch(batch_no="B-1"))
    assert station.read(batch_detail, crew.token("D-QA"), batch_no="B-1").available_quantity == "0"
    assert isinstance(crew.refused(lambda: crew.sign("D-QA", c.CertifyBatch(batch_no="B-1"))), DeniedError)
    assert isinstance(crew.refused(lambda: crew.sign("D-QA", c.ReleaseBatch(batch_no="B-1"))), GuardRefusedError)
    _grant(station, "qa", "batch.certify")
    same = Crew(station)
    error = same.refused(lambda: same.sign("D-QA", c.CertifyBatch(batch_no="B-1")))
    assert isinstance(error, GuardRefusedError)
    assert "yourself" in error.message
    crew.sign("D-QP", c.CertifyBatch(batch_no="B-1"))
    view = station.read(batch_detail, crew.token("D-QP"), batch_no="B-1")
    assert (view.record_state, view.available_quantity, view.produced_quantity) == ("Released", "1752.00", "1752.00")
    assert {s.verdict for s in view.signatures} == {"valid"}
    assert verified(station).ok


def _grant(station: Station, role: str, permission: str) -> None:
    """Roles are data: give the quality unit both rights, so that only the guard stands between one person and both signatures."""
    in_a_handler(station, lambda uow: uow.cursor.execute("INSERT INTO role_permission VALUES (?, ?, 1)", (role, permission)))


@pytest.mark.req("E03", "P11-07")
def test_every_guard_of_a_batch_is_declared_with_a_clause(station: Station) -> None:
    named = [value for name, value in vars(guards).items() if callable(value) and getattr(value, "__module__", "") == guards.__name__]
    assert len(named) > 15


@pytest.mark.req("A14", "P11-08")
def test_a_person_of_another_line_neither_sees_nor_moves_the_batch(crew: Crew, station: Station) -> None:
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id="MG-25", line="L3", product_lot="PL"))
    in_a_handler(station, lambda uow: uow.cursor.execute("UPDATE user_account SET line = 'L9' WHERE employee_id = 'D-SUPER'"))
    other = Crew(station)
    with pytest.raises(JopeError, match="JOPE-014"):
        station.read(batch_detail, other.token("D-SUPER"), batch_no="B-1")
    error = other.refused(lambda: other.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-1")))
    assert error.code == "JOPE-106"


@pytest.mark.req("G01", "E03", "P11-07")
def test_a_line_is_not_cleared_while_another_batch_runs_on_it(crew: Crew) -> None:
    for batch_no in ("B-1", "B-2", "B-3"):
        _to_floor(crew, batch_no)
    _clear(crew, "B-1")
    crew.sign("D-OPER", c.PerformClearance(batch_no="B-2", answers=_ANSWERS))
    crew.sign("D-OPER", c.StartBatch(batch_no="B-1"))
    for signer, command in (
        ("D-SUPER", c.VerifyClearance(batch_no="B-2")),
        ("D-OPER", c.PerformClearance(batch_no="B-3", answers=_ANSWERS)),
    ):
        verdict = crew.station.preflight(command, crew.token("D-OPER"))
        assert verdict is not None
        assert (verdict.guard, verdict.clause) == ("line_is_free", "211.130")
        error = crew.refused(lambda s=signer, k=command: crew.sign("D-OPER", k, signer=s))
        assert isinstance(error, GuardRefusedError)
        assert "B-1 is running" in error.message


@pytest.mark.req("G01", "E04")
def test_a_clearance_is_spent_when_another_batch_was_started_after_it(crew: Crew, station: Station) -> None:
    for batch_no in ("B-1", "B-2", "B-3"):
        _to_floor(crew, batch_no)
    _clear(crew, "B-2")
    _clear(crew, "B-1")
    crew.sign("D-OPER", c.StartBatch(batch_no="B-1"))
    _end(station, "B-1")
    error = crew.refused(lambda: crew.sign("D-OPER", c.StartBatch(batch_no="B-2")))
    assert isinstance(error, GuardRefusedError)
    assert "B-1 was started on this line after it was cleared" in error.message
    _clear(crew, "B-3")
    crew.sign("D-OPER", c.StartBatch(batch_no="B-3"))


def _end(station: Station, batch_no: str) -> None:
    """The line is free again, as after a completion; nothing is weighed for it here."""
    sql = "UPDATE batch SET record_state = 'InReview', procedure_state = 'Complete', version = version + 1 WHERE batch_no = ?"
    in_a_handler(station, lambda uow: uow.cursor.execute(sql, (batch_no,)))


@pytest.mark.req("E01", "E02", "E03", "PR-06")
def test_a_batch_of_a_superseded_recipe_is_neither_released_to_the_floor_nor_started(crew: Crew) -> None:
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id="MG-25", line="L3", product_lot="PL"))
    _to_floor(crew, "B-2")
    _clear(crew, "B-2")
    crew.do("D-SUPER", _draft())
    crew.sign("D-QA", ApproveRecipeVersion(recipe_id="MG-25", version=2))
    for error in (
        crew.refused(lambda: crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-1"))),
        crew.refused(lambda: crew.sign("D-OPER", c.StartBatch(batch_no="B-2"))),
    ):
        assert isinstance(error, GuardRefusedError)
        assert error.message == "Version 1 of recipe MG-25 is superseded."


@pytest.mark.req("E01", "F01", "A11d-04")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"batch_size": "-1.00"}, "batch size is not above zero"),
        ({"batch_size": "0"}, "batch size is not above zero"),
        ({"batch_size": "3.86", "unit": "lb"}, "no exact value in lb"),
        ({"lines": (RecipeLine(1, "MG-CIT", "44.00", "43.80", "44.20", "oz"),)}, "MG-CIT is kept in g"),
    ],
)
def test_a_recipe_that_cannot_be_weighed_exactly_or_yields_nothing_is_not_drafted(
    crew: Crew, changes: dict[str, object], words: str
) -> None:
    error = crew.refused(lambda: crew.do("D-SUPER", _draft(**changes)))
    assert isinstance(error, RefusedError)
    assert words in error.message


@pytest.mark.req("E01", "F01")
def test_a_recipe_in_another_decimal_unit_is_drafted(crew: Crew) -> None:
    crew.do("D-SUPER", _draft(batch_size="1.752", unit="kg", lines=(RecipeLine(1, "MG-CIT", "1.25", "1.24", "1.26", "kg"),)))


@pytest.mark.req("G05", "G07", "E09", "PR-07", "O04")
@pytest.mark.parametrize("signed", [False, True], ids=["before the release", "between release and certification"])
def test_a_lot_rejected_after_its_weighing_stops_the_release_and_is_an_exception(tmp_path: Path, signed: bool) -> None:
    with running_plant(tmp_path / "station") as (station, scale):
        crew = Crew(station)
        to_execution(crew, "B-1")
        for position in (1, 2, 3):
            dispense(crew, scale, "B-1", position)
        crew.sign("D-OPER", c.CompleteBatch(batch_no="B-1"))
        if signed:
            crew.sign("D-SUPER", c.ReviewBatch(batch_no="B-1"))
            review_trail(crew, "B-1")
            crew.sign("D-QA", c.ReleaseBatch(batch_no="B-1"))
        assert station.read(batch_exceptions, crew.token("D-SUPER"), batch_no="B-1") == ()
        crew.do("D-QA", RejectLot(lot_no=LOTS[1], reason="contaminated"))
        (row,) = station.read(batch_exceptions, crew.token("D-SUPER"), batch_no="B-1")
        assert (row.what, row.detail, row.who) == ("lot.rejected", f"{LOTS[1]}: contaminated", "D-QA")
        (line,) = station.read(record_facts, crew.token("D-SUPER"), batch_no="B-1").exceptions
        assert (line.action, line.part, line.reason) == ("lot.rejected", f"lot {LOTS[1]}", "contaminated")
        if not signed:
            crew.sign("D-SUPER", c.ReviewBatch(batch_no="B-1"))
        who, command = ("D-QP", c.CertifyBatch(batch_no="B-1")) if signed else ("D-QA", c.ReleaseBatch(batch_no="B-1"))
        error = crew.refused(lambda: crew.sign(who, command))
        assert isinstance(error, GuardRefusedError)
        assert (error.message, error.what_to_do) == (f"Lot {LOTS[1]} in this batch is rejected.", "Reject the batch.")
        crew.sign("D-QA", c.RejectBatch(batch_no="B-1", reason="a lot in it was rejected"))
        assert verified(station).ok


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory):
    """A station with a released batch B-1 and a batch B-2 in execution."""
    root: Path = tmp_path_factory.mktemp("released") / "station"
    with running_plant(root) as (station, scale):
        to_execution(run_demo_batch(station, scale, "B-1"), "B-2")
        yield station


_RELEASE = "release_id, release_signature, release_signer, release_meaning, release_version"
_BORROWED = ", ".join(
    f"({columns}) = (SELECT {columns} FROM batch WHERE batch_no = 'B-1')"
    for columns in (_RELEASE, _RELEASE.replace("release", "certification"))
)


@pytest.mark.req("G02", "G03", "P11-17", "PR-09", "P05", "G06")
@pytest.mark.parametrize(
    "change",
    [
        f"record_state = 'Released', reviewed_by = 'D-SUPER', produced_quantity = '9', available_quantity = '9', {_BORROWED} WHERE batch_no = 'B-2'",
        f"{_BORROWED.split(', (certification', maxsplit=1)[0]} WHERE batch_no = 'B-2'",
        "available_quantity = '9999' WHERE batch_no = 'B-1'",
        "reviewed_by = NULL WHERE batch_no = 'B-1'",
        "record_state = 'InReview', available_quantity = '0' WHERE batch_no = 'B-1'",
        "record_state = 'Rejected', available_quantity = '0' WHERE batch_no = 'B-1'",
    ],
    ids=[
        "two borrowed signatures",
        "one borrowed signature",
        "more than produced",
        "no review",
        "released again to review",
        "rejected later",
    ],
)
def test_sql_releases_no_batch_with_what_is_not_its_own(released: Station, change: str) -> None:
    with pytest.raises(ForbiddenStatementError):
        in_a_handler(released, lambda uow: uow.cursor.execute(f"UPDATE batch SET version = version + 1, {change}"))
    assert verified(released).ok


@pytest.mark.req("A03", "A15")
def test_why_not_names_every_condition_that_is_not_met_with_its_clause_and_who_resolves_it(crew: Crew) -> None:
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id="MG-25", line="L3", product_lot="PL"))
    command = c.StartBatch(batch_no="B-1")
    found = crew.station.why_not(command, crew.token("D-OPER"))
    assert [one.guard for one in found] == ["in_state", "line_is_cleared"]
    assert all(one.message and one.remedy and one.clause for one in found)
    first = crew.station.preflight(command, crew.token("D-OPER"))
    assert first is not None
    assert (first.message, *(one.message for one in first.others)) == tuple(one.message for one in found)
    error = crew.refused(lambda: crew.sign("D-OPER", command))
    assert error.message == found[0].message
    missing = crew.station.why_not(c.StartBatch(batch_no="B-404"), crew.token("D-OPER"))
    assert missing
    assert all("B-404" in one.message for one in missing if one.guard.startswith("JOPE"))


@pytest.mark.req("A03", "A15")
def test_who_may_not_at_all_is_told_which_roles_may_and_nothing_of_the_record(crew: Crew) -> None:
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id="MG-25", line="L3", product_lot="PL"))
    (only,) = crew.station.why_not(c.CertifyBatch(batch_no="B-1"), crew.token("D-OPER"))
    assert only.guard == "permission"
    assert "Qualified person" in only.remedy
