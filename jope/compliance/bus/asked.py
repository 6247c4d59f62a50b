"""What is asked, before anything is done about it: the form of a command's fields, and what tells one command from another.

A dataclass does not check its types, and a trail is for ever: a number where a text belongs would stand in it and in its projections in two forms.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from jope.compliance.commands import Command, SignatureInput
from jope.kernel.canonical import INTEGER_LIMIT, canonical_bytes
from jope.kernel.errors import MalformedCommandError

LONGEST_TEXT = 2000
"""Characters of one field. A reason that long fills a page of the record."""
_KNOWN: dict[type, dict[str, Any]] = {}
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]")
"""What no record holds: control characters but tab and line feed, separators that only look like one, and half characters."""


def require_form(command: Command, signature: SignatureInput | None) -> None:
    """Check every field of a command and of its signature against its declared type.

    Raises:
        MalformedCommandError: names the field.
    """
    for thing in (command, *(() if signature is None else (signature,))):
        for name, kind in _hints(type(thing)).items():
            fault = _fault(getattr(thing, name), kind)
            if fault:
                raise MalformedCommandError(f"The field '{name}' {fault}.")
    if not _ID.fullmatch(command.command_id):
        raise MalformedCommandError("The command has no proper id.")


def _hints(kind: type) -> dict[str, Any]:
    """The declared types of a dataclass' fields, worked out once."""
    found = _KNOWN.get(kind)
    if found is None:
        hints = get_type_hints(kind)
        found = _KNOWN[kind] = {f.name: hints[f.name] for f in dataclasses.fields(kind)}
    return found


def _fault(value: Any, kind: Any) -> str:
    """What is wrong with a value, empty where nothing is."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        faults = [_fault(value, one) for one in get_args(kind)]
        return "" if "" in faults else faults[0]
    if origin is tuple:
        return _fault_among(value, get_args(kind)[0])
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _fault_within(value, kind)
    return _fault_of_one(value, NoneType if kind is None else kind)


def _fault_of_one(value: Any, kind: type) -> str:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return "must be empty" if kind is NoneType else f"is no {kind.__name__}"
    if isinstance(value, str):
        return _text_fault(value)
    return "is too large" if isinstance(value, int) and abs(value) >= INTEGER_LIMIT else ""


def _fault_among(values: Any, kind: Any) -> str:
    if not isinstance(values, tuple):
        return "is no list of values"
    return next((fault for value in values if (fault := _fault(value, kind))), "")


def _fault_within(value: Any, kind: type) -> str:
    if not isinstance(value, kind):
        return f"is no {kind.__name__}"
    return next((fault for name, hint in _hints(kind).items() if (fault := _fault(getattr(value, name), hint))), "")


def _text_fault(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        return f"is longer than {LONGEST_TEXT} characters"
    return "holds a character that no record may hold" if _CONTROL.search(text) else ""


def asked_by(command: Command, plain: Mapping[str, Any]) -> dict[str, str]:
    """Type and digest of a command: what must be the same when its id comes again. ``plain`` is its content without secrets."""
    content = {name: value for name, value in plain.items() if name != "command_id"}
    return {"command": type(command).__name__, "digest": hashlib.sha256(canonical_bytes(content)).hexdigest()}
