"""Where every reading connection of a station comes from (URS A14; docs/adr/0021)."""

from __future__ import annotations

import threading
from typing import Final

from sqlalchemy import Connection, Engine

from jope.compliance.access.reader import ALL_LINES
from jope.compliance.access.scope import Sight, shadowed_tables, shadowing
from jope.kernel.store.engine import StoreLocation, open_reader

_OF_A_LINE: Final = 2
"""Connections kept for the people of one line; more are opened while they are needed."""


_PERSONAL: Final = 8
"""Pools kept for people who see only their own change requests; the one that was opened first makes room."""


class ReadingPools:
    """A pool of connections that see everything, and one for each narrower sight, opened when it is first asked for. Thread-safe."""

    def __init__(self, location: StoreLocation) -> None:
        self._location = location
        self._pools: dict[Sight, Engine] = {Sight(ALL_LINES): open_reader(location)}
        self._guard = threading.Lock()

    def connect(self, sight: Sight | str) -> Connection:
        """A connection that shows what is in sight; a line alone is a sight. Whoever asks closes it."""
        return self._pool(Sight(sight) if isinstance(sight, str) else sight).connect()

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        with self._guard:
            for pool in self._pools.values():
                pool.dispose()

    def _pool(self, sight: Sight) -> Engine:
        with self._guard:
            pool = self._pools.get(sight)
            if pool is None:
                personal = [one for one in self._pools if one.person]
                if sight.person and len(personal) >= _PERSONAL:
                    self._pools.pop(personal[0]).dispose()
                views, shadowed = shadowing(sight), shadowed_tables(sight)
                pool = self._pools[sight] = open_reader(self._location, size=_OF_A_LINE, views=views, shadowed=shadowed)
            return pool
