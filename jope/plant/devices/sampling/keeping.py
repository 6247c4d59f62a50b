"""The one writer of the samples: takes what the gateway hears, without ever making it wait, and makes it durable in a thread of its own.

What cannot be kept is not taken: a full buffer is answered with no, and whoever asked lets go of its device, whose own buffers then hold the values.
Nothing is dropped in silence; what is lost all the same leaves a gap record.
"""

from __future__ import annotations

import shutil
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from jope.kernel.clock import Clock
from jope.kernel.errors import JopeError
from jope.kernel.store.engine import DATABASE_ERRORS, StoreLocation
from jope.plant.devices.sampling.store import NewGap, NewSample, SampleWriter

MOST_WAITING: Final = 200_000
"""Values that may wait for the disk: 100 s at 2,000 values a second, some 60 MB."""
MOST_IN_COMMIT: Final = 10_000
COMMIT_SECONDS: Final = 0.5
"""How long values may wait for company before they are committed."""
RETRY_SECONDS: Final = 1.0
DISK_RESERVE_BYTES: Final = 256 * 1024 * 1024
"""Below this much free space samples are not written: the rest of the disk belongs to the records."""
STOP_SECONDS: Final = 5.0
_log = structlog.get_logger(__name__)

Trouble = Callable[[str], None]
"""Told why samples cannot be kept, and with an empty text that they are kept again. Called in the keeper's thread."""


class SampleKeeper:
    """Buffer and writer. ``offer`` may be called from any thread."""

    def __init__(
        self, location: StoreLocation, station_id: str, clock: Clock, trouble: Trouble, *, most_waiting: int = MOST_WAITING,
        reserve_bytes: int = DISK_RESERVE_BYTES,
    ) -> None:  # fmt: skip
        """Open the file; nothing is written yet.

        Raises:
            StoreKeyError, StoreDamagedError, StoreVersionError: it cannot be opened.
        """
        self.location = location
        self._clock = clock
        self._trouble = trouble
        self._most_waiting = most_waiting
        self._reserve_bytes = reserve_bytes
        self._condition = threading.Condition()
        self._samples: deque[NewSample] = deque()
        self._gaps: deque[NewGap] = deque()
        self._under_way = 0
        self._stopping = self._hurried = False
        self._troubled = ""
        self.kept = 0
        """Values made durable since the start."""
        self._writer = SampleWriter(location, station_id, now_us=clock.now().utc_us)
        self._thread = threading.Thread(target=self._run, name="samples", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def offer(self, samples: Sequence[NewSample]) -> bool:
        """Take values to be kept, all of them or none. False where they cannot be taken: the buffer is full or the keeper stops. Never waits for the disk."""
        with self._condition:
            if self._stopping or len(self._samples) + len(samples) > self._most_waiting:
                return False
            was_empty = not self._samples
            self._samples.extend(samples)
            if was_empty:
                self._condition.notify()
            return True

    def note_gap(self, gap: NewGap) -> None:
        """Take the record of a gap; these are few and are always taken."""
        with self._condition:
            self._gaps.append(gap)
            self._condition.notify()

    def waiting(self) -> int:
        """How many values are taken and not durable yet."""
        with self._condition:
            return len(self._samples) + self._under_way

    def flush(self, timeout_seconds: float = STOP_SECONDS) -> bool:
        """Wait until everything taken so far is durable. False where that did not come about in time."""
        with self._condition:
            self._hurried = True
            self._condition.notify()
            return self._condition.wait_for(lambda: not (self._samples or self._gaps or self._under_way), timeout_seconds)

    def stop(self) -> None:
        """Write what was taken, end the thread and let go of the file. What a full disk does not take is named in the log."""
        with self._condition:
            if self._stopping:
                return
            self._stopping = True
            self._condition.notify()
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            _log.error("samples_not_written", waiting=self.waiting())
            return
        self._writer.close()

    # --- the writer's thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._stopping or self._samples or self._gaps)
                self._condition.wait_for(lambda: self._stopping or self._hurried or len(self._samples) >= MOST_IN_COMMIT, COMMIT_SECONDS)
                self._hurried = False
                samples = [self._samples.popleft() for _ in range(min(len(self._samples), MOST_IN_COMMIT))]
                gaps = list(self._gaps)
                self._gaps.clear()
                self._under_way = len(samples)
                stopping = self._stopping
            if not samples and not gaps and stopping:
                return
            if self._keep(samples, gaps):
                continue
            with self._condition:
                if self._stopping:
                    _log.error("samples_not_written", waiting=len(samples) + len(self._samples))
                    return
                self._condition.wait_for(lambda: self._stopping, RETRY_SECONDS)

    def _keep(self, samples: list[NewSample], gaps: list[NewGap]) -> bool:
        """One commit. Where it fails, what it was to keep stands in the buffer again, in order."""
        problem = self._disk_problem()
        if not problem:
            try:
                self._writer.append(samples, gaps)
            except (*DATABASE_ERRORS, JopeError, OSError) as error:
                problem = f"Samples cannot be written: {error}."
        with self._condition:
            self._under_way = 0
            if problem:
                self._samples.extendleft(reversed(samples))
                self._gaps.extendleft(reversed(gaps))
            else:
                self.kept += len(samples)
            self._condition.notify_all()
        if problem != self._troubled:
            self._troubled = problem
            self._trouble(problem)
        return not problem

    def _disk_problem(self) -> str:
        free = shutil.disk_usage(self.location.path.parent).free
        if free >= self._reserve_bytes:
            return ""
        return f"The disk is nearly full: samples wait in memory until {self._reserve_bytes // 1_000_000} MB are free."
