"""A station's rows where every state can stand: what guards look at.

The rows are those of a real station, copied into a store without constraints, so that a case puts a record into any state in one statement. Guards are then
called as the bus calls them, with the real station's ports.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine

from jope.bootstrap import Station
from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.access.roles import ROLE_PERMISSIONS
from jope.compliance.commands import Guard, GuardContext, Principal
from jope.kernel.clock import ClockQuality, Instant
from jope.kernel.errors import JopeError
from jope.kernel.store.rows import RowSession
from jope.plant.batches.commands import CreateBatch, ReleaseBatchToFloor
from jope.services.provisioning import demo_data as demo
from tests.support.demo import Crew, plain_station
from tests.support.training import published, read

ROLES = {
    "D-OPER": "operator", "D-SUPER": "supervisor", "D-QA": "qa", "D-QP": "qp", "D-ADMIN": "admin", "D-VALID": "validation", "D-INSP": "inspector",
}  # fmt: skip
BATCH = "B-1"
SOP = "SOP-017"
REFUSED = ""
"""Expected of a case: the guard's own verdict, whatever its words."""
Sql = tuple[str, tuple[Any, ...]]


def put(table: str, **columns: Any) -> Sql:
    """A row that is there."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", tuple(columns.values())


def change(table: str, where: str, **columns: Any) -> Sql:
    """Rows that are otherwise."""
    return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in columns)} WHERE {where}", tuple(columns.values())


def drop(table: str, where: str = "1") -> Sql:
    """Rows that are not there."""
    return f"DELETE FROM {table} WHERE {where}", ()


@dataclass(frozen=True)
class Case:
    """What a guard must say: None, words of its own verdict, or the error that it raises."""

    guard: Guard
    command: Any
    expect: str | type[JopeError] | None
    who: str = "D-QA"
    rows: Sequence[Sql] = ()
    now_us: int | None = None
    permissions: frozenset[Permission] | None = None
    line: str = ALL_LINES
    ports: Mapping[str, object] = field(default_factory=dict)


class World:
    """The copied store, with the station it came from."""

    def __init__(self, station: Station, connection: Connection) -> None:
        self.station = station
        self._connection = connection
        self._cursor: Any = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
        self.now_us = station.clock.now().utc_us

    @property
    def cursor(self) -> Any:
        """A raw cursor of the copied store."""
        return self._cursor

    def value(self, sql: str) -> Any:
        """One value of the copied store."""
        return self._cursor.execute(sql).fetchone()[0]

    def holds(self, case: Case) -> str:
        """Why a case does not hold, empty where it does."""
        self._cursor.execute("SAVEPOINT before")
        try:
            for sql, parameters in case.rows:
                self._cursor.execute(sql, parameters)
            return self._asked(case)
        finally:
            self._cursor.execute("ROLLBACK TO before")
            self._cursor.execute("RELEASE before")

    def _asked(self, case: Case) -> str:
        role = ROLES.get(case.who, "operator")
        permissions = ROLE_PERMISSIONS[role] if case.permissions is None else case.permissions
        principal = Principal(case.who, role, permissions, case.line, "session", "station", "address", "os user")
        now = Instant(self.now_us if case.now_us is None else case.now_us, 1, "boot", ClockQuality.HOLDOVER)
        session = RowSession(self._connection, self._cursor)
        context = GuardContext(session, principal, now, self.station.info.zone, {**self.station.ports, **case.ports})
        try:
            verdict = case.guard(case.command, context)
        except JopeError as error:
            return "" if isinstance(case.expect, type) and isinstance(error, case.expect) else f"raised {error!r}"
        if isinstance(case.expect, type):
            return f"did not raise {case.expect.__name__}"
        if case.expect is None or verdict is None:
            return "" if verdict is case.expect else f"said {verdict}, expected {case.expect!r}"
        own = verdict.guard == name_of(case.guard) and verdict.remedy and verdict.clause
        return "" if own and case.expect in verdict.message else f"said {verdict}, expected {case.expect!r}"


def name_of(guard: Any) -> str:
    """A guard's own name; guards of a state share one."""
    return str(getattr(guard, "__name__", "in_state"))


@contextmanager
def built(root: Path) -> Iterator[World]:
    """A station with a batch on the floor, a procedure that QA is trained on, and what provisioning left; copied as it stands.

    The station is closed by then: its own threads must not meet a mutant.
    """
    with plain_station(root, encrypted=False) as station:
        crew = Crew(station)
        crew.do("D-SUPER", CreateBatch(batch_no=BATCH, recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL-1"))
        crew.do("D-SUPER", ReleaseBatchToFloor(batch_no=BATCH))
        published(crew, SOP)
        read(crew, "D-QA", SOP)
    engine = create_engine("sqlite://")
    with engine.connect() as connection, connection.begin():
        _copy(root / "store.db", connection.connection.driver_connection)
        yield World(station, connection)
    engine.dispose()


def _copy(path: Path, into: Any) -> None:
    """Every table with its rows, and nothing that stands guard over them."""
    source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    tables = [row[0] for row in source.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    for table in tables:
        rows = source.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in rows.description]
        into.execute(f"CREATE TABLE {table} ({', '.join(names)})")
        into.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows.fetchall())
    source.close()


CaseMaker = Callable[[World], list[Case]]


def both_ways(cases: Sequence[Case]) -> set[str]:
    """Names of guards that do not both let something pass and refuse something."""
    names = {name_of(case.guard) for case in cases}
    passes = {name_of(case.guard) for case in cases if case.expect is None}
    refuses = {name_of(case.guard) for case in cases if isinstance(case.expect, str)}
    return names - (passes & refuses)


def with_fields(command: Any, **changed: Any) -> Any:
    """A command that is otherwise."""
    return dataclasses.replace(command, **changed)
