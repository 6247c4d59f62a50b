"""What happens with lots: received in containers, analysed, released, held, voided, reserved (URS E06, F02, F05, G04, G05)."""

from __future__ import annotations

import re
from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.kernel.units import Quantity
from jope.plant.materials import commands as c
from jope.plant.materials import guards as g
from jope.plant.materials.certificates import pages_of
from jope.plant.materials.life_cycle import LOT_LIFE_CYCLE
from jope.plant.materials.model import Lot, LotAnalysis, LotCertificate, LotHold, LotRetest, LotState, LotVoid, Material
from jope.plant.materials.ports import Documents
from jope.plant.materials.stock.amounts import nanograms
from jope.plant.materials.stock.handlers import take_in

LOT_RECORD: Final = SignedRecord("lot", "lot", "lot_no", ("lot_no", "material_code", "receiving_no", "quantity", "unit", "expiry"))
ANALYSIS_RECORD: Final = SignedRecord(
    "lot_analysis", "lot_analysis", "id", ("id", "lot_no", "potency", "moisture", "entered_by", "entered_us")
)
HOLD_RECORD: Final = SignedRecord("lot_hold", "lot_hold", "id", ("id", "lot_no", "reason", "held_by", "held_us", "finding", "ended_us"))
RETEST_RECORD: Final = SignedRecord("lot_retest", "lot_retest", "id", ("id", "lot_no", "before", "retest", "reason", "set_us"))
LOT_VOID_RECORD: Final = SignedRecord("lot_void", "lot_void", "id", ("id", "lot_no", "reason", "ended_us"))
_LOT_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
_DOCUMENTS: Final = frozenset({"documents"})
_NEWEST_CERTIFICATE: Final = (
    "SELECT document_name || ', SHA-256 ' || substr(document_hash, 1, 16) FROM lot_certificate WHERE lot_no = ? "
    "ORDER BY filed_us DESC, rowid DESC LIMIT 1"
)


def _subject(command: Any) -> tuple[str, str]:
    return ("lot", command.lot_no)


def lot_named(session: RowSession, lot_no: str) -> Lot:
    """A lot by its number.

    Raises:
        NotFoundError: there is none.
    """
    lot = session.get(Lot, lot_no)
    if lot is None:
        raise NotFoundError(f"There is no lot {lot_no}.")
    return lot


# --- what comes in ---------------------------------------------------------------------------------------------------


@handles(c.ReceiveLot, permission=Permission.LOT_RECEIVE, subject=_subject)
def receive_lot(command: c.ReceiveLot, uow: UnitOfWork, acting: Acting) -> None:
    """Take in a lot into quarantine, in its containers.

    Raises:
        RefusedError: number, date or containers malformed, number used already, unknown material.
    """
    days = (command.expiry, *([command.retest] if command.retest else []))
    if not _LOT_NUMBER.fullmatch(command.lot_no) or not all(g.is_day(day) for day in days) or command.retest > command.expiry:
        raise RefusedError(
            "The lot number, the expiry or the retest date is malformed.", remedy="Use letters and digits, and dates as YYYY-MM-DD."
        )
    quantity = Quantity.parse(command.quantity, command.unit)
    if quantity.value <= 0:
        raise RefusedError("The quantity must be above zero.", remedy="Type what was received.")
    if uow.session.get(Lot, command.lot_no) is not None:
        raise RefusedError(f"The lot {command.lot_no} was received already.", remedy="Check the number.")
    if uow.session.get(Material, command.material_code) is None:
        raise NotFoundError(f"There is no material {command.material_code}.")
    made = uow.session.value("SELECT record_state FROM batch WHERE batch_no = ?", command.made_by) if command.made_by else "Released"
    if made != "Released":
        raise RefusedError(f"Batch {command.made_by} is not released.", remedy="Its product becomes material after the release.")
    lot = Lot(
        lot_no=command.lot_no, material_code=command.material_code, receiving_no=command.receiving_no, quantity=f"{quantity.value:f}",
        unit=command.unit, expiry=command.expiry, state=LotState.QUARANTINE.value, retest=command.retest, made_by=command.made_by or None,
    )  # fmt: skip
    uow.session.add(lot)
    numbered = _take_in(uow, acting, lot, command.containers or (c.ReceivedContainer(command.quantity),))
    made_by = [("batch", command.made_by)] if command.made_by else []
    uow.audit.record(Action.LOT_RECEIVED, ("lot", lot.lot_no), ("material", lot.material_code), *made_by, details={"containers": numbered})


def _take_in(uow: UnitOfWork, acting: Acting, lot: Lot, containers: tuple[c.ReceivedContainer, ...]) -> int:
    """Number the containers; what is in them is what was received.

    Raises:
        RefusedError: it is not.
    """
    quantities = [Quantity.parse(one.quantity, lot.unit) for one in containers]
    tares = [Quantity.parse(one.tare, lot.unit) for one in containers if one.tare]
    whole = nanograms(Quantity.parse(lot.quantity, lot.unit))
    if any(one.value <= 0 for one in quantities) or any(one.value < 0 for one in tares) or sum(map(nanograms, quantities)) != whole:
        raise RefusedError(
            f"The containers do not hold together what was received: {lot.quantity} {lot.unit}.",
            remedy="Check the quantity of each container.",
        )
    for number, (quantity, one) in enumerate(zip(quantities, containers, strict=True), 1):
        take_in(uow.session, acting, lot.lot_no, number, quantity, one.tare)
    return len(quantities)


@handles(c.CountContainers, permission=Permission.LOT_RECEIVE, subject=_subject, guards=(g.lot_is_there, g.containers_are_due))
def count_containers(command: c.CountContainers, uow: UnitOfWork, acting: Acting) -> None:
    """Number the containers of a lot from before containers were kept."""
    lot = lot_named(uow.session, command.lot_no)
    numbered = _take_in(uow, acting, lot, command.containers)
    uow.audit.record(Action.STOCK_MOVED, _subject(command), ("material", lot.material_code), details={"containers": numbered})


@handles(
    c.FileCertificate,
    permission=Permission.LOT_RECEIVE,
    subject=_subject,
    guards=(g.lot_is_there, g.certificate_is_kept),
    ports=_DOCUMENTS,
    guard_ports=_DOCUMENTS,
)
def file_certificate(command: c.FileCertificate, uow: UnitOfWork, acting: Acting, *, documents: Documents) -> None:
    """Read the certificate and put it on file.

    Raises:
        CertificateError: it is empty, no PDF, encrypted or unreadable; the lot stays as it is.
    """
    pages = pages_of(documents.get(command.document_hash))
    row = LotCertificate(
        id=new_id(), lot_no=command.lot_no, document_name=command.document_name, document_hash=command.document_hash, pages=pages,
        filed_by=acting.principal.employee_id, filed_us=acting.now.utc_us,
    )  # fmt: skip
    uow.session.add(row)
    uow.audit.record(Action.CERTIFICATE_FILED, _subject(command), ("lot_certificate", row.id), details={"document": row.document_hash})


@handles(c.EnterAnalysis, permission=Permission.LOT_RECEIVE, subject=_subject, guards=(g.lot_is_there, g.values_are_per_cent))
def enter_analysis(command: c.EnterAnalysis, uow: UnitOfWork, acting: Acting) -> c.AnalysisEntered:
    """Keep the values until another person checked them."""
    row = LotAnalysis(
        id=new_id(), lot_no=command.lot_no, potency=command.potency, moisture=command.moisture, entered_by=acting.principal.employee_id,
        entered_us=acting.now.utc_us,
    )  # fmt: skip
    uow.session.add(row)
    uow.audit.record(Action.ANALYSIS_ENTERED, _subject(command), ("lot_analysis", row.id))
    return c.AnalysisEntered(row.id)


def _analysis_sheet(command: c.CheckAnalysis, context: GuardContext) -> SigningSheet:
    row = context.session.get_one(LotAnalysis, command.analysis_id)
    facts = {"Lot": row.lot_no, "Potency (%)": row.potency or "-", "Moisture (%)": row.moisture or "-", "Entered by": row.entered_by}
    rows = (*(SheetRow(label, value, value) for label, value in facts.items()), SheetRow("Values", "entered", "checked"))
    return signing_sheet(f"Check the analysis of lot {row.lot_no}", ("lot_analysis", row.id), Meaning.VERIFIED, rows)


@handles(
    c.CheckAnalysis,
    permission=Permission.LOT_DISPOSE,
    subject=lambda command: ("lot_analysis", command.analysis_id),
    signature=Meaning.VERIFIED,
    sheet=_analysis_sheet,
    guards=(g.analysis_is_open, g.analyst_is_another),
)
def check_analysis(command: c.CheckAnalysis, uow: UnitOfWork, acting: Acting) -> None:
    """The values count from now on."""
    row = uow.session.get_one(LotAnalysis, command.analysis_id)
    row.checked_us = acting.now.utc_us
    acting.signed().onto(row, "verified", kind="lot_analysis", subject_id=row.id, version=row.version + 1)
    uow.audit.record(Action.ANALYSIS_CHECKED, ("lot", row.lot_no), ("lot_analysis", row.id))


# --- disposition -----------------------------------------------------------------------------------------------------


def _plain(lot: Lot) -> tuple[SheetRow, ...]:
    facts = {
        "Lot": lot.lot_no, "Material": lot.material_code, "Receiving number": lot.receiving_no, "Quantity": f"{lot.quantity} {lot.unit}",
        "Expiry": lot.expiry,
    }  # fmt: skip
    return tuple(SheetRow(label, value, value) for label, value in facts.items())


def _lot_sheet(command: c.ReleaseLot, context: GuardContext) -> SigningSheet:
    lot = lot_named(context.session, command.lot_no)
    certificate = str(context.session.value(_NEWEST_CERTIFICATE, lot.lot_no) or "none")
    rows = (*_plain(lot), SheetRow("Certificate", certificate, certificate), SheetRow("State", lot.state, LotState.RELEASED.value))
    return signing_sheet(f"Release lot {lot.lot_no}", ("lot", lot.lot_no), Meaning.APPROVAL, rows)


@handles(
    c.ReleaseLot,
    permission=Permission.LOT_DISPOSE,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_lot_sheet,
    guards=(g.lot_is_there, g.lot_is_not_held, g.certificate_is_on_file, g.analysis_is_checked),
)
def release_lot(command: c.ReleaseLot, uow: UnitOfWork, acting: Acting) -> None:
    """Release a lot for use."""
    lot = lot_named(uow.session, command.lot_no)
    lot.state = LOT_LIFE_CYCLE.next(lot.state, "release")
    acting.signed().onto(lot, "approval", kind="lot", subject_id=lot.lot_no, version=lot.version + 1)
    uow.audit.record(Action.LOT_RELEASED, ("lot", lot.lot_no), ("material", lot.material_code))


@handles(c.RejectLot, permission=Permission.LOT_DISPOSE, subject=_subject, guards=(g.lot_is_there,), always=True)
def reject_lot(command: c.RejectLot, uow: UnitOfWork, acting: Acting) -> None:
    """Reject a lot at once; one person suffices towards safety (URS D03).

    Raises:
        RefusedError: no reason.
    """
    if not command.reason.strip():
        raise RefusedError("A reason is missing.", remedy="Write why the lot is rejected.")
    lot = lot_named(uow.session, command.lot_no)
    lot.state = LOT_LIFE_CYCLE.next(lot.state, "reject")
    uow.audit.record(Action.LOT_REJECTED, ("lot", lot.lot_no), ("material", lot.material_code), reason=command.reason)


@handles(
    c.HoldLot,
    permission=Permission.LOT_HOLD,
    subject=_subject,
    guards=(g.lot_is_there, g.reason_is_written, g.lot_may_be_held, g.lot_is_not_held),
    always=True,
)
def hold_lot(command: c.HoldLot, uow: UnitOfWork, acting: Acting) -> None:
    """Nobody takes of it from now on."""
    lot = lot_named(uow.session, command.lot_no)
    row = LotHold(
        id=new_id(), lot_no=lot.lot_no, reason=command.reason, held_by=acting.principal.employee_id, held_us=acting.now.utc_us, finding=""
    )
    uow.session.add(row)
    lot.hold_id = row.id
    uow.audit.record(Action.LOT_HELD, _subject(command), ("lot_hold", row.id), reason=command.reason)


def _hold(session: RowSession, lot: Lot) -> LotHold:
    if lot.hold_id is None:
        raise NotFoundError(f"Lot {lot.lot_no} is not on hold.")
    return session.get_one(LotHold, lot.hold_id)


def _resume_sheet(command: c.ResumeLot, context: GuardContext) -> SigningSheet:
    lot = lot_named(context.session, command.lot_no)
    row = _hold(context.session, lot)
    facts = {"Held by": row.held_by, "Reason": row.reason, "Finding": command.finding}
    rows = (*_plain(lot), *(SheetRow(label, value, value) for label, value in facts.items()), SheetRow("State", "hold", lot.state))
    return signing_sheet(f"Resume lot {lot.lot_no}", ("lot_hold", row.id), Meaning.APPROVAL, rows)


@handles(
    c.ResumeLot,
    permission=Permission.LOT_DISPOSE,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_resume_sheet,
    guards=(g.lot_is_there, g.lot_is_held, g.finding_is_written, g.resumer_is_another),
)
def resume_lot(command: c.ResumeLot, uow: UnitOfWork, acting: Acting) -> None:
    """End the hold; the lot stands as before."""
    lot = lot_named(uow.session, command.lot_no)
    row = _hold(uow.session, lot)
    row.finding, row.ended_us = command.finding, acting.now.utc_us
    acting.signed().onto(row, "approval", kind="lot_hold", subject_id=row.id, version=row.version + 1)
    uow.session.flush()
    lot.hold_id = None
    uow.audit.record(Action.LOT_RESUMED, _subject(command), ("lot_hold", row.id), reason=command.finding)


def _void_sheet(command: c.VoidLot, context: GuardContext) -> SigningSheet:
    lot = lot_named(context.session, command.lot_no)
    rows = (*_plain(lot), SheetRow("Reason", command.reason, command.reason), SheetRow("State", lot.state, "voided"))
    return signing_sheet(f"Void lot {lot.lot_no}", ("lot_void", lot.lot_no), Meaning.VOID, rows)


@handles(
    c.VoidLot,
    permission=Permission.LOT_DISPOSE,
    subject=_subject,
    signature=Meaning.VOID,
    sheet=_void_sheet,
    guards=(g.lot_is_there, g.reason_is_written, g.lot_is_unused),
)
def void_lot(command: c.VoidLot, uow: UnitOfWork, acting: Acting) -> None:
    """End a lot that was never used; its number stays taken."""
    lot = lot_named(uow.session, command.lot_no)
    row = LotVoid(id=lot.lot_no, lot_no=lot.lot_no, reason=command.reason, ended_us=acting.now.utc_us)
    acting.signed().onto(row, "void", kind="lot_void", subject_id=row.id, version=1)
    uow.session.add(row)
    lot.void_id = row.id
    uow.audit.record(Action.LOT_VOIDED, _subject(command), ("lot_void", row.id), reason=command.reason)


def _retest_id(command: c.ExtendRetest) -> str:
    return f"{command.lot_no}:{command.retest}"


def _retest_sheet(command: c.ExtendRetest, context: GuardContext) -> SigningSheet:
    lot = lot_named(context.session, command.lot_no)
    rows = (*_plain(lot), SheetRow("Reason", command.reason, command.reason), SheetRow("Retest", lot.retest or "none", command.retest))
    return signing_sheet(f"Retest date of lot {lot.lot_no}", ("lot_retest", _retest_id(command)), Meaning.APPROVAL, rows)


@handles(
    c.ExtendRetest,
    permission=Permission.LOT_DISPOSE,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_retest_sheet,
    guards=(g.lot_is_there, g.reason_is_written, g.retest_is_later),
)
def extend_retest(command: c.ExtendRetest, uow: UnitOfWork, acting: Acting) -> None:
    """The lot may be used until this day, as far as its expiry allows."""
    lot = lot_named(uow.session, command.lot_no)
    row = LotRetest(
        id=_retest_id(command), lot_no=lot.lot_no, before=lot.retest, retest=command.retest, reason=command.reason, set_us=acting.now.utc_us
    )
    acting.signed().onto(row, "approval", kind="lot_retest", subject_id=row.id, version=1)
    uow.session.add(row)
    lot.retest = command.retest
    uow.audit.record(Action.LOT_RETEST_SET, _subject(command), ("lot_retest", row.id), reason=command.reason)


@handles(
    c.ReserveLot,
    permission=Permission.LOT_RECEIVE,
    subject=_subject,
    guards=(g.lot_is_there, g.reason_is_written, g.reservation_is_possible),
)
def reserve_lot(command: c.ReserveLot, uow: UnitOfWork, acting: Acting) -> None:
    """Keep the lot for a batch, or free it."""
    lot = lot_named(uow.session, command.lot_no)
    batch_no = command.batch_no or lot.reserved_for or ""
    lot.reserved_for = command.batch_no or None
    details = {"reserved": bool(command.batch_no)}
    uow.audit.record(Action.LOT_RESERVED, _subject(command), ("batch", batch_no), reason=command.reason, details=details)
