"""The table of corrections of the trail's time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class ClockCorrection(Base):
    """Two people state that the station's clock is right although the trail has seen later times. Times are UTC microseconds."""

    __tablename__ = "clock_correction"
    id: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    clock_us: Mapped[int]
    trail_us: Mapped[int]
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
