"""Quantities: decimals with a unit, never floats.

Mass only for now; a unit belongs to a dimension and has an exact factor, so that a comparison across units is exact (NIST SP 811, appendix B).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from jope.kernel.errors import QuantityError

_MASS_IN_GRAMS: Final[dict[str, Decimal]] = {
    "ug": Decimal("0.000001"),
    "mg": Decimal("0.001"),
    "g": Decimal(1),
    "kg": Decimal(1000),
    "t": Decimal(1_000_000),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
MASS_UNITS: Final = frozenset(_MASS_IN_GRAMS)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?")


def parse_decimal(text: str) -> Decimal:
    """A plain decimal number: digits, one point, an optional sign. No exponents, no spaces, no other alphabets.

    Raises:
        QuantityError: the text is anything else.
    """
    if not _DECIMAL.fullmatch(text):
        raise QuantityError(f"'{text[:40]}' is not a decimal number.", remedy="Type digits with one decimal point.")
    try:
        return Decimal(text)
    except InvalidOperation as error:  # not reachable with the pattern above; kept closed
        raise QuantityError(f"'{text[:40]}' is not a decimal number.") from error


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit, for example ``Quantity(Decimal("12.500"), "kg")``. The trailing zeros are the resolution and are kept."""

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in MASS_UNITS:
            raise QuantityError(f"'{self.unit}' is not a known unit.", remedy="Use one of: " + ", ".join(sorted(MASS_UNITS)) + ".")
        if not self.value.is_finite():
            raise QuantityError("A quantity must be finite.")

    @classmethod
    def parse(cls, value: str, unit: str) -> Quantity:
        """From two texts, for example a device frame's fields.

        Raises:
            QuantityError: the value is not a decimal or the unit is unknown.
        """
        return cls(parse_decimal(value), unit)

    def grams(self) -> Decimal:
        """The mass in grams, exact."""
        return self.value * _MASS_IN_GRAMS[self.unit]

    def to(self, unit: str) -> Quantity:
        """The same mass in another unit; exact for decimal units."""
        if unit not in MASS_UNITS:
            raise QuantityError(f"'{unit}' is not a known unit.")
        return Quantity(self.grams() / _MASS_IN_GRAMS[unit], unit)

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}"
