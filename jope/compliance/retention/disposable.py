"""Which events' payloads go when a record is disposed of, and what is kept of the rows that they were about.

1. An event goes when everything it is about goes with the record: the record itself, what never stood in an event without it (a weighing of the batch, a
   signature on it), and who or what took part (people, devices, sessions). An event that is also about another record (a lot) stays with that record,
   and so does the signature on it.
2. Events of the station itself (keys, clock, schema, checkpoints, start and stop, signature rules, disposals) never go: verification needs them, and a
   start compares the signature matrix with them.
3. Of each row that a disposed payload changed, the stub keeps a salted digest as the row stands then, so that the state replay goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Any, Final

from jope.compliance.audit.actions import Action
from jope.kernel.canonical import canonical_bytes, canonical_text
from jope.kernel.store.images import regulated_tables

ACCOMPANYING: Final = frozenset({"user", "device", "session"})
"""Kinds that take part in the events of many records."""
KEPT: Final = ("log.", "key.", "schema.", "station.", "clock.", "ledger.", "disposal.", Action.SIGNATURE_RULES_SET.value)
"""Beginnings of actions whose payloads never go."""
_BESIDE: Final = (
    Action.DISPOSAL_PROPOSED, Action.DISPOSAL_APPROVED, Action.COMMAND_REFUSED, Action.COMMAND_DENIED, Action.COMMAND_FAILED, Action.DATA_EXPORTED,
    Action.RECORD_PRINTED, Action.TRAIL_REVIEWED, Action.SIGNATURE_APPLIED,
)  # fmt: skip
"""Looking at a record does not keep it longer; nor do the disposal's own events."""
_OWN: Final = "SELECT seq FROM audit_subject WHERE kind = ? AND id = ?"
_SIGNED: Final = (
    "SELECT g.seq FROM audit_subject s JOIN audit a USING (seq) "
    "JOIN audit_subject g ON g.kind = 'signature' AND g.id = json_extract(a.body, '$.signature') WHERE s.kind = ? AND s.id = ?"
)
_BODY: Final = "SELECT a.body FROM audit a JOIN audit_payload p USING (seq) WHERE a.seq = ?"
_NEWEST: Final = (
    "SELECT max(json_extract(a.body, '$.utc')) FROM audit_subject s JOIN audit a USING (seq) WHERE s.kind = ? AND s.id = ? "
    f"AND a.action NOT IN ({', '.join('?' * len(_BESIDE))})"
)

Range = tuple[int, int]


def newest_us(cursor: Any, kind: str, id_: str) -> int | None:
    """When the record was last worked on, UTC microseconds; None where the trail holds nothing about it."""
    found = cursor.execute(_NEWEST, (kind, id_, *(action.value for action in _BESIDE))).fetchone()[0]
    return None if found is None else int(found)


def disposable(cursor: Any, kind: str, id_: str) -> list[int]:
    """The events whose payloads go with a record, ascending."""
    asked = (kind, id_)
    own = {int(seq) for sql in (_OWN, _SIGNED) for (seq,) in cursor.execute(sql, asked).fetchall()}
    goes: dict[tuple[str, str], bool] = {asked: True}

    def goes_too(one: tuple[str, str]) -> bool:
        if one not in goes:
            goes[one] = one[0] in ACCOMPANYING or own.issuperset(seq for (seq,) in cursor.execute(_OWN, one).fetchall())
        return goes[one]

    found: dict[int, Any] = {}
    stays: set[str] = set()
    for seq in sorted(own):
        row = cursor.execute(_BODY, (seq,)).fetchone()
        event = json.loads(row[0]) if row is not None else None
        if event and not event["action"].startswith(KEPT) and all(goes_too((s["kind"], s["id"])) for s in event["subjects"]):
            found[seq] = event
        elif event and event["signature"] is not None:
            stays.add(event["signature"])
    return [seq for seq, event in found.items() if event["signature"] not in stays]


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


def kept_rows(cursor: Any, seqs: Iterable[int]) -> list[dict[str, str]]:
    """Each row that the payloads changed, with a salted digest of it as it stands: ``table``, ``key``, ``salt`` and ``state`` in hex."""
    rows: dict[tuple[str, str], None] = {}
    for seq in seqs:
        (payload,) = cursor.execute("SELECT payload FROM audit_payload WHERE seq = ?", (seq,)).fetchone()
        rows |= {(image["table"], image["key"]): None for image in json.loads(payload).get("images", [])}
    shapes = {shape.name: shape for shape in regulated_tables(cursor)}
    found = []
    for table, key in rows:
        shape = shapes[table]
        where = " AND ".join(f"{column} = ?" for column in shape.key)
        row = cursor.execute(f"SELECT {shape.image_sql('')} FROM {table} WHERE {where}", tuple(key.split("|"))).fetchone()
        salt = secrets.token_bytes(16)
        found.append({"table": table, "key": key, "salt": salt.hex(), "state": state_digest(salt, json.loads(row[0])).hex()})
    return found


def state_digest(salt: bytes, row: dict[str, Any]) -> bytes:
    """``SHA256(0x05 || salt || canonical row)``: says that a row is the one that stood there, and not what it says."""
    return hashlib.sha256(b"\x05" + salt + canonical_bytes(row)).digest()
