"""How a device stands by NAMUR NE 107, from what the station knows of it. Pure, and without words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jope.plant.devices.ports import DeviceState, Quality


class Signal(StrEnum):
    """The four status signals of NE 107, and good. The value is the letter in the sign."""

    FAILURE = "F"
    FUNCTION_CHECK = "C"
    OUT_OF_SPECIFICATION = "S"
    MAINTENANCE_REQUIRED = "M"
    GOOD = ""


class Cause(StrEnum):
    """What a signal stands for."""

    LOST = "lost"
    REFUSED = "refused"
    ANOTHER = "another"
    HELD = "held"
    CONNECTING = "connecting"
    RETIRED = "retired"
    UNUSABLE = "unusable"
    NOT_CALIBRATED = "not_calibrated"
    CALIBRATION_OVERDUE = "calibration_overdue"
    NOT_CHECKED = "not_checked"
    CHECK_OVERDUE = "check_overdue"
    CALIBRATION_DUE = "calibration_due"
    CHECK_DUE = "check_due"
    INCOMPLETE = "incomplete"
    NONE = "none"


SOON_DAYS: Final = 14
SOON_US: Final = 3_600_000_000
"""Maintenance is asked for so long before a calibration or a check is due."""
_FAILED: Final = {DeviceState.BACKOFF: Cause.LOST, DeviceState.FAULTED: Cause.REFUSED, DeviceState.GATED: Cause.ANOTHER}
_DELIVERS: Final = frozenset({DeviceState.ONLINE, DeviceState.DEGRADED})


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What the judgement rests on. ``days_left`` is how long the calibration holds, None where there is none; ``check_left_us`` the same of the check.

    ``quality`` is that of the newest reading of a scale, None for other devices and before the first.
    """

    state: DeviceState
    is_scale: bool = False
    held: bool = False
    retired: bool = False
    quality: Quality | None = None
    check_passed: bool = True
    days_left: int | None = None
    check_left_us: int | None = None


def signal_of(facts: DeviceFacts) -> tuple[Signal, Cause]:
    """The gravest signal and what it stands for.

    A lost or foreign device is a failure. What is held, or has not told anything yet, is out of use for a time: a function check. A scale without a valid
    calibration and a passed check works outside its specification, as does a value that the device itself calls bad. What is due soon asks for maintenance.
    """
    if facts.retired:
        return Signal.FUNCTION_CHECK, Cause.RETIRED
    if facts.state in _FAILED:
        return Signal.FAILURE, _FAILED[facts.state]
    if facts.held:
        return Signal.FUNCTION_CHECK, Cause.HELD
    if facts.state not in _DELIVERS:
        return Signal.FUNCTION_CHECK, Cause.CONNECTING
    if facts.quality is Quality.BAD:
        return Signal.OUT_OF_SPECIFICATION, Cause.UNUSABLE
    cause = _out_of_specification(facts) if facts.is_scale else None
    if cause is not None:
        return Signal.OUT_OF_SPECIFICATION, cause
    cause = _due_soon(facts)
    return (Signal.GOOD, Cause.NONE) if cause is None else (Signal.MAINTENANCE_REQUIRED, cause)


def _out_of_specification(facts: DeviceFacts) -> Cause | None:
    if facts.days_left is None:
        return Cause.NOT_CALIBRATED
    if facts.days_left < 0:
        return Cause.CALIBRATION_OVERDUE
    if not facts.check_passed:
        return Cause.NOT_CHECKED
    if facts.check_left_us is not None and facts.check_left_us <= 0:
        return Cause.CHECK_OVERDUE
    return None


def _due_soon(facts: DeviceFacts) -> Cause | None:
    if facts.state is DeviceState.DEGRADED or facts.quality is Quality.UNCERTAIN:
        return Cause.INCOMPLETE
    if facts.days_left is not None and facts.days_left <= SOON_DAYS:
        return Cause.CALIBRATION_DUE
    if facts.check_left_us is not None and facts.check_left_us <= SOON_US:
        return Cause.CHECK_DUE
    return None
