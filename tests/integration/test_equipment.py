"""Equipment: the status gate of a line, cleaning by two people, maintenance, and the logbook that the steps write (URS E13, E15; PR-05)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jope.kernel.errors import GuardRefusedError
from jope.plant.batches import commands as b
from jope.plant.devices.equipment.fitness import Status
from jope.services.provisioning import demo_data as demo
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, verified
from tests.support.equipment import BOOTH, MIXER, add_equipment, clean, unit

HOUR = 3_600


@pytest.fixture
def clock() -> SetClock:
    """A clock that the test moves."""
    return SetClock()


@pytest.fixture
def crew(tmp_path: Path, clock: SetClock) -> Iterator[Crew]:
    """A station with the two units of the demo line, dirty as they come."""
    with plain_station(tmp_path / "station", clock=clock) as station:
        found = Crew(station)
        add_equipment(found)
        yield found


def start(batch_no: str = "B-1") -> b.StartBatch:
    """The start of a batch."""
    return b.StartBatch(batch_no=batch_no)


def cleared(crew: Crew, batch_no: str = "B-1") -> None:
    """A batch that is ready to start, as far as its line clearance goes."""
    crew.do("D-SUPER", b.CreateBatch(batch_no=batch_no, recipe_id=demo.DEMO_RECIPE, line="L3", product_lot=f"PL-{batch_no}"))
    crew.do("D-SUPER", b.ReleaseBatchToFloor(batch_no=batch_no))
    answers = tuple(b.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
    crew.sign("D-OPER", b.PerformClearance(batch_no=batch_no, answers=answers))
    crew.sign("D-OPER", b.VerifyClearance(batch_no=batch_no), signer="D-SUPER")


def refusals(crew: Crew) -> list[str]:
    """What the trail says of refused commands."""
    with crew.station._reading("*") as reader:
        sql = (
            "SELECT json_extract(p.payload, '$.details.message') FROM audit a JOIN audit_payload p USING (seq) "
            "WHERE a.action = 'command.refused' ORDER BY seq"
        )
        return [text for (text,) in reader.execute(sql)]


@pytest.mark.req("E15", "PR-05", "P11-07")
def test_a_batch_does_not_start_on_dirty_equipment_and_the_refusal_is_an_event(crew: Crew) -> None:
    cleared(crew)
    with pytest.raises(GuardRefusedError, match="BO-1 was never cleaned"):
        crew.sign("D-OPER", start())
    assert refusals(crew)[-1] == "BO-1 was never cleaned. MX-1 was never cleaned."
    clean(crew, BOOTH, MIXER)
    assert crew.station.preflight(start(), crew.token("D-OPER")) is None
    crew.sign("D-OPER", start())
    assert {unit(crew, one).status for one in (BOOTH, MIXER)} == {Status.IN_USE}
    assert verified(crew.station).findings == ()


@pytest.mark.req("E15")
def test_the_clean_hold_runs_out_on_the_clock_without_any_job(crew: Crew, clock: SetClock) -> None:
    cleared(crew)
    clean(crew, BOOTH, MIXER)
    until = unit(crew, MIXER).clean_until_us
    assert until is not None
    token = crew.token("D-OPER")
    assert crew.station.why_not(start(), token) == ()
    ends = crew.station.why_not(start(), token, at_us=until)
    assert [(one.guard, one.clause) for one in ends] == [("clean_hold_is_kept", "211.67(b)(5)")]
    assert "MX-1" in ends[0].message
    assert crew.station.why_not(start(), token, at_us=until - 60_000_000) == ()
    clock.pass_seconds(72 * HOUR)
    again = Crew(crew.station)
    assert {unit(again, one).status for one in (BOOTH, MIXER)} == {Status.HOLD_EXPIRED}
    with pytest.raises(GuardRefusedError, match="clean hold of BO-1 ends"):
        again.sign("D-OPER", start())
    clean(again, BOOTH, MIXER)
    again.sign("D-OPER", start())
    assert verified(crew.station).findings == ()
