"""What must hold before a lot is released, held, reserved, moved or ended: named predicates with a reason, a clause and who can resolve them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from sqlalchemy import select

from jope.compliance.commands import GuardContext, GuardVerdict
from jope.kernel.clock import site_date
from jope.kernel.errors import QuantityError
from jope.kernel.units import Quantity, parse_decimal
from jope.plant.materials import commands as c
from jope.plant.materials.model import Lot, LotAnalysis, LotCertificate, LotContainer, LotHold, LotState, Move, StockMovement
from jope.plant.materials.ports import Documents
from jope.plant.materials.stock.amounts import nanograms

_COMPONENTS: Final = "211.80(d)"
_TESTED: Final = "211.84(a)"
_RECORD: Final = "211.184"
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_POTENCY: Final = Decimal(200)
_MOST_MOISTURE: Final = Decimal(99)
_BELOW_ZERO: Final = Decimal("-0.000000001")


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written YYYY-MM-DD."""
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def reason_is_written(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Why."""
    return None if command.reason.strip() else GuardVerdict("reason_is_written", "A reason is missing.", "Write why.", "11.10(e)")


def lot_is_there(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The lot was received, and was not voided."""
    lot = context.session.get(Lot, command.lot_no)
    if lot is None:
        return GuardVerdict("lot_is_there", f"There is no lot {command.lot_no}.", "Check the number.", _COMPONENTS)
    if lot.void_id is not None:
        return GuardVerdict("lot_is_there", f"Lot {command.lot_no} was voided.", "Receive it again under another number.", _COMPONENTS)
    return None


def lot_is_not_held(command: Any, context: GuardContext) -> GuardVerdict | None:
    """No hold stands over the lot."""
    lot = context.session.get(Lot, command.lot_no)
    if lot is None or lot.hold_id is None:
        return None
    hold = context.session.get_one(LotHold, lot.hold_id)
    text = f"Lot {lot.lot_no} is on hold. {hold.held_by} found: {hold.reason.rstrip('.')}."
    return GuardVerdict("lot_is_not_held", text, "Quality assurance, not who held it, resumes the lot first.", "211.110(c)")


def lot_is_held(command: c.ResumeLot, context: GuardContext) -> GuardVerdict | None:
    """There is a hold to end."""
    lot = context.session.get(Lot, command.lot_no)
    if lot is None or lot.hold_id is not None:
        return None
    return GuardVerdict("lot_is_held", f"Lot {lot.lot_no} is not on hold.", "Nothing is left to do.", "11.10(f)")


def lot_may_be_held(command: c.HoldLot, context: GuardContext) -> GuardVerdict | None:
    """What is rejected needs no hold."""
    lot = context.session.get(Lot, command.lot_no)
    if lot is None or lot.state != LotState.REJECTED:
        return None
    return GuardVerdict("lot_may_be_held", f"Lot {lot.lot_no} is rejected.", "Nothing is left to do.", "211.89")


def finding_is_written(command: c.ResumeLot, context: GuardContext) -> GuardVerdict | None:
    """What was found."""
    if command.finding.strip():
        return None
    return GuardVerdict("finding_is_written", "What was found is missing.", "Write why the lot is good.", "211.192")


def resumer_is_another(command: c.ResumeLot, context: GuardContext) -> GuardVerdict | None:
    """Who held a lot does not resume it (URS D03)."""
    lot = context.session.get(Lot, command.lot_no)
    if lot is None or lot.hold_id is None:
        return None
    if context.session.get_one(LotHold, lot.hold_id).held_by != context.principal.employee_id:
        return None
    return GuardVerdict("resumer_is_another", "You put this lot on hold yourself.", "Another person resumes it.", "211.22(a)")


def certificate_is_on_file(command: c.ReleaseLot, context: GuardContext) -> GuardVerdict | None:
    """Nothing is released without a certificate of analysis (URS G04)."""
    where = select(LotCertificate.id).where(LotCertificate.lot_no == command.lot_no)
    if context.session.scalar(where) is not None:
        return None
    text = f"Lot {command.lot_no} has no certificate of analysis."
    return GuardVerdict("certificate_is_on_file", text, "Whoever receives lots puts it on file.", "211.84(d)(2)")


def analysis_is_checked(command: c.ReleaseLot, context: GuardContext) -> GuardVerdict | None:
    """Values that were entered were checked by another person."""
    where = (LotAnalysis.lot_no == command.lot_no, LotAnalysis.verified_signature.is_(None))
    if context.session.scalar(select(LotAnalysis.id).where(*where)) is None:
        return None
    text = f"Values of the analysis of lot {command.lot_no} are not checked."
    return GuardVerdict("analysis_is_checked", text, "Another person compares them with the certificate and signs.", "211.194(a)(8)")


def certificate_is_kept(command: c.FileCertificate, context: GuardContext) -> GuardVerdict | None:
    """The document is named, and the station keeps it under its hash."""
    documents = cast("Documents", context.ports["documents"])
    if command.document_name.strip() and documents.holds(command.document_hash):
        return None
    return GuardVerdict("certificate_is_kept", "The certificate is missing.", "Choose the file.", _TESTED)


def _is_per_cent(text: str, above: Decimal, most: Decimal) -> bool:
    """Whether a value that was given is above a bound and up to another one."""
    if not text:
        return True
    try:
        return above < parse_decimal(text) <= most
    except QuantityError:
        return False


def values_are_per_cent(command: c.EnterAnalysis, context: GuardContext) -> GuardVerdict | None:
    """At least one value, potency above zero and up to 200 %, moisture from zero to 99 %."""
    given = bool(command.potency or command.moisture)
    if given and _is_per_cent(command.potency, Decimal(0), _MOST_POTENCY) and _is_per_cent(command.moisture, _BELOW_ZERO, _MOST_MOISTURE):
        return None
    text = "Potency is above 0 and up to 200 %, moisture from 0 to 99 %; one of them is entered."
    return GuardVerdict("values_are_per_cent", text, "Correct the values.", "211.194(a)(4)")


def analysis_is_open(command: c.CheckAnalysis, context: GuardContext) -> GuardVerdict | None:
    """There are values that nobody has checked yet."""
    found = context.session.get(LotAnalysis, command.analysis_id)
    if found is not None and found.verified_signature is None:
        return None
    return GuardVerdict("analysis_is_open", "These values do not wait for a check.", "Choose values that do.", "11.10(f)")


def analyst_is_another(command: c.CheckAnalysis, context: GuardContext) -> GuardVerdict | None:
    """Who entered the values does not check them."""
    found = context.session.get(LotAnalysis, command.analysis_id)
    if found is None or found.entered_by != context.principal.employee_id:
        return None
    return GuardVerdict("analyst_is_another", "You entered these values yourself.", "Another person checks them.", "211.194(a)(8)")


def lot_is_unused(command: c.VoidLot, context: GuardContext) -> GuardVerdict | None:
    """Nothing was taken of it, and no batch waits for it (URS E06)."""
    used = select(StockMovement.id).where(StockMovement.lot_no == command.lot_no, StockMovement.kind != Move.RECEIVED.value)
    waits = context.session.value("SELECT batch_no FROM dispense WHERE lot_no = ? LIMIT 1", command.lot_no)
    if context.session.scalar(used) is None and waits is None:
        return None
    text = f"Something was taken of lot {command.lot_no}, or a batch has identified it."
    return GuardVerdict("lot_is_unused", text, "Quality assurance rejects it; what was taken is reconciled.", _RECORD)


def retest_is_later(command: c.ExtendRetest, context: GuardContext) -> GuardVerdict | None:
    """A day after the one that stands, not past and not after the expiry."""
    lot = context.session.get(Lot, command.lot_no)
    if lot is None:
        return None
    today = site_date(context.now.utc_us, context.zone)
    if is_day(command.retest) and lot.retest < command.retest <= lot.expiry and today <= command.retest:
        return None
    text = f"The retest date is a day after {lot.retest or today}, up to the expiry {lot.expiry}."
    return GuardVerdict("retest_is_later", text, "Write it as YYYY-MM-DD.", "211.87")


def reservation_is_possible(command: c.ReserveLot, context: GuardContext) -> GuardVerdict | None:
    """The batch is there, and no other one has the lot."""
    lot = context.session.get(Lot, command.lot_no)
    if lot is None:
        return None
    if not command.batch_no:
        free = lot.reserved_for is None
        return GuardVerdict("reservation_is_possible", "The lot is not reserved.", "Nothing is left to do.", _RECORD) if free else None
    if context.session.value("SELECT 1 FROM batch WHERE batch_no = ?", command.batch_no) is None:
        return GuardVerdict("reservation_is_possible", f"There is no batch {command.batch_no}.", "Check the number.", _RECORD)
    if lot.reserved_for is None:
        return None
    text = f"Lot {lot.lot_no} is reserved for batch {lot.reserved_for}."
    return GuardVerdict("reservation_is_possible", text, "Free it first, or take another lot.", _RECORD)


def containers_are_due(command: c.CountContainers, context: GuardContext) -> GuardVerdict | None:
    """The lot has no containers yet, and their contents are what was received."""
    lot = context.session.get(Lot, command.lot_no)
    if lot is None:
        return None
    if context.session.scalar(select(LotContainer.id).where(LotContainer.lot_no == lot.lot_no)) is not None:
        return GuardVerdict("containers_are_due", "The containers of this lot are numbered.", "Nothing is left to do.", "211.80(d)")
    return None


def container_is_there(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The container came in, and its lot was not voided."""
    found = context.session.get(LotContainer, command.container_id)
    if found is None:
        return GuardVerdict("container_is_there", f"There is no container {command.container_id}.", "Scan its label.", "211.80(d)")
    if context.session.get_one(Lot, found.lot_no).void_id is not None:
        return GuardVerdict("container_is_there", f"Lot {found.lot_no} was voided.", "Scan another container.", "211.80(d)")
    return None


def movement_is_described(command: c.MoveStock, context: GuardContext) -> GuardVerdict | None:
    """A kind that people record, a quantity above zero, a batch where there is one, and a reason for what is lost."""
    of_batch = bool(command.batch_no)
    fits = {Move.SAMPLED: not of_batch, Move.USED: of_batch, Move.RETURNED: of_batch, Move.WASTE: bool(command.reason.strip())}
    if fits.get(cast("Move", command.kind), False) and _is_amount(command.quantity, command.unit):
        return None
    text = "Kind, quantity, batch or reason of the movement is missing or malformed."
    return GuardVerdict("movement_is_described", text, "Say what moved, how much, for which batch, and why it is lost.", _RECORD)


def _is_amount(quantity: str, unit: str) -> bool:
    try:
        return nanograms(Quantity.parse(quantity, unit)) > 0
    except QuantityError:
        return False


def returned_lot_is_good(command: c.MoveStock, context: GuardContext) -> GuardVerdict | None:
    """What comes back to a lot that is rejected is waste."""
    found = context.session.get(LotContainer, command.container_id)
    if found is None or command.kind != Move.RETURNED or context.session.get_one(Lot, found.lot_no).state != LotState.REJECTED:
        return None
    return GuardVerdict("returned_lot_is_good", f"Lot {found.lot_no} is rejected.", "Record it as waste.", "211.89")


def difference_is_described(command: c.AdjustStock, context: GuardContext) -> GuardVerdict | None:
    """A difference, and a container that holds what is taken off."""
    found = context.session.get(LotContainer, command.container_id)
    if found is None:
        return None
    try:
        amount = nanograms(Quantity.parse(command.difference, command.unit))
    except QuantityError:
        amount = 0
    if amount != 0 and found.remaining_ng + amount >= 0:
        return None
    text = "The difference is nothing, or more than the container holds."
    return GuardVerdict("difference_is_described", text, "Write it with its sign and unit.", _RECORD)
