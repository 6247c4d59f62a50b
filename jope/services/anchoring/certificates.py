"""Self-signed certificates that are pinned by their SHA-256. No authority, no names, no dates that count: the pin decides (RFC 5280, section 4.1.2.5).

Both ends show one; each knows the other's. A private key never leaves the machine that made it.
"""

from __future__ import annotations

import hashlib
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jope.kernel.errors import WitnessError

_FROM: Final = datetime(2020, 1, 1, tzinfo=UTC)
_NEVER: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""The date that says of a certificate that it has no well-defined end."""


def make_certificate(name: str, passphrase: bytes | None) -> tuple[bytes, bytes]:
    """(private key, certificate) of a new P-256 key as PEM; the key encrypted where there is a passphrase."""
    from cryptography import x509  # a start of the station, which makes none, need not wait for it
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    builder = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(_FROM).not_valid_after(_NEVER)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    cipher = serialization.NoEncryption() if passphrase is None else serialization.BestAvailableEncryption(passphrase)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, cipher)
    return private, certificate.public_bytes(serialization.Encoding.PEM)


def pin_of(der: bytes) -> bytes:
    """SHA-256 of a certificate in DER: what stands in a policy and in a registration."""
    return hashlib.sha256(der).digest()


def pin_of_pem(pem: bytes) -> bytes:
    """As ``pin_of``, of one certificate in PEM.

    Raises:
        WitnessError: the text is no certificate.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise WitnessError("The file holds no certificate in PEM.", remedy="Give the file that 'jope witness enrol' wrote.") from error
    return pin_of(certificate.public_bytes(serialization.Encoding.DER))


def server_context(key: Path, certificate: Path, clients: list[bytes]) -> ssl.SSLContext:
    """TLS 1.3 for the witness; only the given client certificates (PEM) get through the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0  # no session outlives its connection, so a withdrawn certificate is out at once
    for pem in clients:
        context.load_verify_locations(cadata=pem.decode("ascii"))
    return context


def client_context(key: Path, certificate: Path, passphrase: bytes) -> ssl.SSLContext:
    """TLS 1.3 for the station. The server's certificate is compared with its pin by whoever connects, before a byte is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the pin stands in its place; the handshake still proves that the server holds the key
    context.load_cert_chain(certificate, key, password=passphrase)
    return context
