"""Quantities are exact decimals with a unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jope.kernel.errors import QuantityError
from jope.kernel.units import MASS_UNITS, Quantity, parse_decimal


@pytest.mark.req("F01", "F07")
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6), st.sampled_from(["ug", "mg", "g", "kg", "t"]))
def test_decimal_units_convert_there_and_back_without_loss(value: Decimal, unit: str) -> None:
    quantity = Quantity(value, unit)
    for other in ("g", "kg", "mg"):
        assert quantity.to(other).to(unit).value == value


@pytest.mark.req("A11d-04")
@pytest.mark.parametrize("text", ["", " 1", "1 ", "1,5", "1e3", "NaN", "Infinity", "٣", "1_000", "0x1", "--1", "1.", ".5", "1" * 13])
def test_what_is_not_a_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_decimal(text)


@pytest.mark.req("F01")
def test_trailing_zeros_are_the_resolution_and_stay() -> None:
    assert str(Quantity.parse("12.500", "kg")) == "12.500 kg"
    assert {"g", "kg"} <= MASS_UNITS
    with pytest.raises(QuantityError):
        Quantity.parse("1.0", "stone")
