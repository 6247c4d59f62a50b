"""What happens with devices (URS J01, J03, J04, J08; P11-09)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.handlers import raise_alarm, return_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, Outcome, handles
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.store.rows import RowSession
from jope.kernel.store.uow import UnitOfWork
from jope.plant.devices.commands import AskScaleAction, RecordDeviceState, RecordScaleAction
from jope.plant.devices.model import Device
from jope.plant.devices.ports import DeviceState, RunningOrders, ScaleAction
from jope.plant.devices.state_events import GatewayPort

_WEIGHT = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) ([A-Za-z]+)$")


def _subject(command: Any) -> tuple[str, str]:
    return ("device", command.device_id)


def registered(session: RowSession, device_id: str) -> Device:
    """A device by its id.

    Raises:
        NotFoundError: it is not registered.
    """
    device = session.get(Device, device_id)
    if device is None:
        raise NotFoundError(f"There is no device {device_id}.")
    return device


def _tare_of(frame: str, device: Device) -> str:
    """The tare that a scale reported, in the registered unit; empty where the frame names none."""
    found = _WEIGHT.search(frame)
    return found.group(1) if found is not None and found.group(2) == device.unit else ""


@handles(AskScaleAction, permission=Permission.SCALE_ACT, subject=_subject, ports=frozenset({"orders"}))
def ask_scale_action(command: AskScaleAction, uow: UnitOfWork, acting: Acting, *, orders: RunningOrders) -> None:
    """Write down that a scale is about to be zeroed or tared. Until its answer is written down its tare is not known, and no weight is taken.

    Raises:
        RefusedError: no such action.
        GuardRefusedError: the batch does not run.
    """
    if command.action not in tuple(ScaleAction):
        raise RefusedError(f"A scale cannot {command.action}.", remedy="Zero it or tare it.")
    orders.running(uow.session, command.batch_no)
    device = registered(uow.session, command.device_id)
    device.tare = ""
    uow.audit.record(
        Action.SCALE_ACTION_ASKED, ("device", device.device_id), ("batch", command.batch_no), details={"action": command.action}
    )


@handles(RecordScaleAction, permission=Permission.SCALE_ACT, subject=_subject, ports=frozenset({"gateway"}), always=True)
def record_scale_action(command: RecordScaleAction, uow: UnitOfWork, acting: Acting, *, gateway: GatewayPort) -> None:
    """Write down a zero or tare with the scale's own answer; a tare also becomes the device's present tare.

    Raises:
        RefusedError: no such receipt of this scale waits to be written down.
    """
    device = registered(uow.session, command.device_id)
    receipt = gateway.receipt(command.receipt)
    if receipt is None or receipt.device_id != device.device_id:
        raise RefusedError(f"{device.device_id} gave no such receipt.", remedy="Zero or tare the scale at the station.")
    is_tare = receipt.action is ScaleAction.TARE
    if receipt.done:
        device.tare = _tare_of(receipt.raw_frame, device) if is_tare else f"{Decimal(0).quantize(Decimal(device.readability)):f}"
    elif is_tare:
        device.tare = ""  # whether the scale tared is not known; no weight is taken before it is tared or zeroed
    uow.audit.record(
        Action.SCALE_TARED if is_tare else Action.SCALE_ZEROED,
        ("device", device.device_id),
        ("batch", command.batch_no),
        outcome=Outcome.DONE if receipt.done else Outcome.FAILED,
        details={"frame": receipt.raw_frame},
    )
    uow.after_commit.append(lambda: gateway.written_down(command.receipt))


@handles(RecordDeviceState, permission=Permission.SYSTEM, subject=_subject, regulated=False)
def record_device_state(command: RecordDeviceState, uow: UnitOfWork, acting: Acting) -> None:
    """The station notes a device's state; losing it or meeting another device raises an alarm, coming back returns it.

    Raises:
        RefusedError: it is the last word of a device that was retired meanwhile.
    """
    device = registered(uow.session, command.device_id)
    if device.retired_us is not None:
        raise RefusedError(f"{device.device_id} was retired.", remedy="Nothing is left to do.")
    if command.connected:
        device.tare = command.tare  # a scale that lost power lost its tare, and one that was away may have another
    if device.state == command.state:
        detail = {"state": command.state, "message": command.message, "again": True}
        uow.audit.record(Action.DEVICE_STATE_CHANGED, ("device", device.device_id), details=detail)
        return
    was, device.state = device.state, command.state
    uow.audit.record(
        Action.DEVICE_STATE_CHANGED,
        ("device", device.device_id),
        details={
            "from": was, "to": command.state, "serial_number": command.serial_number, "firmware": command.firmware, "message": command.message,
        },
    )  # fmt: skip
    _settle_alarms(command, uow, acting, device)


def _settle_alarms(command: RecordDeviceState, uow: UnitOfWork, acting: Acting, device: Device) -> None:
    """The alarms of a device that follow from its state (URS J04)."""
    source = device.device_id
    match command.state:
        case DeviceState.ONLINE:
            return_alarms(uow, acting, source=source, kinds=("identity", "communication", "trust", "degraded"))
        case DeviceState.GATED:
            text = f"{source} answers as {command.serial_number}, registered is {device.serial_number}."
            if command.serial_number == device.serial_number:
                text = f"{source} answers with firmware {command.firmware}, registered is {device.firmware}."
                if command.firmware == device.firmware:
                    text = f"{source} is another model than registered. {command.message}"
            raise_alarm(uow, acting, priority=1, source=source, kind="identity", text=text)
        case DeviceState.DEGRADED:
            return_alarms(uow, acting, source=source, kinds=("identity", "communication", "trust"))
            raise_alarm(
                uow, acting, priority=3, source=source, kind="degraded", text=f"{source} does not deliver everything. {command.message}"
            )
        case DeviceState.BACKOFF:
            raise_alarm(uow, acting, priority=2, source=source, kind="communication", text=f"{source} does not answer.")
        case DeviceState.RECOVERING:
            raise_alarm(uow, acting, priority=2, source=source, kind="communication", text=f"The connection to {source} is lost.")
        case DeviceState.FAULTED:
            raise_alarm(uow, acting, priority=2, source=source, kind="trust", text=f"{source} and the station do not let each other in.")
