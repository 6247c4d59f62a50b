"""Ending a person's sessions at once, inside a running command (URS A15; 21 CFR 11.300(c))."""

from __future__ import annotations

from sqlalchemy import select

from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting
from jope.compliance.identity.model import SessionState, UserSession
from jope.compliance.identity.sessions import SessionRegistry
from jope.kernel.store.uow import UnitOfWork


def end_sessions(uow: UnitOfWork, employee_id: str, sessions: SessionRegistry, acting: Acting, *, cause: str) -> None:
    """End every session of a person; their tokens are void when the commit stands. Without an open session nothing is recorded."""
    still = select(UserSession).where(UserSession.employee_id == employee_id, UserSession.state != SessionState.ENDED)
    for session in uow.session.scalars(still):
        session.state, session.ended_us = SessionState.ENDED, acting.now.utc_us
        uow.audit.record(Action.SESSION_CLOSED, ("user", employee_id), ("session", session.session_id), reason=cause)
    uow.after_commit.append(lambda: sessions.end_of(employee_id))
