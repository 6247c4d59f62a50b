"""Tables: rows of a tuple for short lists, and the look that all tables share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QScroller, QStyle, QTableView
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.theme.metrics import CELL_PAD_MM, DENSE_MM

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, the text of a row, and whether it takes the free room."""

    title: str
    text: Callable[[Any], str]
    wide: bool = False


class TupleModel(QAbstractTableModel):
    """Frozen rows of one query."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: tuple[Any, ...] = ()

    def show_rows(self, rows: tuple[Any, ...]) -> None:
        """Show other rows."""
        if rows == self.rows:
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex(), /) -> int:
        return 0 if parent.isValid() else len(self.rows)

    @override
    def columnCount(self, parent: Index = QModelIndex(), /) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.columns[index.column()].text(self.rows[index.row()])
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class Table(QTableView):
    """Rows of 12 mm, nothing elided, one row selected at a time, scrolled by touch."""

    def __init__(self, theme: Theme, *, name: str, spoken: str, row_mm: float = DENSE_MM) -> None:
        super().__init__()
        self._theme = theme
        self._row_mm = row_mm
        self._spare = -1
        self._grown = False
        self._spare_content = False
        self._spare_title = 0
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)

    def choose(self, row: int) -> None:
        """Select a row. Qt's own ``selectRow`` does nothing from right to left before the header was laid out."""
        whole_row = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.model().index(row, 0), whole_row)

    def spare(self, column: int, *, content: bool) -> None:
        """Leave this column out where the others would be cut otherwise; what it says stands elsewhere too.

        With ``content`` its texts count, else its title alone.
        """
        self._spare, self._spare_content = column, content
        model = self.model()
        for signal in (model.modelReset, model.rowsInserted, model.dataChanged):
            signal.connect(self._fit_spare)
        self._fit_spare()

    def grow_columns(self, texts: Sequence[Sequence[str]]) -> None:
        """Make columns wide enough for the texts of some more rows, none narrower; the last one stretches.

        For a long table that is read piece by piece: measuring what is on the screen again at each scroll costs ten times the painting.
        """
        header, metrics, room = self.horizontalHeader(), self.fontMetrics(), self._room_beside()
        grown = False
        for column, column_texts in enumerate(texts):
            needed = max(map(metrics.horizontalAdvance, column_texts), default=0) + room
            needed = max(needed, header.sectionSizeHint(column))
            if needed > header.sectionSize(column):
                header.resizeSection(column, needed)
                grown = True
        if grown:
            self._fit_widths()

    def _room_beside(self) -> int:
        """Pixels that a cell leaves beside its text: the style sheet's padding and the style's own margin, on both sides."""
        margin = self.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, self) + 1
        return 2 * (self._theme.px(CELL_PAD_MM) + margin + 1)

    def _fit_widths(self) -> None:
        """Hide the spare column where the others leave it no room for its title."""
        header = self.horizontalHeader()
        taken = sum(header.sectionSize(column) for column in range(header.count()) if column != self._spare)
        title = header.sectionSizeHint(self._spare) or self._spare_title
        self._spare_title = title
        self.setColumnHidden(self._spare, taken + title > self.viewport().width())

    def spare_of_grown(self, column: int) -> None:
        """As ``spare``, for a table whose columns only grow."""
        self._spare, self._grown = column, True
        self._begin_widths()
        self._fit_widths()

    def _begin_widths(self) -> None:
        """Columns that grow begin as wide as their titles, on each panel anew."""
        header = self.horizontalHeader()
        for column in range(header.count()):
            if column != self._spare:
                header.resizeSection(column, header.sectionSizeHint(column))

    def _fit_spare(self) -> None:
        if self._spare < 0:
            return
        if self._grown:
            self._fit_widths()
            return
        header = self.horizontalHeader()
        needed = 0
        for column in range(header.count()):
            title = header.sectionSizeHint(column)
            if column == self._spare:
                self._spare_title = title = title or self._spare_title  # a hidden column has no hint
            counts = self._spare_content or column != self._spare
            needed += max(title, self.sizeHintForColumn(column)) if counts else title
        self.setColumnHidden(self._spare, needed > self.viewport().width())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit_spare()

    def fit_columns(self, columns: Sequence[Column]) -> None:
        """Columns as wide as their texts; the wide ones share the rest."""
        header = self.horizontalHeader()
        for number, column in enumerate(columns):
            mode = QHeaderView.ResizeMode.Stretch if column.wide else QHeaderView.ResizeMode.ResizeToContents
            header.setSectionResizeMode(number, mode)

    def _on_theme_changed(self) -> None:
        self.verticalHeader().setMinimumSectionSize(8)
        self.verticalHeader().setDefaultSectionSize(self._theme.px(self._row_mm))
        if self._grown:
            self._begin_widths()
