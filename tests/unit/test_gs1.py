"""GS1 element strings and the codes of containers: what is read, and that nothing malformed is guessed at."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from jope.kernel.errors import ScanError
from jope.kernel.units import Quantity
from jope.plant.materials.gs1 import check_digit, day_of, full_year, read_symbol
from jope.plant.materials.scanning import NamedContainer, label_code, named_by

TODAY = "2026-11-27"
GTIN = "09501101530003"


@pytest.mark.req("F02", "F05")
def test_a_symbol_is_read_as_the_specification_says() -> None:
    text = f"]d201{GTIN}17281200310300125010ABC-1\x1d2100007\x1d3712"
    found = read_symbol(text, today=TODAY)
    assert (found.gtin, found.expiry, found.lot, found.serial, found.pieces) == (GTIN, "2028-12-31", "ABC-1", "00007", 12)
    assert found.net == Quantity(Decimal("1.250"), "kg")
    assert named_by(text, today=TODAY) == NamedContainer("ABC-1", 7, "2028-12-31")


@pytest.mark.req("F02")
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty"), ("]d2", "empty"), ("]Q1" + "10A", "symbology"), ("]d2019501101530004", "length"), ("]d20109501101530004", "check_digit"),
        ("]d217281301", "date"), ("]d217280230", "date"), ("]d217000000", "date"), ("]d210", "length"), ("]d210" + "A" * 21, "length"),
        ("]d210A\x1d10B", "ambiguous"), ("]d210A\x1d10A", ""), ("]d23710\x1d3011", "ambiguous"), ("]d23103001250\x1d3203001250", "ambiguous"),
        ("]d2310", "identifier"), ("]d23a", "identifier"), ("]d210A{B", "characters"), ("]d237x", "characters"), ("]d210" + "\u0661", "characters"),
        ("]d2" + "\u0661\u0660A", "identifier"), ("]d2" + "x" * 600, "too_long"), ("]d217281200\x1d10A", ""),
    ],
)  # fmt: skip
def test_what_is_malformed_or_means_two_things_is_refused(text: str, rule: str) -> None:
    if not rule:
        assert read_symbol(text, today=TODAY).lot == "A"
        return
    with pytest.raises(ScanError) as refused:
        read_symbol(text, today=TODAY)
    assert (refused.value.code, refused.value.rule) == ("JOPE-521", rule)


@pytest.mark.req("F02")
def test_years_of_two_digits_lie_around_this_one() -> None:
    assert [full_year(two, 2026) for two in (26, 75, 76, 77, 99, 0)] == [2026, 2075, 2076, 1977, 1999, 2000]
    assert [full_year(two, 2051) for two in (0, 1, 2, 51, 99)] == [2100, 2101, 2002, 2051, 2099]
    assert day_of("280200", TODAY) == "2028-02-29"
    assert check_digit(GTIN[:-1]) == GTIN[-1]


@pytest.mark.req("F05")
def test_a_container_is_named_by_its_label_or_by_hand() -> None:
    assert named_by(label_code("MC-2611-04", 3), today=TODAY) == NamedContainer("MC-2611-04", 3)
    assert named_by(" MC-2611-04:12\r\n", today=TODAY) == NamedContainer("MC-2611-04", 12)
    assert named_by("MC-2611-04", today=TODAY) == NamedContainer("MC-2611-04", 0)
    for text in ("", "JOPE:C:X", "a b", "X:0", "X:1:2", "]d201" + GTIN, "<b>", "=1+1", "\x00", "X" * 41, "]d210a:1"):
        with pytest.raises(ScanError):
            named_by(text, today=TODAY)


@pytest.mark.req("F02", "F05")
def test_twenty_thousand_strings_are_read_or_refused_and_nothing_else() -> None:
    rng = random.Random(20)
    parts = [
        "]d2",
        "]C1",
        "]Q3",
        "\x1d",
        "01",
        GTIN,
        "10",
        "17",
        "280200",
        "21",
        "310",
        "3103",
        "37",
        "00",
        "A",
        "<script>",
        "\x00",
        "\n",
        "=cmd|",
        "\u202e",
        "9",
        "\ud83d",
    ]
    read = 0
    for number in range(20_000):
        text = "".join(rng.choice(parts) if rng.random() < 0.8 else chr(rng.randrange(1, 0x2FF)) for _ in range(rng.randrange(12)))
        if number % 2_000 == 0:
            text += "0" * 1_000_000
        try:
            found = named_by(text, today=TODAY)
        except ScanError:
            continue
        else:
            read += 1
            assert found.lot_no.isascii()
            assert found.lot_no.isprintable()
            assert 0 <= found.container < 1_000_000
    assert read > 50
