"""Writes happen in handlers, inside the bus's transaction, and nowhere else (house.md "One way through"; URS P02, C04; P11-06, A11d-18)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.exemptions import TRANSACTIONS, WRITE_STATEMENTS, stale
from jope.services.qualification.gates.project import PROGRAM, Module, Project

_WRITING_CALLS: Final = frozenset(
    {"add", "add_all", "merge", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings", "save", "execute", "flush"}
)
_READING_CALLS: Final = frozenset({"execute", "flush"})
_STATEMENT: Final = re.compile(r"^\s*(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|REPLACE\s+INTO)\b", re.IGNORECASE)
_TRANSACTION: Final = re.compile(r"^\s*(BEGIN(\s+IMMEDIATE|\s+EXCLUSIVE)?|COMMIT|ROLLBACK|SAVEPOINT\s+\w+|END)\s*;?\s*$")
_CORE_WRITES: Final = frozenset(f"sqlalchemy.{verb}" for verb in ("insert", "update"))
_OPENERS: Final = frozenset({"commit", "rollback", "unit_of_work", "operational", "begin_nested"})


def writes_stay_in_handlers(project: Project) -> Iterator[str]:
    """Sessions are written to in ``handlers.py`` alone; SQL that writes stands only in the named files."""
    met: set[str] = set()
    for module in project.modules(*PROGRAM):
        for place, sentence in (*_session_writes(module), *_sql_writes(module)):
            met.add(module.path)
            if module.path not in WRITE_STATEMENTS:
                yield module.at(place, sentence)
    yield from stale(WRITE_STATEMENTS, met, project)


def _session_writes(module: Module) -> Iterator[tuple[ast.AST, str]]:
    if module.path.endswith("/handlers.py"):
        return
    for call in module.calls:
        name = module.dotted(call.func)
        if name in _CORE_WRITES:
            yield call, f"writes with {name} outside a handler"
        owner, _, verb = name.rpartition(".")
        if verb in _WRITING_CALLS - _READING_CALLS and (owner == "session" or owner.endswith(".session")):
            yield call, f"writes with session.{verb} outside a handler"


def _sql_writes(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for text in module.strings:
        found = _STATEMENT.match(str(text.value))
        if found is not None:
            yield text, f"holds SQL that writes ('{' '.join(found.group(0).split())}')"


def only_the_bus_commits(project: Project) -> Iterator[str]:
    """Handlers never commit: only the named files begin, commit or roll back, or open a unit of work."""
    met: set[str] = set()
    for module in project.modules("jope/"):
        for place, sentence in _transaction_control(module):
            met.add(module.path)
            if module.path not in TRANSACTIONS:
                yield module.at(place, sentence)
    yield from stale(TRANSACTIONS, met, project)


def _transaction_control(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for call in module.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in _OPENERS:
            yield call, f"calls .{call.func.attr}()"
        for argument in call.args[:1]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and _TRANSACTION.match(argument.value):
                yield argument, f"runs {argument.value.strip()}"
