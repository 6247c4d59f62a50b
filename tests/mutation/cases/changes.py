"""Change requests: who decides what, and until when."""

from __future__ import annotations

from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.access.roles import ROLE_PERMISSIONS
from jope.compliance.changes import commands as c
from jope.compliance.changes import handlers as h
from jope.compliance.changes.stored import command_text, rows_text
from jope.compliance.commands import Command, SheetRow
from jope.compliance.people.commands import ChangeUser, UnlockUser
from jope.compliance.settings.commands import ChangeSetting
from jope.kernel.errors import NotFoundError
from tests.mutation.world import REFUSED, Case, Sql, World, put

_HORN = ChangeSetting(key="alarm.horn", value="off", reason="too loud")
_IDLE = ChangeSetting(key="session.idle_lock", value="60", reason="shorter")
_ABOUT = ChangeUser(employee_id="D-QA", name="n", role="qa", line="*", access_from="", access_until="", reason="r")
_UNLOCK = UnlockUser(employee_id="D-OPER", how="badge", reason="r")
_DIFF = rows_text((SheetRow("Horn for alarms of priority 1 and 2", "on", "off"),))
_TWICE = frozenset({Permission.USER_REQUEST})


def _row(command: Command = _HORN, **changed: Any) -> Sql:
    """A submitted request of the administrator's."""
    row: dict[str, Any] = {
        "id": "CR-1", "command": type(command).__name__, "content": command_text(command), "state": "submitted", "requester": "D-ADMIN",
        "diff": _DIFF, "needed": 1, "emergency": 0, "drafted_us": 1, "expires_us": 1000, "deviation": "", "version": 1,
    }  # fmt: skip
    return put("change_request", **(row | changed))


def cases(world: World) -> list[Case]:
    """Every guard of the room."""
    approve, submit = c.ApproveChange(request_id="CR-1"), c.SubmitChange(request_id="CR-1")
    witness, ratify = c.WitnessChange(request_id="CR-1"), c.RatifyChange(request_id="CR-1")
    reject, execute = c.RejectChange(request_id="CR-1", reason="why"), c.ExecuteChange(request_id="CR-1")
    inside = ROLE_PERMISSIONS["qa"] | _TWICE
    executed = {"emergency": 1, "state": "executed"}
    found = [
        Case(h.request_is_in_time, approve, None, rows=[_row()], now_us=999),
        Case(h.request_is_in_time, approve, "expired", rows=[_row()], now_us=1000),
        Case(h.request_is_in_time, approve, "expired", rows=[_row()], now_us=1001),
        Case(h.request_is_yours, submit, None, who="D-ADMIN", rows=[_row()]),
        Case(h.request_is_yours, submit, "D-ADMIN's", who="D-QA", rows=[_row()]),
        Case(h.approver_is_another, approve, None, who="D-QA", rows=[_row()]),
        Case(h.approver_is_another, approve, "yourself", who="D-ADMIN", rows=[_row()]),
        Case(h.approver_is_another_than_concerned, approve, None, who="D-QA", rows=[_row()]),
        Case(h.approver_is_another_than_concerned, approve, None, who="D-QP", rows=[_row(_ABOUT)]),
        Case(h.approver_is_another_than_concerned, approve, "about you", who="D-QA", rows=[_row(_ABOUT)]),
        Case(h.approver_is_another_than_before, approve, None, rows=[_row(approval_signer="D-QP", further_signer="D-ADMIN")]),
        Case(h.approver_is_another_than_before, approve, "already", rows=[_row(approval_signer="D-QA")]),
        Case(h.approver_is_another_than_before, approve, "already", rows=[_row(further_signer="D-QA")]),
        Case(h.approval_is_asked_of_you, approve, None, rows=[_row()]),
        Case(h.approval_is_asked_of_you, approve, "change.approve", who="D-OPER", rows=[_row()]),
        Case(h.approval_is_left_to_give, approve, None, rows=[_row(further_signature="S")]),
        Case(h.approval_is_left_to_give, approve, None, rows=[_row()], permissions=inside),
        Case(h.approval_is_left_to_give, approve, "outside administration", rows=[_row(further_signature="S")], permissions=inside),
        Case(h.witness_is_asked_for, witness, None, rows=[_row(_UNLOCK)]),
        Case(h.witness_is_asked_for, witness, REFUSED, rows=[_row()]),
        Case(h.target_has_not_moved, approve, None, rows=[_row()]),
        Case(h.target_has_not_moved, approve, REFUSED, rows=[_row(diff="[]")]),
        Case(h.emergency_is_foreseen, submit, None, rows=[_row(_IDLE)]),
        Case(h.emergency_is_foreseen, c.SubmitChange(request_id="CR-1", emergency=True), None, rows=[_row()]),
        Case(h.emergency_is_foreseen, c.SubmitChange(request_id="CR-1", emergency=True), REFUSED, rows=[_row(_IDLE)]),
        Case(h.ratification_is_due, ratify, None, rows=[_row(**executed)]),
        Case(h.ratification_is_due, ratify, REFUSED, rows=[_row(**executed | {"emergency": 0})]),
        Case(h.ratification_is_due, ratify, REFUSED, rows=[_row(**executed | {"state": "approved"})]),
        Case(h.ratification_is_due, ratify, REFUSED, rows=[_row(**executed | {"approval_signature": "S"})]),
        Case(h.ratifier_stands_outside, ratify, None, rows=[_row()]),
        Case(h.ratifier_stands_outside, ratify, REFUSED, who="D-ADMIN", rows=[_row()]),
        Case(h.refusal_has_a_reason, reject, None),
        Case(h.refusal_has_a_reason, c.RejectChange(request_id="CR-1", reason=" "), REFUSED),
        Case(h.request_is_submitted, approve, NotFoundError),
    ]  # fmt: skip
    of_states = (
        (h.request_is_a_draft, submit, "draft"),
        (h.request_is_submitted, approve, "submitted"),
        (h.request_is_approved, execute, "approved"),
    )
    for guard, command, right in of_states:
        for state in ("draft", "submitted", "approved", "rejected", "withdrawn", "expired", "executing", "executed", "failed"):
            found.append(Case(guard, command, None if state == right else f"is {state}", rows=[_row(state=state)]))
    return found
