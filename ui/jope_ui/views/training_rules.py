"""What training is asked for, and asking for changes of it: each is a change request of four eyes (URS I02, D01)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from jope.compliance.access.permissions import Permission
from jope.compliance.commands import Command
from jope.compliance.training.commands import PublishSop, ReleaseRequirement, RequireTraining, WithdrawSop
from jope.compliance.training.queries import RequirementRow, SopRow
from jope.kernel.errors import JopeError, RefusedError
from jope_ui.bridge.files import content_of
from jope_ui.dialogs.fields import Asked, Choice, FieldsSheet
from jope_ui.viewmodels.wording import plain_words
from jope_ui.views.desk import Desk
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.tables import Column, Table, TupleModel


class TrainingRules(Card):
    """The table of requirements; ``buttons`` stand in the page's footer. ``asked`` is told what the station answered."""

    def __init__(self, desk: Desk, asked: Callable[[Any], None]) -> None:
        super().__init__(desk.client.theme, pad_mm=2)
        self._desk, self._client, self._asked = desk, desk.client, asked
        self._effective: tuple[SopRow, ...] = ()
        self._duties: tuple[tuple[str, str], ...] = ()
        columns = (
            Column(self.tr("What waits for it"), self._what),
            Column(self.tr("Number"), lambda row: str(row.sop_id)),
            Column(self.tr("Procedure"), lambda row: str(row.title), wide=True),
        )
        self.model = TupleModel(columns)
        self.table = Table(desk.client.theme, name="training-rules", spoken=self.tr("What waits for training"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.body.addWidget(self.table, 1)
        self.buttons = QWidget()
        line = QHBoxLayout(self.buttons)
        desk.client.theme.space(line, gap_mm=2.5)
        for text, name, clicked in (
            (self.tr("Publish version"), "training-publish", self._on_publish_clicked),
            (self.tr("Withdraw"), "training-withdraw", self._on_withdraw_clicked),
            (self.tr("Require training"), "training-require", self._on_require_clicked),
            (self.tr("Release"), "training-release", self._on_release_clicked),
        ):
            button = Button(text, name=name)
            button.clicked.connect(clicked)
            line.addWidget(button)
        line.addStretch(1)

    def show_rules(self, rows: tuple[RequirementRow, ...], effective: tuple[SopRow, ...], duties: tuple[tuple[str, str], ...]) -> None:
        """Show what is required now."""
        self._effective, self._duties = effective, duties
        self.model.show_rows(rows)
        if rows and not self.table.selectionModel().hasSelection():
            self.table.choose(0)

    def offers(self) -> bool:
        """Whether the person may ask for changes of training."""
        return self._client.session.may(Permission.TRAINING_REQUEST)

    def _what(self, row: RequirementRow) -> str:
        return self._duty(row.kind, row.key)

    def _duty(self, kind: str, key: str) -> str:
        if kind == "meaning":
            return self.tr("signature: {meaning}").format(meaning=plain_words(key))
        return plain_words(f"{key}: ").removesuffix(": ")

    def _ask(
        self, name: str, title: str, words: str, fields: tuple[Asked, ...], make: Callable[[dict[str, str]], Command],
        choice: Choice | None = None,
    ) -> None:  # fmt: skip
        verb = self.tr("Ask for change")
        sheet = FieldsSheet(
            self._desk.host, self._client.theme, name=name, title=title, words=words, verb=verb, choice=choice,
            fields=(*fields, Asked("reason", self.tr("Reason"))),
        )  # fmt: skip
        token, station = self._client.session.token, self._client.station

        def done(result: Any) -> None:
            sheet.close_sheet()
            self._asked(result)

        def refused(error: JopeError) -> None:
            sheet.refuse(error)

        sheet.given.connect(lambda answers: self._client.commands.run(lambda: station.dispatch(make(answers), token), done, refused))
        sheet.open()

    def _on_publish_clicked(self) -> None:
        token, station = self._client.session.token, self._client.station

        def make(given: dict[str, str]) -> Command:
            path = Path(given["file"]).expanduser()
            return PublishSop(
                sop_id=given["sop"], number=_number(given["number"]), title=given["title"],
                document_hash=station.keep_document(content_of(path), token), document_name=path.name, effective_from=given["from"],
                validity_months=_number(given["months"] or "0"), reason=given["reason"],
            )  # fmt: skip

        fields = (
            Asked("sop", self.tr("Number")),
            Asked("number", self.tr("Version")),
            Asked("title", self.tr("Title")),
            Asked("file", self.tr("File")),
            Asked("from", self.tr("Effective from, like 2026-11-20")),
            Asked("months", self.tr("Good for months, empty for no end"), optional=True),
        )
        words = self.tr("The version before is superseded, and training on it is outdated from this date on. A second person approves.")
        self._ask("publish", self.tr("Publish a version"), words, fields, make)

    def _on_withdraw_clicked(self) -> None:
        def make(given: dict[str, str]) -> Command:
            sop = next(one for one in self._effective if one.sop_id == given["sop"])
            return WithdrawSop(sop_id=sop.sop_id, number=sop.number, reason=given["reason"])

        words = self.tr("Nobody is trained on it any more. What still asks for it is released first. A second person approves.")
        self._ask("withdraw", self.tr("Withdraw a procedure"), words, (), make, self._procedures())

    def _on_require_clicked(self) -> None:
        def make(given: dict[str, str]) -> Command:
            kind, _, key = given["duty"].partition(":")
            return RequireTraining(kind=kind, key=key, sop_id=given["sop"], reason=given["reason"])

        values = tuple((f"{kind}:{key}", self._duty(kind, key)) for kind, key in self._duties)
        words = self.tr("Whoever is not trained is refused the action, or the signature, from then on. A second person approves.")
        choice = Choice("duty", self.tr("What waits for it"), values)
        self._ask("require", self.tr("Require training"), words, (Asked("sop", self.tr("Number of the procedure")),), make, choice)

    def _on_release_clicked(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if not rows or rows[0].row() >= len(self.model.rows):
            return
        row: RequirementRow = self.model.rows[rows[0].row()]

        def make(given: dict[str, str]) -> Command:
            return ReleaseRequirement(kind=row.kind, key=row.key, sop_id=row.sop_id, reason=given["reason"])

        words = self.tr("{duty} asks for {sop} no more; people who were never trained may do it. A second person approves.")
        self._ask("release", self.tr("Release a requirement"), words.format(duty=self._what(row), sop=row.sop_id), (), make)

    def _procedures(self) -> Choice:
        return Choice("sop", self.tr("Procedure"), tuple((one.sop_id, f"{one.sop_id} {one.title}") for one in self._effective))


def _number(text: str) -> int:
    """A whole number.

    Raises:
        RefusedError: it is none.
    """
    if not text.isdecimal() or len(text) > 6:
        raise RefusedError(f"'{text}' is no whole number.", remedy="Write digits.")
    return int(text)
