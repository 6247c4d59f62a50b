"""What the station keeps of a badge: a digest of its number, from which nobody makes a badge."""

from __future__ import annotations

import hashlib
from typing import Any


def badge_digest(number: str) -> str:
    """The digest of a badge's number as its reader sends it."""
    return hashlib.sha256(b"jope badge" + number.strip().encode()).hexdigest()


def owner_of(cursor: Any, number: str) -> str:
    """Whose id a badge fills in, empty for one that is unknown or revoked. It proves nothing (URS A16; A11d-09)."""
    row = cursor.execute("SELECT employee_id FROM badge WHERE id = ? AND state = 'active'", (badge_digest(number),)).fetchone()
    return "" if row is None else str(row[0])
