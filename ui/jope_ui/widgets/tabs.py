"""A row of toggles of which one is always on: the views of a page, or a span of time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button


class Tabs(QWidget):
    """``chosen`` carries the key that a person touched."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, items: Sequence[tuple[str, str]], *, name: str, stretch: bool = True) -> None:
        super().__init__()
        self.buttons: dict[str, Button] = {}
        self._group = QButtonGroup(self)
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=2.5)
        for key, text in items:
            button = Button(text, role="toggle", size="dense", name=f"{name}-{key}")
            button.setCheckable(True)
            self._group.addButton(button)
            self.buttons[key] = button
            line.addWidget(button)
        if stretch:
            line.addStretch(1)
        self.choose(next(iter(self.buttons)))
        self._group.buttonClicked.connect(lambda _: self.chosen.emit(self.value))

    @property
    def value(self) -> str:
        """The key that is on."""
        return next(key for key, button in self.buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Turn one on, without a word."""
        self.buttons[key].setChecked(True)
