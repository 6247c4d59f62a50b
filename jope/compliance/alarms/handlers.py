"""What happens with alarms (URS K08, J04, Q02)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.commands import (
    LONGEST_SHELF_MINUTES,
    MOMENTARY_KINDS,
    SECURITY_KINDS,
    AcknowledgeAlarm,
    AcknowledgeSecurityAlarm,
    RaiseAlarm,
    ReturnAlarm,
    ReviewAlarms,
    ShelveAlarm,
    SilenceHorn,
    UnshelveAlarm,
)
from jope.compliance.alarms.model import Alarm, AlarmReview
from jope.compliance.alarms.rates import figures_of
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, GuardContext, GuardVerdict, Meaning, SheetRow, SigningSheet, handles
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.sheets import signing_sheet
from jope.kernel.clock import site_text
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.ids import new_id
from jope.kernel.store.uow import UnitOfWork

DIAGNOSTIC: Final = 4
REVIEW_OF_ALARMS: Final = SignedRecord(
    "alarm_review", "alarm_review", "id",
    ("id", "from_us", "to_us", "alarms", "unacknowledged", "floods", "assessment", "reviewed_us"),
)  # fmt: skip


def raise_alarm(uow: UnitOfWork, acting: Acting, *, priority: int, source: str, kind: str, text: str) -> str:
    """Raise an alarm inside a running command; an active one of the same source and kind is not doubled. Returns its id."""
    active = _active(uow, source, kind)
    if active is not None:
        uow.audit.record(Action.ALARM_RAISED, ("alarm", active.id), details={"again": True, "text": text})
        return active.id
    alarm = Alarm(
        id=new_id(), priority=priority, source=source, kind=kind, text=text, raised_us=acting.now.utc_us, returned_us=None, acknowledged_us=None,
        acknowledged_by=None, reason="",
        acknowledged_role="", shelved_until_us=None, shelved_by="", shelve_reason="",
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
        RefusedError: it is acknowledged already, tells of misuse, or a word on it is missing.
    """
    alarm = _to_acknowledge(uow, command.alarm_id)
    if alarm.kind in SECURITY_KINDS:
        raise RefusedError("This alarm tells of misuse.", remedy="Administration or quality assurance acknowledges it.")
    if alarm.priority < DIAGNOSTIC and not command.reason.strip():
        raise RefusedError("An alarm is acknowledged with a word on it.", remedy="Say what it was, or what is done about it.")
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
    alarm.acknowledged_role = acting.principal.role
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


# --- shelving and review ---------------------------------------------------------------------------------------------


@handles(ShelveAlarm, permission=Permission.ALARM_SHELVE, subject=lambda c: ("alarm", c.alarm_id), regulated=False)
def shelve_alarm(command: ShelveAlarm, uow: UnitOfWork, acting: Acting) -> None:
    """Out of sight for at most a shift; not what tells of misuse, and not what is of the highest priority.

    Raises:
        NotFoundError: no such alarm.
        RefusedError: it may not be shelved, or not so.
    """
    alarm = uow.session.get(Alarm, command.alarm_id)
    if alarm is None:
        raise NotFoundError("There is no such alarm.")
    if alarm.kind in SECURITY_KINDS or alarm.priority == 1:
        raise RefusedError("This alarm stays in sight.", remedy="Mend its cause and acknowledge it.")
    if not 1 <= command.minutes <= LONGEST_SHELF_MINUTES or not command.reason.strip():
        raise RefusedError("An alarm is shelved for 1 to 480 minutes, with a reason.", remedy="Give both.")
    alarm.shelved_until_us = acting.now.utc_us + command.minutes * 60_000_000
    alarm.shelved_by, alarm.shelve_reason = acting.principal.employee_id, command.reason
    uow.audit.record(Action.ALARM_SHELVED, ("alarm", alarm.id), reason=command.reason, details={"minutes": command.minutes})


@handles(UnshelveAlarm, permission=Permission.ALARM_SHELVE, subject=lambda c: ("alarm", c.alarm_id), regulated=False, always=True)
def unshelve_alarm(command: UnshelveAlarm, uow: UnitOfWork, acting: Acting) -> None:
    """Back into sight.

    Raises:
        RefusedError: it is not shelved.
    """
    alarm = uow.session.get(Alarm, command.alarm_id)
    if alarm is None or alarm.shelved_until_us is None or alarm.shelved_until_us <= acting.now.utc_us:
        raise RefusedError("This alarm is not shelved.", remedy="Nothing is left to do.")
    alarm.shelved_until_us = acting.now.utc_us
    uow.audit.record(Action.ALARM_UNSHELVED, ("alarm", alarm.id))


def time_is_over(command: ReviewAlarms, context: GuardContext) -> GuardVerdict | None:
    """The time has a length, and lies in the past."""
    if command.from_us < command.to_us <= context.now.utc_us:
        return None
    return GuardVerdict("time_is_over", "The time to be reviewed is not over, or ends before it begins.", "Choose another.", "A11d-03")


def assessment_is_given(command: ReviewAlarms, context: GuardContext) -> GuardVerdict | None:
    """What was found."""
    if command.assessment.strip():
        return None
    return GuardVerdict("assessment_is_given", "The assessment is missing.", "Write what was found.", "A11d-03")


def reviewer_is_another(command: ReviewAlarms, context: GuardContext) -> GuardVerdict | None:
    """Whoever acknowledged alarms of that time does not review them."""
    sql = "SELECT 1 FROM alarm WHERE acknowledged_by = ? AND raised_us >= ? AND raised_us < ?"
    if context.session.value(sql, context.principal.employee_id, command.from_us, command.to_us) is None:
        return None
    return GuardVerdict(
        "reviewer_is_another", "You acknowledged alarms of this time yourself.", "A person who did not reviews them.", "A11d-03"
    )


def _review_sheet(command: ReviewAlarms, context: GuardContext) -> SigningSheet:
    figures = figures_of(context.session.cursor, command.from_us, command.to_us)
    span = f"{site_text(command.from_us, context.zone)} to {site_text(command.to_us, context.zone)}"
    rows = (
        SheetRow("Alarms of", span, span),
        SheetRow("Raised", str(figures.alarms), str(figures.alarms)),
        SheetRow("Not acknowledged", str(figures.unacknowledged), str(figures.unacknowledged)),
        SheetRow("Floods", str(figures.floods), str(figures.floods)),
        SheetRow("Assessment", "", command.assessment),
    )
    return signing_sheet("Review alarms", ("alarm_review", command.review_id), Meaning.REVIEW, rows)


@handles(
    ReviewAlarms,
    permission=Permission.ALARM_REVIEW,
    subject=lambda c: ("alarm_review", c.review_id),
    signature=Meaning.REVIEW,
    sheet=_review_sheet,
    guards=(time_is_over, assessment_is_given, reviewer_is_another),
)
def review_alarms(command: ReviewAlarms, uow: UnitOfWork, acting: Acting) -> None:
    """Keep the figures of that time as they are now, signed."""
    figures = figures_of(uow.session.cursor, command.from_us, command.to_us)
    row = AlarmReview(
        id=command.review_id, from_us=command.from_us, to_us=command.to_us, alarms=figures.alarms, unacknowledged=figures.unacknowledged,
        floods=figures.floods, assessment=command.assessment, reviewed_us=acting.now.utc_us,
    )  # fmt: skip
    acting.signed().onto(row, "reviewed", kind="alarm_review", subject_id=row.id, version=1)
    uow.session.add(row)
    uow.audit.record(Action.ALARMS_REVIEWED, ("alarm_review", row.id), details={"alarms": figures.alarms, "floods": figures.floods})


def _active(uow: UnitOfWork, source: str, kind: str) -> Alarm | None:
    return uow.session.scalar(select(Alarm).where(Alarm.source == source, Alarm.kind == kind, Alarm.returned_us.is_(None)))
