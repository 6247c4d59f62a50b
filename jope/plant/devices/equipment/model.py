"""The tables of equipment: units, their cleanings, uses, maintenance, and the notes of their logbooks."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base

KINDS: Final = ("mixer", "vessel", "booth", "filler", "scale", "other")
"""Classes of units (ISA-88)."""


class EquipmentState(StrEnum):
    """The stored state of a unit. That a clean hold has ended is no state: it follows from the time of the check."""

    CLEAN = "Clean"
    IN_USE = "InUse"
    DIRTY = "Dirty"
    BEING_CLEANED = "BeingCleaned"
    TO_CHECK = "ToCheck"
    IN_MAINTENANCE = "InMaintenance"


class NeededFor(StrEnum):
    """Which use needs a unit: the batch as a whole, weighing too, or none."""

    BATCH = "batch"
    WEIGHING = "weighing"
    NONE = "none"


class Equipment(Base):
    """A unit of a line. ``device_id`` links a scale for good; ``cleaning_id`` is the cleaning that its state rests on."""

    __tablename__ = "equipment"
    equipment_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    device_id: Mapped[str | None]
    needed_for: Mapped[str]
    clean_hold_hours: Mapped[int]
    dirty_hold_hours: Mapped[int]
    procedure: Mapped[str]
    procedure_version: Mapped[str]
    state: Mapped[str]
    dirty_us: Mapped[int | None]
    batch_no: Mapped[str | None]
    cleaning_id: Mapped[str | None]
    cleaning_state: Mapped[str | None]
    retired_us: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class Cleaning(Base):
    """A cleaning: performed by one person, checked by another. ``clean_hold_hours`` is the limit as it was when it was performed."""

    __tablename__ = "cleaning"
    id: Mapped[str] = mapped_column(primary_key=True)
    equipment_id: Mapped[str]
    procedure: Mapped[str]
    procedure_version: Mapped[str]
    agent: Mapped[str]
    previous_product: Mapped[str]
    previous_lot: Mapped[str]
    dirty_us: Mapped[int | None]
    begun_by: Mapped[str]
    begun_us: Mapped[int]
    ended_us: Mapped[int | None]
    reason: Mapped[str]
    clean_hold_hours: Mapped[int]
    state: Mapped[str]
    checked_us: Mapped[int | None]
    refused_by: Mapped[str | None]
    refused_us: Mapped[int | None]
    refusal: Mapped[str]
    performed_signature: Mapped[str | None]
    performed_signer: Mapped[str | None]
    performed_meaning: Mapped[str | None]
    performed_version: Mapped[int | None]
    verified_signature: Mapped[str | None]
    verified_signer: Mapped[str | None]
    verified_meaning: Mapped[str | None]
    verified_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class EquipmentUse(Base):
    """What a batch used, with the checked cleaning that the unit had at that time and how long that was good for."""

    __tablename__ = "equipment_use"
    id: Mapped[str] = mapped_column(primary_key=True)
    equipment_id: Mapped[str]
    batch_no: Mapped[str]
    product: Mapped[str]
    product_lot: Mapped[str]
    cleaning_id: Mapped[str]
    cleaning_state: Mapped[str]
    clean_until_us: Mapped[int]
    started_by: Mapped[str]
    started_us: Mapped[int]
    ended_by: Mapped[str | None]
    ended_us: Mapped[int | None]
    ended_as: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class EquipmentMaintenance(Base):
    """A maintenance: ``performed_by`` took the unit out of service, another person returned it."""

    __tablename__ = "equipment_maintenance"
    id: Mapped[str] = mapped_column(primary_key=True)
    equipment_id: Mapped[str]
    reason: Mapped[str]
    performed_by: Mapped[str]
    begun_us: Mapped[int]
    work: Mapped[str]
    ended_us: Mapped[int | None]
    verified_signature: Mapped[str | None]
    verified_signer: Mapped[str | None]
    verified_meaning: Mapped[str | None]
    verified_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class EquipmentNote(Base):
    """An entry of a logbook that a person worded, append-only."""

    __tablename__ = "equipment_note"
    id: Mapped[str] = mapped_column(primary_key=True)
    equipment_id: Mapped[str]
    text: Mapped[str]
    reason: Mapped[str]
    noted_us: Mapped[int]
    performed_signature: Mapped[str]
    performed_signer: Mapped[str]
    performed_meaning: Mapped[str]
    performed_version: Mapped[int]
