"""Publish and Republish responses taken apart (OPC 10000-6, 5.2; OPC 10000-4, 5.14.5).

Written for two things that the library's general decoder is not made for: thousands of values a second, and a server that lies about lengths. Nothing
is allocated for a length that the message cannot hold; whatever does not fit raises ``ValueError`` or ``struct.error`` and ends the connection.
Only scalars that a tag may have are decoded; everything else is stepped over and told by its kind.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

KIND_NULL: Final = 0
KIND_STRING: Final = 12
KIND_OTHER: Final = -1
"""An array, a structure, or another type that no tag can have."""

DATA_CHANGE: Final = 811
STATUS_CHANGE: Final = 820
PUBLISH_RESPONSE: Final = 829
REPUBLISH_RESPONSE: Final = 835
SERVICE_FAULT: Final = 397
"""Numeric ids of the binary encodings (OPC 10000-6, annex A.3)."""

MAX_DEPTH: Final = 16
_EPOCH_TICKS: Final = 116_444_736_000_000_000
"""1970 in ticks of 100 ns since 1601."""

_BYTE: Final = Struct("<B")
_UINT16: Final = Struct("<H")
_UINT32: Final = Struct("<I")
_INT32: Final = Struct("<i")
_INT64: Final = Struct("<q")
_TWO_UINT32: Final = Struct("<II")
_SCALARS: Final[dict[int, Struct]] = {
    1: Struct("<?"),
    4: Struct("<h"),
    5: Struct("<H"),
    6: Struct("<i"),
    7: Struct("<I"),
    8: Struct("<q"),
    9: Struct("<Q"),
    10: Struct("<f"),
    11: Struct("<d"),
}
"""Built-in types of tags: Boolean, Int16 to UInt64, Float, Double."""

_FIXED_SIZES: Final = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 4, 8: 8, 9: 8, 10: 4, 11: 8, 13: 8, 14: 16, 19: 4}
_LENGTH_PREFIXED: Final = frozenset((12, 15, 16))
_DIMENSIONS, _ARRAY = 0x40, 0x80


class Change(NamedTuple):
    """One value of one monitored item. Times in UTC microseconds; ``kind`` is the built-in type's number or one of the ``KIND_`` values."""

    handle: int
    kind: int
    value: bool | int | float | str | None
    status: int
    source_us: int | None
    server_us: int | None


class Notification(NamedTuple):
    """One notification message. ``status`` is that of a StatusChangeNotification, None where there was none."""

    subscription_id: int
    sequence: int
    more: bool
    keep_alive: bool
    changes: list[Change]
    status: int | None
    available: tuple[int, ...]


class ServiceFault(NamedTuple):
    """The server answered with a fault instead."""

    status: int


def decode_response(data: bytes, expected: int) -> Notification | ServiceFault:
    """Take a Publish or Republish response apart.

    Raises:
        ValueError, struct.error: it is none.
    """
    encoding, pos = _numeric_id(data, 0)
    result, pos = _response_header(data, pos)
    if encoding == SERVICE_FAULT or result & 0x80000000:
        return ServiceFault(result)
    if encoding != expected:
        raise ValueError(f"answer of encoding {encoding} instead of {expected}")
    if expected == REPUBLISH_RESPONSE:
        return _message(data, pos, 0, False, ())
    (subscription_id,) = _UINT32.unpack_from(data, pos)
    count, pos = _count(data, pos + 4, 4)
    available = Struct(f"<{count}I").unpack_from(data, pos)
    pos += 4 * count
    return _message(data, pos + 1, subscription_id, data[pos] != 0, available)


def _message(data: bytes, pos: int, subscription_id: int, more: bool, available: tuple[int, ...]) -> Notification:
    (sequence,) = _UINT32.unpack_from(data, pos)
    count, pos = _count(data, pos + 12, 3)  # the publish time stands between
    changes: list[Change] = []
    status: int | None = None
    for _ in range(count):
        kind, pos = _numeric_id(data, pos)
        if data[pos] != 1:
            pos = _skip_body(data, pos)
            continue
        (length,) = _INT32.unpack_from(data, pos + 1)
        begin = pos + 5
        pos = _step(data, begin, length)
        if kind == DATA_CHANGE:
            _data_changes(data, begin, changes)
        elif kind == STATUS_CHANGE:
            (status,) = _UINT32.unpack_from(data, begin)
    return Notification(subscription_id, sequence, more, count == 0, changes, status, available)


def _data_changes(data: bytes, pos: int, changes: list[Change]) -> None:
    """The hot path: one round for each value."""
    count, pos = _count(data, pos, 5)
    handle_of, ticks_of, status_of = _UINT32.unpack_from, _INT64.unpack_from, _UINT32.unpack_from
    scalars, append = _SCALARS, changes.append
    for _ in range(count):
        (handle,) = handle_of(data, pos)
        mask = data[pos + 4]
        pos += 5
        kind, value, status = 0, None, 0
        source_us = server_us = None
        if mask & 1:
            kind = data[pos]
            scalar = scalars.get(kind)
            if scalar is not None:
                (value,) = scalar.unpack_from(data, pos + 1)
                pos += 1 + scalar.size
            else:
                kind, value, pos = _other_value(data, pos)
        if mask & 2:
            (status,) = status_of(data, pos)
            pos += 4
        if mask & 4:
            (ticks,) = ticks_of(data, pos)
            pos += 8
            source_us = (ticks - _EPOCH_TICKS) // 10 if ticks > 0 else None
        if mask & 16:
            pos += 2
        if mask & 8:
            (ticks,) = ticks_of(data, pos)
            pos += 8
            server_us = (ticks - _EPOCH_TICKS) // 10 if ticks > 0 else None
        if mask & 32:
            pos += 2
        append(Change(handle, kind, value, status, source_us, server_us))


def _other_value(data: bytes, pos: int) -> tuple[int, str | None, int]:
    kind = data[pos]
    if kind == KIND_STRING:
        (length,) = _INT32.unpack_from(data, pos + 1)
        if length < 0:
            return KIND_NULL, None, pos + 5
        end = _step(data, pos + 5, length)
        return KIND_STRING, data[pos + 5 : end].decode("utf-8"), end
    return (KIND_NULL if kind == KIND_NULL else KIND_OTHER), None, _skip_variant(data, pos, 0)


# --- stepping over -----------------------------------------------------------------------------------------------------


def _step(data: bytes, pos: int, length: int) -> int:
    """The place behind ``length`` bytes, which must be there."""
    end = pos + max(length, 0)
    if end > len(data):
        raise ValueError(f"{length} bytes announced, {len(data) - pos} left")
    return end


def _count(data: bytes, pos: int, least: int) -> tuple[int, int]:
    """The length of an array whose elements take at least ``least`` bytes, and the place of its first."""
    (count,) = _INT32.unpack_from(data, pos)
    count = max(count, 0)
    _step(data, pos + 4, count * least)
    return count, pos + 4


def _numeric_id(data: bytes, pos: int) -> tuple[int, int]:
    """The number of a node id of namespace 0, -1 for any other, and the place behind it."""
    form = data[pos]
    if form == 0:
        return data[pos + 1], pos + 2
    if form == 1 and data[pos + 1] == 0:
        return _UINT16.unpack_from(data, pos + 2)[0], pos + 4
    return -1, _skip_node_id(data, pos)


def _response_header(data: bytes, pos: int) -> tuple[int, int]:
    """The service result, and the place behind the header."""
    _, result = _TWO_UINT32.unpack_from(data, pos + 8)
    pos = _skip_diagnostics(data, pos + 16, 0)
    count, pos = _count(data, pos, 4)
    for _ in range(count):
        pos = _skip_string(data, pos)
    _, pos = _numeric_id(data, pos)
    return result, _skip_body(data, pos)


def _skip_string(data: bytes, pos: int) -> int:
    return _step(data, pos + 4, _INT32.unpack_from(data, pos)[0])


def _skip_body(data: bytes, pos: int) -> int:
    """The body of an ExtensionObject behind its type."""
    return _skip_string(data, pos + 1) if _BYTE.unpack_from(data, pos)[0] else pos + 1


def _skip_node_id(data: bytes, pos: int) -> int:
    form = data[pos]
    plain = form & 0x3F
    if plain in _NODE_ID_SIZES:
        pos = _step(data, pos, _NODE_ID_SIZES[plain])
    elif plain in (3, 5):
        pos = _skip_string(data, pos + 3)
    else:
        raise ValueError(f"node id of form {form}")
    if form & 0x80:
        pos = _skip_string(data, pos)
    return pos + 4 if form & 0x40 else pos


_NODE_ID_SIZES: Final = {0: 2, 1: 4, 2: 7, 4: 19}


def _skip_diagnostics(data: bytes, pos: int, depth: int) -> int:
    mask = data[pos]
    pos += 1
    if mask == 0:
        return pos
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    pos += 4 * (mask & 0x0F).bit_count()
    if mask & 0x10:
        pos = _skip_string(data, pos)
    if mask & 0x20:
        pos += 4
    return _skip_diagnostics(data, pos, depth + 1) if mask & 0x40 else pos


def _skip_variant(data: bytes, pos: int, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    form = data[pos]
    kind = form & 0x3F
    pos += 1
    if not form & _ARRAY:
        return _skip_scalar(data, pos, kind, depth)
    size = _FIXED_SIZES.get(kind)
    count, pos = _count(data, pos, size or 1)
    if size is not None:
        pos += size * count
    else:
        for _ in range(count):
            pos = _skip_scalar(data, pos, kind, depth)
    if form & _DIMENSIONS:
        count, pos = _count(data, pos, 4)
        pos += 4 * count
    return pos


def _skip_scalar(data: bytes, pos: int, kind: int, depth: int) -> int:
    if kind == KIND_NULL:
        return pos
    if kind in _FIXED_SIZES:
        return _step(data, pos, _FIXED_SIZES[kind])
    if kind in _LENGTH_PREFIXED:
        return _skip_string(data, pos)
    return _skip_structured(data, pos, kind, depth)


def _skip_structured(data: bytes, pos: int, kind: int, depth: int) -> int:
    if kind in (17, 18):
        return _skip_node_id(data, pos)
    if kind == 20:
        return _skip_string(data, pos + 2)
    if kind == 21:
        mask = data[pos]
        pos = _skip_string(data, pos + 1) if mask & 1 else pos + 1
        return _skip_string(data, pos) if mask & 2 else pos
    if kind == 22:
        return _skip_body(data, _skip_node_id(data, pos))
    if kind == 23:
        return _skip_data_value(data, pos, depth + 1)
    if kind == 24:
        return _skip_variant(data, pos, depth + 1)
    if kind == 25:
        return _skip_diagnostics(data, pos, depth + 1)
    raise ValueError(f"variant of kind {kind}")


def _skip_data_value(data: bytes, pos: int, depth: int) -> int:
    mask = data[pos]
    pos = _skip_variant(data, pos + 1, depth) if mask & 1 else pos + 1
    for bit, size in ((2, 4), (4, 8), (16, 2), (8, 8), (32, 2)):
        pos += size if mask & bit else 0
    return _step(data, pos, 0)
