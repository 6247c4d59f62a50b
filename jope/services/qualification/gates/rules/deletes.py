"""No delete path: neither in the code nor in the schema (URS P01, E06, C01; P11-04, P11-06)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.exemptions import DELETE_STATEMENTS, stale
from jope.services.qualification.gates.project import PROGRAM, Module, Project
from jope.services.qualification.gates.rules.tables import operational_tables, regulated_tables

_STATEMENT: Final = re.compile(r"\b(DELETE\s+FROM|REPLACE\s+INTO|INSERT\s+OR\s+REPLACE|TRUNCATE\s+TABLE|DROP\s+TABLE)\b", re.IGNORECASE)
_CORE_DELETE: Final = ("sqlalchemy.delete", "sqlalchemy.sql.delete", "sqlalchemy.sql.expression.delete")
APPEND_ONLY: Final = ("signature", "batch_transition", "formulation_line", "training_record", "deviation_evidence")
"""Tables outside the ledger whose rows are never changed once they stand."""


def no_delete_path(project: Project) -> Iterator[str]:
    """No ``session.delete``, no Core delete, no SQL that deletes or replaces; each regulated table refuses both by itself."""
    met: set[str] = set()
    for module in project.modules(*PROGRAM):
        for place, sentence in (*_delete_calls(module), *_delete_statements(module)):
            met.add(module.path)
            if module.path not in DELETE_STATEMENTS:
                yield module.at(place, sentence)
    yield from stale(DELETE_STATEMENTS, met, project)
    yield from _tables_that_delete(project)


def _delete_calls(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for call in module.calls:
        name = module.dotted(call.func)
        if name in _CORE_DELETE or name.endswith(".session.delete") or name in ("session.delete", "delete"):
            yield call, "deletes rows; regulated records are never deleted"
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "delete" and not call.args and not name.startswith("jope"):
            yield call, "calls .delete() on a query"


def _delete_statements(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for text in module.strings:
        found = _STATEMENT.search(str(text.value))
        if found is not None and "TRIGGER" not in str(text.value):
            yield text, f"holds the statement '{found.group(0)}'"


def _tables_that_delete(project: Project) -> Iterator[str]:
    schema = project.schema
    if not schema.tables:
        yield "sql/store: there is no schema to look at"
    for table in regulated_tables(project):
        if not schema.refuses(table, f"DELETE FROM {table}"):
            yield f"sql/store: the table {table} lets its rows be deleted"
        if not schema.refuses(table, schema.inserting(table, replacing=True), at_inserts=False):
            yield f"sql/store: the table {table} lets its rows be replaced"


def append_only(project: Project) -> Iterator[str]:
    """The ledger and what follows its pattern refuse every UPDATE, and the ledger refuses a gap in its sequence.

    URS C01; P11-06, A11d-20.
    """
    schema = project.schema
    ledger, _ = operational_tables(project)
    if not ledger:
        yield "sql/store: the project names no table of the ledger"
    for table in sorted(ledger | (set(APPEND_ONLY) & schema.tables.keys())):
        if table not in schema.tables:
            yield f"sql/store: the table {table} is missing"
            continue
        for column in schema.tables[table].columns:
            if not schema.refuses(table, f"UPDATE {table} SET {column} = {column}"):
                yield f"sql/store: {table}.{column} can be updated"
    if "audit" in schema.tables and not schema.refuses("audit", schema.inserting("audit", seq=3)):
        yield "sql/store: the table audit accepts a gap in its sequence"
