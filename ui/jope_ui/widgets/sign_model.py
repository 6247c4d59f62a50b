"""Rows of a table with the sign of NE 107 in the first column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.widgets.badge import Namur, NamurShape
from jope_ui.widgets.tables import Column, Index, Table, TupleModel

SIGN_MM: Final = 7.0


class SignModel(TupleModel):
    """``letter_of`` gives the sign of a row; nothing is drawn where all is good."""

    def __init__(self, theme: Theme, columns: Sequence[Column], letter_of: Callable[[Any], Namur]) -> None:
        super().__init__(columns)
        self._theme = theme
        self._letter_of = letter_of
        self._signs: dict[tuple[Namur, str], QIcon] = {}

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0 and index.row() < len(self.rows):
            return self._sign(self._letter_of(self.rows[index.row()]))
        return super().data(index, role)

    def _sign(self, letter: Namur) -> QIcon:
        key = (letter, self._theme.tokens.name)
        if key not in self._signs:
            shape = NamurShape(self._theme)
            shape.letter = letter
            side = self._theme.px(SIGN_MM)
            shape.resize(side, side)
            pixmap = QPixmap(side, side)
            pixmap.fill(Qt.GlobalColor.transparent)
            shape.render(pixmap, QPoint(0, 0), renderFlags=QWidget.RenderFlag.DrawChildren)
            icon = QIcon(pixmap)
            icon.addPixmap(pixmap, QIcon.Mode.Selected)
            self._signs[key] = icon
        return self._signs[key]


def signed_table(theme: Theme, *, name: str, spoken: str, model: TupleModel) -> Table:
    """A table with room for the sign."""
    table = Table(theme, name=name, spoken=spoken)
    table.setModel(model)
    side = theme.px(SIGN_MM)
    table.setIconSize(table.iconSize().scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio))
    return table
