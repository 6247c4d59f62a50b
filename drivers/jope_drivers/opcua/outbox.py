"""What waits between the connection and whoever takes the values: bounded, in order, nothing dropped."""

from __future__ import annotations

import asyncio
from collections import deque

from jope.kernel.errors import DeviceOfflineError
from jope.plant.devices.tags import TagBatch

MAX_VALUES = 50_000


class TakerStoppedError(DeviceOfflineError):
    """Nobody takes the values; taking up the connection again would not help."""


class Outbox:
    """A queue of batches, bounded by their values.

    Full, it holds back the connection: nothing more is asked of the server, whose own queue says when it runs over. When nothing is taken for
    ``patience_seconds`` the connection is given up, which everybody sees.
    """

    def __init__(self, patience_seconds: float, *, max_values: int = MAX_VALUES) -> None:
        self._batches: deque[TagBatch] = deque()
        self._waiting = 0
        self._max_values = max_values
        self._patience_seconds = patience_seconds
        self._changed = asyncio.Event()
        self._room = asyncio.Event()

    async def put(self, batch: TagBatch) -> None:
        """Add a batch, waiting for room.

        Raises:
            TakerStoppedError: nobody takes the values.
        """
        while self._waiting >= self._max_values:
            self._room.clear()
            try:
                async with asyncio.timeout(self._patience_seconds):
                    await self._room.wait()
            except TimeoutError as error:
                raise TakerStoppedError(
                    "The station does not take the values that the server sends; the connection was given up."
                ) from error
        self._batches.append(batch)
        self._waiting += len(batch.values)
        self._changed.set()

    def wake(self) -> None:
        """Let the taker look again."""
        self._changed.set()

    async def wait(self) -> None:
        """Until something was added or somebody called ``wake``."""
        await self._changed.wait()
        self._changed.clear()

    def take(self) -> TagBatch | None:
        """The oldest batch, None when there is none."""
        if not self._batches:
            return None
        batch = self._batches.popleft()
        self._waiting -= len(batch.values)
        self._room.set()
        return batch
