"""What may be asked about signing itself."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class FillSignatureMatrix(Command):
    """The station gives its matrix the first version of the actions, named here, that were never in it."""

    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStatement(Command):
    """The station issues a version of the accountability statement that its program brought."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptAccountability(Command):
    """A person accepts the accountability statement by signature (URS B09; 21 CFR 11.10(j), 11.100(c)).

    ``number`` is the version and ``language`` (``en`` or ``de``) the text that was shown.
    """

    number: int
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSignatureRule(Command):
    """Sign an action in another way from now on: ``signing`` is none, sign or sign_verify, ``meaning`` empty where it is not signed.

    Nothing is signed less than the program itself demands, whatever is asked.
    """

    action: str
    signing: str
    meaning: str
    series: bool
    reason: str
