"""Reviews that are due: what one person did at once towards safety, and what was changed in an emergency (URS A12, D03, D07; A11d-16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QHBoxLayout
from typing_extensions import override

from jope.compliance.authority.commands import ReviewBreakGlass
from jope.compliance.authority.queries import EmergencyRow, emergencies
from jope.compliance.changes.commands import RatifyChange
from jope.compliance.changes.queries import ChangeRow, changes_to_ratify
from jope.compliance.commands import Command, GuardVerdict
from jope.compliance.people.commands import ReviewDisabling
from jope.compliance.people.queries import DisablingRow, disablings_to_review
from jope.compliance.recovery.commands import ReviewRecovery
from jope.compliance.recovery.queries import RecoveryRow, recoveries_to_review
from jope.kernel.clock import site_text
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import DASH, Text
from jope_ui.widgets.tables import Column, Table, TupleModel


@dataclass(frozen=True, slots=True)
class DueReview:
    """What waits for its review. ``kind`` is ``disabling``, ``emergency``, ``recovery`` or ``change``; times are UTC microseconds.

    No date where none is set.
    """

    kind: str
    record_id: str
    about: str
    done_by: str
    change: str
    """What an emergency change was, empty for the others."""
    reason: str
    done_us: int
    ended_us: int | None
    due_us: int | None
    late: bool
    subject: str


@dataclass(frozen=True, slots=True)
class ReviewsData:
    """What one read brings: what is due, the soonest date first, and whether the chosen one could be signed now."""

    rows: tuple[DueReview, ...]
    chosen: str
    verdict: GuardVerdict | None


class ReviewsPage(Page):
    """Choose what is due, say what was found, and sign; another person than who did it."""

    kinds: ClassVar[frozenset[str]] = frozenset({"user_disabling", "role_grant", "account_recovery", "change", "user"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="reviews")
        self._wanted = ""
        columns = (
            Column(self.tr("What"), self._kind_word, wide=True),
            Column(self.tr("About"), lambda one: str(one.about)),
            Column(self.tr("Due"), self._due_word),
        )
        self.model = TupleModel(columns)
        self.table = Table(self.theme, name="reviews", spoken=self.tr("Reviews due"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.facts = Text("", "body", wrap=True)
        self.facts.setObjectName("reviews-facts")
        self.back = Button(self.tr("Back to people"), name="reviews-back")
        self.to_access = Button(self.tr("Access review"), name="reviews-access")
        self.trail = Button(self.tr("Audit trail"), size="dense", name="reviews-trail")
        self.review = BlockedAction(self.tr("Review and sign"), self.theme, name="reviews-sign")
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.back.clicked.connect(lambda: self.desk.go("people", ""))
        self.to_access.clicked.connect(lambda: self.desk.go("access_review", ""))
        self.trail.clicked.connect(self._on_trail_clicked)
        self.review.triggered.connect(self._on_review_triggered)

    def _lay_out(self) -> None:
        left = Card(self.theme, self.tr("Reviews due"))
        left.body.addWidget(self.table, 1)
        right = Card(self.theme, self.tr("What was done"))
        column = ScrollColumn(self.theme, name="reviews-about")
        column.add(self.facts)
        column.add(self.trail)
        right.body.addWidget(column, 1)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(left, 7)
        across.addWidget(right, 5)
        self.body.addLayout(across, 1)
        for button in (self.back, self.to_access):
            self.footer.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.review, 1)
        self.footer.setAlignment(Qt.AlignmentFlag.AlignLeft)

    @override
    def load(self, token: str | None) -> ReviewsData:
        station = self.client.station
        disabled = tuple(_of_disabling(one) for one in station.read(disablings_to_review, token))
        taken = tuple(_of_emergency(one) for one in station.read(emergencies, token) if not one.reviewed_by)
        opened = tuple(_of_recovery(one) for one in station.read(recoveries_to_review, token))
        made = tuple(_of_change(one, late=late) for one, late in station.read(changes_to_ratify, token))
        rows = tuple(sorted((*disabled, *taken, *opened, *made), key=lambda one: (one.due_us is None, one.due_us or one.done_us)))
        chosen = next((one for one in rows if one.record_id == self._wanted), rows[0] if rows else None)
        verdict = None if chosen is None else station.preflight(_command(chosen, "x"), token)
        return ReviewsData(rows, "" if chosen is None else chosen.record_id, verdict)

    @override
    def show_data(self, data: ReviewsData) -> None:
        self._wanted = data.chosen
        self.model.show_rows(data.rows)
        chosen = self._chosen()
        if chosen is not None:
            self.table.choose(data.rows.index(chosen))
        self.facts.setText(self.tr("Nothing waits for a review.") if chosen is None else self._facts(chosen))
        self.trail.setVisible(chosen is not None)
        self.review.setVisible(chosen is not None)
        self.review.set_verdict(data.verdict)

    def _facts(self, one: DueReview) -> str:
        zone = self.client.info.zone
        facts = [
            f"{self._kind_word(one)}: {one.about}",
            *([one.change] if one.change else []),
            self.tr("By {person}, {time}").format(person=one.done_by, time=site_text(one.done_us, zone)),
        ]
        if one.ended_us is not None:
            facts.append(self.tr("Until {time}").format(time=site_text(one.ended_us, zone)))
        facts.append(self.tr("Reason: {reason}").format(reason=one.reason))
        facts.append(
            self.tr("No date is set for this review.")
            if one.due_us is None
            else self.tr("Due {time}").format(time=site_text(one.due_us, zone))
        )
        if one.late:
            facts.append(self.tr("The review is OVERDUE."))
        return "\n".join(facts)

    def _kind_word(self, one: DueReview) -> str:
        words = {
            "disabling": self.tr("Account disabled"),
            "emergency": self.tr("Emergency access"),
            "recovery": self.tr("Recovery of accounts"),
            "change": self.tr("Emergency change"),
        }
        return words[one.kind]

    def _due_word(self, one: DueReview) -> str:
        if one.due_us is None:
            return DASH
        return self.tr("OVERDUE") if one.late else site_text(one.due_us, self.client.info.zone)[:16]

    def _chosen(self) -> DueReview | None:
        return next((one for one in self.model.rows if one.record_id == self._wanted), None)

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and self.model.rows[rows[0].row()].record_id != self._wanted:
            self._wanted = self.model.rows[rows[0].row()].record_id
            self.refresh()

    def _on_trail_clicked(self) -> None:
        chosen = self._chosen()
        self.desk.go("audit", "" if chosen is None else chosen.subject)

    def _on_review_triggered(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        if chosen.kind == "change":  # what an approver signs is the request itself
            self.sign(_command(chosen, ""))
            return
        sheet = EntrySheet(
            self.desk.host, self.theme, name="reviews-sheet", title=f"{self._kind_word(chosen)}: {chosen.about}", words=self._facts(chosen),
            verb=self.tr("Sign the review"), entries=(Entry("review", self.tr("What was done, and whether it was right")),),
        )  # fmt: skip

        def given(values: Mapping[str, str]) -> None:
            sheet.close_sheet()
            self.sign(_command(chosen, values["review"]))

        sheet.given.connect(given)
        sheet.open()

    @override
    def on_done(self, result: Any) -> None:
        self.notice.confirm(self.tr("Signed."), "")
        super().on_done(result)


def _command(one: DueReview, review: str) -> Command:
    if one.kind == "disabling":
        return ReviewDisabling(disabling_id=one.record_id, review=review)
    if one.kind == "recovery":
        return ReviewRecovery(recovery_id=one.record_id, review=review)
    return ReviewBreakGlass(grant_id=one.record_id, review=review) if one.kind == "emergency" else RatifyChange(request_id=one.record_id)


def _of_disabling(one: DisablingRow) -> DueReview:
    return DueReview(
        "disabling", one.disabling_id, one.employee_id, one.disabled_by, "", one.reason, one.disabled_us, None, None, False,
        f"user:{one.employee_id}",
    )  # fmt: skip


def _of_emergency(one: EmergencyRow) -> DueReview:
    return DueReview(
        "emergency", one.grant_id, one.employee_id, one.employee_id, "", one.reason, one.from_us, one.ended_us or one.until_us, one.review_due_us,
        one.overdue, f"role_grant:{one.grant_id}",
    )  # fmt: skip


def _of_recovery(one: RecoveryRow) -> DueReview:
    both = f"{one.first}, {one.second}"
    return DueReview(
        "recovery", one.recovery_id, both, both, "", one.reason, one.recovered_us, None, None, False, f"account_recovery:{one.recovery_id}",
    )  # fmt: skip


def _of_change(one: ChangeRow, *, late: bool) -> DueReview:
    return DueReview(
        "change", one.request_id, one.request_id, one.requester, f"{one.title} {one.subject_id}", one.reason, one.approved_us or 0, None,
        one.ratify_by_us, late, f"change:{one.request_id}",
    )  # fmt: skip
