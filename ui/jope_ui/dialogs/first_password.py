"""A first password, told once: to be read out or copied down for its person, and gone with the sheet."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Identifier, Text
from jope_ui.widgets.sheet import Sheet


class FirstPasswordSheet(Sheet):
    """Shows the password large. It opens nothing but the choice of an own one."""

    def __init__(self, host: QWidget, theme: Theme, *, who: str, password: str) -> None:
        super().__init__(host, theme, name="first-password")
        self.password = Identifier(password, "value")
        self.password.setObjectName("first-password-text")
        self.close_button = Button(self.tr("Handed over"), role="primary", name="first-password-close")
        self.close_button.clicked.connect(self.close_sheet)
        self.body.addWidget(Text(self.tr("First password of {person}").format(person=who), "title", wrap=True))
        words = self.tr(
            "It is shown once and kept nowhere. It serves to choose an own password at the first sign-in, and for nothing else."
        )
        self.body.addWidget(Text(words, wrap=True))
        self.body.addWidget(self.password)
        self.body.addStretch(1)
        line = QHBoxLayout()
        theme.space(line, gap_mm=2.5)
        line.addStretch(1)
        line.addWidget(self.close_button)
        self.body.addLayout(line)

    @override
    def clear_secrets(self) -> None:
        self.password.setText("")

    @override
    def first_field(self) -> QWidget:
        return self.close_button
