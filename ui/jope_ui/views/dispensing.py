"""Dispensing: the lot is scanned, the weight is taken from the scale, a second person verifies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout
from typing_extensions import override

from jope.compliance.commands import Command, GuardVerdict
from jope.kernel.errors import JopeError, OutOfTurnError, QuantityError
from jope.kernel.ids import new_id
from jope.plant.devices.ports import ActionReceipt, ScaleAction
from jope.plant.weighing.commands import AcceptWeight, FinishMaterial, IdentifyLot, VerifyContainer, VerifyMaterial
from jope.plant.weighing.queries import DispensingView, MaterialStepView, WeighingView, dispensing
from jope.services.reporting.labels.queries import LabelRow, labels_of_batch
from jope_ui.bridge.live import LiveValue
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.dialogs.label import LabelSheet
from jope_ui.dialogs.type_lot import TypeLotSheet
from jope_ui.viewmodels.dispensing import Due, Scene, scene
from jope_ui.viewmodels.weighing_bar import BarScale
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.attempts import Attempts
from jope_ui.widgets.bar import BigBar
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.labels import NO_BREAK, Identifier, Text
from jope_ui.widgets.lot_scan import LotScan
from jope_ui.widgets.material_strip import MaterialStrip
from jope_ui.widgets.signature_block import SignatureBlock
from jope_ui.widgets.state_words import StateWords, plain_state

ROOMY_MM = 140.0


@dataclass(frozen=True, slots=True)
class DispensingData:
    """What one read brings. ``verdict`` stands against the operator's own next command."""

    view: DispensingView
    scene: Scene
    verdict: GuardVerdict | None
    labels: tuple[LabelRow, ...]


class DispensingPage(Page):
    """One material at a time; the big bar leads to the target."""

    kinds: ClassVar[frozenset[str]] = frozenset({"batch", "weighing", "signature", "dispense", "equipment", "label_print"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="dispensing")
        self._words = StateWords(self)
        self._data: DispensingData | None = None
        self._device_id = ""
        self._scale: BarScale | None = None
        self.strip = MaterialStrip(self.theme)
        self.material = Text("", "title", wrap=True)
        self.code = Identifier("", "quiet")
        self.lot = Identifier("", "strong")
        self.scan = LotScan(self.theme)
        self.bar = BigBar(self.theme)
        self.performed = SignatureBlock(self.theme, self.tr("Performed"))
        self.verified = SignatureBlock(self.theme, self.tr("Verified"))
        self.attempts = Attempts(self.theme, self.client.info.zone)
        self.zero = Button(self.tr("Zero"), name="scale-zero")
        self.tare = Button(self.tr("Tare"), name="scale-tare")
        self.label = Button(self.tr("Print label"), name="dispensing-label")
        self.next = BlockedAction("", self.theme, name="dispensing-next")
        self._lay_out()
        self.notice.toggled.connect(self._on_notice_toggled)
        self.scan.changed.connect(self._check)
        self.scan.typing_asked.connect(self._on_typing_asked)
        self.zero.clicked.connect(lambda: self._act(ScaleAction.ZERO))
        self.tare.clicked.connect(lambda: self._act(ScaleAction.TARE))
        self.label.clicked.connect(self._on_label_clicked)
        self.next.triggered.connect(self._on_next_triggered)
        self.client.live.updated.connect(self._on_live_updated)

    def _lay_out(self) -> None:
        main = Card(self.theme, gap_mm=1)
        facts = QHBoxLayout()
        self.theme.space(facts, gap_mm=4)
        facts.addWidget(self.code)
        facts.addWidget(self.lot)
        facts.addStretch(1)
        main.body.addWidget(self.material)
        main.body.addLayout(facts)
        main.body.addStretch(1)
        main.body.addWidget(self.scan)
        main.body.addWidget(self.bar)
        main.body.addStretch(1)
        signed = QHBoxLayout()
        self.theme.space(signed, gap_mm=4)
        signed.addWidget(self.performed, 1)
        signed.addWidget(self.verified, 1)
        main.body.addLayout(signed)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(main, 8)
        across.addWidget(self.attempts, 5)
        self.body.addWidget(self.strip)
        self.body.addLayout(across, 1)
        self.footer.addWidget(self.zero)
        self.footer.addWidget(self.tare)
        self.footer.addWidget(self.label)
        self.footer.addWidget(self.next, 1)

    @property
    def device_id(self) -> str:
        """The scale that the page shows."""
        return self._device_id

    @override
    def leave(self) -> None:
        self._watch("")

    @override
    def refresh(self) -> None:
        if self.client.batch_no:
            super().refresh()
        else:
            self.desk.go("overview", "")

    @override
    def load(self, token: str | None) -> DispensingData:
        station, batch_no = self.client.station, self.client.batch_no
        view = station.read(dispensing, token, batch_no=batch_no)
        now = scene(view)
        command = _own_command(now, view, 0)
        labels = station.read(labels_of_batch, token, batch_no=batch_no)
        return DispensingData(view, now, station.preflight(command, token) if command is not None else None, labels)

    @override
    def show_data(self, data: DispensingData) -> None:
        self._data = data
        material = data.scene.material
        self.strip.show_materials(data.view.materials, material.position if material and data.scene.due is not Due.NOTHING else 0)
        if material is not None:
            self._show_material(material, data.scene.due, data.labels)
        self.label.setEnabled(bool(_containers(data.view)))
        for button in (self.zero, self.tare):
            button.setEnabled(data.scene.due in (Due.IDENTIFY, Due.WEIGH))
        self.next.offer(self._next_text(data.scene.due))
        self._check()
        self._watch(data.view.device_id)

    def _show_material(self, material: MaterialStepView, due: Due, labels: tuple[LabelRow, ...]) -> None:
        self.material.setText(material.material_name)
        self.code.setText(material.material_code.replace(" ", NO_BREAK))
        self.lot.setText(self.tr("Lot {lot}").format(lot=material.lot_no).replace(" ", NO_BREAK) if material.lot_no else "")
        self.lot.setVisible(bool(material.lot_no))
        if self.scan.isHidden() and due is Due.IDENTIFY:
            self.scan.start(material.material_name)
        self.scan.setVisible(due is Due.IDENTIFY)
        self.bar.setVisible(due is not Due.IDENTIFY)
        for block in (self.performed, self.verified):
            block.setVisible(due in (Due.FINISH, Due.VERIFY, Due.NOTHING))
        self.performed.show_signature(material.performed)
        self.verified.show_signature(material.verified)
        self.attempts.show_attempts(material.weighings, labels)
        try:
            self._scale = BarScale.of(material.target, material.low, material.high, material.unit)
        except QuantityError:
            self._scale = None
        self.bar.set_scale(self._scale)

    def _next_text(self, due: Due) -> str:
        return {
            Due.IDENTIFY: self.tr("Use this lot"),
            Due.WEIGH: self.tr("Accept weight"),
            Due.VERIFY_CONTAINER: self.tr("Second person verifies"),
            Due.FINISH: self.tr("Sign material"),
            Due.VERIFY: self.tr("Second person verifies"),
            Due.NOTHING: self.tr("Back to batch"),
        }[due]

    def _check(self) -> None:
        data = self._data
        if data is None:
            return
        due = data.scene.due
        running = plain_state(data.view.procedure_state) == "running"
        if not running and due is not Due.NOTHING:
            state = self._words.procedure(data.view.procedure_state)
            self.next.block(self.tr("The batch is {state}; dispensing waits until it runs.").format(state=state))
        elif due is Due.IDENTIFY and not self.scan.lot_no:
            self.next.block(self.tr("Scan the lot label."))
        elif data.verdict is not None and due in (Due.IDENTIFY, Due.WEIGH, Due.FINISH):
            self.next.set_verdict(data.verdict)
        else:
            self.next.block("")

    def _watch(self, device_id: str) -> None:
        if device_id != self._device_id:
            if self._device_id:
                self.client.live.unwatch(self._device_id)
            if device_id:
                self.client.live.watch(device_id)
            self._device_id = device_id

    def _on_live_updated(self, live: LiveValue) -> None:
        if live.device_id == self._device_id and self.isVisible():
            self.bar.show_value(live)
            self._check_live(live)

    def _check_live(self, live: LiveValue) -> None:
        data = self._data
        if data is None or data.scene.due is not Due.WEIGH or data.verdict is not None:
            return
        if live.reading is None or live.stale:
            self.next.block(self.tr("The scale sends no live value. Look at the scale and its cable."))
        else:
            self._check()

    def on_scanned(self, text: str) -> None:
        """A lot was scanned, whatever had the focus."""
        if self._data is not None and self._data.scene.due is Due.IDENTIFY:
            self.scan.take(text)

    def _on_notice_toggled(self, shown: bool) -> None:
        """On a small panel a notice takes the place of the strip, so that the bar keeps its size."""
        self.strip.setVisible(not shown or self.height() >= self.theme.px(ROOMY_MM))

    def _on_typing_asked(self) -> None:
        sheet = TypeLotSheet(self.desk.host, self.theme, material=self.material.text(), typed=self.scan.lot_no)
        sheet.given.connect(self.scan.take)
        sheet.open()

    def _on_label_clicked(self) -> None:
        data = self._data
        if data is None or not _containers(data.view):
            return
        self.notice.hide()
        sheet = LabelSheet(self.desk.host, self.client, batch_no=data.view.batch_no, line=data.view.line, weighings=_containers(data.view))
        sheet.resolved.connect(self.sign)
        sheet.open()

    def _act(self, action: ScaleAction) -> None:
        self.notice.hide()
        self.client.act_on_scale(self._device_id, action, self.client.batch_no, self._on_acted, self.notice.refuse)

    def _on_acted(self, receipt: ActionReceipt) -> None:
        done = self.tr("The scale is tared.") if receipt.action is ScaleAction.TARE else self.tr("The scale is at zero.")
        self.notice.confirm(done if receipt.done else self.tr("The scale did not do it."), receipt.detail)

    def _on_next_triggered(self) -> None:
        data = self._data
        if data is None or data.scene.material is None:
            return
        due, batch_no, position = data.scene.due, data.view.batch_no, data.scene.material.position
        if due is Due.NOTHING:
            self.desk.go("batch", "")
        elif due is Due.VERIFY_CONTAINER and data.scene.open_weighing is not None:
            self.sign(VerifyContainer(weighing_id=data.scene.open_weighing.weighing_id), second_person=True)
        elif due is Due.VERIFY:
            self.sign(VerifyMaterial(batch_no=batch_no, position=position), second_person=True)
        elif due is Due.FINISH:
            self.sign(FinishMaterial(batch_no=batch_no, position=position))
        elif due is Due.IDENTIFY:
            self._identify(batch_no, position)
        else:
            self._accept(data.view, position)

    def _identify(self, batch_no: str, position: int) -> None:
        """Use the scanned lot. Where another one expires first, say so and ask why this one is taken."""
        command = IdentifyLot(batch_no=batch_no, position=position, lot_no=self.scan.lot_no, container=self.scan.container)
        self.notice.hide()

        def refused(error: JopeError) -> None:
            if isinstance(error, OutOfTurnError):
                self._ask_reason(command, error)
            else:
                self.notice.refuse(error)

        self.client.dispatch(command, self.on_done, refused)

    def _ask_reason(self, command: IdentifyLot, error: OutOfTurnError) -> None:
        words = f"{error.message} {error.what_to_do}"
        sheet = EntrySheet(
            self.desk.host, self.theme, name="out-of-turn-sheet", title=self.tr("Another lot is first"), words=words,
            verb=self.tr("Use this lot"), entries=(Entry("reason", self.tr("Reason")),),
        )  # fmt: skip
        self.collect(sheet, lambda values: replace(command, reason=values["reason"], command_id=new_id()))

    def _accept(self, view: DispensingView, position: int) -> None:
        """Name the reading that is on the screen now; the weight itself never comes from here."""
        reading = self.client.live.value(view.device_id).reading
        if reading is not None:
            self.send(AcceptWeight(batch_no=view.batch_no, position=position, device_id=view.device_id, reading_no=reading.number))

    @override
    def on_done(self, result: Any) -> None:
        self.scan.forget()
        super().on_done(result)


def _containers(view: DispensingView) -> tuple[WeighingView, ...]:
    """The weighed containers of a batch, newest first."""
    return tuple(one for material in reversed(view.materials) for one in reversed(material.weighings) if one.accepted)


def _own_command(now: Scene, view: DispensingView, reading_no: int) -> Command | None:
    material = now.material
    if material is None:
        return None
    if now.due is Due.FINISH:
        return FinishMaterial(batch_no=view.batch_no, position=material.position)
    if now.due is Due.WEIGH:
        return AcceptWeight(batch_no=view.batch_no, position=material.position, device_id=view.device_id, reading_no=reading_no)
    return None
