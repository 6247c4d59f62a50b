"""What happens with calibration and checks (URS J02, J06, J07; 21 CFR 211.68(a), 211.160(b)(4))."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.handlers import raise_alarm, return_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, FourEyesRule, GuardContext, GuardVerdict, Meaning, Risk, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import Children, SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.clock import site_date
from jope.kernel.errors import JopeError, NotFoundError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.kernel.units import MASS_UNITS, Quantity, parse_decimal
from jope.plant.devices.checks import commands as c
from jope.plant.devices.checks.balance import CORNERS, BalanceTest, CheckFinding, CheckReading, CheckRules, fault_of_load, judge
from jope.plant.devices.model import BalanceCheck, BalanceReading, Calibration, Device, ReferenceWeight
from jope.plant.devices.registry.guards import device_is_there, reason_is_given
from jope.plant.devices.registry.handlers import hold
from jope.plant.devices.state_events import GatewayPort
from jope.plant.devices.usable import require_fresh, require_quality, require_scale

_READING_COLUMNS: Final = (
    "n", "check_id", "test", "position", "weight_id", "value", "unit", "raw_frame", "frame_hash", "source_us", "performed_by",
)  # fmt: skip
CHECK_RECORD: Final = SignedRecord(
    "balance_check", "balance_check", "id",
    ("id", "device_id", "serial_number", "firmware", "profile", "process_tolerance", "safety_factor", "readability", "capacity", "unit", "state",
     "begun_by", "begun_us", "ended_us", "repeatability", "minimum_weight", "finding"),
    (Children("balance_reading", "check_id", "id", _READING_COLUMNS),),
)  # fmt: skip
CALIBRATION_RECORD: Final = SignedRecord(
    "calibration", "calibration", "id",
    ("id", "device_id", "serial_number", "certificate_no", "laboratory", "calibrated_on", "due_on", "as_found", "as_left", "document_hash",
     "document_name", "reason", "recorded_by", "recorded_us"),
)  # fmt: skip
_DATE: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_HOUR_US: Final = 3_600_000_000
_CLAUSE: Final = "211.160(b)(4)"
_GATEWAY: Final = frozenset({"gateway"})


def _verdict(guard: str, what: str, remedy: str) -> GuardVerdict:
    return GuardVerdict(guard, what, remedy, _CLAUSE)


# --- reference weights -----------------------------------------------------------------------------------------------

_WEIGHT_FIELDS: Final = ("nominal", "conventional", "unit", "uncertainty", "oiml_class", "certificate_no", "due_on", "state")


def weight_is_well_formed(command: c.SetReferenceWeight, context: GuardContext) -> GuardVerdict | None:
    """Masses, unit, certificate and date can be what they say."""
    try:
        nominal, conventional, uncertainty = (parse_decimal(text) for text in (command.nominal, command.conventional, command.uncertainty))
        whole = nominal > 0 and abs(conventional - nominal) <= nominal / 100 and 0 < uncertainty < nominal
    except JopeError:
        whole = False
    named = 0 < len(command.weight_id) <= 40 and command.certificate_no.strip() and command.state in ("in_use", "retired")
    if whole and named and command.unit in MASS_UNITS and _DATE.fullmatch(command.due_on):
        return None
    return _verdict(
        "weight_is_well_formed", "Name, masses, certificate, date or state of the reference weight is malformed.", "Correct it."
    )


def _weight_diff(command: c.SetReferenceWeight, context: GuardContext) -> tuple[SheetRow, ...]:
    row = context.session.get(ReferenceWeight, command.weight_id)
    head = SheetRow("Reference weight", "" if row is None else row.weight_id, command.weight_id)
    rows = ((name, "" if row is None else str(getattr(row, name)), getattr(command, name)) for name in _WEIGHT_FIELDS)
    return (head, *(SheetRow(name.replace("_", " ").capitalize(), old, new) for name, old, new in rows if old != new))


@handles(
    c.SetReferenceWeight,
    permission=Permission.CALIBRATION_RECORD,
    subject=lambda command: ("reference_weight", command.weight_id),
    guards=(reason_is_given, weight_is_well_formed),
    four_eyes=FourEyesRule(risk=Risk.MEDIUM, diff=_weight_diff, approve=Permission.CHANGE_APPROVE),
)
def set_reference_weight(command: c.SetReferenceWeight, uow: UnitOfWork, acting: Acting) -> None:
    """Register or change the weight."""
    values = {name: getattr(command, name) for name in _WEIGHT_FIELDS}
    row = uow.session.get(ReferenceWeight, command.weight_id)
    if row is None:
        uow.session.add(ReferenceWeight(weight_id=command.weight_id, **values))
    else:
        row.nominal, row.conventional, row.unit, row.uncertainty = command.nominal, command.conventional, command.unit, command.uncertainty
        row.oiml_class, row.certificate_no, row.due_on, row.state = (
            command.oiml_class,
            command.certificate_no,
            command.due_on,
            command.state,
        )
    uow.audit.record(Action.REFERENCE_WEIGHT_SET, ("reference_weight", command.weight_id), reason=command.reason)


# --- calibration -----------------------------------------------------------------------------------------------------


def calibration_is_well_formed(command: c.RecordCalibration, context: GuardContext) -> GuardVerdict | None:
    """Dates, results and document can be what they say; the calibration lies in the past."""
    dates = _DATE.fullmatch(command.calibrated_on) and _DATE.fullmatch(command.due_on) and command.calibrated_on < command.due_on
    named = command.certificate_no.strip() and command.laboratory.strip() and command.calibration_id
    results = command.as_found in ("pass", "fail", "none") and command.as_left in ("pass", "fail")
    document = not command.document_hash or (_HASH.fullmatch(command.document_hash) and command.document_name.strip())
    if dates and named and results and document and command.calibrated_on <= site_date(context.now.utc_us, context.zone):
        return None
    return _verdict(
        "calibration_is_well_formed", "Dates, certificate, laboratory, results or document of the calibration is malformed.", "Correct it."
    )


def calibration_is_of_this_scale(command: c.RecordCalibration, context: GuardContext) -> GuardVerdict | None:
    """The certificate names the serial number that is registered."""
    device = context.session.get(Device, command.device_id)
    if device is None or device.serial_number == command.serial_number:
        return None
    what = f"The certificate names {command.serial_number}, registered is {device.serial_number}."
    return _verdict("calibration_is_of_this_scale", what, "Record the certificate of this very instrument.")


def calibration_is_new(command: c.RecordCalibration, context: GuardContext) -> GuardVerdict | None:
    """A calibration is recorded once, and not one that is older than the last."""
    sql = "SELECT max(calibrated_on) FROM calibration WHERE device_id = ? AND serial_number = ?"
    last = context.session.value(sql, command.device_id, command.serial_number)
    if context.session.get(Calibration, command.calibration_id) is None and (last is None or str(last) <= command.calibrated_on):
        return None
    return _verdict("calibration_is_new", "This calibration, or a later one, is recorded already.", "Check the certificate.")


def _calibration_sheet(command: c.RecordCalibration, context: GuardContext) -> SigningSheet:
    device = context.session.get(Device, command.device_id)
    before = "" if device is None else device.calibration_due
    rows = (
        SheetRow("Device", command.device_id, f"{command.device_id} {command.serial_number}"),
        SheetRow("Certificate", "", f"{command.certificate_no}, {command.laboratory}"),
        SheetRow("Calibrated on", "", command.calibrated_on),
        SheetRow("As found", "", command.as_found),
        SheetRow("As left", "", command.as_left),
        SheetRow("Due on", before, command.due_on if command.as_left == "pass" else before),
    )
    return signing_sheet(f"Record the calibration of {command.device_id}", ("calibration", command.calibration_id), Meaning.PERFORMED, rows)


@handles(
    c.RecordCalibration,
    permission=Permission.CALIBRATION_RECORD,
    subject=lambda command: ("device", command.device_id),
    signature=Meaning.PERFORMED,
    sheet=_calibration_sheet,
    guards=(device_is_there, calibration_is_well_formed, calibration_is_of_this_scale, calibration_is_new),
)
def record_calibration(command: c.RecordCalibration, uow: UnitOfWork, acting: Acting) -> None:
    """Keep the certificate; its date gates the use, and what it found may hold the device."""
    row = Calibration(
        id=command.calibration_id, device_id=command.device_id, serial_number=command.serial_number, certificate_no=command.certificate_no,
        laboratory=command.laboratory, calibrated_on=command.calibrated_on, due_on=command.due_on, as_found=command.as_found, as_left=command.as_left,
        document_hash=command.document_hash, document_name=command.document_name, reason=command.reason,
        recorded_by=acting.principal.employee_id, recorded_us=acting.now.utc_us,
    )  # fmt: skip
    acting.signed().onto(row, "performed", kind="calibration", subject_id=row.id, version=1)
    uow.session.add(row)
    device = uow.session.get_one(Device, command.device_id)
    if command.as_left == "pass":
        device.calibration_due = command.due_on
    uow.audit.record(
        Action.CALIBRATION_RECORDED, ("device", command.device_id), ("calibration", row.id), reason=command.reason,
        details={"as_found": command.as_found, "as_left": command.as_left, "due_on": command.due_on},
    )  # fmt: skip
    if "fail" in (command.as_found, command.as_left):
        device.check_passed = 0
        _take_out(uow, acting, device, f"Calibration {command.certificate_no} found it out of tolerance.")


def _take_out(uow: UnitOfWork, acting: Acting, device: Device, reason: str) -> None:
    """A device that cannot be trusted is held, and an alarm says so; one that is held stays so for its first reason."""
    if not device.held_reason:
        hold(uow, device, reason)
    raise_alarm(uow, acting, priority=2, source=device.device_id, kind="check", text=f"{device.device_id}: {reason}")


# --- the check -------------------------------------------------------------------------------------------------------


def _check_named(session: RowSession, check_id: str) -> BalanceCheck:
    found = session.get(BalanceCheck, check_id)
    if found is None:
        raise NotFoundError("There is no such check.")
    return found


def rules_of(row: BalanceCheck | Device) -> CheckRules:
    """The rules of a check, or of a device's next one."""
    profile = row.profile if isinstance(row, BalanceCheck) else row.check_profile
    tolerance = parse_decimal(row.process_tolerance) / 100 if row.process_tolerance else None
    return CheckRules(profile, parse_decimal(row.readability), parse_decimal(row.capacity), tolerance, parse_decimal(row.safety_factor))


def readings_of(session: RowSession, row: BalanceCheck) -> tuple[CheckReading, ...]:
    """What was read in a check so far, in order."""
    found = session.scalars(select(BalanceReading).where(BalanceReading.check_id == row.id).order_by(BalanceReading.n))
    return tuple(_reading(session, row, one) for one in found)


def _reading(session: RowSession, row: BalanceCheck, one: BalanceReading) -> CheckReading:
    weight = session.get_one(ReferenceWeight, one.weight_id)
    mass = Quantity.parse(weight.conventional, weight.unit).to(row.unit).value
    return CheckReading(BalanceTest(one.test), parse_decimal(one.value), mass, one.weight_id, one.position)


def scale_can_be_checked(command: c.BeginBalanceCheck, context: GuardContext) -> GuardVerdict | None:
    """It is a scale, no other check of it runs, and its process profile has a tolerance."""
    device = context.session.get(Device, command.device_id)
    if device is None:
        return None
    if not device.unit:
        return _verdict("scale_can_be_checked", f"{device.device_id} is no scale.", "Choose a scale.")
    if device.check_profile == "process" and not device.process_tolerance:
        return _verdict("scale_can_be_checked", "The process tolerance of this scale is not set.", "Have it set.")
    if context.session.value("SELECT 1 FROM balance_check WHERE device_id = ? AND state = 'open'", device.device_id) is None:
        return None
    return _verdict("scale_can_be_checked", "A check of this scale runs already.", "End or abandon it first.")


@handles(
    c.BeginBalanceCheck,
    permission=Permission.CHECK_PERFORM,
    subject=lambda command: ("device", command.device_id),
    guards=(device_is_there, scale_can_be_checked),
)
def begin_balance_check(command: c.BeginBalanceCheck, uow: UnitOfWork, acting: Acting) -> c.CheckBegun:
    """Begin, with the rules and the identity of the scale as they are now."""
    device = uow.session.get_one(Device, command.device_id)
    row = BalanceCheck(
        id=new_id(), device_id=device.device_id, serial_number=device.serial_number, firmware=device.firmware,
        profile=device.check_profile, process_tolerance=device.process_tolerance, safety_factor=device.safety_factor, readability=device.readability,
        capacity=device.capacity, unit=device.unit, state="open", begun_by=acting.principal.employee_id, begun_us=acting.now.utc_us, ended_us=None,
        repeatability="", minimum_weight="", finding="", deviation="",
    )  # fmt: skip
    uow.session.add(row)
    uow.audit.record(Action.CHECK_BEGUN, ("device", device.device_id), ("balance_check", row.id))
    return c.CheckBegun(row.id)


def check_is_open(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The check runs."""
    row = context.session.get(BalanceCheck, command.check_id)
    if row is not None and row.state == "open":
        return None
    return _verdict("check_is_open", "There is no such check that runs.", "Begin one.")


def check_is_yours(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Whoever began a check weighs and signs it."""
    row = context.session.get(BalanceCheck, command.check_id)
    if row is None or row.begun_by == context.principal.employee_id:
        return None
    return _verdict(
        "check_is_yours", f"{row.begun_by} began this check.", "They end it, or a supervisor abandons it and a new one is begun."
    )


@handles(
    c.TakeCheckReading,
    permission=Permission.CHECK_PERFORM,
    subject=lambda command: ("balance_check", command.check_id),
    guards=(check_is_open, check_is_yours),
    ports=_GATEWAY,
)
def take_check_reading(command: c.TakeCheckReading, uow: UnitOfWork, acting: Acting, *, gateway: GatewayPort) -> c.ReadingTaken:
    """Take a stable, fresh reading of the registered scale with a suitable weight.

    Raises:
        RefusedError: test, position or weight do not fit, or the scale changed since the check began.
        RejectionError: the reading cannot be used.
    """
    session = uow.session
    check = _check_named(session, command.check_id)
    device = session.get_one(Device, check.device_id)
    if (device.serial_number, device.firmware) != (check.serial_number, check.firmware):
        raise RefusedError("The scale was exchanged or updated since the check began.", remedy="Abandon this check and begin another.")
    test = _test_of(command)
    _require_weight(session, command.weight_id, test, check, acting)
    reading = gateway.reading(device.device_id, command.reading_no)
    if reading is None:
        raise RefusedError("The reading is no longer there.", remedy="Take the next one.")
    require_scale(reading, device, gateway.status(device.device_id))
    quantity = require_quality(reading, device)
    last = _last_reading(session, check)
    require_fresh(reading, acting.now, last is None or _load_changed(gateway, device.device_id, last))
    n = 1 if last is None else last.n + 1
    row = BalanceReading(
        id=new_id(), check_id=check.id, n=n, test=test.value, position=command.position, weight_id=command.weight_id, value=f"{quantity.value:f}",
        unit=quantity.unit, reading_no=reading.number, raw_frame=reading.raw_frame, frame_hash=reading.frame_hash,
        source_us=reading.source_time.utc_us, source_mono_us=reading.source_time.mono_us, at_us=acting.now.utc_us, performed_by=acting.principal.employee_id,
    )  # fmt: skip
    session.add(row)
    uow.audit.record(
        Action.CHECK_READING_TAKEN, ("balance_check", check.id), ("device", device.device_id),
        details={"test": test.value, "position": command.position, "weight": command.weight_id, "value": str(quantity)},
    )  # fmt: skip
    return c.ReadingTaken(n, str(quantity))


def _load_changed(gateway: GatewayPort, device_id: str, last: BalanceReading) -> bool:
    """Whether the load changed since the last reading; after a restart, since this process' first."""
    return gateway.unloaded_since(device_id, last.reading_no if gateway.same_run(last.source_us, last.source_mono_us) else 1)


def _test_of(command: c.TakeCheckReading) -> BalanceTest:
    if command.test not in tuple(BalanceTest):
        raise RefusedError(f"'{command.test}' is no test of a balance.", remedy="Choose one of the three.")
    test = BalanceTest(command.test)
    if (test is BalanceTest.ECCENTRICITY) != (command.position in CORNERS):
        raise RefusedError(
            "The place on the pan does not fit the test.", remedy="Eccentricity is weighed in the centre and at four corners."
        )
    return test


def _last_reading(session: RowSession, check: BalanceCheck) -> BalanceReading | None:
    return session.scalar(select(BalanceReading).where(BalanceReading.check_id == check.id).order_by(BalanceReading.n.desc()).limit(1))


def _require_weight(session: RowSession, weight_id: str, test: BalanceTest, check: BalanceCheck, acting: Acting) -> None:
    weight = session.get(ReferenceWeight, weight_id)
    if weight is None or weight.state != "in_use":
        raise RefusedError(f"There is no reference weight {weight_id} in use.", remedy="Choose one of the register.")
    if weight.due_on < site_date(acting.now.utc_us, acting.zone):
        raise RefusedError(f"The certificate of {weight_id} was due on {weight.due_on}.", remedy="Use another weight.")
    mass, uncertainty = (Quantity.parse(text, weight.unit).to(check.unit).value for text in (weight.conventional, weight.uncertainty))
    fault = fault_of_load(test, mass, uncertainty, rules_of(check))
    if fault:
        raise RefusedError(fault, remedy="Use another weight.")
    used = session.value("SELECT weight_id FROM balance_reading WHERE check_id = ? AND test = ? ORDER BY n LIMIT 1", check.id, test.value)
    if test is not BalanceTest.ACCURACY and used is not None and used != weight_id:
        raise RefusedError(f"This test began with {used}.", remedy="Weigh the same load.")


def check_is_complete(command: c.EndBalanceCheck, context: GuardContext) -> GuardVerdict | None:
    """Everything is weighed that the profile asks for."""
    row = context.session.get(BalanceCheck, command.check_id)
    if row is None:
        return None
    missing = _finding(context.session, row).missing
    return _verdict("check_is_complete", " ".join(missing), "Weigh what is missing.") if missing else None


def _finding(session: RowSession, row: BalanceCheck) -> CheckFinding:
    return judge(readings_of(session, row), rules_of(row))


def _check_sheet(command: c.EndBalanceCheck, context: GuardContext) -> SigningSheet:
    row = _check_named(context.session, command.check_id)
    found = _finding(context.session, row)
    device = context.session.get_one(Device, row.device_id)
    least = "" if found.minimum_weight is None else f"{found.minimum_weight:f} {row.unit}"
    rows = (
        SheetRow("Scale", row.device_id, f"{row.device_id} {row.serial_number}"),
        SheetRow("Profile", row.profile, row.profile),
        SheetRow("Standard deviation", "", "" if found.repeatability is None else _spread_text(found.repeatability, row)),
        SheetRow("Minimum weight", f"{device.minimum_weight} {device.unit}", least),
        SheetRow("Result", "open", "passed" if found.passed else f"failed: {' '.join(found.problems)}"),
    )
    return signing_sheet(f"End the check of {row.device_id}", ("balance_check", row.id), Meaning.PERFORMED, rows)


def _spread_text(spread: Decimal, row: BalanceCheck) -> str:
    return f"{spread.quantize(parse_decimal(row.readability) / 100):f} {row.unit}"


@handles(
    c.EndBalanceCheck,
    permission=Permission.CHECK_PERFORM,
    subject=lambda command: ("balance_check", command.check_id),
    signature=Meaning.PERFORMED,
    sheet=_check_sheet,
    guards=(check_is_open, check_is_yours, check_is_complete),
)
def end_balance_check(command: c.EndBalanceCheck, uow: UnitOfWork, acting: Acting) -> c.CheckEnded:
    """Judge and sign. A scale that did not pass is held at once."""
    row = _check_named(uow.session, command.check_id)
    device = uow.session.get_one(Device, row.device_id)
    found = _finding(uow.session, row)
    row.state, row.ended_us = "passed" if found.passed else "failed", acting.now.utc_us
    row.repeatability = "" if found.repeatability is None else f"{found.repeatability:.12f}"
    row.minimum_weight = "" if found.minimum_weight is None else f"{found.minimum_weight:f}"
    row.finding = " ".join(found.problems)
    acting.signed().onto(row, "performed", kind="balance_check", subject_id=row.id, version=row.version + 1)
    uow.audit.record(
        Action.CHECK_ENDED, ("device", row.device_id), ("balance_check", row.id),
        details={"state": row.state, "minimum_weight": row.minimum_weight, "finding": row.finding},
    )  # fmt: skip
    device.check_passed = int(found.passed)
    if found.passed:
        device.minimum_weight = row.minimum_weight
        device.check_due_us = acting.now.utc_us + device.check_every_hours * _HOUR_US if device.check_every_hours else None
        return_alarms(uow, acting, source=device.device_id, kinds=("check", "check_due"))
    else:
        _take_out(uow, acting, device, f"The balance check failed. {row.finding}")
    return c.CheckEnded(row.state, row.minimum_weight)


@handles(
    c.AbandonBalanceCheck,
    permission=Permission.CHECK_PERFORM,
    subject=lambda command: ("balance_check", command.check_id),
    guards=(reason_is_given, check_is_open),
    always=True,
)
def abandon_balance_check(command: c.AbandonBalanceCheck, uow: UnitOfWork, acting: Acting) -> None:
    """End it without a verdict. What the scale was good for before, it is good for still; what was read stays."""
    row = _check_named(uow.session, command.check_id)
    row.state, row.ended_us, row.finding = "abandoned", acting.now.utc_us, command.reason
    uow.audit.record(Action.CHECK_ABANDONED, ("device", row.device_id), ("balance_check", row.id), reason=command.reason)
