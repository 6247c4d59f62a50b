"""Covering a session: whoever is behind it proves the password before the next command (URS A09; P11-31)."""

from __future__ import annotations

from jope.compliance.audit.actions import Action
from jope.compliance.identity.model import SessionState, UserSession
from jope.compliance.identity.sessions import SessionRegistry
from jope.kernel.store.uow import UnitOfWork


def cover_session(uow: UnitOfWork, session: UserSession, sessions: SessionRegistry, *, cause: str) -> None:
    """Lock a session inside a running unit of work, and its token when the commit stands."""
    session.state = SessionState.LOCKED
    uow.audit.record(Action.SESSION_LOCKED, ("user", session.employee_id), ("session", session.session_id), reason=cause)
    uow.after_commit.append(lambda: sessions.lock(session.session_id))
