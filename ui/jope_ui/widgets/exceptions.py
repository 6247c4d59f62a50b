"""What a reviewer has to look at first: refused weighings, failed signatures, holds."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from jope.kernel.clock import utc_text
from jope.plant.batches.queries import ExceptionRow
from jope_ui.theme import Theme
from jope_ui.viewmodels.wording import plain_words
from jope_ui.widgets.cards import ScrollColumn
from jope_ui.widgets.labels import NO_BREAK, Identifier, Text
from jope_ui.widgets.shapes import Icon


class ExceptionLine(QFrame):
    """One exception with its place in the trail."""

    def __init__(self, theme: Theme, row: ExceptionRow) -> None:
        super().__init__()
        self.setProperty("role", "row")
        words = QVBoxLayout()
        theme.space(words, gap_mm=0.3)
        words.addWidget(Text(plain_words(row.what), "strong", wrap=True))
        if row.detail:
            words.addWidget(Text(row.detail, "small", wrap=True))
        words.addWidget(Text(f"{row.who} · {utc_text(row.utc_us).replace(' ', NO_BREAK)}", "quiet", wrap=True))
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=2.5, margin_mm=(0, 1.2, 2, 1.2))
        line.addWidget(Icon(theme, "changed", size_mm=5))
        line.addLayout(words, 1)
        line.addWidget(Identifier(f"#{row.seq}", "quiet"))


class ExceptionList(ScrollColumn):
    """All exceptions of a batch; an empty list says so."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name="exceptions")
        self._theme = theme
        self._shown: tuple[ExceptionRow, ...] | None = None

    def show_exceptions(self, rows: tuple[ExceptionRow, ...]) -> None:
        """Show them in the order of the trail."""
        if rows == self._shown:
            return
        self._shown = rows
        self.clear()
        if not rows:
            self.add(Text(self.tr("None"), "quiet"))
        for row in rows:
            self.add(ExceptionLine(self._theme, row))
