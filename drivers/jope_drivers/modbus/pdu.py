"""Requests and answers of the Modbus application protocol (V1.1b3), read strictly and without any I/O (URS J01, P11-09).

Rules of this reader:

1. An answer is judged only beside the request that it is said to answer: function code, byte count, length, and for writes the echoed address and
   quantity must be exactly those that the request calls for.
2. What is shorter, longer or of another function is a ``FrameError``. Nothing is repaired, completed or guessed; a success without data is none.
3. An exception answer has exactly two bytes, the function code with its highest bit set and a code that is not zero.

pymodbus is not used for this: its framer hunts for the next thing that looks like a frame, and its ``isError()`` is False for too few registers and
for a wrong function code.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from jope.kernel.errors import DeviceRefusedError, FrameError
from jope.plant.devices.tags import StatusCode

MAX_PDU_BYTES: Final = 253
MAX_READ_REGISTERS: Final = 125
MAX_READ_BITS: Final = 2000
MAX_WRITE_REGISTERS: Final = 123
EXCEPTION_BIT: Final = 0x80
MEI_DEVICE_IDENTIFICATION: Final = 0x0E


class Function(IntEnum):
    """The function codes that the station uses."""

    READ_COILS = 1
    READ_DISCRETE_INPUTS = 2
    READ_HOLDING_REGISTERS = 3
    READ_INPUT_REGISTERS = 4
    WRITE_SINGLE_COIL = 5
    WRITE_SINGLE_REGISTER = 6
    WRITE_MULTIPLE_REGISTERS = 16
    REPORT_SERVER_ID = 17
    ENCAPSULATED_INTERFACE = 43


class ExceptionCode(IntEnum):
    """Why a device does not do what was asked (section 7 of the protocol)."""

    ILLEGAL_FUNCTION = 1
    ILLEGAL_DATA_ADDRESS = 2
    ILLEGAL_DATA_VALUE = 3
    SERVER_DEVICE_FAILURE = 4
    ACKNOWLEDGE = 5
    SERVER_DEVICE_BUSY = 6
    MEMORY_PARITY_ERROR = 8
    GATEWAY_PATH_UNAVAILABLE = 10
    GATEWAY_TARGET_FAILED = 11


_STATUS: Final[Mapping[int, StatusCode]] = {
    ExceptionCode.ILLEGAL_FUNCTION: StatusCode.BAD_CONFIGURATION_ERROR,
    ExceptionCode.ILLEGAL_DATA_ADDRESS: StatusCode.BAD_NODE_ID_UNKNOWN,
    ExceptionCode.ILLEGAL_DATA_VALUE: StatusCode.BAD_OUT_OF_RANGE,
    ExceptionCode.GATEWAY_PATH_UNAVAILABLE: StatusCode.BAD_NO_COMMUNICATION,
    ExceptionCode.GATEWAY_TARGET_FAILED: StatusCode.BAD_NO_COMMUNICATION,
}


class ExceptionAnswerError(DeviceRefusedError):
    """The device answered with an exception. ``exception_code`` is its code as it came."""

    def __init__(self, function: int, exception_code: int) -> None:
        name = ExceptionCode(exception_code).name.lower() if exception_code in frozenset(ExceptionCode) else "unknown"
        super().__init__(f"The device answers function {function} with exception {exception_code:02d} ({name}).")
        self.exception_code = exception_code

    @property
    def unreachable(self) -> bool:
        """Whether a gateway before the device says that the device does not answer: that is silence, and no word of the device's."""
        return self.exception_code in (ExceptionCode.GATEWAY_PATH_UNAVAILABLE, ExceptionCode.GATEWAY_TARGET_FAILED)

    @property
    def status(self) -> StatusCode:
        """The status code of a tag whose read was answered so."""
        return _STATUS.get(self.exception_code, StatusCode.BAD_DEVICE_FAILURE)


class Table(IntEnum):
    """The four tables of a device; the value is the function code that reads it."""

    COIL = Function.READ_COILS
    DISCRETE = Function.READ_DISCRETE_INPUTS
    HOLDING = Function.READ_HOLDING_REGISTERS
    INPUT = Function.READ_INPUT_REGISTERS

    @property
    def holds_bits(self) -> bool:
        """Whether one address of the table is one bit."""
        return self in (Table.COIL, Table.DISCRETE)

    @property
    def read_limit(self) -> int:
        """How many addresses one request may read."""
        return MAX_READ_BITS if self.holds_bits else MAX_READ_REGISTERS


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``answer_head`` is how a normal answer must begin, ``answer_bytes`` how long it is; 0 where only the answer itself tells."""

    data: bytes
    answer_head: bytes
    answer_bytes: int

    @property
    def function(self) -> int:
        """The function code."""
        return self.data[0]


def read(table: Table, address: int, count: int) -> Request:
    """Read ``count`` neighbouring addresses."""
    if not (address >= 0 and 1 <= count <= table.read_limit and address + count <= 0x10000):
        raise ValueError(f"{count} addresses from {address} cannot be read in one request")
    size = (count + 7) // 8 if table.holds_bits else count * 2
    return Request(struct.pack(">BHH", table, address, count), bytes((table, size)), 2 + size)


def write_coil(address: int, on: bool) -> Request:
    """Write one coil; the answer is the request's echo."""
    return _echoed(struct.pack(">BHH", Function.WRITE_SINGLE_COIL, address, 0xFF00 if on else 0))


def write_register(address: int, register: bytes) -> Request:
    """Write one register of two bytes; the answer is the request's echo."""
    return _echoed(struct.pack(">BH2s", Function.WRITE_SINGLE_REGISTER, address, register))


def write_registers(address: int, registers: bytes) -> Request:
    """Write neighbouring registers; the answer repeats address and quantity."""
    count = len(registers) // 2
    if len(registers) % 2 or not (1 <= count <= MAX_WRITE_REGISTERS and 0 <= address <= 0x10000 - count):
        raise ValueError(f"{len(registers)} bytes from {address} cannot be written in one request")
    head = struct.pack(">BHH", Function.WRITE_MULTIPLE_REGISTERS, address, count)
    return Request(head + bytes((len(registers),)) + registers, head, len(head))


def report_server_id() -> Request:
    """Ask for the server id (function 17)."""
    function = bytes((Function.REPORT_SERVER_ID,))
    return Request(function, function, 0)


def read_device_identification(category: int, object_id: int = 0) -> Request:
    """Ask for identification objects (function 43, MEI type 14): category 1 is basic, 2 regular."""
    head = bytes((Function.ENCAPSULATED_INTERFACE, MEI_DEVICE_IDENTIFICATION, category))
    return Request(head + bytes((object_id,)), head, 0)


def _echoed(data: bytes) -> Request:
    return Request(data, data, len(data))


def payload(request: Request, answer: bytes) -> bytes:
    """What follows the head of a normal answer: the data of a read, nothing of a write.

    Raises:
        ExceptionAnswerError: the device answered with an exception.
        FrameError: this is no answer to this request.
    """
    if len(answer) == 2 and answer[0] == request.function | EXCEPTION_BIT and answer[1]:
        raise ExceptionAnswerError(request.function, answer[1])
    if not answer.startswith(request.answer_head) or len(answer) != (request.answer_bytes or answer_size(request, answer)):
        raise FrameError(f"{_shown(answer)} does not answer the request {_shown(request.data)}.")
    return answer[len(request.answer_head) :]


def answer_size(request: Request, begun: bytes) -> int:
    """How many bytes the answer has in all, as far as what has come of it tells; at least one more than came while it does not tell.

    Args:
        request: what was asked.
        begun: the answer from its function code on, as much as has come.

    Raises:
        FrameError: whatever follows, this cannot become an answer to this request.
    """
    if not begun:
        return 2  # the shortest answer there is, an exception
    if begun[0] == request.function | EXCEPTION_BIT:
        return 2
    head = request.answer_head
    if begun[: len(head)] != head[: len(begun)]:
        raise FrameError(f"{_shown(begun)} does not answer the request {_shown(request.data)}.")
    if request.answer_bytes:
        return request.answer_bytes
    if request.function == Function.REPORT_SERVER_ID:
        return 2 + begun[1] if len(begun) > 1 else 2
    return _identification_size(begun)


_IDENTIFICATION_HEAD: Final = 7
"""Function, MEI type, category, conformity level, more follows, next object, number of objects."""


def _identification_size(begun: bytes) -> int:
    if len(begun) < _IDENTIFICATION_HEAD:
        return _IDENTIFICATION_HEAD
    at = _IDENTIFICATION_HEAD
    for _ in range(begun[6]):
        if len(begun) < at + 2:
            return at + 2
        at += 2 + begun[at + 1]
        if at > MAX_PDU_BYTES:
            raise FrameError("The identification is longer than any answer may be.")
    return at


@dataclass(frozen=True, slots=True)
class Identification:
    """Some identification objects of a device: id -> content. ``next_object`` is where to go on asking, None when these were the last."""

    objects: Mapping[int, bytes]
    next_object: int | None


def identification(body: bytes) -> Identification:
    """Read the payload of the answer to ``read_device_identification``.

    Raises:
        FrameError: it contradicts itself.
    """
    more, next_object, count = body[1:4]
    objects: dict[int, bytes] = {}
    at = 4
    for _ in range(count):
        number, size = body[at : at + 2]
        objects[number] = body[at + 2 : at + 2 + size]
        at += 2 + size
    if more not in (0, 0xFF) or len(objects) != count:
        raise FrameError(f"The identification {_shown(body)} contradicts itself.")
    return Identification(objects, next_object if more else None)


def _shown(data: bytes) -> str:
    """Bytes for a person, short enough for one line of a log."""
    return data[:24].hex(" ") + (" ..." if len(data) > 24 else "") if data else "nothing"
