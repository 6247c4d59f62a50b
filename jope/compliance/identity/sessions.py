"""Sessions: who is present at this station, on the monotonic clock (URS A09; P11-31, A11d-14)."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from typing import Final

from jope.compliance.commands import Principal
from jope.kernel.clock import Clock
from jope.kernel.errors import SessionEndedError

IDLE_LOCK_SECONDS: Final = 120.0
"""Nobody can change this at the station; a profile may only shorten it."""

LOOK_SECONDS: Final = 600
"""A filter is typed letter by letter and read in pieces: the same look at the same person is one event for this long."""
_LOOK_US: Final = LOOK_SECONDS * 1_000_000


@dataclass(slots=True)
class _Presence:
    principal: Principal
    name: str
    touched_us: int
    locked: bool = False
    looked_over: dict[str, int] = field(default_factory=dict)
    """Whose trail this person read, and when on the monotonic clock."""


class SessionRegistry:
    """The live sessions of this process. The store keeps the history; the token lives only here and in the client's memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._live: dict[str, _Presence] = {}
        self._guard = threading.Lock()

    def open(self, token: str, principal: Principal, name: str) -> None:
        """A person signed in."""
        with self._guard:
            self._live[token] = _Presence(principal, name, self._clock.monotonic_us())

    def principal(self, token: str | None) -> Principal:
        """The person behind a token that is open and not idle.

        Raises:
            SessionEndedError: no such session, locked, or idle for 120 s.
        """
        with self._guard:
            presence = self._live.get(token or "")
            if presence is None:
                raise SessionEndedError("Nobody is signed in.")
            if presence.locked or self._idle_left(presence) <= 0:
                raise SessionEndedError("The session is locked.")
            return presence.principal

    def present(self, token: str | None) -> Principal:
        """The person behind a token, idle or locked too.

        Raises:
            SessionEndedError: no such session.
        """
        found = self.holder(token)
        if found is None:
            raise SessionEndedError("Nobody is signed in.")
        return found

    def holder(self, token: str | None) -> Principal | None:
        """The person behind a token, locked or not."""
        with self._guard:
            presence = self._live.get(token or "")
            return presence.principal if presence is not None else None

    def looks_anew(self, token: str | None, person: str) -> bool:
        """Whether a look at another person's trail is to be noted: the first in ``LOOK_SECONDS`` of this session."""
        with self._guard:
            presence = self._live.get(token or "")
            now_us = self._clock.monotonic_us()
            if presence is None or now_us - presence.looked_over.get(person, now_us - 2 * _LOOK_US) < _LOOK_US:
                return False
            presence.looked_over[person] = now_us
            return True

    def touch(self, token: str | None) -> None:
        """The person showed presence. A locked or idle session is not revived."""
        with self._guard:
            presence = self._live.get(token or "")
            if presence is not None and not presence.locked and self._idle_left(presence) > 0:
                presence.touched_us = self._clock.monotonic_us()

    def idle_left(self, token: str | None) -> float:
        """Seconds until the idle lock; 0.0 when locked or ended."""
        with self._guard:
            presence = self._live.get(token or "")
            return 0.0 if presence is None or presence.locked else max(0.0, self._idle_left(presence))

    def lock(self, session_id: str) -> None:
        """Lock a session."""
        with self._guard:
            for presence in self._of(session_id):
                presence.locked = True

    def unlock(self, session_id: str) -> None:
        """Open a locked session again; presence counts from now."""
        with self._guard:
            for presence in self._of(session_id):
                presence.locked = False
                presence.touched_us = self._clock.monotonic_us()

    def end_of(self, employee_id: str) -> None:
        """Forget every session of a person, at once (URS A15)."""
        with self._guard:
            for token in [t for t, p in self._live.items() if p.principal.employee_id == employee_id]:
                del self._live[token]

    def _of(self, session_id: str) -> list[_Presence]:
        return [p for p in self._live.values() if p.principal.session_id == session_id]

    def _idle_left(self, presence: _Presence) -> float:
        return IDLE_LOCK_SECONDS - (self._clock.monotonic_us() - presence.touched_us) / 1_000_000


def new_token() -> str:
    """A session token of 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(b"jope session token" + token.encode()).hexdigest()
