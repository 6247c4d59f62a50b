"""The tables of devices: register, tags, trusted certificates, writes, calibration and checks. Numbers are decimal texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base
from jope.plant.devices.ports import DeviceIdentity, DeviceState


class Device(Base):
    """A registered device with the identity it must answer with. Weights are decimal texts in ``unit``; ``tare`` is the last tare it reported."""

    __tablename__ = "device"
    device_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]
    protocol: Mapped[str]
    address: Mapped[str]
    model: Mapped[str]
    serial_number: Mapped[str]
    firmware: Mapped[str]
    unit: Mapped[str]
    readability: Mapped[str]
    minimum_weight: Mapped[str]
    capacity: Mapped[str]
    calibration_due: Mapped[str]
    check_passed: Mapped[int]
    tare: Mapped[str]
    state: Mapped[str]
    title: Mapped[str]
    options: Mapped[str]
    poll_ms: Mapped[int]
    write_enabled: Mapped[int]
    held_reason: Mapped[str]
    retired_us: Mapped[int | None]
    check_profile: Mapped[str]
    process_tolerance: Mapped[str]
    safety_factor: Mapped[str]
    check_every_hours: Mapped[int]
    check_due_us: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


def new_device(
    device_id: str, line: str, protocol: str, address: str, identity: DeviceIdentity, *, title: str = "", options: str = "{}", poll_ms: int = 100,
    unit: str = "", readability: str = "", capacity: str = "", minimum_weight: str = "",
) -> Device:  # fmt: skip
    """A device that was just registered: read-only, and where it weighs, without calibration, check and tare."""
    return Device(
        device_id=device_id, line=line, protocol=protocol, address=address, model=identity.model, serial_number=identity.serial_number,
        firmware=identity.firmware, unit=unit, readability=readability, minimum_weight=minimum_weight, capacity=capacity, calibration_due="",
        check_passed=0, tare="", state=DeviceState.CONNECTING.value, title=title, options=options, poll_ms=poll_ms, write_enabled=0, held_reason="",
        retired_us=None, check_profile="usp", process_tolerance="", safety_factor="2", check_every_hours=24 if unit else 0, check_due_us=None,
    )  # fmt: skip


class DeviceTag(Base):
    """A tag of a device. ``shift`` is the offset of its scaling; ``alarm_low`` and ``alarm_high`` are empty where nothing alarms."""

    __tablename__ = "device_tag"
    tag_id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str]
    address: Mapped[str]
    data_type: Mapped[str]
    unit: Mapped[str]
    scale: Mapped[str]
    shift: Mapped[str]
    low: Mapped[str]
    high: Mapped[str]
    deadband: Mapped[str]
    sampling_ms: Mapped[int]
    writable: Mapped[int]
    word_order: Mapped[str]
    byte_order: Mapped[str]
    length: Mapped[int]
    alarm_low: Mapped[str]
    alarm_high: Mapped[str]
    alarm_priority: Mapped[int]
    retired_us: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class DeviceCertificate(Base):
    """A certificate that a device showed: DER in hex, its SHA-256, and whether two people trust it."""

    __tablename__ = "device_certificate"
    id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str]
    thumbprint: Mapped[str]
    der: Mapped[str]
    subject: Mapped[str]
    not_after: Mapped[str]
    state: Mapped[str]
    seen_us: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class DeviceWrite(Base):
    """A write to a device that two people approved, and what came of it."""

    __tablename__ = "device_write"
    id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str]
    tag_id: Mapped[str]
    value: Mapped[str]
    value_before: Mapped[str]
    request_tag: Mapped[str]
    acknowledge_tag: Mapped[str]
    state: Mapped[str]
    found: Mapped[str]
    read_back: Mapped[str]
    message: Mapped[str]
    approved_us: Mapped[int]
    ended_us: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class ReferenceWeight(Base):
    """A reference weight with its certificate. ``uncertainty`` is its maximum permissible error or expanded uncertainty."""

    __tablename__ = "reference_weight"
    weight_id: Mapped[str] = mapped_column(primary_key=True)
    nominal: Mapped[str]
    conventional: Mapped[str]
    unit: Mapped[str]
    uncertainty: Mapped[str]
    oiml_class: Mapped[str]
    certificate_no: Mapped[str]
    due_on: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class Calibration(Base):
    """A calibration as its certificate states it."""

    __tablename__ = "calibration"
    id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str]
    serial_number: Mapped[str]
    certificate_no: Mapped[str]
    laboratory: Mapped[str]
    calibrated_on: Mapped[str]
    due_on: Mapped[str]
    as_found: Mapped[str]
    as_left: Mapped[str]
    document_hash: Mapped[str]
    document_name: Mapped[str]
    reason: Mapped[str]
    recorded_by: Mapped[str]
    recorded_us: Mapped[int]
    performed_signature: Mapped[str | None]
    performed_signer: Mapped[str | None]
    performed_meaning: Mapped[str | None]
    performed_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class BalanceCheck(Base):
    """A check of a balance with reference weights."""

    __tablename__ = "balance_check"
    id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str]
    serial_number: Mapped[str]
    firmware: Mapped[str]
    profile: Mapped[str]
    process_tolerance: Mapped[str]
    safety_factor: Mapped[str]
    readability: Mapped[str]
    capacity: Mapped[str]
    unit: Mapped[str]
    state: Mapped[str]
    begun_by: Mapped[str]
    begun_us: Mapped[int]
    ended_us: Mapped[int | None]
    repeatability: Mapped[str]
    minimum_weight: Mapped[str]
    finding: Mapped[str]
    deviation: Mapped[str]
    performed_signature: Mapped[str | None]
    performed_signer: Mapped[str | None]
    performed_meaning: Mapped[str | None]
    performed_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class BalanceReading(Base):
    """One reading of a check with its frame. Never changed."""

    __tablename__ = "balance_reading"
    id: Mapped[str] = mapped_column(primary_key=True)
    check_id: Mapped[str]
    n: Mapped[int]
    test: Mapped[str]
    position: Mapped[str]
    weight_id: Mapped[str]
    value: Mapped[str]
    unit: Mapped[str]
    reading_no: Mapped[int]
    raw_frame: Mapped[str]
    frame_hash: Mapped[str]
    source_us: Mapped[int]
    source_mono_us: Mapped[int]
    at_us: Mapped[int]
    performed_by: Mapped[str]
