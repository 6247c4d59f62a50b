"""The lock over the page: entry is covered and takes nothing, while batch state, live values and the weighing bar stay readable (hmi rule U10).

The keyboard needs the room of the page, so the line's state and its weighing bar stand above the keyboard while somebody types.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.identity.commands import SessionOpened
from jope.kernel.errors import JopeError
from jope_ui.shell.credentials import Credentials
from jope_ui.shell.line_view import LineView
from jope_ui.theme import Theme
from jope_ui.theme.icons import draw_icon
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Text
from jope_ui.widgets.shapes import Icon


class LockCover(QWidget):
    """Lies over page and navigation. A slim band says who locked; the keyboard opens only when somebody wants in."""

    unlock_asked = Signal(str, str)
    sign_in_asked = Signal(str, str)

    def __init__(self, host: QWidget, theme: Theme, line: LineView) -> None:
        super().__init__(host)
        self._host = host
        self._theme = theme
        self._other = False
        self._opened: SessionOpened | None = None
        self.setObjectName("lock-cover")
        self.panel = QFrame()
        self.panel.setProperty("role", "sheet")
        self.band = QWidget()
        self.words = Text("", "strong", wrap=True)
        self.unlock = Button(self.tr("Unlock"), role="primary", size="sign", name="lock-unlock")
        self.other = Button(self.tr("Other person"), name="lock-other")
        self.line = line
        self.credentials = Credentials(theme, verb=self.tr("Unlock"), name="unlock", compact=True)
        self._lay_out()
        self.unlock.clicked.connect(self._on_unlock_clicked)
        self.other.clicked.connect(self._on_other_clicked)
        self.credentials.other.clicked.connect(self._on_back_clicked)
        self.credentials.given.connect(self._on_credentials_given)
        host.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        theme = self._theme
        band = QHBoxLayout(self.band)
        theme.space(band, gap_mm=3)
        band.addWidget(Icon(theme, "lock", size_mm=8))
        band.addWidget(self.words, 1)
        band.addWidget(self.other)
        band.addWidget(self.unlock)
        inner = QVBoxLayout(self.panel)
        theme.space(inner, gap_mm=1, margin_mm=(2, 1.5, 2, 1.5))
        inner.addWidget(self.band)
        inner.addWidget(self.line)
        inner.addWidget(self.credentials)
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=0, margin_mm=1)
        column.addStretch(1)
        column.addWidget(self.panel)

    def cover(self, opened: SessionOpened) -> None:
        """Lock: show the band."""
        self._opened = opened
        self.words.setText(self.tr("Locked by {name}. The page stays readable; nothing can be entered.").format(name=opened.name))
        self._show_band()
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()

    def uncover(self) -> None:
        """The right person is back, or another one took over."""
        self.credentials.forget()
        self.hide()

    def take_badge(self, text: str, why_not: str = "") -> None:
        """A badge opens the keyboard and fills in the id."""
        if not self.credentials.isVisible():
            self._on_unlock_clicked()
        self.credentials.take_badge(text, why_not)

    def refuse(self, error: JopeError) -> None:
        """Say why it stays locked."""
        self.credentials.refuse(error)

    def _show_band(self) -> None:
        self.credentials.forget()
        self.credentials.hide()
        self.line.hide()
        self.band.show()
        self.unlock.setFocus()

    def _open_keyboard(self, *, other: bool, title: str, verb: str) -> None:
        self._other = other
        self.band.hide()
        self.line.show()
        self.credentials.show()
        self.credentials.other.say(self.tr("Back"))
        self.credentials.other.show()
        self.credentials.verb.offer(verb)
        self.credentials.start(title)

    def _on_unlock_clicked(self) -> None:
        name = self._opened.name if self._opened else ""
        self._open_keyboard(other=False, title=self.tr("Unlock: {name}").format(name=name), verb=self.tr("Unlock"))

    def _on_other_clicked(self) -> None:
        self._open_keyboard(other=True, title=self.tr("Other person signs in"), verb=self.tr("Sign in"))

    def _on_back_clicked(self) -> None:
        self._show_band()

    def _on_credentials_given(self, employee_id: str, password: str) -> None:
        (self.sign_in_asked if self._other else self.unlock_asked).emit(employee_id, password)

    @override
    def focusNextPrevChild(self, next: bool, /) -> bool:
        stops = [
            one
            for one in self.panel.findChildren(QWidget)
            if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if stops:
            at = next_index(stops, self.window().focusWidget(), 1 if next else -1)
            stops[at].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._host and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        for box in self.covered_boxes():
            painter.setPen(QColor(tokens.soft_edge))
            painter.setBrush(QColor(tokens.window))
            painter.drawRoundedRect(box, 4, 4)
            side = min(box.height() * 0.4, self._theme.px(5))
            draw_icon(painter, "lock", tokens.edge, QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side))

    def covered_boxes(self) -> list[QRectF]:
        """Where entry is possible below the cover: every field and button, as rectangles of the cover."""
        boxes = []
        for kind in (QLineEdit, QAbstractButton):
            for widget in self._host.findChildren(kind):
                if widget.isVisible() and not self.isAncestorOf(widget) and not widget.visibleRegion().isEmpty():
                    corner = widget.mapTo(self._host, QPoint(0, 0))
                    boxes.append(QRectF(corner.x(), corner.y(), widget.width(), widget.height()))
        return boxes


def next_index(stops: list[QWidget], focused: QWidget | None, step: int) -> int:
    """The index of the stop after (or before) the one that has the focus."""
    at = stops.index(focused) if focused in stops else -1
    return (at + step) % len(stops)
