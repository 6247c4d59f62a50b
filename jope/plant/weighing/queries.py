"""Read weighings and what is due at the scale."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jope.compliance.access.reader import Reader
from jope.compliance.signatures.queries import SignatureView, signature_by_id
from jope.compliance.signatures.queue import Waiting
from jope.plant.weighing.commands import VerifyContainer, VerifyMaterial


@dataclass(frozen=True, slots=True)
class WeighingView:
    """One attempt at the scale, accepted or rejected. Weights are decimal texts in ``unit``."""

    weighing_id: str
    batch_no: str
    position: int
    attempt: int
    material_code: str
    lot_no: str
    accepted: bool
    rejection: str
    net: str
    tare: str
    gross: str
    unit: str
    device_id: str
    serial_number: str
    firmware: str
    raw_frame: str
    frame_hash: str
    performed_by: str
    utc_us: int
    label_text: str
    verified: SignatureView | None


@dataclass(frozen=True, slots=True)
class MaterialStepView:
    """One material of the running batch: what is due, which lot was identified, what was weighed.

    ``state`` is ``waiting`` (an earlier material is open), ``identify`` (lot not yet scanned), ``weigh``, ``verify_container``, ``finish``,
    ``verify``, ``done``.
    """

    position: int
    material_code: str
    material_name: str
    target: str
    low: str
    high: str
    unit: str
    lot_no: str
    state: str
    accepted_total: str
    weighings: tuple[WeighingView, ...]
    performed: SignatureView | None
    verified: SignatureView | None


@dataclass(frozen=True, slots=True)
class DispensingView:
    """The dispensing page of a batch. ``device_id`` is the scale of the line."""

    batch_no: str
    line: str
    procedure_state: str
    device_id: str
    materials: tuple[MaterialStepView, ...]


_RUNNING = "b.record_state = 'InExecution' AND b.procedure_state = 'Running'"
_CONTAINERS = (
    "SELECT w.id, w.at_us FROM weighing w JOIN batch b USING (batch_no) WHERE w.accepted = 1 AND w.verified_signature IS NULL "
    f"AND {_RUNNING} ORDER BY w.at_us"
)
_MATERIALS = (
    "SELECT d.batch_no, f.position, s.signed_us FROM dispense d JOIN batch b USING (batch_no) JOIN signature s ON s.id = d.performed_signature "
    "JOIN formulation_line f ON f.batch_no = d.batch_no AND d.id = f.batch_no || ':' || f.position "
    f"WHERE d.verified_signature IS NULL AND {_RUNNING} ORDER BY s.signed_us"
)
_WEIGHING = (
    "id, batch_no, position, attempt, material_code, lot_no, accepted, rejection, net, tare, gross, unit, device_id, serial_number, firmware, "
    "raw_frame, frame_hash, performed_by, at_us, label_text, verified_signature"
)


def dispensing(reader: Reader, *, batch_no: str) -> DispensingView:
    """What is due at the scale for a batch.

    Raises:
        NotFoundError: no such batch in the reader's scope.
    """
    line, procedure_state = reader.one(
        "SELECT line, procedure_state FROM batch WHERE batch_no = ?", (batch_no,), missing=f"There is no batch {batch_no}."
    )
    devices = reader.execute(
        "SELECT device_id FROM device WHERE line = ? AND unit <> '' AND retired_us IS NULL ORDER BY device_id LIMIT 1", (line,)
    )
    lines = reader.execute(
        "SELECT position, material_code, material_name, target, low, high, unit FROM formulation_line WHERE batch_no = ? ORDER BY position",
        (batch_no,),
    )
    materials: list[MaterialStepView] = []
    for row in lines:
        earlier_done = all(m.state == "done" for m in materials)
        materials.append(_material(reader, batch_no, row, earlier_done=earlier_done))
    return DispensingView(batch_no, line, procedure_state, devices[0][0] if devices else "", tuple(materials))


def weighings(reader: Reader, *, batch_no: str, position: int) -> tuple[WeighingView, ...]:
    """Every attempt for a material, rejected ones too, in order; none of a batch outside the reader's scope."""
    return _attempts(reader, batch_no, position)


def waiting_at_scales(reader: Reader) -> tuple[Waiting, ...]:
    """Containers and materials of running batches that wait for the second person."""
    containers = reader.execute(_CONTAINERS)
    materials = reader.execute(_MATERIALS)
    return (
        *(Waiting(VerifyContainer(weighing_id=id_), at_us) for id_, at_us in containers),
        *(Waiting(VerifyMaterial(batch_no=batch_no, position=position), at_us) for batch_no, position, at_us in materials),
    )


def _attempts(reader: Reader, batch_no: str, position: int) -> tuple[WeighingView, ...]:
    rows = reader.execute(f"SELECT {_WEIGHING} FROM weighing WHERE batch_no = ? AND position = ? ORDER BY attempt", (batch_no, position))
    return tuple(_weighing(reader, row) for row in rows)


def _weighing(reader: Reader, row: Any) -> WeighingView:
    values: list[Any] = [*row[:6], bool(row[6]), *row[7:20]]
    values.append(signature_by_id(reader.cursor, reader.records, row[20]))
    return WeighingView(*values)


def _material(reader: Reader, batch_no: str, line: Any, *, earlier_done: bool) -> MaterialStepView:
    found = reader.execute("SELECT lot_no, performed_signature, verified_signature FROM dispense WHERE id = ?", (f"{batch_no}:{line[0]}",))
    lot_no, performed_id, verified_id = found[0] if found else ("", None, None)
    attempts = _attempts(reader, batch_no, line[0])
    accepted = [w for w in attempts if w.accepted]
    performed, verified = (signature_by_id(reader.cursor, reader.records, key) for key in (performed_id, verified_id))
    state = _state(earlier_done, lot_no, accepted, performed, verified)
    total = sum((Decimal(w.net) for w in accepted), Decimal(0))
    values: list[Any] = [*line, lot_no, state, f"{total:f}", attempts, performed, verified]
    return MaterialStepView(*values)


def _state(
    earlier_done: bool, lot_no: str, accepted: list[WeighingView], performed: SignatureView | None, verified: SignatureView | None
) -> str:
    if verified is not None:
        return "done"
    if performed is not None:
        return "verify"
    if not earlier_done:
        return "waiting"
    if not lot_no:
        return "identify"
    if not accepted:
        return "weigh"
    return "finish" if all(w.verified is not None for w in accepted) else "verify_container"
