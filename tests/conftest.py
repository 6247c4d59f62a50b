"""Rules for every test: its requirement ids exist, and no thread of the product outlives it."""

from __future__ import annotations

import csv
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def pytest_configure(config: pytest.Config) -> None:
    """The tree carries a manifest of itself as it stands when the tests begin; stations of the tests attest themselves against it."""
    if hasattr(config, "workerinput"):
        return
    from jope.services.qualification.attestation import checks, manifest

    if not checks.program(release_key="", demo=True).ok:
        manifest.make()


def _known_ids() -> frozenset[str]:
    ids: set[str] = set()
    for name in ("requirements.csv", "clauses.csv"):
        with (ROOT / "validation" / "urs" / name).open(encoding="utf-8") as file:
            ids |= {row["id"] for row in csv.DictReader(file)}
    return frozenset(ids)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test names the requirements it proves, and only such as exist."""
    known = _known_ids()
    for item in items:
        marks = list(item.iter_markers("req"))
        if not marks:
            raise pytest.UsageError(f"{item.nodeid} names no requirement (marker req)")
        unknown = {i for mark in marks for i in mark.args} - known
        if unknown:
            raise pytest.UsageError(f"{item.nodeid} names unknown requirements: {sorted(unknown)}")


@pytest.fixture(autouse=True)
def _no_thread_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and t.name.startswith("jope-")]
    for thread in left:
        thread.join(timeout=5)
    assert not [t.name for t in left if t.is_alive()], "a thread of the product outlived the test"
