"""What may be asked about people and their sessions."""

from __future__ import annotations

from dataclasses import dataclass, field

from jope.compliance.access.permissions import Permission
from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Command):
    """Open a session with employee id and password."""

    employee_id: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut(Command):
    """End the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSession(Command):
    """Cover the session; ``cause`` is ``person`` or ``idle``."""

    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockSession(Command):
    """Open one's own locked session again."""

    employee_id: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword(Command):
    """Choose a new password, with the one until now as the proof of who it is; also where that is a first one, or over."""

    employee_id: str
    password: str = field(repr=False)
    new_password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession(Command):
    """The station ends a session by itself: the access of its account has ended."""

    session_id: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteClockJump(Command):
    """The station notes that its wall clock jumped against its monotonic clock, forward (also: the machine slept) or back."""

    jump_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableUser(Command):
    """Disable an account at once; ends its sessions. Reviewed after (towards safety, one person)."""

    employee_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """An open session: the token is the secret that later commands carry, the rest is for the screen.

    ``deputies`` are roles held for a time, ``emergency`` the break-glass grant in use, ``until_us`` when this ends by itself (UTC microseconds).
    """

    token: str = field(repr=False)
    session_id: str
    employee_id: str
    name: str
    role: str
    line: str
    permissions: frozenset[Permission]
    deputies: tuple[str, ...] = ()
    emergency: str = ""
    until_us: int | None = None
