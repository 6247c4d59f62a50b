"""What may be asked about materials, lots and containers. Quantities are decimal texts with their unit, dates ISO dates of the site."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True)
class ReceivedContainer:
    """A container as it came in, in the lot's unit; ``tare`` is empty where it is not known."""

    quantity: str
    tare: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveLot(Command):
    """Take in a lot of a material; it is in quarantine.

    Without ``containers`` it is one container. ``retest`` is empty where the lot has none; ``made_by`` names the batch whose product it is.
    """

    lot_no: str
    material_code: str
    receiving_no: str
    quantity: str
    unit: str
    expiry: str
    retest: str = ""
    containers: tuple[ReceivedContainer, ...] = ()
    made_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountContainers(Command):
    """Number the containers of a lot that was received before containers were kept."""

    lot_no: str
    containers: tuple[ReceivedContainer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCertificate(Command):
    """Put a certificate of analysis on file, by the hash of a document that the station keeps."""

    lot_no: str
    document_name: str
    document_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterAnalysis(Command):
    """Enter potency and moisture of a lot in per cent; empty where it was not analysed."""

    lot_no: str
    potency: str
    moisture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnalysis(Command):
    """Another person signs that the values are those of the certificate."""

    analysis_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLot(Command):
    """Release a lot out of quarantine for use."""

    lot_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectLot(Command):
    """Reject a lot at once (towards safety)."""

    lot_no: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLot(Command):
    """Put a lot on hold at once (towards safety)."""

    lot_no: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeLot(Command):
    """Another person signs what was found and ends the hold. The lot stands as before."""

    lot_no: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidLot(Command):
    """End a lot that was opened in error and of which nothing was taken."""

    lot_no: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendRetest(Command):
    """Move the retest date of a lot, by signature."""

    lot_no: str
    retest: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveLot(Command):
    """Keep a lot for a batch; without a batch it is free again."""

    lot_no: str
    batch_no: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStock(Command):
    """Record what moved: ``sampled``, ``waste``, or of what was issued to a batch ``used``, ``returned``, ``waste``."""

    container_id: str
    kind: str
    quantity: str
    unit: str
    batch_no: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustStock(Command):
    """Correct what is left in a container by a difference, above or below zero, under four eyes."""

    container_id: str
    difference: str
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnalysisEntered:
    """The values that wait for their check."""

    analysis_id: str


@dataclass(frozen=True, slots=True)
class StockMoved:
    """What is left in the container after a movement, in its unit."""

    container_id: str
    remaining: str
    unit: str
