"""The table of trail reviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class TrailReview(Base):
    """Somebody has read the trail of a record up to an event, exceptions first, and signed that."""

    __tablename__ = "trail_review"
    id: Mapped[str] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    up_to_seq: Mapped[int]
    head: Mapped[str]
    events: Mapped[int]
    exceptions: Mapped[str]
    sampled: Mapped[str]
    targeted: Mapped[str]
    comment: Mapped[str]
    reviewed_us: Mapped[int]
    review_signature: Mapped[str]
    review_signer: Mapped[str]
    review_meaning: Mapped[str]
    review_version: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
