"""A station that opens while the sign-in page is already on the screen.

The heavy half of a start (the store, its mapper, the drivers) is imported and opened on a thread of its own, begun once the first page is painted. Until
then the facts of the station's own file are enough. Whatever else is asked waits for the station, on the asker's worker thread; an error of opening comes
out of that call, so the sign-in page shows it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jope import __version__
from jope.kernel.clock import SystemClock, site_text, utc_text
from jope.kernel.errors import JopeError, StationHeldError
from jope.kernel.settings.files import StationFolder
from jope.kernel.store.lock import is_held

if TYPE_CHECKING:
    from jope.bootstrap import Station
    from jope.services.health.room import HealthMark


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What the station's file says of it, in the shape of ``StationInfo``."""

    station_id: str
    site: str
    line: str
    zone: str
    demo: bool
    version: str
    panel_pitch_mm: float


class _LaterGateway:
    """The gateway of a station that is still opening. Nobody looks at a device before they signed in, which needs the open station."""

    def __init__(self, opening: OpeningStation) -> None:
        self._opening = opening

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opening.opened().gateway, name)


class OpeningStation:
    """Stands for a station until it is open, then passes everything on to it.

    Raises:
        SettingsError: the station's file cannot be understood.
        StationHeldError: another process holds the station.
    """

    def __init__(self, root: Path) -> None:
        folder = StationFolder(root)
        settings = folder.settings()
        if is_held(folder.lock):
            raise StationHeldError(f"The station is held by {folder.lock.read_text('utf-8').strip() or 'another process'}.")
        self.info = FileInfo(
            settings.station_id, settings.site, settings.line, settings.zone, settings.demo, __version__, settings.panel_pitch_mm
        )
        self._root = root
        self._clock = SystemClock()
        self._ready = threading.Event()
        self._station: Station | None = None
        self._error: JopeError | None = None
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self.gateway = _LaterGateway(self)
        self._thread = threading.Thread(target=self._open, name="jope-opening", daemon=True)

    def begin(self) -> None:
        """Open the station. Called once, after the first page was painted."""
        self._thread.start()

    def opened(self) -> Station:
        """The open station; waits for it.

        Raises:
            JopeError: it could not be opened.
        """
        self._ready.wait()
        if self._error is not None:
            raise self._error
        assert self._station is not None
        return self._station

    def on_change(self, callback: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Be told what changed, from the moment the station is open. Never waits."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def _tell(self, kinds: frozenset[str]) -> None:
        for listener in list(self._listeners):
            listener(kinds)

    def idle_left(self, token: str | None) -> float:
        """Seconds until the idle lock; nobody is signed in before the station is open. Never waits."""
        return 0.0 if self._station is None else self._station.idle_left(token)

    def touch(self, token: str | None) -> None:
        """A person is present. Never waits."""
        if self._station is not None:
            self._station.touch(token)

    def read_only_reason(self) -> str:
        """Why the station is read-only, empty where it is not or is not open yet. Never waits."""
        return "" if self._station is None else self._station.read_only_reason()

    def health_mark(self) -> HealthMark | None:
        """The worst state of the station, None before it is open. Never waits."""
        return None if self._station is None else self._station.health_mark()

    def note_place(self, place: str) -> None:
        """Which page is open. Never waits."""
        if self._station is not None:
            self._station.note_place(place)

    def capture_message(self, kind: str, file: str, line: int, function: str) -> None:
        """A library of the client warns; before the station is open there is nowhere to keep it. Never waits."""
        if self._station is not None:
            self._station.capture_message(kind, file, line, function)

    def clock_texts(self) -> tuple[str, str]:
        """Site time with offset, and UTC. Never waits."""
        now_us = self._clock.now().utc_us
        return site_text(now_us, self.info.zone), utc_text(now_us)

    def close(self) -> None:
        """Close the station if it was opened."""
        if self._thread.is_alive():
            self._thread.join()
        if self._station is not None:
            self._station.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.opened(), name)

    def _open(self) -> None:
        from jope.bootstrap import open_station
        from jope.cli.found import find_plant

        try:
            station = open_station(self._root, find_plant())
            station.on_change(self._tell)
            self._station = station
        except JopeError as error:
            self._error = error
        finally:
            if self._station is None and self._error is None:
                self._error = JopeError("The station could not be opened.", remedy="See the log.")
            self._ready.set()
