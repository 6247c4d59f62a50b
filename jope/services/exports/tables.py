"""Every business table in open formats: JSON with one row per line, and CSV (URS O01, O02; P11-03, A11d-02).

Secrets are left out and named as left out. Operational tables, on which no record depends, are named with their reason; the ledger's own tables stand
in the bundle as events, checkpoint and keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from jope.kernel.canonical import canonical_text
from jope.kernel.store.images import TableShape, regulated_tables
from jope.kernel.store.regulated import OPERATIONAL_TABLES
from jope.kernel.store.schema import sealed_columns
from jope.services.exports.packing import BundleWriter
from jope.services.exports.readable import csv_line

NAMES: Final = frozenset({("user_account", "name")})
"""Sealed in the trail, but no secret: without them nobody reads who an employee id was."""
INDEX: Final = "tables/index.json"
_CHUNK: Final = 2000


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """One table of the export. ``left_out`` are its columns that hold secrets."""

    shape: TableShape
    left_out: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that leave the station."""
        return tuple(column for column in self.shape.columns if column not in self.left_out)

    def rows(self, cursor: Any) -> Iterator[dict[str, Any]]:
        """The rows by key, as the trail images them."""
        order = ", ".join(f'"{column}"' for column in self.shape.key)
        cursor.execute(f"SELECT {self.shape.image_sql('')} FROM {self.shape.name} ORDER BY {order}")
        while chunk := cursor.fetchmany(_CHUNK):
            for (text,) in chunk:
                row = json.loads(text)
                yield {column: row[column] for column in self.columns}


def exported_tables(cursor: Any) -> list[ExportedTable]:
    """Every business table of the store, by name."""
    secret = sealed_columns() - NAMES
    return [
        ExportedTable(shape, tuple(column for column in shape.columns if (shape.name, column) in secret))
        for shape in regulated_tables(cursor)
    ]


def left_out(cursor: Any) -> dict[str, str]:
    """What a full export does not hold, with the reason."""
    found = {f"table {name}": reason for name, reason in OPERATIONAL_TABLES.items()}
    for table in exported_tables(cursor):
        found |= {f"column {table.shape.name}.{column}": "a secret that proves who somebody is" for column in table.left_out}
    return found


def add_tables(writer: BundleWriter, cursor: Any) -> None:
    """Add every table and their index to a bundle."""
    index = []
    for table in exported_tables(cursor):
        counted = _Counted(table.rows(cursor))
        writer.add(f"tables/{table.shape.name}.json", _json_lines(counted))
        writer.add(f"tables/{table.shape.name}.csv", _csv_lines(table, cursor))
        index.append(
            {
                "name": table.shape.name, "key": list(table.shape.key), "columns": list(table.columns), "left_out": list(table.left_out),
                "rows": counted.count, "in_trail": True,
            }
        )  # fmt: skip
    writer.add(INDEX, [canonical_text(index).encode() + b"\n"])


class _Counted:
    """Counts what passes through."""

    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self._rows:
            self.count += 1
            yield row


def _json_lines(rows: _Counted) -> Iterator[bytes]:
    """A JSON array with one row per line."""
    before = b"[\n"
    for row in rows:
        yield before + canonical_text(row).encode()
        before = b",\n"
    yield b"[\n]\n" if before == b"[\n" else b"\n]\n"


def _csv_lines(table: ExportedTable, cursor: Any) -> Iterator[bytes]:
    yield csv_line(table.columns)
    for row in table.rows(cursor):
        yield csv_line(row.values())
