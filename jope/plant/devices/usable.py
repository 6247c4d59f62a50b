"""May this reading of a scale be used at all? Shared by weighing and by the checks of a balance (URS F07, F08; P11-09)."""

from __future__ import annotations

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
