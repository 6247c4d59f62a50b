"""Commands made from the registry: every field of its type, and nothing in it that the station knows."""

from __future__ import annotations

import dataclasses
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from jope.bootstrap import HANDLER_MODULES
from jope.compliance.commands import Command, Declaration, declarations_of

DECLARED = dict(sorted(declarations_of(*HANDLER_MODULES).items(), key=lambda one: one[0].__name__))
"""Every command of the program, by name."""
ASKED_BY_SESSION: dict[type[Command], Declaration] = {kind: d for kind, d in DECLARED.items() if not d.authenticates}
"""Those that need a session; the others carry id and password themselves."""
_PLAIN: dict[type, Any] = {str: "x", int: 0, bool: False, bytes: b""}


def blank(kind: type[Command], **fields: Any) -> Command:
    """A well-formed command about nothing that is there."""
    hints = get_type_hints(kind)
    due = [f.name for f in dataclasses.fields(kind) if f.name != "command_id" and f.default is dataclasses.MISSING]
    return kind(**{name: _value(hints[name]) for name in due} | fields)


def _value(kind: Any) -> Any:
    if get_origin(kind) is tuple:
        return ()
    if get_args(kind):
        return _value(get_args(kind)[0])
    if issubclass(kind, Enum):
        return next(iter(kind))
    if dataclasses.is_dataclass(kind):
        return kind(**{name: _value(hint) for name, hint in get_type_hints(kind).items()})
    return _PLAIN[kind]
