"""Before an emergency change is sent: what it is, why, and until when another person has to approve it (URS D07; Annex 11 clause 10)."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jope.compliance.changes.queries import ChangeRow
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.dialogs.record_card import RecordCard
from jope_ui.theme import Theme
from jope_ui.widgets.labels import Identifier, Text


class EmergencyChangeSheet(FormSheet):
    """``given`` says that it shall be signed and made now."""

    given = Signal()

    def __init__(self, host: QWidget, theme: Theme, *, request: ChangeRow, deadline: str) -> None:
        super().__init__(
            host, theme, name="emergency-change", title=self.tr("Change in an emergency"), verb=self.tr("Sign and make it"),
            verb_name="emergency-change-give",
        )  # fmt: skip
        record = RecordCard(theme)
        record.show_rows(f"{request.request_id}  {request.title} {request.subject_id}", request.diff)
        self.about.addWidget(record, 1)
        self.entry.addWidget(Text(self.tr("Reason"), "quiet"))
        self.entry.addWidget(Text(request.reason, "body", wrap=True))
        self.entry.addWidget(Text(self.tr("To be approved after the fact by"), "quiet"))
        self.deadline = Identifier(deadline, "heading")
        self.deadline.setObjectName("emergency-change-deadline")
        self.entry.addWidget(self.deadline)
        words = self.tr(
            "It is made as soon as you sign, and alarmed at once. Another person from outside administration approves it by then; "
            "otherwise a deviation opens."
        )
        self.entry.addWidget(Text(words, "body", wrap=True))
        self.finish_layout()
        self.verb.triggered.connect(self.given)
