"""The reason sheet: a destructive action names its object and what is lost, and takes a reason."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from jope.kernel.errors import JopeError
from jope_ui.bridge.session import SessionState
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.theme import Theme
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text

LEAST = 5


class ReasonSheet(FormSheet):
    """Asks why. The text is kept as a draft of its author when the screen locks."""

    given = Signal(str)

    def __init__(self, host: QWidget, theme: Theme, session: SessionState, *, place: str, title: str, loss: str, verb: str) -> None:
        super().__init__(host, theme, name="reason-sheet", title=title, verb=verb, verb_name="reason-give")
        self._session = session
        self._place = place
        self.loss = Text(loss, "body", wrap=True)
        self.reason = Field(self.tr("Reason"), theme, name="reason-text")
        self.error = Text("", "error", wrap=True)
        self.about.addWidget(self.loss)
        self.about.addStretch(1)
        self.entry.addWidget(self.reason)
        self.entry.addWidget(self.error)
        self.finish_layout()
        self.reason.set_text(session.draft(place))
        self.reason.changed.connect(self._check)
        self.verb.triggered.connect(self._on_verb_triggered)
        self._check()

    def refuse(self, error: JopeError) -> None:
        """Say why it did not happen."""
        self.error.setText(f"{error.code}  {error.message} {error.what_to_do}")

    @override
    def clear_secrets(self) -> None:
        self._session.keep_draft(self._place, self.reason.text)

    def _check(self) -> None:
        self._session.keep_draft(self._place, self.reason.text)
        short = len(self.reason.text.strip()) < LEAST
        self.verb.block(self.tr("Missing: a reason of at least {count} characters.").format(count=LEAST) if short else "")

    def _on_verb_triggered(self) -> None:
        self._session.keep_draft(self._place, "")
        self.given.emit(self.reason.text.strip())
