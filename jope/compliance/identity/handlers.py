"""What happens when people come and go."""

from __future__ import annotations

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.handlers import raise_alarm
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, handles
from jope.compliance.identity.commands import (
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
from jope.compliance.identity.model import AccountState, RolePermission, SessionState, UserAccount, UserSession
from jope.compliance.identity.sessions import SessionRegistry, new_token, token_hash
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
    ports=_SESSIONS,
)
def sign_in(command: SignIn, uow: UnitOfWork, acting: Acting, *, sessions: SessionRegistry) -> SessionOpened:
    """Open a session for a person whose password was proven. Another session of the same person ends."""
    who, now = acting.principal, acting.now
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
    permissions = frozenset(
        Permission(p) for p in uow.session.scalars(select(RolePermission.permission).where(RolePermission.role == user.role))
    )
    opened = SessionOpened(token, session.session_id, user.employee_id, user.name, user.role, user.line, permissions)
    principal = type(who)(user.employee_id, user.role, permissions, user.line, session.session_id, who.station, who.address, who.os_user)

    def remember() -> None:
        sessions.end_of(user.employee_id)
        sessions.open(token, principal, user.name)

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
    if user.state == AccountState.DISABLED:
        raise RefusedError("The account is disabled already.", remedy="Nothing is left to do.")
    user.state = AccountState.DISABLED
    open_sessions = select(UserSession).where(UserSession.employee_id == user.employee_id, UserSession.state != SessionState.ENDED)
    for session in uow.session.scalars(open_sessions):
        session.state, session.ended_us = SessionState.ENDED, acting.now.utc_us
    uow.audit.record(Action.USER_DISABLED, ("user", user.employee_id), reason=command.reason)
    uow.after_commit.append(lambda: sessions.end_of(user.employee_id))
