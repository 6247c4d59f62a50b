"""Names for the ids that travel between rooms, and the one way to make a new one."""

from __future__ import annotations

import os
from typing import NewType

CommandId = NewType("CommandId", str)
EmployeeId = NewType("EmployeeId", str)
SessionId = NewType("SessionId", str)
SignatureId = NewType("SignatureId", str)


def new_id() -> str:
    """A random id, 32 hex digits (RFC 9562, version 4)."""
    raw = bytearray(os.urandom(16))
    raw[6], raw[8] = raw[6] & 0x0F | 0x40, raw[8] & 0x3F | 0x80
    return raw.hex()
