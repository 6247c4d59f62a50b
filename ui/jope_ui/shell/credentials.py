"""Employee id, password and the keyboard beside them: the same panel to sign in and to unlock."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from jope.kernel.errors import JopeError
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.field import Field
from jope_ui.widgets.keyboard import TouchKeyboard
from jope_ui.widgets.labels import Text


class Credentials(QWidget):
    """``given`` carries id and password once both are typed; the password is forgotten as soon as it is given.

    ``compact`` leaves room above for what has to stay readable.
    """

    given = Signal(str, str)

    def __init__(self, theme: Theme, *, verb: str, name: str, compact: bool = False) -> None:
        super().__init__()
        self.title = Text("", "strong" if compact else "title", wrap=True)
        self.employee_id = Field(self.tr("Employee ID"), theme, name=f"{name}-id")
        self.password = Field(self.tr("Password"), theme, name=f"{name}-password", secret=True)
        self.message = Text("", "error", wrap=True)
        self.message.setObjectName(f"{name}-message")
        self.verb = BlockedAction(verb, theme, name=f"{name}-give", place="below")
        self.other = Button("", name=f"{name}-other")
        self.other.hide()
        self.keyboard = TouchKeyboard(theme)
        self._busy = False
        form = QVBoxLayout()
        theme.space(form, gap_mm=1.2 if compact else 2)
        form.addWidget(self.title)
        form.addWidget(self.employee_id)
        form.addWidget(self.password)
        form.addWidget(self.message)
        form.addStretch(1)
        foot = QHBoxLayout()
        theme.space(foot, gap_mm=2)
        foot.addWidget(self.other, 0, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self.verb, 1)
        form.addLayout(foot)
        across = QHBoxLayout(self)
        theme.space(across, gap_mm=5)
        across.addLayout(form, 1)
        across.addWidget(self.keyboard, 0, Qt.AlignmentFlag.AlignBottom)
        self.employee_id.changed.connect(self._check)
        self.password.changed.connect(self._check)
        self.employee_id.submitted.connect(self.password.line.setFocus)
        self.password.submitted.connect(self._on_verb_triggered)
        self.verb.triggered.connect(self._on_verb_triggered)
        self._check()

    def start(self, title: str) -> None:
        """Begin anew: empty fields, the focus on the id."""
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.message.setText("")
        self.forget()
        self.employee_id.line.setFocus()

    def take_badge(self, text: str, why_not: str = "") -> None:
        """A badge fills in the id and nothing else; ``why_not`` says why one fills in nothing."""
        self.employee_id.set_text(text.strip())
        if why_not:
            self.tell(why_not)
        (self.employee_id if why_not else self.password).line.setFocus()

    def tell(self, text: str) -> None:
        """Say something above the fields, until somebody begins to give id and password."""
        self.message.setText(text)
        self._check()

    def refuse(self, error: JopeError) -> None:
        """Say why it did not work; only the password has to be typed again."""
        self._busy = False
        self.message.setText(f"{error.code}  {error.message} {error.what_to_do}")
        self.password.forget()
        self.password.line.setFocus()
        self._check()

    def forget(self) -> None:
        """Empty both fields."""
        self._busy = False
        self.employee_id.forget()
        self.password.forget()
        self._check()

    def _check(self) -> None:
        self.message.setVisible(bool(self.message.text()))
        self.verb.reason.setVisible(not self.message.text())
        if self._busy:
            self.verb.block(self.tr("Checking \u2026"))
            return
        complete = bool(self.employee_id.text.strip() and self.password.text)
        self.verb.block("" if complete else self.tr("Type employee ID and password."))

    def _on_verb_triggered(self) -> None:
        if self.verb.blocked:
            return
        self._busy = True
        self.message.setText("")
        self._check()
        self.given.emit(self.employee_id.text.strip(), self.password.text)
