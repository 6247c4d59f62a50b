"""Devices: each with its status signal, values, history, certificates and what may be asked about it (URS J01-J08; NAMUR NE 107; hmi rule U17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QItemSelection, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.commands import Command, GuardVerdict
from jope.kernel.clock import site_date, site_text
from jope.kernel.errors import JopeError
from jope.plant.devices.checks.commands import BeginBalanceCheck, RecordCalibration
from jope.plant.devices.ports import DeviceState, DeviceStatus, NewestValue
from jope.plant.devices.printing import PRINTER_PROTOCOLS
from jope.plant.devices.queries import (
    CalibrationRow,
    CertificateRow,
    CheckRow,
    DeviceRow,
    TagRow,
    WriteRow,
    balance_checks,
    calibrations,
    device_certificates,
    device_list,
    device_tags,
    device_writes,
)
from jope.plant.devices.registry.commands import (
    AcceptDeviceIdentity,
    HoldDevice,
    RegisterDevice,
    RetireDevice,
    RetireTag,
    ReturnDeviceToUse,
    RevokeCertificate,
    SetTag,
    TrustCertificate,
    WriteTag,
)
from jope.plant.devices.registry.rows import text_of
from jope.plant.devices.sampling.sink import weight_tag
from jope.plant.devices.sampling.store import StoredSample
from jope.plant.devices.tags import BrowseNode
from jope.services.reporting.labels.queries import LabelRow, labels_of_printer
from jope_ui.bridge.files import content_of
from jope_ui.bridge.live import LiveValue
from jope_ui.dialogs.browse import BrowseSheet
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.theme import Theme
from jope_ui.viewmodels.device_signal import DeviceFacts, Signal, signal_of
from jope_ui.views.desk import Desk
from jope_ui.views.device_forms import DeviceForms
from jope_ui.views.page import Page
from jope_ui.widgets.badge import Namur, NamurShape
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card, ScrollColumn, rule
from jope_ui.widgets.device_words import DeviceWords, shown_value, thumbprint_groups
from jope_ui.widgets.label_words import LabelWords
from jope_ui.widgets.labels import DASH, NO_BREAK, Text, breakable, unbroken
from jope_ui.widgets.live_tile import LiveTile
from jope_ui.widgets.sign_model import SignModel, signed_table
from jope_ui.widgets.tables import Column, TupleModel
from jope_ui.widgets.tabs import Tabs

_ANY: Final = "-"
_FAR: Final = "9999-12-31"
_LIST_MS: Final = 1_000
_VALUES_MS: Final = 100
_FRAMES: Final = 20
_WAITS: Final = frozenset({DeviceState.BACKOFF, DeviceState.FAULTED, DeviceState.GATED})


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device as a row of the list, with what the gateway knows of it. ``status`` is None where the station runs without devices."""

    row: DeviceRow
    status: DeviceStatus | None
    facts: DeviceFacts


@dataclass(frozen=True, slots=True)
class DevicesData:
    """What one read brings. ``verdicts`` by the key of the action; those of certificates by ``trust:`` or ``revoke:`` and the thumbprint."""

    rows: tuple[DeviceRow, ...]
    chosen: str
    tags: tuple[TagRow, ...]
    tag: str
    frames: tuple[StoredSample, ...]
    certificates: tuple[CertificateRow, ...]
    writes: tuple[WriteRow, ...]
    calibrations: tuple[CalibrationRow, ...]
    checks: tuple[CheckRow, ...]
    labels: tuple[LabelRow, ...]
    verdicts: Mapping[str, GuardVerdict | None]


class DeviceModel(SignModel):
    """Devices with the sign of their signal in the first column."""

    def __init__(self, theme: Theme, columns: tuple[Column, ...]) -> None:
        super().__init__(theme, columns, lambda one: Namur(signal_of(one.facts)[0].value))

    def show_lines(self, lines: tuple[DeviceLine, ...]) -> None:
        """Show how the devices stand now; the same devices keep the selection."""
        if [one.row.device_id for one in lines] != [one.row.device_id for one in self.rows]:
            self.show_rows(lines)
        elif lines != self.rows:
            self.rows = lines
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(self.columns) - 1))


class TagModel(TupleModel):
    """Tags with their newest values. A value changes in place: nothing is measured or selected again."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__(columns)
        self.newest: Mapping[str, NewestValue] = {}

    def show_values(self, newest: Mapping[str, NewestValue]) -> None:
        """Show the newest values."""
        self.newest = newest
        if self.rows:
            self.dataChanged.emit(self.index(0, 1), self.index(len(self.rows) - 1, len(self.columns) - 1))


class DevicesPage(Page):
    """Choose a device, then what of it is looked at."""

    kinds: ClassVar[frozenset[str]] = frozenset(
        {"device", "device_tag", "device_write", "calibration", "balance_check", "change", "deviation", "label_print"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="devices")
        self._words = DeviceWords(self)
        self._forms = DeviceForms(self)
        self._data: DevicesData | None = None
        self._wanted = ""
        self._wanted_tag = ""
        self._watched = ""
        self.tabs = Tabs(
            self.theme,
            (
                ("now", self.tr("Overview")),
                ("values", self.tr("Values")),
                ("history", self.tr("History")),
                ("trust", self.tr("Trust")),
                ("actions", self.tr("Actions")),
            ),
            name="devices-view",
        )
        columns = (
            Column(self.tr("Device"), lambda one: str(one.row.device_id)),
            Column(self.tr("State"), lambda one: self._words.cause(signal_of(one.facts)[1]), wide=True),
            Column(self.tr("Title"), lambda one: f"{one.row.title}, {one.row.protocol}".strip(", ")),
        )
        self.model = DeviceModel(self.theme, columns)
        self.table = signed_table(self.theme, name="devices-table", spoken=self.tr("Devices"), model=self.model)
        self.table.fit_columns(columns)
        self.table.spare(2, content=True)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.sign_mark = NamurShape(self.theme)
        self.signal = Text("", "strong", wrap=True)
        self.signal.setObjectName("devices-signal")
        self.tile = LiveTile(self.theme, self.tr("Newest reading"))
        self.facts = Text("", "small", wrap=True)
        self.facts.setObjectName("devices-facts")
        self.tag_model = TagModel(self._tag_columns())
        self.tag_table = signed_table(self.theme, name="devices-tags", spoken=self.tr("Tags"), model=self.tag_model)
        self.frames = Text("", "mono", wrap=True)
        self.frames.setObjectName("devices-frames")
        self.history = ScrollColumn(self.theme, name="devices-history")
        self.trust = ScrollColumn(self.theme, name="devices-trust")
        self.offers = ScrollColumn(self.theme, name="devices-actions", gap_mm=2)
        self.buttons: dict[str, BlockedAction] = {}
        for key, text, work in self._offered():
            action = BlockedAction(text, self.theme, role="plain", size="dense", name=f"devices-{key}", place="above")
            action.triggered.connect(work)
            self.buttons[key] = action
            self.offers.add(action)
        self.register = BlockedAction(self.tr("New device"), self.theme, name="devices-register")
        self.trail = Button(self.tr("Audit trail"), name="devices-trail")
        self.to_trends = Button(self.tr("Trends"), name="devices-trends")
        self._signs = QTimer(self)
        self._signs.setInterval(_LIST_MS)
        self._live = QTimer(self)
        self._live.setInterval(_VALUES_MS)
        self._lay_out()
        self._connect()
        self._on_view_chosen()

    def _connect(self) -> None:
        self.tabs.chosen.connect(lambda _: self._on_view_chosen())
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.tag_table.selectionModel().selectionChanged.connect(self._on_tag_selected)
        self.register.triggered.connect(self._on_register_triggered)
        self.trail.clicked.connect(lambda: self.desk.go("audit", f"device:{self._wanted}"))
        self.to_trends.clicked.connect(lambda: self.desk.go("trends", self._wanted))
        self._signs.timeout.connect(self._show_signs)
        self._live.timeout.connect(self._show_values)
        self.client.live.updated.connect(self._on_live_updated)

    def _offered(self) -> tuple[tuple[str, str, Callable[[], None]], ...]:
        return (
            ("check", self.tr("Balance check"), lambda: self.desk.go("balance", self._wanted)),
            ("hold", self.tr("Hold device"), self._on_hold_triggered),
            ("return", self.tr("Return to use"), self._on_return_triggered),
            ("retry", self.tr("Try again now"), self._on_retry_triggered),
            ("calibrate", self.tr("Record calibration"), self._on_calibrate_triggered),
            ("change", self.tr("Change device"), self._on_change_triggered),
            ("identity", self.tr("Accept identity"), self._on_identity_triggered),
            ("tag", self.tr("New tag"), self._on_tag_triggered),
            ("tag-change", self.tr("Change tag"), self._on_tag_change_triggered),
            ("tag-retire", self.tr("Retire tag"), self._on_tag_retire_triggered),
            ("write", self.tr("Write value"), self._on_write_triggered),
            ("retire", self.tr("Retire device"), self._on_retire_triggered),
        )

    def _tag_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("Tag"), lambda one: str(one.tag_id)),
            Column(self.tr("Value"), self._value_text),
            Column(self.tr("Unit"), lambda one: str(one.unit)),
            Column(self.tr("Quality"), self._quality_text),
            Column(self.tr("Age"), self._age_text),
        )

    # --- layout -------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = Card(self.theme, pad_mm=1.5)
        left.body.addWidget(self.table, 1)
        self.stack = QStackedWidget()
        for view in (
            self._now_view(),
            self._values_view(),
            self._in_card(self.history),
            self._in_card(self.trust),
            self._in_card(self.offers),
        ):
            self.stack.addWidget(view)
        across = QHBoxLayout()
        self.theme.space(across, gap_mm=2.5)
        across.addWidget(left, 3)
        across.addWidget(self.stack, 5)
        self.body.addWidget(self.tabs)
        self.body.addLayout(across, 1)
        self.footer.addWidget(self.trail, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.to_trends, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.register, 1)
        self.footer.setAlignment(Qt.AlignmentFlag.AlignLeft)

    def _in_card(self, content: QWidget) -> Card:
        card = Card(self.theme, pad_mm=2)
        card.body.addWidget(content, 1)
        return card

    def _now_view(self) -> QWidget:
        column = ScrollColumn(self.theme, name="devices-now", gap_mm=2)
        head = QWidget()
        line = QHBoxLayout(head)
        self.theme.space(line, gap_mm=2)
        line.addWidget(self.sign_mark)
        line.addWidget(self.signal, 1)
        for part in (head, self.tile, self.facts):
            column.add(part)
        return self._in_card(column)

    def _values_view(self) -> QWidget:
        view = QWidget()
        column = QVBoxLayout(view)
        self.theme.space(column, gap_mm=2)
        self.tags_card = Card(self.theme, pad_mm=1.5)
        self.tags_card.body.addWidget(self.tag_table, 1)
        frames = ScrollColumn(self.theme, name="devices-raw")
        frames.add(self.frames)
        column.addWidget(self.tags_card, 3)
        column.addWidget(self._in_card(frames), 2)
        return view

    # --- reading ------------------------------------------------------------------------------------------------------

    @override
    def enter(self, about: str = "") -> None:
        if about:
            self._wanted = about
        self._signs.start()
        super().enter(about)

    @override
    def leave(self) -> None:
        self._signs.stop()
        self._live.stop()
        self._watch("")

    @override
    def load(self, token: str | None) -> DevicesData:
        station = self.client.station
        rows = station.read(device_list, token)
        one = next((row for row in rows if row.device_id == self._wanted), next(iter(rows), None))
        register = RegisterDevice(
            device_id="", title=_ANY, line=_ANY, protocol=_ANY, address=_ANY, model="", serial_number="", firmware="", reason=_ANY
        )
        verdicts: dict[str, GuardVerdict | None] = {"register": _role_only(station.preflight(register, token))}
        if one is None:
            return DevicesData(rows, "", (), "", (), (), (), (), (), (), verdicts)
        tags = station.read(device_tags, token, device_id=one.device_id)
        tag = next((row for row in tags if row.tag_id == self._wanted_tag), next(iter(tags), None))
        certificates = station.read(device_certificates, token, device_id=one.device_id)
        checks = station.read(balance_checks, token, device_id=one.device_id)
        verdicts |= self.client.verdicts(self._probes(one, tag), token)
        if "tag" in verdicts:
            verdicts["tag"] = _role_only(verdicts["tag"])
        if any(check.state == "open" for check in checks):
            verdicts["check"] = _role_only(verdicts.get("check"))
        for shown in certificates:
            about = {"device_id": one.device_id, "thumbprint": shown.thumbprint, "reason": _ANY}
            verdicts[f"trust:{shown.thumbprint}"] = station.preflight(TrustCertificate(**about), token)
            verdicts[f"revoke:{shown.thumbprint}"] = station.preflight(RevokeCertificate(**about), token)
        heard = weight_tag(one.device_id) if one.is_scale else tag.tag_id if tag is not None else ""
        return DevicesData(
            rows,
            one.device_id,
            tags,
            "" if tag is None else tag.tag_id,
            self._frames_of(heard, token),
            certificates,
            station.read(device_writes, token, device_id=one.device_id),
            station.read(calibrations, token, device_id=one.device_id),
            checks,
            station.read(labels_of_printer, token, device_id=one.device_id) if _is_printer(one) else (),
            verdicts,
        )

    def _frames_of(self, tag: str, token: str | None) -> tuple[StoredSample, ...]:
        """The newest kept values; none where the station runs without devices."""
        if not tag or self.client.station.gateway is None:
            return ()
        return self.client.station.newest_samples(token, tag, _FRAMES)

    def _probes(self, one: DeviceRow, tag: TagRow | None) -> dict[str, Command]:
        """What may be asked about a device, as it would be asked."""
        id_ = one.device_id
        today = site_date(self.client.station.clock.now().utc_us, self.client.info.zone)
        status = self._status(id_)
        answers = status.identity if status is not None else None
        found: dict[str, Command] = {
            "hold": HoldDevice(device_id=id_, reason=_ANY),
            "return": ReturnDeviceToUse(device_id=id_, reason=_ANY),
            "change": self._forms.changed(one, _as_values(one)),
            "retire": RetireDevice(device_id=id_, reason=_ANY),
            "identity": AcceptDeviceIdentity(
                device_id=id_, model=one.model if answers is None else answers.model,
                serial_number=one.serial_number if answers is None else answers.serial_number,
                firmware=one.firmware if answers is None else answers.firmware, reason=_ANY,
            ),
            "calibrate": RecordCalibration(
                calibration_id=_ANY, device_id=id_, serial_number=one.serial_number, certificate_no=_ANY, laboratory=_ANY, calibrated_on=today,
                due_on=_FAR, as_found="none", as_left="pass", reason=_ANY,
            ),
        }  # fmt: skip
        if one.is_scale:
            found["check"] = BeginBalanceCheck(device_id=id_)
        elif not _is_printer(one):
            found["tag"] = SetTag(tag_id=_ANY, device_id=id_, address=_ANY, data_type="Double", reason=_ANY)
        if tag is not None:
            found["tag-retire"] = RetireTag(tag_id=tag.tag_id, reason=_ANY)
            value = "false" if tag.data_type == "Boolean" else "0"
            found["write"] = WriteTag(device_id=id_, tag_id=tag.tag_id, value=value, value_before=value, reason=_ANY)
        return found

    def _status(self, device_id: str) -> DeviceStatus | None:
        """What the gateway knows; None where there is none, or it does not have this device (yet)."""
        gateway = self.client.station.gateway
        if gateway is None:
            return None
        try:
            return gateway.status(device_id)
        except JopeError:
            return None

    def _line(self, row: DeviceRow) -> DeviceLine:
        status, now_us = self._status(row.device_id), self.client.station.clock.now().utc_us
        gateway = self.client.station.gateway
        reading = gateway.newest(row.device_id) if row.is_scale and gateway is not None and status is not None else None
        left = None
        if row.calibration_due:
            today = date.fromisoformat(site_date(now_us, self.client.info.zone))
            left = (date.fromisoformat(row.calibration_due) - today).days
        facts = DeviceFacts(
            state=status.state if status is not None else DeviceState.DISABLED, is_scale=row.is_scale, held=bool(row.held_reason),
            retired=row.retired_us is not None, quality=None if reading is None else reading.quality, check_passed=row.check_passed, days_left=left,
            check_left_us=None if row.check_due_us is None else row.check_due_us - now_us,
        )  # fmt: skip
        return DeviceLine(row, status, facts)

    # --- showing ------------------------------------------------------------------------------------------------------

    @override
    def show_data(self, data: DevicesData) -> None:
        self._data = data
        self._wanted, self._wanted_tag = data.chosen, data.tag
        self.model.show_lines(tuple(self._line(row) for row in data.rows))
        ids = [row.device_id for row in data.rows]
        if data.chosen in ids:
            self.table.choose(ids.index(data.chosen))
        if data.tags != self.tag_model.rows:
            self.tag_model.show_rows(data.tags)
            self._fit_tags()
        tag_ids = [row.tag_id for row in data.tags]
        if data.tag in tag_ids:
            self.tag_table.choose(tag_ids.index(data.tag))
        self.tags_card.setVisible(not self._is_scale() and not self._printer())
        self._show_frames(data.frames)
        self._show_statuses()
        self._show_history(data)
        self._show_trust(data)
        self._show_offers(data)
        self._show_now()
        self._watch(data.chosen if self._is_scale() else "")
        if self._is_scale():
            self.tile.show_value(self.client.live.value(data.chosen))
        self.register.setVisible(not out_of_role(data.verdicts.get("register")))
        self.register.set_verdict(data.verdicts.get("register"))

    def _chosen(self) -> DeviceLine | None:
        return next((one for one in self.model.rows if one.row.device_id == self._wanted), None)

    def _tag(self) -> TagRow | None:
        return next((one for one in self.tag_model.rows if one.tag_id == self._wanted_tag), None)

    def _is_scale(self) -> bool:
        one = self._chosen()
        return one is not None and one.row.is_scale

    def _printer(self) -> str:
        """The chosen device where it is a printer, empty where it is none."""
        one = self._chosen()
        return one.row.device_id if one is not None and _is_printer(one.row) else ""

    def _fit_tags(self) -> None:
        header = self.tag_table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._show_values()
        self.tag_table.resizeColumnsToContents()
        for column, least in ((1, 18.0), (3, 24.0), (4, 11.0)):
            header.resizeSection(column, max(header.sectionSize(column), self.theme.px(least)))

    def _show_signs(self) -> None:
        """How the devices stand now; once a second."""
        data = self._data
        if data is None or not self.isVisible():
            return
        self.model.show_lines(tuple(self._line(row) for row in data.rows))
        self._show_now()
        self._show_retry()
        if self._printer():
            self._show_statuses()
        elif self.tabs.value == "values":
            one, tag = self._chosen(), self._wanted_tag
            heard = weight_tag(one.row.device_id) if one is not None and one.row.is_scale else tag
            self.client.read(lambda token: self._frames_of(heard, token), self._show_frames, self._on_frames_failed, key="devices-frames")

    def _on_frames_failed(self, error: JopeError) -> None:
        self.frames.setText(f"{error.code}  {error.message}")

    def _show_now(self) -> None:
        one = self._chosen()
        self.sign_mark.setVisible(one is not None)
        self.tile.setVisible(one is not None and one.row.is_scale)
        if one is None:
            self.signal.setText(self.tr("There is no device here."))
            self.facts.setText("")
            return
        signal, cause = signal_of(one.facts)
        if self.sign_mark.letter.value != signal.value:
            self.sign_mark.letter = Namur(signal.value)
            self.sign_mark.update()
        self.sign_mark.setVisible(signal is not Signal.GOOD)
        words = self._words.signal(signal)
        self.signal.setText(
            words if signal is Signal.GOOD else self.tr("{signal}: {cause}").format(signal=words, cause=self._words.cause(cause))
        )
        self.facts.setText("\n".join([*self._identity_words(one), *self._connection_words(one), *self._scale_words(one.row)]))

    def _identity_words(self, one: DeviceLine) -> list[str]:
        row = one.row
        words = [
            self.tr("{device} {title}, line {line}, {protocol} at {address}").format(
                device=row.device_id, title=row.title, line=row.line, protocol=row.protocol, address=breakable(row.address)
            ),
            self.tr("Registered: {model}, serial number {serial}, firmware {firmware}").format(
                model=row.model or DASH, serial=row.serial_number or DASH, firmware=row.firmware or DASH
            ),
        ]
        identity = one.status.identity if one.status is not None else None
        if identity is None:
            words.append(self.tr("Nobody has answered yet."))
        elif (identity.serial_number, identity.firmware) == (row.serial_number, row.firmware) and not (
            _is_printer(row) and identity.model != row.model
        ):
            words.append(self.tr("It answers with the registered identity."))
        else:
            words.append(
                self.tr("ANOTHER ANSWERS: {model}, serial number {serial}, firmware {firmware}").format(
                    model=identity.model or DASH, serial=identity.serial_number or DASH, firmware=identity.firmware or DASH
                )
            )
        if row.held_reason:
            words.append(self.tr("Held: {reason}").format(reason=row.held_reason))
        return words

    def _connection_words(self, one: DeviceLine) -> list[str]:
        status = one.status
        if status is None:
            return [self.tr("The station runs without devices.")]
        since = unbroken(site_text(status.since.utc_us, self.client.info.zone))
        words = [self.tr("Connection: {state} since {time}").format(state=self._words.state(status.state), time=since)]
        if status.message:
            words.append(breakable(status.message))
        words.append(
            self.tr("Connections lost: {lost}, frames not understood: {garbled}").format(
                lost=status.reconnects, garbled=status.garbled_frames
            )
        )
        health = status.health
        if health is not None:
            words.append(
                self.tr("Requests: {requests}, failed: {failures}, values: {values}, answer after {latency} ms").format(
                    requests=health.requests, failures=health.failures, values=health.values, latency=f"{health.latency_ms:.0f}"
                )
            )
            if health.clock_offset_ms is not None:
                words.append(self.tr("Its clock is off by {offset} ms").format(offset=round(health.clock_offset_ms)))
        return words

    def _scale_words(self, row: DeviceRow) -> list[str]:
        if not row.is_scale:
            return []
        due = unbroken(site_text(row.check_due_us, self.client.info.zone)) if row.check_due_us is not None else DASH
        least = f"{row.minimum_weight}{NO_BREAK}{row.unit}" if row.minimum_weight else DASH
        return [
            self.tr("Capacity {capacity}, readability {readability}, minimum weight {least}").format(
                capacity=f"{row.capacity}{NO_BREAK}{row.unit}", readability=f"{row.readability}{NO_BREAK}{row.unit}", least=least
            ),
            self.tr("Calibrated until {day}. Last check {passed}, next due {time}").format(
                day=row.calibration_due or DASH, passed=self.tr("passed") if row.check_passed else self.tr("NOT passed"), time=due
            ),
        ]

    def _show_frames(self, frames: tuple[StoredSample, ...]) -> None:
        zone = self.client.info.zone
        lines = []
        for one in frames:
            raw = one.frame.decode("latin-1") if one.frame is not None else ""
            value = f"{shown_value(one.value)} {one.unit}".strip() or DASH
            lines.append(breakable(f"{site_text(one.time_us, zone)[11:19]}  {value}  {self._words.quality(one.status)}  {raw}".rstrip()))
        self.frames.setText("\n".join(lines) or self.tr("Nothing was kept yet."))

    def _show_statuses(self) -> None:
        """What a printer told last, as it came."""
        device_id, gateway, zone = self._printer(), self.client.station.gateway, self.client.info.zone
        if not device_id or gateway is None:
            return
        try:
            told = gateway.printer_statuses(device_id)[:_FRAMES]
        except JopeError:
            told = ()
        words, ready = LabelWords(self), self.tr("ready")
        lines = (
            breakable(f"{site_text(one.received.utc_us, zone)[11:19]}  {', '.join(map(words.fault, one.faults)) or ready}  {one.raw}")
            for one in told
        )
        self.frames.setText("\n".join(lines) or self.tr("The printer says nothing."))

    def _show_history(self, data: DevicesData) -> None:
        self.history.clear()
        words = LabelWords(self)
        for label in data.labels[:50]:
            text = self.tr("{time}, batch {batch}, material {position}, asked by {person}").format(
                time=self._whole(label.asked_us), batch=label.batch_no, position=label.position, person=label.asked_by
            )
            self.history.add(Text("\n".join(filter(None, (words.label(label), text, breakable(label.message)))), "small", wrap=True))
            self.history.add(rule())
        for check in data.checks[:50]:
            self.history.add(Text(self._check_words(check), "small", wrap=True))
            self.history.add(rule())
        for calibration in data.calibrations[:50]:
            self.history.add(Text(self._calibration_words(calibration), "small", wrap=True))
            self.history.add(rule())
        for write in data.writes[:50]:
            self.history.add(Text(self._write_words(write), "small", wrap=True))
            self.history.add(rule())
        if not (data.checks or data.calibrations or data.writes or data.labels):
            nothing = self.tr("No label was printed.") if self._printer() else self.tr("No check, calibration or write is recorded.")
            self.history.add(Text(nothing, "quiet", wrap=True))

    def _check_words(self, one: CheckRow) -> str:
        states = {
            "open": self.tr("runs"),
            "passed": self.tr("passed"),
            "failed": self.tr("FAILED"),
            "abandoned": self.tr("abandoned"),
        }
        words = self.tr("Check {time} by {person}: {state}").format(
            time=self._whole(one.begun_us), person=one.begun_by, state=states.get(one.state, one.state)
        )
        if one.minimum_weight:
            words += self.tr(", minimum weight {weight}").format(weight=f"{one.minimum_weight}{NO_BREAK}{one.unit}")
        if one.deviation:
            words += self.tr(", deviation {number}").format(number=one.deviation)
        return f"{words}\n{one.finding}" if one.finding else words

    def _calibration_words(self, one: CalibrationRow) -> str:
        results = {
            "pass": self.tr("within tolerance"),
            "fail": self.tr("OUT OF TOLERANCE"),
            "none": self.tr("first calibration"),
        }
        words = self.tr(
            "Calibration {day} until {due}, certificate {number} of {laboratory}. As found: {found}, as left: {left}. {person}, {time}"
        )
        return words.format(
            day=one.calibrated_on, due=one.due_on, number=one.certificate_no, laboratory=one.laboratory, found=results.get(one.as_found, one.as_found),
            left=results.get(one.as_left, one.as_left), person=one.recorded_by, time=self._whole(one.recorded_us),
        )  # fmt: skip

    def _write_words(self, one: WriteRow) -> str:
        states = {
            "approved": self.tr("approved"), "sent": self.tr("sent"), "done": self.tr("done"), "refused": self.tr("refused"),
            "indeterminate": self.tr("NOT KNOWN whether it was done"),
        }  # fmt: skip
        words = self.tr("Write {time}: {tag} from {before} to {value}: {state}").format(
            time=self._whole(one.approved_us),
            tag=one.tag_id,
            before=one.value_before,
            value=one.value,
            state=states.get(one.state, one.state),
        )
        return f"{words}\n{breakable(one.message)}" if one.message else words

    def _whole(self, utc_us: int) -> str:
        return unbroken(site_text(utc_us, self.client.info.zone))

    def _show_trust(self, data: DevicesData) -> None:
        self.trust.clear()
        states = {"seen": self.tr("seen, not trusted"), "trusted": self.tr("trusted"), "revoked": self.tr("revoked")}
        for one in data.certificates[:10]:
            state = states.get(one.state, one.state)
            words = self.tr("{subject}: {state}. Seen {time}, valid until {until}").format(
                subject=breakable(one.subject), state=state, time=self._whole(one.seen_us), until=one.not_after
            )
            self.trust.add(Text(words, "small", wrap=True))
            self.trust.add(Text(thumbprint_groups(one.thumbprint), "mono", wrap=True))
            for key, text, work in (
                ("trust", self.tr("Trust it"), self._on_trust_triggered),
                ("revoke", self.tr("Revoke it"), self._on_revoke_triggered),
            ):
                verdict = data.verdicts.get(f"{key}:{one.thumbprint}")
                offered = (key == "trust" and one.state == "seen") or (key == "revoke" and one.state != "revoked")
                if offered and not out_of_role(verdict):
                    action = BlockedAction(
                        text, self.theme, role="plain", size="dense", name=f"devices-{key}-{one.thumbprint[:8]}", place="above"
                    )
                    action.set_verdict(verdict)
                    action.triggered.connect(partial(work, one))
                    self.trust.add(action)
            self.trust.add(rule())
        if not data.certificates:
            self.trust.add(Text(self.tr("This device has shown no certificate."), "quiet", wrap=True))

    def _show_offers(self, data: DevicesData) -> None:
        tag = self._tag()
        for key, action in self.buttons.items():
            probe = "change" if key == "tag-change" else key
            shown = probe in data.verdicts and not out_of_role(data.verdicts[probe])
            if key in ("tag-change", "tag-retire", "write"):
                shown = shown and tag is not None
            if key == "retry":
                shown = bool(data.chosen)
            action.setVisible(shown)
            action.set_verdict(data.verdicts.get(key))
        if tag is not None:
            for key, text in (
                ("tag-change", self.tr("Change tag {tag}")),
                ("tag-retire", self.tr("Retire tag {tag}")),
                ("write", self.tr("Write {tag}")),
            ):
                self.buttons[key].offer(text.format(tag=tag.tag_id))
        self._show_retry()

    def _show_retry(self) -> None:
        one = self._chosen()
        if one is None or one.status is None:
            self.buttons["retry"].block(self.tr("The station runs without devices. Start the client with its drivers."))
        elif one.status.state not in _WAITS:
            self.buttons["retry"].block(self.tr("It does not wait: {state}.").format(state=self._words.state(one.status.state)))
        else:
            self.buttons["retry"].block("")

    # --- live ---------------------------------------------------------------------------------------------------------

    def _watch(self, device_id: str) -> None:
        if device_id != self._watched:
            if self._watched:
                self.client.live.unwatch(self._watched)
            if device_id:
                self.client.live.watch(device_id)
            self._watched = device_id

    def _on_live_updated(self, live: LiveValue) -> None:
        if live.device_id == self._watched and self.isVisible():
            self.tile.show_value(live)

    def _show_values(self) -> None:
        """The newest values of the tags; ten times a second while they are looked at."""
        one, gateway = self._chosen(), self.client.station.gateway
        if one is not None and one.status is not None and gateway is not None and not one.row.is_scale:
            self.tag_model.show_values(gateway.newest_values(one.row.device_id))
        else:
            self.tag_model.show_values({})

    def _newest(self, tag: TagRow) -> NewestValue | None:
        return self.tag_model.newest.get(tag.tag_id)

    def _value_text(self, tag: TagRow) -> str:
        newest = self._newest(tag)
        return DASH if newest is None else shown_value(newest.value.value) or DASH

    def _quality_text(self, tag: TagRow) -> str:
        newest, one = self._newest(tag), self._chosen()
        if newest is None:
            return self.tr("no value yet")
        if one is None or one.facts.state not in (DeviceState.ONLINE, DeviceState.DEGRADED):
            return self.tr("not live")
        return self._words.quality(newest.value.status)

    def _age_text(self, tag: TagRow) -> str:
        newest = self._newest(tag)
        if newest is None:
            return DASH
        return self._words.age(max(0, self.client.station.clock.now().mono_us - newest.received.mono_us) / 1_000_000)

    # --- choosing -----------------------------------------------------------------------------------------------------

    def _on_view_chosen(self) -> None:
        view = self.tabs.value
        self.stack.setCurrentIndex(list(self.tabs.buttons).index(view))
        if view == "values":
            self._live.start()
        else:
            self._live.stop()
        if self._data is not None:
            self.refresh()

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and self.model.rows[rows[0].row()].row.device_id != self._wanted:
            self._wanted = self.model.rows[rows[0].row()].row.device_id
            self._wanted_tag = ""
            self._show_now()
            self.refresh()

    def _on_tag_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        rows = self.tag_table.selectionModel().selectedRows()
        if rows and rows[0].row() < len(self.tag_model.rows) and self.tag_model.rows[rows[0].row()].tag_id != self._wanted_tag:
            self._wanted_tag = self.tag_model.rows[rows[0].row()].tag_id
            self.refresh()

    # --- asking -------------------------------------------------------------------------------------------------------

    def _sheet(self, key: str, title: str, words: str, verb: str, entries: tuple[Entry, ...]) -> EntrySheet:
        self.notice.hide()
        return EntrySheet(self.desk.host, self.theme, name=f"devices-{key}-sheet", title=title, words=words, verb=verb, entries=entries)

    def _with_reason(self, key: str, words: str, verb: str, make: Callable[[str, str], Command]) -> None:
        one = self._chosen()
        if one is not None:
            sheet = self._sheet(key, f"{verb}: {one.row.device_id}", words, verb, (Entry("reason", self.tr("Reason")),))
            self.collect(sheet, lambda values: make(one.row.device_id, values["reason"]))

    def _on_hold_triggered(self) -> None:
        words = self.tr("It is out of use at once. Two people return it to use.")
        self._with_reason("hold", words, self.tr("Hold device"), lambda device, why: HoldDevice(device_id=device, reason=why))

    def _on_return_triggered(self) -> None:
        words = self.tr("It may be used again once another person approves it. Say why it can be trusted.")
        self._with_reason("return", words, self.tr("Return to use"), lambda device, why: ReturnDeviceToUse(device_id=device, reason=why))

    def _on_retire_triggered(self) -> None:
        words = self.tr("It leaves the station for good once another person approves it. Its history stays.")
        self._with_reason("retire", words, self.tr("Retire device"), lambda device, why: RetireDevice(device_id=device, reason=why))

    def _on_retry_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            station, device_id = self.client.station, one.row.device_id
            self.notice.hide()
            self.client.read(lambda token: station.retry_device(token, device_id), self._on_retried, self.notice.refuse)

    def _on_retried(self, _: object) -> None:
        self.notice.confirm(self.tr("The device is tried again now."))

    def _on_register_triggered(self) -> None:
        words = self.tr("The device comes in when another person approves it. Write down what its plate and its screen say.")
        sheet = self._sheet("register", self.tr("New device"), words, self.tr("Ask for it"), self._forms.device(self.client.info.line))
        self.collect(sheet, self._forms.new_device)

    def _on_change_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            words = self.tr("It changes when another person approves it, and is connected anew.")
            title = self.tr("Change {device}").format(device=one.row.device_id)
            sheet = self._sheet("change", title, words, self.tr("Ask for it"), self._forms.change(one.row))
            self.collect(sheet, lambda values: self._forms.changed(one.row, values))

    def _on_identity_triggered(self) -> None:
        one = self._chosen()
        identity = one.status.identity if one is not None and one.status is not None else None
        if one is None or identity is None:
            return
        row = one.row
        words = self.tr(
            "Registered: {model}, serial number {serial}, firmware {firmware}. Answering: {new_model}, {new_serial}, {new_firmware}.\n\n"
            "Another serial number is another instrument: its calibration and checks begin anew. Another firmware needs a new check."
        ).format(
            model=row.model, serial=row.serial_number, firmware=row.firmware, new_model=identity.model, new_serial=identity.serial_number,
            new_firmware=identity.firmware,
        )  # fmt: skip

        def make(values: Mapping[str, str]) -> Command:
            return AcceptDeviceIdentity(
                device_id=row.device_id, model=identity.model, serial_number=identity.serial_number, firmware=identity.firmware,
                reason=values["reason"],
            )  # fmt: skip

        title = self.tr("Accept identity of {device}").format(device=row.device_id)
        self.collect(self._sheet("identity", title, words, self.tr("Ask for it"), (Entry("reason", self.tr("Reason")),)), make)

    def _on_calibrate_triggered(self) -> None:
        one = self._chosen()
        if one is None:
            return
        words = self.tr("Write down what the certificate states for {serial}. A device that was found out of tolerance is held.").format(
            serial=one.row.serial_number
        )
        title = self.tr("Calibration of {device}").format(device=one.row.device_id)
        sheet = self._sheet("calibrate", title, words, self.tr("Sign calibration"), self._forms.calibration())
        asker = self.client.session.token

        def given(values: Mapping[str, str]) -> None:
            path = Path(values["file"]).expanduser() if values["file"] else None
            if path is None:
                kept(values, ("", ""))
                return
            station = self.client.station
            self.client.read(
                lambda token: (station.keep_document(content_of(path), token), path.name), lambda found: kept(values, found), sheet.refuse
            )

        def kept(values: Mapping[str, str], document: tuple[str, str]) -> None:
            if self.client.session.token == asker:
                sheet.close_sheet()
                self.send(self._forms.calibrated(one.row, values, document))

        sheet.given.connect(given)
        sheet.open()

    def _on_tag_triggered(self) -> None:
        one = self._chosen()
        if one is not None:
            sheet = BrowseSheet(self.desk.host, self.client, one.row.device_id)
            sheet.picked.connect(lambda node: self._ask_for_tag(one.row.device_id, None, node))
            sheet.open()

    def _on_tag_change_triggered(self) -> None:
        one, tag = self._chosen(), self._tag()
        if one is not None and tag is not None:
            self._ask_for_tag(one.row.device_id, tag, BrowseNode("", "", True))

    def _ask_for_tag(self, device_id: str, tag: TagRow | None, node: BrowseNode) -> None:
        words = self.tr("The tag is heard once another person approves it.")
        title = (
            self.tr("New tag of {device}").format(device=device_id) if tag is None else self.tr("Change tag {tag}").format(tag=tag.tag_id)
        )
        sheet = self._sheet("tag", title, words, self.tr("Ask for it"), self._forms.tag(device_id, tag, node))
        self.collect(sheet, lambda values: self._forms.set_tag(device_id, tag, values))

    def _on_tag_retire_triggered(self) -> None:
        tag = self._tag()
        if tag is not None:
            words = self.tr("It is heard no more once another person approves it. What was heard stays.")
            title = self.tr("Retire tag {tag}").format(tag=tag.tag_id)
            sheet = self._sheet("tag-retire", title, words, self.tr("Retire tag"), (Entry("reason", self.tr("Reason")),))
            self.collect(sheet, lambda values: RetireTag(tag_id=tag.tag_id, reason=values["reason"]))

    def _on_write_triggered(self) -> None:
        one, tag = self._chosen(), self._tag()
        if one is None or tag is None:
            return
        self._show_values()
        newest = self._newest(tag)
        before = DASH if newest is None else text_of(newest.value.value) or DASH
        words = self.tr(
            "{tag} has {value} now. The value is written once, after another person approves it, and only if it still has this one."
        )
        title = self.tr("Write {tag}").format(tag=tag.tag_id)
        sheet = self._sheet(
            "write", title, words.format(tag=tag.tag_id, value=f"{before} {tag.unit}".strip()), self.tr("Ask for it"),
            (Entry("value", self.tr("New value")), Entry("reason", self.tr("Reason"))),
        )  # fmt: skip
        device_id, known = one.row.device_id, "" if before == DASH else before
        self.collect(
            sheet,
            lambda values: WriteTag(
                device_id=device_id, tag_id=tag.tag_id, value=values["value"], value_before=known, reason=values["reason"]
            ),
        )

    def _on_trust_triggered(self, one: CertificateRow) -> None:
        words = self.tr("Compare the thumbprint with the one that the device itself shows:")
        self._ask_about_certificate("trust", one, words, self.tr("Trust it"), TrustCertificate)

    def _on_revoke_triggered(self, one: CertificateRow) -> None:
        words = self.tr("The device is not let in with it any more, at once and for good:")
        self._ask_about_certificate("revoke", one, words, self.tr("Revoke it"), RevokeCertificate)

    def _ask_about_certificate(
        self, key: str, one: CertificateRow, words: str, verb: str, command: type[TrustCertificate] | type[RevokeCertificate]
    ) -> None:
        device_id = self._wanted
        sheet = self._sheet(
            key, self.tr("Certificate of {device}").format(device=device_id), f"{words}\n\n{thumbprint_groups(one.thumbprint)}", verb,
            (Entry("reason", self.tr("Reason")),),
        )  # fmt: skip
        self.collect(sheet, lambda values: command(device_id=device_id, thumbprint=one.thumbprint, reason=values["reason"]))


def _is_printer(row: DeviceRow) -> bool:
    """Whether it prints labels."""
    return row.protocol in PRINTER_PROTOCOLS


def _role_only(verdict: GuardVerdict | None) -> GuardVerdict | None:
    """What stands against the person, not against what has not been entered yet."""
    return verdict if verdict is not None and verdict.guard not in _OF_ENTRY else None


_OF_ENTRY: Final = frozenset(
    {"device_is_new", "scale_is_whole", "configuration_is_usable", "tag_is_usable", "scale_can_be_checked", "reason_is_given"}
)


def _as_values(one: DeviceRow) -> dict[str, str]:
    """A device as its form shows it."""
    return {
        "title": one.title, "address": one.address, "options": one.options, "poll_ms": str(one.poll_ms),
        "write_enabled": "yes" if one.write_enabled else "no", "reason": _ANY,
    }  # fmt: skip
