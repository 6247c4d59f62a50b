"""The layers over what stands for the trail elsewhere: its checkpoints, the head mark beside the key, anchors outside the machine, and time.

checkpoints   tiles and notes follow from the leaves; each heartbeat has its note, signed by the key of its epoch
head_mark     the trail still holds the row at which the station itself left it
anchors       the trail still holds everything that was said elsewhere of it, and what witnesses signed is this trail
time          within a boot, monotonic time never goes back; wall time that stands before the trail is marked as suspect
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator

from jope.compliance.audit.actions import Action
from jope.compliance.audit.head_mark import Mark
from jope.compliance.audit.notes import Checkpoint, read_note
from jope.compliance.audit.verification.evidence import Evidence, LayerAbsentError
from jope.compliance.audit.verification.report import Finding
from jope.compliance.audit.verification.walk import walked
from jope.kernel.clock import JUMP_LIMIT_US, ClockQuality
from jope.kernel.errors import CheckpointError


def epochs(evidence: Evidence) -> list[tuple[int, bytes]]:
    """(first event, public key) of each epoch in order. A key signs from the commit after the one that names it."""
    found = [(1, bytes.fromhex(evidence.policy.genesis_public_key))]
    named = "SELECT a.seq, p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action = ? ORDER BY a.seq"
    for seq, payload in evidence.rows(named, (Action.KEY_ROTATED.value,)):
        public = bytes.fromhex(json.loads(payload)["details"]["public_key"])
        end = evidence.connection.execute("SELECT min(seq) FROM audit WHERE seq >= ? AND sig IS NOT NULL", (seq,)).fetchone()[0]
        if end is not None:
            found.append((end + 1, public))
    return found


def key_at(keys: list[tuple[int, bytes]], seq: int) -> bytes:
    """The key that signs event ``seq``."""
    return keys[bisect_left(keys, (seq + 1,)) - 1][1]


def checkpoints_layer(evidence: Evidence) -> Iterator[Finding]:
    """Compare every stored tile and note with the tree that follows from the leaves."""
    walk = walked(evidence)
    for size, note in evidence.rows("SELECT size, note FROM checkpoint ORDER BY size"):
        root = walk.roots.get(size)
        if root is None:
            message = "A checkpoint reaches beyond the trail; the events after its end were cut off."
            yield Finding("checkpoints", size, f"checkpoint {size}", message)
        else:
            yield from note_findings(evidence, size, note, root)
    yield from _tile_findings(evidence, walk.tiles)
    missing = "SELECT seq FROM audit WHERE action = ? AND seq NOT IN (SELECT size FROM checkpoint)"
    for (seq,) in evidence.rows(missing, (Action.LOG_HEARTBEAT.value,)):
        yield Finding("checkpoints", seq, f"checkpoint {seq}", "The note of this heartbeat is not there; it was removed.")


def _tile_findings(evidence: Evidence, tiles: list[bytes]) -> Iterator[Finding]:
    stored = dict(evidence.rows("SELECT n, root FROM audit_tile ORDER BY n"))
    for n, root in enumerate(tiles, start=1):
        if n not in stored:
            yield Finding("checkpoints", None, f"audit_tile {n}", "A tile of the tree is missing; it was removed.")
        elif stored.pop(n) != root:
            yield Finding("checkpoints", None, f"audit_tile {n}", "A tile of the tree does not follow from its events; it was edited.")
    for n in stored.keys() - set(range(1, len(tiles) + 1)):
        yield Finding(
            "checkpoints", None, f"audit_tile {n}", "A tile of the tree covers events that are not there; it was added, or they were cut."
        )


def note_findings(evidence: Evidence, size: int, note: str, root: bytes) -> Iterator[Finding]:
    """What is wrong with the note of a size where the tree has this root."""
    subject = f"checkpoint {size}"
    try:
        point = read_note(note)
    except CheckpointError as error:
        yield Finding("checkpoints", size, subject, f"The note cannot be read: {error.message}")
        return
    if (point.origin, point.size) != (evidence.policy.origin, size) or point.note != note:
        yield Finding("checkpoints", size, subject, "The note speaks of another trail or another size; it was edited or moved.")
    elif point.root != root:
        yield Finding("checkpoints", size, subject, "The trail up to here is not the one that was signed; it was rewritten.")
    elif not point.is_signed_by(key_at(epochs_of(evidence), size)):
        yield Finding("checkpoints", size, subject, "The note is not signed by the key of its epoch; it was forged or changed.")
    elif evidence.connection.execute("SELECT action FROM audit WHERE seq = ?", (size,)).fetchone() != (Action.LOG_HEARTBEAT.value,):
        yield Finding("checkpoints", size, subject, "No heartbeat stands at this note; it was added.")


def epochs_of(evidence: Evidence) -> list[tuple[int, bytes]]:
    """As ``epochs``, read once for one evidence."""
    found = evidence.memory.get("epochs")
    if found is None:
        found = evidence.memory["epochs"] = epochs(evidence)
    keys: list[tuple[int, bytes]] = found
    return keys


def head_mark_layer(evidence: Evidence) -> Iterator[Finding]:
    """Compare the trail with the mark that the station left beside its key.

    Raises:
        LayerAbsentError: the evidence is a copy without the station's keys.
    """
    if not evidence.beside_keys:
        raise LayerAbsentError
    if evidence.mark is None:
        yield Finding(
            "head_mark", None, "keys/head.mark", "The head mark is missing or damaged; it was removed, or the keys are not this station's."
        )
        return
    message = behind_mark(evidence.connection, evidence.mark)
    if message is not None:
        yield Finding("head_mark", evidence.mark.seq, f"audit {evidence.mark.seq}", message)


def behind_mark(cursor: object, mark: Mark) -> str | None:
    """What is wrong with a trail that the station left at ``mark``; None where it holds that row. A trail beyond its mark is fine."""
    execute = getattr(cursor, "execute")  # noqa: B009 - a connection or a cursor of either module
    row = execute("SELECT hash FROM audit WHERE seq = ?", (mark.seq,)).fetchone()
    if row is None:
        newest = execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()[0]
        return f"The trail ends at event {newest}, the station left it at {mark.seq}; newer events were cut off, or an older file was put back."
    if bytes(row[0]) != mark.hash:
        return "The event at the head mark is another one than the station wrote; the trail was rewritten."
    return None


def anchors_layer(evidence: Evidence) -> Iterator[Finding]:
    """Compare the trail with checkpoints that were kept elsewhere, and with what witnesses signed of it.

    Raises:
        LayerAbsentError: no anchor was given, and no witness signed anything.
    """
    cosigned = evidence.connection.execute("SELECT EXISTS (SELECT 1 FROM cosignature)").fetchone()[0] or _said_by_witnesses(evidence)
    if not evidence.anchors and not cosigned:
        raise LayerAbsentError
    yield from _cosignature_findings(evidence)
    anchors = sorted(evidence.anchors, key=lambda anchor: anchor.size)
    events = evidence.connection.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()[0]
    roots = walked(evidence).roots
    for anchor in anchors:
        message = _anchor_message(evidence, anchor, events, roots.get(anchor.size))
        if message is not None:
            yield Finding("anchors", anchor.size, f"anchor {anchor.size}", message)


_Cosigned = tuple[int, str, int]
"""Size, witness, POSIX seconds."""


def _said_by_witnesses(evidence: Evidence) -> dict[_Cosigned, str]:
    """The signature lines that stand in the events of anchoring."""
    found: dict[_Cosigned, str] | None = evidence.memory.get("cosigned")
    if found is None:
        found = evidence.memory["cosigned"] = {}
        events = "SELECT a.body, p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action = ? ORDER BY a.seq"
        for body, payload in evidence.rows(events, (Action.LOG_ANCHORED.value,)):
            said, names = json.loads(payload)["details"], [s["id"] for s in json.loads(body)["subjects"] if s["kind"] == "anchor"]
            if said["line"]:
                found[said["size"], names[0], said["posix"]] = said["line"]
    return found


def _cosignature_findings(evidence: Evidence) -> Iterator[Finding]:
    """Every stored cosignature is the witness's over the tree at its size, and is the one that its event carries."""
    said = dict(_said_by_witnesses(evidence))
    publics = {witness.name: bytes.fromhex(witness.public_key) for witness in evidence.policy.witnesses()}
    roots = walked(evidence).roots
    for size, name, posix, line in evidence.rows("SELECT size, witness, posix, line FROM cosignature ORDER BY size, witness, posix"):
        subject = f"cosignature {size} of {name}"
        if said.pop((size, name, posix), None) != line:
            yield Finding("anchors", size, subject, "No event of the trail carries this cosignature; it was added or changed.")
        elif name not in publics:
            yield Finding("anchors", size, subject, "The policy names no such witness; name it as retired, or somebody added it.")
        elif _cosigned_at(evidence.policy.origin, size, roots.get(size), line, name, publics[name]) != posix:
            yield Finding(
                "anchors", size, subject, "The witness did not sign this trail up to here; it was rewritten, or the line was changed."
            )
    for size, name, _ in said:
        yield Finding(
            "anchors", size, f"cosignature {size} of {name}", "The cosignature that an event carries is not there; it was removed."
        )


def _cosigned_at(origin: str, size: int, root: bytes | None, line: str, name: str, public: bytes) -> int | None:
    """When a witness signed a tree of this size and root by this line; None where it did not."""
    if root is None:
        return None
    try:
        point = read_note(Checkpoint(origin, size, root).text + "\n" + line)
    except CheckpointError:
        return None
    return point.cosigned_at(name, public) if len(point.signatures) == 1 else None


def _anchor_message(evidence: Evidence, anchor: Checkpoint, events: int, root: bytes | None) -> str | None:
    if anchor.origin != evidence.policy.origin:
        return f"The anchor speaks of the trail '{anchor.origin}', this is '{evidence.policy.origin}'."
    if anchor.size > events:
        return f"The anchor saw {anchor.size} events, the trail has {events}; newer events were cut off, or an older file was put back."
    if not any(anchor.is_signed_by(public) for _, public in epochs_of(evidence)):
        return "The anchor is not signed by a key of this trail; it was forged, or the trail was begun anew."
    if anchor.root != root:
        return "The trail up to the anchor is not the one that was anchored; it was rewritten."
    return None


_FIELDS = ("boot", "mono", "utc", "quality", "action", "outcome")


def time_layer(evidence: Evidence) -> Iterator[Finding]:
    """Times must fit the order of the trail."""
    fields = ", ".join(f"json_extract(body, '$.{name}')" for name in _FIELDS)
    newest_mono: dict[str, int] = {}
    trusted_us = 0
    for seq, boot, mono, utc, quality, action, outcome in evidence.rows(
        f"SELECT seq, {fields} FROM audit WHERE json_valid(body) ORDER BY seq"
    ):
        if mono < newest_mono.get(boot, 0):
            yield Finding("time", seq, f"audit {seq}", "Monotonic time goes back within one boot; the event was made up.")
        newest_mono[boot] = max(mono, newest_mono.get(boot, 0))
        if action == Action.CLOCK_CORRECTED and outcome == "done":
            trusted_us = utc  # two people said so; the signatures on it are the e-signature layer's
            continue
        if quality == ClockQuality.SUSPECT:
            continue
        if utc + JUMP_LIMIT_US < trusted_us:
            yield Finding(
                "time", seq, f"audit {seq}", "The event stands before earlier ones in time and is not marked as suspect; it was made up."
            )
        trusted_us = max(trusted_us, utc)
