"""The keys of a station, each apart: store, ledger signing, images, blobs.

They are files of mode 0600 in the station's ``keys`` folder: in hex where that mode is all that protects them, or wrapped with a key that a protector holds
(``protectors.py``; ADR 0011). A station's files are all of one kind, and a file of the other kind is refused.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from jope.kernel.crypto.wrapping import unwrap, wrap
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
    def create(cls, folder: Path, wrapping_key: bytes | None = None) -> StationKeys:
        """New keys, written to ``folder``; existing ones are never overwritten.

        Raises:
            StoreKeyError: a key is already there.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = KeyFiles(folder, wrapping_key)
        for name in _NAMES:
            files.write(name, secrets.token_bytes(KEY_BYTES))
        return cls.load(folder, wrapping_key)

    @classmethod
    def load(cls, folder: Path, wrapping_key: bytes | None = None) -> StationKeys:
        """The keys of a station.

        Raises:
            StoreKeyError: a key is missing or malformed.
            WrappingKeyWrongError: a key is not this station's.
        """
        files = KeyFiles(folder, wrapping_key)
        return cls(*(files.read(name) for name in _NAMES))


@dataclass(frozen=True, slots=True, repr=False)
class KeyFiles:
    """The key files of one folder, ``<name>.key``; wrapped where there is a wrapping key."""

    folder: Path
    wrapping_key: bytes | None = None

    def path(self, name: str) -> Path:
        """Where a key is."""
        return self.folder / f"{name}.key"

    def read(self, name: str, path: Path | None = None) -> bytes:
        """Read the key of a purpose, from another file of that purpose where one is named.

        Raises:
            StoreKeyError: missing, unreadable or malformed.
            WrappingKeyWrongError: wrapped under another key or for another purpose, or not wrapped.
        """
        where = path or self.path(name)
        if self.wrapping_key is None:
            return read_key(where)
        key = unwrap(self.wrapping_key, name, _text(where))
        if len(key) != KEY_BYTES:
            raise StoreKeyError(f"The key file {where.name} does not hold {KEY_BYTES} bytes.")
        return key

    def write(self, name: str, key: bytes, path: Path | None = None) -> None:
        """Write a key so that only its owner reads it, and make it durable.

        Raises:
            StoreKeyError: the file exists.
        """
        where = path or self.path(name)
        if self.wrapping_key is None:
            write_key(where, key)
        else:
            _write(where, wrap(self.wrapping_key, name, key) + "\n")


def write_key(path: Path, key: bytes) -> None:
    """Write one key so that only its owner reads it, and make it durable.

    Raises:
        StoreKeyError: the file exists.
    """
    _write(path, key.hex() + "\n")


def _write(path: Path, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise StoreKeyError(f"The key file {path.name} is already there; keys are never overwritten.") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """Read one key.

    Raises:
        StoreKeyError: missing, unreadable or malformed.
    """
    try:
        key = bytes.fromhex(_text(path))
    except ValueError as error:
        raise StoreKeyError(f"The key file {path.name} is missing or cannot be read.") from error
    if len(key) != KEY_BYTES:
        raise StoreKeyError(f"The key file {path.name} does not hold {KEY_BYTES} bytes.")
    return key


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        raise StoreKeyError(f"The key file {path.name} is missing or cannot be read.") from error
