"""Frames that group what belongs together."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QScroller, QVBoxLayout, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.widgets.labels import Text


class Card(QFrame):
    """A panel with an optional heading; ``body`` is its column."""

    def __init__(self, theme: Theme, heading: str = "", *, role: str = "card", gap_mm: float = 1.5, pad_mm: float = 3.5) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.body = QVBoxLayout(self)
        theme.space(self.body, gap_mm=gap_mm, margin_mm=pad_mm)
        self.heading = Text(heading, "heading")
        self.heading.setVisible(bool(heading))
        self.body.addWidget(self.heading)


def rule() -> QFrame:
    """A thin line between two groups."""
    line = QFrame()
    line.setProperty("role", "rule")
    return line


def row(theme: Theme, *widgets: QWidget, gap_mm: float = 2.5, stretch: int = -1) -> QHBoxLayout:
    """Widgets side by side; ``stretch`` is the index before which free room goes."""
    layout = QHBoxLayout()
    theme.space(layout, gap_mm=gap_mm)
    for index, widget in enumerate(widgets):
        if index == stretch:
            layout.addStretch(1)
        layout.addWidget(widget)
    if stretch >= len(widgets):
        layout.addStretch(1)
    return layout


class _Column(QWidget):
    """As high as its content is at the width it has. The least height of wrapped texts is that of their narrowest form, and would scroll for nothing."""

    @override
    def minimumSizeHint(self) -> QSize:
        hint, layout = super().minimumSizeHint(), self.layout()
        return QSize(hint.width(), 0) if layout is not None and layout.hasHeightForWidth() else hint


class ScrollColumn(QScrollArea):
    """A column that scrolls by touch when its content is longer than the panel."""

    def __init__(self, theme: Theme, *, gap_mm: float = 1.5, name: str = "") -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName(name)
        inner = _Column()
        self.column = QVBoxLayout(inner)
        theme.space(self.column, gap_mm=gap_mm)
        self.column.addStretch(1)
        self.setWidget(inner)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._theme.px(8))

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(30), self._theme.px(8))

    def add(self, widget: QWidget) -> None:
        """Append a widget above the free room."""
        self.column.insertWidget(self.column.count() - 1, widget)

    def clear(self) -> None:
        """Remove everything."""
        while self.column.count() > 1:
            item = self.column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
