"""What the weighing room needs of the rooms above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jope.kernel.store.rows import RowSession


@dataclass(frozen=True, slots=True)
class DispenseOrder:
    """The running batch that is dispensed for."""

    batch_no: str
    product: str
    product_lot: str
    line: str


class DispenseOrders(Protocol):
    """Implemented by the batches room."""

    def running(self, session: RowSession, batch_no: str) -> DispenseOrder:
        """The order of a running batch.

        Raises:
            NotFoundError: no such batch.
            GuardRefusedError: it is not running.
        """
