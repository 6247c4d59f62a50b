"""A sheet laid over the page: modal for the page and the navigation, while the top bar and the alarm line stay in reach (hmi rule U8)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QVBoxLayout, QWidget
from shiboken6 import isValid
from typing_extensions import override

from jope_ui.theme import Theme


class Sheet(QWidget):
    """Fills its host and darkens it; ``panel`` carries the form. Escape cancels, Enter does nothing by itself, Tab stays inside."""

    closed = Signal()

    def __init__(self, host: QWidget, theme: Theme, *, name: str, margin_mm: float = 5.0) -> None:
        super().__init__(host)
        self._host = host
        self._theme = theme
        self._before = QApplication.focusWidget()
        self.setObjectName(name)
        self.panel = QFrame()
        self.panel.setProperty("role", "sheet")
        self.body = QVBoxLayout(self.panel)
        theme.space(self.body, gap_mm=2.5, margin_mm=3.5)
        grid = QGridLayout(self)
        theme.space(grid, gap_mm=0, margin_mm=margin_mm)
        grid.addWidget(self.panel, 0, 0)
        host.installEventFilter(self)

    def hug(self) -> None:
        """Let the panel be as small as its content, in the middle."""
        layout = self.layout()
        if layout is not None:
            layout.setAlignment(self.panel, Qt.AlignmentFlag.AlignCenter)

    def open(self) -> None:
        """Show the sheet and put the focus on its first field."""
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()
        self.first_field().setFocus(Qt.FocusReason.OtherFocusReason)

    def close_sheet(self) -> None:
        """Take the sheet away and give the focus back."""
        self._host.removeEventFilter(self)
        self.hide()
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus()
        self.closed.emit()
        self.deleteLater()

    def cancel(self) -> None:
        """What Escape does."""
        self.close_sheet()

    def clear_secrets(self) -> None:
        """Forget passwords; called when the screen locks."""

    def first_field(self) -> QWidget:
        """Where the focus begins."""
        fields = self._stops()
        return fields[0] if fields else self

    def _stops(self) -> list[QWidget]:
        found = [
            widget
            for widget in self.panel.findChildren(QWidget)
            if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        chain: list[QWidget] = []
        walker = self.panel.nextInFocusChain()
        while walker is not None and walker is not self.panel:
            if walker in found:
                chain.append(walker)
            walker = walker.nextInFocusChain()
        return chain

    @override
    def focusNextPrevChild(self, next: bool, /) -> bool:
        stops = self._stops()
        if not stops:
            return True
        focused = QApplication.focusWidget()
        at = stops.index(focused) if focused in stops else -1
        stops[(at + (1 if next else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._host and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        shade = QColor(self._theme.tokens.scrim)
        shade.setAlpha(120)
        QPainter(self).fillRect(self.rect(), shade)
