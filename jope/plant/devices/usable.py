"""May this reading of a scale be used at all? Shared by weighing and by the checks of a balance (URS F07, F08; P11-09)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jope.kernel.clock import Instant
from jope.kernel.errors import WeighingRefusedError
from jope.kernel.units import Quantity
from jope.plant.devices.model import Device
from jope.plant.devices.ports import DeviceState, DeviceStatus, Quality, Reading

MAX_AGE_US: Final = 2_000_000


class RejectionError(WeighingRefusedError):
    """A reading that was not taken. ``rule`` is the stable word of the rule that stands against it."""

    def __init__(self, rule: str, message: str, *, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class ScaleFault:
    """Why a scale may not weigh: the rule's stable word, a sentence, and who can resolve it."""

    rule: str
    message: str
    remedy: str


def fault_of_scale(device: Device, now_us: int, today: str) -> ScaleFault | None:
    """What stands against any weighing on a scale: it is held, its calibration is over, its last check failed or is overdue (URS F07, J02, J06, J07).

    Args:
        device: the registered scale.
        now_us: UTC microseconds.
        today: the site's date, ISO 8601.
    """
    name = device.device_id
    if device.held_reason:
        remedy = "Two people return it to use: a supervisor asks, quality assurance approves."
        return ScaleFault("held", f"{name} is held: {device.held_reason}", remedy)
    if device.calibration_due < today:
        what = (
            f"The calibration of {name} was due on {device.calibration_due}." if device.calibration_due else f"{name} has no calibration."
        )
        return ScaleFault("calibration", what, "Have it calibrated; a supervisor records the certificate.")
    if not device.check_passed:
        return ScaleFault("calibration", f"The last check of {name} did not pass.", "Repeat the balance check.")
    if device.check_due_us is not None and device.check_due_us <= now_us:
        return ScaleFault("check_due", f"The check of {name} is overdue.", "Do the balance check; an operator or a supervisor may.")
    return None


def require_scale(reading: Reading, device: Device, status: DeviceStatus) -> None:
    """The scale is online and is the registered one.

    Raises:
        RejectionError: ``scale``.
    """
    if status.state is not DeviceState.ONLINE:
        raise RejectionError("scale", f"Scale {device.device_id} is {status.state.value}.", remedy="Wait until the scale is online.")
    found = reading.identity
    if (found.serial_number, found.firmware) != (device.serial_number, device.firmware):
        raise RejectionError(
            "scale",
            f"Scale {device.device_id} answers as {found.serial_number}/{found.firmware}, registered is {device.serial_number}/{device.firmware}.",
            remedy="Connect the registered scale, or have the change approved.",
        )


def require_quality(reading: Reading, device: Device) -> Quantity:
    """The weight of a good and stable frame, in the unit of the scale.

    Raises:
        RejectionError: ``quality`` or ``unstable``.
    """
    if reading.quality is not Quality.GOOD or reading.quantity is None:
        raise RejectionError(
            "quality", f"The scale's frame is not a usable weight ({reading.detail or reading.quality.value}).", remedy="Look at the scale."
        )
    if not reading.stable:
        raise RejectionError("unstable", "The weight is not stable.", remedy="Wait until the weight is stable and weigh again.")
    if reading.quantity.unit != device.unit:
        raise RejectionError(
            "quality", f"The scale sends {reading.quantity.unit}, registered is {device.unit}.", remedy="Set the scale's unit back."
        )
    return reading.quantity


def require_fresh(reading: Reading, now: Instant, load_changed: bool) -> None:
    """The reading is new, and the load is another than that of the weight before.

    Raises:
        RejectionError: ``late`` or ``stale``.
    """
    if reading.source_time.boot_id != now.boot_id or now.mono_us - reading.source_time.mono_us > MAX_AGE_US:
        raise RejectionError("late", "The reading is older than two seconds.", remedy="Weigh again.")
    if not load_changed:
        raise RejectionError(
            "stale", "The load has not changed since the last accepted weight.", remedy="Take the load off and weigh the next container."
        )
