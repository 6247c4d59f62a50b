"""Read recoveries."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import Reader, needs


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """Two people opened their accounts with sealed codes. The time is UTC microseconds."""

    recovery_id: str
    first: str
    second: str
    reason: str
    recovered_us: int


@needs(Permission.USER_READ)
def recoveries_to_review(reader: Reader) -> tuple[RecoveryRow, ...]:
    """What no third person has looked at yet, oldest first."""
    rows = reader.execute(
        "SELECT id, first, second, reason, recovered_us FROM account_recovery WHERE reviewed_signature IS NULL ORDER BY recovered_us"
    )
    return tuple(RecoveryRow(*row) for row in rows)
