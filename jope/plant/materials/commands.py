"""What may be asked about materials and lots."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveLot(Command):
    """Take in a lot of a material; it is in quarantine. ``expiry`` is an ISO date of the site."""

    lot_no: str
    material_code: str
    receiving_no: str
    quantity: str
    unit: str
    expiry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLot(Command):
    """Release a lot out of quarantine for use."""

    lot_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectLot(Command):
    """Reject a lot at once (towards safety)."""

    lot_no: str
    reason: str
