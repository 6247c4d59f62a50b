"""The drawing of trends. It imports pyqtgraph, and is imported itself only once a trend is looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.theme.icons import draw_alarm
from jope_ui.theme.pens import TREND_PENS, TrendPen
from jope_ui.viewmodels.trend_traces import Trace

_MARK_MM = 6.0
_AXIS_MM = 20.0
_BAND_ALPHA = 60
_TICK_PX = 130.0
_ROOM = 0.08
_STEPS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200)


@dataclass(frozen=True, slots=True)
class DrawnTag:
    """A tag as it is drawn: its pen by number, its unit (tags of one unit share a scale) and the limits at which it alarms."""

    tag: str
    unit: str
    pen: int
    trace: Trace
    limits: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """An event on the time axis: an alarm by its priority, or 0 for an event of the batch."""

    second: float
    priority: int
    text: str


class _TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Times of the site."""

    def __init__(self, zone: str) -> None:
        super().__init__(orientation="bottom")
        self._zone = ZoneInfo(zone)
        self.enableAutoSIPrefix(False)

    @override
    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        """Whole minutes and hours, as far apart as their texts need."""
        most = max(2.0, size / _TICK_PX)
        step = next((one for one in _STEPS if (maxVal - minVal) / one <= most), _STEPS[-1])
        return [(float(step), 0.0)]

    @override
    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        form = "%H:%M:%S" if spacing < 60 else "%H:%M"
        return [datetime.fromtimestamp(value, UTC).astimezone(self._zone).strftime(form) for value in values]


class MarkStrip(QWidget):
    """Alarms and events of the batch below the time axis, each at its time."""

    touched = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.marks: tuple[Mark, ...] = ()
        self._from, self._to = 0.0, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_marks(self, marks: tuple[Mark, ...], first: float, last: float) -> None:
        """Show the marks of a time."""
        self.marks, self._from, self._to = marks, first, last
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(50), self._theme.px(_MARK_MM + 1))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter, size = QPainter(self), float(self._theme.px(_MARK_MM))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = float(self._theme.px(_AXIS_MM))
        room = self.width() - left
        taken: list[float] = []
        for mark in sorted(self.marks, key=lambda one: (one.priority or 9, one.second)):  # the gravest is never covered
            x = left + room * (mark.second - self._from) / (self._to - self._from)
            if not left <= x <= self.width() or any(abs(x - other) < size * 0.8 for other in taken):
                continue
            taken.append(x)
            box = QRectF(min(max(x - size / 2, 0.0), self.width() - size), 1, size, size)
            if mark.priority:
                draw_alarm(painter, mark.priority, self._theme.tokens, box)
            else:
                painter.setPen(QPen(self._theme.colour(self._theme.tokens.text), 2))
                painter.drawLine(QPointF(x, 1), QPointF(x, size))
                painter.setBrush(self._theme.colour(self._theme.tokens.text))
                painter.drawRect(QRectF(x, 1, size * 0.5, size * 0.4))


class PenSample(QWidget):
    """A piece of line in a pen's colour and dashes, for the legend."""

    def __init__(self, theme: Theme, pen: TrendPen) -> None:
        super().__init__()
        self._theme = theme
        self._pen = pen
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(9), self._theme.px(5))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._pen.colour(night=self._theme.night)), 3, self._pen.style))
        painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)


def _range(tags: Sequence[DrawnTag]) -> tuple[float, float]:
    """The scale of tags: everything that they showed, and the limits at which they alarm, with some room."""
    found = [value for tag in tags for column in (tag.trace.low, tag.trace.high) for value in column if not math.isnan(value)]
    found += [float(limit) for tag in tags for limit in tag.limits]
    low, high = min(found, default=0.0), max(found, default=1.0)
    room = (high - low) * _ROOM or max(abs(high) * _ROOM, _ROOM)
    return low - room, high + room


class _Drawing(pg.GraphicsObject):  # type: ignore[misc]
    """Everything of one scale in one item, painted in pixels: a trend is drawn anew each second, and a hundred items would take too long."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tags: Sequence[DrawnTag] = ()
        self._spans: Sequence[tuple[float, float]] = ()
        self._box = QRectF()

    def show(self, tags: Sequence[DrawnTag], spans: Sequence[tuple[float, float]]) -> None:
        """Show tags, and the spans in which nothing is known."""
        self._tags, self._spans = tags, spans
        self.update()

    @override
    def boundingRect(self) -> QRectF:
        return self._box

    @override
    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()
        self._box = QRectF(self.getViewBox().viewRect())

    @override
    def paint(self, painter: QPainter, *_: object) -> None:
        place = painter.transform()
        box = place.mapRect(self.boundingRect())
        painter.save()
        painter.resetTransform()
        hatch = QBrush(self._theme.colour(self._theme.tokens.edge), Qt.BrushStyle.BDiagPattern)
        for start, end in self._spans:
            left, right = place.m11() * start + place.m31(), place.m11() * end + place.m31()
            painter.fillRect(QRectF(left, box.top(), max(right - left, 2.0), box.height()), hatch)
        for tag in self._tags:
            self._draw_limits(painter, tag, place, box)
        for tag in self._tags:
            self._draw_trace(painter, tag, place)
        painter.restore()

    def _draw_limits(self, painter: QPainter, tag: DrawnTag, place: QTransform, box: QRectF) -> None:
        tokens, font = self._theme.tokens, painter.font()
        font.setPixelSize(self._theme.metrics.small)
        painter.setFont(font)
        for limit in tag.limits:
            y = place.m22() * float(limit) + place.m32()
            painter.setPen(QPen(self._theme.colour(tokens.edge), 2, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(self._theme.colour(tokens.quiet))
            below = y - box.top() < self._theme.metrics.small * 1.3
            painter.drawText(QPointF(box.left() + 6, y + self._theme.metrics.small if below else y - 4), f"{limit:f}")

    def _draw_trace(self, painter: QPainter, tag: DrawnTag, place: QTransform) -> None:
        pen = TREND_PENS[tag.pen]
        colour = QColor(pen.colour(night=self._theme.night))
        band = QColor(colour)
        band.setAlpha(_BAND_ALPHA)
        times = np.asarray(tag.trace.times) * place.m11() + place.m31()
        last, low, high = (np.asarray(values) * place.m22() + place.m32() for values in (tag.trace.last, tag.trace.low, tag.trace.high))
        for first, end in _whole(np.isnan(last)):
            xs = times[first:end].tolist()
            around = [*zip(xs, low[first:end].tolist(), strict=True), *zip(reversed(xs), high[first:end].tolist()[::-1], strict=True)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(band)
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in around]))
            painter.setPen(QPen(colour, 2, pen.style))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(xs, last[first:end].tolist(), strict=True)]))


def _whole(broken: Any) -> list[tuple[int, int]]:
    """Where a line is whole: from where to before where."""
    ends = [-1, *np.flatnonzero(broken).tolist(), len(broken)]
    return [(before + 1, after) for before, after in pairwise(ends) if after - before > 1]


class TrendPlot(QWidget):
    """One scale for each unit, below each other on one time axis. ``cursor_moved`` carries the time that is pointed at."""

    cursor_moved = Signal(float)

    def __init__(self, theme: Theme, zone: str) -> None:
        super().__init__()
        pg.setConfigOptions(antialias=False)
        self._theme = theme
        self._zone = zone
        self._cursor = math.nan
        self._units: tuple[str, ...] = ()
        self.plots: list[Any] = []
        self._lines: list[Any] = []
        self._drawings: list[_Drawing] = []
        self.view = pg.GraphicsLayoutWidget()
        self.view.setObjectName("trend-view")
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.strip = MarkStrip(theme)
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=0.5)
        column.addWidget(self.view, 1)
        column.addWidget(self.strip)
        self.view.scene().sigMouseMoved.connect(self._on_pointed)
        self.view.scene().sigMouseClicked.connect(lambda event: self._on_pointed(event.scenePos()))
        theme.changed.connect(self._dress)
        self._dress()

    @override
    def event(self, event: QEvent, /) -> bool:
        if event.type() is QEvent.Type.StyleChange:
            self._dress()
        return super().event(event)

    def show_tags(
        self, tags: Sequence[DrawnTag], gaps: Sequence[tuple[float, float]], marks: tuple[Mark, ...], first: float, last: float
    ) -> None:
        """Draw; the plots are kept while the units stay the same."""
        units = tuple(dict.fromkeys(tag.unit for tag in tags))
        if units != self._units or not self.plots:
            self._make_plots(units)
        for unit, plot, drawing in zip(self._units or ("",), self.plots, self._drawings, strict=True):
            mine = [tag for tag in tags if tag.unit == unit]
            drawing.show(mine, sorted({*gaps, *(span for tag in mine for span in tag.trace.unknown)}))
            low, high = _range(mine)
            plot.setRange(xRange=(first, last), yRange=(low, high), padding=0, disableAutoRange=True)
        self.strip.show_marks(marks, first, last)

    def set_cursor(self, second: float) -> None:
        """Put the cursor at a time."""
        self._cursor = second
        for line in self._lines:
            line.setValue(second)
            line.setVisible(not math.isnan(second))

    def _make_plots(self, units: tuple[str, ...]) -> None:
        self.view.clear()
        self.plots, self._lines, self._drawings, self._units = [], [], [], units
        for number, unit in enumerate(units or ("",)):
            bottom = _TimeAxis(self._zone)
            plot = self.view.addPlot(row=number, col=0, axisItems={"bottom": bottom})
            plot.setMouseEnabled(False, False)
            plot.hideButtons()
            plot.setMenuEnabled(False)
            plot.showGrid(x=True, y=True, alpha=0.25)
            plot.getAxis("left").setWidth(self._theme.px(_AXIS_MM))
            plot.getAxis("left").enableAutoSIPrefix(False)
            if unit:
                plot.setTitle(unit, justify="left")
            if number + 1 < len(units):
                bottom.setStyle(showValues=False)
            drawing = _Drawing(self._theme)
            plot.addItem(drawing, ignoreBounds=True)
            self._drawings.append(drawing)
            line = pg.InfiniteLine(angle=90, movable=False)
            line.setVisible(False)
            plot.addItem(line, ignoreBounds=True)
            self.plots.append(plot)
            self._lines.append(line)
        self._dress()
        self.set_cursor(self._cursor)

    def _on_pointed(self, place: QPointF) -> None:
        for plot in self.plots:
            if plot.sceneBoundingRect().contains(place):
                second = float(plot.vb.mapSceneToView(place).x())
                self.set_cursor(second)
                self.cursor_moved.emit(second)
                return

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._theme.metrics.small)
        return font

    def _dress(self) -> None:
        """Wear the theme."""
        tokens = self._theme.tokens
        self.view.setBackground(tokens.field)
        for plot in self.plots:
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(tokens.edge))
                axis.setTextPen(pg.mkPen(tokens.quiet))
                axis.setTickFont(self._font())
            if plot.titleLabel.text:
                plot.setTitle(plot.titleLabel.text, color=tokens.quiet, size=f"{self._theme.metrics.small}px")
        for line in self._lines:
            line.setPen(pg.mkPen(tokens.text, width=1))
