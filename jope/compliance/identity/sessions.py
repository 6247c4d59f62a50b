"""Sessions: who is present at this station, on the monotonic clock (URS A09; P11-31, A11d-14).

A series of signatures lives here too (URS B10; 21 CFR 11.200(a)(1)(i)). Its rules:

1. It is opened by one signature with employee id and password, of the person whose session it is, on one page.
2. Its token is random, known to this process and to whoever fetched it, once, with the session's token.
3. It ends when the session locks, idles or ends, when the page changes, when anybody else signs in or signs here, when a password is wrong, and five
   minutes after it was opened, on the monotonic clock. Use does not prolong it. Nothing begins it again but rule 1.

Who somebody is stands here as it was at the sign-in until authority changes: ``refresh`` replaces it. Access that has an end (a leaver, an inspector, a
deputy) is looked at with every request, on the wall clock and on the monotonic one: past it on either the session has ended, whoever asks.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from jope.compliance.access.permissions import Permission
from jope.compliance.commands import Principal
from jope.kernel.clock import Clock
from jope.kernel.errors import SeriesEndedError, SessionEndedError

IDLE_LOCK_SECONDS: Final = 120.0
"""The longest there is; the station's setting, which two people change, may only shorten it (A11d-14)."""
SERIES_SECONDS: Final = 300.0
"""How long the password alone signs after a full signature; nobody can change this at the station."""


ACCESS_ENDED: Final = "The access of this account has ended."


class Standing(StrEnum):
    """How a session stands."""

    OPEN = "open"
    LOCKED = "locked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SessionStanding:
    """How a session stands now, and what its person may do now. ``message`` says why it ended, where that is known."""

    state: Standing
    message: str = ""
    role: str = ""
    line: str = ""
    permissions: frozenset[Permission] = frozenset()


@dataclass(frozen=True, slots=True)
class Series:
    """A series of signatures: whose, on which page, and the full signature that opened it."""

    employee_id: str
    page: str
    opened_by: str


@dataclass(slots=True)
class _Running:
    series: Series
    token: str = field(repr=False)
    opened_us: int
    fetched: bool = False


LOOK_SECONDS: Final = 600
"""A filter is typed letter by letter and read in pieces: the same look at the same person is one event for this long."""


@dataclass(slots=True)
class _Presence:
    principal: Principal
    name: str
    touched_us: int
    valid_until_us: int | None = None
    """Wall clock in UTC microseconds; None where the access has no end."""
    over_mono_us: int | None = None
    """The same instant on the monotonic clock, as it was when it was set: setting the wall clock back prolongs nothing."""
    locked: bool = False
    looked_over: dict[str, int] = field(default_factory=dict)
    """Whose trail this person read, or which question they asked, and when on the monotonic clock."""
    page: str = ""
    signing: bool = False
    """Whether a full signature was begun on this page, in this stretch without a lock."""
    running: _Running | None = None


class SessionRegistry:
    """The live sessions of this process. The store keeps the history; the token lives only here and in the client's memory."""

    def __init__(
        self, clock: Clock, *, idle_seconds: Callable[[], float] = lambda: IDLE_LOCK_SECONDS, judged_us: Callable[[], int] | None = None
    ) -> None:
        self._clock = clock
        self.judged_us: Callable[[], int] = judged_us or (lambda: clock.now().utc_us)
        """The time that access is judged by, UTC microseconds: the clock's, and never before the newest trusted event of the trail."""
        self._idle_seconds = idle_seconds
        self._live: dict[str, _Presence] = {}
        self._guard = threading.Lock()

    def open(self, token: str, principal: Principal, name: str, *, valid_until_us: int | None = None) -> None:
        """A person signed in; whatever series ran at this station is over.

        Args:
            token: the session's secret.
            principal: who it is.
            name: the person's name.
            valid_until_us: when the access of the account ends, UTC microseconds; None where it does not.
        """
        with self._guard:
            for presence in self._live.values():
                presence.running = None
            over_us = self._on_monotonic(valid_until_us)
            self._live[token] = _Presence(principal, name, self._clock.monotonic_us(), valid_until_us, over_us)

    def refresh(self, employee_id: str, principal: Principal) -> None:
        """What a person may do has changed: their live sessions act under the new role, permissions and line from the next request on.

        Session and workstation stay what they are, and a series of signatures that ran under the old authority is over.
        """
        with self._guard:
            for presence in self._sessions_of(employee_id):
                presence.running, presence.signing = None, False
                presence.principal = replace(
                    presence.principal, role=principal.role, permissions=principal.permissions, line=principal.line
                )

    def limit(self, employee_id: str, valid_until_us: int | None) -> None:
        """The access of a person ends at this time (UTC microseconds), or at none any more."""
        with self._guard:
            for presence in self._sessions_of(employee_id):
                presence.valid_until_us, presence.over_mono_us = valid_until_us, self._on_monotonic(valid_until_us)

    def principal(self, token: str | None) -> Principal:
        """The person behind a token that is open and not idle.

        Raises:
            SessionEndedError: no such session, locked, idle for too long, or the access of the account has ended.
        """
        with self._guard:
            presence = self._standing(token)
            if presence is None:
                raise SessionEndedError("Nobody is signed in.")
            if presence.locked or self._idle_left(presence) <= 0:
                raise SessionEndedError("The session is locked.")
            return presence.principal

    def present(self, token: str | None) -> Principal:
        """The person behind a token, idle or locked too.

        Raises:
            SessionEndedError: no such session, or the access of the account has ended.
        """
        found = self.holder(token)
        if found is None:
            raise SessionEndedError("Nobody is signed in.")
        return found

    def holder(self, token: str | None) -> Principal | None:
        """The person behind a token, locked or not, None where there is no such session.

        Raises:
            SessionEndedError: the access of the account has ended.
        """
        with self._guard:
            presence = self._standing(token)
            return presence.principal if presence is not None else None

    def last_holder(self, token: str | None) -> Principal | None:
        """The person behind a token, even where their access has ended by now: whom a refusal is filed under."""
        with self._guard:
            presence = self._live.get(token or "")
            return presence.principal if presence is not None else None

    def standing(self, token: str | None) -> SessionStanding:
        """How a session stands. Quick."""
        with self._guard:
            presence = self._live.get(token or "")
            if presence is None:
                return SessionStanding(Standing.ENDED)
            if self._is_over(presence):
                return SessionStanding(Standing.ENDED, ACCESS_ENDED)
            who, covered = presence.principal, presence.locked or self._idle_left(presence) <= 0
            return SessionStanding(Standing.LOCKED if covered else Standing.OPEN, "", who.role, who.line, who.permissions)

    def over(self) -> tuple[str, ...]:
        """The ids of the sessions whose access has ended; they are to be ended in the store."""
        with self._guard:
            return tuple(presence.principal.session_id for presence in self._live.values() if self._is_over(presence))

    def looks_anew(self, token: str | None, what: str, *, seconds: float = LOOK_SECONDS) -> bool:
        """Whether a look at another person's trail, or a question, is to be noted: the first in so many seconds of this session."""
        with self._guard:
            presence, now_us, apart_us = self._live.get(token or ""), self._clock.monotonic_us(), int(seconds * 1_000_000)
            return presence is not None and now_us - presence.looked_over.get(what, now_us - apart_us) >= apart_us

    def looked(self, token: str | None, what: str) -> None:
        """The look is in the trail."""
        with self._guard:
            presence, now_us = self._live.get(token or ""), self._clock.monotonic_us()
            if presence is not None:
                for old in [one for one, at_us in presence.looked_over.items() if now_us - at_us >= LOOK_SECONDS * 1_000_000]:
                    del presence.looked_over[old]
                presence.looked_over[what] = now_us

    def touch(self, token: str | None) -> None:
        """The person showed presence. A locked or idle session is not revived."""
        with self._guard:
            presence = self._live.get(token or "")
            if presence is not None and not presence.locked and self._idle_left(presence) > 0 and not self._is_over(presence):
                presence.touched_us = self._clock.monotonic_us()

    def idle_left(self, token: str | None) -> float:
        """Seconds until the idle lock; 0.0 when locked or ended."""
        with self._guard:
            presence = self._live.get(token or "")
            return 0.0 if presence is None or presence.locked or self._is_over(presence) else max(0.0, self._idle_left(presence))

    def lock(self, session_id: str) -> None:
        """Lock a session."""
        with self._guard:
            for presence in self._of(session_id):
                presence.locked, presence.signing, presence.running = True, False, None

    def unlock(self, session_id: str) -> None:
        """Open a locked session again; presence counts from now."""
        with self._guard:
            for presence in self._of(session_id):
                presence.locked, presence.running = False, None
                presence.touched_us = self._clock.monotonic_us()

    def end(self, session_id: str) -> None:
        """Forget one session."""
        with self._guard:
            for token in [t for t, p in self._live.items() if p.principal.session_id == session_id]:
                del self._live[token]

    def end_of(self, employee_id: str) -> None:
        """Forget every session of a person, at once (URS A15)."""
        with self._guard:
            for token in [t for t, p in self._live.items() if p.principal.employee_id == employee_id]:
                del self._live[token]

    # --- series of signatures ----------------------------------------------------------------------------------------

    def enter(self, token: str | None, page: str) -> None:
        """The person looks at a page; a series that ran on another one is over."""
        with self._guard:
            presence = self._live.get(token or "")
            if presence is not None and presence.page != page:
                presence.page, presence.signing, presence.running = page, False, None

    def begin_signing(self, session_id: str) -> None:
        """A signature is begun; one that ends on another page than it began on opens no series."""
        with self._guard:
            for presence in self._of(session_id):
                presence.signing = True

    def begin_series(self, session_id: str, employee_id: str, opened_by: str) -> None:
        """A person signed in full at their own session, on a page: what follows there may be signed with the password alone."""
        with self._guard:
            for presence in self._of(session_id):
                own = presence.principal.employee_id == employee_id
                whole = presence.page and presence.signing and not presence.locked and own
                series = Series(employee_id, presence.page, opened_by)
                presence.running = _Running(series, new_token(), self._clock.monotonic_us()) if whole else None

    def fetch_series(self, token: str | None) -> str:
        """The token of the series that the person behind a session just opened; handed out once, empty where there is none."""
        with self._guard:
            presence = self._live.get(token or "")
            running = None if presence is None else presence.running
            if running is None or running.fetched:
                return ""
            running.fetched = True
            return running.token

    def series(self, session_id: str, series_token: str) -> Series:
        """The running series behind its token.

        Raises:
            SeriesEndedError: there is none, it is another session's, or it is over.
        """
        with self._guard:
            for presence in self._of(session_id):
                running = presence.running
                awake = not presence.locked and self._idle_left(presence) > 0 and not self._is_over(presence)
                alive = running is not None and awake and self._series_left(running) > 0
                if running is None or not alive or running.series.page != presence.page:
                    presence.running = None
                elif hmac.compare_digest(running.token.encode(), series_token.encode()):
                    return running.series
        raise SeriesEndedError("The series of signatures is over.")

    def series_left(self, token: str | None) -> float:
        """Seconds until the running series of a session ends by itself; 0.0 where none runs."""
        with self._guard:
            presence = self._live.get(token or "")
            if presence is None or presence.running is None or presence.locked or self._idle_left(presence) <= 0:
                return 0.0
            return max(0.0, self._series_left(presence.running))

    def end_series(self, session_id: str) -> None:
        """Nothing more is signed with the password alone in a session until its person signs in full."""
        with self._guard:
            for presence in self._of(session_id):
                presence.running = None

    def _series_left(self, running: _Running) -> float:
        return SERIES_SECONDS - (self._clock.monotonic_us() - running.opened_us) / 1_000_000

    def _standing(self, token: str | None) -> _Presence | None:
        """The presence behind a token.

        Raises:
            SessionEndedError: the access of the account has ended.
        """
        presence = self._live.get(token or "")
        if presence is not None and self._is_over(presence):
            raise SessionEndedError(ACCESS_ENDED, remedy="Ask an administrator.")
        return presence

    def _is_over(self, presence: _Presence) -> bool:
        if presence.valid_until_us is None or presence.over_mono_us is None:
            return False
        return self.judged_us() >= presence.valid_until_us or self._clock.monotonic_us() >= presence.over_mono_us

    def _on_monotonic(self, utc_us: int | None) -> int | None:
        return None if utc_us is None else self._clock.monotonic_us() + utc_us - self.judged_us()

    def _sessions_of(self, employee_id: str) -> Iterator[_Presence]:
        return (presence for presence in self._live.values() if presence.principal.employee_id == employee_id)

    def _of(self, session_id: str) -> list[_Presence]:
        return [p for p in self._live.values() if p.principal.session_id == session_id]

    def _idle_left(self, presence: _Presence) -> float:
        return min(IDLE_LOCK_SECONDS, self._idle_seconds()) - (self._clock.monotonic_us() - presence.touched_us) / 1_000_000


def new_token() -> str:
    """A session token of 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(b"jope session token" + token.encode()).hexdigest()
