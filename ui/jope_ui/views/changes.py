"""Change requests: what waits for whom, what it would change, and the way to decide it (URS D01, D05, D07)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QHBoxLayout
from typing_extensions import override

from jope.compliance.changes.commands import (
    ApproveChange,
    ChangeOutcome,
    RatifyChange,
    RejectChange,
    SubmitChange,
    WithdrawChange,
    WitnessChange,
)
from jope.compliance.changes.queries import ChangeRow, changes, ratification_deadline
from jope.compliance.commands import Command, GuardVerdict
from jope.kernel.clock import site_text
from jope_ui.dialogs.emergency_change import EmergencyChangeSheet
from jope_ui.dialogs.reason import ReasonSheet
from jope_ui.dialogs.record_card import RecordCard
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.choice import Choice
from jope_ui.widgets.labels import Text, unbroken
from jope_ui.widgets.tables import Column, Table, TupleModel

_UNLOCK = "UnlockUser"


@dataclass(frozen=True, slots=True)
class ChangesData:
    """What one read brings: the requests, and for the chosen one whether each step could be taken now."""

    rows: tuple[ChangeRow, ...]
    chosen: str
    verdicts: dict[str, GuardVerdict | None]


class ChangesPage(Page):
    """The inbox: what waits for me, what I asked for, and everything."""

    kinds: ClassVar[frozenset[str]] = frozenset({"change", "user", "setting", "role"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="changes")
        self._wanted = ""
        self._rows: tuple[ChangeRow, ...] = ()
        self.filter = Choice(
            self.tr("Show"),
            self.theme,
            (("approve", self.tr("To approve")), ("mine", self.tr("Mine")), ("all", self.tr("All"))),
            name="changes-show",
        )
        self.filter.choose("approve")
        columns = (
            Column(self.tr("Request"), lambda one: str(one.request_id)),
            Column(self.tr("Change"), lambda one: f"{one.title} {one.subject_id}", wide=True),
            Column(self.tr("By"), lambda one: str(one.requester)),
            Column(self.tr("State"), self._state_word),
        )
        self.model = TupleModel(columns)
        self.table = Table(self.theme, name="changes", spoken=self.tr("Change requests"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.table.spare(2, content=True)
        self.record = RecordCard(self.theme)
        self.facts = Text("", "small", wrap=True)
        self.facts.setObjectName("changes-facts")
        self.withdraw = BlockedAction(self.tr("Withdraw"), self.theme, role="plain", name="changes-withdraw", place="left")
        self.reject = BlockedAction(self.tr("Reject"), self.theme, role="plain", name="changes-reject", place="left")
        self.emergency = BlockedAction(self.tr("Make in emergency"), self.theme, role="plain", name="changes-emergency", place="left")
        self.submit = BlockedAction(self.tr("Submit"), self.theme, name="changes-submit")
        self.approve = BlockedAction(self.tr("Approve"), self.theme, name="changes-approve")
        self.trail = Button(self.tr("Audit trail"), name="changes-trail")
        self._lay_out()
        self.filter.changed.connect(self._show_filtered)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.submit.triggered.connect(lambda: self._sign(SubmitChange(request_id=self._wanted)))
        self.emergency.triggered.connect(self._on_emergency_triggered)
        self.approve.triggered.connect(self._on_approve_triggered)
        self.reject.triggered.connect(lambda: self._with_reason(RejectChange, self.tr("Reject")))
        self.withdraw.triggered.connect(lambda: self._with_reason(WithdrawChange, self.tr("Withdraw")))
        self.trail.clicked.connect(lambda: self.desk.go("audit", f"change:{self._wanted}"))

    def _lay_out(self) -> None:
        left = Card(self.theme, self.tr("Change requests"))
        left.body.addWidget(self.filter)
        left.body.addWidget(self.table, 1)
        right = Card(self.theme, self.tr("Before and after"))
        right.body.addWidget(self.record, 1)
        right.body.addWidget(self.facts)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(left, 6)
        across.addWidget(right, 5)
        self.body.addLayout(across, 1)
        self.footer.addWidget(self.trail, 0, Qt.AlignmentFlag.AlignBottom)
        for action in (self.withdraw, self.reject, self.emergency):
            self.footer.addWidget(action, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addStretch(1)  # what ends the request stands on the right, whatever else is offered
        self.footer.addWidget(self.submit)
        self.footer.addWidget(self.approve, 4)

    @override
    def enter(self, about: str = "") -> None:
        if about:
            self._wanted = about
            self.filter.choose("all")
        super().enter(about)

    @override
    def load(self, token: str | None) -> ChangesData:
        rows = self.client.station.read(changes, token)
        chosen = next((one for one in rows if one.request_id == self._wanted), None)
        commands = {} if chosen is None else self._commands(chosen)
        return ChangesData(rows, self._wanted, self.client.verdicts(commands, token))

    @staticmethod
    def _commands(one: ChangeRow) -> dict[str, Command]:
        """The steps that can be taken from where a request stands."""
        id_ = one.request_id
        found: dict[str, Command] = {}
        if one.state == "draft":
            found = {"submit": SubmitChange(request_id=id_), "withdraw": WithdrawChange(request_id=id_, reason="-----")}
            found["emergency"] = SubmitChange(request_id=id_, emergency=True)
        elif one.state == "submitted":
            approve: Command = WitnessChange(request_id=id_) if one.command == _UNLOCK else ApproveChange(request_id=id_)
            found = {"approve": approve, "reject": RejectChange(request_id=id_, reason="-----")}
            found["withdraw"] = WithdrawChange(request_id=id_, reason="-----")
        elif one.emergency and one.state == "executed" and not one.approvers:
            found = {"approve": RatifyChange(request_id=id_)}
        return found

    @override
    def show_data(self, data: ChangesData) -> None:
        self._rows = data.rows
        self._show_filtered()
        if data.chosen == self._wanted:
            self._show_steps(data.verdicts)

    def _show_filtered(self) -> None:
        rows = tuple(one for one in self._rows if self._is_shown(one))
        self.model.show_rows(rows)
        ids = [one.request_id for one in rows]
        if ids and self._wanted not in ids:
            self._wanted = ids[0]
            self.refresh()
        if self._wanted in ids:
            self.table.choose(ids.index(self._wanted))
            self._show_one(rows[ids.index(self._wanted)])
        else:
            self._wanted = ""
            self.record.show_rows(self.tr("Nothing waits here."), ())
            self.facts.setText("")
            self._show_steps({})

    def _is_shown(self, one: ChangeRow) -> bool:
        mine = one.requester == self.client.session.employee_id
        if self.filter.value == "mine":
            return mine
        waits = one.state == "submitted" or (one.emergency and one.state == "executed" and not one.approvers)
        return self.filter.value == "all" or (waits and not mine)

    def _show_one(self, one: ChangeRow) -> None:
        self.record.show_rows(f"{one.request_id}  {one.title} {one.subject_id}", one.diff)
        zone = self.client.info.zone
        facts = [
            self.tr("Asked by {person}: {reason}").format(person=one.requester, reason=one.reason),
            self.tr("Risk {risk}. Approvals due: {count}, one from outside administration.").format(risk=one.risk, count=one.needed),
        ]
        if one.approvers:
            facts.append(self.tr("Approved by {people}.").format(people=", ".join(one.approvers)))
        if one.state in ("draft", "submitted"):
            facts.append(self.tr("Expires {time}.").format(time=unbroken(site_text(one.expires_us, zone))))
        if one.emergency and not one.approvers:
            due = self.tr("Emergency change, made before its approval. To be approved by {time}.")
            facts.append(due.format(time=unbroken(site_text(one.ratify_by_us or 0, zone))))
        if one.deviation:
            facts.append(self.tr("Not approved in time: {deviation}.").format(deviation=one.deviation))
        if one.outcome:
            facts.append(one.outcome)
        self.facts.setText("\n".join(facts))

    def _show_steps(self, verdicts: dict[str, GuardVerdict | None]) -> None:
        steps = {
            "emergency": self.emergency,
            "submit": self.submit,
            "approve": self.approve,
            "reject": self.reject,
            "withdraw": self.withdraw,
        }
        for key, action in steps.items():
            verdict = verdicts.get(key)
            offered = key in verdicts and (verdict is None or key == "approve")
            action.setVisible(offered)
            action.set_verdict(verdict)
        self.trail.setVisible(bool(self._wanted))

    def _state_word(self, one: ChangeRow) -> str:
        words = {
            "draft": self.tr("draft"), "submitted": self.tr("submitted"), "approved": self.tr("approved"),
            "rejected": self.tr("rejected"), "withdrawn": self.tr("withdrawn"), "expired": self.tr("expired"),
            "executing": self.tr("being executed"), "executed": self.tr("executed"), "failed": self.tr("failed"),
        }  # fmt: skip
        return words.get(one.state, one.state)

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and self.model.rows[rows[0].row()].request_id != self._wanted:
            one: ChangeRow = self.model.rows[rows[0].row()]
            self._wanted = one.request_id
            self._show_one(one)
            self.refresh()

    def _chosen(self) -> ChangeRow | None:
        return next((one for one in self._rows if one.request_id == self._wanted), None)

    def _sign(self, command: Command, *, second_person: bool = False) -> None:
        self.sign(command, second_person=second_person)

    def _on_approve_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            command = self._commands(one)["approve"]
            self._sign(command, second_person=isinstance(command, WitnessChange))

    def _on_emergency_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            asker = self.client.session.token
            read = partial(self.client.station.read, ratification_deadline)
            self.client.read(read, partial(self._tell_deadline, one, asker), self.notice.refuse)

    def _tell_deadline(self, one: ChangeRow, asker: str | None, deadline_us: int) -> None:
        """Before it is signed: what, why, and until when somebody else has to approve it, counted from now."""
        if self.client.session.token != asker:
            return
        sheet = EmergencyChangeSheet(self.desk.host, self.theme, request=one, deadline=site_text(deadline_us, self.client.info.zone))

        def given() -> None:
            sheet.close_sheet()
            self._sign(SubmitChange(request_id=one.request_id, emergency=True))

        sheet.given.connect(given)
        sheet.open()

    def _with_reason(self, kind: type[RejectChange] | type[WithdrawChange], verb: str) -> None:
        request_id = self._wanted
        sheet = ReasonSheet(
            self.desk.host,
            self.theme,
            self.client.session,
            place=f"{verb}:{request_id}",
            title=f"{verb}: {request_id}",
            loss=self.tr("The request ends. Whoever still wants the change asks for it anew."),
            verb=verb,
        )

        def given(reason: str) -> None:
            sheet.close_sheet()
            self.send(kind(request_id=request_id, reason=reason))

        sheet.given.connect(given)
        sheet.open()

    @override
    def on_done(self, result: Any) -> None:
        if isinstance(result, ChangeOutcome):
            said = {
                "submitted": self.tr("Submitted. Its approvers see it now."),
                "executed": self.tr("Approved and executed."),
                "failed": self.tr("Approved, but it could not be executed."),
                "rejected": self.tr("Rejected."),
                "withdrawn": self.tr("Withdrawn."),
            }
            word = said.get(result.state, result.state)
            asked = self._chosen()
            if result.state == "executed" and asked is not None and asked.state == "draft":
                word = self.tr("Executed. Another person approves it after.")
            self.notice.confirm(f"{result.request_id}: {word}", result.outcome)
        super().on_done(result)
