"""What the station writes down of its anchors."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnchoring(Command):
    """An anchor keeps a checkpoint. A witness gave its signature ``line`` and its time ``posix`` (seconds); others leave them empty and 0.

    ``apart_s`` is how far the station's clock stood from the witness's then, in seconds; positive when the station's is ahead.
    """

    anchor: str
    kind: str
    size: int
    line: str = ""
    posix: int = 0
    apart_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnchorFailure(Command):
    """An anchor did not keep a checkpoint. ``priority`` is that of the alarm, 0 for none yet; ``disagrees``: it remembers another trail."""

    anchor: str
    kind: str
    code: str
    text: str
    priority: int = 0
    disagrees: bool = False
