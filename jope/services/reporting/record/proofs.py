"""Signatures, release, the audit extract and the ledger's head (21 CFR 11.50; URS B02, G02, G03, O06; P11-15, P11-16, PR-09)."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Table

from jope.compliance.signatures.queries import SignatureView
from jope.services.reporting.record.codes import QrCode
from jope.services.reporting.record.facts import RecordFacts
from jope.services.reporting.record.look import TINT, WIDTH, Cell, facts, lines, table, text
from jope.services.reporting.record.marks import manifest, stamp, verdict
from jope.services.reporting.record.texts import NONE, action, state
from jope.services.reporting.record.trail import EventLine

_QR_SIDE = 46 * mm
_NOTE_WIDTH = 60


def signatures(record: RecordFacts, zone: str) -> list[Flowable]:
    """Every signature over a record of the batch, in the order they were given, each verified now."""
    found: list[Flowable] = [text("7  Electronic signatures", "section")]
    if not record.batch.signatures:
        return [*found, text("None yet.")]
    rows: list[list[Cell]] = [
        [
            f"[{s.seq}]",
            lines((s.name, "bold"), (f"{s.signer}, {s.role}", "note")),
            s.meaning,
            lines((s.subject_kind.replace("_", " "), "body"), (s.subject_id, "label")),
            s.reason or NONE,
            stamp(s.signed_utc_us, zone),
            verdict(s),
        ]
        for s in record.batch.signatures
    ]
    head = ("Event", "Printed name, id, role", "Meaning", "Signed record", "Reason", "Time of signing", "Verdict now")
    return [*found, table(head, rows, (28, 86, 60, 98, 66, 104, 62))]


def release(record: RecordFacts, zone: str) -> list[Flowable]:
    """The two signatures that make a quantity available, and the quantity (21 CFR 111.123(a)(8))."""
    batch = record.batch
    first, second = (_of_meaning(record, meaning) for meaning in ("release", "certification"))
    rejection = _of_meaning(record, "rejection")
    pairs: list[tuple[str, Cell]] = [
        ("First signature: release", manifest(first, zone)),
        ("Second signature: certification", manifest(second, zone)),
        ("Record", lines((state(batch.record_state), "big"))),
        (
            "Available quantity",
            lines((f"{batch.available_quantity} {batch.unit}", "big"), (f"of {batch.produced_quantity} {batch.unit} produced", "note")),
        ),
    ]
    if rejection is not None:
        pairs += [("Rejection", manifest(rejection, zone))]
    return [KeepTogether([text("8  Release", "section"), facts(pairs, label=0.28)])]


def _of_meaning(record: RecordFacts, meaning: str) -> SignatureView | None:
    return next((s for s in reversed(record.batch.signatures) if s.meaning == meaning), None)


def audit_extract(record: RecordFacts, zone: str) -> list[Flowable]:
    """Every event about the batch or one of its records, and the rejection of a lot in it."""
    about = sum(any(s == f"batch {record.batch.batch_no}" for s in e.subjects) for e in record.events)
    rows: list[list[Cell]] = [
        [
            f"[{e.seq}]",
            stamp(e.utc_us, zone),
            lines((e.actor, "body"), (e.role, "note")),
            _what(e),
            text(e.outcome, "body" if e.outcome == "done" else "bad"),
            e.reason or e.message or NONE,
            text(e.leaf[:16], "mono"),
        ]
        for e in record.events
    ]
    note = (
        f"{len(rows)} events about the batch, its records and rejections of lots in it. The trail counts {record.counted} events about the batch itself; "
        f"{about} of them are listed here."
    )
    head = ("Event", "Time", "Who", "Action", "Outcome", "Reason or message", "Leaf (first 16)")
    return [text("9  Audit extract", "section"), text(note, "note"), table(head, rows, (28, 104, 48, 108, 46, 96, 74))]


def _what(event: EventLine) -> Cell:
    about = f"{event.command} {event.code}" if event.command else event.part
    return lines((action(event.action), "body"), *([(about, "label")] if about else []))


def _wrapped(note: str) -> list[str]:
    """The lines of a note as they fit beside its code; a long line is parted where it does not matter to a reader."""
    return [line[at : at + _NOTE_WIDTH] for line in note.splitlines() if line for at in range(0, len(line), _NOTE_WIDTH)]


def ledger_head(record: RecordFacts, origin: str, zone: str) -> list[Flowable]:
    """Where the trail ended when this was printed, for eyes and for a scanner."""
    head = record.head
    pairs: list[tuple[str, Cell]] = [
        ("Origin", text(origin, "mono")),
        ("Event", text(str(head.seq), "mono")),
        ("Hash", text(head.hash, "mono")),
        ("Checkpoint", text(f"the first {head.size} events, in the code beside", "body")),
        ("Signed note", lines(*((piece, "mono") for piece in _wrapped(head.note)))),
        ("Printed", stamp(record.printed_utc_us, zone)),
    ]
    left = [
        facts(pairs, columns=1, width=WIDTH - _QR_SIDE - 12, label=0.2),
        text(
            "The code carries the signed note (C2SP checkpoint: origin, size, root, signature). Given to 'jope audit verify' as an anchor, "
            "it shows whether the trail was cut, rolled back or rewritten after this was printed.",
            "note",
        ),
    ]
    block = Table([[left, QrCode(head.note, _QR_SIDE)]], colWidths=[WIDTH - _QR_SIDE - 8, _QR_SIDE + 8], hAlign="LEFT")
    block.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("BACKGROUND", (1, 0), (1, 0), TINT), ("LEFTPADDING", (0, 0), (0, 0), 0)])
    return [KeepTogether([text("10  Head of the ledger", "section"), block])]
