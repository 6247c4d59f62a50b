"""The one thread that writes. SQLite has one writer; so has the program (house.md "Threads")."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Result = TypeVar("_Result")


class CommandThread:
    """Runs functions one after the other on a thread of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jope-command")
        self._ident = self._pool.submit(threading.get_ident).result()

    def run(self, work: Callable[[], _Result]) -> _Result:
        """Run and wait; the function's exception comes out here. Called from the thread itself, it runs at once."""
        if threading.get_ident() == self._ident:
            return work()
        return self._pool.submit(work).result()

    def close(self) -> None:
        """Finish what waits and end the thread."""
        self._pool.shutdown(wait=True)
