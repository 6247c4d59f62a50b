"""Secrets stay out of texts and images: passwords and tokens are never printed, and stand sealed in the trail (URS O08; P11-28)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.exemptions import SECRETS_TOLD, stale
from jope.services.qualification.gates.project import PROGRAM, Module, Project

_SECRET: Final = re.compile(r"(^|_)(password|password_hash|token|token_hash|secret|private_key)$")


def secrets_are_kept(project: Project) -> Iterator[str]:
    """Fields of dataclasses with a secret have ``repr=False``, mapped columns with one are sealed, and no log or print names one."""
    told: set[str] = set()
    for module in project.modules(*PROGRAM):
        for node in module.nodes:
            if isinstance(node, ast.ClassDef):
                yield from _open_fields(module, node)
            elif isinstance(node, ast.Call):
                for finding in _said_aloud(module, node):
                    told.add(module.path)
                    if module.path not in SECRETS_TOLD:
                        yield finding
    yield from stale(SECRETS_TOLD, told, project)


def _open_fields(module: Module, node: ast.ClassDef) -> Iterator[str]:
    is_dataclass = any("dataclass" in ast.unparse(d) for d in node.decorator_list)
    for field in node.body:
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name) or not _SECRET.search(field.target.id):
            continue
        annotation = ast.unparse(field.annotation)
        value = ast.unparse(field.value) if field.value is not None else ""
        if annotation.startswith("Mapped["):
            if "SEALED" not in value:
                yield module.at(field, f"{node.name}.{field.target.id} is not sealed in images")
        elif is_dataclass and ("str" in annotation or "bytes" in annotation) and "repr=False" not in value:
            yield module.at(field, f"{node.name}.{field.target.id} shows in the text of its object")


def _said_aloud(module: Module, call: ast.Call) -> Iterator[str]:
    name = module.dotted(call.func)
    if name != "print" and not re.search(r"(^|\.)log(ger)?\.\w+$", name):
        return
    for part in (*call.args, *(k.value for k in call.keywords)):
        for node in ast.walk(part):
            said = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if _SECRET.search(said):
                yield module.at(call, f"says '{said}' aloud")
