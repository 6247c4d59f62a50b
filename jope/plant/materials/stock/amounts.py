"""Amounts of material. They are whole nanograms, so that sums are exact in every unit; texts beside them are what people entered or a scale sent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from jope.kernel.errors import QuantityError
from jope.kernel.units import Quantity
from jope.plant.materials.model import LotContainer

if TYPE_CHECKING:
    from jope.kernel.store.rows import RowSession

MOVEMENT_COLUMNS: Final = (
    "id", "container_id", "lot_no", "number", "kind", "quantity", "unit", "change_ng", "remaining_ng", "batch_no", "batch_ng", "weighing_id", "reason",
    "moved_by", "request_id", "moved_us",
)  # fmt: skip
_NANOGRAMS: Final = Decimal(1_000_000_000)
_MOST_GRAMS: Final = Decimal(5_000_000_000)


def nanograms(quantity: Quantity) -> int:
    """The amount in whole nanograms.

    Raises:
        QuantityError: it is finer than a nanogram, or more than 5000 t.
    """
    grams = quantity.grams()
    found = grams * _NANOGRAMS
    if abs(grams) > _MOST_GRAMS or found != found.to_integral_value():
        raise QuantityError(f"{quantity} is finer than a nanogram or more than 5000 t.", remedy="Check value and unit.")
    return int(found)


def in_unit(amount_ng: int, unit: str) -> str:
    """An amount as a decimal text in a unit, without needless zeros."""
    text = f"{Quantity(Decimal(amount_ng) / _NANOGRAMS, 'g').to(unit).value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Cause:
    """For what something moves: the batch, the weighing, the reason, and the change request under which it was approved."""

    batch_no: str | None = None
    weighing_id: str | None = None
    reason: str = ""
    request_id: str | None = None


def container_id(lot_no: str, number: int) -> str:
    """The key of a container."""
    return f"{lot_no}:{number}"


def containers_of(session: RowSession, lot_no: str) -> list[LotContainer]:
    """The containers of a lot by number."""
    return list(session.scalars(select(LotContainer).where(LotContainer.lot_no == lot_no).order_by(LotContainer.number)))


def held_by_batch(session: RowSession, batch_no: str, lot_no: str) -> int:
    """What a batch holds of a lot and has not accounted for, nanograms."""
    return int(session.value("SELECT coalesce(sum(batch_ng), 0) FROM stock_movement WHERE batch_no = ? AND lot_no = ?", batch_no, lot_no))
