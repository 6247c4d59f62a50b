"""What happens when people come and go."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.handlers import raise_alarm
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, handles
from jope.compliance.identity.commands import (
    ChangePassword,
    DisableUser,
    EndSession,
    LockSession,
    NoteClockJump,
    SessionOpened,
    SignIn,
    SignOut,
    UnlockSession,
)
from jope.compliance.identity.covering import cover_session
from jope.compliance.identity.ending import end_sessions
from jope.compliance.identity.model import (
    AccountState,
    CredentialState,
    Disabling,
    SessionState,
    UsedPassword,
    UserAccount,
    UserSession,
)
from jope.compliance.identity.queries import person_of, require_own_password
from jope.compliance.identity.sessions import SessionRegistry, new_token, token_hash
from jope.compliance.settings.catalog import Settings
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.uow import UnitOfWork

_SESSIONS = frozenset({"sessions"})


@handles(
    SignIn,
    permission=Permission.SIGN_IN,
    subject=lambda c: ("workstation", "sign-in"),
    regulated=False,
    authenticates=True,
    ports=frozenset({"sessions", "settings"}),
)
def sign_in(command: SignIn, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry, settings: Settings) -> SessionOpened:
    """Open a session for a person whose password was proven. Another session of the same person ends.

    Raises:
        CredentialDueError: the password is a first one, or its time is over.
    """
    who, now = acting.principal, acting.now
    require_own_password(uow.cursor, command.employee_id, settings, now.utc_us)
    user = uow.session.get_one(UserAccount, command.employee_id)
    for other in uow.session.scalars(
        select(UserSession).where(UserSession.employee_id == user.employee_id, UserSession.state != SessionState.ENDED)
    ):
        other.state, other.ended_us = SessionState.ENDED, now.utc_us
    token = new_token()
    session = UserSession(
        session_id=new_id(), employee_id=user.employee_id, token_hash=token_hash(token), workstation=who.station, address=who.address,
        os_user=who.os_user, opened_us=now.utc_us, ended_us=None, state=SessionState.OPEN,
    )  # fmt: skip
    uow.session.add(session)
    uow.audit.record(Action.SESSION_OPENED, ("user", user.employee_id), ("session", session.session_id))
    principal = replace(person_of(uow.cursor, user.employee_id, who, sessions.judged_us())[0], session_id=session.session_id)
    opened = SessionOpened(
        token, session.session_id, user.employee_id, user.name, user.role, principal.line, principal.permissions,
        principal.deputies, principal.emergency, principal.until_us,
    )  # fmt: skip

    def remember() -> None:
        sessions.end_of(user.employee_id)
        sessions.open(token, principal, user.name, valid_until_us=principal.until_us)

    uow.after_commit.append(remember)
    return opened


@handles(
    SignOut, permission=Permission.SIGN_IN, subject=lambda c: ("workstation", "sign-in"), regulated=False, ports=_SESSIONS, while_idle=True
)
def sign_out(command: SignOut, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """End the session."""
    session = uow.session.get_one(UserSession, acting.principal.session_id)
    session.state, session.ended_us = SessionState.ENDED, acting.now.utc_us
    uow.audit.record(Action.SESSION_CLOSED, ("user", session.employee_id), ("session", session.session_id))
    uow.after_commit.append(lambda: sessions.end_of(session.employee_id))


@handles(
    LockSession,
    permission=Permission.SIGN_IN,
    subject=lambda c: ("workstation", "sign-in"),
    regulated=False,
    ports=_SESSIONS,
    while_idle=True,
)
def lock_session(command: LockSession, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """Cover the session; one that the station covered already stays so.

    Raises:
        RefusedError: it has ended.
    """
    session = uow.session.get_one(UserSession, acting.principal.session_id)
    if session.state == SessionState.ENDED:
        raise RefusedError("The session is not open.", remedy="Sign in.")
    cover_session(uow, session, sessions, cause=command.cause)


@handles(
    UnlockSession,
    permission=Permission.SIGN_IN,
    subject=lambda c: ("workstation", "sign-in"),
    regulated=False,
    ports=_SESSIONS,
    authenticates=True,
)
def unlock_session(command: UnlockSession, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """Open one's own locked session again, with the full password."""
    session = uow.session.get_one(UserSession, acting.principal.session_id)
    session.state = SessionState.OPEN
    uow.audit.record(Action.SESSION_UNLOCKED, ("user", session.employee_id), ("session", session.session_id))
    uow.after_commit.append(lambda: sessions.unlock(session.session_id))


@handles(
    ChangePassword,
    permission=Permission.SIGN_IN,
    subject=lambda c: ("user", c.employee_id),
    regulated=False,
    authenticates=True,
    beforehand="new_passwords",
)
def change_password(command: ChangePassword, uow: UnitOfWork, acting: Acting, *, prepared: str) -> None:
    """The password is the person's own from now on; the one before is not taken again (21 CFR 11.200(a)(2), 11.300(b))."""
    user = uow.session.get_one(UserAccount, command.employee_id)
    uow.session.add(UsedPassword(id=new_id(), employee_id=user.employee_id, password_hash=user.password_hash, set_us=user.password_set_us))
    before = user.password_state
    user.password_hash, user.password_state, user.password_set_us = prepared, CredentialState.OWN.value, acting.now.utc_us
    uow.audit.record(Action.CREDENTIAL_CHANGED, ("user", user.employee_id), ("account", user.employee_id), details={"before": before})


@handles(EndSession, permission=Permission.SYSTEM, subject=lambda c: ("session", c.session_id), regulated=False, ports=_SESSIONS)
def end_session(command: EndSession, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """End a session at once, with the cause (URS A13, A15).

    Raises:
        RefusedError: it has ended already.
    """
    session = uow.session.get_one(UserSession, command.session_id)
    if session.state == SessionState.ENDED:
        sessions.end(session.session_id)
        raise RefusedError("The session has ended already.", remedy="Nothing is left to do.")
    session.state, session.ended_us = SessionState.ENDED, acting.now.utc_us
    uow.audit.record(Action.SESSION_CLOSED, ("user", session.employee_id), ("session", session.session_id), reason=command.cause)
    uow.after_commit.append(lambda: sessions.end(session.session_id))


@handles(NoteClockJump, permission=Permission.SYSTEM, subject=lambda c: ("clock", "jump"), regulated=False, ports=_SESSIONS)
def note_clock_jump(command: NoteClockJump, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """Write the jump down and alarm. After one forward every session is covered: the machine may have slept beside an open screen (URS C12)."""
    seconds = f"{command.jump_us / 1_000_000:+.1f}"
    uow.audit.record(Action.CLOCK_JUMPED, ("station", acting.principal.station), details={"jump_us": command.jump_us})
    text = f"The station's clock jumped by {seconds} s against the time since it started."
    raise_alarm(uow, acting, priority=2, source=acting.principal.station, kind="clock", text=text)
    if command.jump_us > 0:
        for session in uow.session.scalars(select(UserSession).where(UserSession.state == SessionState.OPEN)):
            cover_session(uow, session, sessions, cause=f"clock jumped by {seconds} s")


@handles(
    DisableUser,
    permission=Permission.USER_DISABLE,
    subject=lambda c: ("user", c.employee_id),
    regulated=False,
    ports=_SESSIONS,
    always=True,
)
def disable_user(command: DisableUser, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> None:
    """Disable an account at once and end its sessions (URS A15, D03).

    Raises:
        NotFoundError: no such account.
        RefusedError: no reason, or disabled already.
    """
    user = uow.session.get(UserAccount, command.employee_id)
    if user is None:
        raise NotFoundError("There is no such account.")
    if not command.reason.strip():
        raise RefusedError("A reason is missing.", remedy="Write why the account is disabled.")
    if user.state == AccountState.DISABLED and not user.admitted:
        raise RefusedError("The account is disabled already.", remedy="Nothing is left to do.")
    user.state, user.admitted = AccountState.DISABLED, 0
    disabling = Disabling(
        id=new_id(), employee_id=user.employee_id, disabled_by=acting.principal.employee_id, reason=command.reason,
        disabled_us=acting.now.utc_us, review="",
        reviewed_signature=None, reviewed_signer=None, reviewed_meaning=None, reviewed_version=None,
    )  # fmt: skip
    uow.session.add(disabling)
    uow.audit.record(Action.USER_DISABLED, ("user", user.employee_id), ("user_disabling", disabling.id), reason=command.reason)
    end_sessions(uow, user.employee_id, sessions, acting, cause="account disabled")
