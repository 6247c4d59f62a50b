"""The trail is verified in full every night, and whenever a person asks: an audited job with a begin, an end and a result row (URS Q04; 11.10(a))."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from jope.compliance.audit.commands import BeginVerification, EndVerification
from jope.compliance.audit.verification.report import VerifyReport
from jope.compliance.commands import Command
from jope.kernel.canonical import canonical_text
from jope.kernel.clock import Clock
from jope.kernel.errors import JopeError, VerificationCancelledError
from jope.kernel.ids import new_id
from jope.services.scheduling.own_alarms import OwnAlarms

log = structlog.get_logger("jope.verification")
NIGHT_HOUR: Final = 2
"""Site time. A station that was off at that hour verifies once it has run for ``SETTLE_US``."""
SETTLE_US: Final = 10 * 60 * 1_000_000
DAY_US: Final = 24 * 3600 * 1_000_000
RETRY_US: Final = 3600 * 1_000_000
"""How long a verification that failed or was cancelled waits for its next try."""
ALARM_KIND: Final = "verification"
_LAST_FULL = "SELECT coalesce(max(begun_us), 0) FROM verification_run WHERE full = 1 AND verdict IN ('ok', 'findings')"

Runner = Callable[[Callable[[str, float], None], threading.Event], VerifyReport]
"""Verifies in processes of its own; tells the layer and the share done; stops when the event is set."""


class VerificationKeeper:
    """Runs one verification at a time."""

    def __init__(self, clock: Clock, *, zone: str, runner: Runner, dispatch: Callable[[Command], object], alarms: OwnAlarms) -> None:
        self._clock = clock
        self._alarms = alarms
        self._zone = ZoneInfo(zone)
        self._runner = runner
        self._dispatch = dispatch
        self._since_us = clock.monotonic_us()
        self._last_full_us = 0
        self._verified_mono_us = self._since_us
        self._not_before_us = 0
        self._one = threading.Lock()
        self._cancel = threading.Event()
        self._stopped = False

    def start(self, cursor: Any) -> None:
        """At start: know when the last one was, and end those that a stop of the program cut off."""
        self._last_full_us = min(int(cursor.execute(_LAST_FULL).fetchone()[0]), self._clock.now().utc_us)
        for (run_id,) in cursor.execute("SELECT id FROM verification_run WHERE ended_us IS NULL").fetchall():
            self._dispatch(_failed(run_id, "The program ended while it ran."))

    def tick(self) -> None:
        """Time passed: verify where the night's run is due. Runs to its end on the scheduler's thread."""
        now_us = self._clock.monotonic_us()
        waits = now_us - self._since_us < SETTLE_US or now_us < self._not_before_us
        long_ago = now_us - self._verified_mono_us >= DAY_US  # whatever the stored rows and the wall clock say
        if waits or (self._last_full_us >= self._night_us() and not long_ago):
            return
        self._not_before_us = now_us + RETRY_US
        try:
            self.verify("nightly", self._dispatch)
        except VerificationCancelledError:
            log.info("nightly verification cancelled")
        except JopeError as error:
            log.error("nightly verification failed", code=error.code, message=error.message)
            self._alarms.settle(ALARM_KIND, f"The trail could not be verified: {error.message}")

    def verify(
        self, cause: str, begin: Callable[[Command], object], progress: Callable[[str, float], None] = lambda _layer, _share: None
    ) -> VerifyReport:
        """Verify the whole trail. Blocks.

        Args:
            cause: ``nightly`` or ``demand``.
            begin: dispatches the begin of the job as whoever asks for it.
            progress: told the layer and the share of all work that is done.

        Raises:
            VerificationCancelledError: somebody cancelled it, or the station closes, or one runs already.
            StoreUnavailableError: it ended without a report.
        """
        if self._stopped or not self._one.acquire(blocking=False):
            raise VerificationCancelledError("A verification is running already.")
        try:
            self._cancel.clear()
            if self._stopped:  # set before the event, so that a stop in between is not lost
                raise VerificationCancelledError("The station closes.")
            run_id = new_id()
            begun_us = self._clock.now().utc_us
            begin(BeginVerification(run_id=run_id, cause=cause))
            report = self._run(run_id, progress)
            self._last_full_us, self._verified_mono_us = begun_us, self._clock.monotonic_us()
            return report
        finally:
            self._one.release()

    def cancel(self) -> None:
        """End a running verification; it gives no verdict."""
        self._cancel.set()

    def stop(self) -> None:
        """The station closes: no verification begins any more, and a running one is cancelled."""
        self._stopped = True
        self._cancel.set()
        with self._one:
            pass

    def _run(self, run_id: str, progress: Callable[[str, float], None]) -> VerifyReport:
        try:
            report = self._runner(progress, self._cancel)
        except VerificationCancelledError:
            self._dispatch(_ended(run_id, "cancelled"))
            raise
        except JopeError as error:
            self._dispatch(_failed(run_id, error.message))
            raise
        first = report.findings[0] if report.findings else None
        text = f"{first.layer} {first.subject}: {first.message}" if first is not None else ""
        self._dispatch(
            EndVerification(
                run_id=run_id, verdict="ok" if report.ok else "findings", findings=len(report.findings), head_seq=report.events,
                head_hash=report.head, root=report.root, layers=canonical_text(dict(report.layers)), first_finding=text,
            )
        )  # fmt: skip
        self._alarms.settle(ALARM_KIND, "" if report.ok else f"The trail does not verify: {len(report.findings)} findings. {text}")
        return report

    def _night_us(self) -> int:
        """The newest 02:00 of the site that has passed, UTC microseconds."""
        now = datetime.fromtimestamp(self._clock.now().utc_us / 1_000_000, UTC).astimezone(self._zone)
        night = now.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
        return int((night if night <= now else night - timedelta(days=1)).timestamp()) * 1_000_000


def _ended(run_id: str, verdict: str, why: str = "") -> EndVerification:
    return EndVerification(run_id=run_id, verdict=verdict, findings=0, head_seq=0, head_hash="", root="", first_finding=why)


def _failed(run_id: str, why: str) -> EndVerification:
    return _ended(run_id, "failed", why)
