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
class NoteSensitiveRead(Command):
    """Somebody is about to read what the trail holds about one person (URS C13)."""

    employee_id: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteQuestion(Command):
    """Somebody whose every question is written down is about to be answered (URS A13). ``arguments`` is JSON."""

    query: str
    arguments: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMigration(Command):
    """The schema of the store was brought from one revision to a newer one by the program's own files."""

    from_revision: str
    to_revision: str
    from_fingerprint: str
    to_fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAttestation(Command):
    """What the station found out about itself at this start, and the quick verification of what was added since the last one.

    ``results`` is JSON, by check. ``head_seq``, ``head_hash`` and ``root`` (hex)
    say how far the trail was verified; empty where it was not, or not with success. ``after`` says what came before a start: ``stop`` where the last
    process ended in order, ``break`` where it did not, ``nothing`` in a new trail; empty for what is found later.
    """

    ok: bool
    results: str = "{}"
    from_seq: int = 0
    head_seq: int = 0
    head_hash: str = ""
    root: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginVerification(Command):
    """A full verification of the trail begins."""

    run_id: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndVerification(Command):
    """A full verification of the trail ended. ``verdict`` is ``ok``, ``findings``, ``cancelled`` or ``failed``; hashes are hex, ``layers`` is JSON."""

    run_id: str
    verdict: str
    findings: int
    head_seq: int
    head_hash: str
    root: str
    layers: str = "{}"
    first_finding: str = ""
