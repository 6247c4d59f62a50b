"""The weighing bar: the value big, the way to the target drawn, the limits written, and the quality never hidden."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from jope_ui.bridge.live import LiveValue
from jope_ui.theme import Theme
from jope_ui.viewmodels.weighing_bar import HIGH_AT, LOW_AT, BarScale, Zone
from jope_ui.widgets.badge import QualityBadge
from jope_ui.widgets.labels import DASH, NO_BREAK, Identifier, Text, quantity_text, restyle
from jope_ui.widgets.shapes import Icon


class BarTrack(QWidget):
    """The drawn bar with its limit texts. A value that is not live is drawn hatched."""

    def __init__(self, theme: Theme, *, height_mm: float = 13.0) -> None:
        super().__init__()
        self._theme = theme
        self._height_mm = height_mm
        self.scale: BarScale | None = None
        self.value: Decimal | None = None
        self.live = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        metrics = self._theme.metrics
        return QSize(metrics.px(100), metrics.px(self._height_mm) + 2 * (metrics.small + metrics.px(2.2)))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, tokens = self._theme.metrics, self._theme.tokens
        text_height = metrics.small + metrics.px(2.2)
        track = QRectF(1, text_height, self.width() - 2, self.height() - 2 * text_height)
        painter.fillRect(track, self._theme.colour(tokens.trough))
        if self.scale is not None:
            band = QRectF(track.left() + track.width() * LOW_AT, track.top(), track.width() * (HIGH_AT - LOW_AT), track.height())
            painter.fillRect(band, self._theme.colour(tokens.band))
            if self.value is not None:
                self._draw_value(painter, track, self.scale.place(self.value))
            self._draw_limits(painter, track, self.scale)
        painter.setPen(QPen(self._theme.colour(tokens.edge), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(track)

    def _draw_value(self, painter: QPainter, track: QRectF, place: float) -> None:
        tokens = self._theme.tokens
        inset = track.height() * 0.28
        fill = QRectF(track.left(), track.top() + inset, track.width() * place, track.height() - 2 * inset)
        colour = self._theme.colour(tokens.pointer if self.live else tokens.edge)
        painter.fillRect(fill, colour if self.live else QBrush(colour, Qt.BrushStyle.BDiagPattern))
        painter.fillRect(QRectF(fill.right() - 2, track.top(), 5, track.height()), colour)

    def _draw_limits(self, painter: QPainter, track: QRectF, scale: BarScale) -> None:
        metrics, tokens = self._theme.metrics, self._theme.tokens
        font = self.font()
        font.setPixelSize(metrics.small)
        painter.setFont(font)
        left, right = track.left() + track.width() * LOW_AT, track.left() + track.width() * HIGH_AT
        target = track.left() + track.width() * scale.place(scale.target)
        painter.setPen(QPen(self._theme.colour(tokens.text), 2))
        for x in (left, right):
            painter.drawLine(QPointF(x, track.top()), QPointF(x, track.bottom() + metrics.px(1.2)))
        self._draw_target(painter, QPointF(target, track.top()), metrics.px(2.4))
        low, middle, high = (quantity_text(f"{value:f}", scale.unit) for value in (scale.low, scale.target, scale.high))
        line = track.height() + track.top() + metrics.px(1.2)
        space = metrics.px(1.5)
        painter.drawText(QRectF(0, line, left + space, metrics.small * 1.4), Qt.AlignmentFlag.AlignRight, low)
        painter.drawText(QRectF(right - space, line, self.width() - right + space, metrics.small * 1.4), Qt.AlignmentFlag.AlignLeft, high)
        font.setBold(True)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(middle)
        painter.drawText(QPointF(target - width / 2, track.top() - metrics.px(3.2)), middle)

    def _draw_target(self, painter: QPainter, tip: QPointF, size: float) -> None:
        painter.setBrush(self._theme.colour(self._theme.tokens.text))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF([tip, QPointF(tip.x() - size / 2, tip.y() - size), QPointF(tip.x() + size / 2, tip.y() - size)]))
        painter.setPen(QPen(self._theme.colour(self._theme.tokens.text), 2))


class BigBar(QWidget):
    """Value, unit, quality, side of the limits, and the bar: below them, or beside them when it is ``wide``."""

    def __init__(self, theme: Theme, *, wide: bool = False) -> None:
        super().__init__()
        self.value = Identifier(DASH, "status")
        self.value.setObjectName("live-value")
        self.badge = QualityBadge(theme)
        self.zone_icon = Icon(theme, "", size_mm=5)
        self.zone = Text("", "strong")
        self.missing = Identifier("", "body")
        self.track = BarTrack(theme, height_mm=8.0 if wide else 13.0)
        side = QHBoxLayout()
        theme.space(side, gap_mm=1.5)
        side.addWidget(self.zone_icon)
        side.addWidget(self.zone)
        side.addStretch(1)
        words = QVBoxLayout()
        theme.space(words, gap_mm=0.3)
        words.addStretch(1)
        words.addLayout(side)
        words.addWidget(self.missing)
        words.addWidget(self.badge)
        words.addStretch(1)
        top = QHBoxLayout()
        theme.space(top, gap_mm=4)
        top.addWidget(self.value)
        top.addLayout(words, 1)
        around = QHBoxLayout(self) if wide else QVBoxLayout(self)
        theme.space(around, gap_mm=4 if wide else 1)
        around.addLayout(top, 2 if wide else 0)
        around.addWidget(self.track, 3 if wide else 0)
        self._scale: BarScale | None = None

    def set_scale(self, scale: BarScale | None) -> None:
        """Target and limits of the material on the pan."""
        self._scale = scale
        self.track.scale = scale
        self.track.update()

    def show_value(self, live: LiveValue) -> None:
        """Show the newest reading with its quality; what is not usable is never shown as if it were live."""
        reading = live.reading
        quantity = reading.quantity if reading is not None else None
        self.badge.show_value(live)
        self.value.setText(quantity_text(f"{quantity.value:f}", quantity.unit) if quantity is not None else DASH)
        restyle(self.value, "state", "" if live.usable else "bad")
        scale = self._scale
        value = scale.value_of(quantity) if scale is not None and quantity is not None else None
        self.track.value = value
        self.track.live = live.usable
        self.track.update()
        zone = scale.zone(value) if scale is not None and value is not None and live.usable else None
        self.zone_icon.show_icon({Zone.WITHIN: "check", Zone.ABOVE: "cross"}.get(zone, "") if zone is not None else "")
        self.zone_icon.setVisible(zone in (Zone.WITHIN, Zone.ABOVE))
        self.zone.setText(self._zone_text(zone))
        self.missing.setText(self._missing_text(scale, value) if zone is not None else "")
        self.setAccessibleName(f"{self.value.text()}, {self.badge.words.text()}, {self.zone.text()}")

    def _missing_text(self, scale: BarScale | None, value: Decimal | None) -> str:
        if scale is None or value is None:
            return ""
        missing = scale.missing(value)
        words = self.tr("{quantity} to target") if missing >= 0 else self.tr("{quantity} over target")
        return words.format(quantity=quantity_text(f"{abs(missing):f}", scale.unit)).replace(" ", NO_BREAK)

    def _zone_text(self, zone: Zone | None) -> str:
        if zone is None:
            return ""
        return {
            Zone.BELOW: self.tr("below the low limit"),
            Zone.WITHIN: self.tr("within the limits"),
            Zone.ABOVE: self.tr("above the high limit"),
        }[zone]
