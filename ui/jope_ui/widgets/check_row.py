"""One check of the line clearance: its text and two big toggles. Nothing is chosen beforehand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout

from jope.plant.batches.queries import CheckView
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Text
from jope_ui.widgets.shapes import Icon


class CheckRow(QFrame):
    """``answered`` says that a toggle was pressed."""

    answered = Signal()

    def __init__(self, theme: Theme, number: int, check: CheckView) -> None:
        super().__init__()
        self.setProperty("role", "row")
        self.check_id = check.check_id
        self.icon = Icon(theme, "locked", size_mm=6)
        self.text = Text(f"{number}  {check.text}", wrap=True)
        self.passed = Button(self.tr("Pass"), role="toggle", name=f"check-{number}-pass")
        self.failed = Button(self.tr("Fail"), role="toggle", name=f"check-{number}-fail")
        self.settled = Text("", "body-quiet")
        self.settled.hide()
        self._group = QButtonGroup(self)
        for button, spoken in ((self.passed, self.tr("Pass: {text}")), (self.failed, self.tr("Fail: {text}"))):
            button.setCheckable(True)
            button.setAccessibleName(spoken.format(text=check.text))
            self._group.addButton(button)
        self._group.buttonToggled.connect(self._on_toggled)
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=2.5, margin_mm=(1, 1.2, 1, 1.2))
        line.addWidget(self.icon)
        line.addWidget(self.text, 1)
        line.addWidget(self.passed)
        line.addWidget(self.failed)
        line.addWidget(self.settled)
        if check.passed is not None:
            self.settle(check.passed)

    @property
    def answer(self) -> bool | None:
        """True passed, False failed, None not answered."""
        if self.passed.isChecked():
            return True
        return False if self.failed.isChecked() else None

    def settle(self, passed: bool) -> None:
        """Show a stored answer; it cannot be changed any more."""
        (self.passed if passed else self.failed).setChecked(True)
        for button in (self.passed, self.failed):
            button.setEnabled(False)
            button.hide()
        self.settled.setText(self.tr("passed") if passed else self.tr("failed"))
        self.settled.show()
        self._mark()

    def _on_toggled(self) -> None:
        self._mark()
        self.answered.emit()

    def _mark(self) -> None:
        self.icon.show_icon({True: "check", False: "cross", None: "locked"}[self.answer])
