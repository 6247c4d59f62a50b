"""A witness as a process of its own on loopback, and trails that tests grow, fork and show to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jope.compliance.audit import ledger
from jope.compliance.audit.merkle import consistency_proof, inclusion_proof, root_of
from jope.compliance.audit.notes import Checkpoint
from jope.kernel.canonical import canonical_text
from jope.kernel.clock import SystemClock
from jope.kernel.crypto.keys import KeyFiles
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.settings.files import PolicyFile, WitnessAnchor
from jope.services.anchoring.asking import AddCheckpoint
from jope.services.anchoring.client import WitnessClient
from jope.services.anchoring.rotations import Rotation
from jope.services.anchoring.settingup import WitnessFacts, enrol, identity_of, make_witness, register
from jope.services.anchoring.wire import Response


class WitnessProcess:
    """``jope witness serve`` in a directory, on a port of its own; may be killed and started again."""

    def __init__(self, root: Path, name: str = "qa-witness") -> None:
        self.root = root
        self.facts: WitnessFacts = make_witness(root, name)
        self.process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        """Start and wait until it listens."""
        command = [sys.executable, "-m", "jope.cli.app", "witness", "serve", "--listen", f"127.0.0.1:{self.port}", "--dir", str(self.root)]
        with (self.root / "log.txt").open("a") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "listens on" in line, (self.root / "log.txt").read_text()
        self.port = int(line.rsplit(":", 1)[1])

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self._reap()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> int:
        assert self.process is not None
        code = self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return code

    def anchor(self) -> WitnessAnchor:
        """What stands in a policy."""
        facts = self.facts
        return WitnessAnchor(
            kind="witness", name=facts.name, url=f"https://127.0.0.1:{self.port}", pin=facts.pin, public_key=facts.public_key
        )

    def shown(self) -> dict[str, Any]:
        """What ``jope witness show`` says."""
        done = subprocess.run(
            [sys.executable, "-m", "jope.cli.app", "witness", "show", "--dir", str(self.root), "--json"],
            capture_output=True,
            text=True,
            check=True,
        )
        return dict(json.loads(done.stdout))


@contextmanager
def running_witness(root: Path, name: str = "qa-witness") -> Iterator[WitnessProcess]:
    """A witness for the length of a block."""
    witness = WitnessProcess(root, name)
    witness.start()
    try:
        yield witness
    finally:
        if witness.process is not None:
            witness.kill()


@dataclass
class Trail:
    """A trail in memory: leaves, and the events that change its key. Grows, and forks by being copied."""

    origin: str = "jope/LINE-3/1"
    key: SigningKey = field(default_factory=lambda: SigningKey(os.urandom(32)))
    leaves: list[bytes] = field(default_factory=list)
    rotations: list[tuple[int, Rotation]] = field(default_factory=list)
    genesis: bytes = b""
    epochs: list[tuple[int, SigningKey]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.genesis = self.genesis or self.key.public
        self.epochs = self.epochs or [(1, self.key)]

    def grow(self, count: int = 1, word: str = "done") -> Trail:
        """Add events."""
        for _ in range(count):
            body = canonical_text({"action": "lot.received", "outcome": word, "seq": len(self.leaves) + 1})
            self.leaves.append(ledger.leaf_of(body))
        return self

    def rotate(self, *, signer: SigningKey | None = None, next_key: SigningKey | None = None, **changes: Any) -> Trail:
        """Change the key; ``changes`` are fields of the event's body that lie."""
        seq, new, salt = len(self.leaves) + 1, next_key or SigningKey(os.urandom(32)), os.urandom(16)
        payload = canonical_text({"details": {"epoch": len(self.epochs) + 1, "public_key": new.public.hex()}, "images": [], "reason": ""})
        event = {"action": "key.rotated", "payload": ledger.payload_digest(salt, payload), "seq": seq} | changes
        body, prev = canonical_text(event), os.urandom(32)
        leaf = ledger.leaf_of(body)
        sig = (signer or self.key).sign(ledger.commit_message(self.origin, seq, ledger.hash_of(prev, leaf)))
        self.leaves.append(leaf)
        self.rotations.append((seq, Rotation(body, salt, payload, prev, sig, ())))
        self.key = new
        self.epochs.append((seq + 1, new))
        return self

    def fork(self) -> Trail:
        """An independent trail that begins the same."""
        return replace(self, leaves=list(self.leaves), rotations=list(self.rotations), epochs=list(self.epochs))

    def cut(self, size: int) -> Trail:
        """An independent trail of its first events, with the key of that time."""
        epochs = [(first, key) for first, key in self.epochs if first <= size]
        return replace(
            self,
            leaves=self.leaves[:size],
            rotations=[(seq, r) for seq, r in self.rotations if seq <= size],
            epochs=epochs,
            key=epochs[-1][1],
        )

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The signed checkpoint over the first events."""
        end = len(self.leaves) if size is None else size
        key = [key for first, key in self.epochs if first <= max(end, 1)][-1]
        return Checkpoint(self.origin, end, root_of(self.leaves[:end])).signed(key)

    def request(self, old: int, size: int | None = None) -> AddCheckpoint:
        """What an honest client sends for these leaves to a witness that remembers ``old``."""
        point = self.checkpoint(size)
        proof = consistency_proof(old, point.size, self._subtree) if 0 < old < point.size else []
        keys = [
            replace(r, path=tuple(inclusion_proof(seq - 1, point.size, self._subtree)))
            for seq, r in self.rotations
            if old < seq <= point.size
        ]
        return AddCheckpoint(old, tuple(proof), tuple(keys), point)

    def _subtree(self, start: int, end: int) -> bytes:
        return root_of(self.leaves[start:end])


@dataclass
class Teller:
    """Speaks to a witness as the station of a trail."""

    witness: WitnessProcess
    trail: Trail
    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        policy = PolicyFile(format=1, origin=self.trail.origin, genesis_public_key=self.trail.genesis.hex())
        files = KeyFiles(self.folder)
        enrol(files, policy)
        self.certificate = (self.folder / "anchor.crt").read_bytes()
        identity = identity_of(files)
        assert identity is not None
        self.identity = identity

    def enrolled(self) -> Teller:
        """Register trail and certificate at the witness."""
        register(self.witness.root, self.trail.origin, self.trail.genesis.hex(), self.certificate)
        return self

    def client(self, **changes: Any) -> WitnessClient:
        """A client; ``changes`` are fields of the policy's anchor that lie."""
        seconds = changes.pop("seconds", 15.0)
        return WitnessClient(self.witness.anchor().model_copy(update=changes), self.identity, SystemClock(), seconds=seconds)

    def push(self, old: int, size: int | None = None, trail: Trail | None = None) -> Response:
        """Show a checkpoint."""
        return self.client().add_checkpoint((trail or self.trail).request(old, size))

    def seconds_of(self, response: Response, trail: Trail | None = None, size: int | None = None) -> int | None:
        """When the answer says that it was cosigned; None where it is no valid cosignature of this witness."""
        from jope.compliance.audit.notes import read_note

        note = (trail or self.trail).checkpoint(size).note + response.text
        return read_note(note).cosigned_at(self.witness.facts.name, bytes.fromhex(self.witness.facts.public_key))
