"""The demo drives the real client against the real core and a simulated scale, through one batch."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from jope_ui.demo import run_demo
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QApplication

from jope.plant.batches.queries import batch_detail
from jope.plant.devices.equipment.queries import equipment_of_batch
from jope.plant.weighing.queries import dispensing
from tests.support.demo import Crew, running_plant
from tests.support.equipment import BOOTH, MIXER, add_equipment
from tests.ui.plants import leave

REFUSED = [
    "sign with a wrong password: refused",
    "accept a weight above the limit: refused",
    "accept while the pan is moving: refused",
    "second signature by the first person: refused",
]


@pytest.mark.req("E01", "F03", "G01", "G02", "G03", "B07", "A03", "E13", "E15")
def test_one_batch_from_plan_to_two_person_release(qapp: QApplication, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running_plant(tmp_path / "station", encrypted=False) as (station, scale):
        crew = Crew(station)
        add_equipment(crew)
        leave(crew)
        steps = run_demo(station, SimpleNamespace(scale=scale), out=out, headless=True, small_every=5)
        crew = Crew(station)
        batch = station.read(batch_detail, crew.token("D-QA"), batch_no="B-2026-0281")
        weighings = station.read(dispensing, crew.token("D-QA"), batch_no="B-2026-0281").materials
        used = station.read(equipment_of_batch, crew.token("D-QA"), batch_no="B-2026-0281")
        assert station.verify(crew.token("D-QA")).ok
    assert batch.record_state == "Released"
    assert [(one.equipment_id, one.cleaned_by, one.checked_by, one.ended_as) for one in used] == [
        (unit, "D-OPER", "D-SUPER", "completed") for unit in (BOOTH, MIXER)
    ]
    assert batch.available_quantity == batch.produced_quantity
    assert {one.signer for one in batch.signatures if one.meaning in ("release", "certification")} == {"D-QA", "D-QP"}
    attempts = [attempt for material in weighings for attempt in material.weighings]
    assert sorted(attempt.accepted for attempt in attempts) == [False, False, True, True, True]
    assert [step.name for step in steps if step.name.endswith("refused")] == REFUSED
    assert all(step.who for step in steps)
    pictures = {path.name: QImageReader(str(path)).size() for path in sorted((out / "screens").glob("*.png"))}
    large = [size.toTuple() for name, size in pictures.items() if not name.endswith("-1280x800.png")]
    small = [size.toTuple() for name, size in pictures.items() if name.endswith("-1280x800.png")]
    assert len(large) >= 40
    assert len(small) >= 8
    assert set(large) == {(1920, 1080)}
    assert set(small) == {(1280, 800)}
