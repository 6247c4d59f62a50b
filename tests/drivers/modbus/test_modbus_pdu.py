"""Requests against pymodbus' own encoder, answers read strictly, and a fuzzer with an oracle of its own.

``JOPE_NIGHTLY=1`` runs 5,000,000 frames instead of 20,000.
"""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jope_drivers.modbus import pdu
from jope_drivers.modbus.frames import MAX_RTU_FRAME, crc, rtu_answer_size, rtu_frame, rtu_pdu, take_tcp_frame, tcp_frame
from jope_drivers.modbus.pdu import ExceptionAnswerError, Request, Table, payload
from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, bit_message, mei_message, other_message, register_message

from jope.kernel.errors import FrameError
from jope.plant.devices.tags import StatusCode
from tests.support.modbus import PROPERTY

pytestmark = [pytest.mark.req("J01", "P11-09")]

FRAMES = 5_000_000 if os.environ.get("JOPE_NIGHTLY") == "1" else 20_000
SEED = 20261127
READS = {
    Table.COIL: bit_message.ReadCoilsRequest,
    Table.DISCRETE: bit_message.ReadDiscreteInputsRequest,
    Table.HOLDING: register_message.ReadHoldingRegistersRequest,
    Table.INPUT: register_message.ReadInputRegistersRequest,
}


@PROPERTY
@given(table=st.sampled_from(list(Table)), address=st.integers(0, 65000), count=st.integers(1, 125), unit_id=st.integers(1, 247))
def test_reads_go_out_as_pymodbus_sends_them(table: Table, address: int, count: int, unit_id: int) -> None:
    request = pdu.read(table, address, count)
    theirs = READS[table](address=address, count=count, dev_id=unit_id, transaction_id=77)
    assert rtu_frame(unit_id, request.data) == FramerRTU(DecodePDU(True)).buildFrame(theirs)
    assert tcp_frame(77, unit_id, request.data) == FramerSocket(DecodePDU(True)).buildFrame(theirs)


@PROPERTY
@given(address=st.integers(0, 65000), registers=st.lists(st.integers(0, 65535), min_size=1, max_size=123), on=st.booleans())
def test_writes_go_out_as_pymodbus_sends_them(address: int, registers: list[int], on: bool) -> None:
    data = struct.pack(f">{len(registers)}H", *registers)
    assert pdu.write_registers(address, data).data == _theirs(
        register_message.WriteMultipleRegistersRequest(address=address, registers=registers)
    )
    assert pdu.write_register(address, data[:2]).data == _theirs(
        register_message.WriteSingleRegisterRequest(address=address, registers=registers[:1])
    )
    assert pdu.write_coil(address, on).data == _theirs(bit_message.WriteSingleCoilRequest(address=address, bits=[on]))


def test_identification_goes_out_as_pymodbus_sends_it() -> None:
    assert pdu.report_server_id().data == _theirs(other_message.ReportDeviceIdRequest())
    assert pdu.read_device_identification(2, 3).data == _theirs(mei_message.ReadDeviceInformationRequest(read_code=2, object_id=3))


def _theirs(message: register_message.ModbusPDU) -> bytes:
    return bytes((message.function_code,)) + message.encode()


@pytest.mark.parametrize(
    ("table", "address", "count"),
    [(Table.HOLDING, 0, 0), (Table.HOLDING, 0, 126), (Table.COIL, 0, 2001), (Table.INPUT, 65535, 2), (Table.INPUT, -1, 1)],
)
def test_a_read_that_no_request_can_make_is_a_fault_of_the_program(table: Table, address: int, count: int) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        pdu.read(table, address, count)
    with pytest.raises(ValueError, match="cannot be written"):
        pdu.write_registers(0, b"\0" * 248)


TWO = pdu.read(Table.HOLDING, 100, 2)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x03",
        b"\x03\x00",
        b"\x03\x02\x00\x01",
        b"\x03\x04\x00\x01\x00",
        b"\x03\x04\x00\x01\x00\x02\x00",
        b"\x03\x06\x00\x01\x00\x02",
        b"\x04\x04\x00\x01\x00\x02",
        b"\x83",
        b"\x83\x00",
        b"\x83\x02\x00",
        b"\x84\x02",
    ],
    ids=bytes.hex,
)
def test_what_does_not_answer_the_request_gives_nothing(answer: bytes) -> None:
    with pytest.raises(FrameError):
        payload(TWO, answer)


def test_an_answer_gives_its_data_and_an_exception_its_code() -> None:
    assert payload(TWO, b"\x03\x04\x00\x01\x00\x02") == b"\x00\x01\x00\x02"
    with pytest.raises(ExceptionAnswerError, match="illegal_data_address") as refused:
        payload(TWO, b"\x83\x02")
    assert refused.value.exception_code == 2


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (1, StatusCode.BAD_CONFIGURATION_ERROR),
        (2, StatusCode.BAD_NODE_ID_UNKNOWN),
        (3, StatusCode.BAD_OUT_OF_RANGE),
        (4, StatusCode.BAD_DEVICE_FAILURE),
        (6, StatusCode.BAD_DEVICE_FAILURE),
        (10, StatusCode.BAD_NO_COMMUNICATION),
        (11, StatusCode.BAD_NO_COMMUNICATION),
        (200, StatusCode.BAD_DEVICE_FAILURE),
    ],
)
def test_exceptions_become_status_codes(code: int, status: StatusCode) -> None:
    assert ExceptionAnswerError(3, code).status is status


@pytest.mark.req("J05")
@pytest.mark.parametrize(
    "request_", [pdu.write_coil(3, True), pdu.write_register(9, b"\x12\x34"), pdu.write_registers(9, b"\x12\x34\x56\x78")]
)
def test_a_write_is_only_answered_by_its_own_echo(request_: Request) -> None:
    echo = request_.answer_head
    assert payload(request_, echo) == b""
    for at in range(len(echo)):
        with pytest.raises(FrameError):
            payload(request_, echo[:at] + bytes((echo[at] ^ 1,)) + echo[at + 1 :])
    for wrong in (echo[:-1], echo + b"\0", b""):
        with pytest.raises(FrameError):
            payload(request_, wrong)


def test_identification_objects_are_read_to_the_last_byte() -> None:
    asked = pdu.read_device_identification(1)
    answer = bytes.fromhex("2b0e0182ff030300034142430102582d020131")
    part = pdu.identification(payload(asked, answer))
    assert part.objects == {0: b"ABC", 1: b"X-", 2: b"1"}
    assert part.next_object == 3
    for wrong in (answer[:-1], answer + b"\0", answer.replace(b"\x82\xff", b"\x82\x01")):
        with pytest.raises(FrameError):
            pdu.identification(payload(asked, wrong))


@PROPERTY
@given(st.binary(min_size=1, max_size=64))
def test_the_checksum_is_the_one_of_pymodbus(data: bytes) -> None:
    assert crc(data) == FramerRTU.compute_CRC(data).to_bytes(2, "big")


# --- fuzzing ---------------------------------------------------------------------------------------------------------

Reader = Callable[[Request, int, bytes], bytes]
"""(request, unit, RTU frame) -> data."""


@dataclass(slots=True)
class Findings:
    """What one run saw."""

    values: int = 0
    exceptions: int = 0
    refused: int = 0
    crashes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def oracle(request: Request, unit_id: int, frame: bytes) -> bytes | None:
    """The data of a read, if this frame is exactly its answer: written out by hand, sharing nothing with the reader."""
    function, _, count = struct.unpack(">BHH", request.data)
    size = (count + 7) // 8 if function in (1, 2) else 2 * count
    whole = len(frame) == size + 5 and frame[0] == unit_id and frame[1] == function and frame[2] == size
    good = whole and FramerRTU.check_CRC(frame[:-2], int.from_bytes(frame[-2:]))
    return frame[3:-2] if good else None


def strict(request: Request, unit_id: int, frame: bytes) -> bytes:
    """The reader under test, as the serial link uses it: size, envelope, message."""
    size = rtu_answer_size(request, frame)
    assert 5 <= size <= MAX_RTU_FRAME + 256
    return payload(request, rtu_pdu(unit_id, frame))


def mutated(frame: bytes, rng: random.Random) -> bytes:
    """The frame after one change of the kind that lines and foreign devices make."""
    at = rng.randrange(len(frame) + 1)
    match rng.randrange(7):
        case 0:
            return frame[:at] + frame[at + 1 :]
        case 1:
            return frame[:at] + rng.randbytes(1) + frame[at:]
        case 2:
            return frame[:at] + rng.randbytes(1) + frame[at + 1 :]
        case 3:
            return frame[:at]
        case 4:
            return frame + frame
        case 5:
            return bytes((frame[0] if frame else 0,)) + rng.randbytes(1) + frame[2:]
        case _:
            return bytes(byte ^ (1 << rng.randrange(8)) if rng.random() < 0.1 else byte for byte in frame)


def fuzz(reader: Reader, count: int) -> Findings:
    """Whole answers, answers with up to three changes (half of them with a checksum that is right again), exceptions and noise."""
    rng = random.Random(SEED)
    findings = Findings()
    for _ in range(count):
        table = rng.choice(list(Table))
        request = pdu.read(table, rng.randrange(60000), rng.choice((1, 2, rng.randrange(1, 126))))
        unit_id = rng.randrange(1, 248)
        body = request.answer_head + rng.randbytes(request.answer_bytes - 2)
        if rng.random() < 0.1:
            body = bytes((request.function | 0x80, rng.randrange(12)))
        frame = rtu_frame(unit_id, body) if rng.random() < 0.95 else rng.randbytes(rng.randrange(260))
        for _ in range(rng.randrange(4)):
            frame = mutated(frame, rng)
        if rng.random() < 0.5 and len(frame) > 3:
            frame = frame[:-2] + crc(frame[:-2])
        _judge(reader, request, unit_id, frame, findings)
    return findings


def _judge(reader: Reader, request: Request, unit_id: int, frame: bytes, findings: Findings) -> None:
    expected = oracle(request, unit_id, frame)
    got: bytes | None = None
    try:
        got = reader(request, unit_id, frame)
        findings.values += 1
    except ExceptionAnswerError:
        findings.exceptions += 1
    except FrameError:
        findings.refused += 1
    except (IndexError, ValueError, struct.error, AssertionError, OverflowError) as error:
        findings.crashes.append(f"{frame.hex()}: {error!r}")
    if got != expected:
        findings.wrong.append(frame.hex())


@pytest.mark.timeout(3600)
def test_no_fuzzed_frame_gives_a_wrong_value_or_an_uncaught_exception() -> None:
    findings = fuzz(strict, FRAMES)
    assert findings.crashes == []
    assert findings.wrong == []
    # The run saw all sides, otherwise it would prove nothing.
    assert findings.values > FRAMES // 10
    assert findings.exceptions > FRAMES // 100
    assert findings.refused > FRAMES // 10


def test_the_harness_goes_red_on_a_reader_that_trusts_the_byte_count() -> None:
    def lenient(request: Request, unit_id: int, frame: bytes) -> bytes:
        if len(frame) < 5 or crc(frame[:-2]) != frame[-2:]:
            raise FrameError("checksum")
        if frame[1] & 0x80:
            raise ExceptionAnswerError(request.function, frame[2])
        return frame[3 : 3 + frame[2]]

    assert len(fuzz(lenient, 2000).wrong) > 20


@pytest.mark.timeout(3600)
def test_no_fuzzed_stream_keeps_more_than_one_message_or_invents_one() -> None:
    rng = random.Random(SEED)
    buffer = bytearray()
    whole = broken = 0
    for number in range(FRAMES):
        body = rng.randbytes(rng.randrange(1, 254))
        frame = tcp_frame(number & 0xFFFF, 1, body)
        changed = rng.random() < 0.02
        buffer += mutated(frame, rng) if changed else frame
        try:
            while (taken := take_tcp_frame(buffer)) is not None:
                whole += 1
                assert 1 <= len(taken.pdu) <= pdu.MAX_PDU_BYTES
        except FrameError:
            broken += 1
            buffer.clear()  # as the link does, which closes the connection
        assert len(buffer) <= 260
    assert whole > FRAMES // 2
    assert broken > FRAMES // 1000


@pytest.mark.parametrize(
    "header", ["0001 0001 0006 01", "0001 0100 0006 01", "0001 0000 0000 01", "0001 0000 0001 01", "0001 0000 00ff 01"]
)
def test_a_header_that_is_none_is_refused_before_anything_else_is_read(header: str) -> None:
    with pytest.raises(FrameError, match="no header"):
        take_tcp_frame(bytearray(bytes.fromhex(header)))
