"""What the training room needs of others."""

from __future__ import annotations

from typing import Protocol

from jope.compliance.access.permissions import Permission


class Documents(Protocol):
    """The documents that the station keeps by their hash."""

    def holds(self, name: str) -> bool:
        """Whether the document of this SHA-256, hex, is there."""


class Duties(Protocol):
    """What people do here, as it is declared and as the signature matrix stands."""

    def permissions(self, kind: str, key: str) -> frozenset[Permission]:
        """Who does an action, or gives signatures of a meaning: the permissions of which one is enough. Empty for what nobody does."""

    def keys(self, kind: str) -> tuple[str, ...]:
        """The actions, or the meanings, that training can be required for."""
