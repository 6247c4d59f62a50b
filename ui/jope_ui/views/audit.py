"""The audit trail: search, look, verify."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QVBoxLayout
from typing_extensions import override

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.audit.queries import (
    AuditDetail,
    AuditFilter,
    AuditOrder,
    AuditRow,
    audit_detail,
    audit_rows,
    audit_seq_at,
    audit_seqs,
    audit_sorted,
    audit_top,
)
from jope.kernel.clock import utc_text
from jope.kernel.errors import JopeError
from jope_ui.dialogs.export_bundle import ExportSheet
from jope_ui.dialogs.record_then import RecordThenSheet
from jope_ui.theme.metrics import DENSE_MM
from jope_ui.viewmodels.audit_filter import FilterError, audit_filter, utc_us
from jope_ui.viewmodels.audit_table import PAGE, AuditTable
from jope_ui.viewmodels.wording import short_ids
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.views.verification import VerificationCard
from jope_ui.widgets.audit_detail import AuditDetailCard
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import NO_BREAK
from jope_ui.widgets.tables import Table

TYPING_MS = 300
_NOT_FOUND_YET = -1
SETTLE_MS = 60
"""How long a row must stay chosen before its event is read in full."""
PIECE = 50_000
"""How many numbers of a filtered trail are read at once."""
MOST_RECORDS = 4
"""How many records of an event are offered for export; an event about more is exported from the trail of the record itself."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A page on its way: of which search, and its number."""

    search: int
    number: int


class AuditPage(Page):
    """Who did what, when and why, newest first."""

    kinds: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="audit")
        self._filter = AuditFilter()
        self._search = 0
        self._detail_seq = 0
        self._known_seq = 0
        self._export_due = False
        self.since = self._field(self.tr("From (UTC)"), "audit-since")
        self.until = self._field(self.tr("To (UTC)"), "audit-until")
        self.who = self._field(self.tr("Who"), "audit-who")
        self.what = self._field(self.tr("What"), "audit-what")
        self.record = self._field(self.tr("Record"), "audit-record")
        self.place = Field(self.tr("Go to"), self.theme, name="audit-go", size="dense")
        self.place.submitted.connect(self._on_go_asked)
        self._about_to_go: int | None = None
        self._going: int | None = None
        self._order: AuditOrder | None = None
        self.only_changes = Button(self.tr("Only changes"), role="toggle", size="dense", name="audit-only-changes")
        self.only_changes.setCheckable(True)
        self.verification = VerificationCard(self.client)
        self.count = self.verification.count
        self.export = Button(self.tr("Export"), name="audit-export")
        self.verification.beside.addWidget(self.export)
        self.records: tuple[tuple[str, str], ...] = ()
        """Kind and id of the records that the event in the card is about."""
        self.table = Table(self.theme, name="audit-table", spoken=self.tr("Audit trail"))
        self.model = self._make_model()
        self.detail = AuditDetailCard(self.theme)
        self.detail.offer_record_then()
        self.detail.record_asked.connect(self._on_record_asked)
        self.detail.deviation_asked.connect(lambda seq: self.desk.go("deviations", f"event {seq}"))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.refresh)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._on_row_settled)
        self._lay_out()
        self.only_changes.toggled.connect(lambda _: self.refresh())
        self.export.clicked.connect(self._on_export_clicked)
        self.theme.changed.connect(self._on_theme_changed)

    def _field(self, label: str, name: str) -> Field:
        field = Field(label, self.theme, name=name, size="dense")
        field.changed.connect(self._on_filter_typed)
        return field

    def _on_theme_changed(self) -> None:
        """Another panel or appearance: columns are as wide as their titles again, and grow with what is read."""
        self.table.horizontalHeader().setFixedHeight(self.theme.px(DENSE_MM))
        if self.isVisible():
            self.refresh()

    def _on_filter_typed(self) -> None:
        self._typing.start()

    def _make_model(self) -> AuditTable:
        columns = {
            self.tr("No."): lambda row: str(row.seq),
            self.tr("Time (UTC)"): lambda row: utc_text(row.utc_us)[:19].replace(" ", NO_BREAK),
            self.tr("Who"): lambda row: str(row.actor),
            self.tr("What"): lambda row: row.action if row.outcome == "done" else f"{row.action} · {row.outcome}",
            self.tr("Record"): lambda row: short_ids(row.subject),
            self.tr("Reason"): lambda row: str(row.reason),
        }
        model = AuditTable(tuple(columns), tuple(columns.values()))
        model.page_wanted.connect(self._on_page_wanted)
        self.table.setModel(model)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsClickable(True)
        header.setFixedHeight(self.theme.px(DENSE_MM))
        header.sectionClicked.connect(self._on_header_clicked)
        header.setSectionResizeMode(len(columns) - 1, QHeaderView.ResizeMode.Stretch)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)  # only the reason can be too long: all other columns fit their texts
        self.table.spare_of_grown(len(columns) - 1)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.selectionModel().selectionChanged.connect(self._on_row_selected)
        return model

    def _lay_out(self) -> None:
        fields = QHBoxLayout()
        self.theme.space(fields, gap_mm=2)
        for field, stretch in ((self.since, 5), (self.until, 5), (self.who, 3), (self.what, 4), (self.record, 4), (self.place, 4)):
            fields.addWidget(field, stretch)
        toggle = QVBoxLayout()
        self.theme.space(toggle, gap_mm=0)
        toggle.addStretch(1)
        toggle.addWidget(self.only_changes)
        fields.addLayout(toggle)
        self.body.addLayout(fields)
        self.body.addWidget(self.verification)
        self.body.addWidget(self.table, 3)
        self.body.addWidget(self.detail, 2)

    @override
    def enter(self, about: str = "") -> None:
        if about:
            self.record.set_text(about)
        self.detail.offer_deviation(self.client.session.may(Permission.DEVIATION_OPEN))
        super().enter(about)

    @override
    def refresh(self) -> None:
        try:
            self._filter = audit_filter(
                since=self.since.text,
                until=self.until.text,
                actor=self.who.text,
                action=self.what.text,
                record=self.record.text,
                only_changes=self.only_changes.isChecked(),
            )
        except FilterError:
            self.count.setText(self.tr("Write times as 2026-01-31 or 2026-01-31 09:30."))
            return
        self._search += 1
        self.shown = False
        self._going = None
        self._settling.stop()
        self._detail_seq, self._known_seq, self._export_due = _NOT_FOUND_YET, 0, False
        self.records = ()
        self.detail.clear()
        self.model.clear()
        self._more(self._search, below=None)

    def _more(self, search: int, below: int | None) -> None:
        """Ask for the numbers of the events that match: the newest page first, then all the others piece by piece."""
        opened = self.client.session.opened
        chosen, by = self._filter, self._order
        whole = chosen == AuditFilter() and opened is not None and opened.line == ALL_LINES  # the numbers of one line have gaps
        if by is not None:
            sort = partial(self._on_sorted, search)
            self.client.read(
                lambda token: self.client.station.read(audit_sorted, token, filter=chosen, by=by),
                sort,
                self._on_sort_failed,
                key="audit-found",
            )
            return

        def work(token: str | None) -> range | tuple[int, ...]:
            station = self.client.station
            if whole:
                return range(station.read(audit_top, token), 0, -1)
            return station.read(audit_seqs, token, filter=chosen, below=below, limit=PAGE if below is None else PIECE)

        self.client.read(work, partial(self._on_found, search, below), self._on_load_failed, key="audit-found")

    def _on_found(self, search: int, below: int | None, seqs: range | tuple[int, ...]) -> None:
        if search != self._search:
            return
        if isinstance(seqs, range):
            self.model.show_all(len(seqs))
        elif below is None:
            self.model.show_found(seqs)
        else:
            self.model.add_found(seqs)
        whole = isinstance(seqs, range) or len(seqs) < (PAGE if below is None else PIECE)
        self._show_count(whole=whole)
        if below is None and seqs and not self.table.selectionModel().hasSelection():
            self.table.choose(0)
        if below is None and not seqs:
            self._on_nothing_found()
        if not whole:
            self._more(search, below=seqs[-1])
        if self._about_to_go is not None:
            self._go_to(self._about_to_go)

    def _on_nothing_found(self) -> None:
        self._detail_seq = 0
        self._open_export()

    def _on_header_clicked(self, column: int) -> None:
        """Sort by a column; number and time turn the order round, since the trail is its own order (URS C08)."""
        if column > 1:
            self._order = (AuditOrder.WHO, AuditOrder.WHAT, AuditOrder.RECORD, AuditOrder.REASON)[column - 2]
        else:
            self._order = None if self._order is AuditOrder.OLDEST else AuditOrder.OLDEST
        self.model.mark_sorted(column, falling=self._order is None)
        self.refresh()

    def _on_sorted(self, search: int, seqs: tuple[int, ...]) -> None:
        if search != self._search:
            return
        self.model.show_sorted(seqs)
        self._show_count(whole=True)
        if seqs:
            self.table.choose(0)
        else:
            self.shown = True
            self._on_nothing_found()

    def _on_sort_failed(self, error: JopeError) -> None:
        """Too many to sort: they are shown newest first, and the reason is said."""
        self._order = None
        self.model.mark_sorted(0, falling=True)
        self.refresh()
        self._on_load_failed(error)

    def _on_page_wanted(self, number: int, seqs: tuple[int, ...]) -> None:
        search = self._search

        def work(token: str | None) -> tuple[AuditRow, ...]:
            return self.client.station.read(audit_rows, token, seqs=seqs)

        self.client.read(work, partial(self._on_page_read, _Read(search, number)), partial(self._on_page_failed, number))

    def _on_page_read(self, read: _Read, rows: tuple[AuditRow, ...]) -> None:
        if read.search != self._search:
            return
        texts = self.model.texts_of(rows)
        self.table.grow_columns(texts[:-1])
        self.model.take_page(read.number, rows, texts)
        self.shown = True
        self._arrive()

    def _on_page_failed(self, number: int, error: JopeError) -> None:
        self.model.refuse_page(number)
        self._going = None
        self._on_load_failed(error)

    def _show_count(self, *, whole: bool) -> None:
        count = f"{self.model.rowCount():,}".replace(",", NO_BREAK)
        words = self.tr("{count} events match") if whole else self.tr("{count} events match so far")
        self.count.setText(words.format(count=count))

    def _on_record_asked(self, kind: str, subject_id: str, seq: int) -> None:
        RecordThenSheet(self.desk.host, self.client, kind=kind, subject_id=subject_id, seq=seq).open()

    def _on_export_clicked(self) -> None:
        """Offer the records of the chosen event, the trail and everything. What was just typed is looked for, what was just chosen is read before."""
        if self._typing.isActive():
            self._typing.stop()
            self.refresh()
        self._export_due = True
        if self._settling.isActive():
            self._on_row_settled()
        elif self._known_seq == self._detail_seq:
            self._open_export()

    def _open_export(self) -> None:
        if self._export_due and self.isVisible():
            self._export_due = False
            ExportSheet(self.desk.host, self.client, records=self.records).open()

    # --- jumping ------------------------------------------------------------------------------------------------------

    def _on_go_asked(self) -> None:
        """Go to a number, or to the newest event at or before a time."""
        text = self.place.text.strip()
        if text.isdigit():
            self._go_to(int(text))
            return
        try:
            moment = utc_us(text, end=True)
        except FilterError:
            moment = None
        if moment is None:
            self.count.setText(self.tr("Write a number, or a time as 2026-01-31 09:30."))
            return
        when = moment
        self.client.read(
            lambda token: self.client.station.read(audit_seq_at, token, utc_us=when), self._go_to, self._on_load_failed, key="audit-go"
        )

    def _go_to(self, seq: int) -> None:
        known = self.model.seqs
        later = self._order is None and (not known or known[-1] > seq > 0)
        self._about_to_go = seq if later else None  # what is not there yet comes with a later piece
        if known:
            self._going = seq
            self._arrive()

    def _arrive(self) -> None:
        """Go where somebody is going, once all rows of that place are read: it is painted once, and not as dots before."""
        if self._going is None:
            return
        row = self.model.row_of(self._going)
        around = self.table.viewport().height() // self.table.rowHeight(row) // 2 + 1
        if self.model.are_there(row - around, row + around):
            self._going = None
            self.table.scrollTo(self.model.index(row, 0), Table.ScrollHint.PositionAtCenter)
            self.table.choose(row)

    def _on_row_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if not rows or rows[0].row() >= len(self.model.seqs):
            return
        self._detail_seq = self.model.seqs[rows[0].row()]
        self._settling.start()

    def _on_row_settled(self) -> None:
        """The choice stands for a moment: what is passed on the way is not read in full."""
        self._settling.stop()
        seq = self._detail_seq
        self.client.read(
            lambda token: self.client.station.read(audit_detail, token, seq=seq),
            self._on_detail_read,
            self._on_load_failed,
            key="audit-detail",
        )

    def _on_detail_read(self, detail: AuditDetail) -> None:
        if detail.row.seq == self._detail_seq:
            self.records = tuple(one for one in detail.subjects if one[0] != "ledger")[:MOST_RECORDS]
            self.detail.show_detail(detail)
            self._known_seq = detail.row.seq
            self._open_export()

    @override
    def _on_load_failed(self, error: JopeError) -> None:
        self._export_due = False
        super()._on_load_failed(error)

    @override
    def load(self, token: str | None) -> None:
        """Pages are read one by one; see ``_on_page_wanted``."""

    @override
    def show_data(self, data: Any) -> None:
        """Pages are shown one by one; see ``_on_page_read``."""
