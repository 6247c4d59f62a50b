"""The ledger's signing key, one per day: today's, and for a moment tomorrow's beside it (ledger.md "Checkpoints, keys, anchors").

Whoever takes today's key cannot sign for yesterday: a rotation is signed by the outgoing key, which is then destroyed.

Rules:

1. The next key is on the disk before the commit that names it, so that a crash at any point leaves the key that the trail asks for.
2. The trail says which key is due; ``adopt`` looks for the private half and finishes a rotation that was cut short.
3. The outgoing key is written over, made durable, and only then replaced. A medium that keeps old blocks may keep it still; where that matters, a
   protector that never gives the key away (TPM) belongs in this class' place.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from jope.kernel.crypto.keys import KEY_BYTES, read_key, write_key
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.errors import StoreKeyError


class EpochKeys:
    """Key files ``ledger.key`` and ``ledger.next`` of a station's ``keys`` folder."""

    def __init__(self, folder: Path) -> None:
        self._current = folder / "ledger.key"
        self._next = folder / "ledger.next"

    def adopt(self, public: bytes) -> SigningKey:
        """The private half of the key that the trail names.

        Raises:
            StoreKeyError: neither file holds it.
        """
        if self._next.exists() and SigningKey(read_key(self._next)).public == public:
            self.promote()
        key = SigningKey(read_key(self._current))
        if key.public != public:
            raise StoreKeyError(
                "The signing key beside the store is not the one that the trail ends with.",
                remedy="Put the station's own keys back, or restore a backup; then run 'jope audit verify'.",
            )
        return key

    def prepare(self) -> SigningKey:
        """A new key for the next epoch, durable in ``ledger.next``. One that was prepared and never named gives way."""
        self._next.unlink(missing_ok=True)
        seed = secrets.token_bytes(KEY_BYTES)
        write_key(self._next, seed)
        return SigningKey(seed)

    def promote(self) -> None:
        """Destroy the outgoing key and put the prepared one in its place. May be called again after a crash."""
        if not self._next.exists():
            return
        if self._current.exists():
            with self._current.open("r+b") as file:
                file.write(b"0" * (2 * KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
        self._next.replace(self._current)
