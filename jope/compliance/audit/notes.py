"""Checkpoints as signed notes (C2SP tlog-checkpoint and signed-note). No I/O.

A checkpoint is a text of three lines, ``origin``, ``size`` and the root in base64, an empty line, and one line per signature::

    jope/LINE-3/1
    4711
    3rw9nGaTXQUoQsN3VvbV5zrYz9LmK3nV4Qa1f1mZ9xM=

    — jope/LINE-3/1 8yHFTPf...

A signature line names its key and carries the key's four-byte id before the signature. The station signs with algorithm 0x01 (Ed25519 over the text); a
witness cosigns with 0x04 (Ed25519 over ``cosignature/v1``, a time and the text). At under 200 bytes, a note with one signature fits into a QR code.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from jope.kernel.crypto.signing import SigningKey, VerifyingKey
from jope.kernel.errors import CheckpointError

ED25519 = 0x01
COSIGNATURE = 0x04
_SIGNATURE_LINE = re.compile(r"^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$")
_ORIGIN = re.compile(r"^[!-~]{1,120}$")
_SIZE = re.compile(r"^(0|[1-9][0-9]{0,15})$")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the name of the key, its id, and what it signed with (64 bytes; 72 of a cosignature, time first)."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a trail reached: the first ``size`` events of ``origin`` have this root."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"

    @property
    def note(self) -> str:
        """The text with its signatures."""
        return self.text + "\n" + "".join(s.line for s in self.signatures)

    def signed(self, key: SigningKey) -> Checkpoint:
        """The same with the station's signature, under the origin as the key's name."""
        signature = Signature(self.origin, key_id_of(self.origin, ED25519, key.public), key.sign(self.text.encode()))
        return Checkpoint(self.origin, self.size, self.root, (*self.signatures, signature))

    def cosigned(self, name: str, key: SigningKey, posix_seconds: int) -> Checkpoint:
        """The same with a witness' cosignature: it saw this checkpoint at that time and no other history before it."""
        value = posix_seconds.to_bytes(8, "big") + key.sign(_cosigned_text(self.text, posix_seconds))
        signature = Signature(name, key_id_of(name, COSIGNATURE, key.public), value)
        return Checkpoint(self.origin, self.size, self.root, (*self.signatures, signature))

    def is_signed_by(self, public: bytes) -> bool:
        """Whether the note carries a valid signature of the station's key."""
        key_id, key = key_id_of(self.origin, ED25519, public), VerifyingKey(public)
        mine = (s for s in self.signatures if s.name == self.origin and s.key_id == key_id and len(s.value) == 64)
        return any(key.accepts(s.value, self.text.encode()) for s in mine)

    def cosigned_at(self, name: str, public: bytes) -> int | None:
        """When a witness cosigned the note, POSIX seconds; None where it carries no valid cosignature of that key."""
        key_id, key = key_id_of(name, COSIGNATURE, public), VerifyingKey(public)
        for signature in self.signatures:
            if signature.name == name and signature.key_id == key_id and len(signature.value) == 72:
                seconds = int.from_bytes(signature.value[:8], "big")
                if key.accepts(signature.value[8:], _cosigned_text(self.text, seconds)):
                    return seconds
        return None


def _cosigned_text(text: str, posix_seconds: int) -> bytes:
    return f"cosignature/v1\ntime {posix_seconds}\n{text}".encode()


def key_id_of(name: str, algorithm: int, public: bytes) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


def read_note(note: str) -> Checkpoint:
    """Read a checkpoint back. Whether its signatures hold is asked of what comes back.

    Raises:
        CheckpointError: the text is no checkpoint.
    """
    text, gap, tail = note.partition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) != 3 or not _ORIGIN.match(lines[0]) or not _SIZE.match(lines[1]):
        raise CheckpointError("This text is no checkpoint.")
    root = _exact_base64(lines[2])
    if len(root) != 32:
        raise CheckpointError("The root of the checkpoint is not 32 bytes.")
    if not tail.endswith("\n"):
        raise CheckpointError("The checkpoint carries no signature, or its last line was cut.")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(_signature(line) for line in tail[:-1].split("\n")))


def _signature(line: str) -> Signature:
    found = _SIGNATURE_LINE.match(line)
    if found is None:
        raise CheckpointError("A signature line of the checkpoint is malformed.")
    value = _exact_base64(found.group(2))
    if len(value) < 5:
        raise CheckpointError("A signature of the checkpoint is too short.")
    return Signature(found.group(1), value[:4], value[4:])


def _exact_base64(text: str) -> bytes:
    """Decode what could not be written in another way, so that a note has one form."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckpointError("The checkpoint holds something that is not base64.") from error
    if base64.b64encode(value).decode("ascii") != text:
        raise CheckpointError("The checkpoint holds base64 in another form than the canonical one.")
    return value
