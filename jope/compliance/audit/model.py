"""The table of verifications: how far the trail was verified, when, and with what result (URS Q04)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class VerificationRun(Base):
    """One verification. ``full`` is 0 for the quick one at a start. ``verdict`` is empty while it runs."""

    __tablename__ = "verification_run"
    id: Mapped[str] = mapped_column(primary_key=True)
    full: Mapped[int]
    cause: Mapped[str]
    begun_us: Mapped[int]
    ended_us: Mapped[int | None]
    verdict: Mapped[str]
    findings: Mapped[int]
    head_seq: Mapped[int]
    head_hash: Mapped[str]
    root: Mapped[str]
    layers: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
