"""What a certificate says of itself, for whoever compares it before trusting it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography import x509

from jope.kernel.errors import FrameError


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """SHA-256 thumbprint in hex, the subject's name, and the last day of validity, ISO 8601."""

    thumbprint: str
    subject: str
    not_after: str


def facts_of(der: bytes) -> CertificateFacts:
    """The facts of a certificate.

    Raises:
        FrameError: these bytes are no certificate.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise FrameError("What the device showed is no certificate.") from error
    subject = certificate.subject.rfc4514_string()[:200]
    return CertificateFacts(hashlib.sha256(der).hexdigest(), subject, certificate.not_valid_after_utc.date().isoformat())
