"""The tables of labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class LabelContent(Base):
    """The bytes of a label, ASCII, by their SHA-256 in hex."""

    __tablename__ = "label_content"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]


class LabelPrint(Base):
    """One label of a container: what was asked, when it was sent, and what became of it. ``evidence`` is what the printer said, line by line."""

    __tablename__ = "label_print"
    id: Mapped[str] = mapped_column(primary_key=True)
    weighing_id: Mapped[str]
    copy_no: Mapped[int]
    device_id: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_us: Mapped[int]
    sent_us: Mapped[int | None]
    ended_us: Mapped[int | None]
    message: Mapped[str]
    evidence: Mapped[str]
    performed_signature: Mapped[str | None]
    performed_signer: Mapped[str | None]
    performed_meaning: Mapped[str | None]
    performed_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
