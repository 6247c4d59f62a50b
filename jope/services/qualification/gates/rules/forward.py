"""Migrations go forward only: one SQL file per revision, in one line, with nothing taken away (house.md; URS E06, N03; P11-04)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.project import Module, Project, constants

_TAKES_AWAY: Final = re.compile(r"\b(DROP\s+(TABLE|TRIGGER|INDEX|VIEW)|DELETE\s+FROM\s+\w+|ALTER\s+TABLE\s+\w+\s+DROP)\b", re.IGNORECASE)
_PLAIN_INDEX: Final = re.compile(r"\bCREATE\s+INDEX\s+(\w+)", re.IGNORECASE)
_SQL_FILE: Final = re.compile(r"^sql/store/(\d{4})_[a-z0-9_]+\.sql$")


def migrations_go_forward(project: Project) -> Iterator[str]:
    """Revisions are numbered without gaps, follow each other, have no way back, and their SQL drops and deletes nothing.

    A trigger may be replaced. An index that only made a search fast may go: it holds nothing. One that is unique is a rule and stays.
    """
    numbers = [m.group(1) for path in project.files if (m := _SQL_FILE.match(path)) is not None]
    if numbers != [f"{n:04d}" for n in range(1, len(numbers) + 1)] or not numbers:
        yield f"sql/store: the SQL files are numbered {', '.join(numbers) or 'not at all'}"
    revisions: list[str] = []
    for module in project.modules("sql/store/versions/"):
        yield from _one_way(module)
        constants = _literals(module)
        if constants.get("down_revision") != (revisions[-1] if revisions else None):
            yield f"{module.path}: follows {constants.get('down_revision')}, expected is {revisions[-1] if revisions else None}"
        revisions.append(str(constants.get("revision")))
    if revisions != numbers:
        yield f"sql/store/versions: the revisions are {', '.join(revisions)}, the SQL files are {', '.join(numbers)}"
    plain: set[str] = set()
    for path, text in project.texts("sql/store/"):
        if path.endswith(".sql"):
            sql = re.sub(r"--[^\n]*", "", text)
            yield from (f"{path}: takes something away ('{m}')" for m in _taken_away(sql, plain))
            plain |= {found.group(1) for found in _PLAIN_INDEX.finditer(sql)}


def _taken_away(sql: str, plain: set[str]) -> Iterator[str]:
    """What a file takes away; a trigger that it drops and makes anew under the same name is changed, and a ``plain`` index holds nothing."""
    for found in _TAKES_AWAY.finditer(sql):
        name = re.match(r"\s+(\w+)", sql[found.end() :])
        what = found.group(0).upper()
        replaced = what.endswith("TRIGGER") and name is not None and re.search(rf"CREATE TRIGGER {name.group(1)}\b", sql[found.end() :])
        if not replaced and not (what.endswith("INDEX") and name is not None and name.group(1) in plain):
            yield found.group(0)


def _one_way(module: Module) -> Iterator[str]:
    functions = {node.name: node for node in module.tree.body if isinstance(node, ast.FunctionDef)}
    if "upgrade" not in functions:
        yield f"{module.path}: has no upgrade"
    if "downgrade" in functions:
        yield module.at(functions["downgrade"], "has a way back; a store only goes forward")


def _literals(module: Module) -> dict[str, object]:
    return {name: value.value for name, value in constants(module) if isinstance(value, ast.Constant)}
