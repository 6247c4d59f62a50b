"""The client's own number keypad: the unit is fixed and the range is checked while typing. No spin boxes for GMP values."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from jope.kernel.errors import QuantityError
from jope.kernel.units import Quantity, parse_decimal
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import BlockedAction, Button
from jope_ui.widgets.cards import Card
from jope_ui.widgets.labels import DASH, Identifier, quantity_text

KEYS = ("789", "456", "123", ".0")
LONGEST = 14


class Keypad(Card):
    """Collects one quantity. ``entered`` carries it; it is offered only while the number lies in the range."""

    entered = Signal(object)

    def __init__(self, theme: Theme, *, unit: str, low: Decimal, high: Decimal) -> None:
        super().__init__(theme)
        self._unit = unit
        self._low = low
        self._high = high
        self._typed = ""
        self.shown = Identifier(DASH, "value")
        self.range = Identifier(quantity_text(f"{low:f} {DASH} {high:f}", unit), "quiet")
        self.take = BlockedAction(self.tr("Enter value"), theme, name="keypad-enter")
        self.take.triggered.connect(self._on_take_triggered)
        self.body.addWidget(self.shown)
        self.body.addWidget(self.range)
        grid = QGridLayout()
        theme.space(grid, gap_mm=2)
        for row, line in enumerate(KEYS):
            for column, character in enumerate(line):
                grid.addWidget(self._key(character, f"keypad-{character}"), row, column)
        back = self._key("\u232b", "keypad-back")
        back.setAccessibleName(self.tr("Delete one digit"))
        back.clicked.disconnect()
        back.clicked.connect(self._on_back_clicked)
        grid.addWidget(back, 3, 2)
        holder = QVBoxLayout()
        holder.addLayout(grid)
        self.body.addLayout(holder)
        self.body.addWidget(self.take)
        self._check()

    @property
    def typed(self) -> str:
        """The digits so far."""
        return self._typed

    def clear(self) -> None:
        """Forget what was typed."""
        self._typed = ""
        self._check()

    def _key(self, character: str, name: str) -> Button:
        key = Button(character, role="key", name=name)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.clicked.connect(partial(self._type, character))
        return key

    def _type(self, character: str) -> None:
        if len(self._typed) < LONGEST and not (character == "." and "." in self._typed):
            self._typed += character
            self._check()

    def _on_back_clicked(self) -> None:
        self._typed = self._typed[:-1]
        self._check()

    def _check(self) -> None:
        self.shown.setText(quantity_text(self._typed, self._unit))
        self.take.block(self._why_not())

    def _why_not(self) -> str:
        try:
            value = parse_decimal(self._typed)
        except QuantityError:
            return self.tr("Type a number.")
        if value < self._low:
            return self.tr("Below the range.")
        return self.tr("Above the range.") if value > self._high else ""

    def _on_take_triggered(self) -> None:
        self.entered.emit(Quantity.parse(self._typed, self._unit))
