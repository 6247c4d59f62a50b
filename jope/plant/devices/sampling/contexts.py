"""Which batch a value belongs to: bound when the value is taken, never later (URS J01, K01; A11d-05)."""

from __future__ import annotations

import threading
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

CHANGES_KEPT: Final = 4096
"""Changes of context that are remembered, so that values a server kept while the line was lost find the batch they were taken in."""


@dataclass(frozen=True, slots=True)
class SampleContext:
    """What ran when a value was taken. All fields are empty where nothing did."""

    batch_no: str = ""
    phase: str = ""
    recipe: str = ""
    recipe_version: str = ""
    correlation_id: str = ""


NOTHING: Final = SampleContext()


class ContextBook:
    """What runs at the line, and what ran before. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: list[int] = []
        self._contexts: list[SampleContext] = []
        self.current = NOTHING

    def change(self, context: SampleContext, since_us: int) -> None:
        """From ``since_us`` (UTC microseconds) on, values belong to ``context``. A clock that was set back does not reorder what was noted."""
        with self._lock:
            if context == self.current:
                return
            if self._since and since_us < self._since[-1]:
                since_us = self._since[-1]
            self._since.append(since_us)
            self._contexts.append(context)
            if len(self._since) > CHANGES_KEPT:
                del self._since[0], self._contexts[0]
            self.current = context

    def at(self, us: int) -> SampleContext:
        """What ran at a time, for a value that its server kept for later. Before the oldest change nothing is known to have run."""
        with self._lock:
            found = bisect_right(self._since, us)
            return self._contexts[found - 1] if found else NOTHING
