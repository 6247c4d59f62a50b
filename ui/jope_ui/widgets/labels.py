"""Texts. Identifiers and quantities are never elided, wrapped or broken apart."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

LEFT_TO_RIGHT = "\u2066"
END_ISOLATE = "\u2069"
NO_BREAK = "\u00a0"
DASH = "\u2013"
_WORD = 24
"""A longer word may be broken."""


def quantity_text(value: str, unit: str) -> str:
    """A value with its unit as one left-to-right piece that no line break parts."""
    return f"{LEFT_TO_RIGHT}{value}{NO_BREAK}{unit}{END_ISOLATE}" if value else DASH


def hash_head(digest: str) -> str:
    """The first and last groups of a hex digest, for people to compare: ``9f3c 77d0 41be ... 12ab``."""
    if len(digest) <= 16:
        return digest
    return f"{digest[:4]} {digest[4:8]} {digest[8:12]} \u2026 {digest[-4:]}".replace(" ", NO_BREAK)


def breakable(value: str) -> str:
    """A text whose long words may be broken: a raw frame, a path or a list has no spaces, and its width would squeeze what stands beside it."""
    return " ".join("\u200b".join(word[at : at + _WORD] for at in range(0, len(word), _WORD)) for word in value.split(" "))


def unbroken(value: str) -> str:
    """A value of several parts, such as a time with its offset, that stays on one line."""
    return value.replace(" ", NO_BREAK)


class Text(QLabel):
    """A plain text in one of the style sheet's roles; wraps when it is told to."""

    def __init__(self, text: str = "", role: str = "body", *, wrap: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


class Identifier(Text):
    """An id, hash head, time or quantity: its least width is its text's width, so that no layout can cut it."""

    def __init__(self, text: str = "", role: str = "strong", parent: QWidget | None = None) -> None:
        super().__init__(text, role, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._hold_width()

    @override
    def setText(self, text: str, /) -> None:
        super().setText(text)
        self._hold_width()

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._hold_width()

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def needed_width(self) -> int:
        """Pixels that the text needs."""
        metrics = QFontMetrics(self.font())
        return max((metrics.horizontalAdvance(line) for line in self.text().splitlines()), default=0)

    def _hold_width(self) -> None:
        margins = self.contentsMargins()
        self.setMinimumWidth(self.needed_width() + margins.left() + margins.right() + 2 * self.margin())


class Name(Text):
    """A text of the frame that may be shortened: a person's name, whose id beside it never is, and the newest alarm, which the list shows whole."""

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(QFontMetrics(self.font()).averageCharWidth() * 6, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment()), shown)


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Set a dynamic property and let the style sheet see it."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
