"""Read signatures: each is verified again whenever it is shown (URS B04, B05; P11-15, P11-17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jope.compliance.signatures.records import SignedRecords, record_hash


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A signature's manifestation: printed name, employee id, role then, UTC time, meaning, reason, and whether it still stands.

    ``verdict`` is ``valid`` or ``UNSIGNED: changed since`` or another sentence that begins with ``UNSIGNED``.
    """

    signature_id: str
    subject_kind: str
    subject_id: str
    signer: str
    name: str
    role: str
    meaning: str
    reason: str
    signed_utc_us: int
    seq: int
    record_hash: str
    verdict: str

    @property
    def valid(self) -> bool:
        """Whether the record still is what was signed."""
        return self.verdict == "valid"


_COLUMNS = (
    "s.id, s.subject_kind, s.subject_id, s.signer, s.signer_name, s.role, s.meaning, s.reason, s.signed_us, s.target_seq, s.record_hash, "
    "s.target_leaf, a.leaf, coalesce(e.seq, 0)"
)
_SELECT = (
    f"SELECT {_COLUMNS} FROM signature s LEFT JOIN audit a ON a.seq = s.target_seq "
    "LEFT JOIN audit_subject e ON e.kind = 'signature' AND e.id = s.id AND e.n = 1"
)
CHANGED = "UNSIGNED: changed since"


def signature_verdict(cursor: Any, records: SignedRecords, row: Sequence[Any]) -> str:
    """Verify one signature against the record as it stands now and the event it is bound to."""
    kind, subject_id, recorded, target_leaf, leaf = row[1], row[2], row[10], row[11], row[12]
    if leaf is None or bytes(leaf) != bytes(target_leaf):
        return "UNSIGNED: the signed event is not the one that was signed"
    spec = records.get(kind)
    frozen = spec.freeze(cursor, subject_id) if spec is not None else None
    if frozen is None:
        return "UNSIGNED: the record is not there"
    return "valid" if record_hash(frozen) == recorded else CHANGED


def signatures_where(cursor: Any, records: SignedRecords, where: str, parameters: Sequence[Any]) -> tuple[SignatureView, ...]:
    """Signatures in the order they were applied, each verified now. ``where`` is a fixed SQL condition of the caller on ``s``."""
    rows = cursor.execute(f"{_SELECT} WHERE {where} ORDER BY s.target_seq", tuple(parameters)).fetchall()
    return tuple(
        SignatureView(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[13], r[10], signature_verdict(cursor, records, r))
        for r in rows
    )


def signature_by_id(cursor: Any, records: SignedRecords, signature_id: str | None) -> SignatureView | None:
    """One signature, verified now; None for an empty slot."""
    if signature_id is None:
        return None
    found = signatures_where(cursor, records, "s.id = ?", (signature_id,))
    return found[0] if found else None
