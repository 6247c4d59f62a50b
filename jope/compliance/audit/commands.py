"""What the station itself asks of its ledger."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCheckpoint(Command):
    """Say how far the trail has come, in a signed note that can be kept elsewhere."""

    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKey(Command):
    """Begin a new epoch: the present key signs the next one and is destroyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMigration(Command):
    """The schema of the store was brought from one revision to a newer one by the program's own files."""

    from_revision: str
    to_revision: str
    from_fingerprint: str
    to_fingerprint: str
