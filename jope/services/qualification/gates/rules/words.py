"""What the project says of itself: no claim that is more than what is built, no requirement that does not exist.

URS P03, N02; A11d-01, A11-04.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, TypeGuard

from jope.services.qualification.gates.project import Module, Project

_CLAIMS: Final = (
    (re.compile(r"tamper[\s\-\u2010-\u2015]*proof", re.IGNORECASE), "say tamper-evident"),
    (
        re.compile(r"\bcannot\s+be\s+(edited|altered|manipulated|forged|falsified|tampered)\b", re.IGNORECASE),
        "say that a change is found or refused",
    ),
    (
        re.compile(r"\b(records?|trail|signatures?|events?)\s+cannot\s+be\s+(changed|deleted)\b", re.IGNORECASE),
        "say that a change is found or refused",
    ),
    (
        re.compile(r"\b(unhackable|unbreakable|bullet[\s-]?proof|impossible to (forge|alter|tamper))\b", re.IGNORECASE),
        "claim what is measured",
    ),
    (
        re.compile(r"\b(FDA|EMA|MHRA|GAMP)[\s-]+(approved|certified|compliant|validated)\b", re.IGNORECASE),
        "nobody approves software like this; name the clause",
    ),
    (re.compile(r"\b(guarantees?|ensures? full|100\s?%)\s+complian", re.IGNORECASE), "compliance is the site's; name what is checked"),
    (re.compile(r"\b(military|bank)[\s-]grade\b", re.IGNORECASE), "name the algorithm"),
)
_SPEAKS: Final = (
    "docs/",
    "ui/",
    "resources/",
    "jope/",
    "drivers/",
    "sql/",
    "validation/",
    "README.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "installer/",
)
_OWN: Final = "jope/services/qualification/gates/rules/words.py"
_BACKTICKED: Final = re.compile(r"`([^`\n]+)`")
_COMMAND: Final = re.compile(r"^(?:\.venv/bin/)?jope ([a-z][a-z-]*)")
_TARGET: Final = re.compile(r"^make ([a-z][a-z-]*)")


def claims_are_true(project: Project) -> Iterator[str]:
    """No forbidden claim in any text of the project; commands and make targets that README and docs name exist."""
    for path, text in project.texts(*_SPEAKS):
        if path != _OWN:
            for number, line in enumerate(text.splitlines(), start=1):
                yield from (f"{path}:{number}: '{m.group(0)}': {advice}" for pattern, advice in _CLAIMS for m in pattern.finditer(line))
    commands, targets = _commands(project), _targets(project)
    for path, text in project.texts("docs/", "README.md"):
        for quoted in _BACKTICKED.findall(text) if path.endswith(".md") else ():
            for pattern, known, what in ((_COMMAND, commands, "command"), (_TARGET, targets, "make target")):
                named = pattern.match(quoted)
                if known and named is not None and named.group(1) not in known:
                    yield f"{path}: names the {what} '{named.group(0)}', which does not exist"


def _commands(project: Project) -> frozenset[str]:
    """The words after ``jope`` that the command line knows: names given to typer's decorators and sub-applications, else function names."""
    found: set[str] = set()
    for module in project.modules("jope/cli/"):
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef):
                found |= {_text(d.args[0]) if d.args else node.name.strip("_") for d in node.decorator_list if _is_call_of(d, "command")}
            elif isinstance(node, ast.Call) and _is_call_of(node.func, "command") and node.func.args:
                found.add(_text(node.func.args[0]))
            elif isinstance(node, ast.Call) and module.dotted(node.func).endswith(("Typer", "add_typer")):
                found |= {_text(k.value) for k in node.keywords if k.arg == "name"}
    return frozenset(found)


def _is_call_of(node: ast.expr, attribute: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _targets(project: Project) -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z][a-z-]*):", project.files.get("Makefile", ""), re.MULTILINE))


_REQUIREMENTS: Final = "validation/urs/requirements.csv"
_CLAUSES: Final = "validation/urs/clauses.csv"
_FORMS: Final = {_REQUIREMENTS: re.compile(r"[A-Z]\d{2}"), _CLAUSES: re.compile(r"(P11|PR|A11|A11d|A22|PI)-\d{2}")}
_COLUMNS: Final = {_REQUIREMENTS: ("id", "area", "requirement"), _CLAUSES: ("id", "clause", "asks")}
_IN_TEXT: Final = re.compile(r"\b(?:P11|PR|A11d|A11|A22|PI)-\d{2}\b")
_AFTER_URS: Final = re.compile(r"\bURS ([^().;\"]*)")
_FEATURE: Final = re.compile(r"\b[A-Z]\d{2}\b(?!-\d)")


def citations_exist(project: Project) -> Iterator[str]:
    """Requirement ids are well formed and unique; every id in a ``req`` marker, a docstring or a comment is one of them."""
    known: set[str] = set()
    for path in _FORMS:
        ids = list(_ids(project, path))
        if not ids:
            yield f"{path}: there is no requirement to look at"
        yield from (f"{path}: the id '{i}' is malformed" for i in ids if not _FORMS[path].fullmatch(i))
        yield from (f"{path}: the id '{i}' stands {n} times" for i, n in Counter(ids).items() if n > 1)
        known |= set(ids)
    for module in project.modules("tests/"):
        yield from _unknown_markers(module, known)
    for path, text in project.texts("jope/", "ui/", "drivers/", "sql/"):
        for cited in (*_IN_TEXT.findall(text), *(i for tail in _AFTER_URS.findall(text) for i in _FEATURE.findall(tail))):
            if cited not in known:
                yield f"{path}: cites {cited}, which is no requirement"


def _ids(project: Project, path: str) -> Iterator[str]:
    rows = csv.DictReader(io.StringIO(project.files.get(path, "")))
    for row in rows:
        if any(not (row.get(column) or "").strip() for column in _COLUMNS[path]):
            raise ValueError(f"{path}:{rows.line_num}: an empty cell among {', '.join(_COLUMNS[path])}")
        yield row["id"]


def _unknown_markers(module: Module, known: set[str]) -> Iterator[str]:
    for call in module.calls:
        if not module.dotted(call.func).endswith("mark.req"):
            continue
        if not call.args:
            yield module.at(call, "a req marker without an id")
        for argument in call.args:
            cited = _text(argument)
            if cited not in known:
                yield module.at(call, f"the req marker cites {cited or 'something that is no plain id'}, which is no requirement")
