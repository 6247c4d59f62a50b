"""A small live value: label, value with unit, quality."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from jope_ui.bridge.live import LiveValue
from jope_ui.theme import Theme
from jope_ui.widgets.badge import QualityBadge
from jope_ui.widgets.labels import DASH, Identifier, Text, quantity_text, restyle


class LiveTile(QWidget):
    """Shows a device's newest value and how far it can be trusted."""

    def __init__(self, theme: Theme, label: str) -> None:
        super().__init__()
        self.label = Text(label, "quiet")
        self.value = Identifier(DASH, "value")
        self.badge = QualityBadge(theme)
        line = QHBoxLayout()
        theme.space(line, gap_mm=3)
        line.addWidget(self.value)
        line.addWidget(self.badge, 1)
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=0.3)
        column.addWidget(self.label)
        column.addLayout(line)

    def show_value(self, live: LiveValue) -> None:
        """Show the newest value; a value that is not live is shown quietly."""
        quantity = live.reading.quantity if live.reading is not None else None
        self.value.setText(quantity_text(f"{quantity.value:f}", quantity.unit) if quantity is not None else DASH)
        restyle(self.value, "state", "" if live.usable else "bad")
        self.badge.show_value(live)
