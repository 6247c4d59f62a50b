"""Training: what I have to read and sign, who is trained on what, and who is not (URS I01-I03)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, QModelIndex, Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QWidget
from typing_extensions import override

from jope.compliance.access.permissions import Permission
from jope.compliance.commands import ChangeStored, GuardVerdict
from jope.compliance.training.commands import ReadAndUnderstood, RecordInstruction
from jope.compliance.training.queries import (
    RequirementRow,
    SopRow,
    TrainingRow,
    UntrainedRow,
    duties,
    my_training,
    requirements,
    sops,
    training_matrix,
    who_has_not,
)
from jope_ui.dialogs.fields import Asked, FieldsSheet
from jope_ui.dialogs.sop_document import SopDocumentSheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.views.training_rules import TrainingRules
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.labels import DASH, NO_BREAK, Text
from jope_ui.widgets.state_words import StateWords
from jope_ui.widgets.tables import Column, Table, TupleModel

_MINE, _MATRIX, _MISSING, _RULES = range(4)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One person of the matrix with their cells by procedure."""

    person: str
    cells: dict[str, TrainingRow]


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What one read brings; the lists of others are empty for whoever may not read them."""

    mine: tuple[TrainingRow, ...]
    verdicts: dict[str, GuardVerdict | None]
    matrix: tuple[TrainingRow, ...]
    effective: tuple[SopRow, ...]
    untrained: tuple[UntrainedRow, ...]
    instruct: GuardVerdict | None
    rules: tuple[RequirementRow, ...] = ()
    duties: tuple[tuple[str, str], ...] = ()


class TrainingPage(Page):
    """Four views of one subject: mine, the matrix, who has not, and what asks for it."""

    kinds: ClassVar[frozenset[str]] = frozenset({"training", "sop", "training_requirement", "user"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="training")
        self._words = StateWords(self)
        self._data: TrainingData | None = None
        self._sop: SopRow | None = None
        """The procedure of the list of who has not."""
        self.views = QButtonGroup(self)
        self.tabs = QWidget()
        self.stack = QStackedWidget()
        self.facts = Text("", "quiet", wrap=True)
        self.mine, self.mine_model = self._mine_table()
        self.matrix = Table(self.theme, name="training-matrix", spoken=self.tr("People and procedures"))
        self._shown_sops: tuple[str, ...] = ()
        self.sops, self.sops_model = self._sops_table()
        self.people, self.people_model = self._people_table()
        self.read_it = BlockedAction(self.tr("Read and sign"), self.theme, name="training-read")
        self.instruct = BlockedAction(self.tr("Record instruction"), self.theme, name="training-instruct")
        self.rules = TrainingRules(desk, self._on_change_asked)
        self._lay_out()
        self.views.idClicked.connect(self._on_view_chosen)
        self.mine.selectionModel().selectionChanged.connect(self._on_mine_selected)
        self.mine.doubleClicked.connect(self._on_mine_opened)
        self.sops.selectionModel().selectionChanged.connect(self._on_sop_selected)
        self.people.selectionModel().selectionChanged.connect(self._on_person_selected)
        self.read_it.triggered.connect(self._on_read_triggered)
        self.instruct.triggered.connect(self._on_instruct_triggered)
        self._on_view_chosen(_MINE)

    # --- making -------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        line = QHBoxLayout(self.tabs)
        self.theme.space(line, gap_mm=2.5)
        for id_, text, name in (
            (_MINE, self.tr("My training"), "training-mine"),
            (_MATRIX, self.tr("Everybody"), "training-everybody"),
            (_MISSING, self.tr("Who has not"), "training-who-has-not"),
            (_RULES, self.tr("Rules"), "training-rules-view"),
        ):
            button = Button(text, role="toggle", size="dense", name=name)
            button.setCheckable(True)
            button.setChecked(id_ == _MINE)
            self.views.addButton(button, id_)
            line.addWidget(button)
        line.addStretch(1)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self.facts)
        for content in (self._framed(self.mine), self._framed(self.matrix), self._side_by_side(), self.rules):
            self.stack.addWidget(content)
        self.body.addWidget(self.stack, 1)
        self.footer.addWidget(self.read_it, 1)
        self.footer.addWidget(self.instruct, 1)
        self.footer.addWidget(self.rules.buttons, 1)

    def _framed(self, table: Table) -> Card:
        card = Card(self.theme, pad_mm=2)
        card.body.addWidget(table, 1)
        return card

    def _side_by_side(self) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        self.theme.space(line, gap_mm=2.5)
        for heading, table, stretch in ((self.tr("Procedure"), self.sops, 5), (self.tr("Not trained"), self.people, 6)):
            card = Card(self.theme, heading, pad_mm=2)
            card.body.addWidget(table, 1)
            line.addWidget(card, stretch)
        return holder

    def _mine_table(self) -> tuple[Table, TupleModel]:
        columns = (
            Column(self.tr("Asked"), lambda row: self.tr("yes") if row.required else DASH),
            Column(self.tr("State"), self._state),
            Column(self.tr("Procedure"), lambda row: _numbered(row.readable)),
            Column(self.tr("Title"), lambda row: str(row.title), wide=True),
        )
        table = Table(self.theme, name="training-table", spoken=self.tr("My training"))
        return table, self._fill(table, columns)

    def _sops_table(self) -> tuple[Table, TupleModel]:
        columns = (
            Column(self.tr("Version"), _numbered),
            Column(self.tr("Title"), lambda row: str(row.title), wide=True),
        )
        table = Table(self.theme, name="training-sops", spoken=self.tr("Procedure"))
        return table, self._fill(table, columns)

    def _people_table(self) -> tuple[Table, TupleModel]:
        columns = (
            Column(self.tr("Trained on"), lambda row: str(row.trained_number) if row.trained_number else DASH),
            Column(self.tr("Person"), lambda row: f"{row.employee_id}{NO_BREAK}{NO_BREAK}{row.name}", wide=True),
        )
        table = Table(self.theme, name="training-people", spoken=self.tr("Not trained"))
        return table, self._fill(table, columns)

    def _fill(self, table: Table, columns: tuple[Column, ...]) -> TupleModel:
        model = TupleModel(columns)
        table.setModel(model)
        table.fit_columns(columns)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        return model

    def _state(self, row: TrainingRow) -> str:
        words = self._words.training(row.state)
        return self.tr("{state} to {date}").format(state=words, date=row.valid_until) if row.valid_until else words

    # --- reading ------------------------------------------------------------------------------------------------------

    @override
    def enter(self, about: str = "") -> None:
        sees_all = self.client.session.may(Permission.TRAINING_READ)
        self.tabs.setVisible(sees_all)
        if not sees_all:
            self.views.button(_MINE).setChecked(True)
        self._on_view_chosen(self.views.checkedId())
        super().enter(about)

    @override
    def load(self, token: str | None) -> TrainingData:
        station = self.client.station
        mine = station.read(my_training, token)
        verdicts = {row.sop_id: station.preflight(_reading(row.readable), token) for row in mine}
        if not self.client.session.may(Permission.TRAINING_READ):
            return TrainingData(mine, verdicts, (), (), (), None)
        effective = tuple(row for row in station.read(sops, token) if row.state == "effective")
        by_id = {row.sop_id: row for row in effective}
        chosen = by_id.get(self._sop.sop_id) if self._sop is not None else None
        chosen = chosen or next(iter(effective), None)
        untrained = () if chosen is None else station.read(who_has_not, token, sop_id=chosen.sop_id, number=chosen.number)
        instruct = station.preflight(_instruction(chosen, untrained[0], "-"), token) if chosen is not None and untrained else None
        matrix, rules, known = station.read(training_matrix, token), station.read(requirements, token), station.read(duties, token)
        return TrainingData(mine, verdicts, matrix, effective, untrained, instruct, rules, known)

    @override
    def show_data(self, data: TrainingData) -> None:
        self._data = data
        _show_rows(self.mine, self.mine_model, data.mine, lambda row: row.sop_id)
        _show_rows(self.sops, self.sops_model, data.effective, lambda row: row.sop_id)
        _show_rows(self.people, self.people_model, data.untrained, lambda row: row.employee_id)
        self._show_matrix(data.matrix)
        self.rules.show_rules(data.rules, data.effective, data.duties)
        self._show_facts()
        self._check()

    def _show_matrix(self, rows: tuple[TrainingRow, ...]) -> None:
        procedures = tuple(sorted({row.sop_id for row in rows}))
        people: dict[str, MatrixRow] = {}
        for row in rows:
            person = people.setdefault(row.employee_id, MatrixRow(f"{row.employee_id}{NO_BREAK}{NO_BREAK}{row.name}", {}))
            person.cells[row.sop_id] = row
        if procedures != self._shown_sops or self.matrix.model() is None:
            self._shown_sops = procedures
            columns = (
                Column(self.tr("Person"), lambda one: str(one.person)),
                *(Column(sop_id, partial(self._cell, sop_id)) for sop_id in procedures),
                Column(NO_BREAK, lambda _: "", wide=True),
            )
            self.matrix.setModel(TupleModel(columns))
            self.matrix.fit_columns(columns)
        model = self.matrix.model()
        assert isinstance(model, TupleModel)
        model.show_rows(tuple(people.values()))

    def _cell(self, sop_id: str, one: MatrixRow) -> str:
        return self._state(one.cells[sop_id]) if sop_id in one.cells else DASH

    def _show_facts(self) -> None:
        if self._data is None:
            return
        if self.stack.currentIndex() == _MINE:
            due = [row for row in self._data.mine if row.required and row.state != "trained"]
            words = self.tr("To be read and signed before you go on with what asks for it: {sops}.")
            named = ", ".join(row.sop_id for row in due)
            self.facts.setText(words.format(sops=named) if due else self.tr("Nothing is to be read."))
        elif self.stack.currentIndex() == _MATRIX:
            open_cells = sum(1 for row in self._data.matrix if row.state != "trained")
            words = self.tr("People by the procedures that their work asks for: {open} of {all} are not trained.")
            self.facts.setText(words.format(open=open_cells, all=len(self._data.matrix)))
        elif self.stack.currentIndex() == _RULES:
            self.facts.setText(
                self.tr("Actions, and signatures by their meaning, that wait for training. Each change is approved by a second person.")
            )
        else:
            self.facts.setText(self.tr("Everybody who is not trained on the effective version today, asked of them or not."))

    # --- choosing -----------------------------------------------------------------------------------------------------

    def _on_view_chosen(self, view: int) -> None:
        self.stack.setCurrentIndex(view)
        self.read_it.setVisible(view == _MINE)
        self.instruct.setVisible(view == _MISSING)
        self.rules.buttons.setVisible(view == _RULES and self.rules.offers())
        self._show_facts()
        self._check()

    def _check(self) -> None:
        chosen = _chosen(self.mine, self.mine_model)
        if self._data is None or chosen is None:
            self.read_it.block(self.tr("Choose a procedure."))
        else:
            self.read_it.block("")
        person = _chosen(self.people, self.people_model)
        if self._data is None or person is None:
            self.instruct.block(self.tr("Choose a person."))
        else:
            self.instruct.set_verdict(self._data.instruct if person.employee_id != self.client.session.employee_id else self._own())

    def _own(self) -> GuardVerdict:
        message = self.tr("You cannot instruct yourself.")
        return GuardVerdict("trainer_is_another", message, self.tr("Read and sign it."), "11.10(i)")

    def _on_mine_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._check()

    def _on_mine_opened(self, index: QModelIndex) -> None:
        self._on_read_triggered()

    def _on_person_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._check()

    def _on_sop_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        chosen = _chosen(self.sops, self.sops_model)
        if chosen is not None and chosen != self._sop:
            self._sop = chosen
            self.refresh()

    # --- reading and signing ------------------------------------------------------------------------------------------

    def _on_read_triggered(self) -> None:
        chosen = _chosen(self.mine, self.mine_model)
        if chosen is None or self._data is None:
            return
        self.notice.hide()
        sop, verdict = chosen.readable, self._data.verdicts.get(chosen.sop_id)
        self.client.read(
            lambda token: self.client.station.sop_document(sop.sop_id, sop.number, token),
            partial(self._show_document, sop, "" if verdict is None else f"{verdict.message} {verdict.remedy}"),
            self.notice.refuse,
            key="sop-document",
        )

    def _show_document(self, sop: SopRow, why_not: str, content: bytes) -> None:
        sheet = SopDocumentSheet(self.desk.host, self.client, sop, content, why_not=why_not)
        sheet.read_through.connect(lambda: self.sign(_reading(sop)))
        sheet.open()

    def _on_instruct_triggered(self) -> None:
        person, sop = _chosen(self.people, self.people_model), _chosen(self.sops, self.sops_model)
        if person is None or sop is None:
            return
        words = self.tr("{person} was instructed by you on {sop} ({title}), version {number}.")
        sheet = FieldsSheet(
            self.desk.host,
            self.theme,
            name="instruction",
            title=self.tr("Record instruction"),
            words=words.format(person=person.employee_id, sop=sop.sop_id, title=sop.title, number=sop.number),
            verb=self.tr("Sign instruction"),
            fields=(Asked("note", self.tr("How you saw that they understood")),),
        )

        def given(answers: dict[str, str]) -> None:
            sheet.close_sheet()
            self.sign(_instruction(sop, person, answers["note"]))

        sheet.given.connect(given)
        sheet.open()

    def _on_change_asked(self, result: Any) -> None:
        if isinstance(result, ChangeStored):
            words = self.tr("It waits as change request {number}, to be submitted and approved.")
            self.notice.confirm(words.format(number=result.request_id), "")
        self.refresh()

    @override
    def on_done(self, result: Any) -> None:
        self.notice.confirm(self.tr("Signed."), "")
        super().on_done(result)


def _numbered(sop: SopRow) -> str:
    """A version as one piece."""
    return f"{sop.sop_id}{NO_BREAK}\u00b7{NO_BREAK}{sop.number}"


def _reading(sop: SopRow) -> ReadAndUnderstood:
    return ReadAndUnderstood(sop_id=sop.sop_id, number=sop.number)


def _instruction(sop: SopRow, person: UntrainedRow, note: str) -> RecordInstruction:
    return RecordInstruction(employee_id=person.employee_id, sop_id=sop.sop_id, number=sop.number, note=note)


def _chosen(table: Table, model: TupleModel) -> Any:
    rows = table.selectionModel().selectedRows()
    return model.rows[rows[0].row()] if rows and rows[0].row() < len(model.rows) else None


def _show_rows(table: Table, model: TupleModel, rows: tuple[Any, ...], key: Any) -> None:
    """Other rows, with the same one chosen as before, else the first."""
    before = _chosen(table, model)
    model.show_rows(rows)
    if rows:
        keys = [key(row) for row in rows]
        table.choose(keys.index(key(before)) if before is not None and key(before) in keys else 0)
