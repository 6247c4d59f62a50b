"""Whether a server is the one that two people approved (URS P11-09; OPC 10000-4, 6.1.3).

The rules, in this order; the first that fails refuses the server before any account or password is sent:

1. The certificate is byte-equal to one of the trust list. An empty list trusts nobody; an issuer's signature does not help.
2. The station's time lies within the certificate's dates.
3. The certificate's application URI is the one that the server states of itself.

A host name that the certificate does not hold is noted and not refused: certificates were approved byte by byte, and plants reach their PLCs by
addresses that no certificate knows. Possession of the private key is proven by the secure channel itself.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from jope.kernel.errors import DeviceTrustError


@dataclass(frozen=True, slots=True)
class SeenCertificate:
    """A certificate that a server showed, for people to compare and approve."""

    der: bytes
    subject: str
    application_uri: str
    not_before: datetime
    not_after: datetime
    hosts: tuple[str, ...]

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return thumbprint(self.der)


def thumbprint(der: bytes) -> str:
    """SHA-256 of a certificate, in hex."""
    return hashlib.sha256(der).hexdigest()


def leading_certificate(der: bytes) -> bytes:
    """The first certificate of a chain as servers send it, one behind the other: its length stands in its outer SEQUENCE."""
    if len(der) < 4 or der[0] != 0x30:
        return der
    if der[1] == 0x82:
        return der[: int.from_bytes(der[2:4], "big") + 4]
    return der


def read_certificate(der: bytes) -> SeenCertificate:
    """Take a certificate apart.

    Raises:
        DeviceTrustError: it is no certificate.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        names = _alternative_names(certificate)
        return SeenCertificate(
            der=der,
            subject=certificate.subject.rfc4514_string(),
            application_uri=next(iter(names.get_values_for_type(x509.UniformResourceIdentifier)), "") if names else "",
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            hosts=_hosts(names) if names else (),
        )
    except ValueError as error:
        raise DeviceTrustError("What the server shows is not a certificate.", certificate_der=der) from error


def _alternative_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None


def _hosts(names: x509.SubjectAlternativeName) -> tuple[str, ...]:
    addresses = (str(address) for address in names.get_values_for_type(x509.IPAddress))
    return (*names.get_values_for_type(x509.DNSName), *addresses)


def judge(seen: SeenCertificate, trusted: tuple[bytes, ...], *, application_uri: str, now_us: int) -> None:
    """Apply the rules of this module.

    Raises:
        DeviceTrustError: the server is not trusted; the error holds the certificate that it showed.
    """
    if seen.der not in trusted:
        raise DeviceTrustError(
            f"The server's certificate is not on the trust list: {seen.subject}, SHA-256 {seen.thumbprint}.", certificate_der=seen.der
        )
    now = datetime.fromtimestamp(now_us / 1_000_000, UTC)
    if now > seen.not_after:
        raise DeviceTrustError(f"The server's certificate expired on {seen.not_after:%Y-%m-%d}.", certificate_der=seen.der)
    if now < seen.not_before:
        raise DeviceTrustError(f"The server's certificate is valid from {seen.not_before:%Y-%m-%d} on only.", certificate_der=seen.der)
    if seen.application_uri != application_uri:
        raise DeviceTrustError(
            f"The server calls itself {application_uri}, its certificate names {seen.application_uri or 'nobody'}.",
            certificate_der=seen.der,
        )


def names_host(seen: SeenCertificate, host: str) -> bool:
    """Whether the certificate holds the host name or address under which the server was reached."""
    try:
        host = str(ipaddress.ip_address(host))
    except ValueError:
        host = host.lower()
    return host in {name.lower() for name in seen.hosts}
