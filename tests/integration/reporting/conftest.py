"""One eventful batch on a running plant, shared by the tests of its printed record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from jope.bootstrap import Station
from jope.plant.batches import commands as c
from jope.plant.weighing.commands import FinishMaterial, IdentifyLot, VerifyContainer, VerifyMaterial
from jope.services.reporting.printing import StationFacts, write_batch_record
from tests.support.demo import LOTS, Crew, dispense, running_plant, to_execution, to_release, weigh

BATCH = "B-2026-0281"
HOLD_REASON = "Powder spilled beside the scale; the booth floor is cleaned before the next material is opened"


@dataclass(frozen=True)
class Printed:
    """A printed record: its bytes and the text of its pages."""

    pdf: bytes
    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        """All pages with every run of white space folded, so that a wrapped text is found in one piece."""
        return " ".join(" ".join(self.pages).split())


def print_record(station: Station, token: str, batch_no: str, *, info: StationFacts | None = None) -> Printed:
    """Print through the station's own reading side."""
    pdf = station.read(write_batch_record, token, batch_no=batch_no, info=info or station.info, origin=station.policy.origin)
    return Printed(pdf, tuple(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Station, Crew]]:
    """A released batch with a rejected weighing, a failed signature, a denied command and a hold."""
    root: Path = tmp_path_factory.mktemp("record") / "station"
    with running_plant(root) as (station, scale):
        crew = Crew(station)
        to_execution(crew, BATCH, product_lot="PL-2026-118")
        crew.do("D-OPER", IdentifyLot(batch_no=BATCH, position=1, lot_no=LOTS[0]))
        crew.refused(lambda: weigh(crew, scale, BATCH, 1, "1300.00"))
        verify = VerifyContainer(weighing_id=weigh(crew, scale, BATCH, 1, "1250.00").weighing_id)
        wrong = crew.signature("D-OPER", "D-SUPER", verify, password="not the password")
        crew.refused(lambda: station.dispatch(verify, crew.token("D-OPER"), wrong))
        crew.sign("D-OPER", verify, signer="D-SUPER")
        crew.sign("D-OPER", c.HoldBatch(batch_no=BATCH, reason=HOLD_REASON))
        crew.sign("D-SUPER", c.RestartBatch(batch_no=BATCH, reason="cleaned and checked"))
        crew.sign("D-OPER", FinishMaterial(batch_no=BATCH, position=1))
        crew.sign("D-OPER", VerifyMaterial(batch_no=BATCH, position=1), signer="D-SUPER")
        for position in (2, 3):
            dispense(crew, scale, BATCH, position)
        crew.refused(lambda: crew.sign("D-SUPER", c.ReleaseBatch(batch_no=BATCH)))
        to_release(crew, BATCH)
        yield station, crew


@pytest.fixture(scope="module")
def printed(plant: tuple[Station, Crew]) -> Printed:
    """The record of the released batch."""
    station, crew = plant
    return print_record(station, crew.token("D-QA"), BATCH)
