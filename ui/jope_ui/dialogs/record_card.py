"""The record that a signature is put to: its name, what will change, and its hash."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget
from typing_extensions import override

from jope.compliance.commands import SheetRow, SigningSheet
from jope_ui.theme import Theme
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import DASH, Identifier, Text, hash_head
from jope_ui.widgets.shapes import Icon

LONG_LABEL = 30
"""A longer label takes a line of its own above its values."""
LONG_VALUE = 120
"""A longer value that does not change is read as a text: it takes the whole width below its label."""
NARROW_MM = 95
"""On a narrower card every label that has a before and an after takes a line of its own: three columns of words would be broken within words."""


class RecordCard(Card):
    """Before and after, side by side, what changes first; a change is marked by an arrow and by weight, not by colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, gap_mm=1.5, pad_mm=3)
        self._theme = theme
        self._shown: tuple[SheetRow, ...] = ()
        self._laid_out_narrow = False
        self.subject = Text("", "strong", wrap=True)
        self.rows = ScrollColumn(theme)
        self.hash = Identifier("", "quiet")
        self.body.addWidget(self.subject)
        self.body.addWidget(self.rows, 1)
        self.body.addWidget(self.hash)

    def show_sheet(self, sheet: SigningSheet) -> None:
        """Show a sheet."""
        self.show_rows(sheet.title, sheet.rows)
        self.hash.show()
        self.hash.setText(self.tr("Record hash  {hash}").format(hash=hash_head(sheet.record_hash)))
        self.hash.setToolTip(sheet.record_hash)
        self.hash.setAccessibleDescription(sheet.record_hash)

    def show_rows(self, subject: str, rows: tuple[SheetRow, ...]) -> None:
        """Show rows without a hash: what a change would do, before anybody signs it."""
        self.subject.setText(subject)
        self.hash.hide()
        self._shown = rows
        self._lay_out()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        if self._shown and self._laid_out_narrow != self._is_narrow:
            self._lay_out()

    @property
    def _is_narrow(self) -> bool:
        return self.width() < self._theme.px(NARROW_MM)

    def _lay_out(self) -> None:
        self._laid_out_narrow = self._is_narrow
        self.rows.clear()
        holder = QWidget()
        grid = QGridLayout(holder)
        self._theme.space(grid, gap_mm=2.5)
        for line in sorted(self._shown, key=lambda row: row.before == row.after):
            self._add_row(grid, line)
        for column, stretch in ((0, 3), (1, 3), (3, 3)):
            grid.setColumnStretch(column, stretch)
        self.rows.add(holder)

    def _add_row(self, grid: QGridLayout, line: SheetRow) -> None:
        on_line = Qt.AlignmentFlag.AlignBaseline
        index = grid.rowCount()
        if line.before == line.after and len(line.after) > LONG_VALUE:
            grid.addWidget(Text(line.label, "quiet", wrap=True), index, 0, 1, 4)
            grid.addWidget(Text(line.after, "body", wrap=True), index + 1, 0, 1, 4)
            return
        changes = line.before != line.after
        if changes and self._laid_out_narrow:
            grid.addWidget(self._below_its_label(line), index, 0, 1, 4)
            return
        if len(line.label) > LONG_LABEL:
            grid.addWidget(Text(line.label, "quiet", wrap=True), index, 0, 1, 4)
            index += 1
        else:
            grid.addWidget(Text(line.label, "quiet", wrap=True), index, 0, on_line)
        if not changes:
            grid.addWidget(Text(line.after or DASH, "body", wrap=True), index, 1, 1, 3, on_line)
            return
        grid.addWidget(Text(line.before or DASH, "body", wrap=True), index, 1, on_line)
        grid.addWidget(Icon(self._theme, "arrow", size_mm=5), index, 2)
        grid.addWidget(Text(line.after or DASH, "strong", wrap=True), index, 3, on_line)

    def _below_its_label(self, line: SheetRow) -> QWidget:
        """A change whose two sides share the whole width."""
        holder = QWidget()
        grid = QGridLayout(holder)
        self._theme.space(grid, gap_mm=1)
        grid.addWidget(Text(line.label, "quiet", wrap=True), 0, 0, 1, 3)
        grid.addWidget(Text(line.before or DASH, "body", wrap=True), 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Icon(self._theme, "arrow", size_mm=5), 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Text(line.after or DASH, "strong", wrap=True), 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        return holder
