"""The options of an OPC-UA device, checked before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from jope.kernel.errors import SettingsError
from jope.plant.devices.ports import DeviceConfig


class Security(StrEnum):
    """The security policies that this driver speaks, each with SignAndEncrypt (OPC 10000-7)."""

    BASIC256_SHA256 = "Basic256Sha256"
    AES256_SHA256_RSA_PSS = "Aes256_Sha256_RsaPss"
    AES128_SHA256_RSA_OAEP = "Aes128_Sha256_RsaOaep"
    NONE = "None"


class UserToken(StrEnum):
    """How the station says who it is."""

    ANONYMOUS = "anonymous"
    USER = "user"
    CERTIFICATE = "certificate"


POLICY_URI: Final = "http://opcfoundation.org/UA/SecurityPolicy#"
_PORT: Final = 4840


@dataclass(frozen=True, slots=True)
class OpcUaSettings:
    """Options as typed values. Times are in the unit that their name says."""

    url: str
    host: str
    port: int
    security: Security
    user_token: UserToken
    publishing_ms: int = 500
    queue_size: int = 0
    session_timeout_seconds: int = 60
    channel_seconds: int = 3600
    answer_seconds: int = 4
    clock_limit_ms: int = 2000
    sweep_seconds: int = 10
    first_values_seconds: int = 5
    consumer_seconds: int = 30
    max_message_kib: int = 4096

    @classmethod
    def of(cls, config: DeviceConfig) -> OpcUaSettings:
        """Read address and options.

        Raises:
            SettingsError: one of them cannot be used.
        """
        host, port = _endpoint(config)
        options = dict(config.options)
        security = _security(config, options)
        token = _user_token(config, options, security)
        numbers = {name: _number(config, options.pop(name), name, limits) for name, limits in _LIMITS.items() if name in options}
        if options:
            raise SettingsError(f"{config.device_id} has options that OPC-UA does not know: {', '.join(sorted(options))}.")
        return cls(config.address, host, port, security, token, **numbers)

    def queue_of(self, sampling_ms: int) -> int:
        """How many values the server is asked to keep for a tag: those of a whole session time-out and a fifth more."""
        if self.queue_size:
            return self.queue_size
        return min(max(self.session_timeout_seconds * 1200 // max(sampling_ms, 1), 10), 10_000)


_LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "publishing_ms": (50, 10_000),
    "queue_size": (1, 100_000),
    "session_timeout_seconds": (30, 60),
    "channel_seconds": (10, 3600),
    "answer_seconds": (1, 30),
    "clock_limit_ms": (100, 3_600_000),
    "sweep_seconds": (1, 600),
    "first_values_seconds": (1, 60),
    "consumer_seconds": (1, 600),
    "max_message_kib": (64, 65_536),
}
"""Option -> lowest and highest value."""


def _endpoint(config: DeviceConfig) -> tuple[str, int]:
    wrong = SettingsError(
        f"The address of {config.device_id} is '{config.address}'.", remedy="Write it as opc.tcp://host:port/path, without an account."
    )
    try:
        parts = urlsplit(config.address)
        port = parts.port or _PORT
    except ValueError:
        raise wrong from None
    if parts.scheme != "opc.tcp" or not parts.hostname or parts.username is not None:
        raise wrong
    return parts.hostname, port


def _security(config: DeviceConfig, options: dict[str, str]) -> Security:
    allowed = options.pop("allow_unsecured", "no") == "yes"
    text = options.pop("security", Security.BASIC256_SHA256.value)
    try:
        security = Security(text)
    except ValueError:
        raise SettingsError(
            f"Option security of {config.device_id} is '{text}'.", remedy="Use one of: " + ", ".join(s.value for s in Security) + "."
        ) from None
    if security is Security.NONE and not allowed:
        raise SettingsError(
            f"{config.device_id} would be read without security: anybody on the network could change its values.",
            remedy="Choose a security policy; where the server has none, say so with the option allow_unsecured = yes.",
        )
    if security is not Security.NONE and not (config.credentials.certificate_pem and config.credentials.private_key_pem):
        raise SettingsError(f"{config.device_id} has no certificate of the station to show.", remedy="Make or import one first.")
    return security


def _user_token(config: DeviceConfig, options: dict[str, str], security: Security) -> UserToken:
    text = options.pop("user_token", UserToken.USER.value if config.credentials.user else UserToken.ANONYMOUS.value)
    try:
        token = UserToken(text)
    except ValueError:
        raise SettingsError(
            f"Option user_token of {config.device_id} is '{text}'.", remedy="Use one of: " + ", ".join(t.value for t in UserToken) + "."
        ) from None
    if security is Security.NONE and token is not UserToken.ANONYMOUS:
        raise SettingsError(
            f"{config.device_id} would get an account over a connection without security.",
            remedy="Choose a security policy, or no account.",
        )
    if token is UserToken.USER and not config.credentials.user:
        raise SettingsError(f"{config.device_id} has no account to sign in with.")
    return token


def _number(config: DeviceConfig, text: str, name: str, limits: tuple[int, int]) -> int:
    low, high = limits
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"Option {name} of {config.device_id} is '{text}'.", remedy=f"Use a whole number from {low} to {high}.")
    return int(text)
