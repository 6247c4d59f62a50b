"""The store's schema as gates see it: built in memory from the SQL files and then asked, so that a rule is tried and not only read.

A CHECK is evaluated on rows that gates make up; a trigger is met with a statement that it must refuse.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from jope.kernel.store.migrations import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = str | int | bytes | None
_FILLERS: dict[str, Value] = {"TEXT": "{}", "INTEGER": 1, "BLOB": b"\x00", "ANY": "{}"}
"""A value per column type. ``{}`` is a text that is also JSON, for columns that are generated from it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A stored column. ``required`` is True where NULL is refused."""

    name: str
    type: str
    required: bool
    default: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its CHECK expressions and foreign keys; each of these is (columns, other table, its columns, on delete, on update)."""

    name: str
    columns: Mapping[str, Column]
    checks: tuple[str, ...]
    foreign_keys: tuple[tuple[tuple[str, ...], str, tuple[str, ...], str, str], ...]


class Schema:
    """A database in memory with the project's schema and no rows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def of(cls, files: Sequence[tuple[str, str]]) -> Schema:
        """Run SQL files in order.

        Raises:
            sqlite3.Error: a statement is wrong; the gate fails.
        """
        connection = sqlite3.connect(":memory:", isolation_level=None)
        for pragma in ("foreign_keys = OFF", "recursive_triggers = ON", "ignore_check_constraints = ON"):
            connection.execute(f"PRAGMA {pragma}")
        for _path, text in sorted(files):
            for statement in statements(text):
                connection.execute(statement)
        return cls(connection)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """All tables by name."""
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        return {name: self._table(name, text) for name, text in self._connection.execute(sql).fetchall()}

    def _table(self, name: str, sql: str) -> Table:
        rows = self._connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
        columns = {r[1]: Column(r[1], r[2], bool(r[3] or r[5]), r[4]) for r in rows if r[6] == 0}
        keys: dict[int, list[Sequence[str]]] = {}
        for row in self._connection.execute(f"PRAGMA foreign_key_list({name})").fetchall():
            keys.setdefault(row[0], []).append(row)
        foreign = tuple((tuple(r[3] for r in k), k[0][2], tuple(r[4] for r in k), k[0][6], k[0][5]) for k in keys.values())
        return Table(name, columns, tuple(_checks(sql)), foreign)

    def violated_by(self, table: Table, row: Mapping[str, Value]) -> bool:
        """Whether a row breaks a CHECK of the table or leaves a named required column empty. Columns that are not named are NULL."""
        if any(table.columns[name].required and value is None for name, value in row.items()):
            return True
        columns = ", ".join(f'? AS "{name}"' for name in table.columns)
        values = tuple(row.get(name) for name in table.columns)
        answers = (self._connection.execute(f"SELECT ({check}) FROM (SELECT {columns})", values).fetchone()[0] for check in table.checks)
        return any(answer == 0 for answer in answers)

    def compiles(self, statement: str) -> None:
        """Compile a statement on the schema.

        Raises:
            sqlite3.Error: it names what is not there.
        """
        self._connection.execute(f"EXPLAIN {statement}")

    def refuses(self, table: str, statement: str, *, at_inserts: bool = True) -> bool:
        """Whether a statement on a table that holds one row is refused by a trigger. CHECKs and foreign keys are off meanwhile.

        ``at_inserts`` says whether triggers that look at inserts count.
        """
        with self._one_row(table, at_inserts=at_inserts):
            try:
                self._connection.execute(statement)
            except sqlite3.IntegrityError as error:
                return "JOPE-009" in str(error)
            return False

    @contextmanager
    def _one_row(self, table: str, *, at_inserts: bool) -> Iterator[None]:
        """The row is put in past the triggers that look at inserts: it is made up, and keeps to no rule."""
        self._connection.execute("BEGIN")
        try:
            sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND sql LIKE '%BEFORE INSERT ON%'"
            triggers = self._connection.execute(sql, (table,)).fetchall()
            for name, _ in triggers:
                self._connection.execute(f"DROP TRIGGER {name}")
            self._connection.execute(self.inserting(table))
            for _, text in triggers if at_inserts else ():
                self._connection.execute(text)
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def inserting(self, table: str, *, replacing: bool = False, **values: Value) -> str:
        """The statement that puts the one row of ``refuses``, or with other values, or in its place."""
        columns = self.tables[table].columns.values()
        row = ", ".join(_literal(values.get(c.name, _FILLERS.get(c.type, "{}"))) for c in columns)
        return f"INSERT{' OR REPLACE' if replacing else ''} INTO {table} ({', '.join(c.name for c in columns)}) VALUES ({row})"


def _literal(value: Value) -> str:
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return str(value) if isinstance(value, int) else f"'{value}'"


def _checks(sql: str) -> Iterator[str]:
    """The expressions of all CHECKs of a CREATE TABLE statement."""
    bare = re.sub(r"--[^\n]*", "", sql)
    for match in re.finditer(r"\bCHECK\s*\(", bare, re.IGNORECASE):
        yield _enclosed(bare, match.end())


def _enclosed(text: str, start: int) -> str:
    """The text from ``start`` to the parenthesis that closes the one before it; quotes are respected."""
    depth, quoted = 1, False
    for position in range(start, len(text)):
        char = text[position]
        if char == "'":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            return text[start:position]
    return text[start:]
