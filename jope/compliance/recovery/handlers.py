"""What happens when two people with sealed codes open their accounts again (URS A08, A12; 21 CFR 11.300(d); A11d-13; ADR 0024)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

from sqlalchemy import select

from jope.compliance.access.permissions import ADMINISTRATION, Permission
from jope.compliance.alarms.commands import FAILED_RECOVERY, LOCKOUT, RECOVERY
from jope.compliance.alarms.handlers import raise_alarm, return_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, GuardVerdict, Meaning, Outcome, SheetRow, SigningSheet, handles
from jope.compliance.identity.accounts import account_named, unlock_account
from jope.compliance.identity.model import AccountState, UserAccount
from jope.compliance.identity.passwords import MAX_FAILURES
from jope.compliance.identity.queries import person_of
from jope.compliance.identity.sessions import SessionRegistry
from jope.compliance.recovery.commands import DenyRecovery, NoteRecoveryAttempt, RecoverAccounts, ReviewRecovery, SealCode
from jope.compliance.recovery.model import Recovery, RecoveryCode
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.errors import NotFoundError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork

RECOVERY_RECORD: Final = SignedRecord(
    "account_recovery", "account_recovery", "id", ("id", "first", "second", "reason", "recovered_us", "review")
)
_11_300D: Final = "11.300(d)"
_USABLE: Final = (
    "SELECT employee_id FROM user_account WHERE state = 'active' AND admitted = 1 AND password_state = 'own' "
    "AND (access_from_us IS NULL OR access_from_us <= ?1) AND (access_until_us IS NULL OR access_until_us > ?1) ORDER BY employee_id"
)


def open_code(session: RowSession, employee_id: str) -> RecoveryCode | None:
    """The sealed code of a person that is still good."""
    return session.scalar(select(RecoveryCode).where(RecoveryCode.employee_id == employee_id, RecoveryCode.ended_us.is_(None)))


def _can_unlock(first: frozenset[Permission], second: frozenset[Permission]) -> bool:
    """Whether one of two people may unlock and the other, who stands outside administration, witness it."""
    return any(
        Permission.USER_UNLOCK in asks and Permission.UNLOCK_WITNESS in sees and not ADMINISTRATION & sees
        for asks, sees in ((first, second), (second, first))
    )


def _judged_us(context: GuardContext) -> int:
    """The time that access is judged by: a clock that was set back brings nobody back."""
    sessions = context.ports["sessions"]
    assert isinstance(sessions, SessionRegistry)
    return sessions.judged_us()


def _held(context: GuardContext, employee_id: str) -> frozenset[Permission]:
    return person_of(context.session.cursor, employee_id, context.principal, _judged_us(context))[0].permissions


# --- guards ----------------------------------------------------------------------------------------------------------


def code_is_for_unlockers(command: SealCode, context: GuardContext) -> GuardVerdict | None:
    """Only whoever may unlock, or witness it, has a sealed code: two of them can set the ordinary way going again."""
    if context.principal.permissions & {Permission.USER_UNLOCK, Permission.UNLOCK_WITNESS}:
        return None
    words = "A sealed code is for those who unlock, or witness it."
    return GuardVerdict("code_is_for_unlockers", words, "Administrators, supervisors and quality assurance have one.", _11_300D)


def accounts_are_locked(command: RecoverAccounts, context: GuardContext) -> GuardVerdict | None:
    """Two accounts, of which one at least is locked; the other one may be active. A disabled one stays so."""
    states = [account_named(context.session, who).state for who in (command.first, command.second)]
    if command.first != command.second and AccountState.DISABLED not in states and AccountState.LOCKED in states:
        return None
    return GuardVerdict(
        "accounts_are_locked", "These are not two accounts that are locked.", "Sign in, or ask who may enable it.", _11_300D
    )


def both_have_access(command: RecoverAccounts, context: GuardContext) -> GuardVerdict | None:
    """Neither of the two is over their last day, or before their first one; such an account need not be disabled yet."""
    accounts = [account_named(context.session, who) for who in (command.first, command.second)]
    now_us = _judged_us(context)
    outside = [
        user.employee_id
        for user in accounts
        if (user.access_from_us is not None and now_us < user.access_from_us)
        or (user.access_until_us is not None and now_us >= user.access_until_us)
    ]
    if not outside:
        return None
    words = f"The access of {' and '.join(outside)} is over or has not begun."
    return GuardVerdict("both_have_access", words, "Find two people who have access now.", "A11d-08")


def nobody_can_unlock(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The ordinary way is closed: no two people who can sign in may unlock and witness. While it is open it is the only one."""
    usable = [_held(context, who) for (who,) in context.session.cursor.execute(_USABLE, (_judged_us(context),)).fetchall()]
    if not any(_can_unlock(one, other) for one, other in product(usable, repeat=2)):  # whoever may unlock is inside, and never the witness
        return None
    words = "Somebody who may unlock and somebody who may witness it can sign in."
    return GuardVerdict("nobody_can_unlock", words, "Ask them to unlock the account.", _11_300D)


def together_they_can_unlock(command: RecoverAccounts, context: GuardContext) -> GuardVerdict | None:
    """The two are an administrator who may unlock and a person outside administration who may witness it."""
    if _can_unlock(_held(context, command.first), _held(context, command.second)):
        return None
    words = "These two cannot unlock others: one has to be an administrator, the other one stands outside administration."
    return GuardVerdict("together_they_can_unlock", words, "Find two people who can.", "A11d-16")


def recovery_has_a_reason(command: RecoverAccounts, context: GuardContext) -> GuardVerdict | None:
    """It is said why."""
    if command.reason.strip():
        return None
    return GuardVerdict("recovery_has_a_reason", "A reason is missing.", "Write what happened.", "11.10(e)")


def _recovery(session: RowSession, recovery_id: str) -> Recovery:
    found = session.get(Recovery, recovery_id)
    if found is None:
        raise NotFoundError("There is no such recovery.")
    return found


def recovery_is_open(command: ReviewRecovery, context: GuardContext) -> GuardVerdict | None:
    """It was not reviewed yet, and it is said what was found."""
    if _recovery(context.session, command.recovery_id).reviewed_signature is not None:
        return GuardVerdict("recovery_is_open", "This is reviewed already.", "Nothing is left to do.", _11_300D)
    if not command.review.strip():
        return GuardVerdict("recovery_is_open", "It is not said what was found.", "Write whether it was right.", "11.10(e)")
    return None


def reviewer_is_another_than_both(command: ReviewRecovery, context: GuardContext) -> GuardVerdict | None:
    """Neither of the two reviews what they did."""
    row = _recovery(context.session, command.recovery_id)
    if context.principal.employee_id not in (row.first, row.second):
        return None
    return GuardVerdict("reviewer_is_another_than_both", "This was you.", "A third person reviews it.", "11.10(g)")


# --- what happens ----------------------------------------------------------------------------------------------------


@handles(
    SealCode,
    permission=Permission.IDENTITY_CHECK,
    subject=lambda c: ("recovery_code", "own"),
    guards=(code_is_for_unlockers,),
    regulated=False,
)
def seal_code(command: SealCode, uow: UnitOfWork, acting: Acting) -> None:
    """The person has one sealed code from now on."""
    who = acting.principal.employee_id
    before = open_code(uow.session, who)
    if before is not None:
        before.ended_us = acting.now.utc_us
        uow.session.flush()
    code_id = add_code(uow.session, who, command.code_hash, acting.now.utc_us)
    uow.audit.record(Action.RECOVERY_CODE_SEALED, ("user", who), ("recovery_code", code_id), details={"replaces": before is not None})


def add_code(session: RowSession, employee_id: str, code_hash: str, now_us: int) -> str:
    """A new sealed code of a person. Returns its id."""
    code_id = new_id()
    session.add(RecoveryCode(id=code_id, employee_id=employee_id, code_hash=code_hash, sealed_us=now_us, failures=0, ended_us=None))
    return code_id


@handles(NoteRecoveryAttempt, permission=Permission.SYSTEM, subject=lambda c: ("workstation", "recovery"), regulated=False)
def note_recovery_attempt(command: NoteRecoveryAttempt, uow: UnitOfWork, acting: Acting) -> None:
    """Write an attempt down before the passwords are looked at, and alarm. Beside right codes each attempt counts: with the third a code is void."""
    people = _known(uow.session, command)
    subjects = [("user", who) for who in dict.fromkeys(people)] or [("workstation", acting.principal.station)]
    if command.codes_fit:
        for code in _codes(uow.session, people):
            subjects.append(("recovery_code", code.id))
            code.failures += 1
            if code.failures >= MAX_FAILURES:
                code.ended_us = acting.now.utc_us
    outcome = Outcome.DONE if command.codes_fit else Outcome.DENIED
    uow.audit.record(Action.RECOVERY_TRIED, *subjects, outcome=outcome, details={"purpose": "recovery"})
    text = (
        f"Somebody tried to recover accounts at {acting.principal.station} {'with' if command.codes_fit else 'without'} the sealed codes."
    )
    raise_alarm(uow, acting, priority=2, source=acting.principal.station, kind=FAILED_RECOVERY, text=text)


@handles(DenyRecovery, permission=Permission.SYSTEM, subject=lambda c: ("workstation", "recovery"), regulated=False)
def deny_recovery(command: DenyRecovery, uow: UnitOfWork, acting: Acting) -> None:
    """Write down what came of an attempt that was counted and alarmed before."""
    people = [("user", who) for who in dict.fromkeys(_known(uow.session, command))]
    uow.audit.record(Action.RECOVERY_TRIED, *people, outcome=Outcome.DENIED, details={"purpose": "password"})


def _known(session: RowSession, command: NoteRecoveryAttempt | DenyRecovery) -> tuple[str, ...]:
    return tuple(who for who in (command.first, command.second) if session.get(UserAccount, who) is not None)


def _codes(session: RowSession, people: tuple[str, ...]) -> Iterator[RecoveryCode]:
    for who in people:
        code = open_code(session, who)
        if code is not None:
            yield code


@handles(
    RecoverAccounts,
    permission=Permission.SYSTEM,
    subject=lambda c: ("account_recovery", c.recovery_id),
    guards=(recovery_has_a_reason, accounts_are_locked, both_have_access, nobody_can_unlock, together_they_can_unlock),
    guard_ports=frozenset({"sessions"}),
    regulated=False,
)
def recover_accounts(command: RecoverAccounts, uow: UnitOfWork, acting: Acting) -> None:
    """Unlock the two, end their codes, alarm, and leave a review due. Everybody else is unlocked by these two in the ordinary way."""
    codes = {who: _last_code(uow.session, who) for who in (command.first, command.second)}
    uow.session.add(
        Recovery(
            id=command.recovery_id, first=command.first, second=command.second, first_code=codes[command.first].id,
            second_code=codes[command.second].id, reason=command.reason, recovered_us=acting.now.utc_us, review="",
            reviewed_signature=None, reviewed_signer=None, reviewed_meaning=None, reviewed_version=None,
        )
    )  # fmt: skip
    for who, code in codes.items():
        if code.ended_us is None:
            code.ended_us = acting.now.utc_us
        user = account_named(uow.session, who)
        if user.state == AccountState.LOCKED:
            unlock_account(uow, user)
    people = [("user", who) for who in codes]
    uow.audit.record(Action.USERS_RECOVERED, ("account_recovery", command.recovery_id), *people, reason=command.reason)
    for who in codes:
        return_alarms(uow, acting, source=f"account {who}", kinds=(LOCKOUT,))
    text = f"{command.first} and {command.second} opened their accounts with sealed codes; a third person reviews it."
    raise_alarm(uow, acting, priority=1, source="accounts", kind=RECOVERY, text=text)


def _last_code(session: RowSession, employee_id: str) -> RecoveryCode:
    """The code of the running attempt; its third failure may have ended it, and the attempt was still its own."""
    found = session.scalars(select(RecoveryCode).where(RecoveryCode.employee_id == employee_id).order_by(RecoveryCode.sealed_us.desc()))
    newest = next(iter(found), None)
    if newest is None:
        raise NotFoundError(f"{employee_id} has no sealed code.")
    return newest


def _recovery_sheet(command: ReviewRecovery, context: GuardContext) -> SigningSheet:
    row = _recovery(context.session, command.recovery_id)
    rows = (
        SheetRow("Accounts", f"{row.first}, {row.second}", f"{row.first}, {row.second}"),
        SheetRow("Reason", row.reason, row.reason),
        SheetRow("Review", "", command.review),
    )
    return signing_sheet("Review the recovery of accounts", ("account_recovery", row.id), Meaning.REVIEW, rows)


@handles(
    ReviewRecovery,
    permission=Permission.ACCESS_REVIEW,
    subject=lambda c: ("account_recovery", c.recovery_id),
    signature=Meaning.REVIEW,
    sheet=_recovery_sheet,
    guards=(recovery_is_open, reviewer_is_another_than_both),
)
def review_recovery(command: ReviewRecovery, uow: UnitOfWork, acting: Acting) -> None:
    """Write down what a third person says of it."""
    row = _recovery(uow.session, command.recovery_id)
    row.review = command.review
    acting.signed().onto(row, "reviewed", kind="account_recovery", subject_id=row.id, version=row.version + 1)
    uow.audit.record(
        Action.RECOVERY_REVIEWED, ("account_recovery", row.id), ("user", row.first), ("user", row.second), reason=command.review
    )
    if uow.session.value("SELECT 1 FROM account_recovery WHERE reviewed_signature IS NULL AND id <> ?", row.id) is None:
        return_alarms(uow, acting, source="accounts", kinds=(RECOVERY,))
        return_alarms(uow, acting, source=acting.principal.station, kinds=(FAILED_RECOVERY,))
