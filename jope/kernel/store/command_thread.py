"""The one thread that writes. SQLite has one writer; so has the program (house.md "Threads").

A command visits this thread twice, and each visit wakes two threads. A future of the standard library's pool costs three times what a bare lock does
(133 against 48 microseconds from rest), so the visit is a lock. A visit that follows a proof of a password is put here by the thread that proved it:
whoever asked sleeps on, and is not woken only to wake this thread.

What is posted gives way: it follows a command (the checkpoint that a signature is due), and begins when whoever waited for that command has its answer.
Begun at once it would hold the interpreter, and the person would wait for both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from jope.kernel.errors import StationClosedError

_Result = TypeVar("_Result")
_GIVES_WAY_S = 0.005
"""How long a posted function waits at most for the one before it to be heard of."""


class _Visit(Generic[_Result]):
    """One function to run, and what came of it."""

    def __init__(self, work: Callable[[], _Result], *, gives_way: bool = False) -> None:
        self.gives_way = gives_way
        self._work = work
        self._heard = threading.Lock()
        self._heard.acquire()
        self._done = threading.Lock()
        self._done.acquire()
        self._result: list[_Result] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._result.append(self._work())
        except BaseException as error:  # carried to the thread that asked, whatever it is
            self._error = error
        finally:
            self._done.release()

    def refuse(self, error: BaseException) -> None:
        """It cannot run; whoever waits is told why."""
        self._error = error
        self._done.release()

    def wait(self) -> _Result:
        self._done.acquire()
        self._heard.release()
        if self._error is not None:
            try:
                raise self._error
            finally:
                del self._error  # the traceback holds this frame, which holds the error
        return self._result[0]

    def await_heard(self) -> None:
        """Return when whoever waits has the answer, or does not come for it."""
        self._heard.acquire(timeout=_GIVES_WAY_S)


class CommandThread:
    """Runs functions one after the other on a thread of its own."""

    def __init__(self) -> None:
        self._visits: SimpleQueue[_Visit[Any] | None] = SimpleQueue()
        self._guard = threading.Lock()
        self._open = True
        self._thread = threading.Thread(target=self._serve, name="jope-command", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], _Result]) -> _Result:
        """Run and wait; the function's exception comes out here. Called from the thread itself, it runs at once.

        Raises:
            StationClosedError: the thread has ended.
        """
        if threading.current_thread() is self._thread:
            return work()
        return self._put(work).wait()

    def run_after(self, first: Future[Any], work: Callable[[], _Result]) -> _Result:
        """Run when the future is done, whatever its outcome, and wait. Never called from the thread itself.

        Raises:
            StationClosedError: the thread has ended.
        """
        visit = _Visit(work)
        first.add_done_callback(lambda _: self._enqueue(visit))
        return visit.wait()

    def _enqueue(self, visit: _Visit[Any]) -> None:
        with self._guard:
            if self._open:
                self._visits.put(visit)
                return
        visit.refuse(StationClosedError("The station is closed."))

    def post(self, work: Callable[[], None]) -> None:
        """Run later, when the command before has its answer, and wait for nothing. The function tells its outcome itself and raises nothing.

        Raises:
            StationClosedError: the thread has ended.
        """
        self._put(work, gives_way=True)

    def _put(self, work: Callable[[], _Result], *, gives_way: bool = False) -> _Visit[_Result]:
        visit = _Visit(work, gives_way=gives_way)
        with self._guard:
            if not self._open:
                raise StationClosedError("The station is closed.")
            self._visits.put(visit)
        return visit

    def close(self, last: Callable[[], object] = lambda: None) -> None:
        """Finish what waits, run ``last`` on the thread when nobody can come any more, and end it."""
        visit = _Visit(last)
        with self._guard:
            if not self._open:
                return
            self._open = False
            self._visits.put(visit)
            self._visits.put(None)
        self._thread.join()
        visit.wait()

    def _serve(self) -> None:
        last: _Visit[Any] | None = None
        while (visit := self._visits.get()) is not None:
            if visit.gives_way and last is not None:
                last.await_heard()
            visit.run()
            last = None if visit.gives_way else visit
