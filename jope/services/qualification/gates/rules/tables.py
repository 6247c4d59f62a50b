"""Which tables are regulated: the schema minus the allow-list of the project's own ``regulated.py``."""

from __future__ import annotations

import ast
from typing import Final

from jope.services.qualification.gates.project import Project, constants

ALLOW_LIST: Final = "jope/kernel/store/regulated.py"


def operational_tables(project: Project) -> tuple[frozenset[str], dict[str, str]]:
    """(ledger tables, operational table -> reason) as the project's allow-list says; empty where there is none."""
    ledger: frozenset[str] = frozenset()
    operational: dict[str, str] = {}
    for module in project.modules(ALLOW_LIST):
        for name, value in constants(module):
            if name == "LEDGER_TABLES" and isinstance(value, ast.Call):
                ledger = frozenset(ast.literal_eval(value.args[0]))
            elif name == "OPERATIONAL_TABLES":
                operational = ast.literal_eval(value)
    return ledger, operational


def regulated_tables(project: Project) -> tuple[str, ...]:
    """Every table of the schema that is not operational, the ledger's own included."""
    _ledger, operational = operational_tables(project)
    return tuple(name for name in project.schema.tables if name not in operational)
