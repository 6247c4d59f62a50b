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


class CredentialState(StrEnum):
    """Whose a password is: nobody's, given by another person to be changed at once, or the person's own."""

    NONE = "none"
    ONE_TIME = "one_time"
    OWN = "own"


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
    administrative: Mapped[int]
    number: Mapped[int]


class RolePermission(Base):
    """A permission held by a role."""

    __tablename__ = "role_permission"
    role: Mapped[str] = mapped_column(primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)
    held: Mapped[int]


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
    password_state: Mapped[str]
    password_set_us: Mapped[int]
    identified: Mapped[int]
    admitted: Mapped[int]
    access_from_us: Mapped[int | None]
    access_until_us: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class UsedPassword(Base):
    """A password that a person had, as its Argon2id hash; none of the last ones is taken again."""

    __tablename__ = "password_used"
    id: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[str]
    password_hash: Mapped[str] = mapped_column(info=SEALED)
    set_us: Mapped[int]


class Disabling(Base):
    """One person disabled an account at once; another looks at it after."""

    __tablename__ = "user_disabling"
    id: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[str]
    disabled_by: Mapped[str]
    reason: Mapped[str]
    disabled_us: Mapped[int]
    review: Mapped[str]
    reviewed_signature: Mapped[str | None]
    reviewed_signer: Mapped[str | None]
    reviewed_meaning: Mapped[str | None]
    reviewed_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class RoleGrant(Base):
    """A role for a time: a deputy's by change request, or break-glass by one person at once."""

    __tablename__ = "role_grant"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    employee_id: Mapped[str]
    role: Mapped[str]
    stands_for: Mapped[str | None]
    reason: Mapped[str]
    from_us: Mapped[int]
    until_us: Mapped[int]
    ended_us: Mapped[int | None]
    change_id: Mapped[str | None]
    review_due_us: Mapped[int | None]
    review: Mapped[str]
    reviewed_signature: Mapped[str | None]
    reviewed_signer: Mapped[str | None]
    reviewed_meaning: Mapped[str | None]
    reviewed_version: Mapped[int | None]
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
