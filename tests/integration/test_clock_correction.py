"""A clock that once stood in the future is put right by two people; until then regulated work waits (URS C12; A11d-20)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jope.bootstrap import Station, open_station
from jope.compliance.audit.queries import AuditFilter, audit_page
from jope.compliance.timekeeping.commands import ApproveClockCorrection, ProposeClockCorrection
from jope.kernel.errors import ClockSuspectError, GuardRefusedError, PermissionDeniedError
from jope.kernel.ids import new_id
from jope.plant.batches import commands as c
from jope.services.provisioning import demo_data as demo
from tests.support.clocks import SetClock
from tests.support.demo import Crew, lasting_passwords, plain_station, verified

YEAR_US = 365 * 24 * 3600 * 1_000_000
_BATCH = {"recipe_id": demo.DEMO_RECIPE, "line": "L3", "product_lot": "PL"}


@pytest.fixture
def suspect(tmp_path: Path, clock: SetClock) -> Iterator[Station]:
    """A station whose clock stood a year ahead for one event, and is right again."""
    root = tmp_path / "station"
    with plain_station(root) as made:
        lasting_passwords(made)
    ahead = SetClock()
    ahead.wall_offset_us = YEAR_US
    station = open_station(root, clock=ahead)
    Crew(station).token("D-OPER")
    station.close()
    station = open_station(root, clock=clock)
    yield station
    station.close()


@pytest.mark.req("C12", "A11d-20")
def test_two_people_put_the_time_right_and_the_trail_goes_on_from_there(suspect: Station) -> None:
    crew = Crew(suspect)
    blocked = crew.refused(lambda: crew.do("D-SUPER", c.CreateBatch(batch_no="B-T", **_BATCH)))
    assert isinstance(blocked, ClockSuspectError)
    proposal = ProposeClockCorrection(correction_id=new_id(), reason="the mainboard battery failed; compared with the site clock")
    assert isinstance(crew.refused(lambda: crew.sign("D-OPER", proposal)), PermissionDeniedError)
    empty = ProposeClockCorrection(correction_id=new_id(), reason=" ")
    assert isinstance(crew.refused(lambda: crew.sign("D-SUPER", empty)), GuardRefusedError)
    crew.sign("D-SUPER", proposal)
    approval = ApproveClockCorrection(correction_id=proposal.correction_id)
    assert isinstance(crew.refused(lambda: crew.sign("D-SUPER", approval)), PermissionDeniedError)
    assert isinstance(crew.refused(lambda: crew.do("D-SUPER", c.CreateBatch(batch_no="B-T", **_BATCH))), ClockSuspectError)
    crew.sign("D-QA", ApproveClockCorrection(correction_id=proposal.correction_id))
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-T", **_BATCH))
    rows = suspect.read(audit_page, crew.token("D-QA"), filter=AuditFilter(action="clock.corrected"))
    assert [row.actor for row in rows] == ["D-QA"]
    assert verified(suspect).findings == ()
    again = ProposeClockCorrection(correction_id=new_id(), reason="once more")
    assert "does not stand before" in crew.refused(lambda: crew.sign("D-SUPER", again)).message
    root = suspect.folder.root
    suspect.close()
    reopened = open_station(root)
    try:
        Crew(reopened).do("D-SUPER", c.CreateBatch(batch_no="B-U", **_BATCH))
        assert verified(reopened).findings == ()
    finally:
        reopened.close()


@pytest.mark.req("C12", "A11d-20")
def test_a_proposal_waits_a_quarter_of_an_hour(suspect: Station, clock: SetClock) -> None:
    crew = Crew(suspect)
    proposal = ProposeClockCorrection(correction_id=new_id(), reason="compared with the site clock")
    crew.sign("D-SUPER", proposal)
    clock.pass_seconds(16 * 60)
    late = crew.refused(lambda: Crew(suspect).sign("D-QA", ApproveClockCorrection(correction_id=proposal.correction_id)))
    assert "older than 15 minutes" in late.message
