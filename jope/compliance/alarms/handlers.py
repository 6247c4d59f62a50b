"""What happens with alarms (URS K08, J04, Q02)."""

from __future__ import annotations

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.commands import (
    MOMENTARY_KINDS,
    SECURITY_KINDS,
    AcknowledgeAlarm,
    AcknowledgeSecurityAlarm,
    RaiseAlarm,
    ReturnAlarm,
    SilenceHorn,
)
from jope.compliance.alarms.model import Alarm
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, handles
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.uow import UnitOfWork


def raise_alarm(uow: UnitOfWork, acting: Acting, *, priority: int, source: str, kind: str, text: str) -> str:
    """Raise an alarm inside a running command; an active one of the same source and kind is not doubled. Returns its id."""
    active = _active(uow, source, kind)
    if active is not None:
        uow.audit.record(Action.ALARM_RAISED, ("alarm", active.id), details={"again": True, "text": text})
        return active.id
    alarm = Alarm(
        id=new_id(), priority=priority, source=source, kind=kind, text=text, raised_us=acting.now.utc_us, returned_us=None, acknowledged_us=None,
        acknowledged_by=None, reason="",
    )  # fmt: skip
    uow.session.add(alarm)
    uow.audit.record(Action.ALARM_RAISED, ("alarm", alarm.id), details={"source": source, "kind": kind, "text": text, "priority": priority})
    return alarm.id


def return_alarms(uow: UnitOfWork, acting: Acting, *, source: str, kinds: tuple[str, ...]) -> None:
    """Return the active alarms of a source inside a running command; none active is fine."""
    for kind in kinds:
        alarm = _active(uow, source, kind)
        if alarm is not None:
            alarm.returned_us = acting.now.utc_us
            uow.audit.record(Action.ALARM_RETURNED, ("alarm", alarm.id))


@handles(RaiseAlarm, permission=Permission.SYSTEM, subject=lambda c: ("alarm", f"{c.source}/{c.kind}"), regulated=False)
def raise_system_alarm(command: RaiseAlarm, uow: UnitOfWork, acting: Acting) -> None:
    """The station reports an abnormal condition."""
    raise_alarm(uow, acting, priority=command.priority, source=command.source, kind=command.kind, text=command.text)


@handles(ReturnAlarm, permission=Permission.SYSTEM, subject=lambda c: ("alarm", f"{c.source}/{c.kind}"), regulated=False)
def return_alarm(command: ReturnAlarm, uow: UnitOfWork, acting: Acting) -> None:
    """The condition is back to normal.

    Raises:
        NotFoundError: no such alarm is active.
    """
    alarm = _active(uow, command.source, command.kind)
    if alarm is None:
        raise NotFoundError("No such alarm is active.")
    alarm.returned_us = acting.now.utc_us
    uow.audit.record(Action.ALARM_RETURNED, ("alarm", alarm.id))


@handles(AcknowledgeAlarm, permission=Permission.ALARM_ACKNOWLEDGE, subject=lambda c: ("alarm", c.alarm_id), regulated=False)
def acknowledge_alarm(command: AcknowledgeAlarm, uow: UnitOfWork, acting: Acting) -> None:
    """A person has seen the alarm.

    Raises:
        NotFoundError: no such alarm.
        RefusedError: it is acknowledged already, or tells of misuse.
    """
    alarm = _to_acknowledge(uow, command.alarm_id)
    if alarm.kind in SECURITY_KINDS:
        raise RefusedError("This alarm tells of misuse.", remedy="Administration or quality assurance acknowledges it.")
    _acknowledge(uow, acting, alarm, command.reason)


@handles(AcknowledgeSecurityAlarm, permission=Permission.SECURITY_ACKNOWLEDGE, subject=lambda c: ("alarm", c.alarm_id), regulated=False)
def acknowledge_security_alarm(command: AcknowledgeSecurityAlarm, uow: UnitOfWork, acting: Acting) -> None:
    """A person who answers for security has seen a sign of misuse. What has happened and does not last is back to normal by that.

    Raises:
        NotFoundError: no such alarm.
        RefusedError: it is acknowledged already, or tells of something else.
    """
    alarm = _to_acknowledge(uow, command.alarm_id)
    if alarm.kind not in SECURITY_KINDS:
        raise RefusedError("This alarm is one of the line.", remedy="Who works there acknowledges it.")
    _acknowledge(uow, acting, alarm, command.reason)
    if alarm.kind in MOMENTARY_KINDS and alarm.returned_us is None:
        alarm.returned_us = acting.now.utc_us
        uow.audit.record(Action.ALARM_RETURNED, ("alarm", alarm.id))


def _to_acknowledge(uow: UnitOfWork, alarm_id: str) -> Alarm:
    alarm = uow.session.get(Alarm, alarm_id)
    if alarm is None:
        raise NotFoundError("There is no such alarm.")
    if alarm.acknowledged_us is not None:
        raise RefusedError("The alarm is acknowledged already.", remedy="Nothing is left to do.")
    return alarm


def _acknowledge(uow: UnitOfWork, acting: Acting, alarm: Alarm, reason: str) -> None:
    alarm.acknowledged_us, alarm.acknowledged_by, alarm.reason = acting.now.utc_us, acting.principal.employee_id, reason
    uow.audit.record(Action.ALARM_ACKNOWLEDGED, ("alarm", alarm.id), reason=reason)


@handles(SilenceHorn, permission=Permission.SIGN_IN, subject=lambda c: ("alarm", c.alarm_id), regulated=False, always=True)
def silence_horn(command: SilenceHorn, uow: UnitOfWork, acting: Acting) -> None:
    """Somebody stopped the sound. Nothing about the alarm changes.

    Raises:
        NotFoundError: no such alarm.
    """
    if uow.session.get(Alarm, command.alarm_id) is None:
        raise NotFoundError("There is no such alarm.")
    uow.audit.record(Action.HORN_SILENCED, ("alarm", command.alarm_id))


def _active(uow: UnitOfWork, source: str, kind: str) -> Alarm | None:
    return uow.session.scalar(select(Alarm).where(Alarm.source == source, Alarm.kind == kind, Alarm.returned_us.is_(None)))
