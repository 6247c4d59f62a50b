"""What a ZPL II printer answers, read strictly: every field in its place and of its form, or nothing is believed (URS F16).

- ``~HS``: three strings, ``STX fields ETX CR LF``, of 12, 11 and 2 fields.
- ``~HI``: one string with model, firmware, dots per millimetre and memory.
- ``~HQSN``: a titled block between STX and ETX.
- ``! U1 getvar "odometer.total_label_count"``: a number in quotes, or a question mark from a printer that has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from jope.kernel.errors import FrameError
from jope.plant.devices.printing import PrinterFault

HOST_STATUS: Final = b"~HS"
HOST_IDENTIFICATION: Final = b"~HI"
SERIAL_NUMBER: Final = b"~HQSN"
ODOMETER: Final = b'! U1 getvar "odometer.total_label_count"\r\n'
MAX_ANSWER_BYTES: Final = 600
"""The longest answer to any of these questions is shorter; a device that says more is not believed."""

_FIRST: Final = rb"\x02\d{3},([01]),([01]),\d{4,5},(\d{3}),([01]),([01]),([01]),\d{3},([01]),([01]),([01])\x03\r\n"
_SECOND: Final = rb"\x02\d{3},[01],([01]),([01]),[01],[0-9A-Z],\d,[01],(\d{8}),[01],\d{3}\x03\r\n"
_THIRD: Final = rb"\x02[0-9A-Z]{4},[01]\x03\r\n"
_STATUS: Final = re.compile(_FIRST + _SECOND + _THIRD)
_IDENTIFICATION: Final = re.compile(
    rb"\x02([!-+\--~][ -+\--~]{0,58}),([!-+\--~]{1,40}),(6|8|12|24),\d{1,7} ?KB(?:,[ -+\--~]{0,40})*\x03(?:\r\n)?"
)
_SERIAL: Final = re.compile(rb"\x02[ \r\n]*SERIAL NUMBER[ ]*\r\n[ ]*([0-9A-Za-z][0-9A-Za-z-]{2,31})[ \r\n]*\x03(?:\r\n)?")
_COUNT: Final = re.compile(rb'"(\d{1,12})"(?:\r\n)?')
_NO_COUNT: Final = re.compile(rb'(?:"\?"|\?)(?:\r\n)?')


@dataclass(frozen=True, slots=True)
class HostStatus:
    """What ``~HS`` says, as far as printing needs it."""

    faults: tuple[PrinterFault, ...]
    formats_waiting: int
    labels_remaining: int


@dataclass(frozen=True, slots=True)
class HostIdentification:
    """What ``~HI`` says. The resolution is in dots per millimetre."""

    model: str
    firmware: str
    dots_per_mm: int


def status_is_whole(data: bytes) -> bool:
    """Whether as many strings have ended as ``~HS`` is answered with."""
    return data.count(b"\x03\r\n") >= 3


def block_is_whole(data: bytes) -> bool:
    """Whether one string has ended."""
    return b"\x03" in data


def count_is_whole(data: bytes) -> bool:
    """Whether a value has ended."""
    return _COUNT.fullmatch(data) is not None or _NO_COUNT.fullmatch(data) is not None


def parse_host_status(data: bytes) -> HostStatus:
    """The status that an answer to ``~HS`` tells.

    Raises:
        FrameError: the answer is not exactly of that form.
    """
    found = _STATUS.fullmatch(data)
    if found is None:
        raise _not_understood("host status", data)
    paper, pause, formats, buffer, _diagnostic, partial, memory, cold, hot, head, ribbon, remaining = found.groups()
    said = (
        (PrinterFault.PAPER_OUT, paper), (PrinterFault.RIBBON_OUT, ribbon), (PrinterFault.HEAD_OPEN, head), (PrinterFault.PAUSED, pause),
        (PrinterFault.BUFFER_FULL, buffer), (PrinterFault.TOO_HOT, hot), (PrinterFault.TOO_COLD, cold), (PrinterFault.MEMORY, memory),
    )  # fmt: skip
    waiting = int(formats) + int(partial)
    return HostStatus(tuple(fault for fault, flag in said if flag == b"1"), waiting, int(remaining))


def parse_identification(data: bytes) -> HostIdentification:
    """Who answers ``~HI``.

    Raises:
        FrameError: the answer is not exactly of that form.
    """
    found = _IDENTIFICATION.fullmatch(data)
    if found is None:
        raise _not_understood("identification", data)
    model, firmware, dots = found.groups()
    return HostIdentification(model.decode("ascii").rstrip(), firmware.decode("ascii"), int(dots))


def parse_serial_number(data: bytes) -> str:
    """The serial number in an answer to ``~HQSN``.

    Raises:
        FrameError: the answer is not exactly of that form.
    """
    found = _SERIAL.fullmatch(data)
    if found is None:
        raise _not_understood("serial number", data)
    return found.group(1).decode("ascii")


def parse_odometer(data: bytes) -> int | None:
    """How many labels the printer has printed, None from one that does not count them.

    Raises:
        FrameError: the answer is neither.
    """
    if _NO_COUNT.fullmatch(data) is not None:
        return None
    found = _COUNT.fullmatch(data)
    if found is None:
        raise _not_understood("label count", data)
    return int(found.group(1))


def written_out(data: bytes) -> str:
    """Bytes as a person can read them, every one of them."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else f"<{byte:02X}>" for byte in data)


def _not_understood(what: str, data: bytes) -> FrameError:
    return FrameError(f"The printer's {what} cannot be understood: {written_out(data[:120]) or 'nothing'}.")
