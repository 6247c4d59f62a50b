"""Forward-only migrations: alembic revisions in ``sql/store/versions``, each running the numbered SQL file beside it, on a connection of their own."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jope.kernel.errors import SettingsError, StoreDamagedError, StoreVersionError
from jope.kernel.store.engine import StoreLocation, connect


def schema_folder() -> Path:
    """Where the SQL files are: beside the package in a source tree, inside it when installed."""
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_sql" / "store", package.parent / "sql" / "store"):
        if folder.is_dir():
            return folder
    raise SettingsError("The schema files (sql/store) are missing from the installation.", remedy="Install the program again.")


def revisions() -> tuple[str, ...]:
    """The known revisions in order, for example ``("0001",)``."""
    return tuple(sorted(path.name[:4] for path in schema_folder().glob("[0-9][0-9][0-9][0-9]_*.sql")))


def revision_sql(revision: str) -> str:
    """The SQL text of a revision."""
    (path,) = schema_folder().glob(f"{revision}_*.sql")
    return path.read_text("utf-8")


def statements(sql: str) -> Iterator[str]:
    """The complete statements of an SQL text, triggers in one piece."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if pending.strip() and not all(line.lstrip().startswith("--") or not line.strip() for line in pending.splitlines()):
        raise SettingsError("A schema file ends in the middle of a statement.")


def stored_revision(connection: Any) -> str | None:
    """The revision of an open store, None for an empty one.

    Raises:
        StoreDamagedError: the store has tables but no revision.
    """
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    if "alembic_version" not in tables:
        if tables:
            raise StoreDamagedError("The store has tables but no schema revision.")
        return None
    rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    if len(rows) != 1:
        raise StoreDamagedError("The store names no single schema revision.")
    return str(rows[0][0])


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration did to a store that held records: revisions and schema fingerprints before and after."""

    from_revision: str
    to_revision: str
    from_fingerprint: str
    to_fingerprint: str


def require_current(location: StoreLocation) -> Migrated | None:
    """Bring a store to the newest revision.

    Returns:
        What changed in a store that held records, to be written into its trail; None for a new or current one.

    Raises:
        StoreVersionError: the store was written by a newer program.
        StoreDamagedError: the revision is unknown.
    """
    connection = connect(location)
    try:
        found = stored_revision(connection)
        before = schema_rows(connection)
    finally:
        connection.close()
    known = revisions()
    if found == known[-1]:
        return None
    if found is not None and found > known[-1]:
        raise StoreVersionError(f"The store has schema {found}; this program knows up to {known[-1]}.")
    if found is not None and found not in known:
        raise StoreDamagedError(f"The store names the unknown schema revision '{found[:20]}'.")
    _upgrade(location)
    return None if found is None else Migrated(found, known[-1], fingerprint(before), fingerprint(expected_schema()))


def _upgrade(location: StoreLocation, target: str = "head") -> None:
    """Run alembic up to a revision; imported here because a start that needs no migration should not pay for it."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    raw = connect(location)
    raw.execute("PRAGMA synchronous = FULL")
    engine = create_engine("sqlite://", module=location.module, creator=lambda: raw, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    config = Config()
    config.set_main_option("script_location", str(schema_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        raw.execute("BEGIN IMMEDIATE")
        try:
            command.upgrade(config, target)  # commits what runs inside, the version row last
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
    engine.dispose()


SchemaRow = tuple[str, str, str, str]


def schema_rows(connection: Any) -> tuple[SchemaRow, ...]:
    """Every object of a schema with its SQL, white space folded: what the schema layer of verification compares."""
    rows = connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name").fetchall()
    return tuple((str(t), str(n), str(b), _folded(str(s))) for t, n, b, s in rows)


def _folded(sql: str) -> str:
    return " ".join(sql.split()).replace("( ", "(").replace(" )", ")")


@cache
def expected_schema() -> tuple[SchemaRow, ...]:
    """The schema that the program's own SQL files give."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.execute(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
        for revision in revisions():
            for statement in statements(revision_sql(revision)):
                connection.execute(statement)
        return schema_rows(connection)
    finally:
        connection.close()


def fingerprint(rows: tuple[SchemaRow, ...]) -> str:
    """SHA-256 over all objects of a schema, in hex."""
    return hashlib.sha256("\n".join("\x1f".join(row) for row in rows).encode()).hexdigest()
