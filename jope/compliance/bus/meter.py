"""How long commands take and how they end, counted since the start in a few numbers: one clock read and one increment for each command."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jope.compliance.commands import Outcome

FIRST_BOUND_US: Final = 125
BUCKETS: Final = 20
"""Bucket n holds what took less than ``FIRST_BOUND_US << n``, the last one everything longer: 125 us to 65 s."""


@dataclass(frozen=True, slots=True)
class Metered:
    """Counts since the start: commands by outcome, and by duration for commands without and with a proof of a password."""

    outcomes: Mapping[str, int]
    plain: tuple[int, ...]
    proven: tuple[int, ...]


class CommandMeter:
    """Counts commands. Thread-safe."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._plain = [0] * BUCKETS
        self._proven = [0] * BUCKETS
        self._outcomes = dict.fromkeys(Outcome, 0)

    @staticmethod
    def begin() -> int:
        """A command begins: the reading to give back at its end, in nanoseconds."""
        return time.perf_counter_ns()

    def end(self, begun_ns: int, outcome: Outcome, *, proven: bool) -> None:
        """A command ended."""
        bucket = min(((time.perf_counter_ns() - begun_ns) // (FIRST_BOUND_US * 1000)).bit_length(), BUCKETS - 1)
        with self._guard:
            (self._proven if proven else self._plain)[bucket] += 1
            self._outcomes[outcome] += 1

    def read(self) -> Metered:
        """The counts so far."""
        with self._guard:
            return Metered({outcome.value: count for outcome, count in self._outcomes.items()}, tuple(self._plain), tuple(self._proven))


def quantile_us(buckets: tuple[int, ...], share: float) -> int:
    """The upper bound of the bucket in which a share of all commands was done, microseconds; 0 where there were none."""
    due, seen = share * sum(buckets), 0
    for bucket, count in enumerate(buckets):
        seen += count
        if count and seen >= due:
            return FIRST_BOUND_US << bucket
    return 0
