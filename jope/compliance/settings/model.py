"""The tables of the station itself and of its settings."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class StoredSetting(Base):
    """One version of a setting; the highest number is in force."""

    __tablename__ = "setting"
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    number: Mapped[int]
    value: Mapped[str]
    since_us: Mapped[int]


class Station(Base):
    """The station itself: one row."""

    __tablename__ = "station"
    station_id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    line: Mapped[str]
    zone: Mapped[str]
    demo: Mapped[int]
    settings_revision: Mapped[int]
    created_us: Mapped[int]
