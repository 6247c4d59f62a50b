"""Why can't I?: what stands against an action, by which rule, and who can help (URS A03)."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.commands import GuardVerdict
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import ScrollColumn
from jope_ui.widgets.labels import DASH, Text
from jope_ui.widgets.sheet import Sheet


class WhySheet(Sheet):
    """Every unmet condition, in the words of the guards that refuse the action in the station too."""

    def __init__(self, host: QWidget, theme: Theme, *, action: str, verdict: GuardVerdict) -> None:
        super().__init__(host, theme, name="why")
        self.close_button = Button(self.tr("Close"), name="why-close")
        self.close_button.clicked.connect(self.close_sheet)
        self.body.addWidget(Text(self.tr("Why not: {action}").format(action=action), "title", wrap=True))
        conditions = ScrollColumn(theme, name="why-conditions")
        for unmet in (verdict, *verdict.others):
            for label, text in (
                (self.tr("What stands against it"), unmet.message),
                (self.tr("What to do, and who can help"), unmet.remedy),
                (self.tr("By which rule"), unmet.clause),
                (self.tr("Condition of the station"), unmet.guard.replace("_", " ")),
            ):
                conditions.add(Text(label, "quiet"))
                conditions.add(Text(text or DASH, "body", wrap=True))
        self.body.addWidget(conditions, 1)
        line = QHBoxLayout()
        theme.space(line, gap_mm=2.5)
        line.addStretch(1)
        line.addWidget(self.close_button)
        self.body.addLayout(line)

    @override
    def first_field(self) -> QWidget:
        return self.close_button
