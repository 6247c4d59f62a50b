"""Lots, their containers and what moves: what stands before each step with them."""

from __future__ import annotations

from typing import Any

from jope.plant.materials import commands as c
from jope.plant.materials import guards as g
from jope.services.provisioning import demo_data as demo
from tests.mutation.world import BATCH, REFUSED, Case, Sql, World, change, drop, put, with_fields

_LOT, _OTHER, *_ = demo.DEMO_LOTS
_BOX = f"{_LOT}:1"
_GRAM = 10**9


def _lot(**changed: Any) -> Sql:
    return change("lot", f"lot_no = '{_LOT}'", **changed)


def _hold() -> list[Sql]:
    row = put("lot_hold", id="H", lot_no=_LOT, reason="smell", held_by="D-OPER", held_us=1, finding="", version=1)
    return [_lot(hold_id="H"), row]


_VOIDED = _lot(void_id=_LOT)


def _standing() -> list[Case]:
    hold, resume = c.HoldLot(lot_no=_LOT, reason="smell"), c.ResumeLot(lot_no=_LOT, finding="the lid")
    void = c.VoidLot(lot_no=_LOT, reason="typed twice")
    nowhere = {"lot_no": "L-404"}
    return [
        Case(g.lot_is_there, hold, None),
        Case(g.lot_is_there, with_fields(hold, **nowhere), "no lot L-404"),
        Case(g.lot_is_there, hold, "was voided", rows=[_VOIDED]),
        Case(g.reason_is_written, hold, None),
        Case(g.reason_is_written, with_fields(hold, reason=" "), REFUSED),
        Case(g.lot_is_not_held, hold, None),
        Case(g.lot_is_not_held, with_fields(hold, **nowhere), None),
        Case(g.lot_is_not_held, hold, "D-OPER found: smell", rows=_hold()),
        Case(g.lot_is_held, resume, REFUSED),
        Case(g.lot_is_held, with_fields(resume, **nowhere), None),
        Case(g.lot_is_held, resume, None, rows=_hold()),
        Case(g.lot_may_be_held, hold, None),
        Case(g.lot_may_be_held, with_fields(hold, **nowhere), None),
        Case(g.lot_may_be_held, hold, REFUSED, rows=[_lot(state="rejected")]),
        Case(g.finding_is_written, resume, None),
        Case(g.finding_is_written, with_fields(resume, finding=" "), REFUSED),
        Case(g.resumer_is_another, resume, None, rows=_hold()),
        Case(g.resumer_is_another, resume, None),
        Case(g.resumer_is_another, with_fields(resume, **nowhere), None),
        Case(g.resumer_is_another, resume, REFUSED, who="D-OPER", rows=_hold()),
        Case(g.lot_is_unused, void, None),
        Case(g.lot_is_unused, void, REFUSED, rows=[_move("sampled")]),
        Case(g.lot_is_unused, void, None, rows=[_move("sampled", lot_no=_OTHER)]),
        Case(g.lot_is_unused, void, REFUSED, rows=[put("dispense", id="D", batch_no=BATCH, lot_no=_LOT)]),
        Case(g.lot_is_unused, void, None, rows=[put("dispense", id="D", batch_no=BATCH, lot_no=_OTHER)]),
    ]


def _move(kind: str, **changed: Any) -> Sql:
    row: dict[str, Any] = {"id": "M", "container_id": _BOX, "lot_no": _LOT, "number": 2, "kind": kind}
    return put("stock_movement", **(row | changed))


def _certificates(world: World) -> list[Case]:
    release = c.ReleaseLot(lot_no=_LOT)
    kept = str(world.value("SELECT document_hash FROM lot_certificate LIMIT 1"))
    file = c.FileCertificate(lot_no=_LOT, document_name="CoA.pdf", document_hash=kept)
    entered = put("lot_analysis", id="A", lot_no=_LOT, potency="99", moisture="", entered_by="D-OPER", entered_us=1, version=1)
    checked = put("lot_analysis", id="A", lot_no=_LOT, potency="99", moisture="", entered_by="D-OPER", verified_signature="S", version=1)
    values, check = c.EnterAnalysis(lot_no=_LOT, potency="98.5", moisture="0.4"), c.CheckAnalysis(analysis_id="A")
    good = (
        {"potency": "200"}, {"potency": ""}, {"moisture": ""}, {"moisture": "0"}, {"moisture": "99"}, {"potency": "0.1"},
    )  # fmt: skip
    bad = (
        {"potency": "0"}, {"potency": "200.1"}, {"potency": "-1"}, {"potency": "x"}, {"moisture": "-0.1"}, {"moisture": "99.1"}, {"moisture": "x"},
        {"potency": "", "moisture": ""},
    )  # fmt: skip
    return [
        Case(g.certificate_is_on_file, release, None),
        Case(g.certificate_is_on_file, release, REFUSED, rows=[drop("lot_certificate", f"lot_no = '{_LOT}'")]),
        Case(g.analysis_is_checked, release, None),
        Case(g.analysis_is_checked, release, None, rows=[checked]),
        Case(g.analysis_is_checked, with_fields(release, lot_no=_OTHER), None, rows=[entered]),
        Case(g.analysis_is_checked, release, REFUSED, rows=[entered]),
        Case(g.certificate_is_kept, file, None),
        Case(g.certificate_is_kept, with_fields(file, document_name=" "), REFUSED),
        Case(g.certificate_is_kept, with_fields(file, document_hash="0" * 64), REFUSED),
        Case(g.values_are_per_cent, values, None),
        *(Case(g.values_are_per_cent, with_fields(values, **one), None) for one in good),
        *(Case(g.values_are_per_cent, with_fields(values, **one), REFUSED) for one in bad),
        Case(g.analysis_is_open, check, REFUSED),
        Case(g.analysis_is_open, check, REFUSED, rows=[checked]),
        Case(g.analysis_is_open, check, None, rows=[entered]),
        Case(g.analyst_is_another, check, None),
        Case(g.analyst_is_another, check, None, rows=[entered]),
        Case(g.analyst_is_another, check, REFUSED, who="D-OPER", rows=[entered]),
    ]


def _dates() -> list[Case]:
    later = c.ExtendRetest(lot_no=_LOT, retest="2027-06-30", reason="tested again")
    day_us = 1_814_400_000 * 10**6  # 2027-07-01 at the site
    return [
        Case(g.retest_is_later, later, None),
        Case(g.retest_is_later, with_fields(later, lot_no="L-404"), None),
        Case(g.retest_is_later, with_fields(later, retest="2027-06-31"), REFUSED),
        Case(g.retest_is_later, with_fields(later, retest="20270630"), REFUSED),
        Case(g.retest_is_later, with_fields(later, retest=demo.DEMO_EXPIRY), None),
        Case(g.retest_is_later, with_fields(later, retest="2029-01-01"), REFUSED),
        Case(g.retest_is_later, later, REFUSED, rows=[_lot(retest="2027-06-30")]),
        Case(g.retest_is_later, later, None, rows=[_lot(retest="2027-06-29")]),
        Case(g.retest_is_later, later, REFUSED, now_us=day_us),
        Case(g.retest_is_later, with_fields(later, retest="2027-07-01"), None, now_us=day_us),
    ]


def _reserving() -> list[Case]:
    reserve = c.ReserveLot(lot_no=_LOT, batch_no=BATCH, reason="for the order")
    free = with_fields(reserve, batch_no="")
    kept = [_lot(reserved_for="B-9")]
    return [
        Case(g.reservation_is_possible, reserve, None),
        Case(g.reservation_is_possible, with_fields(reserve, lot_no="L-404"), None),
        Case(g.reservation_is_possible, reserve, "reserved for batch B-9", rows=kept),
        Case(g.reservation_is_possible, with_fields(reserve, batch_no="B-404"), "no batch B-404"),
        Case(g.reservation_is_possible, with_fields(reserve, batch_no="B-404"), "no batch B-404", rows=kept),
        Case(g.reservation_is_possible, free, "not reserved"),
        Case(g.reservation_is_possible, free, None, rows=kept),
    ]


def _containers() -> list[Case]:
    count = c.CountContainers(lot_no=_LOT, containers=())
    sample = c.MoveStock(container_id=_BOX, kind="sampled", quantity="1.00", unit="g")
    used = with_fields(sample, kind="used", batch_no=BATCH)
    back, waste = with_fields(used, kind="returned"), with_fields(sample, kind="waste", reason="spilt")
    adjust = c.AdjustStock(container_id=_BOX, difference="-1.00", unit="g", reason="counted")
    nowhere = {"container_id": "L-404:1"}
    bad = (
        with_fields(sample, batch_no=BATCH), with_fields(used, batch_no=""), with_fields(back, batch_no=""), with_fields(waste, reason=" "),
        with_fields(sample, kind="issued"), with_fields(sample, kind="adjusted"), with_fields(sample, quantity="0"), with_fields(sample, quantity="-1"),
        with_fields(sample, unit="piece"), with_fields(sample, quantity="0.0000000001"), with_fields(sample, kind="received"),
    )  # fmt: skip
    holds_one = change("lot_container", f"id = '{_BOX}'", remaining_ng=_GRAM)
    return [
        Case(g.containers_are_due, count, REFUSED),
        Case(g.containers_are_due, with_fields(count, lot_no="L-404"), None),
        Case(g.containers_are_due, count, None, rows=[drop("lot_container", f"lot_no = '{_LOT}'")]),
        Case(g.container_is_there, sample, None),
        Case(g.container_is_there, with_fields(sample, **nowhere), "no container"),
        Case(g.container_is_there, sample, "was voided", rows=[_VOIDED]),
        *(Case(g.movement_is_described, one, None) for one in (sample, used, back, waste, with_fields(waste, batch_no=BATCH))),
        Case(g.movement_is_described, with_fields(sample, quantity="0.000000001"), None),
        *(Case(g.movement_is_described, one, REFUSED) for one in bad),
        Case(g.returned_lot_is_good, back, None),
        Case(g.returned_lot_is_good, with_fields(back, **nowhere), None),
        Case(g.returned_lot_is_good, used, None, rows=[_lot(state="rejected")]),
        Case(g.returned_lot_is_good, back, REFUSED, rows=[_lot(state="rejected")]),
        Case(g.difference_is_described, adjust, None),
        Case(g.difference_is_described, with_fields(adjust, **nowhere), None),
        Case(g.difference_is_described, adjust, None, rows=[holds_one]),
        Case(g.difference_is_described, with_fields(adjust, difference="0.000000001"), None),
        Case(g.difference_is_described, with_fields(adjust, difference="-0.000000001"), None),
        Case(g.difference_is_described, with_fields(adjust, difference="0.5"), None),
        Case(g.difference_is_described, with_fields(adjust, difference="-1.000000001"), REFUSED, rows=[holds_one]),
        Case(g.difference_is_described, with_fields(adjust, difference="0"), REFUSED),
        Case(g.difference_is_described, with_fields(adjust, difference="x"), REFUSED),
    ]


def cases(world: World) -> list[Case]:
    """The guards of materials."""
    return [*_standing(), *_certificates(world), *_dates(), *_reserving(), *_containers()]
