"""Every command has one handler that names a permission and leaves an event on every way out.

URS P06, A02; P11-05, P11-06, P11-08, A11d-18.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from jope.services.qualification.gates.project import Module, Project, constants

_Functions = Mapping[str, tuple[Module, ast.FunctionDef]]
_Claim = tuple[Module, ast.FunctionDef, ast.Call]
COMPOSITION_ROOT: Final = "jope/bootstrap.py"
_DEPTH: Final = 4


def every_command_is_handled(project: Project) -> Iterator[str]:
    """Each Command subclass of a ``commands.py`` has exactly one handler, declared with permission and subject, joined in bootstrap."""
    claims = list(_claims(project))
    handled = Counter(_command_of(call) for _, _, call in claims)
    declared = list(_commands(project))
    if not declared:
        yield "jope: there is no command to look at"
    for module, node in declared:
        if handled[node.name] != 1:
            yield module.at(node, f"{node.name} has {handled[node.name]} handlers; exactly one is due")
    for module, function, call in claims:
        missing = {"permission", "subject"} - {keyword.arg for keyword in call.keywords}
        if missing:
            yield module.at(function, f"{function.name} is declared without {' and '.join(sorted(missing))}")
    yield from _unjoined(project, {module.path for module, _, _ in claims})


def _commands(project: Project) -> Iterator[tuple[Module, ast.ClassDef]]:
    for module in project.modules("jope/"):
        if module.path.endswith("/commands.py"):
            for node in module.tree.body:
                if isinstance(node, ast.ClassDef) and any(module.dotted(base).rsplit(".", 1)[-1] == "Command" for base in node.bases):
                    yield module, node


def _claims(project: Project) -> Iterator[_Claim]:
    for module in project.modules("jope/"):
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    if isinstance(decorator, ast.Call) and module.dotted(decorator.func).rsplit(".", 1)[-1] == "handles":
                        yield module, node, decorator


def _command_of(call: ast.Call) -> str:
    named = call.args[0] if call.args else call
    return named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else "?"


def _unjoined(project: Project, paths: set[str]) -> Iterator[str]:
    """Handler files that the composition root does not hand to the bus."""
    for root in project.modules(COMPOSITION_ROOT):
        listed = [value.elts for name, value in constants(root) if name == "HANDLER_MODULES" and isinstance(value, ast.Tuple)]
        joined = {root.dotted(element).replace(".", "/") + ".py" for elements in listed for element in elements}
        for path in sorted(paths - joined):
            yield f"{path}: its handlers are not in HANDLER_MODULES of {COMPOSITION_ROOT}"


def every_way_out_leaves_an_event(project: Project) -> Iterator[str]:
    """No way through a handler returns without ``audit.record``; what a helper of the project records counts."""
    functions = _functions(project)
    claims = list(_claims(project))
    if not claims:
        yield "jope: there is no handler to look at"
    for module, function, _ in claims:
        if not _records(function.body, module, functions, _DEPTH):
            yield module.at(function, f"{function.name} can return without an audit event")


def _functions(project: Project) -> _Functions:
    """Top-level functions by full dotted name."""
    found: dict[str, tuple[Module, ast.FunctionDef]] = {}
    for module in project.modules("jope/"):
        package = module.path.removesuffix(".py").replace("/", ".")
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef):
                found[f"{package}.{node.name}"] = (module, node)
    return found


def _records(body: Sequence[ast.stmt], module: Module, functions: _Functions, depth: int) -> bool:
    """Whether every way through the statements that does not raise records an event before it ends."""
    for statement in body:
        if isinstance(statement, ast.Raise):
            return True
        if isinstance(statement, ast.If):
            branches = [_records(branch, module, functions, depth) for branch in (statement.body, statement.orelse)]
            if all(branches):
                return True
            if any(
                _returns(branch) and not recorded for branch, recorded in zip((statement.body, statement.orelse), branches, strict=True)
            ):
                return False
        elif isinstance(statement, ast.With | ast.Try):
            if _records(statement.body, module, functions, depth):
                return True
        elif _says(statement, module, functions, depth):
            return True
        elif isinstance(statement, ast.Return):
            return False
    return False


def _returns(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Return) for statement in body for node in ast.walk(statement))


def _says(statement: ast.stmt, module: Module, functions: _Functions, depth: int) -> bool:
    """Whether a plain statement records, itself or through a function of the project. Loops do not count: they may turn zero times."""
    if isinstance(statement, ast.For | ast.While | ast.FunctionDef):
        return False
    for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
        name = module.dotted(call.func)
        if name.endswith("audit.record"):
            return True
        known = functions.get(name) or functions.get(f"{module.path.removesuffix('.py').replace('/', '.')}.{name}")
        if known is not None and depth and _records(known[1].body, known[0], functions, depth - 1):
            return True
    return False
