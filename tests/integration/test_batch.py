"""A batch's order of steps and its release by two people."""

from __future__ import annotations

from pathlib import Path

import pytest

from jope.bootstrap import Station
from jope.kernel.errors import DeniedError, GuardRefusedError, JopeError, RefusedError
from jope.plant.batches import commands as c
from jope.plant.batches import guards
from jope.plant.batches.queries import batch_detail, batch_exceptions
from jope.services.provisioning.demo_data import DEMO_CHECKS
from tests.support.demo import Crew, dispense, running_plant, to_execution
from tests.support.handlers import in_a_handler

_ANSWERS = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in DEMO_CHECKS)


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
    assert station.verify().ok


def _grant(station: Station, role: str, permission: str) -> None:
    """Roles are data: give the quality unit both rights, so that only the guard stands between one person and both signatures."""
    in_a_handler(station, lambda uow: uow.cursor.execute("INSERT INTO role_permission VALUES (?, ?)", (role, permission)))


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
