"""May this reading be taken as a weight? Pure: every rule in order, each with a code of its own (domain.md "Weighing"; URS F01, F03, F07, F08; P11-09).

1. ``scale``: the scale is registered for the line, online, with its registered serial number and firmware.
2. ``held``, ``calibration`` and ``check_due``: in use, calibration in date, check passed and not overdue.
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

from jope.kernel.clock import Instant
from jope.kernel.units import Quantity, parse_decimal
from jope.plant.devices.model import Device
from jope.plant.devices.ports import DeviceStatus, Reading
from jope.plant.devices.usable import RejectionError, fault_of_scale, require_fresh, require_quality, require_scale


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
    require_scale(reading, device, status)
    _require_calibration(device, now, today)
    net = require_quality(reading, device)
    require_fresh(reading, now, load_changed)
    return _require_range(net, device, limits)


def _require_calibration(device: Device, now: Instant, today: str) -> None:
    fault = fault_of_scale(device, now.utc_us, today)
    if fault is not None:
        raise RejectionError(fault.rule, fault.message, remedy=fault.remedy)


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
