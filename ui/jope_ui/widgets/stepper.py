"""The steps of a batch: done, current or locked, with the words that say what is signed or still missing."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from jope.plant.batches.queries import StepView
from jope_ui.theme import Theme
from jope_ui.widgets.labels import Text, restyle
from jope_ui.widgets.shapes import Icon

_ICONS = {"done": "check", "current": "current", "locked": "locked"}


class StepRow(QFrame):
    """One step."""

    def __init__(self, theme: Theme, step: StepView) -> None:
        super().__init__()
        self.setProperty("role", "step")
        self.setProperty("state", step.state)
        self.icon = Icon(theme, _ICONS.get(step.state, "locked"), size_mm=5.5, quiet=step.state == "locked")
        self.title = Text("", "body", wrap=True)
        self.note = Text("", "quiet", wrap=True)
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=2.5, margin_mm=(2, 0.8, 2, 0.8))
        line.addWidget(self.icon)
        line.addWidget(self.title, 3)
        line.addWidget(self.note, 2)
        self.show_step(step)

    def show_step(self, step: StepView) -> None:
        """Show a step in this row."""
        self.icon.show_icon(_ICONS.get(step.state, "locked"))
        self.title.setText(f"{step.number}  {step.title}")
        restyle(self.title, "role", {"current": "strong", "locked": "body-quiet"}.get(step.state, "body"))
        self.note.setText(step.note)
        restyle(self, "state", step.state)
        self.setAccessibleName(f"{step.number} {step.title}, {step.state}. {step.note}")


class Stepper(QWidget):
    """All steps, one row each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: list[StepRow] = []
        self._column = QVBoxLayout(self)
        theme.space(self._column, gap_mm=0.5)
        self._column.addStretch(1)

    def show_steps(self, steps: tuple[StepView, ...]) -> None:
        """Show the steps; rows are kept where they can be."""
        while len(self.rows) > len(steps):
            gone = self.rows.pop()
            gone.hide()
            gone.deleteLater()
        for index, step in enumerate(steps):
            if index < len(self.rows):
                self.rows[index].show_step(step)
            else:
                self.rows.append(StepRow(self._theme, step))
                self._column.insertWidget(index, self.rows[index])
