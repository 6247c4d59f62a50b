"""Read devices: what is registered, what was found of them, and what the gateway needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jope.compliance.access.reader import Reader
from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.registry.rows import DEVICE_COLUMNS, TAG_COLUMNS, device_config


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A registered device. Dates are ISO 8601; ``check_due_us`` and ``retired_us`` are UTC microseconds."""

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
    title: str
    address: str
    options: str
    poll_ms: int
    write_enabled: bool
    held_reason: str
    retired_us: int | None
    readability: str
    check_profile: str
    process_tolerance: str
    safety_factor: str
    check_every_hours: int
    check_due_us: int | None
    check_passed: bool
    tare: str

    @property
    def is_scale(self) -> bool:
        """Whether it weighs."""
        return bool(self.unit)


_DEVICE: Final = (
    "device_id, line, protocol, model, serial_number, firmware, unit, capacity, minimum_weight, calibration_due, state, title, address, options, "
    "poll_ms, write_enabled, held_reason, retired_us, readability, check_profile, process_tolerance, safety_factor, check_every_hours, check_due_us, "
    "check_passed, tare"
)


def device_list(reader: Reader, *, retired: bool = False) -> tuple[DeviceRow, ...]:
    """The devices in the reader's scope by id; retired ones only where asked for."""
    where = "" if retired else " WHERE retired_us IS NULL"
    return tuple(DeviceRow(*row) for row in reader.execute(f"SELECT {_DEVICE} FROM device{where} ORDER BY device_id"))


def device_named(reader: Reader, *, device_id: str) -> DeviceRow:
    """One device.

    Raises:
        NotFoundError: it is not there, or is another line's.
    """
    sql = f"SELECT {_DEVICE} FROM device WHERE device_id = ?"
    return DeviceRow(*reader.one(sql, (device_id,), missing=f"There is no device {device_id}."))


def device_configs(reader: Reader) -> tuple[DeviceConfig, ...]:
    """What the gateway needs to connect every device that is not retired.

    Raises:
        SettingsError, QuantityError: a row holds what no driver can use.
    """
    tags: dict[str, list[list[object]]] = {}
    for device_id, *tag in reader.execute(f"SELECT device_id, {TAG_COLUMNS} FROM device_tag WHERE retired_us IS NULL ORDER BY tag_id"):
        tags.setdefault(str(device_id), []).append(tag)
    trusted: dict[str, list[str]] = {}
    for device_id, der in reader.execute("SELECT device_id, der FROM device_certificate WHERE state = 'trusted' ORDER BY id"):
        trusted.setdefault(str(device_id), []).append(str(der))
    rows = reader.execute(f"SELECT {DEVICE_COLUMNS} FROM device WHERE retired_us IS NULL ORDER BY device_id")
    return tuple(device_config(row, tags.get(row[0], ()), trusted.get(row[0], ())) for row in rows)


@dataclass(frozen=True, slots=True)
class TagRow:
    """A registered tag. Numbers are decimal texts."""

    tag_id: str
    device_id: str
    address: str
    data_type: str
    unit: str
    scale: str
    shift: str
    low: str
    high: str
    deadband: str
    sampling_ms: int
    writable: bool
    word_order: str
    byte_order: str
    length: int
    alarm_low: str
    alarm_high: str
    alarm_priority: int


_TAG: Final = (
    "tag_id, device_id, address, data_type, unit, scale, shift, low, high, deadband, sampling_ms, writable, word_order, byte_order, length, alarm_low, "
    "alarm_high, alarm_priority"
)


def device_tags(reader: Reader, *, device_id: str = "") -> tuple[TagRow, ...]:
    """The tags of a device, of all devices where none is named."""
    sql = f"SELECT {_TAG} FROM device_tag WHERE retired_us IS NULL AND (? = '' OR device_id = ?) ORDER BY tag_id"
    return tuple(TagRow(*row) for row in reader.execute(sql, (device_id, device_id)))


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate that a device showed."""

    thumbprint: str
    subject: str
    not_after: str
    state: str
    seen_us: int


def device_certificates(reader: Reader, *, device_id: str) -> tuple[CertificateRow, ...]:
    """What a device showed, newest first."""
    sql = "SELECT thumbprint, subject, not_after, state, seen_us FROM device_certificate WHERE device_id = ? ORDER BY seen_us DESC"
    return tuple(CertificateRow(*row) for row in reader.execute(sql, (device_id,)))


@dataclass(frozen=True, slots=True)
class WriteRow:
    """An approved write and what came of it."""

    write_id: str
    device_id: str
    tag_id: str
    value: str
    value_before: str
    state: str
    found: str
    read_back: str
    message: str
    approved_us: int
    ended_us: int | None


def device_writes(reader: Reader, *, device_id: str) -> tuple[WriteRow, ...]:
    """The writes to a device, newest first."""
    sql = (
        "SELECT id, device_id, tag_id, value, value_before, state, found, read_back, message, approved_us, ended_us FROM device_write "
        "WHERE device_id = ? ORDER BY approved_us DESC LIMIT 200"
    )
    return tuple(WriteRow(*row) for row in reader.execute(sql, (device_id,)))


# --- calibration and checks ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WeightRow:
    """A reference weight."""

    weight_id: str
    nominal: str
    conventional: str
    unit: str
    uncertainty: str
    oiml_class: str
    certificate_no: str
    due_on: str
    state: str


def reference_weights(reader: Reader) -> tuple[WeightRow, ...]:
    """The register of reference weights, by id."""
    sql = "SELECT weight_id, nominal, conventional, unit, uncertainty, oiml_class, certificate_no, due_on, state FROM reference_weight ORDER BY weight_id"
    return tuple(WeightRow(*row) for row in reader.execute(sql))


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """A calibration as its certificate states it."""

    calibration_id: str
    device_id: str
    serial_number: str
    certificate_no: str
    laboratory: str
    calibrated_on: str
    due_on: str
    as_found: str
    as_left: str
    document_hash: str
    document_name: str
    recorded_by: str
    recorded_us: int


def calibrations(reader: Reader, *, device_id: str) -> tuple[CalibrationRow, ...]:
    """The calibrations of a device, newest first."""
    sql = (
        "SELECT id, device_id, serial_number, certificate_no, laboratory, calibrated_on, due_on, as_found, as_left, document_hash, document_name, "
        "recorded_by, recorded_us FROM calibration WHERE device_id = ? ORDER BY recorded_us DESC"
    )
    return tuple(CalibrationRow(*row) for row in reader.execute(sql, (device_id,)))


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check of a balance."""

    check_id: str
    device_id: str
    serial_number: str
    profile: str
    state: str
    begun_by: str
    begun_us: int
    ended_us: int | None
    repeatability: str
    minimum_weight: str
    finding: str
    deviation: str
    unit: str
    readability: str
    capacity: str
    process_tolerance: str
    safety_factor: str


_CHECK: Final = (
    "id, device_id, serial_number, profile, state, begun_by, begun_us, ended_us, repeatability, minimum_weight, finding, deviation, unit, readability, "
    "capacity, process_tolerance, safety_factor"
)


def balance_checks(reader: Reader, *, device_id: str) -> tuple[CheckRow, ...]:
    """The checks of a scale, newest first."""
    sql = f"SELECT {_CHECK} FROM balance_check WHERE device_id = ? ORDER BY begun_us DESC LIMIT 200"
    return tuple(CheckRow(*row) for row in reader.execute(sql, (device_id,)))


def open_check(reader: Reader, *, device_id: str) -> CheckRow | None:
    """The check of a scale that runs, None where none does."""
    rows = reader.execute(f"SELECT {_CHECK} FROM balance_check WHERE device_id = ? AND state = 'open'", (device_id,))
    return CheckRow(*rows[0]) if rows else None


@dataclass(frozen=True, slots=True)
class CheckReadingRow:
    """One reading of a check. ``conventional`` is the mass of the reference weight in ``weight_unit``."""

    n: int
    test: str
    position: str
    weight_id: str
    value: str
    unit: str
    raw_frame: str
    frame_hash: str
    at_us: int
    conventional: str
    weight_unit: str


def check_readings(reader: Reader, *, check_id: str) -> tuple[CheckReadingRow, ...]:
    """What was read in a check, in order."""
    sql = (
        "SELECT r.n, r.test, r.position, r.weight_id, r.value, r.unit, r.raw_frame, r.frame_hash, r.at_us, w.conventional, w.unit FROM balance_reading r "
        "JOIN reference_weight w ON w.weight_id = r.weight_id WHERE r.check_id = ? ORDER BY r.n"
    )
    return tuple(CheckReadingRow(*row) for row in reader.execute(sql, (check_id,)))
