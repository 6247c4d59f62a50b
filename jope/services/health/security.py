"""Security events also go to a sink that the station only writes to (URS Q01; 11.300(d)).

Rules:

1. An event goes out after its commit, from a thread of its own. Nobody waits for the sink.
2. What waits is bounded. What found no room or was not taken is counted, and the health page says so; the trail holds it all the same.
3. A sink that does not take messages is tried again after 5 s, then after twice as long each time up to a minute; meanwhile events wait. A fault of
   the program on the way is a failure like any other: the event waits and the thread lives on, or one locked store would end the sink for good.
4. What goes out names the event of the trail by its number, who, where, what and how it ended. No reason, no text that somebody typed.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import structlog

from jope.compliance.audit.actions import Action
from jope.compliance.audit.recorder import EventDraft
from jope.compliance.commands import Outcome
from jope.kernel.clock import Clock
from jope.kernel.errors import JopeError, ProgramFaultError, SinkUnavailableError
from jope.kernel.settings.files import EventLogSink, PolicyFile
from jope.services.health.channels.syslog import ALERT, AUTHPRIV, NOTICE, WARNING, Entry, SyslogSender

log = structlog.get_logger("jope.sink")
ROOM: Final = 2000
FIRST_WAIT_SECONDS: Final = 5.0
LONGEST_WAIT_SECONDS: Final = 60.0
_ALWAYS: Final = {
    Action.AUTHENTICATION_FAILED: WARNING,
    Action.USER_LOCKED: ALERT,
    Action.USER_DISABLED: NOTICE,
    Action.THROTTLED: WARNING,
    Action.COMMAND_DENIED: WARNING,
    Action.CLOCK_JUMPED: WARNING,
    Action.CLOCK_CORRECTED: NOTICE,
}
_READ_ONLY: Final = frozenset({Action.SESSION_OPENED, Action.SESSION_UNLOCKED})


class Sink(Protocol):
    """Where security events go."""

    def send(self, entry: Entry) -> None:
        """Write one entry.

        Raises:
            ChannelError: it was not taken.
        """

    def stop(self) -> None:
        """Let go of what runs. From any thread."""


@dataclass(frozen=True, slots=True)
class Event:
    """What the trail says of an event."""

    seq: int
    utc_us: int
    actor: str
    address: str
    os_user: str
    session: str


def sink_of(policy: PolicyFile, folder: Path) -> Sink | None:
    """The sink that a policy names, None where it names none.

    Raises:
        SinkUnavailableError: this system has no such sink.
    """
    named = policy.security_sink
    if named is None:
        return None
    if isinstance(named, EventLogSink):
        raise SinkUnavailableError("The Windows event log is not a sink of this release.", remedy="Name a syslog in policy.json.")
    return SyslogSender(named, folder=folder, name="the security sink")


@dataclass(frozen=True, slots=True)
class SinkState:
    """How the sink stands since the start: sent, waiting, dropped, and the code of the failure that lasts."""

    sent: int
    waiting: int
    dropped: int
    code: str


class SecuritySink:
    """Sends the security events of a station."""

    def __init__(
        self, sink: Sink, clock: Clock, station_id: str, look_up: Callable[[int], Event | None], read_only: Callable[[], str]
    ) -> None:
        self._sink = sink
        self._clock = clock
        self._station_id = station_id
        self._look_up = look_up
        self._read_only = read_only
        self._changed = threading.Condition()
        self._waiting: deque[tuple[EventDraft, int, str]] = deque()
        self._stopping = False
        self._sent = self._dropped = 0
        self._code = ""
        self._thread = threading.Thread(target=self._work, name="jope-security-sink", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def on_commit(self, drafts: Sequence[EventDraft]) -> None:
        """A commit stands. Never waits."""
        for draft in drafts:
            reason = self._read_only() if draft.action in _READ_ONLY else ""
            severity = severity_of(draft, read_only=bool(reason))
            if severity is not None:
                self._put(draft, severity, reason)

    def state(self) -> SinkState:
        """How it stands. Quick."""
        return SinkState(self._sent, len(self._waiting), self._dropped, self._code)

    def stop(self, grace_seconds: float) -> None:
        """Send what waits, for so long, and end. What is left counts as dropped."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(grace_seconds)
        self._sink.stop()
        self._thread.join(1.0)

    def _put(self, draft: EventDraft, severity: int, reason: str) -> None:
        with self._changed:
            if len(self._waiting) >= ROOM:
                self._dropped += 1
                return
            self._waiting.append((draft, severity, reason))
            self._changed.notify()

    def _work(self) -> None:
        wait = FIRST_WAIT_SECONDS
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or bool(self._waiting))
                if not self._waiting:
                    return
                draft, severity, reason = self._waiting[0]
            if self._send(draft, severity, reason):
                wait = FIRST_WAIT_SECONDS
                with self._changed:
                    self._waiting.popleft()
                continue
            with self._changed:
                if self._changed.wait_for(lambda: self._stopping, wait):
                    self._dropped += len(self._waiting)
                    self._waiting.clear()
                    return
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    def _send(self, draft: EventDraft, severity: int, reason: str) -> bool:
        try:
            self._sink.send(self._entry(draft, severity, reason))
        except JopeError as error:
            return self._failed(error.code)
        except Exception:  # the border of this thread: a fault of the program must not end it unseen
            if self._code != ProgramFaultError.code:
                log.exception("security sink fault")
            return self._failed(ProgramFaultError.code)
        self._sent, self._code = self._sent + 1, ""
        return True

    def _failed(self, code: str) -> bool:
        if code != self._code:
            log.warning("security sink takes nothing", code=code)
        self._code = code
        return False

    def _entry(self, draft: EventDraft, severity: int, reason: str) -> Entry:
        event = self._look_up(draft.seq)
        fields: dict[str, object] = {
            "action": draft.action.value,
            "outcome": draft.outcome.value,
            "about": [f"{kind} {id_}" for kind, id_ in draft.subjects],
            "code": str(draft.details.get("code", "")),
            "command": str(draft.details.get("command", "")),
        }
        if "purpose" in draft.details:
            fields["purpose"] = str(draft.details["purpose"])
        if reason:
            fields["read_only"] = reason
        if event is not None:
            fields |= {"actor": event.actor, "address": event.address, "os_user": event.os_user, "session": event.session}
        at_us = event.utc_us if event is not None else self._clock.now().utc_us
        return Entry(AUTHPRIV, severity, at_us, self._station_id, draft.action.value, fields, draft.seq)


def severity_of(draft: EventDraft, *, read_only: bool) -> int | None:
    """How severe a security event is (RFC 5424, table 2), None where the event is none."""
    if draft.action is Action.STATION_ATTESTED:
        return None if draft.details.get("ok") else ALERT
    if draft.action in _READ_ONLY:
        return WARNING if read_only else None
    if draft.action is Action.COMMAND_REFUSED and str(draft.details.get("code", "")).startswith("JOPE-2"):
        return WARNING
    found = _ALWAYS.get(draft.action)
    return WARNING if found is None and draft.outcome is Outcome.DENIED else found
