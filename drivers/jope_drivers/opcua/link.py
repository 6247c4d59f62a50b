"""One session with a server over one secure channel after another (OPC 10000-4, 5.6 and 5.7).

The order of opening, so that nothing secret ever reaches a server that is not trusted:

1. A first channel without security asks for the endpoints. What it says is believed by nobody: it only names the certificate to judge.
2. ``trust.judge`` looks at the certificate.
3. The secure channel is opened to exactly this certificate; only the holder of its key can read it.
4. CreateSession: the server signs the station's nonce, which proves it again. Only then ActivateSession sends the account.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from asyncua import ua
from asyncua.crypto import security_policies
from asyncua.crypto.security_policies import SecurityPolicy
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceError, DeviceOfflineError, DeviceTrustError, SettingsError
from jope.plant.devices.ports import DeviceConfig
from jope_drivers.opcua.settings import POLICY_URI, OpcUaSettings, Security, UserToken
from jope_drivers.opcua.transport import GuardedClient, GuardedProtocol
from jope_drivers.opcua.trust import SeenCertificate, judge, leading_certificate, names_host, read_certificate

PEER_FAULTS: Final = (
    OSError,
    asyncio.TimeoutError,
    ua.UaError,
    InvalidSignature,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
    struct.error,
)
"""What the library raises when the other side is silent, says no, or says something that cannot be decoded."""

_TRUST_CODES: Final = frozenset(
    getattr(ua.StatusCodes, name)
    for name in dir(ua.StatusCodes)
    if name.startswith(("BadCertificate", "BadIdentity", "BadUser", "BadApplicationSignature", "BadSecurityChecks", "BadSecurityMode"))
    or name in ("BadSecurityPolicyRejected", "BadNonceInvalid", "BadNoValidCertificates")
)
_POLICIES: Final[dict[Security, type[SecurityPolicy]]] = {
    Security.BASIC256_SHA256: security_policies.SecurityPolicyBasic256Sha256,
    Security.AES256_SHA256_RSA_PSS: security_policies.SecurityPolicyAes256Sha256RsaPss,
    Security.AES128_SHA256_RSA_OAEP: security_policies.SecurityPolicyAes128Sha256RsaOaep,
}
_Answer = TypeVar("_Answer")


def device_error(error: BaseException, doing: str) -> DeviceError:
    """A fault of the other side, as the station tells it."""
    if isinstance(error, ua.UaStatusCodeError) and error.code in _TRUST_CODES:
        name = ua.StatusCode(error.code).name
        return DeviceTrustError(f"The server refuses the station's certificate or account ({name}) {doing}.")
    if isinstance(error, InvalidSignature):
        return DeviceTrustError(f"The server cannot prove that its certificate is its own {doing}.")
    if isinstance(error, ua.UaStatusCodeError):
        return DeviceOfflineError(f"The server answered {ua.StatusCode(error.code).name} {doing}.")
    if isinstance(error, TimeoutError):
        return DeviceOfflineError(f"The server did not answer in time {doing}.")
    return DeviceOfflineError(f"The connection failed {doing} ({type(error).__name__}: {error}).")


def status_error(code: int) -> ua.UaStatusCodeError:
    """A status code as the library raises it."""
    make: Callable[[int], ua.UaStatusCodeError] = ua.UaStatusCodeError
    return make(code)


def key_material(config: DeviceConfig) -> tuple[x509.Certificate, RSAPrivateKey]:
    """The station's certificate and key as objects; neither is ever written to a file.

    Raises:
        SettingsError: they cannot be read, or do not belong together.
    """
    try:
        certificate = x509.load_pem_x509_certificate(config.credentials.certificate_pem)
        key = load_pem_private_key(config.credentials.private_key_pem, password=None)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"Certificate or key of {config.device_id} cannot be read.", remedy="Import them again as PEM.") from error
    if not isinstance(key, RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise SettingsError(f"Certificate and key of {config.device_id} do not belong together.")
    return certificate, key


class Link:
    """The connection of one device. All methods run in the gateway's loop."""

    def __init__(self, config: DeviceConfig, settings: OpcUaSettings, clock: Clock) -> None:
        """Read the key material.

        Raises:
            SettingsError: it cannot be used.
        """
        self._config = config
        self._settings = settings
        self._clock = clock
        self._own = key_material(config) if settings.security is not Security.NONE else None
        self._client: GuardedClient | None = None
        self._peer: bytes | None = None
        self._renewal: asyncio.Task[None] | None = None
        self.seen: SeenCertificate | None = None
        self.server_uri = ""
        self.requests = 0
        self.failures = 0

    @property
    def client(self) -> GuardedClient:
        """The library's client of the present channel.

        Raises:
            DeviceOfflineError: there is none.
        """
        if self._client is None:
            raise DeviceOfflineError(f"{self._settings.url} is not connected.")
        return self._client

    @property
    def socket(self) -> GuardedProtocol:
        """The present socket.

        Raises:
            DeviceOfflineError: it is closed.
        """
        try:
            return self.client.socket
        except ConnectionError as error:
            raise device_error(error, "while it was used") from error

    @property
    def session_seconds(self) -> float:
        """How long the server keeps the session without a channel."""
        return float(self.client.session_timeout) / 1000

    @property
    def note(self) -> str:
        """What a person should know of the connection; empty when nothing."""
        if self.seen is not None and not names_host(self.seen, self._settings.host):
            return f"The server's certificate does not hold the name {self._settings.host}."
        return ""

    async def ask(self, call: Awaitable[_Answer], doing: str, *, seconds: float | None = None) -> _Answer:
        """Wait for a service's answer.

        Raises:
            DeviceTrustError: the server refuses the station.
            DeviceOfflineError: no answer, a fault, or one that cannot be decoded.
        """
        self.requests += 1
        try:
            async with asyncio.timeout(seconds if seconds is not None else self._settings.answer_seconds):
                return await call
        except PEER_FAULTS as error:
            self.failures += 1
            raise device_error(error, doing) from error

    # --- opening -----------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open channel and session from nothing.

        Raises:
            DeviceTrustError, DeviceOfflineError
        """
        await self.find_peer()
        await self._open_channel()
        await self._new_session()

    async def reopen(self) -> bool:
        """Open a new channel and take up the same session on it; where the server has forgotten it, begin a new one.

        Returns:
            Whether it is the same session.

        Raises:
            DeviceTrustError, DeviceOfflineError
        """
        before = self.client
        token, nonce = before.uaclient.session.authentication_token, before._server_nonce
        policies, timeout = before._policy_ids, before.session_timeout
        try:
            await self._open_channel()
        except DeviceError:
            await self.find_peer()  # another certificate answers, or nobody: that is what is told
            await self._open_channel()
        client = self.client
        client._server_nonce, client._policy_ids, client.session_timeout = nonce, policies, timeout
        client.uaclient.session.restore_authentication_token(token)
        try:
            async with asyncio.timeout(self._settings.answer_seconds):
                await self._activate(client)
        except ua.UaStatusCodeError as error:
            if error.code in _ACCOUNT_REFUSED:
                raise device_error(error, "while the session was taken up again") from error
            client.uaclient.session.reset_authentication_token()
            client.session_timeout = self._settings.session_timeout_seconds * 1000
            await self._new_session()
            return False
        except PEER_FAULTS as error:
            raise device_error(error, "while the session was taken up again") from error
        return True

    async def find_peer(self) -> None:
        """Ask for the endpoints and judge the certificate of the one that fits.

        Raises:
            DeviceTrustError: it is not trusted, or there is no endpoint with the registered policy.
            DeviceOfflineError: no answer.
        """
        if self._settings.security is Security.NONE:
            return
        endpoints = await self._endpoints()
        uri = POLICY_URI + self._settings.security.value
        fitting = [e for e in endpoints if e.SecurityPolicyUri == uri and e.SecurityMode == ua.MessageSecurityMode.SignAndEncrypt]
        if not fitting:
            raise DeviceTrustError(
                f"The server offers no endpoint with {self._settings.security.value} and SignAndEncrypt.",
                remedy="Have the policy switched on at the server, or register another one.",
            )
        self.seen = read_certificate(leading_certificate(fitting[0].ServerCertificate or b""))
        judge(
            self.seen,
            self._config.credentials.trusted_der,
            application_uri=str(fitting[0].Server.ApplicationUri),
            now_us=self._clock.now().utc_us,
        )
        self._peer = self.seen.der

    async def _endpoints(self) -> list[ua.EndpointDescription]:
        client = self._make_client()
        try:
            return await self.ask(
                client.connect_and_get_server_endpoints(), "while its endpoints were asked for", seconds=self._opening_seconds
            )
        finally:
            _let_go(client)

    @property
    def _opening_seconds(self) -> float:
        """Name resolution, socket, hello and channel."""
        return 2.0 * self._settings.answer_seconds

    async def _open_channel(self) -> None:
        client = self._make_client()
        if self._own is not None and self._peer is not None:
            policy = _POLICIES[self._settings.security](
                x509.load_der_x509_certificate(self._peer), *self._own, ua.MessageSecurityMode.SignAndEncrypt
            )
            client.security_policy = policy  # type: ignore[assignment]  # the library declares it as its first value's class
            client.uaclient.set_security(policy)
        try:
            await self.ask(_channel(client), "while the secure channel was opened", seconds=self._opening_seconds)
        except BaseException:
            _let_go(client)
            raise
        self.abort()
        self._client = client
        self._renewal = asyncio.get_running_loop().create_task(self._renew(client))

    def _make_client(self) -> GuardedClient:
        client = GuardedClient(
            self._settings.url, timeout=self._settings.answer_seconds, max_message_bytes=self._settings.max_message_kib * 1024
        )
        client.name = client.description = "Jope"
        client.product_uri = "urn:jope"
        client.application_uri = self._own_uri()
        client.session_timeout = self._settings.session_timeout_seconds * 1000
        client.secure_channel_timeout = self._settings.channel_seconds * 1000
        return client

    def _own_uri(self) -> str:
        if self._own is None:
            return "urn:jope:station"
        return read_certificate(self._own[0].public_bytes(Encoding.DER)).application_uri or "urn:jope:station"

    async def _new_session(self) -> None:
        client = self.client
        created = await self.ask(client.create_session(), "while the session was created")
        endpoint = client.find_endpoint(created.ServerEndpoints, client.security_policy.Mode, client.security_policy.URI)
        self.server_uri = str(endpoint.Server.ApplicationUri)
        await self.ask(self._activate(client), "while it was signed in")

    async def _activate(self, client: GuardedClient) -> None:
        token, credentials = self._settings.user_token, self._config.credentials
        if token is UserToken.USER:
            await client.activate_session(username=credentials.user, password=credentials.password)
        elif token is UserToken.CERTIFICATE and self._own is not None:
            client.user_private_key = self._own[1]
            await client.activate_session(certificate=self._own[0])
        else:
            await client.activate_session()

    async def _renew(self, client: GuardedClient) -> None:
        """Renew the channel's keys at three quarters of their life; a failure shows as a lost connection."""
        with contextlib.suppress(*PEER_FAULTS):
            while True:
                await asyncio.sleep(client.secure_channel_timeout * 0.75 / 1000)
                await client.open_secure_channel(renew=True)
                client.uaclient.revolve_security_token()
        client.disconnect_socket()

    # --- closing -----------------------------------------------------------------------------------------------------

    def abort(self) -> None:
        """Let go of the channel; the session stays with the server. The client is kept for its token."""
        if self._renewal is not None:
            self._renewal.cancel()
            self._renewal = None
        if self._client is not None:
            _let_go(self._client)

    async def close(self) -> None:
        """Close session and channel, if the server still answers, within a second."""
        client = self._client
        if client is not None and client.uaclient.protocol is not None and not client.uaclient.protocol.is_closed:
            with contextlib.suppress(*PEER_FAULTS):
                async with asyncio.timeout(1.0):
                    await client.uaclient.close_session(True)
                    await client.uaclient.close_secure_channel()
        self.abort()
        self._client = None


_ACCOUNT_REFUSED: Final = frozenset(
    (ua.StatusCodes.BadUserAccessDenied, ua.StatusCodes.BadIdentityTokenRejected, ua.StatusCodes.BadIdentityTokenInvalid)
)
"""A session that is refused for these is not asked for anew: it might lock the account. Anything else means that the server has forgotten it."""


async def _channel(client: GuardedClient) -> None:
    await client.connect_socket()
    await client.send_hello()
    await client.open_secure_channel()


def _let_go(client: GuardedClient) -> None:
    protocol = client.uaclient.protocol
    if protocol is not None:
        protocol.disconnect_socket()
    client.uaclient.mark_disconnected()
