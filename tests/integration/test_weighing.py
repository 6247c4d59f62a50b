"""Weighing on the simulated scale, a process of its own on a real pseudo-terminal: what is taken, what is refused, and that every attempt is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jope_drivers.simulator.handle import SimulatedScale

from jope.bootstrap import Station
from jope.compliance.alarms.queries import open_alarms
from jope.kernel.errors import GuardRefusedError, JopeError, RefusedError
from jope.plant.devices.commands import RecordScaleAction
from jope.plant.devices.ports import DeviceState, Reading, ScaleAction
from jope.plant.materials.commands import ReceiveLot, ReleaseLot
from jope.plant.recipes.commands import ApproveRecipeVersion, DraftRecipeVersion, RecipeLine
from jope.plant.weighing.commands import AcceptWeight, FinishMaterial, IdentifyLot, VerifyContainer, VerifyMaterial
from jope.plant.weighing.eligibility import RejectionError
from jope.plant.weighing.handlers import WEIGHING_COLUMNS
from jope.plant.weighing.queries import dispensing, weighings
from tests.support.demo import (
    LOTS,
    SCALE,
    Crew,
    certified,
    dispense,
    running_plant,
    stable_reading,
    to_execution,
    verified,
    wait_until,
    weigh,
)
from tests.support.handlers import in_a_handler


@pytest.fixture
def booth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crew, SimulatedScale]]:
    """A running batch with its scale and its first lot identified."""
    root = tmp_path_factory.mktemp("booth") / "station"
    with running_plant(root) as (station, scale):
        crew = Crew(station)
        to_execution(crew, "B-1")
        crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no=LOTS[0]))
        yield crew, scale


def _newest(station: Station) -> Reading:
    assert station.gateway is not None
    reading = station.gateway.newest(SCALE)
    assert reading is not None
    return reading


def _accept(crew: Crew, number: int) -> JopeError:
    return crew.refused(lambda: crew.do("D-OPER", AcceptWeight(batch_no="B-1", position=1, device_id=SCALE, reading_no=number)))


@pytest.mark.req("F03", "F01", "F07", "P11-09", "PI-03")
def test_what_may_not_be_taken_is_refused_and_kept(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    scale.load("1300.00")
    error = _accept(crew, stable_reading(crew.station, "1300.00"))
    assert isinstance(error, RejectionError)
    assert error.rule == "tolerance"
    scale.unload()
    stable_reading(crew.station, "0")
    scale.swing(3.0)
    scale.load("1250.00")
    wait_until(lambda: not _newest(crew.station).stable)
    error = _accept(crew, _newest(crew.station).number)
    assert isinstance(error, RejectionError)
    assert error.rule == "unstable"
    scale.unload()
    scale.load("2.00")
    error = _accept(crew, stable_reading(crew.station, "2.00"))
    assert isinstance(error, RejectionError)
    assert error.rule == "minimum"
    kept = crew.station.read(weighings, crew.token("D-OPER"), batch_no="B-1", position=1)
    assert [(w.attempt, w.accepted) for w in kept] == [(1, False), (2, False), (3, False)]
    assert all(hashlib.sha256(w.raw_frame.encode("latin-1")).hexdigest() == w.frame_hash for w in kept)
    assert verified(crew.station).ok


@pytest.mark.req("F08", "P11-09")
def test_the_same_load_is_not_taken_twice_and_an_old_reading_not_at_all(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    scale.load("1250.00")
    old = stable_reading(crew.station, "1250.00")
    wait_until(lambda: _newest(crew.station).number > old + 25)
    error = _accept(crew, old)
    assert isinstance(error, RejectionError)
    assert error.rule == "late"
    scale.unload()
    accepted = weigh(crew, scale, "B-1", 1, "1250.00")
    crew.sign("D-OPER", VerifyContainer(weighing_id=accepted.weighing_id), signer="D-SUPER")
    crew.sign("D-OPER", FinishMaterial(batch_no="B-1", position=1))
    crew.sign("D-OPER", VerifyMaterial(batch_no="B-1", position=1), signer="D-SUPER")
    crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=2, lot_no=LOTS[1]))
    stale = AcceptWeight(batch_no="B-1", position=2, device_id=SCALE, reading_no=_newest(crew.station).number)
    error = crew.refused(lambda: crew.do("D-OPER", stale))
    assert isinstance(error, RejectionError)
    assert error.rule == "stale"


def _finish(crew: Crew, scale: SimulatedScale, position: int = 1, grams: str = "1250.00") -> None:
    """Weigh a material whose lot is identified, and leave its load on the scale."""
    accepted = weigh(crew, scale, "B-1", position, grams)
    crew.sign("D-OPER", VerifyContainer(weighing_id=accepted.weighing_id), signer="D-SUPER")
    crew.sign("D-OPER", FinishMaterial(batch_no="B-1", position=position))
    crew.sign("D-OPER", VerifyMaterial(batch_no="B-1", position=position), signer="D-SUPER")
    crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=position + 1, lot_no=LOTS[position]))


def _rule(crew: Crew, number: int, position: int) -> str:
    """The rule that a refused reading fell under."""
    command = AcceptWeight(batch_no="B-1", position=position, device_id=SCALE, reading_no=number)
    error = crew.refused(lambda: crew.do("D-OPER", command))
    assert isinstance(error, RejectionError)
    return error.rule


@pytest.mark.req("F08", "P11-09", "A11d-04")
def test_a_knock_on_the_table_makes_no_new_weight_of_the_same_load(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    _finish(crew, scale)
    scale.swing(0.5)
    wait_until(lambda: not _newest(crew.station).stable)
    assert _rule(crew, stable_reading(crew.station, "1250.00"), 2) == "stale"


@pytest.mark.req("F08", "C02")
def test_the_weight_before_is_found_by_the_trail_s_order_and_not_by_the_rows_own(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    _finish(crew, scale)
    _finish(crew, scale, 2, "480.00")
    columns = ("dispense_id", "version", *WEIGHING_COLUMNS)
    values = ({"id": "'copy'", "attempt": "99"}.get(column, column) for column in columns)
    last = f"INSERT INTO weighing ({', '.join(columns)}) SELECT {', '.join(values)} FROM weighing WHERE position = 1"
    in_a_handler(crew.station, lambda uow: uow.cursor.execute(last))
    assert _rule(crew, stable_reading(crew.station, "480.00"), 3) == "stale"


@pytest.mark.req("F03", "F01", "P11-09")
def test_a_weight_without_an_exact_value_in_the_formulation_s_unit_is_refused_and_kept(tmp_path: Path) -> None:
    with running_plant(tmp_path / "station") as (station, scale):
        crew = Crew(station)
        _resin_in_pounds(crew)
        to_execution(crew, "B-1", recipe_id="LB")
        crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no="R-1"))
        scale.load("400.00")
        assert _rule(crew, stable_reading(station, "400.00"), 1) == "quality"
        (kept,) = station.read(weighings, crew.token("D-OPER"), batch_no="B-1", position=1)
        assert (kept.accepted, kept.net, kept.unit, kept.rejection) == (False, "400.00", "g", "400.00 g has no exact value in lb.")
        assert verified(station).ok


def _resin_in_pounds(crew: Crew) -> None:
    """A material that is kept in pounds, a released lot of it, and a recipe."""
    material = "INSERT INTO material (code, name, unit) VALUES ('RESIN', 'Resin', 'lb')"
    in_a_handler(crew.station, lambda uow: uow.cursor.execute(material))
    lines = (RecipeLine(1, "RESIN", "1.00", "0.50", "1.50", "lb"),)
    draft = DraftRecipeVersion(recipe_id="LB", version=1, product="Resin", batch_size="1.00", unit="lb", lines=lines, reason="import")
    crew.do("D-SUPER", draft)
    crew.sign("D-QA", ApproveRecipeVersion(recipe_id="LB", version=1))
    crew.do("D-SUPER", ReceiveLot(lot_no="R-1", material_code="RESIN", receiving_no="RC", quantity="9.00", unit="lb", expiry="2028-01-01"))
    certified(crew, "R-1")
    crew.sign("D-QA", ReleaseLot(lot_no="R-1"))


@pytest.mark.req("G05", "F02", "A11d-04")
@pytest.mark.parametrize("expiry", ["2028-02-31", "2027-02-29", "2028-00-10", "2028-13-01", "2028-04-31", "20280401", "2028-W01-1"])
def test_a_lot_expires_on_a_day_of_the_calendar(crew: Crew, expiry: str) -> None:
    lot = ReceiveLot(lot_no="Q-1", material_code="MG-CIT", receiving_no="RC", quantity="5.00", unit="g", expiry=expiry)
    assert isinstance(crew.refused(lambda: crew.do("D-SUPER", lot)), RefusedError)


@pytest.mark.req("F02", "G05", "PR-02", "F09")
def test_the_lot_is_the_right_material_released_in_date_and_in_turn(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    for lot_no, position, words in ((LOTS[1], 2, "not verified"), ("none", 1, "no lot"), (LOTS[0], 1, "identified")):
        error = crew.refused(lambda n=lot_no, p=position: crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=p, lot_no=n)))
        assert isinstance(error, GuardRefusedError)
        assert words in error.message
    for lot_no, expiry in (("FRESH", "2028-01-01"), ("OLD", "2020-01-01")):
        crew.do("D-SUPER", ReceiveLot(lot_no=lot_no, material_code="CELL-101", receiving_no="RC", quantity="9.00", unit="g", expiry=expiry))
    certified(crew, "OLD")
    crew.sign("D-QA", ReleaseLot(lot_no="OLD"))
    accepted = weigh(crew, scale, "B-1", 1, "1250.00")
    assert all(
        words in accepted.label_text
        for words in ("Magnesium citrate", "MG-CIT", LOTS[0], "RC-10421", "Net 1250.00 g", "B-1", "PL-1", "D-OPER")
    )
    crew.sign("D-OPER", VerifyContainer(weighing_id=accepted.weighing_id), signer="D-SUPER")
    crew.sign("D-OPER", FinishMaterial(batch_no="B-1", position=1))
    crew.sign("D-OPER", VerifyMaterial(batch_no="B-1", position=1), signer="D-SUPER")
    for lot_no, words in (("FRESH", "quarantine"), ("OLD", "expired"), (LOTS[0], "due is CELL-101")):
        error = crew.refused(lambda n=lot_no: crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=2, lot_no=n)))
        assert words in error.message


@pytest.mark.req("J08", "J03", "P11-09", "J04")
def test_another_scale_on_the_line_is_gated_alarmed_and_gives_no_weight(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    assert crew.station.gateway is not None
    gateway = crew.station.gateway
    scale.load("1250.00")
    number = stable_reading(crew.station, "1250.00")
    scale.unplug()
    scale.become(serial_number="X999")
    wait_until(lambda: gateway.status(SCALE).state is not DeviceState.ONLINE)
    assert _accept(crew, number).code == "JOPE-510"
    scale.plug()
    wait_until(lambda: gateway.status(SCALE).state is DeviceState.GATED)
    wait_until(lambda: "identity" in {a.kind for a in crew.station.read(open_alarms, crew.token("D-QA"))})
    scale.become(serial_number="B412345678")
    wait_until(lambda: gateway.status(SCALE).state is DeviceState.ONLINE)
    wait_until(lambda: not [a for a in crew.station.read(open_alarms, crew.token("D-QA")) if a.active])
    assert verified(crew.station).ok


@pytest.mark.req("F14", "A11d-05", "J01")
def test_the_record_agrees_with_the_scale_s_own_log_frame_by_frame(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    scale.load("1300.00")
    _accept(crew, stable_reading(crew.station, "1300.00"))
    accepted = weigh(crew, scale, "B-1", 1, "1250.00")
    crew.sign("D-OPER", VerifyContainer(weighing_id=accepted.weighing_id), signer="D-SUPER")
    crew.sign("D-OPER", FinishMaterial(batch_no="B-1", position=1))
    crew.sign("D-OPER", VerifyMaterial(batch_no="B-1", position=1), signer="D-SUPER")
    for position in (2, 3):
        dispense(crew, scale, "B-1", position)
    sent = {frame.sha256: frame for frame in scale.frames()}
    view = crew.station.read(dispensing, crew.token("D-OPER"), batch_no="B-1")
    recorded = [w for m in view.materials for w in m.weighings]
    assert len(recorded) == 4
    for weighing in recorded:
        frame = sent[weighing.frame_hash]
        assert frame.frame.rstrip("\r\n") == weighing.raw_frame
        assert weighing.net in frame.frame


@pytest.mark.req("F02", "G05", "E03")
def test_a_lot_rejected_after_it_was_identified_is_not_weighed_and_gives_way(booth: tuple[Crew, SimulatedScale]) -> None:
    from jope.plant.batches.commands import HoldBatch
    from jope.plant.materials.commands import RejectLot

    crew, scale = booth
    crew.do("D-QA", RejectLot(lot_no=LOTS[0], reason="contaminated"))
    scale.load("1250.00")
    error = _accept(crew, stable_reading(crew.station, "1250.00"))
    assert "rejected" in error.message
    crew.do(
        "D-SUPER", ReceiveLot(lot_no="NEW", material_code="MG-CIT", receiving_no="RC", quantity="9000.00", unit="g", expiry="2028-01-01")
    )
    certified(crew, "NEW")
    crew.sign("D-QA", ReleaseLot(lot_no="NEW"))
    crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no="NEW"))
    accepted = weigh(crew, scale, "B-1", 1, "1250.00")
    crew.sign("D-SUPER", HoldBatch(batch_no="B-1", reason="smell"))
    held = crew.refused(lambda: crew.sign("D-OPER", VerifyContainer(weighing_id=accepted.weighing_id), signer="D-SUPER"))
    assert "not running" in held.message
    assert verified(crew.station).ok


@pytest.mark.req("F08", "J01", "A02", "P11-02")
def test_what_a_scale_answered_comes_from_the_gateway_once_and_from_nobody_else(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    station, token = crew.station, crew.token("D-OPER")
    scale.unload()
    stable_reading(station, "0")
    kept = station._gateway_port.act(SCALE, ScaleAction.TARE)
    assert kept.receipt.done
    station.dispatch(RecordScaleAction(device_id=SCALE, batch_no="B-1", receipt=kept.number), token)
    sql = "SELECT payload FROM audit JOIN audit_payload USING (seq) WHERE action = 'scale.tared'"
    rows = station._commands.run(lambda: station._store.cursor.execute(sql).fetchall())
    assert [json.loads(payload)["details"]["frame"] for (payload,) in rows] == [kept.receipt.raw_frame]
    for forged in ("", "T S 500.00 g", kept.number):
        command = RecordScaleAction(device_id=SCALE, batch_no="B-1", receipt=forged)
        assert isinstance(crew.refused(lambda c=command: station.dispatch(c, token)), RefusedError)
    assert station.act_on_scale(SCALE, ScaleAction.ZERO, token, "B-1").done
    assert verified(station).ok
