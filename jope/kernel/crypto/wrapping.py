"""Key files that are of no use by themselves: each wrapped with one wrapping key that a protector holds (ADR 0011).

AES-256-GCM with a fresh nonce of 96 bits for every wrap (NIST SP 800-38D, section 8.2.2). The associated data names the form and the purpose of the key, so
that a wrapped key cannot be passed off as another one; the next day's signing key has the purpose of today's, whose place it takes.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jope.kernel.errors import WrappingKeyWrongError

PREFIX: Final = "jope-wrapped-key-v1 "
_NONCE_BYTES: Final = 12


def wrap(wrapping_key: bytes, purpose: str, key: bytes) -> str:
    """The wrapped key as one line of ASCII text."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(wrapping_key).encrypt(nonce, key, _associated(purpose))
    return PREFIX + base64.b64encode(nonce + sealed).decode("ascii")


def unwrap(wrapping_key: bytes, purpose: str, text: str) -> bytes:
    """The key.

    Raises:
        WrappingKeyWrongError: the text is no wrapped key, or not of this purpose under this wrapping key.
    """
    try:
        if not text.startswith(PREFIX):
            raise WrappingKeyWrongError(f"The key '{purpose}' is not wrapped, though this station's keys are.")
        blob = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        return AESGCM(wrapping_key).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], _associated(purpose))
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise WrappingKeyWrongError(f"The key '{purpose}' does not open under this station's wrapping key.") from error


def _associated(purpose: str) -> bytes:
    return f"{PREFIX}{purpose}".encode("ascii")
