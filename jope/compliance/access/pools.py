"""Where every reading connection of a station comes from (URS A14; docs/adr/0021)."""

from __future__ import annotations

import threading
from typing import Final

from sqlalchemy import Connection, Engine

from jope.compliance.access.reader import ALL_LINES
from jope.compliance.access.scope import shadowed_tables, shadowing
from jope.kernel.store.engine import StoreLocation, open_reader

_OF_A_LINE: Final = 2
"""Connections kept for the people of one line; more are opened while they are needed."""


class ReadingPools:
    """A pool of connections that see all lines, and one for each line that somebody is bound to, opened when it is first asked for. Thread-safe."""

    def __init__(self, location: StoreLocation) -> None:
        self._location = location
        self._pools: dict[str, Engine] = {ALL_LINES: open_reader(location)}
        self._guard = threading.Lock()

    def connect(self, line: str) -> Connection:
        """A connection that shows the rows of a line, all of them for ``*``. Whoever asks closes it."""
        return self._pool(line).connect()

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        with self._guard:
            for pool in self._pools.values():
                pool.dispose()

    def _pool(self, line: str) -> Engine:
        with self._guard:
            pool = self._pools.get(line)
            if pool is None:
                pool = self._pools[line] = open_reader(self._location, size=_OF_A_LINE, views=shadowing(line), shadowed=shadowed_tables())
            return pool
