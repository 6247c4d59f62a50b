"""Which tags a trend shows: a list to touch, at most as many as there are pens."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from jope_ui.theme import Theme
from jope_ui.viewmodels.trend_traces import MOST_PENS
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.labels import Text
from jope_ui.widgets.sheet import Sheet
from jope_ui.widgets.tables import Column, Table, TupleModel


class ChooseTagsSheet(Sheet):
    """``given`` carries the chosen tags in the order in which they were touched. ``tags`` are (tag, unit, device)."""

    given = Signal(object)

    def __init__(self, host: QWidget, theme: Theme, *, tags: tuple[tuple[str, str, str], ...], chosen: tuple[str, ...]) -> None:
        super().__init__(host, theme, name="choose-tags", margin_mm=1.0)
        self.chosen = [tag for tag in chosen if tag in {one[0] for one in tags}]
        columns = (
            Column(self.tr("Shown"), lambda one: "\u2713" if one[0] in self.chosen else ""),
            Column(self.tr("Tag"), lambda one: str(one[0])),
            Column(self.tr("Unit"), lambda one: str(one[1])),
            Column(self.tr("Device"), lambda one: str(one[2]), wide=True),
        )
        self.model = TupleModel(columns)
        self.model.show_rows(tags)
        self.table = Table(theme, name="choose-tags-table", spoken=self.tr("Tags"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.count = Text("", "quiet", wrap=True)
        self.cancel_button = Button(self.tr("Cancel"), name="choose-tags-cancel")
        self.toggle = Button(self.tr("Show or hide"), name="choose-tags-toggle")
        self.give = BlockedAction(self.tr("Draw them"), theme, name="choose-tags-give")
        line = QHBoxLayout()
        theme.space(line, gap_mm=2.5)
        line.addWidget(self.cancel_button)
        line.addWidget(self.toggle)
        line.addWidget(self.give, 1)
        self.body.addWidget(Text(self.tr("Tags of the trend"), "title"))
        self.body.addWidget(self.count)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(line)
        self.cancel_button.clicked.connect(self.cancel)
        self.table.clicked.connect(self._on_row_touched)
        self.toggle.clicked.connect(lambda: self._on_row_touched(self.table.currentIndex()))
        self.give.triggered.connect(self._on_give_triggered)
        if tags:
            self.table.choose(0)
        self._check()

    def _on_row_touched(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        tag = self.model.rows[index.row()][0]
        if tag in self.chosen:
            self.chosen.remove(tag)
        elif len(self.chosen) < MOST_PENS:
            self.chosen.append(tag)
        self.model.dataChanged.emit(self.model.index(index.row(), 0), self.model.index(index.row(), 0))
        self._check()

    def _check(self) -> None:
        words = self.tr("Touch a tag to show or hide it: {count} of at most {most}.")
        self.count.setText(words.format(count=len(self.chosen), most=MOST_PENS))
        self.give.block("" if self.chosen else self.tr("Choose a tag."))

    def _on_give_triggered(self) -> None:
        chosen = tuple(self.chosen)
        self.close_sheet()
        self.given.emit(chosen)
