"""Mutants of a guard: one small change each, made in its syntax tree and compiled into the function that stands in the declarations.

1. A condition is negated; a ``not`` is dropped; ``and`` and ``or`` change places; one operand of either is left out.
2. A comparison becomes another one, and the opposite one.
3. A number is one more, and one less.
4. What lets pass refuses, and what refuses lets pass; an answer is none, and an error is not raised.

What a verdict says in words is no part of the decision and is not changed.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

from jope.bootstrap import HANDLER_MODULES
from jope.compliance.commands import Guard, declarations_of

_SWAPS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_DECIDING = (
    "jope.compliance.access.conflicts", "jope.compliance.changes", "jope.compliance.people", "jope.compliance.recovery", "jope.compliance.authority",
    "jope.compliance.settings",
    "jope.compliance.identity.queries", "jope.compliance.training.guards", "jope.compliance.timekeeping", "jope.compliance.retention.handlers",
    "jope.plant.quality", "jope.plant.batches", "jope.plant.weighing", "jope.plant.materials.guards", "jope.plant.devices.equipment",
)  # fmt: skip
"""Rooms whose functions decide with the guards that ask them.

What reads the trail has attacks of its own (``tests/faults``). Whether a reading may be a weight, and how a training stands, have checks of their own
(``rules.py``).
"""
_WORDS = frozenset({"words", "text", "message", "state"})
"""Names of what a verdict says."""


@dataclass(frozen=True)
class Mutant:
    """A changed guard. ``name`` says what was changed and where, counted from the guard's first line."""

    guard: str
    name: str
    code: CodeType


def guard_functions() -> dict[str, FunctionType]:
    """Every guard of every declaration, under ``module.name``; of a guard that is an object, its call."""
    found: dict[str, FunctionType] = {}
    for declaration in declarations_of(*HANDLER_MODULES).values():
        for guard in declaration.guards:
            function = function_of(guard)
            found[key_of(function)] = function
    return dict(sorted(found.items()))


def asked_by(function: FunctionType) -> dict[str, FunctionType]:
    """The functions that a guard asks before it decides, near and far, in the rooms that know what people and plants are."""
    found: dict[str, FunctionType] = {}
    waiting = [function]
    while waiting:
        asking = waiting.pop()
        for name in asking.__code__.co_names:
            asked = asking.__globals__.get(name)
            if inspect.isfunction(asked) and asked.__module__.startswith(_DECIDING) and key_of(asked) not in found:
                found[key_of(asked)] = asked
                waiting.append(asked)
    return found


def function_of(guard: Guard) -> FunctionType:
    """The function that decides."""
    function: Any = guard if inspect.isfunction(guard) else type(guard).__call__
    assert isinstance(function, FunctionType)
    return function


def key_of(function: FunctionType) -> str:
    """Module and name of a guard, without the package."""
    return f"{function.__module__.removeprefix('jope.')}.{function.__qualname__}"


def mutants_of(function: FunctionType) -> Iterator[Mutant]:
    """Every mutant of a guard."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list, definition.returns = [], None
    for arg in definition.args.args:
        arg.annotation = None
    for at, node in enumerate(ast.walk(definition)):
        if id(node) in _said(definition):
            continue
        for what, edit in _edits(node):
            changed = copy.deepcopy(tree)
            twin = next(found for index, found in enumerate(ast.walk(changed.body[0])) if index == at)
            edit(twin)
            where = f"line {getattr(node, 'lineno', 1)}.{getattr(node, 'col_offset', 0)}"
            yield Mutant(key_of(function), f"{where}: {what}", _compiled(changed, function))


def _said(definition: ast.FunctionDef) -> frozenset[int]:
    """Nodes inside the words of a verdict."""
    found: set[int] = set()
    for node in ast.walk(definition):
        verdict = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "GuardVerdict"
        words = isinstance(node, ast.Assign) and all(isinstance(t, ast.Name) and t.id in _WORDS for t in node.targets)
        if verdict or words:
            found |= {id(inner) for inner in ast.walk(node) if inner is not node}
        if isinstance(node, ast.Raise) or (
            isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and "Error" in ast.unparse(node.value.func)
        ):
            found |= {id(inner) for inner in ast.walk(node) if inner is not node}
    return frozenset(found)


_Edit = tuple[str, Callable[[Any], None]]


def _edits(node: ast.AST) -> list[_Edit]:
    """What can be changed at a node, each with a function that changes its twin."""
    found: list[_Edit] = []
    if isinstance(node, ast.If | ast.IfExp):
        found.append((f"not ({ast.unparse(node.test)})", _negate_test))
    if isinstance(node, ast.comprehension):
        found += [(f"not ({ast.unparse(test)})", _negate_filter(n)) for n, test in enumerate(node.ifs)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        found.append((f"{ast.unparse(node.operand)} without not", _drop_not))
    if isinstance(node, ast.BoolOp):
        found.append((f"and for or in {ast.unparse(node)}", _swap_logic))
        found += [(f"without {ast.unparse(value)}", _leave_out(n)) for n, value in enumerate(node.values)]
    if isinstance(node, ast.Compare):
        found += [
            (f"{swap.__name__} in {ast.unparse(node)}", _compare(n, swap)) for n, op in enumerate(node.ops) for swap in _SWAPS[type(op)]
        ]
    if isinstance(node, ast.Constant) and type(node.value) is int:
        found += [(f"{node.value + step} for {node.value}", _number(step)) for step in (1, -1)]
    if isinstance(node, ast.Raise):
        found.append(("goes on", _go_on))
    if isinstance(node, ast.Return):
        passes = isinstance(node.value, ast.Constant) and node.value.value is None
        found.append(("refuses" if passes else "lets pass", _refuse if passes else _let_pass))
    return found


def _negate_test(twin: Any) -> None:
    twin.test = ast.UnaryOp(ast.Not(), twin.test)


def _negate_filter(n: int) -> Callable[[Any], None]:
    def edit(twin: Any) -> None:
        twin.ifs[n] = ast.UnaryOp(ast.Not(), twin.ifs[n])

    return edit


def _drop_not(twin: Any) -> None:
    twin.op, twin.operand = ast.Not(), ast.UnaryOp(ast.Not(), twin.operand)


def _swap_logic(twin: Any) -> None:
    twin.op = ast.Or() if isinstance(twin.op, ast.And) else ast.And()


def _leave_out(n: int) -> Callable[[Any], None]:
    def edit(twin: Any) -> None:
        del twin.values[n]
        if len(twin.values) == 1:
            twin.values.append(copy.deepcopy(twin.values[0]))

    return edit


def _compare(n: int, swap: type[ast.cmpop]) -> Callable[[Any], None]:
    def edit(twin: Any) -> None:
        twin.ops[n] = swap()

    return edit


def _number(step: int) -> Callable[[Any], None]:
    def edit(twin: Any) -> None:
        twin.value += step

    return edit


def _refuse(twin: Any) -> None:
    twin.value = ast.parse("GuardVerdict('mutant', 'm', 'm', 'm')", mode="eval").body


def _go_on(twin: Any) -> None:
    twin.__class__ = ast.Pass


def _let_pass(twin: Any) -> None:
    twin.value = ast.Constant(None)


def _compiled(tree: ast.Module, function: FunctionType) -> CodeType:
    """The code of a changed function, to stand in the place of the old one."""
    ast.fix_missing_locations(tree)
    module = compile(tree, f"<mutant of {function.__qualname__}>", "exec")
    code = next(const for const in module.co_consts if isinstance(const, CodeType))
    assert not code.co_freevars
    return code


@contextmanager
def in_place(function: FunctionType, mutant: Mutant) -> Iterator[None]:
    """The mutant stands in the declarations in the place of its guard."""
    before = function.__code__
    function.__code__ = mutant.code
    try:
        yield
    finally:
        function.__code__ = before
