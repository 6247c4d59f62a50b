"""What takes a notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """A notice in words: an id that stays the same when it is sent again, one line, and the lines below it. ``priority`` is 0 for a test.

    ``at_us`` is when it was written, UTC microseconds. ``active`` says whether the alarm still is.
    """

    id: str
    priority: int
    title: str
    lines: tuple[str, ...]
    at_us: int
    active: bool = True


class Channel(Protocol):
    """One way out. Every call is made from the channel's own thread and ends within its deadline."""

    @property
    def name(self) -> str:
        """Its name in the policy."""

    @property
    def priorities(self) -> tuple[int, ...]:
        """The priorities that it tells."""

    def send(self, message: Message) -> str:
        """Deliver a notice; returns a remark, empty where there is none.

        Raises:
            ChannelError: it was not delivered, or it is not known that it was.
        """

    def follow(self, active: frozenset[int]) -> None:
        """Show of which priorities an alarm is active; a channel of messages has nothing to show.

        Raises:
            ChannelError: it could not be shown.
        """

    def abort(self) -> None:
        """Let go of what runs and take nothing more. From any thread."""
