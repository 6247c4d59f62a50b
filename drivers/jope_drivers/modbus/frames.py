"""The two envelopes of a Modbus message, without any I/O: MBAP for TCP, address and CRC for serial lines (URS J01, P11-09)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from jope.kernel.errors import FrameError
from jope_drivers.modbus.pdu import MAX_PDU_BYTES, Request, answer_size

MBAP_BYTES: Final = 7
MAX_TCP_FRAME: Final = MBAP_BYTES + MAX_PDU_BYTES
MAX_RTU_FRAME: Final = 256
_CRC_POLYNOMIAL: Final = 0xA001


@dataclass(frozen=True, slots=True)
class TcpFrame:
    """One whole message of a TCP connection."""

    transaction_id: int
    unit_id: int
    pdu: bytes


def tcp_frame(transaction_id: int, unit_id: int, pdu: bytes) -> bytes:
    """A message with its MBAP header."""
    return struct.pack(">HHHB", transaction_id, 0, len(pdu) + 1, unit_id) + pdu


def take_tcp_frame(buffer: bytearray) -> TcpFrame | None:
    """Take the first message out of what has come; None while it is not whole.

    Raises:
        FrameError: this is no Modbus header; where the next message begins cannot be known any more.
    """
    if len(buffer) < MBAP_BYTES:
        return None
    transaction_id, protocol_id, length, unit_id = struct.unpack_from(">HHHB", buffer)
    if protocol_id != 0 or not 2 <= length <= MAX_PDU_BYTES + 1:
        raise FrameError(f"{bytes(buffer[:MBAP_BYTES]).hex(' ')} is no header of a Modbus message.")
    end = MBAP_BYTES - 1 + length
    if len(buffer) < end:
        return None
    frame = TcpFrame(transaction_id, unit_id, bytes(buffer[MBAP_BYTES:end]))
    del buffer[:end]
    return frame


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_CRC_POLYNOMIAL if value & 1 else 0)  # noqa: PLW2901
        table.append(value)
    return tuple(table)


_CRC_TABLE: Final = _crc_table()


def crc(data: bytes) -> bytes:
    """CRC-16/MODBUS as it goes over the line, low byte first."""
    value = 0xFFFF
    for byte in data:
        value = value >> 8 ^ _CRC_TABLE[(value ^ byte) & 0xFF]
    return value.to_bytes(2, "little")


def rtu_frame(unit_id: int, pdu: bytes) -> bytes:
    """A message with the device's address and its CRC."""
    body = bytes((unit_id,)) + pdu
    return body + crc(body)


def rtu_answer_size(request: Request, begun: bytes) -> int:
    """How many bytes the frame that answers ``request`` has in all, as far as its beginning tells.

    Raises:
        FrameError: whatever follows, this cannot become an answer to this request.
    """
    return answer_size(request, begun[1:]) + 3


def rtu_pdu(unit_id: int, frame: bytes) -> bytes:
    """The message inside a whole frame.

    Raises:
        FrameError: another device answered, the checksum is wrong, or the frame is too short to have one.
    """
    if len(frame) < 5 or crc(frame[:-2]) != frame[-2:]:
        raise FrameError(f"The checksum of {frame[:24].hex(' ')} is wrong.")
    if frame[0] != unit_id:
        raise FrameError(f"Device {frame[0]} answers, device {unit_id} was asked.")
    return frame[1:-2]
