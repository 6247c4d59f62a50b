"""The queue through a whole batch: who may sign what, and when (A11d 13.3; URS B12)."""

from __future__ import annotations

from pathlib import Path

import pytest

from jope.bootstrap import Station
from jope.compliance.commands import SignatureInput
from jope.kernel.errors import GuardRefusedError, RecordChangedError
from jope.plant.batches import commands as c
from jope.plant.weighing.commands import FinishMaterial, IdentifyLot
from jope.services.provisioning.demo_data import DEMO_LINES, DEMO_PASSWORD
from tests.support.demo import LOTS, Crew, dispense, review_trail, running_plant, to_execution, verified, weigh
from tests.support.rules import set_rule

_PEOPLE = ("D-OPER", "D-SUPER", "D-QA", "D-QP", "D-ADMIN", "D-INSP")


def _waiting(crew: Crew) -> dict[str, list[str]]:
    """Who has what to sign; people with nothing are left out."""
    found = {who: [type(item.command).__name__ for item in crew.station.signing_queue(crew.token(who))] for who in _PEOPLE}
    return {who: items for who, items in found.items() if items}


def _sign(crew: Crew, who: str, *, series: str = "") -> None:
    """Sign the first record of a person's queue at a session of their own."""
    crew.accept(who)
    item = crew.station.signing_queue(crew.token(who))[0]
    sheet = crew.station.sheet(item.command, crew.token(who))
    given = SignatureInput(
        employee_id="" if series else who, password=DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash, series=series
    )
    crew.station.dispatch(item.command, crew.token(who), given)


@pytest.mark.req("B12", "B10", "B07", "G02", "G03", "A11d-25", "PR-03")
def test_a_batch_goes_from_queue_to_queue(tmp_path: Path) -> None:
    with running_plant(tmp_path / "station", encrypted=False) as (station, scale):
        crew = Crew(station)
        to_execution(crew, "B-1")
        assert _waiting(crew) == {}
        for action in ("VerifyContainer", "VerifyMaterial"):
            set_rule(station, action, series=True)
        crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no=LOTS[0]))
        weigh(crew, scale, "B-1", 1, DEMO_LINES[0].target)
        assert _waiting(crew) == {"D-SUPER": ["VerifyContainer"]}
        crew.sign("D-OPER", c.HoldBatch(batch_no="B-1", reason="a leak"))
        assert _waiting(crew) == {}, "nothing is verified while the batch is held"
        crew.sign("D-SUPER", c.RestartBatch(batch_no="B-1", reason="mended"))
        station.enter(crew.token("D-SUPER"), "queue")
        _sign(crew, "D-SUPER")
        series = station.fetch_series(crew.token("D-SUPER"))
        crew.sign("D-OPER", FinishMaterial(batch_no="B-1", position=1))
        assert _waiting(crew) == {"D-SUPER": ["VerifyMaterial"]}
        _sign(crew, "D-SUPER", series=series)
        for position in (2, 3):
            dispense(crew, scale, "B-1", position)
        crew.sign("D-OPER", c.CompleteBatch(batch_no="B-1"))
        assert _waiting(crew) == {"D-SUPER": ["ReviewBatch"]}
        _sign(crew, "D-SUPER")
        assert _waiting(crew) == {}, "the release waits for the review of the trail"
        review_trail(crew, "B-1")
        assert _waiting(crew) == {"D-QA": ["ReleaseBatch"]}
        _sign(crew, "D-QA")
        assert _waiting(crew) == {"D-QP": ["CertifyBatch"]}
        _sign(crew, "D-QP")
        assert _waiting(crew) == {}
        assert verified(station).ok


@pytest.mark.req("B12", "B04", "P11-17")
def test_what_changed_between_show_and_sign_is_not_signed(station: Station, crew: Crew) -> None:
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id="MG-25", line="L3", product_lot="PL"))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-1"))
    checks = station._commands.run(lambda: station._store.cursor.execute("SELECT check_id FROM line_check ORDER BY position").fetchall())
    crew.sign("D-OPER", c.PerformClearance(batch_no="B-1", answers=tuple(c.ClearanceAnswer(id_, True) for (id_,) in checks)))
    assert _waiting(crew) == {"D-SUPER": ["VerifyClearance"]}
    (item,) = station.signing_queue(crew.token("D-SUPER"))
    given = crew.signature("D-SUPER", "D-SUPER", item.command)
    stale = SignatureInput(employee_id="D-SUPER", password=DEMO_PASSWORD, meaning=given.meaning, shown_hash="0" * 64)
    error = crew.refused(lambda: station.dispatch(c.VerifyClearance(batch_no="B-1"), crew.token("D-SUPER"), stale))
    assert isinstance(error, RecordChangedError)
    station.dispatch(item.command, crew.token("D-SUPER"), given)
    again = c.VerifyClearance(batch_no="B-1")
    assert isinstance(crew.refused(lambda: station.dispatch(again, crew.token("D-SUPER"), given)), GuardRefusedError)
    assert _waiting(crew) == {}
