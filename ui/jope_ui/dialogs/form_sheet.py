"""The frame of all sheets with fields: what it is about on the left, entry on the right, the touch keyboard beside the form and never over it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.keyboard import TouchKeyboard
from jope_ui.widgets.labels import Text
from jope_ui.widgets.sheet import Sheet


class FormSheet(Sheet):
    """``about`` is the left column, ``entry`` the right one. Touching a field opens the keyboard under the left column."""

    def __init__(self, host: QWidget, theme: Theme, *, name: str, title: str, verb: str, verb_name: str) -> None:
        super().__init__(host, theme, name=name, margin_mm=1.0)
        self.title = Text(title, "title", wrap=True)
        self.keyboard = TouchKeyboard(theme, dense=True)
        self.keyboard.hide()
        self.about = QVBoxLayout()
        self.entry = QVBoxLayout()
        theme.space(self.about, gap_mm=2.0)
        theme.space(self.entry, gap_mm=1.6)
        self.about.addWidget(self.title)
        self.cancel_button = Button(self.tr("Cancel"), name=f"{name}-cancel")
        self.cancel_button.clicked.connect(self.cancel)
        self.verb = BlockedAction(verb, theme, name=verb_name, place="below")
        self._footer = QHBoxLayout()
        theme.space(self._footer, gap_mm=3)
        self._footer.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignBottom)
        self._footer.addWidget(self.verb, 1)
        columns = QHBoxLayout()
        theme.space(columns, gap_mm=5)
        columns.addLayout(self.about, 5)
        columns.addLayout(self.entry, 4)
        self.body.addLayout(columns, 1)

    def finish_layout(self) -> None:
        """Put the keyboard and the footer at the ends of their columns and order the tab stops."""
        self.about.addWidget(self.keyboard, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        self.entry.addStretch(1)
        self.entry.addLayout(self._footer)
        for line in self.panel.findChildren(QLineEdit):
            line.installEventFilter(self)
        QWidget.setTabOrder(self.verb.button, self.cancel_button)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self.keyboard.set_dense(self.height() < self._theme.px(158) or self.width() < self._theme.px(320))

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if isinstance(watched, QLineEdit) and event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self.keyboard.show()
        return super().eventFilter(watched, event)
