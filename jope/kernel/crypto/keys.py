"""The keys of a station, each apart: store, ledger signing, images, blobs.

Here as files of mode 0600 in the station's ``keys`` folder. Other protectors (OS keyring, systemd credentials, DPAPI, TPM) come behind the same class.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from jope.kernel.errors import StoreKeyError

KEY_BYTES = 32
_NAMES = ("store", "ledger", "image", "blob")


@dataclass(frozen=True, slots=True, repr=False)
class StationKeys:
    """Raw keys of 32 bytes each. ``image`` is None where the reader may not see names."""

    store: bytes
    ledger: bytes
    image: bytes
    blob: bytes

    @classmethod
    def create(cls, folder: Path) -> StationKeys:
        """New keys, written to ``folder``; existing ones are never overwritten.

        Raises:
            StoreKeyError: a key is already there.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in _NAMES:
            write_key(folder / f"{name}.key", secrets.token_bytes(KEY_BYTES))
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> StationKeys:
        """The keys of a station.

        Raises:
            StoreKeyError: a key is missing or not 32 bytes of hex.
        """
        return cls(*(read_key(folder / f"{name}.key") for name in _NAMES))


def write_key(path: Path, key: bytes) -> None:
    """Write one key so that only its owner reads it, and make it durable.

    Raises:
        StoreKeyError: the file exists.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise StoreKeyError(f"The key file {path.name} is already there; keys are never overwritten.") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """Read one key.

    Raises:
        StoreKeyError: missing, unreadable or malformed.
    """
    try:
        text = path.read_text("ascii").strip()
        key = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise StoreKeyError(f"The key file {path.name} is missing or cannot be read.") from error
    if len(key) != KEY_BYTES:
        raise StoreKeyError(f"The key file {path.name} does not hold {KEY_BYTES} bytes.")
    return key
