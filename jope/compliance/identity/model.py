"""Tables of people, roles and sessions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import SEALED, Base


class AccountState(StrEnum):
    """States of an account. Accounts are never deleted (URS A01)."""

    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"


class SessionState(StrEnum):
    """States of a session."""

    OPEN = "open"
    LOCKED = "locked"
    ENDED = "ended"


class Role(Base):
    """A role: data, not code."""

    __tablename__ = "role"
    role: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]


class RolePermission(Base):
    """A permission held by a role."""

    __tablename__ = "role_permission"
    role: Mapped[str] = mapped_column(primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)


class UserAccount(Base):
    """A personal account. ``line`` is the scope; ``*`` means all lines of the station."""

    __tablename__ = "user_account"
    employee_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(info=SEALED)
    role: Mapped[str]
    line: Mapped[str]
    state: Mapped[str]
    password_hash: Mapped[str] = mapped_column(info=SEALED)
    created_us: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class UserSession(Base):
    """A session at a workstation. The token itself is never stored."""

    __tablename__ = "session"
    session_id: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[str]
    token_hash: Mapped[str] = mapped_column(info=SEALED)
    workstation: Mapped[str]
    address: Mapped[str]
    os_user: Mapped[str]
    opened_us: Mapped[int]
    ended_us: Mapped[int | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


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
