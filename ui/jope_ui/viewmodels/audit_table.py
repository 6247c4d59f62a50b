"""The audit table: an array of sequence numbers and cached pages of 200 rows. Rows are asked for by key, never by offset, never all at once."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from jope.compliance.audit.queries import AuditRow

PAGE = 200
KEPT_PAGES = 20
Index = QModelIndex | QPersistentModelIndex


class AuditTable(QAbstractTableModel):
    """``page_wanted`` asks for the page that begins below a sequence number (0: the newest); ``take_page`` brings it."""

    page_wanted = Signal(int, int)

    def __init__(self, titles: Sequence[str], texts: Sequence[Callable[[AuditRow], str]]) -> None:
        super().__init__()
        self._titles = tuple(titles)
        self._texts = tuple(texts)
        self._ids = array("q")
        self._pages: OrderedDict[int, tuple[AuditRow, ...]] = OrderedDict()
        self._asked: set[int] = set()
        self._whole = False

    @property
    def ids(self) -> array[int]:
        """The sequence numbers that are known, newest first."""
        return self._ids

    @property
    def whole(self) -> bool:
        """Whether the last row is known."""
        return self._whole

    def start(self) -> None:
        """Forget everything and ask for the newest page."""
        self.beginResetModel()
        self._ids = array("q")
        self._pages.clear()
        self._asked.clear()
        self._whole = False
        self.endResetModel()
        self._ask(0)

    def take_page(self, number: int, rows: tuple[AuditRow, ...]) -> None:
        """Put a page into the cache; a page that continues the table makes it longer."""
        self._asked.discard(number)
        first = number * PAGE
        if first > len(self._ids):
            return
        if first == len(self._ids) and rows:
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._ids.extend(row.seq for row in rows)
            self._keep(number, rows)
            self.endInsertRows()
        else:
            self._keep(number, rows)
            if rows:
                self.dataChanged.emit(self.index(first, 0), self.index(first + len(rows) - 1, len(self._titles) - 1))
        if number == (len(self._ids) - 1) // PAGE and len(rows) < PAGE:
            self._whole = True
        if not rows:
            self._whole = True

    def refuse_page(self, number: int) -> None:
        """A page could not be read; it may be asked for again."""
        self._asked.discard(number)

    def row_at(self, row: int) -> AuditRow | None:
        """A row, None while its page is on the way."""
        page = self._pages.get(row // PAGE)
        if page is None:
            self._ask(row // PAGE)
            return None
        self._pages.move_to_end(row // PAGE)
        return page[row % PAGE] if row % PAGE < len(page) else None

    def _keep(self, number: int, rows: tuple[AuditRow, ...]) -> None:
        self._pages[number] = rows
        self._pages.move_to_end(number)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)

    def _ask(self, number: int) -> None:
        if number in self._asked:
            return
        self._asked.add(number)
        before = self._ids[number * PAGE - 1] if number else 0
        self.page_wanted.emit(number, before)

    @override
    def canFetchMore(self, parent: Index, /) -> bool:
        return not parent.isValid() and not self._whole and not self._asked and len(self._ids) > 0

    @override
    def fetchMore(self, parent: Index, /) -> None:
        self._ask(len(self._ids) // PAGE)

    @override
    def rowCount(self, parent: Index = QModelIndex(), /) -> int:
        return 0 if parent.isValid() else len(self._ids)

    @override
    def columnCount(self, parent: Index = QModelIndex(), /) -> int:
        return 0 if parent.isValid() else len(self._titles)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) or not index.isValid():
            return None
        row = self.row_at(index.row())
        if row is None:
            return str(self._ids[index.row()]) if index.column() == 0 else "\u2026"
        return self._texts[index.column()](row)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None
