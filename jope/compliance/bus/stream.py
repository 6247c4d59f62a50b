"""Events that come in streams, from devices: many threads append, one commit takes all that wait (ledger.md "group commit").

Each caller returns once its event is durable. Commands of people never come this way: each of them is a commit of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

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
"""How long the first of a group lets others come."""


@dataclass(slots=True)
class _Waiting:
    """One event and the thread that waits for it."""

    action: Action
    subjects: tuple[tuple[str, str], ...]
    details: Mapping[str, Any]
    durable: threading.Lock = field(default_factory=threading.Lock)
    error: BaseException | None = None


class EventStream:
    """Appends events of the station itself. Thread-safe."""

    def __init__(self, store: WriteStore, commands: CommandThread, clock: Clock, here: Principal) -> None:
        self._store = store
        self._commands = commands
        self._clock = clock
        self._here = here
        self._guard = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._pause = threading.Event()

    def append(self, action: Action, *subjects: tuple[str, str], details: Mapping[str, Any] | None = None) -> None:
        """Append one event and wait until it is durable.

        Args:
            action: what happened.
            subjects: (kind, id) of the records it is about, at least one.
            details: further facts in the canonical profile.

        Raises:
            JopeError: it could not be written; nothing of its commit was.
        """
        mine = _Waiting(action, subjects, details or {})
        mine.durable.acquire()
        with self._guard:
            self._waiting.append(mine)
            leads = len(self._waiting) == 1
        if leads:
            self._pause.wait(GATHER_SECONDS)  # on the caller's own thread: the command thread belongs to people meanwhile
            try:
                self._commands.run(self._commit)
            except JopeError as error:  # the thread has ended: nobody else would come for those who wait
                self._give_up(error)
        mine.durable.acquire()
        if mine.error is not None:
            raise mine.error

    def _give_up(self, error: BaseException) -> None:
        with self._guard:
            left, self._waiting = self._waiting, []
        for event in left:
            event.error = error
            event.durable.release()

    def _commit(self) -> None:
        """On the command thread: everything that waits by now, in one commit of at most a tile; what came meanwhile has a visit of its own."""
        with self._guard:
            some, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            left = bool(self._waiting)
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
            event.error = error
            event.durable.release()
