"""What happens with the register of devices (URS J01, J03, J05, J07, J08; PR-01; 21 CFR 211.68).

Configuration, trust and writes change by four eyes. What leads towards safety (hold, revoke) one person does at once.
"""

from __future__ import annotations

from typing import Any, Final

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.handlers import raise_alarm, return_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, FourEyesRule, GuardContext, Outcome, Risk, SheetRow, handles
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.uow import UnitOfWork
from jope.plant.devices.model import Device, DeviceCertificate, DeviceTag, DeviceWrite, new_device
from jope.plant.devices.ports import DeviceIdentity, DeviceState
from jope.plant.devices.registry import commands as c
from jope.plant.devices.registry import guards as g

_TRIAL: Final = frozenset({"device_trial"})
_HOUR_US: Final = 3_600_000_000


def _device(command: Any) -> tuple[str, str]:
    return ("device", command.device_id)


def _tag(command: Any) -> tuple[str, str]:
    return ("device_tag", command.tag_id)


def _changed(row: object | None, command: Any, names: tuple[str, ...], titles: dict[str, str]) -> tuple[SheetRow, ...]:
    """What a command would change of a row, before and after; of a new one, everything that is given."""
    rows = []
    for name in names:
        before, after = ("" if row is None else _shown(getattr(row, name))), _shown(getattr(command, name))
        if before != after:
            rows.append(SheetRow(titles.get(name, name.replace("_", " ").capitalize()), before, after))
    return tuple(rows)


def _shown(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


# --- devices ---------------------------------------------------------------------------------------------------------

_DEVICE_FIELDS: Final = (
    "title", "line", "protocol", "address", "model", "serial_number", "firmware", "options", "poll_ms", "unit", "readability", "capacity",
    "minimum_weight",
)  # fmt: skip
_CHANGE_FIELDS: Final = (
    "title", "address", "options", "poll_ms", "check_profile", "process_tolerance", "safety_factor", "check_every_hours",
)  # fmt: skip
_TITLES: Final = {
    "poll_ms": "Asked every (ms)", "check_every_hours": "Check every (hours)", "process_tolerance": "Process tolerance (%)", "shift": "Offset",
    "low": "Range from", "high": "Range to", "sampling_ms": "Sampled every (ms)", "alarm_low": "Alarm below", "alarm_high": "Alarm above",
}  # fmt: skip


def _register_diff(command: c.RegisterDevice, context: GuardContext) -> tuple[SheetRow, ...]:
    return (SheetRow("Device", "", command.device_id), *_changed(None, command, _DEVICE_FIELDS, _TITLES))


@handles(
    c.RegisterDevice,
    permission=Permission.DEVICE_REQUEST,
    subject=_device,
    guards=(g.reason_is_given, g.device_is_new, g.scale_is_whole, g.configuration_is_usable),
    guard_ports=_TRIAL,
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_register_diff, approve=Permission.CHANGE_APPROVE),
)
def register_device(command: c.RegisterDevice, uow: UnitOfWork, acting: Acting) -> None:
    """Add the device. A scale waits for its calibration and its first check."""
    identity = DeviceIdentity(command.model, command.serial_number, command.firmware)
    row = new_device(
        command.device_id, command.line, command.protocol, command.address, identity, title=command.title, options=command.options,
        poll_ms=command.poll_ms, unit=command.unit, readability=command.readability, capacity=command.capacity,
        minimum_weight=command.minimum_weight,
    )  # fmt: skip
    uow.session.add(row)
    uow.audit.record(Action.DEVICE_REGISTERED, _device(command), reason=command.reason)


def _change_diff(command: c.ChangeDevice, context: GuardContext) -> tuple[SheetRow, ...]:
    row = context.session.get_one(Device, command.device_id)
    rows = _changed(row, command, _CHANGE_FIELDS, _TITLES)
    if bool(row.write_enabled) != command.write_enabled:
        rows += (SheetRow("May be written to", _shown(bool(row.write_enabled)), _shown(command.write_enabled)),)
    return rows


@handles(
    c.ChangeDevice,
    permission=Permission.DEVICE_REQUEST,
    subject=_device,
    guards=(g.reason_is_given, g.device_is_there, g.checks_are_well_formed, g.configuration_is_usable),
    guard_ports=_TRIAL,
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_change_diff, approve=Permission.CHANGE_APPROVE),
)
def change_device(command: c.ChangeDevice, uow: UnitOfWork, acting: Acting) -> None:
    """Change how the device is reached and checked. A check that is due earlier by the new interval is due then."""
    row = uow.session.get_one(Device, command.device_id)
    row.title, row.address, row.options, row.poll_ms = command.title, command.address, command.options, command.poll_ms
    row.check_profile, row.check_every_hours = command.check_profile, command.check_every_hours
    row.process_tolerance, row.safety_factor = command.process_tolerance, command.safety_factor
    row.write_enabled = int(command.write_enabled)
    if command.check_every_hours == 0:
        row.check_due_us = None
    else:
        latest = acting.now.utc_us + command.check_every_hours * _HOUR_US
        row.check_due_us = latest if row.check_due_us is None else min(row.check_due_us, latest)
    uow.audit.record(Action.DEVICE_CHANGED, _device(command), reason=command.reason)


def _retire_diff(command: Any, context: GuardContext) -> tuple[SheetRow, ...]:
    return (SheetRow(command.device_id, "registered", "retired"),)


@handles(
    c.RetireDevice,
    permission=Permission.DEVICE_REQUEST,
    subject=_device,
    guards=(g.reason_is_given, g.device_is_there),
    four_eyes=FourEyesRule(risk=Risk.MEDIUM, diff=_retire_diff, approve=Permission.CHANGE_APPROVE),
)
def retire_device(command: c.RetireDevice, uow: UnitOfWork, acting: Acting) -> None:
    """End the device; its alarms are over with it."""
    row = uow.session.get_one(Device, command.device_id)
    row.retired_us, row.state = acting.now.utc_us, DeviceState.DISABLED.value
    return_alarms(uow, acting, source=row.device_id, kinds=("identity", "communication", "trust", "clock_drift"))
    uow.audit.record(Action.DEVICE_RETIRED, _device(command), reason=command.reason)


def _identity_diff(command: c.AcceptDeviceIdentity, context: GuardContext) -> tuple[SheetRow, ...]:
    row = context.session.get_one(Device, command.device_id)
    rows = _changed(row, command, ("model", "serial_number", "firmware"), {})
    if row.unit and row.serial_number != command.serial_number:
        rows += (SheetRow("Calibration due", row.calibration_due or "none", "none"),)
    if row.unit:
        rows += (SheetRow("Last check", "passed" if row.check_passed else "not passed", "not passed"),)
    return rows


@handles(
    c.AcceptDeviceIdentity,
    permission=Permission.DEVICE_REQUEST,
    subject=_device,
    guards=(g.reason_is_given, g.device_is_there, g.identity_is_another),
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_identity_diff, approve=Permission.CHANGE_APPROVE),
)
def accept_device_identity(command: c.AcceptDeviceIdentity, uow: UnitOfWork, acting: Acting) -> None:
    """Register the other identity. What was proven of another instrument is not proven of this one."""
    row = uow.session.get_one(Device, command.device_id)
    if row.serial_number != command.serial_number:
        row.calibration_due = ""
    row.model, row.serial_number, row.firmware = command.model, command.serial_number, command.firmware
    row.check_passed = 0
    uow.audit.record(Action.DEVICE_IDENTITY_ACCEPTED, _device(command), reason=command.reason)


@handles(
    c.HoldDevice,
    permission=Permission.DEVICE_HOLD,
    subject=_device,
    guards=(g.reason_is_given, g.device_is_there, g.device_is_in_use),
    always=True,
)
def hold_device(command: c.HoldDevice, uow: UnitOfWork, acting: Acting) -> None:
    """Take the device out of use."""
    hold(uow, uow.session.get_one(Device, command.device_id), command.reason)


def hold(uow: UnitOfWork, row: Device, reason: str) -> None:
    """Take a device out of use inside a running command."""
    row.held_reason = reason
    uow.audit.record(Action.DEVICE_HELD, ("device", row.device_id), reason=reason)


def _return_diff(command: c.ReturnDeviceToUse, context: GuardContext) -> tuple[SheetRow, ...]:
    row = context.session.get_one(Device, command.device_id)
    return (SheetRow(command.device_id, f"held: {row.held_reason}", "in use"),)


@handles(
    c.ReturnDeviceToUse,
    permission=Permission.CALIBRATION_RECORD,
    subject=_device,
    guards=(g.reason_is_given, g.device_is_there, g.device_is_held, g.device_is_proven_again),
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_return_diff, approve=Permission.CHANGE_APPROVE),
)
def return_device_to_use(command: c.ReturnDeviceToUse, uow: UnitOfWork, acting: Acting) -> None:
    """Use the device again."""
    uow.session.get_one(Device, command.device_id).held_reason = ""
    uow.audit.record(Action.DEVICE_RETURNED, _device(command), reason=command.reason)


# --- tags ------------------------------------------------------------------------------------------------------------

_TAG_FIELDS: Final = (
    "address", "data_type", "unit", "scale", "shift", "low", "high", "deadband", "sampling_ms", "word_order", "byte_order", "length", "alarm_low",
    "alarm_high", "alarm_priority",
)  # fmt: skip


def _tag_diff(command: c.SetTag, context: GuardContext) -> tuple[SheetRow, ...]:
    row = context.session.get(DeviceTag, command.tag_id)
    head = SheetRow("Tag", "" if row is None else command.tag_id, command.tag_id)
    rows = (
        head,
        SheetRow("Device", "" if row is None else row.device_id, command.device_id),
        *_changed(row, command, _TAG_FIELDS, _TITLES),
    )
    writable = row is not None and bool(row.writable)
    if writable != command.writable:
        rows += (SheetRow("May be written to", _shown(writable), _shown(command.writable)),)
    return rows


@handles(
    c.SetTag,
    permission=Permission.DEVICE_REQUEST,
    subject=_tag,
    guards=(g.reason_is_given, g.device_is_there, g.tag_is_usable),
    guard_ports=_TRIAL,
    four_eyes=FourEyesRule(risk=Risk.MEDIUM, diff=_tag_diff, approve=Permission.CHANGE_APPROVE),
)
def set_tag(command: c.SetTag, uow: UnitOfWork, acting: Acting) -> None:
    """Register or change the tag."""
    values = {name: getattr(command, name) for name in _TAG_FIELDS}
    row = uow.session.get(DeviceTag, command.tag_id)
    if row is None:
        row = DeviceTag(tag_id=command.tag_id, device_id=command.device_id, writable=int(command.writable), retired_us=None, **values)
        uow.session.add(row)
    else:
        row.address, row.data_type, row.unit, row.length = command.address, command.data_type, command.unit, command.length
        row.scale, row.shift, row.low, row.high = command.scale, command.shift, command.low, command.high
        row.deadband, row.sampling_ms, row.writable = command.deadband, command.sampling_ms, int(command.writable)
        row.word_order, row.byte_order = command.word_order, command.byte_order
        row.alarm_low, row.alarm_high, row.alarm_priority = command.alarm_low, command.alarm_high, command.alarm_priority
    uow.audit.record(Action.TAG_SET, _tag(command), ("device", command.device_id), reason=command.reason)


def _tag_retire_diff(command: c.RetireTag, context: GuardContext) -> tuple[SheetRow, ...]:
    return (SheetRow(command.tag_id, "heard", "retired"),)


@handles(
    c.RetireTag,
    permission=Permission.DEVICE_REQUEST,
    subject=_tag,
    guards=(g.reason_is_given, g.tag_is_there),
    four_eyes=FourEyesRule(risk=Risk.MEDIUM, diff=_tag_retire_diff, approve=Permission.CHANGE_APPROVE),
)
def retire_tag(command: c.RetireTag, uow: UnitOfWork, acting: Acting) -> None:
    """Hear the tag no more."""
    row = uow.session.get_one(DeviceTag, command.tag_id)
    row.retired_us = acting.now.utc_us
    return_alarms(uow, acting, source=row.device_id, kinds=(f"low:{row.tag_id}", f"high:{row.tag_id}"))
    uow.audit.record(Action.TAG_RETIRED, _tag(command), ("device", row.device_id), reason=command.reason)


# --- trust -----------------------------------------------------------------------------------------------------------


@handles(c.NoteCertificate, permission=Permission.SYSTEM, subject=_device, regulated=False)
def note_certificate(command: c.NoteCertificate, uow: UnitOfWork, acting: Acting) -> None:
    """A device showed a certificate that nobody trusts: it is kept to be compared, and an alarm asks for a person."""
    key = g.certificate_id(command.device_id, command.thumbprint)
    row = uow.session.get(DeviceCertificate, key)
    if row is None:
        row = DeviceCertificate(
            id=key, device_id=command.device_id, thumbprint=command.thumbprint, der=command.der, subject=command.subject_name,
            not_after=command.not_after, state="seen", seen_us=acting.now.utc_us,
        )  # fmt: skip
        uow.session.add(row)
    uow.audit.record(Action.CERTIFICATE_SEEN, _device(command), details={"thumbprint": command.thumbprint, "state": row.state})
    text = f"{command.device_id} shows a certificate that is {'revoked' if row.state == 'revoked' else 'not trusted'}."
    raise_alarm(uow, acting, priority=2, source=command.device_id, kind="trust", text=text)


def _trust_diff(command: c.TrustCertificate, context: GuardContext) -> tuple[SheetRow, ...]:
    found = g.certificate_named(command, context)
    rows = (SheetRow("Certificate", "seen", "trusted"), SheetRow("Thumbprint (SHA-256)", command.thumbprint, command.thumbprint))
    if found is None:
        return rows
    return (*rows, SheetRow("Subject", found.subject, found.subject), SheetRow("Good until", found.not_after, found.not_after))


@handles(
    c.TrustCertificate,
    permission=Permission.DEVICE_REQUEST,
    subject=_device,
    guards=(g.reason_is_given, g.device_is_there, g.certificate_can_be_trusted),
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_trust_diff, approve=Permission.CHANGE_APPROVE),
)
def trust_certificate(command: c.TrustCertificate, uow: UnitOfWork, acting: Acting) -> None:
    """Let the device in that shows this certificate."""
    row = uow.session.get_one(DeviceCertificate, g.certificate_id(command.device_id, command.thumbprint))
    row.state = "trusted"
    return_alarms(uow, acting, source=command.device_id, kinds=("trust",))
    uow.audit.record(Action.CERTIFICATE_TRUSTED, _device(command), reason=command.reason, details={"thumbprint": command.thumbprint})


@handles(
    c.RevokeCertificate,
    permission=Permission.DEVICE_HOLD,
    subject=_device,
    guards=(g.reason_is_given, g.certificate_is_known),
    always=True,
)
def revoke_certificate(command: c.RevokeCertificate, uow: UnitOfWork, acting: Acting) -> None:
    """Let nobody in any more who shows this certificate."""
    row = uow.session.get_one(DeviceCertificate, g.certificate_id(command.device_id, command.thumbprint))
    row.state = "revoked"
    uow.audit.record(Action.CERTIFICATE_REVOKED, _device(command), reason=command.reason, details={"thumbprint": command.thumbprint})


# --- approved writes -------------------------------------------------------------------------------------------------


def _write_diff(command: c.WriteTag, context: GuardContext) -> tuple[SheetRow, ...]:
    tag = context.session.get_one(DeviceTag, command.tag_id)
    unit = f" {tag.unit}" if tag.unit else ""
    row = SheetRow(f"{command.device_id} {command.tag_id}", command.value_before + unit, command.value + unit)
    if not command.acknowledge_tag:
        return (row,)
    return (row, SheetRow("The PLC confirms by", "", f"{command.request_tag}, {command.acknowledge_tag}"))


@handles(
    c.WriteTag,
    permission=Permission.DEVICE_WRITE,
    subject=_tag,
    guards=(g.reason_is_given, g.device_is_there, g.tag_may_be_written),
    four_eyes=FourEyesRule(risk=Risk.HIGH, diff=_write_diff, approve=Permission.CHANGE_APPROVE, hours=8),
)
def write_tag(command: c.WriteTag, uow: UnitOfWork, acting: Acting) -> None:
    """Two people approved: the station sends it next, once."""
    row = DeviceWrite(
        id=new_id(), device_id=command.device_id, tag_id=command.tag_id, value=command.value, value_before=command.value_before,
        request_tag=command.request_tag, acknowledge_tag=command.acknowledge_tag, state="approved", found="", read_back="", message="",
        approved_us=acting.now.utc_us, ended_us=None,
    )  # fmt: skip
    uow.session.add(row)
    uow.audit.record(
        Action.WRITE_APPROVED, _tag(command), ("device", command.device_id), ("device_write", row.id), reason=command.reason,
        details={"value": command.value, "before": command.value_before},
    )  # fmt: skip


def _write_named(uow: UnitOfWork, command: Any) -> DeviceWrite:
    row = uow.session.get(DeviceWrite, command.write_id)
    if row is None or row.device_id != command.device_id:
        raise NotFoundError("There is no such write.")
    return row


@handles(c.BeginWrite, permission=Permission.SYSTEM, subject=lambda command: ("device_write", command.write_id))
def begin_write(command: c.BeginWrite, uow: UnitOfWork, acting: Acting) -> None:
    """Write down that it is about to be sent, before anything is: whatever happens next, it is never sent twice.

    Raises:
        RefusedError: it was sent or ended before.
    """
    row = _write_named(uow, command)
    if row.state != "approved":
        raise RefusedError(f"This write is {row.state}.", remedy="Ask for a new one.")
    row.state = "sent"
    uow.audit.record(Action.WRITE_SENT, ("device_write", row.id), ("device", row.device_id), ("device_tag", row.tag_id))


@handles(c.EndWrite, permission=Permission.SYSTEM, subject=lambda command: ("device_write", command.write_id), regulated=False)
def end_write(command: c.EndWrite, uow: UnitOfWork, acting: Acting) -> None:
    """Write down what came of it. Where nobody knows, an alarm asks for a person.

    Raises:
        RefusedError: it ended before, or the outcome is unknown.
    """
    row = _write_named(uow, command)
    if row.ended_us is not None or command.outcome not in ("done", "refused", "indeterminate"):
        raise RefusedError(f"This write is {row.state}.", remedy="Ask for a new one.")
    row.state, row.ended_us = command.outcome, acting.now.utc_us
    row.found, row.read_back, row.message = command.found, command.read_back, command.message
    done = command.outcome == "done"
    uow.audit.record(
        Action.WRITE_ENDED, ("device_write", row.id), ("device", row.device_id), ("device_tag", row.tag_id),
        outcome=Outcome.DONE if done else Outcome.FAILED,
        details={"outcome": command.outcome, "found": command.found, "read_back": command.read_back, "message": command.message},
    )  # fmt: skip
    if command.outcome == "indeterminate":
        text = f"Whether {row.tag_id} of {row.device_id} was written is not known."
        raise_alarm(uow, acting, priority=1, source=row.device_id, kind="write", text=text)


@handles(c.NoteDeviceClock, permission=Permission.SYSTEM, subject=_device, regulated=False)
def note_device_clock(command: c.NoteDeviceClock, uow: UnitOfWork, acting: Acting) -> None:
    """Write down how far a device's clock is from the station's; beyond the limit it is an alarm (URS C12)."""
    uow.audit.record(Action.DEVICE_CLOCK_COMPARED, _device(command), details={"offset_ms": command.offset_ms, "limit_ms": command.limit_ms})
    if abs(command.offset_ms) > command.limit_ms:
        text = f"The clock of {command.device_id} is {command.offset_ms / 1000:+.1f} s from the station's."
        raise_alarm(uow, acting, priority=3, source=command.device_id, kind="clock_drift", text=text)
    else:
        return_alarms(uow, acting, source=command.device_id, kinds=("clock_drift",))
