"""The layers. Each is a generator of findings over the evidence; none trusts what another has seen.

schema        every table, index and trigger is the one that the program's own SQL files give
integrity     SQLite's own check of pages and indexes, the page HMACs of an encrypted store, foreign keys
chain         leaf, prev and hash follow from the bodies and signatures; seq has no gap
payloads      bodies are whole, payloads are the ones that the bodies name, subjects count without gap
signatures    each signature over a row is the key's of its epoch, the first one pinned; the last row carries one
projections   the searchable copies equal what the bodies say
replay        the business rows equal the last after-images of the trail; state hashes follow from the images
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jope.compliance.audit import ledger
from jope.compliance.audit.actors import DUE_TILES, STORED_TILES
from jope.compliance.audit.ledger import BODY_FIELDS
from jope.compliance.audit.merkle import TILE_WIDTH
from jope.compliance.audit.verification.disposals import Disposals, KeptRow, disposals_of
from jope.compliance.audit.verification.evidence import Evidence
from jope.compliance.audit.verification.proofs import epochs_of
from jope.compliance.audit.verification.report import Finding
from jope.compliance.audit.verification.walk import TreeWalk, noted_sizes
from jope.kernel.crypto.signing import VerifyingKey
from jope.kernel.errors import CanonicalFormError
from jope.kernel.store.images import TableShape, regulated_tables
from jope.kernel.store.migrations import revisions, schema_rows

_LIMIT_PER_CHECK = 200


def schema_layer(evidence: Evidence) -> Iterator[Finding]:
    """Compare every object of the schema with the expected one."""
    found = {(row[0], row[1]): row for row in schema_rows(evidence.connection)}
    expected = {(row[0], row[1]): row for row in evidence.expected_schema}
    for key in sorted(found.keys() | expected.keys()):
        name = f"{key[0]} {key[1]}"
        if key not in found:
            yield Finding("schema", None, name, f"The {name} is missing; a rule of the store was taken away.")
        elif key not in expected:
            yield Finding("schema", None, name, f"The {name} does not belong to the schema; somebody added it.")
        elif found[key] != expected[key]:
            yield Finding("schema", None, name, f"The {name} is not the one of this program; somebody changed it.")
    versions = [row[0] for row in evidence.rows("SELECT version_num FROM alembic_version")]
    if versions != [revisions()[-1]]:
        yield Finding("schema", None, "table alembic_version", f"The schema revision is {versions}, expected is {revisions()[-1]}.")


def integrity_layer(evidence: Evidence) -> Iterator[Finding]:
    """SQLCipher's page HMACs, SQLite's integrity check, foreign keys. The pages come first: where one is damaged, the other checks may not even begin."""
    for row in evidence.rows("PRAGMA cipher_integrity_check"):
        yield Finding("integrity", None, "store", f"A page of the encrypted store is damaged: {row[0]}.")
    for (text,) in evidence.rows(f"PRAGMA integrity_check({_LIMIT_PER_CHECK})"):
        if text != "ok":
            yield Finding("integrity", None, "store", f"The database structure is damaged: {text}.")
    for row in evidence.rows("PRAGMA foreign_key_check"):
        yield Finding("integrity", None, f"{row[0]} rowid {row[1]}", f"A row of {row[0]} names a row of {row[2]} that is not there.")


def chain_layer(evidence: Evidence) -> Iterator[Finding]:
    """Recompute the whole chain, and on the way the tree over the leaves, which the layers of checkpoints and anchors compare with theirs.

    One flat loop: at a million events each further call in it costs a tenth of a second. What a wrong row means is worked out where one is found.
    """
    sha256, origin = hashlib.sha256, evidence.policy.origin
    due_prev, due_seq = ledger.genesis_prev(origin), 1
    walk = TreeWalk(noted_sizes(evidence))
    keep, stop = walk.pending.append, walk.stop
    rows = evidence.rows("SELECT seq, body, leaf, prev, hash, sig FROM audit ORDER BY seq")
    for count, (seq, body, leaf, prev, hash_, sig) in enumerate(rows, start=1):
        own = sha256(b"\x00" + body.encode()).digest()
        if own != leaf or prev != due_prev or seq != due_seq or hash_ != sha256(b"\x02" + prev + leaf).digest():
            yield from _broken(seq, body, leaf, prev, hash_, due=(due_seq, due_prev))
        due_prev, due_seq = sha256(b"\x03" + hash_ + (sig or b"")).digest(), seq + 1
        keep(leaf)
        if count == stop:
            stop = walk.close()
    evidence.memory["roots"] = walk


def _broken(seq: int, body: str, leaf: bytes, prev: bytes, hash_: bytes, *, due: tuple[int, bytes]) -> Iterator[Finding]:
    """Say what is wrong with a row that does not follow."""
    row = f"audit {seq}"
    if seq != due[0]:
        yield Finding("chain", seq, row, f"Events {due[0]} to {seq - 1} are missing; they were deleted.")
    if ledger.leaf_of(body) != leaf:
        yield Finding("chain", seq, row, "The body is not the one that was hashed; it was edited.")
    if prev != due[1]:
        yield Finding(
            "chain", seq, row, "The event does not follow from the one before; a row or a signature was changed, added, removed or moved."
        )
    if ledger.hash_of(prev, leaf) != hash_:
        yield Finding("chain", seq, row, "The hash does not follow from body and predecessor; it was edited.")


def payloads_layer(evidence: Evidence) -> Iterator[Finding]:
    """Read every body and compare it with its place, its payload and the counts of its subjects."""
    subjects, disposed = dict[tuple[str, str], tuple[int, int]](), disposals_of(evidence).events
    gone = 0
    sql = "SELECT a.seq, a.body, p.salt, p.payload FROM audit a LEFT JOIN audit_payload p USING (seq) ORDER BY a.seq"
    for seq, body, salt, payload in evidence.rows(sql):
        event = parsed(body)
        if event is None or event.keys() != BODY_FIELDS or event["seq"] != seq or event["v"] != ledger.BODY_VERSION:
            yield Finding("payloads", seq, f"audit {seq}", "The body is not a body of this place in the trail.")
            continue
        if salt is None or payload is None:
            if seq in disposed:
                gone += 1
            else:
                yield Finding("payloads", seq, f"audit_payload {seq}", "The payload is missing and no disposal stub stands for it.")
        elif ledger.payload_digest(salt, payload) != event["payload"]:
            yield Finding("payloads", seq, f"audit_payload {seq}", "The payload is not the one that the body names; it was edited.")
        yield from _subject_counts(seq, event["subjects"], subjects)
    for (seq,) in evidence.rows("SELECT seq FROM audit_payload WHERE seq NOT IN (SELECT seq FROM audit)"):
        yield Finding("payloads", seq, f"audit_payload {seq}", "A payload belongs to no event; it was added.")
    evidence.memory["disposed"] = gone


def _subject_counts(seq: int, named: list[dict[str, Any]], subjects: dict[tuple[str, str], tuple[int, int]]) -> Iterator[Finding]:
    for subject in named:
        key = (subject["kind"], subject["id"])
        n, last = subjects.get(key, (0, 0))
        if (subject["n"], subject["prev"]) != (n + 1, last):
            yield Finding("payloads", seq, f"audit {seq}", f"The count of {key[0]} {key[1]} does not go on; an event about it is missing.")
        subjects[key] = (subject["n"], seq)


def signatures_layer(evidence: Evidence) -> Iterator[Finding]:
    """Verify every commit's signature with the key of its epoch, from the genesis key that the policy pins."""
    (_, genesis), *later = epochs_of(evidence)
    key, epochs = VerifyingKey(genesis), later[::-1]
    last: tuple[int, bytes | None] = (0, b"")
    for seq, hash_, sig in evidence.rows("SELECT seq, hash, sig FROM audit ORDER BY seq"):
        while epochs and epochs[-1][0] <= seq:
            key = VerifyingKey(epochs.pop()[1])
        last = (seq, sig)
        if sig is not None and not key.accepts(sig, ledger.commit_message(evidence.policy.origin, seq, hash_)):
            yield Finding("signatures", seq, f"audit {seq}", "The signature is not the station's; the event was forged or changed.")
    if last[1] is None:
        yield Finding("signatures", last[0], f"audit {last[0]}", "The last event carries no signature; the end of a commit was cut off.")
    commits: dict[str, int] = {}
    for seq, sig, command in evidence.rows(
        "SELECT seq, sig, json_extract(body, '$.command') FROM audit WHERE json_valid(body) ORDER BY seq"
    ):
        if sig is None:
            commits[command] = seq
        elif command in commits:
            del commits[command]
    for seq in commits.values():
        yield Finding("signatures", seq, f"audit {seq}", "The commit of this event carries no signature; it was stripped.")


def projections_layer(evidence: Evidence) -> Iterator[Finding]:
    """Compare the projections with what the bodies say."""
    subjects: Counter[tuple[str, str, int, int]] = Counter()
    for seq, body in evidence.rows("SELECT seq, body FROM audit"):
        for s in (parsed(body) or {}).get("subjects", []):
            subjects[s.get("kind"), s.get("id"), s.get("n"), seq] += 1
    stored = Counter(tuple(row) for row in evidence.rows("SELECT kind, id, n, seq FROM audit_subject"))
    for kind, id_, n, seq in (stored - subjects) | (subjects - stored):
        yield Finding(
            "projections", seq, f"audit_subject {kind} {id_} {n}", "The index of subjects does not say what the trail says; it was edited."
        )
    yield from _outcome_findings(evidence)
    yield from _span_findings(evidence)
    yield from _actor_findings(evidence)


def _span_findings(evidence: Evidence) -> Iterator[Finding]:
    """Each complete tile lies between the times of its events."""
    sql = (
        f"SELECT (seq - 1) / {TILE_WIDTH} + 1, min(json_extract(body, '$.utc')), max(json_extract(body, '$.utc')), count(*) FROM audit"
        " WHERE json_valid(body) GROUP BY 1"
    )
    due = {n: (first, last) for n, first, last, count in evidence.rows(sql) if count == TILE_WIDTH}
    stored = {n: (first, last) for n, first, last in evidence.rows("SELECT n, first_utc, last_utc FROM audit_span")}
    for n in sorted(due.keys() | stored.keys()):
        if due.get(n) != stored.get(n):
            yield Finding("projections", None, f"audit_span {n}", "The times of a tile are not those of its events; they were edited.")


def _actor_findings(evidence: Evidence) -> Iterator[Finding]:
    """Each complete tile says whose events lie in it."""
    due = {(str(actor), n): words for actor, n, *words in evidence.rows(DUE_TILES)}
    stored = {(str(actor), n): words for actor, n, *words in evidence.rows(STORED_TILES)}
    for actor, n in sorted(due.keys() | stored.keys()):
        if due.get((actor, n)) != stored.get((actor, n)):
            yield Finding(
                "projections",
                None,
                f"audit_actor_tile {actor} {n}",
                "A tile does not say whose events lie in it as its events do; it was edited.",
            )


def _outcome_findings(evidence: Evidence) -> Iterator[Finding]:
    """Each command has one outcome: its first event. A failed proof of identity is an event without a command."""
    sql = "SELECT min(seq), json_extract(body, '$.command'), max(action = 'authentication.failed') FROM audit WHERE json_valid(body) GROUP BY 2"
    due = {command_id: seq for seq, command_id, authentication in evidence.rows(sql) if not authentication}
    stored = {row[0]: row[1] for row in evidence.rows("SELECT command_id, seq FROM command_outcome")}
    for command_id in sorted(map(str, due.keys() | stored.keys())):
        seq, found = due.get(command_id), stored.get(command_id)
        if found is None:
            yield Finding("projections", seq, f"command_outcome {command_id}", "The outcome of a command is missing; it was removed.")
        elif seq is None:
            yield Finding("projections", found, f"command_outcome {command_id}", "No command of the trail has this outcome; it was added.")
        elif seq != found:
            yield Finding(
                "projections", found, f"command_outcome {command_id}", "The outcome of a command names another event; it was edited."
            )


def replay_layer(evidence: Evidence) -> Iterator[Finding]:
    """Rebuild every regulated row from the after-images and compare it with the row that stands there."""
    shapes = {shape.name: shape for shape in regulated_tables(evidence.connection.cursor())}
    disposals = disposals_of(evidence)
    last: Rows = {}
    for seq, body, payload in evidence.rows("SELECT a.seq, a.body, p.payload FROM audit a JOIN audit_payload p USING (seq) ORDER BY a.seq"):
        if seq not in disposals.events:  # until the station has erased it, a payload that goes may still be there
            yield from _take_images(seq, body, payload, last, disposals)
        last |= {key: Row(seq, {}, kept) for key, kept in disposals.at(seq).items()}
    for shape in shapes.values():
        yield from compare_rows(evidence, shape, last)
    for (table, key), row in last.items():
        if table in shapes:
            yield Finding("replay", row.seq, f"{table} {key}", "The row that the trail shows is not there; it was deleted.")


@dataclass
class Row:
    """A row as the trail leaves it: the last event about it, its columns, and, where its history was disposed of, what it is compared with.

    Of such a row only the columns that changed since the stub are known, and in ``since`` what they were before.
    """

    seq: int
    columns: dict[str, Any]
    kept: KeptRow | None = None
    since: dict[str, Any] = field(default_factory=dict)


Rows = dict[tuple[str, str], Row]


def _take_images(seq: int, body: str, payload: str, last: Rows, disposals: Disposals) -> Iterator[Finding]:
    event, content = parsed(body), parsed(payload)
    if event is None or content is None:
        yield Finding("replay", seq, f"audit_payload {seq}", "The images of this event cannot be read.")
        return
    images = content.get("images", [])
    before = [(i["table"], i["key"], i["before"]) for i in images if i["before"] is not None]
    after = [(i["table"], i["key"], i["after"]) for i in images if i["after"] is not None]
    try:
        hashes = (ledger.state_hash(before), ledger.state_hash(after))
    except CanonicalFormError:
        yield Finding("replay", seq, f"audit_payload {seq}", "The images are not in canonical form; the payload was edited.")
        return
    if hashes != (event.get("prior"), event.get("next")):
        yield Finding("replay", seq, f"audit {seq}", "The state hashes do not follow from the images; an image was changed.")
    for image in images:
        kept = disposals.rows.get((image["table"], image["key"]))
        if kept is None or kept.seq < seq:  # a row whose history went is replayed from its stub on
            yield from take_image(seq, image, last)


def take_image(seq: int, image: dict[str, Any], last: Rows, *, layer: str = "replay") -> Iterator[Finding]:
    """Carry one image forward. An update names the columns that changed; what they were before must be what the trail left."""
    key = (image["table"], image["key"])
    before, after = image["before"], image["after"]
    stood = last.get(key)
    fits = stood is None if before is None else stood is not None and _was(stood, before)
    if not fits:
        yield Finding(
            layer, seq, f"{key[0]} {key[1]}", "The row before this event is not the one the trail left; a change is not in the trail."
        )
    if after is None:
        last.pop(key, None)
    elif stood is None:
        last[key] = Row(seq, dict(after))
    else:
        if stood.kept is not None:
            stood.since = (before or {}) | stood.since
        stood.seq, stood.columns = seq, stood.columns | after


def _was(stood: Row, before: dict[str, Any]) -> bool:
    """Whether a row had these values; of one whose history went, a column that has not changed since is judged at the end, by the digest."""
    return all(stood.columns[c] == v if c in stood.columns else stood.kept is not None for c, v in before.items())


def compare_rows(evidence: Evidence, shape: TableShape, last: Rows, *, layer: str = "replay") -> Iterator[Finding]:
    """Take each row that stands there out of ``last``; what remains there was deleted."""
    for (text,) in evidence.rows(f"SELECT {shape.image_sql('')} FROM {shape.name}"):
        row = json.loads(text)
        key = "|".join(str(row[c]) for c in shape.key)
        found = last.pop((shape.name, key), None)
        if found is None:
            yield Finding(layer, None, f"{shape.name} {key}", "No event of the trail made this row; it was added from outside.")
            continue
        for column in shape.columns if found.kept is None else found.columns:
            if not _same(evidence, shape.name, key, column, row[column], found.columns.get(column)):
                message = f"Column {column} is not what the trail shows; it was edited outside the program."
                yield Finding(layer, found.seq, f"{shape.name} {key}", message)
        if found.kept is not None and not _is_kept(evidence, shape.name, key, row, found):
            message = "The row is not the one that stood there when its history was disposed of; it was edited outside the program."
            yield Finding(layer, found.kept.seq, f"{shape.name} {key}", message)


def _is_kept(evidence: Evidence, table: str, key: str, row: dict[str, Any], found: Row) -> bool:
    """Whether the row, with what changed since taken back, is the one of the stub."""
    kept, sealer, before = found.kept, evidence.sealer, dict(row)
    assert kept is not None
    later = set(row) - set(kept.columns) - set(kept.sealed_columns) - found.columns.keys()
    for column, value in found.since.items():
        sealed = column in kept.sealed_columns and isinstance(value, str)
        if not sealed or sealer is not None:
            before[column] = sealer.open(value, table=table, key=key, column=column) if sealed and sealer is not None else value
    # a column that the schema got later, and that nothing has set, is empty; without the image key what is sealed is not compared, and the layer says so
    return kept.is_of(before, sealed=sealer is not None) and all(row[column] is None for column in later)


def _same(evidence: Evidence, table: str, key: str, column: str, stands: Any, shown: Any) -> bool:
    if (table, column) not in evidence.sealed or not isinstance(shown, str):
        return type(stands) is type(shown) and bool(stands == shown)
    if evidence.sealer is None:
        return True
    return bool(evidence.sealer.open(shown, table=table, key=key, column=column) == stands)


def parsed(text: str | None) -> dict[str, Any] | None:
    """A JSON object, or None where the text is not one."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
