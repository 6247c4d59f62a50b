"""The schema and the allow-list, the schema and the mapped classes: each says the same as the other (URS P05, C04; P11-06, A11d-19)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.exemptions import ADDED_COLUMNS, UNMAPPED_TABLES
from jope.services.qualification.gates.project import PROGRAM, Module, Project
from jope.services.qualification.gates.rules.tables import ALLOW_LIST, operational_tables, regulated_tables

_REASON_LENGTH: Final = 20
_NOT_IN_SQL: Final = frozenset({"alembic_version"})
"""Made by the migration tool before the first revision runs."""
_HIDDEN_CHANGES: Final = frozenset({"secondary", "cascade", "server_default", "server_onupdate", "passive_deletes", "onupdate"})
_TYPES: Final = {"str": "TEXT", "int": "INTEGER", "bytes": "BLOB"}


def every_table_is_regulated(project: Project) -> Iterator[str]:
    """What is not regulated stands on the allow-list with a reason.

    No row changes by a cascade or a default that images would not explain.
    """
    ledger, operational = operational_tables(project)
    tables = project.schema.tables
    if not tables or not ledger:
        yield f"{ALLOW_LIST}: there is no schema or no allow-list to look at"
    for name in sorted((ledger | operational.keys()) - tables.keys() - _NOT_IN_SQL):
        yield f"{ALLOW_LIST}: the table {name} is not in the schema"
    for name, reason in operational.items():
        if len(reason.strip()) < _REASON_LENGTH:
            yield f"{ALLOW_LIST}: {name} is allow-listed without a reason"
    for name in regulated_tables(project):
        yield from _silent_changes(project, name)
    yield from _mapped_silently(project)


def _silent_changes(project: Project, name: str) -> Iterator[str]:
    table = project.schema.tables[name]
    for column in table.columns.values():
        if column.default is not None and f"{name}.{column.name}" not in ADDED_COLUMNS:
            yield f"sql/store: {name}.{column.name} has a default in the schema"
    for _columns, other, _keys, on_delete, on_update in table.foreign_keys:
        if {on_delete, on_update} - {"NO ACTION", "RESTRICT"}:
            yield f"sql/store: {name} follows {other} by a cascade"


def _mapped_silently(project: Project) -> Iterator[str]:
    for module in project.modules(*PROGRAM):
        for call in module.calls:
            if module.dotted(call.func).rsplit(".", 1)[-1] in ("mapped_column", "relationship", "Column", "ForeignKey"):
                yield from (module.at(call, f"maps with {k.arg}=") for k in call.keywords if k.arg in _HIDDEN_CHANGES)


def mapped_classes_match(project: Project) -> Iterator[str]:
    """Each mapped class has the columns of its table, with the same types and the same columns that may be NULL.

    Each regulated table is mapped.
    """
    mapped: dict[str, tuple[Module, ast.ClassDef]] = {}
    for module in project.modules("jope/"):
        for node in module.tree.body:
            name = _table_name(node)
            if isinstance(node, ast.ClassDef) and name is not None:
                mapped[name] = (module, node)
    if not mapped:
        yield "jope: there is no mapped class to look at"
    for name, (module, node) in mapped.items():
        if name not in project.schema.tables:
            yield module.at(node, f"maps the table {name}, which the schema does not have")
        else:
            yield from _differences(project, module, node, name)
    ledger, _ = operational_tables(project)
    for name in sorted(set(regulated_tables(project)) - ledger - mapped.keys() - UNMAPPED_TABLES.keys()):
        yield f"sql/store: the regulated table {name} has no mapped class"


def _table_name(node: ast.stmt) -> str | None:
    if not isinstance(node, ast.ClassDef):
        return None
    for inner in node.body:
        if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name) and inner.targets[0].id == "__tablename__":
            return str(ast.literal_eval(inner.value))
    return None


def _differences(project: Project, module: Module, node: ast.ClassDef, name: str) -> Iterator[str]:
    columns = project.schema.tables[name].columns
    mapped = dict(_mapped_columns(module, node))
    for column in sorted(columns.keys() ^ mapped.keys()):
        where = "the schema" if column in columns else "the class"
        yield module.at(node, f"{name}.{column} is only in {where}")
    for column in sorted(columns.keys() & mapped.keys()):
        python, nullable = mapped[column]
        if _TYPES.get(python) != columns[column].type:
            yield module.at(node, f"{name}.{column} is {columns[column].type} in the schema and {python} in the class")
        if nullable == columns[column].required:
            yield module.at(node, f"{name}.{column} may be NULL in {'the class' if nullable else 'the schema'} only")


def _mapped_columns(module: Module, node: ast.ClassDef) -> Iterator[tuple[str, tuple[str, bool]]]:
    """(column, (Python type, whether it may be None)) of every ``Mapped[...]`` annotation."""
    for inner in node.body:
        if (
            not isinstance(inner, ast.AnnAssign)
            or not isinstance(inner.target, ast.Name)
            or not isinstance(inner.annotation, ast.Subscript)
        ):
            continue
        if module.dotted(inner.annotation.value).rsplit(".", 1)[-1] == "Mapped":
            text = ast.unparse(inner.annotation.slice)
            yield inner.target.id, (text.removesuffix(" | None"), text.endswith(" | None"))
