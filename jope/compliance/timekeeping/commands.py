"""What may be asked about the trail's time."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeClockCorrection(Command):
    """The clock was in the future and is right again: say so, for a second person to approve (URS C12; A11d-20)."""

    correction_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveClockCorrection(Command):
    """A second person states that the clock is right. From here on the trail's time goes on from it."""

    correction_id: str
