"""The order of a batch record: exceptions first, then what was made, then the proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jope.kernel.clock import site_text, utc_text
from jope.services.reporting.record import dispensing, front, making, proofs, review
from jope.services.reporting.record.facts import RecordFacts, record_facts
from jope.services.reporting.record.page import Running, compose

if TYPE_CHECKING:
    from jope.compliance.access.reader import Reader
    from jope.kernel.settings.identity import StationFacts


def batch_record(reader: Reader, batch_no: str, info: StationFacts, origin: str) -> bytes:
    """Read, tell, lay out."""
    record = record_facts(reader, batch_no)
    zone = info.zone
    story = [
        *front.front(record, site=info.site, station=info.station_id, zone=zone, version=info.version),
        *review.exceptions(record, zone),
        *review.changes(record, zone),
        *making.formulation(record, zone),
        *making.line_clearance(record, zone),
        *making.equipment(record, zone),
        *dispensing.materials(record, zone),
        *making.moves(record, zone),
        *proofs.signatures(record, zone),
        *proofs.release(record, zone),
        *proofs.audit_extract(record, zone),
        *proofs.ledger_head(record, origin, zone),
    ]
    return compose(story, _running(record, info, origin))


def _running(record: RecordFacts, info: StationFacts, origin: str) -> Running:
    batch, head = record.batch, record.head
    return Running(
        title="Batch record",
        batch=batch.batch_no,
        product=f"{batch.product}, product lot {batch.product_lot}, recipe {batch.recipe_id} version {batch.recipe_version}",
        place=f"{info.site}, line {batch.line}, station {info.station_id}",
        printed=f"printed {utc_text(record.printed_utc_us)} / {site_text(record.printed_utc_us, info.zone)}",
        head=f"ledger head {origin} {head.seq} {head.hash}",
        demo=info.demo,
    )
