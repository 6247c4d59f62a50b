"""Deviations: opened from a refusal with its evidence, closed by the quality unit alone and never by the owner (URS H01-H03, H06)."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import RETENTION_KINDS, Station
from jope.compliance.audit.actions import Action
from jope.compliance.audit.queries import AuditFilter, audit_page
from jope.compliance.commands import Acting
from jope.compliance.retention.disposable import disposable
from jope.kernel.clock import site_date
from jope.kernel.errors import GuardRefusedError, NotFoundError, PermissionDeniedError
from jope.kernel.ids import new_id
from jope.plant.batches import commands as c
from jope.plant.quality import commands as q
from jope.plant.quality.life_cycle import DEVIATION_LIFE_CYCLE
from jope.plant.quality.queries import deviation_detail, deviations, my_deviations, possible_owners
from jope.services.provisioning import demo_data as demo
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, verified

_OPEN = {"title": "Clearance refused", "description": "The line was not clear at the start of the shift."}
_CREATE = {"recipe_id": demo.DEMO_RECIPE, "line": "L3", "product_lot": "PL-1"}
_FOUND = {"root_cause": "Label reel left behind", "impact": "None: found before the start", "disposition": "Line cleared again"}


def _refused_event(crew: Crew) -> int:
    """A refusal of the operator's in the trail."""
    crew.refused(lambda: crew.do("D-OPER", c.ReleaseBatchToFloor(batch_no="B-1")))
    return crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(actor="D-OPER", outcome="denied"))[0].seq


def _opened(crew: Crew, who: str = "D-OPER", **changed: Any) -> str:
    fields: dict[str, Any] = _OPEN | {"source_kind": "observation", "source_id": ""} | changed
    number: str = crew.do(who, q.OpenDeviation(**fields)).number
    return number


def _due(crew: Crew) -> str:
    return site_date(crew.station.clock.now().utc_us + 30 * 86_400_000_000, crew.station.info.zone)


def _classified(crew: Crew, number: str, classification: str = "minor") -> None:
    crew.sign("D-QA", q.ClassifyDeviation(number=number, classification=classification, due=_due(crew)))


def _investigated(crew: Crew, number: str, owner: str = "D-SUPER") -> None:
    crew.do("D-QA", q.AssignDeviation(number=number, owner=owner, reason="on shift then"))
    _classified(crew, number)
    crew.do(owner, q.RecordInvestigation(number=number, **_FOUND))


@pytest.mark.req("H06", "H01", "H02", "H03", "P11-07")
def test_a_refusal_becomes_a_deviation_that_the_quality_unit_closes(crew: Crew) -> None:
    seq = _refused_event(crew)
    number = _opened(crew, source_kind="event", source_id=str(seq), event_seq=seq)
    year = site_date(crew.station.clock.now().utc_us, "UTC")[:4]
    assert number == f"DEV-{year}-0001"
    assert _opened(crew) == f"DEV-{year}-0002"
    crew.do("D-OPER", q.AddDeviationEvidence(number=number, words="The reel stood behind the scale."))
    picture = crew.station.keep_document(b"a picture", crew.token("D-SUPER"))
    crew.do("D-SUPER", q.AddDeviationEvidence(number=number, words="", document_hash=picture, document_name="reel.png"))
    _investigated(crew, number)
    assert [item.title for item in crew.station.signing_queue(crew.token("D-QA"))] == [f"Close deviation {number}"]
    assert crew.station.signing_queue(crew.token("D-SUPER")) == ()
    crew.sign("D-QA", q.CloseDeviation(number=number))
    view = crew.station.read(deviation_detail, crew.token("D-QA"), number=number)
    assert (view.row.state, view.row.classification, view.row.owner, view.row.opened_by) == ("closed", "minor", "D-SUPER", "D-OPER")
    assert [(e.kind, e.event_seq, e.stands) for e in view.evidence] == [("event", seq, True), ("text", 0, True), ("document", 0, True)]
    assert view.closed is not None
    assert view.classified is not None
    assert (view.closed.signer, view.closed.meaning, view.closed.valid) == ("D-QA", "approval", True)
    assert (view.classified.signer, view.classified.meaning, view.classified.valid) == ("D-QA", "review", True)
    assert crew.station.deviation_document(number, 3, crew.token("D-INSP")) == b"a picture"
    rows = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(subject_kind="deviation", subject_id=number))
    assert [row.action for row in reversed(rows)] == [
        "deviation.opened", "deviation.evidence_added", "deviation.evidence_added", "deviation.assigned", "deviation.classified",
        "deviation.investigated", "deviation.closed", "signature.applied",
    ]  # fmt: skip
    assert verified(crew.station).findings == ()


@pytest.mark.req("H02", "H03", "A02")
def test_neither_the_owner_nor_production_closes(crew: Crew) -> None:
    number = _opened(crew)
    crew.do("D-OPER", q.AddDeviationEvidence(number=number, words="seen"))
    _investigated(crew, number, owner="D-QA")
    close = q.CloseDeviation(number=number)
    own = crew.refused(lambda: crew.sign("D-QA", close))
    assert isinstance(own, GuardRefusedError)
    assert "You own this deviation" in own.message
    why = crew.station.preflight(close, crew.token("D-QA"))
    assert why is not None
    assert (why.guard, why.clause) == ("closer_is_not_owner", "211.22(a)")
    for who in ("D-OPER", "D-SUPER", "D-QP", "D-ADMIN", "D-VALID", "D-INSP"):
        for command in (q.CloseDeviation(number=number), q.VoidDeviation(number=number, reason="r")):
            assert isinstance(crew.refused(lambda who=who, command=command: crew.sign(who, command)), PermissionDeniedError)
    handed = q.AssignDeviation(number=number, owner="D-SUPER", reason="so that I may close it")
    assert "Its owner stays" in crew.refused(lambda: crew.do("D-QA", handed)).what_to_do
    assert verified(crew.station).findings == ()


@pytest.mark.req("H02", "H03")
def test_who_owned_it_once_gives_it_away_in_vain(crew: Crew) -> None:
    number = _opened(crew)
    crew.do("D-OPER", q.AddDeviationEvidence(number=number, words="seen"))
    crew.do("D-QA", q.AssignDeviation(number=number, owner="D-QA", reason="mine"))
    crew.do("D-QA", q.AssignDeviation(number=number, owner="D-SUPER", reason="so that I may end it"))
    void = crew.station.preflight(q.VoidDeviation(number=number, reason="never was"), crew.token("D-QA"))
    assert void is not None
    assert void.guard == "voider_took_no_part"
    _classified(crew, number, "minor")
    crew.do("D-SUPER", q.RecordInvestigation(number=number, **_FOUND))
    assert "owned it" in crew.refused(lambda: crew.sign("D-QA", q.CloseDeviation(number=number))).message


@pytest.mark.req("H01", "P11-07")
def test_each_step_waits_for_the_one_before(crew: Crew, clock: SetClock) -> None:
    number = _opened(crew)
    investigate = {"number": number, **_FOUND}
    for who, command, said in (
        ("D-SUPER", q.RecordInvestigation(**investigate), "is open"),
        ("D-QA", q.CloseDeviation(number=number), "is open"),
        ("D-QA", q.ClassifyDeviation(number=number, classification="grave", due=_due(crew)), "The class is none"),
        ("D-QA", q.ClassifyDeviation(number=number, classification="major", due="2020-01-01"), "date is none or has passed"),
        ("D-QA", q.ClassifyDeviation(number=number, classification="major", due="soon"), "date is none or has passed"),
        ("D-QA", q.ClassifyDeviation(number="DEV-2026-9999", classification="major", due=_due(crew)), "no deviation DEV-2026-9999"),
    ):
        work = crew.do if isinstance(command, q.RecordInvestigation) else crew.sign
        assert said in crew.refused(lambda w=work, who=who, k=command: w(who, k)).message
    _classified(crew, number, "critical")
    assert "Nobody owns" in crew.refused(lambda: crew.do("D-SUPER", q.RecordInvestigation(**investigate))).message
    crew.do("D-SUPER", q.AssignDeviation(number=number, owner="D-SUPER", reason="mine"))
    assert "D-SUPER owns" in crew.refused(lambda: crew.do("D-QA", q.RecordInvestigation(**investigate))).message
    bare = q.RecordInvestigation(**investigate | {"impact": " "})
    assert "missing" in crew.refused(lambda: crew.do("D-SUPER", bare)).message
    crew.do("D-SUPER", q.RecordInvestigation(**investigate))
    assert "no evidence yet" in crew.refused(lambda: crew.sign("D-QA", q.CloseDeviation(number=number))).message
    assert not crew.station.read(deviations, crew.token("D-QA"))[0].overdue
    clock.pass_seconds(31 * 86_400)
    crew.tokens.clear()
    assert crew.station.read(deviations, crew.token("D-QA"), state="investigated")[0].overdue
    assert crew.station.read(deviations, crew.token("D-QA"), state="open") == ()
    table = {(state, trigger) for state in DEVIATION_LIFE_CYCLE.states for trigger in ("classify", "investigate", "close", "void")}
    assert {pair for pair in table if DEVIATION_LIFE_CYCLE.allows(*pair)} == {
        ("open", "classify"), ("classified", "investigate"), ("investigated", "close"), ("open", "void"),
    }  # fmt: skip
    assert verified(crew.station).findings == ()


@pytest.mark.req("H01", "H02")
def test_a_deviation_opened_in_error_is_voided_by_another_before_it_is_classified(crew: Crew) -> None:
    number = _opened(crew)
    assert "reason is missing" in crew.refused(lambda: crew.sign("D-QA", q.VoidDeviation(number=number, reason=" "))).message
    crew.sign("D-QA", q.VoidDeviation(number=number, reason="opened twice"))
    view = crew.station.read(deviation_detail, crew.token("D-QA"), number=number)
    assert (view.row.state, view.void_reason) == ("voided", "opened twice")
    assert view.voided is not None
    assert (view.voided.meaning, view.voided.valid) == ("void", True)
    late = q.AddDeviationEvidence(number=number, words="late")
    assert "is voided" in crew.refused(lambda: crew.do("D-OPER", late)).message
    own = _opened(crew, "D-QA")
    assert "You opened" in crew.refused(lambda: crew.sign("D-QA", q.VoidDeviation(number=own, reason="r"))).message
    _classified(crew, own)
    assert "is classified" in crew.refused(lambda: crew.sign("D-QA", q.VoidDeviation(number=own, reason="r"))).message
    assert verified(crew.station).findings == ()


@pytest.mark.req("H06", "A02", "A14", "C13")
def test_what_may_be_attached_and_by_whom(crew: Crew) -> None:
    seq = _refused_event(crew)
    foreign = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(actor="D-QA"))[0].seq
    fields: dict[str, Any] = {**_OPEN, "source_kind": "event", "source_id": str(foreign), "event_seq": foreign}
    assert "no event" in crew.refused(lambda: crew.do("D-OPER", q.OpenDeviation(**fields))).message
    crew.do("D-SUPER", q.OpenDeviation(**fields))
    for changed, said in (
        ({"title": " "}, "missing"),
        ({"source_id": "1"}, "knows no event '1'"),
        ({"source_kind": "batch", "source_id": "B-404"}, "knows no batch 'B-404'"),
        ({"source_kind": "deadline", "source_id": "x"}, "knows no deadline"),
        ({"source_kind": "observation"}, "knows no observation"),
        ({"event_seq": 999_999, "source_id": "999999"}, "no event 999999"),
        ({"line": "L9"}, "not a line of yours"),
    ):
        command = q.OpenDeviation(**fields | changed)
        assert said in crew.refused(lambda command=command: crew.do("D-SUPER", command)).message
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", **_CREATE))
    number = _opened(crew, source_kind="batch", source_id="B-1", line="L3", event_seq=seq)
    about = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(subject_kind="batch", subject_id="B-1"))
    assert "deviation.opened" in {row.action for row in about}
    add = {"number": number, "words": ""}
    for more, said in (
        ({}, "Evidence is"),
        ({"document_hash": "0" * 64}, "Evidence is"),
        ({"document_hash": "0" * 64, "document_name": "x"}, "does not keep"),
        ({"event_seq": seq, "document_hash": "0" * 64, "document_name": "x"}, "Evidence is"),
        ({"event_seq": foreign}, "no event"),
    ):
        piece = q.AddDeviationEvidence(**add | more)  # type: ignore[arg-type]
        assert said in crew.refused(lambda piece=piece: crew.do("D-OPER", piece)).message
    assert (
        "may not investigate" in crew.refused(lambda: crew.do("D-QA", q.AssignDeviation(number=number, owner="D-OPER", reason="r"))).message
    )
    assert crew.station.read(possible_owners, crew.token("D-QA"), number=number) == ("D-QA", "D-SUPER")
    assert isinstance(crew.refused(lambda: crew.station.read(deviations, crew.token("D-OPER"))), PermissionDeniedError)
    assert [row.number for row in crew.station.read(my_deviations, crew.token("D-OPER"))] == [number]
    missing = crew.refused(lambda: crew.station.read(deviation_detail, crew.token("D-QA"), number="DEV-1"))
    assert isinstance(missing, NotFoundError)
    assert verified(crew.station).findings == ()


@pytest.mark.req("H06", "D07", "P06")
def test_another_room_opens_a_deviation_in_its_own_transaction(crew: Crew) -> None:
    """As the room of change requests does when the approval of an emergency change was not given in time."""
    station = crew.station
    desk: Any = station.ports["deviations"]

    def missed(fail: bool) -> str:
        with station._store.unit_of_work() as uow:
            now, here = station.clock.now(), station.bus._parts.here
            uow.audit.principal, uow.audit.instant = here, now
            uow.audit.command_id = uow.audit.outcome_of = new_id()
            number: str = desk.open(
                uow, Acting(here, now, station.info.zone, None), title="Approval is late", description="Nobody approved it in time.",
                source=("change_request", "CR-2026-0001"), details={"due_us": 5},
            )  # fmt: skip
            if fail:
                raise GuardRefusedError("the other half fails")
        return number

    with pytest.raises(GuardRefusedError, match="other half"):
        station._commands.run(lambda: missed(True))
    assert station.read(deviations, crew.token("D-QA")) == ()
    number = station._commands.run(lambda: missed(False))
    (row,) = station.read(deviations, crew.token("D-QA"))
    assert (row.number, row.opened_by, row.source_kind, row.source_id) == (number, "SYSTEM", "change_request", "CR-2026-0001")
    view = station.read(deviation_detail, crew.token("D-QA"), number=number)
    assert [(e.kind, e.words, e.added_by) for e in view.evidence] == [("text", '{"due_us":5}', "SYSTEM")]
    event = station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(subject_kind="change_request", subject_id="CR-2026-0001"))[0]
    assert event.action == Action.DEVIATION_OPENED
    _investigated(crew, number)
    crew.sign("D-QA", q.CloseDeviation(number=number))
    assert verified(station).findings == ()


@pytest.mark.req("A14", "A02")
def test_a_deviation_of_another_line_is_not_seen_and_not_touched(crew: Crew) -> None:
    station = crew.station
    of_line = _opened(crew, "D-SUPER", line="L3")
    of_station = _opened(crew, "D-SUPER")
    with station._reading("L9", "D-SUPER") as reader:
        assert [row.number for row in deviations(reader)] == [of_station], "what has no line is everybody's"
        assert [row.number for row in my_deviations(reader)] == [of_station]
        with pytest.raises(NotFoundError):
            deviation_detail(reader, number=of_line)
    with station._reading("L3", "D-SUPER") as reader:
        assert {row.number for row in deviations(reader)} == {of_line, of_station}
    assert {row.number for row in station.read(deviations, crew.token("D-QA"))} == {of_line, of_station}


@pytest.mark.req("H03", "P05", "D06", "P11-17")
def test_the_schema_refuses_what_the_room_would(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with plain_station(root, encrypted=False) as station:
        crew = Crew(station)
        closed, mine = _opened(crew), _opened(crew, "D-SUPER")
        for number in (closed, mine):
            crew.do("D-OPER", q.AddDeviationEvidence(number=number, words="seen"))
        _investigated(crew, closed)
        crew.sign("D-QA", q.CloseDeviation(number=closed))
        _investigated(crew, mine, owner="D-QA")
        assert verified(station).findings == ()
    store = sqlite3.connect(root / "store.db", isolation_level=None)
    store.execute("PRAGMA foreign_keys = ON")
    (signature,) = store.execute("SELECT id FROM signature WHERE subject_kind = 'deviation'").fetchone()
    fill = f"state = 'closed', ended_us = 1, closed_signature = '{signature}', closed_meaning = 'approval', closed_version = 5"
    attacks = [
        (f"UPDATE deviation SET {fill}, closed_signer = 'D-QA' WHERE number = '{mine}'", "closed_signer <> owner"),
        (f"UPDATE deviation SET {fill}, closed_signer = 'D-SUPER' WHERE number = '{mine}'", "FOREIGN KEY"),
        (f"UPDATE deviation SET {fill}, closed_signer = 'D-QA', owner = 'D-SUPER' WHERE number = '{mine}'", "investigated_by"),
        (f"UPDATE deviation SET state = 'closed', ended_us = 1 WHERE number = '{mine}'", "closed_signature"),
        (f"UPDATE deviation SET classification = 'critical' WHERE number = '{mine}'", "does not change"),
        (f"UPDATE deviation SET title = 'nothing' WHERE number = '{mine}'", "does not change"),
        (f"UPDATE deviation SET impact = 'none' WHERE number = '{closed}'", "final"),
        (f"DELETE FROM deviation WHERE number = '{mine}'", "never deleted"),
        ("UPDATE deviation_evidence SET words = 'other'", "append-only"),
        ("DELETE FROM deviation_evidence", "never deleted"),
        (
            f"INSERT INTO deviation_evidence SELECT number || ':9', number, 9, kind, event_seq, event_leaf, document_hash, document_name, words, "
            f"added_by, added_us FROM deviation_evidence WHERE number = '{closed}'",
            "no more evidence",
        ),
    ]
    for attack, said in attacks:
        with pytest.raises(sqlite3.IntegrityError, match=said):
            store.execute(attack)
    columns = [row[1] for row in store.execute("PRAGMA table_info(deviation)")]
    gap = ", ".join({"number": "printf('DEV-%d-0009', year)", "n": "9"}.get(name, name) for name in columns)
    with pytest.raises(sqlite3.IntegrityError, match="no gaps"):
        store.execute(f"INSERT INTO deviation SELECT {gap} FROM deviation LIMIT 1")
    store.close()


@pytest.mark.req("C14", "H01")
def test_a_deviation_has_a_retention_of_its_own(station: Station, clock: SetClock) -> None:
    crew = Crew(station)
    number = _opened(crew)
    crew.do("D-OPER", q.AddDeviationEvidence(number=number, words="seen"))
    _investigated(crew, number)
    crew.sign("D-QA", q.CloseDeviation(number=number))
    eight_years = int(8 * 365.25 * 24 * 3600) * 1_000_000
    with station._reading("*") as reader:
        now = clock.now().utc_us
        assert disposable(reader.cursor, RETENTION_KINDS, ("deviation", number), now) == []
        assert len(disposable(reader.cursor, RETENTION_KINDS, ("deviation", number), now + eight_years)) == 8
