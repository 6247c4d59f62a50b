"""What happens to roles and to access as a whole (URS A04, A11, A12, D03, D08; A11d-16, A11d-17)."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import select

from jope.compliance.access.conflicts import conflicts_among
from jope.compliance.access.permissions import ADMINISTRATION, Permission
from jope.compliance.access.roles import EMERGENCY, EMERGENCY_MAY, READ_ONLY_ROLES
from jope.compliance.alarms.handlers import raise_alarm, return_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.audit.actors import EventsOfActor
from jope.compliance.authority.commands import (
    AppointDeputy,
    BreakGlass,
    ChangeRole,
    CloseAccessReview,
    CreateRole,
    EndBreakGlass,
    OpenAccessReview,
    ReviewAccessLine,
    ReviewBreakGlass,
)
from jope.compliance.authority.facts import account_facts, legible_facts
from jope.compliance.authority.model import AccessReview, AccessReviewLine
from jope.compliance.commands import Acting, FourEyesRule, GuardContext, GuardVerdict, Meaning, Risk, SheetRow, SigningSheet, handles
from jope.compliance.identity.accounts import account_named
from jope.compliance.identity.ending import end_sessions
from jope.compliance.identity.model import AccountState, Role, RoleGrant, RolePermission, UserAccount
from jope.compliance.identity.queries import FOR_EVER, permissions_held, permissions_of_role
from jope.compliance.identity.sessions import SessionRegistry
from jope.compliance.settings.catalog import Settings
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.canonical import canonical_text
from jope.kernel.clock import utc_text
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork

GRANT_RECORD: Final = SignedRecord(
    "role_grant", "role_grant", "id", ("id", "kind", "employee_id", "role", "reason", "from_us", "until_us", "ended_us", "review")
)
ACCESS_LINE_RECORD: Final = SignedRecord(
    "access_review_line", "access_review_line", "id", ("id", "review_id", "employee_id", "facts", "decision")
)
LONGEST_EMERGENCY: Final = 240
"""Minutes."""
REVIEW_DAYS: Final = 3
"""How long after an emergency its review may come."""
LONGEST_DEPUTY_DAYS: Final = 92
DECISIONS: Final = ("keep", "change", "disable")
_UNREVIEWED: Final = (
    "SELECT coalesce(max(review_due_us <= ?), 0), coalesce(sum(coalesce(ended_us, until_us) - from_us), 0) / 60000000 FROM role_grant "
    "WHERE kind = 'break_glass' AND employee_id = ? AND reviewed_signature IS NULL"
)
_MINUTE_US: Final = 60_000_000
_DAY_US: Final = 86_400_000_000
_SESSIONS: Final = frozenset({"sessions"})
_SOD: Final = "A11d-16"
_OF_THE_STATION: Final = "system"
"""The role that events of the station itself name."""
_CONCERNED: Final = (
    "SELECT employee_id, role FROM user_account u WHERE role = ?1 OR EXISTS "
    "(SELECT 1 FROM role_grant g WHERE g.employee_id = u.employee_id AND g.role = ?1 AND g.ended_us IS NULL AND g.until_us > ?2) ORDER BY 1"
)


# --- roles -----------------------------------------------------------------------------------------------------------


def _role_subject(command: Any) -> tuple[str, str]:
    return ("role", command.role)


def role_is_new(command: CreateRole, context: GuardContext) -> GuardVerdict | None:
    """No role has this name."""
    if context.session.get(Role, command.role) is not None:
        return GuardVerdict("role_is_new", f"There is a role '{command.role}'.", "Choose another name.", "11.10(g)")
    if command.role == _OF_THE_STATION:
        return GuardVerdict("role_is_new", "Events of the station itself name this role.", "Choose another name.", "11.10(g)")
    text = command.role
    if text.isascii() and text.replace("_", "").isalnum() and text == text.lower() and len(text) <= 32 and command.title.strip():
        return None
    return GuardVerdict(
        "role_is_new", "A role has a name of small letters, digits and underscores, and a title.", "Write both so.", "11.10(g)"
    )


def role_is_there(command: ChangeRole, context: GuardContext) -> GuardVerdict | None:
    """The role is one of the station's."""
    if context.session.get(Role, command.role) is not None:
        return None
    return GuardVerdict("role_is_there", f"There is no role '{command.role}'.", "Choose one of the list.", "11.10(g)")


def permissions_are_known(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Each is one that the program knows, and everybody may sign in."""
    known = {p.value for p in Permission}
    unknown = sorted(set(command.permissions) - known)
    if unknown or len(set(command.permissions)) != len(command.permissions):
        return GuardVerdict(
            "permissions_are_known", f"'{', '.join(unknown) or 'twice the same'}' is no permission.", "Choose from the list.", _SOD
        )
    if Permission.SIGN_IN.value in command.permissions:
        return None
    return GuardVerdict("permissions_are_known", "The role could not sign in.", f"Add {Permission.SIGN_IN.value}.", _SOD)


def duties_stay_apart(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The role holds nothing that different people hold."""
    known = {p.value for p in Permission}
    found = conflicts_among(Permission(p) for p in command.permissions if p in known)
    if not found:
        return None
    return GuardVerdict("duties_stay_apart", f"{found[0].capitalize()}.", "Give these to two roles.", _SOD)


def people_hold_nothing_toxic(command: ChangeRole, context: GuardContext) -> GuardVerdict | None:
    """With what the role may do then, nobody who holds it, of their own or for a time, holds what different people hold."""
    cursor, known = context.session.cursor, {p.value for p in Permission}
    after = frozenset(Permission(p) for p in command.permissions if p in known)
    added = after - permissions_of_role(cursor, command.role)
    for employee_id, role in cursor.execute(_CONCERNED, (command.role, context.now.utc_us)).fetchall():
        held = permissions_held(cursor, employee_id, role, context.now.utc_us, FOR_EVER)
        found = [fault for fault in conflicts_among(held | added) if fault not in conflicts_among(held)]
        if found:
            words = f"{employee_id} also holds another role: {found[0]}."
            return GuardVerdict("people_hold_nothing_toxic", words, "Let that person's role for a time end first.", _SOD)
    return None


def emergency_stays_small(command: ChangeRole, context: GuardContext) -> GuardVerdict | None:
    """The role that one person takes alone holds nothing that decides anything."""
    more = sorted(set(command.permissions) - {p.value for p in EMERGENCY_MAY}) if command.role == EMERGENCY else []
    if not more:
        return None
    words = f"Emergency access, which one person takes alone, never holds {more[0]}."
    return GuardVerdict("emergency_stays_small", words, "Leave it out.", _SOD)


def role_changes(command: ChangeRole, context: GuardContext) -> GuardVerdict | None:
    """Something is another than before."""
    if {p.value for p in permissions_of_role(context.session.cursor, command.role)} != set(command.permissions):
        return None
    return GuardVerdict("role_changes", "The role may do exactly this already.", "Nothing is left to do.", "11.10(g)")


def _role_diff(command: Any, context: GuardContext) -> tuple[SheetRow, ...]:
    before = {p.value for p in permissions_of_role(context.session.cursor, command.role)}
    after = set(command.permissions)
    holders = context.session.value("SELECT count(*) FROM user_account WHERE role = ? AND admitted = 1", command.role)
    rows = [SheetRow("Role", command.role, command.role), SheetRow("People who hold it", str(holders), str(holders))]
    rows += [SheetRow(p, "may" if p in before else "may not", "may" if p in after else "may not") for p in sorted(before ^ after)]
    return tuple(rows)


def _role_rule() -> FourEyesRule:
    return FourEyesRule(risk=Risk.HIGH, diff=_role_diff, approve=Permission.CHANGE_APPROVE)


@handles(
    CreateRole,
    permission=Permission.ROLE_REQUEST,
    subject=_role_subject,
    guards=(role_is_new, permissions_are_known, duties_stay_apart),
    four_eyes=_role_rule(),
)
def create_role(command: CreateRole, uow: UnitOfWork, acting: Acting) -> None:
    """The role, version 1."""
    inside = int(any(Permission(p) in ADMINISTRATION for p in command.permissions))
    uow.session.add(Role(role=command.role, title=command.title, administrative=inside, number=1))
    uow.session.flush()
    uow.session.add_all(RolePermission(role=command.role, permission=p, held=1) for p in sorted(command.permissions))
    uow.audit.record(
        Action.ROLE_CREATED, _role_subject(command), reason=command.reason, details={"permissions": sorted(command.permissions)}
    )


@handles(
    ChangeRole,
    permission=Permission.ROLE_REQUEST,
    subject=_role_subject,
    guards=(role_is_there, permissions_are_known, duties_stay_apart, people_hold_nothing_toxic, emergency_stays_small, role_changes),
    four_eyes=_role_rule(),
    ports=_SESSIONS,
)
def change_role(command: ChangeRole, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """The next version of the role. Whoever holds it signs in anew to what it may do now."""
    before = {p.value for p in permissions_of_role(uow.cursor, command.role)}
    after = set(command.permissions)
    rows = {row.permission: row for row in uow.session.scalars(select(RolePermission).where(RolePermission.role == command.role))}
    for permission in sorted(before ^ after):
        if permission in rows:
            rows[permission].held = int(permission in after)
        else:
            uow.session.add(RolePermission(role=command.role, permission=permission, held=1))
    role = uow.session.get_one(Role, command.role)
    role.number += 1
    role.administrative = int(any(Permission(p) in ADMINISTRATION for p in after))
    details = {"added": sorted(after - before), "removed": sorted(before - after), "number": role.number}
    uow.audit.record(Action.ROLE_CHANGED, _role_subject(command), reason=command.reason, details=details)
    holders = select(UserAccount.employee_id).where(UserAccount.role == command.role)
    granted = select(RoleGrant.employee_id).where(RoleGrant.role == command.role, RoleGrant.ended_us.is_(None))
    for employee_id in sorted({*uow.session.scalars(holders), *uow.session.scalars(granted)}):
        end_sessions(uow, employee_id, sessions, acting, cause="role changed")


# --- deputies --------------------------------------------------------------------------------------------------------


def deputy_is_another(command: AppointDeputy, context: GuardContext) -> GuardVerdict | None:
    """Two accounts, both of people who may work here."""
    deputy, absent = account_named(context.session, command.employee_id), account_named(context.session, command.stands_for)
    if deputy.role in READ_ONLY_ROLES:
        return GuardVerdict("deputy_is_another", "An inspector stands in for nobody.", "Choose somebody else.", "11.1(e)")
    if deputy.employee_id != absent.employee_id and deputy.state == AccountState.ACTIVE and deputy.role != absent.role:
        return None
    return GuardVerdict("deputy_is_another", "A deputy is another active person of another role.", "Choose somebody else.", "11.10(g)")


def time_is_boxed(command: AppointDeputy, context: GuardContext) -> GuardVerdict | None:
    """From a day to a day that is not over, for a quarter at most."""
    if command.from_us < command.until_us <= command.from_us + LONGEST_DEPUTY_DAYS * _DAY_US and command.until_us > context.now.utc_us:
        return None
    return GuardVerdict("time_is_boxed", f"A deputy has an end, at most {LONGEST_DEPUTY_DAYS} days on.", "Name another end.", "11.10(g)")


def deputy_holds_nothing_toxic(command: AppointDeputy, context: GuardContext) -> GuardVerdict | None:
    """The person's own role, the other's, and every further one that they hold for a time meanwhile go together."""
    deputy, absent = account_named(context.session, command.employee_id), account_named(context.session, command.stands_for)
    cursor = context.session.cursor
    held = permissions_held(cursor, deputy.employee_id, deputy.role, command.from_us, command.until_us)
    found = conflicts_among(held | permissions_of_role(cursor, absent.role))
    if not found:
        return None
    return GuardVerdict("deputy_holds_nothing_toxic", f"{found[0].capitalize()}.", "Choose a deputy of another role.", _SOD)


def _deputy_diff(command: AppointDeputy, context: GuardContext) -> tuple[SheetRow, ...]:
    deputy, absent = account_named(context.session, command.employee_id), account_named(context.session, command.stands_for)
    return (
        SheetRow("Deputy", f"{deputy.employee_id}, {deputy.name}", f"{deputy.employee_id}, {deputy.name}"),
        SheetRow("Holds", deputy.role, f"{deputy.role} and {absent.role}"),
        SheetRow("Stands for", absent.employee_id, absent.employee_id),
        SheetRow("Time", "", f"{utc_text(command.from_us)} to {utc_text(command.until_us)}"),
    )


@handles(
    AppointDeputy,
    permission=Permission.USER_REQUEST,
    subject=lambda c: ("user", c.employee_id),
    guards=(deputy_is_another, time_is_boxed, deputy_holds_nothing_toxic),
    four_eyes=FourEyesRule(
        risk=Risk.MEDIUM, approve=Permission.CHANGE_APPROVE, diff=_deputy_diff, concerns=lambda c: frozenset({c.employee_id})
    ),
    ports=_SESSIONS,
)
def appoint_deputy(command: AppointDeputy, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """The deputy's role for a time; it ends by itself."""
    absent = account_named(uow.session, command.stands_for)
    grant = _grant(
        new_id(), "deputy", command.employee_id, absent.role, command.reason, command.from_us, command.until_us,
        stands_for=command.stands_for, change_id=None if acting.authority is None else acting.authority.request_id,
    )  # fmt: skip
    uow.session.add(grant)
    uow.audit.record(Action.DEPUTY_APPOINTED, ("role_grant", grant.id), ("user", command.employee_id), reason=command.reason)
    end_sessions(uow, command.employee_id, sessions, acting, cause="deputy appointed")


def _grant(
    id_: str, kind: str, employee_id: str, role: str, reason: str, from_us: int, until_us: int, *, stands_for: str | None = None,
    change_id: str | None = None, review_due_us: int | None = None,
) -> RoleGrant:  # fmt: skip
    return RoleGrant(
        id=id_, kind=kind, employee_id=employee_id, role=role, stands_for=stands_for, reason=reason, from_us=from_us, until_us=until_us,
        ended_us=None, change_id=change_id, review_due_us=review_due_us, review="",
        reviewed_signature=None, reviewed_signer=None, reviewed_meaning=None, reviewed_version=None,
    )  # fmt: skip


# --- break-glass -----------------------------------------------------------------------------------------------------


def _grant_subject(command: Any) -> tuple[str, str]:
    return ("role_grant", command.grant_id)


def _emergency(session: RowSession, grant_id: str) -> RoleGrant:
    found = session.get(RoleGrant, grant_id)
    if found is None or found.kind != "break_glass":
        raise NotFoundError("There is no such emergency.")
    return found


def emergency_is_explained(command: BreakGlass, context: GuardContext) -> GuardVerdict | None:
    """Why, and for how long."""
    if command.reason.strip() and 1 <= command.minutes <= LONGEST_EMERGENCY:
        return None
    return GuardVerdict(
        "emergency_is_explained", f"An emergency has a reason and lasts at most {LONGEST_EMERGENCY} minutes.", "Write both.", "11.10(e)"
    )


def emergency_role_goes_together(command: BreakGlass, context: GuardContext) -> GuardVerdict | None:
    """What the person holds with the emergency role is nothing that different people hold."""
    cursor = context.session.cursor
    who, now_us = context.principal, context.now.utc_us
    held = permissions_held(cursor, who.employee_id, who.role, now_us, now_us + command.minutes * _MINUTE_US)
    found = conflicts_among(held | permissions_of_role(cursor, EMERGENCY))
    if not found:
        return None
    return GuardVerdict("emergency_role_goes_together", f"{found[0].capitalize()}.", "Ask a person of another role.", _SOD)


def no_emergency_runs(command: BreakGlass, context: GuardContext) -> GuardVerdict | None:
    """One at a time, and no longer in all than the longest one before somebody has reviewed them."""
    value, who, now = context.session.value, context.principal.employee_id, context.now.utc_us
    if value("SELECT 1 FROM role_grant WHERE kind = 'break_glass' AND employee_id = ? AND ended_us IS NULL AND until_us > ?", who, now):
        return GuardVerdict("no_emergency_runs", "Your emergency access runs already.", "Use it, or end it.", "A11d-16")
    overdue, minutes = context.session.cursor.execute(_UNREVIEWED, (now, who)).fetchone()
    if overdue or minutes + command.minutes > LONGEST_EMERGENCY:
        return GuardVerdict("no_emergency_runs", "Your last emergency access was not reviewed.", "Have it reviewed first.", "A11d-16")
    return None


@handles(
    BreakGlass,
    permission=Permission.BREAK_GLASS,
    subject=_grant_subject,
    guards=(emergency_is_explained, no_emergency_runs, emergency_role_goes_together),
    ports=_SESSIONS,
    regulated=False,
    always=True,
)
def break_glass(command: BreakGlass, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """The emergency role for a time, at once; alarmed, and to be reviewed. The person signs in anew to it."""
    who, now_us = acting.principal.employee_id, acting.now.utc_us
    until_us = now_us + command.minutes * _MINUTE_US
    grant = _grant(
        command.grant_id,
        "break_glass",
        who,
        EMERGENCY,
        command.reason,
        now_us,
        until_us,
        review_due_us=until_us + REVIEW_DAYS * _DAY_US,
    )
    uow.session.add(grant)
    uow.audit.record(
        Action.BREAK_GLASS_OPENED, _grant_subject(command), ("user", who), reason=command.reason, details={"minutes": command.minutes}
    )
    text = f"{who} took emergency access for {command.minutes} minutes: {command.reason}"
    raise_alarm(uow, acting, priority=1, source=f"account {who}", kind="break_glass", text=text)
    end_sessions(uow, who, sessions, acting, cause="emergency access")


@handles(EndBreakGlass, permission=Permission.SIGN_IN, subject=_grant_subject, ports=_SESSIONS, regulated=False, always=True)
def end_break_glass(command: EndBreakGlass, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """The emergency role ends now.

    Raises:
        RefusedError: it is another's, or over.
    """
    grant = _emergency(uow.session, command.grant_id)
    if grant.employee_id != acting.principal.employee_id or grant.ended_us is not None or grant.until_us <= acting.now.utc_us:
        raise RefusedError("This emergency access is not yours, or is over.", remedy="Nothing is left to do.")
    grant.ended_us = acting.now.utc_us
    uow.audit.record(Action.BREAK_GLASS_ENDED, _grant_subject(command), ("user", grant.employee_id))
    return_alarms(uow, acting, source=f"account {grant.employee_id}", kinds=("break_glass",))
    end_sessions(uow, grant.employee_id, sessions, acting, cause="emergency access ended")


def emergency_is_over(command: ReviewBreakGlass, context: GuardContext) -> GuardVerdict | None:
    """It ended, was not reviewed, and it is said what was found."""
    grant = _emergency(context.session, command.grant_id)
    if grant.ended_us is None and grant.until_us > context.now.utc_us:
        return GuardVerdict("emergency_is_over", "The emergency access still runs.", "Review it when it is over.", "A11d-16")
    if grant.reviewed_signature is not None:
        return GuardVerdict("emergency_is_over", "This is reviewed already.", "Nothing is left to do.", "A11d-16")
    if not command.review.strip():
        return GuardVerdict(
            "emergency_is_over", "It is not said what was found.", "Write what was done and whether it was right.", "11.10(e)"
        )
    return None


def reviewer_is_another_than_holder(command: ReviewBreakGlass, context: GuardContext) -> GuardVerdict | None:
    """Whoever had the emergency access does not review it."""
    if _emergency(context.session, command.grant_id).employee_id != context.principal.employee_id:
        return None
    return GuardVerdict("reviewer_is_another_than_holder", "This was your own emergency access.", "Another person reviews it.", "11.10(g)")


def _events_under(session: RowSession, grant: RoleGrant) -> int:
    """How many events say that they were done with this emergency access; they stand behind the one that gave it."""
    given = session.value("SELECT seq FROM audit_subject WHERE kind = 'role_grant' AND id = ? AND n = 1", grant.id)
    top = session.value("SELECT max(seq) FROM audit")
    seqs = tuple(EventsOfActor(session.cursor.execute, grant.employee_id).newest_first(given, top))
    said = "SELECT json_extract(payload, '$.details.emergency_access') FROM audit_payload WHERE seq = ?"
    return sum(session.value(said, seq) == grant.id for seq in seqs)


def _emergency_sheet(command: ReviewBreakGlass, context: GuardContext) -> SigningSheet:
    grant = _emergency(context.session, command.grant_id)
    done = _events_under(context.session, grant)
    facts = (
        ("Taken by", grant.employee_id), ("Reason", grant.reason), ("From", utc_text(grant.from_us)),
        ("Until", utc_text(grant.ended_us or grant.until_us)), ("Events under it", str(done)), ("Review", command.review),
    )  # fmt: skip
    return signing_sheet("Review emergency access", _grant_subject(command), Meaning.REVIEW, tuple(SheetRow(a, b, b) for a, b in facts))


@handles(
    ReviewBreakGlass,
    permission=Permission.ACCESS_REVIEW,
    subject=_grant_subject,
    signature=Meaning.REVIEW,
    sheet=_emergency_sheet,
    guards=(emergency_is_over, reviewer_is_another_than_holder),
)
def review_break_glass(command: ReviewBreakGlass, uow: UnitOfWork, acting: Acting) -> None:
    """Write down what another person says of it."""
    grant = _emergency(uow.session, command.grant_id)
    grant.review = command.review
    acting.signed().onto(grant, "reviewed", kind="role_grant", subject_id=grant.id, version=grant.version + 1)
    uow.audit.record(Action.BREAK_GLASS_REVIEWED, _grant_subject(command), ("user", grant.employee_id), reason=command.review)
    return_alarms(uow, acting, source=f"account {grant.employee_id}", kinds=("break_glass",))


# --- access review ---------------------------------------------------------------------------------------------------


def _review_subject(command: Any) -> tuple[str, str]:
    return ("access_review", command.review_id)


def no_review_is_open(command: OpenAccessReview, context: GuardContext) -> GuardVerdict | None:
    """One campaign at a time."""
    if context.session.value("SELECT 1 FROM access_review WHERE closed_us IS NULL") is None:
        return None
    return GuardVerdict("no_review_is_open", "An access review is open.", "Finish it first.", "A11d-17")


@handles(
    OpenAccessReview,
    permission=Permission.ACCESS_REVIEW,
    subject=_review_subject,
    guards=(no_review_is_open,),
    ports=frozenset({"settings"}),
)
def open_access_review(command: OpenAccessReview, uow: UnitOfWork, acting: Acting, *, settings: Settings) -> None:
    """List every account that is not disabled, as it stands now."""
    uow.session.add(AccessReview(id=command.review_id, opened_by=acting.principal.employee_id, opened_us=acting.now.utc_us, closed_us=None))
    uow.session.flush()
    accounts = account_facts(uow.cursor, acting.now.utc_us, settings)
    uow.session.add_all(
        AccessReviewLine(
            id=f"{command.review_id}:{facts['employee_id']}", review_id=command.review_id, employee_id=facts["employee_id"],
            facts=canonical_text(facts), decision="",
            reviewed_signature=None, reviewed_signer=None, reviewed_meaning=None, reviewed_version=None,
        )
        for facts in accounts
    )  # fmt: skip
    dormant = [facts["employee_id"] for facts in accounts if facts["dormant"]]
    uow.audit.record(Action.ACCESS_REVIEW_OPENED, _review_subject(command), details={"accounts": len(accounts), "dormant": dormant})


def _line(session: RowSession, command: ReviewAccessLine) -> AccessReviewLine:
    found = session.get(AccessReviewLine, f"{command.review_id}:{command.account}")
    if found is None:
        raise NotFoundError("There is no such line.")
    return found


def line_is_open(command: ReviewAccessLine, context: GuardContext) -> GuardVerdict | None:
    """It is not signed yet, and one of the three is decided."""
    if _line(context.session, command).reviewed_signature is not None:
        return GuardVerdict("line_is_open", "This line is signed already.", "Go on with the next one.", "A11d-17")
    if command.decision in DECISIONS:
        return None
    return GuardVerdict("line_is_open", "Nothing is decided.", "Choose keep, change or disable.", "A11d-17")


def reviewer_is_another_than_account(command: ReviewAccessLine, context: GuardContext) -> GuardVerdict | None:
    """Nobody reviews their own access."""
    if command.account != context.principal.employee_id:
        return None
    return GuardVerdict("reviewer_is_another_than_account", "This is your own account.", "Another person reviews it.", "11.10(g)")


def _line_sheet(command: ReviewAccessLine, context: GuardContext) -> SigningSheet:
    facts = json.loads(_line(context.session, command).facts)
    rows = tuple(SheetRow(label, said, said) for label, said in legible_facts(facts))
    subject = ("access_review_line", f"{command.review_id}:{command.account}")
    return signing_sheet("Review of access", subject, Meaning.REVIEW, (*rows, SheetRow("Decision", "", command.decision)))


@handles(
    ReviewAccessLine,
    permission=Permission.ACCESS_REVIEW,
    subject=lambda c: ("access_review_line", f"{c.review_id}:{c.account}"),
    signature=Meaning.REVIEW,
    sheet=_line_sheet,
    guards=(line_is_open, reviewer_is_another_than_account),
)
def review_access_line(command: ReviewAccessLine, uow: UnitOfWork, acting: Acting) -> None:
    """Write the decision down. What follows from it is a change request, or the disabling of an account."""
    line = _line(uow.session, command)
    line.decision = command.decision
    acting.signed().onto(line, "reviewed", kind="access_review_line", subject_id=line.id, version=line.version + 1)
    subjects = (("access_review_line", line.id), _review_subject(command), ("user", command.account))
    uow.audit.record(Action.ACCESS_LINE_REVIEWED, *subjects, details={"decision": command.decision})


def every_line_is_signed(command: CloseAccessReview, context: GuardContext) -> GuardVerdict | None:
    """Somebody signed each line; a person's own was signed by another."""
    value = context.session.value
    if value("SELECT closed_us IS NULL FROM access_review WHERE id = ?", command.review_id) != 1:
        return GuardVerdict("every_line_is_signed", "There is no such open review.", "Open one.", "A11d-17")
    left = value("SELECT count(*) FROM access_review_line WHERE review_id = ? AND reviewed_signature IS NULL", command.review_id)
    if not left:
        return None
    return GuardVerdict("every_line_is_signed", f"{left} lines are not signed.", "Sign each line; your own is another's.", "A11d-17")


@handles(CloseAccessReview, permission=Permission.ACCESS_REVIEW, subject=_review_subject, guards=(every_line_is_signed,))
def close_access_review(command: CloseAccessReview, uow: UnitOfWork, acting: Acting) -> None:
    """The campaign is complete."""
    review = uow.session.get_one(AccessReview, command.review_id)
    review.closed_us = acting.now.utc_us
    counts = dict(
        uow.cursor.execute("SELECT decision, count(*) FROM access_review_line WHERE review_id = ? GROUP BY 1", (review.id,)).fetchall()
    )
    uow.audit.record(Action.ACCESS_REVIEW_CLOSED, _review_subject(command), details={"decisions": counts})
