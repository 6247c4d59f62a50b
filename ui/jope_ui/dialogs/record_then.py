"""A record as it was at an event of the trail: its fields rebuilt from the trail alone, with a mark on each that changed since its entry (URS C11)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.evidence.queries import FieldAt, record_as_of
from jope.kernel.errors import JopeError
from jope_ui.bridge.client import Client
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import ScrollColumn
from jope_ui.widgets.labels import DASH, Text, breakable, hash_head
from jope_ui.widgets.notice import Notice
from jope_ui.widgets.shapes import Icon
from jope_ui.widgets.sheet import Sheet

_SINCE_MM = 55


class RecordThenSheet(Sheet):
    """Read-only. A triangle and weight mark what changed since its entry, with the event that set it last."""

    def __init__(self, host: QWidget, client: Client, *, kind: str, subject_id: str, seq: int) -> None:
        super().__init__(host, client.theme, name="record-then")
        self._client = client
        title = self.tr("{kind} {id} as it was after event {seq}").format(kind=kind, id=subject_id, seq=seq)
        self.title = Text(title, "heading", wrap=True)
        self.marks = Text("", "quiet", wrap=True)
        self.fields = ScrollColumn(client.theme, name="record-then-fields")
        self.notice = Notice(client.theme, name="record-then-notice")
        self.close_button = Button(self.tr("Close"), name="record-then-close")
        self.close_button.clicked.connect(self.close_sheet)
        self.body.addWidget(self.title)
        self.body.addWidget(self.marks)
        self.body.addWidget(self.fields, 1)
        self.body.addWidget(self.notice)
        line = QHBoxLayout()
        client.theme.space(line, gap_mm=2.5)
        line.addStretch(1)
        line.addWidget(self.close_button)
        self.body.addLayout(line)
        client.read(
            lambda token: client.station.read(record_as_of, token, subject_kind=kind, subject_id=subject_id, seq=seq),
            self._show,
            self._refuse,
            key="record-then",
        )

    def _refuse(self, error: JopeError) -> None:
        self.notice.refuse(error)

    def _show(self, fields: tuple[FieldAt, ...]) -> None:
        changed = sum(1 for field in fields if field.changes)
        words = self.tr("{count} fields, {changed} changed since their entry") if fields else self.tr("No row was written by then.")
        self.marks.setText(words.format(count=len(fields), changed=changed))
        holder = QWidget()
        grid = QGridLayout(holder)
        self._client.theme.space(grid, gap_mm=1)
        before = ""
        for field in fields:
            name = f"{field.table} {hash_head(field.key) if len(field.key) == 32 else field.key}"
            index = grid.rowCount()
            if name != before:
                grid.addWidget(Text(name, "strong", wrap=True), index, 0, 1, 4)
                before, index = name, index + 1
            self._add(grid, index, field)
        for column, stretch in ((0, 3), (1, 5), (3, 3)):
            grid.setColumnStretch(column, stretch)
        grid.setColumnMinimumWidth(3, self._client.theme.px(_SINCE_MM))
        self.fields.add(holder)

    def _add(self, grid: QGridLayout, index: int, field: FieldAt) -> None:
        top = Qt.AlignmentFlag.AlignTop
        value = hash_head(field.value) if len(field.value) in (32, 64) and field.value.isalnum() else field.value
        grid.addWidget(Text(field.column, "small", wrap=True), index, 0, top)
        grid.addWidget(Text(breakable(value) or DASH, "strong" if field.changes else "small", wrap=True), index, 1, top)
        if field.changes:
            grid.addWidget(Icon(self._client.theme, "changed", size_mm=4.5), index, 2, top)
        words = self.tr("changed {count} times, last by event {seq}") if field.changes else self.tr("entered by event {seq}")
        grid.addWidget(Text(words.format(count=field.changes, seq=field.since_seq), "quiet", wrap=True), index, 3, top)

    @override
    def first_field(self) -> QWidget:
        return self.close_button
