"""Which meanings a signer chooses from. The right one is always among them, never first by rule and never chosen beforehand (URS B03)."""

from __future__ import annotations

from typing import Final

from jope.compliance.commands.declaration import Meaning

_EXECUTION: Final = (Meaning.PERFORMED, Meaning.VERIFIED, Meaning.REVIEW, Meaning.RESPONSIBILITY)
_REVIEW: Final = (Meaning.VERIFIED, Meaning.REVIEW, Meaning.APPROVAL, Meaning.REJECTION)
_MASTER: Final = (Meaning.AUTHORSHIP, Meaning.REVIEW, Meaning.APPROVAL, Meaning.REJECTION)
_DECISION: Final = (Meaning.APPROVAL, Meaning.RELEASE, Meaning.CERTIFICATION, Meaning.REJECTION)
_VOID: Final = (Meaning.REVIEW, Meaning.APPROVAL, Meaning.REJECTION, Meaning.VOID)

_OFFERED: Final = {
    Meaning.PERFORMED: _EXECUTION,
    Meaning.VERIFIED: _EXECUTION,
    Meaning.RESPONSIBILITY: _EXECUTION,
    Meaning.REVIEW: _REVIEW,
    Meaning.AUTHORSHIP: _MASTER,
    Meaning.APPROVAL: _MASTER,
    Meaning.RELEASE: _DECISION,
    Meaning.CERTIFICATION: _DECISION,
    Meaning.REJECTION: _DECISION,
    Meaning.VOID: _VOID,
}
FULL_EACH_TIME: Final = frozenset({Meaning.RELEASE, Meaning.CERTIFICATION})
"""Signed with employee id and password each time, whatever the matrix says (URS B10)."""


def offered_meanings(asked: Meaning) -> tuple[Meaning, ...]:
    """The meanings offered for an action that is signed with ``asked``, in the fixed order of the list."""
    return _OFFERED[asked]
