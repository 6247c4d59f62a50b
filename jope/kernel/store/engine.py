"""Opening the store: one writing connection and a pool of readers, on SQLCipher or plain SQLite by switch.

Settings follow reliability.md rules 1, 4-8: WAL with synchronous=FULL, BEGIN IMMEDIATE, foreign keys, recursive triggers (or REPLACE walks around a
no-delete trigger), an authorizer on every connection. The live file is never opened, copied or closed by anything else in the process.
"""

from __future__ import annotations

import secrets
import sqlite3
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from jope.kernel.errors import StoreDamagedError, StoreKeyError
from jope.kernel.store.authorizer import FORBIDDEN_SAMPLES, Authorizer
from jope.kernel.store.images import ImageCapture

PAGE_SIZE = 4096
"""Small pages: a commit encrypts whole pages, and a signed command touches about fifteen of them."""
EXPECTED_PRAGMAS: Final = {
    "journal_mode": "wal",
    "synchronous": "2",
    "foreign_keys": "1",
    "recursive_triggers": "1",
    "cell_size_check": "1",
    "trusted_schema": "0",
    "page_size": str(PAGE_SIZE),
    "encoding": "UTF-8",
    "auto_vacuum": "0",
    "user_version": "0",
    "application_id": "0",
    "writable_schema": "0",
    "ignore_check_constraints": "0",
    "defer_foreign_keys": "0",
}
"""What the self-attestation compares: settings that stand in the file as found, and those of the writing connection."""
DATABASE_ERRORS: Final = (sqlite3.Error, sqlcipher3.dbapi2.Error)
"""What either library raises."""
_CACHED_STATEMENTS = 512
_JSON_IS_INNOCUOUS = (3, 41, 0)
"""Older libraries refuse json_extract in a generated column of an untrusted schema; only the plain switch meets them."""


@dataclass(frozen=True, slots=True)
class StoreLocation:
    """Where the store is and how it opens. ``key`` is 32 raw bytes, or None for a plain SQLite file (tests, tools)."""

    path: Path
    key: bytes | None

    @property
    def module(self) -> ModuleType:
        """The DB-API module that opens it."""
        return sqlite3 if self.key is None else sqlcipher3.dbapi2


class CipherConnection(sqlcipher3.dbapi2.Connection):  # type: ignore[misc]  # the library has no types
    """Rolls back by a statement like any other.

    The library's own ``rollback`` resets all statements and gives them to whoever asks for the same text next, while the cursors of before still hold them.
    Such a cursor, let go of later and perhaps by another thread, resets a statement that somebody else is reading: rows come twice, or an empty one.
    """

    def rollback(self) -> None:
        """Roll back where a transaction is under way. The text is never the same, or whoever sent it later would pass the authorizer."""
        if self.in_transaction:
            self.execute(f"ROLLBACK -- {secrets.token_hex(8)}")


class _Pooled:
    """A reader's connection: whoever gives it back leaves no cursor open, which would hold the next one to a state of before."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()

    def cursor(self, *args: Any) -> Any:
        """A cursor that is closed when the connection is given back."""
        cursor = super().cursor(*args)  # type: ignore[misc]  # the library's connection stands behind it
        self._open.add(cursor)
        return cursor

    def rollback(self) -> None:
        """End the reading transaction and every cursor."""
        for cursor in tuple(self._open):
            cursor.close()
        super().rollback()  # type: ignore[misc]


class _PooledCipher(_Pooled, CipherConnection):
    """A reader's connection to an encrypted store."""


class _PooledPlain(_Pooled, sqlite3.Connection):
    """A reader's connection to a plain store."""


def connect(location: StoreLocation, *, mode: str = "rw", pooled: bool = False) -> Any:
    """A raw connection with the store's settings and no authorizer: for migrations, verification and as the ground of the engines.

    Raises:
        StoreKeyError: the key does not open the file.
        StoreDamagedError: the file is not a database, or a rollback journal was put beside it.
    """
    if journal_of(location.path).exists():
        raise StoreDamagedError(
            f"Beside {location.path.name} lies a rollback journal, which this program never makes; opening would play it into the store.",
            remedy="Keep both files, move the journal away, and run 'jope audit verify'.",
        )
    uri = f"{location.path.absolute().as_uri()}?mode={mode}"
    kinds: tuple[type, type] = (sqlite3.Connection, _PooledPlain) if location.key is None else (CipherConnection, _PooledCipher)
    try:
        connection = location.module.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=_CACHED_STATEMENTS, factory=kinds[pooled]
        )
    except (sqlite3.OperationalError, sqlcipher3.dbapi2.OperationalError) as error:
        raise StoreDamagedError(f"The store {location.path.name} cannot be opened: {error}.") from error
    try:
        if location.key is not None:
            connection.execute(f"PRAGMA key = \"x'{location.key.hex()}'\"")
            connection.execute(f"PRAGMA cipher_page_size = {PAGE_SIZE}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "cell_size_check = ON", "mmap_size = 0"):
            connection.execute(f"PRAGMA {pragma}")
        if location.module.sqlite_version_info >= _JSON_IS_INNOCUOUS:
            connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA busy_timeout = 5000")
    except (sqlite3.DatabaseError, sqlcipher3.dbapi2.DatabaseError) as error:
        connection.close()
        if location.key is not None and "not a database" in str(error):
            raise StoreKeyError(f"The key does not open {location.path.name}.") from error
        raise StoreDamagedError(f"The store {location.path.name} cannot be read: {error}.") from error
    return connection


def journal_of(path: Path) -> Path:
    """Where SQLite would look for a rollback journal. The store runs in WAL mode and has none."""
    return path.with_name(path.name + "-journal")


def create(location: StoreLocation) -> None:
    """Make an empty store file in WAL mode; an existing one is left as it is."""
    connection = connect(location, mode="rwc")
    try:
        if location.key is None:
            connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Writer:
    """The one writing engine with its capture of row images and its authorizer."""

    location: StoreLocation
    engine: Engine
    orm: Connection
    """The engine's one connection, checked out for life, so that a unit of work does not pay for it."""
    capture: ImageCapture
    authorizer: Authorizer
    connection: Any
    """The raw DB-API connection; the ledger appends through it."""
    pragmas: Mapping[str, str]
    """How the store was set when it was found (journal, encoding, page size, versions) and how this connection is set."""
    not_refused: tuple[str, ...]
    """Forbidden statements that were tried at start and not refused; empty unless something is wrong with the program."""


def open_writer(location: StoreLocation) -> Writer:
    """The engine of the command thread. It has a single connection that never changes; the unit of work begins and ends its transactions."""
    connection = connect(location)
    journal = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
    if journal != "wal":  # told by the self-attestation; the rules of writing hold all the same
        connection.execute("PRAGMA journal_mode = WAL")
    for pragma in ("synchronous = FULL", "temp_store = MEMORY", "cache_size = -32768"):
        connection.execute(f"PRAGMA {pragma}")
    found = {name: str(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in EXPECTED_PRAGMAS if _has(location, name)}
    found["journal_mode"] = journal
    capture = ImageCapture.install(connection)
    engine = create_engine(
        "sqlite://", module=location.module, creator=lambda: connection, poolclass=StaticPool, isolation_level="AUTOCOMMIT"
    )
    orm = engine.connect()  # the dialect looks around once, before the authorizer stands
    authorizer = Authorizer(read_only=False)
    connection.set_authorizer(authorizer)
    return Writer(location, engine, orm, capture, authorizer, connection, found, _not_refused(connection))


def _has(location: StoreLocation, pragma: str) -> bool:
    """Whether the setting means anything for this library and file."""
    return pragma != "trusted_schema" or location.module.sqlite_version_info >= _JSON_IS_INNOCUOUS


def _not_refused(connection: Any) -> tuple[str, ...]:
    """Start-up self-test: each of five forbidden statements must be refused when it is compiled. Returns those that were not."""
    passed = []
    for statement in FORBIDDEN_SAMPLES:
        try:
            connection.execute(f"EXPLAIN {statement}" if not statement.startswith("ATTACH") else statement)
        except (sqlite3.DatabaseError, sqlcipher3.dbapi2.DatabaseError):
            continue
        passed.append(statement)
    return tuple(passed)


def open_reader(location: StoreLocation, *, size: int = 3, views: Sequence[str] = (), shadowed: frozenset[str] = frozenset()) -> Engine:
    """A small pool of query-only connections with short transactions.

    Args:
        location: of the store.
        size: how many connections are kept.
        views: statements that put temporary views before tables of the store, on every connection before anybody is given it.
        shadowed: the tables behind these views; no other statement of the connections reads them.
    """

    def creator() -> Any:
        connection = connect(location, pooled=True)
        connection.execute("PRAGMA temp_store = MEMORY")
        for view in views:
            connection.execute(view)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    def guard(connection: Any, _record: Any) -> None:
        connection.set_authorizer(Authorizer(read_only=True, shadowed=shadowed))

    engine = create_engine(
        "sqlite://", module=location.module, creator=creator, poolclass=QueuePool, pool_size=size, max_overflow=size, hide_parameters=True
    )
    engine.connect().close()
    event.listen(engine, "begin", begin)
    event.listen(engine, "connect", guard)
    engine.dispose()
    return engine
