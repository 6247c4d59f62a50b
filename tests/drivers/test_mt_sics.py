"""Every form of MT-SICS answer, and what must not pass for one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from jope_drivers.scales.mt_sics import (
    Command,
    Condition,
    ConditionFrame,
    DoneFrame,
    FaultFrame,
    Frame,
    ProtocolFault,
    TextFrame,
    WeightFrame,
    parse_frame,
)

from jope.kernel.errors import FrameError
from jope.kernel.units import Quantity

pytestmark = [pytest.mark.req("F01", "F14", "P11-09", "A11d-05")]


def weight(answer_id: str, value: str, unit: str, *, stable: bool = True) -> WeightFrame:
    return WeightFrame(answer_id, Quantity(Decimal(value), unit), stable)


UNDERSTOOD: list[tuple[bytes, Frame]] = [
    (b"S S     100.00 g\r\n", weight("S", "100.00", "g")),
    (b"S D     100.00 g\r\n", weight("S", "100.00", "g", stable=False)),
    (b"S S      -0.01 kg\r\n", weight("S", "-0.01", "kg")),
    (b"S S          0 mg\r\n", weight("S", "0", "mg")),
    (b"S S 1234567890 ug\r\n", weight("S", "1234567890", "ug")),
    (b"S S -123.45678 t\r\n", weight("S", "-123.45678", "t")),
    (b"S S      1.200 lb\r\n", weight("S", "1.200", "lb")),
    (b"S S      1.200 oz\r\n", weight("S", "1.200", "oz")),
    (b"T S     250.30 g\r\n", weight("T", "250.30", "g")),
    (b"TI S    250.30 g\r\n".replace(b"S  ", b"S   "), weight("TI", "250.30", "g")),
    (b"TI D     250.30 g\r\n", weight("TI", "250.30", "g", stable=False)),
    (b"TA A     250.30 g\r\n", weight("TA", "250.30", "g")),
    (b"S I\r\n", ConditionFrame("S", Condition.BUSY)),
    (b"S +\r\n", ConditionFrame("S", Condition.OVERLOAD)),
    (b"S -\r\n", ConditionFrame("S", Condition.UNDERLOAD)),
    (b"S L\r\n", ConditionFrame("S", Condition.PARAMETER)),
    (b"Z A\r\n", DoneFrame("Z", True)),
    (b"Z I\r\n", ConditionFrame("Z", Condition.BUSY)),
    (b"Z +\r\n", ConditionFrame("Z", Condition.OVERLOAD)),
    (b"ZI S\r\n", DoneFrame("ZI", True)),
    (b"ZI D\r\n", DoneFrame("ZI", False)),
    (b"ZI -\r\n", ConditionFrame("ZI", Condition.UNDERLOAD)),
    (b"T -\r\n", ConditionFrame("T", Condition.UNDERLOAD)),
    (b"TI I\r\n", ConditionFrame("TI", Condition.BUSY)),
    (b"TA L\r\n", ConditionFrame("TA", Condition.PARAMETER)),
    (b"TAC A\r\n", DoneFrame("TAC", True)),
    (b'I1 A "0123" "2.30" "2.20" "" ""\r\n', TextFrame("I1", ("0123", "2.30", "2.20", "", ""))),
    (b'I2 A "XSR6002S 6100.00 g"\r\n', TextFrame("I2", ("XSR6002S 6100.00 g",))),
    (b'I3 A "1.00 10.28.0.493.142"\r\n', TextFrame("I3", ("1.00 10.28.0.493.142",))),
    (b'I4 A "B021002593"\r\n', TextFrame("I4", ("B021002593",))),
    (b"I4 I\r\n", ConditionFrame("I4", Condition.BUSY)),
    (b"ES\r\n", FaultFrame(ProtocolFault.SYNTAX)),
    (b"ET\r\n", FaultFrame(ProtocolFault.TRANSMISSION)),
    (b"EL\r\n", FaultFrame(ProtocolFault.LOGICAL)),
]

REFUSED: list[bytes] = [
    b"",
    b"\r\n",
    b"S S     100.00 g",
    b"S S     100.00 g\n",
    b"S S     100.00 g\r",
    b"S S     100.00 g\n\r\n",
    b"S S     100.00 g\r\r\n",
    b" S S     100.00 g\r\n",
    b"S S     100.00 g \r\n",
    b"S  S     100.00 g\r\n",
    b"S S    100.00 g\r\n",
    b"S S      100.00 g\r\n",
    b"S S 100.00 g\r\n",
    b"S S 12345678901 g\r\n",
    b"S S     100,00 g\r\n",
    b"S S     100.0. g\r\n",
    b"S S     1 0.00 g\r\n",
    b"S S     +10.00 g\r\n",
    b"S S    - 10.00 g\r\n",
    b"S S     --1.00 g\r\n",
    b"S S     010.00 g\r\n",
    b"S S        .50 g\r\n",
    b"S S       100. g\r\n",
    b"S S       1E+2 g\r\n",
    b"S S        NaN g\r\n",
    b"S S   Infinity g\r\n",
    b"S S            g\r\n",
    b"S S     100.00g\r\n",
    b"S S     100.00\r\n",
    b"S S     100.00 \r\n",
    b"S S     100.00 G\r\n",
    b"S S     100.00 ct\r\n",
    b"S S     100.00 gg\r\n",
    b"S S     100.00 g g\r\n",
    b"S S     10\xef\xbc\x90.00 g\r\n",
    b"S S     10\xb2.00 g\r\n",
    b"s s     100.00 g\r\n",
    b"S s     100.00 g\r\n",
    b"S A     100.00 g\r\n",
    b"SI S     100.00 g\r\n",
    b"T D     100.00 g\r\n",
    b"TA S     100.00 g\r\n",
    b"TAC A     100.00 g\r\n",
    b"S S     100.00 g\r\nS S     100.00 g\r\n",
    b"S S\r\n",
    b"S S Error 10b\r\n",
    b"S\r\n",
    b"S ++\r\n",
    b"S \r\n",
    b"Z S\r\n",
    b"ZI A\r\n",
    b"TA +\r\n",
    b"I4 +\r\n",
    b'I4 A "B021002593\r\n',
    b'I4 A "B021" "002593"\r\n',
    b"I4 A B021002593\r\n",
    b"I4 A\r\n",
    b'I4 A "B02\x001002593"\r\n',
    b'I5 A "1.0"\r\n',
    b"ES \r\n",
    b"EX\r\n",
    b"es\r\n",
    b"S S " + b" " * 400 + b"1 g\r\n",
]


@pytest.mark.parametrize(("line", "expected"), UNDERSTOOD, ids=[repr(line) for line, _ in UNDERSTOOD])
def test_understood(line: bytes, expected: Frame) -> None:
    assert parse_frame(line) == expected


@pytest.mark.parametrize("line", REFUSED, ids=[repr(line)[:60] for line in REFUSED])
def test_refused(line: bytes) -> None:
    with pytest.raises(FrameError, match="JOPE-402"):
        parse_frame(line)


@pytest.mark.parametrize("text", ["100.00", "100.0000", "0.00", "-0.10", "7"])
def test_trailing_zeros_are_kept(text: str) -> None:
    frame = parse_frame(f"S S {text:>10} g\r\n".encode())
    assert isinstance(frame, WeightFrame)
    assert str(frame.quantity) == f"{text} g"


def test_every_lost_byte_is_seen_except_the_first_of_the_unit() -> None:
    # "kg" without its k is the one loss that leaves a frame; the unit registered for the device catches that one.
    line = b"S S    1250.30 kg\r\n"
    passed = []
    for at in range(len(line)):
        try:
            passed.append(parse_frame(line[:at] + line[at + 1 :]))
        except FrameError:
            continue
    assert passed == [weight("S", "1250.30", "g")]


def test_an_answer_belongs_to_its_command() -> None:
    assert Command.SEND_IMMEDIATELY.answer_id == "S"
    assert Command.CANCEL.answer_id == "I4"
    assert Command.TARE.answer_id == "T"
    assert Command.SERIAL_NUMBER.line == b"I4\r\n"
