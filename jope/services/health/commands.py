"""What may be asked of alarm channels and of the station's health."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureChannel(Command):
    """The policy names a channel that it did not name before, or with other settings. ``settings`` is canonical JSON without secrets."""

    channel: str
    settings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveChannel(Command):
    """The policy names a channel no more."""

    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAlarmNotice(Command):
    """What became of an alarm at a channel.

    ``attempts`` counts the tries so far. ``code`` and ``text`` say why it was not sent; a sent one has no code, and ``text`` is a remark.
    ``silent``: it is undelivered for too long.
    """

    channel: str
    alarm_id: str
    attempts: int
    code: str = ""
    text: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskChannelTest(Command):
    """A person wants every channel tested now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteChannelTest(Command):
    """The result of a test notice. ``cause`` is ``weekly`` or ``demand``; an empty ``code`` says that it was delivered."""

    channel: str
    cause: str
    code: str = ""
    text: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSupport(Command):
    """Make a support file. The export is an event before the file exists (URS C13, Q11)."""
