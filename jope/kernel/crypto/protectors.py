"""What holds the wrapping key of a station: the operating system's keyring, systemd's credentials, or nothing (ADR 0011).

A protector holds one wrapping key of 32 bytes for the life of a station. The station's own keys, the ledger's key of the day among them, are files that are
wrapped with it (``wrapping.py``), so that a protector never has to take a new key or destroy an old one.

=============  ==========================================  ==============================================================================
protector      the wrapping key is                         the key files are of use to
=============  ==========================================  ==============================================================================
file           not there; files are of mode 0600           whoever reads as the station's user, or reads the medium
keyring        in the user's Secret Service                whoever runs as the station's user with the keyring unlocked
systemd-creds  encrypted with the machine's own key, or    root of this machine (the service gets the key in a folder that only it reads)
               the TPM where there is one
dpapi          sealed to the user's profile (Windows)      the station's Windows user on this machine
tpm            sealed to the machine's TPM, never outside  the station's user on this machine with its TPM
=============  ==========================================  ==============================================================================

``dpapi`` and ``tpm`` have their place behind this port and are refused here: this build carries neither.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from jope.kernel.errors import ProtectorError, ProtectorUnavailableError, WrappingKeyMissingError, WrappingKeyWrongError

WRAPPING_KEY_BYTES: Final = 32
CREDENTIAL: Final = "jope-wrapping-key"
"""The name under which systemd hands the wrapping key to the service."""
SEALED_CREDENTIAL: Final = "wrapping.cred"
"""The encrypted credential in the station's ``keys`` folder."""
DEADLINE_SECONDS: Final = 20


class KeyProtector(Protocol):
    """Holds one wrapping key of 32 bytes, or says that there is none."""

    def load(self) -> bytes | None:
        """The wrapping key; None where the key files are not wrapped.

        Raises:
            ProtectorUnavailableError: the protector is not there on this machine.
            WrappingKeyMissingError: it holds no key of this station.
            WrappingKeyWrongError: what it holds is no wrapping key.
        """

    def store(self, key: bytes) -> None:
        """Take the wrapping key of a new station, or of one whose files are about to be wrapped.

        Raises:
            ProtectorUnavailableError: the protector is not there on this machine.
            ProtectorError: it holds a key of this station already, or refuses.
        """


@dataclass(frozen=True, slots=True)
class FileMode:
    """``file``: no wrapping key. The mode of the files is what protects them."""

    def load(self) -> bytes | None:
        """Nothing."""
        return None

    def store(self, key: bytes) -> None:
        """Refuse: there is nothing to store.

        Raises:
            ProtectorError: always.
        """
        raise ProtectorError("The protector 'file' holds no wrapping key.", remedy="Name another protector.")


@dataclass(frozen=True, slots=True)
class SecretService:
    """``keyring``: the Secret Service of the user's session, through ``secret-tool`` of libsecret. The key goes through pipes, never through arguments."""

    station: str

    def load(self) -> bytes | None:
        """The key from the keyring."""
        done = _run(["secret-tool", "lookup", *self._attributes()])
        if done.returncode != 0 or not done.stdout:
            raise WrappingKeyMissingError(f"The keyring holds no wrapping key of {self.station}, or is locked. {_said(done)}".rstrip())
        return _key_of(done.stdout, "the keyring")

    def store(self, key: bytes) -> None:
        """Put the key into the keyring."""
        found = _run(["secret-tool", "lookup", *self._attributes()])
        if found.returncode == 0 and found.stdout:
            raise ProtectorError(f"The keyring holds a wrapping key of {self.station} already.", remedy="It is never overwritten.")
        done = _run(["secret-tool", "store", f"--label=Jope wrapping key of {self.station}", *self._attributes()], key.hex().encode())
        if done.returncode != 0:
            raise ProtectorError(f"The keyring took no key. {_said(done)}".rstrip(), remedy="Unlock the keyring of the station's user.")
        if self.load() != key:
            raise ProtectorError("The keyring gives back another key than it was given.")

    def _attributes(self) -> tuple[str, ...]:
        return ("application", "jope", "purpose", "wrapping-key", "station", self.station)


@dataclass(frozen=True, slots=True)
class SystemdCredential:
    """``systemd-creds``: a credential that systemd encrypts with the machine's key (and its TPM), in the station's ``keys`` folder.

    A service names it with ``LoadCredentialEncrypted=jope-wrapping-key:DIR/keys/wrapping.cred`` and finds it opened in ``$CREDENTIALS_DIRECTORY``. Outside of
    a service, who may open it (root) does so through ``systemd-creds``.
    """

    folder: Path
    environment: Mapping[str, str]

    def load(self) -> bytes | None:
        """The key from the service's credentials, else from the encrypted file."""
        given = self.environment.get("CREDENTIALS_DIRECTORY")
        if given and (Path(given) / CREDENTIAL).exists():
            return _key_of((Path(given) / CREDENTIAL).read_bytes(), "the service's credential")
        sealed = self.folder / SEALED_CREDENTIAL
        if not sealed.exists():
            raise WrappingKeyMissingError(f"There is no credential {CREDENTIAL} and no {SEALED_CREDENTIAL}.")
        done = _run(["systemd-creds", "decrypt", f"--name={CREDENTIAL}", str(sealed), "-"])
        if done.returncode != 0:
            raise WrappingKeyMissingError(f"systemd does not open {SEALED_CREDENTIAL} here. {_said(done)}".rstrip())
        return _key_of(done.stdout, SEALED_CREDENTIAL)

    def store(self, key: bytes) -> None:
        """Encrypt the key into the station's folder."""
        sealed = self.folder / SEALED_CREDENTIAL
        if sealed.exists():
            raise ProtectorError(f"{SEALED_CREDENTIAL} is there already.", remedy="It is never overwritten.")
        done = _run(["systemd-creds", "encrypt", f"--name={CREDENTIAL}", "-", str(sealed)], key.hex().encode())
        if done.returncode != 0:
            sealed.unlink(missing_ok=True)
            raise ProtectorError(f"systemd took no key. {_said(done)}".rstrip(), remedy="Run as root, or name another protector.")
        sealed.chmod(0o600)
        if self.load() != key:
            raise ProtectorError("systemd gives back another key than it was given.")


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """A protector that is specified and not part of this build."""

    name: str
    needs: str

    def load(self) -> bytes | None:
        """Refuse.

        Raises:
            ProtectorUnavailableError: always.
        """
        raise ProtectorUnavailableError(f"The key protector '{self.name}' needs {self.needs}; this build has no way to it.")

    def store(self, key: bytes) -> None:
        """Refuse.

        Raises:
            ProtectorUnavailableError: always.
        """
        self.load()


def protector_of(name: str, *, station: str, folder: Path, environment: Mapping[str, str] | None = None) -> KeyProtector:
    """The protector that ``station.toml`` names.

    Args:
        name: ``file``, ``keyring``, ``systemd-creds``, ``dpapi`` or ``tpm``.
        station: the station's id; a keyring may hold keys of several.
        folder: the station's ``keys`` folder.
        environment: the process' environment by default.

    Raises:
        ProtectorUnavailableError: there is no such protector.
    """
    known: dict[str, KeyProtector] = {
        "file": FileMode(),
        "keyring": SecretService(station),
        "systemd-creds": SystemdCredential(folder, os.environ if environment is None else environment),
        "dpapi": Unbuilt("dpapi", "Windows and its CryptProtectData"),
        "tpm": Unbuilt("tpm", "a TPM 2.0 and its resource manager"),
    }
    if name not in known:
        raise ProtectorUnavailableError(f"There is no key protector '{name}'.")
    return known[name]


def _run(command: Sequence[str], typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    if shutil.which(command[0]) is None:
        raise ProtectorUnavailableError(f"The program '{command[0]}' is not there.")
    try:
        return subprocess.run(command, input=typed, capture_output=True, timeout=DEADLINE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProtectorUnavailableError(f"'{command[0]}' does not answer ({type(error).__name__}).") from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else ""


def _key_of(text: bytes, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except (UnicodeDecodeError, ValueError) as error:
        raise WrappingKeyWrongError(f"What {where} holds is no wrapping key.") from error
    if len(key) != WRAPPING_KEY_BYTES:
        raise WrappingKeyWrongError(f"What {where} holds is not {WRAPPING_KEY_BYTES} bytes.")
    return key
