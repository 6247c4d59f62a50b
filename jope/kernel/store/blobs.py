"""Documents by content hash, encrypted under the blob key, apart from the store (URS Q09)."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jope.kernel.errors import NotFoundError, StoreDamagedError

_HASH = re.compile(r"[0-9a-f]{64}")


class BlobStore:
    """A folder of files named by the SHA-256 of their plain content."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._aead = AESGCM(hashlib.sha256(b"jope blob" + key).digest())

    def put(self, content: bytes) -> str:
        """Keep the content durably and return its hash in hex. The same content is one file."""
        name = hashlib.sha256(content).hexdigest()
        path = self._folder / name[:2] / name
        if path.exists():
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        nonce = secrets.token_bytes(12)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(nonce + self._aead.encrypt(nonce, content, name.encode()))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        return name

    def holds(self, name: str) -> bool:
        """Whether the content of this hash is there."""
        return _HASH.fullmatch(name) is not None and (self._folder / name[:2] / name).is_file()

    def get(self, name: str) -> bytes:
        """The content of a hash.

        Raises:
            NotFoundError: there is none.
            StoreDamagedError: the file is not what was kept.
        """
        path = self._folder / name[:2] / name
        if not path.is_file():
            raise NotFoundError(f"The document {name[:12]} is not there.")
        blob = path.read_bytes()
        try:
            content = self._aead.decrypt(blob[:12], blob[12:], name.encode())
        except InvalidTag as error:
            raise StoreDamagedError(f"The document {name[:12]} is damaged.") from error
        if hashlib.sha256(content).hexdigest() != name:
            raise StoreDamagedError(f"The document {name[:12]} is damaged.")
        return content
