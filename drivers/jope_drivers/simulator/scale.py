"""The physics of a simulated scale: load, settling, noise, drift, zero, tare and limits. No I/O; time is given from outside.

Masses are in the unit that the scale shows, except where a name says grams. All arithmetic is decimal, so that what is shown is an exact
multiple of the readability, as on a real device.
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from jope.kernel.units import Quantity

SECOND_US = 1_000_000
STEP_US = 20_000
OVERLOAD_DIVISIONS = 9
"""A weighing instrument shows no value above its capacity plus nine divisions (OIML R 76-1, 4.2.3)."""

ZERO_SHARE = Decimal("0.02")
"""Zero may be set within two per cent of the capacity (OIML R 76-1, 4.5.1)."""

_SETTLED = Decimal("0.000000001")


class Range(StrEnum):
    """Where the load stands between the limits."""

    INSIDE = "inside"
    OVER = "over"
    UNDER = "under"


@dataclass(frozen=True, slots=True)
class ScaleData:
    """What the type plate says, and how quickly the pan comes to rest.

    ``time_constant_us`` is the first-order lag of the cell, ``window_us`` how long the reading must keep within one division to be called
    stable.
    """

    model: str
    serial_number: str
    firmware: str
    capacity: Decimal
    readability: Decimal
    unit: str = "g"
    time_constant_us: int = 120_000
    window_us: int = 400_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the display shows at one instant."""

    quantity: Quantity
    stable: bool
    range: Range


class ScaleModel:
    """One scale. ``advance`` is given the monotonic time; everything else reads or sets the present state."""

    def __init__(self, data: ScaleData, *, seed: int, now_us: int) -> None:
        self.data = data
        self._random = random.Random(seed)
        self._load = Decimal(0)
        self._cell = Decimal(0)
        self._drifted = Decimal(0)
        self._zero = Decimal(0)
        self._tare = Decimal(0)
        self._noise = data.readability / 20
        self._drift_per_second = Decimal(0)
        self._swing_until_us = 0
        self._now_us = now_us
        self._started_us = now_us
        self._window: deque[tuple[int, Decimal]] = deque()

    @property
    def now_us(self) -> int:
        """The monotonic instant up to which time has passed, in microseconds."""
        return self._now_us

    # --- what is done to the pan -------------------------------------------------------------------------------------

    def put(self, grams: Decimal) -> None:
        """Add a mass in grams to the pan; a negative one takes away."""
        self._load += self._in_unit(grams)

    def clear(self) -> None:
        """Take everything off the pan."""
        self._load = Decimal(0)

    def set_noise(self, grams: Decimal) -> None:
        """The standard deviation of the cell's noise, in grams."""
        self._noise = abs(self._in_unit(grams))

    def set_drift(self, grams_per_second: Decimal) -> None:
        """A steady drift of the cell, in grams a second."""
        self._drift_per_second = self._in_unit(grams_per_second)

    def swing(self, seconds: Decimal) -> None:
        """Let the load swing for some seconds, so that it does not become stable."""
        self._swing_until_us = self._now_us + int(seconds * SECOND_US)

    # --- time --------------------------------------------------------------------------------------------------------

    def advance(self, now_us: int) -> None:
        """Let time pass up to a monotonic instant in microseconds, in steps short enough for the stability window."""
        while now_us - self._now_us > STEP_US:
            self._step(self._now_us + STEP_US)
        if now_us > self._now_us:
            self._step(now_us)

    def _step(self, now_us: int) -> None:
        elapsed_us = now_us - self._now_us
        self._now_us = now_us
        self._drifted += self._drift_per_second * elapsed_us / SECOND_US
        gap = self._cell - self._load
        self._cell = self._load + gap * (-Decimal(elapsed_us) / self.data.time_constant_us).exp() if abs(gap) > _SETTLED else self._load
        self._window.append((now_us, self._cell + self._drifted + self._disturbance()))
        while self._window[0][0] < now_us - self.data.window_us:
            self._window.popleft()

    def _disturbance(self) -> Decimal:
        noise = self._noise * Decimal(repr(round(self._random.gauss(0, 1), 6)))
        if self._now_us < self._swing_until_us:
            # 20 divisions at 1.5 Hz: as a drum on a hook swings.
            phase = 2 * math.pi * 1.5 * self._now_us / SECOND_US
            noise += 20 * self.data.readability * Decimal(repr(round(math.sin(phase), 6)))
        return noise

    # --- what the scale says -----------------------------------------------------------------------------------------

    def stable(self) -> bool:
        """True when every sample of the window lies within one division. Not before the window has been filled once."""
        if self._now_us - self._started_us < self.data.window_us or not self._window:
            return False
        values = [value for _, value in self._window]
        return max(values) - min(values) <= self.data.readability

    def net(self) -> Shown:
        """Net weight as the display shows it."""
        return self._shown(self._gross() - self._tare)

    def tare_value(self) -> Shown:
        """The tare that is being subtracted."""
        return self._shown(self._tare)

    def range(self) -> Range:
        """Whether the load is within the limits. The pan being lifted off reads as underload."""
        gross = self._gross()
        if gross > self.data.capacity + OVERLOAD_DIVISIONS * self.data.readability:
            return Range.OVER
        return Range.UNDER if gross < -self.data.capacity * ZERO_SHARE else Range.INSIDE

    def set_zero(self) -> Range:
        """Make the present load the zero and clear the tare. Outside the zero range nothing is done, and the side is returned."""
        raw = self._mean()
        limit = self.data.capacity * ZERO_SHARE
        if abs(raw) > limit:
            return Range.OVER if raw > 0 else Range.UNDER
        self._zero, self._tare = raw, Decimal(0)
        return Range.INSIDE

    def set_tare(self) -> Range:
        """Take the present gross as tare. Below zero or above the limits nothing is done, and the side is returned."""
        side = self.range()
        gross = self._rounded(self._gross())
        if side is Range.INSIDE and gross < 0:
            side = Range.UNDER
        if side is Range.INSIDE:
            self._tare = gross
        return side

    def clear_tare(self) -> None:
        """Subtract no tare any more."""
        self._tare = Decimal(0)

    def _gross(self) -> Decimal:
        return self._mean() - self._zero

    def _mean(self) -> Decimal:
        """The last few samples' mean: the display's own filter."""
        latest = [value for _, value in self._window][-4:]
        return sum(latest, Decimal(0)) / len(latest) if latest else Decimal(0)

    def _shown(self, value: Decimal) -> Shown:
        return Shown(Quantity(self._rounded(value), self.data.unit), self.stable(), self.range())

    def _rounded(self, value: Decimal) -> Decimal:
        step = self.data.readability
        rounded = (value / step).to_integral_value(ROUND_HALF_EVEN) * step
        # No scale of this kind shows "-0.00".
        return rounded if rounded else abs(rounded)

    def _in_unit(self, grams: Decimal) -> Decimal:
        return Quantity(grams, "g").to(self.data.unit).value
