"""The chain's form: every hash has a domain of its own, the ledger has one writer, and its rows are chained by the frozen rules.

URS C01, C02; P11-06.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.project import Module, Project

LEDGER: Final = "jope/compliance/audit/ledger.py"
RECORDER: Final = "jope/compliance/audit/recorder.py"
_DOMAINS: Final = {"leaf_of": b"\x00", "hash_of": b"\x02", "link_of": b"\x03", "genesis_prev": b"\x04"}
"""Function -> the byte that its hash begins with; changing one is a migration of every ledger there is."""
_TABLES: Final = ("audit", "audit_payload", "audit_subject", "command_outcome")


def the_chain_is_continuous(project: Project) -> Iterator[str]:
    """Domain bytes are the frozen ones and distinct, and only the recorder writes rows of the ledger."""
    for module in project.modules(LEDGER):
        functions = {n.name: n for n in module.tree.body if isinstance(n, ast.FunctionDef)}
        for name, byte in _DOMAINS.items():
            if name not in functions:
                yield f"{LEDGER}: {name} is missing"
            elif _first_byte(module, functions[name]) != byte:
                yield module.at(functions[name], f"{name} does not hash under the domain byte {byte!r}")
    if LEDGER not in project.files:
        yield f"{LEDGER}: there is no ledger to look at"
    for module in project.modules("jope/"):
        if module.path != RECORDER:
            yield from _foreign_writes(module)


def _first_byte(module: Module, function: ast.FunctionDef) -> bytes | None:
    """The first constant inside the function's ``sha256(...)`` argument."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and module.dotted(node.func).endswith("sha256") and node.args:
            first = node.args[0]
            while isinstance(first, ast.BinOp):
                first = first.left
            return first.value if isinstance(first, ast.Constant) and isinstance(first.value, bytes) else None
    return None


def _foreign_writes(module: Module) -> Iterator[str]:
    for text in module.strings:
        words = str(text.value).upper().split()
        for table in _TABLES:
            if words[:2] == ["INSERT", "INTO"] and len(words) > 2 and words[2].split("(")[0] == table.upper():
                yield module.at(text, f"writes to {table}; the recorder alone writes the ledger")
