"""Tables of batches, their frozen formulation, transitions and line clearance."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class RecordState(StrEnum):
    """Life cycle of the batch record."""

    PLANNED = "Planned"
    READY = "Ready"
    IN_EXECUTION = "InExecution"
    IN_REVIEW = "InReview"
    RELEASED = "Released"
    REJECTED = "Rejected"
    VOIDED = "Voided"
    ABORTED = "Aborted"


class ProcedureState(StrEnum):
    """States of the procedure (ISA-88)."""

    IDLE = "Idle"
    RUNNING = "Running"
    HOLDING = "Holding"
    HELD = "Held"
    RESTARTING = "Restarting"
    COMPLETE = "Complete"


class LineCheck(Base):
    """One check of the line clearance of a line."""

    __tablename__ = "line_check"
    check_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]
    position: Mapped[int]
    text: Mapped[str]


class Batch(Base):
    """A batch. ``available_quantity`` is 0 until two people have signed; the schema sees to it."""

    __tablename__ = "batch"
    batch_no: Mapped[str] = mapped_column(primary_key=True)
    recipe_version_id: Mapped[str]
    product: Mapped[str]
    product_lot: Mapped[str]
    line: Mapped[str]
    record_state: Mapped[str]
    procedure_state: Mapped[str]
    created_us: Mapped[int]
    started_us: Mapped[int | None]
    completed_us: Mapped[int | None]
    formulation_hash: Mapped[str]
    unit: Mapped[str]
    produced_quantity: Mapped[str]
    available_quantity: Mapped[str]
    reviewed_by: Mapped[str | None]
    responsibility_signature: Mapped[str | None]
    responsibility_signer: Mapped[str | None]
    responsibility_meaning: Mapped[str | None]
    responsibility_version: Mapped[int | None]
    release_id: Mapped[str | None]
    release_signature: Mapped[str | None]
    release_signer: Mapped[str | None]
    release_meaning: Mapped[str | None]
    release_version: Mapped[int | None]
    certification_id: Mapped[str | None]
    certification_signature: Mapped[str | None]
    certification_signer: Mapped[str | None]
    certification_meaning: Mapped[str | None]
    certification_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class BatchTransition(Base):
    """One move of a batch, append-only; signed moves carry their signature."""

    __tablename__ = "batch_transition"
    id: Mapped[str] = mapped_column(primary_key=True)
    batch_no: Mapped[str]
    n: Mapped[int]
    command: Mapped[str]
    from_record: Mapped[str]
    to_record: Mapped[str]
    from_procedure: Mapped[str]
    to_procedure: Mapped[str]
    performed_by: Mapped[str]
    at_us: Mapped[int]
    reason: Mapped[str]
    signed_signature: Mapped[str | None]
    signed_signer: Mapped[str | None]
    signed_meaning: Mapped[str | None]
    signed_version: Mapped[int | None]


class Clearance(Base):
    """The line clearance of a batch: performed by one person, verified by another."""

    __tablename__ = "clearance"
    id: Mapped[str] = mapped_column(primary_key=True)
    batch_no: Mapped[str]
    line: Mapped[str]
    performed_us: Mapped[int]
    performed_signature: Mapped[str]
    performed_signer: Mapped[str]
    performed_meaning: Mapped[str]
    performed_version: Mapped[int]
    verified_signature: Mapped[str | None]
    verified_signer: Mapped[str | None]
    verified_meaning: Mapped[str | None]
    verified_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class ClearanceAnswer(Base):
    """One passed check of a clearance, with its text as it was shown."""

    __tablename__ = "clearance_answer"
    id: Mapped[str] = mapped_column(primary_key=True)
    clearance_id: Mapped[str]
    batch_no: Mapped[str]
    check_id: Mapped[str]
    text: Mapped[str]
    passed: Mapped[int]
