"""The table of disposals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class Disposal(Base):
    """The payloads of these events go. ``events`` is canonical JSON, ascending ranges ``[[first, last], ...]`` of seq. Times are UTC microseconds."""

    __tablename__ = "disposal"
    id: Mapped[str] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    reason: Mapped[str]
    events: Mapped[str]
    proposed_us: Mapped[int]
    approved_us: Mapped[int | None]
    proposal_signature: Mapped[str]
    proposal_signer: Mapped[str]
    proposal_meaning: Mapped[str]
    proposal_version: Mapped[int]
    approval_signature: Mapped[str | None]
    approval_signer: Mapped[str | None]
    approval_meaning: Mapped[str | None]
    approval_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
