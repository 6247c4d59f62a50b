"""Tables of commissioning: what a company told the agency about its signatures, and the policy that its founders signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class CertificationLetter(Base):
    """The letter of 21 CFR 11.100(c)(1), or a later testimony of (c)(2), by the hash of its document."""

    __tablename__ = "certification_letter"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    dated: Mapped[str]
    document_name: Mapped[str]
    document_hash: Mapped[str]
    recorded_us: Mapped[int]
    recorded_signature: Mapped[str]
    recorded_signer: Mapped[str]
    recorded_meaning: Mapped[str]
    recorded_version: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class AdoptedPolicy(Base):
    """A founder's signature under the password profile that the station begins with."""

    __tablename__ = "adopted_policy"
    id: Mapped[str] = mapped_column(primary_key=True)
    profile: Mapped[str]
    reason: Mapped[str]
    adopted_us: Mapped[int]
    adopted_signature: Mapped[str]
    adopted_signer: Mapped[str]
    adopted_meaning: Mapped[str]
    adopted_version: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
