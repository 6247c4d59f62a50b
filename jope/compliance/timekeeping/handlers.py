"""Correcting the trail's time by two people (URS C12; A11d-20).

A clock that once stood in the future leaves times behind that every later event is measured against: regulated work waits until the clock passes them.
Two people who looked at another clock may say that this one is right; the trail then goes on from their event, which stands in it for ever.
"""

from __future__ import annotations

from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.audit.recorder import trusted_time
from jope.compliance.commands import Acting, GuardContext, GuardVerdict, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.compliance.timekeeping.commands import ApproveClockCorrection, ProposeClockCorrection
from jope.compliance.timekeeping.model import ClockCorrection
from jope.kernel.clock import JUMP_LIMIT_US, utc_text
from jope.kernel.errors import NotFoundError
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork

CLOCK_RECORD = SignedRecord("clock_correction", "clock_correction", "id", ("id", "reason", "clock_us", "trail_us"))
VALID_US: Final = 15 * 60 * 1_000_000
"""How long a proposal waits for its second person: the clock they look at must still be the one that was proposed."""


def _subject(command: Any) -> tuple[str, str]:
    return ("clock_correction", command.correction_id)


def _named(session: RowSession, correction_id: str) -> ClockCorrection:
    found = session.get(ClockCorrection, correction_id)
    if found is None:
        raise NotFoundError("There is no such correction.")
    return found


def clock_stands_before_the_trail(command: Any, context: GuardContext) -> GuardVerdict | None:
    """There is something to correct."""
    if context.now.utc_us + JUMP_LIMIT_US < trusted_time(context.session.cursor):
        return None
    return GuardVerdict(
        "clock_stands_before_the_trail", "The clock does not stand before the trail.", "Nothing is to be corrected.", "A11 draft 12.3"
    )


def reason_is_given(command: ProposeClockCorrection, context: GuardContext) -> GuardVerdict | None:
    """Why the trail has seen later times, and which clock was looked at."""
    if command.reason.strip():
        return None
    return GuardVerdict("reason_is_given", "A reason is missing.", "Write what happened and which clock you compared with.", "11.10(e)")


def proposal_is_open(command: ApproveClockCorrection, context: GuardContext) -> GuardVerdict | None:
    """The proposal is not approved yet, and young."""
    found = _named(context.session, command.correction_id)
    if found.approval_signature is None and 0 <= context.now.utc_us - found.clock_us <= VALID_US:
        return None
    return GuardVerdict(
        "proposal_is_open", "The proposal is approved already or older than 15 minutes.", "Propose it again.", "A11 draft 12.3"
    )


def approver_is_another(command: ApproveClockCorrection, context: GuardContext) -> GuardVerdict | None:
    """Two people."""
    if _named(context.session, command.correction_id).proposal_signer != context.principal.employee_id:
        return None
    return GuardVerdict("approver_is_another", "You proposed this yourself.", "A second person approves it.", "A11 draft 12.3")


def _propose_sheet(command: ProposeClockCorrection, context: GuardContext) -> SigningSheet:
    trail = utc_text(trusted_time(context.session.cursor))
    rows = (
        SheetRow("Latest time in the trail", trail, trail),
        SheetRow("Reason", command.reason, command.reason),
        SheetRow("Clock", "before the trail", "proposed as right"),
    )
    return signing_sheet("Propose that the clock is right", _subject(command), Meaning.AUTHORSHIP, rows)


def _approve_sheet(command: ApproveClockCorrection, context: GuardContext) -> SigningSheet:
    found = _named(context.session, command.correction_id)
    proposed, trail = utc_text(found.clock_us), utc_text(found.trail_us)
    rows = (
        SheetRow("Latest time in the trail", trail, trail),
        SheetRow("Clock when it was proposed", proposed, proposed),
        SheetRow("Proposed by", found.proposal_signer, found.proposal_signer),
        SheetRow("Reason", found.reason, found.reason),
        SheetRow("Clock", "proposed as right", "right"),
    )
    return signing_sheet("Approve that the clock is right", _subject(command), Meaning.APPROVAL, rows)


@handles(
    ProposeClockCorrection,
    permission=Permission.CLOCK_PROPOSE,
    subject=_subject,
    signature=Meaning.AUTHORSHIP,
    sheet=_propose_sheet,
    guards=(clock_stands_before_the_trail, reason_is_given),
    regulated=False,
)
def propose_clock_correction(command: ProposeClockCorrection, uow: UnitOfWork, acting: Acting) -> None:
    """Write the proposal down."""
    row = ClockCorrection(
        id=command.correction_id, reason=command.reason, clock_us=acting.now.utc_us, trail_us=trusted_time(uow.cursor), approved_us=None,
        approval_signature=None, approval_signer=None, approval_meaning=None, approval_version=None,
    )  # fmt: skip
    acting.signed().onto(row, "proposal", kind="clock_correction", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.audit.record(Action.CLOCK_CORRECTION_PROPOSED, _subject(command), reason=command.reason)


@handles(
    ApproveClockCorrection,
    permission=Permission.CLOCK_APPROVE,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_approve_sheet,
    guards=(clock_stands_before_the_trail, proposal_is_open, approver_is_another),
    regulated=False,
)
def approve_clock_correction(command: ApproveClockCorrection, uow: UnitOfWork, acting: Acting) -> None:
    """The trail's time goes on from this event."""
    row = _named(uow.session, command.correction_id)
    row.approved_us = acting.now.utc_us
    acting.signed().onto(row, "approval", kind="clock_correction", subject_id=row.id, version=row.version + 1)
    details = {"clock_us": acting.now.utc_us, "trail_us": row.trail_us}
    uow.audit.record(Action.CLOCK_CORRECTED, _subject(command), ("clock", "time"), details=details)
    uow.audit.clock_corrected = True
