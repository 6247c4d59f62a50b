"""Whose turn is it: which lot may be taken for a batch, from which container, and which lot would be first (URS F02; 21 CFR 211.86, 211.142(b))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jope.kernel.clock import site_date
from jope.kernel.errors import GuardRefusedError
from jope.plant.materials.model import Lot, LotContainer
from jope.plant.materials.standing import Standing, standing_of
from jope.plant.materials.stock.amounts import containers_of, in_unit

if TYPE_CHECKING:
    from jope.compliance.commands import Acting
    from jope.kernel.store.rows import RowSession

_EARLIER: Final = (
    "SELECT l.lot_no FROM lot l WHERE l.material_code = ?1 AND l.lot_no <> ?2 AND l.state = 'released' AND l.hold_id IS NULL AND l.void_id IS NULL "
    "AND (l.reserved_for IS NULL OR l.reserved_for = ?3) AND l.expiry >= ?4 AND (l.retest = '' OR l.retest >= ?4) AND l.expiry < ?5 "
    "AND EXISTS (SELECT 1 FROM lot_container n WHERE n.lot_no = l.lot_no AND n.remaining_ng > 0) ORDER BY l.expiry, l.lot_no LIMIT 1"
)
_WORDS: Final = {Standing.HOLD: "on hold", Standing.RETEST_DUE: "due for its retest"}


def standing_now(lot: Lot, acting: Acting) -> Standing:
    """The standing of a lot at the site's day."""
    today = site_date(acting.now.utc_us, acting.zone)
    held, voided = lot.hold_id is not None, lot.void_id is not None
    return standing_of(lot.state, held=held, voided=voided, expiry=lot.expiry, retest=lot.retest, today=today)


def require_usable(lot: Lot, material_code: str, batch_no: str, acting: Acting) -> None:
    """Right material, released, in date, and not kept for another batch.

    Raises:
        GuardRefusedError: one of these does not hold.
    """
    if lot.material_code != material_code:
        raise GuardRefusedError(f"Lot {lot.lot_no} is {lot.material_code}, due is {material_code}.", remedy="Fetch the right material.")
    standing = standing_now(lot, acting)
    if standing is Standing.EXPIRED:
        raise GuardRefusedError(f"Lot {lot.lot_no} expired on {lot.expiry}.", remedy="Take another lot.")
    if standing is not Standing.RELEASED:
        state = _WORDS.get(standing, f"in state {standing.value}")
        raise GuardRefusedError(f"Lot {lot.lot_no} is {state}.", remedy="Quality assurance decides about the lot, or take another one.")
    if lot.reserved_for not in (None, batch_no):
        raise GuardRefusedError(f"Lot {lot.lot_no} is reserved for batch {lot.reserved_for}.", remedy="Take another lot, or have it freed.")


def container_for(session: RowSession, lot: Lot, number: int) -> LotContainer:
    """The container that was scanned; without a number the only one that holds anything.

    Raises:
        GuardRefusedError: there is none, it is empty, or it is not known which.
    """
    every = containers_of(session, lot.lot_no)
    if not every:
        raise GuardRefusedError(f"The containers of lot {lot.lot_no} are not numbered.", remedy="Number them on the page Materials.")
    found = [one for one in every if (one.number == number if number else one.remaining_ng > 0)]
    if not found:
        what = f"Lot {lot.lot_no} has no container {number}." if number else f"Lot {lot.lot_no} is used up."
        raise GuardRefusedError(what, remedy="Scan the label of the container.")
    if len(found) > 1:
        numbers = ", ".join(f"{one.number} ({in_unit(one.remaining_ng, one.unit)} {one.unit})" for one in found[:6])
        raise GuardRefusedError(
            f"Lot {lot.lot_no} has containers {numbers}.", remedy="Scan the label of the container, or type lot:number."
        )
    if found[0].remaining_ng == 0:
        raise GuardRefusedError(f"Container {found[0].id} is empty.", remedy="Scan another container.")
    return found[0]


def lot_before(session: RowSession, lot: Lot, batch_no: str, acting: Acting) -> str | None:
    """The usable lot of the same material that expires first, where that is before this one (first expired, first out); None where it is this one."""
    today = site_date(acting.now.utc_us, acting.zone)
    found = session.value(_EARLIER, lot.material_code, lot.lot_no, batch_no, today, lot.expiry)
    return None if found is None else str(found)
