"""What may be asked about change requests. A request itself begins when a four-eyes command is given: the bus stores it as a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jope.compliance.commands import Command

RATIFY_HOURS: Final = 24
"""How long after an emergency change its approval may come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitChange(Command):
    """The requester signs a draft and hands it to its approvers. In an emergency it is executed at once and approved after."""

    request_id: str
    emergency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveChange(Command):
    """Another person approves a submitted request. With the last approval that is due it is executed."""

    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessChange(Command):
    """A second person beside the requester, who witnessed what the request is about, approves it at the requester's station."""

    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectChange(Command):
    """Another person refuses a submitted request."""

    request_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawChange(Command):
    """The requester takes a draft or a submitted request back."""

    request_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RatifyChange(Command):
    """Another person approves what was executed in an emergency."""

    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteChange(Command):
    """The station executes an approved request."""

    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireChange(Command):
    """The station ends a request whose time is over."""

    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMissedRatification(Command):
    """The station notes that an emergency change was not approved in time, and opens a deviation."""

    request_id: str


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """Where a request stands after a step. ``outcome`` says why it failed, in a sentence, empty where it did not."""

    request_id: str
    state: str
    outcome: str = ""
