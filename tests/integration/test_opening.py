"""A station that opens behind the sign-in page."""

from __future__ import annotations

from pathlib import Path

import pytest

from jope.bootstrap import StationInfo, open_station, provision_demo_station
from jope.cli.opening import OpeningStation
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.identity.commands import SignIn
from jope.kernel.errors import SettingsError, StationHeldError, StoreKeyError
from jope.plant.batches.queries import batch_list
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, verified


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A stopped demo station."""
    provision_demo_station(tmp_path / "station")
    return tmp_path / "station"


@pytest.mark.req("A02", "P11-05")
def test_before_it_is_open_it_shows_its_file_and_then_it_is_the_station(root: Path) -> None:
    opening = OpeningStation(root)
    told: list[frozenset[str]] = []
    stop = opening.on_change(told.append)
    assert opening.info.demo
    assert opening.idle_left(None) == 0.0
    assert opening.clock_texts()[1].endswith("UTC")
    opening.begin()
    try:
        opened = opening.dispatch(SignIn(employee_id="D-QA", password=DEMO_PASSWORD))
        assert opening.read(batch_list, opened.token) == ()
        assert opening.idle_left(opened.token) > 100
        assert isinstance(opening.opened().info, StationInfo)
        assert opening.opened().info.station_id == opening.info.station_id
        assert any("session" in kinds for kinds in told)
        stop()
    finally:
        opening.close()


@pytest.mark.req("P04")
def test_what_keeps_it_from_opening_is_said_at_the_first_question(root: Path) -> None:
    (root / "keys" / "store.key").unlink()
    opening = OpeningStation(root)
    opening.begin()
    with pytest.raises(StoreKeyError):
        opening.dispatch(SignIn(employee_id="D-QA", password=DEMO_PASSWORD))
    opening.close()


@pytest.mark.req("P11-05", "P04")
def test_a_held_station_and_a_file_that_hides_the_demo_mark_are_refused(root: Path) -> None:
    station = open_station(root)
    with pytest.raises(StationHeldError, match="process"):
        OpeningStation(root)
    station.close()
    file = root / "station.toml"
    file.write_text(file.read_text().replace("demo = true", "demo = false"))
    with pytest.raises(SettingsError, match="disagree"):
        open_station(root)


@pytest.mark.req("C12", "Q02", "A11d-20")
def test_a_clock_set_back_while_the_station_was_off_is_alarmed_until_it_stands_right(root: Path) -> None:
    clock = SetClock()
    clock.wall_offset_us -= 3_600_000_000
    for behind, open_kinds in ((True, ["clock"]), (True, ["clock"]), (False, [])):
        clock.wall_offset_us = -3_600_000_000 if behind else 0
        station = open_station(root, clock=clock)
        try:
            token = Crew(station).token("D-QA")
            assert [a.kind for a in station.read(open_alarms, token) if a.active] == open_kinds
            assert verified(station).ok
        finally:
            station.close()
