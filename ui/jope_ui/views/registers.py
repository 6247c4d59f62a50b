"""Registers beside the accounts: deputies, badges, tests of readers, letters to the agency (URS A16, D08; 21 CFR 11.100(c), 11.300(c), (e))."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QFileDialog, QStackedWidget
from typing_extensions import override

from jope.compliance.authority.queries import DeputyRow, deputies
from jope.compliance.commands import GuardVerdict
from jope.compliance.people.commands import RecordFactorTest
from jope.compliance.people.queries import BadgeRow, FactorTestRow, badges, factor_tests
from jope.compliance.people.times import day_begins_us
from jope.kernel.clock import site_date, site_text
from jope.kernel.errors import RefusedError
from jope.kernel.ids import new_id
from jope.services.provisioning.commands import RecordLetter
from jope.services.provisioning.queries import LetterRow, letters
from jope_ui.bridge.files import content_of
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card
from jope_ui.widgets.choice import Choice
from jope_ui.widgets.labels import DASH, Text, hash_head, unbroken
from jope_ui.widgets.tables import Column, Table, TupleModel


@dataclass(frozen=True, slots=True)
class RegistersData:
    """What one read brings."""

    deputies: tuple[DeputyRow, ...]
    badges: tuple[BadgeRow, ...]
    tests: tuple[FactorTestRow, ...]
    letters: tuple[LetterRow, ...]
    test: GuardVerdict | None
    letter: GuardVerdict | None


class RegistersPage(Page):
    """One list at a time; what is chosen is told in full below it."""

    kinds: ClassVar[frozenset[str]] = frozenset({"role_grant", "badge", "factor_test", "certification_letter", "user"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="registers")
        titles = {
            "deputies": self.tr("Deputies"),
            "badges": self.tr("Badges"),
            "tests": self.tr("Tests of readers"),
            "letters": self.tr("Letters"),
        }
        self.filter = Choice(self.tr("Show"), self.theme, tuple(titles.items()), name="registers-show")
        self.filter.choose("deputies")
        self.stack = QStackedWidget()
        self.models: dict[str, TupleModel] = {}
        self.tables: dict[str, Table] = {}
        for key, columns in self._columns().items():
            self._add_table(key, titles[key], columns)
        self.facts = Text("", "body", wrap=True)
        self.facts.setObjectName("registers-facts")
        self.back = Button(self.tr("Back to people"), name="registers-back")
        self.trail = Button(self.tr("Audit trail"), name="registers-trail")
        self.record_test = BlockedAction(self.tr("Record test"), self.theme, name="registers-test")
        self.record_letter = BlockedAction(self.tr("Record letter"), self.theme, name="registers-letter")
        card = Card(self.theme, self.tr("Registers"))
        card.body.addWidget(self.filter)
        card.body.addWidget(self.stack, 1)
        card.body.addWidget(self.facts)
        self.body.addWidget(card, 1)
        for button in (self.back, self.trail):
            self.footer.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addStretch(1)
        self.footer.addWidget(self.record_test, 4)
        self.footer.addWidget(self.record_letter, 4)
        self._verdicts: dict[str, GuardVerdict | None] = {}
        self.filter.changed.connect(self._show_chosen)
        self.back.clicked.connect(lambda: self.desk.go("people", ""))
        self.trail.clicked.connect(lambda: self.desk.go("audit", self._subject()))
        self.record_test.triggered.connect(self._on_test_triggered)
        self.record_letter.triggered.connect(self._on_letter_triggered)

    def _columns(self) -> dict[str, tuple[Column, ...]]:
        zone = self.client.info.zone
        return {
            "deputies": (
                Column(self.tr("Deputy"), lambda one: str(one.employee_id)),
                Column(self.tr("Stands in for"), lambda one: f"{one.stands_for} ({one.role})", wide=True),
                Column(self.tr("Last day"), lambda one: site_date(one.until_us - 1, zone)),
                Column(self.tr("State"), self._deputy_state),
            ),
            "badges": (
                Column(self.tr("Badge"), lambda one: f"\u2026{one.digest[:8]}"),
                Column(self.tr("Person"), lambda one: str(one.employee_id), wide=True),
                Column(self.tr("Issued"), lambda one: site_date(one.issued_us, zone)),
                Column(self.tr("State"), lambda one: self.tr("in use") if one.state == "active" else self.tr("revoked")),
            ),
            "tests": (
                Column(self.tr("Device"), lambda one: str(one.device), wide=True),
                Column(self.tr("Tested"), lambda one: site_date(one.tested_us, zone)),
                Column(self.tr("Result"), lambda one: self.tr("passed") if one.passed else self.tr("failed")),
                Column(self.tr("Next due"), self._next_due),
            ),
            "letters": (
                Column(self.tr("Kind"), self._letter_kind),
                Column(self.tr("Dated"), lambda one: str(one.dated)),
                Column(self.tr("Document"), lambda one: str(one.document_name), wide=True),
                Column(self.tr("Recorded by"), lambda one: str(one.recorded_by)),
            ),
        }

    def _add_table(self, key: str, spoken: str, columns: tuple[Column, ...]) -> None:
        model, table = TupleModel(columns), Table(self.theme, name=f"registers-{key}", spoken=spoken)
        table.setModel(model)
        table.fit_columns(columns)
        table.selectionModel().selectionChanged.connect(self._on_selected)
        self.models[key], self.tables[key] = model, table
        self.stack.addWidget(table)

    @override
    def load(self, token: str | None) -> RegistersData:
        station = self.client.station
        test = RecordFactorTest(test_id="x", kind="badge_reader", device="x", procedure="x", passed=True, next_due="2999-12-31")
        letter = RecordLetter(letter_id="x", kind="letter", dated="2000-01-01", document_name="x", document_hash="0" * 64)
        verdict = station.preflight(letter, token)
        return RegistersData(
            station.read(deputies, token), station.read(badges, token), station.read(factor_tests, token), station.read(letters, token),
            station.preflight(test, token), None if verdict is not None and verdict.guard == "letter_is_described" else verdict,
        )  # fmt: skip

    @override
    def show_data(self, data: RegistersData) -> None:
        for key, rows in (("deputies", data.deputies), ("badges", data.badges), ("tests", data.tests), ("letters", data.letters)):
            chosen = self._row_of(key)
            self.models[key].show_rows(rows)
            if rows:
                self.tables[key].choose(rows.index(chosen) if chosen in rows else 0)
        self._verdicts = {"tests": data.test, "letters": data.letter}
        self._show_chosen()

    def _row_of(self, key: str) -> Any:
        rows = self.tables[key].selectionModel().selectedRows()
        return self.models[key].rows[rows[0].row()] if rows and rows[0].row() < len(self.models[key].rows) else None

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        key = self.filter.value
        self.stack.setCurrentWidget(self.tables[key])
        one = self._row_of(key)
        words: Mapping[str, Callable[[Any], str]] = {
            "deputies": self._deputy_facts, "badges": self._badge_facts, "tests": self._test_facts, "letters": self._letter_facts,
        }  # fmt: skip
        self.facts.setText(self._empty(key) if one is None else words[key](one))
        self.trail.setVisible(one is not None)
        for of, action in (("tests", self.record_test), ("letters", self.record_letter)):
            verdict = self._verdicts.get(of)
            action.setVisible(key == of and of in self._verdicts and not out_of_role(verdict))
            action.set_verdict(verdict)

    def _empty(self, key: str) -> str:
        words = {
            "deputies": self.tr("Nobody was a deputy yet. A deputy is asked for on the page of people."),
            "badges": self.tr(
                "No badge was given out yet. A badge is asked for on the page of people, after an identity check of its own."
            ),
            "tests": self.tr("No reader was tested yet."),
            "letters": self.tr("No letter is recorded. The agency is told once that signatures here are binding, and again when it asks."),
        }
        return words[key]

    def _subject(self) -> str:
        kinds = {"deputies": "role_grant", "badges": "badge", "tests": "factor_test", "letters": "certification_letter"}
        one, key = self._row_of(self.filter.value), self.filter.value
        ids = {"deputies": "grant_id", "badges": "digest", "tests": "test_id", "letters": "letter_id"}
        return f"{kinds[key]}:{getattr(one, ids[key])}" if one is not None else ""

    # --- words --------------------------------------------------------------------------------------------------------

    def _deputy_state(self, one: DeputyRow) -> str:
        return {"now": self.tr("now"), "to come": self.tr("to come"), "over": self.tr("over")}[one.standing]

    def _next_due(self, one: FactorTestRow) -> str:
        return self.tr("OVERDUE {day}").format(day=one.next_due) if one.overdue else one.next_due

    def _letter_kind(self, one: LetterRow) -> str:
        return self.tr("letter") if one.kind == "letter" else self.tr("later certification")

    def _deputy_facts(self, one: DeputyRow) -> str:
        zone = self.client.info.zone
        words = self.tr("{deputy} holds the role {role} for {person}, {first} to {last}, by request {request}: {reason}")
        return words.format(
            deputy=one.employee_id, role=one.role, person=one.stands_for, first=site_date(one.from_us, zone),
            last=site_date(one.until_us - 1, zone), request=one.change_id, reason=one.reason,
        )  # fmt: skip

    def _badge_facts(self, one: BadgeRow) -> str:
        zone = self.client.info.zone
        revoked = DASH if one.revoked_us is None else unbroken(site_text(one.revoked_us, zone))
        words = self.tr("Issued {time} to {person}. Revoked: {revoked}. The badge only fills in the employee id.")
        return words.format(time=unbroken(site_text(one.issued_us, zone)), person=one.employee_id, revoked=revoked)

    def _test_facts(self, one: FactorTestRow) -> str:
        kind = self.tr("Badge reader") if one.kind == "badge_reader" else self.tr("Second factor")
        words = self.tr("{kind} {device}, by procedure {procedure}, tested {time} by {person}.")
        return words.format(
            kind=kind,
            device=one.device,
            procedure=one.procedure,
            time=unbroken(site_text(one.tested_us, self.client.info.zone)),
            person=one.tested_by,
        )

    def _letter_facts(self, one: LetterRow) -> str:
        words = self.tr("Recorded {time} by {person}. Document {name}, hash {hash}.")
        time = unbroken(site_text(one.recorded_us, self.client.info.zone))
        return words.format(time=time, person=one.recorded_by, name=one.document_name, hash=hash_head(one.document_hash))

    # --- asking -------------------------------------------------------------------------------------------------------

    def _date_fault(self, text: str) -> str:
        try:
            day_begins_us(text, self.client.info.zone)
        except RefusedError:
            return self.tr("A date is written YYYY-MM-DD.")
        return ""

    def _on_test_triggered(self) -> None:
        entries = (
            Entry(
                "kind", self.tr("What was tested"), "",
                (("badge_reader", self.tr("Badge reader")), ("second_factor", self.tr("Second factor"))),
            ),
            Entry("device", self.tr("Device, as it is marked")),
            Entry("procedure", self.tr("Procedure (number and version)")),
            Entry("passed", self.tr("Result"), "", (("yes", self.tr("passed")), ("no", self.tr("failed")))),
            Entry("next_due", self.tr("Next due (YYYY-MM-DD)"), fault=self._date_fault),
        )  # fmt: skip
        sheet = EntrySheet(
            self.desk.host, self.theme, name="registers-test-sheet", title=self.tr("Record test"),
            words=self.tr("Readers and second factors are tested by their procedure before they are used, and again at each date that is set here."),
            verb=self.tr("Sign the test"), entries=entries,
        )  # fmt: skip

        def given(values: Mapping[str, str]) -> None:
            sheet.close_sheet()
            passed = values["passed"] == "yes"
            self.sign(RecordFactorTest(test_id=new_id(), passed=passed, **{k: v for k, v in values.items() if k != "passed"}))

        sheet.given.connect(given)
        sheet.open()

    def _on_letter_triggered(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Scan of the letter"))
        if path:
            self.add_letter(Path(path))

    def add_letter(self, document: Path) -> None:
        """Keep a document and let whoever is signed in sign what it is."""
        entries = (
            Entry("kind", self.tr("Kind"), "", (("letter", self.tr("letter")), ("testimony", self.tr("later certification")))),
            Entry("dated", self.tr("Date of the letter (YYYY-MM-DD)"), fault=self._date_fault),
        )
        words = self.tr(
            "The letter tells the agency that electronic signatures here are binding like those by hand; a later certification is one that "
            "the agency asked for. The document {name} is kept with the record by its hash."
        )
        sheet = EntrySheet(
            self.desk.host, self.theme, name="registers-letter-sheet", title=self.tr("Record letter"), words=words.format(name=document.name),
            verb=self.tr("Sign the record"), entries=entries,
        )  # fmt: skip
        asker = self.client.session.token

        def given(values: Mapping[str, str]) -> None:
            self.client.read(lambda token: self.client.station.keep_document(content_of(document), token), kept, sheet.refuse)

        def kept(digest: str) -> None:
            if self.client.session.token != asker:
                return
            values = sheet.values
            sheet.close_sheet()
            self.sign(RecordLetter(letter_id=new_id(), document_name=document.name, document_hash=digest, **values))

        sheet.given.connect(given)
        sheet.open()

    @override
    def on_done(self, result: Any) -> None:
        self.notice.confirm(self.tr("Recorded."), "")
        super().on_done(result)
