"""The states of a change request (URS D01). Pure; the same arrows stand in the schema as a trigger."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from jope.kernel.workflow import Arrow, LifeCycle


class ChangeState(StrEnum):
    """Where a change request stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    EXECUTING = "executing"
    EXECUTED = "executed"
    FAILED = "failed"


_S = ChangeState
OPEN_STATES: Final = (_S.DRAFT, _S.SUBMITTED, _S.APPROVED)
"""States that a request leaves by itself when its time is over."""
CHANGE_LIFE_CYCLE: Final = LifeCycle(
    "Change request",
    initial=_S.DRAFT,
    states=[s.value for s in _S],
    arrows=[
        Arrow("submit", _S.DRAFT, _S.SUBMITTED),
        Arrow("withdraw", _S.DRAFT, _S.WITHDRAWN),
        Arrow("withdraw", _S.SUBMITTED, _S.WITHDRAWN),
        Arrow("approve", _S.SUBMITTED, _S.APPROVED),
        Arrow("reject", _S.SUBMITTED, _S.REJECTED),
        Arrow("expire", _S.DRAFT, _S.EXPIRED),
        Arrow("expire", _S.SUBMITTED, _S.EXPIRED),
        Arrow("expire", _S.APPROVED, _S.EXPIRED),
        Arrow("execute", _S.APPROVED, _S.EXECUTING),
        Arrow("done", _S.EXECUTING, _S.EXECUTED),
        Arrow("fail", _S.APPROVED, _S.FAILED),
        Arrow("fail", _S.EXECUTING, _S.FAILED),
    ],
)
