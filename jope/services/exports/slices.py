"""Which events a bundle holds, read from the store, and each as a line of ``events.jsonl``.

Bodies and payloads stand in a line as they stand in the store: canonical texts that are parts of a canonical text. Nothing is encoded anew, so that a
verifier hashes what the station hashed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.audit.actions import Action
from jope.kernel.canonical import canonical_text
from jope.services.exports.commands import ExportData, Scope
from jope.services.exports.proofs import ManyProofs

_HEARTBEAT: Final = (
    "SELECT c.size, c.note FROM checkpoint c JOIN audit_payload p ON p.seq = c.size "
    "WHERE c.size > ? AND json_extract(p.payload, '$.details.cause') = ? ORDER BY c.size DESC LIMIT 1"
)
_EXPORT: Final = "SELECT o.seq, json_extract(a.body, '$.utc') FROM command_outcome o JOIN audit a USING (seq) WHERE o.command_id = ?"
_ROTATIONS: Final = (
    "SELECT a.seq, json_extract(p.payload, '$.details.public_key') FROM audit a JOIN audit_payload p USING (seq) "
    "WHERE a.action = 'key.rotated' AND a.seq <= ? ORDER BY a.seq"
)
_COLUMNS: Final = "SELECT a.seq, a.body, p.salt, p.payload, a.prev, a.sig FROM audit a LEFT JOIN audit_payload p USING (seq)"
_CHUNK: Final = 2000
_NEEDED: Final = """
WITH own AS (SELECT seq FROM audit_subject WHERE kind = ? AND id = ? AND seq <= ?),
     signed AS (SELECT DISTINCT json_extract(body, '$.signature') AS id FROM audit WHERE seq IN own AND json_valid(body)),
     needed AS (SELECT seq FROM own
                UNION SELECT s.seq FROM signed JOIN audit_subject s ON s.kind = 'signature' AND s.id = signed.id AND s.n = 1
                UNION SELECT g.target_seq FROM signed JOIN signature g ON g.id = signed.id
                UNION SELECT seq FROM audit WHERE action = 'key.rotated' AND seq <= ?
                UNION SELECT ?{more})
"""
"""The record's own events; the other half of each signature; what names the keys; the heartbeat of the checkpoint."""
_GONE: Final = "SELECT seq FROM needed WHERE seq NOT IN (SELECT seq FROM audit_payload) ORDER BY seq"
_STUBS: Final = (
    "SELECT a.seq, g.seq, p.payload FROM audit a JOIN audit_payload p USING (seq) "
    "JOIN audit_subject g ON g.kind = 'signature' AND g.id = json_extract(a.body, '$.signature') AND g.n = 1 "
    "WHERE a.action = ? AND a.outcome = 'done' AND a.seq <= ?"
)
_OF_TRAIL: Final = f"{_COLUMNS} WHERE a.seq <= ? ORDER BY a.seq"


@dataclass(frozen=True, slots=True)
class Closing:
    """What closes a bundle: the export's event, its time in UTC microseconds, and the checkpoint that was made for it."""

    seq: int
    utc_us: int
    size: int
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it stands in the store. ``salt`` and ``payload`` are None where the payload is not there."""

    seq: int
    body: str
    salt: bytes | None
    payload: str | None
    prev: bytes
    sig: bytes | None


def closing_of(cursor: Any, command: ExportData) -> Closing | None:
    """The closing of an export, None where no checkpoint was made for it."""
    seq, utc_us = cursor.execute(_EXPORT, (command.command_id,)).fetchone()
    found = cursor.execute(_HEARTBEAT, (seq, cause_of(command))).fetchone()
    return None if found is None else Closing(seq, utc_us, found[0], found[1])


def cause_of(command: ExportData) -> str:
    """What the heartbeat says that the checkpoint is made for."""
    return f"{Action.DATA_EXPORTED.value} {command.command_id}"


def epochs_until(cursor: Any, size: int, genesis_public: str) -> list[dict[str, Any]]:
    """The keys that signed the first ``size`` events: number, first event, public half in hex. A key signs from the event after the one that names it."""
    found: list[dict[str, Any]] = [{"epoch": 1, "first": 1, "public_key": genesis_public}]
    for seq, public in cursor.execute(_ROTATIONS, (size,)).fetchall():
        found.append({"epoch": len(found) + 1, "first": seq + 1, "public_key": public})
    return found


def rows_of(cursor: Any, command: ExportData, closing: Closing) -> Iterator[Row]:
    """The events of a bundle in the order of the trail, read in pieces."""
    if command.scope is Scope.SUBJECT:
        parameters = (command.kind, command.id, closing.seq, closing.size, closing.size)
        gone = [seq for (seq,) in cursor.execute(_NEEDED.format(more="") + _GONE, parameters).fetchall()]
        more = "".join(f" UNION SELECT {seq}" for seq in _stubs_of(cursor, gone, closing.size))
        cursor.execute(f"{_NEEDED.format(more=more)}{_COLUMNS} WHERE a.seq IN needed ORDER BY a.seq", parameters)
    else:
        cursor.execute(_OF_TRAIL, (closing.size,))
    while chunk := cursor.fetchmany(_CHUNK):
        yield from (Row(*row) for row in chunk)


def _stubs_of(cursor: Any, gone: list[int], size: int) -> list[int]:
    """The disposals that let payloads of the bundle go, and the signatures on them."""
    if not gone:
        return []
    found: list[int] = []
    for seq, signature, payload in cursor.execute(_STUBS, (Action.DISPOSAL_APPROVED.value, size)).fetchall():
        if any(first <= one <= last for one in gone for first, last in json.loads(payload)["details"]["events"]):
            found += (seq, signature)
    return found


def line_of(row: Row, proofs: ManyProofs | None) -> bytes:
    """A line of ``events.jsonl``: keys in order, no spaces. With ``proofs`` the event's proof stands in it, without them its link and signature."""
    parts = [f'"body":{row.body}', f'"payload":{row.payload or "null"}']
    linked = proofs is None or f'"action":"{Action.KEY_ROTATED.value}"' in row.body
    if linked:
        parts.append(f'"prev":"{bytes(row.prev).hex()}"')
    if proofs is not None:
        parts.append(
            f'"proof":{json.dumps([base64.b64encode(node).decode("ascii") for node in proofs.of(row.seq)], separators=(",", ":"))}'
        )
    parts.append(f'"salt":{_hex(row.salt)}')
    if linked:
        parts.append(f'"sig":{_hex(row.sig)}')
    return f"{{{','.join(parts)}}}\n".encode()


def _hex(value: bytes | None) -> str:
    return "null" if value is None else f'"{bytes(value).hex()}"'


def keys_text(origin: str, epochs: list[dict[str, Any]]) -> str:
    """``keys.json``."""
    return canonical_text({"epochs": epochs, "origin": origin}) + "\n"
