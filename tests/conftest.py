"""Rules for every test: its requirement ids exist, and no thread of the product outlives it."""

from __future__ import annotations

import csv
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


_SPIES = (("jope_drivers.simulator.plc_handle", "SimulatedPlc"), ("jope_drivers.simulator.line_handle", "SimulatedOpcUaLine"))
"""The simulated devices that write down every write they receive, each in a process of its own."""


@pytest.fixture(scope="session", autouse=True)
def _spied() -> Iterator[list[Any]]:
    """Every simulated device with tags that this run of the tests makes, in the order they were made."""
    made: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        for module, name in _SPIES:
            if module in sys.modules:  # a test file that uses it was collected
                kind = getattr(sys.modules[module], name)

                def noted(self: Any, *arguments: Any, _made: Any = kind.__init__, **options: Any) -> None:
                    _made(self, *arguments, **options)
                    made.append(self)

                patch.setattr(kind, "__init__", noted)
        yield made


@pytest.fixture(autouse=True)
def _no_write_but_where_a_test_names_it(request: pytest.FixtureRequest, _spied: list[Any]) -> Iterator[None]:
    """No device of any test sees a write, but in the tests marked ``writes``, which say each write that was approved (URS J07, PR-01)."""
    before = {id(device): _writes_of(device) for device in _spied}
    yield
    seen = [(type(device).__name__, _writes_of(device) - before.get(id(device), 0)) for device in _spied]
    written = [(name, count) for name, count in seen if count]
    if request.node.get_closest_marker("writes") is None:
        assert written == [], "a device was written to, and no approved write is part of this test"


def _writes_of(device: Any) -> int:
    try:
        return len(device.writes())
    except FileNotFoundError:  # it has not been started
        return 0
