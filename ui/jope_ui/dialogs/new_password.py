"""Choosing a new password: where the first one or an old one is over, and whenever a person wants to (URS A06, A07)."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from jope.kernel.errors import JopeError
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.theme import Theme
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text


class NewPasswordSheet(FormSheet):
    """``given`` carries the employee id, the password until now and the new one."""

    given = Signal(str, str, str)

    def __init__(self, host: QWidget, theme: Theme, *, who: str, why: str, password: str = "") -> None:
        super().__init__(
            host, theme, name="new-password", title=self.tr("New password"), verb=self.tr("Change password"), verb_name="new-password-give"
        )
        self._who = who
        words = self.tr(
            "Choose words that nobody guesses: not your name or id, not a word alone, not the old one with a change. Only you know it."
        )
        self.about.addWidget(Text(why, "strong", wrap=True))
        self.about.addWidget(Text(words, wrap=True))
        self.about.addStretch(1)
        self.before = Field(self.tr("Password until now"), theme, name="new-password-before", secret=True)
        self.before.set_text(password)
        self.new = Field(self.tr("New password"), theme, name="new-password-new", secret=True)
        self.again = Field(self.tr("New password again"), theme, name="new-password-again", secret=True)
        self.error = Text("", "error", wrap=True)
        self.entry.addWidget(Text(who, "strong"))
        for field in (self.before, self.new, self.again):
            self.entry.addWidget(field)
            field.changed.connect(self._check)
        self.before.submitted.connect(self.new.line.setFocus)
        self.new.submitted.connect(self.again.line.setFocus)
        self.entry.addWidget(self.error)
        self.finish_layout()
        self.verb.triggered.connect(self._on_verb_triggered)
        self._check()

    def refuse(self, error: JopeError) -> None:
        """Say what is wrong with the new password."""
        self.error.setText(f"{error.code}  {error.message}")
        self._check()

    @override
    def clear_secrets(self) -> None:
        for field in (self.before, self.new, self.again):
            field.forget()

    @override
    def first_field(self) -> QWidget:
        return self.new.line if self.before.text else self.before.line

    def _check(self) -> None:
        if not self.before.text or not self.new.text:
            self.verb.block(self.tr("Missing: both passwords."))
        elif self.new.text != self.again.text:
            self.verb.block(self.tr("The new password was typed in two ways."))
        else:
            self.verb.block("")

    def _on_verb_triggered(self) -> None:
        self.error.setText("")
        self.given.emit(self._who, self.before.text, self.new.text)
