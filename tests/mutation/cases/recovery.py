"""Recovery: sealed codes, two people, and the third who looks."""

from __future__ import annotations

from jope.compliance.identity.sessions import SessionRegistry
from jope.compliance.recovery import commands as c
from jope.compliance.recovery import handlers as h
from jope.kernel.clock import SystemClock
from jope.kernel.errors import NotFoundError
from tests.mutation.world import REFUSED, Case, World, change, drop, put, with_fields

_SEAL = c.SealCode(code_hash="h")
_BOTH = c.RecoverAccounts(recovery_id="R-1", first="D-ADMIN", second="D-QA", reason="r")
_REVIEW = c.ReviewRecovery(recovery_id="R-1", review="right")
_EVERYBODY = change("user_account", "1", state="locked")


def _active(who: str) -> tuple[str, tuple[object, ...]]:
    return change("user_account", f"employee_id = '{who}'", state="active")


class _Judging(SessionRegistry):
    """Judges access by a time that a case gives."""

    def __init__(self, at_us: int) -> None:
        super().__init__(SystemClock(), judged_us=lambda: at_us)


def cases(world: World) -> list[Case]:
    """The cases of this room."""
    now = world.now_us
    at = {"sessions": _Judging(now)}
    done = put(
        "account_recovery",
        id="R-1",
        first="D-ADMIN",
        second="D-QP",
        first_code="1",
        second_code="2",
        reason="r",
        recovered_us=1,
        review="",
        version=1,
    )
    reviewed = change("account_recovery", "1", reviewed_signature="S-1")
    admin_and = [_EVERYBODY, _active("D-ADMIN")]
    of_qa = "employee_id = 'D-QA'"
    pair = [*admin_and, _active("D-QA")]
    return [
        *(Case(h.code_is_for_unlockers, _SEAL, None, who=who) for who in ("D-ADMIN", "D-QA", "D-SUPER")),
        *(Case(h.code_is_for_unlockers, _SEAL, REFUSED, who=who) for who in ("D-OPER", "D-QP")),
        Case(h.recovery_has_a_reason, _BOTH, None),
        Case(h.recovery_has_a_reason, with_fields(_BOTH, reason=" "), REFUSED),
        Case(h.accounts_are_locked, _BOTH, None, rows=[_EVERYBODY]),
        Case(h.accounts_are_locked, _BOTH, None, rows=admin_and),
        Case(h.accounts_are_locked, _BOTH, REFUSED),
        Case(h.accounts_are_locked, _BOTH, REFUSED, rows=[_EVERYBODY, change("user_account", of_qa, state="disabled")]),
        Case(h.accounts_are_locked, with_fields(_BOTH, second="D-ADMIN"), REFUSED, rows=[_EVERYBODY]),
        Case(h.accounts_are_locked, with_fields(_BOTH, second="E-404"), NotFoundError, rows=[_EVERYBODY]),
        Case(h.both_have_access, _BOTH, None, ports=at),
        Case(h.both_have_access, with_fields(_BOTH, second="E-404"), NotFoundError, ports=at),
        *(Case(h.both_have_access, _BOTH, None, rows=[change("user_account", f"employee_id = '{who}'", **days)], ports=at)
          for who in ("D-ADMIN", "D-QA") for days in ({"access_from_us": now}, {"access_until_us": now + 1})),
        *(Case(h.both_have_access, _BOTH, REFUSED, rows=[change("user_account", f"employee_id = '{who}'", **days)], ports=at)
          for who in ("D-ADMIN", "D-QA") for days in ({"access_from_us": now + 1}, {"access_until_us": now})),
        Case(h.nobody_can_unlock, _BOTH, None, rows=[_EVERYBODY]),
        Case(h.nobody_can_unlock, _BOTH, None, rows=admin_and),
        Case(h.nobody_can_unlock, _BOTH, None, rows=[_EVERYBODY, _active("D-QA"), _active("D-SUPER")]),
        Case(h.nobody_can_unlock, _BOTH, None, rows=[*admin_and, _active("D-OPER")]),
        Case(h.nobody_can_unlock, _BOTH, REFUSED),
        Case(h.nobody_can_unlock, _BOTH, REFUSED, rows=pair),
        Case(h.nobody_can_unlock, _BOTH, REFUSED, rows=[*admin_and, _active("D-OPER"), _active("D-SUPER")]),
        Case(h.nobody_can_unlock, _BOTH, None, rows=[*pair, change("user_account", of_qa, password_state="one_time")]),
        Case(h.nobody_can_unlock, _BOTH, None, rows=[*pair, change("user_account", of_qa, access_until_us=now)], ports=at),
        Case(h.nobody_can_unlock, _BOTH, REFUSED, rows=[*pair, change("user_account", of_qa, access_until_us=now + 1)], ports=at),
        Case(h.nobody_can_unlock, _BOTH, None, rows=[*pair, change("user_account", of_qa, access_from_us=now + 1)], ports=at),
        Case(h.nobody_can_unlock, _BOTH, REFUSED, rows=[*pair, change("user_account", of_qa, access_from_us=now)], ports=at),
        Case(h.together_they_can_unlock, _BOTH, None),
        Case(h.together_they_can_unlock, with_fields(_BOTH, first="D-QA", second="D-ADMIN"), None),
        Case(h.together_they_can_unlock, with_fields(_BOTH, second="D-SUPER"), None),
        Case(h.together_they_can_unlock, with_fields(_BOTH, second="D-OPER"), REFUSED),
        Case(h.together_they_can_unlock, with_fields(_BOTH, first="D-SUPER"), REFUSED),
        Case(h.together_they_can_unlock, with_fields(_BOTH, second="D-SUPER"), REFUSED,
             rows=[put("role_permission", role="supervisor", permission="user.issue_credential", held=1)]),
        Case(h.together_they_can_unlock, _BOTH, REFUSED, rows=[drop("role_permission", "permission = 'user.witness_unlock'")]),
        Case(h.recovery_is_open, _REVIEW, None, rows=[done]),
        Case(h.recovery_is_open, _REVIEW, REFUSED, rows=[done, reviewed]),
        Case(h.recovery_is_open, with_fields(_REVIEW, review=" "), REFUSED, rows=[done]),
        Case(h.recovery_is_open, _REVIEW, NotFoundError),
        Case(h.reviewer_is_another_than_both, _REVIEW, None, rows=[done]),
        Case(h.reviewer_is_another_than_both, _REVIEW, REFUSED, rows=[done], who="D-ADMIN"),
        Case(h.reviewer_is_another_than_both, _REVIEW, REFUSED, rows=[done], who="D-QP"),
    ]  # fmt: skip
