"""What waits for this person's signature: one record after the other, each shown before it is signed (URS B12; A11d 13.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, QModelIndex, Qt
from typing_extensions import override

from jope.compliance.signatures.queue import QueueItem
from jope.compliance.signatures.statements import Statement
from jope.kernel.clock import site_text
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.labels import Text
from jope_ui.widgets.tables import Column, Table, TupleModel


@dataclass(frozen=True, slots=True)
class QueueData:
    """What one read brings."""

    items: tuple[QueueItem, ...]
    due: tuple[Statement, ...]


class QueuePage(Page):
    """The records that wait, oldest first. No record is signed that its person has not opened, and none together with another."""

    kinds: ClassVar[frozenset[str]] = frozenset({"batch", "weighing", "lot", "recipe", "signature", "clearance", "deviation", "training"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="queue")
        self._due = False
        zone = self.client.info.zone
        columns = (
            Column(self.tr("Waits since"), lambda one: site_text(one.since_utc_us, zone)),
            Column(self.tr("Record"), lambda one: str(one.title), wide=True),
        )
        self.model = TupleModel(columns)
        self.table = Table(self.theme, name="queue", spoken=self.tr("Records that wait for your signature"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.table.spare(0, content=True)
        self.facts = Text("", "body", wrap=True)
        self.facts.setObjectName("queue-facts")
        self.back = Button(self.tr("Back to overview"), name="queue-back")
        self.accept = Button(self.tr("Read statement"), name="queue-accept")
        self.review = BlockedAction(self.tr("Review and sign"), self.theme, name="queue-sign")
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._on_item_selected)
        self.table.doubleClicked.connect(self._on_item_opened)
        self.back.clicked.connect(lambda: self.desk.go("overview", ""))
        self.accept.clicked.connect(lambda: self.desk.signing.accept(self.on_done, self.notice.refuse))
        self.review.triggered.connect(self._on_review_triggered)
        self._check()

    def _lay_out(self) -> None:
        card = Card(self.theme, self.tr("Waits for your signature"))
        card.body.addWidget(self.facts)
        card.body.addWidget(self.table, 1)
        self.body.addWidget(card, 1)
        self.footer.addWidget(self.back, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.accept, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.review, 1)

    @override
    def load(self, token: str | None) -> QueueData:
        station = self.client.station
        return QueueData(station.signing_queue(token), station.statement_due(token))

    @override
    def show_data(self, data: QueueData) -> None:
        chosen = self._chosen()
        self._due = bool(data.due)
        self.accept.setVisible(self._due)
        self.model.show_rows(data.items)
        if self.model.rows:
            keys = [one.key for one in self.model.rows]
            self.table.choose(keys.index(chosen.key) if chosen is not None and chosen.key in keys else 0)
        self.facts.setText(self._facts())
        self._check()

    def _facts(self) -> str:
        if self._due:
            return self.tr("You have not accepted the accountability statement yet. Read it and accept it by signature; then you can sign.")
        if not self.model.rows:
            return self.tr("Nothing waits for your signature.")
        if any(one.series for one in self.model.rows):
            return self.tr("The first signature asks for employee ID and password, those that follow on this page for the password.")
        return self.tr("Each signature asks for employee ID and password.")

    def _chosen(self) -> QueueItem | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows and rows[0].row() < len(self.model.rows) else None

    def _check(self) -> None:
        if self._due:
            self.review.block(self.tr("Accept the accountability statement first."))
        elif not self.model.rows:
            self.review.block(self.tr("Nothing waits for your signature."))
        else:
            self.review.block("" if self._chosen() is not None else self.tr("Choose a record."))

    def _on_item_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._check()

    def _on_item_opened(self, index: QModelIndex) -> None:
        if not self.review.blocked:
            self._on_review_triggered()

    def _on_review_triggered(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.sign(chosen.command)

    @override
    def on_done(self, result: Any) -> None:
        self.notice.confirm(self.tr("Signed."), "")
        super().on_done(result)
