"""The pens of trends: quiet colours that differ in their dashes too, so that nobody has to tell them apart by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt


@dataclass(frozen=True, slots=True)
class TrendPen:
    """One pen: its colour in the light and in the night theme, and its dashes."""

    light: str
    night: str
    style: Qt.PenStyle

    def colour(self, *, night: bool) -> str:
        """The colour in a theme."""
        return self.night if night else self.light


TREND_PENS: Final = (
    TrendPen("#14171a", "#eceff1", Qt.PenStyle.SolidLine),
    TrendPen("#4d6c8c", "#9fb9d3", Qt.PenStyle.SolidLine),
    TrendPen("#80624c", "#d3b79f", Qt.PenStyle.SolidLine),
    TrendPen("#14171a", "#eceff1", Qt.PenStyle.DashLine),
    TrendPen("#4d6c8c", "#9fb9d3", Qt.PenStyle.DashLine),
    TrendPen("#80624c", "#d3b79f", Qt.PenStyle.DashLine),
)
