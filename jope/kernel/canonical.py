"""Canonical JSON: the bytes that are hashed and signed.

A profile of RFC 8785 in which the standard library's ``json`` with sorted keys gives the same bytes as JCS: no floats (decimals travel as
strings), integers below 2^53 in magnitude, ASCII keys, no duplicate keys, text in UTF-8 without lone surrogates.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Any

from jope.kernel.errors import CanonicalFormError

INTEGER_LIMIT = 2**53
_TEXT = frozenset({str})
_PLAIN = frozenset({str, bool, type(None)})
_KINDS = _PLAIN | {int, dict, list, tuple}
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_text(value: Any) -> str:
    """The canonical text of a JSON value.

    Raises:
        CanonicalFormError: the value holds a float, a large integer, a key that is not ASCII text, a lone surrogate, or another type.
    """
    _require_profile(value)
    text = _ENCODER.encode(value)
    if not text.isascii():
        _require_unicode(text)
    return text


def canonical_string(text: str) -> str:
    """The canonical text of one string; the short way for what is known to be one.

    Raises:
        CanonicalFormError: the text holds half a surrogate pair.
    """
    if not text.isascii():
        _require_unicode(text)
    return encode_basestring(text)


def canonical_integer(number: int) -> str:
    """The canonical text of one integer; the short way for what is known to be one.

    Raises:
        CanonicalFormError: 2^53 or more in magnitude.
    """
    _require_exact(number)
    return f"{number:d}"


def canonical_bytes(value: Any) -> bytes:
    """The canonical bytes of a JSON value, UTF-8."""
    return canonical_text(value).encode("utf-8")


def parse_canonical(text: str) -> Any:
    """Read canonical text back; anything that is not exactly canonical is refused.

    Raises:
        CanonicalFormError: not JSON, outside the profile, duplicate keys, or other bytes than the canonical form.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise CanonicalFormError(f"Not canonical JSON: {error}.") from error
    if canonical_text(value) != text:
        raise CanonicalFormError("The text is JSON, but not in canonical form.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CanonicalFormError("A key stands twice.")
    return found


def _no_float(text: str) -> Any:
    raise CanonicalFormError(f"'{text[:20]}' is a float; decimals travel as strings.")


def _require_profile(value: Any) -> None:
    """Walk the containers, a container at a time: this runs for every event of the trail, and most hold nothing but texts."""
    pending: list[Iterable[Any]] = [(value,)]
    while pending:
        items = pending.pop()
        kinds = {*map(type, items)}
        if kinds <= _PLAIN:
            continue
        if not kinds <= _KINDS:
            raise CanonicalFormError(f"A {next(iter(kinds - _KINDS)).__name__} has no canonical form.")
        for item in items:
            kind = type(item)
            if kind is int:
                _require_exact(item)
            elif kind is dict:
                _require_keys(item)
                pending.append(item.values())
            elif kind is list or kind is tuple:
                pending.append(item)


def _require_keys(container: dict[Any, Any]) -> None:
    if not {*map(type, container)} <= _TEXT or not "".join(container).isascii():
        raise CanonicalFormError(f"A key of {list(container)!r:.80} is not ASCII text.")


def _require_exact(number: int) -> None:
    if not -INTEGER_LIMIT < number < INTEGER_LIMIT:
        raise CanonicalFormError(f"The integer {number} is too large.")


def _require_unicode(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CanonicalFormError("The text holds half a surrogate pair.") from error
