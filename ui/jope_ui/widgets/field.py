"""A labelled entry field."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from jope_ui.theme import Theme
from jope_ui.widgets.labels import Text


class Field(QWidget):
    """A label above a line. ``secret`` fields show dots, keep nothing in the clipboard and are emptied by ``forget``."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, label: str, theme: Theme, *, name: str, secret: bool = False, hint: str = "", size: str = "routine") -> None:
        super().__init__()
        self.label = Text(label, "quiet")
        self.line = QLineEdit()
        self.line.setObjectName(name)
        self.line.setAccessibleName(label)
        self.line.setProperty("touch", size)
        self.line.setPlaceholderText(hint)
        self.line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if secret:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.label.setBuddy(self.line)
        self.line.textChanged.connect(lambda _: self.changed.emit())
        self.line.returnPressed.connect(self.submitted)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=0.8)
        column.addWidget(self.label)
        column.addWidget(self.line)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Fill the field."""
        self.line.setText(text)

    def forget(self) -> None:
        """Empty the field and its undo history."""
        self.line.setText("")
