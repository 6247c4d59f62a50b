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
    acknowledged_role: Mapped[str]
    shelved_until_us: Mapped[int | None]
    shelved_by: Mapped[str]
    shelve_reason: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class AlarmReview(Base):
    """A signed look at the alarms of a time."""

    __tablename__ = "alarm_review"
    id: Mapped[str] = mapped_column(primary_key=True)
    from_us: Mapped[int]
    to_us: Mapped[int]
    alarms: Mapped[int]
    unacknowledged: Mapped[int]
    floods: Mapped[int]
    assessment: Mapped[str]
    reviewed_us: Mapped[int]
    reviewed_signature: Mapped[str | None]
    reviewed_signer: Mapped[str | None]
    reviewed_meaning: Mapped[str | None]
    reviewed_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
