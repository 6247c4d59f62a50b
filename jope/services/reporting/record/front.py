"""The first page: what the record is about, where it stands, and how much there is to look at."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from jope.services.reporting.record.facts import RecordFacts
from jope.services.reporting.record.look import RULE, TINT, WIDTH, Cell, facts, lines, text
from jope.services.reporting.record.marks import manifest, stamp
from jope.services.reporting.record.texts import NONE, percent, state


def front(record: RecordFacts, *, site: str, station: str, zone: str, version: str) -> list[Flowable]:
    """Title, states, the batch in short, and the counts that a reviewer starts from."""
    batch = record.batch
    return [
        text(f"Batch record {batch.batch_no}", "title"),
        text(f"{batch.product}, product lot {batch.product_lot}", "under"),
        Spacer(1, 3 * mm),
        _states(record),
        Spacer(1, 3 * mm),
        facts(_pairs(record, site=site, station=station, zone=zone, version=version)),
        text(
            f"Times are UTC with seconds, then the site's wall time ({zone}) with its offset. Every signature was verified again when "
            "this was printed. Numbers in brackets [n] are event numbers of the audit trail.",
            "note",
        ),
    ]


def _states(record: RecordFacts) -> Table:
    """Four boxes: record, procedure, signatures, exceptions."""
    unsigned = len(record.unsigned)
    valid = len(record.batch.signatures) - unsigned
    boxes = (
        ("Record", state(record.batch.record_state), _released(record)),
        ("Procedure", state(record.batch.procedure_state), f"moves: {len(record.moves)}"),
        ("Signatures", f"{valid} valid", f"{unsigned} UNSIGNED" if unsigned else "none unsigned"),
        ("Exceptions", str(len(record.exceptions) + unsigned), f"rejected weighings: {record.rejected}"),
    )
    row: list[Cell] = [lines((label, "label"), (value, "big"), (note, "note")) for label, value, note in boxes]
    found = Table([row], colWidths=[WIDTH / 4] * 4, hAlign="LEFT")
    found.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), TINT),
            ("BOX", (0, 0), (-1, -1), 0.6, RULE),
            ("LINEBEFORE", (1, 0), (-1, -1), 0.6, RULE),
            ("LEFTPADDING", (0, 0), (-1, -1), 7),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return found


def _released(record: RecordFacts) -> str:
    batch = record.batch
    return f"available {batch.available_quantity} {batch.unit}"


def _pairs(record: RecordFacts, *, site: str, station: str, zone: str, version: str) -> list[tuple[str, Cell]]:
    batch = record.batch
    approval: Cell = manifest(record.recipe_approval, zone) if record.recipe_approval is not None else NONE
    produced = f"{batch.produced_quantity} {batch.unit}"
    share = percent(batch.produced_quantity, batch.unit, record.batch_size, record.batch_size_unit)
    return [
        ("Batch number", batch.batch_no),
        ("Site", site),
        ("Product", batch.product),
        ("Line", batch.line),
        ("Product lot", batch.product_lot),
        ("Station", f"{station}, program version {version}"),
        ("Master recipe", f"{batch.recipe_id} version {batch.recipe_version}"),
        ("Recipe approved by", approval),
        ("Batch size", f"{record.batch_size} {record.batch_size_unit}"),
        ("Produced", f"{produced}  ({share} of the batch size)"),
        ("Created", stamp(record.created_utc_us, zone)),
        ("Available", f"{batch.available_quantity} {batch.unit}"),
        ("Started", stamp(batch.started_utc_us, zone)),
        ("Completed", stamp(batch.completed_utc_us, zone)),
        ("Formulation SHA-256", text(batch.formulation_hash, "mono")),
        ("Record version", str(batch.version)),
    ]
