"""Rows of one unit of work: loaded by key, changed as objects, written back by prepared statements.

SQLAlchemy maps the tables and compiles every ``select``; finding a row by its key and writing what changed are three statements per table, made once.
An ORM session does the same through its own machinery at ten times the cost, which a signed command pays several times (docs/adr/0009).

Rules:

1. A key is one object: whatever finds a row again gives the object that is held, with the changes made to it.
2. ``flush`` inserts what was added, in that order, then updates what was changed, in the order it was loaded. Only changed columns are written.
3. A table with a version counts it: 1 at the insert, one more at each update, which finds the row only under the version it was loaded with.
4. Nothing here begins or ends a transaction, and nothing deletes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Select
from sqlalchemy.orm import class_mapper

from jope.kernel.errors import NotFoundError, UnseenChangeError
from jope.kernel.store.schema import Base

_Row = TypeVar("_Row", bound=Base)
_Value = TypeVar("_Value")
_Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Shape:
    """The statements of one mapped table."""

    table: str
    columns: tuple[str, ...]
    key: tuple[int, ...]
    version: int | None
    read: Callable[[dict[str, Any]], _Values]
    """From an object's attributes to its values in column order."""
    new: Callable[[], Any]
    select: str
    insert: str
    updates: dict[tuple[int, ...], str] = field(default_factory=dict)

    def key_of(self, values: _Values) -> _Values:
        return tuple(values[position] for position in self.key)

    def update(self, changed: tuple[int, ...]) -> str:
        """The statement that writes these columns of one row; made once per set of columns."""
        found = self.updates.get(changed)
        if found is None:
            where = [*self.key, *([] if self.version is None else [self.version])]
            found = self.updates[changed] = (
                f"UPDATE {self.table} SET {self._assigned(changed, ', ')} WHERE {self._assigned(where, ' AND ')}"
            )
        return found

    def _assigned(self, positions: Sequence[int], separator: str) -> str:
        return separator.join(f'"{self.columns[position]}" = ?' for position in positions)


@cache
def _shape(model: type[Base]) -> _Shape:
    mapper = class_mapper(model)  # configures the mapping, which an ORM session would do at its first use
    columns = tuple(mapper.get_property_by_column(column).key for column in mapper.columns)
    names = ", ".join(f'"{column}"' for column in columns)
    key = tuple(columns.index(column.name) for column in mapper.primary_key)
    where = " AND ".join(f'"{columns[position]}" = ?' for position in key)
    table = model.__tablename__
    return _Shape(
        table,
        columns,
        key,
        None if mapper.version_id_col is None else columns.index(mapper.version_id_col.name),
        itemgetter(*columns),
        mapper.class_manager.new_instance,
        f"SELECT {names} FROM {table} WHERE {where}",
        f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})",
    )


@dataclass(slots=True)
class _Held:
    row: Any
    shape: _Shape
    values: _Values
    """As in the database, inside this transaction."""


class RowSession:
    """Finds and writes rows inside one transaction. A reader's session only finds: its connection refuses to write."""

    def __init__(self, connection: Connection, cursor: Any) -> None:
        self.connection = connection
        """For statements of SQLAlchemy's Core. What they change is imaged like everything else."""
        self.cursor = cursor
        """For plain SQL inside the same transaction."""
        self._held: dict[tuple[type[Base], _Values], _Held] = {}
        self._added: list[Any] = []
        self._failed = False

    def get(self, model: type[_Row], key: str | int) -> _Row | None:
        """The row under a key of one column, None where there is none."""
        held = self._held.get((model, (key,)))
        if held is not None:
            row: _Row = held.row
            return row
        values = self.cursor.execute(_shape(model).select, (key,)).fetchone()
        return None if values is None else self._hold(model, values)

    def get_one(self, model: type[_Row], key: str | int) -> _Row:
        """The row under a key that must be there.

        Raises:
            NotFoundError: it is not.
        """
        found = self.get(model, key)
        if found is None:
            raise NotFoundError(f"There is no {model.__tablename__} '{key}'.")
        return found

    def scalars(self, statement: Select[_Value]) -> list[_Value]:
        """The first entity or column of every row that a ``select`` finds in the database; what is not flushed is not searched."""
        rows = self.connection.execute(statement).all()
        entity = statement.column_descriptions[0]["expr"]
        if isinstance(entity, type) and issubclass(entity, Base):
            found: Iterable[Any] = (self._hold(entity, tuple(row)) for row in rows)
        else:
            found = (row[0] for row in rows)
        return list(found)

    def scalar(self, statement: Select[_Value]) -> _Value | None:
        """The first of ``scalars``, None where nothing is found."""
        return next(iter(self.scalars(statement)), None)

    def value(self, sql: str, *parameters: str | int) -> Any:
        """The first column of the first row that a SQL query finds, None where it finds nothing."""
        row = self.cursor.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def add(self, row: Base) -> None:
        """Insert a row at the next flush."""
        self._added.append(row)

    def add_all(self, rows: Iterable[Base]) -> None:
        """Insert rows at the next flush, in this order."""
        self._added.extend(rows)

    def flush(self) -> None:
        """Write what was added and changed.

        Raises:
            UnseenChangeError: a row does not stand as it was loaded; something else wrote it in this transaction. Or an earlier flush failed.
        """
        if self._failed:
            raise UnseenChangeError("A write of this command failed before.", remedy="Nothing was saved.")
        self._failed = True  # until everything is written: whoever catches an error here cannot commit the rest
        added, self._added = self._added, []
        for row in added:
            self._insert(row)
        for held in self._held.values():
            values = held.shape.read(vars(held.row))
            if values != held.values:
                self._update(held, values)
        self._failed = False

    def _hold(self, model: type[_Row], values: _Values) -> _Row:
        shape = _shape(model)
        name = (model, shape.key_of(values))
        held = self._held.get(name)
        if held is None:
            row = shape.new()
            vars(row).update(zip(shape.columns, values, strict=True))
            held = self._held[name] = _Held(row, shape, tuple(values))
        found: _Row = held.row
        return found

    def _insert(self, row: Base) -> None:
        model = type(row)
        shape = _shape(model)
        if shape.version is not None:
            vars(row)[shape.columns[shape.version]] = 1
        values = shape.read(vars(row))
        self.cursor.execute(shape.insert, values)
        self._held[model, shape.key_of(values)] = _Held(row, shape, values)

    def _update(self, held: _Held, values: _Values) -> None:
        shape, before = held.shape, held.values
        if shape.version is not None:
            vars(held.row)[shape.columns[shape.version]] = before[shape.version] + 1
            values = shape.read(vars(held.row))
        changed = tuple(position for position, value in enumerate(values) if value != before[position])
        under = [*shape.key_of(before), *([] if shape.version is None else [before[shape.version]])]
        if self.cursor.execute(shape.update(changed), [*(values[position] for position in changed), *under]).rowcount != 1:
            raise UnseenChangeError(
                f"A row of {shape.table} does not stand as it was loaded.",
                remedy="Nothing was saved. Report this; it is a fault of the program.",
            )
        held.values = values
