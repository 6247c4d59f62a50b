"""What a witness remembers, on its disk: one folder for each trail, and the witness's own keys.

::

    DIR/witness.json           the witness's name
    DIR/keys/cosigning.key     Ed25519 seed of the cosignatures, mode 0600
    DIR/keys/tls.pem, tls.crt  the certificate that stations pin
    DIR/origins/<id>/origin.json   the trail, its genesis key and the pin of the station's certificate
    DIR/origins/<id>/client.crt    the station's certificate
    DIR/origins/<id>/state.json    newest size, root, note and key
    DIR/origins/<id>/refused/      notes that were refused as a fork, signed by the station: evidence

Rules:

1. A state is on the disk before anybody hears of it: written aside, synced, renamed, the folder synced. A kill at any point leaves the old one or the new one.
2. A state carries its own digest. One that is missing or does not fit is an error and never a beginning anew.
3. A size never becomes smaller, and a size never gets a second root.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jope.compliance.audit.notes import Checkpoint, read_note
from jope.kernel.canonical import canonical_text
from jope.kernel.durable import make_durable, write_aside
from jope.kernel.errors import CheckpointError, WitnessError
from jope.services.anchoring.rotations import Epoch

MAX_REFUSED: Final = 64
"""How many refused notes of one trail are kept."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A trail that the witness was told of: name, genesis key (32 bytes), SHA-256 of the certificate of the station that may speak for it."""

    origin: str
    genesis: bytes
    client_pin: bytes


@dataclass(frozen=True, slots=True)
class State:
    """The newest checkpoint of a trail that was cosigned, and the newest key. ``size`` is 0 and ``note`` empty before the first."""

    size: int
    root: bytes
    epoch: Epoch
    note: str
    posix: int

    def after(self, checkpoint: Checkpoint, epoch: Epoch, posix: int) -> State:
        """The state after a cosignature.

        Raises:
            ValueError: the size would become smaller, or would get a second root.
        """
        if checkpoint.size < self.size or (checkpoint.size == self.size and self.size and checkpoint.root != self.root):
            raise ValueError("a witness never goes back")
        return State(checkpoint.size, checkpoint.root, epoch, checkpoint.note, posix)


class OriginFolder:
    """The memory of one trail. One writer at a time; the witness sees to that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state: State | None = None

    def registration(self) -> Registration:
        """What was registered.

        Raises:
            WitnessError: damaged.
        """
        content = _read(self.folder / "origin.json", ("origin", "genesis", "client_pin"))
        return Registration(content["origin"], bytes.fromhex(content["genesis"]), bytes.fromhex(content["client_pin"]))

    def register(self, registration: Registration, certificate: bytes) -> None:
        """Begin to remember a trail, or give it another client certificate. The state is left alone where there is one."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        (self.folder / "refused").mkdir(mode=0o700, exist_ok=True)
        write_aside(self.folder / "client.crt", certificate)
        state = self.folder / "state.json"
        if not state.exists():
            _write(state, _state_content(State(0, b"", Epoch(1, registration.genesis), "", 0)))
        content = {"origin": registration.origin, "genesis": registration.genesis.hex(), "client_pin": registration.client_pin.hex()}
        _write(self.folder / "origin.json", content)
        make_durable(self.folder.parent)

    def state(self) -> State:
        """The newest state.

        Raises:
            WitnessError: missing or damaged; nothing is cosigned for this trail any more.
        """
        if self._state is None:
            path = self.folder / "state.json"
            content = _read(path, ("size", "root", "first", "key", "note", "posix"))
            try:
                epoch = Epoch(int(content["first"]), bytes.fromhex(content["key"]))
                self._state = State(
                    int(content["size"]), bytes.fromhex(content["root"]), epoch, str(content["note"]), int(content["posix"])
                )
                if self._state.size and (read_note(self._state.note).size, read_note(self._state.note).root) != (
                    self._state.size,
                    self._state.root,
                ):
                    raise WitnessError(f"{path} contradicts itself.")
            except (ValueError, TypeError, CheckpointError) as error:
                raise WitnessError(f"{path} cannot be read.") from error
        return self._state

    def remember(self, state: State) -> None:
        """Make a newer state durable. In memory it stands only when it stands on the disk.

        Raises:
            OSError: it could not be written; the old state stands.
        """
        self._state = None  # whatever the disk then says is what counts
        _write(self.folder / "state.json", _state_content(state))
        self._state = state

    def keep_refused(self, note: str) -> None:
        """Keep a note that the station signed and that is not the continuation of what was cosigned: the two together prove a fork."""
        folder = self.folder / "refused"
        name = f"{read_note(note).size}-{hashlib.sha256(note.encode()).hexdigest()[:16]}.checkpoint"
        if not (folder / name).exists() and len(list(folder.iterdir())) < MAX_REFUSED:
            write_aside(folder / name, note.encode())


class WitnessFolder:
    """The directory of one witness."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.keys = root / "keys"
        self.origins = root / "origins"
        self.lock = root / "witness.lock"
        self._found: dict[str, OriginFolder] = {}

    @property
    def name(self) -> str:
        """The name under which the witness cosigns.

        Raises:
            WitnessError: the directory holds no witness.
        """
        return str(_read(self.root / "witness.json", ("name",))["name"])

    def create(self, name: str) -> None:
        """Make the folders of a new witness.

        Raises:
            WitnessError: the directory holds one already.
        """
        if (self.root / "witness.json").exists():
            raise WitnessError(f"{self.root} holds a witness already.", remedy="Give an empty directory; a witness never begins anew.")
        for folder in (self.root, self.keys, self.origins):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self.root / "witness.json", {"name": name})

    def origin(self, origin: str) -> OriginFolder | None:
        """The memory of a trail, None where nobody registered it."""
        id_ = origin_id(origin)
        found = self._found.get(id_)
        if found is None and (self.origins / id_ / "origin.json").exists():
            found = self._found[id_] = OriginFolder(self.origins / id_)
        return found

    def add(self, registration: Registration, certificate: bytes, *, renew: bool = False) -> None:
        """Register a trail, or give a registered one another client certificate.

        Raises:
            WitnessError: it is registered already, or with another genesis key.
        """
        found = self.origin(registration.origin)
        if found is not None and not renew:
            raise WitnessError(f"The trail {registration.origin} is registered already.", remedy="Give --renew to replace its certificate.")
        if found is None and renew:
            raise WitnessError(f"The trail {registration.origin} is not registered.", remedy="Register it without --renew.")
        if found is not None and found.registration().genesis != registration.genesis:
            raise WitnessError(f"The trail {registration.origin} is registered with another genesis key.", remedy="Ask who began it anew.")
        folder = found if found is not None else OriginFolder(self.origins / origin_id(registration.origin))
        folder.register(registration, certificate)
        (self.origins / "changed").write_text(os.urandom(8).hex(), "ascii")

    def change_mark(self) -> str:
        """A text that becomes another one whenever a registration is added or changed."""
        path = self.origins / "changed"
        return path.read_text("ascii") if path.exists() else ""

    def all_origins(self) -> tuple[OriginFolder, ...]:
        """Every registered trail."""
        return tuple(OriginFolder(path.parent) for path in sorted(self.origins.glob("*/origin.json")))


def origin_id(origin: str) -> str:
    """The name of a trail's folder and of its page: SHA-256 of the origin in hex (the form of C2SP's monitoring prefix)."""
    return hashlib.sha256(origin.encode()).hexdigest()


def _state_content(state: State) -> dict[str, Any]:
    return {
        "size": state.size,
        "root": state.root.hex(),
        "first": state.epoch.first,
        "key": state.epoch.public.hex(),
        "note": state.note,
        "posix": state.posix,
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    text = canonical_text(content)
    write_aside(path, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}\n".encode())


def _read(path: Path, fields: tuple[str, ...]) -> dict[str, Any]:
    try:
        digest, text, rest = path.read_text("utf-8").split("\n", 2)
        content = json.loads(text)
    except (OSError, ValueError) as error:
        raise WitnessError(f"{path} is missing or cannot be read.") from error
    if rest or hashlib.sha256(text.encode()).hexdigest() != digest or not isinstance(content, dict) or set(content) != set(fields):
        raise WitnessError(f"{path} is damaged.")
    return content
