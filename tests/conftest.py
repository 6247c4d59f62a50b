"""What holds for all tests: the ``req`` marker that names the requirements and clauses a test stands for."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; ids are those of ``validation/urs``."""
    config.addinivalue_line("markers", "req(*ids): the requirement and clause ids that this test is evidence for")
