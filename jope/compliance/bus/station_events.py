"""What the station itself has to say, from threads that must never wait: the gateway's, the GUI's clock.

Commands queue up and are dispatched as the station, one after the other, on a thread of their own.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import structlog

from jope.compliance.commands import Command
from jope.kernel.errors import JopeError

log = structlog.get_logger("jope.station")


class StationEvents:
    """Dispatches the station's own commands in the order in which they were told."""

    def __init__(self, dispatch: Callable[[Command], object]) -> None:
        self._dispatch = dispatch
        self._pending: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="jope-station-events", daemon=True)
        self._thread.start()

    def tell(self, command: Command) -> None:
        """Queue a command. Never waits."""
        self._pending.put(command)

    def stop(self) -> None:
        """Finish what waits and end the thread."""
        self._pending.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (command := self._pending.get()) is not None:
            try:
                self._dispatch(command)
            except JopeError as error:
                log.error("event of the station not recorded", command=type(command).__name__, code=error.code)
