"""What is or becomes due at scales and reference weights: told before it stops anybody (URS F07, J06; 21 CFR 211.68(a), 211.160(b)(4))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from jope.kernel.clock import site_date
from jope.plant.devices.writing import Ask

CHECK_DUE: Final = "check_due"
CALIBRATION_OVER: Final = "calibration_over"
CALIBRATION_SOON: Final = "calibration_soon"
_SCALES: Final = "SELECT device_id, calibration_due, check_due_us FROM device WHERE retired_us IS NULL AND unit <> '' ORDER BY device_id"
_WEIGHTS: Final = "SELECT weight_id, due_on FROM reference_weight WHERE state = 'in_use' ORDER BY weight_id"
_TOLD: Final = (
    f"SELECT source, kind FROM alarm WHERE returned_us IS NULL AND kind IN ('{CHECK_DUE}', '{CALIBRATION_OVER}', '{CALIBRATION_SOON}')"
)


@dataclass(frozen=True, slots=True)
class Due:
    """An alarm of priority 3 (it stops weighing) or 4 (it will)."""

    priority: int
    text: str


def due_now(ask: Ask, now_us: int, zone: str, notice_days: int) -> Mapping[tuple[str, str], Due]:
    """What is due now or within ``notice_days`` by the site's calendar, by source and kind of alarm."""
    today = site_date(now_us, zone)
    horizon = (date.fromisoformat(today) + timedelta(days=notice_days)).isoformat()
    found: dict[tuple[str, str], Due] = {}
    for device_id, due_on, check_due_us in ask(_SCALES, ()):
        if check_due_us is not None and check_due_us <= now_us:
            found[device_id, CHECK_DUE] = Due(3, f"The check of {device_id} is overdue.")
        found |= _certificate(device_id, due_on, today, horizon)
    for weight_id, due_on in ask(_WEIGHTS, ()):
        found |= _certificate(weight_id, due_on, today, horizon)
    return found


def told(ask: Ask) -> set[tuple[str, str]]:
    """What stands as an alarm already, by source and kind."""
    return {(str(source), str(kind)) for source, kind in ask(_TOLD, ())}


def _certificate(name: str, due_on: str, today: str, horizon: str) -> dict[tuple[str, str], Due]:
    if due_on and due_on < today:
        return {(name, CALIBRATION_OVER): Due(3, f"The calibration of {name} was due on {due_on}; it may not be used.")}
    if due_on and due_on <= horizon:
        return {(name, CALIBRATION_SOON): Due(4, f"The calibration of {name} is due on {due_on}.")}
    return {}
