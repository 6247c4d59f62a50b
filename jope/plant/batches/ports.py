"""What the batches room needs of the rooms above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from jope.kernel.store.rows import RowSession


class Anchors(Protocol):
    """What keeps the trail's checkpoints outside the station; implemented by the services."""

    @property
    def needed(self) -> bool:
        """Whether the site's policy lets a batch be released only when its record is anchored."""

    def reach(self, session: RowSession) -> int:
        """How many events of the trail the anchors of the policy hold, 0 where none holds any."""
