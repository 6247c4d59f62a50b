"""Read access reviews, deputies and emergencies."""

from __future__ import annotations

import json
from dataclasses import dataclass

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import Reader, needs


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One account of an access review, as it stood when the list was made. ``decision`` is empty until it is signed."""

    account: str
    name: str
    role: str
    line: str
    last_sign_in: str
    dormant: bool
    conflicts: tuple[str, ...]
    decision: str
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The newest access review. Times are UTC microseconds; ``review_id`` is empty where there was none yet."""

    review_id: str
    opened_by: str
    opened_us: int
    closed_us: int | None
    lines: tuple[ReviewLine, ...]


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """An emergency access that was taken. Times are UTC microseconds; ``overdue`` says that its review is late."""

    grant_id: str
    employee_id: str
    reason: str
    from_us: int
    until_us: int
    ended_us: int | None
    review_due_us: int
    reviewed_by: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """A role that a person holds for another's absence. Times are UTC microseconds; ``standing`` is ``to come``, ``now`` or ``over``."""

    grant_id: str
    employee_id: str
    role: str
    stands_for: str
    reason: str
    from_us: int
    until_us: int
    change_id: str
    standing: str


@needs(Permission.USER_READ)
def access_review(reader: Reader) -> ReviewState:
    """The newest review with its lines, those that are not signed first."""
    rows = reader.execute("SELECT id, opened_by, opened_us, closed_us FROM access_review ORDER BY opened_us DESC LIMIT 1")
    if not rows:
        return ReviewState("", "", 0, None, ())
    review_id, opened_by, opened_us, closed_us = rows[0]
    lines = reader.execute(
        "SELECT facts, decision, reviewed_signer FROM access_review_line WHERE review_id = ? ORDER BY decision <> '', employee_id",
        (review_id,),
    )
    return ReviewState(review_id, opened_by, opened_us, closed_us, tuple(_line(*row) for row in lines))


def _line(facts: str, decision: str, signer: str | None) -> ReviewLine:
    said = json.loads(facts)
    role = ", ".join([said["role"], *said["roles_for_a_time"]])
    return ReviewLine(
        said["employee_id"], said["name"], role, said["line"], said["last_sign_in"], bool(said["dormant"]), tuple(said["conflicts"]), decision,
        signer or "",
    )  # fmt: skip


@needs(Permission.USER_READ)
def emergencies(reader: Reader) -> tuple[EmergencyRow, ...]:
    """Emergency accesses, the newest first."""
    rows = reader.execute(
        "SELECT id, employee_id, reason, from_us, until_us, ended_us, review_due_us, coalesce(reviewed_signer, ''), "
        "reviewed_signer IS NULL AND review_due_us <= ? FROM role_grant WHERE kind = 'break_glass' ORDER BY from_us DESC",
        (reader.now_us,),
    )
    return tuple(EmergencyRow(a, b, c, d, e, f, g, h, bool(late)) for a, b, c, d, e, f, g, h, late in rows)


@needs(Permission.USER_READ)
def deputies(reader: Reader) -> tuple[DeputyRow, ...]:
    """Everybody who was, is or will be a deputy, the latest end first."""
    rows = reader.execute(
        "SELECT id, employee_id, role, stands_for, reason, from_us, until_us, change_id, "
        "CASE WHEN coalesce(ended_us, until_us) <= ?1 THEN 'over' WHEN from_us > ?1 THEN 'to come' ELSE 'now' END FROM role_grant "
        "WHERE kind = 'deputy' ORDER BY until_us DESC, id",
        (reader.now_us,),
    )
    return tuple(DeputyRow(*row) for row in rows)


def last_review_us(reader: Reader) -> int:
    """When access was reviewed last: the end of the newest closed review, or the begin of the station, UTC microseconds."""
    ((last_us,),) = reader.execute(
        "SELECT max(coalesce((SELECT max(closed_us) FROM access_review), 0), coalesce((SELECT max(created_us) FROM station), 0))"
    )
    return int(last_us)
