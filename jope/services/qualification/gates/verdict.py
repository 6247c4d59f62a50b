"""A gate and its sealed verdict (URS N08, P02)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jope.kernel.canonical import canonical_bytes

if TYPE_CHECKING:
    from jope.services.qualification.gates.project import Project

Rule = Callable[["Project"], Iterable[str]]
"""A pure function: findings as sentences, each beginning with its place; none when the rule holds."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One rule with the requirements and clauses it stands for."""

    id: str
    title: str
    rule: Rule
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What a gate found. ``seal`` is an HMAC-SHA256 in hex over everything else and the digest of the checked files."""

    id: str
    title: str
    ok: bool
    findings: tuple[str, ...]
    seal: str

    def as_json(self) -> dict[str, Any]:
        """The form that sites script against."""
        return {"id": self.id, "title": self.title, "ok": self.ok, "findings": list(self.findings), "seal": self.seal}


def sealed(gate_id: str, title: str, findings: tuple[str, ...], *, digest: bytes, key: bytes) -> GateVerdict:
    """A verdict with its seal."""
    return GateVerdict(gate_id, title, not findings, findings, _seal(gate_id, title, findings, digest, key))


def seal_stands(verdict: GateVerdict, *, digest: bytes, key: bytes) -> bool:
    """Whether a verdict is the one that was sealed, for these files and with this key."""
    expected = _seal(verdict.id, verdict.title, verdict.findings, digest, key)
    return verdict.ok == (not verdict.findings) and hmac.compare_digest(expected, verdict.seal)


def _seal(gate_id: str, title: str, findings: tuple[str, ...], digest: bytes, key: bytes) -> str:
    content = {"files": digest.hex(), "findings": list(findings), "id": gate_id, "ok": not findings, "title": title}
    return hmac.new(key, b"jope gate verdict v1\n" + canonical_bytes(content), hashlib.sha256).hexdigest()
