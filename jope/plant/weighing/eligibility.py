"""May this reading be taken as a weight? Pure: every rule in order, each with a code of its own (domain.md "Weighing"; URS F01, F03, F07, F08; P11-09).

1. ``scale``: the scale is registered for the line, online, with its registered serial number and firmware.
2. ``calibration``: calibration in date, check passed.
3. ``quality`` and ``unstable``: a good, stable frame in the scale's unit, whose value is exact in the formulation's unit.
4. ``late``: not older than two seconds.
5. ``stale``: the load changed since the previous accepted reading.
6. ``minimum`` and ``capacity``: between minimum weight and capacity.
7. ``tolerance``: inside the limits of the formulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from jope.kernel.clock import Instant
from jope.kernel.errors import WeighingRefusedError
from jope.kernel.units import Quantity, parse_decimal
from jope.plant.devices.model import Device
from jope.plant.devices.ports import DeviceState, DeviceStatus, Quality, Reading

MAX_AGE_US: Final = 2_000_000


class RejectionError(WeighingRefusedError):
    """A reading that was not taken. ``rule`` is the stable word of the rule above."""

    def __init__(self, rule: str, message: str, *, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Limits:
    """What the formulation allows for a container."""

    low: Quantity
    high: Quantity


@dataclass(frozen=True, slots=True)
class Weight:
    """An eligible weight in the formulation's unit: net as the scale sent it, the scale's tare, and their sum."""

    net: Quantity
    tare: Quantity
    gross: Quantity


def eligible_weight(
    reading: Reading, device: Device, status: DeviceStatus, *, now: Instant, today: str, limits: Limits, load_changed: bool
) -> Weight:
    """The weight of a reading that may be taken.

    Raises:
        RejectionError: the first rule that stands against it.
    """
    _require_scale(reading, device, status)
    _require_calibration(device, today)
    net = _require_quality(reading, device)
    _require_fresh(reading, now, load_changed)
    return _require_range(net, device, limits)


def _require_scale(reading: Reading, device: Device, status: DeviceStatus) -> None:
    if status.state is not DeviceState.ONLINE:
        raise RejectionError("scale", f"Scale {device.device_id} is {status.state.value}.", remedy="Wait until the scale is online.")
    found = reading.identity
    if (found.serial_number, found.firmware) != (device.serial_number, device.firmware):
        raise RejectionError(
            "scale",
            f"Scale {device.device_id} answers as {found.serial_number}/{found.firmware}, registered is {device.serial_number}/{device.firmware}.",
            remedy="Connect the registered scale, or have the change approved.",
        )


def _require_calibration(device: Device, today: str) -> None:
    if device.calibration_due < today:
        raise RejectionError(
            "calibration", f"The calibration of {device.device_id} was due on {device.calibration_due}.", remedy="Have it calibrated."
        )
    if not device.check_passed:
        raise RejectionError("calibration", f"The last check of {device.device_id} did not pass.", remedy="Repeat the balance check.")


def _require_quality(reading: Reading, device: Device) -> Quantity:
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


def _require_fresh(reading: Reading, now: Instant, load_changed: bool) -> None:
    if reading.source_time.boot_id != now.boot_id or now.mono_us - reading.source_time.mono_us > MAX_AGE_US:
        raise RejectionError("late", "The reading is older than two seconds.", remedy="Weigh again.")
    if not load_changed:
        raise RejectionError(
            "stale", "The load has not changed since the last accepted weight.", remedy="Take the load off and weigh the next container."
        )


def _require_range(net: Quantity, device: Device, limits: Limits) -> Weight:
    if not device.tare:
        raise RejectionError("scale", f"The tare of {device.device_id} is not known.", remedy="Tare or zero the scale again.")
    tare = Quantity(parse_decimal(device.tare), device.unit)
    gross = Quantity(net.value + tare.value, device.unit)
    if net.grams() < Quantity.parse(device.minimum_weight, device.unit).grams():
        raise RejectionError(
            "minimum", f"{net} is below the minimum weight {device.minimum_weight} {device.unit}.", remedy="Use a finer scale."
        )
    if gross.grams() > Quantity.parse(device.capacity, device.unit).grams():
        raise RejectionError("capacity", f"{gross} is above the capacity {device.capacity} {device.unit}.", remedy="Use a larger scale.")
    if not limits.low.grams() <= net.grams() <= limits.high.grams():
        raise RejectionError("tolerance", f"{net} is outside {limits.low} to {limits.high}.", remedy="Correct the load and weigh again.")
    unit = limits.low.unit
    return Weight(_same_resolution(net, unit), _same_resolution(tare, unit), _same_resolution(gross, unit))


def _same_resolution(quantity: Quantity, unit: str) -> Quantity:
    """The same mass in the formulation's unit; a unit that would need rounding is refused."""
    if quantity.unit == unit:
        return quantity
    found = quantity.to(unit)
    if _exact_grams(found) != _exact_grams(quantity):
        raise RejectionError("quality", f"{quantity} has no exact value in {unit}.", remedy=f"Use a scale that shows {unit}.")
    return Quantity(found.value.normalize() + Decimal(0), unit)


def _exact_grams(quantity: Quantity) -> Fraction:
    """The mass as a fraction: a decimal of 28 digits rounds there and back, so that a pound seems exact in grams and grams in pounds."""
    return Fraction(quantity.value) * Fraction(Quantity(Decimal(1), quantity.unit).grams())
