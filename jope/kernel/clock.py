"""The only place that reads a clock.

An instant carries wall time for people and monotonic time for the program: wall time may jump, so order comes from sequence numbers and
durations come from the monotonic reading (domain.md "Time"; URS C12).
"""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo

JUMP_LIMIT_US = 2_000_000
"""Wall clock and monotonic clock may part by this much before it counts as a jump (two seconds)."""


class ClockQuality(StrEnum):
    """How far the wall clock can be trusted."""

    SYNCHRONISED = "synchronised"
    HOLDOVER = "holdover"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class Instant:
    """One reading: UTC microseconds since 1970, monotonic microseconds since boot, the boot's id and the clock's quality."""

    utc_us: int
    mono_us: int
    boot_id: str
    quality: ClockQuality


class Clock(Protocol):
    """Port for time. Every part of the program that needs time is given one of these."""

    def now(self) -> Instant:
        """The present instant."""

    def monotonic_us(self) -> int:
        """Microseconds on a clock that nobody can set."""


class SystemClock:
    """The operating system's clocks, watched against each other.

    A difference of more than two seconds between the advance of the wall clock and of the monotonic clock turns the quality to ``suspect``
    until the program starts again.
    """

    def __init__(self) -> None:
        self._boot_id = _boot_id()
        self._offset_us = time.time_ns() // 1000 - self.monotonic_us()
        self._quality = ClockQuality.HOLDOVER

    def monotonic_us(self) -> int:
        """Microseconds since boot."""
        return time.monotonic_ns() // 1000

    def now(self) -> Instant:
        """The present instant; a jump found here turns the quality to ``suspect``."""
        mono_us = self.monotonic_us()
        utc_us = time.time_ns() // 1000
        drift_us = utc_us - mono_us - self._offset_us
        if abs(drift_us) > JUMP_LIMIT_US:
            self._offset_us += drift_us
            self._quality = ClockQuality.SUSPECT
        return Instant(utc_us, mono_us, self._boot_id, self._quality)


class ClockWatch:
    """Watches a clock's wall time against its monotonic time. Thread-safe.

    Somebody set the wall clock, or the machine slept: monotonic time stands still in suspend and wall time goes on.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._offset_us = self._offset()

    def look(self) -> int:
        """By how many microseconds the wall clock jumped since the last look, 0 while both go alike."""
        with self._guard:
            jump_us = self._offset() - self._offset_us
            if abs(jump_us) <= JUMP_LIMIT_US:
                return 0
            self._offset_us += jump_us
            return jump_us

    def _offset(self) -> int:
        now = self._clock.now()
        return now.utc_us - now.mono_us


def _boot_id() -> str:
    """The kernel's boot id where there is one, else an id of this process' start."""
    path = Path("/proc/sys/kernel/random/boot_id")
    if path.exists():
        return path.read_text("ascii").strip()
    return str(uuid.uuid4())


def utc_text(utc_us: int) -> str:
    """``2026-11-20 09:41:07 UTC``: the form in which people read UTC."""
    return datetime.fromtimestamp(utc_us // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def site_text(utc_us: int, zone: str) -> str:
    """``2026-11-20 10:41:07 +01:00``: the site's wall time with its offset."""
    local = datetime.fromtimestamp(utc_us // 1_000_000, UTC).astimezone(ZoneInfo(zone))
    text = local.strftime("%Y-%m-%d %H:%M:%S %z")
    return f"{text[:-2]}:{text[-2:]}"


def site_date(utc_us: int, zone: str) -> str:
    """The calendar date at the site, ISO 8601. Expiry and due dates are judged by it."""
    return datetime.fromtimestamp(utc_us // 1_000_000, UTC).astimezone(ZoneInfo(zone)).date().isoformat()


_FORMS: Final = {"%Y-%m-%d %H:%M:%S": 1, "%Y-%m-%d %H:%M": 60, "%Y-%m-%d": 86_400}
"""How people type a time -> how many seconds it stands for."""


def utc_us_of(text: str, *, end: bool = False) -> int | None:
    """Microseconds of a UTC time as people type it, its beginning or its end; None where it is no time."""
    text = " ".join(text.strip().removesuffix("UTC").split())
    for form, seconds in _FORMS.items():
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return int(moment.timestamp()) * 1_000_000 + (seconds * 1_000_000 - 1 if end else 0)
    return None
