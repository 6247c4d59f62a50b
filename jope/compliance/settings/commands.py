"""What may be asked about settings."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetting(Command):
    """Give a setting another value."""

    key: str
    value: str
    reason: str
