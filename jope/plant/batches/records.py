"""What signatures in the batches room cover, and the sheets that their signers see."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select

from jope.compliance.commands import GuardContext, Meaning, SheetRow, SigningSheet
from jope.compliance.signatures.records import Children, SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.canonical import canonical_bytes
from jope.kernel.store.rows import RowSession
from jope.plant.batches import commands as c
from jope.plant.batches.guards import batch_named, clearance_of
from jope.plant.batches.model import ClearanceAnswer, LineCheck, ProcedureState, RecordState
from jope.plant.devices.equipment.handlers import USE_COLUMNS
from jope.plant.recipes.handlers import recipe_lines
from jope.plant.weighing.handlers import DISPENSE_COLUMNS, WEIGHING_COLUMNS
from jope.plant.weighing.model import Weighing

_LINE = ("position", "id", "material_code", "material_name", "target", "low", "high", "unit")
_ANSWER = ("check_id", "id", "text", "passed")
_CLEARANCE = ("id", "batch_no", "line", "performed_us")
_BATCH = (
    "batch_no",
    "recipe_version_id",
    "product",
    "product_lot",
    "line",
    "formulation_hash",
    "unit",
    "produced_quantity",
    "completed_us",
)
_MOVE = ("id", "batch_no", "n", "command", "from_record", "to_record", "from_procedure", "to_procedure", "performed_by", "at_us", "reason")

FORMULATION_RECORD = SignedRecord(
    "formulation",
    "batch",
    "batch_no",
    ("batch_no", "recipe_version_id", "product", "product_lot", "line", "formulation_hash", "started_us"),
    (Children("formulation_line", "batch_no", "batch_no", _LINE),),
)
CLEARANCE_RECORD = SignedRecord("clearance", "clearance", "id", _CLEARANCE, (Children("clearance_answer", "clearance_id", "id", _ANSWER),))
MOVE_RECORD = SignedRecord("batch_move", "batch_transition", "id", _MOVE)
BATCH_RECORD = SignedRecord(
    "batch_record",
    "batch_transition",
    "id",
    _MOVE,
    (
        Children("batch", "batch_no", "batch_no", _BATCH),
        Children("formulation_line", "batch_no", "batch_no", _LINE),
        Children("clearance", "batch_no", "batch_no", _CLEARANCE),
        Children("clearance_answer", "batch_no", "batch_no", _ANSWER),
        Children("dispense", "batch_no", "batch_no", DISPENSE_COLUMNS),
        Children("weighing", "batch_no", "batch_no", WEIGHING_COLUMNS),
        Children("equipment_use", "batch_no", "batch_no", USE_COLUMNS, added=True),
    ),
)
"""A move that answers for the whole record: completion, review, release, certification, rejection."""


def formulation_hash(lines: list[dict[str, Any]]) -> str:
    """SHA-256 of the frozen formulation, hex."""
    return hashlib.sha256(canonical_bytes(lines)).hexdigest()


def _same(label: str, value: str) -> SheetRow:
    return SheetRow(label, value, value)


def _head(session: RowSession, batch_no: str) -> tuple[SheetRow, ...]:
    batch = batch_named(session, batch_no)
    return (
        _same("Product", f"{batch.product}, lot {batch.product_lot}"),
        _same("Recipe", batch.recipe_version_id),
        _same("Line", batch.line),
    )


def clearance_sheet(command: c.PerformClearance | c.VerifyClearance, context: GuardContext) -> SigningSheet:
    """The checks with their answers."""
    head = _head(context.session, command.batch_no)
    batch = batch_named(context.session, command.batch_no)
    if isinstance(command, c.VerifyClearance):
        clearance = clearance_of(context.session, command.batch_no)
        answers = (
            []
            if clearance is None
            else list(
                context.session.scalars(
                    select(ClearanceAnswer).where(ClearanceAnswer.clearance_id == clearance.id).order_by(ClearanceAnswer.check_id)
                )
            )
        )
        rows = tuple(_same(a.text, "passed" if a.passed else "not passed") for a in answers)
        subject = clearance.id if clearance is not None else command.batch_no
        state = SheetRow("Clearance", "performed", "verified")
        return signing_sheet(
            f"Verify line clearance of batch {batch.batch_no}", ("clearance", subject), Meaning.VERIFIED, (*head, *rows, state)
        )
    given = {a.check_id: a.passed for a in command.answers}
    checks = context.session.scalars(select(LineCheck).where(LineCheck.line == batch.line).order_by(LineCheck.position))
    rows = tuple(SheetRow(k.text, "open", "passed" if given.get(k.check_id) else "not passed") for k in checks)
    state = SheetRow("Clearance", "open", "performed")
    return signing_sheet(
        f"Line clearance of batch {batch.batch_no}", ("clearance", batch.batch_no), Meaning.PERFORMED, (*head, *rows, state)
    )


def start_sheet(command: c.StartBatch, context: GuardContext) -> SigningSheet:
    """The formulation that will be frozen."""
    batch = batch_named(context.session, command.batch_no)
    lines = tuple(
        _same(f"{line.position}. {line.material_code}", f"{line.target} {line.unit} ({line.low} to {line.high})")
        for line in recipe_lines(context.session, batch.recipe_version_id)
    )
    states = (
        SheetRow("Record", batch.record_state, RecordState.IN_EXECUTION.value),
        SheetRow("Procedure", batch.procedure_state, ProcedureState.RUNNING.value),
    )
    rows = (*_head(context.session, batch.batch_no), *lines, *states)
    return signing_sheet(
        f"Start batch {batch.batch_no} and freeze its formulation", ("formulation", batch.batch_no), Meaning.RESPONSIBILITY, rows
    )


_MOVES: dict[type[Any], tuple[str, Meaning, str, str]] = {
    c.HoldBatch: ("Hold", Meaning.RESPONSIBILITY, "Procedure", "Held"),
    c.RestartBatch: ("Restart", Meaning.APPROVAL, "Procedure", "Running"),
    c.CompleteBatch: ("Complete", Meaning.RESPONSIBILITY, "Record", "InReview"),
    c.ReviewBatch: ("Review", Meaning.REVIEW, "Review", "reviewed"),
    c.ReleaseBatch: ("Release", Meaning.RELEASE, "Release signatures", "1 of 2"),
    c.CertifyBatch: ("Certify", Meaning.CERTIFICATION, "Record", "Released"),
    c.RejectBatch: ("Reject", Meaning.REJECTION, "Record", "Rejected"),
}


def meaning_of(command: type[Any]) -> Meaning:
    """The meaning that a move of a batch is signed with."""
    return _MOVES[command][1]


def _weighed(session: RowSession, batch_no: str) -> tuple[SheetRow, ...]:
    weighings = list(session.scalars(select(Weighing).where(Weighing.batch_no == batch_no).order_by(Weighing.at_us)))
    rejected = sum(1 for w in weighings if not w.accepted)
    accepted = (_same(f"{w.position}. {w.material_code}", f"{w.net} {w.unit}, lot {w.lot_no}") for w in weighings if w.accepted)
    return (*accepted, _same("Rejected attempts", str(rejected)))


def move_sheet(command: Any, context: GuardContext) -> SigningSheet:
    """A move of the batch: its state and what changes; what answers for the whole record also shows the weighings."""
    verb, meaning, label, after = _MOVES[type(command)]
    batch = batch_named(context.session, command.batch_no)
    content = () if isinstance(command, c.HoldBatch | c.RestartBatch) else _weighed(context.session, batch.batch_no)
    before = {"Procedure": batch.procedure_state, "Record": batch.record_state, "Review": "open", "Release signatures": "0 of 2"}[label]
    rows = (
        *_head(context.session, batch.batch_no),
        *content,
        _same("Record version", str(batch.version)),
        SheetRow(label, before, after),
    )
    if isinstance(command, c.CertifyBatch):
        rows = (*rows, SheetRow("Available quantity", f"0 {batch.unit}", f"{batch.produced_quantity} {batch.unit}"))
    reason = getattr(command, "reason", "")
    if reason:
        rows = (*rows, SheetRow("Reason", "", reason))
    return signing_sheet(f"{verb} batch {batch.batch_no}", ("batch", batch.batch_no), meaning, rows)
