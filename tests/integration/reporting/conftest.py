"""One eventful batch on a running plant, shared by the tests of its printed record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jope.bootstrap import Station
from jope.plant.batches import commands as c
from jope.plant.weighing.commands import FinishMaterial, IdentifyLot, VerifyContainer, VerifyMaterial
from tests.integration.reporting.printed import BATCH, HOLD_REASON, Printed, print_record
from tests.support.demo import LOTS, Crew, dispense, running_plant, to_execution, to_release, weigh


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Station, Crew]]:
    """A released batch with a rejected weighing, a failed signature, a denied command and a hold."""
    root: Path = tmp_path_factory.mktemp("record") / "station"
    with running_plant(root) as (station, scale):
        crew = Crew(station)
        to_execution(crew, BATCH, product_lot="PL-2026-118")
        crew.do("D-OPER", IdentifyLot(batch_no=BATCH, position=1, lot_no=LOTS[0]))
        crew.refused(lambda: weigh(crew, scale, BATCH, 1, "1300.00"))
        weighing_id = weigh(crew, scale, BATCH, 1, "1250.00").weighing_id
        first_try = VerifyContainer(weighing_id=weighing_id)
        wrong = crew.signature("D-OPER", "D-SUPER", first_try, password="not the password")
        crew.refused(lambda: station.dispatch(first_try, crew.token("D-OPER"), wrong))
        crew.sign("D-OPER", VerifyContainer(weighing_id=weighing_id), signer="D-SUPER")
        crew.sign("D-OPER", c.HoldBatch(batch_no=BATCH, reason=HOLD_REASON))
        crew.sign("D-SUPER", c.RestartBatch(batch_no=BATCH, reason="cleaned and checked"))
        crew.sign("D-OPER", FinishMaterial(batch_no=BATCH, position=1))
        crew.sign("D-OPER", VerifyMaterial(batch_no=BATCH, position=1), signer="D-SUPER")
        for position in (2, 3):
            dispense(crew, scale, BATCH, position)
        crew.refused(lambda: crew.do("D-SUPER", c.ReleaseBatch(batch_no=BATCH)))
        to_release(crew, BATCH)
        yield station, crew


@pytest.fixture(scope="module")
def printed(plant: tuple[Station, Crew]) -> Printed:
    """The record of the released batch."""
    station, crew = plant
    return print_record(station, crew.token("D-QA"), BATCH)
