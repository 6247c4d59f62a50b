"""What may be asked about training (URS I01-I03)."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSop(Command):
    """Make a version of a procedure the effective one; the version before is superseded, and training on it is outdated.

    ``document_hash`` (SHA-256, hex) names a document that the station keeps. ``effective_from`` is a date, ISO 8601: until then training on the version
    before still counts. Training on this version is good for ``validity_months``, 0 for ever.
    """

    sop_id: str
    number: int
    title: str
    document_hash: str
    document_name: str
    effective_from: str
    validity_months: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSop(Command):
    """Withdraw the effective version of a procedure; nothing may be required of it any more."""

    sop_id: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequireTraining(Command):
    """Let an action (``kind`` ``action``, ``key`` the command's name) or signatures of a meaning (``meaning``) wait for training on a procedure."""

    kind: str
    key: str
    sop_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRequirement(Command):
    """Ask for the training no more."""

    kind: str
    key: str
    sop_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAndUnderstood(Command):
    """Whoever is signed in has read and understood the effective version of a procedure, by signature (URS I03; 21 CFR 11.10(i))."""

    sop_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInstruction(Command):
    """A trainer has instructed a person on the effective version of a procedure; ``note`` says how it was seen that they understood."""

    employee_id: str
    sop_id: str
    number: int
    note: str


@dataclass(frozen=True, slots=True)
class Trained:
    """A training record stands. ``valid_until`` is the last day it is good for, ISO 8601, empty for no end."""

    record_id: str
    valid_until: str
