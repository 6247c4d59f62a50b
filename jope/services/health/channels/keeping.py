"""Every alarm reaches every channel that is to tell it, and what becomes of it is written down (URS Q02, Q13; P11-31).

Rules:

1. Each channel has a thread of its own, so that one which hangs holds up nobody: no command, no other channel, no stop of the station.
2. The queue is derived from the store: alarms of a channel without a sent notice. A killed process loses none; one that dies between a delivery and its
   row delivers again, under the same message id.
3. Success is an event each time. A failure is an event when it begins, when its reason changes and when the channel counts as silent.
4. A channel is silent when a notice is undelivered for 10 minutes: an alarm of priority 2, which the other channels tell. The next delivery returns it.
5. Attempts after a failure wait 5 s, then twice as long each time up to 5 min, by chance between half and one and a half times that.
6. Each channel is tested once a week and when somebody asks. A test that fails is tried again like a notice.
7. What could not be written down (a full disk) is tried again at the next tick, and not delivered again for that.
8. An alarm that was raised and returned before its delivery is told all the same, and the notice says so.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from jope.compliance.audit.actions import Action
from jope.compliance.audit.recorder import EventDraft
from jope.compliance.commands import Command
from jope.kernel.clock import Clock
from jope.kernel.errors import JopeError, ProgramFaultError
from jope.services.health.channels.ports import Channel
from jope.services.health.channels.wording import Sender, notice_message, trial_message
from jope.services.health.commands import NoteAlarmNotice, NoteChannelTest
from jope.services.health.queries import ChannelTest, Notice

log = structlog.get_logger("jope.channels")
SILENT_US: Final = 10 * 60_000_000
WEEK_US: Final = 7 * 24 * 3600 * 1_000_000
FIRST_WAIT_US: Final = 5_000_000
LONGEST_WAIT_US: Final = 5 * 60_000_000
TEST_SECONDS: Final = 60.0
"""How long somebody who asked for a test waits for its result."""
_CONCERNED: Final = frozenset({Action.ALARM_RAISED, Action.ALARM_RETURNED})
Dispatch = Callable[[Command], object]


class Book(Protocol):
    """What the store says of channels. Each call reads for itself."""

    def waiting(self, channel: str, priorities: tuple[int, ...]) -> tuple[Notice, ...]:
        """What a channel has not told yet, the oldest alarm first."""

    def active(self) -> frozenset[int]:
        """Priorities of which an alarm is active."""

    def last_test(self, channel: str) -> ChannelTest | None:
        """The newest test of a channel."""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel stands in this process: how many notices wait, and the code of the failure that lasts, empty where none does."""

    name: str
    kind: str
    waiting: int
    code: str
    failing_since_us: int


@dataclass(frozen=True, slots=True)
class TriedChannel:
    """What a test of a channel gave; an empty code says that it was delivered."""

    channel: str
    code: str
    message: str


class ChannelKeeper:
    """Tells the alarms of a station to its channels."""

    def __init__(self, channels: Sequence[tuple[str, Channel]], book: Book, clock: Clock, dispatch: Dispatch, sender: Sender) -> None:
        self._workers = [_Worker(kind, channel, book, clock, dispatch, sender) for kind, channel in channels]

    def start(self) -> None:
        """Begin, with what waits since the last run."""
        for worker in self._workers:
            worker.start()

    def on_commit(self, drafts: Sequence[EventDraft]) -> None:
        """A commit stands; where an alarm came or went, every channel looks. Never waits."""
        if any(draft.action in _CONCERNED for draft in drafts):
            for worker in self._workers:
                worker.want()

    def tick(self) -> None:
        """Time passed. Never waits."""
        for worker in self._workers:
            worker.look()

    def test(self) -> tuple[TriedChannel, ...]:
        """Test every channel now. Blocks for at most a minute."""
        asked = [worker.ask_test() for worker in self._workers]
        return tuple(worker.result_of(done) for worker, done in zip(self._workers, asked, strict=True))

    def states(self) -> tuple[ChannelState, ...]:
        """How the channels stand. Quick."""
        return tuple(worker.state() for worker in self._workers)

    def stop(self, grace_seconds: float) -> None:
        """Let channels that deliver tell what waits, for so long, and end. What is left waits in the store."""
        for worker in self._workers:
            worker.finish()
        for worker in self._workers:
            worker.end(grace_seconds)


class _Worker:
    """One channel and its thread."""

    def __init__(self, kind: str, channel: Channel, book: Book, clock: Clock, dispatch: Dispatch, sender: Sender) -> None:
        self._kind = kind
        self._channel = channel
        self._book = book
        self._clock = clock
        self._dispatch = dispatch
        self._sender = sender
        self._changed = threading.Condition()
        self._wanted = True
        self._finishing = False
        self._asked: list[threading.Event] = []
        self._result = TriedChannel(channel.name, "", "")
        self._next_us = 0
        self._failing_since_us: int | None = None
        self._waits = 0
        self._told: set[str] = set()
        self._code = ""
        self._waiting = 0
        self._cause = "weekly"
        self._test_at_us = 0
        self._unrecorded: set[str] = set()
        self._untold_test: tuple[str, str] | None = None  # cause and remark
        self._unsaid = False
        self._thread = threading.Thread(target=self._work, name=f"jope-channel-{channel.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def want(self) -> None:
        with self._changed:
            self._wanted = True
            self._changed.notify()

    def look(self) -> None:
        with self._changed:
            self._changed.notify()

    def ask_test(self) -> threading.Event:
        done = threading.Event()
        with self._changed:
            self._asked.append(done)
            self._changed.notify()
        return done

    def result_of(self, done: threading.Event) -> TriedChannel:
        if done.wait(TEST_SECONDS):
            return self._result
        return TriedChannel(self._channel.name, ProgramFaultError.code, f"The test took longer than {TEST_SECONDS:g} s.")

    def state(self) -> ChannelState:
        return ChannelState(self._channel.name, self._kind, self._waiting, self._code, self._failing_since_us or 0)

    def finish(self) -> None:
        with self._changed:
            self._finishing = True
            self._changed.notify()

    def end(self, grace_seconds: float) -> None:
        if self._thread.ident is None:
            return
        self._thread.join(grace_seconds)
        if self._thread.is_alive():
            self._channel.abort()
            self._thread.join(1.0)  # what hangs in the kernel even then is left behind; the thread dies with the process

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._finishing or bool(self._asked) or self._is_due())
                last, asked = self._finishing, self._asked
                self._asked = []
                if last and (not self._wanted or self._failing_since_us is not None):
                    break
                self._wanted = False
            self._unsaid = False
            self._attempt(test=bool(asked))
            if self._unsaid and self._failing_since_us is None:
                self._again_later()
            for done in asked:
                done.set()
            if last:
                break
        for done in self._asked:
            done.set()
        self._channel.abort()

    def _is_due(self) -> bool:
        return self._clock.monotonic_us() >= self._next_us and (self._wanted or self._test_due())

    def _test_due(self) -> bool:
        return self._clock.now().utc_us >= self._test_at_us

    def _again_later(self) -> None:
        """What was delivered and not written down is looked at by a tick, not at once: the disk is as full as it was."""
        with self._changed:
            self._wanted = True
            self._next_us = self._clock.monotonic_us() + FIRST_WAIT_US

    def _attempt(self, *, test: bool) -> None:
        notice: Notice | None = None
        trying = test
        try:
            if test:
                self._cause = "demand"
                self._try_out()
                trying = False
            for notice in self._queue():
                self._tell(notice)
                self._waiting -= 1
            notice = None
            self._channel.follow(self._book.active())
            if self._untold_test is not None and not self._say_tested(*self._untold_test):
                return
            last = self._book.last_test(self._channel.name)
            self._test_at_us = 0 if last is None or not last.ok else last.utc_us + WEEK_US
            if self._test_due():
                trying = True
                self._try_out()
        except JopeError as error:
            self._failed(error, notice, test=trying)
        except Exception as error:  # the border of this thread: a fault of the program must not end it unseen
            log.exception("channel fault", channel=self._channel.name)
            self._failed(ProgramFaultError(f"The program failed ({type(error).__name__})."), notice, test=trying)

    def _queue(self) -> tuple[Notice, ...]:
        found = self._book.waiting(self._channel.name, self._channel.priorities)
        self._waiting = len(found)
        return found

    def _tell(self, notice: Notice) -> None:
        remark = ""
        if notice.alarm_id not in self._unrecorded:
            remark = self._channel.send(notice_message(notice, self._sender, self._channel.name, self._clock.now().utc_us))
            self._delivered()
        self._unrecorded.add(notice.alarm_id)
        said = NoteAlarmNotice(channel=self._channel.name, alarm_id=notice.alarm_id, attempts=notice.attempts + 1, text=remark)
        if self._say(said):
            self._unrecorded.discard(notice.alarm_id)

    def _try_out(self) -> None:
        now_us = self._clock.now().utc_us
        self._result = TriedChannel(self._channel.name, ProgramFaultError.code, "The test did not end.")
        remark = self._channel.send(trial_message(self._sender, self._channel.name, now_us))
        self._delivered()
        self._result = TriedChannel(self._channel.name, "", remark)
        cause, self._cause, self._test_at_us = self._cause, "weekly", now_us + WEEK_US
        self._say_tested(cause, remark)

    def _say_tested(self, cause: str, remark: str) -> bool:
        """Write a delivered test down. One that is not written down must not be made again, or a full disk would send a test at each tick."""
        said = self._say(NoteChannelTest(channel=self._channel.name, cause=cause, text=remark))
        self._untold_test = None if said else (cause, remark)
        return said

    def _delivered(self) -> None:
        self._failing_since_us, self._waits, self._next_us, self._code = None, 0, 0, ""
        self._told.clear()

    def _failed(self, error: JopeError, notice: Notice | None, *, test: bool) -> None:
        now_us = self._clock.monotonic_us()
        if self._failing_since_us is None:
            self._failing_since_us = now_us
        self._code = error.code
        old_us = 0 if notice is None else self._clock.now().utc_us - notice.raised_us
        silent = max(now_us - self._failing_since_us, old_us) >= SILENT_US
        wait_us = min(FIRST_WAIT_US << min(self._waits, 10), LONGEST_WAIT_US)
        with self._changed:
            self._waits += 1
            self._wanted = True
            self._next_us = now_us + wait_us // 2 + secrets.randbelow(wait_us)
        log.info("notice not delivered", channel=self._channel.name, code=error.code)
        if test:
            self._result = TriedChannel(self._channel.name, error.code, error.message)
        told = f"{error.code} {silent} {'' if notice is None else notice.alarm_id if not silent else 'any'} {test}"
        if told in self._told:
            return
        if self._tell_failure(error, notice, silent=silent, test=test):
            self._told.add(told)

    def _tell_failure(self, error: JopeError, notice: Notice | None, *, silent: bool, test: bool) -> bool:
        """Write a failure down; False where it has to be written down by a later attempt."""
        name, text = self._channel.name, error.message[:500]
        if test:
            said = self._say(NoteChannelTest(channel=name, cause=self._cause, code=error.code, text=text, silent=silent))
            self._cause = "weekly"
            return said
        if notice is not None:
            attempts = notice.attempts + self._waits
            return self._say(
                NoteAlarmNotice(channel=name, alarm_id=notice.alarm_id, attempts=attempts, code=error.code, text=text, silent=silent)
            )
        return True

    def _say(self, command: Command) -> bool:
        try:
            self._dispatch(command)
            return True
        except JopeError as error:  # the station closes, or its disk is full: what was delivered is delivered, and waits to be written down
            log.error("notice not recorded", channel=self._channel.name, code=error.code)
            self._unsaid = True
            return False
