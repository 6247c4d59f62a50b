"""The one way to read: a short query-only transaction, scoped to the reader's lines in one place (URS A14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from jope.kernel.errors import NotFoundError

ALL_LINES: Final = "*"


class Reader:
    """What a query function is given. ``line`` is the reader's scope, ``*`` for all lines of the station."""

    def __init__(self, cursor: Any, *, line: str, zone: str, now_us: int, records: Mapping[str, Any]) -> None:
        self.cursor = cursor
        self.line = line
        self.zone = zone
        self.now_us = now_us
        self.records = records

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Run a fixed SELECT and fetch its rows."""
        return list(self.cursor.execute(sql, tuple(parameters)).fetchall())

    def one(self, sql: str, parameters: Sequence[Any] = (), *, missing: str) -> Any:
        """The first row.

        Raises:
            NotFoundError: there is none; ``missing`` is the sentence.
        """
        row = self.cursor.execute(sql, tuple(parameters)).fetchone()
        if row is None:
            raise NotFoundError(missing)
        return row

    def in_scope(self, column: str) -> tuple[str, tuple[str, ...]]:
        """An SQL condition and its parameters that keep a query on the reader's lines."""
        return ("1", ()) if self.line == ALL_LINES else (f"{column} = ?", (self.line,))
