"""The line that says that the station is read-only, and why. It stands on every page, the sign-in page too, as long as the reason lasts."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from jope.kernel.errors import ReadOnlyError
from jope_ui.theme import Theme
from jope_ui.widgets.labels import Identifier, Text
from jope_ui.widgets.shapes import Icon


class ReadOnlyLine(QFrame):
    """Hidden while the station may write."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("read-only-line")
        self.setProperty("role", "notice")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.icon = Icon(theme, "lock", size_mm=6)
        self.title = Text(self.tr("Read-only: nothing can be recorded."), "strong", wrap=True)
        self.reason = Text("", "small", wrap=True)
        self.reason.setObjectName("read-only-reason")
        self.code = Identifier(ReadOnlyError.code, "quiet")
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=2.5, margin_mm=(2.5, 0.8, 2.5, 0.8))
        line.addWidget(self.icon)
        line.addWidget(self.title, 2)
        line.addWidget(self.reason, 4)
        line.addWidget(self.code)
        self.hide()

    def show_reason(self, reason: str) -> None:
        """Say why; an empty reason hides the line."""
        if reason == self.reason.text():
            return
        self.reason.setText(reason)
        self.setAccessibleName(f"{self.title.text()} {reason}" if reason else "")
        self.setVisible(bool(reason))
