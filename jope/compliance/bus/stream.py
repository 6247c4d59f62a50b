"""Events that come in streams, from devices: many append at once, one commit takes all that wait (ledger.md "group commit").

Each caller goes on once its event is durable: a thread that waits, or a coroutine of an event loop such as the gateway's. Commands of people never come
this way: each of them is a commit of its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from jope.compliance.audit.actions import Action
from jope.compliance.commands import Principal
from jope.kernel.clock import Clock
from jope.kernel.errors import JopeError
from jope.kernel.ids import new_id
from jope.kernel.store.command_thread import CommandThread
from jope.kernel.store.uow import WriteStore

MOST_AT_ONCE: Final = 256
"""Events of one commit: a tile of the tree."""
GATHER_SECONDS: Final = 0.001
"""How long the first thread of a group lets others come. Coroutines of one loop need no such pause: all that are ready append before the loop turns."""


class _Caller(Protocol):
    """Who waits for an event."""

    def tell(self, error: BaseException | None) -> None:
        """It is durable, or was not written."""


@dataclass(slots=True)
class _Thread:
    """A thread that waits."""

    told: threading.Lock = field(default_factory=threading.Lock)
    error: BaseException | None = None

    def tell(self, error: BaseException | None) -> None:
        self.error = error
        self.told.release()


@dataclass(slots=True)
class _Coroutines:
    """The coroutines of one loop that wait for the same commit: they are woken by one call into their loop, not by one each."""

    loop: asyncio.AbstractEventLoop
    futures: list[asyncio.Future[None]] = field(default_factory=list)
    errors: list[BaseException | None] = field(default_factory=list)
    """How each event ended, in the order of the futures: events are committed in the order they came."""
    guard: threading.Lock = field(default_factory=threading.Lock)
    closed: bool = False

    def tell(self, error: BaseException | None) -> None:
        with self.guard:
            self.errors.append(error)
            ended = self.closed and len(self.errors) == len(self.futures)
        if ended:
            with suppress(RuntimeError):  # the loop has ended, and those who waited in it with it
                self.loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """No further coroutine joins. A commit of others may have taken all of them already."""
        with self.guard:
            self.closed = True
            ended = len(self.errors) == len(self.futures)
        if ended:
            self._wake()

    def _wake(self) -> None:
        for future, error in zip(self.futures, self.errors, strict=True):
            if future.done():  # its coroutine was cancelled; the event stands all the same
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One event and who waits for it."""

    action: Action
    subjects: tuple[tuple[str, str], ...]
    details: Mapping[str, Any]
    caller: _Caller


class EventStream:
    """Appends events of the station itself. Thread-safe."""

    def __init__(self, store: WriteStore, commands: CommandThread, clock: Clock, here: Principal) -> None:
        self._store = store
        self._commands = commands
        self._clock = clock
        self._here = here
        self._guard = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._gathering: dict[asyncio.AbstractEventLoop, _Coroutines] = {}
        self._pause = threading.Event()

    def append(self, action: Action, *subjects: tuple[str, str], details: Mapping[str, Any] | None = None) -> None:
        """Append one event and wait until it is durable. Blocks; never called on an event loop.

        Args:
            action: what happened.
            subjects: (kind, id) of the records it is about, at least one.
            details: further facts in the canonical profile.

        Raises:
            JopeError: it could not be written; nothing of its commit was.
        """
        mine = _Thread()
        mine.told.acquire()
        with self._guard:
            leads = not any(isinstance(one.caller, _Thread) for one in self._waiting)  # a loop may end before it asks for its own commit
            self._waiting.append(_Waiting(action, subjects, details or {}, mine))
        if leads:
            self._pause.wait(GATHER_SECONDS)  # on the caller's own thread: the command thread belongs to people meanwhile
            self._ask_for_commit()
        mine.told.acquire()
        if mine.error is not None:
            raise mine.error

    async def appended(self, action: Action, *subjects: tuple[str, str], details: Mapping[str, Any] | None = None) -> None:
        """As ``append``, for a coroutine: goes on once the event is durable and holds up nobody else of its loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._guard:
            group = self._gathering.get(loop)
            if group is None:
                group = self._gathering[loop] = _Coroutines(loop)
                loop.call_soon(self._close_group, group)
            group.futures.append(future)
            self._waiting.append(_Waiting(action, subjects, details or {}, group))
        await future

    def _close_group(self, group: _Coroutines) -> None:
        """All coroutines that were ready have appended: their group is closed, and a commit asked for."""
        with self._guard:
            self._gathering.pop(group.loop, None)
        self._ask_for_commit()
        group.close()

    def _ask_for_commit(self) -> None:
        try:
            self._commands.post(self._commit)
        except JopeError as error:  # the thread has ended: nobody else would come for those who wait
            with self._guard:
                left, self._waiting = self._waiting, []
                self._gathering.clear()
            for event in left:
                event.caller.tell(error)

    def _commit(self) -> None:
        """On the command thread: everything that waits by now, in commits of at most a tile each."""
        with self._guard:
            some, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            left = bool(self._waiting)
        if some:
            self._commit_some(some)
        if left:
            self._commit()

    def _commit_some(self, events: Sequence[_Waiting]) -> None:
        error: BaseException | None = None
        try:
            with self._store.unit_of_work() as uow:
                pen = uow.audit
                pen.principal, pen.instant = self._here, self._clock.now()
                pen.command_id = pen.outcome_of = new_id()
                for event in events:
                    pen.record(event.action, *event.subjects, details=event.details)
        except Exception as fault:  # whatever it is, each caller is told; none waits for ever
            error = fault
        for event in events:
            event.caller.tell(error)
