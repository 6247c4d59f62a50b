"""The signature matrix that is in force at a station."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jope.compliance.signatures.rules import SignatureRule, Signing, faults_of, in_force
from jope.compliance.signatures.statements import STATEMENTS

_RULES = (
    "SELECT r.action, r.number, r.signing, r.meaning, r.offered, r.verifying, r.series FROM signature_rule r "
    "WHERE r.number = (SELECT max(n.number) FROM signature_rule n WHERE n.action = r.action) ORDER BY r.action"
)
_EVER_SET = "SELECT 1 FROM audit_subject WHERE kind = ? AND id = ? LIMIT 1"
_STORED_TEXT = "SELECT text, hash FROM accountability_statement WHERE number = ? AND language = ?"
RULE: Final = "signature_rule"
STATEMENT: Final = "accountability_statement"


class SignatureMatrix:
    """Which rule each action follows. Read from the store at start and after each commit that is about it; reading it replaces it as a whole."""

    def __init__(self, floors: Mapping[str, SignatureRule]) -> None:
        self._floors = floors
        self._rules: Mapping[str, SignatureRule] = floors

    def load(self, cursor: Any) -> None:
        """Read the stored rules."""
        stored = stored_rules(cursor)
        self._rules = {action: in_force(stored.get(action), floor) for action, floor in self._floors.items()}

    def rule(self, action: str) -> SignatureRule:
        """The rule that an action follows; unsigned for what is not in the matrix."""
        return self._rules.get(action) or SignatureRule(action, 0, Signing.NONE, None, (), "", False)

    def rules(self) -> tuple[SignatureRule, ...]:
        """All rules in force, by action."""
        return tuple(self._rules[action] for action in sorted(self._rules))

    def missing(self, cursor: Any) -> tuple[str, ...]:
        """Actions that were never in the stored matrix."""
        stored = stored_rules(cursor)
        return tuple(a for a in sorted(self._floors) if a not in stored and not _was_set(cursor, RULE, a))

    def faults(self, cursor: Any) -> tuple[str, ...]:
        """Sentences about stored rules that demand less than the program, that were removed, or whose statement is another text."""
        found: list[str] = []
        stored = stored_rules(cursor)
        for action, floor in self._floors.items():
            rule = stored.get(action)
            if rule is not None:
                found += faults_of(rule, floor)
            elif _was_set(cursor, RULE, action):
                found.append(f"{action} was taken out of it")
        return (*found, *_statement_faults(cursor))


def stored_rules(cursor: Any) -> dict[str, SignatureRule]:
    """The newest stored version of each action."""
    return {row[0]: SignatureRule.read(row) for row in cursor.execute(_RULES).fetchall()}


def missing_statements(cursor: Any) -> tuple[int, ...]:
    """Numbers of the program's statements that were never issued at this station."""
    numbers = sorted({s.number for s in STATEMENTS})
    return tuple(n for n in numbers if not _was_set(cursor, STATEMENT, str(n)))


def _statement_faults(cursor: Any) -> tuple[str, ...]:
    found = []
    for due in STATEMENTS:
        row = cursor.execute(_STORED_TEXT, (due.number, due.language)).fetchone()
        if row is None and not _was_set(cursor, STATEMENT, str(due.number)):
            continue  # it is issued before the first command
        if row is None or (row[0], row[1]) != (due.text, due.hash):
            found.append(f"statement {due.number} ({due.language}) is not the text that was issued")
    return tuple(found)


def _was_set(cursor: Any, kind: str, id_: str) -> bool:
    return cursor.execute(_EVER_SET, (kind, id_)).fetchone() is not None
