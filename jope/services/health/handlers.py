"""What is written down of alarm channels and of what leaves for support (URS Q02, Q03, Q11, Q13; P11-31)."""

from __future__ import annotations

import json
from typing import Final

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.handlers import raise_alarm, return_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Acting, Outcome, handles
from jope.kernel.errors import NotFoundError, RefusedError
from jope.kernel.store.uow import UnitOfWork
from jope.services.health.commands import (
    AskChannelTest,
    ConfigureChannel,
    ExportSupport,
    NoteAlarmNotice,
    NoteChannelTest,
    RemoveChannel,
)
from jope.services.health.model import AlarmChannel, AlarmNotice

SILENT: Final = "channel_silent"
ERROR_CAPTURED: Final = "error_captured"


@handles(ConfigureChannel, permission=Permission.SYSTEM, subject=lambda c: ("channel", c.channel), regulated=False)
def configure_channel(command: ConfigureChannel, uow: UnitOfWork, acting: Acting) -> None:
    """A channel begins, comes back, or has other settings. One that begins or comes back answers for alarms from here on and those still active."""
    channel = uow.session.get(AlarmChannel, command.channel)
    here = uow.session.value("SELECT coalesce(max(seq), 0) FROM audit")
    if channel is None:
        channel = AlarmChannel(
            name=command.channel, settings=command.settings, since_seq=here, since_us=acting.now.utc_us, removed_us=None,
        )  # fmt: skip
        uow.session.add(channel)
    elif channel.removed_us is not None:
        channel.since_seq, channel.since_us, channel.removed_us = here, acting.now.utc_us, None
    channel.settings = command.settings
    uow.audit.record(Action.CHANNEL_CONFIGURED, ("channel", command.channel), details={"settings": json.loads(command.settings)})


@handles(RemoveChannel, permission=Permission.SYSTEM, subject=lambda c: ("channel", c.channel), regulated=False)
def remove_channel(command: RemoveChannel, uow: UnitOfWork, acting: Acting) -> None:
    """A channel is named no more; its own alarm returns.

    Raises:
        NotFoundError: there was no such channel.
    """
    channel = uow.session.get(AlarmChannel, command.channel)
    if channel is None:
        raise NotFoundError("There is no such channel.")
    channel.removed_us = acting.now.utc_us
    uow.audit.record(Action.CHANNEL_REMOVED, ("channel", command.channel))
    return_alarms(uow, acting, source=source_of(command.channel), kinds=(SILENT,))


@handles(NoteAlarmNotice, permission=Permission.SYSTEM, subject=lambda c: ("channel", c.channel), regulated=False)
def note_alarm_notice(command: NoteAlarmNotice, uow: UnitOfWork, acting: Acting) -> None:
    """A notice was sent, or was not. A channel that is silent for too long is an alarm; the next delivery returns it.

    Raises:
        RefusedError: it was sent before.
    """
    name = f"{command.channel}/{command.alarm_id}"
    sent, now = not command.code, acting.now.utc_us
    notice = uow.session.get(AlarmNotice, name)
    if notice is None:
        notice = AlarmNotice(
            id=name, channel=command.channel, alarm_id=command.alarm_id, state="failed", attempts=1, tried_us=now, sent_us=None, code="",
        )  # fmt: skip
        uow.session.add(notice)
    elif notice.state == "sent":
        raise RefusedError("The notice was sent before.", remedy="Nothing is left to do.")
    notice.state, notice.code, notice.sent_us = ("sent", "", now) if sent else ("failed", command.code, None)
    notice.attempts, notice.tried_us = command.attempts, now
    uow.audit.record(
        Action.ALARM_NOTICE_SENT if sent else Action.ALARM_NOTICE_FAILED,
        ("channel", command.channel),
        ("alarm", command.alarm_id),
        outcome=Outcome.DONE if sent else Outcome.FAILED,
        details={"attempts": command.attempts, "code": command.code, "message": command.text},
    )
    _settle(uow, acting, command.channel, sent=sent, silent=command.silent, text=command.text)


@handles(AskChannelTest, permission=Permission.AUDIT_READ, subject=lambda c: ("channel", "*"), regulated=False, in_read_only=True)
def ask_channel_test(command: AskChannelTest, uow: UnitOfWork, acting: Acting) -> None:
    """Somebody wants the channels tested; each result is an event of its own."""
    uow.audit.record(Action.CHANNEL_TEST_ASKED, ("channel", "*"))


@handles(NoteChannelTest, permission=Permission.SYSTEM, subject=lambda c: ("channel", c.channel), regulated=False)
def note_channel_test(command: NoteChannelTest, uow: UnitOfWork, acting: Acting) -> None:
    """A test notice was delivered, or was not."""
    uow.audit.record(
        Action.CHANNEL_TESTED,
        ("channel", command.channel),
        outcome=Outcome.FAILED if command.code else Outcome.DONE,
        details={"cause": command.cause, "code": command.code, "message": command.text},
    )
    _settle(uow, acting, command.channel, sent=not command.code, silent=command.silent, text=command.text)


@handles(ExportSupport, permission=Permission.AUDIT_READ, subject=lambda c: ("station", "support"), regulated=False, in_read_only=True)
def export_support(command: ExportSupport, uow: UnitOfWork, acting: Acting) -> None:
    """Somebody takes errors, logs and settings out of the station. What was captured is in good hands then: its alarm returns."""
    uow.audit.record(Action.SUPPORT_EXPORTED, ("station", "support"))
    return_alarms(uow, acting, source=acting.principal.station, kinds=(ERROR_CAPTURED,))


def _settle(uow: UnitOfWork, acting: Acting, channel: str, *, sent: bool, silent: bool, text: str) -> None:
    if sent:
        return_alarms(uow, acting, source=source_of(channel), kinds=(SILENT,))
    elif silent:
        words = f"The alarm channel {channel} delivers nothing: {text}"
        raise_alarm(uow, acting, priority=2, source=source_of(channel), kind=SILENT, text=words)


def source_of(channel: str) -> str:
    """The source of a channel's own alarm."""
    return f"channel {channel}"
