"""Tables of deviations and their evidence."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class DeviationState(StrEnum):
    """Life cycle of a deviation."""

    OPEN = "open"
    CLASSIFIED = "classified"
    INVESTIGATED = "investigated"
    CLOSED = "closed"
    VOIDED = "voided"


class Classification(StrEnum):
    """How grave a deviation is (domain.md "Gate")."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Source(StrEnum):
    """What a deviation comes from."""

    EVENT = "event"
    BATCH = "batch"
    CHANGE_REQUEST = "change_request"
    DEADLINE = "deadline"
    OBSERVATION = "observation"


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    EVENT = "event"
    DOCUMENT = "document"
    TEXT = "text"


class Deviation(Base):
    """A deviation. ``number`` is ``DEV-<year>-<n>``, the year that of UTC; ``opened_by`` is ``SYSTEM`` where the station opened it."""

    __tablename__ = "deviation"
    number: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int]
    n: Mapped[int]
    title: Mapped[str]
    description: Mapped[str]
    source_kind: Mapped[str]
    source_id: Mapped[str]
    line: Mapped[str]
    opened_by: Mapped[str]
    opened_us: Mapped[int]
    owner: Mapped[str | None]
    state: Mapped[str]
    classification: Mapped[str]
    due: Mapped[str]
    root_cause: Mapped[str]
    impact: Mapped[str]
    disposition: Mapped[str]
    investigated_by: Mapped[str | None]
    investigated_us: Mapped[int | None]
    ended_us: Mapped[int | None]
    void_reason: Mapped[str]
    classified_signature: Mapped[str | None]
    classified_signer: Mapped[str | None]
    classified_meaning: Mapped[str | None]
    classified_version: Mapped[int | None]
    closed_signature: Mapped[str | None]
    closed_signer: Mapped[str | None]
    closed_meaning: Mapped[str | None]
    closed_version: Mapped[int | None]
    voided_signature: Mapped[str | None]
    voided_signer: Mapped[str | None]
    voided_meaning: Mapped[str | None]
    voided_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class DeviationEvidence(Base):
    """One piece of evidence, append-only. An event is named by its leaf in the trail's tree, hex; a document by its hash."""

    __tablename__ = "deviation_evidence"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    n: Mapped[int]
    kind: Mapped[str]
    event_seq: Mapped[int | None]
    event_leaf: Mapped[str]
    document_hash: Mapped[str]
    document_name: Mapped[str]
    words: Mapped[str]
    added_by: Mapped[str]
    added_us: Mapped[int]
