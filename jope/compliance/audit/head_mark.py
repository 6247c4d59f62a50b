"""The head mark: beside the signing key, how far the trail had come (ledger.md "Commit").

The trail alone cannot show that its newest events were cut off or that yesterday's file was put back. The mark, which is not in the file, can. It has two
slots that take turns, each with a checksum, so that a write that was cut short leaves the other. It is written after each commit and not synced: after
a power loss it may be older than the trail, which is fine; a trail that is older than its mark is not.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_SLOT = struct.Struct(">8s8sQQ32s")
_SLOT_BYTES = _SLOT.size + 4
_MAGIC = b"JOPEHEAD"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the trail of an origin ended: sequence number and hash of its last row."""

    seq: int
    hash: bytes


class HeadMark:
    """The mark of one origin in a file. Not thread-safe; it belongs to the command thread."""

    def __init__(self, path: Path, origin: str) -> None:
        self._path = path
        self._origin = hashlib.sha256(origin.encode()).digest()[:8]
        self._turn = 0
        self._file: IO[bytes] | None = None

    def read(self) -> Mark | None:
        """The newest intact mark of this origin, None where there is none."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        found = [slot for slot in (self._slot(content, 0), self._slot(content, 1)) if slot is not None]
        if not found:
            return None
        self._turn, mark = max(found, key=lambda slot: slot[0])
        return mark

    def write(self, mark: Mark) -> None:
        """Write the mark into the slot whose turn it is."""
        if self._file is None:
            self._path.touch(mode=0o600)
            self._file = self._path.open("r+b", buffering=0)
        self._turn += 1
        body = _SLOT.pack(_MAGIC, self._origin, self._turn, mark.seq, mark.hash)
        self._file.seek((self._turn % 2) * _SLOT_BYTES)
        self._file.write(body + zlib.crc32(body).to_bytes(4, "big"))

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _slot(self, content: bytes, number: int) -> tuple[int, Mark] | None:
        slot = content[number * _SLOT_BYTES : (number + 1) * _SLOT_BYTES]
        if len(slot) != _SLOT_BYTES or zlib.crc32(slot[:-4]).to_bytes(4, "big") != slot[-4:]:
            return None
        magic, origin, turn, seq, hash_ = _SLOT.unpack(slot[:-4])
        return (turn, Mark(seq, hash_)) if (magic, origin) == (_MAGIC, self._origin) else None
