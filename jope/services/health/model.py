"""The tables of alarm channels and of the notices they were given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class AlarmChannel(Base):
    """A channel as the policy names it. Alarms raised after the event ``since_seq``, or still active then, are its business."""

    __tablename__ = "alarm_channel"
    name: Mapped[str] = mapped_column(primary_key=True)
    settings: Mapped[str]
    since_seq: Mapped[int]
    since_us: Mapped[int]
    removed_us: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class AlarmNotice(Base):
    """One alarm at one channel: tried and failed, or sent. What waits for its first try has no row."""

    __tablename__ = "alarm_notice"
    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    alarm_id: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    tried_us: Mapped[int]
    sent_us: Mapped[int | None]
    code: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
