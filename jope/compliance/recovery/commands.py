"""What may be asked about sealed codes and recovery."""

from __future__ import annotations

from dataclasses import dataclass, field

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCode(Command):
    """A person makes a sealed code of their own; the one before is void. ``code_hash`` is its Argon2id hash."""

    code_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRecoveryAttempt(Command):
    """The station writes down that two people try to recover their accounts. ``codes_fit``: both sealed codes were right."""

    first: str
    second: str
    codes_fit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyRecovery(Command):
    """The station writes down that beside two right codes a password was wrong."""

    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverAccounts(Command):
    """The station unlocks the accounts of two people who proved themselves by password and sealed code."""

    recovery_id: str
    first: str
    second: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecovery(Command):
    """A third person looks at a recovery after it was done."""

    recovery_id: str
    review: str
