"""Tables of the signature matrix, the accountability statement, and what the matrix alone has signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class StoredRule(Base):
    """One version of how an action is signed. ``offered`` is a JSON list of meanings."""

    __tablename__ = "signature_rule"
    id: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str]
    number: Mapped[int]
    signing: Mapped[str]
    meaning: Mapped[str | None]
    offered: Mapped[str]
    verifying: Mapped[str]
    series: Mapped[int]
    since_us: Mapped[int]


class AccountabilityStatement(Base):
    """The statement's text in one language."""

    __tablename__ = "accountability_statement"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    language: Mapped[str]
    text: Mapped[str]
    hash: Mapped[str]
    since_us: Mapped[int]


class AccountabilityAcceptance(Base):
    """A person accepted a version of the statement, in the language that was shown."""

    __tablename__ = "accountability_acceptance"
    id: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[str]
    number: Mapped[int]
    language: Mapped[str]
    hash: Mapped[str]
    accepted_us: Mapped[int]
    accepted_signature: Mapped[str]
    accepted_signer: Mapped[str]
    accepted_meaning: Mapped[str]
    accepted_version: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class SignedAction(Base):
    """What was asked, as its signer saw it, of an action that only the matrix has signed. ``content`` is canonical JSON."""

    __tablename__ = "signed_action"
    id: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    content: Mapped[str]
    signed_us: Mapped[int]
    signed_signature: Mapped[str]
    signed_signer: Mapped[str]
    signed_meaning: Mapped[str]
    signed_version: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
