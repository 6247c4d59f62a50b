"""Where a weight stands between zero, the limits and the target: the arithmetic of the weighing bar, in decimals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from jope.kernel.units import Quantity

LOW_AT = 0.66
HIGH_AT = 0.84


class Zone(StrEnum):
    """Which side of the limits a weight is on."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class BarScale:
    """Target and limits in one unit.

    The bar has three stretches: zero to the low limit, the limits themselves, and beyond. Limits of a fraction of a per cent would be a hair on a
    linear bar, so the middle stretch always has the same width and the limits' values are written at its ends.
    """

    target: Decimal
    low: Decimal
    high: Decimal
    unit: str

    @classmethod
    def of(cls, target: str, low: str, high: str, unit: str) -> BarScale:
        """From the texts of a formulation line.

        Raises:
            QuantityError: a text is not a decimal or the unit is unknown.
        """
        parsed = [Quantity.parse(text, unit).value for text in (target, low, high)]
        return cls(parsed[0], parsed[1], parsed[2], unit)

    def value_of(self, quantity: Quantity) -> Decimal:
        """A reading in the unit of the bar."""
        return quantity.value if quantity.unit == self.unit else quantity.to(self.unit).value

    def zone(self, value: Decimal) -> Zone:
        """Below, within or above; the limits themselves are within."""
        if value < self.low:
            return Zone.BELOW
        return Zone.WITHIN if value <= self.high else Zone.ABOVE

    def place(self, value: Decimal) -> float:
        """Where a value stands on the bar, 0.0 to 1.0."""
        if value <= 0:
            return 0.0
        if value < self.low:
            return float(value / self.low) * LOW_AT
        if value <= self.high:
            width = self.high - self.low
            return LOW_AT + (float((value - self.low) / width) if width else 0.5) * (HIGH_AT - LOW_AT)
        beyond = self.high * Decimal("0.25") or Decimal(1)
        return min(1.0, HIGH_AT + float((value - self.high) / beyond) * (1.0 - HIGH_AT))

    def missing(self, value: Decimal) -> Decimal:
        """How much is left to the target; negative above it."""
        return self.target - value
