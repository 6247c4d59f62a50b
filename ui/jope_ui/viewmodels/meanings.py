"""Which meanings a signer chooses from. The right one is always among them, never first by rule and never chosen beforehand (URS B03)."""

from __future__ import annotations

from jope.compliance.commands import Meaning

_EXECUTION = (Meaning.PERFORMED, Meaning.VERIFIED, Meaning.REVIEW, Meaning.RESPONSIBILITY)
_REVIEW = (Meaning.VERIFIED, Meaning.REVIEW, Meaning.APPROVAL, Meaning.REJECTION)
_MASTER = (Meaning.AUTHORSHIP, Meaning.REVIEW, Meaning.APPROVAL, Meaning.REJECTION)
_DECISION = (Meaning.APPROVAL, Meaning.RELEASE, Meaning.CERTIFICATION, Meaning.REJECTION)
_VOID = (Meaning.REVIEW, Meaning.APPROVAL, Meaning.REJECTION, Meaning.VOID)

_OFFERED = {
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


def offered_meanings(asked: Meaning) -> tuple[Meaning, ...]:
    """The meanings offered for an action that is signed with ``asked``, in the fixed order of the list."""
    return _OFFERED[asked]
