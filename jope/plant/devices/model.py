"""The table of devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


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
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
