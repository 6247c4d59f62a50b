"""What was disposed of after its retention, as far as two people signed it: the verdict ``disposed`` (URS C14; ledger.md "Shape").

A payload may be missing only where a stub stands: an event of the trail that names it, and the disposal's row with the signatures of two people over the
same ranges. Both are verified as all events and rows are; here it is only read what they allow.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jope.compliance.audit.actions import Action
from jope.compliance.audit.verification.evidence import Evidence
from jope.kernel.canonical import canonical_bytes, canonical_text

_STUBS: Final = (
    "SELECT a.seq, p.payload, d.events FROM audit a JOIN audit_payload p USING (seq) "
    "JOIN audit_subject s ON s.seq = a.seq AND s.kind = 'disposal' JOIN disposal d ON d.id = s.id "
    "WHERE a.action = ? AND a.outcome = 'done' AND d.approval_signature = json_extract(a.body, '$.signature') "
    "AND d.proposal_signature IS NOT NULL AND d.proposal_signer <> d.approval_signer ORDER BY a.seq"
)
RowKey = tuple[str, str]
"""Table and key."""


@dataclass(frozen=True, slots=True)
class KeptRow:
    """What a stub says of a row whose history went: salted digests of it then, over the columns that it had then."""

    seq: int
    salt: bytes
    columns: tuple[str, ...]
    state: bytes
    sealed_columns: tuple[str, ...]
    sealed_state: bytes

    def is_of(self, row: Mapping[str, Any], *, sealed: bool) -> bool:
        """Whether this row stood there when its history was disposed of; ``sealed``: what only the station may read is compared too."""
        return self._digest(row, self.columns) == self.state and (not sealed or self._digest(row, self.sealed_columns) == self.sealed_state)

    def _digest(self, row: Mapping[str, Any], columns: tuple[str, ...]) -> bytes:
        if not set(columns) <= row.keys():
            return b""
        return hashlib.sha256(b"\x05" + self.salt + canonical_bytes({column: row[column] for column in columns})).digest()


@dataclass(frozen=True, slots=True)
class Disposals:
    """``events``: each event whose payload may be missing, and the stub that says so. ``rows``: what the newest stub about a row says of it."""

    events: Mapping[int, int] = field(default_factory=dict)
    rows: Mapping[RowKey, KeptRow] = field(default_factory=dict)

    def at(self, seq: int) -> Mapping[RowKey, KeptRow]:
        """The rows whose replay begins anew at a stub."""
        return {key: kept for key, kept in self.rows.items() if kept.seq == seq}


def _kept(seq: int, row: Mapping[str, Any]) -> KeptRow:
    salt, state, sealed = (bytes.fromhex(row[name]) for name in ("salt", "state", "sealed_state"))
    return KeptRow(seq, salt, tuple(row["columns"]), state, tuple(row["sealed_columns"]), sealed)


def disposals_of(evidence: Evidence) -> Disposals:
    """The disposals of this trail, read once for all layers."""
    found = evidence.memory.get("disposals")
    if isinstance(found, Disposals):
        return found
    events: dict[int, int] = {}
    rows: dict[RowKey, KeptRow] = {}
    for seq, payload, ranges in evidence.rows(_STUBS, (Action.DISPOSAL_APPROVED.value,)):
        details = json.loads(payload)["details"]
        if canonical_text(details["events"]) != ranges:
            continue  # the layers of payloads and replay say which of the two was changed
        events |= {named: seq for first, last in details["events"] for named in range(first, last + 1) if named < seq}
        rows |= {(r["table"], r["key"]): _kept(seq, r) for r in details["rows"]}
    made = evidence.memory["disposals"] = Disposals(events, rows)
    return made
