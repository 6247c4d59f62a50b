"""What happens to people's accounts (URS A01, A05, A06, A08, A15, A17, D03; 21 CFR 11.100, 11.300)."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from sqlalchemy import select

from jope.compliance.access.conflicts import conflicts_among
from jope.compliance.access.permissions import Permission
from jope.compliance.access.roles import EMERGENCY
from jope.compliance.alarms.commands import LOCKOUT
from jope.compliance.alarms.handlers import return_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, FourEyesRule, GuardContext, GuardVerdict, Meaning, Risk, SheetRow, SigningSheet, handles
from jope.compliance.identity.accounts import account_named, unlock_account
from jope.compliance.identity.ending import end_sessions
from jope.compliance.identity.model import AccountState, CredentialState, Disabling, Role, UsedPassword, UserAccount
from jope.compliance.identity.queries import FOR_EVER, permissions_held
from jope.compliance.identity.sessions import SessionRegistry
from jope.compliance.people.commands import (
    ChangeUser,
    CreateUser,
    EnableUser,
    EndAccess,
    IssueBadge,
    IssueCredential,
    RecordFactorTest,
    RecordIdentityCheck,
    ResetCredential,
    ReviewDisabling,
    RevokeBadge,
    UnlockUser,
)
from jope.compliance.people.model import Badge, FactorTest, IdentityCheck
from jope.compliance.people.ports import Documents
from jope.compliance.people.times import day_begins_us, day_ends_us
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.clock import site_date
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork

IDENTITY_RECORD: Final = SignedRecord(
    "identity_check", "identity_check", "id", ("id", "employee_id", "how", "document_name", "document_hash", "checked_us")
)
DISABLING_RECORD: Final = SignedRecord(
    "user_disabling", "user_disabling", "id", ("id", "employee_id", "disabled_by", "reason", "disabled_us", "review")
)
FACTOR_RECORD: Final = SignedRecord(
    "factor_test", "factor_test", "id", ("id", "kind", "device", "procedure", "passed", "tested_us", "next_due")
)
_SESSIONS: Final = frozenset({"sessions"})
_DOCUMENTS: Final = frozenset({"documents"})
_STATION: Final = "SYSTEM"
_DIGEST: Final = re.compile("[0-9a-f]{64}")
_11_100A: Final = "11.100(a)"
_11_100B: Final = "11.100(b)"
_11_300C: Final = "11.300(c)"


def is_employee_id(text: str) -> bool:
    """Whether a text has the form of an employee id: 2 to 32 capitals, digits and hyphens, and not the name that the station itself acts under."""
    return text != _STATION and 2 <= len(text) <= 32 and text.isascii() and text.replace("-", "").isalnum() and text == text.upper()


def _user_subject(command: Any) -> tuple[str, str]:
    return ("user", command.employee_id)


def _account(command: Any) -> tuple[str, str]:
    """Beside the person: the account itself, for what changes it without a request."""
    return ("account", command.employee_id)


def _concerns(command: Any) -> frozenset[str]:
    return frozenset({command.employee_id})


# --- guards ----------------------------------------------------------------------------------------------------------


def id_was_never_given(command: CreateUser, context: GuardContext) -> GuardVerdict | None:
    """An employee id belongs to one person for ever, also after the account was disabled."""
    if context.session.value("SELECT 1 FROM user_account WHERE upper(employee_id) = upper(?)", command.employee_id) is None:
        return None
    return GuardVerdict("id_was_never_given", f"{command.employee_id} was given before.", "Choose an id that nobody had.", _11_100A)


def id_is_well_formed(command: CreateUser, context: GuardContext) -> GuardVerdict | None:
    """Letters, digits and hyphens, so that it can be typed with gloves and printed anywhere."""
    if is_employee_id(command.employee_id):
        return None
    return GuardVerdict("id_is_well_formed", "An employee id is 2 to 32 capitals, digits and hyphens.", "Write it so.", _11_100A)


def person_is_named(command: Any, context: GuardContext) -> GuardVerdict | None:
    """An account is a person's, with the name that signatures print."""
    if command.name.strip():
        return None
    return GuardVerdict("person_is_named", "The person's name is missing.", "Write the name as signatures print it.", "11.50(a)(1)")


def role_exists(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The role is one of the station's, and one that people hold: the emergency role is taken for a time, with an alarm and a review."""
    if command.role == EMERGENCY:
        return GuardVerdict("role_exists", "Emergency access is nobody's own role.", "Choose another one of the list.", "A11d-16")
    if context.session.get(Role, command.role) is not None:
        return None
    return GuardVerdict("role_exists", f"There is no role '{command.role}'.", "Choose one of the list.", "11.10(g)")


def access_has_a_time(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The last day is not before the first, and lies ahead; an inspector's access always ends."""
    begins, ends = day_begins_us(command.access_from, context.zone), day_ends_us(command.access_until, context.zone)
    if command.role == "inspector" and ends is None:
        return GuardVerdict("access_has_a_time", "An inspector's access ends on a day.", "Name its last day.", "11.1(e)")
    if ends is not None and (ends <= context.now.utc_us or (begins is not None and ends <= begins)):
        return GuardVerdict("access_has_a_time", "The last day of access is over, or before the first.", "Name another day.", "A11d-08")
    return None


def account_exists(command: Any, context: GuardContext) -> GuardVerdict | None:
    """There is such an account."""
    if context.session.get(UserAccount, command.employee_id) is not None:
        return None
    return GuardVerdict("account_exists", f"There is no account {command.employee_id}.", "Check the employee id.", _11_100A)


def account_changes(command: ChangeUser, context: GuardContext) -> GuardVerdict | None:
    """Something is another than before."""
    user = context.session.get(UserAccount, command.employee_id)
    if user is None or _wanted(command, context.zone) != (user.name, user.role, user.line, user.access_from_us, user.access_until_us):
        return None
    return GuardVerdict("account_changes", "The account is so already.", "Nothing is left to do.", _11_100A)


def roles_go_together(command: ChangeUser, context: GuardContext) -> GuardVerdict | None:
    """With the roles that the person holds for a time, now or later, the new one is nothing that different people hold."""
    held = permissions_held(context.session.cursor, command.employee_id, command.role, context.now.utc_us, FOR_EVER)
    found = conflicts_among(held)
    if not found:
        return None
    remedy = "Wait until the role for a time has ended, or choose another role."
    return GuardVerdict("roles_go_together", f"{found[0].capitalize()}.", remedy, "A11d-16")


def access_is_not_over(command: EnableUser, context: GuardContext) -> GuardVerdict | None:
    """The last day of access lies ahead: another one is asked for by itself, so that its approver sees it."""
    user = context.session.get(UserAccount, command.employee_id)
    if user is None or user.access_until_us is None or context.now.utc_us < user.access_until_us:
        return None
    return GuardVerdict("access_is_not_over", "The last day of access is over.", "Ask for another last day first.", "A11d-08")


def account_is_disabled(command: EnableUser, context: GuardContext) -> GuardVerdict | None:
    """It is disabled."""
    user = context.session.get(UserAccount, command.employee_id)
    if user is None or not user.admitted:
        return None
    return GuardVerdict("account_is_disabled", "The account is not disabled.", "Nothing is left to do.", _11_300C)


def account_is_locked(command: UnlockUser, context: GuardContext) -> GuardVerdict | None:
    """It is locked."""
    user = context.session.get(UserAccount, command.employee_id)
    if user is None or user.state == AccountState.LOCKED:
        return None
    return GuardVerdict("account_is_locked", "The account is not locked.", "Nothing is left to do.", "11.300(d)")


def check_is_described(command: Any, context: GuardContext) -> GuardVerdict | None:
    """By what the person was recognised."""
    if command.how.strip():
        return None
    return GuardVerdict("check_is_described", "It is not said how the identity was checked.", "Write by what.", _11_100B)


def person_is_not_you(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Nobody does this for their own account."""
    if command.employee_id != context.principal.employee_id:
        return None
    return GuardVerdict("person_is_not_you", "This is your own account.", "Another person does this.", "11.10(g)")


def credential_is_open(command: IssueCredential, context: GuardContext) -> GuardVerdict | None:
    """Two people said that this account gets a first password, and its person's identity was checked."""
    user = context.session.get(UserAccount, command.employee_id)
    if user is None or (user.admitted and user.identified and user.password_state == CredentialState.NONE):
        return None
    if not user.identified:
        return GuardVerdict("credential_is_open", "The person's identity was not checked.", "Record the identity check first.", _11_100B)
    return GuardVerdict("credential_is_open", "No first password is due.", "Ask for a reset; a second person approves it.", "11.200(a)(3)")


def document_is_kept(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The document is named by its hash, and the station keeps it."""
    documents = cast("Documents", context.ports["documents"])
    if command.document_name.strip() and documents.holds(command.document_hash):
        return None
    return GuardVerdict("document_is_kept", "The document is missing.", "Add a scan of it.", _11_100B)


def issuer_is_another_than_checker(command: IssueCredential, context: GuardContext) -> GuardVerdict | None:
    """Whoever signed the newest identity check does not hand out the password too: one person alone makes nobody up."""
    sql = "SELECT checked_signer FROM identity_check WHERE employee_id = ? ORDER BY checked_us DESC, id DESC LIMIT 1"
    if context.session.value(sql, command.employee_id) != context.principal.employee_id:
        return None
    words = "You checked this person's identity yourself."
    return GuardVerdict(
        "issuer_is_another_than_checker", words, "Another person gives out the password, or checks the identity anew.", "11.200(a)(3)"
    )


def badge_is_new(command: IssueBadge, context: GuardContext) -> GuardVerdict | None:
    """The badge was read, was never given out, and its person has none."""
    value = context.session.value
    if not _DIGEST.fullmatch(command.badge_digest):
        return GuardVerdict("badge_is_new", "The badge was not read.", "Read it once more.", _11_300C)
    if value("SELECT 1 FROM badge WHERE id = ?", command.badge_digest) is not None:
        return GuardVerdict("badge_is_new", "This badge was given out before.", "Take a new one.", _11_300C)
    if value("SELECT 1 FROM badge WHERE employee_id = ? AND state = 'active'", command.employee_id) is not None:
        return GuardVerdict("badge_is_new", "The person has a badge.", "Revoke it first.", _11_300C)
    return None


def badge_has_its_own_check(command: IssueBadge, context: GuardContext) -> GuardVerdict | None:
    """Each badge, also a replacement, follows an identity check of its own: one that was made after the badge before was revoked."""
    value = context.session.value
    own = value(
        "SELECT 1 FROM identity_check c WHERE id = ?1 AND employee_id = ?2 "
        "AND NOT EXISTS (SELECT 1 FROM badge b WHERE b.employee_id = ?2 AND b.revoked_us >= c.checked_us)",
        command.identity_check_id, command.employee_id,
    )  # fmt: skip
    used = value("SELECT 1 FROM badge WHERE identity_check_id = ?", command.identity_check_id)
    if own is not None and used is None:
        return None
    return GuardVerdict(
        "badge_has_its_own_check", "This badge has no identity check of its own.", "Check the person's identity, and record it.", _11_300C
    )


# --- what would change -----------------------------------------------------------------------------------------------


def _wanted(command: Any, zone: str) -> tuple[str, str, str, int | None, int | None]:
    return (
        command.name, command.role, command.line, day_begins_us(command.access_from, zone), day_ends_us(command.access_until, zone),
    )  # fmt: skip


def _create_diff(command: CreateUser, context: GuardContext) -> tuple[SheetRow, ...]:
    return (
        SheetRow("Employee id", "", command.employee_id),
        SheetRow("Name", "", command.name),
        SheetRow("Role", "", _role_text(context.session, command.role)),
        SheetRow("Line", "", _line_text(command.line)),
        SheetRow("Access", "", _access_text(command.access_from, command.access_until)),
    )


def _change_diff(command: ChangeUser, context: GuardContext) -> tuple[SheetRow, ...]:
    user = account_named(context.session, command.employee_id)
    session = context.session
    return (
        SheetRow("Employee id", user.employee_id, user.employee_id),
        SheetRow("Name", user.name, command.name),
        SheetRow("Role", _role_text(session, user.role), _role_text(session, command.role)),
        SheetRow("Line", _line_text(user.line), _line_text(command.line)),
        SheetRow("Access", _stored_access(user, context.zone), _access_text(command.access_from, command.access_until)),
    )


def _role_text(session: RowSession, role: str) -> str:
    found = session.get(Role, role)
    return role if found is None else f"{found.title} ({found.role}, version {found.number})"


def _line_text(line: str) -> str:
    return "all lines" if line == "*" else line


def _access_text(first: str, last: str) -> str:
    return f"from {first or 'now'} until {last or 'further notice'}"


def _stored_access(user: UserAccount, zone: str) -> str:
    first = "" if user.access_from_us is None else site_date(user.access_from_us, zone)
    return _access_text(first, "" if user.access_until_us is None else site_date(user.access_until_us - 1, zone))


def _state_diff(command: Any, context: GuardContext) -> tuple[SheetRow, ...]:
    user = account_named(context.session, command.employee_id)
    after = {EnableUser: "may be used, with a new first password", UnlockUser: AccountState.ACTIVE.value, ResetCredential: user.state}
    rows = [
        SheetRow("Employee id", user.employee_id, user.employee_id),
        SheetRow("Name", user.name, user.name),
        SheetRow("Account", user.state, after[type(command)]),
    ]
    if isinstance(command, EnableUser):
        access = _stored_access(user, context.zone)
        rows.append(SheetRow("Access", access, access))
    if isinstance(command, ResetCredential):
        rows.append(SheetRow("Password", user.password_state, CredentialState.NONE.value))
    if isinstance(command, UnlockUser):
        rows.append(SheetRow("Identity checked by", "", command.how))
    return tuple(rows)


def _badge_diff(command: IssueBadge, context: GuardContext) -> tuple[SheetRow, ...]:
    had = context.session.value("SELECT count(*) FROM badge WHERE employee_id = ?", command.employee_id)
    return (
        SheetRow("Employee id", command.employee_id, command.employee_id),
        SheetRow("Badge", f"{had} before, none in use", f"...{command.badge_digest[:8]}"),
        SheetRow("Identity check", "", command.identity_check_id),
    )


def _rule(diff: Any, risk: Risk, approve: Permission = Permission.CHANGE_APPROVE, hours: int = 168) -> FourEyesRule:
    return FourEyesRule(risk=risk, diff=diff, approve=approve, hours=hours, concerns=_concerns)


# --- by two people ---------------------------------------------------------------------------------------------------


@handles(
    CreateUser,
    permission=Permission.USER_REQUEST,
    subject=_user_subject,
    guards=(id_is_well_formed, id_was_never_given, person_is_named, role_exists, access_has_a_time),
    four_eyes=_rule(_create_diff, Risk.HIGH),
)
def create_user(command: CreateUser, uow: UnitOfWork, acting: Acting) -> None:
    """An account that nobody can sign in with yet."""
    name, role, line, begins, ends = _wanted(command, acting.zone)
    uow.session.add(
        UserAccount(
            employee_id=command.employee_id, name=name, role=role, line=line, state=AccountState.DISABLED.value, password_hash="",
            created_us=acting.now.utc_us, password_state=CredentialState.NONE.value, password_set_us=0, identified=0, admitted=1,
            access_from_us=begins, access_until_us=ends,
        )
    )  # fmt: skip
    uow.audit.record(Action.USER_CREATED, _user_subject(command), ("role", role), reason=command.reason)


@handles(
    ChangeUser,
    permission=Permission.USER_REQUEST,
    subject=_user_subject,
    guards=(account_exists, person_is_named, role_exists, roles_go_together, access_has_a_time, account_changes),
    four_eyes=_rule(_change_diff, Risk.HIGH),
    ports=_SESSIONS,
)
def change_user(command: ChangeUser, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """The account is another from now on; its person signs in anew to what it may do now."""
    user = account_named(uow.session, command.employee_id)
    before = {"role": user.role, "line": user.line}
    user.name, user.role, user.line, user.access_from_us, user.access_until_us = _wanted(command, acting.zone)
    details = {"before": before, "after": {"role": user.role, "line": user.line}}
    uow.audit.record(Action.USER_CHANGED, _user_subject(command), ("role", user.role), reason=command.reason, details=details)
    end_sessions(uow, user.employee_id, sessions, acting, cause="account changed")


@handles(
    EnableUser,
    permission=Permission.USER_REQUEST,
    subject=_user_subject,
    guards=(account_exists, account_is_disabled, access_is_not_over),
    four_eyes=_rule(_state_diff, Risk.HIGH),
)
def enable_user(command: EnableUser, uow: UnitOfWork, acting: Acting) -> None:
    """The account waits for a new first password."""
    user = account_named(uow.session, command.employee_id)
    _void_password(uow, user)
    user.admitted = 1
    uow.audit.record(Action.USER_ENABLED, _user_subject(command), reason=command.reason)


@handles(
    UnlockUser,
    permission=Permission.USER_UNLOCK,
    subject=_user_subject,
    guards=(account_exists, account_is_locked, check_is_described, person_is_not_you),
    four_eyes=_rule(_state_diff, Risk.LOW, Permission.UNLOCK_WITNESS, hours=1),
)
def unlock_user(command: UnlockUser, uow: UnitOfWork, acting: Acting) -> None:
    """The account is active again and its failures are counted anew."""
    user = account_named(uow.session, command.employee_id)
    unlock_account(uow, user)
    uow.audit.record(Action.USER_UNLOCKED, _user_subject(command), reason=command.reason, details={"how": command.how})
    return_alarms(uow, acting, source=f"account {user.employee_id}", kinds=(LOCKOUT,))


def _void_password(uow: UnitOfWork, user: UserAccount) -> None:
    """Nobody signs in with it any more, and its person does not take it again: a password that is reset may be known to others."""
    if user.password_state == CredentialState.OWN:
        uow.session.add(
            UsedPassword(id=new_id(), employee_id=user.employee_id, password_hash=user.password_hash, set_us=user.password_set_us)
        )
    user.password_state = CredentialState.NONE.value


@handles(
    ResetCredential,
    permission=Permission.USER_REQUEST,
    subject=_user_subject,
    guards=(account_exists,),
    four_eyes=_rule(_state_diff, Risk.HIGH),
    ports=_SESSIONS,
)
def reset_credential(command: ResetCredential, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """The password is void at once."""
    user = account_named(uow.session, command.employee_id)
    _void_password(uow, user)
    uow.audit.record(Action.CREDENTIAL_RESET, _user_subject(command), reason=command.reason)
    end_sessions(uow, user.employee_id, sessions, acting, cause="password reset")


@handles(
    IssueBadge,
    permission=Permission.USER_REQUEST,
    subject=_user_subject,
    guards=(account_exists, badge_is_new, badge_has_its_own_check),
    four_eyes=_rule(_badge_diff, Risk.LOW),
)
def issue_badge(command: IssueBadge, uow: UnitOfWork, acting: Acting) -> None:
    """The badge fills in the id from now on."""
    uow.session.add(
        Badge(
            id=command.badge_digest, employee_id=command.employee_id, identity_check_id=command.identity_check_id, state="active",
            issued_us=acting.now.utc_us, revoked_us=None,
        )
    )  # fmt: skip
    uow.audit.record(Action.BADGE_ISSUED, ("badge", command.badge_digest), _user_subject(command), reason=command.reason)


# --- by one person ---------------------------------------------------------------------------------------------------


def _identity_sheet(command: RecordIdentityCheck, context: GuardContext) -> SigningSheet:
    user = account_named(context.session, command.employee_id)
    facts = (
        ("Employee id", user.employee_id), ("Name", user.name), ("Checked by", command.how), ("Document", command.document_name),
        ("Hash of the document", command.document_hash),
    )  # fmt: skip
    rows = tuple(SheetRow(label, text, text) for label, text in facts)
    return signing_sheet("Identity check", ("identity_check", command.check_id), Meaning.VERIFIED, rows)


@handles(
    RecordIdentityCheck,
    permission=Permission.IDENTITY_CHECK,
    subject=lambda c: ("identity_check", c.check_id),
    signature=Meaning.VERIFIED,
    sheet=_identity_sheet,
    guards=(account_exists, person_is_not_you, check_is_described, document_is_kept),
    guard_ports=_DOCUMENTS,
)
def record_identity_check(command: RecordIdentityCheck, uow: UnitOfWork, acting: Acting) -> None:
    """Write the check down; from here on the account may get a first password."""
    row = IdentityCheck(
        id=command.check_id, employee_id=command.employee_id, how=command.how, document_name=command.document_name,
        document_hash=command.document_hash, checked_us=acting.now.utc_us,
    )  # fmt: skip
    acting.signed().onto(row, "checked", kind="identity_check", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.audit.record(
        Action.USER_IDENTIFIED, ("identity_check", row.id), _user_subject(command), details={"document": command.document_hash}
    )
    user = account_named(uow.session, command.employee_id)
    user.identified = 1


@handles(
    IssueCredential,
    permission=Permission.CREDENTIAL_ISSUE,
    subject=_user_subject,
    guards=(account_exists, person_is_not_you, credential_is_open, issuer_is_another_than_checker),
)
def issue_credential(command: IssueCredential, uow: UnitOfWork, acting: Acting) -> None:
    """The account is active; its first password opens nothing but the choice of an own one."""
    user = account_named(uow.session, command.employee_id)
    user.password_hash, user.password_state = command.password_hash, CredentialState.ONE_TIME.value
    user.password_set_us = acting.now.utc_us
    activates = user.state == AccountState.DISABLED
    if activates:
        user.state = AccountState.ACTIVE.value
    uow.audit.record(Action.CREDENTIAL_ISSUED, _user_subject(command), _account(command), details={"activates": activates})


@handles(
    RevokeBadge,
    permission=Permission.BADGE_REVOKE,
    subject=_user_subject,
    regulated=False,
    always=True,
)
def revoke_badge(command: RevokeBadge, uow: UnitOfWork, acting: Acting) -> None:
    """The badge is void.

    Raises:
        RefusedError: no reason, or the person has no badge.
    """
    badge = uow.session.scalar(select(Badge).where(Badge.employee_id == command.employee_id, Badge.state == "active"))
    if badge is None:
        raise RefusedError("The person has no badge in use.", remedy="Nothing is left to do.")
    if not command.reason.strip():
        raise RefusedError("A reason is missing.", remedy="Write why the badge is revoked.")
    badge.state, badge.revoked_us = "revoked", acting.now.utc_us
    uow.audit.record(Action.BADGE_REVOKED, ("badge", badge.id), _user_subject(command), reason=command.reason)


def _disabling(session: RowSession, disabling_id: str) -> Disabling:
    found = session.get(Disabling, disabling_id)
    if found is None:
        raise NotFoundError("There is no such disabling.")
    return found


def reviewer_is_another(command: ReviewDisabling, context: GuardContext) -> GuardVerdict | None:
    """Whoever disabled the account does not review it."""
    if _disabling(context.session, command.disabling_id).disabled_by != context.principal.employee_id:
        return None
    return GuardVerdict("reviewer_is_another", "You disabled this account yourself.", "Another person reviews it.", "11.10(g)")


def reviewer_is_another_than_disabled(command: ReviewDisabling, context: GuardContext) -> GuardVerdict | None:
    """Whose account it was does not review it, though it may be in use again."""
    if _disabling(context.session, command.disabling_id).employee_id != context.principal.employee_id:
        return None
    return GuardVerdict("reviewer_is_another_than_disabled", "This was your own account.", "Another person reviews it.", "11.10(g)")


def disabling_is_open(command: ReviewDisabling, context: GuardContext) -> GuardVerdict | None:
    """It was not reviewed yet, and it is said what was found."""
    row = _disabling(context.session, command.disabling_id)
    if row.reviewed_signature is not None:
        return GuardVerdict("disabling_is_open", "This is reviewed already.", "Nothing is left to do.", _11_300C)
    if not command.review.strip():
        return GuardVerdict("disabling_is_open", "It is not said what was found.", "Write whether it was right.", "11.10(e)")
    return None


def _disabling_sheet(command: ReviewDisabling, context: GuardContext) -> SigningSheet:
    row = _disabling(context.session, command.disabling_id)
    rows = (
        SheetRow("Account", row.employee_id, row.employee_id),
        SheetRow("Disabled by", row.disabled_by, row.disabled_by),
        SheetRow("Reason", row.reason, row.reason),
        SheetRow("Review", "", command.review),
    )
    return signing_sheet("Review the disabling of an account", ("user_disabling", row.id), Meaning.REVIEW, rows)


@handles(
    ReviewDisabling,
    permission=Permission.ACCESS_REVIEW,
    subject=lambda c: ("user_disabling", c.disabling_id),
    signature=Meaning.REVIEW,
    sheet=_disabling_sheet,
    guards=(disabling_is_open, reviewer_is_another, reviewer_is_another_than_disabled),
)
def review_disabling(command: ReviewDisabling, uow: UnitOfWork, acting: Acting) -> None:
    """Write down what another person says of it."""
    row = _disabling(uow.session, command.disabling_id)
    row.review = command.review
    acting.signed().onto(row, "reviewed", kind="user_disabling", subject_id=row.id, version=row.version + 1)
    uow.audit.record(Action.DISABLING_REVIEWED, ("user_disabling", row.id), ("user", row.employee_id), reason=command.review)


def _factor_sheet(command: RecordFactorTest, context: GuardContext) -> SigningSheet:
    facts = (
        ("Tested", command.kind.replace("_", " ")), ("Device", command.device), ("Procedure", command.procedure),
        ("Result", "passed" if command.passed else "failed"), ("Next due", command.next_due),
    )  # fmt: skip
    rows = tuple(SheetRow(label, "", text) for label, text in facts)
    return signing_sheet("Test of a badge reader or second factor", ("factor_test", command.test_id), Meaning.PERFORMED, rows)


def factor_test_is_described(command: RecordFactorTest, context: GuardContext) -> GuardVerdict | None:
    """What was tested, by which procedure, and when it is due again."""
    day_begins_us(command.next_due, context.zone)
    if command.kind in ("badge_reader", "second_factor") and command.device.strip() and command.procedure.strip() and command.next_due:
        return None
    return GuardVerdict("factor_test_is_described", "The test is not described.", "Name device, procedure and the next date.", "11.300(e)")


@handles(
    RecordFactorTest,
    permission=Permission.READER_TEST,
    subject=lambda c: ("factor_test", c.test_id),
    signature=Meaning.PERFORMED,
    sheet=_factor_sheet,
    guards=(factor_test_is_described,),
)
def record_factor_test(command: RecordFactorTest, uow: UnitOfWork, acting: Acting) -> None:
    """Write the test down."""
    row = FactorTest(
        id=command.test_id, kind=command.kind, device=command.device, procedure=command.procedure, passed=int(command.passed),
        tested_us=acting.now.utc_us, next_due=command.next_due,
    )  # fmt: skip
    acting.signed().onto(row, "performed", kind="factor_test", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.audit.record(Action.FACTOR_TESTED, ("factor_test", row.id), details={"passed": command.passed})


@handles(EndAccess, permission=Permission.SYSTEM, subject=_user_subject, regulated=False, ports=_SESSIONS)
def end_access(command: EndAccess, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """The last day is over: the account is disabled (A11d-08).

    Raises:
        RefusedError: it is not over, or the account is disabled already.
    """
    user = account_named(uow.session, command.employee_id)
    if user.access_until_us is None or acting.now.utc_us < user.access_until_us or not user.admitted:
        raise RefusedError("The access of this account is not over.", remedy="Nothing is left to do.")
    user.state, user.admitted = AccountState.DISABLED.value, 0
    uow.audit.record(Action.USER_ACCESS_ENDED, _user_subject(command), _account(command), reason="the last day of access is over")
    end_sessions(uow, user.employee_id, sessions, acting, cause="access ended")
