"""What happens with lots (URS G05, F02)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.kernel.units import Quantity
from jope.plant.materials.commands import ReceiveLot, RejectLot, ReleaseLot
from jope.plant.materials.life_cycle import LOT_LIFE_CYCLE
from jope.plant.materials.model import Lot, LotState, Material

LOT_RECORD = SignedRecord("lot", "lot", "lot_no", ("lot_no", "material_code", "receiving_no", "quantity", "unit", "expiry"))
_LOT_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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


@handles(ReceiveLot, permission=Permission.LOT_RECEIVE, subject=_subject)
def receive_lot(command: ReceiveLot, uow: UnitOfWork, acting: Acting) -> None:
    """Take in a lot into quarantine.

    Raises:
        RefusedError: number or date malformed, number used already, unknown material.
    """
    if not _LOT_NUMBER.fullmatch(command.lot_no) or not _is_day(command.expiry):
        raise RefusedError("The lot number or the expiry date is malformed.", remedy="Use letters and digits, and a date as YYYY-MM-DD.")
    quantity = Quantity.parse(command.quantity, command.unit)
    if quantity.value <= 0:
        raise RefusedError("The quantity must be above zero.", remedy="Type what was received.")
    if uow.session.get(Lot, command.lot_no) is not None:
        raise RefusedError(f"The lot {command.lot_no} was received already.", remedy="Check the number.")
    if uow.session.get(Material, command.material_code) is None:
        raise NotFoundError(f"There is no material {command.material_code}.")
    lot = Lot(
        lot_no=command.lot_no, material_code=command.material_code, receiving_no=command.receiving_no, quantity=f"{quantity.value:f}",
        unit=command.unit, expiry=command.expiry, state=LotState.QUARANTINE.value,
    )  # fmt: skip
    uow.session.add(lot)
    uow.audit.record(Action.LOT_RECEIVED, ("lot", lot.lot_no), ("material", lot.material_code))


def _is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written YYYY-MM-DD."""
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _lot_sheet(command: ReleaseLot, context: GuardContext) -> SigningSheet:
    lot = lot_named(context.session, command.lot_no)
    rows = (
        SheetRow("Lot", lot.lot_no, lot.lot_no),
        SheetRow("Material", lot.material_code, lot.material_code),
        SheetRow("Receiving number", lot.receiving_no, lot.receiving_no),
        SheetRow("Quantity", f"{lot.quantity} {lot.unit}", f"{lot.quantity} {lot.unit}"),
        SheetRow("Expiry", lot.expiry, lot.expiry),
        SheetRow("State", lot.state, LotState.RELEASED.value),
    )
    return signing_sheet(f"Release lot {lot.lot_no}", ("lot", lot.lot_no), Meaning.APPROVAL, rows)


@handles(ReleaseLot, permission=Permission.LOT_DISPOSE, subject=_subject, signature=Meaning.APPROVAL, sheet=_lot_sheet)
def release_lot(command: ReleaseLot, uow: UnitOfWork, acting: Acting) -> None:
    """Release a lot for use."""
    lot = lot_named(uow.session, command.lot_no)
    lot.state = LOT_LIFE_CYCLE.next(lot.state, "release")
    acting.signed().onto(lot, "approval", kind="lot", subject_id=lot.lot_no, version=lot.version + 1)
    uow.audit.record(Action.LOT_RELEASED, ("lot", lot.lot_no), ("material", lot.material_code))


@handles(RejectLot, permission=Permission.LOT_DISPOSE, subject=_subject, always=True)
def reject_lot(command: RejectLot, uow: UnitOfWork, acting: Acting) -> None:
    """Reject a lot at once; one person suffices towards safety (URS D03).

    Raises:
        RefusedError: no reason.
    """
    if not command.reason.strip():
        raise RefusedError("A reason is missing.", remedy="Write why the lot is rejected.")
    lot = lot_named(uow.session, command.lot_no)
    lot.state = LOT_LIFE_CYCLE.next(lot.state, "reject")
    uow.audit.record(Action.LOT_REJECTED, ("lot", lot.lot_no), ("material", lot.material_code), reason=command.reason)
