"""What happens when a trail is reviewed (URS C09, C10; A11d-22, A11d-23; PI 041 9.6, 9.8)."""

from __future__ import annotations

import json
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, GuardVerdict, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.evidence.commands import SignTrailReview
from jope.compliance.evidence.model import TrailReview
from jope.compliance.evidence.scope import ReviewScopes, TrailOfRecord, scopes_of, trail_of
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.errors import RefusedError
from jope.kernel.store.uow import UnitOfWork

REVIEW_RECORD = SignedRecord(
    "trail_review", "trail_review", "id",
    ("id", "subject_kind", "subject_id", "up_to_seq", "head", "events", "exceptions", "sampled", "targeted", "comment", "reviewed_us"),
)  # fmt: skip


def _subject(command: SignTrailReview) -> tuple[str, str]:
    return ("trail_review", command.review_id)


def _sheet(command: SignTrailReview, context: GuardContext) -> SigningSheet:
    def same(label: str, value: str) -> SheetRow:
        return SheetRow(label, value, value)

    rows = (
        same("Record", f"{command.subject_kind} {command.subject_id}"),
        same("Trail read up to event", f"{command.up_to_seq}, head {command.head}"),
        same("Exceptions looked at", _numbers(command.exceptions)),
        same("Random sample looked at", _numbers(command.sampled)),
        same("Picked by the reviewer", _numbers(command.targeted)),
        same("Comment", command.comment or "none"),
        SheetRow("Trail review", "open", "signed"),
    )
    title = f"Review the audit trail of {command.subject_kind} {command.subject_id}"
    return signing_sheet(title, _subject(command), Meaning.REVIEW, rows)


def _numbers(seqs: tuple[int, ...]) -> str:
    return ", ".join(f"#{seq}" for seq in seqs) or "none"


class ReviewerIsIndependent:
    """The reviewer did not work on the record (A11d-22)."""

    def __init__(self) -> None:
        self.__name__ = "reviewer_is_independent"

    def __call__(self, command: SignTrailReview, context: GuardContext) -> GuardVerdict | None:
        """Refuse whoever took part."""
        trail = trail_of(context.session.cursor, scopes_of(context.ports), command.subject_kind, command.subject_id)
        if context.principal.employee_id not in trail.performers:
            return None
        return GuardVerdict(
            "reviewer_is_independent",
            "You worked on this record yourself.",
            "Somebody who took no part reviews its trail.",
            "A11 draft 12.6",
        )


@handles(
    SignTrailReview,
    permission=Permission.TRAIL_REVIEW,
    subject=_subject,
    signature=Meaning.REVIEW,
    sheet=_sheet,
    guards=(ReviewerIsIndependent(),),
    ports=frozenset({"review_scopes"}),
    guard_ports=frozenset({"review_scopes"}),
)
def sign_trail_review(command: SignTrailReview, uow: UnitOfWork, acting: Acting, *, review_scopes: ReviewScopes) -> None:
    """Write the review down.

    Raises:
        RefusedError: the place in the trail is another one, or something that must be looked at was not.
    """
    trail = trail_of(uow.cursor, review_scopes, command.subject_kind, command.subject_id, up_to=command.up_to_seq)
    _require_whole(command, trail)
    review = TrailReview(
        id=command.review_id, subject_kind=command.subject_kind, subject_id=command.subject_id, up_to_seq=command.up_to_seq,
        head=command.head, events=len(trail.events), exceptions=json.dumps(command.exceptions), sampled=json.dumps(command.sampled),
        targeted=json.dumps(command.targeted), comment=command.comment, reviewed_us=acting.now.utc_us,
    )  # fmt: skip
    acting.signed().onto(review, "review", kind="trail_review", subject_id=review.id, version=1)
    uow.session.add(review)
    subjects: tuple[tuple[str, str], ...] = (("trail_review", review.id), (command.subject_kind, command.subject_id))
    details: dict[str, Any] = {"up_to_seq": command.up_to_seq, "head": command.head, "events": len(trail.events)}
    uow.audit.record(Action.TRAIL_REVIEWED, *subjects, reason=command.comment, details=details)


def _require_whole(command: SignTrailReview, trail: TrailOfRecord) -> None:
    if not trail.events:
        raise RefusedError("There is no such record in the trail.", remedy="Check the number.")
    if (trail.up_to_seq, trail.head) != (command.up_to_seq, command.head):
        raise RefusedError("The trail does not stand at this event with this head.", remedy="Read the trail again.")
    strange = set(command.targeted) - {e.seq for e in trail.events}
    if strange:
        raise RefusedError(f"Event #{min(strange)} is not about this record.", remedy="Pick events of the record's own trail.")
    left_out = {e.seq for e in trail.exceptions} - set(command.exceptions)
    if left_out:
        raise RefusedError(f"Exception #{min(left_out)} was not looked at.", remedy="Look at every exception, then sign.")
    left_out = {e.seq for e in trail.sample()} - set(command.sampled)
    if left_out:
        raise RefusedError(f"Event #{min(left_out)} of the random sample was not looked at.", remedy="Look at the whole sample, then sign.")
