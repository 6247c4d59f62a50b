"""Read devices."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.access.reader import Reader
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A registered device."""

    device_id: str
    line: str
    protocol: str
    model: str
    serial_number: str
    firmware: str
    unit: str
    capacity: str
    minimum_weight: str
    calibration_due: str
    state: str


def device_list(reader: Reader) -> tuple[DeviceRow, ...]:
    """All devices in the reader's scope."""
    sql = "device_id, line, protocol, model, serial_number, firmware, unit, capacity, minimum_weight, calibration_due, state"
    return tuple(DeviceRow(*row) for row in reader.execute(f"SELECT {sql} FROM device ORDER BY device_id"))


def device_configs(reader: Reader) -> tuple[DeviceConfig, ...]:
    """What the gateway needs to connect every device."""
    rows = reader.execute(
        "SELECT device_id, protocol, address, model, serial_number, firmware, unit, readability FROM device ORDER BY device_id"
    )
    return tuple(DeviceConfig(r[0], r[1], r[2], DeviceIdentity(r[3], r[4], r[5]), {"unit": r[6], "readability": r[7]}) for r in rows)
