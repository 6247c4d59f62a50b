"""One released batch on a real simulated scale, made once per run and copied for each attack."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.demo import run_demo_batch, running_plant


@pytest.fixture(scope="session")
def released_batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a stopped demo station with one released batch. Never written to; copy it."""
    root = tmp_path_factory.mktemp("released") / "station"
    with running_plant(root) as (station, scale):
        run_demo_batch(station, scale)
    return root


@pytest.fixture
def station_copy(released_batch: Path, tmp_path: Path) -> Iterator[Path]:
    """A private copy of the released batch's station."""
    root = tmp_path / "station"
    shutil.copytree(released_batch, root)
    yield root
    shutil.rmtree(root)
