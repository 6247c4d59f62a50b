"""What happens at the scale. The weight comes from the gateway's reading, never from the screen; every attempt is kept (URS F01-F04, F08, F09, F14)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from jope.compliance.access.permissions import Permission
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, Deviations, GuardContext, GuardVerdict, Meaning, Outcome, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import Children, SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.clock import site_date, utc_text
from jope.kernel.errors import GuardRefusedError, JopeError, NotFoundError, OutOfTurnError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.kernel.units import Quantity
from jope.plant.devices.equipment.guards import STATUS_GATE
from jope.plant.devices.equipment.handlers import UsedFor, take_into_use
from jope.plant.devices.handlers import registered
from jope.plant.devices.model import BalanceCheck
from jope.plant.devices.ports import Reading
from jope.plant.devices.state_events import GatewayPort
from jope.plant.devices.usable import RejectionError
from jope.plant.materials.labels import DispenseLabel
from jope.plant.materials.model import Lot, LotContainer, Move
from jope.plant.materials.stock.amounts import MOVEMENT_COLUMNS, Cause
from jope.plant.materials.stock.handlers import move
from jope.plant.materials.turn import container_for, lot_before, require_usable
from jope.plant.weighing.affected import affected_weighings
from jope.plant.weighing.commands import (
    AcceptWeight,
    CheckDeviationOpened,
    FinishMaterial,
    IdentifyLot,
    OpenCheckDeviation,
    VerifyContainer,
    VerifyMaterial,
    WeightAccepted,
)
from jope.plant.weighing.eligibility import Limits, Weight, eligible_weight
from jope.plant.weighing.model import Dispense, FormulationLine, Weighing
from jope.plant.weighing.ports import DispenseOrder, DispenseOrders

WEIGHING_COLUMNS = (
    "id", "batch_no", "position", "attempt", "material_code", "lot_no", "accepted", "rejection_code", "rejection", "net", "tare", "gross", "unit",
    "device_id", "serial_number", "firmware", "reading_no", "raw_frame", "frame_hash", "source_us", "source_mono_us", "performed_by", "at_us",
    "label_text",
)  # fmt: skip
DISPENSE_COLUMNS = ("id", "batch_no", "position", "lot_no", "identified_by", "identified_us")
WEIGHING_RECORD = SignedRecord(
    "weighing", "weighing", "id", WEIGHING_COLUMNS, (Children("stock_movement", "weighing_id", "id", MOVEMENT_COLUMNS, added=True),)
)
DISPENSE_RECORD = SignedRecord(
    "dispense", "dispense", "id", DISPENSE_COLUMNS, (Children("weighing", "dispense_id", "id", WEIGHING_COLUMNS),)
)
_LAST_ACCEPTED = (
    "SELECT a.body FROM audit_subject d CROSS JOIN audit a ON a.seq = d.seq AND a.action = 'weighing.accepted' "
    "WHERE d.kind = 'device' AND d.id = ? ORDER BY d.n DESC LIMIT 1"
)
"""The event of a scale's newest accepted weighing by the trail's order, which is signed; the order of rows in their table is nobody's.

Walks the scale's events backwards and stops at the first, whatever the trail has grown to."""
_ORDERS = frozenset({"orders"})
_AT_SCALE = frozenset({"orders", "gateway"})


def dispense_id(batch_no: str, position: int) -> str:
    """The key of a material of a batch."""
    return f"{batch_no}:{position}"


def _batch(command: Any) -> tuple[str, str]:
    return ("batch", command.batch_no)


def _line(session: RowSession, batch_no: str, position: int) -> FormulationLine:
    found = session.scalar(select(FormulationLine).where(FormulationLine.batch_no == batch_no, FormulationLine.position == position))
    if found is None:
        raise NotFoundError(f"Batch {batch_no} has no material {position}.")
    return found


def _dispense(session: RowSession, batch_no: str, position: int) -> Dispense:
    found = session.get(Dispense, dispense_id(batch_no, position))
    if found is None:
        raise GuardRefusedError("No lot is identified for this material.", remedy="Scan the lot first.")
    return found


def accepted_weighings(session: RowSession, batch_no: str, position: int) -> list[Weighing]:
    """The accepted weighings of a material in order."""
    where = (Weighing.batch_no == batch_no, Weighing.position == position, Weighing.accepted == 1)
    return list(session.scalars(select(Weighing).where(*where).order_by(Weighing.attempt)))


# --- the lot ---------------------------------------------------------------------------------------------------------


@handles(IdentifyLot, permission=Permission.WEIGHING_PERFORM, subject=_batch, ports=_ORDERS)
def identify_lot(command: IdentifyLot, uow: UnitOfWork, acting: Acting, *, orders: DispenseOrders) -> None:
    """Scan the lot: right material, released, in date at the site's calendar, and the materials in their order.

    Raises:
        GuardRefusedError: one of these does not hold.
    """
    session = uow.session
    orders.running(session, command.batch_no)
    line = _line(session, command.batch_no, command.position)
    _require_turn(session, line)
    lot = session.get(Lot, command.lot_no)
    if lot is None:
        raise GuardRefusedError(f"There is no lot {command.lot_no}.", remedy="Scan the label of the container.")
    _require_usable(lot, line, acting)
    container = container_for(session, lot, command.container)
    first = lot_before(session, lot, command.batch_no, acting)
    if first is not None and not command.reason.strip():
        raise OutOfTurnError(f"Lot {first} expires before lot {lot.lot_no}.", remedy="Take that lot, or write why this one is taken.")
    _identify(uow, command, container, line, acting)
    if first is not None:
        where = (("batch", command.batch_no), ("lot", lot.lot_no), ("lot", first))
        uow.audit.record(Action.LOT_OUT_OF_TURN, *where, reason=command.reason)


def _require_usable(lot: Lot, line: FormulationLine, acting: Acting) -> None:
    """Asked at identification and again at each weight: a lot may be rejected or held in between."""
    require_usable(lot, line.material_code, line.batch_no, acting)


def _identify(uow: UnitOfWork, command: IdentifyLot, container: LotContainer, line: FormulationLine, acting: Acting) -> None:
    """Note lot and container. A lot that is no longer usable gives way to another as long as nothing was weighed from it."""
    session = uow.session
    key = dispense_id(command.batch_no, command.position)
    existing = session.get(Dispense, key)
    if existing is None:
        row = Dispense(id=key, batch_no=command.batch_no, position=command.position, lot_no=container.lot_no, container_id=container.id)
        row.identified_by, row.identified_us = acting.principal.employee_id, acting.now.utc_us
        session.add(row)
    else:
        if accepted_weighings(session, command.batch_no, command.position) or _still_usable(session, existing, line, acting):
            raise GuardRefusedError(f"Lot {existing.lot_no} is identified for this material already.", remedy="Go on with this lot.")
        existing.lot_no, existing.container_id = container.lot_no, container.id
        existing.identified_by, existing.identified_us = acting.principal.employee_id, acting.now.utc_us
    details = {"container": container.id}
    uow.audit.record(Action.LOT_IDENTIFIED, ("batch", command.batch_no), ("dispense", key), ("lot", container.lot_no), details=details)


def _still_usable(session: RowSession, dispense: Dispense, line: FormulationLine, acting: Acting) -> bool:
    """Whether lot and container can still be weighed from. What was identified before containers were kept is identified again."""
    if dispense.container_id is None or session.get_one(LotContainer, dispense.container_id).remaining_ng == 0:
        return False
    try:
        _require_usable(session.get_one(Lot, dispense.lot_no), line, acting)
    except GuardRefusedError:
        return False
    return True


def _container(session: RowSession, dispense: Dispense) -> LotContainer:
    """The container that was identified.

    Raises:
        GuardRefusedError: it was identified before containers were kept.
    """
    if dispense.container_id is None:
        raise GuardRefusedError("No container is identified for this material.", remedy="Scan the label of the container.")
    return session.get_one(LotContainer, dispense.container_id)


def _require_turn(session: RowSession, line: FormulationLine) -> None:
    earlier = session.scalars(
        select(FormulationLine.position).where(FormulationLine.batch_no == line.batch_no, FormulationLine.position < line.position)
    )
    for position in earlier:
        before = session.get(Dispense, dispense_id(line.batch_no, position))
        if before is None or before.verified_signature is None:
            raise GuardRefusedError(f"Material {position} is not verified yet.", remedy="Finish and verify the materials in order.")


# --- the weight ------------------------------------------------------------------------------------------------------


def _limits(line: FormulationLine) -> Limits:
    return Limits(Quantity.parse(line.low, line.unit), Quantity.parse(line.high, line.unit))


def _weighed(command: AcceptWeight, session: RowSession, acting: Acting, gateway: GatewayPort) -> tuple[Reading, Weight]:
    device = registered(session, command.device_id)
    reading = gateway.reading(command.device_id, command.reading_no)
    if reading is None:
        raise RejectionError("late", "The reading is no longer there.", remedy="Weigh again.")
    weight = eligible_weight(
        reading,
        device,
        gateway.status(command.device_id),
        now=acting.now,
        today=site_date(acting.now.utc_us, acting.zone),
        limits=_limits(_line(session, command.batch_no, command.position)),
        load_changed=_load_changed(session, gateway, command.device_id),
    )
    return reading, weight


def _load_changed(session: RowSession, gateway: GatewayPort, device_id: str) -> bool:
    """Whether the load changed since the previous accepted weight; after a restart, since this process' first reading."""
    previous = _last_accepted(session, device_id)
    if previous is None:
        return True
    same_run = gateway.same_run(previous.source_us, previous.source_mono_us)
    return gateway.unloaded_since(device_id, previous.reading_no if same_run else 1)


def _last_accepted(session: RowSession, device_id: str) -> Weighing | None:
    body = session.value(_LAST_ACCEPTED, device_id)
    if body is None:
        return None
    return _weighing_named(session, next(s["id"] for s in json.loads(body)["subjects"] if s["kind"] == "weighing"))


def _next_attempt(session: RowSession, command: AcceptWeight) -> int:
    where = (Weighing.batch_no == command.batch_no, Weighing.position == command.position)
    return (session.scalar(select(func.max(Weighing.attempt)).where(*where)) or 0) + 1


def _row(command: AcceptWeight, session: RowSession, acting: Acting, reading: Reading) -> Weighing:
    line = _line(session, command.batch_no, command.position)
    dispense = session.get(Dispense, dispense_id(command.batch_no, command.position))
    shown = reading.quantity
    return Weighing(
        id=new_id(),
        batch_no=command.batch_no,
        position=command.position,
        dispense_id=dispense_id(command.batch_no, command.position),
        attempt=_next_attempt(session, command),
        material_code=line.material_code,
        lot_no=dispense.lot_no if dispense is not None else "",
        accepted=0,
        rejection_code="",
        rejection="",
        net=f"{shown.value:f}" if shown is not None else "",
        tare="",
        gross="",
        unit=shown.unit if shown is not None else "",
        device_id=command.device_id,
        serial_number=reading.identity.serial_number,
        firmware=reading.identity.firmware,
        reading_no=reading.number,
        raw_frame=reading.raw_frame,
        frame_hash=reading.frame_hash,
        source_us=reading.source_time.utc_us,
        source_mono_us=reading.source_time.mono_us,
        performed_by=acting.principal.employee_id,
        at_us=acting.now.utc_us,
        label_text="",
    )


def _keep_rejected(
    command: AcceptWeight,
    uow: UnitOfWork,
    acting: Acting,
    error: JopeError,
    details: Mapping[str, Any],
    *,
    orders: DispenseOrders,
    gateway: GatewayPort,
) -> bool:
    """A rejected attempt is a row like an accepted one, and one event (URS F03). Other refusals leave no attempt."""
    if not isinstance(error, RejectionError):
        return False
    reading = gateway.reading(command.device_id, command.reading_no)
    if reading is None:
        return False
    row = _row(command, uow.session, acting, reading)
    row.rejection_code, row.rejection = error.rule, error.message
    uow.session.add(row)
    uow.audit.record(
        Action.WEIGHT_REJECTED,
        ("batch", command.batch_no),
        ("weighing", row.id),
        ("device", command.device_id),
        outcome=Outcome.REFUSED,
        details={**details, "rule": error.rule, "frame": reading.raw_frame},
    )
    return True


@handles(
    AcceptWeight,
    permission=Permission.WEIGHING_PERFORM,
    subject=_batch,
    guards=STATUS_GATE,
    ports=_AT_SCALE,
    keep_refusal=_keep_rejected,
)
def accept_weight(
    command: AcceptWeight, uow: UnitOfWork, acting: Acting, *, orders: DispenseOrders, gateway: GatewayPort
) -> WeightAccepted:
    """Take a reading as the net weight of a container and make its label.

    Raises:
        GuardRefusedError: the batch does not run, no lot is identified, the material is weighed already, or the equipment is not fit.
        RejectionError: the reading may not be taken; the attempt is kept.
    """
    session = uow.session
    order = orders.running(session, command.batch_no)
    dispense = _dispense(session, command.batch_no, command.position)
    _require_usable(session.get_one(Lot, dispense.lot_no), _line(session, command.batch_no, command.position), acting)
    if accepted_weighings(session, command.batch_no, command.position):
        raise GuardRefusedError("This material is weighed already.", remedy="Verify the container, then finish the material.")
    if registered(session, command.device_id).line != order.line:
        raise GuardRefusedError(f"Scale {command.device_id} does not stand at line {order.line}.", remedy="Use the line's own scale.")
    reading, weight = _weighed(command, session, acting, gateway)
    row = _row(command, session, acting, reading)
    row.accepted = 1
    row.net, row.tare, row.gross, row.unit = f"{weight.net.value:f}", f"{weight.tare.value:f}", f"{weight.gross.value:f}", weight.net.unit
    row.label_text = _label(session, order, dispense, row).text()
    session.add(row)
    move(session, acting, _container(session, dispense), Move.ISSUED, weight.net, Cause(batch_no=row.batch_no, weighing_id=row.id))
    take_into_use(uow, acting, UsedFor(order.batch_no, order.product, order.product_lot, order.line), device_id=command.device_id)
    uow.audit.record(Action.WEIGHT_ACCEPTED, ("batch", row.batch_no), ("weighing", row.id), ("device", row.device_id), ("lot", row.lot_no))
    return WeightAccepted(row.id, row.net, row.unit, row.label_text)


def _label(session: RowSession, order: DispenseOrder, dispense: Dispense, row: Weighing) -> DispenseLabel:
    lot = session.get_one(Lot, dispense.lot_no)
    line = _line(session, row.batch_no, row.position)
    return DispenseLabel(
        component=line.material_name, code=line.material_code, lot_no=lot.lot_no, receiving_no=lot.receiving_no, net=row.net, tare=row.tare,
        gross=row.gross, unit=row.unit, batch_no=order.batch_no, product=order.product, product_lot=order.product_lot, weighed_by=row.performed_by,
        scale=f"{row.device_id} ({row.serial_number})", time=utc_text(row.at_us), weighing_id=row.id,
    )  # fmt: skip


# --- the second person -----------------------------------------------------------------------------------------------


def _weighing_named(session: RowSession, weighing_id: str) -> Weighing:
    found = session.get(Weighing, weighing_id)
    if found is None:
        raise NotFoundError("There is no such weighing.")
    return found


def container_is_open(command: VerifyContainer, context: GuardContext) -> GuardVerdict | None:
    """Only an accepted, not yet verified weighing is verified."""
    row = _weighing_named(context.session, command.weighing_id)
    if row.accepted and row.verified_signature is None:
        return None
    return GuardVerdict(
        "container_is_open", "This container is not waiting for verification.", "Choose an accepted weighing.", "211.101(c)"
    )


def verifier_is_another(command: VerifyContainer, context: GuardContext) -> GuardVerdict | None:
    """The second person examines what the first one dispensed."""
    if _weighing_named(context.session, command.weighing_id).performed_by != context.principal.employee_id:
        return None
    return GuardVerdict(
        "verifier_is_another", "You weighed this container yourself.", "A second, qualified person verifies it.", "211.101(c)"
    )


def _container_sheet(command: VerifyContainer, context: GuardContext) -> SigningSheet:
    row = _weighing_named(context.session, command.weighing_id)
    rows = (
        SheetRow("Batch", row.batch_no, row.batch_no),
        SheetRow("Material", row.material_code, row.material_code),
        SheetRow("Lot", row.lot_no, row.lot_no),
        SheetRow("Net", f"{row.net} {row.unit}", f"{row.net} {row.unit}"),
        SheetRow("Scale", f"{row.device_id} {row.serial_number}", f"{row.device_id} {row.serial_number}"),
        SheetRow("Weighed by", row.performed_by, row.performed_by),
        SheetRow("Container", "not verified", "verified"),
    )
    return signing_sheet(
        f"Verify container {row.position}.{row.attempt} of batch {row.batch_no}", ("weighing", row.id), Meaning.VERIFIED, rows
    )


@handles(
    VerifyContainer,
    permission=Permission.WEIGHING_VERIFY,
    subject=lambda c: ("weighing", c.weighing_id),
    signature=Meaning.VERIFIED,
    sheet=_container_sheet,
    guards=(container_is_open, verifier_is_another),
    ports=_ORDERS,
    witness=True,
)
def verify_container(command: VerifyContainer, uow: UnitOfWork, acting: Acting, *, orders: DispenseOrders) -> None:
    """The second person confirms a container of a running batch."""
    row = _weighing_named(uow.session, command.weighing_id)
    orders.running(uow.session, row.batch_no)
    acting.signed().onto(row, "verified", kind="weighing", subject_id=row.id, version=row.version + 1)
    uow.audit.record(Action.CONTAINER_VERIFIED, ("batch", row.batch_no), ("weighing", row.id))


# --- the end of a material -------------------------------------------------------------------------------------------


def containers_are_verified(command: FinishMaterial, context: GuardContext) -> GuardVerdict | None:
    """A material is finished when it is weighed and each container is verified."""
    rows = accepted_weighings(context.session, command.batch_no, command.position)
    if not rows:
        return GuardVerdict("containers_are_verified", "Nothing is weighed yet.", "The operator weighs the material.", "211.101(c)")
    if any(row.verified_signature is None for row in rows):
        return GuardVerdict("containers_are_verified", "A container is not verified.", "A second person verifies it.", "211.101(c)")
    return None


def material_is_open(command: FinishMaterial, context: GuardContext) -> GuardVerdict | None:
    """A finished material is not finished again."""
    found = context.session.get(Dispense, dispense_id(command.batch_no, command.position))
    if found is not None and found.performed_signature is None:
        return None
    return GuardVerdict("material_is_open", "This material is not open.", "Choose the material that is due.", "11.10(f)")


def material_is_finished(command: VerifyMaterial, context: GuardContext) -> GuardVerdict | None:
    """Only a finished, not yet verified material is verified."""
    found = context.session.get(Dispense, dispense_id(command.batch_no, command.position))
    if found is None or found.performed_signature is None:
        return GuardVerdict(
            "material_is_finished", "The operator has not signed this material.", "The operator finishes it first.", "11.10(f)"
        )
    if found.verified_signature is not None:
        return GuardVerdict("material_is_finished", "This material is verified already.", "Nothing is left to do.", "11.10(f)")
    return None


def material_verifier_is_another(command: VerifyMaterial, context: GuardContext) -> GuardVerdict | None:
    """Performer and verifier are two people (URS B07)."""
    found = context.session.get(Dispense, dispense_id(command.batch_no, command.position))
    if found is None or found.performed_signer != context.principal.employee_id:
        return None
    return GuardVerdict(
        "material_verifier_is_another", "You dispensed this material yourself.", "A second, qualified person verifies it.", "211.101(d)"
    )


def _material_sheet(command: FinishMaterial | VerifyMaterial, context: GuardContext) -> SigningSheet:
    verifying = isinstance(command, VerifyMaterial)
    line = _line(context.session, command.batch_no, command.position)
    dispense = _dispense(context.session, command.batch_no, command.position)
    weights = ", ".join(f"{w.net} {w.unit}" for w in accepted_weighings(context.session, command.batch_no, command.position))
    target = f"{line.target} {line.unit} ({line.low} to {line.high})"
    rows = (
        SheetRow("Material", f"{line.material_code} {line.material_name}", f"{line.material_code} {line.material_name}"),
        SheetRow("Lot", dispense.lot_no, dispense.lot_no),
        SheetRow("Target", target, target),
        SheetRow("Weighed", weights, weights),
        SheetRow("Material", "dispensed" if verifying else "open", "verified" if verifying else "dispensed"),
    )
    verb, meaning = ("Verify", Meaning.VERIFIED) if verifying else ("Finish", Meaning.PERFORMED)
    return signing_sheet(f"{verb} material {line.position} of batch {command.batch_no}", ("dispense", dispense.id), meaning, rows)


@handles(
    FinishMaterial,
    permission=Permission.WEIGHING_PERFORM,
    subject=_batch,
    signature=Meaning.PERFORMED,
    sheet=_material_sheet,
    guards=(material_is_open, containers_are_verified),
    ports=_ORDERS,
    verifying=VerifyMaterial,
)
def finish_material(command: FinishMaterial, uow: UnitOfWork, acting: Acting, *, orders: DispenseOrders) -> None:
    """The operator signs that the material is dispensed."""
    orders.running(uow.session, command.batch_no)
    row = _dispense(uow.session, command.batch_no, command.position)
    acting.signed().onto(row, "performed", kind="dispense", subject_id=row.id, version=row.version + 1)
    uow.audit.record(Action.MATERIAL_FINISHED, ("batch", row.batch_no), ("dispense", row.id))


@handles(
    VerifyMaterial,
    permission=Permission.WEIGHING_VERIFY,
    subject=_batch,
    signature=Meaning.VERIFIED,
    sheet=_material_sheet,
    guards=(material_is_finished, material_verifier_is_another),
    ports=_ORDERS,
    witness=True,
)
def verify_material(command: VerifyMaterial, uow: UnitOfWork, acting: Acting, *, orders: DispenseOrders) -> None:
    """The second person signs the material."""
    orders.running(uow.session, command.batch_no)
    row = _dispense(uow.session, command.batch_no, command.position)
    acting.signed().onto(row, "verified", kind="dispense", subject_id=row.id, version=row.version + 1)
    uow.audit.record(Action.MATERIAL_VERIFIED, ("batch", row.batch_no), ("dispense", row.id))


# --- a scale that failed its check -----------------------------------------------------------------------------------


def check_failed(command: OpenCheckDeviation, context: GuardContext) -> GuardVerdict | None:
    """Only a failed check that has no deviation yet leads to one."""
    found = context.session.get(BalanceCheck, command.check_id)
    if found is not None and found.state == "failed" and not found.deviation:
        return None
    what = "This check did not fail." if found is None or found.state != "failed" else f"{found.deviation} was opened for this check."
    return GuardVerdict("check_failed", what, "Nothing is left to do.", "211.192")


@handles(
    OpenCheckDeviation,
    permission=Permission.DEVIATION_OPEN,
    subject=lambda c: ("balance_check", c.check_id),
    guards=(check_failed,),
    ports=frozenset({"deviations"}),
)
def open_check_deviation(command: OpenCheckDeviation, uow: UnitOfWork, acting: Acting, *, deviations: Deviations) -> CheckDeviationOpened:
    """List what was weighed on the scale since it was last known to be right, and open a deviation with it."""
    check = uow.session.get_one(BalanceCheck, command.check_id)
    affected = affected_weighings(uow.cursor, check.device_id, check.ended_us or acting.now.utc_us)
    batches = sorted({row.batch_no for row in affected})
    where = f"{len(affected)} weighings in {len(batches)} batches" if affected else "no weighing"
    number = deviations.open(
        uow, acting,
        title=f"Scale {check.device_id} failed its check",
        description=f"{check.finding} Since it was last known to be right, {where} used it.",
        source=("observation", check.id),
        details={
            "check": check.id, "device": check.device_id, "serial_number": check.serial_number, "batches": list(batches),
            "weighings": [{"id": r.weighing_id, "batch": r.batch_no, "material": r.material_code, "net": f"{r.net} {r.unit}"} for r in affected],
        },
        line=registered(uow.session, check.device_id).line,
    )  # fmt: skip
    check.deviation = number
    uow.audit.record(
        Action.CHECK_DEVIATION_OPENED, ("balance_check", check.id), ("device", check.device_id), ("deviation", number),
        *(("batch", batch_no) for batch_no in batches),
        details={"weighings": len(affected)},
    )  # fmt: skip
    return CheckDeviationOpened(number, len(affected), len(batches))
