"""Disposal after retention by two people (URS C14; 21 CFR 11.10(c), (e))."""

from __future__ import annotations

import json
from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, GuardVerdict, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.retention.commands import ApproveDisposal, ProposeDisposal
from jope.compliance.retention.disposable import disposable, kept_rows, newest_us, ranges_of, ranges_text
from jope.compliance.retention.model import Disposal
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.errors import NotFoundError
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork

DISPOSAL_RECORD = SignedRecord("disposal", "disposal", "id", ("id", "subject_kind", "subject_id", "reason", "events"))
RETENTION_YEARS: Final = 7
RETENTION_US: Final = int(RETENTION_YEARS * 365.25 * 24 * 3600) * 1_000_000
"""The least time that a regulated record is kept after it was last worked on (C14)."""
_CLAUSE = "11.10(c)"


def _subject(command: Any) -> tuple[str, str]:
    return ("disposal", command.disposal_id)


def _named(session: RowSession, disposal_id: str) -> Disposal:
    found = session.get(Disposal, disposal_id)
    if found is None:
        raise NotFoundError("There is no such disposal.")
    return found


def reason_is_given(command: ProposeDisposal, context: GuardContext) -> GuardVerdict | None:
    """Why the record may go."""
    if command.reason.strip():
        return None
    return GuardVerdict("reason_is_given", "A reason is missing.", "Write why the record may go, and under which rule.", "11.10(e)")


def retention_is_over(command: ProposeDisposal, context: GuardContext) -> GuardVerdict | None:
    """The record was last worked on longer ago than it has to be kept."""
    newest = newest_us(context.session.cursor, command.kind, command.id)
    if newest is None:
        return GuardVerdict("retention_is_over", f"The trail holds nothing about {command.kind} {command.id}.", "Name a record.", _CLAUSE)
    if newest + RETENTION_US <= context.now.utc_us:
        return None
    words = f"The record was worked on less than {RETENTION_YEARS} years ago."
    return GuardVerdict("retention_is_over", words, "Wait until its retention is over.", _CLAUSE)


def something_goes(command: ProposeDisposal, context: GuardContext) -> GuardVerdict | None:
    """There is a payload that stands for this record alone."""
    if disposable(context.session.cursor, command.kind, command.id):
        return None
    words = "Everything that is left about this record stands in events about other records too."
    return GuardVerdict("something_goes", words, "Dispose of those records first.", _CLAUSE)


def disposal_is_open(command: ApproveDisposal, context: GuardContext) -> GuardVerdict | None:
    """It is not approved yet."""
    if _named(context.session, command.disposal_id).approval_signature is None:
        return None
    return GuardVerdict("disposal_is_open", "The disposal is approved already.", "Nothing is left to do.", _CLAUSE)


def target_has_not_moved(command: ApproveDisposal, context: GuardContext) -> GuardVerdict | None:
    """What would go is what was proposed."""
    found = _named(context.session, command.disposal_id)
    seqs = disposable(context.session.cursor, found.subject_kind, found.subject_id)
    if ranges_text(ranges_of(seqs)) == found.events:
        return None
    return GuardVerdict("target_has_not_moved", "The trail holds more about the record than was proposed.", "Propose it again.", _CLAUSE)


def approver_is_another(command: ApproveDisposal, context: GuardContext) -> GuardVerdict | None:
    """Two people."""
    if _named(context.session, command.disposal_id).proposal_signer != context.principal.employee_id:
        return None
    return GuardVerdict("approver_is_another", "You proposed this yourself.", "A second person approves it.", "11.10(g)")


def _count(events: str) -> int:
    return sum(last - first + 1 for first, last in json.loads(events))


def _rows(kind: str, id_: str, reason: str, events: str) -> tuple[SheetRow, ...]:
    content = f"payloads of {_count(events)} events"
    return (
        SheetRow("Record", f"{kind} {id_}", f"{kind} {id_}"),
        SheetRow("Reason", reason, reason),
        SheetRow("In the trail", content, "their digests and this stub"),
    )


def _propose_sheet(command: ProposeDisposal, context: GuardContext) -> SigningSheet:
    events = ranges_text(ranges_of(disposable(context.session.cursor, command.kind, command.id)))
    rows = _rows(command.kind, command.id, command.reason, events)
    return signing_sheet("Propose to dispose of a record", _subject(command), Meaning.AUTHORSHIP, rows)


def _approve_sheet(command: ApproveDisposal, context: GuardContext) -> SigningSheet:
    found = _named(context.session, command.disposal_id)
    by = SheetRow("Proposed by", found.proposal_signer, found.proposal_signer)
    rows = (*_rows(found.subject_kind, found.subject_id, found.reason, found.events), by)
    return signing_sheet("Approve to dispose of a record", _subject(command), Meaning.APPROVAL, rows)


@handles(
    ProposeDisposal,
    permission=Permission.DISPOSAL_PROPOSE,
    subject=_subject,
    signature=Meaning.AUTHORSHIP,
    sheet=_propose_sheet,
    guards=(reason_is_given, retention_is_over, something_goes),
)
def propose_disposal(command: ProposeDisposal, uow: UnitOfWork, acting: Acting) -> None:
    """Write the proposal down."""
    events = ranges_text(ranges_of(disposable(uow.cursor, command.kind, command.id)))
    row = Disposal(
        id=command.disposal_id, subject_kind=command.kind, subject_id=command.id, reason=command.reason, events=events,
        proposed_us=acting.now.utc_us, approved_us=None,
        approval_signature=None, approval_signer=None, approval_meaning=None, approval_version=None,
    )  # fmt: skip
    acting.signed().onto(row, "proposal", kind="disposal", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.audit.record(Action.DISPOSAL_PROPOSED, _subject(command), (command.kind, command.id), reason=command.reason)


@handles(
    ApproveDisposal,
    permission=Permission.DISPOSAL_APPROVE,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_approve_sheet,
    guards=(disposal_is_open, target_has_not_moved, approver_is_another),
)
def approve_disposal(command: ApproveDisposal, uow: UnitOfWork, acting: Acting) -> None:
    """The stub: which payloads go, and digests of the rows that they were about."""
    row = _named(uow.session, command.disposal_id)
    ranges = json.loads(row.events)
    seqs = [seq for first, last in ranges for seq in range(first, last + 1)]
    row.approved_us = acting.now.utc_us
    acting.signed().onto(row, "approval", kind="disposal", subject_id=row.id, version=row.version + 1)
    details = {"events": ranges, "count": len(seqs), "rows": kept_rows(uow.cursor, seqs)}
    uow.audit.record(Action.DISPOSAL_APPROVED, _subject(command), (row.subject_kind, row.subject_id), details=details, reason=row.reason)
