"""The access log: who came, went, was locked out or tried to get in (URS A10; A11 draft 11.9)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from jope.compliance.identity.queries import AccessRow, access_log
from jope.kernel.clock import site_text, utc_text
from jope_ui.viewmodels.audit_filter import FilterError, utc_us
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.access_words import AccessWords
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text
from jope_ui.widgets.tables import Column, Table, TupleModel

TYPING_MS = 300
PIECE = 200
"""How many entries are read at once."""


@dataclass(frozen=True, slots=True)
class _Search:
    who: str
    kind: str
    since_us: int | None
    until_us: int | None


class AccessLogPage(Page):
    """Every coming and going at the station, newest first, with the cause and from where."""

    kinds: ClassVar[frozenset[str]] = frozenset({"session", "user", "workstation"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="access-log")
        self._words = AccessWords()
        self._search = _Search("", "", None, None)
        self._kind = ""
        self.since = self._field(self.tr("From (UTC)"), "access-log-since")
        self.until = self._field(self.tr("To (UTC)"), "access-log-until")
        self.who = self._field(self.tr("Who"), "access-log-who")
        self.groups = {
            "presence": self._toggle(self.tr("Sign-in and out"), "presence"),
            "locks": self._toggle(self.tr("Locks"), "locks"),
            "failures": self._toggle(self.tr("Failures"), "failures"),
        }
        self.count = Text("", "quiet")
        self.count.setObjectName("access-log-count")
        zone = self.client.info.zone
        self._columns = (
            Column(self.tr("Time"), lambda row: site_text(row.utc_us, zone)),
            Column(self.tr("Who"), self._words.person),
            Column(self.tr("What"), self._words.what),
            Column(self.tr("Cause"), self._words.cause, wide=True),
        )
        self.detail = Text("", "quiet", wrap=True)
        self.detail.setObjectName("access-log-detail")
        self.model = TupleModel(self._columns)
        self.table = Table(self.theme, name="access-log-table", spoken=self.tr("Access log"))
        self.table.setModel(self.model)
        self.table.fit_columns(self._columns)
        self.back = Button(self.tr("Back to audit trail"), name="access-log-back")
        self.older = Button(self.tr("Older entries"), name="access-log-older")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.refresh)
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._on_row_selected)
        self.back.clicked.connect(lambda: self.desk.go("audit", ""))
        self.older.clicked.connect(self._on_older_clicked)

    def _field(self, label: str, name: str) -> Field:
        field = Field(label, self.theme, name=name, size="dense")
        field.changed.connect(self._on_search_typed)
        return field

    def _on_search_typed(self) -> None:
        self._typing.start()

    def _toggle(self, text: str, kind: str) -> Button:
        button = Button(text, role="toggle", size="dense", name=f"access-log-{kind}")
        button.setCheckable(True)
        button.clicked.connect(partial(self._on_kind_clicked, kind))
        return button

    def _lay_out(self) -> None:
        fields = QHBoxLayout()
        self.theme.space(fields, gap_mm=2)
        for field, stretch in ((self.since, 3), (self.until, 3), (self.who, 3)):
            fields.addWidget(field, stretch)
        for button in self.groups.values():
            toggle = QVBoxLayout()
            self.theme.space(toggle, gap_mm=0)
            toggle.addStretch(1)
            toggle.addWidget(button)
            fields.addLayout(toggle)
        card = Card(self.theme, self.tr("Access log"))
        card.body.addWidget(self.count)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self.detail)
        self.body.addLayout(fields)
        self.body.addWidget(card, 1)
        self.footer.addWidget(self.back, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addStretch(1)
        self.footer.addWidget(self.older, 0, Qt.AlignmentFlag.AlignBottom)

    @override
    def on_changed(self, kinds: frozenset[str]) -> None:
        if len(self.model.rows) <= PIECE:  # who reads further back is not thrown to the newest entry
            super().on_changed(kinds)

    @override
    def refresh(self) -> None:
        try:
            self._search = _Search(self.who.text.strip(), self._kind, utc_us(self.since.text), utc_us(self.until.text, end=True))
        except FilterError:
            self.count.setText(self.tr("Write times as 2026-01-31 or 2026-01-31 09:30."))
            return
        super().refresh()

    @override
    def load(self, token: str | None) -> tuple[AccessRow, ...]:
        return self._read(token, self._search, None)

    def _read(self, token: str | None, search: _Search, before_seq: int | None) -> tuple[AccessRow, ...]:
        return self.client.station.read(
            access_log, token, who=search.who, kind=search.kind, since_us=search.since_us, until_us=search.until_us, limit=PIECE,
            before_seq=before_seq,
        )  # fmt: skip

    @override
    def show_data(self, data: tuple[AccessRow, ...]) -> None:
        self._show(data, more=len(data) == PIECE)

    def _show(self, rows: tuple[AccessRow, ...], *, more: bool) -> None:
        self.model.show_rows(rows)
        self.table.fit_columns(self._columns)
        self.older.setVisible(more)
        if rows and not self.table.selectionModel().hasSelection():
            self.table.choose(0)
        if not rows:
            self.detail.setText("")
            self.count.setText(self.tr("Nothing matches."))
        elif more:
            self.count.setText(self.tr("The newest {count} entries").format(count=len(rows)))
        else:
            self.count.setText(self.tr("{count} entries").format(count=len(rows)))

    def _on_row_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Where the chosen entry came from, and its number in the trail."""
        chosen = self.table.selectionModel().selectedRows()
        if not chosen or chosen[0].row() >= len(self.model.rows):
            return
        row: AccessRow = self.model.rows[chosen[0].row()]
        parts = (f"#{row.seq}", utc_text(row.utc_us), row.name, row.workstation, row.address, row.os_user, row.outcome)
        self.detail.setText(" · ".join(part for part in parts if part))

    def _on_kind_clicked(self, kind: str) -> None:
        """One group or all."""
        self._kind = "" if self._kind == kind else kind
        for name, button in self.groups.items():
            button.setChecked(name == self._kind)
        self.refresh()

    def _on_older_clicked(self) -> None:
        rows, search = self.model.rows, self._search
        if not rows:
            return

        def shown(older: Any) -> None:
            if search == self._search:
                self._show((*rows, *older), more=len(older) == PIECE)

        self.client.read(lambda token: self._read(token, search, rows[-1].seq), shown, self._on_load_failed, key=self.objectName())
