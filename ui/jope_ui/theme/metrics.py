"""Sizes are millimetres on the panel's glass; the panel's pitch turns them into pixels.

Touch targets are sized for gloves (15 mm routine, 18 mm to sign or stop, 12 mm where it is dense), text for the distance it is read from
(27 px body and 22 px minimum at 0.6 m, 45 px values at 1 m, 72 px status at 2 m, all on a 15.6 inch full-HD panel).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

PITCH_FHD_15_6: Final = 0.1793
PITCH_WXGA_12_1: Final = 0.2036

ROUTINE_MM: Final = 15.0
SIGN_MM: Final = 18.0
DENSE_MM: Final = 12.0
NAVIGATION_MM: Final = 12.0
GAP_MM: Final = 2.5
PAD_MM: Final = 3.5
CELL_PAD_MM: Final = 1.0

SMALL_MM: Final = 22 * PITCH_FHD_15_6
BODY_MM: Final = 27 * PITCH_FHD_15_6
TITLE_MM: Final = 34 * PITCH_FHD_15_6
VALUE_MM: Final = 45 * PITCH_FHD_15_6
STATUS_MM: Final = 72 * PITCH_FHD_15_6


@dataclass(frozen=True, slots=True)
class Metrics:
    """Pixels of one panel. ``pitch_mm`` is the distance of two pixels in millimetres."""

    pitch_mm: float

    def px(self, millimetres: float) -> int:
        """At least as many pixels as the length needs, so that a target is never smaller than asked."""
        return max(1, math.ceil(millimetres / self.pitch_mm - 1e-6))

    @property
    def small(self) -> int:
        """Smallest text."""
        return self.px(SMALL_MM)

    @property
    def body(self) -> int:
        """Body text."""
        return self.px(BODY_MM)

    @property
    def title(self) -> int:
        """Headings and identifiers."""
        return self.px(TITLE_MM)

    @property
    def value(self) -> int:
        """Values read from one metre."""
        return self.px(VALUE_MM)

    @property
    def status(self) -> int:
        """The one value read from two metres."""
        return self.px(STATUS_MM)

    @property
    def gap(self) -> int:
        """The gap between two touch targets."""
        return self.px(GAP_MM)

    @property
    def pad(self) -> int:
        """The inner margin of a card."""
        return self.px(PAD_MM)
