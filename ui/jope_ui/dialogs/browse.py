"""What a device offers, folder by folder, to pick the address of a tag."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from jope.kernel.errors import JopeError
from jope.plant.devices.tags import BrowseNode
from jope_ui.bridge.client import Client
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.labels import Text, breakable
from jope_ui.widgets.sheet import Sheet
from jope_ui.widgets.tables import Column, Table, TupleModel


class BrowseSheet(Sheet):
    """``picked`` carries the node whose value is to be heard; without one, an empty node: its address is typed."""

    picked = Signal(object)

    def __init__(self, host: QWidget, client: Client, device_id: str) -> None:
        super().__init__(host, client.theme, name="browse-sheet", margin_mm=1.0)
        self._client = client
        self._device_id = device_id
        self._path: list[BrowseNode] = []
        self.title = Text(self.tr("What {device} offers").format(device=device_id), "title", wrap=True)
        self.place = Text("", "quiet", wrap=True)
        columns = (
            Column(self.tr("Name"), lambda node: f"{node.name}" if node.is_variable else f"{node.name} \u203a"),
            Column(self.tr("Type"), lambda node: str(node.data_type)),
            Column(self.tr("Address"), lambda node: str(node.address), wide=True),
        )
        self.model = TupleModel(columns)
        self.table = Table(client.theme, name="browse-nodes", spoken=self.tr("What the device offers"))
        self.table.setModel(self.model)
        self.table.fit_columns(columns)
        self.up = Button(self.tr("Up"), name="browse-up")
        self.down = Button(self.tr("Open folder"), name="browse-open")
        self.typed = Button(self.tr("Type the address"), name="browse-type")
        self.cancel_button = Button(self.tr("Cancel"), name="browse-cancel")
        self.pick = BlockedAction(self.tr("Use this one"), client.theme, name="browse-pick")
        line = QHBoxLayout()
        client.theme.space(line, gap_mm=2.5)
        for button in (self.cancel_button, self.up, self.down, self.typed):
            line.addWidget(button)
        line.addWidget(self.pick, 1)
        for part in (self.title, self.place):
            self.body.addWidget(part)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(line)
        self.cancel_button.clicked.connect(self.cancel)
        self.up.clicked.connect(self._on_up_clicked)
        self.down.clicked.connect(self._on_down_clicked)
        self.typed.clicked.connect(lambda: self._give(BrowseNode("", "", True)))
        self.pick.triggered.connect(self._on_pick_triggered)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._check())
        self.table.doubleClicked.connect(lambda _: self._on_down_clicked())
        self._read()

    def _read(self) -> None:
        address = self._path[-1].address if self._path else ""
        client, device_id = self._client, self._device_id
        self.model.show_rows(())
        self.place.setText(self.tr("Asking the device \u2026"))
        self._check()
        client.read(lambda token: client.station.browse_device(token, device_id, address), self._on_read, self._on_failed, key="browse")

    def _on_read(self, nodes: tuple[BrowseNode, ...]) -> None:
        self.model.show_rows(nodes)
        path = " / ".join(node.name for node in self._path)
        self.place.setText(path or self.tr("The top of what it offers") if nodes else self.tr("It offers nothing here."))
        if nodes:
            self.table.choose(0)
        self._check()

    def _on_failed(self, error: JopeError) -> None:
        self.place.setText(f"{error.code}  {breakable(error.message)} {error.what_to_do}")
        self._check()

    def _chosen(self) -> BrowseNode | None:
        rows = self.table.selectionModel().selectedRows()
        found: BrowseNode | None = self.model.rows[rows[0].row()] if rows and rows[0].row() < len(self.model.rows) else None
        return found

    def _check(self) -> None:
        node = self._chosen()
        self.up.setEnabled(bool(self._path))
        self.down.setEnabled(node is not None and not node.is_variable)
        if node is None:
            self.pick.block(self.tr("Choose a value."))
        elif not node.is_variable:
            self.pick.block(self.tr("This is a folder."))
        else:
            self.pick.block("" if node.data_type else self.tr("A value of this type cannot be kept."))

    def _on_up_clicked(self) -> None:
        if self._path:
            self._path.pop()
            self._read()

    def _on_down_clicked(self) -> None:
        node = self._chosen()
        if node is not None and not node.is_variable:
            self._path.append(node)
            self._read()

    def _on_pick_triggered(self) -> None:
        node = self._chosen()
        if node is not None:
            self._give(node)

    def _give(self, node: BrowseNode) -> None:
        self.close_sheet()
        self.picked.emit(node)

    @override
    def cancel(self) -> None:
        self._client.queries.forget("browse")
        super().cancel()
