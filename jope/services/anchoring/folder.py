"""A folder as an anchor, reached through a child process with a deadline (``depositing.py``)."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from jope.compliance.audit.notes import Checkpoint, read_note
from jope.kernel.errors import AnchorConflictError, AnchorDisagreesError, AnchorError, AnchorUnreachableError, CheckpointError
from jope.kernel.settings.files import FolderAnchor
from jope.services.anchoring.ports import Kept, Trail

DEADLINE_SECONDS: Final = 20.0
CHILD: Final = (sys.executable, "-m", "jope.services.anchoring.depositing")


class FolderTarget:
    """One folder. At most one child of it is alive: while one hangs in the kernel, no other is started."""

    kind = "folder"

    def __init__(self, anchor: FolderAnchor, *, seconds: float = DEADLINE_SECONDS, child: Sequence[str] = CHILD) -> None:
        self.name = anchor.name
        self.every_us = anchor.every_seconds * 1_000_000
        self._folder = anchor.path
        self._seconds = seconds
        self._child = tuple(child)
        self._guard = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def keep(self, trail: Trail) -> Kept:
        """Put the newest checkpoint into the folder.

        Raises:
            AnchorUnreachableError: the folder is not there, is full, or hangs.
            AnchorConflictError: it holds another checkpoint of this size; it was not overwritten.
            AnchorDisagreesError: it holds a later checkpoint of this trail.
        """
        shown = trail.newest()
        if shown is None:
            raise AnchorError("There is no checkpoint yet.", remedy="One is made at the start of the station.")
        answer = self._ask("deposit", shown.origin, str(shown.size), typed=shown.note.encode())
        detail = str(answer.get("detail", ""))
        if answer["outcome"] == "newer":
            raise AnchorDisagreesError(
                f"The folder {self.name} holds a checkpoint over {detail} events, the newest one here covers {shown.size}."
            )
        if answer["outcome"] == "conflict":
            raise AnchorConflictError(f"The folder {self.name} holds another checkpoint under the name {detail}; it was not overwritten.")
        if answer["outcome"] != "kept":
            raise AnchorUnreachableError(f"The folder {self.name} takes no file: {detail}.")
        return Kept(shown.size)

    def read(self, origin: str) -> tuple[Checkpoint, ...]:
        """All checkpoints of a trail that the folder holds.

        Raises:
            AnchorUnreachableError: the folder is not there, or hangs.
            CheckpointError: one of them cannot be read.
        """
        answer = self._ask("read", origin)
        if answer["outcome"] != "read":
            raise AnchorUnreachableError(f"The folder {self.name} cannot be read: {answer.get('detail', '')}.")
        try:
            return tuple(read_note(note) for note in answer["notes"])
        except CheckpointError as error:
            raise CheckpointError(f"The folder {self.name} holds a file that is no checkpoint: {error.message}") from error

    def abort(self) -> None:
        """Leave the child behind."""
        with self._guard:
            self._stopped = True
            if self._running is not None:
                with contextlib.suppress(OSError):
                    self._running.kill()

    def _ask(self, order: str, origin: str, *rest: str, typed: bytes = b"") -> dict[str, Any]:
        process = self._started((*self._child, order, self._folder, prefix_of(origin), *rest))
        try:
            said, _ = process.communicate(typed, timeout=self._seconds)
        except subprocess.TimeoutExpired as error:
            self._leave_behind(process)
            raise AnchorUnreachableError(f"The folder {self.name} does not answer within {self._seconds:g} s.") from error
        try:
            answer = json.loads(said)
            if isinstance(answer, dict) and "outcome" in answer:
                return answer
        except ValueError:
            pass
        raise AnchorUnreachableError(f"The process that looks after the folder {self.name} ended without an answer.")

    def _started(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._guard:
            if self._running is not None and self._running.poll() is None:
                raise AnchorUnreachableError(f"The folder {self.name} still hangs; its last process did not come back.")
            if self._stopped:
                raise AnchorUnreachableError("The station stops.")
            self._running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            return self._running

    @staticmethod
    def _leave_behind(process: subprocess.Popen[bytes]) -> None:
        """Kill it and do not wait: inside the kernel it may outlive the signal by any time. It is looked at before another one starts."""
        with contextlib.suppress(OSError):
            process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def prefix_of(origin: str) -> str:
    """The origin as the beginning of a file's name, one to one: ``jope~LINE-3~1``."""
    return "~".join(quote(part, safe="").replace("~", "%7E") for part in origin.split("/"))
