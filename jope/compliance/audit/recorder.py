"""Writes the ledger: the store's recorder.

A pen belongs to one unit of work. Handlers call ``record``; when they are done the pen images every changed row, gives each image to exactly one event,
seals what is secret, chains, signs and inserts. The head in memory advances only after COMMIT returned (ledger.md "Commit").
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from jope.compliance.audit import ledger
from jope.compliance.audit.actions import Action
from jope.compliance.audit.head_mark import HeadMark, Mark
from jope.compliance.audit.ledger import Head, SubjectRef
from jope.compliance.audit.notes import Checkpoint
from jope.compliance.audit.tree import GrowingTree
from jope.compliance.commands import Outcome, Principal
from jope.kernel.clock import JUMP_LIMIT_US, Clock, ClockQuality, Instant
from jope.kernel.crypto.sealing import FieldSealer
from jope.kernel.crypto.signing import SigningKey, VerifyingKey
from jope.kernel.errors import StoreDamagedError, UnseenChangeError
from jope.kernel.store.images import RowImage
from jope.kernel.store.uow import Pen, UnitOfWork

_INSERT_AUDIT = "INSERT INTO audit (seq, body, leaf, prev, hash, sig) VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_PAYLOAD = "INSERT INTO audit_payload (seq, salt, payload) VALUES (?, ?, ?)"
_INSERT_SUBJECT = "INSERT INTO audit_subject (kind, id, n, seq) VALUES (?, ?, ?, ?)"
_INSERT_OUTCOME = "INSERT INTO command_outcome (command_id, seq) VALUES (?, ?)"
_LAST_OF_SUBJECT = "SELECT n, seq FROM audit_subject WHERE kind = ? AND id = ? ORDER BY n DESC LIMIT 1"
_SUBJECTS_KEPT = 10_000
_INSERT_CHECKPOINT = "INSERT INTO checkpoint (size, note) VALUES (?, ?)"
_INSERT_COSIGNATURE = "INSERT INTO cosignature (size, witness, posix, line) VALUES (?, ?, ?, ?)"
_LAST_KEY = "SELECT p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action = 'key.rotated' AND a.seq < ? ORDER BY a.seq DESC LIMIT 1"
_TRUSTED_TIME = (
    "SELECT json_extract(body, '$.utc') FROM audit WHERE json_extract(body, '$.quality') <> 'suspect'"
    " OR (action = ?1 AND outcome = 'done') ORDER BY seq DESC LIMIT 1"
)
_NO_IMAGES = ledger.ImageTexts(())
_HEAD = "SELECT seq, hash, sig FROM audit ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class LedgerIdentity:
    """What the ledger of this station and program is called."""

    origin: str
    genesis_public: bytes
    """The first signing key's public half, pinned outside the store."""
    software: str
    settings_revision: int


@dataclass(slots=True)
class EventDraft:
    """One event as recorded; ``upto`` is the count of row changes seen when it was recorded."""

    action: Action
    subjects: tuple[tuple[str, str], ...]
    outcome: Outcome
    reason: str
    details: Mapping[str, Any]
    upto: int
    signature_id: str | None = None
    seq: int = 0
    leaf: bytes = b""


class SignatureDraft(Protocol):
    """A signature that waits for its target event; the signatures room implements it."""

    signature_id: str
    subjects: tuple[tuple[str, str], ...]
    reason: str

    def insert(self, cursor: Any, target_seq: int, target_leaf: bytes) -> None:
        """Store the signature's row, bound to the target's leaf."""

    def details(self) -> Mapping[str, Any]:
        """What the signature event's payload says: the frozen snapshot."""


@dataclass(slots=True)
class _Row:
    seq: int
    body: str
    leaf: bytes
    salt: bytes
    payload: str
    subjects: tuple[SubjectRef, ...]


@dataclass(slots=True)
class LedgerPen:
    """Collects the events of one unit of work."""

    recorder: LedgerRecorder
    uow: UnitOfWork
    start: Head
    tree: GrowingTree
    principal: Principal | None = None
    command_id: str = ""
    instant: Instant | None = None
    outcome_of: str | None = None
    """The command whose outcome this commit is; its closing event is found by ``command_outcome``."""
    asked: Mapping[str, Any] | None = None
    """Type and digest of the command whose outcome this is, so that its id serves no other one."""
    result: Mapping[str, Any] | None = None
    marks: Mapping[str, Any] = field(default_factory=dict)
    """What every event from here on says in its details: the change request it is done under, the role for a time that is used."""
    drafts: list[EventDraft] = field(default_factory=list)
    signature: SignatureDraft | None = None
    checkpoint: bool = False
    """Whether this commit ends with a signed note over the trail; its last event is a heartbeat."""
    clock_corrected: bool = False
    """Whether two people said with this commit that the clock is right: the trail's time goes on from here."""
    cosignatures: list[tuple[int, str, int, str]] = field(default_factory=list)
    """What witnesses said of earlier checkpoints: size, witness, POSIX seconds, signature line."""
    next_key: SigningKey | None = None
    """The key of the next epoch, where this commit names one."""
    numbered: int = 0
    """How many events of this commit have their number."""
    end: Head | None = None
    last_of: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """The newest count and seq of each subject that this commit is about."""

    def record(
        self,
        action: Action,
        *subjects: tuple[str, str],
        reason: str = "",
        outcome: Outcome = Outcome.DONE,
        details: Mapping[str, Any] | None = None,
    ) -> EventDraft:
        """Record one event. Row changes made since the last one belong to it; those after the last event of a commit go to that one.

        Args:
            action: what happened.
            subjects: (kind, id) pairs of the records it is about, at least one.
            reason: why, as the person gave it.
            outcome: how it ended.
            details: further facts for the payload, in the canonical profile.
        """
        if not subjects:
            raise TypeError("an audit event is about at least one record")
        draft = EventDraft(action, subjects, outcome, reason, {**(details or {}), **self.marks}, self.uow.change_count)
        self.drafts.append(draft)
        return draft

    def complete(self, uow: UnitOfWork) -> None:
        """Image, seal, chain, sign, insert.

        Raises:
            UnseenChangeError: a commit without an event.
        """
        if not self.drafts:
            raise UnseenChangeError("A commit without an audit event was rolled back.", remedy="Report this; it is a fault of the program.")
        cursor = uow.cursor
        if self.signature is not None:
            self.drafts[0].signature_id = self.signature.signature_id
        frame = self._frame()
        rows = [self._row(cursor, frame, draft, images) for draft, images in self._with_images(uow)]
        if self.signature is not None:
            rows.append(self._signature_row(uow, frame, self.signature))
        self.end = self._insert(cursor, rows)

    def _with_images(self, uow: UnitOfWork) -> list[tuple[EventDraft, list[RowImage]]]:
        pairs: list[tuple[EventDraft, list[RowImage]]] = [(draft, []) for draft in self.drafts]
        for image in uow.images():
            owner = next((found for draft, found in pairs if image.first_change < draft.upto), pairs[-1][1])
            owner.append(image)
        return pairs

    def _signature_row(self, uow: UnitOfWork, frame: ledger.BodyFrame, signature: SignatureDraft) -> _Row:
        target = self.drafts[0]
        before = uow.change_count
        signature.insert(uow.cursor, target.seq, target.leaf)
        draft = EventDraft(
            Action.SIGNATURE_APPLIED, signature.subjects, Outcome.DONE, signature.reason, signature.details(), 0, signature.signature_id
        )
        self.drafts.append(draft)
        return self._row(uow.cursor, frame, draft, uow.images(before))

    def _row(self, cursor: Any, frame: ledger.BodyFrame, draft: EventDraft, images: Sequence[RowImage]) -> _Row:
        self.numbered += 1
        seq = self.start.seq + self.numbered
        texts = self.recorder.texts(images) if images else _NO_IMAGES
        first = draft is self.drafts[0]
        payload = texts.payload(draft.reason, dict(draft.details), self.result if first else None, self.asked if first else None)
        salt = secrets.token_bytes(16)
        subjects = tuple(self._count(cursor, kind, id_, seq) for kind, id_ in draft.subjects)
        body = frame.body(
            action=draft.action.value, outcome=draft.outcome.value, payload=ledger.payload_digest(salt, payload), prior=texts.prior,
            next_=texts.next, seq=seq, signature=draft.signature_id, subjects=subjects,
        )  # fmt: skip
        draft.seq, draft.leaf = seq, ledger.leaf_of(body)
        return _Row(seq, body, draft.leaf, salt, payload, subjects)

    def _frame(self) -> ledger.BodyFrame:
        who, now = self.principal, self.instant
        assert who is not None, "the bus names who acts"
        assert now is not None, "the bus names when"
        return ledger.BodyFrame(
            {
                "utc": now.utc_us,
                "boot": now.boot_id,
                "mono": now.mono_us,
                "quality": self.recorder.quality(now).value,
                "actor": who.employee_id,
                "role": who.role,
                "session": who.session_id,
                "station": who.station,
                "address": who.address,
                "os_user": who.os_user,
                "command": self.command_id,
                "software": self.recorder.identity.software,
                "settings": self.recorder.settings_revision,
            }
        )

    def _count(self, cursor: Any, kind: str, id_: str, seq: int) -> SubjectRef:
        name = (kind, id_)
        last = self.last_of.get(name) or self.recorder.last_of.get(name) or cursor.execute(_LAST_OF_SUBJECT, name).fetchone() or (0, 0)
        self.last_of[name] = (last[0] + 1, seq)
        return SubjectRef(kind, id_, last[0] + 1, last[1])

    def _insert(self, cursor: Any, rows: Sequence[_Row]) -> Head:
        origin, head = self.recorder.identity.origin, self.start
        chained = []
        for row in rows:
            prev = ledger.next_prev(origin, head)
            hash_ = ledger.hash_of(prev, row.leaf)
            sig = self.recorder.sign(row.seq, hash_) if row is rows[-1] else None
            chained.append((row.seq, row.body, row.leaf, prev, hash_, sig))
            self.tree.append(row.leaf)
            head = Head(row.seq, hash_, sig)
        subjects = [(subject.kind, subject.id, subject.n, row.seq) for row in rows for subject in row.subjects]
        cursor.executemany(_INSERT_AUDIT, chained)
        cursor.executemany(_INSERT_PAYLOAD, [(row.seq, row.salt, row.payload) for row in rows])
        cursor.executemany(_INSERT_SUBJECT, subjects)
        self.uow.ledger_rows += 2 * len(rows) + len(subjects)
        self.uow.ledger_rows += self.tree.store(cursor)
        if self.checkpoint:
            cursor.execute(_INSERT_CHECKPOINT, (head.seq, self.recorder.note(self.tree)))
            self.uow.ledger_rows += 1
        if self.cosignatures:
            cursor.executemany(_INSERT_COSIGNATURE, self.cosignatures)
            self.uow.ledger_rows += len(self.cosignatures)
        if self.outcome_of is not None:
            cursor.execute(_INSERT_OUTCOME, (self.outcome_of, rows[0].seq))
            self.uow.ledger_rows += 1
        return head


class SigningKeys(Protocol):
    """Where the signing keys are kept; ``EpochKeys`` holds them as files."""

    def adopt(self, public: bytes) -> SigningKey:
        """The private half of the key that the trail names. Raises ``StoreKeyError``."""


class LedgerRecorder:
    """The one writer of the ledger; lives on the command thread."""

    def __init__(
        self,
        identity: LedgerIdentity,
        keys: SigningKeys,
        sealer: FieldSealer,
        sealed: frozenset[tuple[str, str]],
        clock: Clock,
        mark: HeadMark | None = None,
    ) -> None:
        self.identity = identity
        self.settings_revision = identity.settings_revision
        """Counted on by the change of a setting; every event names the one that it happened under."""
        self._keys = keys
        self._key: SigningKey | None = None
        self._tree = GrowingTree()
        self._mark = mark
        self.keeps_mark = True
        """False while the trail does not reach its head mark: the mark is evidence then, and stays as it is."""
        self._sealer = sealer
        self._sealed = sealed
        self._clock = clock
        self._head: Head | None = None
        self._high_water_us = 0
        self.last_of: dict[tuple[str, str], tuple[int, int]] = {}
        """Newest count and seq of subjects of late, as committed; good as long as the head in memory is the stored one."""
        self.listeners: list[Callable[[Sequence[EventDraft]], None]] = []

    @property
    def head(self) -> Head | None:
        """The head in memory, None until the first unit of work."""
        return self._head

    @property
    def high_water_us(self) -> int:
        """The latest trusted time in the trail; a clock before it is suspect."""
        return self._high_water_us

    def begin(self, uow: UnitOfWork) -> LedgerPen:
        """Open a pen. Never sign over rows that somebody else wrote.

        Raises:
            StoreDamagedError: the stored head is not the head in memory.
        """
        row = uow.cursor.execute(_HEAD).fetchone()
        stored = Head(0, b"", None) if row is None else Head(*row)
        if self._head is None:
            self._load(uow.cursor, stored)
        elif stored != self._head:
            raise StoreDamagedError(
                "The trail in the store does not end where this program left it.", remedy="Stop and run 'jope audit verify'."
            )
        return LedgerPen(self, uow, stored, self._tree.copy())

    def _load(self, cursor: Any, stored: Head) -> None:
        """Read what follows from the stored head: the tree, the key that is due, the newest trusted time.

        Raises:
            StoreDamagedError: the newest event is not this station's; nothing is ever signed over it.
        """
        self._require_own(cursor, stored)
        self._key = self._keys.adopt(due_key(cursor, self.identity.genesis_public))
        self._tree = GrowingTree.load(cursor, stored.seq)
        self._high_water_us = trusted_time(cursor)
        self._head = stored

    def require_ready(self, cursor: Any) -> None:
        """Look, before anything is written, whether this station wrote the newest event and holds the key that signs the next.

        Raises:
            StoreDamagedError: somebody else wrote it.
            StoreKeyError: the key is another one.
        """
        row = cursor.execute(_HEAD).fetchone()
        if row is not None:
            self._require_own(cursor, Head(*row))
        self._keys.adopt(due_key(cursor, self.identity.genesis_public))
        self._high_water_us = trusted_time(cursor)

    def _require_own(self, cursor: Any, head: Head) -> None:
        if not head.seq:
            return
        body, leaf, prev = cursor.execute("SELECT body, leaf, prev FROM audit WHERE seq = ?", (head.seq,)).fetchone()
        follows = ledger.leaf_of(body) == leaf and ledger.hash_of(prev, leaf) == head.hash
        message = ledger.commit_message(self.identity.origin, head.seq, head.hash)
        public = due_key(cursor, self.identity.genesis_public, before=head.seq)
        if not follows or head.sig is None or not VerifyingKey(public).accepts(head.sig, message):
            raise StoreDamagedError(
                "The newest event of the trail was not written by this station.", remedy="Stop and run 'jope audit verify'."
            )

    def committed(self, pen: Pen) -> None:
        """Advance head, tree and key in memory, and the head mark beside the key."""
        assert isinstance(pen, LedgerPen), "the pen is one of this recorder"
        assert pen.end is not None
        assert pen.instant is not None
        self._head, self._tree = pen.end, pen.tree
        self._key = pen.next_key or self._key
        if len(self.last_of) > _SUBJECTS_KEPT:
            self.last_of.clear()
        self.last_of.update(pen.last_of)
        if pen.clock_corrected:
            self._high_water_us = pen.instant.utc_us
        elif self.quality(pen.instant) is not ClockQuality.SUSPECT:
            self._high_water_us = max(self._high_water_us, pen.instant.utc_us)
        if self._mark is not None and self.keeps_mark:
            self._mark.write(Mark(pen.end.seq, pen.end.hash))  # last: what follows from the commit stands whatever becomes of this

    def tell(self, pen: Pen) -> None:
        """Tell who listens."""
        assert isinstance(pen, LedgerPen), "the pen is one of this recorder"
        for listener in self.listeners:
            listener(pen.drafts)

    def outcome_unknown(self) -> None:
        """Forget the head and what follows from it; they are read again before the next commit."""
        self._head = None
        self.last_of.clear()

    def quality(self, now: Instant) -> ClockQuality:
        """The quality that an event of this instant carries: ``suspect`` while the clock stands before the trail."""
        return ClockQuality.SUSPECT if now.utc_us + JUMP_LIMIT_US < self._high_water_us else now.quality

    def sign(self, seq: int, hash_: bytes) -> bytes:
        """The signature of a commit's last row."""
        assert self._key is not None, "the first unit of work adopts it"
        return self._key.sign(ledger.commit_message(self.identity.origin, seq, hash_))

    def sign_statement(self, message: bytes) -> tuple[bytes, bytes]:
        """(public key, signature) over what leaves the station, by the key that signs the trail now. The message names its own domain."""
        assert self._key is not None, "the first unit of work adopts it"
        return self._key.public, self._key.sign(message)

    def note(self, tree: GrowingTree) -> str:
        """A signed checkpoint over a tree."""
        assert self._key is not None, "the first unit of work adopts it"
        return Checkpoint(self.identity.origin, tree.frontier.size, tree.frontier.root()).signed(self._key).note

    def texts(self, images: Sequence[RowImage]) -> ledger.ImageTexts:
        """The images as an event's payload holds them, secret fields sealed."""
        sealed = (self.seal(image) for image in images)
        return ledger.ImageTexts((image.table, image.key, image.before, image.after) for image in sealed)

    def seal(self, image: RowImage) -> RowImage:
        """The image with its secret fields sealed."""
        columns = [column for table, column in self._sealed if table == image.table]
        if not columns:
            return image
        return RowImage(
            image.table,
            image.key,
            self._seal_row(image, image.before, columns),
            self._seal_row(image, image.after, columns),
            image.first_change,
        )

    def _seal_row(self, image: RowImage, row: dict[str, Any] | None, columns: Sequence[str]) -> dict[str, Any] | None:
        if row is None:
            return None
        sealed = {c: self._sealer.seal(row[c], table=image.table, key=image.key, column=c) for c in columns if row.get(c) is not None}
        return row | sealed


def due_key(cursor: Any, genesis_public: bytes, *, before: int = 2**53) -> bytes:
    """The public half of the key that the newest rotation below ``before`` names, the genesis key where there is none.

    The commit of a rotation is the outgoing key's last, and the rotation its only event.
    """
    row = cursor.execute(_LAST_KEY, (before,)).fetchone()
    return genesis_public if row is None else bytes.fromhex(json.loads(row[0])["details"]["public_key"])


def trusted_time(cursor: Any) -> int:
    """The time of the newest event whose clock was not suspect, or that corrected it; 0 in an empty trail."""
    row = cursor.execute(_TRUSTED_TIME, (Action.CLOCK_CORRECTED.value,)).fetchone()
    return 0 if row is None else int(row[0])
