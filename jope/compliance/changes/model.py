"""The table of change requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from jope.kernel.store.schema import Base


class ChangeRequest(Base):
    """A four-eyes command that waits, was executed, or came to nothing.

    ``content`` and ``diff`` are canonical JSON: the command's fields, and rows of label, before, after. ``needed`` counts distinct approvers; ``approval``
    is given from outside administration, ``further`` by anybody else who may approve.
    """

    __tablename__ = "change_request"
    id: Mapped[str] = mapped_column(primary_key=True)
    command: Mapped[str]
    content: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    risk: Mapped[str]
    reason: Mapped[str]
    needed: Mapped[int]
    emergency: Mapped[int]
    diff: Mapped[str]
    diff_hash: Mapped[str]
    requester: Mapped[str]
    state: Mapped[str]
    outcome: Mapped[str]
    deviation: Mapped[str]
    drafted_us: Mapped[int]
    submitted_us: Mapped[int | None]
    approved_us: Mapped[int | None]
    executed_us: Mapped[int | None]
    ended_us: Mapped[int | None]
    expires_us: Mapped[int]
    ratify_by_us: Mapped[int | None]
    submission_signature: Mapped[str | None]
    submission_signer: Mapped[str | None]
    submission_meaning: Mapped[str | None]
    submission_version: Mapped[int | None]
    approval_signature: Mapped[str | None]
    approval_signer: Mapped[str | None]
    approval_meaning: Mapped[str | None]
    approval_version: Mapped[int | None]
    further_signature: Mapped[str | None]
    further_signer: Mapped[str | None]
    further_meaning: Mapped[str | None]
    further_version: Mapped[int | None]
    rejection_signature: Mapped[str | None]
    rejection_signer: Mapped[str | None]
    rejection_meaning: Mapped[str | None]
    rejection_version: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__: Mapping[str, Any] = {"version_id_col": version}
