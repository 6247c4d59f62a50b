"""Tables of recovery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import SEALED, Base


class RecoveryCode(Base):
    """A person's sealed code. ``failures`` counts wrong passwords beside the right code; with the third one it is void."""

    __tablename__ = "recovery_code"
    id: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[str]
    code_hash: Mapped[str] = mapped_column(info=SEALED)
    sealed_us: Mapped[int]
    failures: Mapped[int]
    ended_us: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}


class Recovery(Base):
    """Two people opened their own accounts again; a third one looks at it after."""

    __tablename__ = "account_recovery"
    id: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[str]
    second: Mapped[str]
    first_code: Mapped[str]
    second_code: Mapped[str]
    reason: Mapped[str]
    recovered_us: Mapped[int]
    review: Mapped[str]
    reviewed_signature: Mapped[str | None]
    reviewed_signer: Mapped[str | None]
    reviewed_meaning: Mapped[str | None]
    reviewed_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
