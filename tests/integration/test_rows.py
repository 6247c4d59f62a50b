"""Rows of a unit of work: one object per key, only changes written, never over somebody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from jope.bootstrap import Station
from jope.kernel.errors import NotFoundError, UnseenChangeError
from jope.kernel.store.rows import RowSession
from jope.plant.materials.model import Lot, LotState, Material
from jope.services.provisioning import demo_data as demo
from tests.support.demo import verified
from tests.support.handlers import in_a_handler

LOT = next(iter(demo.DEMO_LOTS))


def _inside(station: Station, work: Callable[[RowSession], object]) -> None:
    in_a_handler(station, lambda uow: work(uow.session))


@pytest.mark.req("P06", "C04")
def test_whatever_finds_a_row_gives_the_object_that_is_held(station: Station) -> None:
    def work(session: RowSession) -> None:
        lot = session.get_one(Lot, LOT)
        lot.state = LotState.REJECTED
        assert session.get(Lot, LOT) is lot
        assert session.scalar(select(Lot).where(Lot.lot_no == LOT)) is lot
        assert lot in session.scalars(select(Lot))
        assert session.scalar(select(Lot.state).where(Lot.lot_no == LOT)) == "released", "what is not flushed is not searched"
        session.flush()
        assert session.scalar(select(Lot.state).where(Lot.lot_no == LOT)) == "rejected"

    _inside(station, work)
    assert verified(station).ok


@pytest.mark.req("P06", "C04")
def test_versions_count_each_update_and_new_rows_have_all_columns(station: Station) -> None:
    def work(session: RowSession) -> None:
        new = Lot(
            lot_no="L-NEW",
            material_code="MG-CIT",
            receiving_no="R",
            quantity="1",
            unit="g",
            expiry="2030-01-01",
            retest="",
            state="quarantine",
        )
        assert new.approval_signature is None
        session.add(new)
        session.flush()
        assert new.version == 1
        for due, retest in enumerate(("2029-01-01", "2029-06-01"), start=2):
            new.retest = retest
            session.flush()
            session.flush()
            assert new.version == due
            assert session.value("SELECT version FROM lot WHERE lot_no = ?", "L-NEW") == due

    _inside(station, work)
    assert verified(station).ok


@pytest.mark.req("P06")
def test_a_row_that_something_else_wrote_meanwhile_is_not_written_over(station: Station) -> None:
    def work(session: RowSession) -> None:
        lot = session.get_one(Lot, LOT)
        session.cursor.execute("UPDATE lot SET version = version + 1 WHERE lot_no = ?", (LOT,))
        lot.quantity = "0"

    with pytest.raises(UnseenChangeError, match="does not stand as it was loaded"):
        _inside(station, work)
    assert verified(station).ok


@pytest.mark.req("P06")
def test_what_is_not_there_and_what_is_no_column_is_said(station: Station) -> None:
    def work(session: RowSession) -> None:
        assert session.get(Material, "NOTHING") is None
        assert session.scalar(select(Material).where(Material.code == "NOTHING")) is None
        assert session.value("SELECT code FROM material WHERE code = ?", "NOTHING") is None
        session.get_one(Material, "NOTHING")

    with pytest.raises(NotFoundError, match="NOTHING"):
        _inside(station, work)
    with pytest.raises(TypeError, match="colour"):
        Material(code="X", name="Y", unit="g", colour="red")
