"""What documents and bundles say of the station that made them."""

from __future__ import annotations

from typing import Protocol


class StationIdentity(Protocol):
    """Which station it is."""

    @property
    def station_id(self) -> str:
        """The station's id."""

    @property
    def site(self) -> str:
        """The site's name."""

    @property
    def line(self) -> str:
        """The station's line."""

    @property
    def zone(self) -> str:
        """The site's time zone, an IANA name."""

    @property
    def demo(self) -> bool:
        """Whether the station is a demo; every page then says so."""


class StationFacts(StationIdentity, Protocol):
    """The same with the program that runs it."""

    @property
    def version(self) -> str:
        """The program's version."""
