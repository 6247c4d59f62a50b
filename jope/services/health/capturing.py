"""Errors that nobody handled: captured with where they came through, stored one file for each kind, counted when they come again (URS Q11).

Kept: type, code, places (file, line, function), thread, version, station, the page that was open or the type of the command. Never kept: messages of errors
that are not our own, values, payloads. The folder holds at most ``MOST`` kinds; the one that was not seen for longest gives way.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from jope.kernel.canonical import canonical_bytes
from jope.kernel.clock import Clock
from jope.kernel.durable import write_aside
from jope.kernel.errors import JopeError
from jope.kernel.logs import frames_of, on_fault

log = structlog.get_logger("jope.errors")
MOST: Final = 200
_SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True)
class Captured:
    """One kind of error. Times are UTC microseconds; ``frames`` go from the outermost call to where it was raised."""

    fingerprint: str
    kind: str
    code: str
    message: str
    frames: tuple[dict[str, Any], ...]
    thread: str
    place: str
    version: str
    station_id: str
    first_us: int
    last_us: int
    count: int

    @property
    def where(self) -> str:
        """``file:line function`` of the innermost frame."""
        if not self.frames:
            return self.place
        last = self.frames[-1]
        return f"{last['file']}:{last['line']} {last['function']}"


def captured_errors(folder: Path) -> tuple[Captured, ...]:
    """What was captured, newest first. A file that cannot be read is left out of the list, not out of the folder."""
    found = [one for path in folder.glob(f"*{_SUFFIX}") if (one := _read(path)) is not None]
    return tuple(sorted(found, key=lambda one: -one.last_us))


def _read(path: Path) -> Captured | None:
    try:
        fields = json.loads(path.read_text("utf-8"))
        return Captured(**fields | {"frames": tuple(fields["frames"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


class ErrorCapture:
    """Catches what nobody handles in this process, from ``install`` to ``close``. Thread-safe.

    ``tell`` is called for each kind the first time in this process; it must not wait.
    """

    def __init__(self, folder: Path, clock: Clock, *, version: str, station_id: str, tell: Callable[[Captured], None]) -> None:
        self.folder = folder
        self.place = ""
        self._clock = clock
        self._version = version
        self._station_id = station_id
        self._tell = tell
        self._guard = threading.Lock()
        self._busy = threading.local()
        self._told: set[str] = set()
        self._open = False
        self.lost = 0
        """How many errors could not be stored."""

    def install(self) -> None:
        """Stand before the hooks of the interpreter; what stood there is called after."""
        self._open = True
        self._forget = on_fault(self.take)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._own = (self._on_error, self._on_thread_error, self._on_unraisable)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._own

    def close(self) -> None:
        """Give the hooks back; one that somebody else took over in between stays theirs and passes on."""
        self._open = False
        self._forget()
        if sys.excepthook == self._own[0]:
            sys.excepthook = self._before[0]
        if threading.excepthook == self._own[1]:
            threading.excepthook = self._before[1]
        if sys.unraisablehook == self._own[2]:
            sys.unraisablehook = self._before[2]

    def take(self, error: BaseException, place: str = "") -> None:
        """Store an error. Nothing is raised from here."""
        if isinstance(error, Exception):
            message = error.message if isinstance(error, JopeError) else ""
            code = error.code if isinstance(error, JopeError) else ""
            self._store(type(error).__name__, code, message, tuple(frames_of(error.__traceback__)), place)

    def take_message(self, kind: str, file: str, line: int, function: str) -> None:
        """Store a warning of a library that is no exception, by its place alone."""
        self._store(kind, "", "", ({"file": Path(file).name, "line": line, "function": function},), "")

    def _store(self, kind: str, code: str, message: str, frames: tuple[dict[str, Any], ...], place: str) -> None:
        if not self._open or getattr(self._busy, "storing", False):
            return
        self._busy.storing = True
        try:
            stored = self._kept(kind, code, message, frames, place)
        except OSError:  # the disk is full, say: there is nowhere to put it, and it must not become another error
            self.lost += 1
        else:
            if stored.fingerprint not in self._told:
                self._told.add(stored.fingerprint)
                self._tell(stored)
        finally:
            self._busy.storing = False

    def _kept(self, kind: str, code: str, message: str, frames: tuple[dict[str, Any], ...], place: str) -> Captured:
        now_us = self._clock.now().utc_us
        fingerprint = hashlib.sha256(canonical_bytes({"kind": kind, "frames": list(frames)})).hexdigest()[:16]
        with self._guard:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / f"{fingerprint}{_SUFFIX}"
            before = _read(path)
            if before is None:
                self._make_room()
            thread = threading.current_thread().name
            found = Captured(
                fingerprint, kind, code, message, frames, thread, place or self.place, self._version, self._station_id,
                before.first_us if before is not None else now_us, now_us, (before.count if before is not None else 0) + 1,
            )  # fmt: skip
            write_aside(path, json.dumps(asdict(found), indent=1, sort_keys=True).encode())
        return found

    def _make_room(self) -> None:
        for old in captured_errors(self.folder)[MOST - 1 :]:
            (self.folder / f"{old.fingerprint}{_SUFFIX}").unlink(missing_ok=True)

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        self.take(error, "unhandled")
        self._before[0](kind, error, trace)

    def _on_thread_error(self, given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            self.take(given.exc_value, f"thread {given.thread.name if given.thread is not None else ''}")
        self._before[1](given)

    def _on_unraisable(self, given: sys.UnraisableHookArgs) -> None:
        if given.exc_value is not None:
            self.take(given.exc_value, "unraisable")
        self._before[2](given)
