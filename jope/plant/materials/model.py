"""Tables of materials: lots, their containers and movements, certificates, analysis values, holds, retest dates and voids."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class LotState(StrEnum):
    """The disposition of a lot (URS G05). Whether it may be used is its standing: see ``standing.py``."""

    QUARANTINE = "quarantine"
    RELEASED = "released"
    REJECTED = "rejected"


class Move(StrEnum):
    """What moved in or out of a container (URS F12)."""

    RECEIVED = "received"
    ISSUED = "issued"
    USED = "used"
    RETURNED = "returned"
    WASTE = "waste"
    SAMPLED = "sampled"
    ADJUSTED = "adjusted"


class Material(Base):
    """A material by its code."""

    __tablename__ = "material"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit: Mapped[str]


class Lot(Base):
    """A received lot. ``quantity`` is what was received, a decimal text; ``retest`` an ISO date or empty; ``made_by`` the batch that produced it."""

    __tablename__ = "lot"
    lot_no: Mapped[str] = mapped_column(primary_key=True)
    material_code: Mapped[str]
    receiving_no: Mapped[str]
    quantity: Mapped[str]
    unit: Mapped[str]
    expiry: Mapped[str]
    state: Mapped[str]
    approval_signature: Mapped[str | None]
    approval_signer: Mapped[str | None]
    approval_meaning: Mapped[str | None]
    approval_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    retest: Mapped[str]
    reserved_for: Mapped[str | None]
    made_by: Mapped[str | None]
    hold_id: Mapped[str | None]
    void_id: Mapped[str | None]
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class LotCertificate(Base):
    """A certificate of analysis on file, append-only. The newest counts."""

    __tablename__ = "lot_certificate"
    id: Mapped[str] = mapped_column(primary_key=True)
    lot_no: Mapped[str]
    document_name: Mapped[str]
    document_hash: Mapped[str]
    pages: Mapped[int]
    filed_by: Mapped[str]
    filed_us: Mapped[int]


class LotAnalysis(Base):
    """Potency and moisture of a lot in per cent, decimal texts or empty; the newest that another person checked counts."""

    __tablename__ = "lot_analysis"
    id: Mapped[str] = mapped_column(primary_key=True)
    lot_no: Mapped[str]
    potency: Mapped[str]
    moisture: Mapped[str]
    entered_by: Mapped[str]
    entered_us: Mapped[int]
    checked_us: Mapped[int | None]
    verified_signature: Mapped[str | None]
    verified_signer: Mapped[str | None]
    verified_meaning: Mapped[str | None]
    verified_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class LotHold(Base):
    """A hold: by one person at once, ended by another with a signature and what was found."""

    __tablename__ = "lot_hold"
    id: Mapped[str] = mapped_column(primary_key=True)
    lot_no: Mapped[str]
    reason: Mapped[str]
    held_by: Mapped[str]
    held_us: Mapped[int]
    finding: Mapped[str]
    ended_us: Mapped[int | None]
    approval_signature: Mapped[str | None]
    approval_signer: Mapped[str | None]
    approval_meaning: Mapped[str | None]
    approval_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class LotRetest(Base):
    """A retest date that was moved, append-only."""

    __tablename__ = "lot_retest"
    id: Mapped[str] = mapped_column(primary_key=True)
    lot_no: Mapped[str]
    before: Mapped[str]
    retest: Mapped[str]
    reason: Mapped[str]
    set_us: Mapped[int]
    approval_signature: Mapped[str]
    approval_signer: Mapped[str]
    approval_meaning: Mapped[str]
    approval_version: Mapped[int]


class LotVoid(Base):
    """The end of a lot that was opened in error, append-only."""

    __tablename__ = "lot_void"
    id: Mapped[str] = mapped_column(primary_key=True)
    lot_no: Mapped[str]
    reason: Mapped[str]
    ended_us: Mapped[int]
    void_signature: Mapped[str]
    void_signer: Mapped[str]
    void_meaning: Mapped[str]
    void_version: Mapped[int]


class LotContainer(Base):
    """A container of a lot, ``<lot>:<number>``. ``quantity`` and ``tare`` as they came in; ``remaining_ng`` whole nanograms."""

    __tablename__ = "lot_container"
    id: Mapped[str] = mapped_column(primary_key=True)
    lot_no: Mapped[str]
    number: Mapped[int]
    quantity: Mapped[str]
    unit: Mapped[str]
    tare: Mapped[str]
    opened_us: Mapped[int | None]
    movements: Mapped[int]
    remaining_ng: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class StockMovement(Base):
    """What moved, append-only. ``change_ng`` is what the container gained, ``batch_ng`` what the batch gained of it."""

    __tablename__ = "stock_movement"
    id: Mapped[str] = mapped_column(primary_key=True)
    container_id: Mapped[str]
    lot_no: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str]
    quantity: Mapped[str]
    unit: Mapped[str]
    change_ng: Mapped[int]
    remaining_ng: Mapped[int]
    batch_no: Mapped[str | None]
    batch_ng: Mapped[int]
    weighing_id: Mapped[str | None]
    reason: Mapped[str]
    moved_by: Mapped[str]
    request_id: Mapped[str | None]
    moved_us: Mapped[int]
