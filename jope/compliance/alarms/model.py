"""The table of alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class Alarm(Base):
    """One abnormal condition. The same source and kind is one alarm while it is active."""

    __tablename__ = "alarm"
    id: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[int]
    source: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    raised_us: Mapped[int]
    returned_us: Mapped[int | None]
    acknowledged_us: Mapped[int | None]
    acknowledged_by: Mapped[str | None]
    reason: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
