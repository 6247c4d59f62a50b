"""Quick verification at start: what was added since the trail was last verified, and that it was added to what was verified then (ledger.md "Verification").

It reads the new rows once: chain, tiles, notes and their roots, the signatures at the end of the trail, at the end of each epoch and at the newest note.
Bodies against payloads, the signature of every commit and the state of the business rows are for the full verification at night.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from jope.compliance.audit import ledger
from jope.compliance.audit.actions import Action
from jope.compliance.audit.merkle import TILE_WIDTH
from jope.compliance.audit.tree import GrowingTree
from jope.compliance.audit.verification.evidence import Evidence
from jope.compliance.audit.verification.proofs import epochs_of, key_at, note_findings
from jope.compliance.audit.verification.report import Finding
from jope.compliance.audit.verification.walk import TreeWalk
from jope.kernel.crypto.signing import VerifyingKey

LAYER: Final = "since"
_ROWS = "SELECT seq, body, leaf, prev, hash, sig FROM audit WHERE seq > ? ORDER BY seq"
_EPOCH_ENDS = "SELECT seq, hash, sig FROM audit WHERE action = ? AND seq > ? AND sig IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the trail was verified: its newest event then, that event's hash, and the root of the tree up to it."""

    seq: int
    hash: bytes
    root: bytes


NOTHING: Final = Verified(0, b"", b"")
"""Where no verification has been yet: the whole trail is new."""


def last_verified(cursor: Any) -> Verified:
    """How far the trail was verified at the last verification that found nothing."""
    row = cursor.execute(
        "SELECT head_seq, head_hash, root FROM verification_run WHERE verdict = 'ok' ORDER BY head_seq DESC LIMIT 1"
    ).fetchone()
    return NOTHING if row is None else Verified(int(row[0]), bytes.fromhex(row[1]), bytes.fromhex(row[2]))


def verified_to(evidence: Evidence) -> Verified:
    """The end of what a layer that found nothing has walked."""
    row = evidence.connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    if row is None:
        return NOTHING
    return Verified(int(row[0]), bytes(row[1]), GrowingTree.load(evidence.connection, int(row[0])).frontier.root())


def since_layer(evidence: Evidence, last: Verified) -> Iterator[Finding]:
    """Verify what follows ``last``."""
    due_prev = ledger.genesis_prev(evidence.policy.origin)
    tree = GrowingTree.load(evidence.connection, last.seq)
    if last.seq:
        row = evidence.connection.execute("SELECT hash, sig FROM audit WHERE seq = ?", (last.seq,)).fetchone()
        if row is None or bytes(row[0]) != last.hash:
            yield Finding(
                LAYER, last.seq, f"audit {last.seq}", "The event up to which the trail was verified is another one now; it was rewritten."
            )
            return
        if tree.frontier.root() != last.root:
            yield Finding(
                LAYER, last.seq, "audit_tile", "The tree over what was verified is another one now; events or tiles were changed."
            )
        due_prev = hashlib.sha256(b"\x03" + row[0] + (row[1] or b"")).digest()
    notes = dict(evidence.rows("SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size", (last.seq,)))
    walk = TreeWalk(notes, tree.frontier)
    yield from _chain(evidence, last.seq, due_prev, walk)
    for size in notes.keys() - walk.roots.keys():
        yield Finding(LAYER, size, f"checkpoint {size}", "A checkpoint reaches beyond the trail; the events after its end were cut off.")
    yield from _notes(evidence, notes, walk)
    yield from _tiles(evidence, last.seq // TILE_WIDTH, walk)
    yield from _signed_ends(evidence, last.seq)


def _chain(evidence: Evidence, count: int, due_prev: bytes, walk: TreeWalk) -> Iterator[Finding]:
    sha256, stop, keep = hashlib.sha256, walk.stop, walk.pending.append
    for seq, body, leaf, prev, hash_, sig in evidence.rows(_ROWS, (count,)):
        count += 1
        own = sha256(b"\x00" + body.encode()).digest()
        if own != leaf or prev != due_prev or seq != count or hash_ != sha256(b"\x02" + prev + leaf).digest():
            yield Finding(LAYER, seq, f"audit {seq}", "The event does not follow from its body and from the one before; a row was changed.")
            count = seq
        due_prev = sha256(b"\x03" + hash_ + (sig or b"")).digest()
        keep(leaf)
        if count == stop:
            stop = walk.close()


def _notes(evidence: Evidence, notes: dict[int, str], walk: TreeWalk) -> Iterator[Finding]:
    """Every note names its root; the newest one is checked with its signature, the others are below it in the same tree."""
    newest = max(walk.roots, default=0)
    for size, root in walk.roots.items():
        if size == newest:
            yield from note_findings(evidence, size, notes[size], root)
        elif _root_line(root) not in notes[size]:
            yield Finding(LAYER, size, f"checkpoint {size}", "The trail up to here is not the one that was signed; it was rewritten.")


def _root_line(root: bytes) -> str:
    """The root as a note's third line spells it."""
    return f"\n{base64.b64encode(root).decode()}\n"


def _tiles(evidence: Evidence, known: int, walk: TreeWalk) -> Iterator[Finding]:
    stored = [bytes(root) for (root,) in evidence.rows("SELECT root FROM audit_tile WHERE n > ? ORDER BY n", (known,))]
    if stored != walk.tiles:
        yield Finding(LAYER, None, "audit_tile", "The newest tiles of the tree do not follow from their events; they were edited.")


def _signed_ends(evidence: Evidence, known: int) -> Iterator[Finding]:
    ends = list(evidence.rows(_EPOCH_ENDS, (Action.KEY_ROTATED.value, known)))
    ends += list(evidence.rows("SELECT seq, hash, sig FROM audit WHERE seq > ? ORDER BY seq DESC LIMIT 1", (known,)))
    for seq, hash_, sig in ends:
        key = VerifyingKey(key_at(epochs_of(evidence), seq))
        if sig is None or not key.accepts(sig, ledger.commit_message(evidence.policy.origin, seq, hash_)):
            yield Finding(LAYER, seq, f"audit {seq}", "The signature is not the station's; the event was forged or changed.")
