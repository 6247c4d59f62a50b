"""What waits for a person's signature (URS B12; A11d 13.3). The rooms name what may wait; the guards of each command decide for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jope.compliance.access.reader import Reader
from jope.compliance.commands import Command, Meaning

LONGEST_QUEUE: Final = 100
"""Records of one list, oldest first; what comes after waits until some of these are signed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that waits for somebody's signature: the command that would sign it, and since when (UTC microseconds)."""

    command: Command
    since_us: int


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A record that waits for one person's signature. ``title`` is that of its sheet, ``series`` whether the password alone may sign it in a series."""

    key: str
    command: Command
    title: str
    meaning: Meaning
    series: bool
    since_utc_us: int


WaitingQuery = Callable[[Reader], tuple[Waiting, ...]]
