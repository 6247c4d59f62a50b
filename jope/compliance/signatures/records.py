"""What a signature covers: the frozen form of a record, read from the database with plain SQL so that verification reads it the same way.

A record's form is its own columns without its signature slots and version, and the rows of its children in order. A later change of any of them shows
the record as unsigned (URS B04; 21 CFR 11.70; A11d-27).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jope.kernel.canonical import canonical_bytes


@dataclass(frozen=True, slots=True)
class Children:
    """Rows that belong to a signed record: those whose ``column`` equals the record's ``parent_column``."""

    table: str
    column: str
    parent_column: str
    columns: tuple[str, ...]
    where: str = "1"
    added: bool = False
    """Rows that a later schema brought to the record: without any, the form is the one of before, so that what was signed then stays signed."""


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """How a kind of record is frozen. ``key`` is the column that the signature's subject id names."""

    kind: str
    table: str
    key: str
    columns: tuple[str, ...]
    children: tuple[Children, ...] = ()

    def freeze(self, cursor: Any, subject_id: str) -> dict[str, Any] | None:
        """The frozen form, None when the record does not exist."""
        parents = {child.parent_column for child in self.children}
        columns = tuple(dict.fromkeys((*self.columns, *parents)))
        row = cursor.execute(f"SELECT {_object(columns)} FROM {self.table} WHERE {self.key} = ?", (subject_id,)).fetchone()
        if row is None:
            return None
        values = json.loads(row[0])
        frozen: dict[str, Any] = {"kind": self.kind, "record": {c: values[c] for c in self.columns}}
        for child in self.children:
            sql = (
                f"SELECT {_object(child.columns)} FROM {child.table} WHERE {child.column} = ? AND {child.where} ORDER BY {child.columns[0]}"
            )
            rows = [json.loads(r[0]) for r in cursor.execute(sql, (values[child.parent_column],)).fetchall()]
            if rows or not child.added:
                frozen[child.table] = rows
        return frozen


SignedRecords = Mapping[str, SignedRecord]


def record_hash(frozen: dict[str, Any]) -> str:
    """SHA-256 of a frozen record's canonical bytes, hex."""
    return hashlib.sha256(canonical_bytes(frozen)).hexdigest()


@cache
def _object(columns: tuple[str, ...]) -> str:
    return "json_object(" + ", ".join(f"'{c}', {c}" for c in columns) + ")"
