"""Nobody sees a row of another line: every table that can name a line stands in the catalog of row scope, and nothing reads past it (URS A14)."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jope.services.qualification.gates.exemptions import READING_CONNECTIONS, stale
from jope.services.qualification.gates.project import PROGRAM, Module, Project, constants
from jope.services.qualification.gates.rules.tables import operational_tables

CATALOG: Final = "jope/compliance/access/scope.py"
_POOLS: Final = "jope/compliance/access/pools.py"
_STORE: Final = "jope/kernel/store/"
_REASON_LENGTH: Final = 20
_NAMES_A_LINE: Final = frozenset({"line", "batch_no", "device_id", "dispense_id", "weighing_id", "clearance_id", "alarm_id", "subject_id"})
_PAST_THE_VIEWS: Final = re.compile(r"\b(?:main|temp)\s*\.\s*[\"\[`]?[a-z_{]", re.IGNORECASE)
_SQL: Final = re.compile(r"\b(?:SELECT|FROM|JOIN|UPDATE|INTO)\b")
_OPENERS: Final = ("open_reader", "connect")


def row_scope_is_whole(project: Project) -> Iterator[str]:
    """Tables that name a line or a record of one are scoped or of all lines with a reason; statements name tables without a schema.

    Reading connections come from one place.
    """
    catalog = _catalog(project)
    if not catalog or not project.schema.tables:
        yield f"{CATALOG}: there is no catalog of row scope or no schema to look at"
        return
    scoped, of_all_lines = _scoped(catalog), catalog.get("OF_ALL_LINES", {})
    yield from _uncovered(project, scoped, of_all_lines)
    yield from _wrong(project, catalog, scoped)
    yield from _past_the_views(project)
    yield from _other_connections(project)


def _catalog(project: Project) -> dict[str, Any]:
    """The catalog's constants that are plain values."""
    found: dict[str, Any] = {}
    for module in project.modules(CATALOG):
        for name, value in constants(module):
            if isinstance(value, ast.Dict | ast.Tuple) and not any(isinstance(node, ast.Name) for node in ast.walk(value)):
                found[name] = ast.literal_eval(value)
    return found


def _scoped(catalog: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(table for name in ("OWN_LINE", "BY_RECORD", "BY_SUBJECT", "OF_EVENTS") for table in catalog.get(name, ()))


def _uncovered(project: Project, scoped: frozenset[str], of_all_lines: Mapping[str, str]) -> Iterator[str]:
    ledger, operational = operational_tables(project)
    for name, table in project.schema.tables.items():
        if name in scoped or name in operational:
            continue
        naming = sorted(_NAMES_A_LINE & table.columns.keys())
        naming += [",".join(columns) for columns, other, *_ in table.foreign_keys if other in scoped - ledger - {"signature"}]
        if naming and name not in of_all_lines:
            yield f"{CATALOG}: {name} names a line or a record by {naming[0]} and is not in the catalog"
    for name, reason in of_all_lines.items():
        if name in scoped:
            yield f"{CATALOG}: {name} is both scoped and of all lines"
        if len(reason.strip()) < _REASON_LENGTH:
            yield f"{CATALOG}: {name} is of all lines without a reason"


def _wrong(project: Project, catalog: Mapping[str, Any], scoped: frozenset[str]) -> Iterator[str]:
    """What the catalog says of tables and columns that are not so."""
    tables = project.schema.tables
    for name in sorted((scoped | catalog.get("OF_ALL_LINES", {}).keys()) - tables.keys()):
        yield f"{CATALOG}: the table {name} is not in the schema"
    for name in catalog.get("OWN_LINE", ()):
        if name in tables and "line" not in tables[name].columns:
            yield f"{CATALOG}: {name} has no column line"
    for name, (kind, column) in catalog.get("BY_RECORD", {}).items():
        if kind not in catalog.get("LINE_OF", {}):
            yield f"{CATALOG}: {name} belongs to a {kind}, whose line is not told"
        if name in tables and column not in tables[name].columns:
            yield f"{CATALOG}: {name} has no column {column}"
    for kind, sql in catalog.get("LINE_OF", {}).items():
        try:
            project.schema.compiles(sql.replace("{id}", "'x'"))
        except sqlite3.Error as error:
            yield f"{CATALOG}: the line of a {kind} cannot be asked for: {error}"


def _past_the_views(project: Project) -> Iterator[str]:
    """A name with a schema before it would reach the table behind the view."""
    for module in project.modules(*PROGRAM):
        if module.path == CATALOG or module.path.startswith((_STORE, "jope/services/qualification/gates/")):
            continue
        for text in module.strings:
            value = str(text.value)
            if _SQL.search(value) and _PAST_THE_VIEWS.search(value):
                yield module.at(text, "names a table with its schema, past the views of row scope")


def _other_connections(project: Project) -> Iterator[str]:
    met: set[str] = set()
    for module in project.modules(*PROGRAM):
        if module.path == _POOLS or module.path.startswith(_STORE):
            continue
        for place, name in _opened(module):
            met.add(module.path)
            if module.path not in READING_CONNECTIONS:
                yield module.at(place, f"opens a reading connection with {name}, outside the pools of row scope")
    yield from stale(READING_CONNECTIONS, met, project)


def _opened(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for place, name in module.imported:
        if name in tuple(f"jope.kernel.store.engine.{opener}" for opener in _OPENERS):
            yield place, name
    for call in module.calls:
        name = module.dotted(call.func)
        if name.rsplit(".", 1)[-1] == "open_reader" or name.endswith("store.engine.connect"):
            yield call, name
