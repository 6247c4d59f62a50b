"""What the station keeps of a badge: a digest of its number, from which nobody makes a badge."""

from __future__ import annotations

import hashlib
from typing import Any


def badge_digest(number: str) -> str:
    """The digest of a badge's number as its reader sends it."""
    return hashlib.sha256(b"jope badge" + number.strip().encode()).hexdigest()


def filled_in(cursor: Any, number: str) -> str:
    """What a badge fills in: its owner's id, nothing where it was revoked, and what was read itself where the station never gave it out.

    It proves nothing (URS A16; A11d-09).
    """
    row = cursor.execute("SELECT employee_id, state FROM badge WHERE id = ?", (badge_digest(number),)).fetchone()
    if row is None:
        return number.strip()
    return str(row[0]) if row[1] == "active" else ""
