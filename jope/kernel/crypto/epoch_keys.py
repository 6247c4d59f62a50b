"""The ledger's signing key, one per day: today's, and for a moment tomorrow's beside it (ledger.md "Checkpoints, keys, anchors").

Whoever takes today's key cannot sign for yesterday: a rotation is signed by the outgoing key, which is then destroyed.

Rules:

1. The next key is on the disk before the commit that names it, so that a crash at any point leaves the key that the trail asks for.
2. The trail says which key is due; ``adopt`` looks for the private half and finishes a rotation that was cut short.
3. The outgoing key is written over, made durable, and only then replaced. A medium that keeps old blocks may keep it still; a wrapped one (ADR 0011) is of no
   use there without the wrapping key, which is on another medium or under the operating system's care.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from jope.kernel.crypto.keys import KEY_BYTES, KeyFiles
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.errors import StoreKeyError, WrappingKeyWrongError

_PURPOSE = "ledger"


class EpochKeys:
    """Key files ``ledger.key`` and ``ledger.next`` of a station's ``keys`` folder, wrapped where the station's keys are."""

    def __init__(self, folder: Path, wrapping_key: bytes | None = None) -> None:
        self._files = KeyFiles(folder, wrapping_key)
        self._current = folder / "ledger.key"
        self._next = folder / "ledger.next"
        self._outgoing = folder / "ledger.old"

    def adopt(self, public: bytes) -> SigningKey:
        """The private half of the key that the trail names.

        Raises:
            StoreKeyError: neither file holds it.
        """
        prepared = self._prepared()
        if prepared is not None and prepared.public == public:
            self.promote()
        elif self._outgoing.exists() and self._current.exists() and not self._outgoing.samefile(self._current):
            self._destroy_outgoing()
        key = SigningKey(self._files.read(_PURPOSE, self._current))
        if key.public != public:
            raise StoreKeyError(
                "The signing key beside the store is not the one that the trail ends with.",
                remedy="Put the station's own keys back, or restore a backup; then run 'jope audit verify'.",
            )
        return key

    def _prepared(self) -> SigningKey | None:
        """The key of the next epoch; None where there is none, or where its writing was cut short, so that no commit can have named it."""
        if not self._next.exists():
            return None
        try:
            return SigningKey(self._files.read(_PURPOSE, self._next))
        except (StoreKeyError, WrappingKeyWrongError):
            return None

    def prepare(self) -> SigningKey:
        """A new key for the next epoch, durable in ``ledger.next``. One that was prepared and never named gives way."""
        self._next.unlink(missing_ok=True)
        seed = secrets.token_bytes(KEY_BYTES)
        self._files.write(_PURPOSE, seed, self._next)
        return SigningKey(seed)

    def promote(self) -> None:
        """Destroy the outgoing key and put the prepared one in its place. May be called again after a crash."""
        if self._next.exists():
            if self._current.exists() and not self._outgoing.exists():
                os.link(self._current, self._outgoing)  # at each moment ``ledger.key`` is a whole key, whatever a crash leaves
            self._next.replace(self._current)
        self._destroy_outgoing()

    def _destroy_outgoing(self) -> None:
        """Write over the key that has signed its last, and take its file away."""
        if not self._outgoing.exists():
            return
        with self._outgoing.open("r+b") as file:
            file.write(b"0" * self._outgoing.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        self._outgoing.unlink()
