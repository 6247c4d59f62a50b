"""What gates look at: the sources as texts and syntax trees, and the schema that the SQL files give.

Nothing is imported or run from the project.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from jope.services.qualification.gates.schema import Schema

FOLDERS: Final = ("jope", "ui", "drivers", "sql", "docs", "resources", "tests", "validation", "installer")
SUFFIXES: Final = frozenset({".py", ".sql", ".md", ".csv", ".html", ".svg", ".txt", ".json", ".ts", ".qss", ".toml"})
TOP_FILES: Final = ("README.md", "SECURITY.md", "CHANGELOG.md", "Makefile", "pyproject.toml")
PROGRAM: Final = ("jope/", "ui/", "drivers/")
"""The folders that ship as code."""


class UnreadableSourceError(Exception):
    """A source cannot be parsed; the gate that meets it fails."""


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the root, its syntax tree, and what its imported names stand for.

    Gates look at all nodes, some dozens of times: the tree is walked once.
    """

    path: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Local name -> full dotted name, for all imports of the file wherever they stand."""
        names: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    names[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]
            elif isinstance(node, ast.ImportFrom):
                names |= {alias.asname or alias.name: f"{node.module or ''}.{alias.name}" for alias in node.names}
        return names

    @cached_property
    def imported(self) -> tuple[tuple[ast.AST, str], ...]:
        """(place, module name) of every import; ``from a import b`` gives ``a`` and ``a.b``."""
        found: list[tuple[ast.AST, str]] = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [(node, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += [(node, node.module or ""), *((node, f"{node.module}.{alias.name}") for alias in node.names)]
        return tuple(found)

    @cached_property
    def strings(self) -> tuple[ast.Constant, ...]:
        """Every text constant of the file that is not a docstring; the constant parts of f-strings too."""
        docs = {id(doc) for node in self.nodes if (doc := _docstring(node)) is not None}
        return tuple(n for n in self.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs)

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call in the file."""
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))

    def dotted(self, node: ast.AST) -> str:
        """The full dotted name of an expression such as ``time.time`` or ``t.time`` after ``import time as t``.

        Empty where there is none.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join((self.names.get(node.id, node.id), *reversed(parts)))

    def at(self, node: ast.AST, sentence: str) -> str:
        """A finding at a place of this file."""
        return f"{self.path}:{getattr(node, 'lineno', 0)}: {sentence}"


class Project:
    """A source tree as a mapping of paths (from the root, with ``/``) to texts; samples are small ones."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(sorted(files.items()))
        self._parsed: dict[str, Module] = {}

    @classmethod
    def read(cls, root: Path) -> Project:
        """Read the tree below ``root``; hidden folders, caches and files of other kinds are left out."""
        paths = [root / name for name in TOP_FILES if (root / name).is_file()]
        for folder in FOLDERS:
            paths += [p for p in (root / folder).rglob("*") if p.suffix in SUFFIXES and p.is_file()]
        kept = (p for p in paths if not any(part.startswith(".") or part == "__pycache__" for part in p.relative_to(root).parts))
        return cls({p.relative_to(root).as_posix(): p.read_text("utf-8") for p in kept})

    def modules(self, *prefixes: str) -> tuple[Module, ...]:
        """The Python files whose paths begin with one of the prefixes.

        Raises:
            UnreadableSourceError: a file is no Python.
        """
        return tuple(self._module(path) for path in self.files if path.endswith(".py") and path.startswith(prefixes))

    def texts(self, *prefixes: str) -> tuple[tuple[str, str], ...]:
        """(path, text) of all files whose paths begin with one of the prefixes."""
        return tuple((path, text) for path, text in self.files.items() if path.startswith(prefixes))

    def _module(self, path: str) -> Module:
        if path not in self._parsed:
            try:
                tree = ast.parse(self.files[path])
            except SyntaxError as error:
                raise UnreadableSourceError(f"{path}:{error.lineno}: not readable as Python") from error
            self._parsed[path] = Module(path, tree)
        return self._parsed[path]

    @cached_property
    def schema(self) -> Schema:
        """The schema after all numbered SQL files in ``sql/store``."""
        return Schema.of([(path, text) for path, text in self.texts("sql/store/") if path.endswith(".sql")])

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 over the paths and the SHA-256 of every file: what was checked."""
        lines = (f"{path}\n{hashlib.sha256(text.encode()).hexdigest()}\n" for path, text in self.files.items())
        return hashlib.sha256("".join(lines).encode()).digest()


def constants(module: Module) -> Iterator[tuple[str, ast.expr]]:
    """(name, value) of every assignment to a plain name at the top of a file, annotated or not."""
    for node in module.tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _docstring(node: ast.AST) -> ast.Constant | None:
    """A text that stands alone as a statement: a docstring, or the explanation below a constant."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value
    return None
