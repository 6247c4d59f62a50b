"""What the trail says about a batch and its parts: events, exceptions, changed values, the head of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.access.reader import Reader
from jope.compliance.audit.actions import Action
from jope.compliance.audit.queries import ChangeRow

_PART_LENGTH: Final = 24


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of the trail as it is printed. ``command`` and ``code`` are those of a refusal, empty otherwise."""

    seq: int
    utc_us: int
    actor: str
    role: str
    action: str
    outcome: str
    subjects: tuple[str, ...]
    reason: str
    message: str
    command: str
    code: str
    leaf: str
    images: tuple[Mapping[str, Any], ...]

    @property
    def part(self) -> str:
        """The record inside the batch that the event is about, shortened; empty for the batch itself."""
        found = next((s for s in self.subjects if s.split(" ", 1)[0] not in ("batch", "user", "signature")), "")
        return found if len(found) <= _PART_LENGTH else f"{found[:_PART_LENGTH]}\u2026"


@dataclass(frozen=True, slots=True)
class HeadLine:
    """Where the ledger ended when the record was read, and its newest checkpoint: a signed note over the trail up to event ``size``."""

    seq: int
    hash: str
    size: int
    note: str


_PARTS: Final = (
    "(s.kind = 'batch' AND s.id = :no) OR (s.kind IN ('clearance', 'formulation') AND s.id IN (:no, :no || ':clearance')) "
    "OR (s.kind = 'weighing' AND s.id IN (SELECT id FROM weighing WHERE batch_no = :no)) "
    "OR (s.kind = 'dispense' AND s.id IN (SELECT id FROM dispense WHERE batch_no = :no)) "
    "OR (s.kind IN ('batch_move', 'batch_record') AND s.id IN (SELECT id FROM batch_transition WHERE batch_no = :no)) "
    "OR (s.kind = 'lot' AND s.id IN (SELECT lot_no FROM weighing WHERE batch_no = :no AND accepted = 1) "
    "AND s.seq IN (SELECT seq FROM audit WHERE action = 'lot.rejected'))"
)
"""The last part is no record of the batch: that a lot which was weighed into it was rejected concerns it all the same."""
_EVENTS: Final = (
    "SELECT a.seq, a.body, p.payload, lower(hex(a.leaf)) FROM audit a LEFT JOIN audit_payload p USING (seq) "
    f"WHERE a.seq IN (SELECT s.seq FROM audit_subject s WHERE {_PARTS}) ORDER BY a.seq"
).replace(":no", "?1")
_NOTEWORTHY: Final = frozenset(
    {Action.BATCH_HELD, Action.BATCH_RESTARTED, Action.WEIGHT_REJECTED, Action.BATCH_REJECTED, Action.LOT_REJECTED}
)
_BY_LIFE_CYCLE: Final = frozenset(
    {
        "record_state",
        "procedure_state",
        "started_us",
        "completed_us",
        "reviewed_by",
        "formulation_hash",
        "produced_quantity",
        "available_quantity",
        "version",
    }
)
_MOVES_OF: Final[Mapping[str, frozenset[str]]] = {
    "device": frozenset({"state", "tare"}),
    "equipment": frozenset({"state", "batch_no", "cleaning_state", "dirty_us"}),
    "equipment_use": frozenset({"ended_as", "ended_by", "ended_us"}),
    "label_print": frozenset({"state", "sent_us", "ended_us", "message", "evidence"}),
}
"""What the steps of a batch move in the records beside it: nobody entered it, and each has its own section or logbook."""
_BY_SIGNATURE: Final = ("_signature", "_signer", "_meaning", "_version", "_id")


def events_of_batch(reader: Reader, batch_no: str) -> tuple[EventLine, ...]:
    """Every event about the batch or one of its records, and the rejection of a lot in it, in the order of the trail."""
    return tuple(_line(*row) for row in reader.execute(_EVENTS, (batch_no,)))


def _line(seq: int, body: str, payload: str | None, leaf: str) -> EventLine:
    event, content = json.loads(body), json.loads(payload or "{}")
    details = content.get("details", {})
    return EventLine(
        seq=seq,
        utc_us=event["utc"],
        actor=event["actor"],
        role=event["role"],
        action=event["action"],
        outcome=event["outcome"],
        subjects=tuple(f"{s['kind']} {s['id']}" for s in event["subjects"]),
        reason=content.get("reason", ""),
        message=details.get("message", ""),
        command=details.get("command", ""),
        code=details.get("code", ""),
        leaf=leaf,
        images=tuple(content.get("images", ())),
    )


def exceptions_of(events: Iterable[EventLine]) -> tuple[EventLine, ...]:
    """What a reviewer must see first: what did not end well, and every hold, restart and rejection, of a used lot too (URS E09, C06).

    A rejected weighing is two events of one refusal, the kept attempt and the refused command; the command's line stands for both.
    """
    found = [e for e in events if e.outcome != "done" or e.action in _NOTEWORTHY]
    refused_after = {e.seq - 1 for e in found if e.command == "AcceptWeight"}
    return tuple(e for e in found if not (e.action == Action.WEIGHT_REJECTED and e.seq in refused_after))


def changed_values(events: Iterable[EventLine]) -> tuple[tuple[EventLine, ChangeRow], ...]:
    """Values that stand differently from how they were first entered; moves and signatures are shown elsewhere (URS O04; A11-08)."""
    found: list[tuple[EventLine, ChangeRow]] = []
    for event in events:
        for image in event.images:
            before, after = image["before"], image["after"]
            if before is not None and after is not None:
                found += [(event, row) for row in _changed(image["table"], image["key"], before, after)]
    return tuple(found)


def _changed(table: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ChangeRow]:
    moved = _BY_LIFE_CYCLE | _MOVES_OF.get(table, frozenset())
    columns = [c for c in after if before.get(c) != after[c] and c not in moved and not c.endswith(_BY_SIGNATURE)]
    return [ChangeRow(table, key, c, _text(before.get(c)), _text(after[c])) for c in columns]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def ledger_head(reader: Reader) -> HeadLine:
    """The last event of the whole trail and the newest checkpoint.

    Raises:
        NotFoundError: the trail is empty, or nothing was signed over it yet.
    """
    sql = "SELECT a.seq, lower(hex(a.hash)), c.size, c.note FROM audit a JOIN checkpoint c ORDER BY a.seq DESC, c.size DESC LIMIT 1"
    return HeadLine(*reader.one(sql, missing="The trail has no checkpoint yet."))
