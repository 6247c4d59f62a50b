"""Real stations for integration tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jope.bootstrap import Station
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station


@pytest.fixture
def clock() -> SetClock:
    """A clock that the test moves."""
    return SetClock()


@pytest.fixture
def station(tmp_path: Path, clock: SetClock) -> Iterator[Station]:
    """A prepared demo station without devices."""
    with plain_station(tmp_path / "station", clock=clock) as found:
        yield found


@pytest.fixture
def crew(station: Station) -> Crew:
    """People at that station."""
    return Crew(station)
