"""Tables of procedures, requirements and training records."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class SopState(StrEnum):
    """A version is published as the effective one and ends as superseded or withdrawn."""

    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Gated(StrEnum):
    """What waits for training: a task, or signatures of one meaning."""

    ACTION = "action"
    MEANING = "meaning"


class How(StrEnum):
    """How somebody was trained."""

    READ = "read_and_understood"
    INSTRUCTED = "instructed"


class SopVersion(Base):
    """A version of a procedure. ``id`` is ``<sop>:<number>``; ``effective_from`` is a date of the site."""

    __tablename__ = "sop_version"
    id: Mapped[str] = mapped_column(primary_key=True)
    sop_id: Mapped[str]
    number: Mapped[int]
    title: Mapped[str]
    document_hash: Mapped[str]
    document_name: Mapped[str]
    effective_from: Mapped[str]
    validity_months: Mapped[int]
    state: Mapped[str]
    published_us: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class TrainingRequirement(Base):
    """An action or a meaning asks for training. ``id`` is ``<kind>:<key>:<sop>``; ``since_us`` says when it was last required or released."""

    __tablename__ = "training_requirement"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    sop_id: Mapped[str]
    active: Mapped[int]
    since_us: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class TrainingRecord(Base):
    """Somebody was trained on a version. ``valid_until`` is the last day it is good for, empty for no end."""

    __tablename__ = "training_record"
    id: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[str]
    sop_version_id: Mapped[str]
    document_hash: Mapped[str]
    how: Mapped[str]
    trainer: Mapped[str | None]
    note: Mapped[str]
    completed_us: Mapped[int]
    valid_until: Mapped[str]
    signed_signature: Mapped[str]
    signed_signer: Mapped[str]
    signed_meaning: Mapped[str]
    signed_version: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
