"""A printer's answers are read whole and strictly, or not at all (URS F16)."""

from __future__ import annotations

import random

import pytest
from jope_drivers.printers import answers as a

from jope.kernel.errors import FrameError
from jope.plant.devices.printing import PrinterFault

GOOD = b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
PLACES = (
    (1, 1, PrinterFault.PAPER_OUT), (1, 2, PrinterFault.PAUSED), (1, 5, PrinterFault.BUFFER_FULL), (1, 9, PrinterFault.MEMORY),
    (1, 10, PrinterFault.TOO_COLD), (1, 11, PrinterFault.TOO_HOT), (2, 2, PrinterFault.HEAD_OPEN), (2, 3, PrinterFault.RIBBON_OUT),
)  # fmt: skip
"""String, field and what a 1 there says, by the ZPL II guide."""


def with_field(string: int, field: int, value: bytes) -> bytes:
    strings = GOOD.split(b"\x03\r\n")
    fields = strings[string - 1].split(b",")
    fields[field] = value
    strings[string - 1] = b",".join(fields)
    return b"\x03\r\n".join(strings)


@pytest.mark.req("F16")
def test_a_ready_printer_has_no_fault_and_nothing_waiting() -> None:
    assert a.parse_host_status(GOOD) == a.HostStatus((), 0, 0)
    assert a.status_is_whole(GOOD)
    assert not a.status_is_whole(GOOD[:-1])


@pytest.mark.req("F16")
@pytest.mark.parametrize(("string", "field", "fault"), PLACES)
def test_every_flag_is_read_in_its_place(string: int, field: int, fault: PrinterFault) -> None:
    assert a.parse_host_status(with_field(string, field, b"1")).faults == (fault,)


@pytest.mark.req("F16")
def test_what_waits_is_counted() -> None:
    assert a.parse_host_status(with_field(1, 4, b"003")).formats_waiting == 3
    assert a.parse_host_status(with_field(1, 7, b"1")).formats_waiting == 1
    assert a.parse_host_status(with_field(2, 8, b"00000012")).labels_remaining == 12


@pytest.mark.req("F16")
@pytest.mark.parametrize(
    "data",
    [
        b"", GOOD[1:], GOOD[:-1], GOOD + b"\r\n", GOOD + GOOD, GOOD.replace(b"\x03", b""), GOOD.replace(b"1234", b"12345"),
        with_field(1, 1, b"2"), with_field(1, 1, b""), with_field(1, 1, b"0,0"), with_field(2, 8, b"0"), with_field(1, 4, b"-01"),
        with_field(1, 4, "٣٣٣".encode()), GOOD.replace(b"000,0,0,0,0,2,4,0,00000000,1,000", b"000"), GOOD.lower().replace(b"0", b"o"),
    ],
)  # fmt: skip
def test_a_status_that_is_not_exactly_one_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        a.parse_host_status(data)


@pytest.mark.req("F16")
def test_who_a_printer_is() -> None:
    assert a.parse_identification(b"\x02ZT411-300dpi,V92.21.16Z,12,65536KB\x03\r\n") == a.HostIdentification(
        "ZT411-300dpi", "V92.21.16Z", 12
    )
    assert a.parse_identification(b"\x02ZD621-203dpi ZPL,V93.21.17Z,8,8192KB,X\x03\r\n").model == "ZD621-203dpi ZPL"
    assert a.parse_serial_number(b"\x02\r\n  SERIAL NUMBER\r\n  41A06440023\r\n\r\n\x03\r\n") == "41A06440023"
    assert a.parse_serial_number(b"\x02SERIAL NUMBER\r\n41A06440023\x03") == "41A06440023"
    for wrong in (
        b"",
        b"\x02ZT411,V92,9,65536KB\x03\r\n",
        b"\x02ZT411,V92,8\x03\r\n",
        b"ZT411,V92,8,1KB",
        b"\x02A,B,8,1KB\x03\r\n\x02A,B,8,1KB\x03\r\n",
    ):
        with pytest.raises(FrameError):
            a.parse_identification(wrong)
    for wrong in (
        b"",
        b"\x02\r\n  41A06440023\r\n\x03",
        b"\x02SERIAL NUMBER\r\n\r\n\x03",
        b"\x02SERIAL NUMBER\r\n41A06440023\r\n41A06440024\r\n\x03",
    ):
        with pytest.raises(FrameError):
            a.parse_serial_number(wrong)


@pytest.mark.req("F16")
def test_a_count_is_a_number_or_none_and_never_a_guess() -> None:
    assert (a.parse_odometer(b'"4711"'), a.parse_odometer(b'"4711"\r\n'), a.parse_odometer(b'"?"'), a.parse_odometer(b"?\r\n")) == (
        4711,
        4711,
        None,
        None,
    )
    for wrong in (b"", b'""', b'"4711', b"4711", b'"-1"', b'"47 11"', b'"4711""4712"', b'"4.7"'):
        with pytest.raises(FrameError):
            a.parse_odometer(wrong)


@pytest.mark.req("F16")
def test_twenty_thousand_damaged_answers_never_read_as_a_printer_that_is_ready() -> None:
    """A damaged answer is refused, or says exactly what its bytes say: no byte of it was overlooked."""
    source = random.Random(1601)
    believed = 0
    for _ in range(20_000):
        data = bytearray(GOOD)
        for _ in range(source.randrange(1, 4)):
            match source.randrange(4) if data else 2:
                case 0:
                    data[source.randrange(len(data))] = source.randrange(256)
                case 1:
                    del data[source.randrange(len(data))]
                case 2:
                    data.insert(source.randrange(len(data) + 1), source.randrange(256))
                case _:
                    data = data[: source.randrange(1, len(data) + 1)]
        frame = bytes(data)
        try:
            found = a.parse_host_status(frame)
        except FrameError:
            continue
        believed += 1
        fields = [part.strip(b"\x02\r\n").split(b",") for part in frame.split(b"\x03")]
        assert [len(some) for some in fields] == [12, 11, 2, 1]
        says = {fault for string, field, fault in PLACES if fields[string - 1][field] == b"1"}
        assert (set(found.faults), found.labels_remaining) == (says, int(fields[1][8]))
        assert found.formats_waiting == int(fields[0][4]) + int(fields[0][7])
    assert believed < 4_000
