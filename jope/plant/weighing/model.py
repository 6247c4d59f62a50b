"""Tables of dispensing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class FormulationLine(Base):
    """One material to be dispensed: a line of the formulation that the batch froze at its start."""

    __tablename__ = "formulation_line"
    id: Mapped[str] = mapped_column(primary_key=True)
    batch_no: Mapped[str]
    position: Mapped[int]
    material_code: Mapped[str]
    material_name: Mapped[str]
    target: Mapped[str]
    low: Mapped[str]
    high: Mapped[str]
    unit: Mapped[str]


class Dispense(Base):
    """One material of a running batch: the identified lot and, at the end, the signatures of performer and verifier. ``id`` is ``<batch>:<position>``."""

    __tablename__ = "dispense"
    id: Mapped[str] = mapped_column(primary_key=True)
    batch_no: Mapped[str]
    position: Mapped[int]
    lot_no: Mapped[str]
    identified_by: Mapped[str]
    identified_us: Mapped[int]
    performed_signature: Mapped[str | None]
    performed_signer: Mapped[str | None]
    performed_meaning: Mapped[str | None]
    performed_version: Mapped[int | None]
    verified_signature: Mapped[str | None]
    verified_signer: Mapped[str | None]
    verified_meaning: Mapped[str | None]
    verified_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    container_id: Mapped[str | None]
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class Weighing(Base):
    """One attempt at the scale, accepted or rejected, with its raw frame and the identity of the scale."""

    __tablename__ = "weighing"
    id: Mapped[str] = mapped_column(primary_key=True)
    batch_no: Mapped[str]
    position: Mapped[int]
    dispense_id: Mapped[str]
    attempt: Mapped[int]
    material_code: Mapped[str]
    lot_no: Mapped[str]
    accepted: Mapped[int]
    rejection_code: Mapped[str]
    rejection: Mapped[str]
    net: Mapped[str]
    tare: Mapped[str]
    gross: Mapped[str]
    unit: Mapped[str]
    device_id: Mapped[str]
    serial_number: Mapped[str]
    firmware: Mapped[str]
    reading_no: Mapped[int]
    raw_frame: Mapped[str]
    frame_hash: Mapped[str]
    source_us: Mapped[int]
    source_mono_us: Mapped[int]
    performed_by: Mapped[str]
    at_us: Mapped[int]
    label_text: Mapped[str]
    verified_signature: Mapped[str | None]
    verified_signer: Mapped[str | None]
    verified_meaning: Mapped[str | None]
    verified_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
