"""Tables of the recurrent review of access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class AccessReview(Base):
    """One campaign."""

    __tablename__ = "access_review"
    id: Mapped[str] = mapped_column(primary_key=True)
    opened_by: Mapped[str]
    opened_us: Mapped[int]
    closed_us: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class AccessReviewLine(Base):
    """One account of a campaign. ``facts`` is canonical JSON: what was true of it when the list was made."""

    __tablename__ = "access_review_line"
    id: Mapped[str] = mapped_column(primary_key=True)
    review_id: Mapped[str]
    employee_id: Mapped[str]
    facts: Mapped[str]
    decision: Mapped[str]
    reviewed_signature: Mapped[str | None]
    reviewed_signer: Mapped[str | None]
    reviewed_meaning: Mapped[str | None]
    reviewed_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
