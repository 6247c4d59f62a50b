"""Deviations: the list, one with its evidence, and the next step of its life (URS H01-H03, H06)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from jope.compliance.access.permissions import Permission
from jope.compliance.commands import Command, GuardVerdict
from jope.kernel.clock import site_text
from jope.plant.quality.commands import (
    AddDeviationEvidence,
    AssignDeviation,
    ClassifyDeviation,
    CloseDeviation,
    DeviationMoved,
    OpenDeviation,
    RecordInvestigation,
    VoidDeviation,
)
from jope.plant.quality.queries import (
    DeviationRow,
    DeviationView,
    EvidenceRow,
    deviation_detail,
    deviations,
    my_deviations,
    possible_owners,
)
from jope_ui.bridge.files import content_of
from jope_ui.dialogs.fields import Asked, Choice, FieldsSheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import DASH, NO_BREAK, Text, breakable, hash_head
from jope_ui.widgets.signature_block import SignatureBlock
from jope_ui.widgets.state_words import StateWords
from jope_ui.widgets.tables import Column, Table, TupleModel

_ANY = "-"
"""Stands for what a person has not typed yet, where it is asked whether they may."""
_FAR = "9999-12-31"
_NEXT = {"open": "classify", "classified": "investigate", "investigated": "close"}


@dataclass(frozen=True, slots=True)
class DeviationsData:
    """What one read brings. ``detail`` is None where none is chosen or the person may not read it; ``verdicts`` by the key of the step."""

    rows: tuple[DeviationRow, ...]
    chosen: DeviationRow | None
    detail: DeviationView | None
    owners: tuple[str, ...]
    verdicts: dict[str, GuardVerdict | None]


class DeviationsPage(Page):
    """Whoever may read deviations sees those of their line; whoever may only open them sees their own."""

    kinds: ClassVar[frozenset[str]] = frozenset({"deviation"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="deviations")
        self._words = StateWords(self)
        self._data: DeviationsData | None = None
        self._number = ""
        self._event = 0
        columns = (
            Column(self.tr("Number"), lambda row: str(row.number)),
            Column(self.tr("State"), lambda row: self._words.deviation(row.state)),
            Column(self.tr("Class"), lambda row: self._words.deviation(row.classification) or DASH),
            Column(self.tr("Due"), self._due),
            Column(self.tr("Owner"), lambda row: str(row.owner) or DASH),
            Column(self.tr("Title"), lambda row: str(row.title), wide=True),
        )
        self.model = TupleModel(columns)
        self.table = Table(self.theme, name="deviations-table", spoken=self.tr("Deviations"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.facts = Text("", "quiet", wrap=True)
        self.detail = ScrollColumn(self.theme, name="deviation-detail")
        self.open_one = Button(self.tr("Open deviation"), name="deviation-open")
        self.evidence = Button(self.tr("Add evidence"), name="deviation-evidence")
        self.assign = Button(self.tr("Assign"), name="deviation-assign")
        self.void = Button(self.tr("Void"), name="deviation-void")
        self.next = BlockedAction(self.tr("Classify"), self.theme, name="deviation-next")
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(self._on_row_selected)
        self.open_one.clicked.connect(self._on_open_clicked)
        self.evidence.clicked.connect(self._on_evidence_clicked)
        self.assign.clicked.connect(self._on_assign_clicked)
        self.void.clicked.connect(self._on_void_clicked)
        self.next.triggered.connect(self._on_next_triggered)

    def _lay_out(self) -> None:
        self.body.addWidget(self.facts)
        left, right = Card(self.theme, pad_mm=2), Card(self.theme, pad_mm=3)
        left.body.addWidget(self.table, 1)
        right.body.addWidget(self.detail, 1)
        column = QVBoxLayout()
        self.theme.space(column, gap_mm=2.5)
        column.addWidget(left, 4)
        column.addWidget(right, 5)
        self.body.addLayout(column, 1)
        for button in (self.open_one, self.evidence, self.assign, self.void):
            self.footer.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.next, 1)

    def _due(self, row: DeviationRow) -> str:
        return self.tr("{date} overdue").format(date=row.due) if row.overdue else row.due or DASH

    # --- reading ------------------------------------------------------------------------------------------------------

    @override
    def enter(self, about: str = "") -> None:
        kind, _, id_ = about.partition(" ")
        self._event = int(id_) if kind == "event" and id_.isdigit() else 0
        if kind == "deviation":
            self._number = id_
        super().enter(about)
        if self._event:
            self._ask_to_open(self._event)

    @override
    def load(self, token: str | None) -> DeviationsData:
        station, reads = self.client.station, self.client.session.may(Permission.DEVIATION_READ)
        rows = station.read(deviations if reads else my_deviations, token)
        chosen = next((row for row in rows if row.number == self._number), next(iter(rows), None))
        verdicts = {"open": station.preflight(_opening(_ANY, _ANY, 0), token)}
        if chosen is None:
            return DeviationsData(rows, None, None, (), verdicts)
        detail = station.read(deviation_detail, token, number=chosen.number) if reads else None
        owners = station.read(possible_owners, token, number=chosen.number) if reads else ()
        other = next((one for one in owners if one != chosen.owner), _ANY)
        probes: dict[str, Command] = {
            "evidence": AddDeviationEvidence(number=chosen.number, words=_ANY),
            "assign": AssignDeviation(number=chosen.number, owner=other, reason=_ANY),
            "void": VoidDeviation(number=chosen.number, reason=_ANY),
            "classify": ClassifyDeviation(number=chosen.number, classification="minor", due=_FAR),
            "investigate": RecordInvestigation(number=chosen.number, root_cause=_ANY, impact=_ANY, disposition=_ANY),
            "close": CloseDeviation(number=chosen.number),
        }
        return DeviationsData(rows, chosen, detail, owners, verdicts | self.client.verdicts(probes, token))

    @override
    def show_data(self, data: DeviationsData) -> None:
        self._data = data
        self._number = data.chosen.number if data.chosen is not None else ""
        self.model.show_rows(data.rows)
        if data.chosen is not None:
            self.table.choose(data.rows.index(data.chosen))
        running = sum(1 for row in data.rows if row.state in _NEXT)
        late = sum(1 for row in data.rows if row.overdue)
        reads = self.client.session.may(Permission.DEVIATION_READ)
        words = self.tr("{running} deviations are open, {late} of them overdue.") if reads else self.tr("The deviations that you opened.")
        self.facts.setText(words.format(running=running, late=late))
        self._show_detail(data)
        self._show_actions(data)

    def _show_actions(self, data: DeviationsData) -> None:
        self.open_one.setVisible(not out_of_role(data.verdicts["open"]))
        self._show_beside(self.open_one, data.verdicts["open"])
        state = data.chosen.state if data.chosen is not None else ""
        self.evidence.setVisible(state in _NEXT and not out_of_role(data.verdicts.get("evidence")))
        self.assign.setVisible(state in ("open", "classified") and not out_of_role(data.verdicts.get("assign")))
        self.void.setVisible(state == "open" and not out_of_role(data.verdicts.get("void")))
        self._show_beside(self.assign, data.verdicts.get("assign"))
        self._show_beside(self.void, data.verdicts.get("void"))
        step = _NEXT.get(state, "")
        titles = {"classify": self.tr("Classify"), "investigate": self.tr("Record investigation"), "close": self.tr("Close deviation")}
        self.next.button.setVisible(bool(step))
        if step:
            self.next.offer(titles[step])
            self.next.set_verdict(data.verdicts[step])
        elif state:
            self.next.block(self.tr("This deviation is {state}.").format(state=self._words.deviation(state)))
        else:
            self.next.block(self.tr("There is no deviation here."))

    def _show_beside(self, button: Button, verdict: GuardVerdict | None) -> None:
        """A blocked button beside the main one; its reason stands at the top of the detail."""
        words = "" if verdict is None else f"{verdict.message} {verdict.remedy}"
        button.setEnabled(verdict is None)
        button.setToolTip(words)
        button.setAccessibleDescription(words)

    def _show_detail(self, data: DeviationsData) -> None:
        self.detail.clear()
        if data.chosen is None:
            return
        row, view = data.chosen, data.detail
        self.detail.add(Text(f"{row.number} · {row.title}".replace(f"{row.number} ", f"{row.number}{NO_BREAK}"), "strong", wrap=True))
        opened = self.tr("opened by {person} on {time}, from {source}{line}")
        source = f"{row.source_kind} {row.source_id}".replace("_", " ").strip()
        line = self.tr(", line {line}").format(line=row.line) if row.line else ""
        when = site_text(row.opened_utc_us, self.client.info.zone).replace(" ", NO_BREAK)
        self.detail.add(Text(opened.format(person=row.opened_by, time=when, source=source, line=line), "quiet", wrap=True))
        for button, key in ((self.assign, "assign"), (self.void, "void")):
            verdict = data.verdicts.get(key)
            if verdict is not None and not out_of_role(verdict) and row.state == "open":
                self.detail.add(Text(f"{button.text()}: {verdict.message} {verdict.remedy}", "quiet", wrap=True))
        if view is not None:
            self._show_view(view)

    def _show_view(self, view: DeviationView) -> None:
        self.detail.add(Text(breakable(view.description), "body", wrap=True))
        for label, words in (
            (self.tr("Root cause"), view.root_cause),
            (self.tr("Impact"), view.impact),
            (self.tr("Disposition"), view.disposition),
            (self.tr("Voided because"), view.void_reason),
        ):
            if words:
                self.detail.add(Text(f"{label}: {breakable(words)}", "body", wrap=True))
        for piece in view.evidence:
            self.detail.add(Text(self._evidence_words(piece), "body" if piece.stands else "strong", wrap=True))
        if not view.evidence:
            self.detail.add(Text(self.tr("No evidence yet."), "quiet", wrap=True))
        for purpose, signature in (
            (self.tr("Classification"), view.classified),
            (self.tr("Closure"), view.closed),
            (self.tr("Voiding"), view.voided),
        ):
            if signature is not None:
                block = SignatureBlock(self.theme, purpose)
                block.show_signature(signature)
                self.detail.add(block)

    def _evidence_words(self, piece: EvidenceRow) -> str:
        head = self.tr("Evidence {n}, by {person}").format(n=piece.n, person=piece.added_by)
        if piece.kind == "event":
            what = self.tr("event {seq} of the trail, leaf {leaf}").format(seq=piece.event_seq, leaf=hash_head(piece.event_leaf))
            what += "" if piece.stands else self.tr(": NOT the event that was attached")
        elif piece.kind == "document":
            what = self.tr("{name}, hash {hash}").format(name=piece.document_name, hash=hash_head(piece.document_hash))
        else:
            what = ""
        return ": ".join(part for part in (head, what, breakable(piece.words)) if part)

    def _on_row_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and rows[0].row() < len(self.model.rows) and self.model.rows[rows[0].row()].number != self._number:
            self._number = self.model.rows[rows[0].row()].number
            self.refresh()

    # --- acting -------------------------------------------------------------------------------------------------------

    def _ask(
        self, name: str, title: str, words: str, verb: str, fields: tuple[Asked, ...], make: Callable[[dict[str, str]], Command],
        *, choice: Choice | None = None, signed: bool = False,
    ) -> FieldsSheet:  # fmt: skip
        """Ask for what a command says; send it, or let it be signed."""
        sheet = FieldsSheet(self.desk.host, self.theme, name=name, title=title, words=words, verb=verb, fields=fields, choice=choice)

        def done(result: Any) -> None:
            sheet.close_sheet()
            self.on_done(result)

        def given(answers: dict[str, str]) -> None:
            command = make(answers)
            if signed or self.client.station.is_signed(command):
                sheet.close_sheet()
                self.sign(command)
            else:
                self.client.dispatch(command, done, sheet.refuse)

        self.notice.hide()
        sheet.given.connect(given)
        sheet.open()
        return sheet

    def _on_open_clicked(self) -> None:
        self._ask_to_open(0)

    def _ask_to_open(self, event_seq: int) -> None:
        words = self.tr("Write what happened and what was expected. It gets the next number and is never deleted.")
        if event_seq:
            words = self.tr("Event {seq} of the trail is attached as evidence. Write what happened and what was expected.").format(
                seq=event_seq
            )
        fields = (Asked("title", self.tr("Title")), Asked("description", self.tr("Description")))
        title = self.tr("Open deviation")
        self._ask("deviation-new", title, words, title, fields, lambda given: _opening(given["title"], given["description"], event_seq))

    def _on_evidence_clicked(self) -> None:
        """Words, an event, or a document; a document is kept by the station before the command names it."""
        if self._data is None or self._data.chosen is None:
            return
        number = self._data.chosen.number
        sheet = FieldsSheet(
            self.desk.host,
            self.theme,
            name="evidence",
            title=self.tr("Add evidence"),
            words=self.tr("Words, an event of the trail by its number, or a document by its file. Nothing is taken away again."),
            verb=self.tr("Add evidence"),
            fields=(
                Asked("words", self.tr("Words"), optional=True),
                Asked("event", self.tr("Event number"), optional=True),
                Asked("file", self.tr("File"), optional=True),
            ),
        )

        def done(result: Any) -> None:
            sheet.close_sheet()
            self.on_done(result)

        def given(answers: dict[str, str]) -> None:
            event = int(answers["event"]) if answers["event"].isdigit() else 0
            token, station = self.client.session.token, self.client.station

            def work() -> Any:
                path = Path(answers["file"]).expanduser()
                kept = station.keep_document(content_of(path), token) if answers["file"] else ""
                command = AddDeviationEvidence(
                    number=number, words=answers["words"], event_seq=event, document_hash=kept, document_name=path.name if kept else ""
                )
                return station.dispatch(command, token)

            self.client.commands.run(work, done, sheet.refuse)

        sheet.given.connect(given)
        sheet.open()

    def _on_assign_clicked(self) -> None:
        if self._data is None or self._data.chosen is None:
            return
        number, owner = self._data.chosen.number, self._data.chosen.owner
        people = tuple((one, one) for one in self._data.owners if one != owner)
        words = self.tr("Whoever owns {number} investigates it, and never closes it.").format(number=number)
        choice = Choice("owner", self.tr("Owner"), people)
        fields = (Asked("reason", self.tr("Reason")),)
        title = self.tr("Assign")

        def make(given: dict[str, str]) -> Command:
            return AssignDeviation(number=number, owner=given["owner"], reason=given["reason"])

        self._ask("assign", title, words, title, fields, make, choice=choice)

    def _on_void_clicked(self) -> None:
        if self._data is None or self._data.chosen is None:
            return
        number = self._data.chosen.number
        words = self.tr("{number} was opened in error. Its record stays and takes no more evidence; its number is not used again.")
        fields = (Asked("reason", self.tr("Reason")),)

        def make(given: dict[str, str]) -> Command:
            return VoidDeviation(number=number, reason=given["reason"])

        title = self.tr("Void deviation")
        self._ask("void", title, words.format(number=number), title, fields, make, signed=True)

    def _on_next_triggered(self) -> None:
        if self._data is None or self._data.chosen is None:
            return
        steps = {"open": self._ask_to_classify, "classified": self._ask_to_investigate, "investigated": self._close}
        steps[self._data.chosen.state](self._data.chosen.number)

    def _ask_to_classify(self, number: str) -> None:
        values = tuple((one, self._words.deviation(one)) for one in ("minor", "major", "critical"))
        choice = Choice("classification", self.tr("Class"), values)
        fields = (Asked("due", self.tr("Due date, like 2026-11-20")),)
        words = self.tr("The class and the date of {number} are signed and do not change any more.").format(number=number)

        def make(given: dict[str, str]) -> Command:
            return ClassifyDeviation(number=number, classification=given["classification"], due=given["due"])

        self._ask("classify", self.tr("Classify deviation"), words, self.tr("Sign class"), fields, make, choice=choice, signed=True)

    def _ask_to_investigate(self, number: str) -> None:
        fields = (
            Asked("root_cause", self.tr("Root cause")),
            Asked("impact", self.tr("Impact")),
            Asked("disposition", self.tr("Disposition")),
        )
        words = self.tr("Why {number} happened, what it touched, and what was done about it. Then it waits for its closure.")

        def make(given: dict[str, str]) -> Command:
            return RecordInvestigation(number=number, **given)

        title = self.tr("Record investigation")
        self._ask("investigation", title, words.format(number=number), title, fields, make)

    def _close(self, number: str) -> None:
        self.sign(CloseDeviation(number=number))

    @override
    def on_done(self, result: Any) -> None:
        if isinstance(result, DeviationMoved):
            self._number = result.number
            words = self.tr("{number} is {state}.")
            self.notice.confirm(words.format(number=result.number, state=self._words.deviation(result.state)), "")
        super().on_done(result)


def _opening(title: str, description: str, event_seq: int) -> OpenDeviation:
    kind = "event" if event_seq else "observation"
    source_id = str(event_seq) if event_seq else ""
    return OpenDeviation(title=title, description=description, source_kind=kind, source_id=source_id, event_seq=event_seq)
