"""Read batches: lists, the stepper, line clearance, exceptions, release."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from jope.compliance.access.reader import Reader
from jope.compliance.evidence.scope import ReviewScope
from jope.compliance.signatures.queries import SignatureView, signature_by_id, signatures_where
from jope.compliance.signatures.queue import Waiting
from jope.plant.batches.commands import CertifyBatch, ReleaseBatch, ReviewBatch, VerifyClearance
from jope.plant.devices.sampling.contexts import NOTHING, SampleContext


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One line of the overview."""

    batch_no: str
    recipe_id: str
    recipe_version: int
    product: str
    line: str
    record_state: str
    procedure_state: str
    created_utc_us: int


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the stepper: state is ``done``, ``current`` or ``locked``; ``note`` says in words what is signed or still missing."""

    number: int
    key: str
    title: str
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """Something a reviewer must look at first: a refused weighing, a failed signature, a hold, a lot rejected after it was used."""

    seq: int
    utc_us: int
    who: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check of the line clearance; ``passed`` is None until answered."""

    check_id: str
    text: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class ClearanceView:
    """The line clearance of a batch."""

    batch_no: str
    line: str
    checks: tuple[CheckView, ...]
    performed: SignatureView | None
    verified: SignatureView | None


@dataclass(frozen=True, slots=True)
class FormulationLine:
    """One material of the frozen formulation; before the start, of the master recipe."""

    position: int
    material_code: str
    material_name: str
    target: str
    low: str
    high: str
    unit: str


@dataclass(frozen=True, slots=True)
class BatchView:
    """Everything the batch page shows."""

    batch_no: str
    recipe_id: str
    recipe_version: int
    product: str
    product_lot: str
    line: str
    record_state: str
    procedure_state: str
    version: int
    formulation: tuple[FormulationLine, ...]
    formulation_hash: str
    """Hex digest of the frozen formulation, empty before the start."""
    steps: tuple[StepView, ...]
    signatures: tuple[SignatureView, ...]
    exceptions: tuple[ExceptionRow, ...]
    produced_quantity: str
    available_quantity: str
    unit: str
    started_utc_us: int | None
    completed_utc_us: int | None


_STEPS = (
    ("release_to_floor", "Release to the floor"),
    ("clearance", "Line clearance"),
    ("start", "Start"),
    ("dispense", "Dispense materials"),
    ("complete", "Complete"),
    ("review", "Production review"),
    ("release", "Release, first signature"),
    ("certify", "Certification, second signature"),
)
_HEAD = (
    "b.batch_no, r.recipe_id, r.number, b.product, b.product_lot, b.line, b.record_state, b.procedure_state, b.version, b.recipe_version_id, "
    "b.formulation_hash, b.produced_quantity, b.available_quantity, b.unit, b.started_us, b.completed_us, b.reviewed_by, b.release_signature, "
    "b.created_us"
)
_FROM = "FROM batch b JOIN recipe_version r ON r.id = b.recipe_version_id"
_SIGNATURES_OF_BATCH = (
    "(s.subject_kind = 'formulation' AND s.subject_id = ?1) OR (s.subject_kind = 'clearance' AND s.subject_id = ?1 || ':clearance') "
    "OR (s.subject_kind IN ('batch_move', 'batch_record') AND s.subject_id IN (SELECT id FROM batch_transition WHERE batch_no = ?1)) "
    "OR (s.subject_kind = 'dispense' AND s.subject_id IN (SELECT id FROM dispense WHERE batch_no = ?1)) "
    "OR (s.subject_kind = 'weighing' AND s.subject_id IN (SELECT id FROM weighing WHERE batch_no = ?1))"
)
_EXCEPTION_ACTIONS = ("batch.held", "batch.restarted", "weighing.rejected", "batch.rejected", "weighing.lot_out_of_turn")
_PARTS = (
    "SELECT 'weighing', id FROM weighing WHERE batch_no = ?1 UNION SELECT 'dispense', batch_no || ':' || position FROM formulation_line"
    " WHERE batch_no = ?1 UNION SELECT 'formulation', ?1 UNION SELECT 'clearance', id FROM clearance WHERE batch_no = ?1"
    " UNION SELECT 'batch_move', id FROM batch_transition WHERE batch_no = ?1 UNION SELECT 'batch_record', id FROM batch_transition WHERE batch_no = ?1"
)


def _parts(cursor: Any, batch_no: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(kind), str(id_)) for kind, id_ in cursor.execute(_PARTS, (batch_no,)).fetchall())


BATCH_SCOPE = ReviewScope(
    _parts,
    frozenset(_EXCEPTION_ACTIONS),
    frozenset(
        {"ReleaseBatch", "CertifyBatch", "RejectBatch", "SignTrailReview", "PrintBatchRecord", "batch.release_signed", "batch.certified"}
    ),
)
"""How the trail of a batch is reviewed: with its weighings, materials, clearance and moves."""


def batch_list(reader: Reader) -> tuple[BatchRow, ...]:
    """The batches in the reader's scope, newest first, at most 500."""
    rows = reader.execute(f"SELECT {_HEAD} {_FROM} ORDER BY b.created_us DESC LIMIT 500")
    return tuple(BatchRow(r[0], r[1], r[2], r[3], r[5], r[6], r[7], r[18]) for r in rows)


def batch_detail(reader: Reader, *, batch_no: str) -> BatchView:
    """Everything about one batch; its signatures are verified now.

    Raises:
        NotFoundError: no such batch in the reader's scope.
    """
    missing = f"There is no batch {batch_no}." if reader.whole else f"There is no batch {batch_no} on your line."
    r = reader.one(f"SELECT {_HEAD} {_FROM} WHERE b.batch_no = ?", (batch_no,), missing=missing)
    signatures = batch_signatures(reader, batch_no=batch_no)
    return BatchView(
        batch_no=r[0],
        recipe_id=r[1],
        recipe_version=r[2],
        product=r[3],
        product_lot=r[4],
        line=r[5],
        record_state=r[6],
        procedure_state=r[7],
        version=r[8],
        formulation=_formulation(reader, r[0], r[9], frozen=bool(r[10])),
        formulation_hash=r[10],
        steps=_steps(reader, r[0], record_state=r[6], reviewed=r[16] is not None, first_signed=r[17] is not None),
        signatures=signatures,
        exceptions=batch_exceptions(reader, batch_no=batch_no),
        produced_quantity=r[11],
        available_quantity=r[12],
        unit=r[13],
        started_utc_us=r[14],
        completed_utc_us=r[15],
    )


def waiting_batches(reader: Reader) -> tuple[Waiting, ...]:
    """Clearances that wait for the second person, and records in review that wait for production, quality assurance or the qualified person."""
    cleared = reader.execute(
        "SELECT c.batch_no, c.performed_us FROM clearance c JOIN batch b USING (batch_no) "
        "WHERE c.verified_signature IS NULL AND b.record_state = 'Ready' ORDER BY c.performed_us"
    )
    reviewed = reader.execute(
        "SELECT b.batch_no, b.completed_us, b.reviewed_by IS NOT NULL, b.release_signature IS NOT NULL FROM batch b "
        "WHERE b.record_state = 'InReview' ORDER BY b.completed_us"
    )
    return (
        *(Waiting(VerifyClearance(batch_no=batch_no), since_us) for batch_no, since_us in cleared),
        *(
            Waiting((CertifyBatch if signed else ReleaseBatch if is_reviewed else ReviewBatch)(batch_no=batch_no), since_us)
            for batch_no, since_us, is_reviewed, signed in reviewed
        ),
    )


def batch_signatures(reader: Reader, *, batch_no: str) -> tuple[SignatureView, ...]:
    """All signatures over records of a batch in the order they were applied, each verified now."""
    return signatures_where(reader.cursor, reader.records, _SIGNATURES_OF_BATCH, (batch_no,))


def batch_exceptions(reader: Reader, *, batch_no: str) -> tuple[ExceptionRow, ...]:
    """What a reviewer must see first.

    Every event about the batch or its parts that did not end well, every hold, and every rejection of a lot that was weighed into the batch (URS E09).
    """
    marks = ", ".join("?" for _ in _EXCEPTION_ACTIONS)
    rows = reader.execute(
        "SELECT a.seq, a.body, p.payload FROM audit a LEFT JOIN audit_payload p USING (seq) "
        "WHERE (a.seq IN (SELECT s.seq FROM audit_subject s WHERE (s.kind = 'batch' AND s.id = ?1) "
        "OR (s.kind = 'weighing' AND s.id IN (SELECT id FROM weighing WHERE batch_no = ?1))) "
        f"AND (a.outcome <> 'done' OR a.action IN ({marks}))) "
        "OR (a.seq IN (SELECT s.seq FROM audit_subject s WHERE s.kind = 'lot' "
        "AND s.id IN (SELECT lot_no FROM weighing WHERE batch_no = ?1 AND accepted = 1)) AND a.action IN ('lot.rejected', 'lot.held')) "
        "ORDER BY a.seq",
        (batch_no, *_EXCEPTION_ACTIONS),
    )
    found = []
    for seq, body, payload in rows:
        event, content = json.loads(body), json.loads(payload or "{}")
        details = content.get("details", {})
        text = details.get("message") or _rejected_lot(event) + content.get("reason", "") or details.get("rule") or ""
        what = f"{details['command']}: {event['action']}" if "command" in details else event["action"]
        found.append(ExceptionRow(seq, event["utc"], event["actor"], what, text))
    return tuple(found)


def _rejected_lot(event: dict[str, Any]) -> str:
    """The lot that a rejection is about, as the reason's beginning; nothing for other events."""
    lots = (s["id"] for s in event["subjects"] if s["kind"] == "lot" and event["action"] in ("lot.rejected", "lot.held"))
    return "".join(f"{lot}: " for lot in lots)


def clearance(reader: Reader, *, batch_no: str) -> ClearanceView:
    """The line clearance of a batch with the texts that were answered, or the line's checks before that.

    Raises:
        NotFoundError: no such batch in the reader's scope.
    """
    (line,) = reader.one("SELECT line FROM batch WHERE batch_no = ?", (batch_no,), missing=f"There is no batch {batch_no}.")
    row = reader.execute("SELECT id, performed_signature, verified_signature FROM clearance WHERE batch_no = ?", (batch_no,))
    if not row:
        checks = reader.execute("SELECT check_id, text FROM line_check WHERE line = ? ORDER BY position", (line,))
        return ClearanceView(batch_no, line, tuple(CheckView(c, t, None) for c, t in checks), None, None)
    answers = reader.execute("SELECT check_id, text, passed FROM clearance_answer WHERE clearance_id = ? ORDER BY check_id", (row[0][0],))
    performed, verified = (signature_by_id(reader.cursor, reader.records, key) for key in row[0][1:])
    return ClearanceView(batch_no, line, tuple(CheckView(c, t, bool(p)) for c, t, p in answers), performed, verified)


def _formulation(reader: Reader, batch_no: str, recipe_version_id: str, *, frozen: bool) -> tuple[FormulationLine, ...]:
    if frozen:
        sql = "SELECT position, material_code, material_name, target, low, high, unit FROM formulation_line WHERE batch_no = ? ORDER BY position"
        return tuple(FormulationLine(*row) for row in reader.execute(sql, (batch_no,)))
    sql = (
        "SELECT l.position, l.material_code, m.name, l.target, l.low, l.high, l.unit FROM recipe_line l JOIN material m ON m.code = l.material_code "
        "WHERE l.recipe_version_id = ? ORDER BY l.position"
    )
    return tuple(FormulationLine(*row) for row in reader.execute(sql, (recipe_version_id,)))


def _steps(reader: Reader, batch_no: str, *, record_state: str, reviewed: bool, first_signed: bool) -> tuple[StepView, ...]:
    done, notes = _progress(reader, batch_no, record_state, reviewed=reviewed, first_signed=first_signed)
    views, current_seen = [], False
    for number, (key, title) in enumerate(_STEPS, start=1):
        if done[key]:
            state = "done"
        elif current_seen:
            state = "locked"
        else:
            state, current_seen = "current", True
        note = notes.get(key, "") if state != "locked" else f"locked until step {number - 1} is done"
        views.append(StepView(number, key, title, state, note))
    return tuple(views)


def _progress(
    reader: Reader, batch_no: str, record_state: str, *, reviewed: bool, first_signed: bool
) -> tuple[dict[str, bool], dict[str, str]]:
    cleared = reader.execute("SELECT verified_signature IS NOT NULL FROM clearance WHERE batch_no = ?", (batch_no,))
    total, verified = reader.one(
        "SELECT count(*), coalesce(sum(d.verified_signature IS NOT NULL), 0) FROM formulation_line f "
        "LEFT JOIN dispense d ON d.id = f.batch_no || ':' || f.position WHERE f.batch_no = ?",
        (batch_no,),
        missing="",
    )
    started = record_state not in ("Planned", "Ready", "Voided")
    ended = record_state in ("InReview", "Released", "Rejected")
    done = {
        "release_to_floor": record_state != "Planned",
        "clearance": bool(cleared and cleared[0][0]),
        "start": started,
        "dispense": started and total > 0 and total == verified,
        "complete": ended,
        "review": reviewed,
        "release": first_signed,
        "certify": record_state == "Released",
    }
    signed = {key: "signed" for key, is_done in done.items() if is_done}
    clearing = "performed, waits for the second person" if cleared else "all checks, two people"
    return done, {
        "release_to_floor": "a supervisor hands the batch to the line",
        "clearance": clearing,
        "start": "freezes the formulation",
        "dispense": f"{verified} of {total} materials verified" if total else "",
        "complete": "all materials verified",
        "review": "a supervisor reads the record, exceptions first",
        "release": "quality assurance",
        "certify": "qualified person, another than the first",
    } | signed | ({"release_to_floor": "done"} if done["release_to_floor"] else {})


def running_context(cursor: Any, line: str) -> SampleContext:
    """What runs at a line, for the samples that are taken there. The phase is the batch's procedure state until recipes name phases."""
    row = cursor.execute(
        "SELECT b.batch_no, b.procedure_state, v.recipe_id, v.number FROM batch b JOIN recipe_version v ON v.id = b.recipe_version_id "
        "WHERE b.line = ? AND b.record_state = 'InExecution' ORDER BY b.started_us DESC LIMIT 1",
        (line,),
    ).fetchone()
    return NOTHING if row is None else SampleContext(row[0], row[1], row[2], str(row[3]), row[0])
