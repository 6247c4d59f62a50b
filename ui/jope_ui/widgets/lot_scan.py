"""The place where a lot label is scanned, or typed when the label cannot be read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.viewmodels.gs1 import read_scan
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text
from jope_ui.widgets.shapes import Icon


class LotScan(QWidget):
    """``changed`` says that another lot stands there; ``typing_asked`` that the field was touched. A scan never presses a button by itself."""

    changed = Signal()
    typing_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._scan = read_scan("")
        self.prompt = Text("", "strong", wrap=True)
        self.field = Field(self.tr("Lot number"), theme, name="lot-scan")
        self.words = Text("", "quiet", wrap=True)
        head = QHBoxLayout()
        theme.space(head, gap_mm=3)
        head.addWidget(Icon(theme, "scan", size_mm=9))
        head.addWidget(self.prompt, 1)
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=2)
        column.addLayout(head)
        column.addWidget(self.field)
        column.addWidget(self.words)
        self.field.line.installEventFilter(self)
        self.field.changed.connect(self._on_field_changed)
        self.hide()

    @property
    def lot_no(self) -> str:
        """The lot in the scan, empty before one was read."""
        return self._scan.lot_no

    @property
    def container(self) -> int:
        """The number of the container in the scan; 0 where it names none."""
        return self._scan.container

    def start(self, material_name: str) -> None:
        """Wait for a lot of a material."""
        self.prompt.setText(self.tr("Scan the lot of {material}.").format(material=material_name))
        self.forget()

    def take(self, raw: str) -> None:
        """Take what the scanner read and show it."""
        scan = read_scan(raw)
        self.field.set_text(f"{scan.lot_no}:{scan.container}" if scan.container else scan.lot_no)
        self._scan = scan
        if scan.gs1:
            self.words.setText(self.tr("Read from the GS1 code."))
        self.changed.emit()

    def forget(self) -> None:
        """Empty the field."""
        self.field.forget()

    def _on_field_changed(self) -> None:
        self._scan = read_scan(self.field.text)
        self.words.setText("")
        self.changed.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self.typing_asked.emit()
        return False
