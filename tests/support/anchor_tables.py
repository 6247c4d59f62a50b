"""A table of another server as a small SQLite file whose rows only ever come: what the historian's role allows, with its own clock."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from jope.kernel.errors import AnchorConflictError, AnchorUnreachableError
from jope.services.anchoring.ports import TableRow

_SCHEMA = """
CREATE TABLE IF NOT EXISTS anchor (origin TEXT, size INTEGER, note TEXT NOT NULL, posix INTEGER NOT NULL, PRIMARY KEY (origin, size)) STRICT;
CREATE TRIGGER IF NOT EXISTS anchor_no_update BEFORE UPDATE ON anchor BEGIN SELECT RAISE(ABORT, 'insert only'); END;
CREATE TRIGGER IF NOT EXISTS anchor_no_delete BEFORE DELETE ON anchor BEGIN SELECT RAISE(ABORT, 'insert only'); END;
"""


class SqliteAnchorTable:
    """An ``AnchorTable``; ``down`` takes its server away."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.down = False
        with closing(self._open()) as connection:
            connection.executescript(_SCHEMA)

    def insert(self, origin: str, size: int, note: str) -> None:
        """Add a row; the same again is fine."""
        with closing(self._open()) as connection:
            connection.execute(
                "INSERT INTO anchor VALUES (?, ?, ?, ?) ON CONFLICT (origin, size) DO NOTHING", (origin, size, note, int(time.time()))
            )
            connection.commit()
            (held,) = connection.execute("SELECT note FROM anchor WHERE origin = ? AND size = ?", (origin, size)).fetchone()
        if held != note:
            raise AnchorConflictError("The table holds another checkpoint of this size.")

    def newest(self, origin: str) -> TableRow | None:
        """The row of the largest size."""
        with closing(self._open()) as connection:
            row = connection.execute("SELECT note, posix FROM anchor WHERE origin = ? ORDER BY size DESC LIMIT 1", (origin,)).fetchone()
        return None if row is None else TableRow(*row)

    def _open(self) -> sqlite3.Connection:
        if self.down:
            raise AnchorUnreachableError("The server is down.")
        return sqlite3.connect(self._path)
