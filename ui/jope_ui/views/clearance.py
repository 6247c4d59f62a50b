"""Line clearance: every check answered by hand, signed by one person, verified by another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from jope.compliance.commands import GuardVerdict
from jope.plant.batches.commands import ClearanceAnswer, PerformClearance, VerifyClearance
from jope.plant.batches.queries import ClearanceView, clearance
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.check_row import CheckRow
from jope_ui.widgets.labels import Identifier, Text
from jope_ui.widgets.signature_block import SignatureBlock


@dataclass(frozen=True, slots=True)
class ClearanceData:
    """What one read brings."""

    view: ClearanceView
    perform: GuardVerdict | None


class ClearancePage(Page):
    """The checks on the left, the two signatures on the right."""

    kinds: ClassVar[frozenset[str]] = frozenset({"batch", "clearance", "signature"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="clearance")
        self._data: ClearanceData | None = None
        self._shown_for: tuple[Any, ...] = ()
        self.rows: list[CheckRow] = []
        self.checks = ScrollColumn(self.theme, name="checks")
        self.title = Identifier("", "title")
        self.hint = Text("", "quiet", wrap=True)
        self.performed = SignatureBlock(self.theme, self.tr("Performed"))
        self.verified = SignatureBlock(self.theme, self.tr("Verified"))
        self.back = Button(self.tr("Back to batch"), name="clearance-back")
        self.next = BlockedAction(self.tr("Sign clearance"), self.theme, name="clearance-next")
        self._lay_out()
        self.back.clicked.connect(lambda: self.desk.go("batch", ""))
        self.next.triggered.connect(self._on_next_triggered)

    def _lay_out(self) -> None:
        checks = Card(self.theme)
        head = QHBoxLayout()
        self.theme.space(head, gap_mm=4)
        head.addWidget(self.title)
        head.addWidget(self.hint, 1)
        checks.body.addLayout(head)
        checks.body.addWidget(self.checks, 1)
        signed = Card(self.theme, self.tr("Signatures"))
        signed.body.addWidget(self.performed)
        signed.body.addWidget(self.verified)
        signed.body.addStretch(1)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(checks, 8)
        right = QVBoxLayout()
        right.addWidget(signed)
        across.addLayout(right, 4)
        self.body.addLayout(across, 1)
        self.footer.addWidget(self.back)
        self.footer.addWidget(self.next, 1)

    @override
    def refresh(self) -> None:
        if self.client.batch_no:
            super().refresh()
        else:
            self.desk.go("overview", "")

    @override
    def load(self, token: str | None) -> ClearanceData:
        station, batch_no = self.client.station, self.client.batch_no
        view = station.read(clearance, token, batch_no=batch_no)
        answers = tuple(ClearanceAnswer(one.check_id, True) for one in view.checks)
        return ClearanceData(view, station.preflight(PerformClearance(batch_no=batch_no, answers=answers), token))

    @override
    def show_data(self, data: ClearanceData) -> None:
        self._data = data
        view = data.view
        self.title.setText(self.tr("Line clearance {line}").format(line=view.line))
        shape = (view.batch_no, view.checks, view.performed is not None)
        if shape != self._shown_for:
            self._shown_for = shape
            self._show_checks(view)
        self.performed.show_signature(view.performed)
        self.verified.show_signature(view.verified)
        self._check()

    def _show_checks(self, view: ClearanceView) -> None:
        self.checks.clear()
        self.rows = [CheckRow(self.theme, number, check) for number, check in enumerate(view.checks, 1)]
        for row in self.rows:
            row.answered.connect(self._check)
            if view.performed is not None:
                row.settle(True)
            self.checks.add(row)

    def _check(self) -> None:
        if self._data is None:
            return
        view = self._data.view
        self.hint.setText("" if view.performed else self.tr("Look at the line, then answer each check."))
        if view.performed is None:
            self.next.offer(self.tr("Sign clearance"))
            self._check_answers(self._data.perform)
        elif view.verified is None:
            self.next.offer(self.tr("Second person verifies"))
            self.next.block("")
        else:
            self.next.offer(self.tr("Go to batch"))
            self.next.block("")

    def _check_answers(self, verdict: GuardVerdict | None) -> None:
        left = sum(1 for row in self.rows if row.answer is None)
        failed = [row for row in self.rows if row.answer is False]
        if verdict is not None:
            self.next.set_verdict(verdict)
        elif failed:
            self.next.block(self.tr("A check failed. Clear the line, then answer the check again."))
        elif left:
            self.next.block(self.tr("{count} checks are not answered.").format(count=left))
        else:
            self.next.block("")

    def _on_next_triggered(self) -> None:
        if self._data is None:
            return
        view = self._data.view
        if view.performed is None:
            answers = tuple(ClearanceAnswer(row.check_id, row.answer is True) for row in self.rows)
            self.sign(PerformClearance(batch_no=view.batch_no, answers=answers))
        elif view.verified is None:
            self.sign(VerifyClearance(batch_no=view.batch_no), second_person=True)
        else:
            self.desk.go("batch", "")
