"""A clock that a test sets."""

from __future__ import annotations

from jope.kernel.clock import ClockQuality, Instant, SystemClock


class SetClock:
    """The system's clock with an offset that a test moves; wall and monotonic time apart."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self.wall_offset_us = 0
        self.mono_offset_us = 0

    def now(self) -> Instant:
        """The moved instant."""
        now = self._system.now()
        return Instant(now.utc_us + self.wall_offset_us, now.mono_us + self.mono_offset_us, now.boot_id, ClockQuality.HOLDOVER)

    def monotonic_us(self) -> int:
        """Moved monotonic time."""
        return self._system.monotonic_us() + self.mono_offset_us

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.wall_offset_us += int(seconds * 1e6)
        self.mono_offset_us += int(seconds * 1e6)
