"""Row images: what a commit did to each regulated row, read from the database itself.

Temporary triggers on the writing connection report every inserted, changed or deleted row of every regulated table to a Python function, whatever
statement did it: ORM flush, bulk update, Core, raw SQL, an upsert. The old image comes from the trigger's OLD row, the new one is read back at
the end of the commit, so first-before and last-after stand for each row. What the triggers did not see shows in ``total_changes``
(ledger.md "Row images"; URS C04, P11-06, A11d-19).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from jope.kernel.store.authorizer import IMAGE_FUNCTION
from jope.kernel.store.regulated import ALLOW_LISTED


@dataclass(frozen=True, slots=True)
class TableShape:
    """One regulated table: its columns in schema order, its key columns, and the SQL expression that images a row."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    blobs: frozenset[str]

    def image_sql(self, prefix: str) -> str:
        """An expression that gives the row as a JSON object; BLOBs in lower-case hex."""
        parts = (f"'{c}', " + (f'lower(hex({prefix}"{c}"))' if c in self.blobs else f'{prefix}"{c}"') for c in self.columns)
        return "json_object(" + ", ".join(parts) + ")"


@dataclass(frozen=True, slots=True)
class RowImage:
    """A regulated row before and after a commit; None where it did not exist.

    Of a row that stood before and stands after, both sides hold the columns that changed and no others: the rest follows from the images before.
    ``key`` is the primary key as texts joined by ``|``.
    """

    table: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    first_change: int
    """Index of the row's first change among the changes of the commit."""


def regulated_tables(cursor: Any) -> tuple[TableShape, ...]:
    """The shapes of all regulated tables of the database behind ``cursor``."""
    names = [
        r[0]
        for r in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").fetchall()
    ]
    shapes = []
    for name in names:
        if name in ALLOW_LISTED:
            continue
        rows = cursor.execute(f"PRAGMA table_info({name})").fetchall()
        key = tuple(r[1] for r in sorted((r for r in rows if r[5]), key=lambda r: r[5]))
        shapes.append(TableShape(name, tuple(r[1] for r in rows), key, frozenset(r[1] for r in rows if r[2] == "BLOB")))
    return tuple(shapes)


@dataclass
class ImageCapture:
    """Collects the changes of the running transaction of one connection."""

    shapes: dict[str, TableShape]
    changes: list[tuple[str, int, str | None]] = field(default_factory=list)
    _after_sql: dict[str, str] = field(default_factory=dict)

    @classmethod
    def install(cls, connection: Any) -> ImageCapture:
        """Register the function and create the temporary triggers. Call before the authorizer is set."""
        shapes = {s.name: s for s in regulated_tables(connection.cursor())}
        capture = cls(shapes, _after_sql={n: f"SELECT {s.image_sql('')} FROM {n} WHERE rowid = ?" for n, s in shapes.items()})
        connection.create_function(IMAGE_FUNCTION, 3, capture._report)
        for shape in shapes.values():
            for statement in _trigger_sql(shape):
                connection.execute(statement)
        return capture

    def _report(self, table: str, rowid: int, old: str | None) -> None:
        self.changes.append((table, rowid, old))

    def images(self, cursor: Any, changes: Iterable[tuple[int, tuple[str, int, str | None]]]) -> list[RowImage]:
        """First-before and last-after of every row in ``changes`` (pairs of index and change), in the order of first change."""
        first: dict[tuple[str, int], tuple[int, str | None]] = {}
        for index, (table, rowid, old) in changes:
            first.setdefault((table, rowid), (index, old))
        found = []
        for (table, rowid), (index, old) in first.items():
            row = cursor.execute(self._after_sql[table], (rowid,)).fetchone()
            after = json.loads(row[0]) if row is not None else None
            before = json.loads(old) if old is not None else None
            if before == after:
                continue
            present = after if after is not None else before
            assert present is not None
            key = "|".join(str(present[c]) for c in self.shapes[table].key)
            if before is not None and after is not None:
                changed = [column for column, value in after.items() if value != before[column]]
                before, after = {c: before[c] for c in changed}, {c: after[c] for c in changed}
            found.append(RowImage(table, key, before, after, index))
        return found


def _trigger_sql(shape: TableShape) -> Iterable[str]:
    name, old = shape.name, shape.image_sql("OLD.")
    key_moved = " OR ".join(f'OLD."{c}" IS NOT NEW."{c}"' for c in ("rowid", *shape.key))
    yield (
        f"CREATE TEMP TRIGGER image_{name}_insert AFTER INSERT ON main.{name} BEGIN SELECT {IMAGE_FUNCTION}('{name}', NEW.rowid, NULL); END"
    )
    yield (
        f"CREATE TEMP TRIGGER image_{name}_update AFTER UPDATE ON main.{name} BEGIN "
        f"SELECT RAISE(ABORT, 'JOPE-009 a key is for ever') WHERE {key_moved}; "
        f"SELECT {IMAGE_FUNCTION}('{name}', NEW.rowid, {old}); END"
    )
    yield f"CREATE TEMP TRIGGER image_{name}_delete AFTER DELETE ON main.{name} BEGIN SELECT {IMAGE_FUNCTION}('{name}', OLD.rowid, {old}); END"
