"""Disposal after retention by two people (URS C14; 21 CFR 11.10(c), (e))."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, GuardVerdict, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.retention.commands import ApproveDisposal, ProposeDisposal
from jope.compliance.retention.disposable import (
    RETENTION_US,
    RETENTION_YEARS,
    RetentionKinds,
    disposable,
    kept_rows,
    newest_us,
    ranges_of,
    ranges_text,
    seqs_of,
)
from jope.compliance.retention.model import Disposal
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.errors import NotFoundError
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork

DISPOSAL_RECORD = SignedRecord("disposal", "disposal", "id", ("id", "subject_kind", "subject_id", "reason", "events"))
_CLAUSE = "11.10(c)"


def _subject(command: Any) -> tuple[str, str]:
    return ("disposal", command.disposal_id)


def _named(session: RowSession, disposal_id: str) -> Disposal:
    found = session.get(Disposal, disposal_id)
    if found is None:
        raise NotFoundError("There is no such disposal.")
    return found


def _record(command: Any, context: GuardContext) -> tuple[str, str]:
    if isinstance(command, ProposeDisposal):
        return (command.kind, command.id)
    found = _named(context.session, command.disposal_id)
    return (found.subject_kind, found.subject_id)


def _kinds(ports: Mapping[str, object]) -> RetentionKinds:
    found = ports["retention_kinds"]
    assert isinstance(found, RetentionKinds)
    return found


def reason_is_given(command: ProposeDisposal, context: GuardContext) -> GuardVerdict | None:
    """Why the record may go."""
    if command.reason.strip():
        return None
    return GuardVerdict("reason_is_given", "A reason is missing.", "Write why the record may go, and under which rule.", "11.10(e)")


def retention_is_over(command: Any, context: GuardContext) -> GuardVerdict | None:
    """It is a record that can be disposed of, last worked on longer ago than it has to be kept; asked again at the approval."""
    record = _record(command, context)
    if record[0] not in _kinds(context.ports).records:
        words = f"A {record[0]} has no retention of its own."
        return GuardVerdict("retention_is_over", words, "Name a batch, a lot, a recipe or a deviation.", _CLAUSE)
    newest = newest_us(context.session.cursor, record)
    if newest is None:
        return GuardVerdict("retention_is_over", f"The trail holds nothing about {record[0]} {record[1]}.", "Name a record.", _CLAUSE)
    if newest + RETENTION_US <= context.now.utc_us:
        return None
    words = f"The record was worked on less than {RETENTION_YEARS} years ago."
    return GuardVerdict("retention_is_over", words, "Wait until its retention is over.", _CLAUSE)


def something_goes(command: ProposeDisposal, context: GuardContext) -> GuardVerdict | None:
    """There is a payload that stands for this record alone."""
    if disposable(context.session.cursor, _kinds(context.ports), (command.kind, command.id), context.now.utc_us):
        return None
    words = "Everything that is left about this record stands in events about other records too, or is too young."
    return GuardVerdict("something_goes", words, "Dispose of those records first, or wait.", _CLAUSE)


def disposal_is_open(command: ApproveDisposal, context: GuardContext) -> GuardVerdict | None:
    """It is not approved yet."""
    if _named(context.session, command.disposal_id).approval_signature is None:
        return None
    return GuardVerdict("disposal_is_open", "The disposal is approved already.", "Nothing is left to do.", _CLAUSE)


def target_has_not_moved(command: ApproveDisposal, context: GuardContext) -> GuardVerdict | None:
    """All that was proposed may still go."""
    found = _named(context.session, command.disposal_id)
    record = (found.subject_kind, found.subject_id)
    now = disposable(context.session.cursor, _kinds(context.ports), record, context.now.utc_us)
    if set(seqs_of(found.events)) <= set(now):
        return None
    return GuardVerdict("target_has_not_moved", "Part of what was proposed may not go any more, or is gone.", "Propose it again.", _CLAUSE)


def approver_is_another(command: ApproveDisposal, context: GuardContext) -> GuardVerdict | None:
    """Two people."""
    if _named(context.session, command.disposal_id).proposal_signer != context.principal.employee_id:
        return None
    return GuardVerdict("approver_is_another", "You proposed this yourself.", "A second person approves it.", "11.10(g)")


def _rows(kind: str, id_: str, reason: str, events: str) -> tuple[SheetRow, ...]:
    content = f"payloads of {len(seqs_of(events))} events"
    return (
        SheetRow("Record", f"{kind} {id_}", f"{kind} {id_}"),
        SheetRow("Reason", reason, reason),
        SheetRow("In the trail", content, "their digests and this stub"),
    )


def _propose_sheet(command: ProposeDisposal, context: GuardContext) -> SigningSheet:
    record = (command.kind, command.id)
    events = ranges_text(ranges_of(disposable(context.session.cursor, _kinds(context.ports), record, context.now.utc_us)))
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
    ports=frozenset({"retention_kinds"}),
    guard_ports=frozenset({"retention_kinds"}),
)
def propose_disposal(command: ProposeDisposal, uow: UnitOfWork, acting: Acting, *, retention_kinds: RetentionKinds) -> None:
    """Write the proposal down."""
    events = ranges_text(ranges_of(disposable(uow.cursor, retention_kinds, (command.kind, command.id), acting.now.utc_us)))
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
    guards=(disposal_is_open, retention_is_over, target_has_not_moved, approver_is_another),
    guard_ports=frozenset({"retention_kinds"}),
)
def approve_disposal(command: ApproveDisposal, uow: UnitOfWork, acting: Acting) -> None:
    """The stub: which payloads go, and digests of the rows that they were about."""
    row = _named(uow.session, command.disposal_id)
    seqs = seqs_of(row.events)
    row.approved_us = acting.now.utc_us
    acting.signed().onto(row, "approval", kind="disposal", subject_id=row.id, version=row.version + 1)
    details = {"events": json.loads(row.events), "count": len(seqs), "rows": kept_rows(uow.cursor, seqs)}
    uow.audit.record(Action.DISPOSAL_APPROVED, _subject(command), (row.subject_kind, row.subject_id), details=details, reason=row.reason)
