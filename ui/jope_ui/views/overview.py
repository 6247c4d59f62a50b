"""The overview: the batches, the line, the open alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from PySide6.QtCore import QItemSelection, QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.commands import AcknowledgeAlarm, AcknowledgeSecurityAlarm
from jope.compliance.alarms.queries import AlarmView, open_alarms
from jope.compliance.commands import GuardVerdict
from jope.kernel.errors import JopeError
from jope.plant.batches.commands import CreateBatch
from jope.plant.batches.queries import BatchRow, batch_list
from jope.plant.weighing.queries import dispensing
from jope_ui.bridge.live import LiveValue
from jope_ui.dialogs.create_batch import CreateBatchSheet
from jope_ui.dialogs.reason import ReasonSheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.alarm_list import AlarmList
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card
from jope_ui.widgets.labels import NO_BREAK, Identifier
from jope_ui.widgets.live_tile import LiveTile
from jope_ui.widgets.state_words import StateWords, plain_state
from jope_ui.widgets.tables import Column, Table, TupleModel


@dataclass(frozen=True, slots=True)
class OverviewData:
    """What one read brings."""

    batches: tuple[BatchRow, ...]
    alarms: tuple[AlarmView, ...]
    create: GuardVerdict | None
    running: BatchRow | None
    device_id: str
    waiting: int


class OverviewPage(Page):
    """Choose a batch, see the line, acknowledge alarms, plan a batch."""

    kinds: ClassVar[frozenset[str]] = frozenset({"batch", "alarm", "weighing", "signature", "session", "lot", "recipe"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="overview")
        self._words = StateWords(self)
        self._device_id = ""
        self._wanted = ""
        columns = (
            Column(self.tr("Batch"), lambda one: str(one.batch_no)),
            Column(self.tr("Product"), lambda one: str(one.product), wide=True),
            Column(self.tr("Recipe"), lambda one: f"{one.recipe_id}{NO_BREAK}v{one.recipe_version}"),
            Column(self.tr("State"), lambda one: self._words.record(one.record_state)),
        )
        self.model = TupleModel(columns)
        self.table = Table(self.theme, name="batches", spoken=self.tr("Batches"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.table.spare(2, content=True)
        self.table.selectionModel().selectionChanged.connect(self._on_batch_selected)
        self.table.doubleClicked.connect(self._on_batch_opened)
        self.line_state = Identifier("", "title")
        self.line_batch = Identifier("", "quiet")
        self.tile = LiveTile(self.theme, self.tr("Scale"))
        self.alarms = AlarmList(self.theme, self.client.info.zone)
        self.alarms.acknowledged.connect(self._on_acknowledged)
        self.create_action = BlockedAction(self.tr("Create batch"), self.theme, role="plain", name="batch-create", place="left")
        self.queue = Button(self.tr("Waits for signature: {count}").format(count=0), name="queue-open")
        self.open_batch = BlockedAction(self.tr("Open batch"), self.theme, name="batch-open")
        self._lay_out()
        self.create_action.hide()
        self.tile.hide()
        self._check()
        self.create_action.triggered.connect(self._on_create_triggered)
        self.queue.clicked.connect(lambda: self.desk.go("queue", ""))
        self.open_batch.triggered.connect(self._on_batch_opened)
        self.client.live.updated.connect(self._on_live_updated)

    def _on_acknowledged(self, command: AcknowledgeAlarm | AcknowledgeSecurityAlarm) -> None:
        """An alarm is acknowledged with a word on it, which the alarm log keeps."""
        sheet = ReasonSheet(
            self.desk.host,
            self.theme,
            self.client.session,
            place=f"alarm:{command.alarm_id}",
            title=self.tr("Acknowledge alarm"),
            loss=self.tr("Say what it was, or what is done about it. It stands in the alarm log with your name and role."),
            verb=self.tr("Acknowledge"),
        )

        def given(reason: str) -> None:
            sheet.close_sheet()
            self.send(replace(command, reason=reason))

        sheet.given.connect(given)
        sheet.open()

    def _lay_out(self) -> None:
        batches = Card(self.theme, self.tr("Batches"))
        batches.body.addWidget(self.table, 1)
        line = Card(self.theme, self.client.info.line)
        line.body.addWidget(self.line_state)
        line.body.addWidget(self.line_batch)
        line.body.addWidget(self.tile)
        alarms = Card(self.theme, self.tr("Open alarms"))
        alarms.body.addWidget(self.alarms, 1)
        right = QVBoxLayout()
        self.theme.space(right, gap_mm=2.5)
        right.addWidget(line)
        right.addWidget(alarms, 1)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(batches, 9)
        across.addLayout(right, 5)
        self.body.addLayout(across, 1)
        self.footer.addWidget(self.create_action, 1)
        self.footer.addWidget(self.queue, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.open_batch, 1)

    @override
    def leave(self) -> None:
        self._watch("")

    @override
    def load(self, token: str | None) -> OverviewData:
        station = self.client.station
        batches = station.read(batch_list, token)
        running = next((one for one in batches if plain_state(one.record_state) == "inexecution"), None)
        device_id = station.read(dispensing, token, batch_no=running.batch_no).device_id if running else ""
        create = CreateBatch(batch_no="", recipe_id="", line=self.client.info.line, product_lot="")
        waiting = len(station.signing_queue(token))
        return OverviewData(batches, station.read(open_alarms, token), station.preflight(create, token), running, device_id, waiting)

    @override
    def show_data(self, data: OverviewData) -> None:
        self.model.show_rows(data.batches)
        self._select(self._wanted or self.client.batch_no or (data.batches[0].batch_no if data.batches else ""))
        self._choose_selected()
        running = data.running
        self.line_state.setText(self._words.procedure(running.procedure_state) if running else self.tr("idle"))
        self.line_batch.setText(f"{running.batch_no}  {running.product}" if running else self.tr("no batch in execution"))
        self.alarms.show_alarms(data.alarms, security=self.client.session.may(Permission.SECURITY_ACKNOWLEDGE))
        self.queue.say(self.tr("Waits for signature: {count}").format(count=data.waiting))
        self.create_action.setVisible(not out_of_role(data.create))
        self.create_action.set_verdict(data.create)
        self._watch(data.device_id)

    def _select(self, batch_no: str) -> None:
        for row, one in enumerate(self.model.rows):
            if one.batch_no == batch_no:
                self.table.choose(row)

    def _watch(self, device_id: str) -> None:
        if device_id != self._device_id:
            if self._device_id:
                self.client.live.unwatch(self._device_id)
            if device_id:
                self.client.live.watch(device_id)
            self._device_id = device_id
        self.tile.setVisible(bool(device_id))

    def _check(self) -> None:
        chosen = bool(self.table.selectionModel().selectedRows())
        self.open_batch.block("" if chosen else self.tr("Choose a batch."))

    def _on_batch_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._choose_selected()

    def _choose_selected(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            self._wanted = self.model.rows[rows[0].row()].batch_no
            self.client.choose_batch(self._wanted)
        self._check()

    def _on_batch_opened(self, index: QModelIndex | None = None) -> None:
        if self.client.batch_no:
            self.desk.go("batch", "")

    def _on_live_updated(self, live: LiveValue) -> None:
        if live.device_id == self._device_id:
            self.tile.show_value(live)

    def _on_create_triggered(self) -> None:
        sheet = CreateBatchSheet(self.desk.host, self.theme, line=self.client.info.line)

        def created(_: object) -> None:
            self._wanted = sheet.batch_no.text.strip()
            sheet.close_sheet()
            self.refresh()

        def failed(error: JopeError) -> None:
            sheet.refuse(error)

        def given(command: CreateBatch) -> None:
            if self.client.station.is_signed(command):
                self._wanted = command.batch_no
                sheet.close_sheet()
                self.sign(command)
            else:
                self.client.dispatch(command, created, failed)

        sheet.given.connect(given)
        sheet.open()
