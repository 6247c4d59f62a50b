"""One of a few, as buttons in rows: what is chosen is seen without opening anything."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QVBoxLayout, QWidget

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Text


class Choice(QWidget):
    """A label above buttons of which one is pressed. ``options`` are (value, text); nothing is chosen beforehand unless it is told."""

    changed = Signal()

    def __init__(self, label: str, theme: Theme, options: Sequence[tuple[str, str]], *, name: str, columns: int = 2) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._values: dict[str, Button] = {}
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=0.8)
        column.addWidget(Text(label, "quiet"))
        grid = QGridLayout()
        theme.space(grid, gap_mm=2)
        column.addLayout(grid)
        for index, (value, text) in enumerate(options):
            button = Button(text, role="toggle", size="dense", name=f"{name}-{value}")
            button.setCheckable(True)
            button.setAccessibleName(f"{label}: {text}")
            self._group.addButton(button)
            self._values[value] = button
            grid.addWidget(button, index // columns, index % columns)
        grid.setColumnStretch(columns, 1)
        self._group.buttonClicked.connect(lambda _: self.changed.emit())

    @property
    def value(self) -> str:
        """What is chosen, empty for nothing."""
        return next((value for value, button in self._values.items() if button.isChecked()), "")

    def choose(self, value: str) -> None:
        """Choose one; an unknown value chooses nothing."""
        if value in self._values:
            self._values[value].setChecked(True)
