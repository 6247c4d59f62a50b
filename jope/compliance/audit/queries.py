"""Read the trail: pages by sequence number, never by offset; one event with its changes (URS C08; A11d-21)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import Reader, needs, sensitive
from jope.compliance.audit.actors import EventsOfActor
from jope.compliance.audit.merkle import TILE_WIDTH
from jope.kernel.errors import RefusedError


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; empty fields do not narrow. Times are UTC microseconds."""

    from_utc_us: int | None = None
    to_utc_us: int | None = None
    actor: str = ""
    action: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    outcome: str = ""
    only_changes: bool = False


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the trail."""

    seq: int
    utc_us: int
    actor: str
    role: str
    action: str
    outcome: str
    subject: str
    reason: str
    changes: int
    signature_id: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One changed column: before and after as texts, None where the row did not exist."""

    table: str
    key: str
    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class AuditDetail:
    """One event with all that stands in it."""

    row: AuditRow
    session_id: str
    station: str
    address: str
    os_user: str
    clock_quality: str
    command_id: str
    software: str
    leaf_hex: str
    changes: tuple[ChangeRow, ...]
    subjects: tuple[tuple[str, str], ...] = ()
    """What the event is about: kind and id, the first first."""


class AuditOrder(StrEnum):
    """What found events are sorted by. Newest first is the order that ``audit_seqs`` gives."""

    OLDEST = "oldest"
    WHO = "who"
    WHAT = "what"
    RECORD = "record"
    REASON = "reason"


MOST_SORTED = 20_000
"""How many found events are sorted by what they say; beyond, nobody reads a sorted list to its end."""
_AT_ONCE = 500
"""How many numbers one statement looks up."""
_EVERY = 2**62
_SORT_KEYS = {
    AuditOrder.WHO: "a.actor",
    AuditOrder.WHAT: "a.action || ' ' || a.outcome",
    AuditOrder.RECORD: "json_extract(a.body, '$.subjects[0].kind') || ' ' || json_extract(a.body, '$.subjects[0].id')",
    AuditOrder.REASON: "coalesce(nullif(json_extract(p.payload, '$.reason'), ''), json_extract(p.payload, '$.details.message'))",
}
_MOST_RANGES = 50
DISPOSED = "(disposed of)"
"""What stands in the place of a reason that went with its payload."""
_TIME_WITHIN = "(? IS NULL OR json_extract(a.body, '$.utc') >= ?) AND (? IS NULL OR json_extract(a.body, '$.utc') <= ?)"
_KINDS = (
    "WITH RECURSIVE k (kind) AS (SELECT min(kind) FROM audit_subject UNION ALL"
    " SELECT (SELECT min(kind) FROM audit_subject WHERE kind > k.kind) FROM k WHERE k.kind IS NOT NULL) SELECT kind FROM k"
)
"""The kinds of subjects there are, one step in the index for each."""
_SELECT = "SELECT a.seq, a.body, p.payload, lower(hex(a.leaf)) FROM audit a LEFT JOIN audit_payload p USING (seq)"


def _people_of(arguments: Mapping[str, Any]) -> tuple[str, str]:
    """Whom a filter looks over: by who did it, and by the record of a person."""
    chosen: AuditFilter = arguments["filter"]
    return chosen.actor, chosen.subject_id if chosen.subject_kind in ("", "user") else ""


@needs(Permission.AUDIT_READ)
@sensitive(_people_of)
def audit_page(reader: Reader, *, filter: AuditFilter, before_seq: int | None = None, limit: int = 200) -> tuple[AuditRow, ...]:
    """One page, newest first, below ``before_seq``."""
    return audit_rows(reader, seqs=_seqs(reader, filter, before_seq, limit))


@needs(Permission.AUDIT_READ)
@sensitive(_people_of)
def audit_count(reader: Reader, *, filter: AuditFilter) -> int:
    """How many events the filter finds. Without a filter the newest number says it: the sequence has no gaps."""
    if filter == AuditFilter() and reader.whole:
        return audit_top(reader)
    if filter == AuditFilter(actor=filter.actor) and reader.whole:
        return len(EventsOfActor(reader.execute, filter.actor))
    if filter.actor:
        return len(_seqs(reader, filter, None, _EVERY))
    where, parameters = _where(reader, filter)
    return int(reader.execute(f"SELECT count(*) FROM audit a WHERE {where}", parameters)[0][0])


@needs(Permission.AUDIT_READ)
def audit_top(reader: Reader) -> int:
    """The newest event, 0 in an empty trail."""
    return int(reader.execute("SELECT coalesce(max(seq), 0) FROM audit")[0][0])


@needs(Permission.AUDIT_READ)
@sensitive(_people_of)
def audit_seqs(reader: Reader, *, filter: AuditFilter, below: int | None = None, limit: int = 50_000) -> tuple[int, ...]:
    """The numbers of the events that the filter finds, newest first, below a number; a short answer means that there are no more."""
    return _seqs(reader, filter, below, limit)


@needs(Permission.AUDIT_READ)
def audit_rows(reader: Reader, *, seqs: tuple[int, ...]) -> tuple[AuditRow, ...]:
    """The events of these numbers, in the order asked. At most a few hundred at once."""
    rows = [row for some in _pieces(seqs) for row in reader.execute(f"{_SELECT} WHERE a.seq IN ({_marks(some)})", some)]
    found = {seq: _row(seq, body, payload) for seq, body, payload, _leaf in rows}
    return tuple(found[seq] for seq in seqs if seq in found)


@needs(Permission.AUDIT_READ)
@sensitive(_people_of)
def audit_sorted(reader: Reader, *, filter: AuditFilter, by: AuditOrder, most: int = MOST_SORTED) -> tuple[int, ...]:
    """The numbers of the events that the filter finds, sorted; of equal ones the newest first (URS C08). Time is the order of the trail itself.

    Raises:
        RefusedError: the filter finds more than ``most`` events.
    """
    seqs = audit_seqs(reader, filter=filter, limit=most + 1)
    if len(seqs) > most:
        raise RefusedError(f"At most {most:,} events are sorted.", remedy="Narrow the time, the person or the record first.")
    if by is AuditOrder.OLDEST:
        return seqs[::-1]
    keys: list[tuple[str, int]] = []
    for some in _pieces(seqs):
        sql = f"SELECT {_SORT_KEYS[by]}, a.seq FROM audit a LEFT JOIN audit_payload p USING (seq) WHERE a.seq IN ({_marks(some)})"
        keys += ((str(key or "").casefold(), -seq) for key, seq in reader.execute(sql, some))
    return tuple(-seq for _key, seq in sorted(keys))


@needs(Permission.AUDIT_READ)
def audit_seq_at(reader: Reader, *, utc_us: int) -> int:
    """The newest event that was written at or before a time, 0 where there is none."""
    for one in reversed(stretches(reader, None, utc_us)):
        row = reader.execute(
            "SELECT seq FROM audit WHERE seq BETWEEN ? AND ? AND json_extract(body, '$.utc') <= ? ORDER BY seq DESC LIMIT 1",
            (one.first, one.last, utc_us),
        )
        if row:
            return int(row[0][0])
    return 0


@needs(Permission.AUDIT_READ)
def audit_detail(reader: Reader, *, seq: int) -> AuditDetail:
    """One event.

    Raises:
        NotFoundError: there is no such event.
    """
    _seq, body, payload, leaf = reader.one(f"{_SELECT} WHERE a.seq = ?", (seq,), missing=f"There is no event {seq}.")
    event, content = json.loads(body), json.loads(payload or "{}")
    changes = tuple(change for image in content.get("images", []) for change in _changes(image))
    return AuditDetail(
        _row(seq, body, payload), event["session"], event["station"], event["address"], event["os_user"], event["quality"], event["command"],
        event["software"], leaf, changes, tuple((one["kind"], one["id"]) for one in event["subjects"]),
    )  # fmt: skip


def _seqs(reader: Reader, filter: AuditFilter, below: int | None, limit: int) -> tuple[int, ...]:
    where, parameters = _where(reader, replace(filter, actor="", from_utc_us=None, to_utc_us=None))
    in_time = AuditFilter(from_utc_us=filter.from_utc_us, to_utc_us=filter.to_utc_us)
    whose = EventsOfActor(reader.execute, filter.actor) if filter.actor else None
    plain = reader.whole and replace(filter, actor="") == in_time
    narrow = bool(filter.action or filter.subject_kind or filter.subject_id)
    since, until = filter.from_utc_us, filter.to_utc_us
    found: list[int] = []
    for stretch in reversed(stretches(reader, since, until)):
        first, last = stretch.first, stretch.last if below is None else min(stretch.last, below - 1)
        left = limit - len(found)
        if left <= 0:
            break
        if last < first:
            continue
        condition, bounds = ("1", ()) if stretch.inside else (_TIME_WITHIN, (since, since, until, until))
        if whose is None and plain and stretch.inside:
            found += range(last, max(first, last - left + 1) - 1, -1)
        elif whose is None or narrow:
            rows = reader.execute(
                f"SELECT a.seq FROM audit a WHERE a.seq BETWEEN ? AND ? AND {condition} AND {where} ORDER BY a.seq DESC LIMIT ?",
                (first, last, *bounds, *parameters, left if whose is None else _EVERY),
            )
            found += islice((seq for (seq,) in rows if whose is None or seq in whose), left)
        elif plain and stretch.inside:
            found += islice(whose.newest_first(first, last), left)
        else:
            sql = f"SELECT a.seq FROM audit a WHERE a.seq IN ({{}}) AND {condition} AND {where} ORDER BY a.seq DESC"
            pieces = _pieces(whose.newest_first(first, last))
            fitting = (seq for some in pieces for (seq,) in reader.execute(sql.format(_marks(some)), (*some, *bounds, *parameters)))
            found += islice(fitting, left)
    return tuple(found)


def _pieces(seqs: Iterable[int]) -> Iterator[tuple[int, ...]]:
    numbers = iter(seqs)
    while some := tuple(islice(numbers, _AT_ONCE)):
        yield some


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _where(reader: Reader, filter: AuditFilter) -> tuple[str, list[Any]]:
    parts, parameters = ["1"], list[Any]()
    for condition, value in (
        ("a.action = ?", filter.action),
        ("a.outcome = ?", filter.outcome),
    ):
        if value:
            parts.append(condition)
            parameters.append(value)
    if filter.from_utc_us is not None or filter.to_utc_us is not None:
        ranges = stretches(reader, filter.from_utc_us, filter.to_utc_us)
        parts.append("(" + " OR ".join(["a.seq BETWEEN ? AND ?"] * len(ranges)) + ")")
        parameters += [end for one in ranges for end in (one.first, one.last)]
    for condition, time_us in (
        ("json_extract(a.body, '$.utc') >= ?", filter.from_utc_us),
        ("json_extract(a.body, '$.utc') <= ?", filter.to_utc_us),
    ):
        if time_us is not None:
            parts.append(condition)
            parameters.append(time_us)
    if filter.subject_kind or filter.subject_id:
        condition, values = _about(reader, filter)
        parts.append(f"a.seq IN (SELECT seq FROM audit_subject WHERE {condition})")
        parameters += values
    if filter.only_changes:
        parts.append("json_extract(a.body, '$.next') IS NOT NULL")
    return " AND ".join(parts), parameters


def _about(reader: Reader, filter: AuditFilter) -> tuple[str, list[Any]]:
    """The condition on the index of subjects. Its key begins with the kind, so an id alone is looked up under each kind there is."""
    if not filter.subject_id:
        return "kind = ?", [filter.subject_kind]
    kinds = [filter.subject_kind] if filter.subject_kind else [kind for (kind,) in reader.execute(_KINDS) if kind is not None]
    return f"kind IN ({', '.join('?' * len(kinds))}) AND id = ?", [*kinds, filter.subject_id]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring events of a range of time. ``inside``: all of them lie in it, so that none needs to be read to know it."""

    first: int
    last: int
    inside: bool


def stretches(reader: Reader, from_utc_us: int | None, to_utc_us: int | None) -> list[Stretch]:
    """Where the events of a range of time lie, oldest first: tiles whose times touch it, and the rows after the last tile.

    A clock that was wrong for a while makes more than one stretch of it; of very many the whole is taken and every event looked at.
    """
    top = audit_top(reader)
    if from_utc_us is None and to_utc_us is None:
        return [Stretch(1, top, inside=True)]
    since, until = (from_utc_us if from_utc_us is not None else -(2**62)), (to_utc_us if to_utc_us is not None else 2**62)
    found: list[Stretch] = []
    tiles = "SELECT n, first_utc >= ?1 AND last_utc <= ?2 FROM audit_span WHERE last_utc >= ?1 AND first_utc <= ?2 ORDER BY n"
    for n, inside in reader.execute(tiles, (since, until)):
        first, last = (n - 1) * TILE_WIDTH + 1, n * TILE_WIDTH
        if found and found[-1].last + 1 == first and found[-1].inside == bool(inside):
            found[-1] = Stretch(found[-1].first, last, bool(inside))
        else:
            found.append(Stretch(first, last, bool(inside)))
    if len(found) > _MOST_RANGES:
        found = [Stretch(found[0].first, found[-1].last, inside=False)]
    covered = int(reader.execute("SELECT coalesce(max(n), 0) FROM audit_span")[0][0]) * TILE_WIDTH
    return [*found, Stretch(covered + 1, top, inside=False)]


def _row(seq: int, body: str, payload: str | None) -> AuditRow:
    event, content = json.loads(body), json.loads(payload or "{}")
    subject = ", ".join(f"{s['kind']} {s['id']}" for s in event["subjects"][:1])
    reason = DISPOSED if payload is None else content.get("reason") or content.get("details", {}).get("message") or ""
    return AuditRow(
        seq, event["utc"], event["actor"], event["role"], event["action"], event["outcome"], subject, reason, len(content.get("images", [])),
        event["signature"] or "",
    )  # fmt: skip


def _changes(image: dict[str, Any]) -> list[ChangeRow]:
    before, after = image["before"] or {}, image["after"] or {}
    return [
        ChangeRow(image["table"], image["key"], column, _text(before, column), _text(after, column))
        for column in (after or before)
        if before.get(column) != after.get(column)
    ]


def _text(row: dict[str, Any], column: str) -> str | None:
    value = row.get(column)
    if value is None:
        return None
    return "(sealed)" if isinstance(value, str) and value.startswith("sealed:") else str(value)
