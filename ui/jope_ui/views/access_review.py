"""The recurrent review of access: a list of all accounts, signed line by line by somebody else than the account's person (URS A11; A11d-17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QItemSelection, Qt
from typing_extensions import override

from jope.compliance.authority.commands import CloseAccessReview, OpenAccessReview, ReviewAccessLine
from jope.compliance.authority.queries import ReviewLine, ReviewState, access_review
from jope.compliance.commands import GuardVerdict
from jope.kernel.clock import site_text
from jope.kernel.ids import new_id
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.choice import Choice
from jope_ui.widgets.labels import DASH, Text
from jope_ui.widgets.tables import Column, Table, TupleModel


@dataclass(frozen=True, slots=True)
class AccessReviewData:
    """What one read brings."""

    state: ReviewState
    open_one: GuardVerdict | None
    sign: GuardVerdict | None
    close: GuardVerdict | None
    about: str


class AccessReviewPage(Page):
    """The newest campaign, or the way to begin one."""

    kinds: ClassVar[frozenset[str]] = frozenset({"access_review", "access_review_line"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="access-review")
        self._state = ReviewState("", "", 0, None, ())
        columns = (
            Column(self.tr("Account"), lambda one: f"{one.account} {one.name}", wide=True),
            Column(self.tr("Role"), lambda one: str(one.role)),
            Column(self.tr("Last sign-in"), lambda one: str(one.last_sign_in)),
            Column(self.tr("Noticed"), self._noticed),
            Column(self.tr("Decision"), self._decision),
        )
        self.model = TupleModel(columns)
        self.table = Table(self.theme, name="access-review", spoken=self.tr("Accounts to review"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.table.spare(2, content=True)
        self.facts = Text("", "small", wrap=True)
        self.choice = Choice(
            self.tr("Decision"),
            self.theme,
            (("keep", self.tr("Keep")), ("change", self.tr("Change it")), ("disable", self.tr("Disable it"))),
            name="access-review-decision",
        )
        self.back = Button(self.tr("Back to reviews"), name="access-review-back")
        self.begin = BlockedAction(self.tr("Begin review"), self.theme, role="plain", name="access-review-begin", place="left")
        self.close_action = BlockedAction(self.tr("Close review"), self.theme, role="plain", name="access-review-close", place="left")
        self.sign_line = BlockedAction(self.tr("Sign line"), self.theme, name="access-review-sign")
        card = Card(self.theme, self.tr("Access review"))
        card.body.addWidget(self.facts)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self.choice)
        self.body.addWidget(card, 1)
        self.footer.addWidget(self.back, 0, Qt.AlignmentFlag.AlignBottom)
        for action in (self.begin, self.close_action, self.sign_line):
            self.footer.addWidget(action, 1)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.choice.changed.connect(self._check)
        self.back.clicked.connect(lambda: self.desk.go("reviews", ""))
        self.begin.triggered.connect(lambda: self.send(OpenAccessReview(review_id=new_id())))
        self.close_action.triggered.connect(lambda: self.send(CloseAccessReview(review_id=self._state.review_id)))
        self.sign_line.triggered.connect(self._on_sign_triggered)

    @override
    def load(self, token: str | None) -> AccessReviewData:
        station = self.client.station
        state = station.read(access_review, token)
        chosen = self._chosen()
        account = chosen.account if chosen is not None else (state.lines[0].account if state.lines else "")
        line = ReviewAccessLine(review_id=state.review_id, account=account, decision="keep")
        return AccessReviewData(
            state,
            station.preflight(OpenAccessReview(review_id="x"), token),
            station.preflight(line, token),
            station.preflight(CloseAccessReview(review_id=state.review_id), token),
            account,
        )

    @override
    def show_data(self, data: AccessReviewData) -> None:
        self._state = data.state
        self.model.show_rows(data.state.lines)
        accounts = [line.account for line in data.state.lines]
        if data.about in accounts:
            self.table.choose(accounts.index(data.about))
        running = bool(data.state.review_id) and data.state.closed_us is None
        self.facts.setText(self._facts(data.state))
        self.begin.setVisible(not running)
        self.begin.set_verdict(data.open_one)
        self.close_action.setVisible(running)
        self.close_action.set_verdict(data.close)
        self.sign_line.setVisible(running)
        self.choice.setVisible(running)
        self.sign_line.set_verdict(data.sign)
        self._check()

    def _facts(self, state: ReviewState) -> str:
        if not state.review_id:
            return self.tr("Access was never reviewed here.")
        begun = site_text(state.opened_us, self.client.info.zone)
        left = sum(1 for line in state.lines if not line.decision)
        if state.closed_us is not None:
            return self.tr("The last review was begun {time} by {person} and is complete.").format(time=begun, person=state.opened_by)
        words = self.tr("Begun {time} by {person}. {left} of {count} lines are not signed. Your own line is another's.")
        return words.format(time=begun, person=state.opened_by, left=left, count=len(state.lines))

    def _noticed(self, one: ReviewLine) -> str:
        said = [self.tr("not used for long")] if one.dormant else []
        return ", ".join([*said, *([self.tr("duties conflict")] if one.conflicts else [])]) or DASH

    def _decision(self, one: ReviewLine) -> str:
        words = {"keep": self.tr("keep"), "change": self.tr("change"), "disable": self.tr("disable")}
        return f"{words[one.decision]} ({one.reviewed_by})" if one.decision else DASH

    def _chosen(self) -> ReviewLine | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows and rows[0].row() < len(self.model.rows) else None

    def _check(self) -> None:
        if not self.sign_line.blocked or self.sign_line.reason.text() == self.tr("Choose a decision."):
            self.sign_line.block("" if self.choice.value else self.tr("Choose a decision."))

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self.refresh()

    def _on_sign_triggered(self) -> None:
        chosen = self._chosen()
        if chosen is not None and self.choice.value:
            self.sign(ReviewAccessLine(review_id=self._state.review_id, account=chosen.account, decision=self.choice.value))
