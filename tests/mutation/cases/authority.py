"""Roles, deputies, emergencies, access reviews."""

from __future__ import annotations

from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.access.roles import ROLE_PERMISSIONS
from jope.compliance.authority import commands as c
from jope.compliance.authority import handlers as h
from jope.kernel.errors import NotFoundError
from tests.mutation.world import REFUSED, Case, Sql, World, change, put, with_fields

_SIGN_IN, _HOLD = Permission.SIGN_IN.value, Permission.BATCH_HOLD.value
_NEW = c.CreateRole(role="packer", title="Packer", permissions=(_SIGN_IN, _HOLD), reason="r")
_ROLE = c.ChangeRole(role="operator", permissions=(_SIGN_IN, _HOLD), reason="r")
_DEPUTY = c.AppointDeputy(employee_id="D-VALID", stands_for="D-QP", from_us=1000, until_us=2000, reason="r")
_BREAK = c.BreakGlass(grant_id="G-1", minutes=30, reason="fire")
_DAY_US = 86_400_000_000


def _roles() -> list[Case]:
    toxic = (_SIGN_IN, Permission.WEIGHING_PERFORM.value, Permission.WEIGHING_VERIFY.value)
    release, approve = Permission.BATCH_RELEASE.value, Permission.CHANGE_APPROVE.value
    held = {"kind": "deputy", "employee_id": "D-QP", "role": "validation", "review_due_us": None}
    certifying = with_fields(_ROLE, role="validation", permissions=(_SIGN_IN, release))
    as_it_is = with_fields(_ROLE, permissions=tuple(sorted(p.value for p in ROLE_PERMISSIONS["operator"])))
    return [
        Case(h.role_is_new, _NEW, None),
        *(Case(h.role_is_new, with_fields(_NEW, role=name), None) for name in ("p", "p" * 32, "pack_2")),
        Case(h.role_is_new, with_fields(_NEW, role="operator"), "There is a role"),
        Case(h.role_is_new, with_fields(_NEW, role="system"), "station itself"),
        Case(h.emergency_stays_small, with_fields(_ROLE, role="emergency"), None),
        Case(h.emergency_stays_small, with_fields(_ROLE, role="emergency", permissions=(_SIGN_IN, release)), release),
        Case(h.emergency_stays_small, with_fields(_ROLE, permissions=(_SIGN_IN, release)), None),
        Case(h.people_hold_nothing_toxic, certifying, None, now_us=500),
        Case(h.people_hold_nothing_toxic, certifying, "D-QP", now_us=500, rows=[_grant(**held)]),
        Case(h.people_hold_nothing_toxic, certifying, None, now_us=1000, rows=[_grant(**held)]),
        Case(h.people_hold_nothing_toxic, with_fields(certifying, permissions=(_SIGN_IN, "fly")), None, now_us=500, rows=[_grant(**held)]),
        *(Case(h.role_is_new, with_fields(_NEW, role=name), "small letters") for name in ("", "p" * 33, "Packer", "pack-er", "p\u00e4cker", "pack er")),
        Case(h.role_is_new, with_fields(_NEW, title=" "), "small letters"),
        Case(h.role_is_there, _ROLE, None),
        Case(h.role_is_there, with_fields(_ROLE, role="pilot"), "pilot"),
        Case(h.permissions_are_known, _NEW, None),
        Case(h.permissions_are_known, with_fields(_NEW, permissions=(_SIGN_IN, "fly")), "'fly'"),
        Case(h.permissions_are_known, with_fields(_NEW, permissions=(_SIGN_IN, _SIGN_IN)), "twice"),
        Case(h.permissions_are_known, with_fields(_NEW, permissions=(_HOLD,)), "could not sign in"),
        Case(h.permissions_are_known, with_fields(_NEW, permissions=()), "could not sign in"),
        Case(h.duties_stay_apart, _NEW, None),
        Case(h.duties_stay_apart, with_fields(_NEW, permissions=(*_NEW.permissions, "fly")), None),
        Case(h.duties_stay_apart, with_fields(_NEW, permissions=toxic), "different people"),
        Case(h.duties_stay_apart, with_fields(_NEW, permissions=toxic[1:]), "different people"),
        Case(h.duties_stay_apart, with_fields(_NEW, permissions=(_SIGN_IN, Permission.USER_REQUEST.value)), None),
        Case(h.duties_stay_apart, with_fields(_NEW, permissions=(_HOLD, Permission.USER_REQUEST.value)), "dministration"),
        Case(h.duties_stay_apart, with_fields(_NEW, permissions=(_SIGN_IN, approve)), "duty of quality"),
        Case(h.duties_stay_apart, with_fields(_NEW, permissions=(_SIGN_IN, approve, Permission.USER_REQUEST.value)), None),
        Case(h.duties_stay_apart, with_fields(_NEW, permissions=(_SIGN_IN, approve, release)), None),
        Case(h.role_changes, _ROLE, None),
        Case(h.role_changes, as_it_is, REFUSED),
        Case(h.role_changes, with_fields(as_it_is, permissions=as_it_is.permissions[1:]), None),
    ]  # fmt: skip


def _grant(**changed: Any) -> Sql:
    row: dict[str, Any] = {
        "id": "G-1", "kind": "break_glass", "employee_id": "D-SUPER", "role": "emergency", "reason": "r", "from_us": 100, "until_us": 1000,
        "review_due_us": 5000, "review": "", "version": 1,
    }  # fmt: skip
    return put("role_grant", **(row | changed))


def _for_a_time() -> list[Case]:
    longest = 1000 + 92 * _DAY_US
    longest_yet = 100 + 210 * 60_000_000
    far = longest_yet + 1
    deputy_of = {"kind": "deputy", "employee_id": "D-VALID", "role": "operator", "review_due_us": None, "until_us": 1_500}
    return [
        Case(h.deputy_is_another, _DEPUTY, None),
        Case(h.deputy_is_another, with_fields(_DEPUTY, employee_id="D-INSP"), "inspector"),
        Case(h.deputy_is_another, with_fields(_DEPUTY, stands_for="D-VALID"), REFUSED),
        Case(h.deputy_is_another, _DEPUTY, REFUSED, rows=[change("user_account", "employee_id = 'D-VALID'", state="locked")]),
        Case(h.deputy_is_another, _DEPUTY, None, rows=[change("user_account", "employee_id = 'D-QP'", state="locked")]),
        Case(h.deputy_is_another, _DEPUTY, REFUSED, rows=[change("user_account", "employee_id = 'D-VALID'", role="qp")]),
        Case(h.deputy_is_another, with_fields(_DEPUTY, stands_for="E-404"), NotFoundError),
        Case(h.time_is_boxed, _DEPUTY, None, now_us=1500),
        Case(h.time_is_boxed, _DEPUTY, None, now_us=1999),
        Case(h.time_is_boxed, _DEPUTY, REFUSED, now_us=2000),
        Case(h.time_is_boxed, _DEPUTY, REFUSED, now_us=2001),
        Case(h.time_is_boxed, with_fields(_DEPUTY, until_us=1000), REFUSED, now_us=1),
        Case(h.time_is_boxed, with_fields(_DEPUTY, until_us=999), REFUSED, now_us=1),
        Case(h.time_is_boxed, with_fields(_DEPUTY, until_us=1001), None, now_us=1),
        Case(h.time_is_boxed, with_fields(_DEPUTY, until_us=longest), None, now_us=1),
        Case(h.time_is_boxed, with_fields(_DEPUTY, until_us=longest + 1), REFUSED, now_us=1),
        Case(h.deputy_holds_nothing_toxic, _DEPUTY, None),
        Case(h.deputy_holds_nothing_toxic, with_fields(_DEPUTY, employee_id="D-OPER", stands_for="D-SUPER"), "different people"),
        # The deputy of one person already: what is held at the same time must go together too.
        Case(h.deputy_holds_nothing_toxic, _DEPUTY, "different people", rows=[_grant(**deputy_of)]),
        Case(h.deputy_holds_nothing_toxic, _DEPUTY, None, rows=[_grant(**deputy_of | {"until_us": 1000})]),
        Case(h.deputy_holds_nothing_toxic, _DEPUTY, "different people", rows=[_grant(**deputy_of | {"until_us": 1001})]),
        Case(h.deputy_holds_nothing_toxic, _DEPUTY, None, rows=[_grant(**deputy_of | {"from_us": 2000, "until_us": 3000})]),
        Case(h.deputy_holds_nothing_toxic, _DEPUTY, "different people", rows=[_grant(**deputy_of | {"from_us": 1999, "until_us": 3000})]),
        Case(h.deputy_holds_nothing_toxic, _DEPUTY, None, rows=[_grant(**deputy_of, ended_us=1200)]),
        Case(h.deputy_holds_nothing_toxic, _DEPUTY, None, rows=[_grant(**deputy_of | {"employee_id": "D-SUPER"})]),
        Case(h.emergency_is_explained, _BREAK, None),
        *(Case(h.emergency_is_explained, with_fields(_BREAK, minutes=n), None) for n in (1, 240)),
        *(Case(h.emergency_is_explained, with_fields(_BREAK, minutes=n), REFUSED) for n in (-1, 0, 241)),
        Case(h.emergency_is_explained, with_fields(_BREAK, reason=" "), REFUSED),
        Case(h.emergency_role_goes_together, _BREAK, None, who="D-SUPER"),
        Case(h.emergency_role_goes_together, _BREAK, "different people", who="D-QA"),
        Case(h.emergency_role_goes_together, _BREAK, "different people", who="D-SUPER", now_us=500, rows=[_grant(kind="deputy", role="qa")]),
        Case(h.emergency_role_goes_together, _BREAK, None, who="D-SUPER", now_us=1000, rows=[_grant(kind="deputy", role="qa")]),
        Case(h.emergency_role_goes_together, _BREAK, "different people", who="D-SUPER", now_us=1,
             rows=[_grant(kind="deputy", role="qa", from_us=1_800_000_000, until_us=2_000_000_000)]),
        Case(h.emergency_role_goes_together, _BREAK, None, who="D-SUPER", now_us=1,
             rows=[_grant(kind="deputy", role="qa", from_us=1_800_000_001, until_us=2_000_000_000)]),
        Case(h.no_emergency_runs, _BREAK, None, who="D-SUPER", now_us=500),
        Case(h.no_emergency_runs, _BREAK, "runs already", who="D-SUPER", now_us=999, rows=[_grant()]),
        Case(h.no_emergency_runs, _BREAK, None, who="D-SUPER", now_us=1000, rows=[_grant()]),
        Case(h.no_emergency_runs, _BREAK, None, who="D-SUPER", now_us=500, rows=[_grant(ended_us=400)]),
        Case(h.no_emergency_runs, _BREAK, None, who="D-QA", now_us=500, rows=[_grant()]),
        Case(h.no_emergency_runs, _BREAK, None, who="D-SUPER", now_us=4999, rows=[_grant(ended_us=400)]),
        Case(h.no_emergency_runs, _BREAK, "not reviewed", who="D-SUPER", now_us=5000, rows=[_grant(ended_us=400)]),
        Case(h.no_emergency_runs, _BREAK, None, who="D-SUPER", now_us=5000, rows=[_grant(ended_us=400, reviewed_signature="S")]),
        Case(h.no_emergency_runs, _BREAK, None, who="D-SUPER", now_us=far, rows=[_grant(until_us=longest_yet, review_due_us=far + 1)]),
        Case(h.no_emergency_runs, with_fields(_BREAK, minutes=31), "not reviewed", who="D-SUPER", now_us=far,
             rows=[_grant(until_us=longest_yet, review_due_us=far + 1)]),
    ]  # fmt: skip


def _reviews() -> list[Case]:
    review = c.ReviewBreakGlass(grant_id="G-1", review="right")
    line = c.ReviewAccessLine(review_id="R-1", account="D-OPER", decision="keep")
    close = c.CloseAccessReview(review_id="R-1")
    open_, closed = put("access_review", id="R-1", opened_by="D-QA", opened_us=1), put("access_review", id="R-1", closed_us=2)
    unsigned = put("access_review_line", id="R-1:D-OPER", review_id="R-1", employee_id="D-OPER", facts="{}", decision="")
    signed = put("access_review_line", id="R-1:D-OPER", review_id="R-1", employee_id="D-OPER", reviewed_signature="S")
    return [
        Case(h.emergency_is_over, review, "still runs", rows=[_grant()], now_us=999),
        Case(h.emergency_is_over, review, None, rows=[_grant()], now_us=1000),
        Case(h.emergency_is_over, review, None, rows=[_grant(ended_us=400)], now_us=500),
        Case(h.emergency_is_over, review, "already", rows=[_grant(ended_us=400, reviewed_signature="S")], now_us=500),
        Case(h.emergency_is_over, with_fields(review, review=" "), "what was found", rows=[_grant(ended_us=400)], now_us=500),
        Case(h.emergency_is_over, review, NotFoundError),
        Case(h.emergency_is_over, review, NotFoundError, rows=[_grant(kind="deputy")]),
        Case(h.reviewer_is_another_than_holder, review, None, rows=[_grant()]),
        Case(h.reviewer_is_another_than_holder, review, REFUSED, who="D-SUPER", rows=[_grant()]),
        Case(h.no_review_is_open, c.OpenAccessReview(review_id="R-2"), None, rows=[closed]),
        Case(h.no_review_is_open, c.OpenAccessReview(review_id="R-2"), REFUSED, rows=[open_]),
        *(Case(h.line_is_open, with_fields(line, decision=decision), None, rows=[unsigned]) for decision in ("keep", "change", "disable")),
        Case(h.line_is_open, with_fields(line, decision="perhaps"), "Nothing is decided", rows=[unsigned]),
        Case(h.line_is_open, line, "already", rows=[signed]),
        Case(h.line_is_open, line, NotFoundError),
        Case(h.reviewer_is_another_than_account, line, None),
        Case(h.reviewer_is_another_than_account, line, REFUSED, who="D-OPER"),
        Case(h.every_line_is_signed, close, None, rows=[open_, signed]),
        Case(h.every_line_is_signed, close, "1 lines", rows=[open_, unsigned]),
        Case(h.every_line_is_signed, close, "2 lines", rows=[open_, unsigned, put("access_review_line", id="R-1:D-QA", review_id="R-1")]),
        Case(h.every_line_is_signed, close, None, rows=[open_, signed, put("access_review_line", id="R-2:D-QA", review_id="R-2")]),
        Case(h.every_line_is_signed, close, "no such open", rows=[closed, signed]),
        Case(h.every_line_is_signed, close, "no such open"),
    ]  # fmt: skip


def cases(world: World) -> list[Case]:
    """Every guard of the room."""
    return [*_roles(), *_for_a_time(), *_reviews()]
