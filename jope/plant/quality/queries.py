"""Read deviations: the list, one with its evidence, one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import Reader, needs
from jope.compliance.signatures.queries import SignatureView, signature_by_id
from jope.compliance.signatures.queue import Waiting
from jope.kernel.clock import site_date
from jope.plant.quality.commands import CloseDeviation


@dataclass(frozen=True, slots=True)
class DeviationRow:
    """One line of the list. ``overdue``: it is not ended and its date has passed at the site."""

    number: str
    title: str
    state: str
    classification: str
    due: str
    overdue: bool
    owner: str
    opened_by: str
    opened_utc_us: int
    line: str
    source_kind: str
    source_id: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One piece of evidence. ``stands`` is False where the event is not the one that was attached."""

    n: int
    kind: str
    event_seq: int
    event_leaf: str
    document_name: str
    document_hash: str
    words: str
    added_by: str
    added_utc_us: int
    stands: bool


@dataclass(frozen=True, slots=True)
class DeviationView:
    """Everything about one deviation; its signatures are verified now."""

    row: DeviationRow
    description: str
    root_cause: str
    impact: str
    disposition: str
    investigated_by: str
    void_reason: str
    evidence: tuple[EvidenceRow, ...]
    classified: SignatureView | None
    closed: SignatureView | None
    voided: SignatureView | None


_ROW = "d.number, d.title, d.state, d.classification, d.due, d.owner, d.opened_by, d.opened_us, d.line, d.source_kind, d.source_id"
_MORE = (
    "d.description, d.root_cause, d.impact, d.disposition, coalesce(d.investigated_by, ''), d.void_reason, d.classified_signature, "
    "d.closed_signature, d.voided_signature"
)
_EVIDENCE = (
    "SELECT e.n, e.kind, coalesce(e.event_seq, 0), e.event_leaf, e.document_name, e.document_hash, e.words, e.added_by, e.added_us, "
    "e.kind <> 'event' OR e.event_leaf = lower(hex(a.leaf)) FROM deviation_evidence e LEFT JOIN audit a ON a.seq = e.event_seq "
    "WHERE e.number = ? ORDER BY e.n"
)
LONGEST_LIST = 500


@needs(Permission.DEVIATION_READ)
def deviations(reader: Reader, *, state: str = "") -> tuple[DeviationRow, ...]:
    """The deviations in the reader's scope, newest first; of one state where it is named."""
    return _rows(reader, "(? = '' OR d.state = ?)", (state, state))


def my_deviations(reader: Reader) -> tuple[DeviationRow, ...]:
    """Those that whoever asks opened or owns, newest first."""
    return _rows(reader, "? IN (d.opened_by, d.owner)", (reader.employee_id,))


@needs(Permission.DEVIATION_READ)
def deviation_detail(reader: Reader, *, number: str) -> DeviationView:
    """One deviation with its evidence.

    Raises:
        NotFoundError: there is none in the reader's scope.
    """
    sql = f"SELECT {_ROW}, {_MORE} FROM deviation d WHERE d.number = ?"
    found = reader.one(sql, (number,), missing=f"There is no deviation {number} on your line.")
    evidence = tuple(_evidence(row) for row in reader.execute(_EVIDENCE, (number,)))
    description, root_cause, impact, disposition, investigated_by, void_reason, *slots = found[11:]
    classified, closed, voided = (signature_by_id(reader.cursor, reader.records, signature) for signature in slots)
    return DeviationView(
        _row(reader, found), description, root_cause, impact, disposition, investigated_by, void_reason, evidence, classified, closed, voided
    )  # fmt: skip


def _evidence(found: Any) -> EvidenceRow:
    n, kind, seq, leaf, name, hash_, words, added_by, added_us, stands = found
    return EvidenceRow(n, kind, seq, leaf, name, hash_, words, added_by, added_us, bool(stands))


@needs(Permission.DEVIATION_READ)
def deviation_document(reader: Reader, *, number: str, n: int) -> str:
    """The hash of a document that is evidence of a deviation.

    Raises:
        NotFoundError: there is none in the reader's scope.
    """
    sql = "SELECT e.document_hash FROM deviation_evidence e JOIN deviation d USING (number) WHERE e.number = ? AND e.n = ? AND e.kind = 'document'"
    (found,) = reader.one(sql, (number, n), missing=f"There is no document {n} at deviation {number}.")
    return str(found)


def waiting_deviations(reader: Reader) -> tuple[Waiting, ...]:
    """Investigated deviations, which wait for their closure."""
    sql = "SELECT d.number, d.investigated_us FROM deviation d WHERE d.state = 'investigated' ORDER BY d.investigated_us"
    return tuple(Waiting(CloseDeviation(number=number), since_us) for number, since_us in reader.execute(sql))


@needs(Permission.DEVIATION_READ)
def possible_owners(reader: Reader, *, number: str) -> tuple[str, ...]:
    """Employee ids of those whose role investigates deviations on this one's line."""
    sql = (
        "SELECT u.employee_id FROM user_account u JOIN role_permission p ON p.role = u.role AND p.permission = ?1 AND p.held = 1 "
        "JOIN deviation d ON d.number = ?2 WHERE u.state <> 'disabled' AND u.line IN ('*', d.line) ORDER BY 1"
    )
    return tuple(who for (who,) in reader.execute(sql, (Permission.DEVIATION_INVESTIGATE.value, number)))


def _rows(reader: Reader, condition: str, values: tuple[str, ...]) -> tuple[DeviationRow, ...]:
    sql = f"SELECT {_ROW} FROM deviation d WHERE {condition} ORDER BY d.year DESC, d.n DESC LIMIT {LONGEST_LIST}"
    return tuple(_row(reader, row) for row in reader.execute(sql, values))


def _row(reader: Reader, found: Any) -> DeviationRow:
    number, title, state, classification, due, owner, opened_by, opened_us, line, source_kind, source_id = found[:11]
    ended = state in ("closed", "voided")
    overdue = bool(due) and not ended and due < site_date(reader.judged_us, reader.zone)
    return DeviationRow(
        number, title, state, classification, due, overdue, owner or "", opened_by, opened_us, line, source_kind, source_id
    )  # fmt: skip
