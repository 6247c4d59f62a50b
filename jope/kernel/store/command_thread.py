"""The one thread that writes. SQLite has one writer; so has the program (house.md "Threads").

A command visits this thread twice, and each visit wakes two threads. A future of the standard library's pool costs three times what a bare lock does
(133 against 48 microseconds from rest), so the visit is a lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from jope.kernel.errors import StationClosedError

_Result = TypeVar("_Result")


class _Visit(Generic[_Result]):
    """One function to run, and what came of it."""

    def __init__(self, work: Callable[[], _Result]) -> None:
        self._work = work
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

    def wait(self) -> _Result:
        self._done.acquire()
        if self._error is not None:
            try:
                raise self._error
            finally:
                del self._error  # the traceback holds this frame, which holds the error
        return self._result[0]


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

    def post(self, work: Callable[[], None]) -> None:
        """Run later, and wait for nothing. The function tells its outcome itself and raises nothing.

        Raises:
            StationClosedError: the thread has ended.
        """
        self._put(work)

    def _put(self, work: Callable[[], _Result]) -> _Visit[_Result]:
        visit = _Visit(work)
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
        while (visit := self._visits.get()) is not None:
            visit.run()
