"""What a trend draws of a tag: a line that holds its value, a band of lowest and highest, and the spans in which nothing is known. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from jope.plant.devices.sampling.store import Bucket, StoredGap

MOST_PENS: Final = 6
SECOND_US: Final = 1_000_000
_NAN: Final = math.nan
_APART: Final = 2
"""Buckets further apart than this were joined by rest, not by a change: the value is held in between."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Points of one tag; seconds of UTC. A value that is not a number breaks the line. ``unknown`` are the spans without a usable value."""

    times: tuple[float, ...]
    last: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    unknown: tuple[tuple[float, float], ...]


def trace_of(buckets: Sequence[Bucket], width_us: int, to_us: int) -> Trace:
    """The points of a tag's intervals, oldest first. An interval that ends with nothing usable breaks the line until the next that has a value."""
    times: list[float] = []
    last: list[float] = []
    low: list[float] = []
    high: list[float] = []
    unknown: list[tuple[float, float]] = []
    broken: float | None = None
    before: Bucket | None = None
    for bucket in buckets:
        at = bucket.start_us / SECOND_US
        if bucket.last is None:
            broken = at if broken is None else broken
            if times and not math.isnan(last[-1]):
                _add((times, last, low, high), at, _NAN, _NAN, _NAN)
            before = None
            continue
        if broken is not None:
            unknown.append((broken, at))
            broken = None
        if before is not None and before.last is not None and bucket.start_us - before.start_us > _APART * width_us:
            held = float(before.last)
            _add((times, last, low, high), (bucket.start_us - width_us) / SECOND_US, held, held, held)
        value = float(bucket.last)
        least = value if bucket.low is None else min(float(bucket.low), value)
        most = value if bucket.high is None else max(float(bucket.high), value)
        _add((times, last, low, high), at, value, least, most)
        before = bucket
    if broken is not None:
        unknown.append((broken, to_us / SECOND_US))
    return Trace(tuple(times), tuple(last), tuple(low), tuple(high), tuple(unknown))


def _add(columns: tuple[list[float], list[float], list[float], list[float]], *values: float) -> None:
    for column, value in zip(columns, values, strict=True):
        column.append(value)


def gap_spans(gaps: Iterable[StoredGap], producers: Iterable[str], from_us: int, to_us: int) -> tuple[tuple[float, float], ...]:
    """The spans in which values of these devices were lost for good, within the time that is drawn."""
    wanted = frozenset(producers)
    return tuple(
        (max(gap.from_us, from_us) / SECOND_US, min(gap.to_us, to_us) / SECOND_US) for gap in gaps if not wanted or gap.producer in wanted
    )


def value_at(trace: Trace, second: float) -> float | None:
    """What a tag showed at a time: the last point before it, None where nothing is known."""
    found = None
    for time, value in zip(trace.times, trace.last, strict=True):
        if time > second:
            break
        found = value
    if found is None or math.isnan(found) or any(start <= second < end for start, end in trace.unknown):
        return None
    return found
