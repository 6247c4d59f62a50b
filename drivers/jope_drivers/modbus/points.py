"""Where a tag stands in the device's tables, and what its registers mean (URS J01, A11d-05).

A tag's address is ``table:address`` with the tables ``coil``, ``discrete``, ``input`` and ``holding``, and ``table:address.bit`` for one bit of a
register, 0 being the lowest. Addresses are those of the protocol and count from 0: what a manual in the older numbering calls 40101 is ``holding:100``.

A value of several registers begins with its most significant one unless ``word_order`` is ``little``; a register begins with its higher byte unless
``byte_order`` is ``little``. The word order of a String is always as it is read. A String ends at its first NUL; spaces at its end are padding.

An unscaled integer stays an int. A scaled number is a ``Decimal``, computed without rounding. A float that is no finite number is no value.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from typing import Final

from jope.kernel.errors import DeviceRefusedError, SettingsError
from jope.plant.devices.tags import StatusCode, TagConfig, TagScalar, TagType
from jope_drivers.modbus.pdu import MAX_READ_REGISTERS, Request, Table, write_coil, write_register, write_registers

_ADDRESS: Final = re.compile(r"(coil|discrete|holding|input):(0|[1-9][0-9]{0,4})(?:\.(1[0-5]|[0-9]))?")
_FORMATS: Final = {
    TagType.INT16: struct.Struct(">h"),
    TagType.UINT16: struct.Struct(">H"),
    TagType.INT32: struct.Struct(">i"),
    TagType.UINT32: struct.Struct(">I"),
    TagType.INT64: struct.Struct(">q"),
    TagType.UINT64: struct.Struct(">Q"),
    TagType.FLOAT: struct.Struct(">f"),
    TagType.DOUBLE: struct.Struct(">d"),
}
_REAL: Final = frozenset({TagType.FLOAT, TagType.DOUBLE})
_EXACT: Final = Context(prec=2000, Emin=-9999, Emax=9999, traps=[Inexact, InvalidOperation, Overflow])
"""Holds every product of a 64-bit number and a registered scale; rounding would raise, and is not reached."""

_MAX_SCALE_DIGITS: Final = 30
_MAX_EXPONENT: Final = 400
"""No number that a register can hold is larger."""


@dataclass(frozen=True, slots=True)
class Point:
    """One tag at its place. ``count`` is in addresses of the table; ``bit`` is None for a whole register."""

    tag: TagConfig
    table: Table
    address: int
    count: int
    bit: int | None = None

    @property
    def end(self) -> int:
        """The first address behind the tag."""
        return self.address + self.count

    @classmethod
    def of(cls, tag: TagConfig) -> Point:
        """Read a tag's registration.

        Raises:
            SettingsError: address, type, orders or scaling do not fit together.
        """
        match = _ADDRESS.fullmatch(tag.address)
        if match is None:
            raise _unfit(tag, f"has the address '{tag.address}'", "Use coil:3, discrete:7, input:5, holding:100 or holding:10.3.")
        table, address = Table[match.group(1).upper()], int(match.group(2))
        bit = int(match.group(3)) if match.group(3) is not None else None
        is_bit = table.holds_bits or bit is not None
        if is_bit != (tag.data_type is TagType.BOOLEAN) or (table.holds_bits and bit is not None):
            raise _unfit(tag, f"is a {tag.data_type} at '{tag.address}'", "A Boolean is a coil, a discrete input or a bit of a register.")
        _refuse_odd_settings(tag)
        count = _registers(tag)
        if address + count > 0x10000:
            raise _unfit(tag, "ends behind the last address", "Addresses end at 65535.")
        return cls(tag, table, address, count, bit)

    # --- reading -----------------------------------------------------------------------------------------------------

    def value(self, data: bytes, base: int) -> tuple[TagScalar | None, StatusCode]:
        """The tag's value and its status out of the data of a read that began at address ``base``."""
        if self.table.holds_bits:
            at = self.address - base
            return bool(data[at >> 3] >> (at & 7) & 1), StatusCode.GOOD
        at = (self.address - base) * 2
        return self.decoded(data[at : at + self.count * 2])

    def decoded(self, registers: bytes) -> tuple[TagScalar | None, StatusCode]:
        """The value in the tag's own registers, as they came."""
        tag = self.tag
        ordered = _ordered(registers, tag)
        if self.bit is not None:
            return bool(int.from_bytes(ordered) >> self.bit & 1), StatusCode.GOOD
        if tag.data_type is TagType.STRING:
            return _text(ordered)
        raw: int | float = _FORMATS[tag.data_type].unpack(ordered)[0]
        if tag.data_type in _REAL and not math.isfinite(raw):
            return None, StatusCode.BAD_OUT_OF_RANGE
        if tag.scale == 1 and tag.offset == 0:
            return raw, StatusCode.GOOD
        return _EXACT.add(_EXACT.multiply(Decimal(raw), tag.scale), tag.offset), StatusCode.GOOD

    def differs(self, new: TagScalar | None, old: TagScalar | None) -> bool:
        """Whether a new value is to be delivered after the one delivered last."""
        if new == old:
            return False
        if self.tag.deadband == 0 or isinstance(new, bool | str) or isinstance(old, bool | str) or new is None or old is None:
            return True
        return abs(_EXACT.subtract(Decimal(new), Decimal(old))) > self.tag.deadband

    # --- writing -----------------------------------------------------------------------------------------------------

    def encoded(self, value: TagScalar) -> bytes:
        """The tag's registers, or the one byte of a coil, that hold exactly this value; a Float holds the nearest one it can.

        Raises:
            DeviceRefusedError: the tag cannot hold the value.
        """
        tag = self.tag
        if tag.data_type is TagType.BOOLEAN:
            if not isinstance(value, bool):
                raise self._cannot_hold(value)
            return bytes((value,))
        if tag.data_type is TagType.STRING:
            return _ordered(self._text_bytes(value), tag)
        raw = self._raw(value)
        try:
            return _ordered(_FORMATS[tag.data_type].pack(float(raw) if tag.data_type in _REAL else raw.numerator), tag)
        except (struct.error, OverflowError) as error:
            raise self._cannot_hold(value) from error

    def write(self, encoded: bytes) -> Request:
        """The request that writes what ``encoded`` made.

        Raises:
            DeviceRefusedError: the tag's table cannot be written, or the tag is a bit among others of one register.
        """
        if self.table is Table.COIL:
            return write_coil(self.address, encoded != b"\0")
        if self.table is not Table.HOLDING or self.bit is not None:
            raise DeviceRefusedError(
                f"{self.tag.tag_id} at {self.tag.address} cannot be written.", remedy="Coils and whole holding registers can be written."
            )
        return write_register(self.address, encoded) if self.count == 1 else write_registers(self.address, encoded)

    def _raw(self, value: TagScalar) -> Fraction:
        """What the registers must hold, before its type."""
        is_real = self.tag.data_type in _REAL
        if isinstance(value, bool | str) or (isinstance(value, float) and not is_real):
            raise self._cannot_hold(value)
        if isinstance(value, float | Decimal) and not (math.isfinite(value) and abs(Decimal(value).adjusted()) < _MAX_EXPONENT):
            raise self._cannot_hold(value)
        raw = (Fraction(value) - Fraction(self.tag.offset)) / Fraction(self.tag.scale)
        if raw.denominator != 1 and not is_real:
            raise self._cannot_hold(value)
        return raw

    def _text_bytes(self, value: TagScalar) -> bytes:
        size = self.count * 2
        data = value.encode("utf-8") if isinstance(value, str) and value.isprintable() and value == value.rstrip(" ") else None
        if data is None or len(data) > size:
            raise self._cannot_hold(value)
        return data.ljust(size, b"\0")

    def _cannot_hold(self, value: TagScalar) -> DeviceRefusedError:
        return DeviceRefusedError(f"{self.tag.tag_id} ({self.tag.data_type}) cannot hold {str(value)[:40]!r}.")


def _unfit(tag: TagConfig, what: str, remedy: str) -> SettingsError:
    return SettingsError(f"Tag {tag.tag_id} {what}.", remedy=remedy)


def _refuse_odd_settings(tag: TagConfig) -> None:
    if tag.word_order not in ("big", "little") or tag.byte_order not in ("big", "little"):
        raise _unfit(tag, f"has word order '{tag.word_order}' and byte order '{tag.byte_order}'", "Use big or little.")
    numbers = (tag.scale, tag.offset, tag.deadband)
    if not all(number.is_finite() and len(number.as_tuple().digits) <= _MAX_SCALE_DIGITS and _is_moderate(number) for number in numbers):
        raise _unfit(tag, "has a scale, offset or deadband that is no plain number", "Use decimal numbers of at most 30 digits.")
    if tag.scale == 0 or tag.deadband < 0:
        raise _unfit(tag, "has the scale 0 or a deadband below 0", "Use another scale; a deadband of 0 delivers every change.")
    if tag.data_type in (TagType.BOOLEAN, TagType.STRING) and (tag.scale != 1 or tag.offset != 0):
        raise _unfit(tag, f"is a {tag.data_type} with a scale or an offset", "Only numbers are scaled.")
    if tag.sampling_ms < 1:
        raise _unfit(tag, f"is looked at every {tag.sampling_ms} ms", "Use at least 1 ms.")


def _is_moderate(number: Decimal) -> bool:
    return number == 0 or abs(number.adjusted()) <= _MAX_SCALE_DIGITS


def _registers(tag: TagConfig) -> int:
    if tag.data_type is TagType.BOOLEAN:
        return 1
    if tag.data_type is not TagType.STRING:
        return _FORMATS[tag.data_type].size // 2
    if not 1 <= tag.length <= MAX_READ_REGISTERS:
        raise _unfit(tag, f"is a String of {tag.length} registers", f"Use a length from 1 to {MAX_READ_REGISTERS} registers.")
    return tag.length


def _ordered(registers: bytes, tag: TagConfig) -> bytes:
    """Between the order of the device and big-endian; the same way in both directions."""
    if tag.word_order == "big" and tag.byte_order == "big":
        return registers
    words = [registers[at : at + 2] for at in range(0, len(registers), 2)]
    if tag.byte_order == "little":
        words = [word[::-1] for word in words]
    if tag.word_order == "little" and tag.data_type is not TagType.STRING:
        words.reverse()
    return b"".join(words)


def _text(data: bytes) -> tuple[str | None, StatusCode]:
    try:
        text = data.partition(b"\0")[0].decode("utf-8").rstrip(" ")
    except UnicodeDecodeError:
        return None, StatusCode.BAD_DECODING_ERROR
    return (text, StatusCode.GOOD) if text.isprintable() else (None, StatusCode.BAD_DECODING_ERROR)
