"""The station's application instance certificate (OPC 10000-6, 6.2.2): made here, approved at the server, never on disk unencrypted by us.

Also used to give the simulated line its own. Both sides come back as PEM bytes; whoever asked keeps them.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jope.kernel.clock import Clock
from jope.kernel.errors import SettingsError

KEY_SIZES: Final = (2048, 3072, 4096)
"""What the three security policies allow."""

BACKDATED: Final = timedelta(hours=1)
"""A PLC's clock may be behind; a certificate from the future would be refused."""


@dataclass(frozen=True, slots=True)
class ApplicationCertificate:
    """A certificate and its private key, PEM; the certificate also as DER, which is what the other side puts on its trust list."""

    certificate_pem: bytes
    certificate_der: bytes
    private_key_pem: bytes = field(repr=False)


def make_application_certificate(
    application_uri: str, *, name: str, hosts: tuple[str, ...], clock: Clock, days: int = 1095, key_size: int = 2048, organization: str = ""
) -> ApplicationCertificate:
    """A self-signed certificate with a new RSA key.

    ``application_uri`` stands in the subject's alternative names and must stay the station's own for life (``urn:jope:station:...``).
    ``hosts`` are the names and addresses under which the station is known.

    Raises:
        SettingsError: the key size is none that OPC-UA knows.
    """
    if key_size not in KEY_SIZES:
        raise SettingsError(f"A key of {key_size} bits does not fit.", remedy="Use 2048, 3072 or 4096 bits.")
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if organization:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    subject = x509.Name(attributes)
    now = datetime.fromtimestamp(clock.now().utc_us // 1_000_000, UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(application_uri), *map(_host, hosts)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return ApplicationCertificate(
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM),
        certificate_der=certificate.public_bytes(serialization.Encoding.DER),
        private_key_pem=key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage() -> x509.KeyUsage:
    """Signature, non-repudiation, key and data encipherment; certificate signing because it signs itself (OPC 10000-6, table 47)."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
