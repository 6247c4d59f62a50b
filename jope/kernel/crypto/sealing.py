"""Sealing of single fields inside row images: names, password hashes, identity evidence.

AES-256-GCM under the image key with ``table|key|column`` as associated data, so that a sealed field cannot be moved. The nonce is the first 96 bits of
HMAC-SHA-256 over associated data and text: the same field with the same text always seals to the same bytes, which lets the state hashes of
successive events meet, and a nonce never serves two different texts (a synthetic nonce in the sense of RFC 8452, section 1).
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEALED_PREFIX = "sealed:"


class FieldSealer:
    """Seals and opens fields with one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(hashlib.sha256(b"jope image seal" + key).digest())
        self._nonce_key = hashlib.sha256(b"jope image nonce" + key).digest()

    def seal(self, text: str, *, table: str, key: str, column: str) -> str:
        """The sealed field as ASCII text."""
        aad = f"{table}|{key}|{column}".encode()
        plain = text.encode()
        nonce = hmac.digest(self._nonce_key, len(aad).to_bytes(4, "big") + aad + plain, "sha256")[:12]
        return SEALED_PREFIX + base64.b64encode(nonce + self._aead.encrypt(nonce, plain, aad)).decode("ascii")

    def open(self, sealed: str, *, table: str, key: str, column: str) -> str | None:
        """The text, or None when the field is damaged, moved or sealed under another key."""
        if not sealed.startswith(SEALED_PREFIX):
            return None
        try:
            blob = base64.b64decode(sealed[len(SEALED_PREFIX) :], validate=True)
            return self._aead.decrypt(blob[:12], blob[12:], f"{table}|{key}|{column}".encode()).decode()
        except (InvalidTag, ValueError):
            return None
