"""What verification says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class LayerVerdict(StrEnum):
    """How a layer ended. ``absent``: what it needs is not there (a key, an anchor), which is not a finding."""

    OK = "ok"
    FINDINGS = "findings"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: the layer, the event's seq where there is one, the row, and what it means in one sentence."""

    layer: str
    seq: int | None
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The report of one verification."""

    ok: bool
    events: int
    head: str
    generation: int
    seconds: float
    layers: Mapping[str, str]
    findings: tuple[Finding, ...]
    root: str = ""
    """The root of the tree over all events, in hex; empty where the chain was not read to its end."""
    disposed: int = 0
    """How many payloads are gone under a stub that two people signed."""

    def as_json(self) -> dict[str, Any]:
        """The form that sites script against."""
        return {
            "ok": self.ok,
            "events": self.events,
            "head": self.head,
            "generation": self.generation,
            "root": self.root,
            "disposed": self.disposed,
            "seconds": round(self.seconds, 3),
            "layers": dict(self.layers),
            "findings": [{"layer": f.layer, "seq": f.seq, "subject": f.subject, "message": f.message} for f in self.findings],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> VerifyReport:
        """Read a report back, from the process that made it."""
        findings = tuple(Finding(f["layer"], f["seq"], f["subject"], f["message"]) for f in value["findings"])
        return cls(
            value["ok"],
            value["events"],
            value["head"],
            value["generation"],
            value["seconds"],
            value["layers"],
            findings,
            value.get("root", ""),
            value.get("disposed", 0),
        )
