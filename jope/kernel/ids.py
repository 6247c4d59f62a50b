"""Names for the ids that travel between rooms, and the one way to make a new one."""

from __future__ import annotations

import uuid
from typing import NewType

CommandId = NewType("CommandId", str)
EmployeeId = NewType("EmployeeId", str)
SessionId = NewType("SessionId", str)
SignatureId = NewType("SignatureId", str)


def new_id() -> str:
    """A random id, 32 hex digits (RFC 9562, version 4)."""
    return uuid.uuid4().hex
