"""Grow a station's trail in bulk: events that verify like those of the program, written without its bus.

Each event changes one of a thousand materials and carries the image of it; four events are one commit, whose last row is signed.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from jope.bootstrap import provision_demo_station
from jope.compliance.audit import ledger
from jope.compliance.audit.ledger import Head
from jope.compliance.audit.notes import Checkpoint
from jope.compliance.audit.tree import GrowingTree
from jope.kernel.canonical import canonical_text
from jope.kernel.crypto.keys import StationKeys
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.engine import StoreLocation, connect
from jope.kernel.store.migrations import expected_schema, fingerprint

MATERIALS = 1000
EVENTS_PER_COMMIT = 4
EVENTS_PER_CHECKPOINT = 256
_CHUNK = 20_000
_START_US = 1_900_000_000_000_000
"""After every event that provisioning wrote."""
_Row = tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...], tuple[Any, ...] | None]


class Grower:
    """Makes rows that follow from the head of a provisioned station."""

    def __init__(self, folder: StationFolder, materials: int) -> None:
        self._materials = materials
        self.keys = StationKeys.load(folder.keys)
        self._key = SigningKey(self.keys.ledger)
        self.origin = folder.policy().origin
        self._counts: dict[str, tuple[int, int]] = {}
        self._names: dict[str, str] = {}

    def rows(self, head: Head, count: int) -> Iterator[_Row]:
        """``count`` rows of audit, payload, subject and, for the first row of a commit, its outcome."""
        start, end = head.seq + 1, head.seq + count
        for seq in range(start, end + 1):
            code = f"BM-{seq % self._materials:04d}"
            salt = hashlib.sha256(str(seq).encode()).digest()[:16]
            place = (seq - start) % EVENTS_PER_COMMIT
            command = f"bench-{seq - place:024d}"
            payload, prior, after = self._image(code, seq)
            n, last = self._counts.get(code, (0, 0))
            self._counts[code] = (n + 1, seq)
            body = canonical_text(_body(seq, code, n + 1, last, ledger.payload_digest(salt, payload), prior, after, command))
            leaf = ledger.leaf_of(body)
            prev = ledger.next_prev(self.origin, head)
            hash_ = ledger.hash_of(prev, leaf)
            closes = place == EVENTS_PER_COMMIT - 1 or seq == end
            sig = self._key.sign(ledger.commit_message(self.origin, seq, hash_)) if closes else None
            head = Head(seq, hash_, sig)
            outcome = (command, seq) if place == 0 else None
            yield (seq, body, leaf, prev, hash_, sig), (seq, salt, payload), ("material", code, n + 1, seq), outcome

    def _image(self, code: str, seq: int) -> tuple[str, str | None, str | None]:
        """The payload with one row image, and the state hashes before and after."""
        old, new = self._names.get(code), f"Magnesium citrate, name {seq}"
        self._names[code] = new
        before = None if old is None else {"code": code, "name": old, "unit": "g"}
        after = {"code": code, "name": new, "unit": "g"}
        image = {"table": "material", "key": code, "before": before, "after": after}
        payload = canonical_text({"images": [image], "reason": "measured in bulk", "details": {}})
        prior = ledger.state_hash([("material", code, before)]) if before is not None else None
        return payload, prior, ledger.state_hash([("material", code, after)])

    def note(self, tree: GrowingTree) -> str:
        """A checkpoint over a tree."""
        return Checkpoint(self.origin, tree.frontier.size, tree.frontier.root()).signed(self._key).note

    def materials(self) -> list[tuple[str, str, str]]:
        """The rows as the last images leave them."""
        return [(code, name, "g") for code, name in self._names.items()]


def _body(seq: int, code: str, n: int, last: int, payload: str, prior: str | None, after: str | None, command: str) -> dict[str, Any]:
    return {
        "v": ledger.BODY_VERSION, "seq": seq, "utc": _START_US + seq * 1000, "boot": "00000000-0000-4000-8000-000000000000", "mono": seq * 1000,
        "quality": "synchronised", "actor": "D-SUPER", "role": "supervisor", "session": "0123456789abcdef0123456789abcdef", "station": "DEMO-L3",
        "address": "bench", "os_user": "bench", "action": "log.heartbeat" if seq % EVENTS_PER_CHECKPOINT == 0 else "lot.received", "outcome": "done",
        "subjects": [{"kind": "material", "id": code, "n": n, "prev": last}], "payload": payload, "prior": prior, "next": after,
        "signature": None, "command": command, "software": "bench", "settings": 1,
    }  # fmt: skip


def grown_station(root: Path, events: int, materials: int = MATERIALS) -> StationFolder:
    """A demo station whose trail holds ``events`` more events about so many materials; one of the same schema is used again."""
    folder, done = StationFolder(root), root / f"grown-{events}-{materials}-{fingerprint(expected_schema())[:16]}"
    if done.exists():
        return folder
    shutil.rmtree(root, ignore_errors=True)
    provision_demo_station(root)
    grower = Grower(folder, materials)
    connection = connect(StoreLocation(folder.store, grower.keys.store))
    try:
        _fill(connection, grower, events)
    finally:
        connection.close()
    done.touch()
    return folder


def _fill(connection: Any, grower: Grower, events: int) -> None:
    for pragma in ("synchronous = OFF", "cache_size = -262144", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    head = Head(*connection.execute("SELECT seq, hash, sig FROM audit ORDER BY seq DESC LIMIT 1").fetchone())
    rows, tree = grower.rows(head, events), GrowingTree.load(connection.cursor(), head.seq)
    left = events
    while left > 0:
        chunk = list(islice(rows, min(_CHUNK, left)))
        left -= len(chunk)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO audit (seq, body, leaf, prev, hash, sig) VALUES (?, ?, ?, ?, ?, ?)", [r[0] for r in chunk])
        connection.executemany("INSERT INTO audit_payload (seq, salt, payload) VALUES (?, ?, ?)", [r[1] for r in chunk])
        connection.executemany("INSERT INTO audit_subject (kind, id, n, seq) VALUES (?, ?, ?, ?)", [r[2] for r in chunk])
        outcomes = [r[3] for r in chunk if r[3] is not None]
        connection.executemany("INSERT INTO command_outcome (command_id, seq) VALUES (?, ?)", outcomes)
        notes = []
        for row in chunk:
            tree.append(row[0][2])
            if row[0][0] % EVENTS_PER_CHECKPOINT == 0:
                notes.append((row[0][0], grower.note(tree)))
        tree.store(connection.cursor())
        connection.executemany("INSERT INTO checkpoint (size, note) VALUES (?, ?)", notes)
        connection.execute("COMMIT")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO material (code, name, unit) VALUES (?, ?, ?)", grower.materials())
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
