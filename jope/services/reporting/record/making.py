"""Formulation, lots, line clearance, moves (211.188(a), 211.188(b)(11); URS E02, G01; PR-06)."""

from __future__ import annotations

from reportlab.platypus import Flowable, Spacer

from jope.kernel.clock import site_text
from jope.services.reporting.record.facts import LotLine, RecordFacts
from jope.services.reporting.record.look import Cell, facts, lines, table, text
from jope.services.reporting.record.marks import manifest, stamp, verdict
from jope.services.reporting.record.texts import NONE, move, person, state


def formulation(record: RecordFacts, zone: str) -> list[Flowable]:
    """The formulation that the start froze, with its hash and signature, and the lots that were taken for it."""
    frozen = bool(record.batch.formulation_hash)
    responsibility = next((s for s in record.batch.signatures if s.subject_kind == "formulation"), None)
    rows: list[list[Cell]] = [
        [
            str(f.position),
            f.material_code,
            f.material_name,
            _right(f"{f.target} {f.unit}"),
            _right(f"{f.low} {f.unit}"),
            _right(f"{f.high} {f.unit}"),
        ]
        for f in record.batch.formulation
    ]
    title = "3  Frozen formulation" if frozen else "3  Formulation of the master recipe (not frozen before the start)"
    head = ("No", "Code", "Material", "Target", "Lower limit", "Upper limit")
    found: list[Flowable] = [text(title, "section"), table(head, rows, (20, 76, 174, 78, 78, 78), right=(3, 4, 5))]
    if frozen:
        pairs: list[tuple[str, Cell]] = [
            ("SHA-256 of the formulation", text(record.batch.formulation_hash, "mono")),
            ("Checked and started by", manifest(responsibility, zone)),
        ]
        found += [facts(pairs, columns=1, label=0.18)]
    if record.lots:
        found += [text("Lots used", "part"), _lots(record.lots, zone)]
    return found


def _right(value: str) -> Flowable:
    return text(value, "number")


def _lots(used: tuple[LotLine, ...], zone: str) -> Flowable:
    rows: list[list[Cell]] = [
        [lot.lot_no, lot.material_code, lot.receiving_no, lot.expiry, lot.state, manifest(lot.approval, zone)] for lot in used
    ]
    return table(
        ("Lot", "Material", "Receiving number", "Expiry", "State now", "Released for use by"), rows, (2.2, 1.9, 2.0, 1.7, 1.6, 4.6)
    )


def line_clearance(record: RecordFacts, zone: str) -> list[Flowable]:
    """Every check with its answer as it was shown, performer and verifier."""
    view = record.clearance
    rows: list[list[Cell]] = [
        [check.check_id, check.text, {None: "not answered", True: "passed", False: "NOT PASSED"}[check.passed]] for check in view.checks
    ]
    people: list[tuple[str, Cell]] = [("Performed by", manifest(view.performed, zone)), ("Verified by", manifest(view.verified, zone))]
    return [
        text(f"4  Line clearance, line {view.line}", "section"),
        table(("Check", "Text", "Answer"), rows, (1.2, 10.0, 1.6)),
        facts(people, label=0.2),
    ]


def equipment(record: RecordFacts, zone: str) -> list[Flowable]:
    """The equipment that the batch used, and its status when it was taken into use (211.188(b)(2), 211.182; URS E13, E15)."""
    if record.batch.started_utc_us is None:
        return []
    if not record.equipment:
        return [text("Equipment", "part"), text("No equipment of this line was taken into use.")]
    rows: list[list[Cell]] = [
        [
            text(unit.equipment_id, "bold"),
            unit.title,
            lines(("clean, checked", "body"), (f"until {site_text(unit.clean_until_us, zone)}", "body")),
            lines((unit.cleaned_by, "body"), (f"{unit.procedure} ({unit.procedure_version})", "body")),
            lines((unit.checked_by, "body"), (site_text(unit.checked_us, zone), "body")),
            stamp(unit.started_us, zone),
            stamp(unit.ended_us, zone),
        ]
        for unit in record.equipment
    ]
    head = ("Unit", "Equipment", "Status at start", "Cleaned by", "Checked by", "In use from", "In use until")
    return [text("Equipment", "part"), table(head, rows, (40, 70, 88, 76, 88, 71, 71))]


def moves(record: RecordFacts, zone: str) -> list[Flowable]:
    """Each move of the batch: states before and after, who, when, why."""
    rows: list[list[Cell]] = []
    for m in record.moves:
        signature = next((s for s in record.batch.signatures if s.signature_id == m.signature_id), None)
        signed: Cell = verdict(signature) if signature is not None else NONE
        rows.append(
            [
                str(m.n),
                text(move(m.command), "bold"),
                _arrow(m.from_record, m.to_record, m.from_procedure, m.to_procedure),
                person(m.performed_by, record.people),
                stamp(m.utc_us, zone),
                m.reason or NONE,
                signed,
            ]
        )
    head = ("No", "Move", "Record / procedure", "Performed by", "Time", "Reason", "Signature")
    return [text("6  Moves of the batch", "section"), table(head, rows, (18, 56, 98, 84, 104, 84, 60)), Spacer(1, 2)]


def _arrow(from_record: str, to_record: str, from_procedure: str, to_procedure: str) -> Cell:
    changed = [f"{state(a)} \u2192 {state(b)}" for a, b in ((from_record, to_record), (from_procedure, to_procedure)) if a != b]
    return lines(*((c, "body") for c in changed)) if changed else f"{state(to_record)}, {state(to_procedure)}"
