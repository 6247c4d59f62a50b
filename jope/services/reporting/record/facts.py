"""Everything a batch record says, read once in one transaction and kept as frozen rows (URS E08, O04; PR-06, P11-03, A11-08)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.access.reader import Reader
from jope.compliance.audit.queries import ChangeRow
from jope.compliance.signatures.queries import SignatureView, signatures_where
from jope.plant.batches.queries import BatchView, ClearanceView, batch_detail, clearance
from jope.plant.devices.equipment.queries import UsedUnit, equipment_of_batch
from jope.plant.weighing.queries import MaterialStepView, dispensing
from jope.services.reporting.record.trail import EventLine, HeadLine, changed_values, events_of_batch, exceptions_of, ledger_head


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot that was used, and who released it for use."""

    lot_no: str
    material_code: str
    receiving_no: str
    expiry: str
    state: str
    approval: SignatureView | None


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move of the batch through its life cycle. The start is signed on the formulation that it froze."""

    n: int
    command: str
    from_record: str
    to_record: str
    from_procedure: str
    to_procedure: str
    performed_by: str
    utc_us: int
    reason: str
    signature_id: str


@dataclass(frozen=True, slots=True)
class AttemptSource:
    """Where the weight of an attempt came from: the reading's number and the scale's time, UTC microseconds and microseconds since boot."""

    reading_no: int
    source_utc_us: int
    source_mono_us: int
    rule: str


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """One batch record. ``people`` is employee id -> name; names come from signatures, else from the account."""

    batch: BatchView
    batch_size: str
    batch_size_unit: str
    created_utc_us: int
    recipe_approval: SignatureView | None
    clearance: ClearanceView
    equipment: tuple[UsedUnit, ...]
    lots: tuple[LotLine, ...]
    materials: tuple[MaterialStepView, ...]
    sources: Mapping[str, AttemptSource]
    moves: tuple[MoveLine, ...]
    people: Mapping[str, str]
    exceptions: tuple[EventLine, ...]
    changes: tuple[tuple[EventLine, ChangeRow], ...]
    events: tuple[EventLine, ...]
    counted: int
    """How many events the trail counts about the batch itself."""
    head: HeadLine
    printed_utc_us: int

    @property
    def unsigned(self) -> tuple[SignatureView, ...]:
        """Signatures that no longer stand, because what they were given for was changed since."""
        return tuple(s for s in self.batch.signatures if not s.valid)

    @property
    def rejected(self) -> int:
        """How many weighing attempts were rejected."""
        return sum(not w.accepted for m in self.materials for w in m.weighings)


_LOTS: Final = (
    "SELECT DISTINCT l.lot_no, l.material_code, l.receiving_no, l.expiry, l.state, l.approval_signature "
    "FROM dispense d JOIN lot l USING (lot_no) WHERE d.batch_no = ? ORDER BY d.position"
)
_MOVES: Final = (
    "SELECT t.n, t.command, t.from_record, t.to_record, t.from_procedure, t.to_procedure, t.performed_by, t.at_us, t.reason, "
    "coalesce(t.signed_signature, CASE t.command WHEN 'start' THEN b.responsibility_signature END, '') "
    "FROM batch_transition t JOIN batch b USING (batch_no) WHERE t.batch_no = ? ORDER BY t.n"
)
_SOURCES: Final = "SELECT id, reading_no, source_us, source_mono_us, rejection_code FROM weighing WHERE batch_no = ?"


def record_facts(reader: Reader, batch_no: str) -> RecordFacts:
    """Read a batch record.

    Raises:
        NotFoundError: no such batch in the reader's scope.
    """
    batch = batch_detail(reader, batch_no=batch_no)
    created_us, size, unit, recipe = reader.one(
        "SELECT b.created_us, r.batch_size, r.unit, r.id FROM batch b JOIN recipe_version r ON r.id = b.recipe_version_id "
        "WHERE b.batch_no = ?",
        (batch_no,),
        missing=f"There is no batch {batch_no}.",
    )
    events = events_of_batch(reader, batch_no)
    counted = reader.one("SELECT coalesce(max(n), 0) FROM audit_subject WHERE kind = 'batch' AND id = ?", (batch_no,), missing="")[0]
    return RecordFacts(
        batch=batch,
        batch_size=size,
        batch_size_unit=unit,
        created_utc_us=created_us,
        recipe_approval=_first(reader, "s.subject_kind = 'recipe' AND s.subject_id = ?", recipe),
        clearance=clearance(reader, batch_no=batch_no),
        equipment=equipment_of_batch(reader, batch_no=batch_no),
        lots=_lots(reader, batch_no),
        materials=dispensing(reader, batch_no=batch_no).materials,
        sources={row[0]: AttemptSource(*row[1:]) for row in reader.execute(_SOURCES, (batch_no,))},
        moves=tuple(MoveLine(*row) for row in reader.execute(_MOVES, (batch_no,))),
        people=_people(reader, batch, events),
        exceptions=exceptions_of(events),
        changes=changed_values(events),
        events=events,
        counted=counted,
        head=ledger_head(reader),
        printed_utc_us=reader.now_us,
    )


def _first(reader: Reader, where: str, value: str | None) -> SignatureView | None:
    found = signatures_where(reader.cursor, reader.records, where, (value,))
    return found[0] if found else None


def _lots(reader: Reader, batch_no: str) -> tuple[LotLine, ...]:
    return tuple(LotLine(r[0], r[1], r[2], r[3], r[4], _first(reader, "s.id = ?", r[5])) for r in reader.execute(_LOTS, (batch_no,)))


def _people(reader: Reader, batch: BatchView, events: tuple[EventLine, ...]) -> dict[str, str]:
    """Everybody who acted or signed: the name as it was signed, else as the account has it, else nothing."""
    accounts: dict[str, Any] = dict(reader.execute("SELECT employee_id, name FROM user_account"))
    acted = dict.fromkeys(event.actor for event in events)
    signed = {s.signer: s.name for s in batch.signatures}
    return {who: signed.get(who) or accounts.get(who, "") for who in (*acted, *signed)}
