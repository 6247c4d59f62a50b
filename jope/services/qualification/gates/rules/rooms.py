"""Who may know what: Qt, device protocols, the store's file, other people's errors (house.md; URS P02, P04, Q11, J05)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from jope.services.qualification.gates.exemptions import BROAD_EXCEPTS, STORE_FILES, stale
from jope.services.qualification.gates.project import PROGRAM, Module, Project

_QT: Final = frozenset({"PySide6", "PySide2", "PyQt6", "PyQt5", "shiboken6", "pyqtgraph", "qtpy"})
_PROTOCOLS: Final = frozenset(
    {
        "serial",
        "serial_asyncio",
        "pymodbus",
        "asyncua",
        "opcua",
        "snap7",
        "pyvisa",
        "usb",
        "hid",
        "can",
        "paho",
        "aiomqtt",
        "bleak",
        "pty",
        "termios",
    }
)
_DATABASES: Final = frozenset({"sqlalchemy", "alembic", "sqlite3", "sqlcipher3", "psycopg", "apsw"})
_CORE_INSIDES: Final = re.compile(r"^jope\.(kernel\.store|.*\.(handlers|model|life_cycle)(\.|$))")
_RULES: Final = (
    ("jope/", _QT | _PROTOCOLS | {"jope_ui", "jope_drivers"}, "the core knows neither Qt nor a device protocol nor what stands above it"),
    ("drivers/", _QT | _DATABASES | {"jope_ui"}, "a driver knows no Qt, no store and no client"),
    ("ui/", _PROTOCOLS | _DATABASES | {"jope_drivers"}, "the client speaks to the core and to nothing else"),
)


def rooms_keep_to_themselves(project: Project) -> Iterator[str]:
    """Qt is imported in ui/ alone, device protocols in drivers/ alone; the client sees neither tables nor handlers."""
    for prefix, forbidden, reason in _RULES:
        for module in project.modules(prefix):
            for place, name in module.imported:
                if name.split(".")[0] in forbidden:
                    yield module.at(place, f"imports {name}: {reason}")
                elif prefix == "ui/" and _CORE_INSIDES.match(name):
                    yield module.at(place, f"imports {name}: the client sees commands and queries only")


_STORE_NAME: Final = re.compile(r"\bstore\.db\b")
_FILE_CALLS: Final = frozenset(
    {"open", "copy", "copy2", "copyfile", "copytree", "move", "read_bytes", "write_bytes", "unlink", "rename", "replace", "remove"}
)
_CONNECTS: Final = frozenset({"sqlite3.connect", "sqlcipher3.dbapi2.connect", "sqlcipher3.connect", "apsw.Connection"})


def only_the_store_opens_the_store(project: Project) -> Iterator[str]:
    """No QtSql, no raw connection, no copy or opening of ``store.db`` outside the store and the verification's private copy.

    See reliability.md rule 8.
    """
    met: set[str] = set()
    for module in project.modules(*PROGRAM):
        if module.path.startswith("jope/kernel/store/"):
            continue
        for place, sentence in _store_touches(module):
            met.add(module.path)
            if module.path not in STORE_FILES:
                yield module.at(place, sentence)
    yield from stale(STORE_FILES, met, project)


def _store_touches(module: Module) -> Iterator[tuple[ast.AST, str]]:
    for place, name in module.imported:
        if "QtSql" in name:
            yield place, "imports QtSql"
    for text in module.strings:
        if _STORE_NAME.search(str(text.value)) and " " not in str(text.value):
            yield text, "names store.db"
    for call in module.calls:
        name = module.dotted(call.func)
        if name in _CONNECTS:
            yield call, f"opens a database with {name}"
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else name
        if verb in _FILE_CALLS and re.search(r"\.store\b|location\.path|store\.db", ast.unparse(call)):
            yield call, f"touches the store's file with {verb}()"


def errors_are_not_swallowed(project: Project) -> Iterator[str]:
    """``except Exception``, ``except BaseException`` and bare ``except`` stand only at the named borders of threads, or raise again."""
    met: set[str] = set()
    for module in project.modules(*PROGRAM):
        for node in module.nodes:
            if isinstance(node, ast.ExceptHandler) and _is_broad(module, node) and not _raises_again(node):
                met.add(module.path)
                if module.path not in BROAD_EXCEPTS:
                    yield module.at(node, "catches everything outside the named thread borders")
    yield from stale(BROAD_EXCEPTS, met, project)


def _is_broad(module: Module, handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(module.dotted(kind) in ("Exception", "BaseException", "builtins.Exception") for kind in kinds)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


_UNSAFE_CALLS: Final = frozenset(
    {"eval", "exec", "os.system", "os.popen", "pickle.load", "pickle.loads", "marshal.loads", "shelve.open", "yaml.load", "tempfile.mktemp"}
)
_UNSAFE_MODULES: Final = frozenset({"pickle", "shelve", "marshal", "xml", "dill", "random"})


def input_is_data(project: Project) -> Iterator[str]:
    """What comes from outside is never executed or unpickled, no shell sees it, and chance comes from ``secrets``.

    URS P02, K11; A11-05.
    """
    for module in project.modules("jope/", "ui/"):
        for place, name in module.imported:
            if name.split(".")[0] in _UNSAFE_MODULES:
                yield module.at(place, f"imports {name}")
        for call in module.calls:
            name = module.dotted(call.func)
            if name in _UNSAFE_CALLS:
                yield module.at(call, f"calls {name}()")
            if any(k.arg == "shell" and isinstance(k.value, ast.Constant) and k.value.value for k in call.keywords):
                yield module.at(call, "starts a process through a shell")
