"""The client's own touch keyboard: compact, beside the form and never over it, keys sized for gloves."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QSizePolicy, QWidget

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import restyle

LETTERS = ("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm.")
SIGNS = ("1234567890", '!"§$%&/()=', "?+*#'_:;,@", "<>|~^°{}")


class TouchKeyboard(QWidget):
    """Types into the field that has the focus. Its keys never take the focus themselves."""

    def __init__(self, theme: Theme, *, dense: bool = False) -> None:
        super().__init__()
        self._touch = "dense" if dense else "routine"
        self._shift = False
        self._signs = False
        self.setObjectName("keyboard")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self)
        theme.space(self._grid, gap_mm=1.8)
        self._keys: list[list[Button]] = [
            [self._character_key(row, column) for column in range(len(line))] for row, line in enumerate(LETTERS)
        ]
        self.shift = self._function_key("\u21e7", self.tr("Capital letters"), "key-shift")
        self.shift.setCheckable(True)
        self.back = self._function_key("\u232b", self.tr("Delete one character"), "key-back")
        self.signs = self._function_key("#+=", self.tr("Signs"), "key-signs")
        self.signs.setCheckable(True)
        self.space = self._function_key("", self.tr("Space"), "key-space")
        self.next = self._function_key("\u21e5", self.tr("Next field"), "key-next")
        self.shift.clicked.connect(self._on_shift_clicked)
        self.back.clicked.connect(self._on_back_clicked)
        self.signs.clicked.connect(self._on_signs_clicked)
        self.space.clicked.connect(lambda: self._type(" "))
        self.next.clicked.connect(self._on_next_clicked)
        self._place()
        self._name_keys()

    def set_dense(self, dense: bool) -> None:
        """Keys of 12 mm where the panel is small, else of 15 mm."""
        self._touch = "dense" if dense else "routine"
        for key in self.findChildren(Button):
            restyle(key, "touch", self._touch)

    def _character_key(self, row: int, column: int) -> Button:
        key = Button("", role="key", size=self._touch, name=f"key-{row}-{column}")
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.clicked.connect(partial(self._on_key_clicked, key))
        return key

    def _function_key(self, text: str, meaning: str, name: str) -> Button:
        key = Button(text, role="key", size=self._touch, name=name)
        key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        key.setProperty("state", "function")
        key.setAccessibleName(meaning)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return key

    def _place(self) -> None:
        for row in range(3):
            for column, key in enumerate(self._keys[row]):
                self._grid.addWidget(key, row, column)
        self._grid.addWidget(self.shift, 3, 0)
        for column, key in enumerate(self._keys[3]):
            self._grid.addWidget(key, 3, column + 1)
        self._grid.addWidget(self.back, 3, 9)
        self._grid.addWidget(self.signs, 4, 0, 1, 2)
        self._grid.addWidget(self.space, 4, 2, 1, 6)
        self._grid.addWidget(self.next, 4, 8, 1, 2)

    def _name_keys(self) -> None:
        layer = SIGNS if self._signs else LETTERS
        for line, keys in zip(layer, self._keys, strict=True):
            for character, key in zip(line, keys, strict=True):
                key.say((character.upper() if self._shift and not self._signs else character).replace("&", "&&"))

    def _on_key_clicked(self, key: Button) -> None:
        self._type(key.text().replace("&&", "&"))
        if self._shift:
            self._shift = False
            self.shift.setChecked(False)
            self._name_keys()

    def _on_shift_clicked(self) -> None:
        self._shift = self.shift.isChecked()
        self._name_keys()

    def _on_signs_clicked(self) -> None:
        self._signs = self.signs.isChecked()
        self._name_keys()

    def _on_back_clicked(self) -> None:
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            field.backspace()

    def _on_next_clicked(self) -> None:
        field = QApplication.focusWidget()
        if field is not None:
            field.focusNextPrevChild(True)

    def _type(self, text: str) -> None:
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit) and not field.isReadOnly():
            field.insert(text)
