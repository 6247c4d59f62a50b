"""Read the trail: pages by sequence number, never by offset; one event with its changes (URS C08; A11d-21)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import Reader, needs


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


_SELECT = "SELECT a.seq, a.body, p.payload, lower(hex(a.leaf)) FROM audit a LEFT JOIN audit_payload p USING (seq)"


@needs(Permission.AUDIT_READ)
def audit_page(reader: Reader, *, filter: AuditFilter, before_seq: int | None = None, limit: int = 200) -> tuple[AuditRow, ...]:
    """One page, newest first, below ``before_seq``."""
    where, parameters = _where(filter)
    if before_seq is not None:
        where, parameters = f"{where} AND a.seq < ?", [*parameters, before_seq]
    rows = reader.execute(f"{_SELECT} WHERE {where} ORDER BY a.seq DESC LIMIT ?", (*parameters, limit))
    return tuple(_row(seq, body, payload) for seq, body, payload, _leaf in rows)


@needs(Permission.AUDIT_READ)
def audit_count(reader: Reader, *, filter: AuditFilter) -> int:
    """How many events the filter finds."""
    where, parameters = _where(filter)
    return int(reader.execute(f"SELECT count(*) FROM audit a LEFT JOIN audit_payload p USING (seq) WHERE {where}", parameters)[0][0])


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
        event["software"], leaf, changes,
    )  # fmt: skip


def _where(filter: AuditFilter) -> tuple[str, list[Any]]:
    parts, parameters = ["1"], list[Any]()
    for condition, value in (
        ("a.actor = ?", filter.actor),
        ("a.action = ?", filter.action),
        ("a.outcome = ?", filter.outcome),
    ):
        if value:
            parts.append(condition)
            parameters.append(value)
    for condition, time_us in (
        ("json_extract(a.body, '$.utc') >= ?", filter.from_utc_us),
        ("json_extract(a.body, '$.utc') <= ?", filter.to_utc_us),
    ):
        if time_us is not None:
            parts.append(condition)
            parameters.append(time_us)
    if filter.subject_kind or filter.subject_id:
        parts.append(
            "a.seq IN (SELECT seq FROM audit_subject WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR id = ?2))".replace("?1", "?").replace(
                "?2", "?"
            )
        )
        parameters += [filter.subject_kind, filter.subject_kind, filter.subject_id, filter.subject_id]
    if filter.only_changes:
        parts.append("json_extract(a.body, '$.next') IS NOT NULL")
    return " AND ".join(parts), parameters


def _row(seq: int, body: str, payload: str | None) -> AuditRow:
    event, content = json.loads(body), json.loads(payload or "{}")
    subject = ", ".join(f"{s['kind']} {s['id']}" for s in event["subjects"][:1])
    reason = content.get("reason") or content.get("details", {}).get("message") or ""
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
