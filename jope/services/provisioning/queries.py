"""Read what a company told the agency about its signatures."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import Reader, needs


@dataclass(frozen=True, slots=True)
class LetterRow:
    """The letter of 21 CFR 11.100(c)(1) (``letter``), or a later certification of (c)(2) (``testimony``). The time is UTC microseconds."""

    letter_id: str
    kind: str
    dated: str
    document_name: str
    document_hash: str
    recorded_us: int
    recorded_by: str


@needs(Permission.USER_READ)
def letters(reader: Reader) -> tuple[LetterRow, ...]:
    """Every letter, the newest date first."""
    rows = reader.execute(
        "SELECT id, kind, dated, document_name, document_hash, recorded_us, recorded_signer FROM certification_letter "
        "ORDER BY dated DESC, recorded_us DESC"
    )
    return tuple(LetterRow(*row) for row in rows)
