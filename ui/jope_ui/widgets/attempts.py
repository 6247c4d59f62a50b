"""The attempts at the scale, the rejected ones with their reasons; and the label of the accepted one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from jope.kernel.clock import site_text
from jope.plant.weighing.queries import WeighingView
from jope.services.reporting.labels.queries import LabelRow
from jope_ui.theme import Theme
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.label_words import LabelWords
from jope_ui.widgets.labels import DASH, Identifier, Text, quantity_text
from jope_ui.widgets.shapes import Icon


class LabelPaper(Card):
    """The text of a container's label; its code line may break anywhere."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(theme, role="sunken", pad_mm=2)
        *lines, code = text.splitlines()
        breakable = "\u200b".join(code[at : at + 8] for at in range(0, len(code), 8))
        self.lines = Text("\n".join((*lines, breakable)), "label", wrap=True)
        self.lines.setObjectName("label-text")
        self.body.addWidget(self.lines)


class AttemptRow(QFrame):
    """One attempt, with the label of an accepted one."""

    def __init__(self, theme: Theme, weighing: WeighingView, zone: str, label: LabelRow | None) -> None:
        super().__init__()
        self.setProperty("role", "row")
        self.accepted = weighing.accepted
        value = Identifier(quantity_text(weighing.net, weighing.unit) if weighing.net else DASH, "strong")
        time = site_text(weighing.utc_us, zone)[11:19]
        words = QVBoxLayout()
        theme.space(words, gap_mm=0.3)
        words.addWidget(value)
        words.addWidget(Text(self._outcome(weighing), "small", wrap=True))
        words.addWidget(Text(f"{time} · {weighing.performed_by} · {weighing.device_id}", "quiet", wrap=True))
        line = QHBoxLayout()
        theme.space(line, gap_mm=2)
        line.addWidget(Icon(theme, "check" if weighing.accepted else "cross", size_mm=6), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=1, margin_mm=(0, 1, 0, 1))
        column.addLayout(line)
        if weighing.label_text:
            state = self.tr("Label: not printed yet") if label is None else LabelWords(self).label(label)
            self.label = Text(state, "small", wrap=True)
            self.label.setObjectName("label-state")
            column.addWidget(self.label)
            column.addWidget(LabelPaper(theme, weighing.label_text))

    def _outcome(self, weighing: WeighingView) -> str:
        if not weighing.accepted:
            return self.tr("{number}. refused: {reason}").format(number=weighing.attempt, reason=weighing.rejection)
        if weighing.verified is not None:
            return self.tr("{number}. accepted, verified by {person}").format(number=weighing.attempt, person=weighing.verified.name)
        return self.tr("{number}. accepted, not verified yet").format(number=weighing.attempt)


class Attempts(Card):
    """Newest first; the label stands with its weighing."""

    def __init__(self, theme: Theme, zone: str) -> None:
        super().__init__(theme)
        self.heading.setText(self.tr("Attempts"))
        self.heading.show()
        self._theme = theme
        self._zone = zone
        self._shown: tuple[object, ...] | None = None
        self.rows: list[AttemptRow] = []
        self.list = ScrollColumn(theme, name="attempts")
        self.body.addWidget(self.list, 1)

    def show_attempts(self, weighings: tuple[WeighingView, ...], labels: tuple[LabelRow, ...] = ()) -> None:
        """Show the attempts of one material, each with what became of its newest label."""
        if (weighings, labels) == self._shown:
            return
        self._shown = (weighings, labels)
        self.list.clear()
        newest = {row.weighing_id: row for row in labels}
        self.rows = [AttemptRow(self._theme, one, self._zone, newest.get(one.weighing_id)) for one in reversed(weighings)]
        for row in self.rows:
            self.list.add(row)
        if not weighings:
            self.list.add(Text(self.tr("None yet"), "quiet"))
