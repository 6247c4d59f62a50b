"""How a command is kept in a change request, and how it is made again from there.

What is stored is what was signed, so nothing is guessed when it is read: every field must be there, under its own name and with its own type.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from jope.compliance.commands import Command, SheetRow
from jope.kernel.canonical import canonical_bytes, canonical_text
from jope.kernel.errors import StoreDamagedError


def command_text(command: Command) -> str:
    """A command's fields without its id, as canonical JSON.

    Raises:
        TypeError: a field is secret. A secret would have to be stored, and is never asked under four eyes.
    """
    fields = [f for f in dataclasses.fields(command) if f.name != "command_id"]
    if any(not f.repr for f in fields):
        raise TypeError(f"{type(command).__name__} has a secret field and cannot wait as a change request")
    return canonical_text({f.name: _plain(getattr(command, f.name)) for f in fields})


def command_of(kind: type[Command], text: str, *, command_id: str) -> Command:
    """The command of a stored request.

    Raises:
        StoreDamagedError: it is not what ``command_text`` wrote of this kind.
    """
    try:
        made: Command = _made(kind, {**json.loads(text), "command_id": command_id})
    except (TypeError, ValueError, KeyError) as error:
        raise StoreDamagedError(f"A stored {kind.__name__} cannot be read.") from error
    return made


def rows_text(rows: Iterable[SheetRow]) -> str:
    """A diff as canonical JSON."""
    return canonical_text([[row.label, row.before, row.after] for row in rows])


def rows_of(text: str) -> tuple[SheetRow, ...]:
    """A stored diff."""
    return tuple(SheetRow(*row) for row in json.loads(text))


def text_hash(text: str) -> str:
    """SHA-256 of a canonical text's value, hex."""
    return hashlib.sha256(canonical_bytes(json.loads(text))).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _made(kind: Any, value: Any) -> Any:
    """A value of a declared type from its plain form."""
    if get_origin(kind) in (Union, UnionType):
        kinds = [one for one in get_args(kind) if one is not NoneType]
        return None if value is None else _made(kinds[0], value)
    if get_origin(kind) is tuple:
        return tuple(_made(get_args(kind)[0], one) for one in value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _made_record(kind, value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind}")
    return value


def _made_record(kind: type, values: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    names = {f.name for f in dataclasses.fields(kind)}
    if names != set(values):
        raise KeyError(f"fields of {kind.__name__}")
    return kind(**{name: _made(hints[name], value) for name, value in values.items()})
