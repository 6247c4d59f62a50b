"""What the running process measures of itself: one line of JSON a minute (URS Q10), and the facts of health that only it knows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from jope.compliance.bus.meter import quantile_us
from jope.kernel.logs import files_of
from jope.services.health.channels.keeping import ChannelState
from jope.services.health.facts import RunningFacts
from jope.services.health.security import SinkState

STEM: Final = "metrics"
FRESH_US: Final = 3 * 60_000_000
"""A line older than this says nothing of a process that runs."""
_STATM: Final = Path("/proc/self/statm")
_TAIL: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One minute. Durations in microseconds, sizes in bytes, commands counted since the start; ``plain`` and ``proven`` are latency buckets."""

    utc_us: int
    started_us: int
    uptime_us: int
    rss_bytes: int
    outcomes: Mapping[str, int]
    plain: tuple[int, ...]
    proven: tuple[int, ...]
    events: int
    wal_bytes: int
    disk_free: int
    channels: tuple[ChannelState, ...]
    sink: SinkState | None
    errors_lost: int
    read_only: str

    @property
    def line(self) -> str:
        """The snapshot as one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)


def snapshot_of(line: str) -> Snapshot:
    """Read a line back.

    Raises:
        ValueError, TypeError, KeyError: it is no snapshot.
    """
    fields: dict[str, Any] = json.loads(line)
    sink = fields["sink"]
    lists = {
        "plain": tuple(fields["plain"]),
        "proven": tuple(fields["proven"]),
        "channels": tuple(ChannelState(**one) for one in fields["channels"]),
        "sink": None if sink is None else SinkState(**sink),
    }
    return Snapshot(**fields | lists)


def newest_snapshot(folder: Path, now_us: int) -> Snapshot | None:
    """The snapshot of the last minutes, None where no process wrote one."""
    files = files_of(folder, STEM)
    if not files:
        return None
    try:
        with files[-1][1].open("rb") as file:
            file.seek(max(0, files[-1][1].stat().st_size - _TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
        found = snapshot_of(lines[-1]) if lines else None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if found is not None and now_us - found.utc_us <= FRESH_US else None


def running_facts(snapshot: Snapshot) -> RunningFacts:
    """What health says of the running process."""
    plain = snapshot.plain
    return RunningFacts(
        started_us=snapshot.started_us, uptime_us=snapshot.uptime_us, rss_bytes=snapshot.rss_bytes,
        commands=sum(snapshot.outcomes.values()), p50_us=quantile_us(plain, 0.5), p95_us=quantile_us(plain, 0.95),
        p99_us=quantile_us(plain, 0.99), proven_p95_us=quantile_us(snapshot.proven, 0.95),
    )  # fmt: skip


def resident_bytes() -> int:
    """The memory of this process, 0 where the system does not say it."""
    if not _STATM.exists():
        return 0
    pages = int(_STATM.read_text("ascii").split()[1])
    return pages * _page_bytes()


def _page_bytes() -> int:
    import os

    return int(os.sysconf("SC_PAGE_SIZE")) if hasattr(os, "sysconf") else 4096


def size_of(path: Path) -> int:
    """The bytes of a file, 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def disk_free(folder: Path) -> int:
    """The free bytes of a folder's disk."""
    return shutil.disk_usage(folder).free
