"""What a reviewer is given to read, and a record as it was at a time (URS C09, C10, C11)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import Reader, needs, sensitive
from jope.compliance.evidence.scope import TrailEvent, trail_of
from jope.compliance.signatures.queries import SignatureView, signature_by_id
from jope.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A signed review, its signature verified now. ``unseen``: how much work on the record came after it."""

    review_id: str
    up_to_seq: int
    reviewed_utc_us: int
    comment: str
    signature: SignatureView | None
    unseen: int


@dataclass(frozen=True, slots=True)
class ReviewBasis:
    """What is to be read: all events of the record, those that must be looked at, and how far the trail stands."""

    subject_kind: str
    subject_id: str
    up_to_seq: int
    head: str
    events: int
    exceptions: tuple[TrailEvent, ...]
    sample: tuple[TrailEvent, ...]
    performers: tuple[str, ...]
    last: ReviewView | None
    others: tuple[TrailEvent, ...] = ()
    """Events that nobody has to look at one by one; a reviewer picks among them (C10)."""


@dataclass(frozen=True, slots=True)
class FieldAt:
    """One field of a record as it was at an event. ``since_seq`` is the event that last set it, ``changes`` how often it changed after its entry."""

    table: str
    key: str
    column: str
    value: str
    since_seq: int
    changes: int


def _person_of(arguments: Mapping[str, Any]) -> tuple[str]:
    """Whom a look at one record looks over: the person, where it is a person's."""
    return (arguments["subject_id"] if arguments["subject_kind"] == "user" else "",)


@needs(Permission.AUDIT_READ)
@sensitive(_person_of)
def review_basis(reader: Reader, *, subject_kind: str, subject_id: str) -> ReviewBasis:
    """The trail of a record as a reviewer reads it, exceptions first.

    Raises:
        NotFoundError: the trail knows no such record.
    """
    trail = trail_of(reader.cursor, reader.scopes, subject_kind, subject_id)
    if not trail.events:
        raise NotFoundError(f"The trail knows no {subject_kind} {subject_id}.")
    row = reader.execute(
        "SELECT id, up_to_seq, reviewed_us, comment, review_signature FROM trail_review WHERE subject_kind = ? AND subject_id = ?"
        " ORDER BY up_to_seq DESC LIMIT 1",
        (subject_kind, subject_id),
    )
    last = None
    if row:
        signature = signature_by_id(reader.cursor, reader.records, row[0][4])
        last = ReviewView(row[0][0], row[0][1], row[0][2], row[0][3], signature, len(trail.after(row[0][1])))
    sample = trail.sample()
    due = {event.seq for event in (*trail.exceptions, *sample)}
    return ReviewBasis(
        subject_kind, subject_id, trail.up_to_seq, trail.head, len(trail.events), trail.exceptions, sample,
        tuple(sorted(trail.performers)), last, tuple(event for event in trail.events if event.seq not in due),
    )  # fmt: skip


@needs(Permission.AUDIT_READ)
@sensitive(_person_of)
def record_as_of(reader: Reader, *, subject_kind: str, subject_id: str, seq: int) -> tuple[FieldAt, ...]:
    """Every field of the rows that events about a record changed, as they stood after event ``seq``: rebuilt from the images of the trail alone.

    Sealed values read ``(sealed)``.

    Raises:
        NotFoundError: the trail knew no such record then.
    """
    trail = trail_of(reader.cursor, reader.scopes, subject_kind, subject_id, up_to=seq)
    if not trail.events:
        raise NotFoundError(f"The trail knew no {subject_kind} {subject_id} at event {seq}.")
    rows: dict[tuple[str, str], dict[str, FieldAt]] = {}
    for event in trail.events:
        missing = f"Event {event.seq} was disposed of with its record: what it was before cannot be rebuilt."
        (payload,) = reader.one("SELECT payload FROM audit_payload WHERE seq = ?", (event.seq,), missing=missing)
        for image in json.loads(payload).get("images", []):
            _carry(rows, image, event.seq)
    return tuple(field for key in sorted(rows) for field in rows[key].values())


def _carry(rows: dict[tuple[str, str], dict[str, FieldAt]], image: Mapping[str, Any], seq: int) -> None:
    key = (image["table"], image["key"])
    if image["after"] is None:
        rows.pop(key, None)
        return
    fields = rows.setdefault(key, {})
    for column, value in image["after"].items():
        known = fields.get(column)
        fields[column] = FieldAt(*key, column, _text(value), seq, 0 if known is None else known.changes + 1)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return "(sealed)" if isinstance(value, str) and value.startswith("sealed:") else str(value)
