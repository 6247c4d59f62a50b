"""What the trail keeps of a command and of its result, and how a repeated command gets its first outcome back."""

from __future__ import annotations

import dataclasses
import json
from enum import Enum
from types import NoneType
from typing import Any

from jope.compliance.commands import Command
from jope.kernel import errors
from jope.kernel.canonical import INTEGER_LIMIT
from jope.kernel.errors import JopeError, RefusedError

_FIELD_LIMIT = 2000


def storable(value: Any) -> dict[str, Any] | None:
    """A result dataclass as canonical JSON without its secret fields (those with ``repr=False``)."""
    if value is None:
        return None
    return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.repr}


def storable_command(command: Command) -> dict[str, Any]:
    """A command's fields for a refusal event, without secrets; long texts are cut visibly."""
    return {f.name: _plain(getattr(command, f.name)) for f in dataclasses.fields(command) if f.repr}


def result_of(expected: Any, payload: str) -> Any:
    """The first result of a repeated command.

    Raises:
        RefusedError: the result held a secret that is not kept.
    """
    if expected is NoneType or expected is None:
        return None
    stored = json.loads(payload).get("result") or {}
    secret = [f.name for f in dataclasses.fields(expected) if not f.repr]
    if secret:
        raise RefusedError("This was done already, and its result is not kept.", remedy="Do it again as a new command.")
    return expected(**stored)


def error_of(payload: str) -> JopeError:
    """The first refusal of a repeated command, as the same class of error."""
    details = json.loads(payload)["details"]
    kinds = {kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, JopeError)}
    return kinds.get(details.get("code"), RefusedError)(details.get("message", "Refused."), remedy=details.get("remedy"))


def legible(value: Any) -> Any:
    """The same where it has a canonical form; what has none is spelled out, so that a refusal of it can be written down."""
    if isinstance(value, dict):
        return {str(key): legible(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [legible(item) for item in value]
    if isinstance(value, str):
        return _plain(value).encode("utf-8", "backslashreplace").decode("utf-8")
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < INTEGER_LIMIT):
        return value
    return repr(value)[:_FIELD_LIMIT]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value if len(value) <= _FIELD_LIMIT else value[:_FIELD_LIMIT] + f"... ({len(value)} characters)"
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted(_plain(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return storable(value)
    return value
