"""Work for the station off the GUI thread.

``CommandRunner`` has one thread, because the store has one writer; ``QueryRunner`` a small pool. Answers come back through one signal that is connected
before any work starts, and are handed out in the GUI thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from jope.kernel.errors import JopeError

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class UnexpectedError(JopeError):
    """The program itself failed; what was asked for did not happen or is not known to have happened."""

    code = "JOPE-000"


@dataclass(frozen=True, slots=True)
class _Answer:
    value: Any
    error: JopeError | None
    done: Callable[[Any], None]
    failed: Callable[[JopeError], None]
    key: str
    number: int


class Runner(QObject):
    """Runs calls in worker threads and hands each answer back in the thread that made this object."""

    busy_changed = Signal(bool)
    _answered = Signal(object)
    _waits = True
    """Whether closing waits for a running call."""

    def __init__(self, threads: int, name: str) -> None:
        super().__init__()
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._waiting = 0
        self._number = 0
        self._newest: dict[str, int] = {}
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether an answer is still due."""
        return self._waiting > 0

    def run(
        self,
        work: Callable[[], _T],
        done: Callable[[_T], None],
        failed: Callable[[JopeError], None],
        *,
        key: str = "",
    ) -> None:
        """Call ``work`` in a worker thread, then ``done`` or ``failed`` in the GUI thread.

        Of several calls with the same key only the newest is answered: an older answer would put an older state on the screen.
        """
        if self._closed:
            return
        self._number += 1
        number = self._number
        if key:
            self._newest[key] = number
        self._waiting += 1
        if self._waiting == 1:
            self.busy_changed.emit(True)
        self._pool.submit(self._work, work, done, failed, key, number)

    def forget(self, key: str) -> None:
        """Drop the answers of all calls with this key that are still under way."""
        self._number += 1
        self._newest[key] = self._number

    def close(self) -> None:
        """Let running calls end and forget the ones that wait."""
        self._closed = True
        self._pool.shutdown(wait=self._waits, cancel_futures=True)

    def _work(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[JopeError], None],
        key: str,
        number: int,
    ) -> None:
        value: Any = None
        error: JopeError | None = None
        try:
            value = work()
        except JopeError as known:
            error = known
        except Exception as unknown:
            _log.exception("a call to the station failed")
            error = UnexpectedError(f"The program failed ({type(unknown).__name__}).")
        if not self._closed:
            self._answered.emit(_Answer(value, error, done, failed, key, number))

    @Slot(object)
    def _on_answered(self, answer: _Answer) -> None:
        self._waiting -= 1
        wanted = not answer.key or self._newest.get(answer.key) == answer.number
        if not self._closed and wanted:
            told: Callable[[Any], None] = answer.done if answer.error is None else answer.failed
            if not _is_gone(told):
                told(answer.value if answer.error is None else answer.error)
        if self._waiting == 0:
            self.busy_changed.emit(False)


def _is_gone(told: Callable[..., object]) -> bool:
    """Whether the sheet or page that asked was closed meanwhile: its widgets do not exist any more."""
    owner = getattr(told.func if isinstance(told, partial) else told, "__self__", None)
    return isinstance(owner, QObject) and not isValid(owner)


class CommandRunner(Runner):
    """One thread for everything that writes or acts."""

    def __init__(self) -> None:
        super().__init__(1, "jope-command")


class LongRunner(Runner):
    """One thread for a reading that may take an hour: it takes no place from the others, and closing the window does not wait for it."""

    _waits = False

    def __init__(self) -> None:
        super().__init__(1, "jope-long")


class QueryRunner(Runner):
    """A small pool for everything that reads."""

    def __init__(self, threads: int = 3) -> None:
        super().__init__(threads, "jope-query")
