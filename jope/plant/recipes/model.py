"""Tables of master recipes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class RecipeState(StrEnum):
    """A version is written, becomes effective by approval, and is superseded by the next (URS E01)."""

    DRAFT = "draft"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"


class RecipeVersion(Base):
    """A version of a master recipe. ``id`` is ``<recipe>:<number>``."""

    __tablename__ = "recipe_version"
    id: Mapped[str] = mapped_column(primary_key=True)
    recipe_id: Mapped[str]
    number: Mapped[int]
    product: Mapped[str]
    batch_size: Mapped[str]
    unit: Mapped[str]
    state: Mapped[str]
    drafted_by: Mapped[str]
    approval_signature: Mapped[str | None]
    approval_signer: Mapped[str | None]
    approval_meaning: Mapped[str | None]
    approval_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class RecipeLineRow(Base):
    """One material of a version's formula."""

    __tablename__ = "recipe_line"
    id: Mapped[str] = mapped_column(primary_key=True)
    recipe_version_id: Mapped[str]
    position: Mapped[int]
    material_code: Mapped[str]
    target: Mapped[str]
    low: Mapped[str]
    high: Mapped[str]
    unit: Mapped[str]
