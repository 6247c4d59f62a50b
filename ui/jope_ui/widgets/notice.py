"""What the station answered: a refusal with its reason and code, or a short word that something was done."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout
from typing_extensions import override

from jope.kernel.errors import JopeError
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Identifier, Text
from jope_ui.widgets.shapes import Icon

CONFIRMED_MS = 6000


class Notice(QFrame):
    """A refusal stays until it is read: what happened, what to do, the stable code. A word that something was done goes by itself."""

    toggled = Signal(bool)

    def __init__(self, theme: Theme, *, name: str = "notice") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "notice")
        self.icon = Icon(theme, "cross", size_mm=6)
        self.message = Text("", "strong", wrap=True)
        self.remedy = Text("", "quiet", wrap=True)
        self.code = Identifier("", "quiet")
        self.dismiss = Button(self.tr("Close"), size="dense", name=f"{name}-close")
        self.dismiss.clicked.connect(self.hide)
        words = QVBoxLayout()
        theme.space(words, gap_mm=0.5)
        words.addWidget(self.message)
        words.addWidget(self.remedy)
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=3, margin_mm=(3, 1.5, 1.5, 1.5))
        line.addWidget(self.icon)
        line.addLayout(words, 1)
        line.addWidget(self.code)
        line.addWidget(self.dismiss)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(CONFIRMED_MS)
        self._fade.timeout.connect(self.hide)
        self.hide()

    @override
    def setVisible(self, visible: bool, /) -> None:
        super().setVisible(visible)
        self.toggled.emit(visible)

    def refuse(self, error: JopeError) -> None:
        """Show why something did not happen."""
        self._fade.stop()
        self._say("cross", error.message, error.what_to_do, error.code)

    def confirm(self, message: str, detail: str = "") -> None:
        """Show that something was done."""
        self._say("check", message, detail, "")
        self._fade.start()

    def _say(self, icon: str, message: str, remedy: str, code: str) -> None:
        self.icon.show_icon(icon)
        self.message.setText(message)
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))
        self.code.setText(code)
        self.setAccessibleName(f"{message} {remedy} {code}".strip())
        self.show()
