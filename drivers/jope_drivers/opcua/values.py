"""What a server sends becomes a tag's value, or a Bad one: type, range of numbers, scaling, deadband (URS J01; OPC 10000-4, 7.39)."""

from __future__ import annotations

import math
import struct
from decimal import Context, Decimal
from typing import Final

from jope.plant.devices.tags import SampleFlag, StatusCode, TagConfig, TagScalar, TagType, TagValue
from jope_drivers.opcua.decoding import KIND_NULL, Change

KINDS: Final = {
    TagType.BOOLEAN: 1,
    TagType.INT16: 4,
    TagType.UINT16: 5,
    TagType.INT32: 6,
    TagType.UINT32: 7,
    TagType.INT64: 8,
    TagType.UINT64: 9,
    TagType.FLOAT: 10,
    TagType.DOUBLE: 11,
    TagType.STRING: 12,
}
"""Type of a tag -> number of the OPC-UA built-in type."""

FLOATS: Final = frozenset((TagType.FLOAT, TagType.DOUBLE))
NUMBERS: Final = frozenset(KINDS) - {TagType.BOOLEAN, TagType.STRING}
MAX_TEXT: Final = 4096
"""Characters of a String; a longer one is not a value of a process."""

EXACT: Final = Context(prec=60)
_OVERFLOW: Final = 0x0480
"""InfoType DataValue and Overflow (OPC 10000-4, 7.39.1, table 178)."""
_OVERFLOW_MASK: Final = 0x0C80
_BAD: Final = 0x80000000


def is_scaled(tag: TagConfig) -> bool:
    """Whether scale and offset do anything; a tag without is delivered as the device sent it."""
    return tag.data_type in NUMBERS and (tag.scale != 1 or tag.offset != 0)


def exact_decimal(raw: int | float, data_type: TagType) -> Decimal:
    """A number as the decimal that stands for it: a float as the shortest text that reads back as the same float of its size."""
    if isinstance(raw, int):
        return Decimal(raw)
    if data_type is TagType.FLOAT:
        for digits in range(6, 10):
            text = f"{raw:.{digits}g}"
            if as_single(float(text)) == raw:
                return Decimal(text)
    return Decimal(repr(raw))


def as_single(value: float) -> float:
    """The nearest Float (IEC 60559 single) of a number."""
    nearest: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return nearest


class TagReader:
    """Makes the values of one tag. Not thread-safe; belongs to the driver's loop.

    ``filters_here`` says that the server does not know the deadband, so that it is applied here.
    """

    def __init__(self, tag: TagConfig) -> None:
        self.tag = tag
        self.filters_here = False
        self.told = False
        """Whether the tag has told anything, a value or a Bad one, since the items were made."""
        self.status: int = StatusCode.BAD_WAITING_FOR_INITIAL_DATA
        self._tag_id = tag.tag_id
        self._kind = KINDS[tag.data_type]
        self._is_float = tag.data_type in FLOATS
        self._is_text = tag.data_type is TagType.STRING
        self._scaled = is_scaled(tag)
        self._deadband = tag.deadband if tag.data_type in NUMBERS else Decimal(0)
        self._last: tuple[TagScalar, int] | None = None
        self._next_flags = 0

    def flag_next(self, flag: SampleFlag) -> None:
        """Give the next value a flag."""
        self._next_flags |= flag

    def forget(self) -> None:
        """The items are made anew: nothing of before counts."""
        self.told = False
        self._last = None
        self.status = StatusCode.BAD_WAITING_FOR_INITIAL_DATA

    def bad(self, status: int, flags: int, *, source_us: int | None = None, server_us: int | None = None) -> TagValue:
        """A value that is not there."""
        self.told = True
        self.status = status
        flags, self._next_flags = flags | self._next_flags, 0
        self._last = None
        return TagValue(self._tag_id, None, status, source_us, server_us, flags)

    def read(self, change: Change, flags: int) -> TagValue | None:
        """A value as the server sent it, judged; None where the deadband holds it back."""
        _, kind, raw, status, source_us, server_us = change
        if status & _OVERFLOW_MASK == _OVERFLOW:
            flags |= SampleFlag.OVERFLOW
        if status & _BAD:
            return self.bad(status, flags, source_us=source_us, server_us=server_us)
        if kind != self._kind:
            wrong = StatusCode.BAD_TYPE_MISMATCH if kind != KIND_NULL else StatusCode.BAD_WAITING_FOR_INITIAL_DATA
            return self.bad(wrong, flags, source_us=source_us, server_us=server_us)
        value: TagScalar = raw  # type: ignore[assignment]  # of the registered kind, as was looked at above
        if self._is_float and not math.isfinite(value):  # type: ignore[arg-type]
            return self.bad(StatusCode.BAD_OUT_OF_RANGE, flags, source_us=source_us, server_us=server_us)
        if self._is_text and len(value) > MAX_TEXT:  # type: ignore[arg-type]
            return self.bad(StatusCode.BAD_OUT_OF_RANGE, flags, source_us=source_us, server_us=server_us)
        if self._scaled:
            value = self._scale(value)
        if self.filters_here and self._is_held_back(value, status):
            return None
        self.told = True
        self.status = status
        if self._next_flags:
            flags, self._next_flags = flags | self._next_flags, 0
        return TagValue(self._tag_id, value, status, source_us, server_us, flags)

    def _scale(self, raw: TagScalar) -> Decimal:
        number = exact_decimal(raw, self.tag.data_type)  # type: ignore[arg-type]  # scaled tags are numbers
        return EXACT.fma(number, self.tag.scale, self.tag.offset)

    def _is_held_back(self, value: TagScalar, status: int) -> bool:
        if not self._deadband or isinstance(value, str):
            return False
        last, self._last = self._last, (value, status)
        if last is None or last[1] != status or self._next_flags:
            return False
        if abs(Decimal(value) - Decimal(last[0])) > self._deadband:
            return False
        self._last = last
        return True


def raw_deadband(tag: TagConfig) -> float:
    """The deadband in the device's own numbers, 0 for none."""
    if tag.data_type not in NUMBERS or not tag.deadband or not tag.scale:
        return 0.0
    return float(tag.deadband / abs(tag.scale))
