"""Tables of materials and lots."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class LotState(StrEnum):
    """A lot may be used only when it is released (URS G05)."""

    QUARANTINE = "quarantine"
    RELEASED = "released"
    REJECTED = "rejected"


class Material(Base):
    """A material by its code."""

    __tablename__ = "material"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit: Mapped[str]


class Lot(Base):
    """A received lot. ``quantity`` is what was received, a decimal text."""

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
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
