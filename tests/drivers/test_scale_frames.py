"""Every form of answer that the dialects know, what must not pass for one, and what a lost byte leaves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jope_drivers.scales.dialect import Acknowledged, Done, NoWeight, Outcome, Refused, Shown, UnitlessWeight, Weight
from jope_drivers.scales.makes import DIALECTS

from jope.kernel.errors import FrameError
from jope.kernel.units import MASS_UNITS, Quantity
from jope.plant.devices.ports import ScaleAction

pytestmark = [pytest.mark.req("F01", "F14", "P11-09", "A11d-05")]


def weight(value: str, unit: str, *, stable: bool = True) -> Weight:
    return Weight(Quantity(Decimal(value), unit), stable)


UNDERSTOOD: list[tuple[str, str, Shown]] = [
    ("sbi", "+   250.30 g  ", weight("250.30", "g")),
    ("sbi", "    250.30 g  ", weight("250.30", "g")),
    ("sbi", "-     0.01 kg ", weight("-0.01", "kg")),
    ("sbi", "+  250.30  g  ".replace("  g", " g "), weight("250.30", "g")),
    ("sbi", "N     +   250.30 g  ", weight("250.30", "g")),
    ("sbi", "N     +   250.30    ", UnitlessWeight(Decimal("250.30"))),
    ("sbi", "-   250.30    ", UnitlessWeight(Decimal("-250.30"))),
    ("sbi", "Stat       High     ", NoWeight("overload")),
    ("sbi", "     High     ", NoWeight("overload")),
    ("sbi", "Stat        Low     ", NoWeight("underload")),
    ("sbi", "Stat     Cal.Int.   ", NoWeight("busy")),
    ("sbi", "Stat     Cal. Ext.  ", NoWeight("busy")),
    ("sbi", "Stat     ERR 054    ", NoWeight("busy")),
    ("sbi", "Stat     APP.ER     ", NoWeight("busy")),
    ("kcp", "S S     250.30 g", weight("250.30", "g")),
    ("kcp", "S D     250.30 g", weight("250.30", "g", stable=False)),
    ("kcp", "S +", NoWeight("overload")),
    ("kcp", "S I", NoWeight("busy")),
    ("and", "ST,+00250.30  g", weight("250.30", "g")),
    ("and", "ST,+000.0000 kg", weight("0.0000", "kg")),
    ("and", "US,-00250.30 kg", weight("-250.30", "kg", stable=False)),
    ("and", "ST,+00000025  g", weight("25", "g")),
    ("and", "QT,+00000123 PC", NoWeight("wrong_unit")),
    ("and", "OL,+9999999E+19", NoWeight("overload")),
    ("and", "OL,-9999999E+19", NoWeight("underload")),
    ("and", "EC,E02", NoWeight("busy")),
    ("ohaus", "     250.30 g", weight("250.30", "g")),
    ("ohaus", "     250.30 g ?", weight("250.30", "g", stable=False)),
    ("ohaus", "      -0.01 kg N", weight("-0.01", "kg")),
    ("ohaus", "     250.30 g ? NET", weight("250.30", "g", stable=False)),
    ("ohaus", "   250.30 g     ", weight("250.30", "g")),
    ("ohaus", "   250.30 g    ?", weight("250.30", "g", stable=False)),
    ("ohaus", "   250.30 kg   ?NET", weight("250.30", "kg", stable=False)),
    ("ohaus", "Err 8.3", NoWeight("overload")),
    ("ohaus", "Error 8.4", NoWeight("underload")),
]

REFUSED: list[tuple[str, str]] = [
    ("sbi", ""),
    ("sbi", "+   250.30 g "),
    ("sbi", "+   250.30 g   "),
    ("sbi", "+   250,30 g  "),
    ("sbi", "+  0250.30 g  "),
    ("sbi", "+   250.30 ct "),
    ("sbi", "+   250.30 gg "),
    ("sbi", "+   250.30g   "),
    ("sbi", "+ 1 250.30 g  "),
    ("sbi", "+-  250.30 g  "),
    ("sbi", "     g        "),
    ("sbi", "              "),
    ("sbi", "T     +   250.30 g  "),
    ("sbi", "G#    +   250.30 g  "),
    ("sbi", "Stat  +   250.30 g  "),
    ("sbi", "N          High     "),
    ("sbi", "Stat      250.30    "),
    ("sbi", "Stat     123.456    "),
    ("kcp", "SI S     250.30 g"),
    ("kcp", "Z A"),
    ("kcp", "T S     250.30 g"),
    ("and", "ST,+0250.30  g"),
    ("and", "ST,+000250.30  g"),
    ("and", "ST, 00250.30  g"),
    ("and", "ST,+00250.30   g"),
    ("and", "ST,+00250.30 PC"),
    ("and", "QT,+00250.30  g"),
    ("and", "WT,+00250.30  g"),
    ("and", "ST,+00250,30  g"),
    ("and", "st,+00250.30  g"),
    ("and", "EC,E01"),
    ("and", "OL"),
    ("ohaus", "    250.30 g"),
    ("ohaus", "250.30 g"),
    ("ohaus", "     250.30 g "),
    ("ohaus", "     250.30 g?"),
    ("ohaus", "     250.30 g G"),
    ("ohaus", "     250.30 g TOTAL"),
    ("ohaus", "   250.30 g    "),
    ("ohaus", "     250.30 g ??"),
    ("ohaus", "     250.30 PCS"),
    ("ohaus", "ES"),
    ("ohaus", "OK!"),
    ("ohaus", "Err 8.9"),
]

ANSWERED: list[tuple[str, str, Outcome]] = [
    ("kcp", "T S     250.30 g", Done()),
    ("kcp", "T I", Refused("busy")),
    ("kcp", "ES", Refused("ES")),
    ("and", "\x06", Acknowledged()),
    ("and", "EC,E11", Refused("error E11")),
    ("ohaus", "OK!", Acknowledged()),
    ("ohaus", "ES", Refused("ES")),
]


@pytest.mark.parametrize(("protocol", "text", "expected"), UNDERSTOOD, ids=[f"{p} {t}" for p, t, _ in UNDERSTOOD])
def test_understood(protocol: str, text: str, expected: Shown) -> None:
    shown = DIALECTS[protocol].read_poll(text.encode() + b"\r\n")
    assert shown == expected
    if isinstance(shown, Weight) and isinstance(expected, Weight):
        assert str(shown.quantity) == str(expected.quantity)


@pytest.mark.parametrize(("protocol", "text"), REFUSED, ids=[f"{p} {t}" for p, t in REFUSED])
def test_refused(protocol: str, text: str) -> None:
    with pytest.raises(FrameError, match="JOPE-402"):
        DIALECTS[protocol].read_poll(text.encode() + b"\r\n")


@pytest.mark.parametrize("protocol", list(DIALECTS))
@pytest.mark.parametrize("end", [b"", b"\r", b"\n", b"\n\r", b"\r\n\r\n", b"\r\r\n"])
def test_another_end_of_line_is_refused(protocol: str, end: bytes) -> None:
    whole = next(text for make, text, _ in UNDERSTOOD if make in (protocol, "kcp" if protocol == "mt-sics" else protocol))
    with pytest.raises(FrameError, match="JOPE-402"):
        DIALECTS[protocol].read_poll(whole.encode() + end)


@pytest.mark.parametrize(("protocol", "text", "expected"), ANSWERED, ids=[f"{p} {t!r}" for p, t, _ in ANSWERED])
def test_answers_to_actions(protocol: str, text: str, expected: Outcome) -> None:
    assert DIALECTS[protocol].actions[ScaleAction.TARE].read(text.encode() + b"\r\n") == expected


@pytest.mark.parametrize("protocol", ["sbi", "and", "ohaus"])
def test_what_a_poll_is_answered_is_no_serial_number_and_no_answer_to_an_action(protocol: str) -> None:
    dialect = DIALECTS[protocol]
    for make, text, shown in UNDERSTOOD:
        if make != protocol:
            continue
        with pytest.raises(FrameError):
            dialect.serial_number.read(text.encode() + b"\r\n")
        if shown != NoWeight("busy"):  # an error of an A&D may answer either
            with pytest.raises(FrameError):
                dialect.actions[ScaleAction.ZERO].read(text.encode() + b"\r\n")


@pytest.mark.parametrize(
    ("protocol", "line", "expected"),
    [
        ("sbi", "0037402012", "0037402012"),
        ("sbi", "37402012      ", "37402012"),
        ("and", "SN,T0123456", "T0123456"),
        ("and", "T0123456", "T0123456"),
        ("ohaus", "S/N: 8331230001", "8331230001"),
        ("kcp", 'I4 A "WK1234567"', "WK1234567"),
    ],
)
def test_serial_numbers(protocol: str, line: str, expected: str) -> None:
    assert DIALECTS[protocol].serial_number.read(line.encode() + b"\r\n") == expected


def test_a_serial_number_that_could_be_a_weight_is_refused() -> None:
    # Fourteen characters, right-aligned digits: the layout of a moving load's weight.
    with pytest.raises(FrameError):
        DIALECTS["sbi"].serial_number.read(b"  37402012    \r\n")


def test_a_kern_may_state_maker_and_type_apart() -> None:
    model = DIALECTS["kcp"].model
    assert model is not None
    assert model.read(b'I2 A "KERN" "PCB 6000-1" ""\r\n') == "KERN PCB 6000-1"
    for line in (b'I2 A ""\r\n', b"I2 A\r\n", b'I4 A "X"\r\n'):
        with pytest.raises(FrameError):
            model.read(line)


# --- any weight, and what a lost or doubled byte leaves ---------------------------------------------------------------


def rendered(protocol: str, value: Decimal, unit: str, *, stable: bool) -> bytes:
    """The frame as the make's manual lays it out."""
    sign = "-" if value.is_signed() else "+"
    text = {
        "sbi": f"N     {sign}{abs(value):>9f} {unit if stable else '':<3}",
        "kcp": f"S {'S' if stable else 'D'} {value:>10f} {unit}",
        "and": f"{'ST' if stable else 'US'},{sign}{abs(value):0>8f}{unit:>3}",
        "ohaus": f"{value:>11f} {unit}{'' if stable else ' ?'}",
    }[protocol]
    return text.encode() + b"\r\n"


VALUES = st.builds(lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-99_999, 999_999), st.integers(0, 4))
MAKES = st.sampled_from(["sbi", "kcp", "and", "ohaus"])
UNITS = st.sampled_from(sorted(MASS_UNITS))


@given(MAKES, VALUES, UNITS, st.booleans())
def test_any_weight_is_read_as_it_stands(protocol: str, value: Decimal, unit: str, stable: bool) -> None:
    shown = DIALECTS[protocol].read_poll(rendered(protocol, value, unit, stable=stable))
    if protocol == "sbi" and not stable:
        assert shown == UnitlessWeight(value)
        assert isinstance(shown, UnitlessWeight)
        assert f"{shown.value:f}" == f"{value:f}"
    else:
        assert shown == weight(f"{value:f}", unit, stable=stable)
        assert isinstance(shown, Weight)
        assert f"{shown.quantity.value:f}" == f"{value:f}"


@given(MAKES, VALUES, UNITS, st.booleans(), st.data())
def test_a_lost_or_doubled_byte_leaves_no_weight_but_for_a_lost_prefix_of_the_unit(
    protocol: str, value: Decimal, unit: str, stable: bool, data: st.DataObject
) -> None:
    line = rendered(protocol, value, unit, stable=stable)
    at = data.draw(st.integers(0, len(line) - 1))
    lost, doubled = line[:at] + line[at + 1 :], line[:at] + line[at : at + 1] + line[at:]
    with pytest.raises(FrameError):
        DIALECTS[protocol].read_poll(doubled)
    try:
        shown = DIALECTS[protocol].read_poll(lost)
    except FrameError:
        return
    # "kg" without its k: whoever uses a weight compares its unit with the registered one.
    assert shown == weight(f"{value:f}", unit[1:], stable=stable)
    assert protocol in ("kcp", "ohaus")
