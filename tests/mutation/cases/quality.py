"""Deviations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jope.compliance.commands.declaration import HANDLED
from jope.kernel.clock import site_date
from jope.kernel.errors import NotFoundError
from jope.plant.quality import commands as c
from jope.plant.quality import guards as g
from jope.plant.quality.handlers import classify_deviation, close_deviation, record_investigation, void_deviation
from tests.mutation.world import BATCH, REFUSED, Case, Sql, World, change, put, with_fields

_DEV = "DEV-2026-0001"
_OPEN = c.OpenDeviation(title="t", description="d", source_kind="observation", source_id="")
_ADD = c.AddDeviationEvidence(number=_DEV, words="seen")
_ASSIGN = c.AssignDeviation(number=_DEV, owner="D-SUPER", reason="r")
_CLASSIFY = c.ClassifyDeviation(number=_DEV, classification="minor", due="2099-01-01")
_FOUND = c.RecordInvestigation(number=_DEV, root_cause="c", impact="i", disposition="d")
_CLOSE, _VOID = c.CloseDeviation(number=_DEV), c.VoidDeviation(number=_DEV, reason="twice")
_STATES = ("open", "classified", "investigated", "closed", "voided")


def _row(**changed: Any) -> Sql:
    row = {"number": _DEV, "state": "open", "line": "L3", "opened_by": "D-OPER", "version": 1}
    return put("deviation", **(row | changed))


def _given_to(who: str) -> list[Sql]:
    """An event of the trail in which the deviation was given to a person."""
    return [
        put("audit", seq=9_000_000, action="deviation.assigned"),
        put("audit_subject", kind="deviation", id=_DEV, n=9_000, seq=9_000_000),
        put("audit_subject", kind="user", id=who, n=9_000, seq=9_000_000),
    ]


def _piece(n: int, **columns: Any) -> Sql:
    return put("deviation_evidence", id=f"{_DEV}:{n}", number=_DEV, n=n, **({"event_leaf": "", "document_hash": ""} | columns))


def _opening(world: World) -> list[Case]:
    mine = int(world.value("SELECT max(seq) FROM audit WHERE actor = 'D-SUPER'"))
    by_event = with_fields(_OPEN, source_kind="event", source_id=str(mine), event_seq=mine)
    by_change = with_fields(_OPEN, source_kind="change_request", source_id="CR-1")
    second_only = put("audit_subject", seq=mine, n=2, kind="batch", id="B-2")
    return [
        Case(g.it_is_described, _OPEN, None),
        Case(g.it_is_described, with_fields(_OPEN, title=" "), REFUSED),
        Case(g.it_is_described, with_fields(_OPEN, description=" "), REFUSED),
        Case(g.source_is_known, _OPEN, None),
        Case(g.source_is_known, with_fields(_OPEN, source_id="x"), REFUSED),
        Case(g.source_is_known, by_event, None),
        Case(g.source_is_known, with_fields(by_event, event_seq=1, source_id="1"), None),
        Case(g.source_is_known, with_fields(by_event, event_seq=0, source_id="0"), REFUSED),
        Case(g.source_is_known, with_fields(by_event, source_id="1"), REFUSED),
        Case(g.source_is_known, with_fields(_OPEN, source_kind="batch", source_id=BATCH), None),
        Case(g.source_is_known, with_fields(_OPEN, source_kind="batch", source_id="B-404"), REFUSED),
        Case(g.source_is_known, with_fields(_OPEN, source_kind="batch", source_id="B-2"), REFUSED, rows=[second_only]),
        Case(g.source_is_known, by_change, None, rows=[put("audit_subject", seq=mine, n=1, kind="change_request", id="CR-1")]),
        Case(g.source_is_known, by_change, REFUSED),
        Case(g.source_is_known, with_fields(_OPEN, source_kind="user", source_id="D-QA"), REFUSED,
             rows=[put("audit_subject", seq=mine, n=1, kind="user", id="D-QA")]),
        Case(g.event_is_there, _OPEN, None),
        Case(g.event_is_there, by_event, None, who="D-SUPER", permissions=frozenset()),
        Case(g.event_is_there, by_event, None, who="D-QA"),
        Case(g.event_is_there, by_event, REFUSED, who="D-OPER"),
        Case(g.event_is_there, with_fields(by_event, event_seq=999_999), REFUSED, who="D-QA"),
        Case(g.event_is_there, with_fields(by_event, event_seq=1), REFUSED, who="D-OPER"),
        Case(g.event_is_there, with_fields(by_event, event_seq=-1), REFUSED, who="D-OPER"),
        Case(g.line_is_in_scope, _OPEN, None, line="L1"),
        Case(g.line_is_in_scope, with_fields(_OPEN, line="L3"), None),
        Case(g.line_is_in_scope, with_fields(_OPEN, line="L3"), None, line="L3"),
        Case(g.line_is_in_scope, with_fields(_OPEN, line="L3"), REFUSED, line="L1"),
        Case(g.line_is_in_scope, with_fields(_OPEN, line="L9"), REFUSED),
        Case(g.line_is_in_scope, with_fields(_OPEN, line="L9"), REFUSED, line="L9"),
    ]  # fmt: skip


def _evidence(world: World) -> list[Case]:
    hash_, kept = "0" * 64, str(world.value("SELECT document_hash FROM sop_version"))
    paper = with_fields(_ADD, document_hash=kept, document_name="n", words="")
    seq, leaf = 3, str(world.value("SELECT lower(hex(leaf)) FROM audit WHERE seq = 3"))
    event, document = _piece(1, kind="event", event_seq=seq, event_leaf=leaf), _piece(2, kind="document", document_hash=kept)
    text = _piece(3, kind="text", words="w")
    return [
        *(Case(g.deviation_is_not_ended, _ADD, None, rows=[_row(state=state)]) for state in _STATES[:3]),
        *(Case(g.deviation_is_not_ended, _ADD, state, rows=[_row(state=state)]) for state in _STATES[3:]),
        Case(g.deviation_is_not_ended, _ADD, NotFoundError),
        Case(g.evidence_is_one_thing, _ADD, None),
        Case(g.evidence_is_one_thing, with_fields(_ADD, words="", event_seq=3), None),
        Case(g.evidence_is_one_thing, with_fields(_ADD, words="", event_seq=1), None),
        Case(g.evidence_is_one_thing, paper, None),
        Case(g.evidence_is_one_thing, with_fields(_ADD, words=" "), REFUSED),
        Case(g.evidence_is_one_thing, with_fields(paper, event_seq=3), REFUSED),
        Case(g.evidence_is_one_thing, with_fields(paper, document_name=" ", words="w"), REFUSED),
        Case(g.evidence_is_one_thing, with_fields(paper, document_hash="", words="w"), REFUSED),
        Case(g.document_is_kept, _ADD, None),
        Case(g.document_is_kept, paper, None),
        Case(g.document_is_kept, with_fields(paper, document_hash=hash_), REFUSED),
        Case(g.evidence_still_stands, _CLOSE, "no evidence"),
        Case(g.evidence_still_stands, _CLOSE, None, rows=[event, document, text]),
        Case(g.evidence_still_stands, _CLOSE, None, rows=[text]),
        Case(g.evidence_still_stands, _CLOSE, "Evidence 1", rows=[_piece(1, kind="event", event_seq=seq, event_leaf="ff")]),
        Case(g.evidence_still_stands, _CLOSE, "Evidence 1", rows=[_piece(1, kind="event", event_seq=999_999, event_leaf=leaf)]),
        Case(g.evidence_still_stands, _CLOSE, "Evidence 1", rows=[_piece(1, kind="event", event_leaf=leaf)]),
        Case(g.evidence_still_stands, _CLOSE, "Evidence 2", rows=[event, _piece(2, kind="document", document_hash=hash_), text]),
        Case(g.evidence_still_stands, _CLOSE, "no evidence", rows=[put("deviation_evidence", id="X:1", number="X", n=1, kind="text")]),
    ]  # fmt: skip


def _owners() -> list[Case]:
    of_line = change("user_account", "employee_id = 'D-SUPER'", line="L3")
    elsewhere = change("user_account", "employee_id = 'D-SUPER'", line="L1")
    gone = change("user_account", "employee_id = 'D-SUPER'", state="disabled")
    return [
        *(Case(g.owner_may_change, _ASSIGN, None, rows=[_row(state=state)]) for state in _STATES[:2]),
        *(Case(g.owner_may_change, _ASSIGN, state, rows=[_row(state=state)]) for state in _STATES[2:]),
        Case(g.owner_may_investigate, _ASSIGN, None, rows=[_row()]),
        Case(g.owner_may_investigate, _ASSIGN, None, rows=[_row(), of_line]),
        Case(g.owner_may_investigate, _ASSIGN, REFUSED, rows=[_row(), elsewhere]),
        Case(g.owner_may_investigate, _ASSIGN, REFUSED, rows=[_row(line=""), of_line]),
        Case(g.owner_may_investigate, _ASSIGN, REFUSED, rows=[_row(), gone]),
        Case(g.owner_may_investigate, with_fields(_ASSIGN, owner="D-OPER"), REFUSED, rows=[_row()]),
        Case(g.owner_is_new, _ASSIGN, None, rows=[_row()]),
        Case(g.owner_is_new, _ASSIGN, None, rows=[_row(owner="D-QA")]),
        Case(g.owner_is_new, _ASSIGN, "owns it already", rows=[_row(owner="D-SUPER")]),
        Case(g.owner_is_new, with_fields(_ASSIGN, reason=" "), "reason is missing", rows=[_row()]),
        Case(g.investigator_owns_it, _FOUND, None, who="D-SUPER", rows=[_row(owner="D-SUPER")]),
        Case(g.investigator_owns_it, _FOUND, "D-SUPER owns", rows=[_row(owner="D-SUPER")]),
        Case(g.investigator_owns_it, _FOUND, "Nobody owns", rows=[_row()]),
        Case(g.closer_is_not_owner, _CLOSE, None, rows=[_row(owner="D-SUPER", investigated_by="D-OPER")]),
        Case(g.closer_is_not_owner, _CLOSE, REFUSED, rows=[_row(owner="D-QA", investigated_by="D-OPER")]),
        Case(g.closer_is_not_owner, _CLOSE, REFUSED, rows=[_row(owner="D-OPER", investigated_by="D-QA")]),
        Case(g.closer_is_not_owner, _CLOSE, REFUSED, rows=[_row(owner="D-SUPER", investigated_by="D-OPER"), *_given_to("D-QA")]),
        Case(g.closer_is_not_owner, _CLOSE, None, rows=[_row(owner="D-SUPER", investigated_by="D-OPER"), *_given_to("D-QP")]),
        Case(g.voider_took_no_part, _VOID, REFUSED, rows=[_row(owner="D-SUPER"), *_given_to("D-QA")]),
        Case(g.voider_took_no_part, _VOID, None, rows=[_row(owner="D-SUPER")]),
        Case(g.voider_took_no_part, _VOID, REFUSED, rows=[_row(opened_by="D-QA")]),
        Case(g.voider_took_no_part, _VOID, REFUSED, rows=[_row(owner="D-QA")]),
        Case(g.void_reason_is_given, _VOID, None),
        Case(g.void_reason_is_given, with_fields(_VOID, reason=" "), REFUSED),
    ]  # fmt: skip


def _moves(world: World) -> list[Case]:
    today = site_date(world.now_us, world.station.info.zone)
    found = [
        Case(g.class_and_date_are_possible, _CLASSIFY, None),
        Case(g.class_and_date_are_possible, with_fields(_CLASSIFY, due=today), None),
        *(Case(g.class_and_date_are_possible, with_fields(_CLASSIFY, due=due), REFUSED) for due in ("2020-01-01", "soon", "99990101")),
        Case(g.class_and_date_are_possible, with_fields(_CLASSIFY, classification="grave"), REFUSED),
        Case(g.investigation_is_whole, _FOUND, None),
        *(Case(g.investigation_is_whole, with_fields(_FOUND, **{name: " "}), REFUSED) for name in ("root_cause", "impact", "disposition")),
    ]  # fmt: skip
    arrows: Sequence[tuple[Any, Any, str]] = (
        (classify_deviation, _CLASSIFY, "open"), (record_investigation, _FOUND, "classified"), (close_deviation, _CLOSE, "investigated"),
        (void_deviation, _VOID, "open"),
    )  # fmt: skip
    for handler, command, right in arrows:
        in_state = next(guard for guard in getattr(handler, HANDLED).guards if isinstance(guard, g.InState))
        found += [Case(in_state, command, None if state == right else state, rows=[_row(state=state)]) for state in _STATES]
    return found


def cases(world: World) -> list[Case]:
    """Every guard of the room."""
    return [*_opening(world), *_evidence(world), *_owners(), *_moves(world)]
