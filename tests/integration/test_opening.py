"""A station that opens behind the sign-in page."""

from __future__ import annotations

from pathlib import Path

import pytest

from jope.bootstrap import StationInfo, open_station, provision_demo_station
from jope.cli.opening import OpeningStation
from jope.compliance.identity.commands import SignIn
from jope.kernel.errors import SettingsError, StationHeldError, StoreKeyError
from jope.plant.batches.queries import batch_list
from jope.services.provisioning.demo_data import DEMO_PASSWORD


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
