"""What may be asked when retention is over."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeDisposal(Command):
    """Dispose of what the trail holds about a record whose retention is over, once a second person approves (URS C14; 21 CFR 11.10(c))."""

    disposal_id: str
    kind: str
    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveDisposal(Command):
    """A second person approves. From here on the stub stands, and the station erases the payloads."""

    disposal_id: str
