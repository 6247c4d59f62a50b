"""The line at a glance, in one band: batch state, material, live value and weighing bar."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from jope_ui.bridge.live import LiveValue
from jope_ui.theme import Theme
from jope_ui.viewmodels.line_facts import LineFacts
from jope_ui.widgets.bar import BigBar
from jope_ui.widgets.labels import Identifier, Text
from jope_ui.widgets.state_words import StateWords, plain_state


class LiveBand(QWidget):
    """Shows facts; the bar is there while a material is due at the scale."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("live-band")
        self._words = StateWords(self)
        self.batch = Identifier("", "strong")
        self.state = Identifier("", "strong")
        self.state.setObjectName("live-band-state")
        self.material = Text("", "body")
        self.bar = BigBar(theme, wide=True)
        line = QHBoxLayout()
        theme.space(line, gap_mm=4)
        line.addWidget(self.batch)
        line.addWidget(self.state)
        line.addWidget(self.material)
        line.addStretch(1)
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=0.5)
        column.addLayout(line)
        column.addWidget(self.bar)
        self.show_facts(None)

    def show_facts(self, facts: LineFacts | None) -> None:
        """Show the facts of the line; None when there is no batch."""
        self.batch.setText(facts.batch_no if facts else "")
        self.batch.setVisible(facts is not None)
        self.state.setText(self._state(facts))
        self.material.setText(facts.material if facts else "")
        self.bar.set_scale(facts.scale if facts else None)
        self.bar.setVisible(facts is not None and bool(facts.device_id))

    def show_value(self, live: LiveValue) -> None:
        """Show the newest value of the scale."""
        self.bar.show_value(live)

    def _state(self, facts: LineFacts | None) -> str:
        if facts is None:
            return self.tr("no batch in execution")
        if plain_state(facts.record_state) == "inexecution":
            return self._words.procedure(facts.procedure_state)
        return self._words.record(facts.record_state)
