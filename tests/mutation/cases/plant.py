"""Batches, weighings, recipes."""

from __future__ import annotations

from typing import Any

from jope.compliance.commands import Command
from jope.compliance.commands.declaration import HANDLED
from jope.kernel.clock import site_date
from jope.kernel.errors import NotFoundError
from jope.plant.batches import commands as c
from jope.plant.batches import guards as g
from jope.plant.batches import handlers as bh
from jope.plant.batches.model import ProcedureState, RecordState
from jope.plant.recipes import handlers as rh
from jope.plant.recipes.commands import ApproveRecipeVersion
from jope.plant.weighing import commands as w
from jope.plant.weighing import handlers as wh
from jope.services.provisioning import demo_data as demo
from tests.mutation.world import BATCH, REFUSED, Case, Sql, World, change, put, with_fields

_START, _CLEAR, _VERIFY = c.StartBatch(batch_no=BATCH), c.PerformClearance(batch_no=BATCH, answers=()), c.VerifyClearance(batch_no=BATCH)
_RELEASE, _CERTIFY, _COMPLETE = c.ReleaseBatch(batch_no=BATCH), c.CertifyBatch(batch_no=BATCH), c.CompleteBatch(batch_no=BATCH)
_RECORDS, _PROCEDURES = tuple(state.value for state in RecordState), tuple(state.value for state in ProcedureState)
_ALLOWED: dict[type[Command], tuple[str, str]] = {
    c.ReleaseBatchToFloor: ("Planned", ""),
    c.StartBatch: ("Ready", "Idle"),
    c.HoldBatch: ("", "Running"),
    c.RestartBatch: ("", "Held"),
    c.CompleteBatch: ("InExecution", "Running"),
    c.ReviewBatch: ("InReview", ""),
    c.ReleaseBatch: ("InReview", ""),
    c.CertifyBatch: ("InReview", ""),
    c.RejectBatch: ("InReview", ""),
}
"""The record's and the procedure's state that a command is given in; empty for any."""


def _batch(**columns: Any) -> Sql:
    return change("batch", f"batch_no = '{BATCH}'", **columns)


def _cleared(**changed: Any) -> Sql:
    row = {"id": f"{BATCH}:clearance", "batch_no": BATCH, "line": "L3", "performed_signer": "D-OPER", "version": 1}
    return put("clearance", **(row | changed))


def _clearance() -> list[Case]:
    good, bad = c.ClearanceAnswer("1", True), c.ClearanceAnswer("2", False)
    verified = _cleared(verified_signature="S")
    running = put("batch", batch_no="B-2", line="L3", record_state="InExecution", version=1)
    elsewhere = put("batch", batch_no="B-2", line="L1", record_state="InExecution", version=1)
    ended = put("batch", batch_no="B-2", line="L3", record_state="InReview", version=1)
    ready = [Case(g.batch_is_ready, _CLEAR, None if state == "Ready" else state, rows=[_batch(record_state=state)]) for state in _RECORDS]
    return [
        *ready,
        Case(g.batch_is_ready, with_fields(_CLEAR, batch_no="B-404"), NotFoundError),
        Case(g.clearance_is_open, _CLEAR, None),
        Case(g.clearance_is_open, _CLEAR, REFUSED, rows=[_cleared()]),
        Case(g.every_check_passed, with_fields(_CLEAR, answers=(good, good)), None),
        Case(g.every_check_passed, with_fields(_CLEAR, answers=(good, bad)), REFUSED),
        Case(g.every_check_passed, _CLEAR, REFUSED),
        Case(g.clearance_is_performed, _VERIFY, "not performed yet"),
        Case(g.clearance_is_performed, _VERIFY, None, rows=[_cleared()]),
        Case(g.clearance_is_performed, _VERIFY, "already", rows=[verified]),
        Case(g.clearance_verifier_is_another, _VERIFY, None),
        Case(g.clearance_verifier_is_another, _VERIFY, None, rows=[_cleared()]),
        Case(g.clearance_verifier_is_another, _VERIFY, REFUSED, who="D-OPER", rows=[_cleared()]),
        Case(g.line_is_cleared, _START, REFUSED),
        Case(g.line_is_cleared, _START, REFUSED, rows=[_cleared()]),
        Case(g.line_is_cleared, _START, None, rows=[verified]),
        Case(g.line_is_free, _START, None),
        Case(g.line_is_free, _START, None, rows=[_batch(record_state="InExecution")]),
        Case(g.line_is_free, _START, None, rows=[ended]),
        Case(g.line_is_free, _START, None, rows=[elsewhere]),
        Case(g.line_is_free, _START, "B-2", rows=[running]),
    ]  # fmt: skip


def _start() -> list[Case]:
    clearance = [
        _cleared(), put("audit", seq=90_001, action="clearance.performed"), put("audit_subject", seq=90_001, n=1, kind="clearance", id=f"{BATCH}:clearance"),
    ]  # fmt: skip

    def other(seq: int, line: str = "L3", **columns: Any) -> list[Sql]:
        return [
            put("batch", batch_no="B-2", line=line, record_state="InReview", version=1, **({"started_us": 5} | columns)),
            put("audit", seq=seq, action="signature.applied"),
            put("audit_subject", seq=seq, n=1, kind="formulation", id="B-2"),
        ]

    return [
        Case(g.clearance_is_fresh, _START, None),
        Case(g.clearance_is_fresh, _START, None, rows=clearance),
        Case(g.clearance_is_fresh, _START, "B-2", rows=[*clearance, *other(90_002)]),
        Case(g.clearance_is_fresh, _START, None, rows=[*clearance, *other(90_000)]),
        Case(g.clearance_is_fresh, _START, None, rows=[*clearance, *other(90_002, "L1")]),
        Case(g.clearance_is_fresh, _START, None, rows=[*clearance, *other(90_002, started_us=None)]),
        Case(g.recipe_is_effective, _START, None),
        Case(g.recipe_is_effective, _START, "superseded", rows=[change("recipe_version", "1", state="superseded")]),
    ]  # fmt: skip


def _scales(world: World) -> list[Case]:
    today, scale = site_date(world.now_us, world.station.info.zone), f"device_id = '{demo.DEMO_SCALE}'"
    foreign = put("device", device_id="SC-9", line="L1", calibration_due="2020-01-01", check_passed=0, version=1)
    return [
        Case(g.scale_is_in_calibration, _START, None),
        Case(g.scale_is_in_calibration, _START, None, rows=[change("device", scale, calibration_due=today)]),
        Case(g.scale_is_in_calibration, _START, REFUSED, rows=[change("device", scale, calibration_due="2020-01-01")]),
        Case(g.scale_is_in_calibration, _START, REFUSED, rows=[change("device", scale, check_passed=0)]),
        Case(g.scale_is_in_calibration, _START, None, rows=[foreign]),
    ]  # fmt: skip


class _Anchors:
    """What the station's anchor would say."""

    def __init__(self, needed: bool, reach: int) -> None:
        self.needed = needed
        self._reach = reach

    def reach(self, session: object) -> int:
        """How many events an anchor holds."""
        return self._reach


def _record(world: World) -> list[Case]:
    held = put("batch_transition", id="T-9", batch_no=BATCH, n=9, command="hold", performed_by="D-SUPER")
    earlier = put("batch_transition", id="T-8", batch_no=BATCH, n=8, command="hold", performed_by="D-QA")
    restart = c.RestartBatch(batch_no=BATCH, reason="r")
    lines = [put("formulation_line", id=f"{BATCH}:{n}", batch_no=BATCH, position=n) for n in (1, 2)]
    done = [put("dispense", id=f"{BATCH}:{n}", batch_no=BATCH, position=n, verified_signature="S", version=1) for n in (1, 2)]
    open_ = put("dispense", id=f"{BATCH}:2", batch_no=BATCH, position=2, version=1)
    top = int(world.value("SELECT max(seq) FROM audit"))
    read = put("trail_review", id="T-1", subject_kind="batch", subject_id=BATCH, up_to_seq=top)
    unread = put("trail_review", id="T-1", subject_kind="batch", subject_id=BATCH, up_to_seq=1)
    last = int(world.value(
        f"SELECT max(s.seq) FROM audit_subject s JOIN audit a USING (seq) WHERE s.kind = 'batch' AND s.id = '{BATCH}' "
        "AND json_extract(a.body, '$.next') IS NOT NULL"
    ))  # fmt: skip
    lot = demo_lot(world)
    weighed = put("weighing", id="W-1", batch_no=BATCH, accepted=1, lot_no=lot, performed_by="D-OPER", version=1)
    tried = put("weighing", id="W-1", batch_no=BATCH, accepted=0, lot_no=lot, performed_by="D-OPER", version=1)
    rejected = change("lot", f"lot_no = '{lot}'", state="rejected")
    return [
        Case(g.restarter_is_another, restart, None),
        Case(g.restarter_is_another, restart, None, rows=[held, earlier]),
        Case(g.restarter_is_another, restart, REFUSED, who="D-SUPER", rows=[held, earlier]),
        Case(g.materials_are_verified, _COMPLETE, None, rows=[*lines, *done]),
        Case(g.materials_are_verified, _COMPLETE, "Material 2", rows=[*lines, done[0], open_]),
        Case(g.materials_are_verified, _COMPLETE, "Material 2", rows=[*lines, done[0]]),
        Case(g.batch_is_reviewed, _RELEASE, REFUSED),
        Case(g.batch_is_reviewed, _RELEASE, None, rows=[_batch(reviewed_by="D-SUPER")]),
        Case(g.batch_is_unreviewed, c.ReviewBatch(batch_no=BATCH), None),
        Case(g.batch_is_unreviewed, c.ReviewBatch(batch_no=BATCH), REFUSED, rows=[_batch(reviewed_by="D-SUPER")]),
        Case(g.trail_is_reviewed, _RELEASE, "not reviewed"),
        Case(g.trail_is_reviewed, _RELEASE, None, rows=[read]),
        Case(g.trail_is_reviewed, _RELEASE, "came after", rows=[unread]),
        Case(g.lots_are_released, _RELEASE, None, rows=[weighed]),
        Case(g.lots_are_released, _RELEASE, "rejected", rows=[weighed, rejected]),
        Case(g.lots_are_released, _RELEASE, "on hold", rows=[weighed, change("lot", f"lot_no = '{lot}'", hold_id="H")]),
        Case(g.lots_are_released, _RELEASE, None, rows=[rejected]),
        Case(g.lots_are_released, _RELEASE, None, rows=[tried, rejected]),
        Case(g.release_is_unsigned, _RELEASE, None),
        Case(g.release_is_unsigned, _RELEASE, REFUSED, rows=[_batch(release_signature="S")]),
        Case(g.release_is_signed, _CERTIFY, REFUSED),
        Case(g.release_is_signed, _CERTIFY, None, rows=[_batch(release_signature="S")]),
        Case(g.releaser_took_no_part, _RELEASE, None, rows=[weighed, _batch(reviewed_by="D-SUPER")]),
        Case(g.releaser_took_no_part, _RELEASE, REFUSED, who="D-OPER", rows=[weighed]),
        Case(g.releaser_took_no_part, _RELEASE, REFUSED, who="D-OPER", rows=[tried]),
        Case(g.releaser_took_no_part, _RELEASE, REFUSED, who="D-SUPER", rows=[_batch(reviewed_by="D-SUPER")]),
        Case(g.releaser_took_no_part, _RELEASE, None, who="D-OPER", rows=[put("weighing", id="W-2", batch_no="B-2", performed_by="D-OPER", version=1)]),
        Case(g.certifier_is_another, _CERTIFY, None, rows=[_batch(release_signer="D-QP")]),
        Case(g.certifier_is_another, _CERTIFY, REFUSED, rows=[_batch(release_signer="D-QA")]),
        Case(g.record_is_anchored, _RELEASE, None, ports={"anchors": _Anchors(False, 0)}),
        Case(g.record_is_anchored, _RELEASE, REFUSED, ports={"anchors": _Anchors(True, 0)}),
        Case(g.record_is_anchored, _RELEASE, REFUSED, ports={"anchors": _Anchors(True, last - 1)}),
        Case(g.record_is_anchored, _RELEASE, None, ports={"anchors": _Anchors(True, last)}),
        Case(g.record_is_anchored, _RELEASE, None, ports={"anchors": _Anchors(True, last + 1)}),
        Case(g.record_is_anchored, with_fields(_RELEASE, batch_no="B-404"), None, ports={"anchors": _Anchors(True, 0)}),
    ]  # fmt: skip


def demo_lot(world: World) -> str:
    """A lot that is released."""
    return str(world.value("SELECT lot_no FROM lot WHERE state = 'released' LIMIT 1"))


def _moves() -> list[Case]:
    """Every batch command with a guard of states, in every pair of states: let through where both tables hold its arrow."""
    found = []
    for handler, command in (
        (bh.release_batch_to_floor, c.ReleaseBatchToFloor(batch_no=BATCH)), (bh.start_batch, _START),
        (bh.hold_batch, c.HoldBatch(batch_no=BATCH, reason="r")), (bh.restart_batch, c.RestartBatch(batch_no=BATCH, reason="r")),
        (bh.complete_batch, _COMPLETE), (bh.review_batch, c.ReviewBatch(batch_no=BATCH)), (bh.release_batch, _RELEASE),
        (bh.certify_batch, _CERTIFY), (bh.reject_batch, c.RejectBatch(batch_no=BATCH, reason="r")),
    ):  # fmt: skip
        in_state = next(guard for guard in getattr(handler, HANDLED).guards if isinstance(guard, g.InState))
        of_record, of_procedure = _ALLOWED[type(command)]
        found += [
            Case(
                in_state,
                command,
                None if of_record in ("", record) and of_procedure in ("", procedure) else record,
                rows=[_batch(record_state=record, procedure_state=procedure)],
            )
            for record in _RECORDS
            for procedure in _PROCEDURES
        ]
    return found


def _weighing() -> list[Case]:
    verify = w.VerifyContainer(weighing_id="W-1")
    finish, check = w.FinishMaterial(batch_no=BATCH, position=1), w.VerifyMaterial(batch_no=BATCH, position=1)

    def weighed(**changed: Any) -> Sql:
        row = {"id": "W-1", "batch_no": BATCH, "position": 1, "accepted": 1, "performed_by": "D-OPER", "version": 1}
        return put("weighing", **(row | changed))

    def dispensed(**columns: Any) -> Sql:
        return put("dispense", id=f"{BATCH}:1", batch_no=BATCH, position=1, version=1, **columns)

    signed = {"performed_signature": "S", "performed_signer": "D-OPER"}
    return [
        Case(wh.container_is_open, verify, None, rows=[weighed()]),
        Case(wh.container_is_open, verify, REFUSED, rows=[weighed(accepted=0)]),
        Case(wh.container_is_open, verify, REFUSED, rows=[weighed(verified_signature="S")]),
        Case(wh.container_is_open, verify, NotFoundError),
        Case(wh.verifier_is_another, verify, None, rows=[weighed()]),
        Case(wh.verifier_is_another, verify, REFUSED, who="D-OPER", rows=[weighed()]),
        Case(wh.containers_are_verified, finish, "Nothing is weighed"),
        Case(wh.containers_are_verified, finish, "Nothing is weighed", rows=[weighed(accepted=0)]),
        Case(wh.containers_are_verified, finish, "not verified", rows=[weighed()]),
        Case(wh.containers_are_verified, finish, "not verified", rows=[weighed(), weighed(id="W-2", verified_signature="S")]),
        Case(wh.containers_are_verified, finish, None, rows=[weighed(verified_signature="S")]),
        Case(wh.material_is_open, finish, None, rows=[dispensed()]),
        Case(wh.material_is_open, finish, REFUSED),
        Case(wh.material_is_open, finish, REFUSED, rows=[dispensed(**signed)]),
        Case(wh.material_is_finished, check, "not signed"),
        Case(wh.material_is_finished, check, "not signed", rows=[dispensed()]),
        Case(wh.material_is_finished, check, "already", rows=[dispensed(**signed, verified_signature="S")]),
        Case(wh.material_is_finished, check, None, rows=[dispensed(**signed)]),
        Case(wh.material_verifier_is_another, check, None),
        Case(wh.material_verifier_is_another, check, None, rows=[dispensed(**signed)]),
        Case(wh.material_verifier_is_another, check, REFUSED, who="D-OPER", rows=[dispensed(**signed)]),
    ]  # fmt: skip


def _recipes(world: World) -> list[Case]:
    approve = ApproveRecipeVersion(recipe_id=demo.DEMO_RECIPE, version=1)
    author = str(world.value("SELECT drafted_by FROM recipe_version"))
    return [
        Case(rh.approver_is_not_author, approve, None, who="D-VALID"),
        Case(rh.approver_is_not_author, approve, REFUSED, who=author),
        Case(rh.approver_is_not_author, with_fields(approve, version=9), NotFoundError),
    ]


def cases(world: World) -> list[Case]:
    """Every guard of the rooms."""
    return [*_clearance(), *_start(), *_scales(world), *_record(world), *_moves(), *_weighing(), *_recipes(world)]
