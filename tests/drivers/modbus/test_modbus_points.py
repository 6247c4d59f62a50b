"""Tags in registers: every type and order against struct, exact scaling, and what is no value."""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jope_drivers.modbus.pdu import Table
from jope_drivers.modbus.points import Point

from jope.kernel.errors import DeviceRefusedError, SettingsError
from jope.plant.devices.tags import StatusCode, TagConfig, TagScalar, TagType
from tests.support.modbus import PROPERTY, tag

pytestmark = [pytest.mark.req("J01", "A11d-05")]

FORMATS = {
    TagType.INT16: "h",
    TagType.UINT16: "H",
    TagType.INT32: "i",
    TagType.UINT32: "I",
    TagType.INT64: "q",
    TagType.UINT64: "Q",
    TagType.FLOAT: "f",
    TagType.DOUBLE: "d",
}
ORDERS = ("big", "little")


def device_order(big_endian: bytes, *, word_order: str, byte_order: str) -> bytes:
    """Registers as a device with these orders sends them: the oracle, word by word."""
    words = [big_endian[at : at + 2] for at in range(0, len(big_endian), 2)]
    if word_order == "little":
        words = words[::-1]
    return b"".join(word if byte_order == "big" else word[::-1] for word in words)


@PROPERTY
@given(
    data_type=st.sampled_from(sorted(FORMATS)),
    word_order=st.sampled_from(ORDERS),
    byte_order=st.sampled_from(ORDERS),
    data=st.binary(min_size=8, max_size=8),
    before=st.integers(0, 3),
)
def test_every_type_in_every_order_reads_as_struct_does_and_writes_back_the_same_registers(
    data_type: TagType, word_order: str, byte_order: str, data: bytes, before: int
) -> None:
    form = struct.Struct(">" + FORMATS[data_type])
    big_endian = data[: form.size]
    point = Point.of(tag("holding:7", data_type, word_order=word_order, byte_order=byte_order))
    registers = device_order(big_endian, word_order=word_order, byte_order=byte_order)
    value, status = point.value(b"\xaa\x55" * before + registers + b"\x55\xaa", 7 - before)
    (expected,) = form.unpack(big_endian)
    if isinstance(expected, float) and not math.isfinite(expected):
        assert (value, status) == (None, StatusCode.BAD_OUT_OF_RANGE)
        return
    assert status is StatusCode.GOOD
    assert type(value) is type(expected)
    assert value == expected
    assert value is not None
    assert point.encoded(value) == registers


@PROPERTY
@given(
    raw=st.integers(-(2**63), 2**63 - 1),
    scale=st.decimals(min_value="-1e12", max_value="1e12", places=9).filter(bool),
    offset=st.decimals(min_value="-1e12", max_value="1e12", places=9),
)
def test_scaled_integers_are_exact_decimals_in_both_directions(raw: int, scale: Decimal, offset: Decimal) -> None:
    point = Point.of(tag("holding:0", TagType.INT64, scale=scale, offset=offset))
    registers = struct.pack(">q", raw)
    value, _ = point.decoded(registers)
    assert value is not None
    assert not isinstance(value, bool | str)
    if scale == 1 and offset == 0:
        assert type(value) is int
    else:
        assert isinstance(value, Decimal)
    assert Fraction(value) == Fraction(raw) * Fraction(scale) + Fraction(offset)
    assert point.encoded(value) == registers


@PROPERTY
@given(raw=st.floats(allow_nan=False, allow_infinity=False), scale=st.decimals(min_value="0.000000001", max_value="1e9", places=9))
def test_a_scaled_double_is_exact_too(raw: float, scale: Decimal) -> None:
    value, _ = Point.of(tag("input:0", TagType.DOUBLE, scale=scale, offset=Decimal("0.3"))).decoded(struct.pack(">d", raw))
    assert isinstance(value, Decimal)
    assert Fraction(value) == Fraction(raw) * Fraction(scale) + Fraction(3, 10)


def test_an_unscaled_integer_stays_an_integer_and_a_scaled_one_keeps_its_places() -> None:
    assert Point.of(tag("input:0")).decoded(b"\x00\xd7") == (215, StatusCode.GOOD)
    value, _ = Point.of(tag("input:0", scale=Decimal("0.10"))).decoded(b"\x00\xd7")
    assert str(value) == "21.50"


@pytest.mark.parametrize("raw", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("data_type", [TagType.FLOAT, TagType.DOUBLE])
def test_what_is_no_finite_number_is_no_value(raw: float, data_type: TagType) -> None:
    point = Point.of(tag("input:0", data_type, scale=Decimal(2)))
    assert point.decoded(struct.pack(">" + FORMATS[data_type], raw)) == (None, StatusCode.BAD_OUT_OF_RANGE)
    with pytest.raises(DeviceRefusedError):
        point.encoded(raw)


@PROPERTY
@given(register=st.integers(0, 0xFFFF), bit=st.integers(0, 15), byte_order=st.sampled_from(ORDERS))
def test_a_bit_of_a_register(register: int, bit: int, byte_order: str) -> None:
    point = Point.of(tag(f"holding:10.{bit}", TagType.BOOLEAN, byte_order=byte_order))
    data = device_order(register.to_bytes(2), word_order="big", byte_order=byte_order)
    assert point.decoded(data) == (bool(register >> bit & 1), StatusCode.GOOD)


@PROPERTY
@given(bits=st.lists(st.booleans(), min_size=1, max_size=40), at=st.integers(0, 39))
def test_a_coil_among_others(bits: list[bool], at: int) -> None:
    at %= len(bits)
    packed = bytes(sum(bit << place for place, bit in enumerate(bits[start : start + 8])) for start in range(0, len(bits), 8))
    assert Point.of(tag(f"coil:{100 + at}", TagType.BOOLEAN)).value(packed, 100) == (bits[at], StatusCode.GOOD)


@PROPERTY
@given(
    text=st.text(st.characters(min_codepoint=32, max_codepoint=0x24F).filter(str.isprintable), max_size=10),
    byte_order=st.sampled_from(ORDERS),
)
def test_texts_go_there_and_back(text: str, byte_order: str) -> None:
    point = Point.of(tag("holding:0", TagType.STRING, length=10, byte_order=byte_order, word_order="little"))
    text = text.rstrip(" ")
    assert point.decoded(point.encoded(text)) == (text, StatusCode.GOOD)


@pytest.mark.parametrize(
    ("registers", "expected"),
    [
        (b"AB\0\0", "AB"),
        (b"AB  ", "AB"),
        (b"A\0ZZ", "A"),
        (b"\0\0\0\0", ""),
        (b"A\x01BC", None),
        (b"A\xffBC", None),
        (b"A\nBC", None),
    ],
)
def test_a_text_ends_at_its_first_nul_and_holds_nothing_unreadable(registers: bytes, expected: str | None) -> None:
    status = StatusCode.GOOD if expected is not None else StatusCode.BAD_DECODING_ERROR
    assert Point.of(tag("holding:0", TagType.STRING, length=2)).decoded(registers) == (expected, status)


@pytest.mark.parametrize(
    ("address", "table", "number", "bit"),
    [
        ("coil:0", Table.COIL, 0, None),
        ("discrete:7", Table.DISCRETE, 7, None),
        ("holding:10.3", Table.HOLDING, 10, 3),
        ("input:65535.15", Table.INPUT, 65535, 15),
    ],
)
def test_addresses(address: str, table: Table, number: int, bit: int | None) -> None:
    point = Point.of(tag(address, TagType.BOOLEAN))
    assert (point.table, point.address, point.bit) == (table, number, bit)


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            tag(text)
            for text in ("", "40001", "holding:", "holding:-1", "holding:01", "holding:65536", "holding:1 ", "Holding:1", "holding:1.16")
        ),
        *(tag(text) for text in ("register:1", "holding:1:2", "holding:\u0661", "coil:1", "discrete:1", "holding:3.1", "holding:99999")),
        *(tag(text, TagType.BOOLEAN) for text in ("holding:1", "input:1", "coil:1.1", "discrete:1.0", "coil:1\n")),
        tag("holding:65535", TagType.UINT32),
        tag("holding:65533", TagType.DOUBLE),
        tag("coil:1", TagType.FLOAT),
        tag("holding:1", TagType.STRING),
        tag("holding:1", TagType.STRING, length=126),
        tag("holding:1", TagType.STRING, length=2, scale=Decimal(2)),
        tag("coil:1", TagType.BOOLEAN, offset=Decimal(1)),
        tag("holding:1", word_order="middle"),
        tag("holding:1", byte_order=""),
        tag("holding:1", scale=Decimal(0)),
        tag("holding:1", scale=Decimal("NaN")),
        tag("holding:1", scale=Decimal("1e400")),
        tag("holding:1", offset=Decimal("Infinity")),
        tag("holding:1", deadband=Decimal(-1)),
        tag("holding:1", sampling_ms=0),
    ],
    ids=repr,
)
def test_a_registration_that_does_not_fit_together_is_refused(wrong: TagConfig) -> None:
    with pytest.raises(SettingsError):
        Point.of(wrong)


@pytest.mark.req("J05")
@pytest.mark.parametrize(
    ("target", "value"),
    [
        (tag("holding:1"), -1),
        (tag("holding:1"), 65536),
        (tag("holding:1"), True),
        (tag("holding:1"), "5"),
        (tag("holding:1"), 5.0),
        (tag("holding:1"), Decimal("5.5")),
        (tag("holding:1"), Decimal("1e400000")),
        (tag("holding:1"), 10**400),
        (tag("holding:1", scale=Decimal("0.1")), Decimal("12.34")),
        (tag("holding:1", TagType.FLOAT), 1e39),
        (tag("holding:1", TagType.FLOAT), Decimal("NaN")),
        (tag("holding:1", TagType.DOUBLE), 10**400),
        (tag("coil:1", TagType.BOOLEAN), 1),
        (tag("holding:1", TagType.STRING, length=1), "ABC"),
        (tag("holding:1", TagType.STRING, length=2), "A "),
        (tag("holding:1", TagType.STRING, length=2), "A\n"),
        (tag("holding:1", TagType.STRING, length=2), 5),
    ],
    ids=repr,
)
def test_a_value_that_the_registers_cannot_hold_exactly_is_not_written(target: TagConfig, value: TagScalar) -> None:
    with pytest.raises(DeviceRefusedError):
        Point.of(target).encoded(value)


@pytest.mark.parametrize(
    ("deadband", "old", "new", "delivered"),
    [
        ("0", 5, 5, False),
        ("0", 5, 6, True),
        ("2", 5, 7, False),
        ("2", 5, 8, True),
        ("0.5", Decimal("1.0"), Decimal("1.5"), False),
        ("0.5", Decimal("1.0"), Decimal("1.6"), True),
        ("0.5", 1.0, 1.75, True),
        ("1", "A", "B", True),
        ("1", False, True, True),
        ("1", None, 5, True),
        ("1", 5, None, True),
    ],
)
def test_the_deadband_is_around_the_value_delivered_last(
    deadband: str, old: TagScalar | None, new: TagScalar | None, delivered: bool
) -> None:
    assert Point.of(tag("input:0", deadband=Decimal(deadband))).differs(new, old) is delivered
