"""The first page: who are you."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from jope.kernel.errors import JopeError
from jope_ui.shell.credentials import Credentials
from jope_ui.theme import Theme
from jope_ui.widgets.cards import Card
from jope_ui.widgets.labels import Text


class SignInView(QWidget):
    """Employee id, password and the keyboard. Nothing else is on the page."""

    given = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page-sign-in")
        self.setProperty("role", "page")
        self._theme = theme
        self.credentials = Credentials(theme, verb=self.tr("Sign in"), name="sign-in")
        self.credentials.given.connect(self.given)
        self.card = Card(theme, pad_mm=6)
        self.card.body.addWidget(self.credentials)
        self.promise = Text(self.tr("Every action is recorded under the name of the person who is signed in."), "quiet")
        self.promise.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=3, margin_mm=3)
        column.addStretch(1)
        column.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.promise)
        column.addStretch(1)
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)

    def start(self) -> None:
        """Wait for a person."""
        self.credentials.start(self.tr("Sign in"))

    def tell(self, text: str) -> None:
        """Say why nobody is signed in any more."""
        self.credentials.tell(text)

    def refuse(self, error: JopeError) -> None:
        """Say why it did not work."""
        self.credentials.refuse(error)

    def _on_theme_changed(self) -> None:
        self.card.setFixedWidth(self._theme.px(254))
