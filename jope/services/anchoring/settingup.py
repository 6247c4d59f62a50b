"""Making a witness and a station's client certificate: what an administrator does once, with what has to be told to the other side."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from jope.kernel.clock import Clock
from jope.kernel.crypto.keys import KEY_BYTES, KeyFiles, read_key, write_key
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.durable import write_aside
from jope.kernel.errors import StationHeldError, WitnessError
from jope.kernel.settings.files import PolicyFile
from jope.kernel.store.lock import StationLock
from jope.services.anchoring.certificates import make_certificate, pin_of_pem
from jope.services.anchoring.memory import Registration, WitnessFolder
from jope.services.anchoring.witness import Witness


@dataclass(frozen=True, slots=True)
class WitnessFacts:
    """What goes into a station's policy: the witness's name, its cosigning key and the pin of its certificate, both in hex."""

    name: str
    public_key: str
    pin: str


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What a witness is told of a station: its trail, the genesis key in hex, and the pin of its client certificate in hex."""

    origin: str
    genesis: str
    client_pin: str


def make_witness(root: Path, name: str) -> WitnessFacts:
    """A new witness in an empty directory: cosigning key, certificate, no trail.

    Raises:
        WitnessError: the directory holds a witness already.
    """
    folder = WitnessFolder(root)
    folder.create(name)
    write_key(folder.keys / "cosigning.key", secrets.token_bytes(KEY_BYTES))
    private, certificate = make_certificate(name, None)
    write_aside(folder.keys / "tls.pem", private)
    write_aside(folder.keys / "tls.crt", certificate)
    return witness_facts(root)


def witness_facts(root: Path) -> WitnessFacts:
    """What a station must know of a witness.

    Raises:
        WitnessError, StoreKeyError: the directory holds none, or is damaged.
    """
    folder = WitnessFolder(root)
    name = folder.name
    public = SigningKey(read_key(folder.keys / "cosigning.key")).public
    return WitnessFacts(name, public.hex(), pin_of_pem(_content(folder.keys / "tls.crt")).hex())


def register(root: Path, origin: str, genesis: str, certificate: bytes, *, renew: bool = False) -> Registration:
    """Tell a witness of a trail and of the certificate of its station. A running witness knows it from the next connection on.

    Raises:
        WitnessError: registered already, or the certificate or key is malformed.
    """
    folder = WitnessFolder(root)
    _ = folder.name
    registration = Registration(origin, bytes.fromhex(genesis), pin_of_pem(certificate))
    folder.add(registration, certificate, renew=renew)
    return registration


def open_witness(root: Path, clock: Clock) -> tuple[Witness, StationLock]:
    """The witness of a directory, held by this process alone.

    Raises:
        WitnessError: there is none, it is damaged, or another process serves it.
    """
    folder = WitnessFolder(root)
    _ = folder.name
    try:
        lock = StationLock(folder.lock)
    except StationHeldError as error:
        raise WitnessError("Another process serves this witness.", remedy="Two processes would remember two trails; stop one.") from error
    try:
        for origin in folder.all_origins():
            origin.registration()
        return Witness(folder, SigningKey(read_key(folder.keys / "cosigning.key")), clock), lock
    except BaseException:
        lock.release()
        raise


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """The files of a station's client certificate and the passphrase of its private key."""

    key: Path
    certificate: Path
    passphrase: bytes


def enrol(keys: KeyFiles, policy: PolicyFile) -> StationFacts:
    """Make the station's client certificate where there is none, and say what the witness must be told.

    Raises:
        StoreKeyError, ProtectorError: the station's keys cannot be read.
    """
    folder = keys.folder
    if not (folder / "anchor.crt").exists():
        for leftover in ("anchor.key", "anchor.pem"):  # of an enrolment that was cut short; nobody was told of it
            (folder / leftover).unlink(missing_ok=True)
        passphrase = secrets.token_bytes(KEY_BYTES)
        keys.write("anchor", passphrase)
        private, certificate = make_certificate(policy.origin, passphrase.hex().encode())
        write_aside(folder / "anchor.pem", private)
        write_aside(folder / "anchor.crt", certificate)
    return StationFacts(policy.origin, policy.genesis_public_key, pin_of_pem((folder / "anchor.crt").read_bytes()).hex())


def identity_of(keys: KeyFiles) -> ClientIdentity | None:
    """The station's client certificate, None before it was enrolled.

    Raises:
        StoreKeyError, ProtectorError: its passphrase cannot be read.
    """
    folder = keys.folder
    if not (folder / "anchor.crt").exists():
        return None
    return ClientIdentity(folder / "anchor.pem", folder / "anchor.crt", keys.read("anchor").hex().encode())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WitnessError(f"{path} cannot be read.") from error
