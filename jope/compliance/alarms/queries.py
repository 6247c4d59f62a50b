"""Read alarms."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.access.reader import Reader
from jope.compliance.alarms.commands import SECURITY_KINDS


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One alarm. Priority 1 (high) to 3 (low), 4 is diagnostic. ``active`` is the condition, ``acknowledged_by`` the person."""

    alarm_id: str
    priority: int
    source: str
    kind: str
    text: str
    raised_utc_us: int
    active: bool
    acknowledged_by: str

    @property
    def security(self) -> bool:
        """Whether it tells of misuse."""
        return self.kind in SECURITY_KINDS


def open_alarms(reader: Reader) -> tuple[AlarmView, ...]:
    """Alarms that are active or not acknowledged, newest first."""
    rows = reader.execute(
        "SELECT id, priority, source, kind, text, raised_us, returned_us IS NULL, coalesce(acknowledged_by, '') FROM alarm "
        "WHERE returned_us IS NULL OR acknowledged_us IS NULL ORDER BY raised_us DESC LIMIT 200"
    )
    return tuple(AlarmView(r[0], r[1], r[2], r[3], r[4], r[5], bool(r[6]), r[7]) for r in rows)
