"""Floors: a bare durable INSERT, on the store's own engine (key, page size, WAL, FULL) and on plain SQLite."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from jope.kernel.store.engine import StoreLocation, connect, create

BODY_BYTES = 864
"""The size of the floor's row: that of an event's body."""
_FLOOR = "CREATE TABLE floor (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT"


class Floor:
    """One table, one INSERT per commit, nothing else."""

    def __init__(self, folder: Path, *, encrypted: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        location = StoreLocation(folder / f"floor-{'cipher' if encrypted else 'plain'}.db", secrets.token_bytes(32) if encrypted else None)
        create(location)
        self._connection: Any = connect(location)
        for pragma in ("synchronous = FULL", "temp_store = MEMORY", "cache_size = -32768"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(_FLOOR)
        self._body = "x" * BODY_BYTES

    def insert(self) -> None:
        """One durable row."""
        self._connection.execute("INSERT INTO floor (body) VALUES (?)", (self._body,))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
