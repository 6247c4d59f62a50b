"""Which tables are regulated: the schema minus the allow-list of the project's own ``regulated.py``."""

from __future__ import annotations

import ast
from typing import Final

from jope.services.qualification.gates.project import Project

ALLOW_LIST: Final = "jope/kernel/store/regulated.py"


def operational_tables(project: Project) -> tuple[frozenset[str], dict[str, str]]:
    """(ledger tables, operational table -> reason) as the project's allow-list says; empty where there is none."""
    ledger: frozenset[str] = frozenset()
    operational: dict[str, str] = {}
    for module in project.modules(ALLOW_LIST):
        for node in module.tree.body:
            target = node.target if isinstance(node, ast.AnnAssign) else None
            if not isinstance(target, ast.Name) or not isinstance(node, ast.AnnAssign) or node.value is None:
                continue
            if target.id == "LEDGER_TABLES" and isinstance(node.value, ast.Call):
                ledger = frozenset(ast.literal_eval(node.value.args[0]))
            elif target.id == "OPERATIONAL_TABLES":
                operational = ast.literal_eval(node.value)
    return ledger, operational


def regulated_tables(project: Project) -> tuple[str, ...]:
    """Every table of the schema that is not operational, the ledger's own included."""
    _ledger, operational = operational_tables(project)
    return tuple(name for name in project.schema.tables if name not in operational)
