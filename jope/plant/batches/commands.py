"""What may be asked about a batch, from its creation to release."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBatch(Command):
    """Plan a batch of the effective version of a recipe."""

    batch_no: str
    recipe_id: str
    line: str
    product_lot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBatchToFloor(Command):
    """Hand a planned batch to the line."""

    batch_no: str


@dataclass(frozen=True, slots=True)
class ClearanceAnswer:
    """One check of the line clearance and whether it passed."""

    check_id: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformClearance(Command):
    """The operator signs the line clearance; every check must have passed."""

    batch_no: str
    answers: tuple[ClearanceAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyClearance(Command):
    """A second person signs the line clearance as verified."""

    batch_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBatch(Command):
    """Start the batch and freeze its formulation."""

    batch_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldBatch(Command):
    """Hold a running batch at once (towards safety)."""

    batch_no: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartBatch(Command):
    """Go on with a held batch; the second person is whoever did not hold it."""

    batch_no: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteBatch(Command):
    """All materials are dispensed, signed and verified: end the execution and hand the record to review."""

    batch_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBatch(Command):
    """Production reviews the record, exceptions first."""

    batch_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBatch(Command):
    """First release signature, by QA."""

    batch_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifyBatch(Command):
    """Second release signature, by the QP: another person than the first."""

    batch_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectBatch(Command):
    """Reject a batch in review."""

    batch_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchMoved:
    """The batch's record life cycle and procedure state after the command."""

    batch_no: str
    record_state: str
    procedure_state: str
