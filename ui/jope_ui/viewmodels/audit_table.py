"""The audit table: the numbers of all events that were found, and cached pages of 50 rows, so that any place in a million events is one short reading away."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from jope.compliance.audit.queries import AuditRow

PAGE = 50
KEPT_PAGES = 40
NO_BREAK, RISING, FALLING = "\u00a0", "\u25b2", "\u25bc"
Index = QModelIndex | QPersistentModelIndex


class AuditTable(QAbstractTableModel):
    """``page_wanted`` asks for the rows of some numbers; ``take_page`` brings them. Numbers are given newest first, unless ``show_sorted`` gives them.

    Without a filter they are ``range(newest, 0, -1)``, since the sequence has no gaps; with one they come piece by piece.
    """

    page_wanted = Signal(int, object)

    def __init__(self, titles: Sequence[str], texts: Sequence[Callable[[AuditRow], str]]) -> None:
        super().__init__()
        self._titles = tuple(titles)
        self._texts = tuple(texts)
        self._seqs: range | array[int] = range(0)
        self._pages: OrderedDict[int, tuple[tuple[AuditRow, ...], list[list[str]]]] = OrderedDict()
        self._asked: set[int] = set()
        self._sorted = False
        self._mark = (0, True)

    @property
    def seqs(self) -> Sequence[int]:
        """The numbers that are known, newest first."""
        return self._seqs

    def show_all(self, newest: int) -> None:
        """Show the whole trail."""
        self._begin(range(newest, 0, -1))

    def show_found(self, seqs: Sequence[int]) -> None:
        """Show the first numbers that a filter found; ``add_found`` brings more."""
        self._begin(array("q", seqs))

    def add_found(self, seqs: Sequence[int]) -> None:
        """Add older numbers."""
        if not seqs or not isinstance(self._seqs, array):
            return
        self.beginInsertRows(QModelIndex(), len(self._seqs), len(self._seqs) + len(seqs) - 1)
        self._seqs.extend(seqs)
        self._pages.pop((len(self._seqs) - len(seqs)) // PAGE, None)  # a page that was the last one may go on now
        self.endInsertRows()

    def show_sorted(self, seqs: Sequence[int]) -> None:
        """Show all that was found, in an order of its own."""
        self._begin(array("q", seqs))
        self._sorted = True

    def mark_sorted(self, column: int, *, falling: bool) -> None:
        """Mark the column that the rows are sorted by."""
        self._mark = (column, falling)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._titles) - 1)

    def clear(self) -> None:
        """Forget everything."""
        self._begin(range(0))

    def row_of(self, seq: int) -> int:
        """The row of an event, or of the next older one that is shown; the last row where there is none."""
        if self._sorted:
            return self._seqs.index(seq) if seq in self._seqs else 0
        return min(bisect_left(self._seqs, -seq, key=lambda one: -one), max(0, len(self._seqs) - 1))

    def _begin(self, seqs: range | array[int]) -> None:
        self.beginResetModel()
        self._seqs = seqs
        self._sorted = False
        self._pages.clear()
        self._asked.clear()
        self.endResetModel()

    def texts_of(self, rows: Sequence[AuditRow]) -> list[list[str]]:
        """What the rows say, column by column."""
        return [[text(row) for row in rows] for text in self._texts]

    def take_page(self, number: int, rows: tuple[AuditRow, ...], texts: list[list[str]]) -> None:
        """Put a page into the cache, with what ``texts_of`` says of it: a table asks for the same text many times while it paints."""
        self._asked.discard(number)
        first = number * PAGE
        if first >= len(self._seqs):
            return
        self._pages[number] = (rows, texts)
        self._pages.move_to_end(number)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        last = min(first + PAGE, len(self._seqs)) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._titles) - 1))

    def refuse_page(self, number: int) -> None:
        """A page could not be read; it may be asked for again."""
        self._asked.discard(number)

    def row_at(self, row: int) -> AuditRow | None:
        """A row, None while its page is on the way."""
        page = self._page(row // PAGE)
        return page[0][row % PAGE] if page is not None and row % PAGE < len(page[0]) else None

    def are_there(self, first: int, last: int) -> bool:
        """Whether these rows can be shown, or as many of them as there are; the pages of those that cannot are on the way after this."""
        top = len(self._seqs) - 1
        pages = range(max(0, first) // PAGE, max(0, min(last, top)) // PAGE + 1)
        missing = [number for number in pages if self._page(number) is None]
        return not missing

    def _page(self, number: int) -> tuple[tuple[AuditRow, ...], list[list[str]]] | None:
        """A page, None while it is on the way."""
        page = self._pages.get(number)
        if page is None:
            self._ask(number)
        else:
            self._pages.move_to_end(number)
        return page

    def _ask(self, number: int) -> None:
        if number not in self._asked:
            self._asked.add(number)
            self.page_wanted.emit(number, tuple(self._seqs[number * PAGE : (number + 1) * PAGE]))

    @override
    def rowCount(self, parent: Index = QModelIndex(), /) -> int:
        return 0 if parent.isValid() else len(self._seqs)

    @override
    def columnCount(self, parent: Index = QModelIndex(), /) -> int:
        return 0 if parent.isValid() else len(self._titles)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) or not index.isValid():
            return None
        row, column = index.row(), index.column()
        page = self._page(row // PAGE)
        if page is None or row % PAGE >= len(page[0]):
            return str(self._seqs[row]) if column == 0 else "\u2026"
        return page[1][column][row % PAGE]

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            column, falling = self._mark
            mark = f"{NO_BREAK}{FALLING if falling else RISING}" if section == column else ""
            return self._titles[section] + mark
        return None
