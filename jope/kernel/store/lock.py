"""One process holds the station: an OS lock for life (reliability.md rule 12). The file's text tells a second instance who it is."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from pathlib import Path
from typing import IO

from jope.kernel.errors import StationHeldError

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        file.seek(4096)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class StationLock:
    """The lock of one station directory. The operating system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+", encoding="utf-8")
        if not _try_lock(self._file):
            self._file.seek(0)
            holder = self._file.read(200).strip() or "another process"
            self._file.close()
            raise StationHeldError(f"The station is held by {holder}.")
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()} of {os_user()} on {socket.gethostname()}\n")
        self._file.flush()

    def release(self) -> None:
        """Let go."""
        self._file.close()


def is_held(path: Path) -> bool:
    """Whether some process holds the station. Reads only: not a byte of the lock file changes."""
    if not path.exists():
        return False
    with path.open(encoding="utf-8") as file:
        return not _try_lock(file)


def os_user() -> str:
    """The operating system's user, ``unknown`` where there is no name for it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
