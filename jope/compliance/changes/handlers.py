"""What happens to change requests (URS D01-D03, D05-D07; Annex 11 clause 10)."""

from __future__ import annotations

from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.handlers import raise_alarm
from jope.compliance.audit.actions import Action
from jope.compliance.changes.commands import (
    RATIFY_HOURS,
    ApproveChange,
    ChangeOutcome,
    ExecuteChange,
    ExpireChange,
    NoteMissedRatification,
    RatifyChange,
    RejectChange,
    SubmitChange,
    WithdrawChange,
    WitnessChange,
)
from jope.compliance.changes.executing import Changes, stands_inside, title_of
from jope.compliance.changes.life_cycle import CHANGE_LIFE_CYCLE, ChangeState
from jope.compliance.changes.model import ChangeRequest
from jope.compliance.changes.stored import rows_of, text_hash
from jope.compliance.commands import Acting, Deviations, GuardContext, GuardVerdict, Meaning, Outcome, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.clock import utc_text
from jope.kernel.errors import ClockSuspectError, JopeError, NotFoundError, RefusedError
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork

CHANGE_RECORD: Final = SignedRecord(
    "change", "change_request", "id",
    ("id", "command", "content", "subject_kind", "subject_id", "risk", "reason", "needed", "emergency", "diff_hash", "requester", "expires_us"),
)  # fmt: skip
_HOUR_US: Final = 3_600_000_000
_CHANGES: Final = frozenset({"changes"})
_DEVIATIONS: Final = frozenset({"deviations"})
_D01: Final = "Annex 11 10"
_TWO: Final = "11.10(g)"


def _subject(command: Any) -> tuple[str, str]:
    return ("change", command.request_id)


def _named(session: RowSession, request_id: str) -> ChangeRequest:
    found = session.get(ChangeRequest, request_id)
    if found is None:
        raise NotFoundError(f"There is no change request {request_id}.")
    return found


def _changes(context: GuardContext) -> Changes:
    found = context.ports["changes"]
    assert isinstance(found, Changes)
    return found


# --- guards ----------------------------------------------------------------------------------------------------------


def request_is_a_draft(command: Any, context: GuardContext) -> GuardVerdict | None:
    """It was not handed in yet."""
    state = _named(context.session, command.request_id).state
    if state == ChangeState.DRAFT:
        return None
    return GuardVerdict("request_is_a_draft", f"The request is {state}.", "Ask for the change anew.", _D01)


def request_is_submitted(command: Any, context: GuardContext) -> GuardVerdict | None:
    """It waits for its approvers."""
    state = _named(context.session, command.request_id).state
    if state == ChangeState.SUBMITTED:
        return None
    return GuardVerdict("request_is_submitted", f"The request is {state}.", "Nothing is left to decide here.", _D01)


def request_is_in_time(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Its time is not over."""
    row = _named(context.session, command.request_id)
    if context.now.utc_us < row.expires_us:
        return None
    return GuardVerdict("request_is_in_time", f"The request expired at {utc_text(row.expires_us)}.", "Ask for the change anew.", _D01)


def request_is_yours(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Only its requester submits or withdraws it."""
    row = _named(context.session, command.request_id)
    if row.requester == context.principal.employee_id:
        return None
    return GuardVerdict("request_is_yours", f"The request is {row.requester}'s.", "Its requester does this.", _TWO)


def approver_is_another(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Nobody approves, refuses or ratifies what they asked for."""
    row = _named(context.session, command.request_id)
    if row.requester != context.principal.employee_id:
        return None
    return GuardVerdict("approver_is_another", "You asked for this yourself.", "A second person decides it.", _TWO)


def approver_is_another_than_concerned(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Nobody decides about their own account."""
    row = _named(context.session, command.request_id)
    if context.principal.employee_id not in _changes(context).concerned(row):
        return None
    return GuardVerdict("approver_is_another_than_concerned", "This request is about you.", "Somebody else decides it.", _TWO)


def approver_is_another_than_before(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The approvers are distinct people."""
    row = _named(context.session, command.request_id)
    if context.principal.employee_id not in (row.approval_signer, row.further_signer):
        return None
    return GuardVerdict("approver_is_another_than_before", "You approved this already.", "Another person approves it too.", _TWO)


def approval_is_asked_of_you(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The kind of change is approved by whoever holds its permission."""
    due = _changes(context).rule(_named(context.session, command.request_id)).approve
    if due in context.principal.permissions:
        return None
    return GuardVerdict(
        "approval_is_asked_of_you", f"This is approved by another role ({due.value}).", "Ask a person of that role.", "11.10(d)"
    )


def approval_is_left_to_give(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Administration has one approval, beside the one from outside it."""
    row = _named(context.session, command.request_id)
    if not stands_inside(context.principal) or row.further_signature is None:
        return None
    return GuardVerdict(
        "approval_is_left_to_give",
        "What is left to approve is asked of somebody outside administration.",
        "Ask quality assurance.",
        "11.10(d)",
    )


def witness_is_asked_for(command: WitnessChange, context: GuardContext) -> GuardVerdict | None:
    """Only what a witness approves is approved at the requester's own station."""
    if _changes(context).rule(_named(context.session, command.request_id)).approve is Permission.UNLOCK_WITNESS:
        return None
    return GuardVerdict("witness_is_asked_for", "This request is not approved by a witness.", "Its approvers sign in themselves.", _D01)


def target_has_not_moved(command: Any, context: GuardContext) -> GuardVerdict | None:
    """What would be changed stands as it was shown when the request was submitted."""
    row = _named(context.session, command.request_id)
    if _changes(context).diff(row, context) == row.diff:
        return None
    return GuardVerdict(
        "target_has_not_moved", "What this would change is another one by now.", "Ask for the change anew.", "Annex 11 draft 12.2"
    )


def emergency_is_foreseen(command: SubmitChange, context: GuardContext) -> GuardVerdict | None:
    """Only what is foreseen for it is executed before its approval."""
    if not command.emergency or _changes(context).is_emergency(_named(context.session, command.request_id)):
        return None
    return GuardVerdict("emergency_is_foreseen", "This change is never made before its approval.", "Submit it to its approvers.", _D01)


def ratification_is_due(command: RatifyChange, context: GuardContext) -> GuardVerdict | None:
    """An emergency change that was executed and not approved yet."""
    row = _named(context.session, command.request_id)
    if row.emergency and row.state == ChangeState.EXECUTED and row.approval_signature is None:
        return None
    return GuardVerdict("ratification_is_due", "No approval is due after the fact.", "Nothing is left to do.", _D01)


def ratifier_stands_outside(command: RatifyChange, context: GuardContext) -> GuardVerdict | None:
    """An emergency is approved from outside administration."""
    if not stands_inside(context.principal):
        return None
    return GuardVerdict("ratifier_stands_outside", "This is approved from outside administration.", "Ask quality assurance.", "11.10(d)")


# --- sheets ----------------------------------------------------------------------------------------------------------


def _rows(row: ChangeRequest, diff: str, *, expires_us: int | None) -> tuple[SheetRow, ...]:
    due = "one approver from outside administration" if row.needed == 1 else "two approvers, one from outside administration"
    facts = [
        ("Change", title_of(row.command)),
        ("Reason", row.reason),
        ("Risk class", row.risk),
        ("Approved by", due),
        ("Requested by", row.requester),
    ]
    if expires_us is not None:
        facts.append(("Expires", utc_text(expires_us)))
    return (*rows_of(diff), *(SheetRow(label, text, text) for label, text in facts))


def _submit_sheet(command: SubmitChange, context: GuardContext) -> SigningSheet:
    row = _named(context.session, command.request_id)
    rows = _rows(row, _changes(context).diff(row, context), expires_us=None)
    if command.emergency:
        rows = (*rows, SheetRow("Emergency", "", f"executed at once, to be approved within {RATIFY_HOURS} hours"))
    return signing_sheet(f"Submit change request {row.id}", _subject(command), Meaning.AUTHORSHIP, rows)


def _decide_sheet(title: str, meaning: Meaning, command: Any, context: GuardContext) -> SigningSheet:
    row = _named(context.session, command.request_id)
    return signing_sheet(f"{title} change request {row.id}", _subject(command), meaning, _rows(row, row.diff, expires_us=row.expires_us))


def _approve_sheet(command: Any, context: GuardContext) -> SigningSheet:
    return _decide_sheet("Approve", Meaning.APPROVAL, command, context)


def _ratify_sheet(command: RatifyChange, context: GuardContext) -> SigningSheet:
    return _decide_sheet("Approve, after the fact,", Meaning.APPROVAL, command, context)


def _reject_sheet(command: RejectChange, context: GuardContext) -> SigningSheet:
    sheet = _decide_sheet("Reject", Meaning.REJECTION, command, context)
    return signing_sheet(sheet.title, _subject(command), Meaning.REJECTION, (*sheet.rows, SheetRow("Refused because", "", command.reason)))


# --- handlers --------------------------------------------------------------------------------------------------------


@handles(
    SubmitChange,
    permission=Permission.SIGN_IN,
    subject=_subject,
    signature=Meaning.AUTHORSHIP,
    sheet=_submit_sheet,
    guards=(request_is_a_draft, request_is_yours, request_is_in_time, emergency_is_foreseen),
    ports=_CHANGES,
    guard_ports=_CHANGES,
)
def submit_change(command: SubmitChange, uow: UnitOfWork, acting: Acting, *, changes: Changes) -> ChangeOutcome:
    """Freeze what the request would change as it stands now, and hand it in."""
    row = _named(uow.session, command.request_id)
    now_us = acting.now.utc_us
    context = GuardContext(uow.session, acting.principal, acting.now, acting.zone, {"changes": changes})
    row.diff = changes.diff(row, context)
    row.diff_hash = text_hash(row.diff)
    row.submitted_us, row.expires_us = now_us, now_us + changes.rule(row).hours * _HOUR_US
    row.emergency = int(command.emergency)
    row.state = CHANGE_LIFE_CYCLE.next(row.state, "submit")
    if command.emergency:
        row.ratify_by_us = now_us + RATIFY_HOURS * _HOUR_US
    acting.signed().onto(row, "submission", kind="change", subject_id=row.id, version=row.version + 1)
    details = {"command": row.command, "diff": row.diff_hash, "emergency": command.emergency}
    uow.audit.record(Action.CHANGE_SUBMITTED, _subject(command), _target(row), reason=row.reason, details=details)
    if command.emergency:
        row.approved_us, row.state = now_us, CHANGE_LIFE_CYCLE.next(row.state, "approve")
        text = f"{acting.principal.employee_id} makes an emergency change ({title_of(row.command)}, {row.id})."
        raise_alarm(uow, acting, priority=1, source=row.id, kind="emergency_change", text=text)
    return ChangeOutcome(row.id, row.state)


def _target(row: ChangeRequest) -> tuple[str, str]:
    return (row.subject_kind, row.subject_id)


_DECIDING: Final = (request_is_submitted, request_is_in_time, approver_is_another, approver_is_another_than_concerned)


@handles(
    ApproveChange,
    permission=Permission.CHANGE_APPROVE,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_approve_sheet,
    guards=(*_DECIDING, approver_is_another_than_before, approval_is_asked_of_you, approval_is_left_to_give, target_has_not_moved),
    guard_ports=_CHANGES,
)
def approve_change(command: ApproveChange, uow: UnitOfWork, acting: Acting) -> ChangeOutcome:
    """Put the approval where it belongs; with the last one that is due the request is approved."""
    row = _named(uow.session, command.request_id)
    inside = stands_inside(acting.principal)
    slot = "further" if inside or row.approval_signature is not None else "approval"
    acting.signed().onto(row, slot, kind="change", subject_id=row.id, version=row.version + 1)
    complete = row.approval_signature is not None and (row.needed == 1 or row.further_signature is not None)
    if complete:
        row.approved_us, row.state = acting.now.utc_us, CHANGE_LIFE_CYCLE.next(row.state, "approve")
    details = {"complete": complete, "inside_administration": inside, "diff": row.diff_hash}
    uow.audit.record(Action.CHANGE_APPROVED, _subject(command), _target(row), ("user", row.requester), details=details)
    return ChangeOutcome(row.id, row.state)


@handles(
    WitnessChange,
    permission=Permission.UNLOCK_WITNESS,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_approve_sheet,
    guards=(witness_is_asked_for, *_DECIDING, target_has_not_moved),
    guard_ports=_CHANGES,
    witness=True,
)
def witness_change(command: WitnessChange, uow: UnitOfWork, acting: Acting) -> ChangeOutcome:
    """The witness's approval completes the request.

    Raises:
        RefusedError: the witness stands inside administration.
    """
    row = _named(uow.session, command.request_id)
    if stands_inside(acting.principal):
        raise RefusedError("The witness stands inside administration.", remedy="Ask a person of production or quality.")
    acting.signed().onto(row, "approval", kind="change", subject_id=row.id, version=row.version + 1)
    row.approved_us, row.state = acting.now.utc_us, CHANGE_LIFE_CYCLE.next(row.state, "approve")
    uow.audit.record(
        Action.CHANGE_APPROVED, _subject(command), _target(row), ("user", row.requester), details={"complete": True, "witness": True}
    )
    return ChangeOutcome(row.id, row.state)


def refusal_has_a_reason(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Why the request ends."""
    if command.reason.strip():
        return None
    return GuardVerdict("refusal_has_a_reason", "A reason is missing.", "Write why.", "11.10(e)")


@handles(
    RejectChange,
    permission=Permission.CHANGE_APPROVE,
    subject=_subject,
    signature=Meaning.REJECTION,
    sheet=_reject_sheet,
    guards=(refusal_has_a_reason, *_DECIDING),
    guard_ports=_CHANGES,
)
def reject_change(command: RejectChange, uow: UnitOfWork, acting: Acting) -> ChangeOutcome:
    """The request ends here."""
    row = _named(uow.session, command.request_id)
    row.state, row.ended_us, row.outcome = CHANGE_LIFE_CYCLE.next(row.state, "reject"), acting.now.utc_us, command.reason
    acting.signed().onto(row, "rejection", kind="change", subject_id=row.id, version=row.version + 1)
    uow.audit.record(Action.CHANGE_REJECTED, _subject(command), _target(row), ("user", row.requester), reason=command.reason)
    return ChangeOutcome(row.id, row.state, command.reason)


@handles(
    WithdrawChange, permission=Permission.SIGN_IN, subject=_subject, guards=(request_is_yours, refusal_has_a_reason), guard_ports=_CHANGES
)
def withdraw_change(command: WithdrawChange, uow: UnitOfWork, acting: Acting) -> ChangeOutcome:
    """The requester takes it back.

    Raises:
        TransitionError: it is neither a draft nor submitted.
    """
    row = _named(uow.session, command.request_id)
    row.state, row.ended_us, row.outcome = CHANGE_LIFE_CYCLE.next(row.state, "withdraw"), acting.now.utc_us, command.reason
    uow.audit.record(Action.CHANGE_WITHDRAWN, _subject(command), _target(row), reason=command.reason)
    return ChangeOutcome(row.id, row.state)


@handles(
    RatifyChange,
    permission=Permission.CHANGE_APPROVE,
    subject=_subject,
    signature=Meaning.APPROVAL,
    sheet=_ratify_sheet,
    guards=(
        ratification_is_due,
        approver_is_another,
        approver_is_another_than_concerned,
        approval_is_asked_of_you,
        ratifier_stands_outside,
    ),
    ports=_DEVIATIONS,
    guard_ports=_CHANGES,
)
def ratify_change(command: RatifyChange, uow: UnitOfWork, acting: Acting, *, deviations: Deviations) -> ChangeOutcome:
    """The approval that an emergency change still lacked. One that comes late opens the deviation, where the station has not done so yet."""
    row = _named(uow.session, command.request_id)
    if _is_missed(row, acting):
        _open_missed(row, uow, acting, deviations)
    acting.signed().onto(row, "approval", kind="change", subject_id=row.id, version=row.version + 1)
    late = bool(row.ratify_by_us is not None and acting.now.utc_us >= row.ratify_by_us)
    uow.audit.record(Action.CHANGE_RATIFIED, _subject(command), _target(row), ("user", row.requester), details={"late": late})
    return ChangeOutcome(row.id, row.state)


# --- what the station does -------------------------------------------------------------------------------------------


def _keep_failure(
    command: ExecuteChange, uow: UnitOfWork, acting: Acting, error: JopeError, details: dict[str, Any], *, changes: Changes
) -> bool:
    """A request that cannot be executed as things stand now has failed, and says why. While the clock is wrong it waits."""
    if isinstance(error, ClockSuspectError):
        return False
    row = _named(uow.session, command.request_id)
    if not CHANGE_LIFE_CYCLE.allows(row.state, "fail"):
        return False
    row.state, row.ended_us, row.outcome = CHANGE_LIFE_CYCLE.next(row.state, "fail"), acting.now.utc_us, error.message
    uow.audit.record(
        Action.CHANGE_FAILED, _subject(command), _target(row), ("user", row.requester), outcome=Outcome.REFUSED, details=details
    )
    return True


def request_is_approved(command: ExecuteChange, context: GuardContext) -> GuardVerdict | None:
    """Everybody whose approval is due has given it, or it is an emergency."""
    row = _named(context.session, command.request_id)
    if row.state == ChangeState.APPROVED:
        return None
    return GuardVerdict("request_is_approved", f"The request is {row.state}.", "Only approved requests are executed.", _D01)


@handles(
    ExecuteChange,
    permission=Permission.SYSTEM,
    subject=_subject,
    guards=(request_is_approved, request_is_in_time),
    ports=_CHANGES,
    keep_refusal=_keep_failure,
)
def execute_change(command: ExecuteChange, uow: UnitOfWork, acting: Acting, *, changes: Changes) -> ChangeOutcome:
    """Run the approved command in this transaction, under the names of its requester and its approvers.

    Raises:
        RefusedError, ChangeMovedError: as things stand now it cannot be done; the request has failed.
    """
    row = _named(uow.session, command.request_id)
    row.state = CHANGE_LIFE_CYCLE.next(row.state, "execute")
    uow.session.flush()
    changes.run(row, uow, acting)
    row.state, row.executed_us = CHANGE_LIFE_CYCLE.next(row.state, "done"), acting.now.utc_us
    row.ended_us = acting.now.utc_us
    approvers = [("user", who) for who in (row.approval_signer, row.further_signer) if who is not None]
    uow.audit.record(Action.CHANGE_EXECUTED, _subject(command), _target(row), ("user", row.requester), *approvers, reason=row.reason)
    return ChangeOutcome(row.id, row.state)


@handles(ExpireChange, permission=Permission.SYSTEM, subject=_subject)
def expire_change(command: ExpireChange, uow: UnitOfWork, acting: Acting) -> ChangeOutcome:
    """The time of a request is over.

    Raises:
        RefusedError: it is not.
    """
    row = _named(uow.session, command.request_id)
    if acting.now.utc_us < row.expires_us:
        raise RefusedError("The request still has time.", remedy="Nothing is left to do.")
    row.state, row.ended_us = CHANGE_LIFE_CYCLE.next(row.state, "expire"), acting.now.utc_us
    uow.audit.record(Action.CHANGE_EXPIRED, _subject(command), _target(row), ("user", row.requester))
    return ChangeOutcome(row.id, row.state)


def _is_missed(row: ChangeRequest, acting: Acting) -> bool:
    over = row.ratify_by_us is not None and acting.now.utc_us >= row.ratify_by_us
    return over and row.state == ChangeState.EXECUTED and row.approval_signature is None and not row.deviation


def _open_missed(row: ChangeRequest, uow: UnitOfWork, acting: Acting, deviations: Deviations) -> str:
    """The event, the deviation and the alarm of an approval that did not come in time. Returns the sentence."""
    text = f"The emergency change {row.id} ({title_of(row.command)}) of {row.requester} was not approved within {RATIFY_HOURS} hours."
    uow.audit.record(Action.CHANGE_RATIFICATION_MISSED, ("change", row.id), _target(row), ("user", row.requester))
    row.deviation = deviations.open(
        uow, acting, title=f"{row.id} was not approved in time", description=text, source=("change_request", row.id),
        details={"command": row.command, "requested_by": row.requester, "diff": row.diff_hash},
    )  # fmt: skip
    raise_alarm(uow, acting, priority=2, source=row.id, kind="ratification_missed", text=text)
    return text


@handles(NoteMissedRatification, permission=Permission.SYSTEM, subject=_subject, ports=_DEVIATIONS)
def note_missed_ratification(command: NoteMissedRatification, uow: UnitOfWork, acting: Acting, *, deviations: Deviations) -> ChangeOutcome:
    """An emergency change was not approved in time: a deviation opens in the same transaction (URS D07, H06).

    Raises:
        RefusedError: its time is not over, or it is approved.
    """
    row = _named(uow.session, command.request_id)
    if not _is_missed(row, acting):
        raise RefusedError("No approval after the fact was missed.", remedy="Nothing is left to do.")
    return ChangeOutcome(row.id, row.state, _open_missed(row, uow, acting, deviations))
