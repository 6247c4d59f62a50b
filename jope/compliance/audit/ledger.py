"""The form of the ledger. No I/O: bodies, leaves, links and the message that a commit signs.

Rules (ledger.md "Shape"; frozen, a change is a migration):

1. The body is canonical JSON and is the record; every other column of ``audit`` follows from the bodies and the signing key.
2. ``leaf = SHA256(0x00 || body)``; ``hash = SHA256(0x02 || prev || leaf)``.
3. ``prev = SHA256(0x03 || hash || sig)`` of the row before (``sig`` empty where that row has none), so that a changed signature breaks the chain.
   The first row's ``prev`` is ``SHA256(0x04 || origin)``.
4. The last row of each commit carries an Ed25519 signature over origin, seq and hash.
5. The body carries ``SHA256(salt || payload)`` and not the payload, so that a payload can be disposed of and the chain stands.
6. Each subject of an event has its own count ``n`` and the ``seq`` of its predecessor, so that a subject's events are complete or visibly not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jope.kernel.canonical import canonical_integer, canonical_string, canonical_text

BODY_VERSION = 1
BODY_FIELDS = frozenset(
    ("v", "seq", "utc", "boot", "mono", "quality", "actor", "role", "session", "station", "address", "os_user", "action", "outcome", "subjects",
     "payload", "prior", "next", "signature", "command", "software", "settings")
)  # fmt: skip
_OF_EVENT = ("action", "next", "outcome", "payload", "prior", "seq", "signature", "subjects")
"""The fields in which the bodies of one commit differ, in canonical order."""
_OF_COMMIT = ("command", "mono", "utc")
"""Those in which the commits of one session differ."""
_IN_ORDER = tuple(sorted(BODY_FIELDS))
_LASTING = tuple(name for name in _IN_ORDER if name not in {*_OF_EVENT, *_OF_COMMIT, "v"})
_COMMON = (*_LASTING, *_OF_COMMIT)
_FRAMES_KEPT = 256


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends. Before the first event: seq 0, hash of the origin."""

    seq: int
    hash: bytes
    sig: bytes | None


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """One record an event is about; ``n`` counts the events of that record from 1, ``prev`` is the seq of its predecessor or 0."""

    kind: str
    id: str
    n: int
    prev: int

    @property
    def text(self) -> str:
        """As it stands in the body, in canonical JSON."""
        return f'{{"id":{canonical_string(self.id)},"kind":{canonical_string(self.kind)},"n":{self.n:d},"prev":{self.prev:d}}}'


def origin_text(station_id: str, generation: int) -> str:
    """The name of a chain, for example ``jope/LINE-3/1``."""
    return f"jope/{station_id}/{generation}"


def genesis_prev(origin: str) -> bytes:
    """The ``prev`` of the first row."""
    return hashlib.sha256(b"\x04" + origin.encode()).digest()


def leaf_of(body: str) -> bytes:
    """The leaf of a body."""
    return hashlib.sha256(b"\x00" + body.encode()).digest()


def link_of(hash_: bytes, sig: bytes | None) -> bytes:
    """The ``prev`` that the next row must carry."""
    return hashlib.sha256(b"\x03" + hash_ + (sig or b"")).digest()


def hash_of(prev: bytes, leaf: bytes) -> bytes:
    """The hash of a row."""
    return hashlib.sha256(b"\x02" + prev + leaf).digest()


def next_prev(origin: str, head: Head) -> bytes:
    """The ``prev`` of the row after ``head``."""
    return genesis_prev(origin) if head.seq == 0 else link_of(head.hash, head.sig)


def commit_message(origin: str, seq: int, hash_: bytes) -> bytes:
    """What the last row of a commit signs."""
    return f"jope ledger commit v1\n{origin}\n{seq}\n{hash_.hex()}\n".encode()


def payload_digest(salt: bytes, payload: str) -> str:
    """What the body says of its payload, hex."""
    return hashlib.sha256(salt + payload.encode()).hexdigest()


def state_hash(rows: Sequence[tuple[str, str, dict[str, Any]]]) -> str | None:
    """SHA-256 over (table, key, row) images as they stand in the payload, in canonical JSON, hex; None where there is no row."""
    return _hash_of_states([canonical_text([table, key, row]) for table, key, row in rows])


def _hash_of_states(texts: Sequence[str]) -> str | None:
    return hashlib.sha256(f"[{','.join(texts)}]".encode()).hexdigest() if texts else None


class BodyFrame:
    """What all bodies of one commit say alike (who, where, when, with which program), in canonical JSON and encoded once.

    A commit of a group has 256 bodies, and encoding them whole was a third of its time. What the commits of one session say alike is kept encoded, too.

    Args:
        common: every field of a body but those of a single event, and ``v``.

    Raises:
        ValueError: other fields.
        CanonicalFormError: a value is outside the profile.
    """

    def __init__(self, common: Mapping[str, str | int]) -> None:
        if len(common) != len(_COMMON) or not all(name in common for name in _COMMON):
            raise ValueError(f"not the common fields of a body: {sorted(common)}")
        self._form = _lasting_form(tuple([common[name] for name in _LASTING]))
        self._command, self._mono, self._utc = [_scalar(common[name]) for name in _OF_COMMIT]

    def body(
        self, *, action: str, outcome: str, payload: str, prior: str | None, next_: str | None, seq: int, signature: str | None,
        subjects: Iterable[SubjectRef],
    ) -> str:  # fmt: skip
        """The body of one event. ``payload``, ``prior`` and ``next_`` are digests in hex."""
        return self._form % (
            canonical_string(action), self._command, self._mono, _digest(next_), canonical_string(outcome), _digest(payload), _digest(prior),
            seq, "null" if signature is None else canonical_string(signature), ",".join([subject.text for subject in subjects]), self._utc,
        )  # fmt: skip


@lru_cache(maxsize=_FRAMES_KEPT)
def _lasting_form(values: tuple[str | int, ...]) -> str:
    """A body with the fields filled in that last as long as a session; the others are ``%`` marks in canonical order."""
    texts = {name: _scalar(value).replace("%", "%%") for name, value in zip(_LASTING, values, strict=True)}
    marks = {"seq": "%d", "subjects": "[%s]", "v": f"{BODY_VERSION:d}"}
    return "{" + ",".join([f'"{name}":{texts.get(name) or marks.get(name, "%s")}' for name in _IN_ORDER]) + "}"


def _scalar(value: str | int) -> str:
    return canonical_string(value) if isinstance(value, str) else canonical_integer(value)


def _digest(hex_text: str | None) -> str:
    return "null" if hex_text is None else f'"{hex_text}"'


class ImageTexts:
    """The images of one event in canonical JSON. Each row is encoded once and serves the payload and the state hashes."""

    def __init__(self, images: Iterable[tuple[str, str, dict[str, Any] | None, dict[str, Any] | None]]) -> None:
        entries: list[str] = []
        prior: list[str] = []
        after_states: list[str] = []
        for table, key, before, after in images:
            where, which = canonical_string(table), canonical_string(key)
            old, new = canonical_text(before), canonical_text(after)
            entries.append(f'{{"after":{new},"before":{old},"key":{which},"table":{where}}}')
            if before is not None:
                prior.append(f"[{where},{which},{old}]")
            if after is not None:
                after_states.append(f"[{where},{which},{new}]")
        self.entries = f"[{','.join(entries)}]"
        self.prior = _hash_of_states(prior)
        """As ``state_hash`` of the rows before."""
        self.next = _hash_of_states(after_states)
        """As ``state_hash`` of the rows after."""

    def payload(
        self, reason: str, details: Mapping[str, Any], result: Mapping[str, Any] | None = None, asked: Mapping[str, Any] | None = None
    ) -> str:
        """The payload's canonical text; ``asked`` (which command this is the outcome of) and ``result`` only where they are."""
        start = "" if asked is None else f'"asked":{canonical_text(asked)},'
        ending = "" if result is None else f',"result":{canonical_text(result)}'
        said = canonical_text(details) if details else "{}"
        return f'{{{start}"details":{said},"images":{self.entries},"reason":{canonical_string(reason)}{ending}}}'
