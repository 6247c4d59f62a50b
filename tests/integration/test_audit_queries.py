"""Finding events: every filter gives what reading the whole trail gives, piece by piece, with a clock that was wrong for a while (URS C08; A11d-21)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import Station, open_station
from jope.compliance.audit.queries import (
    AuditFilter,
    AuditOrder,
    audit_count,
    audit_page,
    audit_rows,
    audit_seq_at,
    audit_seqs,
    audit_sorted,
    audit_top,
)
from jope.compliance.evidence.queries import record_as_of, review_basis
from jope.compliance.identity.commands import LockSession
from jope.kernel.errors import RefusedError
from jope.kernel.store.migrations import revision_sql, statements
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, verified

HOUR_US = 3600 * 1_000_000


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Station, Crew, list[dict[str, Any]]]]:
    """A trail of several tiles over some hours; in the middle the clock stood two hours ahead."""
    root: Path = tmp_path_factory.mktemp("found") / "station"
    clock = SetClock()
    with plain_station(root, clock=clock):
        pass
    station = open_station(root, clock=clock)
    for number in range(400):
        clock.wall_offset_us = (3 * HOUR_US if 150 < number < 250 else HOUR_US) + number * 10_000_000
        station._keeper._dispatch(_heartbeat())
    crew = Crew(station)
    crew.token("D-QA")
    bodies = [json.loads(body) for (body,) in station._ask("SELECT body FROM audit ORDER BY seq DESC", ())]
    yield station, crew, bodies
    station.close()


def _heartbeat() -> Any:
    from jope.compliance.audit.commands import MakeCheckpoint

    return MakeCheckpoint(cause="test")


def _times(bodies: list[dict[str, Any]]) -> list[tuple[int | None, int | None]]:
    first, last = min(b["utc"] for b in bodies), max(b["utc"] for b in bodies)
    step = (last - first) // 5
    edges = [None, first, first + step, first + 2 * step + 7, last - step, last]
    return [(a, b) for a in edges for b in edges if a is None or b is None or a <= b]


@pytest.mark.req("C08", "A11d-21", "C12")
def test_a_range_of_time_finds_exactly_its_events_in_pieces_of_any_size(trail: tuple[Station, Crew, list[dict[str, Any]]]) -> None:
    station, crew, bodies = trail
    token = crew.token("D-QA")
    for since, until in _times(bodies):
        due = [b["seq"] for b in bodies if (since is None or b["utc"] >= since) and (until is None or b["utc"] <= until)]
        for action in ("", "log.heartbeat"):
            chosen = AuditFilter(from_utc_us=since, to_utc_us=until, action=action)
            wanted = [seq for seq in due if not action or bodies[len(bodies) - seq]["action"] == action]
            found: list[int] = []
            while True:
                piece = station.read(audit_seqs, token, filter=chosen, below=found[-1] if found else None, limit=70)
                found += piece
                if len(piece) < 70:
                    break
            assert found == wanted, (since, until, action)


@pytest.mark.req("C08", "A11d-21")
def test_a_time_leads_to_the_newest_event_before_it(trail: tuple[Station, Crew, list[dict[str, Any]]]) -> None:
    station, crew, bodies = trail
    token = crew.token("D-QA")
    for utc in sorted({b["utc"] for b in bodies})[::37]:
        assert station.read(audit_seq_at, token, utc_us=utc) == next(b["seq"] for b in bodies if b["utc"] <= utc)
    assert station.read(audit_seq_at, token, utc_us=1) == 0


@pytest.mark.req("C08", "A11d-21")
def test_who_what_and_record_narrow_alone_and_together(trail: tuple[Station, Crew, list[dict[str, Any]]]) -> None:
    station, crew, bodies = trail
    token = crew.token("D-QA")
    assert station.read(audit_top, token) == len(bodies)
    for chosen, fits in (
        (AuditFilter(actor="D-QA"), lambda b: b["actor"] == "D-QA"),
        (AuditFilter(action="lot.received"), lambda b: b["action"] == "lot.received"),
        (AuditFilter(subject_id="D-QA"), lambda b: any(s["id"] == "D-QA" for s in b["subjects"])),
        (AuditFilter(subject_kind="lot"), lambda b: any(s["kind"] == "lot" for s in b["subjects"])),
        (
            AuditFilter(subject_kind="user", subject_id="D-QA", actor="D-QA"),
            lambda b: b["actor"] == "D-QA" and any(s["id"] == "D-QA" for s in b["subjects"]),
        ),
        (AuditFilter(only_changes=True), lambda b: b["next"] is not None),
        (AuditFilter(subject_id="nowhere"), lambda b: False),
    ):
        due = tuple(b["seq"] for b in bodies if fits(b))
        assert station.read(audit_seqs, token, filter=chosen) == due, chosen
        rows = station.read(audit_rows, token, seqs=due[:50])
        assert tuple(row.seq for row in rows) == due[:50]
    assert verified(station).findings == ()


@pytest.mark.req("C08", "A11d-21", "A10")
def test_whose_events_they_are_is_told_by_bits_as_by_reading_them_all(trail: tuple[Station, Crew, list[dict[str, Any]]]) -> None:
    station, crew, bodies = trail
    token = crew.token("D-QA")
    top = station.read(audit_top, token)
    bodies = [json.loads(body) for (body,) in station._ask("SELECT body FROM audit WHERE seq <= ? ORDER BY seq DESC", (top,))]
    for actor in ("SYSTEM", "D-QA", "D-OPER", "nobody"):
        for since, until in _times(bodies)[::4]:
            for more in ({}, {"outcome": "done"}, {"only_changes": True}, {"action": "log.heartbeat"}, {"subject_kind": "user"}):
                chosen = AuditFilter(actor=actor, from_utc_us=since, to_utc_us=until, **more)
                due = [b["seq"] for b in bodies if _fits(b, chosen)]
                found: list[int] = []
                while piece := station.read(
                    audit_seqs, token, filter=chosen, below=min(found[-1] if found else top + 1, top + 1), limit=150
                ):
                    found += piece
                assert found == due, chosen
        chosen = AuditFilter(actor=actor, to_utc_us=bodies[0]["utc"])
        assert station.read(audit_count, token, filter=chosen) == sum(_fits(b, chosen) for b in bodies)
        assert [row.seq for row in station.read(audit_page, token, filter=chosen, limit=20)] == [
            b["seq"] for b in bodies if _fits(b, chosen)
        ][:20]


def _fits(body: dict[str, Any], chosen: AuditFilter) -> bool:
    since, until = chosen.from_utc_us or 0, chosen.to_utc_us or 2**62
    return (
        body["actor"] == chosen.actor
        and since <= body["utc"] <= until
        and chosen.outcome in ("", body["outcome"])
        and chosen.action in ("", body["action"])
        and (not chosen.only_changes or body["next"] is not None)
        and (not chosen.subject_kind or any(one["kind"] == chosen.subject_kind for one in body["subjects"]))
    )


@pytest.mark.req("C08", "P04")
def test_a_migrated_store_holds_the_bits_that_commits_write(trail: tuple[Station, Crew, list[dict[str, Any]]]) -> None:
    station, _crew, _bodies = trail
    (filling,) = [one for one in statements(revision_sql("0017")) if "INSERT INTO audit_actor_tile (" in one]
    stored = station._ask("SELECT actor, n, w0, w1, w2, w3 FROM audit_actor_tile ORDER BY 1, 2", ())
    assert sorted(station._ask(filling[filling.index("SELECT") :], ())) == sorted(stored)
    assert any(w3 for *_start, w3 in stored), "all four words of a tile are used"


@pytest.mark.req("C08", "A11d-21")
def test_what_was_found_is_sorted_and_too_much_is_refused(trail: tuple[Station, Crew, list[dict[str, Any]]]) -> None:
    station, crew, bodies = trail
    token = crew.token("D-QA")
    changes = AuditFilter(only_changes=True)
    due = [b for b in bodies if b["next"] is not None]
    assert station.read(audit_sorted, token, filter=changes, by=AuditOrder.OLDEST) == tuple(b["seq"] for b in reversed(due))
    by_who = sorted(due, key=lambda b: (b["actor"].casefold(), -b["seq"]))
    assert station.read(audit_sorted, token, filter=changes, by=AuditOrder.WHO) == tuple(b["seq"] for b in by_who)
    by_what = sorted(due, key=lambda b: (f"{b['action']} {b['outcome']}".casefold(), -b["seq"]))
    assert station.read(audit_sorted, token, filter=changes, by=AuditOrder.WHAT) == tuple(b["seq"] for b in by_what)
    with pytest.raises(RefusedError, match="At most 3 events"):
        station.read(audit_sorted, token, filter=changes, by=AuditOrder.RECORD, most=3)


@pytest.mark.req("C13", "O08")
def test_reading_one_person_s_trail_is_an_event_before_it_is_answered(tmp_path: Path) -> None:
    clock = SetClock()
    with plain_station(tmp_path / "station", clock=clock) as station:
        crew = Crew(station)
        for who in ("D-OPER", "D-SUPER"):
            crew.token(who)

        def looks() -> list[tuple[str, str]]:
            rows = station._ask("SELECT body FROM audit WHERE action = 'data.read' ORDER BY seq", ())
            return [(json.loads(body)["actor"], json.loads(body)["subjects"][0]["id"]) for (body,) in rows]

        token = crew.token("D-QA")
        station.read(audit_seqs, token, filter=AuditFilter(actor="D-OP"))
        station.read(audit_seqs, token, filter=AuditFilter(action="session.opened"))
        station.read(audit_seqs, token, filter=AuditFilter(actor="D-QA"))
        assert looks() == [], "no such person, nobody in particular, oneself"
        found = station.read(audit_seqs, token, filter=AuditFilter(actor="D-OPER"))
        assert looks() == [("D-QA", "D-OPER")]
        assert station.read(audit_seqs, token, filter=AuditFilter(actor="D-OPER"), below=found[0]) == found[1:]
        station.read(audit_sorted, token, filter=AuditFilter(subject_kind="user", subject_id="D-OPER"), by=AuditOrder.WHAT)
        assert len(looks()) == 1, "the same look goes on"
        station.read(record_as_of, token, subject_kind="user", subject_id="D-SUPER", seq=station.read(audit_top, token))
        assert looks()[-1] == ("D-QA", "D-SUPER")
        clock.pass_seconds(601)
        crew.tokens.clear()
        station.read(audit_seqs, crew.token("D-QA"), filter=AuditFilter(actor="D-OPER"))
        assert len(looks()) == 3
        assert station.read(review_basis, crew.token("D-QA"), subject_kind="user", subject_id="D-SUPER").events
        assert looks()[-1] == ("D-QA", "D-SUPER")
        token = crew.token("D-VALID")
        station.dispatch(LockSession(cause="person"), token)
        station.read(audit_count, token, filter=AuditFilter(actor="D-SUPER", subject_id="D-OPER"))
        assert sorted(looks()[-2:]) == [("D-VALID", "D-OPER"), ("D-VALID", "D-SUPER")], "also behind a lock, and both"
        assert verified(station).findings == ()
