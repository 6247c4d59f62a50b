"""Actions that the program does not have signed, and the matrix does: the sheet shows what was asked, and so does the record that is signed."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from jope.compliance.commands import Command, Meaning, SheetRow, SigningSheet
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.canonical import canonical_text

SIGNED_ACTION: Final = "signed_action"


def content_of(command: Command) -> str:
    """A command's fields without its id and without secrets, as canonical JSON."""
    return canonical_text({name: _plain(value) for name, value in _fields(command)})


def action_sheet(command: Command, subject: tuple[str, str], meaning: Meaning) -> SigningSheet:
    """The sheet over what is asked."""
    rows = tuple(SheetRow(name.replace("_", " "), "", _text(value)) for name, value in _fields(command))
    return signing_sheet(f"{type(command).__name__} {subject[1]}".strip(), subject, meaning, rows)


def _fields(command: Command) -> list[tuple[str, Any]]:
    return [(f.name, getattr(command, f.name)) for f in dataclasses.fields(command) if f.repr and f.name != "command_id"]


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.repr}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else canonical_text(_plain(value))
