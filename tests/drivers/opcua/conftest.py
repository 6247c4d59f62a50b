"""One simulated line for the tests that do not change it for good."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jope_drivers.opcua.certificate import ApplicationCertificate
from jope_drivers.simulator.line_handle import SimulatedOpcUaLine

from tests.support.opcua import running_line, station_certificate


@pytest.fixture(scope="session")
def own() -> ApplicationCertificate:
    """The station's certificate."""
    return station_certificate()


@pytest.fixture(scope="module")
def line(own: ApplicationCertificate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedOpcUaLine]:
    """A simulated line with 20 fast counters."""
    with running_line(tmp_path_factory.mktemp("line"), own, fast=20, rate_hz=10.0) as found:
        yield found
