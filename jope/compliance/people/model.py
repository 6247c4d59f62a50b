"""Tables about people beside their accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class IdentityCheck(Base):
    """Somebody saw a person and a document (21 CFR 11.100(b))."""

    __tablename__ = "identity_check"
    id: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[str]
    how: Mapped[str]
    document_name: Mapped[str]
    document_hash: Mapped[str]
    checked_us: Mapped[int]
    checked_signature: Mapped[str]
    checked_signer: Mapped[str]
    checked_meaning: Mapped[str]
    checked_version: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class Badge(Base):
    """A badge by the digest of its number."""

    __tablename__ = "badge"
    id: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[str]
    identity_check_id: Mapped[str]
    state: Mapped[str]
    issued_us: Mapped[int]
    revoked_us: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class FactorTest(Base):
    """A test of the badge reader or of a second factor (21 CFR 11.300(e))."""

    __tablename__ = "factor_test"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    device: Mapped[str]
    procedure: Mapped[str]
    passed: Mapped[int]
    tested_us: Mapped[int]
    next_due: Mapped[str]
    performed_signature: Mapped[str]
    performed_signer: Mapped[str]
    performed_meaning: Mapped[str]
    performed_version: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
