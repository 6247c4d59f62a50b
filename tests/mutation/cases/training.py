"""Procedures, what requires them, and who was trained."""

from __future__ import annotations

from jope.compliance.training import commands as c
from jope.compliance.training import guards as g
from jope.kernel.errors import NotFoundError
from tests.mutation.world import REFUSED, SOP, Case, World, change, drop, put, with_fields


def _procedures(world: World) -> list[Case]:
    kept = str(world.value(f"SELECT document_hash FROM sop_version WHERE sop_id = '{SOP}'"))
    publish = c.PublishSop(
        sop_id=SOP, number=2, title="t", document_hash=kept, document_name="n", effective_from="2026-11-20", validity_months=12, reason="r"
    )
    withdraw, require = (
        c.WithdrawSop(sop_id=SOP, number=1, reason="r"),
        c.RequireTraining(kind="action", key="CreateBatch", sop_id=SOP, reason="r"),
    )
    release = c.ReleaseRequirement(kind="action", key="CreateBatch", sop_id=SOP, reason="r")
    held = put("training_requirement", id=f"action:CreateBatch:{SOP}", kind="action", key="CreateBatch", sop_id=SOP, active=1, version=1)
    let_go = put("training_requirement", id=f"action:CreateBatch:{SOP}", kind="action", key="CreateBatch", sop_id=SOP, active=0, version=1)
    old = change("sop_version", "1", state="superseded")
    return [
        Case(g.reason_is_given, publish, None),
        Case(g.reason_is_given, with_fields(publish, reason=" "), REFUSED),
        Case(g.version_is_well_formed, publish, None),
        *(Case(g.version_is_well_formed, with_fields(publish, **{name: value}), None) for name, value in (
            ("number", 1), ("validity_months", 0), ("validity_months", 600), ("sop_id", "A" * 40))),
        *(Case(g.version_is_well_formed, with_fields(publish, **{name: value}), REFUSED) for name, value in (
            ("sop_id", ""), ("sop_id", "A" * 41), ("sop_id", "-1"), ("title", " "), ("document_name", " "), ("number", 0), ("number", -1),
            ("effective_from", "soon"), ("effective_from", "20261120"), ("validity_months", -1), ("validity_months", 601))),
        Case(g.version_is_the_next, publish, None),
        Case(g.version_is_the_next, with_fields(publish, number=1), REFUSED),
        Case(g.version_is_the_next, with_fields(publish, number=0), REFUSED),
        Case(g.version_is_the_next, with_fields(publish, sop_id="SOP-NEW", number=1), None),
        Case(g.document_is_kept, publish, None),
        Case(g.document_is_kept, with_fields(publish, document_hash="0" * 64), REFUSED),
        Case(g.version_is_effective, withdraw, None),
        Case(g.version_is_effective, withdraw, "superseded", rows=[old]),
        Case(g.version_is_effective, with_fields(withdraw, number=9), NotFoundError),
        Case(g.nothing_requires_it, withdraw, None, rows=[let_go]),
        Case(g.nothing_requires_it, withdraw, "CreateBatch", rows=[held]),
        Case(g.duty_exists, require, None),
        Case(g.duty_exists, with_fields(require, kind="meaning", key="review"), None),
        Case(g.duty_exists, with_fields(require, key="Fly"), REFUSED),
        Case(g.duty_exists, with_fields(require, key="HoldBatch"), REFUSED),
        Case(g.duty_exists, with_fields(require, kind="wish"), REFUSED),
        Case(g.sop_is_effective, require, None),
        Case(g.sop_is_effective, require, REFUSED, rows=[old]),
        Case(g.training_is_not_required, require, None),
        Case(g.training_is_not_required, require, None, rows=[let_go]),
        Case(g.training_is_not_required, require, REFUSED, rows=[held]),
        Case(g.training_is_required, release, None, rows=[held]),
        Case(g.training_is_required, release, REFUSED, rows=[let_go]),
        Case(g.training_is_required, release, REFUSED),
    ]  # fmt: skip


def _people() -> list[Case]:
    own = c.ReadAndUnderstood(sop_id=SOP, number=1)
    instruct = c.RecordInstruction(employee_id="D-OPER", sop_id=SOP, number=1, note="asked and shown")
    ends = change("training_record", "1", valid_until="2099-01-01")
    over = change("training_record", "1", valid_until="2020-01-01")
    second = [change("sop_version", "1", state="superseded"),
              put("sop_version", id=f"{SOP}:2", sop_id=SOP, number=2, title="t", effective_from="2026-01-01", state="effective", version=1)]  # fmt: skip
    coming = [change("sop_version", "1", state="superseded"),
              put("sop_version", id=f"{SOP}:2", sop_id=SOP, number=2, title="t", effective_from="2099-01-01", state="effective", version=1)]  # fmt: skip
    ahead = change("training_record", "1", sop_version_id=f"{SOP}:2")
    oper = "employee_id = 'D-OPER'"
    return [
        Case(g.is_not_read_for_good, own, None, who="D-OPER"),
        Case(g.is_not_read_for_good, own, REFUSED),
        Case(g.is_not_read_for_good, own, None, rows=[ends]),
        Case(g.is_not_read_for_good, own, None, rows=[over]),
        Case(g.is_not_read_for_good, with_fields(own, number=2), None, rows=second),
        Case(g.is_not_read_for_good, with_fields(own, number=2), None, rows=coming),
        Case(g.is_not_read_for_good, own, REFUSED, rows=[*second, ahead]),
        Case(g.is_not_read_for_good, own, None, rows=second),
        Case(g.is_not_read_for_good, with_fields(own, sop_id="SOP-404"), None),
        Case(g.trainer_is_another, instruct, None),
        Case(g.trainer_is_another, instruct, REFUSED, who="D-OPER"),
        Case(g.trainer_is_trained, instruct, None),
        Case(g.trainer_is_trained, instruct, REFUSED, who="D-SUPER"),
        Case(g.trainer_is_trained, instruct, REFUSED, rows=[over]),
        Case(g.trainer_is_trained, with_fields(instruct, number=2), REFUSED, rows=second),
        Case(g.trainer_is_trained, with_fields(instruct, number=2), REFUSED, rows=coming),
        Case(g.trainer_is_trained, instruct, None, rows=[*second, ahead]),
        Case(g.trainer_is_trained, with_fields(instruct, sop_id="SOP-404"), REFUSED),
        Case(g.trainee_works_here, instruct, None),
        Case(g.trainee_works_here, instruct, None, rows=[change("user_account", oper, state="locked")]),
        Case(g.trainee_works_here, instruct, REFUSED, rows=[change("user_account", oper, state="disabled")]),
        Case(g.trainee_works_here, instruct, REFUSED, rows=[drop("user_account", oper)]),
        Case(g.note_is_given, instruct, None),
        Case(g.note_is_given, with_fields(instruct, note=" "), REFUSED),
    ]  # fmt: skip


def cases(world: World) -> list[Case]:
    """Every guard of the room."""
    return [*_procedures(world), *_people()]
