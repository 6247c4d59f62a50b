"""What the materials room needs of others."""

from __future__ import annotations

from typing import Protocol


class Documents(Protocol):
    """The documents that the station keeps by their hash."""

    def holds(self, name: str) -> bool:
        """Whether the document of this SHA-256, hex, is there."""

    def get(self, name: str) -> bytes:
        """The document.

        Raises:
            NotFoundError: there is none.
            StoreDamagedError: it is not what was kept.
        """
