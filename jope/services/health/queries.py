"""Read what waits at alarm channels, and when they were tested."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from jope.compliance.access.reader import Reader
from jope.compliance.audit.actions import Action

_MOST: Final = 100
_WAITING: Final = (
    "SELECT a.id, a.priority, a.source, a.kind, a.text, a.raised_us, a.returned_us, coalesce(a.acknowledged_by, ''), coalesce(n.attempts, 0) "
    "FROM alarm a JOIN alarm_channel c ON c.name = ?1 LEFT JOIN alarm_notice n ON n.channel = c.name AND n.alarm_id = a.id "
    "WHERE c.removed_us IS NULL AND coalesce(n.state, '') <> 'sent' AND NOT (a.source = ?2 AND a.kind = 'channel_silent') "
    "AND instr(?3, a.priority) > 0 "
    "AND (a.returned_us IS NULL OR a.returned_us >= c.since_us "
    "     OR (SELECT seq FROM audit_subject WHERE kind = 'alarm' AND id = a.id AND n = 1) > c.since_seq) "
    "ORDER BY a.raised_us, a.id LIMIT ?4"
)
_TESTED: Final = (
    "SELECT json_extract(a.body, '$.utc'), a.outcome, p.payload FROM audit_subject s JOIN audit a USING (seq) JOIN audit_payload p USING (seq) "
    "WHERE s.kind = 'channel' AND s.id = ? AND a.action = ? ORDER BY s.n DESC LIMIT 1"
)
_SENT: Final = "SELECT max(sent_us) FROM alarm_notice WHERE channel = ?"


@dataclass(frozen=True, slots=True)
class Notice:
    """An alarm that a channel is to tell. ``returned_us`` is None while it is active; ``attempts`` counts the tries so far."""

    alarm_id: str
    priority: int
    source: str
    kind: str
    text: str
    raised_us: int
    returned_us: int | None
    acknowledged_by: str
    attempts: int


@dataclass(frozen=True, slots=True)
class ChannelTest:
    """The newest test of a channel."""

    utc_us: int
    ok: bool
    code: str


@dataclass(frozen=True, slots=True)
class KnownChannel:
    """A channel as the store knows it, with its settings in canonical JSON."""

    name: str
    settings: str


def waiting_notices(reader: Reader, *, channel: str, priorities: tuple[int, ...]) -> tuple[Notice, ...]:
    """What a channel has not told yet, the oldest alarm first. The channel's own alarm is for the others: it waits for nothing here."""
    rows = reader.execute(_WAITING, (channel, f"channel {channel}", "".join(map(str, priorities)), _MOST))
    return tuple(Notice(*row) for row in rows)


def active_priorities(reader: Reader) -> frozenset[int]:
    """Priorities of which an alarm is active."""
    return frozenset(int(row[0]) for row in reader.execute("SELECT DISTINCT priority FROM alarm WHERE returned_us IS NULL"))


def last_test(reader: Reader, *, channel: str) -> ChannelTest | None:
    """The newest test of a channel, None before the first."""
    rows = reader.execute(_TESTED, (channel, Action.CHANNEL_TESTED.value))
    if not rows:
        return None
    utc_us, outcome, payload = rows[0]
    return ChannelTest(int(utc_us), outcome == "done", str(json.loads(payload)["details"]["code"]))


def last_sent_us(reader: Reader, *, channel: str) -> int:
    """When a channel delivered a notice last, UTC microseconds; 0 where it never did."""
    return int(reader.execute(_SENT, (channel,))[0][0] or 0)


def known_channels(reader: Reader) -> tuple[KnownChannel, ...]:
    """The channels that the policy named at the last start."""
    return tuple(
        KnownChannel(*r) for r in reader.execute("SELECT name, settings FROM alarm_channel WHERE removed_us IS NULL ORDER BY name")
    )
