"""What belongs to the trail of a record, which of its events are exceptions, and which a reviewer is given as a sample."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from jope.compliance.audit.actions import Action
from jope.kernel.clock import ClockQuality
from jope.kernel.errors import StoreDamagedError

_LEAST_SAMPLE: Final = 3
_MOST_SAMPLE: Final = 20
NOT_WORK: Final = frozenset({Action.RECORD_PRINTED, Action.TRAIL_REVIEWED, Action.DATA_EXPORTED})
"""Events about a record that are no work on it: reading, printing and reviewing it makes nobody a performer and a review not stale."""


@dataclass(frozen=True, slots=True)
class ReviewScope:
    """How a kind of record is reviewed. The rooms that know the kind provide it."""

    parts: Callable[[Any, str], tuple[tuple[str, str], ...]]
    """From a cursor and the record's id: the (kind, id) of the records that belong to it."""
    exceptions: frozenset[str]
    """Actions that a reviewer must see although they ended well."""
    closing: frozenset[str]
    """Names of commands and actions that come after the review by their nature: the release itself and what was refused of it."""


ReviewScopes = Mapping[str, ReviewScope]


def scopes_of(ports: Mapping[str, object]) -> ReviewScopes:
    """The port ``review_scopes`` of a guard's context."""
    return cast("ReviewScopes", ports["review_scopes"])


PLAIN: Final = ReviewScope(lambda _cursor, _id: (), frozenset(), frozenset())
"""A record without parts."""


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """One event of the trail of a record."""

    seq: int
    utc_us: int
    actor: str
    role: str
    action: str
    outcome: str
    quality: str
    signature_id: str
    command: str
    """The name of the command that was refused, empty otherwise."""
    text: str
    """The reason, or what the refusal said."""
    about_review: bool


@dataclass(frozen=True, slots=True)
class TrailOfRecord:
    """The events of a record up to an event of the whole trail, oldest first."""

    events: tuple[TrailEvent, ...]
    scope: ReviewScope
    up_to_seq: int
    head: str
    drawn_by: str
    """The hash of the newest work on the record: it draws the sample, and a reviewer cannot move it."""

    @property
    def exceptions(self) -> tuple[TrailEvent, ...]:
        """What did not end well, was written under a wrong clock, or is an exception by its kind."""
        return tuple(
            e for e in self.events if e.outcome != "done" or e.action in self.scope.exceptions or e.quality == ClockQuality.SUSPECT
        )

    @property
    def performers(self) -> frozenset[str]:
        """Everybody who worked on the record."""
        return frozenset(e.actor for e in self.events if e.outcome == "done" and not e.about_review and e.action not in NOT_WORK)

    def sample(self) -> tuple[TrailEvent, ...]:
        """Events drawn by the hash of the newest work, so that nobody can choose them: about the square root of all that are no exceptions."""
        shown = {e.seq for e in self.exceptions}
        rest = [e for e in self.events if e.seq not in shown]
        drawn = sorted(rest, key=lambda e: hashlib.sha256(f"{self.drawn_by}:{e.seq}".encode()).digest())
        count = min(len(rest), max(_LEAST_SAMPLE, min(_MOST_SAMPLE, math.isqrt(len(rest)))))
        return tuple(sorted(drawn[:count], key=lambda e: e.seq))

    def after(self, seq: int) -> tuple[TrailEvent, ...]:
        """Work on the record after an event: what a review up to there has not seen."""
        return tuple(
            e
            for e in self.events
            if e.seq > seq and not e.about_review and e.action not in NOT_WORK | self.scope.closing and e.command not in self.scope.closing
        )


_EVENTS = (
    "SELECT a.seq, json_extract(a.body, '$.utc'), a.actor, json_extract(a.body, '$.role'), a.action, a.outcome,"
    " json_extract(a.body, '$.quality'), coalesce(json_extract(a.body, '$.signature'), ''),"
    " coalesce(json_extract(p.payload, '$.details.command'), ''),"
    " coalesce(nullif(json_extract(p.payload, '$.details.message'), ''), json_extract(p.payload, '$.reason'), ''),"
    " EXISTS (SELECT 1 FROM audit_subject r WHERE r.seq = a.seq AND r.kind = 'trail_review')"
    " FROM audit a LEFT JOIN audit_payload p USING (seq)"
    " WHERE a.seq IN (SELECT s.seq FROM audit_subject s WHERE {where}) AND a.seq <= ? ORDER BY a.seq"
)
_HEAD = "SELECT seq, lower(hex(hash)) FROM audit WHERE seq = coalesce(?, (SELECT max(seq) FROM audit))"


def trail_of(cursor: Any, scopes: ReviewScopes, kind: str, subject_id: str, *, up_to: int | None = None) -> TrailOfRecord:
    """Read the trail of a record.

    Args:
        cursor: reads the store.
        scopes: how kinds of records are reviewed.
        kind: of the record.
        subject_id: of the record.
        up_to: the newest event to read; the end of the trail by default.
    """
    scope = scopes.get(kind, PLAIN)
    found = cursor.execute(_HEAD, (up_to,)).fetchone()
    end, head = (0, "") if found is None else (int(found[0]), str(found[1]))
    subjects = ((kind, subject_id), *scope.parts(cursor, subject_id))
    where = "(s.kind, s.id) IN (VALUES " + ", ".join(["(?, ?)"] * len(subjects)) + ")"
    rows = cursor.execute(_EVENTS.format(where=where), (*(value for subject in subjects for value in subject), end)).fetchall()
    _require_whole_index(cursor, where, subjects)
    events = tuple(TrailEvent(*row) for row in rows)
    work = max((e.seq for e in events if not e.about_review and e.action not in NOT_WORK), default=0)
    drawn_by = cursor.execute("SELECT lower(hex(hash)) FROM audit WHERE seq = ?", (work,)).fetchone()
    return TrailOfRecord(events, scope, end, head, "" if drawn_by is None else str(drawn_by[0]))


def _require_whole_index(cursor: Any, where: str, subjects: tuple[tuple[str, str], ...]) -> None:
    """The counts of a record go from 1 without a gap: an event that was taken out of the index would hide from whoever reviews.

    Raises:
        StoreDamagedError: they do not.
    """
    gap = cursor.execute(
        f"SELECT s.kind, s.id FROM audit_subject s WHERE {where} GROUP BY s.kind, s.id HAVING count(*) <> max(s.n) OR min(s.n) <> 1",
        tuple(value for subject in subjects for value in subject),
    ).fetchone()
    if gap is not None:
        raise StoreDamagedError(f"The index of the trail leaves out an event about {gap[0]} {gap[1]}.", remedy="Run 'jope audit verify'.")
