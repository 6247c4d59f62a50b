"""Lots in containers: how they stand, what is taken of them for whom, and that every gram is somewhere."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from jope_drivers.simulator.handle import SimulatedScale
from pypdf import PdfWriter

from jope.bootstrap import Station
from jope.compliance.changes.commands import ApproveChange, SubmitChange
from jope.kernel.errors import CertificateError, GuardRefusedError, JopeError, NotFoundError, PermissionDeniedError, RefusedError
from jope.plant.batches.commands import CreateBatch
from jope.plant.batches.queries import batch_exceptions
from jope.plant.materials import commands as c
from jope.plant.materials.queries import checked_values, genealogy, lot_detail, lot_list, reconciliation
from jope.plant.materials.standing import Standing
from jope.plant.weighing.commands import AcceptWeight, IdentifyLot
from jope.services.provisioning import demo_data as demo
from jope.services.provisioning.preparation import one_page
from tests.support.demo import LOTS, SCALE, Crew, certified, plain_station, running_plant, stable_reading, to_execution, verified, weigh
from tests.support.handlers import in_a_handler

_BOX = f"{LOTS[0]}:1"


def _receive(crew: Crew, lot_no: str, *, expiry: str = "2028-01-01", grams: str = "3000.00", release: bool = True, **more: Any) -> None:
    """A lot of the first material of the demo, released where asked for."""
    lot = c.ReceiveLot(lot_no=lot_no, material_code="MG-CIT", receiving_no="RC", quantity=grams, unit="g", expiry=expiry, **more)
    crew.do("D-SUPER", lot)
    if release:
        certified(crew, lot_no)
        crew.sign("D-QA", c.ReleaseLot(lot_no=lot_no))


def _one(station: Station, sql: str, *parameters: str) -> Any:
    return station._ask(sql, parameters)[0][0]


def _remaining(station: Station, container: str = _BOX) -> int:
    return int(_one(station, "SELECT remaining_ng FROM lot_container WHERE id = ?", container))


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[tuple[Crew, SimulatedScale]]:
    """A running batch with its scale."""
    with running_plant(tmp_path / "station") as (station, scale):
        crew = Crew(station)
        to_execution(crew, "B-1")
        yield crew, scale


@pytest.mark.req("G04", "G05")
def test_a_certificate_that_cannot_be_read_leaves_the_lot_in_quarantine(crew: Crew, station: Station) -> None:
    _receive(crew, "Q-1", release=False)
    locked, blank = PdfWriter(), PdfWriter()
    for writer in (locked, blank):
        writer.add_blank_page(width=100, height=100)
    locked.encrypt("secret")
    files = {}
    for name, writer in (("encrypted", locked), ("empty", blank)):
        buffer = io.BytesIO()
        writer.write(buffer)
        files[name] = buffer.getvalue()
    whole = one_page("Certificate")
    tried = [
        ("encrypted", files["encrypted"]),
        ("empty", files["empty"]),
        ("empty", b" \n"),
        ("not_a_pdf", b"MZ certificate"),
        ("unreadable", whole[:60]),
    ]
    for rule, content in tried:
        digest = station.keep_document(content, crew.token("D-SUPER"))
        error = crew.refused(lambda d=digest: crew.do("D-SUPER", c.FileCertificate(lot_no="Q-1", document_name="CoA.pdf", document_hash=d)))
        assert isinstance(error, CertificateError), rule
        assert (error.code, error.rule) == ("JOPE-520", rule)
    missing = c.FileCertificate(lot_no="Q-1", document_name="CoA.pdf", document_hash="0" * 64)
    assert isinstance(crew.refused(lambda: crew.do("D-SUPER", missing)), GuardRefusedError)
    assert "no certificate" in crew.refused(lambda: crew.sign("D-QA", c.ReleaseLot(lot_no="Q-1"))).message
    assert _one(station, "SELECT state FROM lot WHERE lot_no = 'Q-1'") == "quarantine"
    certified(crew, "Q-1")
    crew.sign("D-QA", c.ReleaseLot(lot_no="Q-1"))
    assert verified(station).ok


@pytest.mark.req("G05", "E06", "D03")
def test_one_person_holds_another_resumes_and_only_what_was_never_used_is_voided(crew: Crew, station: Station) -> None:
    crew.do("D-QA", c.HoldLot(lot_no=LOTS[0], reason="smell"))
    assert "on hold" in crew.refused(lambda: crew.do("D-OPER", c.HoldLot(lot_no=LOTS[0], reason="again"))).message
    own = crew.refused(lambda: crew.sign("D-QA", c.ResumeLot(lot_no=LOTS[0], finding="clean")))
    assert "yourself" in own.message
    crew.do("D-OPER", c.HoldLot(lot_no=LOTS[1], reason="torn bag"))
    assert isinstance(crew.refused(lambda: crew.do("D-OPER", c.ResumeLot(lot_no=LOTS[1], finding="x"))), JopeError)
    crew.sign("D-QA", c.ResumeLot(lot_no=LOTS[1], finding="the outer bag alone"))
    crew.do("D-OPER", c.MoveStock(container_id=f"{LOTS[2]}:1", kind="sampled", quantity="1.00", unit="g"))
    assert "taken" in crew.refused(lambda: crew.sign("D-QA", c.VoidLot(lot_no=LOTS[2], reason="x"))).message
    crew.sign("D-QA", c.VoidLot(lot_no=LOTS[1], reason="typed twice"))
    assert "voided" in crew.refused(lambda: crew.do("D-QA", c.RejectLot(lot_no=LOTS[1], reason="x"))).message
    assert verified(station).ok


@pytest.mark.req("G05", "PR-08")
def test_values_of_the_analysis_count_when_another_person_checked_them(crew: Crew, station: Station) -> None:
    _receive(crew, "Q-1", release=False)
    certified(crew, "Q-1")
    assert isinstance(
        crew.refused(lambda: crew.do("D-OPER", c.EnterAnalysis(lot_no="Q-1", potency="98", moisture=""))), PermissionDeniedError
    )
    entered = crew.do("D-SUPER", c.EnterAnalysis(lot_no="Q-1", potency="98.50", moisture="0.40")).analysis_id
    assert "not checked" in crew.refused(lambda: crew.sign("D-QA", c.ReleaseLot(lot_no="Q-1"))).message
    assert station.read(lambda reader: checked_values(reader.cursor, "Q-1"), crew.token("D-QA")) is None
    crew.sign("D-QA", c.CheckAnalysis(analysis_id=entered))
    values = station.read(lambda reader: checked_values(reader.cursor, "Q-1"), crew.token("D-QA"))
    assert values is not None
    assert (values.potency, values.moisture, values.entered_by, values.checked_by) == ("98.50", "0.40", "D-SUPER", "D-QA")
    crew.sign("D-QA", c.ReleaseLot(lot_no="Q-1"))
    crew.sign("D-QA", c.ExtendRetest(lot_no="Q-1", retest="2027-12-01", reason="tested again"))
    assert "retest date" in crew.refused(lambda: crew.sign("D-QA", c.ExtendRetest(lot_no="Q-1", retest="2027-12-01", reason="x"))).message
    assert verified(station).ok


_COPIES = {
    "lot": ":lot, material_code, receiving_no, quantity, unit, expiry, state, NULL, NULL, NULL, NULL, 1, retest, NULL, :batch, NULL, NULL",
    "lot_container": ":lot || ':1', :lot, 1, quantity, unit, tare, NULL, 1, remaining_ng, 1",
    "stock_movement": "'r' || :lot, :lot || ':1', :lot, 1, kind, quantity, unit, change_ng, remaining_ng, NULL, 0, NULL, '', moved_by, NULL, 1",
}
"""A lot like another one, which a batch made."""


@pytest.mark.req("E11")
def test_a_lot_is_traced_through_batches_both_ways_and_a_circle_ends(tmp_path: Path) -> None:
    """Rows as a thousand batches would leave them: A goes into P1, whose product B goes into P2, whose product goes back into P1."""
    with plain_station(tmp_path / "station", encrypted=False) as station:
        crew = Crew(station)
        for batch_no in ("P1", "P2"):
            crew.do("D-SUPER", CreateBatch(batch_no=batch_no, recipe_id=demo.DEMO_RECIPE, line="L3", product_lot=f"{batch_no}-L"))
        _receive(crew, "A", release=False)
        token = crew.token("D-QA")

        def write(uow: Any) -> None:
            cursor = uow.cursor
            for lot_no, batch_no in (("B", "P1"), ("C", "P2")):
                for table, row in _COPIES.items():
                    cursor.execute(f"INSERT INTO {table} SELECT {row} FROM {table} WHERE lot_no = 'A'", {"lot": lot_no, "batch": batch_no})
            for number, (lot_no, batch_no) in enumerate((("A", "P1"), ("B", "P2"), ("C", "P1"))):
                cursor.execute(
                    "INSERT INTO stock_movement SELECT ?, container_id, lot_no, 2, 'issued', '1', 'g', -1000000000, remaining_ng - 1000000000, ?, "
                    "1000000000, NULL, '', moved_by, NULL, 1 FROM stock_movement WHERE lot_no = ?",
                    (f"m{number}", batch_no, lot_no),
                )
                cursor.execute(
                    "UPDATE lot_container SET movements = 2, remaining_ng = remaining_ng - 1000000000 WHERE lot_no = ?", (lot_no,)
                )

        in_a_handler(station, write)
        forward, back = (station.read(genealogy, token, lot_no=lot, back=way) for lot, way in (("A", False), ("C", True)))
        assert [(use.lot_no, use.batch_no, use.issued, use.product_lots) for use in forward.uses] == [
            ("A", "P1", "1", "B"),
            ("B", "P2", "1", "C"),
            ("C", "P1", "1", "B"),
        ]
        assert [lot.lot_no for lot in back.lots] == ["A", "B", "C"]
        assert all(lot.balanced for lot in (*forward.lots, *back.lots))
        assert isinstance(crew.refused(lambda: station.read(genealogy, token, lot_no="none")), NotFoundError)


@pytest.mark.req("G05", "F02")
def test_the_list_says_how_each_lot_stands(crew: Crew, station: Station) -> None:
    _receive(crew, "OLD", expiry="2020-01-01")
    _receive(crew, "DUE", retest="2020-01-01")
    _receive(crew, "NEW", release=False)
    crew.do("D-OPER", c.HoldLot(lot_no=LOTS[0], reason="smell"))
    crew.do("D-QA", c.RejectLot(lot_no=LOTS[1], reason="mould"))
    crew.sign("D-QA", c.VoidLot(lot_no=LOTS[2], reason="typed twice"))
    rows = {row.lot_no: row.standing for row in station.read(lot_list, crew.token("D-OPER"))}
    assert rows == {
        "OLD": Standing.EXPIRED, "DUE": Standing.RETEST_DUE, "NEW": Standing.QUARANTINE, LOTS[0]: Standing.HOLD, LOTS[1]: Standing.REJECTED,
        LOTS[2]: Standing.VOIDED,
    }  # fmt: skip


@pytest.mark.req("F05", "F02")
def test_a_lot_comes_in_containers_that_hold_together_what_was_received(crew: Crew, station: Station) -> None:
    half = c.ReceivedContainer("1500.00", "120.5")
    short = c.ReceiveLot(
        lot_no="Q-1", material_code="MG-CIT", receiving_no="RC", quantity="3000.00", unit="g", expiry="2028-01-01", containers=(half,)
    )
    assert isinstance(crew.refused(lambda: crew.do("D-SUPER", short)), RefusedError)
    _receive(crew, "Q-1", containers=(half, half))
    assert station._ask("SELECT id, remaining_ng, tare FROM lot_container WHERE lot_no = 'Q-1' ORDER BY number", ()) == [
        ("Q-1:1", 1500 * 10**9, "120.5"),
        ("Q-1:2", 1500 * 10**9, "120.5"),
    ]


@pytest.mark.req("F12", "F05", "E03")
def test_a_weight_is_issued_from_its_container_and_the_batch_accounts_for_it(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    before = _remaining(crew.station)
    crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no=LOTS[0]))
    accepted = weigh(crew, scale, "B-1", 1, "1250.00")
    net = int(float(accepted.net) * 1000) * 10**6
    assert _remaining(crew.station) == before - net
    more = c.MoveStock(container_id=_BOX, kind="used", quantity="1300.00", unit="g", batch_no="B-1")
    assert "does not hold" in crew.refused(lambda: crew.do("D-OPER", more)).message
    for kind, grams, reason in (("used", "1200.00", ""), ("waste", "5.00", "spilt"), ("returned", "20.00", "")):
        crew.do("D-OPER", c.MoveStock(container_id=_BOX, kind=kind, quantity=grams, unit="g", batch_no="B-1", reason=reason))
    assert _remaining(crew.station) == before - net + 20 * 10**9
    (balance,) = crew.station.read(reconciliation, crew.token("D-QA"), batch_no="B-1")
    assert (balance.used, balance.waste, balance.returned, balance.balanced) == ("1200", "5", "20", False)
    rest = c.MoveStock(container_id=_BOX, kind="waste", quantity=balance.open, unit="g", batch_no="B-1", reason="on the scoop")
    crew.do("D-OPER", rest)
    (balance,) = crew.station.read(reconciliation, crew.token("D-QA"), batch_no="B-1")
    assert (balance.open, balance.balanced) == ("0", True)
    view = crew.station.read(lot_detail, crew.token("D-QA"), lot_no=LOTS[0])
    assert [row.kind for row in view.movements] == ["received", "issued", "used", "waste", "returned", "waste"]
    traced = crew.station.read(genealogy, crew.token("D-QA"), lot_no=LOTS[0])
    assert [(use.batch_no, use.returned) for use in traced.uses] == [("B-1", "20")]
    assert [lot.balanced for lot in traced.lots] == [True]
    assert verified(crew.station).ok


@pytest.mark.req("F02")
def test_the_lot_that_expires_first_is_taken_first_or_it_is_said_why_not(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, _ = booth
    _receive(crew, "EARLY", expiry="2028-01-01")
    take = IdentifyLot(batch_no="B-1", position=1, lot_no=LOTS[0])
    assert "EARLY expires before" in crew.refused(lambda: crew.do("D-OPER", take)).message
    crew.do("D-SUPER", c.ReserveLot(lot_no="EARLY", batch_no="B-1", reason="for the order"))
    assert (
        "EARLY expires before" in crew.refused(lambda: crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no=LOTS[0]))).message
    )
    crew.do("D-OPER", IdentifyLot(batch_no="B-1", position=1, lot_no=LOTS[0], reason="EARLY stands behind the rack"))
    rows = crew.station.read(batch_exceptions, crew.token("D-QA"), batch_no="B-1")
    assert [row.detail for row in rows if row.what == "weighing.lot_out_of_turn"] == ["EARLY stands behind the rack"]


@pytest.mark.req("F02", "F05", "G05")
def test_a_reserved_a_held_or_an_unnamed_container_is_not_taken(booth: tuple[Crew, SimulatedScale]) -> None:
    crew, scale = booth
    half = c.ReceivedContainer("1500.00")
    _receive(crew, "TWO", containers=(half, half))
    to_take = {"batch_no": "B-1", "position": 1, "lot_no": "TWO"}
    assert "containers 1 (1500 g), 2 (1500 g)" in crew.refused(lambda: crew.do("D-OPER", IdentifyLot(**to_take))).message
    assert "no container 3" in crew.refused(lambda: crew.do("D-OPER", IdentifyLot(**to_take, container=3))).message
    crew.do("D-SUPER", c.ReserveLot(lot_no="TWO", batch_no="B-1", reason="for the order"))
    crew.do("D-OPER", IdentifyLot(**to_take, container=2))
    crew.do("D-OPER", c.HoldLot(lot_no="TWO", reason="smell"))
    scale.load("1250.00")
    number = stable_reading(crew.station, "1250.00")
    take = AcceptWeight(batch_no="B-1", position=1, device_id=SCALE, reading_no=number)
    assert "on hold" in crew.refused(lambda: crew.do("D-OPER", take)).message
    crew.sign("D-QA", c.ResumeLot(lot_no="TWO", finding="from next door"))
    assert _remaining(crew.station, "TWO:2") == 1500 * 10**9
    scale.unload()
    weigh(crew, scale, "B-1", 1, "1250.00")
    assert _remaining(crew.station, "TWO:2") < 251 * 10**9
    assert verified(crew.station).ok


@pytest.mark.req("F12", "D01")
def test_what_is_left_is_corrected_by_two_people(crew: Crew, station: Station) -> None:
    before = _remaining(station)
    stored = crew.do("D-OPER", c.AdjustStock(container_id=_BOX, difference="-2.50", unit="g", reason="counted"))
    crew.sign("D-OPER", SubmitChange(request_id=stored.request_id))
    assert _remaining(station) == before
    crew.sign("D-QA", ApproveChange(request_id=stored.request_id))
    assert _remaining(station) == before - 25 * 10**8
    assert verified(station).ok


@pytest.mark.req("F12", "P11-07", "E06")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lot_container SET remaining_ng = remaining_ng + 1",
        "UPDATE stock_movement SET quantity = '1'",
        "DELETE FROM stock_movement",
        "UPDATE lot SET state = 'released' WHERE lot_no = 'Q-1'",
        "UPDATE lot SET hold_id = NULL WHERE hold_id IS NOT NULL",
        "INSERT INTO stock_movement SELECT 'm', container_id, lot_no, 2, 'sampled', '1', 'g', -1, remaining_ng, NULL, 0, NULL, '', moved_by, NULL, 1 "
        "FROM stock_movement WHERE number = 1 LIMIT 1",
        "INSERT INTO stock_movement SELECT 'm', container_id, lot_no, 2, 'adjusted', '1', 'g', -1, remaining_ng - 1, NULL, 0, NULL, 'x', moved_by, NULL, 1 "
        "FROM stock_movement WHERE number = 1 LIMIT 1",
    ],
)
def test_the_schema_keeps_the_balance(tmp_path: Path, statement: str) -> None:
    with plain_station(tmp_path / "station", encrypted=False) as station:
        crew = Crew(station)
        _receive(crew, "Q-1", release=False)
        crew.do("D-OPER", c.HoldLot(lot_no=LOTS[0], reason="smell"))
    with closing(sqlite3.connect(tmp_path / "station" / "store.db")) as store:
        store.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            store.execute(statement)
