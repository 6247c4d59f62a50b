"""Verifies a bundle of the audit trail with nothing but Python's standard library (3.9 or newer).

    python verify.py [BUNDLE] [--genesis HEX] [--all-signatures] [--json]

BUNDLE is the zip or the folder it was unpacked into; without it, the folder this file lies in. One line is printed per finding.
Exit 0: no finding. 1: findings. 2: the input cannot be read. What is wrong with a bundle is a finding and never an exception.

Rules (docs/compliance/bundle.md says them at length):

1. Trust begins at the genesis key: the one on paper when ``--genesis`` gives it, else the one inside the bundle, and then a note says so. Each
   ``key.rotated`` event names the next key and is signed by the one before; the key of the checkpoint's epoch signs the checkpoint and the manifest.
2. The manifest names every file by SHA-256 and nothing else may be there. The page's program is named by its own hash, and what is embedded in the
   page must be, byte for byte, what the files hold.
3. Bodies and payloads are canonical JSON (RFC 8785 without floats). A body names its payload by SHA256(salt || payload). A body is under the
   checkpoint's root: by its proof (RFC 6962, 2.1.1), or because the whole tree is built anew from a whole trail.
4. Nothing is left out: the subject's events count 1 to N, each names the one before, and the last of them is the event of this very export. The
   checkpoint covers it, and the heartbeat that the checkpoint was made with names the export.
5. An electronic signature is an event that names its target by seq and leaf and holds the frozen record; both events are there and say the same.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import stat
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

FORMAT = 1
MANIFEST, SIGNATURE, EVENTS, CHECKPOINT, KEYS, PAGE = (
    "manifest.json",
    "manifest.sig",
    "events.jsonl",
    "checkpoint",
    "keys.json",
    "index.html",
)
TABLES = "tables/index.json"
EMBEDDED = (CHECKPOINT, "dictionary.json", EVENTS, KEYS, MANIFEST, SIGNATURE)
"""The files that the page holds inside."""
NEEDED = (CHECKPOINT, "dictionary.json", EVENTS, "events.csv", KEYS, "README.txt", "verify.py")
"""What every manifest must name; the page, the manifest and its signature stand beside it."""
LAYERS = ("bundle", "manifest", "keys", "checkpoint", "events", "proofs", "chain", "completeness", "esignatures", "time", "page", "tables")

MAX_FILES, MAX_TOTAL, MAX_WHOLE, MAX_JSON, MAX_LINE, MAX_DEPTH = 20_000, 8 * 1024**3, 128 * 1024**2, 8 * 1024**2, 4 * 1024**2, 48
"""Limits: files, bytes unpacked, bytes of a file that is read whole, bytes of one JSON text, bytes of one line, nesting of JSON."""
MAX_FINDINGS = 1000
LARGEST = 2**53
JUMP_LIMIT_US = 2_000_000

MESSAGES = {
    "bundle.form": "The zip is not in the form that a station writes ({what}); it was changed, or packed again by another program.",
    "bundle.name": "A file has a name that no station gives.",
    "bundle.limit": "This is larger than a verifier reads; the bundle was not made by a station.",
    "bundle.data": "The packed data is damaged.",
    "file.missing": "The file is missing; it was removed.",
    "file.unlisted": "The manifest does not name this file; it was added.",
    "file.changed": "The file is not the one that the manifest names; it was changed.",
    "manifest.form": "The manifest cannot be read: {what}.",
    "manifest.signature": "The manifest is not signed by the key of this trail; the bundle was changed or made by somebody else.",
    "manifest.disagrees": "The manifest says something else than the files ({what}); one of them was changed.",
    "keys.form": "The list of keys does not follow from the events that name them ({what}).",
    "keys.rotation": "The key that this event names was not signed by the key before it; it was forged or changed.",
    "keys.genesis": "The bundle begins with another genesis key than the one on paper; it is not of this station.",
    "checkpoint.form": "The checkpoint cannot be read: {what}.",
    "checkpoint.signature": "The checkpoint is not signed by the key of its epoch; it was forged or changed.",
    "checkpoint.heartbeat": "The checkpoint was not made for this export, or its event is missing.",
    "event.form": "The line is not an event as a station writes it ({what}).",
    "event.order": "The event does not stand in the order of the trail; it was moved or stands twice.",
    "event.payload": "The payload is not the one that the body names; it was edited, or removed without a disposal that names it.",
    "event.stray": "The event does not belong into this bundle; it was added.",
    "proof.wrong": "The event is not the one under the checkpoint; its body or its proof was changed.",
    "chain.gap": "The event is not the next one; events are missing.",
    "chain.link": "The event does not follow from the one before; a row or a signature was changed, added, removed or moved.",
    "chain.signature": "The signature is not the station's; the event was forged or changed.",
    "chain.root": "The events are not those under the checkpoint; some were changed, added or removed.",
    "complete.gap": "The count of {what} does not go on; an event about it is missing.",
    "complete.closing": "The event of this export does not close the bundle; events at the end are missing.",
    "esignature.missing": "The event of the signature is missing; it was removed.",
    "esignature.target": "The signature does not stand on the event that it names; it was moved, or the event is missing.",
    "esignature.changed": "The signature is not the one that its event shows; it was changed.",
    "time.back": "The time stands before that of an earlier event and is not marked as suspect; it was made up.",
    "page.form": "The page is not the one that the manifest names; it was changed.",
    "page.data": "What is embedded in the page is not what the files hold; one of them was changed.",
    "table.form": "The table cannot be read: {what}.",
    "table.row": "The row is not what the last event about it shows; it was changed, added or removed.",
}
"""One sentence per kind of finding; the page uses the same."""


@dataclass(frozen=True)
class Finding:
    """One finding: its layer, the event's seq where there is one, what it is about, the kind, and what it means in one sentence."""

    layer: str
    seq: int | None
    subject: str
    key: str
    message: str


@dataclass
class Report:
    """What a verification found. ``trust`` says where trust began: ``pinned`` (a genesis key from paper) or ``bundle``."""

    findings: list[Finding] = field(default_factory=list)
    trust: str = "bundle"
    seen: set[str] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)
    disposed: int = 0
    """How many payloads are gone under a disposal that the bundle holds."""

    def add(self, layer: str, key: str, subject: str, seq: int | None = None, what: str = "") -> None:
        """Note a finding."""
        self.seen.add(layer)
        self.findings.append(Finding(layer, seq, subject, key, MESSAGES[key].replace("{what}", what)))

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """The form for machines; the findings as ``jope audit verify`` gives them, with their kind."""
        found = {f.layer for f in self.findings}
        return {
            "ok": self.ok,
            "trust": self.trust,
            **self.facts,
            "disposed": self.disposed,
            "layers": {name: "findings" if name in found else "ok" if name in self.seen else "absent" for name in LAYERS},
            "findings": [
                {"layer": f.layer, "seq": f.seq, "subject": f.subject, "key": f.key, "message": f.message}
                for f in self.findings[:MAX_FINDINGS]
            ],
        }


class BadFormError(Exception):
    """Something has not the form it must have; the text says what."""


class BadNameError(Exception):
    """A file of a folder has a name that no station gives, or is no file; the text names it."""


class LimitError(Exception):
    """Something is larger than a verifier reads; the text names it."""


class DataError(Exception):
    """The packed data of a file is damaged; the text names it."""


# --- Ed25519 (RFC 8032, 5.1), strict ----------------------------------------------------------------------------------
#
# Accepted is a signature (R, S) with S < L, a public key that is the canonical encoding of a point and not of small order, and R the encoding of
# S*B - k*A (no cofactor). R is compared as bytes, so a non-canonical R is never accepted.

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)
_ZERO = (0, 1, 1, 0)
"""The neutral point, as all points here in extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, x*y = T/Z (RFC 8032, 5.1.4)."""


def _add(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, int, int, int]:
    e = (a[1] - a[0]) * (b[1] - b[0]) % _P
    f = (a[1] + a[0]) * (b[1] + b[0]) % _P
    g = 2 * a[3] * b[3] * _D % _P
    h = 2 * a[2] * b[2] % _P
    w, x, y, z = f - e, h - g, h + g, f + e
    return (w * x % _P, y * z % _P, x * y % _P, w * z % _P)


def _double(a: tuple[int, ...]) -> tuple[int, int, int, int]:
    e, f = a[0] * a[0] % _P, a[1] * a[1] % _P
    g = 2 * a[2] * a[2] % _P
    h = e + f
    w = h - (a[0] + a[1]) * (a[0] + a[1])
    x = e - f
    y = g + x
    return (w * y % _P, h * x % _P, x * y % _P, w * h % _P)


def decoded_point(raw: bytes) -> tuple[int, int, int, int] | None:
    """The point of 32 bytes; None where they are not the one encoding of a point (RFC 8032, 5.1.3)."""
    if len(raw) != 32:
        return None
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _I % _P
        if v * x * x % _P != u:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


def encoded_point(a: tuple[int, ...]) -> bytes:
    """The 32 bytes of a point (RFC 8032, 5.1.2)."""
    inverse = pow(a[2], _P - 2, _P)
    x, y = a[0] * inverse % _P, a[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _multiples(a: tuple[int, ...]) -> list[tuple[int, ...]]:
    """0*a to 15*a."""
    found: list[tuple[int, ...]] = [_ZERO]
    for _ in range(15):
        found.append(_add(found[-1], a))
    return found


def _base() -> tuple[int, int, int, int]:
    point = decoded_point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))
    if point is None:
        raise ArithmeticError("the base point is a point")
    return point


_BASE = _multiples(_base())


def is_small(a: tuple[int, ...]) -> bool:
    """Whether a point is one of the eight of small order, as whose signature anybody can pass anything off."""
    eight = _double(_double(_double(a)))
    return eight[0] % _P == 0 and (eight[1] - eight[2]) % _P == 0


def accepts(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (64 bytes) is that of the key ``public`` (32 bytes) over the message."""
    point = decoded_point(public)
    if point is None or len(signature) != 64 or is_small(point):
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= _L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    negative = _multiples((_P - point[0], point[1], 1, _P - point[3]))
    total: tuple[int, ...] = _ZERO
    for shift in range(252, -1, -4):
        total = _double(_double(_double(_double(total))))
        total = _add(total, _BASE[s >> shift & 15])
        total = _add(total, negative[k >> shift & 15])
    return encoded_point(total) == signature[:32]


# --- the tree (RFC 6962, 2.1; checked by RFC 9162, 2.1.3.2) -----------------------------------------------------------


def node_of(left: bytes, right: bytes) -> bytes:
    """The node over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def includes(root: bytes, size: int, index: int, leaf: bytes, path: list[bytes]) -> bool:
    """Whether a path proves that ``leaf`` is the leaf ``index`` (from 0) under ``root``."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_of(sibling, node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = node_of(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


class Tree:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf."""
        size, node = self.size, leaf
        while size & 1:
            node, size = node_of(self._roots.pop(), node), size >> 1
        self._roots.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves."""
        if not self._roots:
            return hashlib.sha256(b"").digest()
        node = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            node = node_of(left, node)
        return node


# --- canonical JSON ----------------------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """The canonical text of a value that ``parsed`` gave."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def parsed(raw: bytes) -> Any:
    """Read canonical JSON.

    Raises:
        BadFormError: too large, not UTF-8, not JSON, too deep, a float, an integer of 2^53 or more, a key that is not ASCII or stands
            twice, half a character, or other bytes than the canonical ones.
    """
    if len(raw) > MAX_JSON:
        raise BadFormError("too large")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadFormError("not UTF-8") from error
    if _depth(raw) > MAX_DEPTH:
        raise BadFormError("nested too deeply")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_float=_refused, parse_constant=_refused, parse_int=_exact)
        same = canonical(value).encode("utf-8") == raw
    except (ValueError, RecursionError) as error:
        raise BadFormError("not canonical JSON") from error
    if not same:
        raise BadFormError("not canonical JSON")
    return value


_BRACKETS = re.compile(rb"[\[\]{}]")


def _depth(raw: bytes) -> int:
    """How deeply brackets nest outside of strings; in time linear to the text, whatever stands in it."""
    deepest = depth = at = 0
    while at < len(raw):
        begin = raw.find(b'"', at)
        end = len(raw) if begin < 0 else begin
        for found in _BRACKETS.finditer(raw, at, end):
            depth += 1 if found.group() in b"[{" else -1
            if depth > MAX_DEPTH:
                return depth
            deepest = max(deepest, depth)
        at = _end_of_string(raw, end + 1)
    return deepest


def _end_of_string(raw: bytes, at: int) -> int:
    """Behind the quote that ends a string, whose text begins at ``at``; the end of the text where none does."""
    while True:
        quote = raw.find(b'"', at)
        if quote < 0:
            return len(raw)
        slashes = quote
        while slashes > at and raw[slashes - 1] == 0x5C:
            slashes -= 1
        if (quote - slashes) % 2 == 0:
            return quote + 1
        at = quote + 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs) or not "".join(found).isascii():
        raise ValueError("keys")
    return found


def _refused(text: str) -> Any:
    raise ValueError(text[:20])


def _exact(text: str) -> int:
    if len(text) > 17 or abs(int(text)) >= LARGEST:
        raise ValueError("large")
    return int(text)


_HEX32 = re.compile(r"[0-9a-f]{64}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and _HEX32.fullmatch(value) is not None


def _is_hash_or_none(value: Any) -> bool:
    return value is None or _is_hash(value)


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_subject(value: Any) -> bool:
    return _fits(value, {"kind": _is_text, "id": _is_text, "n": _is_count, "prev": _is_count})


def _are_subjects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_subject, value))


def _is_image(value: Any) -> bool:
    def side(one: Any) -> bool:
        return one is None or isinstance(one, dict)

    return _fits(value, {"table": _is_text, "key": _is_text, "before": side, "after": side})


def _are_images(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_image, value))


def _fits(value: Any, shape: dict[str, Any]) -> bool:
    """Whether a value is an object with exactly these keys, each of its kind."""
    return isinstance(value, dict) and value.keys() == shape.keys() and all(is_one(value[name]) for name, is_one in shape.items())


_BODY = {
    "v": lambda value: type(value) is int and value == 1, "seq": _is_count, "utc": _is_count, "boot": _is_text, "mono": _is_count,
    "quality": _is_text, "actor": _is_text, "role": _is_text, "session": _is_text, "station": _is_text, "address": _is_text, "os_user": _is_text,
    "action": _is_text, "outcome": _is_text, "subjects": _are_subjects, "payload": _is_hash, "prior": _is_hash_or_none, "next": _is_hash_or_none,
    "signature": _is_text_or_none, "command": _is_text, "software": _is_text, "settings": _is_count,
}  # fmt: skip
_PAYLOAD = {"details": _is_object, "images": _are_images, "reason": _is_text}
_PAYLOAD_MORE = {"asked": _is_object, "result": _is_object}


def _is_payload(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    more = {name: is_one for name, is_one in _PAYLOAD_MORE.items() if name in value}
    return _fits(value, {**_PAYLOAD, **more})


_MANIFEST = {
    "format": lambda value: type(value) is int and value == FORMAT,
    "origin": _is_text,
    "scope": lambda value: value in ("subject", "trail", "station"),
    "subject": lambda value: value is None or _fits(value, {"kind": _is_text, "id": _is_text}),
    "request": _is_object,
    "export": lambda value: _fits(value, {"id": _is_text, "seq": _is_count}),
    "made_utc": _is_count,
    "station": _is_object,
    "checkpoint": lambda value: _fits(value, {"size": _is_count, "root": _is_hash}),
    "events": lambda value: _fits(value, {"count": _is_count, "first": _is_count, "last": _is_count}),
    "page": lambda value: _fits(value, {"sha256": _is_hash, "embedded": lambda one: isinstance(one, bool)}),
    "files": lambda value: isinstance(value, dict) and all(_fits(one, {"bytes": _is_count, "sha256": _is_hash}) for one in value.values()),
}


# --- where the files are -----------------------------------------------------------------------------------------------

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?")
_CHUNK = 1 << 20
_LOCAL, _CENTRAL, _END = "<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"


@dataclass(frozen=True)
class Entry:
    """One file of a zip: where its data begins, packed and unpacked size, CRC-32."""

    start: int
    packed: int
    size: int
    crc: int


class ZipBundle:
    """A zip in the one form that a station writes, so that every byte of it has its place.

    Entries lie without gaps in the order of the directory, each deflated, dated 1980-01-01, without extra fields, comments or flags; the end record
    closes the file. What lies in such a zip is in its directory, and no other program can see other files in it.

    Raises:
        BadFormError: it has another form.
        LimitError: it is larger than a verifier reads.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._length = file.seek(0, os.SEEK_END)
        self.entries = self._directory()

    def names(self) -> list[str]:
        """The files' names."""
        return list(self.entries)

    def size(self, name: str) -> int:
        """The bytes of a file as the directory says."""
        return self.entries[name].size

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a file in pieces.

        Raises:
            DataError: the data is damaged or not as long as the directory says.
        """
        entry = self.entries[name]
        inflate, left, length, crc = zlib.decompressobj(-15), entry.packed, 0, 0
        self._file.seek(entry.start)
        piece = b""
        while not inflate.eof:
            if not piece:
                piece = self._file.read(min(_CHUNK, left))
                left -= len(piece)
            if not piece:
                raise DataError(name)
            try:
                out = inflate.decompress(piece, _CHUNK)
            except zlib.error as error:
                raise DataError(name) from error
            piece = inflate.unconsumed_tail
            length += len(out)
            crc = zlib.crc32(out, crc)
            if length > entry.size:
                raise DataError(name)
            if out:
                yield out
        if left or inflate.unused_data or length != entry.size or crc != entry.crc:
            raise DataError(name)

    def _directory(self) -> dict[str, Entry]:
        end = self._read(self._length - 22, 22)
        magic, disk, first, here, count, size, offset, comment = struct.unpack(_END, end)
        if magic != b"PK\5\6" or disk or first or here != count or comment or offset + size != self._length - 22:
            raise BadFormError("its end")
        if count > MAX_FILES or size > MAX_WHOLE:
            raise LimitError("zip")
        raw, found, folded, at, place, total = self._read(offset, size), dict[str, Entry](), set[str](), 0, 0, 0
        for _ in range(count):
            head, at = raw[at : at + 46], at + 46
            if len(head) != 46:
                raise BadFormError("its directory")
            fields = struct.unpack(_CENTRAL, head)
            crc, packed, unpacked, length = fields[7:11]
            name, at = raw[at : at + length].decode("latin-1"), at + length
            if fields != (b"PK\1\2", 0x0314, 20, 0, 8, 0, 0x21, crc, packed, unpacked, length, 0, 0, 0, 0, 0x81800000, place):
                raise BadFormError("its directory")
            local = struct.pack(_LOCAL, b"PK\3\4", 20, 0, 8, 0, 0x21, crc, packed, unpacked, length, 0) + raw[at - length : at]
            if self._read(place, len(local)) != local:
                raise BadFormError("an entry")
            if _NAME.fullmatch(name) is None or name.lower() in folded:
                raise BadFormError("a name")
            folded.add(name.lower())
            found[name] = Entry(place + len(local), packed, unpacked, crc)
            place, total = place + len(local) + packed, total + unpacked
        if at != size or place != offset:
            raise BadFormError("its length")
        if total > MAX_TOTAL:
            raise LimitError("zip")
        return found

    def _read(self, at: int, length: int) -> bytes:
        if at < 0 or at + length > self._length:
            raise BadFormError("its length")
        self._file.seek(at)
        return self._file.read(length)


class FolderBundle:
    """A bundle that was unpacked.

    Raises:
        BadNameError: a name that no station gives, a link, or something that is no file.
        LimitError: more files, or larger ones, than a verifier reads.
    """

    def __init__(self, path: str) -> None:
        self._root = path
        self._sizes = dict[str, int]()
        total = 0
        for name, full in self._walk(path, ""):
            found = os.lstat(full)
            if _NAME.fullmatch(name) is None or not stat.S_ISREG(found.st_mode):
                raise BadNameError(name[:200].encode("ascii", "replace").decode("ascii"))
            self._sizes[name] = found.st_size
            total += found.st_size
            if len(self._sizes) > MAX_FILES or total > MAX_TOTAL:
                raise LimitError("folder")

    @staticmethod
    def _walk(path: str, inside: str) -> Iterator[tuple[str, str]]:
        for one in sorted(os.listdir(path)):
            full = os.path.join(path, one)
            if not inside and os.path.isdir(full) and not os.path.islink(full):
                yield from FolderBundle._walk(full, one + "/")
            else:
                yield inside + one, full

    def names(self) -> list[str]:
        """The files' names, with ``/``."""
        return list(self._sizes)

    def size(self, name: str) -> int:
        """The bytes of a file."""
        return self._sizes[name]

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a file in pieces.

        Raises:
            DataError: it cannot be read.
        """
        try:
            with open(os.path.join(self._root, *name.split("/")), "rb") as file:
                while piece := file.read(_CHUNK):
                    yield piece
        except OSError as error:
            raise DataError(name) from error


class Source:
    """The files of a bundle, read under limits; damage becomes a finding once and the file counts as not there."""

    def __init__(self, bundle: Any, report: Report) -> None:
        self._bundle = bundle
        self._report = report
        self._bad = set[str]()
        self.names = set(bundle.names())

    def digest(self, name: str) -> tuple[int, str]:
        """Bytes and SHA-256 of a file; those of nothing where it is damaged."""
        sha, length = hashlib.sha256(), 0
        for piece in self._pieces(name):
            sha.update(piece)
            length += len(piece)
        return length, sha.hexdigest()

    def whole(self, name: str) -> bytes | None:
        """A small file; None where it is missing, damaged or too large."""
        if name not in self.names:
            return None
        if self._bundle.size(name) > MAX_WHOLE:
            self._spoil(name, "bundle.limit")
            return None
        content = b"".join(self._pieces(name))
        return None if name in self._bad else content

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file without their ends; a last line without an end comes with an ending mark that no event has."""
        rest = b""
        for piece in self._pieces(name):
            *lines, rest = (rest + piece).split(b"\n")
            for line in (*lines, rest):
                if len(line) > MAX_LINE:
                    self._spoil(name, "bundle.limit")
                    return
            yield from lines
        if rest:
            yield rest + b"\0"

    def _pieces(self, name: str) -> Iterator[bytes]:
        if name not in self.names or name in self._bad:
            return
        try:
            yield from self._bundle.chunks(name)
        except DataError:
            self._spoil(name, "bundle.data")

    def _spoil(self, name: str, key: str) -> None:
        if name not in self._bad:
            self._bad.add(name)
            self._report.add("bundle", key, name)


# --- what stands in the files ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """One event with what the file says of it."""

    body: dict[str, Any]
    leaf: bytes
    payload: dict[str, Any] | None
    proof: list[bytes] | None
    prev: bytes | None
    sig: bytes | None
    stands_edited: bool = False
    """Whether a payload stands there that is not the one of the body; ``payload`` is None then too."""

    @property
    def seq(self) -> int:
        """Its place in the trail."""
        found: int = self.body["seq"]
        return found

    @property
    def hash(self) -> bytes:
        """What the commit's signature is over."""
        return hashlib.sha256(b"\x02" + (self.prev or b"") + self.leaf).digest()

    def is_about(self, kind: str, id_: str) -> bool:
        """Whether the event names a record."""
        return any((s["kind"], s["id"]) == (kind, id_) for s in self.body["subjects"])

    @property
    def details(self) -> dict[str, Any]:
        """The facts of its payload; none where that is missing."""
        found: dict[str, Any] = {} if self.payload is None else self.payload["details"]
        return found

    @property
    def name(self) -> str:
        """How findings name it."""
        return f"event {self.seq}"


def stub_of(event: Event) -> list[tuple[int, int, int]]:
    """What a disposal signed by two people lets go: first and last event, and the event of the disposal itself."""
    ranges = event.details.get("events")
    if event.body["outcome"] != "done" or event.body["signature"] is None or not isinstance(ranges, list):
        return []
    pairs = [one for one in ranges if isinstance(one, list) and len(one) == 2 and all(_is_count(part) for part in one)]
    return [(first, last, event.seq) for first, last in pairs]


@dataclass(frozen=True)
class Note:
    """A checkpoint (C2SP tlog-checkpoint): origin, size, root, the signed text, and its signatures as (name, key id, value)."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: list[tuple[str, bytes, bytes]]

    def is_signed_by(self, public: bytes) -> bool:
        """Whether the station's key signed it (C2SP signed-note, algorithm 0x01)."""
        key_id = hashlib.sha256(self.origin.encode() + b"\n\x01" + public).digest()[:4]
        mine = (value for name, found, value in self.signatures if name == self.origin and found == key_id)
        return any(accepts(public, value, self.text) for value in mine)


_ORIGIN = re.compile(r"[!-~]{1,120}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_SIGNATURE_LINE = re.compile("\u2014 ([^\\s+]+) ([A-Za-z0-9+/]+={0,2})")


def read_note(raw: bytes) -> Note:
    """Read a checkpoint.

    Raises:
        BadFormError: it is none.
    """
    try:
        text, gap, tail = raw.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError as error:
        raise BadFormError("not UTF-8") from error
    lines = text.split("\n")
    if not gap or len(lines) != 3 or not _ORIGIN.fullmatch(lines[0]) or not _SIZE.fullmatch(lines[1]) or not tail.endswith("\n"):
        raise BadFormError("not three lines and a signature")
    root = _base64(lines[2])
    if len(root) != 32:
        raise BadFormError("its root")
    signatures = []
    for line in tail[:-1].split("\n"):
        found = _SIGNATURE_LINE.fullmatch(line)
        if found is None:
            raise BadFormError("a signature line")
        value = _base64(found.group(2))
        signatures.append((found.group(1), value[:4], value[4:]))
    return Note(lines[0], int(lines[1]), root, (text + "\n").encode("utf-8"), signatures)


_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def _base64(text: str) -> bytes:
    """Decode base64 in its one form.

    Raises:
        BadFormError: it has another.
    """
    try:
        value = base64.b64decode(text) if _BASE64.fullmatch(text) else b""
    except ValueError as error:
        raise BadFormError("base64") from error
    if base64.b64encode(value).decode("ascii") != text:
        raise BadFormError("base64")
    return value


def read_event(raw: bytes, *, whole: bool) -> Event:
    """Read a line of events.

    Args:
        raw: the line without its end.
        whole: of a whole trail, whose lines carry links and no proofs.

    Raises:
        BadFormError: it is none.
    """
    line = parsed(raw)
    if not isinstance(line, dict) or not _fits(line.get("body"), _BODY):
        raise BadFormError("its body")
    body = line["body"]
    names = {"body", "payload", "salt"} | ({"prev", "sig"} if whole else {"proof"})
    if body["action"] == "key.rotated":
        names |= {"prev", "sig"}
    if line.keys() != names:
        raise BadFormError("its parts")
    leaf = hashlib.sha256(b"\x00" + canonical(body).encode("utf-8")).digest()
    payload, salt = line["payload"], line["salt"]
    if (payload is not None or salt is not None) and not (
        _is_payload(payload) and isinstance(salt, str) and re.fullmatch("[0-9a-f]{32}", salt)
    ):
        raise BadFormError("its payload")
    prev, sig, proof = line.get("prev"), line.get("sig"), line.get("proof")
    if "prev" in names and not (_is_hash(prev) and (sig is None or (isinstance(sig, str) and re.fullmatch("[0-9a-f]{128}", sig)))):
        raise BadFormError("its link")
    edited = (
        payload is not None and hashlib.sha256(bytes.fromhex(str(salt)) + canonical(payload).encode("utf-8")).hexdigest() != body["payload"]
    )
    if edited:
        payload = None
    return Event(
        body,
        leaf,
        payload,
        _path(proof) if "proof" in names else None,
        bytes.fromhex(prev) if prev else None,
        bytes.fromhex(sig) if sig else None,
        edited,
    )


def _path(proof: Any) -> list[bytes]:
    if not isinstance(proof, list) or len(proof) > 53 or not all(isinstance(one, str) for one in proof):
        raise BadFormError("its proof")
    path = [_base64(one) for one in proof]
    if any(len(one) != 32 for one in path):
        raise BadFormError("its proof")
    return path


# --- the verification --------------------------------------------------------------------------------------------------


class Verification:
    """One verification of one bundle. ``run`` does it; each method below is about one layer."""

    def __init__(self, source: Source, report: Report, *, genesis: str = "", all_signatures: bool = False) -> None:
        self.source = source
        self.report = report
        self._genesis = genesis
        self._all_signatures = all_signatures
        self.manifest: dict[str, Any] = {}
        self.note: Note | None = None
        self.epochs: list[tuple[int, bytes]] = []
        """First event and public key of each epoch, in order; a key signs from the event after the one that names it."""
        self.kept: dict[int, Event] = {}
        """Events that another layer asks about: rotations, signed ones, signatures, the export, the heartbeat; all of them of a subject."""
        self.walk = Walk(self)

    def run(self) -> None:
        """All layers."""
        if not self._read_manifest():
            return
        self._compare_files()
        self._read_checkpoint()
        self._read_events()
        self._follow_keys()
        self._check_signatures()
        self.walk.finish()
        self._check_esignatures()
        self._check_page()
        if self.manifest["scope"] == "station":
            TablesCheck(self.source, self.report, self.walk.rows, self.walk.kept_rows).run()

    @property
    def whole(self) -> bool:
        """Whether the bundle holds the whole trail."""
        return bool(self.manifest["scope"] != "subject")

    # --- manifest and files

    def _read_manifest(self) -> bool:
        self.report.seen.update(("bundle", "manifest"))
        raw = self.source.whole(MANIFEST)
        if raw is None:
            if MANIFEST not in self.source.names:
                self.report.add("bundle", "file.missing", MANIFEST)
            return False
        try:
            if not raw.endswith(b"\n"):
                raise BadFormError("no line end")
            found = parsed(raw[:-1])
            if not _fits(found, _MANIFEST) or (found["scope"] == "subject") != (found["subject"] is not None):
                raise BadFormError("other fields")
        except BadFormError as error:
            self.report.add("manifest", "manifest.form", MANIFEST, what=str(error))
            return False
        self.manifest = found
        self.report.facts = {name: found[name] for name in ("origin", "scope", "subject", "made_utc")}
        self.report.facts.update(events=found["events"]["count"], size=found["checkpoint"]["size"], root=found["checkpoint"]["root"])
        return True

    def _compare_files(self) -> None:
        listed = self.manifest["files"]
        beside = {MANIFEST, SIGNATURE, PAGE}
        for name in sorted(set(NEEDED) - listed.keys()):
            self.report.add("manifest", "manifest.disagrees", name, what="a file that every bundle has is not named")
        for name in sorted((listed.keys() | beside) - self.source.names):
            self.report.add("bundle", "file.missing", name[:200])
        for name in sorted(self.source.names - listed.keys() - beside):
            self.report.add("bundle", "file.unlisted", name)
        for name in sorted(listed.keys() & self.source.names - beside):
            if self.source.digest(name) != (listed[name]["bytes"], listed[name]["sha256"]):
                self.report.add("bundle", "file.changed", name)

    # --- checkpoint and keys

    def _read_checkpoint(self) -> None:
        self.report.seen.add("checkpoint")
        raw = self.source.whole(CHECKPOINT)
        if raw is None:
            return
        try:
            self.note = read_note(raw)
        except BadFormError as error:
            self.report.add("checkpoint", "checkpoint.form", CHECKPOINT, what=str(error))
            return
        said = self.manifest["checkpoint"]
        if (self.note.origin, self.note.size, self.note.root.hex()) != (self.manifest["origin"], said["size"], said["root"]):
            self.report.add("manifest", "manifest.disagrees", CHECKPOINT, what="another checkpoint")

    def _read_events(self) -> None:
        self.report.seen.add("events")
        number, last = 0, 0
        first: int | None = None
        missing: list[Event] = []
        stubs: list[tuple[int, int, int]] = []
        for number, raw in enumerate(self.source.lines(EVENTS), start=1):
            try:
                event = read_event(raw, whole=self.whole)
            except BadFormError as error:
                self.report.add("events", "event.form", f"line {number}", what=str(error))
                continue
            if event.seq <= last:
                self.report.add("events", "event.order", event.name, event.seq)
                continue
            last, first = event.seq, event.seq if first is None else first
            if event.payload is None:
                missing.append(event)
            elif event.body["action"] == "disposal.approved":
                stubs += stub_of(event)
            self.walk.step(event)
        for event in missing:
            naming = {seq for first, last, seq in stubs if first <= event.seq <= last < seq}
            if event.stands_edited or not naming:
                self.report.add("events", "event.payload", event.name, event.seq)
            else:
                self.walk.used |= naming
                self.report.disposed += 1
        said = self.manifest["events"]
        if EVENTS in self.source.names and (said["count"], said["first"], said["last"]) != (number, first or 0, last):
            self.report.add("manifest", "manifest.disagrees", EVENTS, what="another number of events")

    def _follow_keys(self) -> None:
        """From the genesis key through each rotation, and whether ``keys.json`` says the same."""
        self.report.seen.add("keys")
        raw = self.source.whole(KEYS)
        if raw is None:
            return
        try:
            listed = parsed(raw[:-1] if raw.endswith(b"\n") else b"")
            genesis = listed["epochs"][0]["public_key"]
            if not _is_hash(genesis):
                raise BadFormError("the genesis key")
        except (BadFormError, KeyError, IndexError, TypeError):
            self.report.add("keys", "keys.form", KEYS, what="unreadable")
            return
        if self._genesis and genesis != self._genesis:
            self.report.add("keys", "keys.genesis", KEYS)
        self.epochs = [(1, bytes.fromhex(genesis))]
        due = {"origin": self.manifest["origin"], "epochs": [{"epoch": 1, "first": 1, "public_key": genesis}]}
        for event in self.kept.values():
            if event.body["action"] == "key.rotated":
                self._follow_rotation(event, due["epochs"])
        if listed != due:
            self.report.add("keys", "keys.form", KEYS, what="another list")

    def _follow_rotation(self, event: Event, epochs: Any) -> None:
        named, epoch, before = event.details.get("public_key"), event.details.get("epoch"), self.epochs[-1][1]
        message = commit_message(self.manifest["origin"], event)
        if epoch != len(self.epochs) + 1 or not _is_hash(named) or event.sig is None or not accepts(before, event.sig, message):
            self.report.add("keys", "keys.rotation", event.name, event.seq)
            return
        self.epochs.append((event.seq + 1, bytes.fromhex(str(named))))
        epochs.append({"epoch": epoch, "first": event.seq + 1, "public_key": named})

    def key_at(self, seq: int) -> bytes:
        """The key that signs event ``seq``."""
        return [public for first, public in self.epochs if first <= seq][-1]

    def _check_signatures(self) -> None:
        """The checkpoint and the manifest, both signed by the key of the checkpoint's epoch."""
        if not self.epochs or self.note is None:
            return
        key = self.key_at(max(1, self.note.size))
        if not self.note.is_signed_by(key):
            self.report.add("checkpoint", "checkpoint.signature", CHECKPOINT)
        raw, signature = self.source.whole(MANIFEST), self.source.whole(SIGNATURE)
        if signature is None:
            return
        signed = re.fullmatch(rb"[0-9a-f]{128}\n", signature) and raw
        if not signed or not accepts(key, bytes.fromhex(signature.decode("ascii")), manifest_message(raw or b"")):
            self.report.add("manifest", "manifest.signature", SIGNATURE)

    # --- electronic signatures

    def _check_esignatures(self) -> None:
        self.report.seen.add("esignatures")
        applied = {e.body["signature"]: e for e in self.kept.values() if e.body["action"] == "signature.applied"}
        for event in self.kept.values():
            id_ = event.body["signature"]
            if event.body["action"] == "signature.applied":
                self._check_esignature(event, str(id_))
            elif id_ is not None and id_ not in applied:
                self.report.add("esignatures", "esignature.missing", f"signature {id_}"[:200], event.seq)

    def _check_esignature(self, event: Event, id_: str) -> None:
        """One signature: its row, its frozen record, the event it stands on (21 CFR 11.70)."""
        if event.payload is None:
            return
        rows = [i["after"] for i in event.payload["images"] if i["table"] == "signature" and i["before"] is None and i["after"] is not None]
        row = rows[0] if len(rows) == 1 else {}
        target = self.kept.get(row["target_seq"]) if _is_count(row.get("target_seq")) else None
        if target is None or target is event or target.leaf.hex() != row.get("target_leaf") or target.body["signature"] != id_:
            self.report.add("esignatures", "esignature.target", f"signature {id_}"[:200], event.seq)
        sheet = event.details.get("sheet")
        record = canonical(event.details.get("record")).encode("utf-8")
        named = {(s["kind"], s["id"]) for s in event.body["subjects"]}
        said = (row.get("id"), row.get("signer"), row.get("role"), row.get("signed_us"), row.get("reason"), row.get("record_hash"))
        body = event.body
        due = (id_, body["actor"], body["role"], body["utc"], event.payload["reason"], hashlib.sha256(record).hexdigest())
        fits = (
            isinstance(sheet, dict)
            and _is_hash(sheet.get("hash"))
            and sheet["hash"] == row.get("sheet_hash")
            and _is_text(row.get("meaning"))
        )
        about = all(_is_text(row.get(one)) for one in ("subject_kind", "subject_id"))
        if said != due or not fits or not about or not {("signature", id_), (row["subject_kind"], row["subject_id"])} <= named:
            self.report.add("esignatures", "esignature.changed", f"signature {id_}"[:200], event.seq)

    # --- the page

    def _check_page(self) -> None:
        """The page's program by its hash, and what is embedded in it against the files."""
        self.report.seen.add("page")
        raw = self.source.whole(PAGE)
        if raw is None:
            return
        said = self.manifest["page"]
        before, mark, rest = raw.partition(PAGE_BEGIN)
        data, end, after = rest.partition(PAGE_END)
        if not mark or not end or hashlib.sha256(before + mark + end + after).hexdigest() != said["sha256"]:
            self.report.add("page", "page.form", PAGE)
            return
        contents = {name: self.source.whole(name) for name in EMBEDDED} if said["embedded"] else {}
        try:
            due = embedded_text({name: content.decode("utf-8") for name, content in contents.items() if content is not None})
        except UnicodeDecodeError:
            due = b""
        if due != data:
            self.report.add("page", "page.data", PAGE)


PAGE_BEGIN = b'<script type="application/json" id="bundle">'
PAGE_END = b"</script>"


def embedded_text(files: dict[str, str]) -> bytes:
    """The JSON that stands in the page: the files' texts by name, with ``<`` written as an escape so that no text ends the element."""
    return canonical({"files": files}).replace("<", "\\u003c").encode("utf-8")


def commit_message(origin: str, event: Event) -> bytes:
    """What the last row of a commit signs."""
    return f"jope ledger commit v1\n{origin}\n{event.seq}\n{event.hash.hex()}\n".encode()


def manifest_message(raw: bytes) -> bytes:
    """What the signature of a manifest is over."""
    return b"jope bundle manifest v1\n" + raw


class Walk:
    """Takes the events in order: proofs or the chain, the count of each subject, time. Keeps what other layers ask about."""

    def __init__(self, verification: Verification) -> None:
        self._is = verification
        self._report = verification.report
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}
        self._boots: dict[str, int] = {}
        self._trusted = 0
        self._tree = Tree()
        self._due_prev = b""
        self._ends: list[Event] = []
        self._newest: Event | None = None
        self._supports: list[Event] = []
        self.rows: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        """The business rows as the events leave them, of a bundle that holds tables."""
        self.kept_rows: dict[tuple[str, str], KeptRow] = {}
        self.used: set[int] = set()
        """The disposals that name a payload which is gone."""

    def step(self, event: Event) -> None:
        """The next event."""
        self._time(event)
        if self._is.whole:
            self._link(event)
            for subject in event.body["subjects"]:
                self._count(event, subject)
            if self._is.manifest["scope"] == "station":
                self._replay(event)
        else:
            self._prove(event)
            self._belongs(event)
        self._newest = event
        if not self._is.whole or self._is_asked_about(event):
            self._is.kept[event.seq] = event

    def _is_asked_about(self, event: Event) -> bool:
        body, manifest = event.body, self._is.manifest
        if body["signature"] is not None or body["action"] == "key.rotated":
            return True
        return event.seq in (manifest["export"]["seq"], manifest["checkpoint"]["size"])

    def finish(self) -> None:
        """What can be said when all events were seen."""
        self._report.seen.update(("proofs", "completeness", "time") if not self._is.whole else ("chain", "completeness", "time"))
        if self._is.whole:
            self._close_chain()
        else:
            self._find_strays()
        self._close()
        self._check_heartbeat()

    # --- proofs and the chain

    def _prove(self, event: Event) -> None:
        note = self._is.note
        if note is not None and not includes(note.root, note.size, event.seq - 1, event.leaf, event.proof or []):
            self._report.add("proofs", "proof.wrong", event.name, event.seq)

    def _link(self, event: Event) -> None:
        previous = self._newest
        if event.seq != (previous.seq if previous is not None else 0) + 1:
            self._report.add("chain", "chain.gap", event.name, event.seq)
        if previous is None:
            due = hashlib.sha256(b"\x04" + self._is.manifest["origin"].encode("utf-8")).digest()
        else:
            due = hashlib.sha256(b"\x03" + previous.hash + (previous.sig or b"")).digest()
        if event.prev != due:
            self._report.add("chain", "chain.link", event.name, event.seq)
        self._tree.append(event.leaf)
        if event.sig is not None and (self._is._all_signatures or event.body["action"] == "key.rotated"):
            self._ends.append(event)

    def _close_chain(self) -> None:
        note, newest = self._is.note, self._newest
        if note is not None and (self._tree.size, self._tree.root()) != (note.size, note.root):
            self._report.add("chain", "chain.root", EVENTS)
        if newest is None or not self._is.epochs:
            return
        for event in [*(e for e in self._ends if e is not newest), newest]:
            message = commit_message(self._is.manifest["origin"], event)
            if event.sig is None or not accepts(self._is.key_at(event.seq), event.sig, message):
                self._report.add("chain", "chain.signature", event.name, event.seq)

    # --- completeness

    def _count(self, event: Event, subject: dict[str, Any]) -> None:
        key = (subject["kind"], subject["id"])
        n, last = self._counts.get(key, (0, 0))
        if (subject["n"], subject["prev"]) != (n + 1, last):
            self._report.add("completeness", "complete.gap", event.name, event.seq, f"{key[0]} {key[1]}"[:200])
        self._counts[key] = (subject["n"], event.seq)

    def _belongs(self, event: Event) -> None:
        subject, manifest = self._is.manifest["subject"], self._is.manifest
        own = [s for s in event.body["subjects"] if (s["kind"], s["id"]) == (subject["kind"], subject["id"])]
        if own and event.seq <= manifest["export"]["seq"]:
            for one in own:
                self._count(event, one)
        elif event.body["action"] != "key.rotated" and event.seq != manifest["checkpoint"]["size"]:
            self._supports.append(event)

    def _find_strays(self) -> None:
        """Beside the subject's own events stand rotations, the heartbeat, disposals that name a payload, and the other half of a signature."""
        supports = {event.seq for event in self._supports}
        mine = (e for e in self._is.kept.values() if e.seq not in supports or e.seq in self.used)
        signed = {e.body["signature"] for e in mine} - {None}
        for event in self._supports:
            if event.body["signature"] not in signed:
                self._report.add("events", "event.stray", event.name, event.seq)

    def _close(self) -> None:
        """The event of this export closes the bundle: its own count is the number of events, and the checkpoint covers it."""
        manifest = self._is.manifest
        event = self._is.kept.get(manifest["export"]["seq"])
        subject = manifest["subject"] or {"kind": "ledger", "id": "trail"}
        if event is None or not self._is_this_export(event):
            self._report.add("completeness", "complete.closing", "event of the export", manifest["export"]["seq"])
            return
        said = (event.details.get("count"), event.details.get("last"))
        if self._is.whole:
            due = (event.seq - 1, event.seq - 1)
        else:
            own = [s for s in event.body["subjects"] if (s["kind"], s["id"]) == (subject["kind"], subject["id"])]
            n, last = self._counts.get((subject["kind"], subject["id"]), (0, 0))
            due = (own[0]["n"] - 1, own[0]["prev"]) if own and last == event.seq and own[0]["n"] == n else (-1, -1)
        if said != due or event.seq >= manifest["checkpoint"]["size"]:
            self._report.add("completeness", "complete.closing", event.name, event.seq)

    def _is_this_export(self, event: Event) -> bool:
        manifest, details = self._is.manifest, event.details
        request = hashlib.sha256(canonical(manifest["request"]).encode("utf-8")).hexdigest()
        subject = manifest["subject"]
        return (
            (event.body["action"], event.body["outcome"], event.body["command"]) == ("data.exported", "done", manifest["export"]["id"])
            and (details.get("request"), details.get("scope"), details.get("subject")) == (request, manifest["scope"], subject)
            and (manifest["request"].get("scope"), manifest["request"].get("subject")) == (manifest["scope"], subject)
        )

    def _check_heartbeat(self) -> None:
        """The checkpoint was made for this export, so that an older one of the same subject cannot stand in its place."""
        manifest = self._is.manifest
        event = self._is.kept.get(manifest["checkpoint"]["size"])
        due = f"data.exported {manifest['export']['id']}"
        if event is None or event.body["action"] != "log.heartbeat" or event.details.get("cause") != due:
            self._report.add("checkpoint", "checkpoint.heartbeat", "event of the checkpoint", manifest["checkpoint"]["size"])

    # --- time

    def _time(self, event: Event) -> None:
        body = event.body
        back = body["mono"] < self._boots.get(body["boot"], 0)
        self._boots[body["boot"]] = max(body["mono"], self._boots.get(body["boot"], 0))
        if body["action"] == "clock.corrected" and body["outcome"] == "done":
            self._trusted = body["utc"]
        elif body["quality"] != "suspect" and self._is.whole:  # a record's events do not show that the clock was put right in between
            back = back or body["utc"] + JUMP_LIMIT_US < self._trusted
            self._trusted = max(self._trusted, body["utc"])
        if back:
            self._report.add("time", "time.back", event.name, event.seq)

    # --- the business rows

    def _replay(self, event: Event) -> None:
        for image in event.payload["images"] if event.payload is not None else ():
            key = (image["table"], image["key"])
            if image["after"] is None:
                self.rows.pop(key, None)
            else:
                stood = self.rows[key][1] if image["before"] is not None and key in self.rows else {}
                self.rows[key] = (event.seq, {**stood, **image["after"]})
                if key in self.kept_rows and image["before"] is not None:
                    self.kept_rows[key].since = {**image["before"], **self.kept_rows[key].since}
        if event.body["action"] == "disposal.approved" and event.body["outcome"] == "done":
            self._forget(event)

    def _forget(self, event: Event) -> None:
        """Of a row whose history went, only what changed since the disposal is known."""
        rows = event.details.get("rows")
        for row in rows if isinstance(rows, list) else ():
            if (
                isinstance(row, dict)
                and all(_is_text(row.get(name)) for name in ("table", "key", "salt", "state"))
                and _are_texts(row.get("columns"))
            ):
                self.rows[row["table"], row["key"]] = (event.seq, {})
                self.kept_rows[row["table"], row["key"]] = KeptRow(row["salt"], row["state"], list(row["columns"]))


@dataclass
class KeptRow:
    """What a disposal keeps of a row whose history went: a salted digest over its columns then, and in ``since`` what later events changed."""

    salt: str
    state: str
    columns: list[str]
    since: dict[str, Any] = field(default_factory=dict)

    def is_of(self, row: dict[str, Any]) -> bool:
        """Whether the row, with later changes taken back, is the one that stood there."""
        before = {**row, **self.since}
        if not set(self.columns) <= before.keys() or not re.fullmatch("[0-9a-f]{32}", self.salt):
            return False
        text = canonical({column: before[column] for column in self.columns})
        return hashlib.sha256(b"\x05" + bytes.fromhex(self.salt) + text.encode("utf-8")).hexdigest() == self.state


class TablesCheck:
    """The tables of a station's full export against the rows that its trail leaves.

    A column that ``tables/index.json`` names as left out, or that the trail shows sealed, is not compared.
    """

    def __init__(
        self, source: Source, report: Report, rows: dict[tuple[str, str], tuple[int, dict[str, Any]]], kept: dict[tuple[str, str], KeptRow]
    ) -> None:
        self._source = source
        self._report = report
        self._rows = dict(rows)
        self._kept = kept

    def run(self) -> None:
        """All tables that the index names."""
        self._report.seen.add("tables")
        raw = self._source.whole(TABLES)
        shape = {
            "name": _is_text, "key": _are_texts, "columns": _are_texts, "left_out": _are_texts, "rows": _is_count,
            "in_trail": lambda value: isinstance(value, bool),
        }  # fmt: skip
        try:
            index = parsed(raw[:-1]) if raw is not None else None
            if not isinstance(index, list) or not all(_fits(one, shape) for one in index):
                raise BadFormError("its index")
        except BadFormError as error:
            self._report.add("tables", "table.form", TABLES, what=str(error))
            return
        for table in index:
            self._table(table)
        for (name, key), (seq, _) in self._rows.items():
            self._report.add("tables", "table.row", f"{name} {key}"[:200], seq)

    def _table(self, table: dict[str, Any]) -> None:
        name, count, ended = f"tables/{table['name']}.json", 0, False
        for number, raw in enumerate(self._source.lines(name)):
            if raw == (b"]" if number else b"["):
                ended = bool(number)
                continue
            count += 1
            try:
                row = parsed(raw[:-1] if raw.endswith(b",") else raw)
                if not isinstance(row, dict) or not set(table["key"]) <= row.keys() or ended:
                    raise BadFormError("a row")
            except BadFormError as error:
                self._report.add("tables", "table.form", name, what=str(error))
                return
            if table["in_trail"]:
                self._row(table, row)
        if not ended or count != table["rows"]:
            self._report.add("tables", "table.form", name, what="another number of rows")

    def _row(self, table: dict[str, Any], row: dict[str, Any]) -> None:
        key = "|".join("" if row[c] is None else str(row[c]) for c in table["key"])
        seq, shown = self._rows.pop((table["name"], key), (None, {}))
        kept = self._kept.get((table["name"], key))
        if kept is not None and not kept.is_of(row):
            self._report.add("tables", "table.row", f"{table['name']} {key}"[:200], seq)
            return
        for column in sorted(set(table["columns"]) | row.keys()):
            if column in table["left_out"] or str(shown.get(column)).startswith("sealed:"):
                continue
            if column not in shown and kept is not None and (column in kept.columns or row.get(column) is None):
                continue
            if column not in row or column not in shown or canonical(row[column]) != canonical(shown[column]):
                self._report.add("tables", "table.row", f"{table['name']} {key}"[:200], seq)
                return


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def verify(path: str, *, genesis: str = "", all_signatures: bool = False) -> Report:
    """Verify the bundle at a path, a zip or a folder.

    Args:
        path: where it is.
        genesis: the genesis key on paper, 64 hex digits in lower case; empty to begin with the key inside the bundle.
        all_signatures: of a whole trail, check each commit's signature and not those at the ends of epochs alone.

    Raises:
        OSError: the path cannot be read.
    """
    report = Report(trust="pinned" if genesis else "bundle", seen={"bundle"})
    try:
        if os.path.isdir(path):
            Verification(Source(FolderBundle(path), report), report, genesis=genesis, all_signatures=all_signatures).run()
        else:
            with open(path, "rb") as file:
                Verification(Source(ZipBundle(file), report), report, genesis=genesis, all_signatures=all_signatures).run()
    except BadNameError as error:
        report.add("bundle", "bundle.name", str(error))
    except BadFormError as error:
        report.add("bundle", "bundle.form", "zip", what=str(error))
    except LimitError as error:
        report.add("bundle", "bundle.limit", str(error))
    return report


def lines_of(report: Report) -> list[str]:
    """What is printed: a line per finding, where trust began, and the verdict."""
    lines = [
        f"{f.layer:12} {f.seq if f.seq is not None else '-':>8} {_plain(f.subject)}: {_plain(f.message)}"
        for f in report.findings[:MAX_FINDINGS]
    ]
    if report.trust == "pinned":
        lines.append("Trust begins at the genesis key that you gave.")
    else:
        lines.append("Trust begins at the key inside the bundle: compare it with the one on paper (--genesis HEX).")
    facts = report.facts
    about = (
        f"{facts['origin']}, {facts['events']} events, checkpoint {facts['size']} {facts['root'][:16]}" if facts else "no readable manifest"
    )
    if report.disposed:
        lines.append(f"{report.disposed} payloads were disposed of after their retention, each named by a disposal that two people signed.")
    return [*lines, f"{'OK' if report.ok else 'FINDINGS'}: {_plain(about)}"]


def _plain(text: str) -> str:
    """A text that no terminal takes as an order."""
    return "".join(c if c.isprintable() else "?" for c in text).encode("ascii", "replace").decode("ascii")


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(
        description="Verify a bundle of the audit trail. Exit 0: no finding, 1: findings, 2: unreadable input."
    )
    parser.add_argument(
        "bundle", nargs="?", default=os.path.dirname(os.path.abspath(__file__)), help="the zip, or the folder it was unpacked into"
    )
    parser.add_argument("--genesis", default="", metavar="HEX", help="the genesis key from paper (the station's qualification report)")
    parser.add_argument("--all-signatures", action="store_true", help="of a whole trail, check each commit's signature; slow")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    asked = parser.parse_args(arguments)
    genesis = asked.genesis.strip().lower()
    if genesis and not _is_hash(genesis):
        print("--genesis takes 64 hex digits.", file=sys.stderr)
        return 2
    try:
        report = verify(asked.bundle, genesis=genesis, all_signatures=asked.all_signatures)
    except OSError as error:
        print(f"The bundle cannot be read: {error.strerror or error}.", file=sys.stderr)
        return 2
    print(json.dumps(report.as_json(), indent=2) if asked.json else "\n".join(lines_of(report)))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
