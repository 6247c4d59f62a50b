"""The adversary with the store's key in hand: edits rows of an open store, inside a transaction that is rolled back after verification."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2

from jope.bootstrap import SIGNED_RECORDS
from jope.compliance.audit.verification.evidence import Evidence, Layer
from jope.compliance.audit.verification.report import Finding, VerifyReport
from jope.compliance.audit.verification.run import verify_evidence
from jope.kernel.crypto.keys import read_key
from jope.kernel.crypto.sealing import FieldSealer
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.engine import StoreLocation, connect
from jope.kernel.store.images import regulated_tables
from jope.kernel.store.migrations import expected_schema
from jope.kernel.store.schema import sealed_columns
from jope.services.qualification.verifying import all_layers

_WITHOUT_ROWID = ("audit_subject", "command_outcome", "audit_actor_tile")
LEDGER_COLUMNS = {
    "audit": ("seq", "body", "leaf", "prev", "hash", "sig"),
    "audit_payload": ("seq", "salt", "payload"),
    "audit_subject": ("kind", "id", "n", "seq"),
    "command_outcome": ("command_id", "seq"),
    "audit_tile": ("n", "root"),
    "audit_span": ("n", "first_utc", "last_utc"),
    "audit_actor_tile": ("actor", "n", "w0", "w1", "w2", "w3"),
    "checkpoint": ("size", "note"),
}


@dataclass
class OpenStore:
    """A store as the adversary has it: no triggers, no authorizer, no foreign keys."""

    connection: Any
    evidence: Evidence
    layers: dict[str, Layer]

    def verify(self) -> VerifyReport:
        """Verify what stands in the running transaction. The schema is what it is while the triggers are out of the way."""
        return verify_evidence(self.evidence, self.layers)

    def found_for(self, table: str) -> tuple[Finding, ...]:
        """Findings of the first layers, in the order of ``table``'s likeliest, until one of them names it."""
        found: list[Finding] = []
        first = ("chain", "payloads", "projections", "checkpoints") if table in LEDGER_COLUMNS else ("replay", "esignatures")
        for name in (*first, *(name for name in self.layers if name not in first)):
            found += verify_evidence(self.evidence, {name: self.layers[name]}).findings
            if any(table in finding.subject or table == "signature" for finding in found):
                break
        return tuple(found)

    @contextmanager
    def attack(self) -> Iterator[Any]:
        """A transaction that is rolled back at the end."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        finally:
            self.connection.execute("ROLLBACK")


@contextmanager
def opened(root: Path, *, without: tuple[str, ...] = ("integrity",)) -> Iterator[OpenStore]:
    """Open a stopped station's store with its key, without triggers. ``without`` names layers left out (integrity_check inside a transaction is slow)."""
    folder = StationFolder(root)
    location = StoreLocation(folder.store, read_key(folder.keys / "store.key") if folder.settings().encrypted else None)
    connection = connect(location)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    evidence = Evidence(connection, folder.policy(), expected_schema(), sealed_columns(), FieldSealer(read_key(folder.keys / "image.key")))
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    rows = tuple(row for row in expected_schema() if row[0] != "trigger")
    layers = {name: layer for name, layer in all_layers(SIGNED_RECORDS).items() if name not in without}
    try:
        yield OpenStore(connection, replace(evidence, expected_schema=rows), layers)
    finally:
        connection.close()


@dataclass(frozen=True)
class Cell:
    """One cell of one row."""

    table: str
    column: str
    rowid: int
    key: str


def all_cells(store: OpenStore) -> list[Cell]:
    """Every cell of every regulated table and of the ledger."""
    cells = []
    for shape in regulated_tables(store.connection.cursor()):
        key = " || '|' || ".join(shape.key)
        for rowid, name in store.connection.execute(f"SELECT rowid, {key} FROM {shape.name}").fetchall():
            cells += [Cell(shape.name, column, rowid, str(name)) for column in shape.columns]
    for table, columns in LEDGER_COLUMNS.items():
        keyed = "rowid" if table not in _WITHOUT_ROWID else "row_number() OVER ()"
        for (rowid,) in store.connection.execute(f"SELECT {keyed} FROM {table}").fetchall():
            cells += [Cell(table, column, rowid, str(rowid)) for column in columns]
    return cells


def changed(value: Any, random_: random.Random) -> Any:
    """Another value of the same type, so that STRICT tables take it."""
    if value is None:
        return None
    if isinstance(value, int):
        return (value + random_.choice((-1, 1, 1000)) + 2**63) % 2**64 - 2**63
    if isinstance(value, bytes):
        at = random_.randrange(len(value))
        return value[:at] + bytes([value[at] ^ (1 << random_.randrange(8))]) + value[at + 1 :]
    if value == "":
        return "x"
    at = random_.randrange(len(value))
    return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]


def edit(store: OpenStore, cell: Cell, random_: random.Random) -> bool:
    """Edit one cell; False when the cell cannot differ (an empty optional value is filled instead)."""
    where = f"rowid = {cell.rowid}"
    if cell.table in _WITHOUT_ROWID:
        keys = LEDGER_COLUMNS[cell.table]
        row = store.connection.execute(f"SELECT {', '.join(keys)} FROM {cell.table} LIMIT 1 OFFSET {cell.rowid - 1}").fetchone()
        where = " AND ".join(f"{k} = {_literal(v)}" for k, v in zip(keys, row, strict=True))
    (old,) = store.connection.execute(f"SELECT {cell.column} FROM {cell.table} WHERE {where}").fetchone()
    for _ in range(50):
        new = changed(old, random_) if old is not None else _filler(store, cell)
        try:
            store.connection.execute(f"UPDATE OR REPLACE {cell.table} SET {cell.column} = ? WHERE {where}", (new,))
        except sqlcipher3.dbapi2.OperationalError:
            continue  # the body is no JSON any more: not even the engine takes that edit; try another letter
        return bool(new != old)
    return False


def _filler(store: OpenStore, cell: Cell) -> Any:
    kinds = {row[1]: row[2] for row in store.connection.execute(f"PRAGMA table_info({cell.table})").fetchall()}
    return {"INTEGER": 7, "BLOB": b"\x07" * 64}.get(kinds[cell.column], "x")


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
