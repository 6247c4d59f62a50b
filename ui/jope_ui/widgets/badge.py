"""The state of a device by NAMUR NE 107: a letter in a shape, and a word beside it."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from jope.plant.devices.ports import DeviceState, Quality
from jope_ui.bridge.live import LiveValue
from jope_ui.theme import Theme
from jope_ui.widgets.labels import Text


class Namur(StrEnum):
    """The four status signals of NE 107, and good."""

    GOOD = ""
    FAILURE = "F"
    CHECK = "C"
    OUT_OF_SPECIFICATION = "S"
    MAINTENANCE = "M"


def namur(live: LiveValue) -> Namur:
    """How a live value's device stands."""
    state = live.status.state if live.status else DeviceState.DISABLED
    if state in (DeviceState.BACKOFF, DeviceState.GATED):
        return Namur.FAILURE
    if state in (DeviceState.DISABLED, DeviceState.CONNECTING, DeviceState.IDENTIFYING, DeviceState.STOPPING):
        return Namur.CHECK
    if live.stale or live.reading is None:
        return Namur.FAILURE
    if live.reading.quality is Quality.BAD:
        return Namur.OUT_OF_SPECIFICATION
    if live.reading.quality is Quality.UNCERTAIN or state is DeviceState.DEGRADED:
        return Namur.MAINTENANCE
    return Namur.GOOD


class NamurShape(QWidget):
    """F a red square on its tip, C an orange triangle, S a yellow inverted triangle, M a blue circle; nothing when good."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.letter = Namur.GOOD
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(6.5), self._theme.px(6.5))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        if self.letter is Namur.GOOD:
            return
        tokens = self._theme.tokens
        fill, figure = tokens.alarm("FCSM".index(self.letter) + 1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour(tokens.alarm_edge), 1.5))
        painter.setBrush(self._theme.colour(fill))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.letter is Namur.MAINTENANCE:
            painter.drawEllipse(box)
        else:
            painter.drawPolygon(_outline(self.letter, box))
        font = self.font()
        font.setBold(True)
        font.setPixelSize(max(8, int(box.height() * 0.5)))
        painter.setFont(font)
        painter.setPen(self._theme.colour(figure))
        shift = {Namur.CHECK: 0.14, Namur.OUT_OF_SPECIFICATION: -0.14}.get(self.letter, 0.0) * box.height()
        painter.drawText(box.translated(0, shift), Qt.AlignmentFlag.AlignCenter, str(self.letter))


def _outline(letter: Namur, box: QRectF) -> QPolygonF:
    middle = box.center()
    if letter is Namur.FAILURE:
        tips = [
            QPointF(middle.x(), box.top()),
            QPointF(box.right(), middle.y()),
            QPointF(middle.x(), box.bottom()),
            QPointF(box.left(), middle.y()),
        ]
    elif letter is Namur.CHECK:
        tips = [QPointF(middle.x(), box.top()), box.bottomRight(), box.bottomLeft()]
    else:
        tips = [box.topLeft(), box.topRight(), QPointF(middle.x(), box.bottom())]
    return QPolygonF(tips)


class QualityBadge(QWidget):
    """Shape and words for the quality of a live value: stable, moving, stale with its age, or what is wrong with the device."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.shape_mark = NamurShape(theme)
        self.words = Text("", "small")
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=1.5)
        line.addWidget(self.shape_mark)
        line.addWidget(self.words)
        line.addStretch(1)

    def show_value(self, live: LiveValue) -> None:
        """Say how far the value can be trusted."""
        letter = namur(live)
        if letter is not self.shape_mark.letter:
            self.shape_mark.letter = letter
            self.shape_mark.update()
        self.shape_mark.setVisible(letter is not Namur.GOOD)
        self.words.setText(self._text(live, letter))
        self.setAccessibleName(self.words.text())

    def _text(self, live: LiveValue, letter: Namur) -> str:
        if letter is Namur.GOOD:
            return self.tr("stable") if live.stable else self.tr("moving")
        state = live.status.state if live.status else DeviceState.DISABLED
        if state is DeviceState.GATED:
            return self.tr("another device answers")
        if state is DeviceState.BACKOFF:
            return self.tr("connection lost")
        if letter is Namur.CHECK:
            return self.tr("connecting")
        if live.stale:
            return self.tr("stale, {seconds} s old").format(seconds=f"{live.age_seconds:.1f}")
        return self._detail(live.reading.detail if live.reading else "")

    def _detail(self, detail: str) -> str:
        words = {
            "overload": self.tr("overload"),
            "underload": self.tr("underload"),
            "busy": self.tr("busy"),
            "garbled": self.tr("frame not understood"),
            "wrong_unit": self.tr("wrong unit"),
            "offline": self.tr("no answer"),
        }
        return words.get(detail, detail or self.tr("not good"))
