"""How many alarms there were, and whether they came faster than a person can act on them (ISA-18.2, EEMUA 191; URS K08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

FLOOD_COUNT: Final = 10
FLOOD_US: Final = 600_000_000
"""More than ten alarms in ten minutes are a flood; it lasts until fewer than five came in ten minutes (ISA-18.2)."""
_FLOOD_OVER: Final = 5


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """The alarms of a time: raised, not acknowledged, floods, the most in ten minutes, and the sources that alarmed most."""

    alarms: int
    unacknowledged: int
    floods: int
    peak: int
    frequent: tuple[tuple[str, str, int], ...] = ()


def figures_of(cursor: Any, from_us: int, to_us: int) -> AlarmFigures:
    """The figures of the alarms raised in ``[from_us, to_us)``. Diagnostic ones (priority 4) do not count: nobody has to act on them."""
    sql = "SELECT raised_us, acknowledged_us IS NULL FROM alarm WHERE raised_us >= ? AND raised_us < ? AND priority < 4 ORDER BY raised_us"
    rows = cursor.execute(sql, (from_us, to_us)).fetchall()
    times = [int(row[0]) for row in rows]
    floods, peak = floods_of(times)
    frequent = cursor.execute(
        "SELECT source, kind, count(*) FROM alarm WHERE raised_us >= ? AND raised_us < ? AND priority < 4 GROUP BY source, kind "
        "ORDER BY count(*) DESC, source, kind LIMIT 10",
        (from_us, to_us),
    ).fetchall()
    return AlarmFigures(
        len(rows), sum(int(row[1]) for row in rows), len(floods), peak, tuple((str(s), str(k), int(n)) for s, k, n in frequent)
    )


def floods_of(times: Sequence[int]) -> tuple[tuple[tuple[int, int], ...], int]:
    """The floods among alarms raised at these times, each from its first to its last alarm, and the most alarms in ten minutes."""
    floods: list[tuple[int, int]] = []
    peak, first, began = 0, 0, None
    for index, time in enumerate(times):
        while times[first] <= time - FLOOD_US:
            first += 1
        count = index - first + 1
        peak = max(peak, count)
        if began is not None and count < _FLOOD_OVER:
            floods.append((began, times[index - 1]))
            began = None
        if began is None and count > FLOOD_COUNT:
            began = times[first]
    if began is not None:
        floods.append((began, times[-1]))
    return tuple(floods), peak
