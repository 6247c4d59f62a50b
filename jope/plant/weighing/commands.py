"""What may be asked at the scale."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyLot(Command):
    """Scan the lot that will be dispensed for a material of the batch. Identity, release and date are checked.

    ``container`` is its number on the label, 0 for the only one that holds anything. ``reason`` says why another lot is taken than the one that expires first.
    """

    batch_no: str
    position: int
    lot_no: str
    container: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptWeight(Command):
    """Take the reading that the operator saw as the net weight of a container.

    ``reading_no`` names the gateway's reading; the weight itself never comes from the screen (URS F01).
    """

    batch_no: str
    position: int
    device_id: str
    reading_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyContainer(Command):
    """The second person confirms an accepted weighing by re-authentication."""

    weighing_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishMaterial(Command):
    """The operator signs that a material is dispensed."""

    batch_no: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyMaterial(Command):
    """The second person signs that a material was dispensed as recorded."""

    batch_no: str
    position: int


@dataclass(frozen=True, slots=True)
class WeightAccepted:
    """An accepted weighing and its label."""

    weighing_id: str
    net: str
    unit: str
    label_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCheckDeviation(Command):
    """Open a deviation for a failed check, with every weighing on this scale since the last one that passed (URS J07)."""

    check_id: str


@dataclass(frozen=True, slots=True)
class CheckDeviationOpened:
    """The deviation, and how much was weighed since the scale was last known to be right."""

    number: str
    weighings: int
    batches: int
