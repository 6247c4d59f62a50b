"""Small drawn marks: icons and alarm shapes. Never colour alone: each has a form, and a text stands beside it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.theme.icons import draw_alarm, draw_icon


class Icon(QWidget):
    """One of the client's icons in the text colour."""

    def __init__(self, theme: Theme, name: str = "", *, size_mm: float = 5.0, quiet: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._size_mm = size_mm
        self._quiet = quiet
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def name(self) -> str:
        """The icon shown."""
        return self._name

    def show_icon(self, name: str) -> None:
        """Show another icon; an empty name shows none and keeps the place."""
        self._name = name
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(self._size_mm), self._theme.px(self._size_mm))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        if self._name:
            tokens = self._theme.tokens
            painter = QPainter(self)
            draw_icon(painter, self._name, tokens.quiet if self._quiet else tokens.text, QRectF(self.rect()))


class AlarmShape(QWidget):
    """The shape of an alarm's priority; 0 shows nothing and keeps the place."""

    def __init__(self, theme: Theme, priority: int = 0, *, size_mm: float = 7.5) -> None:
        super().__init__()
        self._theme = theme
        self._priority = priority
        self._size_mm = size_mm
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def priority(self) -> int:
        """The priority shown."""
        return self._priority

    def show_priority(self, priority: int) -> None:
        """Show another priority."""
        self._priority = priority
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(self._size_mm), self._theme.px(self._size_mm))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        if self._priority:
            draw_alarm(QPainter(self), self._priority, self._theme.tokens, QRectF(self.rect()))
