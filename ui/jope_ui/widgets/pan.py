"""The pan of a balance with its five places, and the boxes of a row of weighings."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.theme.icons import draw_icon

PLACES: Final = {
    "centre": (0.5, 0.5),
    "front-left": (0.17, 0.83),
    "back-left": (0.17, 0.17),
    "back-right": (0.83, 0.17),
    "front-right": (0.83, 0.83),
}
"""Where each place lies on the pan, seen from above with the person at the lower edge."""
_PAN_MM: Final = 42.0
_PLACE_MM: Final = 12.5


class PanSketch(QWidget):
    """``chosen`` carries the place that was touched. The place that is due is filled, a weighed one carries a check mark."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.due = ""
        self.done: tuple[str, ...] = ()
        self.setObjectName("check-pan")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_places(self, due: str, done: tuple[str, ...], spoken: str) -> None:
        """Show which place is due and which were weighed."""
        self.due, self.done = due, done
        self.setAccessibleName(spoken)
        self.update()

    def place_box(self, place: str) -> QRectF:
        """Where a place is drawn."""
        size = float(self._theme.px(_PLACE_MM))
        across, down = PLACES[place]
        return QRectF(across * self.width() - size / 2, down * self.height() - size / 2, size, size)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_PAN_MM), self._theme.px(_PAN_MM))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        touched = next((place for place in PLACES if self.place_box(place).contains(event.position())), "")
        if touched:
            self.chosen.emit(touched)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour(tokens.edge), 2))
        painter.setBrush(self._theme.colour(tokens.field))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), self._theme.px(4), self._theme.px(4))
        font = self.font()
        font.setPixelSize(self._theme.metrics.small)
        painter.setFont(font)
        painter.setPen(self._theme.colour(tokens.quiet))
        below = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.drawText(QRectF(self.rect()).adjusted(0, 0, 0, -self._theme.px(1)), below, self.tr("front"))
        for place in PLACES:
            self._draw_place(painter, place)

    def _draw_place(self, painter: QPainter, place: str) -> None:
        tokens, box = self._theme.tokens, self.place_box(place)
        due = place == self.due
        painter.setPen(QPen(self._theme.colour(tokens.primary if due else tokens.edge), 3 if due else 1.5))
        painter.setBrush(self._theme.colour(tokens.primary) if due else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box)
        inner = box.adjusted(*(side * box.width() * 0.25 for side in (1, 1, -1, -1)))
        if place in self.done:
            draw_icon(painter, "check", tokens.on_primary if due else tokens.text, inner)


class Boxes(QWidget):
    """A row of boxes: how many of the weighings are done."""

    def __init__(self, theme: Theme, count: int) -> None:
        super().__init__()
        self._theme = theme
        self._count = count
        self.filled = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_filled(self, filled: int, spoken: str) -> None:
        """Show how many are done."""
        self.filled = min(filled, self._count)
        self.setAccessibleName(spoken)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(60), self._theme.px(6))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        gap = self._theme.px(1.0)
        wide = (self.width() - gap * (self._count - 1)) / self._count
        for number in range(self._count):
            place = self._count - 1 - number if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else number
            box = QRectF(QPointF(place * (wide + gap), 1), QPointF(place * (wide + gap) + wide, self.height() - 1))
            painter.setPen(QPen(self._theme.colour(tokens.edge), 1.5))
            painter.setBrush(self._theme.colour(tokens.pointer if number < self.filled else tokens.trough))
            painter.drawRect(box)
