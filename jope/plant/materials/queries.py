"""Read lots: how each stands, its containers and movements, what a batch accounts for, and where a lot came from and went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from jope.compliance.access.reader import Reader
from jope.compliance.signatures.queue import Waiting
from jope.kernel.clock import site_date
from jope.plant.materials.commands import CheckAnalysis, ReleaseLot
from jope.plant.materials.standing import Standing, standing_of
from jope.plant.materials.stock.amounts import in_unit

_Row = TypeVar("_Row")
_QUARANTINED: Final = (
    "SELECT l.lot_no, json_extract(a.body, '$.utc') FROM lot l JOIN audit_subject s ON s.kind = 'lot' AND s.id = l.lot_no AND s.n = 1 "
    "JOIN audit a USING (seq) WHERE l.state = 'quarantine' AND l.hold_id IS NULL AND l.void_id IS NULL "
    "AND EXISTS (SELECT 1 FROM lot_certificate c WHERE c.lot_no = l.lot_no) "
    "AND NOT EXISTS (SELECT 1 FROM lot_analysis n WHERE n.lot_no = l.lot_no AND n.verified_signature IS NULL) ORDER BY s.seq"
)
_UNCHECKED: Final = "SELECT id, entered_us FROM lot_analysis WHERE verified_signature IS NULL ORDER BY entered_us"


def waiting_lots(reader: Reader) -> tuple[Waiting, ...]:
    """Lots in quarantine that may be released, since they were received, and analysis values that wait for their check."""
    return (
        *(Waiting(ReleaseLot(lot_no=lot_no), since_us) for lot_no, since_us in reader.execute(_QUARANTINED)),
        *(Waiting(CheckAnalysis(analysis_id=id_), since_us) for id_, since_us in reader.execute(_UNCHECKED)),
    )


def _row(kind: Callable[..., _Row], *values: Any) -> _Row:
    """A row of an answer from the columns of a SELECT."""
    return kind(*values)


def _grams(amounts: Sequence[int]) -> tuple[str, ...]:
    return tuple(in_unit(amount, "g") for amount in amounts)


# --- lots ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot as it stands at the site's day. ``remaining`` is a decimal text in ``unit``; ``reserved_for`` and ``made_by`` are empty where they are not seen."""

    lot_no: str
    material_code: str
    material: str
    receiving_no: str
    quantity: str
    unit: str
    expiry: str
    retest: str
    standing: Standing
    remaining: str
    containers: int
    certificate: str
    reserved_for: str
    made_by: str
    held_by: str
    hold_reason: str


_LOT: Final = (
    "SELECT l.lot_no, l.material_code, m.name, l.receiving_no, l.quantity, l.unit, l.expiry, l.retest, l.state, l.hold_id, l.void_id, "
    "(SELECT coalesce(sum(n.remaining_ng), 0) FROM lot_container n WHERE n.lot_no = l.lot_no), "
    "(SELECT count(*) FROM lot_container n WHERE n.lot_no = l.lot_no), "
    "coalesce((SELECT c.document_name FROM lot_certificate c WHERE c.lot_no = l.lot_no ORDER BY c.filed_us DESC LIMIT 1), ''), "
    "coalesce((SELECT b.batch_no FROM batch b WHERE b.batch_no = l.reserved_for), ''), "
    "coalesce((SELECT b.batch_no FROM batch b WHERE b.batch_no = l.made_by), ''), coalesce(h.held_by, ''), coalesce(h.reason, '') "
    "FROM lot l JOIN material m ON m.code = l.material_code LEFT JOIN lot_hold h ON h.id = l.hold_id"
)


def lot_list(reader: Reader) -> tuple[LotRow, ...]:
    """The lots by material and expiry, at most 1000, those that expire last first cut off."""
    return tuple(_lot(reader, row) for row in reader.execute(f"{_LOT} ORDER BY l.material_code, l.expiry, l.lot_no LIMIT 1000"))


def _lot(reader: Reader, row: Any) -> LotRow:
    today = site_date(reader.judged_us, reader.zone)
    standing = standing_of(row[8], held=row[9] is not None, voided=row[10] is not None, expiry=row[6], retest=row[7], today=today)
    values: list[Any] = [*row[:8], standing, in_unit(row[11], row[5]), *row[12:]]
    return LotRow(*values)


@dataclass(frozen=True, slots=True)
class ContainerRow:
    """A container and what is left in it."""

    container_id: str
    number: int
    quantity: str
    remaining: str
    unit: str
    tare: str
    opened_us: int | None


@dataclass(frozen=True, slots=True)
class MovementRow:
    """What moved; ``remaining`` is what was left afterwards, in the container's unit."""

    container: int
    kind: str
    quantity: str
    unit: str
    remaining: str
    batch_no: str
    reason: str
    moved_by: str
    moved_us: int


@dataclass(frozen=True, slots=True)
class AnalysisRow:
    """Values of the analysis; ``checked_by`` is empty while they wait for their check."""

    analysis_id: str
    potency: str
    moisture: str
    entered_by: str
    checked_by: str


@dataclass(frozen=True, slots=True)
class LotView:
    """Everything about a lot: its newest movements last."""

    lot: LotRow
    containers: tuple[ContainerRow, ...]
    movements: tuple[MovementRow, ...]
    analyses: tuple[AnalysisRow, ...]


LONGEST_LIST: Final = 500


def lot_detail(reader: Reader, *, lot_no: str) -> LotView:
    """A lot with its containers, the newest movements that the reader may see, and its analysis.

    Raises:
        NotFoundError: there is no such lot.
    """
    lot = _lot(reader, reader.one(f"{_LOT} WHERE l.lot_no = ?", (lot_no,), missing=f"There is no lot {lot_no}."))
    boxes = reader.execute(
        "SELECT id, number, quantity, remaining_ng, unit, tare, opened_us FROM lot_container WHERE lot_no = ? ORDER BY number", (lot_no,)
    )
    moved = reader.execute(
        "SELECT n.number, m.kind, m.quantity, m.unit, m.remaining_ng, n.unit, coalesce(m.batch_no, ''), m.reason, m.moved_by, m.moved_us "
        "FROM stock_movement m JOIN lot_container n ON n.id = m.container_id WHERE m.lot_no = ? ORDER BY m.moved_us DESC, n.number DESC, m.number DESC LIMIT ?",
        (lot_no, LONGEST_LIST),
    )
    analyses = reader.execute(
        "SELECT id, potency, moisture, entered_by, coalesce(verified_signer, '') FROM lot_analysis WHERE lot_no = ? ORDER BY entered_us",
        (lot_no,),
    )
    return LotView(
        lot,
        tuple(_row(ContainerRow, *row[:3], in_unit(row[3], row[4]), *row[4:]) for row in boxes),
        tuple(_row(MovementRow, *row[:4], in_unit(row[4], row[5]), *row[6:]) for row in reversed(moved)),
        tuple(AnalysisRow(*row) for row in analyses),
    )


@dataclass(frozen=True, slots=True)
class CheckedValues:
    """Potency and moisture of a lot in per cent, decimal texts or empty, as two people recorded them."""

    potency: str
    moisture: str
    entered_by: str
    checked_by: str


def checked_values(cursor: Any, lot_no: str) -> CheckedValues | None:
    """The newest checked values of a lot, for the compensation of a formulation; None where there are none."""
    row = cursor.execute(
        "SELECT potency, moisture, entered_by, verified_signer FROM lot_analysis WHERE lot_no = ? AND verified_signature IS NOT NULL "
        "ORDER BY checked_us DESC, rowid DESC LIMIT 1",
        (lot_no,),
    ).fetchone()
    return None if row is None else CheckedValues(*row)


# --- what a batch accounts for ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MaterialBalance:
    """What a batch got of a material and what became of it, in grams. ``open`` is what it has not accounted for."""

    material_code: str
    lots: str
    issued: str
    used: str
    returned: str
    waste: str
    open: str
    balanced: bool


_BALANCE: Final = (
    "SELECT l.material_code, group_concat(DISTINCT m.lot_no), sum(iif(m.kind = 'issued', m.batch_ng, 0)), -sum(iif(m.kind = 'used', m.batch_ng, 0)), "
    "-sum(iif(m.kind = 'returned', m.batch_ng, 0)), -sum(iif(m.kind = 'waste', m.batch_ng, 0)), sum(m.batch_ng) "
    "FROM stock_movement m JOIN lot l ON l.lot_no = m.lot_no WHERE m.batch_no = ? GROUP BY l.material_code ORDER BY l.material_code"
)


def reconciliation(reader: Reader, *, batch_no: str) -> tuple[MaterialBalance, ...]:
    """Issued, used, returned and wasted of each material of a batch (21 CFR 211.184(c)); nothing of a batch that the reader does not see."""
    rows = reader.execute(_BALANCE, (batch_no,))
    return tuple(_row(MaterialBalance, *row[:2], *_grams(row[2:7]), row[6] == 0) for row in rows)


# --- genealogy -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use:
    """What a batch took of a lot, in grams: issued, and of that returned. ``product_lots`` are the lots that its product became."""

    lot_no: str
    batch_no: str
    product: str
    record_state: str
    issued: str
    returned: str
    product_lots: str


@dataclass(frozen=True, slots=True)
class TracedLot:
    """A lot of a genealogy and its mass balance, in grams: what came in is what is left, what batches hold of it or used, what was lost and corrected."""

    lot_no: str
    material_code: str
    made_by: str
    received: str
    remaining: str
    to_batches: str
    samples_and_waste: str
    adjusted: str
    balanced: bool


@dataclass(frozen=True, slots=True)
class Genealogy:
    """Everything that a lot went into, or everything that went into it, through any number of batches."""

    lots: tuple[TracedLot, ...]
    uses: tuple[Use, ...]


FORWARD: Final = (
    "WITH RECURSIVE step (lot_no, batch_no) AS (SELECT ?1, '' "
    "UNION SELECT s.lot_no, (SELECT min(m.batch_no) FROM stock_movement m WHERE m.lot_no = s.lot_no AND m.batch_no > s.batch_no) "
    "FROM step s WHERE s.batch_no IS NOT NULL "
    "UNION SELECT p.lot_no, '' FROM step s JOIN lot p ON p.made_by = s.batch_no) SELECT DISTINCT lot_no FROM step"
)
"""The lot and every lot that holds some of it: from batch to batch of a lot, whatever number of movements lies between two, and on to what each batch made.
UNION takes each step once, so that a circle ends."""
BACK: Final = (
    "WITH RECURSIVE step (batch_no, lot_no) AS (SELECT made_by, '' FROM lot WHERE lot_no = ?1 AND made_by IS NOT NULL "
    "UNION SELECT s.batch_no, (SELECT min(m.lot_no) FROM stock_movement m WHERE m.batch_no = s.batch_no AND m.lot_no > s.lot_no) "
    "FROM step s WHERE s.lot_no IS NOT NULL "
    "UNION SELECT p.made_by, '' FROM step s JOIN lot p ON p.lot_no = s.lot_no WHERE p.made_by IS NOT NULL) "
    "SELECT ?1 UNION SELECT lot_no FROM step WHERE lot_no > ''"
)
"""The lot and every lot that it holds some of."""
_SUMS: Final = (
    "SELECT m.lot_no, m.batch_no, sum(m.change_ng), sum(iif(m.kind = 'issued', m.batch_ng, 0)), -sum(iif(m.kind = 'returned', m.batch_ng, 0)), "
    "sum(iif(m.kind = 'received', m.change_ng, 0)), sum(iif(m.kind = 'adjusted', m.change_ng, 0)) "
    "FROM stock_movement m WHERE m.lot_no IN ({reached}) GROUP BY m.lot_no, m.batch_no"
)
"""One pass over the movements of the lots in the order of their index."""
_REACHED: Final = (
    "SELECT l.lot_no, l.material_code, coalesce((SELECT b.batch_no FROM batch b WHERE b.batch_no = l.made_by), ''), "
    "(SELECT coalesce(sum(n.remaining_ng), 0) FROM lot_container n WHERE n.lot_no = l.lot_no) FROM lot l WHERE l.lot_no IN ({reached}) ORDER BY l.lot_no"
)
_BATCHES: Final = (
    "SELECT b.batch_no, b.product, b.record_state, coalesce((SELECT group_concat(p.lot_no, ', ') FROM lot p WHERE p.made_by = b.batch_no), '') FROM batch b "
    "WHERE b.batch_no IN ({marks})"
)


def genealogy(reader: Reader, *, lot_no: str, back: bool = False) -> Genealogy:
    """Where a lot went, or where it came from, with the mass balance of each lot on the way (178/2002 article 18).

    Of batches that the reader does not see nothing is shown; the balance of a lot that went into one is then open.

    Raises:
        NotFoundError: there is no such lot.
    """
    reader.one("SELECT 1 FROM lot WHERE lot_no = ?", (lot_no,), missing=f"There is no lot {lot_no}.")
    reached = BACK if back else FORWARD
    lots = reader.execute(_REACHED.format(reached=reached), (lot_no,))
    sums = reader.execute(_SUMS.format(reached=reached), (lot_no,))
    of_batches = [row for row in sums if row[1] is not None]
    if back:
        into = {row[2] for row in lots}
        uses = [row for row in of_batches if row[1] in into]
    else:
        uses = of_batches
    batches = _batches(reader, sorted({row[1] for row in uses}))
    return Genealogy(
        tuple(_traced(lot, some) for lot, some in _with_sums(lots, sums)),
        tuple(_use(row, batches[row[1]]) for row in uses if row[1] in batches),
    )


_AT_ONCE: Final = 500


def _batches(reader: Reader, numbers: Sequence[str]) -> dict[str, Any]:
    """Product, state and product lots of batches, as far as the reader sees them."""
    found: dict[str, Any] = {}
    for first in range(0, len(numbers), _AT_ONCE):
        some = numbers[first : first + _AT_ONCE]
        rows = reader.execute(_BATCHES.format(marks=", ".join("?" * len(some))), some)
        found |= {row[0]: row[1:] for row in rows}
    return found


def _with_sums(lots: Sequence[Any], sums: Sequence[Any]) -> list[tuple[Any, list[Any]]]:
    """Each lot with its sums: those of batches, and the one of what no batch was about."""
    found: dict[str, list[Any]] = {row[0]: [] for row in lots}
    for row in sums:
        found[row[0]].append(row)
    return [(row, found[row[0]]) for row in lots]


def _use(row: Any, batch: Any) -> Use:
    product, record_state, made = batch
    return _row(Use, row[0], row[1], product, record_state, *_grams(row[3:5]), made)


def _traced(lot: Any, sums: Sequence[Any]) -> TracedLot:
    to_batches = -sum(row[2] for row in sums if row[1] is not None)
    received, adjusted = sum(row[5] for row in sums), sum(row[6] for row in sums)
    lost = -sum(row[2] - row[5] - row[6] for row in sums if row[1] is None)
    remaining = lot[3]
    amounts = _grams((received, remaining, to_batches, lost, adjusted))
    return _row(TracedLot, *lot[:3], *amounts, received - to_batches - lost + adjusted == remaining)
