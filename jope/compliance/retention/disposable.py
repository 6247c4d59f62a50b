"""Which events' payloads go when a record is disposed of, and what is kept of the rows that they were about.

1. Only a record with a retention of its own is disposed of: a batch, a lot, a recipe. People, devices and the station are not.
2. An event goes when everything it is about goes: the record itself, a part of it (what never stood in an event without it, such as a clearance), and who
   or what took part. An event that is also about another record stays until that one was disposed of too; then it goes with the last of them.
3. A signature goes with the event that it was given for, and stays with it.
4. Nothing goes that is younger than its retention, whatever it is about: an attempt of yesterday is not disposed of with a batch of long ago.
5. Events of the station itself (keys, clock, schema, checkpoints, start and stop, disposals) never go: verification needs them.
6. Of each row that a disposed payload changed, the stub keeps salted digests of the row as it stands then, so that the state replay goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.audit.actions import Action
from jope.kernel.canonical import canonical_bytes, canonical_text
from jope.kernel.errors import RefusedError
from jope.kernel.store.images import TableShape, regulated_tables
from jope.kernel.store.schema import sealed_columns

RETENTION_YEARS: Final = 7
RETENTION_US: Final = int(RETENTION_YEARS * 365.25 * 24 * 3600) * 1_000_000
"""The least time that a regulated record is kept after it was last worked on (C14)."""
KEPT: Final = ("log.", "key.", "schema.", "station.", "clock.", "ledger.", "disposal.", Action.SIGNATURE_RULES_SET.value)
"""Beginnings of actions whose payloads never go."""
_BESIDE: Final = (
    Action.DISPOSAL_PROPOSED, Action.DISPOSAL_APPROVED, Action.COMMAND_REFUSED, Action.COMMAND_DENIED, Action.COMMAND_FAILED, Action.DATA_EXPORTED,
    Action.DATA_READ, Action.RECORD_PRINTED, Action.TRAIL_REVIEWED, Action.SIGNATURE_APPLIED,
)  # fmt: skip
"""Looking at a record does not keep it longer; nor do the disposal's own events."""
_ABOUT: Final = "SELECT seq FROM audit_subject WHERE kind = ? AND id = ?"
_SIGNED: Final = (
    "SELECT g.seq, s.target_seq FROM audit_subject o JOIN signature s ON s.target_seq = o.seq "
    "JOIN audit_subject g ON g.kind = 'signature' AND g.id = s.id AND g.n = 1 WHERE o.kind = ? AND o.id = ?"
)
_BODY: Final = "SELECT a.body FROM audit a JOIN audit_payload p USING (seq) WHERE a.seq = ?"
_DISPOSED: Final = "SELECT 1 FROM disposal WHERE subject_kind = ? AND subject_id = ? AND approval_signature IS NOT NULL"
_NEWEST: Final = (
    "SELECT max(json_extract(a.body, '$.utc')) FROM audit_subject s JOIN audit a USING (seq) WHERE s.kind = ? AND s.id = ? "
    f"AND a.action NOT IN ({', '.join('?' * len(_BESIDE))})"
)

Range = tuple[int, int]
Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RetentionKinds:
    """Kinds of subjects: ``records`` have a retention of their own and can be disposed of, ``accompanying`` ones take part in the events of many."""

    records: frozenset[str]
    accompanying: frozenset[str]


def newest_us(cursor: Any, record: Subject) -> int | None:
    """When the record was last worked on, UTC microseconds; None where the trail holds nothing about it."""
    found = cursor.execute(_NEWEST, (*record, *(action.value for action in _BESIDE))).fetchone()[0]
    return None if found is None else int(found)


def disposable(cursor: Any, kinds: RetentionKinds, record: Subject, now_us: int) -> list[int]:
    """The events whose payloads go with a record now, ascending."""
    if record[0] not in kinds.records:
        return []
    own = {int(seq) for (seq,) in cursor.execute(_ABOUT, record).fetchall()}
    signed = {int(seq): int(target) for seq, target in cursor.execute(_SIGNED, record).fetchall()}
    inside = own | signed.keys()
    known: dict[Subject, bool] = {record: True}

    def goes_too(one: Subject) -> bool:
        if one not in known:
            if one[0] in kinds.records:
                known[one] = cursor.execute(_DISPOSED, one).fetchone() is not None
            else:
                known[one] = one[0] in kinds.accompanying or inside.issuperset(s for (s,) in cursor.execute(_ABOUT, one).fetchall())
        return known[one]

    def old(seq: int) -> Mapping[str, Any] | None:
        """The event, where its payload still stands and its retention is over."""
        row = cursor.execute(_BODY, (seq,)).fetchone()
        event: dict[str, Any] | None = json.loads(row[0]) if row is not None else None
        return event if event is not None and event["utc"] + RETENTION_US <= now_us else None

    going = set()
    for seq in own - signed.keys():
        event = old(seq)
        stays = event is None or event["action"].startswith((*KEPT, Action.SIGNATURE_APPLIED.value))
        if event and not stays and all(goes_too((s["kind"], s["id"])) for s in event["subjects"]):
            going.add(seq)
    going |= {seq for seq, target in signed.items() if target in going and old(seq)}
    return sorted(going)


def ranges_of(seqs: Iterable[int]) -> list[Range]:
    """Ascending numbers as ranges."""
    found: list[Range] = []
    for seq in seqs:
        if found and found[-1][1] + 1 == seq:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return found


def ranges_text(ranges: Iterable[Range]) -> str:
    """Ranges in the form that is stored and signed."""
    return canonical_text([list(one) for one in ranges])


def seqs_of(text: str) -> list[int]:
    """The numbers of stored ranges."""
    return [seq for first, last in json.loads(text) for seq in range(first, last + 1)]


def kept_rows(cursor: Any, seqs: Iterable[int]) -> list[dict[str, Any]]:
    """Each row that the payloads changed, with salted digests of it as it stands.

    ``columns`` and ``state`` are over what may be read by everybody, ``sealed_columns`` and ``sealed_state`` over what only the station may read. A column
    that the schema gets later is in neither.

    Raises:
        RefusedError: a row that the trail shows is not there.
    """
    rows: dict[tuple[str, str], None] = {}
    for seq in seqs:
        (payload,) = cursor.execute("SELECT payload FROM audit_payload WHERE seq = ?", (seq,)).fetchone()
        rows |= {(image["table"], image["key"]): None for image in json.loads(payload).get("images", [])}
    shapes = {shape.name: shape for shape in regulated_tables(cursor)}
    return [_kept(cursor, shapes[table], key) for table, key in rows]


def _kept(cursor: Any, shape: TableShape, key: str) -> dict[str, Any]:
    named = " || '|' || ".join(f'"{column}"' for column in shape.key)
    found = cursor.execute(f"SELECT {shape.image_sql('')} FROM {shape.name} WHERE {named} = ?", (key,)).fetchone()
    if found is None:
        raise RefusedError(f"The row {shape.name} {key} is not there.", remedy="Verify the trail first.")
    row, salt = json.loads(found[0]), secrets.token_bytes(16)
    secret = [column for column in shape.columns if (shape.name, column) in sealed_columns()]
    read = [column for column in shape.columns if column not in secret]
    return {
        "table": shape.name, "key": key, "salt": salt.hex(), "columns": read, "state": state_digest(salt, row, read).hex(),
        "sealed_columns": secret, "sealed_state": state_digest(salt, row, secret).hex(),
    }  # fmt: skip


def state_digest(salt: bytes, row: Mapping[str, Any], columns: Iterable[str]) -> bytes:
    """``SHA256(0x05 || salt || canonical object of the columns)``: says that a row is the one that stood there, and not what it says."""
    return hashlib.sha256(b"\x05" + salt + canonical_bytes({column: row[column] for column in columns})).digest()
