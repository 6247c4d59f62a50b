"""The accountability statement: what a person accepts by signature before the first signature (URS B09; 21 CFR 11.10(j), 11.100(c)).

The texts here are issued to each station as data, with their hash, in an event of its trail. A change of a single word is a new number, and everybody
accepts anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from jope.kernel.canonical import canonical_bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """One version in one language."""

    number: int
    language: str
    text: str

    @property
    def hash(self) -> str:
        """SHA-256 over number, language and text, hex."""
        return hashlib.sha256(canonical_bytes([self.number, self.language, self.text])).hexdigest()


STATEMENTS: Final = (
    Statement(
        1,
        "en",
        "My electronic signature is the legally binding equivalent of my handwritten signature. "
        "I am accountable and responsible for every action that is taken under it. "
        "I sign only what I have read, only with my own employee id and password, and I give neither my password nor my badge to anybody. "
        "I leave no open session behind. If I suspect that somebody else knows my password, I report it at once. "
        "I know that falsifying a record or a signature has consequences under labour law and criminal law.",
    ),
    Statement(
        1,
        "de",
        "Meine elektronische Unterschrift ist meiner handschriftlichen Unterschrift rechtlich gleichgestellt. "
        "Ich bin f\u00fcr jede Handlung verantwortlich und rechenschaftspflichtig, die unter ihr geschieht. "
        "Ich unterschreibe nur, was ich gelesen habe, nur mit meiner eigenen Personalnummer und meinem eigenen Passwort, und gebe weder mein Passwort "
        "noch meinen Ausweis weiter. Ich lasse keine offene Sitzung zur\u00fcck. Vermute ich, dass jemand anderer mein Passwort kennt, melde ich das sofort. "
        "Mir ist bekannt, dass das F\u00e4lschen einer Aufzeichnung oder Unterschrift arbeits- und strafrechtliche Folgen hat.",
    ),
)
"""What this program issues."""

_NEWEST = "SELECT max(number) FROM accountability_statement"
_ACCEPTED = f"SELECT 1 FROM accountability_acceptance WHERE employee_id = ? AND number = ({_NEWEST})"
_TEXTS = f"SELECT number, language, text FROM accountability_statement WHERE number = ({_NEWEST}) ORDER BY language DESC"


def has_accepted(cursor: Any, employee_id: str) -> bool:
    """Whether a person accepted the statement that is in force. Nobody has while there is none."""
    return cursor.execute(_ACCEPTED, (employee_id,)).fetchone() is not None


def statements_in_force(cursor: Any) -> tuple[Statement, ...]:
    """The newest version in its languages, English first; empty before one was issued."""
    return tuple(Statement(*row) for row in cursor.execute(_TEXTS).fetchall())
