"""One of a few, as buttons in rows: what is chosen is seen without opening anything."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Text

_GAP_MM = 2


class Choice(QWidget):
    """A label above buttons of which one is pressed, as many in a row as fit whole.

    ``options`` are (value, text); nothing is chosen beforehand unless it is told.
    """

    changed = Signal()

    def __init__(self, label: str, theme: Theme, options: Sequence[tuple[str, str]], *, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._shape: list[tuple[int, int]] = []
        self._lines: list[QHBoxLayout] = []
        self._group = QButtonGroup(self)
        self._values: dict[str, Button] = {}
        self._column = QVBoxLayout(self)
        theme.space(self._column, gap_mm=_GAP_MM)
        self._column.addWidget(Text(label, "quiet"))
        for value, text in options:
            button = Button(text, role="toggle", size="dense", name=f"{name}-{value}")
            button.setCheckable(True)
            button.setAccessibleName(f"{label}: {text}")
            self._group.addButton(button)
            self._values[value] = button
        self._lay_out(theme.px(90))
        self._group.buttonClicked.connect(lambda _: self.changed.emit())

    @property
    def value(self) -> str:
        """What is chosen, empty for nothing."""
        return next((value for value, button in self._values.items() if button.isChecked()), "")

    def choose(self, value: str) -> None:
        """Choose one; an unknown value chooses nothing."""
        if value in self._values:
            self._values[value].setChecked(True)

    @override
    def minimumSizeHint(self) -> QSize:
        """As wide as the widest button: the others go into further rows."""
        widest = max((button.sizeHint().width() for button in self._values.values()), default=0)
        return QSize(widest, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._lay_out(self.width())

    def _lay_out(self, room: int) -> None:
        """Fill row after row, each as far as its buttons fit whole."""
        gap, rows, used = self._theme.px(_GAP_MM), 0, 0
        shape: list[tuple[int, int]] = []
        for button in self._values.values():
            width = button.sizeHint().width()
            if used and used + gap + width > room:
                rows, used = rows + 1, 0
            shape.append((rows, used))
            used += width + (gap if used else 0)
        if shape == self._shape:
            return
        self._shape = shape
        for line in self._lines:
            while line.takeAt(0) is not None:
                pass
        while len(self._lines) <= rows:
            line = QHBoxLayout()
            self._theme.space(line, gap_mm=_GAP_MM)
            self._lines.append(line)
            self._column.addLayout(line)
        for button, (row, _) in zip(self._values.values(), shape, strict=True):
            self._lines[row].addWidget(button)
        for line in self._lines[: rows + 1]:
            line.addStretch(1)
        self.updateGeometry()
