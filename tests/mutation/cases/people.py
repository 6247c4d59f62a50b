"""People: accounts, badges, passwords, checks."""

from __future__ import annotations

from jope.compliance.people import commands as c
from jope.compliance.people import handlers as h
from jope.compliance.people.times import day_begins_us, day_ends_us
from jope.kernel.errors import NotFoundError, RefusedError
from tests.mutation.world import REFUSED, Case, World, change, put, with_fields

_NEW = c.CreateUser(employee_id="E-1", name="Name", role="operator", line="*", access_from="", access_until="", reason="r")
_CHANGE = c.ChangeUser(employee_id="D-OPER", name="Name", role="operator", line="*", access_from="", access_until="", reason="r")
_CHECK = c.RecordIdentityCheck(check_id="K-1", employee_id="D-OPER", how="passport", document_name="scan.pdf", document_hash="a" * 64)
_BADGE = c.IssueBadge(employee_id="D-OPER", badge_digest="b" * 64, identity_check_id="K-1", reason="r")
_TEST = c.RecordFactorTest(test_id="T-1", kind="badge_reader", device="reader 1", procedure="SOP-9", passed=True, next_due="2027-01-01")
_OPER = "employee_id = 'D-OPER'"


def _accounts(world: World) -> list[Case]:
    zone = world.station.info.zone
    last, first = day_ends_us("2026-12-01", zone), day_begins_us("2026-12-01", zone)
    assert last is not None
    assert first is not None
    ended = with_fields(_NEW, access_until="2026-12-01")
    boxed = with_fields(_NEW, access_from="2026-12-01", access_until="2026-12-01")
    inspector = with_fields(_NEW, role="inspector")
    name = str(world.value(f"SELECT name FROM user_account WHERE {_OPER}"))
    same = with_fields(_CHANGE, name=name)
    deputy = put("role_grant", id="G-1", kind="deputy", employee_id="D-OPER", role="operator", from_us=100, until_us=1000)
    station = put("role_permission", role="station", permission="system", held=1)
    nobody = with_fields(_CHANGE, employee_id="E-404")
    enable = c.EnableUser(employee_id="D-OPER", reason="r")
    return [
        Case(h.id_was_never_given, _NEW, None),
        Case(h.id_was_never_given, with_fields(_NEW, employee_id="D-OPER"), "given before"),
        Case(h.id_was_never_given, with_fields(_NEW, employee_id="d-oper"), "given before"),
        Case(h.id_is_well_formed, _NEW, None),
        *(Case(h.id_is_well_formed, with_fields(_NEW, employee_id=text), None) for text in ("E1", "E" * 32)),
        *(Case(h.id_is_well_formed, with_fields(_NEW, employee_id=text), REFUSED) for text in ("", "E", "E" * 33, "e-1", "E_1", "\u00c9-1", "--", "SYSTEM")),
        Case(h.person_is_named, _NEW, None),
        Case(h.person_is_named, with_fields(_NEW, name=" "), REFUSED),
        Case(h.role_exists, _NEW, None),
        Case(h.role_exists, with_fields(_NEW, role="pilot"), "pilot"),
        Case(h.role_exists, with_fields(_NEW, role="emergency"), "nobody's own"),
        Case(h.access_has_a_time, _NEW, None),
        Case(h.access_has_a_time, inspector, "inspector's"),
        Case(h.access_has_a_time, with_fields(inspector, access_until="2026-12-01"), None, now_us=last - 1),
        Case(h.access_has_a_time, with_fields(_NEW, access_from="2026-12-01"), None, now_us=last + 1),
        Case(h.access_has_a_time, ended, None, now_us=last - 1),
        Case(h.access_has_a_time, ended, "is over", now_us=last),
        Case(h.access_has_a_time, ended, "is over", now_us=last + 1),
        Case(h.access_has_a_time, boxed, None, now_us=first),
        Case(h.access_has_a_time, with_fields(boxed, access_from="2026-12-02"), "before the first", now_us=first),
        Case(h.access_has_a_time, with_fields(boxed, access_from="2026-12-05"), "before the first", now_us=first),
        Case(h.access_has_a_time, with_fields(_NEW, access_until="soon"), RefusedError),
        Case(h.access_has_a_time, with_fields(_NEW, access_until="20991201"), RefusedError),
        Case(h.access_has_a_time, with_fields(_NEW, access_until="2099-13-45"), RefusedError),
        Case(h.account_exists, _CHANGE, None),
        Case(h.account_exists, nobody, "E-404"),
        Case(h.account_changes, _CHANGE, None),
        Case(h.account_changes, same, REFUSED),
        Case(h.account_changes, with_fields(same, role="qa"), None),
        Case(h.account_changes, with_fields(same, line="L1"), None),
        Case(h.account_changes, with_fields(same, access_until="2099-01-01"), None),
        Case(h.account_changes, nobody, None),
        Case(h.roles_go_together, with_fields(_CHANGE, role="qp"), None, now_us=500),
        Case(h.roles_go_together, with_fields(_CHANGE, role="qp"), "different people", now_us=500, rows=[deputy]),
        Case(h.roles_go_together, with_fields(_CHANGE, role="validation"), None, now_us=500, rows=[deputy]),
        Case(h.roles_go_together, with_fields(_CHANGE, role="qp"), None, now_us=1000, rows=[deputy]),
        Case(h.roles_go_together, with_fields(_CHANGE, role="station"), "station's own", now_us=500, rows=[station]),
        Case(h.access_is_not_over, enable, None),
        Case(h.access_is_not_over, enable, None, now_us=999, rows=[change("user_account", _OPER, access_until_us=1000)]),
        Case(h.access_is_not_over, enable, "is over", now_us=1000, rows=[change("user_account", _OPER, access_until_us=1000)]),
        Case(h.access_is_not_over, with_fields(enable, employee_id="E-404"), None),
        Case(h.account_is_disabled, c.EnableUser(employee_id="D-OPER", reason="r"), None, rows=[change("user_account", _OPER, admitted=0)]),
        Case(h.account_is_disabled, c.EnableUser(employee_id="D-OPER", reason="r"), REFUSED),
        Case(h.account_is_disabled, c.EnableUser(employee_id="E-404", reason="r"), None),
        Case(h.account_is_locked, c.UnlockUser(employee_id="D-OPER", how="h", reason="r"), None, rows=[change("user_account", _OPER, state="locked")]),
        Case(h.account_is_locked, c.UnlockUser(employee_id="D-OPER", how="h", reason="r"), REFUSED),
        Case(h.account_is_locked, c.UnlockUser(employee_id="E-404", how="h", reason="r"), None),
    ]  # fmt: skip


def _proofs(world: World) -> list[Case]:
    issue = c.IssueCredential(employee_id="D-OPER", password_hash="h")
    due = {"admitted": 1, "identified": 1, "password_state": "none"}

    def issuing(**changed: object) -> list[tuple[str, tuple[object, ...]]]:
        return [change("user_account", _OPER, **(due | changed))]

    had = put("badge", id="c" * 64, employee_id="D-OPER", state="revoked", identity_check_id="K-0")
    own = put("identity_check", id="K-1", employee_id="D-OPER")
    by = {"id": "K-1", "employee_id": "D-OPER", "checked_us": 1, "checked_signer": "D-ADMIN"}
    kept = world.station.blobs.put(b"a scan")
    return [
        Case(h.check_is_described, _CHECK, None),
        Case(h.check_is_described, with_fields(_CHECK, how=" "), REFUSED),
        Case(h.person_is_not_you, _CHECK, None),
        Case(h.person_is_not_you, _CHECK, REFUSED, who="D-OPER"),
        Case(h.document_is_kept, with_fields(_CHECK, document_hash=kept), None),
        Case(h.document_is_kept, _CHECK, REFUSED),
        Case(h.document_is_kept, with_fields(_CHECK, document_hash=kept, document_name=" "), REFUSED),
        Case(h.issuer_is_another_than_checker, issue, None, who="D-ADMIN"),
        Case(h.issuer_is_another_than_checker, issue, None, who="D-ADMIN", rows=[put("identity_check", **by | {"checked_signer": "D-QA"})]),
        Case(h.issuer_is_another_than_checker, issue, "yourself", who="D-ADMIN", rows=[put("identity_check", **by)]),
        Case(h.issuer_is_another_than_checker, issue, None, who="D-ADMIN",
             rows=[put("identity_check", **by), put("identity_check", **by | {"id": "K-2", "checked_us": 2, "checked_signer": "D-QA"})]),
        Case(h.credential_is_open, issue, None, rows=issuing()),
        Case(h.credential_is_open, with_fields(issue, employee_id="E-404"), None),
        Case(h.credential_is_open, issue, "not checked", rows=issuing(identified=0)),
        Case(h.credential_is_open, issue, "No first password", rows=issuing(admitted=0)),
        Case(h.credential_is_open, issue, "No first password", rows=issuing(password_state="own")),
        Case(h.credential_is_open, issue, "No first password", rows=issuing(password_state="one_time")),
        Case(h.badge_is_new, _BADGE, None, rows=[had]),
        Case(h.badge_is_new, with_fields(_BADGE, badge_digest="B" * 64), "not read"),
        Case(h.badge_is_new, with_fields(_BADGE, badge_digest="c" * 64), "given out before", rows=[had]),
        Case(h.badge_is_new, _BADGE, "has a badge", rows=[put("badge", id="c" * 64, employee_id="D-OPER", state="active")]),
        Case(h.badge_is_new, _BADGE, None, rows=[put("badge", id="c" * 64, employee_id="D-QA", state="active")]),
        Case(h.badge_has_its_own_check, _BADGE, None, rows=[own, had]),
        Case(h.badge_has_its_own_check, _BADGE, REFUSED),
        Case(h.badge_has_its_own_check, _BADGE, REFUSED, rows=[put("identity_check", id="K-1", employee_id="D-QA")]),
        Case(h.badge_has_its_own_check, _BADGE, REFUSED, rows=[own, put("badge", id="d", employee_id="D-OPER", state="revoked", identity_check_id="K-1")]),
    ]  # fmt: skip


def _afterwards() -> list[Case]:
    review = c.ReviewDisabling(disabling_id="D-1", review="it was right")
    open_ = put("user_disabling", id="D-1", employee_id="D-OPER", disabled_by="D-ADMIN", reason="r", disabled_us=1, review="", version=1)
    signed = put("user_disabling", id="D-1", employee_id="D-OPER", disabled_by="D-ADMIN", reviewed_signature="S", version=1)
    return [
        Case(h.reviewer_is_another, review, None, rows=[open_]),
        Case(h.reviewer_is_another, review, REFUSED, who="D-ADMIN", rows=[open_]),
        Case(h.reviewer_is_another_than_disabled, review, None, rows=[open_]),
        Case(h.reviewer_is_another_than_disabled, review, "your own", who="D-OPER", rows=[open_]),
        Case(h.disabling_is_open, review, None, rows=[open_]),
        Case(h.disabling_is_open, review, "already", rows=[signed]),
        Case(h.disabling_is_open, with_fields(review, review=" "), "what was found", rows=[open_]),
        Case(h.disabling_is_open, review, NotFoundError),
        Case(h.factor_test_is_described, _TEST, None),
        Case(h.factor_test_is_described, with_fields(_TEST, kind="second_factor"), None),
        *(Case(h.factor_test_is_described, with_fields(_TEST, **{name: text}), REFUSED)
          for name, text in (("kind", "door"), ("device", " "), ("procedure", " "), ("next_due", ""))),
        Case(h.factor_test_is_described, with_fields(_TEST, next_due="soon"), RefusedError),
    ]  # fmt: skip


def cases(world: World) -> list[Case]:
    """Every guard of the room."""
    return [*_accounts(world), *_proofs(world), *_afterwards()]
