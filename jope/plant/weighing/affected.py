"""Which weighings a scale that is found wrong puts in doubt (URS J07; 21 CFR 211.160, 211.192)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.access.reader import Reader

_LAST_GOOD: Final = (
    "SELECT max(at) FROM (SELECT ended_us AS at FROM balance_check WHERE device_id = :device AND state = 'passed' AND ended_us < :until "
    "UNION ALL SELECT recorded_us FROM calibration WHERE device_id = :device AND as_found = 'pass' AND as_left = 'pass' AND recorded_us < :until)"
)
_WEIGHINGS: Final = (
    "SELECT id, batch_no, material_code, lot_no, net, unit, at_us, performed_by FROM weighing "
    "WHERE device_id = ? AND accepted = 1 AND at_us > ? AND at_us <= ? ORDER BY at_us, id"
)


@dataclass(frozen=True, slots=True)
class AffectedWeighing:
    """An accepted weighing on a scale since it was last known to be right."""

    weighing_id: str
    batch_no: str
    material_code: str
    lot_no: str
    net: str
    unit: str
    at_us: int
    performed_by: str


def affected_weighings(cursor: Any, device_id: str, until_us: int) -> tuple[AffectedWeighing, ...]:
    """What was weighed between the last check or calibration that found the scale right and ``until_us``; everything where there is none."""
    row = cursor.execute(_LAST_GOOD, {"device": device_id, "until": until_us}).fetchone()
    since = -1 if row is None or row[0] is None else int(row[0])
    return tuple(AffectedWeighing(*found) for found in cursor.execute(_WEIGHINGS, (device_id, since, until_us)).fetchall())


def weighings_in_doubt(reader: Reader, *, device_id: str, until_us: int) -> tuple[AffectedWeighing, ...]:
    """The same for a screen."""
    return affected_weighings(reader.cursor, device_id, until_us)
