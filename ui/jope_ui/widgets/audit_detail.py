"""One event of the trail: its circumstances and its changes, before and after side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from jope.compliance.audit.queries import AuditDetail, ChangeRow
from jope.kernel.clock import utc_text
from jope_ui.theme import Theme
from jope_ui.viewmodels.wording import short_ids
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import DASH, NO_BREAK, Text, hash_head
from jope_ui.widgets.shapes import Icon
from jope_ui.widgets.state_words import StateWords


class AuditDetailCard(Card):
    """A change is marked by a triangle and by weight, not by colour."""

    record_asked = Signal(str, str, int)
    deviation_asked = Signal(int)
    _offers_then = False

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, gap_mm=0.8, pad_mm=2.5)
        self._theme = theme
        self._words = StateWords(self)
        self.title = Text("", "strong", wrap=True)
        self.then = Button(self.tr("Record then"), size="dense", name="audit-record-then")
        self.then.hide()
        self._subject: tuple[str, str, int] | None = None
        self.then.clicked.connect(self._on_then_clicked)
        self.deviation = Button(self.tr("Open deviation"), size="dense", name="audit-deviation")
        self.deviation.hide()
        self.deviation.clicked.connect(self._on_deviation_clicked)
        self._offers_deviation = False
        self.changes = ScrollColumn(theme, name="audit-changes")
        line = QHBoxLayout()
        theme.space(line, gap_mm=2.5)
        line.addWidget(self.title, 1)
        line.addWidget(self.deviation, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.then, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(line)
        self.body.addWidget(self.changes, 1)

    def clear(self) -> None:
        """Show nothing."""
        self._subject = None
        self.then.hide()
        self.deviation.hide()
        self.title.setText(self.tr("Choose an event."))
        self.changes.clear()

    def show_detail(self, detail: AuditDetail) -> None:
        """Show an event."""
        row = detail.row
        kind, _, subject_id = row.subject.partition(" ")
        self._subject = (kind, subject_id, row.seq)
        self.then.setVisible(self._offers_then and kind != "ledger")
        self.deviation.setVisible(self._offers_deviation and row.outcome != "done")
        parts = [f"#{row.seq}", row.action, row.outcome, short_ids(row.subject)]
        self.title.setText(" · ".join(part.replace(" ", NO_BREAK) for part in parts if part))
        facts = [
            f"{row.actor} ({self._words.role(row.role)})",
            utc_text(row.utc_us),
            self.tr("reason: {text}").format(text=row.reason) if row.reason else "",
            self.tr("signature {text}").format(text=hash_head(row.signature_id)) if row.signature_id else "",
            row.subject if row.subject != short_ids(row.subject) else "",
            self.tr("session {text}").format(text=hash_head(detail.session_id)) if detail.session_id else "",
            detail.station,
            detail.address,
            detail.os_user,
            self.tr("clock {text}").format(text=detail.clock_quality),
            self.tr("leaf {text}").format(text=hash_head(detail.leaf_hex)),
        ]
        self._show_changes(detail.changes)
        self.changes.add(Text(" · ".join(fact for fact in facts if fact), "quiet", wrap=True))

    def offer_record_then(self) -> None:
        """Offer to show the event's record as it was then; ``record_asked`` carries its kind, id and the event."""
        self._offers_then = True

    def offer_deviation(self, may: bool) -> None:
        """Offer to open a deviation from an event that was not done; ``deviation_asked`` carries its number."""
        self._offers_deviation = may

    def _on_deviation_clicked(self) -> None:
        if self._subject is not None:
            self.deviation_asked.emit(self._subject[2])

    def _on_then_clicked(self) -> None:
        if self._subject is not None:
            self.record_asked.emit(*self._subject)

    def _show_changes(self, changes: tuple[ChangeRow, ...]) -> None:
        self.changes.clear()
        if not changes:
            self.changes.add(Text(self.tr("No record was changed."), "quiet"))
            return
        holder = QWidget()
        grid = QGridLayout(holder)
        self._theme.space(grid, gap_mm=1)
        for column, title in ((0, self.tr("Field")), (1, self.tr("Before")), (3, self.tr("After"))):
            grid.addWidget(Text(title, "quiet"), 0, column)
        for index, change in enumerate(changes, 1):
            self._add_change(grid, index, change)
        for column, stretch in ((0, 4), (1, 4), (3, 5)):
            grid.setColumnStretch(column, stretch)
        self.changes.add(holder)

    def _add_change(self, grid: QGridLayout, index: int, change: ChangeRow) -> None:
        top = Qt.AlignmentFlag.AlignTop
        changed = change.before != change.after
        grid.addWidget(Text(f"{change.table}.{change.column}", "small", wrap=True), index, 0, top)
        grid.addWidget(Text(_shown(change.before), "small", wrap=True), index, 1, top)
        if changed:
            grid.addWidget(Icon(self._theme, "changed", size_mm=4.5), index, 2, top)
        grid.addWidget(Text(_shown(change.after), "strong" if changed else "small", wrap=True), index, 3, top)


def _shown(value: str | None) -> str:
    if value is None:
        return DASH
    return hash_head(value) if len(value) in (32, 64) and all(one in "0123456789abcdef" for one in value) else value
