"""What keeps checkpoints, and what it is shown of the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from jope.compliance.audit.notes import Checkpoint
from jope.services.anchoring.asking import AddCheckpoint


class Trail(Protocol):
    """The station's trail as anchors see it. Each call reads the store for itself; none writes."""

    def newest(self) -> Checkpoint | None:
        """The newest checkpoint, None before the first."""

    def request(self, old: int) -> AddCheckpoint:
        """The newest checkpoint with the proof from ``old`` events, or an earlier one where too many days lie between.

        Raises:
            AnchorDisagreesError: the trail is shorter than ``old``.
        """

    def cosigned(self, witness: str) -> int:
        """The largest size that a witness is known to have cosigned, 0 where it has none."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an anchor holds now. A witness gave its line and its time, in POSIX seconds."""

    size: int
    line: str = ""
    posix: int = 0


class AnchorTarget(Protocol):
    """One place that keeps checkpoints."""

    @property
    def name(self) -> str:
        """Its name in the policy."""

    @property
    def kind(self) -> str:
        """``witness``, ``folder`` or ``table``."""

    @property
    def every_us(self) -> int:
        """How much time passes at least between two checkpoints that it is given, in microseconds; 0 for every one."""

    def keep(self, trail: Trail) -> Kept:
        """Have the newest checkpoint kept. Blocks, but not for longer than its own deadline.

        Raises:
            AnchorError: it is not kept.
        """

    def abort(self) -> None:
        """Let go of what runs and take nothing more. From any thread."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A checkpoint as a table keeps it, with the server's own time in POSIX seconds."""

    note: str
    posix: int


class AnchorTable(Protocol):
    """A table of another server that takes rows and never gives one up: the historian's (INSERT and SELECT are all that its role may do)."""

    def insert(self, origin: str, size: int, note: str) -> None:
        """Add a row; the same row again is fine. The server stamps its own time.

        Raises:
            AnchorUnreachableError: the server does not answer in time.
            AnchorConflictError: it holds another note of this origin and size.
        """

    def newest(self, origin: str) -> TableRow | None:
        """The row of the largest size.

        Raises:
            AnchorUnreachableError: the server does not answer in time.
        """
