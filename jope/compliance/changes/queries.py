"""Read change requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jope.compliance.access.reader import Reader
from jope.compliance.changes.commands import RATIFY_HOURS
from jope.compliance.changes.executing import title_of
from jope.compliance.changes.stored import rows_of
from jope.compliance.commands import SheetRow
from jope.kernel.clock import JUMP_LIMIT_US

_COLUMNS: Final = (
    "id, command, subject_kind, subject_id, risk, reason, needed, emergency, requester, state, outcome, diff, drafted_us, submitted_us, "
    "approved_us, ended_us, expires_us, ratify_by_us, approval_signer, further_signer, rejection_signer, deviation"
)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change request. Times are UTC microseconds; ``approvers`` gave theirs so far, ``approved_outside`` says whether one stands outside administration."""

    request_id: str
    title: str
    command: str
    subject_kind: str
    subject_id: str
    risk: str
    reason: str
    needed: int
    emergency: bool
    requester: str
    state: str
    outcome: str
    diff: tuple[SheetRow, ...]
    drafted_us: int
    submitted_us: int | None
    approved_us: int | None
    ended_us: int | None
    expires_us: int
    ratify_by_us: int | None
    approvers: tuple[str, ...]
    approved_outside: bool
    rejected_by: str
    deviation: str


def changes(reader: Reader, *, state: str = "", limit: int = 200) -> tuple[ChangeRow, ...]:
    """The newest requests first; ``state`` is one state, or ``open`` for those that wait for somebody."""
    where, parameters = "1", ()
    if state == "open":
        where = "(state IN ('draft', 'submitted', 'approved') OR (emergency = 1 AND state = 'executed' AND approval_signature IS NULL))"
    elif state:
        where, parameters = "state = ?", (state,)  # type: ignore[assignment]
    rows = reader.execute(
        f"SELECT {_COLUMNS} FROM change_request WHERE {where} ORDER BY drafted_us DESC, id DESC LIMIT ?", (*parameters, limit)
    )
    return tuple(_row(*row) for row in rows)


def change(reader: Reader, *, request_id: str) -> ChangeRow:
    """One request.

    Raises:
        NotFoundError: there is none of this number.
    """
    row = reader.one(
        f"SELECT {_COLUMNS} FROM change_request WHERE id = ?", (request_id,), missing=f"There is no change request {request_id}."
    )
    return _row(*row)


def _row(
    id_: str, command: str, kind: str, subject_id: str, risk: str, reason: str, needed: int, emergency: int, requester: str, state: str,
    outcome: str, diff: str, drafted_us: int, submitted_us: int | None, approved_us: int | None, ended_us: int | None, expires_us: int,
    ratify_by_us: int | None, approval: str | None, further: str | None, rejection: str | None, deviation: str,
) -> ChangeRow:  # fmt: skip
    approvers = tuple(who for who in (approval, further) if who is not None)
    return ChangeRow(
        id_, title_of(command), command, kind, subject_id, risk, reason, needed, bool(emergency), requester, state, outcome, rows_of(diff),
        drafted_us, submitted_us, approved_us, ended_us, expires_us, ratify_by_us, approvers, approval is not None, rejection or "", deviation,
    )  # fmt: skip


def changes_to_ratify(reader: Reader) -> tuple[tuple[ChangeRow, bool], ...]:
    """Emergency changes that nobody has approved yet, each with whether its time is over."""
    rows = changes(reader, state="open")
    return tuple((row, (row.ratify_by_us or 0) <= reader.now_us) for row in rows if row.emergency and row.state == "executed")


def ratification_deadline(reader: Reader) -> int:
    """Until when an emergency change that is made now has to be approved, UTC microseconds."""
    return reader.now_us + RATIFY_HOURS * 3_600_000_000


def due_changes(reader: Reader) -> tuple[tuple[str, str], ...]:
    """What the station has to do by itself now: (``execute``, ``expire`` or ``missed``, request id). Nothing while its clock stands before the trail."""
    if reader.now_us + JUMP_LIMIT_US < reader.trail_us:
        return ()
    rows = reader.execute(
        "SELECT CASE WHEN state = 'executed' THEN 'missed' WHEN expires_us <= ?1 THEN 'expire' ELSE 'execute' END, id FROM change_request "
        "WHERE (state IN ('draft', 'submitted', 'approved') AND expires_us <= ?1) OR state = 'approved' "
        "OR (state = 'executed' AND ratify_by_us <= ?1 AND approval_signature IS NULL AND deviation = '') ORDER BY id",
        (reader.now_us,),
    )
    return tuple((str(what), str(id_)) for what, id_ in rows)
