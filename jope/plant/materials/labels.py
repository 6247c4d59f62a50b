"""The content of a dispense label (URS F09; 21 CFR 211.101(b)(1)-(4); PR-02). A label without one of its fields cannot be made."""

from __future__ import annotations

from dataclasses import dataclass, fields

from jope.kernel.errors import RefusedError


@dataclass(frozen=True, slots=True)
class DispenseLabel:
    """What stands on the label of a dispensed container; every field is required."""

    component: str
    code: str
    lot_no: str
    receiving_no: str
    net: str
    tare: str
    gross: str
    unit: str
    batch_no: str
    product: str
    product_lot: str
    weighed_by: str
    scale: str
    time: str
    weighing_id: str

    def __post_init__(self) -> None:
        empty = [f.name for f in fields(self) if not str(getattr(self, f.name)).strip()]
        if empty:
            raise RefusedError(f"The label lacks: {', '.join(empty)}.", remedy="Complete the master data first.")

    def text(self) -> str:
        """The label as lines of text; the last line is what its QR code carries."""
        return "\n".join(
            (
                f"{self.component} ({self.code})",
                f"Lot {self.lot_no}  Receiving {self.receiving_no}",
                f"Net {self.net} {self.unit}  Tare {self.tare} {self.unit}  Gross {self.gross} {self.unit}",
                f"For batch {self.batch_no}: {self.product}, lot {self.product_lot}",
                f"Weighed by {self.weighed_by} on {self.scale}, {self.time}",
                self.qr_text(),
            )
        )

    def qr_text(self) -> str:
        """What is scanned back before use."""
        return f"JOPE:W:{self.weighing_id}:{self.batch_no}:{self.code}:{self.lot_no}"
