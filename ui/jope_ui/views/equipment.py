"""Equipment: each unit with its status, its logbook, and what may be done with it now (URS E13, E15; 21 CFR 211.182; hmi rules U11, U17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from PySide6.QtCore import QItemSelection, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget
from typing_extensions import override

from jope.compliance.commands import Command, GuardVerdict
from jope.kernel.clock import site_text
from jope.kernel.ids import new_id
from jope.plant.devices.equipment.commands import (
    BeginCleaning,
    BeginMaintenance,
    CheckCleaning,
    EndMaintenance,
    FinishCleaning,
    NoteInLogbook,
    ReportDirty,
    RetireEquipment,
)
from jope.plant.devices.equipment.fitness import Status
from jope.plant.devices.equipment.queries import EquipmentRow, LogEntry, equipment_list, equipment_logbook
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.views.desk import Desk
from jope_ui.views.equipment_forms import EquipmentForms
from jope_ui.views.page import Page
from jope_ui.widgets.badge import NamurShape
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn, rule
from jope_ui.widgets.equipment_words import EquipmentWords, letter_of
from jope_ui.widgets.labels import DASH, Text, unbroken
from jope_ui.widgets.sign_model import SignModel, signed_table
from jope_ui.widgets.tables import Column
from jope_ui.widgets.tabs import Tabs

_ANY: Final = "-"
_NEWEST: Final = 100
_OF_REGISTER: Final = ("change", "retire")
_ABOVE_OFFERS: Final = 2
"""The sign with the status, and the facts."""
_AGAIN_MS: Final = 30_000
"""A clean hold ends by the clock alone: nothing changes in the store that would have the page read again."""


@dataclass(frozen=True, slots=True)
class EquipmentData:
    """What one read brings. ``verdicts`` by the key of the action."""

    rows: tuple[EquipmentRow, ...]
    chosen: EquipmentRow | None
    book: tuple[LogEntry, ...]
    verdicts: Mapping[str, GuardVerdict | None]


class EquipmentPage(Page):
    """Choose a unit, then see how it stands, what is written in its logbook, and what may be done."""

    kinds: ClassVar[frozenset[str]] = frozenset(
        {
            "equipment",
            "cleaning",
            "equipment_use",
            "equipment_maintenance",
            "equipment_note",
            "weighing",
            "calibration",
            "balance_check",
            "device",
        }
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="equipment")
        self._words = EquipmentWords(self)
        self._forms = EquipmentForms(self, self._words)
        self._wanted = ""
        self._data: EquipmentData | None = None
        tabs = (("now", self.tr("Status")), ("book", self.tr("Logbook")), ("register", self.tr("Register")))
        self.tabs = Tabs(self.theme, tabs, name="equipment-view")
        columns = (
            Column(self.tr("Unit"), lambda one: str(one.equipment_id)),
            Column(self.tr("Status"), lambda one: self._words.status(one.status), wide=True),
            Column(self.tr("Title"), lambda one: str(one.title)),
        )
        self.model = SignModel(self.theme, columns, lambda one: letter_of(one.status))
        self.table = signed_table(self.theme, name="equipment-table", spoken=self.tr("Equipment"), model=self.model)
        self.table.fit_columns(columns)
        self.table.spare(2, content=True)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.sign_mark = NamurShape(self.theme)
        self.status = Text("", "strong", wrap=True)
        self.status.setObjectName("equipment-status")
        self.facts = Text("", "small", wrap=True)
        self.facts.setObjectName("equipment-facts")
        self.now = ScrollColumn(self.theme, name="equipment-now", gap_mm=2)
        self.book = ScrollColumn(self.theme, name="equipment-book")
        self.registered = ScrollColumn(self.theme, name="equipment-registered", gap_mm=2)
        self.plate = Text("", "small", wrap=True)
        self.plate.setObjectName("equipment-plate")
        self.buttons: dict[str, BlockedAction] = {}
        for key, text, work in self._offered():
            action = BlockedAction(text, self.theme, role="plain", size="dense", name=f"equipment-{key}", place="above")
            action.triggered.connect(work)
            self.buttons[key] = action
        self.new = BlockedAction(self.tr("New unit"), self.theme, name="equipment-new")
        self.note = Button(self.tr("Write entry"), name="equipment-note")
        self.trail = Button(self.tr("Audit trail"), name="equipment-trail")
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN_MS)
        self._lay_out()
        self.tabs.chosen.connect(lambda _: self._on_view_chosen())
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.new.triggered.connect(self._on_new_triggered)
        self.note.clicked.connect(self._on_note_clicked)
        self.trail.clicked.connect(lambda: self.desk.go("audit", f"equipment:{self._wanted}"))
        self._again.timeout.connect(self.refresh)

    def _offered(self) -> tuple[tuple[str, str, Callable[[], None]], ...]:
        return (
            ("begin", self.tr("Begin cleaning"), lambda: self.send(BeginCleaning(equipment_id=self._wanted))),
            ("finish", self.tr("Cleaning performed"), self._on_finish_triggered),
            ("check", self.tr("Second person checks cleaning"), self._on_check_triggered),
            ("dirty", self.tr("Report as dirty"), self._on_dirty_triggered),
            ("maintain", self.tr("Begin maintenance"), self._on_maintain_triggered),
            ("return", self.tr("Second person ends maintenance"), self._on_return_triggered),
            ("change", self.tr("Change unit"), self._on_change_triggered),
            ("retire", self.tr("Retire unit"), self._on_retire_triggered),
        )

    # --- layout -------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = Card(self.theme, pad_mm=1.5)
        left.body.addWidget(self.table, 1)
        head = QWidget()
        line = QHBoxLayout(head)
        self.theme.space(line, gap_mm=2)
        line.addWidget(self.sign_mark)
        line.addWidget(self.status, 1)
        for part in (head, self.facts, *(one for key, one in self.buttons.items() if key not in _OF_REGISTER)):
            self.now.add(part)
        for part in (self.plate, *(self.buttons[key] for key in _OF_REGISTER)):
            self.registered.add(part)
        self.stack = QStackedWidget()
        for content in (self.now, self.book, self.registered):
            card = Card(self.theme, pad_mm=2)
            card.body.addWidget(content, 1)
            self.stack.addWidget(card)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(left, 3)
        across.addWidget(self.stack, 5)
        self.body.addWidget(self.tabs)
        self.body.addLayout(across, 1)
        for button in (self.trail, self.note):
            self.footer.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.new, 1)
        self.footer.setAlignment(Qt.AlignmentFlag.AlignLeft)

    # --- reading ------------------------------------------------------------------------------------------------------

    @override
    def enter(self, about: str = "") -> None:
        if about:
            self._wanted = about
        self._again.start()
        super().enter(about)

    @override
    def leave(self) -> None:
        self._again.stop()

    @override
    def load(self, token: str | None) -> EquipmentData:
        station = self.client.station
        rows = station.read(equipment_list, token)
        one = next((row for row in rows if row.equipment_id == self._wanted), next(iter(rows), None))
        verdicts = {"new": _role_only(station.preflight(self._forms.blank(self.client.info.line), token))}
        if one is None:
            return EquipmentData(rows, None, (), verdicts)
        book = station.read(equipment_logbook, token, equipment_id=one.equipment_id, newest=_NEWEST)
        verdicts |= self.client.verdicts(self._probes(one), token)
        return EquipmentData(rows, one, book, verdicts)

    @staticmethod
    def _probes(one: EquipmentRow) -> dict[str, Command]:
        """What may be asked about a unit, as it would be asked."""
        id_ = one.equipment_id
        return {
            "begin": BeginCleaning(equipment_id=id_),
            "finish": FinishCleaning(
                equipment_id=id_, procedure=one.procedure, procedure_version=one.procedure_version, agent=_ANY, reason=_ANY
            ),
            "check": CheckCleaning(equipment_id=id_),
            "dirty": ReportDirty(equipment_id=id_, reason=_ANY),
            "maintain": BeginMaintenance(equipment_id=id_, reason=_ANY),
            "return": EndMaintenance(equipment_id=id_, work=_ANY),
            "note": NoteInLogbook(note_id=_ANY, equipment_id=id_, text=_ANY, reason=_ANY),
            "change": EquipmentForms.changed(one, reason=_ANY),
            "retire": RetireEquipment(equipment_id=id_, reason=_ANY),
        }  # fmt: skip

    # --- showing ------------------------------------------------------------------------------------------------------

    @override
    def show_data(self, data: EquipmentData) -> None:
        self._data = data
        self._wanted = "" if data.chosen is None else data.chosen.equipment_id
        self.model.show_rows(data.rows)
        ids = [row.equipment_id for row in data.rows]
        if self._wanted in ids:
            self.table.choose(ids.index(self._wanted))
        for key, action in self.buttons.items():
            verdict = data.verdicts.get(key)
            action.setVisible(data.chosen is not None and not out_of_role(verdict))
            action.set_verdict(verdict)
        self._order_offers()
        self.note.setVisible(data.chosen is not None and data.verdicts.get("note") is None)
        self.trail.setVisible(data.chosen is not None)
        self.new.setVisible(not out_of_role(data.verdicts.get("new")))
        self.new.set_verdict(data.verdicts.get("new"))
        self._show_unit(data.chosen)
        self._show_book(data)

    def _order_offers(self) -> None:
        """What can be done now stands above what cannot."""
        offers = [one for key, one in self.buttons.items() if key not in _OF_REGISTER]
        for place, action in enumerate(sorted(offers, key=lambda one: one.blocked)):
            self.now.column.removeWidget(action)
            self.now.column.insertWidget(_ABOVE_OFFERS + place, action)

    def _show_unit(self, one: EquipmentRow | None) -> None:
        self.sign_mark.setVisible(one is not None and bool(letter_of(one.status)))
        if one is None:
            self.status.setText(self.tr("No equipment is registered here."))
            self.facts.setText("")
            self.plate.setText("")
            return
        if self.sign_mark.letter is not letter_of(one.status):
            self.sign_mark.letter = letter_of(one.status)
            self.sign_mark.update()
        self.status.setText(
            self.tr("{unit} {title}: {status}").format(unit=one.equipment_id, title=one.title, status=self._words.status(one.status))
        )
        self.facts.setText("\n".join(self._standing(one)))
        self.plate.setText("\n".join(self._plate(one)))

    def _standing(self, one: EquipmentRow) -> list[str]:
        words = []
        if one.batch_no:
            words.append(self.tr("Used by batch {batch}. When the batch is complete it is dirty.").format(batch=one.batch_no))
        if one.status in (Status.CLEAN, Status.HOLD_EXPIRED, Status.IN_USE):
            words.append(self.tr("Cleaned by {performer}, checked by {checker}").format(performer=one.cleaned_by, checker=one.checked_by))
        if one.clean_until_us is not None and one.status is Status.CLEAN:
            words.append(self.tr("Clean until {time}").format(time=self._time(one.clean_until_us)))
        if one.clean_until_us is not None and one.status is Status.HOLD_EXPIRED:
            words.append(
                self.tr("It was clean until {time}. Clean it again before it is used.").format(time=self._time(one.clean_until_us))
            )
        if one.status in (Status.BEING_CLEANED, Status.TO_CHECK):
            words.append(self.tr("Cleaning by {performer}").format(performer=one.cleaning_by))
        if one.dirty_until_us is not None and one.status is Status.DIRTY:
            words.append(self.tr("To be cleaned until {time}").format(time=self._time(one.dirty_until_us)))
        if not one.ever_clean:
            words.append(self.tr("It was never cleaned at this station."))
        if one.maintenance_by:
            words.append(
                self.tr("Taken out of service by {performer}: {reason}").format(performer=one.maintenance_by, reason=one.maintenance_reason)
            )
        return words

    def _plate(self, one: EquipmentRow) -> list[str]:
        needed = dict(self._words.uses()).get(one.needed_for, one.needed_for)
        return [
            self.tr("{kind}, line {line}, linked scale: {device}").format(
                kind=self._words.kind(one.kind), line=one.line, device=one.device_id or DASH
            ),
            self.tr("Needed for: {use}").format(use=needed),
            self.tr("Clean for {clean} h after the check, to be cleaned within {dirty} h").format(
                clean=one.clean_hold_hours, dirty=one.dirty_hold_hours
            ),
            self.tr("Cleaned by procedure {procedure}, version {version}").format(
                procedure=one.procedure, version=one.procedure_version
            ),
        ]  # fmt: skip

    def _show_book(self, data: EquipmentData) -> None:
        self.book.clear()
        for entry in reversed(data.book):
            self.book.add(Text(self._entry_words(entry), "small", wrap=True))
            self.book.add(rule())
        if len(data.book) == _NEWEST:
            self.book.add(Text(self.tr("Older entries: jope equipment logbook"), "quiet", wrap=True))
        if not data.book:
            self.book.add(Text(self.tr("Nothing is written in the logbook yet."), "quiet", wrap=True))

    def _entry_words(self, one: LogEntry) -> str:
        head = self.tr("{time}  {what}").format(time=self._time(one.utc_us), what=self._words.entry(one.what))
        if one.checked_by:
            people = self.tr("Performed by {performer}, checked by {checker}").format(performer=one.performed_by, checker=one.checked_by)
        else:
            people = self.tr("Performed by {performer}").format(performer=one.performed_by)
        about = ", ".join(filter(None, (one.batch_no, one.product, one.lot)))
        return "\n".join(filter(None, (head, about, people, one.detail)))

    def _time(self, utc_us: int) -> str:
        return unbroken(site_text(utc_us, self.client.info.zone))

    # --- choosing -----------------------------------------------------------------------------------------------------

    def _on_view_chosen(self) -> None:
        self.stack.setCurrentIndex(list(self.tabs.buttons).index(self.tabs.value))

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and self.model.rows[rows[0].row()].equipment_id != self._wanted:
            self._wanted = self.model.rows[rows[0].row()].equipment_id
            self._show_unit(self.model.rows[rows[0].row()])
            self.refresh()

    # --- asking -------------------------------------------------------------------------------------------------------

    @property
    def unit_id(self) -> str:
        """The unit whose actions are offered; empty while another one is read."""
        one = self._chosen()
        return "" if one is None or one.equipment_id != self._wanted else one.equipment_id

    def _chosen(self) -> EquipmentRow | None:
        return None if self._data is None else self._data.chosen

    def _sheet(self, key: str, title: str, words: str, verb: str, entries: tuple[Entry, ...]) -> EntrySheet:
        self.notice.hide()
        return EntrySheet(self.desk.host, self.theme, name=f"equipment-{key}-sheet", title=title, words=words, verb=verb, entries=entries)

    def _then_sign(self, sheet: EntrySheet, make: Callable[[Mapping[str, str]], Command], *, second_person: bool = False) -> None:
        """Close the sheet with what it collected and let the command be signed."""

        def given(values: Mapping[str, str]) -> None:
            sheet.close_sheet()
            self.sign(make(values), second_person=second_person)

        sheet.given.connect(given)
        sheet.open()

    def _on_finish_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            words = self.tr("Sign what you cleaned it with. Another person checks it before it is used.")
            title = self.tr("Cleaning of {unit}").format(unit=one.equipment_id)
            sheet = self._sheet("finish", title, words, self.tr("Sign cleaning"), self._forms.cleaning(one))
            self._then_sign(sheet, lambda values: FinishCleaning(equipment_id=one.equipment_id, **values))

    def _on_check_triggered(self) -> None:
        self.sign(CheckCleaning(equipment_id=self._wanted), second_person=True)

    def _with_reason(self, key: str, words: str, verb: str, make: Callable[[str, str], Command]) -> None:
        one = self._chosen()
        if one is not None:
            sheet = self._sheet(key, f"{verb}: {one.equipment_id}", words, verb, (Entry("reason", self.tr("Reason")),))
            self.collect(sheet, lambda values: make(one.equipment_id, values["reason"]))

    def _on_dirty_triggered(self) -> None:
        words = self.tr("It needs cleaning before it is used, at once. A cleaning that was not checked yet counts for nothing.")
        self._with_reason("dirty", words, self.tr("Report as dirty"), lambda unit, why: ReportDirty(equipment_id=unit, reason=why))

    def _on_maintain_triggered(self) -> None:
        words = self.tr("It is out of service at once, also for a running batch. Another person returns it; then it is cleaned.")
        self._with_reason(
            "maintain", words, self.tr("Begin maintenance"), lambda unit, why: BeginMaintenance(equipment_id=unit, reason=why)
        )

    def _on_return_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            words = self.tr("Another person than the one who took it out signs what was done. It is dirty then.")
            title = self.tr("Return {unit}").format(unit=one.equipment_id)
            sheet = self._sheet("return", title, words, self.tr("End maintenance"), (Entry("work", self.tr("Work done")),))
            self._then_sign(sheet, lambda values: EndMaintenance(equipment_id=one.equipment_id, **values), second_person=True)

    def _on_note_clicked(self) -> None:
        one = self._chosen()
        if one is not None:
            words = self.tr("Steps write the logbook themselves. An entry by hand says why no step wrote it, and is signed.")
            title = self.tr("Entry for {unit}").format(unit=one.equipment_id)
            entries = (Entry("text", self.tr("Entry")), Entry("reason", self.tr("Why by hand")))
            sheet = self._sheet("note", title, words, self.tr("Sign entry"), entries)
            self._then_sign(sheet, lambda values: NoteInLogbook(note_id=new_id(), equipment_id=one.equipment_id, **values))

    def _on_new_triggered(self) -> None:
        words = self.tr("The unit comes in when another person approves it. It begins dirty.")
        sheet = self._sheet("new", self.tr("New unit"), words, self.tr("Ask for it"), self._forms.unit(self.client.info.line))
        self.collect(sheet, self._forms.new_unit)

    def _on_change_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            words = self.tr("It changes when another person approves it. A longer clean hold counts from the next cleaning on.")
            title = self.tr("Change {unit}").format(unit=one.equipment_id)
            sheet = self._sheet("change", title, words, self.tr("Ask for it"), self._forms.change(one))
            self.collect(sheet, lambda values: self._forms.changed(one, **values))

    def _on_retire_triggered(self) -> None:
        words = self.tr("It leaves the line for good once another person approves it. Its logbook stays.")
        self._with_reason("retire", words, self.tr("Retire unit"), lambda unit, why: RetireEquipment(equipment_id=unit, reason=why))


def _role_only(verdict: GuardVerdict | None) -> GuardVerdict | None:
    """What stands against the person, not against what has not been entered yet."""
    return verdict if out_of_role(verdict) else None
