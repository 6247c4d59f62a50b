"""The e-signature layer of verification.

Each signature has its event, its target, its meaning and its frozen record, and the record still is what was signed. Each slot of each row holds a
signature over that very row, or over the record that the slot names and the row belongs to (a batch's release: a move of that batch).
"""

from __future__ import annotations

from collections.abc import Iterator

from jope.compliance.audit.actions import Action
from jope.compliance.audit.verification.disposals import disposals_of
from jope.compliance.audit.verification.evidence import Evidence, Layer
from jope.compliance.audit.verification.layers import parsed
from jope.compliance.audit.verification.report import Finding
from jope.compliance.signatures.queries import signatures_where
from jope.compliance.signatures.records import SignedRecord, SignedRecords, record_hash
from jope.kernel.store.images import TableShape, regulated_tables

_SLOT_PARTS = (("signature", "id"), ("signer", "signer"), ("meaning", "meaning"), ("version", "record_version"))
_SLOT = "_signature"


def esignatures_layer(records: SignedRecords) -> Layer:
    """The layer over these kinds of signed records."""

    def layer(evidence: Evidence) -> Iterator[Finding]:
        yield from _stands(evidence, records)
        yield from _has_its_event(evidence)
        yield from _was_removed(evidence)
        yield from _is_of_a_series(evidence)
        yield from _stands_elsewhere(evidence, records)

    return layer


def _stands(evidence: Evidence, records: SignedRecords) -> Iterator[Finding]:
    for view in signatures_where(evidence.connection.cursor(), records, "1", ()):
        subject = f"signature {view.signature_id} on {view.subject_kind} {view.subject_id}"
        if not view.valid:
            yield Finding("esignatures", view.seq, subject, f"{view.verdict}: the signed record is not what {view.signer} signed.")


def _has_its_event(evidence: Evidence) -> Iterator[Finding]:
    sql = (
        "SELECT a.seq, a.body, p.payload, s.id, s.subject_kind, s.subject_id, s.record_hash, s.sheet_hash, s.signer, s.role, s.signed_us, s.reason, s.meaning "
        "FROM signature s LEFT JOIN audit_subject e ON e.kind = 'signature' AND e.id = s.id AND e.n = 1 "
        "LEFT JOIN audit a ON a.seq = e.seq LEFT JOIN audit_payload p ON p.seq = e.seq"
    )
    disposed = disposals_of(evidence).events
    for row in evidence.rows(sql):
        if row[2] is None and row[0] in disposed:
            continue  # the event went with its record; the chain holds its body, the stub its row
        yield from _signature_event(*row)


def _was_removed(evidence: Evidence) -> Iterator[Finding]:
    for seq, signature_id in evidence.rows(
        "SELECT seq, json_extract(body, '$.signature') FROM audit WHERE json_valid(body) AND json_extract(body, '$.signature') IS NOT NULL "
        "AND json_extract(body, '$.signature') NOT IN (SELECT id FROM signature)"
    ):
        yield Finding("esignatures", seq, f"signature {signature_id}", "The signature that this event names is not there; it was removed.")


_ABBREVIATED = "CASE WHEN json_valid({0}) THEN json_extract({0}, '$.details.proof.abbreviated') END"
_WITHOUT_OPENER = (
    "SELECT a.seq, s.id FROM signature s JOIN audit_subject e ON e.kind = 'signature' AND e.id = s.id AND e.n = 1 JOIN audit a ON a.seq = e.seq "
    f"JOIN audit_payload p ON p.seq = e.seq WHERE {_ABBREVIATED.format('p.payload')} = 1 AND NOT EXISTS ("
    "SELECT 1 FROM signature o JOIN audit_subject q ON q.kind = 'signature' AND q.id = o.id AND q.n = 1 LEFT JOIN audit_payload w ON w.seq = q.seq "
    "WHERE o.id = json_extract(p.payload, '$.details.proof.opened_by') AND o.signer = s.signer AND o.session_id = s.session_id "
    f"AND o.target_seq < s.target_seq AND (w.seq IS NULL OR {_ABBREVIATED.format('w.payload')} = 0))"
)
"""Where the payload of the opening signature is missing, the layer of payloads says whether it was disposed of."""


def _is_of_a_series(evidence: Evidence) -> Iterator[Finding]:
    """A signature with the password alone names an earlier full one of the same person and session (21 CFR 11.200(a)(1)(i))."""
    for seq, signature_id in evidence.rows(_WITHOUT_OPENER):
        message = "The signature was given with the password alone, and the full signature that it names did not open its series."
        yield Finding("esignatures", seq, f"signature {signature_id}", message)


def _stands_elsewhere(evidence: Evidence, records: SignedRecords) -> Iterator[Finding]:
    """Slots that hold another record's signature (21 CFR 11.70; P11-17)."""
    for shape in regulated_tables(evidence.connection.cursor()):
        for slot in (column.removesuffix(_SLOT) for column in shape.columns if column.endswith(_SLOT)):
            for key, signature_id in evidence.rows(_foreign_slots(shape, slot, records)):
                message = f"The slot {slot} holds signature {signature_id}, which was given for another record; it was moved."
                yield Finding("esignatures", None, f"{shape.name} {key}", message)


def _foreign_slots(shape: TableShape, slot: str, records: SignedRecords) -> str:
    """The query for rows (key, signature) whose filled slot holds no signature that may stand there."""
    fits = " AND ".join(f"s.{of} = t.{slot}_{part}" for part, of in _SLOT_PARTS)
    belongs = _named(shape, slot, records) if f"{slot}_id" in shape.columns else _own(shape, records)
    key = " || '|' || ".join(f"t.{column}" for column in shape.key)
    return (
        f"SELECT {key}, t.{slot}{_SLOT} FROM {shape.name} t WHERE t.{slot}{_SLOT} IS NOT NULL "
        f"AND NOT EXISTS (SELECT 1 FROM signature s WHERE {fits} AND ({' OR '.join(belongs) or '0'}))"
    )


def _own(shape: TableShape, records: SignedRecords) -> list[str]:
    """The signature is over the row itself, in one of the ways its table is signed."""
    return [f"(s.subject_kind = '{r.kind}' AND s.subject_id = t.{r.key})" for r in records.values() if r.table == shape.name]


def _named(shape: TableShape, slot: str, records: SignedRecords) -> list[str]:
    """The signature is over the record that the slot names, and that record covers the row."""
    return [
        f"(s.subject_kind = '{r.kind}' AND s.subject_id = t.{slot}_id AND {_covers(r, child.column, child.parent_column, slot)})"
        for r in records.values()
        for child in r.children
        if child.table == shape.name
    ]


def _covers(record: SignedRecord, column: str, parent_column: str, slot: str) -> str:
    return f"EXISTS (SELECT 1 FROM {record.table} p WHERE p.{record.key} = t.{slot}_id AND p.{parent_column} = t.{column})"


def _signature_event(
    seq: int | None, body: str | None, payload: str | None, signature_id: str, kind: str, subject_id: str, recorded: str, sheet: str, signer: str,
    role: str, signed_us: int, reason: str, meaning: str,
) -> Iterator[Finding]:  # fmt: skip
    subject = f"signature {signature_id} on {kind} {subject_id}"
    event, details = parsed(body), parsed(payload)
    if event is None or details is None or event.get("action") != Action.SIGNATURE_APPLIED:
        yield Finding("esignatures", seq, subject, "The signature has no event in the trail; it was added from outside.")
        return
    frozen = details.get("details", {}).get("record")
    about = [(s.get("kind"), s.get("id")) for s in event.get("subjects", [])]
    same = (
        event.get("signature") == signature_id
        and (kind, subject_id) in about
        and (event.get("actor"), event.get("role"), event.get("utc")) == (signer, role, signed_us)
        and details.get("reason") == reason
        and details.get("details", {}).get("sheet", {}).get("hash") == sheet
    )
    if not same or frozen is None or record_hash(frozen) != recorded:
        yield Finding(
            "esignatures", seq, subject, f"The signature ({meaning}) is not the one that its event shows; it was changed or moved."
        )
