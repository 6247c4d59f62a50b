"""Reviewing the audit trail of a batch: exceptions first, a sample that nobody chose, what else the reviewer picks, then signed (URS C09, C10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from jope.compliance.audit.queries import AuditDetail, audit_detail
from jope.compliance.commands import GuardVerdict
from jope.compliance.evidence.commands import SignTrailReview
from jope.compliance.evidence.queries import ReviewBasis, review_basis
from jope.compliance.evidence.scope import TrailEvent
from jope.kernel.clock import utc_text
from jope.kernel.ids import new_id
from jope_ui.viewmodels.wording import plain_words
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.audit_detail import AuditDetailCard
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import DASH, NO_BREAK, Identifier, Text
from jope_ui.widgets.tables import Column, Table, TupleModel


@dataclass(frozen=True, slots=True)
class ReviewData:
    """What one read brings."""

    basis: ReviewBasis
    verdict: GuardVerdict | None


@dataclass(frozen=True, slots=True)
class Item:
    """One event to look at, why, and whether it was opened."""

    event: TrailEvent
    why: str
    """``exception``, ``sample``, or empty: nobody has to look at it, the reviewer may."""
    seen: bool


class ReviewPage(Page):
    """What must be looked at stands in one list; opening an event marks it as looked at."""

    kinds: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="review")
        self._data: ReviewData | None = None
        self._seen: set[int] = set()
        self._asked = 0
        self.facts = Text("", "quiet", wrap=True)
        self.count = Identifier("", "title")
        self.table = Table(self.theme, name="review-table", spoken=self.tr("Events to look at"))
        columns = (
            Column(self.tr("Looked at"), lambda item: self.tr("looked at") if item.seen else self.tr("open") if item.why else DASH),
            Column(self.tr("Why"), self._why),
            Column(self.tr("No."), lambda item: str(item.event.seq)),
            Column(self.tr("Time (UTC)"), lambda item: utc_text(item.event.utc_us)[:19].replace(" ", NO_BREAK)),
            Column(self.tr("Who"), lambda item: str(item.event.actor)),
            Column(self.tr("What"), _what),
            Column(self.tr("Reason"), lambda item: str(item.event.text), wide=True),
        )
        self.model = TupleModel(columns)
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.spare(len(columns) - 1, content=False)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.selectionModel().selectionChanged.connect(self._on_row_selected)
        self.detail = AuditDetailCard(self.theme)
        self.last_facts = Text("", "quiet", wrap=True)
        self.comment = Field(self.tr("Comment"), self.theme, name="review-comment", size="dense")
        self.all = Button(self.tr("All events"), role="toggle", size="dense", name="review-all")
        self.all.setCheckable(True)
        self.again = Button(self.tr("Read again"), name="review-again")
        self.trail = Button(self.tr("Audit trail"), name="review-trail")
        self.sign_it = BlockedAction(self.tr("Sign review"), self.theme, name="review-sign")
        self._lay_out()
        self.all.toggled.connect(lambda _: self._show_items())
        self.again.clicked.connect(self._on_again_clicked)
        self.trail.clicked.connect(lambda: self.desk.go("audit", self.client.batch_no))
        self.sign_it.triggered.connect(self._on_sign_triggered)

    def _lay_out(self) -> None:
        head = Card(self.theme, pad_mm=2)
        words = QVBoxLayout()
        self.theme.space(words, gap_mm=0.3)
        words.addWidget(self.facts)
        words.addWidget(self.last_facts)
        top = QHBoxLayout()
        self.theme.space(top, gap_mm=4)
        top.addLayout(words, 1)
        right = QVBoxLayout()
        self.theme.space(right, gap_mm=1)
        right.addWidget(self.count, 0, Qt.AlignmentFlag.AlignRight)
        right.addWidget(self.all, 0, Qt.AlignmentFlag.AlignRight)
        top.addLayout(right)
        head.body.addLayout(top)
        self.body.addWidget(head)
        self.body.addWidget(self.table, 3)
        self.body.addWidget(self.detail, 2)
        self.footer.addWidget(self.trail, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.again, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.comment, 2)
        self.footer.addWidget(self.sign_it, 3)

    @override
    def enter(self, about: str = "") -> None:
        self._seen.clear()
        self.all.setChecked(False)
        self.comment.forget()
        super().enter(about)

    @override
    def refresh(self) -> None:
        if self.client.batch_no:
            super().refresh()
        else:
            self.desk.go("overview", "")

    @override
    def on_missing(self) -> None:
        self.desk.go("overview", "")

    @override
    def load(self, token: str | None) -> ReviewData:
        station = self.client.station
        basis = station.read(review_basis, token, subject_kind="batch", subject_id=self.client.batch_no)
        return ReviewData(basis, station.preflight(self._command(basis), token))

    @override
    def show_data(self, data: ReviewData) -> None:
        self._data = data
        basis = data.basis
        facts = self.tr("{events} events; worked on it: {people}")
        people = ", ".join(basis.performers)
        self.facts.setText(facts.format(events=basis.events, people=people))
        self.last_facts.setText(self._last_words(basis))
        self.detail.clear()
        self._show_items()
        if self.model.rows:
            self.table.choose(0)

    def _why(self, item: Item) -> str:
        """Why it stands in the list."""
        if item.why:
            return self.tr("exception") if item.why == "exception" else self.tr("sample")
        return self.tr("picked") if item.seen else DASH

    def _last_words(self, basis: ReviewBasis) -> str:
        if basis.last is None:
            return self.tr("The trail of this batch was not reviewed yet.")
        signature = basis.last.signature
        signer = f"{signature.name}, {signature.verdict}" if signature is not None else DASH
        if basis.last.unseen:
            words = self.tr("Last review up to event {seq} by {signer}; {count} events came after it.")
        else:
            words = self.tr("Last review up to event {seq} by {signer}; nothing was done to the batch since.")
        return words.format(seq=basis.last.up_to_seq, count=basis.last.unseen, signer=signer)

    def _show_items(self) -> None:
        if self._data is None:
            return
        basis, verdict = self._data.basis, self._data.verdict
        due = [Item(e, "exception", e.seq in self._seen) for e in basis.exceptions]
        due += [Item(e, "sample", e.seq in self._seen) for e in basis.sample]
        items = due + [Item(e, "", e.seq in self._seen) for e in basis.others if self.all.isChecked() or e.seq in self._seen]
        chosen = self.table.selectionModel().selectedRows()
        self.model.show_rows(tuple(items))
        if chosen and chosen[0].row() < len(items):
            self.table.choose(chosen[0].row())
        left = sum(1 for item in due if not item.seen)
        self.count.setText(self.tr("{seen} of {all} looked at").format(seen=len(due) - left, all=len(due)))
        if verdict is None and left:
            message = self.tr("{count} events are not looked at.").format(count=left)
            verdict = GuardVerdict("all_looked_at", message, self.tr("Open each of them."), "A11 draft 12.7")
        self.sign_it.set_verdict(verdict)

    def _on_row_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if not rows or rows[0].row() >= len(self.model.rows):
            return
        seq = self.model.rows[rows[0].row()].event.seq
        if seq == self._asked:
            return
        self._asked = seq
        self.client.read(
            lambda token: self.client.station.read(audit_detail, token, seq=seq),
            self._on_detail_read,
            self._on_load_failed,
            key="review-detail",
        )

    def _on_detail_read(self, detail: AuditDetail) -> None:
        if detail.row.seq == self._asked:
            self.detail.show_detail(detail)
            self._seen.add(detail.row.seq)
            self._show_items()

    def _command(self, basis: ReviewBasis) -> SignTrailReview:
        return SignTrailReview(
            review_id=new_id(), subject_kind=basis.subject_kind, subject_id=basis.subject_id, up_to_seq=basis.up_to_seq, head=basis.head,
            exceptions=tuple(e.seq for e in basis.exceptions), sampled=tuple(e.seq for e in basis.sample),
            targeted=tuple(e.seq for e in basis.others if e.seq in self._seen), comment=self.comment.text.strip(),
        )  # fmt: skip

    def _on_again_clicked(self) -> None:
        self._asked = 0
        self.refresh()

    def _on_sign_triggered(self) -> None:
        if self._data is not None:
            self.sign(self._command(self._data.basis))

    @override
    def on_done(self, result: Any) -> None:
        self.notice.confirm(self.tr("The review is signed."))
        self._on_again_clicked()


def _what(item: Item) -> str:
    """What happened, in words; a refused command by its name, since the action says only that it was refused."""
    event = item.event
    return plain_words(f"{event.command}: {event.action}" if event.action.startswith("command.") else event.action)
