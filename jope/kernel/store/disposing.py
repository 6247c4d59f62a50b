"""Erasing the payloads that a disposal names: the one deletion there is, on a connection of its own.

The store itself lets a payload go only where a disposal approved by two people names its event (trigger ``audit_payload_no_delete``). Done again it does
nothing, so that a station killed in between finishes it after its next start.
"""

from __future__ import annotations

import json
from typing import Any, Final

from jope.kernel.store.engine import StoreLocation, connect

_APPROVED: Final = "SELECT events FROM disposal WHERE approval_signature IS NOT NULL"
_LEFT: Final = "SELECT EXISTS (SELECT 1 FROM audit_payload WHERE seq BETWEEN ? AND ?)"
_ERASE: Final = "DELETE FROM audit_payload WHERE seq BETWEEN ? AND ?"


def is_due(cursor: Any) -> bool:
    """Whether an approved disposal names a payload that is still there."""
    return any(cursor.execute(_LEFT, one).fetchone()[0] for one in _approved(cursor))


def _approved(cursor: Any) -> list[tuple[int, int]]:
    return [(first, last) for (events,) in cursor.execute(_APPROVED).fetchall() for first, last in json.loads(events)]


def erase_payloads(location: StoreLocation) -> int:
    """Erase what approved disposals name and overwrite its pages; the log is emptied by ``empty_journal``. Returns how many payloads went. Blocks.

    The caller keeps every other writer out meanwhile.
    """
    connection = connect(location)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        gone = sum(connection.execute(_ERASE, one).rowcount for one in _approved(connection.cursor()))
        connection.execute("COMMIT")
    finally:
        connection.close()
    return int(gone)


def empty_journal(location: StoreLocation) -> bool:
    """Bring the write-ahead log into the store and cut it to nothing. Returns whether it is empty now; a reader that is in the way is not waited for."""
    connection = connect(location)
    try:
        connection.execute("PRAGMA busy_timeout = 0")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    return not busy
