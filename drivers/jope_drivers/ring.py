"""The newest readings of one device, and whether its load changed since one of them (URS F08, A11d-04)."""

from __future__ import annotations

import threading
from collections import deque
from decimal import Decimal
from itertools import islice
from typing import Final

from jope.kernel.units import Quantity
from jope.plant.devices.ports import Quality, Reading

RING_SIZE: Final = 1000
STEP_SIZE: Final = 20_000
"""Changes of the stable weight that are remembered beyond the ring: half an hour of a display that flickers with every poll."""

CHANGE_DIVISIONS: Final = 5


class ReadingRing:
    """The last thousand readings by number. All methods may be called from any thread."""

    def __init__(self, *, readability: Decimal | None) -> None:
        """``readability`` is the division in the unit that the device shows; None takes one unit of the last decimal place."""
        self._readability = readability
        self._lock = threading.Lock()
        self._readings: deque[Reading] = deque(maxlen=RING_SIZE)
        self._steps: deque[tuple[int, Quantity]] = deque(maxlen=STEP_SIZE)

    def add(self, reading: Reading) -> None:
        """Take in the next reading; its number is one more than that of the reading before."""
        with self._lock:
            self._readings.append(reading)
            quantity = reading.quantity if reading.quality is Quality.GOOD and reading.stable else None
            if quantity is not None and (not self._steps or self._steps[-1][1] != quantity):
                self._steps.append((reading.number, quantity))

    def newest(self) -> Reading | None:
        """The reading taken in last."""
        with self._lock:
            return self._readings[-1] if self._readings else None

    def by_number(self, number: int) -> Reading | None:
        """The reading with this number while it is among the last thousand."""
        with self._lock:
            index = number - self._readings[0].number if self._readings else -1
            if not 0 <= index < len(self._readings):
                return None
            return next(islice(self._readings, index, None))

    def moved_since(self, number: int) -> bool:
        """True when a later good and stable reading differed by more than five divisions from the last one up to ``number`` (URS F08).

        What is not stable proves nothing, however far it swings: a knock on the table leaves the load where it is. Nor do overload, underload and
        readings that carry no weight. Where no stable reading came up to ``number``, the first one after it is what the others are compared with.
        """
        with self._lock:
            steps = tuple(self._steps)
        if not steps:
            return False
        _, anchor = next((step for step in reversed(steps) if step[0] <= number), steps[0])
        limit = CHANGE_DIVISIONS * Quantity(self._division(anchor), anchor.unit).grams()
        return any(abs(quantity.grams() - anchor.grams()) > limit for at, quantity in steps if at > number)

    def _division(self, shown: Quantity) -> Decimal:
        if self._readability is not None:
            return self._readability
        exponent = shown.value.as_tuple().exponent
        return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
