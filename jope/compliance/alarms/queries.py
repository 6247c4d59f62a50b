"""Read alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.access.reader import Reader
from jope.compliance.alarms.commands import SECURITY_KINDS
from jope.compliance.alarms.rates import AlarmFigures, figures_of


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One alarm. Priority 1 (high) to 3 (low), 4 is diagnostic. ``active`` is the condition, ``acknowledged_by`` the person."""

    alarm_id: str
    priority: int
    source: str
    kind: str
    text: str
    raised_utc_us: int
    active: bool
    acknowledged_by: str
    returned_utc_us: int | None = None
    acknowledged_utc_us: int | None = None
    acknowledged_role: str = ""
    reason: str = ""
    shelved_until_us: int | None = None
    shelved_by: str = ""
    shelve_reason: str = ""

    @property
    def security(self) -> bool:
        """Whether it tells of misuse."""
        return self.kind in SECURITY_KINDS


_COLUMNS: Final = (
    "id, priority, source, kind, text, raised_us, returned_us IS NULL, coalesce(acknowledged_by, ''), returned_us, acknowledged_us, acknowledged_role, "
    "reason, shelved_until_us, shelved_by, shelve_reason"
)


def _views(rows: Sequence[Any], now_us: int) -> tuple[AlarmView, ...]:
    """A shelf that is over is none."""
    views = []
    for row in rows:
        shelf = tuple(row[12:]) if (row[12] or 0) > now_us else (None, "", "")
        fields: list[Any] = [*row[:6], bool(row[6]), *row[7:12], *shelf]
        views.append(AlarmView(*fields))
    return tuple(views)


def open_alarms(reader: Reader) -> tuple[AlarmView, ...]:
    """Alarms that are active or not acknowledged, newest first; shelved ones are left out until their time is over."""
    rows = reader.execute(
        f"SELECT {_COLUMNS} FROM alarm WHERE (returned_us IS NULL OR acknowledged_us IS NULL) AND coalesce(shelved_until_us, 0) <= ? "
        "ORDER BY raised_us DESC LIMIT 200",
        (reader.now_us,),
    )
    return _views(rows, reader.now_us)


def shelved_alarms(reader: Reader) -> tuple[AlarmView, ...]:
    """Alarms that are out of sight for a time, the one that comes back first first."""
    sql = f"SELECT {_COLUMNS} FROM alarm WHERE shelved_until_us > ? ORDER BY shelved_until_us LIMIT 200"
    return _views(reader.execute(sql, (reader.now_us,)), reader.now_us)


def alarm_log(reader: Reader, *, from_us: int = 0, to_us: int = 1 << 62, limit: int = 500) -> tuple[AlarmView, ...]:
    """The alarms raised in ``[from_us, to_us)``, newest first: name, times, person with role, reason (URS K08)."""
    sql = f"SELECT {_COLUMNS} FROM alarm WHERE raised_us >= ? AND raised_us < ? ORDER BY raised_us DESC LIMIT ?"
    return _views(reader.execute(sql, (from_us, to_us, limit)), reader.now_us)


def first_out(reader: Reader) -> AlarmView | None:
    """The first of the alarms that are active now: what began it all (ISA-18.2 "first-out"). None where nothing is active."""
    rows = reader.execute(f"SELECT {_COLUMNS} FROM alarm WHERE returned_us IS NULL AND priority < 4 ORDER BY raised_us, id LIMIT 1")
    found = _views(rows, reader.now_us)
    return found[0] if found else None


def alarm_figures(reader: Reader, *, from_us: int, to_us: int) -> AlarmFigures:
    """How many alarms there were in a time, and whether they came in floods."""
    return figures_of(reader.cursor, from_us, to_us)


@dataclass(frozen=True, slots=True)
class AlarmReviewRow:
    """A signed look at the alarms of a time."""

    review_id: str
    from_us: int
    to_us: int
    alarms: int
    unacknowledged: int
    floods: int
    assessment: str
    reviewed_us: int
    reviewed_by: str


def alarm_reviews(reader: Reader) -> tuple[AlarmReviewRow, ...]:
    """The reviews, newest first."""
    sql = (
        "SELECT id, from_us, to_us, alarms, unacknowledged, floods, assessment, reviewed_us, coalesce(reviewed_signer, '') FROM alarm_review "
        "ORDER BY reviewed_us DESC LIMIT 200"
    )
    return tuple(AlarmReviewRow(*row) for row in reader.execute(sql))
