"""Read lots."""

from __future__ import annotations

from jope.compliance.access.reader import Reader
from jope.compliance.signatures.queue import Waiting
from jope.plant.materials.commands import ReleaseLot

_QUARANTINED = (
    "SELECT l.lot_no, json_extract(a.body, '$.utc') FROM lot l JOIN audit_subject s ON s.kind = 'lot' AND s.id = l.lot_no AND s.n = 1 "
    "JOIN audit a USING (seq) WHERE l.state = 'quarantine' AND l.hold_id IS NULL AND l.void_id IS NULL "
    "AND EXISTS (SELECT 1 FROM lot_certificate c WHERE c.lot_no = l.lot_no) ORDER BY s.seq"
)


def waiting_lots(reader: Reader) -> tuple[Waiting, ...]:
    """Lots in quarantine that may be released, since they were received."""
    return tuple(Waiting(ReleaseLot(lot_no=lot_no), since_us) for lot_no, since_us in reader.execute(_QUARANTINED))
