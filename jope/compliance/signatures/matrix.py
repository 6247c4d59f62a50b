"""The signature matrix that is in force at a station.

A stored rule counts only as an event of the trail made it: whatever writes the table beside the program changes nothing, and a start says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jope.compliance.audit import ledger
from jope.compliance.audit.actions import Action
from jope.compliance.signatures.rules import SignatureRule, Signing, faults_of, in_force
from jope.compliance.signatures.statements import STATEMENTS

_COLUMNS: Final = ("action", "number", "signing", "meaning", "offered", "verifying", "series", "id", "since_us")
_NUMBERS: Final = frozenset({"number", "series", "since_us"})
_RULES = (
    f"SELECT {', '.join(f'r.{c}' if c in _NUMBERS else f'CAST(r.{c} AS BLOB)' for c in _COLUMNS)} FROM signature_rule r "
    "WHERE r.number = (SELECT max(n.number) FROM signature_rule n WHERE n.action = r.action) ORDER BY r.action"
)
_SETTINGS = (
    "SELECT a.body, a.leaf, p.salt, p.payload FROM audit a JOIN audit_payload p USING (seq) "
    "WHERE a.action = ? AND a.outcome = 'done' ORDER BY a.seq"
)
_EVER_SET = "SELECT 1 FROM audit_subject WHERE kind = ? AND id = ? LIMIT 1"
_STORED_TEXT = "SELECT text, hash FROM accountability_statement WHERE number = ? AND language = ?"
RULE: Final = "signature_rule"
STATEMENT: Final = "accountability_statement"
_Row = Mapping[str, Any]
"""A stored version by its columns."""


class SignatureMatrix:
    """Which rule each action follows. Read from the store at start and after each commit that is about it; reading it replaces it as a whole."""

    def __init__(self, floors: Mapping[str, SignatureRule]) -> None:
        self._floors = floors
        self._rules: Mapping[str, SignatureRule] = floors

    def load(self, cursor: Any) -> None:
        """Read the stored rules. One that is faulty, or not as an event of the trail set it, is not followed."""
        stored, as_set = _stored_rows(cursor), _rows_as_set(cursor)
        self._rules = {
            action: floor
            if any(_faults(action, stored.get(action), as_set.get(action), floor))
            else in_force(_read(stored.get(action)), floor)
            for action, floor in self._floors.items()
        }

    def rule(self, action: str) -> SignatureRule:
        """The rule that an action follows; unsigned for what is not in the matrix."""
        return self._rules.get(action) or SignatureRule(action, 0, Signing.NONE, None, (), "", False)

    def rules(self) -> tuple[SignatureRule, ...]:
        """All rules in force, by action."""
        return tuple(self._rules[action] for action in sorted(self._rules))

    def missing(self, cursor: Any) -> tuple[str, ...]:
        """Actions that were never in the stored matrix."""
        stored = _stored_rows(cursor)
        return tuple(a for a in sorted(self._floors) if a not in stored and not _was_set(cursor, RULE, a))

    def faults(self, cursor: Any) -> tuple[str, ...]:
        """What is wrong with the stored rules and statements, in sentences without a full stop.

        Rules that cannot be read, demand less than the program, were removed, or are not as the trail says they were set; a statement whose text is
        another one.
        """
        stored, as_set = _stored_rows(cursor), _rows_as_set(cursor)
        found = [
            fault for action, floor in self._floors.items() for fault in _faults(action, stored.get(action), as_set.get(action), floor)
        ]
        found += [
            f"{action} was taken out of it"
            for action in self._floors
            if action not in stored and action not in as_set and _was_set(cursor, RULE, action)
        ]
        return (*found, *_statement_faults(cursor))


def _stored_rows(cursor: Any) -> dict[str, _Row]:
    """The newest stored version of each action, as it stands there. Bytes that are no text become marks, which no event ever set."""
    rows = (
        [value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in row]
        for row in cursor.execute(_RULES).fetchall()
    )
    return {row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in rows}


def _rows_as_set(cursor: Any) -> dict[str, _Row]:
    """The newest version of each action as the events say that set it. An event whose payload was edited says nothing."""
    found: dict[str, _Row] = {}
    for body, leaf, salt, payload in cursor.execute(_SETTINGS, (Action.SIGNATURE_RULES_SET.value,)).fetchall():
        try:
            if ledger.leaf_of(body) != leaf or json.loads(body)["payload"] != ledger.payload_digest(salt, payload):
                continue
            rows = [image["after"] for image in json.loads(payload)["images"] if image["table"] == RULE]
            found |= {row["action"]: row for row in rows}
        except (ValueError, LookupError, TypeError):
            continue  # it was edited together with its digests: its rules are as good as never set, which is a fault of each of them
    return found


def _read(row: _Row | None) -> SignatureRule | None:
    """The rule of a stored row, None where there is none or it cannot be read."""
    if row is None:
        return None
    try:
        return SignatureRule.read(tuple(row[column] for column in _COLUMNS[:7]))
    except (ValueError, TypeError, RecursionError):
        return None


def _faults(action: str, row: _Row | None, as_set: _Row | None, floor: SignatureRule) -> Iterator[str]:
    """What is wrong with the newest stored rule of an action, against the program and against the event that set it."""
    if row is None:
        if as_set is not None:
            yield f"{action} was taken out of it"
        return
    rule = _read(row)
    if rule is None:
        yield f"{action} cannot be read"
    else:
        yield from faults_of(rule, floor)
    if as_set is None:
        yield f"no event of the trail set {action}"
    elif row != as_set:
        yield f"{action} is not as version {as_set['number']} was set"


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
