"""Settings in force; a change of one is asked for, with the value before and after (URS C15, D03)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QItemSelection, Qt
from typing_extensions import override

from jope.compliance.commands import GuardVerdict
from jope.compliance.settings.commands import ChangeSetting
from jope.compliance.settings.queries import SettingRow, settings
from jope.kernel.clock import site_text
from jope_ui.dialogs.entry import Entry, EntrySheet
from jope_ui.views.desk import Desk
from jope_ui.views.page import Page
from jope_ui.widgets.buttons import BlockedAction, Button, out_of_role
from jope_ui.widgets.cards import Card
from jope_ui.widgets.tables import Column, Table, TupleModel


@dataclass(frozen=True, slots=True)
class SettingsData:
    """What one read brings."""

    rows: tuple[SettingRow, ...]
    verdict: GuardVerdict | None


class SettingsPage(Page):
    """Every setting with its value, its version and since when it stands."""

    kinds: ClassVar[frozenset[str]] = frozenset({"setting"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, name="settings")
        zone = self.client.info.zone
        columns = (
            Column(self.tr("Setting"), lambda one: str(one.title), wide=True),
            Column(self.tr("Value"), lambda one: f"{one.value} {one.unit}".strip()),
            Column(self.tr("Version"), lambda one: str(one.number)),
            Column(self.tr("Since"), lambda one: self.tr("the beginning") if one.since_us is None else site_text(one.since_us, zone)),
        )
        self.model = TupleModel(columns)
        self.table = Table(self.theme, name="settings", spoken=self.tr("Settings"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.back = Button(self.tr("Back to people"), name="settings-back")
        self.trail = Button(self.tr("Audit trail"), name="settings-trail")
        self.change = BlockedAction(self.tr("Change setting"), self.theme, name="settings-change")
        card = Card(self.theme, self.tr("Settings"))
        card.body.addWidget(self.table, 1)
        self.body.addWidget(card, 1)
        self.footer.addWidget(self.back, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addWidget(self.trail, 0, Qt.AlignmentFlag.AlignBottom)
        self.footer.addStretch(1)
        self.footer.addWidget(self.change, 2)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.back.clicked.connect(lambda: self.desk.go("people", ""))
        self.trail.clicked.connect(self._on_trail_clicked)
        self.change.triggered.connect(self._on_change_triggered)

    @override
    def load(self, token: str | None) -> SettingsData:
        station = self.client.station
        rows = station.read(settings, token)
        return SettingsData(rows, station.preflight(ChangeSetting(key=rows[0].key, value="?", reason="x"), token))

    @override
    def show_data(self, data: SettingsData) -> None:
        self.model.show_rows(data.rows)
        self.change.setVisible(not out_of_role(data.verdict))
        self._check()

    def _chosen(self) -> SettingRow | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows[rows[0].row()] if rows else None

    def _check(self) -> None:
        self.change.block("" if self._chosen() is not None else self.tr("Choose a setting."))

    def _on_selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self._check()

    def _on_trail_clicked(self) -> None:
        chosen = self._chosen()
        self.desk.go("audit", f"setting:{chosen.key}" if chosen is not None else "")

    def _on_change_triggered(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        unit = f" ({chosen.unit})" if chosen.unit else ""
        sheet = EntrySheet(
            self.desk.host, self.theme, name="setting-sheet", title=chosen.title,
            words=self.tr("It is {value} now. Another person approves the new value.").format(value=f"{chosen.value} {chosen.unit}".strip()),
            verb=self.tr("Ask for it"),
            entries=(Entry("value", self.tr("New value") + unit), Entry("reason", self.tr("Reason"))),
        )  # fmt: skip

        self.collect(sheet, lambda values: ChangeSetting(key=chosen.key, **values))
