"""Materials: each lot with its standing, containers, movements and genealogy, and what may be done with it now (URS E11, F05, G04, G05)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget
from typing_extensions import override

from jope.compliance.commands import Command, GuardVerdict
from jope.kernel.clock import site_text
from jope.plant.materials.commands import (
    EnterAnalysis,
    ExtendRetest,
    FileCertificate,
    HoldLot,
    RejectLot,
    ReleaseLot,
    ReserveLot,
    ResumeLot,
    VoidLot,
)
from jope.plant.materials.queries import Genealogy, LotRow, LotView, genealogy, lot_detail, lot_list
from jope_ui.bridge.files import content_of
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn, rule
from jope_ui.widgets.labels import DASH, Text, unbroken
from jope_ui.widgets.lot_words import LotWords
from jope_ui.widgets.tables import Column, Table, TupleModel
from jope_ui.widgets.tabs import Tabs

_ANY: Final = "-"
_ABOVE_OFFERS: Final = 2
"""The standing, and the facts."""


@dataclass(frozen=True, slots=True)
class MaterialsData:
    """What one read brings. ``verdicts`` by the key of the action."""

    rows: tuple[LotRow, ...]
    view: LotView | None
    forward: Genealogy | None
    back: Genealogy | None
    verdicts: Mapping[str, GuardVerdict | None]


class MaterialsPage(Page):
    """Choose a lot, then see how it stands, what moved, where it came from and went, and what may be done."""

    kinds: ClassVar[frozenset[str]] = frozenset(
        {"lot", "lot_certificate", "lot_analysis", "lot_hold", "lot_retest", "lot_void", "stock_movement", "weighing", "batch"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="materials")
        self._words = LotWords(self)
        self._wanted = ""
        self._data: MaterialsData | None = None
        tabs = (("now", self.tr("Status")), ("moved", self.tr("Movements")), ("traced", self.tr("Genealogy")))
        self.tabs = Tabs(self.theme, tabs, name="materials-view")
        columns = (
            Column(self.tr("Lot"), lambda one: str(one.lot_no)),
            Column(self.tr("Status"), lambda one: self._words.standing(one.standing)),
            Column(self.tr("Material"), lambda one: str(one.material), wide=True),
            Column(self.tr("Expiry"), lambda one: str(one.expiry)),
            Column(self.tr("Left"), lambda one: unbroken(f"{one.remaining} {one.unit}")),
        )
        self.model = TupleModel(columns)
        self.table = Table(self.theme, name="materials-table", spoken=self.tr("Lots"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.table.spare(2, content=True)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.status = Text("", "strong", wrap=True)
        self.status.setObjectName("materials-status")
        self.facts = Text("", "small", wrap=True)
        self.facts.setObjectName("materials-facts")
        self.now = ScrollColumn(self.theme, name="materials-now", gap_mm=2)
        self.moved = ScrollColumn(self.theme, name="materials-moved")
        self.traced = ScrollColumn(self.theme, name="materials-traced")
        self.buttons: dict[str, BlockedAction] = {}
        self._verbs = {key: text for key, text, _ in self._offered()}
        for key, text, work in self._offered():
            action = BlockedAction(text, self.theme, role="plain", size="dense", name=f"materials-{key}", place="above")
            action.triggered.connect(work)
            self.buttons[key] = action
        self.trail = Button(self.tr("Audit trail"), name="materials-trail")
        self._lay_out()
        self.tabs.chosen.connect(lambda _: self._on_view_chosen())
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.trail.clicked.connect(lambda: self.desk.go("audit", f"lot:{self._wanted}"))

    def _offered(self) -> tuple[tuple[str, str, Callable[[], None]], ...]:
        return (
            ("certificate", self.tr("File certificate"), self._on_certificate_triggered),
            ("analysis", self.tr("Enter analysis"), self._on_analysis_triggered),
            ("release", self.tr("Release lot"), lambda: self.send(ReleaseLot(lot_no=self._wanted))),
            ("hold", self.tr("Put on hold"), self._on_hold_triggered),
            ("resume", self.tr("Resume lot"), self._on_resume_triggered),
            ("reject", self.tr("Reject lot"), self._on_reject_triggered),
            ("retest", self.tr("Extend retest date"), self._on_retest_triggered),
            ("reserve", self.tr("Reserve for a batch"), self._on_reserve_triggered),
            ("free", self.tr("Free reservation"), self._on_free_triggered),
            ("void", self.tr("Void lot"), self._on_void_triggered),
        )

    def _lay_out(self) -> None:
        left = Card(self.theme, pad_mm=1.5)
        left.body.addWidget(self.table, 1)
        for part in (self.status, self.facts, *self.buttons.values()):
            self.now.add(part)
        self.stack = QStackedWidget()
        for content in (self.now, self.moved, self.traced):
            card = Card(self.theme, pad_mm=2)
            card.body.addWidget(content, 1)
            self.stack.addWidget(card)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(left, 6)
        across.addWidget(self.stack, 5)
        self.body.addWidget(self.tabs)
        self.body.addLayout(across, 1)
        self.footer.addWidget(self.trail, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addStretch(1)

    # --- reading ------------------------------------------------------------------------------------------------------

    @override
    def enter(self, about: str = "") -> None:
        if about:
            self._wanted = about
        super().enter(about)

    @override
    def load(self, token: str | None) -> MaterialsData:
        station = self.client.station
        rows = station.read(lot_list, token)
        one = next((row for row in rows if row.lot_no == self._wanted), next(iter(rows), None))
        if one is None:
            return MaterialsData(rows, None, None, None, {})
        view = station.read(lot_detail, token, lot_no=one.lot_no)
        forward, back = (station.read(genealogy, token, lot_no=one.lot_no, back=way) for way in (False, True))
        return MaterialsData(rows, view, forward, back, self.client.verdicts(self._probes(one), token))

    @staticmethod
    def _probes(one: LotRow) -> dict[str, Command]:
        """What may be asked about a lot, as it would be asked."""
        no = one.lot_no
        return {
            "analysis": EnterAnalysis(lot_no=no, potency="100", moisture=""),
            "release": ReleaseLot(lot_no=no),
            "hold": HoldLot(lot_no=no, reason=_ANY),
            "resume": ResumeLot(lot_no=no, finding=_ANY),
            "reject": RejectLot(lot_no=no, reason=_ANY),
            "retest": ExtendRetest(lot_no=no, retest=one.expiry, reason=_ANY),
            "free": ReserveLot(lot_no=no, batch_no="", reason=_ANY),
            "void": VoidLot(lot_no=no, reason=_ANY),
        }

    # --- showing ------------------------------------------------------------------------------------------------------

    @override
    def show_data(self, data: MaterialsData) -> None:
        self._data = data
        self._wanted = "" if data.view is None else data.view.lot.lot_no
        self.model.show_rows(data.rows)
        numbers = [row.lot_no for row in data.rows]
        if self._wanted in numbers:
            self.table.choose(numbers.index(self._wanted))
        verdicts = dict(data.verdicts)
        for like, key in (("analysis", "certificate"), ("free", "reserve")):
            asked = verdicts.get(like)
            verdicts[key] = asked if out_of_role(asked) or like == "analysis" else None
        for key, action in self.buttons.items():
            verdict = verdicts.get(key)
            action.setVisible(data.view is not None and not out_of_role(verdict))
            action.set_verdict(verdict)
        self._order_offers()
        self.trail.setVisible(data.view is not None)
        self._show_lot(data.view)
        self._show_movements(data.view)
        self._show_genealogy(data)

    def _order_offers(self) -> None:
        """What can be done now stands above what cannot."""
        for place, action in enumerate(sorted(self.buttons.values(), key=lambda one: one.blocked)):
            self.now.column.removeWidget(action)
            self.now.column.insertWidget(_ABOVE_OFFERS + place, action)

    def _show_lot(self, view: LotView | None) -> None:
        if view is None:
            self.status.setText(self.tr("No lot is received here."))
            self.facts.setText("")
            return
        one = view.lot
        self.status.setText(
            self.tr("{lot}, {material}: {status}").format(lot=one.lot_no, material=one.material, status=self._words.standing(one.standing))
        )
        self.facts.setText("\n".join(self._facts(view)))

    def _facts(self, view: LotView) -> list[str]:
        one = view.lot
        words = [
            self.tr("Received {quantity} {unit} under {number}, left {remaining} {unit}").format(
                quantity=one.quantity, unit=one.unit, number=one.receiving_no, remaining=one.remaining
            ),
            self.tr("Expiry {expiry}, retest {retest}").format(expiry=one.expiry, retest=one.retest or DASH),
            self.tr("Certificate: {name}").format(name=one.certificate or self.tr("none")),
        ]
        if one.held_by:
            words.append(self.tr("On hold by {person}: {reason}").format(person=one.held_by, reason=one.hold_reason))
        if one.reserved_for:
            words.append(self.tr("Reserved for batch {batch}").format(batch=one.reserved_for))
        if one.made_by:
            words.append(self.tr("Product of batch {batch}").format(batch=one.made_by))
        words += [
            self.tr("Potency {potency} %, moisture {moisture} %, entered by {person}, checked by {checker}").format(
                potency=row.potency or DASH, moisture=row.moisture or DASH, person=row.entered_by, checker=row.checked_by or DASH
            )
            for row in view.analyses
        ]
        words += [
            self.tr("Container {number}: {remaining} of {quantity} {unit}, tare {tare}").format(
                number=row.number, remaining=row.remaining, quantity=row.quantity, unit=row.unit, tare=row.tare or DASH
            )
            for row in view.containers
        ]
        return words

    def _show_movements(self, view: LotView | None) -> None:
        self.moved.clear()
        for row in reversed(view.movements if view is not None else ()):
            head = self.tr("{time}  {what}: {quantity} {unit}, container {number}, then left {remaining}").format(
                time=unbroken(site_text(row.moved_us, self.client.info.zone)), what=self._words.movement(row.kind), quantity=row.quantity,
                unit=row.unit, number=row.container, remaining=row.remaining,
            )  # fmt: skip
            about = ", ".join(filter(None, (row.batch_no, row.moved_by, row.reason)))
            self.moved.add(Text(f"{head}\n{about}", "small", wrap=True))
            self.moved.add(rule())

    def _show_genealogy(self, data: MaterialsData) -> None:
        self.traced.clear()
        for title, found in ((self.tr("Where it went"), data.forward), (self.tr("Where it came from"), data.back)):
            if found is None:
                continue
            self.traced.add(Text(title, "strong", wrap=True))
            for use in found.uses:
                text = self.tr("{lot} into batch {batch} ({product}, {state}): {issued} g issued, {returned} g returned").format(
                    lot=use.lot_no,
                    batch=use.batch_no,
                    product=use.product,
                    state=use.record_state,
                    issued=use.issued,
                    returned=use.returned,
                )
                made = self.tr("Product lots: {lots}").format(lots=use.product_lots) if use.product_lots else ""
                self.traced.add(Text("\n".join(filter(None, (text, made))), "small", wrap=True))
            if not found.uses:
                self.traced.add(Text(self.tr("No batch."), "quiet", wrap=True))
            for lot in found.lots:
                balance = self.tr("{lot}: {received} g received, {out} g to batches, {lost} g samples and waste, {left} g left").format(
                    lot=lot.lot_no, received=lot.received, out=lot.to_batches, lost=lot.samples_and_waste, left=lot.remaining
                )
                state = self.tr("balanced") if lot.balanced else self.tr("not balanced for what you see")
                self.traced.add(Text(f"{balance}: {state}", "quiet", wrap=True))
            self.traced.add(rule())

    # --- choosing and asking ------------------------------------------------------------------------------------------

    def _on_view_chosen(self) -> None:
        self.stack.setCurrentIndex(list(self.tabs.buttons).index(self.tabs.value))

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and self.model.rows[rows[0].row()].lot_no != self._wanted:
            self._wanted = self.model.rows[rows[0].row()].lot_no
            self.refresh()

    def _sheet(self, key: str, words: str, entries: tuple[Entry, ...]) -> EntrySheet:
        self.notice.hide()
        verb = self._verbs[key]
        title = f"{verb}: {self._wanted}"
        return EntrySheet(self.desk.host, self.theme, name=f"materials-{key}-sheet", title=title, words=words, verb=verb, entries=entries)

    def _reason(self) -> tuple[Entry, ...]:
        return (Entry("reason", self.tr("Reason")),)

    def _then_sign(self, sheet: EntrySheet, make: Callable[[Mapping[str, str]], Command]) -> None:
        def given(values: Mapping[str, str]) -> None:
            sheet.close_sheet()
            self.sign(make(values))

        sheet.given.connect(given)
        sheet.open()

    def _on_certificate_triggered(self) -> None:
        words = self.tr("Name the PDF. A certificate that is empty, encrypted or unreadable is refused; the lot stays in quarantine.")
        sheet, lot_no, station = self._sheet("certificate", words, (Entry("file", self.tr("File")),)), self._wanted, self.client.station

        def given(values: Mapping[str, str]) -> None:
            path = Path(values["file"]).expanduser()
            self.client.read(
                lambda token: station.keep_document(content_of(path), token), lambda digest: file(path.name, digest), sheet.refuse
            )

        def file(name: str, digest: str) -> None:
            command = FileCertificate(lot_no=lot_no, document_name=name, document_hash=digest)
            self.client.dispatch(command, done, sheet.refuse)

        def done(result: object) -> None:
            sheet.close_sheet()
            self.on_done(result)

        sheet.given.connect(given)
        sheet.open()

    def _on_analysis_triggered(self) -> None:
        words = self.tr("Enter what the certificate states. Another person checks it before the lot is released.")
        entries = (Entry("potency", self.tr("Potency (%)"), needed=False), Entry("moisture", self.tr("Moisture (%)"), needed=False))
        lot_no = self._wanted
        self.collect(self._sheet("analysis", words, entries), lambda values: EnterAnalysis(lot_no=lot_no, **values))

    def _on_hold_triggered(self) -> None:
        words, lot_no = self.tr("Nobody takes of it from now on. Another person resumes it."), self._wanted
        self.collect(self._sheet("hold", words, self._reason()), lambda values: HoldLot(lot_no=lot_no, reason=values["reason"]))

    def _on_reject_triggered(self) -> None:
        words, lot_no = self.tr("A rejected lot stays rejected."), self._wanted
        self.collect(self._sheet("reject", words, self._reason()), lambda values: RejectLot(lot_no=lot_no, reason=values["reason"]))

    def _on_resume_triggered(self) -> None:
        words, lot_no = self.tr("Write what was found and sign. The lot stands as before."), self._wanted
        sheet = self._sheet("resume", words, (Entry("finding", self.tr("Finding")),))
        self._then_sign(sheet, lambda values: ResumeLot(lot_no=lot_no, finding=values["finding"]))

    def _on_retest_triggered(self) -> None:
        words, lot_no = self.tr("The lot may be used until this day, as far as its expiry allows."), self._wanted
        sheet = self._sheet("retest", words, (Entry("retest", self.tr("Retest date (YYYY-MM-DD)")), *self._reason()))
        self._then_sign(sheet, lambda values: ExtendRetest(lot_no=lot_no, **values))

    def _on_reserve_triggered(self) -> None:
        words, lot_no = self.tr("No other batch takes of it."), self._wanted
        sheet = self._sheet("reserve", words, (Entry("batch_no", self.tr("Batch number")), *self._reason()))
        self.collect(sheet, lambda values: ReserveLot(lot_no=lot_no, **values))

    def _on_free_triggered(self) -> None:
        words, lot_no = self.tr("Every batch may take of it."), self._wanted
        sheet = self._sheet("free", words, self._reason())
        self.collect(sheet, lambda values: ReserveLot(lot_no=lot_no, batch_no="", reason=values["reason"]))

    def _on_void_triggered(self) -> None:
        words, lot_no = self.tr("Only what was opened in error and never used is voided. Its number stays taken."), self._wanted
        self._then_sign(self._sheet("void", words, self._reason()), lambda values: VoidLot(lot_no=lot_no, reason=values["reason"]))
