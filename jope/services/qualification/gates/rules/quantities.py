"""Quantities are decimals: no binary floating point where weights and limits are handled or stored (house style; URS F01, P05)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.exemptions import FLOATS, stale
from jope.services.qualification.gates.project import Module, Project

_EXACT: Final = ("jope/plant/", "jope/kernel/units.py", "jope/kernel/canonical.py")
_DURATION: Final = ("seconds", "_s", "_ms")
"""How names end that carry a duration; these may be floats, they are no quantities."""


def quantities_are_exact(project: Project) -> Iterator[str]:
    """No float literal, annotation or conversion in the plant, except for durations by name; no REAL column in the schema."""
    met: set[str] = set()
    for module in project.modules(*_EXACT):
        durations = _duration_nodes(module)
        for node in module.nodes:
            if id(node) not in durations and _is_float(module, node):
                met.add(module.path)
                if module.path not in FLOATS:
                    yield module.at(node, "uses a float; quantities are decimals")
    yield from stale(FLOATS, met, project)
    for table in project.schema.tables.values():
        yield from (
            f"sql/store: {table.name}.{c.name} is {c.type}"
            for c in table.columns.values()
            if c.type.upper() in ("REAL", "FLOAT", "DOUBLE", "NUMERIC")
        )


def _is_float(module: Module, node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) is float
    return isinstance(node, ast.Name) and module.dotted(node) == "float"


def _duration_nodes(module: Module) -> set[int]:
    """The ids of all nodes inside the annotation or default of a name that carries a duration."""
    found: set[int] = set()
    for node in module.nodes:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id.lower().endswith(_DURATION):
            found |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.arguments):
            pairs = list(zip(node.kwonlyargs, node.kw_defaults, strict=True))
            pairs += list(zip(reversed(node.args), reversed(node.defaults), strict=False))
            for argument, default in pairs:
                if argument.arg.lower().endswith(_DURATION):
                    found |= {id(inner) for part in (argument, default) if part is not None for inner in ast.walk(part)}
            for argument in node.args:
                if argument.arg.lower().endswith(_DURATION):
                    found |= {id(inner) for inner in ast.walk(argument)}
    return found
