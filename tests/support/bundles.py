"""Bundles taken apart, changed and put together again, as somebody would who wants to pass one off."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jope.compliance.audit import ledger
from jope.compliance.audit.merkle import root_of
from jope.compliance.audit.notes import Checkpoint
from jope.kernel.canonical import canonical_text
from jope.kernel.crypto.signing import SigningKey
from jope.services.exports.packing import BundleWriter
from jope.services.exports.verifier import verify

Files = dict[str, bytes]


def files_of(path: Path) -> Files:
    """The files of a bundle."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(files: Files, path: Path) -> Path:
    """A zip of these files in the form of a station."""
    with path.open("w+b") as file:
        writer = BundleWriter(file)
        for name, content in files.items():
            writer.add(name, [content])
        writer.close()
    return path


@dataclass
class Parts:
    """A bundle as its parts: files, manifest and the lines of its events."""

    files: Files
    manifest: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, files: Files) -> Parts:
        """Take a bundle apart."""
        lines = [json.loads(line) for line in files["events.jsonl"].splitlines()]
        return cls(dict(files), json.loads(files["manifest.json"]), lines)

    @property
    def subject(self) -> tuple[str, str] | None:
        """The exported record."""
        one = self.manifest["subject"]
        return None if one is None else (one["kind"], one["id"])

    def own(self) -> list[int]:
        """Which lines are about the exported record; all of them in a whole trail."""
        if self.subject is None:
            return list(range(len(self.lines)))
        return [at for at, line in enumerate(self.lines) if self.subject in {(s["kind"], s["id"]) for s in line["body"]["subjects"]}]

    def with_action(self, action: str) -> list[int]:
        """Which lines hold an action."""
        return [at for at, line in enumerate(self.lines) if line["body"]["action"] == action]

    def write_lines(self) -> None:
        """Put the lines back into their file, and their number into the manifest."""
        self.files["events.jsonl"] = b"".join(canonical_text(line).encode() + b"\n" for line in self.lines)
        seqs = [line["body"]["seq"] for line in self.lines]
        self.manifest["events"] = {"count": len(seqs), "first": seqs[0] if seqs else 0, "last": max(seqs, default=0)}

    def seal(self, key: SigningKey | None) -> Files:
        """Make manifest, signature and page follow from the files. Without a key the old signature stays."""
        files, beside = self.files, ("manifest.json", "manifest.sig", "index.html")
        self.manifest["files"] = {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
            if name not in beside
        }
        files["manifest.json"] = (canonical_text(self.manifest) + "\n").encode()
        if key is not None:
            files["manifest.sig"] = key.sign(verify.manifest_message(files["manifest.json"])).hex().encode() + b"\n"
        self.embed()
        return files

    def embed(self) -> None:
        """Put what the files hold into the page."""
        before, mark, rest = self.files["index.html"].partition(verify.PAGE_BEGIN)
        _, end, after = rest.partition(verify.PAGE_END)
        data = verify.embedded_text({name: self.files[name].decode() for name in verify.EMBEDDED if name in self.files})
        self.files["index.html"] = before + mark + data + end + after


def payload_follows(line: dict[str, Any]) -> None:
    """Make the body name the payload as it now is."""
    line["body"]["payload"] = ledger.payload_digest(bytes.fromhex(line["salt"]), canonical_text(line["payload"]))


def rewrite_trail(parts: Parts, key: SigningKey, first: int) -> None:
    """Carry links, signatures and the checkpoint of a whole trail on from line ``first``, with one key: what its holder can do."""
    origin, head = parts.manifest["origin"], ledger.Head(0, b"", None)
    leaves = []
    for at, line in enumerate(parts.lines):
        body, sig = canonical_text(line["body"]), line["sig"]
        leaf, prev = ledger.leaf_of(body), ledger.next_prev(origin, head)
        hash_ = ledger.hash_of(prev, leaf)
        if at >= first and sig is not None:
            sig = key.sign(ledger.commit_message(origin, line["body"]["seq"], hash_)).hex()
        line["prev"], line["sig"] = prev.hex(), sig
        head = ledger.Head(line["body"]["seq"], hash_, None if sig is None else bytes.fromhex(sig))
        leaves.append(leaf)
    parts.write_lines()
    place_checkpoint(parts, Checkpoint(origin, len(leaves), root_of(leaves)).signed(key))


def place_checkpoint(parts: Parts, note: Checkpoint) -> None:
    """Put another checkpoint in, and what the manifest says of it."""
    parts.files["checkpoint"] = note.note.encode()
    parts.manifest["checkpoint"] = {"size": note.size, "root": note.root.hex()}


def proof_text(path: list[bytes]) -> list[str]:
    """A proof as it stands in a line."""
    return [base64.b64encode(node).decode() for node in path]
