"""A series of signatures as the screen knows it (URS B10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Series:
    """The series that the person at this screen opened: its token, whose it is, and how many seconds are left until it ends by itself."""

    token: str = field(repr=False)
    employee_id: str
    left: Callable[[], float]
