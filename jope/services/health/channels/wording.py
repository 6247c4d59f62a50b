"""The words of a notice. What comes from alarms is text of others: it becomes one line, and never a header of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from jope.compliance.alarms.commands import SECURITY_KINDS
from jope.kernel.clock import site_text, utc_text
from jope.services.health.channels.ports import Message
from jope.services.health.queries import Notice

_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_LONGEST: Final = 160
_PRIORITIES: Final = {1: "1 (high)", 2: "2 (medium)", 3: "3 (low)", 4: "4 (diagnostic)"}


@dataclass(frozen=True, slots=True)
class Sender:
    """The station as notices name it."""

    station_id: str
    site: str
    line: str
    zone: str
    demo: bool


def one_line(text: str, longest: int = _LONGEST) -> str:
    """A text without line breaks, control and direction characters, cut visibly."""
    flat = _BREAKS.sub(" ", text).strip()
    return flat if len(flat) <= longest else flat[: longest - 1] + "\u2026"


def notice_message(notice: Notice, sender: Sender, channel: str, now_us: int) -> Message:
    """The message of an alarm: station, priority, source, text, times in the site's zone and in UTC, the alarm's id."""
    gone, security = notice.returned_us is not None, notice.kind in SECURITY_KINDS
    state = f"back to normal since {_when(notice.returned_us, sender)}" if notice.returned_us is not None else "active"
    lines = [
        f"Station   {_where(sender)}",
        f"Priority  {_PRIORITIES[notice.priority]}",
        *(["Security  a sign of misuse; administration or quality assurance looks into it"] if security else []),
        f"Source    {one_line(notice.source)}",
        f"What      {one_line(notice.text, 500)}",
        f"Raised    {_when(notice.raised_us, sender)}",
        f"State     {state}",
        *([f"Seen by   {one_line(notice.acknowledged_by)}"] if notice.acknowledged_by else []),
        f"Alarm     {notice.alarm_id}",
        "",
        "Alarms are acknowledged at the station. This notice is no record; the station's audit trail is.",
    ]
    words = f"P{notice.priority}{' SECURITY' if security else ''}{' (back to normal)' if gone else ''} {one_line(notice.source, 40)}: {one_line(notice.text)}"
    title = one_line(f"{'DEMO ' if sender.demo else ''}{sender.station_id} {words}")
    return Message(f"{notice.alarm_id}.{channel}", notice.priority, title, tuple(lines), now_us, not gone)


def trial_message(sender: Sender, channel: str, now_us: int) -> Message:
    """The message of a test."""
    title = one_line(f"{'DEMO ' if sender.demo else ''}{sender.station_id} test of the alarm channel {channel}")
    lines = (
        f"Station   {_where(sender)}",
        f"Channel   {channel}",
        f"Sent      {_when(now_us, sender)}",
        "",
        "This is the weekly test, or one that somebody asked for. No alarm is behind it. Tell the site when it stays away.",
    )
    return Message(f"test-{now_us}.{channel}", 0, title, lines, now_us)


def _where(sender: Sender) -> str:
    return f"{sender.station_id}, {one_line(sender.site)}, line {sender.line}{', DEMO' if sender.demo else ''}"


def _when(utc_us: int, sender: Sender) -> str:
    return f"{site_text(utc_us, sender.zone)} ({utc_text(utc_us)})"
