"""The sheet to type a lot number when its label cannot be read."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jope_ui.dialogs.form_sheet import FormSheet
from jope_ui.theme import Theme
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text


class TypeLotSheet(FormSheet):
    """``given`` carries the number; it is checked by the station like a scanned one."""

    given = Signal(str)

    def __init__(self, host: QWidget, theme: Theme, *, material: str, typed: str) -> None:
        super().__init__(
            host, theme, name="type-lot-sheet", title=self.tr("Type the lot number"), verb=self.tr("Take number"), verb_name="type-lot-give"
        )
        self.about.addWidget(Text(self.tr("For {material}. Scan the label whenever it can be read.").format(material=material), wrap=True))
        self.about.addStretch(1)
        self.lot = Field(self.tr("Lot number"), theme, name="type-lot")
        self.lot.set_text(typed)
        self.entry.addWidget(self.lot)
        self.finish_layout()
        self.keyboard.show()
        self.lot.changed.connect(self._check)
        self.verb.triggered.connect(self._on_verb_triggered)
        self._check()

    def _check(self) -> None:
        self.verb.block("" if self.lot.text.strip() else self.tr("Missing: lot number."))

    def _on_verb_triggered(self) -> None:
        self.given.emit(self.lot.text.strip())
        self.close_sheet()
