"""What happens with a batch, from its creation to release (URS E02-E05, G01-G03, B07; P11-07)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, Meaning, handles
from jope.kernel.errors import GuardRefusedError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.kernel.units import Quantity
from jope.plant.batches import commands as c
from jope.plant.batches import guards as g
from jope.plant.batches.guards import batch_named, clearance_of
from jope.plant.batches.life_cycle import PROCEDURE_LIFE_CYCLE, RECORD_LIFE_CYCLE
from jope.plant.batches.model import Batch, BatchTransition, Clearance, ClearanceAnswer, LineCheck, ProcedureState, RecordState
from jope.plant.batches.records import clearance_sheet, formulation_hash, meaning_of, move_sheet, start_sheet
from jope.plant.devices.equipment.guards import STATUS_GATE
from jope.plant.devices.equipment.handlers import UsedFor, release_from_use, take_into_use
from jope.plant.materials.model import Material
from jope.plant.recipes.handlers import effective_version, recipe_lines
from jope.plant.weighing.model import FormulationLine, Weighing
from jope.plant.weighing.ports import DispenseOrder

_BATCH_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")


def _subject(command: Any) -> tuple[str, str]:
    return ("batch", command.batch_no)


class BatchOrders:
    """Tells the weighing room what is dispensed for (its ``DispenseOrders`` port)."""

    def running(self, session: RowSession, batch_no: str) -> DispenseOrder:
        """The order of a running batch.

        Raises:
            NotFoundError: no such batch.
            GuardRefusedError: it is not running.
        """
        batch = batch_named(session, batch_no)
        if not g.procedure_is_running(batch):
            state = f"{batch.record_state}, {batch.procedure_state}"
            raise GuardRefusedError(f"Batch {batch_no} is not running ({state}).", remedy="Start or restart the batch first.")
        return DispenseOrder(batch.batch_no, batch.product, batch.product_lot, batch.line)


# --- planning --------------------------------------------------------------------------------------------------------


@handles(c.CreateBatch, permission=Permission.BATCH_CREATE, subject=_subject)
def create_batch(command: c.CreateBatch, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """Plan a batch of the effective recipe version.

    Raises:
        RefusedError: the number is malformed or used, or no version is effective.
    """
    if not _BATCH_NUMBER.fullmatch(command.batch_no) or not _BATCH_NUMBER.fullmatch(command.product_lot):
        raise RefusedError("The batch number or product lot is malformed.", remedy="Use up to 40 letters, digits and . _ / -")
    if uow.session.get(Batch, command.batch_no) is not None:
        raise RefusedError(f"The batch {command.batch_no} exists already.", remedy="Take the next number.")
    if acting.principal.line not in (ALL_LINES, command.line) or not _line_exists(uow, command.line):
        raise RefusedError(f"Line {command.line} is not a line of yours.", remedy="Name a line of this station in your scope.")
    recipe = effective_version(uow.session, command.recipe_id)
    batch = Batch(
        batch_no=command.batch_no, recipe_version_id=recipe.id, product=recipe.product, product_lot=command.product_lot, line=command.line,
        record_state=RecordState.PLANNED.value, procedure_state=ProcedureState.IDLE.value, created_us=acting.now.utc_us, formulation_hash="",
        unit=recipe.unit, produced_quantity="0", available_quantity="0",
    )  # fmt: skip
    uow.session.add(batch)
    uow.audit.record(Action.BATCH_CREATED, ("batch", batch.batch_no), ("recipe", recipe.id))
    return _moved(batch)


@handles(
    c.ReleaseBatchToFloor,
    permission=Permission.BATCH_RELEASE_TO_FLOOR,
    subject=_subject,
    guards=(g.InState(record="release_to_floor"), g.recipe_is_effective),
)
def release_batch_to_floor(command: c.ReleaseBatchToFloor, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """Hand a planned batch to the line."""
    batch = batch_named(uow.session, command.batch_no)
    _move(uow, acting, batch, "release_to_floor", record="release_to_floor")
    uow.audit.record(Action.BATCH_RELEASED_TO_FLOOR, ("batch", batch.batch_no))
    return _moved(batch)


def _line_exists(uow: UnitOfWork, line: str) -> bool:
    return uow.cursor.execute("SELECT 1 FROM line_check WHERE line = ? LIMIT 1", (line,)).fetchone() is not None


# --- line clearance --------------------------------------------------------------------------------------------------


@handles(
    c.PerformClearance,
    permission=Permission.CLEARANCE_PERFORM,
    subject=_subject,
    signature=Meaning.PERFORMED,
    sheet=clearance_sheet,
    guards=(g.batch_is_ready, g.clearance_is_open, g.line_is_free, g.every_check_passed),
    verifying=c.VerifyClearance,
)
def perform_clearance(command: c.PerformClearance, uow: UnitOfWork, acting: Acting) -> None:
    """Store the answers with the texts as they were shown.

    Raises:
        RefusedError: the answers are not those of the line's checks.
    """
    batch = batch_named(uow.session, command.batch_no)
    checks = {k.check_id: k for k in uow.session.scalars(select(LineCheck).where(LineCheck.line == batch.line))}
    if sorted(a.check_id for a in command.answers) != sorted(checks):
        raise RefusedError("The answers are not those of this line's checks.", remedy="Open the clearance again.")
    row = Clearance(id=f"{batch.batch_no}:clearance", batch_no=batch.batch_no, line=batch.line, performed_us=acting.now.utc_us)
    acting.signed().onto(row, "performed", kind="clearance", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.session.flush()
    uow.session.add_all(
        ClearanceAnswer(
            id=f"{row.id}:{a.check_id}",
            clearance_id=row.id,
            batch_no=batch.batch_no,
            check_id=a.check_id,
            text=checks[a.check_id].text,
            passed=1,
        )
        for a in command.answers
    )
    uow.audit.record(Action.CLEARANCE_PERFORMED, ("batch", batch.batch_no), ("clearance", row.id))


@handles(
    c.VerifyClearance,
    permission=Permission.CLEARANCE_VERIFY,
    subject=_subject,
    signature=Meaning.VERIFIED,
    sheet=clearance_sheet,
    guards=(g.clearance_is_performed, g.clearance_verifier_is_another, g.line_is_free),
    witness=True,
)
def verify_clearance(command: c.VerifyClearance, uow: UnitOfWork, acting: Acting) -> None:
    """A second person signs the clearance."""
    row = clearance_of(uow.session, command.batch_no)
    assert row is not None, "the guard has seen it"
    acting.signed().onto(row, "verified", kind="clearance", subject_id=row.id, version=row.version + 1)
    uow.audit.record(Action.CLEARANCE_VERIFIED, ("batch", row.batch_no), ("clearance", row.id))


# --- execution -------------------------------------------------------------------------------------------------------


@handles(
    c.StartBatch,
    permission=Permission.BATCH_START,
    subject=_subject,
    signature=Meaning.RESPONSIBILITY,
    sheet=start_sheet,
    guards=(
        g.InState(record="start", procedure="start"),
        g.recipe_is_effective,
        g.line_is_cleared,
        g.line_is_free,
        g.clearance_is_fresh,
        g.scale_is_in_calibration,
        *STATUS_GATE,
    ),
)
def start_batch(command: c.StartBatch, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """Start a ready batch on a cleared line and freeze its formulation (211.188(a); URS E02)."""
    batch = batch_named(uow.session, command.batch_no)
    lines = [
        {
            "position": line.position, "material_code": line.material_code, "material_name": uow.session.get_one(Material, line.material_code).name,
            "target": line.target, "low": line.low, "high": line.high, "unit": line.unit,
        }
        for line in recipe_lines(uow.session, batch.recipe_version_id)
    ]  # fmt: skip
    uow.session.add_all(FormulationLine(id=f"{batch.batch_no}:{line['position']}", batch_no=batch.batch_no, **line) for line in lines)
    batch.formulation_hash = formulation_hash(lines)
    batch.started_us = acting.now.utc_us
    acting.signed().onto(batch, "responsibility", kind="formulation", subject_id=batch.batch_no, version=batch.version + 1)
    _move(uow, acting, batch, "start", record="start", procedure=("start",))
    take_into_use(uow, acting, _used_for(batch))
    uow.audit.record(Action.BATCH_STARTED, ("batch", batch.batch_no), ("recipe", batch.recipe_version_id))
    return _moved(batch)


@handles(
    c.HoldBatch,
    permission=Permission.BATCH_HOLD,
    subject=_subject,
    signature=meaning_of(c.HoldBatch),
    always=True,
    sheet=move_sheet,
    guards=(g.InState(procedure="hold"),),
)
def hold_batch(command: c.HoldBatch, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """Hold a running batch at once; one person suffices towards safety."""
    _require_reason(command.reason)
    batch = batch_named(uow.session, command.batch_no)
    _sign_move(acting, _move(uow, acting, batch, "hold", procedure=("hold", "held"), reason=command.reason), kind="batch_move")
    uow.audit.record(Action.BATCH_HELD, ("batch", batch.batch_no), reason=command.reason)
    return _moved(batch)


@handles(
    c.RestartBatch,
    permission=Permission.BATCH_RESTART,
    subject=_subject,
    signature=meaning_of(c.RestartBatch),
    sheet=move_sheet,
    guards=(g.InState(procedure="restart"), g.restarter_is_another, *STATUS_GATE),
)
def restart_batch(command: c.RestartBatch, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """Go on with a held batch; away from safety, so by another person than the one who held it."""
    _require_reason(command.reason)
    batch = batch_named(uow.session, command.batch_no)
    _sign_move(acting, _move(uow, acting, batch, "restart", procedure=("restart", "restarted"), reason=command.reason), kind="batch_move")
    take_into_use(uow, acting, _used_for(batch))
    uow.audit.record(Action.BATCH_RESTARTED, ("batch", batch.batch_no), reason=command.reason)
    return _moved(batch)


@handles(
    c.CompleteBatch,
    permission=Permission.BATCH_COMPLETE,
    subject=_subject,
    signature=meaning_of(c.CompleteBatch),
    sheet=move_sheet,
    guards=(g.InState(record="complete", procedure="complete"), g.materials_are_verified),
)
def complete_batch(command: c.CompleteBatch, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """End the execution; the produced quantity is the sum of the accepted net weights."""
    batch = batch_named(uow.session, command.batch_no)
    batch.completed_us = acting.now.utc_us
    batch.produced_quantity = _produced(uow.session, batch)
    release_from_use(uow, acting, batch.batch_no)
    _sign_move(acting, _move(uow, acting, batch, "complete", record="complete", procedure=("complete",)), kind="batch_record")
    uow.audit.record(Action.BATCH_COMPLETED, ("batch", batch.batch_no), details={"produced": f"{batch.produced_quantity} {batch.unit}"})
    return _moved(batch)


# --- review and release ----------------------------------------------------------------------------------------------


@handles(
    c.ReviewBatch,
    permission=Permission.BATCH_REVIEW,
    subject=_subject,
    signature=meaning_of(c.ReviewBatch),
    sheet=move_sheet,
    guards=(g.InState(record="certify"), g.batch_is_unreviewed),
)
def review_batch(command: c.ReviewBatch, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """Production signs that the record was reviewed, exceptions first."""
    batch = batch_named(uow.session, command.batch_no)
    batch.reviewed_by = acting.principal.employee_id
    _sign_move(acting, _move(uow, acting, batch, "review"), kind="batch_record")
    uow.audit.record(Action.BATCH_REVIEWED, ("batch", batch.batch_no))
    return _moved(batch)


@handles(
    c.ReleaseBatch,
    permission=Permission.BATCH_RELEASE,
    subject=_subject,
    signature=meaning_of(c.ReleaseBatch),
    sheet=move_sheet,
    guards=(
        g.InState(record="certify"),
        g.batch_is_reviewed,
        g.release_is_unsigned,
        g.releaser_took_no_part,
        g.lots_are_released,
        g.trail_is_reviewed,
        g.record_is_anchored,
    ),
    guard_ports=frozenset({"anchors", "review_scopes"}),
)
def release_batch(command: c.ReleaseBatch, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """First release signature. Nothing becomes available by it."""
    batch = batch_named(uow.session, command.batch_no)
    row = _move(uow, acting, batch, "release")
    _sign_move(acting, row, kind="batch_record")
    batch.release_id = row.id
    acting.signed().fill(batch, "release")
    uow.audit.record(Action.BATCH_RELEASE_SIGNED, ("batch", batch.batch_no))
    return _moved(batch)


@handles(
    c.CertifyBatch,
    permission=Permission.BATCH_CERTIFY,
    subject=_subject,
    signature=meaning_of(c.CertifyBatch),
    sheet=move_sheet,
    guards=(
        g.InState(record="certify"),
        g.release_is_signed,
        g.certifier_is_another,
        g.releaser_took_no_part,
        g.lots_are_released,
        g.record_is_anchored,
    ),
    guard_ports=frozenset({"anchors"}),
)
def certify_batch(command: c.CertifyBatch, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """Second release signature: the batch is released and its quantity becomes available."""
    batch = batch_named(uow.session, command.batch_no)
    row = _move(uow, acting, batch, "certify", record="certify")
    _sign_move(acting, row, kind="batch_record")
    batch.certification_id = row.id
    acting.signed().fill(batch, "certification")
    batch.available_quantity = batch.produced_quantity
    uow.audit.record(Action.BATCH_CERTIFIED, ("batch", batch.batch_no), details={"available": f"{batch.available_quantity} {batch.unit}"})
    return _moved(batch)


@handles(
    c.RejectBatch,
    permission=Permission.BATCH_REJECT,
    subject=_subject,
    signature=meaning_of(c.RejectBatch),
    sheet=move_sheet,
    guards=(g.InState(record="reject"),),
)
def reject_batch(command: c.RejectBatch, uow: UnitOfWork, acting: Acting) -> c.BatchMoved:
    """Reject a batch in review; one person suffices towards safety."""
    _require_reason(command.reason)
    batch = batch_named(uow.session, command.batch_no)
    _sign_move(acting, _move(uow, acting, batch, "reject", record="reject", reason=command.reason), kind="batch_record")
    uow.audit.record(Action.BATCH_REJECTED, ("batch", batch.batch_no), reason=command.reason)
    return _moved(batch)


# --- shared by the moves -----------------------------------------------------------------------------------------------


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise RefusedError("A reason is missing.", remedy="Write the reason.")


def _move(
    uow: UnitOfWork,
    acting: Acting,
    batch: Batch,
    name: str,
    *,
    record: str | None = None,
    procedure: tuple[str, ...] = (),
    reason: str = "",
) -> BatchTransition:
    """Fire the arrows and append the move to the batch's history."""
    from_record, from_procedure = batch.record_state, batch.procedure_state
    if record is not None:
        batch.record_state = RECORD_LIFE_CYCLE.next(batch.record_state, record)
    for trigger in procedure:
        batch.procedure_state = PROCEDURE_LIFE_CYCLE.next(batch.procedure_state, trigger)
    (last,) = uow.cursor.execute("SELECT coalesce(max(n), 0) FROM batch_transition WHERE batch_no = ?", (batch.batch_no,)).fetchone()
    row = BatchTransition(
        id=new_id(), batch_no=batch.batch_no, n=last + 1, command=name, from_record=from_record, to_record=batch.record_state,
        from_procedure=from_procedure, to_procedure=batch.procedure_state, performed_by=acting.principal.employee_id, at_us=acting.now.utc_us,
        reason=reason,
    )  # fmt: skip
    uow.session.add(row)
    return row


def _sign_move(acting: Acting, row: BatchTransition, *, kind: str) -> None:
    acting.signed().onto(row, "signed", kind=kind, subject_id=row.id, version=1)


def _produced(session: RowSession, batch: Batch) -> str:
    accepted = session.scalars(select(Weighing).where(Weighing.batch_no == batch.batch_no, Weighing.accepted == 1))
    total = sum((Quantity.parse(w.net, w.unit).to(batch.unit).value for w in accepted), Decimal(0))
    return f"{total:f}"


def _used_for(batch: Batch) -> UsedFor:
    return UsedFor(batch.batch_no, batch.product, batch.product_lot, batch.line)


def _moved(batch: Batch) -> c.BatchMoved:
    return c.BatchMoved(batch.batch_no, batch.record_state, batch.procedure_state)
