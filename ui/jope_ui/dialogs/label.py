"""The label of a weighed container: what will be printed, how the printer stands, and what became of each copy (URS F09, F16)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.commands import Command, GuardVerdict
from jope.kernel.errors import JopeError
from jope.plant.devices.ports import DeviceState, DeviceStatus
from jope.plant.devices.printing import PrinterStatus
from jope.plant.weighing.queries import WeighingView
from jope.services.reporting.labels.commands import PrintLabel, ReprintLabel, ResolveLabel
from jope.services.reporting.labels.queries import LabelPreview, LabelRow, label_preview, labels_of_batch, line_printer
from jope_ui.bridge.client import Client
from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.viewmodels.device_signal import DeviceFacts, signal_of
from jope_ui.widgets.badge import Namur, NamurShape
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import ScrollColumn
from jope_ui.widgets.field import Field
from jope_ui.widgets.label_picture import LabelPicture
from jope_ui.widgets.label_words import LabelWords
from jope_ui.widgets.labels import Text, breakable
from jope_ui.widgets.shapes import Icon

_LOOK_MS = 500
_ANY = "-"


@dataclass(frozen=True, slots=True)
class LabelData:
    """What one read brings. ``fault`` says why there is no preview."""

    device_id: str
    preview: LabelPreview | None
    fault: str
    labels: tuple[LabelRow, ...]
    status: DeviceStatus | None
    told: PrinterStatus | None
    verdict: GuardVerdict | None


class LabelSheet(FormSheet):
    """One weighing after the other, newest first. ``resolved`` carries the command that a person signs for a label of which nobody knows."""

    resolved = Signal(object)

    def __init__(self, host: QWidget, client: Client, *, batch_no: str, line: str, weighings: tuple[WeighingView, ...]) -> None:
        super().__init__(host, client.theme, name="label-sheet", title="", verb="", verb_name="label-print")
        self._client = client
        self._batch_no, self._line, self._weighings = batch_no, line, weighings
        self._at = 0
        self._data: LabelData | None = None
        self._words = LabelWords(self)
        theme = client.theme
        self.picture = LabelPicture(theme, spoken=self.tr("Preview of the label"))
        self.mark = NamurShape(theme)
        self.good = Icon(theme, "check", size_mm=5)
        self.printer = Text("", "strong", wrap=True)
        self.printer.setObjectName("label-printer")
        self.copies = ScrollColumn(theme, name="label-copies", gap_mm=1)
        self.reason = Field(self.tr("Reason"), theme, name="label-reason", size="dense")
        self.came = Button(self.tr("It came out"), name="label-came-out")
        self.gone = Button(self.tr("It did not come out"), name="label-not-out")
        self.older = Button(self.tr("Earlier container"), size="dense", name="label-older")
        self.newer = Button(self.tr("Later container"), size="dense", name="label-newer")
        self.error = Text("", "error", wrap=True)
        self._lay_out()
        self.reason.changed.connect(self._check)
        self.verb.triggered.connect(self._on_verb_triggered)
        self.came.clicked.connect(lambda: self._resolve(came_out=True))
        self.gone.clicked.connect(lambda: self._resolve(came_out=False))
        self.older.clicked.connect(lambda: self._go(1))
        self.newer.clicked.connect(lambda: self._go(-1))
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.read)
        self._look.start()
        self._show_title()
        self.verb.offer(self.tr("Print label"))
        self.verb.block(self.tr("The label is being made."))
        self.read()

    def _lay_out(self) -> None:
        theme = self._client.theme
        self.about.addWidget(self.picture, 1)
        turning, head, said = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row, buttons in ((turning, (self.older, self.newer)), (said, (self.came, self.gone))):
            theme.space(row, gap_mm=2.5)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
        theme.space(head, gap_mm=2)
        head.addWidget(self.mark)
        head.addWidget(self.good)
        head.addWidget(self.printer, 1)
        self.about.addLayout(turning)
        self.entry.addLayout(head)
        self.entry.addWidget(self.copies, 1)
        self.entry.addLayout(said)
        self.entry.addWidget(self.reason)
        self.entry.addWidget(self.error)
        for part in (self.reason, self.came, self.gone):
            part.hide()
        several = len(self._weighings) > 1
        self.older.setVisible(several)
        self.newer.setVisible(several)
        self.finish_layout()

    @property
    def weighing(self) -> WeighingView:
        """The container that is looked at."""
        return self._weighings[self._at]

    @override
    def close_sheet(self) -> None:
        self._look.stop()
        self._client.queries.forget("label")
        super().close_sheet()

    def refuse(self, error: JopeError) -> None:
        """Say why it did not happen."""
        self.error.setText(f"{error.code}  {breakable(error.message)} {error.what_to_do}")
        self.read()

    # --- reading ------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read again how the label and its printer stand."""
        self._client.read(
            _reading(self._client, self._batch_no, self._line, self.weighing.weighing_id), self._show, self.refuse_read, key="label"
        )

    def refuse_read(self, error: JopeError) -> None:
        """Say why nothing can be shown."""
        self.error.setText(f"{error.code}  {breakable(error.message)}")

    def _show(self, data: LabelData) -> None:
        before, self._data = self._data, data
        if data == before:
            return
        if before is None or before.preview != data.preview:
            self.picture.show_png(data.preview.picture if data.preview is not None else b"")
        state = data.status.state if data.status is not None else DeviceState.DISABLED
        letter = Namur(signal_of(DeviceFacts(state=state))[0].value)
        self.mark.letter = letter
        self.mark.update()
        self.mark.setVisible(letter is not Namur.GOOD)
        self.good.setVisible(letter is Namur.GOOD)
        words = self._words.printer(data.status, data.told)
        self.printer.setText(self.tr("Printer {device}: {state}").format(device=data.device_id, state=words) if data.device_id else words)
        mine = [row for row in data.labels if row.weighing_id == self.weighing.weighing_id]
        self.copies.clear()
        for row in reversed(mine):
            self.copies.add(Text(self._words.label(row), "small", wrap=True))
            if row.message:
                self.copies.add(Text(breakable(row.message), "quiet", wrap=True))
        if not mine:
            self.copies.add(Text(self.tr("No label of this container was printed yet."), "quiet", wrap=True))
        unknown = bool(mine) and mine[-1].state == "unknown"
        self.came.setVisible(unknown)
        self.gone.setVisible(unknown)
        self.reason.setVisible(self._is_reprint() and not unknown)
        self._check()

    def _is_reprint(self) -> bool:
        return self._data is not None and self._data.preview is not None and self._data.preview.copy_no > 1

    def _show_title(self) -> None:
        one = self.weighing
        words = self.tr("Label of {material}, {net} {unit}").format(material=one.material_code, net=one.net, unit=one.unit)
        self.title.setText(words)
        self.older.setEnabled(self._at + 1 < len(self._weighings))
        self.newer.setEnabled(self._at > 0)

    def _check(self) -> None:
        data = self._data
        if data is None:
            return
        self.verb.offer(self.tr("Reprint label") if self._is_reprint() else self.tr("Print label"))
        if data.preview is None:
            self.verb.block(data.fault or self.tr("There is no printer here."))
        elif data.verdict is not None:
            self.verb.set_verdict(data.verdict)
        elif self._is_reprint() and not self.reason.text.strip():
            self.verb.block(self.tr("Missing: a reason for copy {copy}.").format(copy=data.preview.copy_no))
        else:
            self.verb.block("")

    # --- asking -------------------------------------------------------------------------------------------------------

    def _go(self, step: int) -> None:
        self._at += step
        self._data = None
        self.error.setText("")
        self.reason.set_text("")
        self.picture.show_png(b"")
        self._show_title()
        self.verb.block(self.tr("The label is being made."))
        self.read()

    def _on_verb_triggered(self) -> None:
        data = self._data
        if data is None or data.preview is None:
            return
        self.error.setText("")
        self.verb.block(self.tr("The label is on its way."))
        command = _command(self.weighing.weighing_id, data.device_id, data.preview, self.reason.text.strip())
        self._client.dispatch(command, self._on_asked, self.refuse)

    def _on_asked(self, _: Any) -> None:
        self.reason.set_text("")
        self.read()

    def _resolve(self, *, came_out: bool) -> None:
        rows = [row for row in self._data.labels if row.weighing_id == self.weighing.weighing_id] if self._data is not None else []
        if rows and rows[-1].state == "unknown":
            self.close_sheet()
            self.resolved.emit(ResolveLabel(print_id=rows[-1].print_id, came_out=came_out))


def _command(weighing_id: str, device_id: str, preview: LabelPreview, reason: str) -> Command:
    """The command that prints what is shown."""
    if preview.copy_no == 1:
        return PrintLabel(weighing_id=weighing_id, device_id=device_id, shown_sha256=preview.sha256)
    return ReprintLabel(weighing_id=weighing_id, device_id=device_id, shown_sha256=preview.sha256, reason=reason)


def _reading(client: Client, batch_no: str, line: str, weighing_id: str) -> Callable[[str | None], LabelData]:
    """Everything that the sheet shows, as one piece of work for a worker thread."""

    def work(token: str | None) -> LabelData:
        station = client.station
        labels = station.read(labels_of_batch, token, batch_no=batch_no)
        device_id = station.read(line_printer, token, line=line)
        if not device_id:
            return LabelData("", None, "", labels, None, None, None)
        status, told = _printer(client, device_id)
        try:
            preview = station.read(label_preview, token, weighing_id=weighing_id, device_id=device_id)
        except JopeError as error:
            return LabelData(device_id, None, f"{error.message} {error.what_to_do}", labels, status, told, None)
        verdict = station.preflight(_command(weighing_id, device_id, preview, _ANY), token)
        return LabelData(device_id, preview, "", labels, status, told, verdict)

    return work


def _printer(client: Client, device_id: str) -> tuple[DeviceStatus | None, PrinterStatus | None]:
    """What the gateway knows of a printer; nothing where it does not have it (yet)."""
    gateway = client.station.gateway
    if gateway is None:
        return None, None
    try:
        return gateway.status(device_id), next(iter(gateway.printer_statuses(device_id)), None)
    except JopeError:
        return None, None
