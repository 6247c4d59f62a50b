"""The batch: its steps, its signatures, and the one next action."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from jope.compliance.commands import Command, GuardVerdict
from jope.plant.batches.commands import CompleteBatch, HoldBatch, ReleaseBatchToFloor, RestartBatch, ReviewBatch, StartBatch
from jope.plant.batches.queries import BatchView, batch_detail, clearance
from jope.plant.weighing.queries import dispensing
from jope_ui.dialogs.reason import ReasonSheet
from jope_ui.viewmodels.next_step import NextStep, next_step
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn
from jope_ui.widgets.labels import NO_BREAK, Identifier, Text, hash_head, quantity_text
from jope_ui.widgets.signature_block import SignatureBlock
from jope_ui.widgets.state_words import StateWords, plain_state
from jope_ui.widgets.stepper import Stepper


@dataclass(frozen=True, slots=True)
class BatchData:
    """What one read brings."""

    view: BatchView
    step: NextStep
    verdict: GuardVerdict | None
    hold: GuardVerdict | None


class BatchPage(Page):
    """One batch from plan to release."""

    kinds: ClassVar[frozenset[str]] = frozenset({"batch", "weighing", "signature", "clearance", "equipment"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="batch")
        self._words = StateWords(self)
        self._data: BatchData | None = None
        self.number = Identifier("", "title")
        self.product = Text("", "strong", wrap=True)
        self.facts = Text("", "quiet", wrap=True)
        self.state = Identifier("", "title")
        self.stepper = Stepper(self.theme)
        self.signatures = ScrollColumn(self.theme, name="signatures")
        self.formulation = ScrollColumn(self.theme, name="formulation")
        self.hold = BlockedAction(self.tr("Hold batch"), self.theme, role="plain", size="sign", name="batch-hold", place="left")
        self.print = Button(self.tr("Print record"), name="batch-print")
        self.trail = Button(self.tr("Audit trail"), name="batch-trail")
        self.next = BlockedAction("", self.theme, name="batch-next")
        self._lay_out()
        self.hold.triggered.connect(self._on_hold_triggered)
        self.print.clicked.connect(self._on_print_clicked)
        self.trail.clicked.connect(lambda: self.desk.go("audit", self.client.batch_no))
        self.next.triggered.connect(self._on_next_triggered)

    def _lay_out(self) -> None:
        head = Card(self.theme)
        words = QVBoxLayout()
        self.theme.space(words, gap_mm=0.3)
        words.addWidget(self.product)
        words.addWidget(self.facts)
        top = QHBoxLayout()
        self.theme.space(top, gap_mm=5)
        top.addWidget(self.number)
        top.addLayout(words, 1)
        top.addWidget(self.state)
        head.body.addLayout(top)
        steps = Card(self.theme, pad_mm=2.5)
        holder = ScrollColumn(self.theme, name="steps")
        holder.add(self.stepper)
        steps.body.addWidget(holder, 1)
        signed = Card(self.theme, self.tr("Signatures"))
        signed.body.addWidget(self.signatures, 1)
        formula = Card(self.theme, self.tr("Formulation"))
        formula.body.addWidget(self.formulation, 1)
        right = QVBoxLayout()
        self.theme.space(right, gap_mm=2.5)
        right.addWidget(formula, 1)
        right.addWidget(signed, 1)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(steps, 7)
        across.addLayout(right, 5)
        self.body.addWidget(head)
        self.body.addLayout(across, 1)
        self.footer.addWidget(self.print, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.trail, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.hold)
        self.footer.addWidget(self.next, 1)

    @override
    def refresh(self) -> None:
        if self.client.batch_no:
            super().refresh()
        else:
            self.on_missing()

    @override
    def on_missing(self) -> None:
        self.desk.go("overview", "")

    @override
    def load(self, token: str | None) -> BatchData:
        station, batch_no = self.client.station, self.client.batch_no
        view = station.read(batch_detail, token, batch_no=batch_no)
        started = view.started_utc_us is not None
        step = next_step(
            view,
            station.read(clearance, token, batch_no=batch_no),
            station.read(dispensing, token, batch_no=batch_no) if started else None,
        )
        command = _command_of(step, batch_no)
        verdict = station.preflight(command, token) if command is not None else None
        return BatchData(view, step, verdict, station.preflight(HoldBatch(batch_no=batch_no, reason=""), token))

    @override
    def show_data(self, data: BatchData) -> None:
        self._data = data
        view = data.view
        self.number.setText(view.batch_no)
        self.product.setText(view.product)
        self.facts.setText(self._facts(view))
        record = self._words.record(view.record_state)
        running = plain_state(view.record_state) == "inexecution"
        self.state.setText(self._words.procedure(view.procedure_state) if running else record)
        self.stepper.show_steps(view.steps)
        self._show_signatures(view)
        self._show_formulation(view)
        self.hold.setVisible(running and data.step is not NextStep.RESTART and not out_of_role(data.hold))
        self.hold.set_verdict(data.hold)
        self.print.setVisible(data.step is not NextStep.PRINT)
        self.next.offer(self._next_text(data.step))
        self.next.set_verdict(data.verdict)

    def _facts(self, view: BatchView) -> str:
        parts = [
            f"{view.recipe_id}{NO_BREAK}v{view.recipe_version}",
            self.tr("lot {lot}").format(lot=view.product_lot),
        ]
        if view.formulation_hash:
            parts.append(self.tr("formulation {hash}").format(hash=hash_head(view.formulation_hash)))
        return " · ".join(part.replace(" ", NO_BREAK) for part in parts)

    def _show_signatures(self, view: BatchView) -> None:
        self.signatures.clear()
        if not view.signatures:
            self.signatures.add(Text(self.tr("None yet"), "quiet"))
        for signature in reversed(view.signatures):
            block = SignatureBlock(self.theme)
            block.show_signature(signature)
            self.signatures.add(block)

    def _show_formulation(self, view: BatchView) -> None:
        self.formulation.clear()
        for line in view.formulation:
            holder = Card(self.theme, role="row", pad_mm=0.3, gap_mm=0.2)
            across = QHBoxLayout()
            self.theme.space(across, gap_mm=2)
            across.addWidget(Text(line.material_name, "small", wrap=True), 1)
            across.addWidget(Identifier(quantity_text(line.target, line.unit), "strong"))
            holder.body.addLayout(across)
            self.formulation.add(holder)

    def _next_text(self, step: NextStep) -> str:
        return {
            NextStep.RELEASE_TO_FLOOR: self.tr("Release to floor"),
            NextStep.CLEARANCE: self.tr("Go to clearance"),
            NextStep.START: self.tr("Start batch"),
            NextStep.DISPENSE: self.tr("Go to dispensing"),
            NextStep.COMPLETE: self.tr("Complete batch"),
            NextStep.RESTART: self.tr("Restart batch"),
            NextStep.REVIEW: self.tr("Review record"),
            NextStep.RELEASE: self.tr("Go to release"),
            NextStep.PRINT: self.tr("Print record"),
        }[step]

    def _on_next_triggered(self) -> None:
        if self._data is None:
            return
        step, batch_no = self._data.step, self.client.batch_no
        pages = {NextStep.CLEARANCE: "clearance", NextStep.DISPENSE: "dispensing", NextStep.RELEASE: "release"}
        if step in pages:
            self.desk.go(pages[step], "")
        elif step is NextStep.PRINT:
            self._on_print_clicked()
        elif step is NextStep.RESTART:
            self._ask_reason(restart=True)
        else:
            command = _command_of(step, batch_no)
            if step is NextStep.RELEASE_TO_FLOOR and command is not None:
                self.send(command)
            elif command is not None:
                self.sign(command)

    def _on_hold_triggered(self) -> None:
        self._ask_reason(restart=False)

    def _ask_reason(self, *, restart: bool) -> None:
        batch_no = self.client.batch_no
        sheet = ReasonSheet(
            self.desk.host,
            self.theme,
            self.client.session,
            place=f"{'restart' if restart else 'hold'}:{batch_no}",
            title=(self.tr("Restart batch {batch}") if restart else self.tr("Hold batch {batch}")).format(batch=batch_no),
            loss=self.tr("The batch goes on where it was held.")
            if restart
            else self.tr("Dispensing stops at once. A second person restarts it."),
            verb=self.tr("Restart batch") if restart else self.tr("Hold batch"),
        )

        def given(reason: str) -> None:
            sheet.close_sheet()
            command: Command = RestartBatch(batch_no=batch_no, reason=reason) if restart else HoldBatch(batch_no=batch_no, reason=reason)
            self.sign(command)

        sheet.given.connect(given)
        sheet.open()

    def _on_print_clicked(self) -> None:
        batch_no, token = self.client.batch_no, self.client.session.token
        path = self.client.print_folder / f"{batch_no}.pdf"
        self.print.setEnabled(False)
        self.client.commands.run(
            lambda: self.client.station.print_batch_record(batch_no, token, path), self._on_printed, self._on_print_failed
        )

    def _on_printed(self, path: Path) -> None:
        self.print.setEnabled(True)
        self.notice.confirm(self.tr("The batch record was written."), str(path))

    def _on_print_failed(self, error: Any) -> None:
        self.print.setEnabled(True)
        self.notice.refuse(error)


def _command_of(step: NextStep, batch_no: str) -> Command | None:
    match step:
        case NextStep.RELEASE_TO_FLOOR:
            return ReleaseBatchToFloor(batch_no=batch_no)
        case NextStep.START:
            return StartBatch(batch_no=batch_no)
        case NextStep.COMPLETE:
            return CompleteBatch(batch_no=batch_no)
        case NextStep.RESTART:
            return RestartBatch(batch_no=batch_no, reason="")
        case NextStep.REVIEW:
            return ReviewBatch(batch_no=batch_no)
        case _:
            return None
