"""The one way to move material: a row for what moved, and what is left in its container, together (URS F12; 21 CFR 211.184).

The schema keeps the balance: no movement but from what is there, no container and no batch below nothing (sql/store/0019_materials.sql).
"""

from __future__ import annotations

from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, FourEyesRule, GuardContext, Risk, SheetRow, handles
from jope.kernel.errors import GuardRefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.kernel.units import Quantity
from jope.plant.materials import commands as c
from jope.plant.materials import guards as g
from jope.plant.materials.model import LotContainer, Move, StockMovement
from jope.plant.materials.stock.amounts import Cause, container_id, held_by_batch, in_unit, nanograms

_TAKES: Final = {Move.ISSUED: -1, Move.SAMPLED: -1, Move.RETURNED: 1, Move.USED: 0}
"""What a movement does to its container; waste and adjustments depend."""


def take_in(session: RowSession, acting: Acting, lot_no: str, number: int, quantity: Quantity, tare: str) -> LotContainer:
    """A container comes in."""
    amount = nanograms(quantity)
    row = LotContainer(
        id=container_id(lot_no, number), lot_no=lot_no, number=number, quantity=f"{quantity.value:f}", unit=quantity.unit, tare=tare, movements=1,
        remaining_ng=amount,
    )  # fmt: skip
    session.add(row)
    session.add(_movement(row, acting, Move.RECEIVED, quantity, (amount, 0), Cause()))
    return row


def move(session: RowSession, acting: Acting, container: LotContainer, kind: Move, quantity: Quantity, cause: Cause) -> StockMovement:
    """Move a quantity. Of an adjustment the quantity may be negative; of everything else it is above zero.

    Raises:
        GuardRefusedError: the container or the batch does not hold that much.
    """
    amount = nanograms(quantity)
    taken = 1 if kind is Move.ADJUSTED else _TAKES.get(kind, 0 if cause.batch_no else -1)
    change = taken * amount
    gained = 0 if cause.batch_no is None else amount if kind is Move.ISSUED else -amount
    if container.remaining_ng + change < 0:
        left = in_unit(container.remaining_ng, container.unit)
        raise GuardRefusedError(
            f"Container {container.id} holds {left} {container.unit}, less than {quantity}.",
            remedy="Take another container, or have it adjusted.",
        )
    if gained < 0 and cause.batch_no is not None and held_by_batch(session, cause.batch_no, container.lot_no) + gained < 0:
        raise GuardRefusedError(
            f"Batch {cause.batch_no} does not hold {quantity} of lot {container.lot_no}.",
            remedy="Check the quantity against what was issued.",
        )
    container.movements += 1
    container.remaining_ng += change
    if container.opened_us is None and change < 0 and kind is not Move.ADJUSTED:
        container.opened_us = acting.now.utc_us
    row = _movement(container, acting, kind, quantity, (change, gained), cause)
    session.add(row)
    return row


def _movement(
    container: LotContainer, acting: Acting, kind: Move, quantity: Quantity, changes: tuple[int, int], cause: Cause
) -> StockMovement:
    return StockMovement(
        id=new_id(), container_id=container.id, lot_no=container.lot_no, number=container.movements, kind=kind.value, quantity=f"{quantity.value:f}",
        unit=quantity.unit, change_ng=changes[0], remaining_ng=container.remaining_ng, batch_no=cause.batch_no, batch_ng=changes[1],
        weighing_id=cause.weighing_id, reason=cause.reason, moved_by=acting.principal.employee_id, request_id=cause.request_id,
        moved_us=acting.now.utc_us,
    )  # fmt: skip


def _of_container(command: Any) -> tuple[str, str]:
    return ("lot", command.container_id.rpartition(":")[0])


@handles(
    c.MoveStock,
    permission=Permission.STOCK_MOVE,
    subject=_of_container,
    guards=(g.container_is_there, g.movement_is_described, g.returned_lot_is_good),
)
def move_stock(command: c.MoveStock, uow: UnitOfWork, acting: Acting) -> c.StockMoved:
    """Record a sample, waste, or what became of what was issued to a batch."""
    container = uow.session.get_one(LotContainer, command.container_id)
    cause = Cause(batch_no=command.batch_no or None, reason=command.reason)
    return _moved(uow, acting, container, Move(command.kind), Quantity.parse(command.quantity, command.unit), cause)


def _moved(uow: UnitOfWork, acting: Acting, container: LotContainer, kind: Move, quantity: Quantity, cause: Cause) -> c.StockMoved:
    row = move(uow.session, acting, container, kind, quantity, cause)
    action = Action.STOCK_ADJUSTED if kind is Move.ADJUSTED else Action.STOCK_MOVED
    batch = [("batch", cause.batch_no)] if cause.batch_no else []
    details = {"kind": kind.value, "quantity": str(quantity)}
    uow.audit.record(action, ("lot", container.lot_no), ("stock_movement", row.id), *batch, reason=cause.reason, details=details)
    return c.StockMoved(container.id, in_unit(container.remaining_ng, container.unit), container.unit)


def _adjust_diff(command: c.AdjustStock, context: GuardContext) -> tuple[SheetRow, ...]:
    container = context.session.get_one(LotContainer, command.container_id)
    after = container.remaining_ng + nanograms(Quantity.parse(command.difference, command.unit))
    unit = container.unit
    return (SheetRow(f"Container {container.id}", f"{in_unit(container.remaining_ng, unit)} {unit}", f"{in_unit(after, unit)} {unit}"),)


@handles(
    c.AdjustStock,
    permission=Permission.STOCK_MOVE,
    subject=_of_container,
    guards=(g.container_is_there, g.reason_is_written, g.difference_is_described),
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_adjust_diff, approve=Permission.LOT_DISPOSE),
)
def adjust_stock(command: c.AdjustStock, uow: UnitOfWork, acting: Acting) -> c.StockMoved:
    """Correct what is left; the request under which it was approved stands in the movement."""
    assert acting.authority is not None, "nobody adjusts alone"
    container = uow.session.get_one(LotContainer, command.container_id)
    cause = Cause(reason=command.reason, request_id=acting.authority.request_id)
    return _moved(uow, acting, container, Move.ADJUSTED, Quantity.parse(command.difference, command.unit), cause)
