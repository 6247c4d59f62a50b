"""What no statement of the application may do, decided when SQLite prepares it (reliability.md rule 4).

The triggers in ``sql/store`` say the same again for whoever comes without this connection; detection relies on neither.
"""

from __future__ import annotations

from typing import Final

from jope.kernel.store.regulated import ALLOW_LISTED, LEDGER_TABLES

OK: Final = 0
DENY: Final = 1

# Action codes of sqlite3_set_authorizer (https://sqlite.org/c3ref/c_alter_table.html).
_DELETE, _INSERT, _PRAGMA, _READ, _SELECT, _TRANSACTION, _UPDATE, _FUNCTION, _SAVEPOINT, _RECURSIVE = 9, 18, 19, 20, 21, 22, 23, 31, 32, 33
_PRAGMAS_READ: Final = frozenset(
    {"table_info", "table_xinfo", "user_version", "data_version", "foreign_key_check", "quick_check", "integrity_check"}
)
_FUNCTIONS_DENIED: Final = frozenset({"load_extension", "jope_change", "writefile", "edit", "fts3_tokenizer"})
IMAGE_FUNCTION: Final = "jope_change"


class Authorizer:
    """The callback of one connection. ``in_store`` is True only while the store itself begins, commits or rolls back; readers may do so freely.

    ``shadowed`` are tables that stand behind temporary views of their names: nothing but these views reads them.
    """

    def __init__(self, *, read_only: bool, shadowed: frozenset[str] = frozenset()) -> None:
        self._read_only = read_only
        self._shadowed = shadowed
        self.in_store = False

    def __call__(self, action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
        """Allow or deny one action that SQLite is about to compile."""
        if action == _READ and database == "main" and first in self._shadowed:
            return OK if source in self._shadowed else DENY
        if action in (_READ, _SELECT, _RECURSIVE):
            return OK
        if action == _FUNCTION:
            return self._function(second, source)
        if action in (_TRANSACTION, _SAVEPOINT):
            return OK if self.in_store or self._read_only else DENY
        if action == _PRAGMA:
            return OK if first in _PRAGMAS_READ and (second is None or first != "user_version") else DENY
        if self._read_only:
            return DENY
        return self._write(action, first)

    @staticmethod
    def _function(name: str | None, source: str | None) -> int:
        if name == IMAGE_FUNCTION:
            return OK if source is not None and source.startswith("image_") else DENY
        return DENY if name in _FUNCTIONS_DENIED else OK

    @staticmethod
    def _write(action: int, table: str | None) -> int:
        if action == _INSERT:
            return DENY if table is None or table.startswith("sqlite_") else OK
        if action == _UPDATE:
            return DENY if table is None or table in LEDGER_TABLES or table.startswith("sqlite_") else OK
        if action == _DELETE:
            return OK if table in ALLOW_LISTED - LEDGER_TABLES else DENY
        return DENY


FORBIDDEN_SAMPLES: Final = (
    "UPDATE audit SET body = body",
    "DELETE FROM audit",
    "DELETE FROM batch",
    "DROP TRIGGER audit_no_update",
    "ATTACH DATABASE ':memory:' AS other",
)
"""Five statements that a start-up self-test tries; each must be refused."""
