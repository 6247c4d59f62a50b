"""The live band fed by the station: it reads and watches while it is on the screen, locked or not."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from jope.plant.batches.queries import batch_list
from jope.plant.weighing.queries import dispensing
from jope_ui.bridge.client import Client
from jope_ui.bridge.live import LiveValue
from jope_ui.viewmodels.line_facts import LineFacts, batch_in_view, line_facts
from jope_ui.widgets.live_band import LiveBand
from jope_ui.widgets.state_words import plain_state

KINDS = frozenset({"batch", "weighing", "dispense", "signature"})


class LineView(QWidget):
    """Reads again when something changed; reading is open to the session that is locked, entry is not."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self._device_id = ""
        self.band = LiveBand(client.theme)
        column = QVBoxLayout(self)
        client.theme.space(column, gap_mm=0)
        column.addWidget(self.band)
        client.changes.changed.connect(self._on_changed)
        client.live.updated.connect(self._on_live_updated)

    def refresh(self) -> None:
        """Read what the line does."""
        if self._client.session.token is not None:
            self._client.read(self._load, self._on_loaded, lambda _: None, key="line-view")

    def _load(self, token: str | None) -> LineFacts | None:
        station = self._client.station
        batch = batch_in_view(station.read(batch_list, token), self._client.batch_no)
        if batch is None:
            return None
        running = plain_state(batch.record_state) == "inexecution"
        return line_facts(batch, station.read(dispensing, token, batch_no=batch.batch_no) if running else None)

    def _on_loaded(self, facts: LineFacts | None) -> None:
        self.band.show_facts(facts)
        self._watch(facts.device_id if facts is not None and self.isVisible() else "")

    def _watch(self, device_id: str) -> None:
        if device_id == self._device_id:
            return
        if self._device_id:
            self._client.live.unwatch(self._device_id)
        if device_id:
            self._client.live.watch(device_id)
            self.band.show_value(self._client.live.value(device_id))
        self._device_id = device_id

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if self.isVisible() and kinds & KINDS:
            self.refresh()

    def _on_live_updated(self, live: LiveValue) -> None:
        if self.isVisible() and live.device_id == self._device_id:
            self.band.show_value(live)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self.refresh()

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        super().hideEvent(event)
        self._watch("")
