"""How the station shows itself to devices: its application certificate and its accounts, sealed beside the station's keys, never in the store.

Under one key of its own (AES-256-GCM, ``kernel/crypto/wrapping.py``), which the station's key protector wraps like every other.
"""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from jope.kernel.clock import Clock
from jope.kernel.crypto.keys import KEY_BYTES, KeyFiles
from jope.kernel.crypto.wrapping import unwrap, wrap
from jope.kernel.durable import write_aside
from jope.kernel.errors import DeviceSecretError, StoreKeyError, WrappingKeyWrongError
from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.tags import Credentials

_KEY: Final = "devices"
_CERTIFICATE: Final = "application-certificate"
CERTIFIED: Final = frozenset({"opcua"})
"""Protocols whose servers ask for the station's certificate."""

CertificateMaker = Callable[[str, tuple[str, ...], Clock], tuple[bytes, bytes]]
"""(application URI, names of this machine, clock) -> certificate and private key, PEM; a driver's."""


class DeviceCredentials:
    """Reads what devices are shown, and makes the station's certificate when the first device asks for one."""

    def __init__(self, keys: KeyFiles, station_id: str, clock: Clock, make: CertificateMaker | None) -> None:
        self._keys = keys
        self._station_id = station_id
        self._clock = clock
        self._make = make

    def given_to(self, config: DeviceConfig) -> DeviceConfig:
        """The configuration with the station's certificate and its account at this device.

        Raises:
            DeviceSecretError: what is sealed does not open.
        """
        user, password = self.account(config.device_id)
        certificate, key = self.certificate() if config.protocol in CERTIFIED else (b"", b"")
        if not (user or certificate):
            return config
        shown = Credentials(user, password, certificate, key, config.credentials.trusted_der)
        return replace(config, credentials=shown)

    def certificate(self) -> tuple[bytes, bytes]:
        """The station's certificate and private key, PEM; made at the first call. Empty where no driver can make one.

        Raises:
            DeviceSecretError: what is sealed does not open.
        """
        if not _path(self._keys, _CERTIFICATE).exists():
            if self._make is None:
                return b"", b""
            uri = f"urn:jope:station:{self._station_id}"
            certificate, key = self._make(uri, (socket.gethostname(),), self._clock)
            _seal(self._keys, _CERTIFICATE, {"certificate": certificate.decode("ascii"), "key": key.decode("ascii")})
        opened = _open(self._keys, _CERTIFICATE)
        return opened["certificate"].encode("ascii"), opened["key"].encode("ascii")

    def account(self, device_id: str) -> tuple[str, str]:
        """User and password at a device, both empty where none was set.

        Raises:
            DeviceSecretError: what is sealed does not open.
        """
        name = f"account-{device_id}"
        if not _path(self._keys, name).exists():
            return "", ""
        opened = _open(self._keys, name)
        return opened["user"], opened["password"]


def set_account(keys: KeyFiles, device_id: str, user: str, password: str) -> None:
    """Seal the account that the station uses at a device.

    Raises:
        StoreKeyError, ProtectorError: the station's keys cannot be read or written.
    """
    _seal(keys, f"account-{device_id}", {"user": user, "password": password})


def _path(keys: KeyFiles, name: str) -> Path:
    return keys.folder / f"device-{name}.sealed"


def _seal(keys: KeyFiles, name: str, content: dict[str, str]) -> None:
    if not keys.path(_KEY).exists():
        keys.write(_KEY, secrets.token_bytes(KEY_BYTES))
    write_aside(_path(keys, name), f"{wrap(keys.read(_KEY), name, json.dumps(content).encode())}\n".encode())


def _open(keys: KeyFiles, name: str) -> dict[str, str]:
    try:
        found = json.loads(unwrap(keys.read(_KEY), name, _path(keys, name).read_text("ascii").strip()))
        return {str(key): str(value) for key, value in found.items()}
    except (OSError, ValueError, StoreKeyError, WrappingKeyWrongError) as error:
        raise DeviceSecretError(f"What is sealed for devices ({name}) is not there or does not open.") from error
