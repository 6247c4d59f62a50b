"""The station keeps its ledger: checkpoints when they are due, a new key each day, and a look at the head mark before anything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from jope.compliance.alarms.commands import RaiseAlarm
from jope.compliance.audit.actions import Action
from jope.compliance.audit.checkpointing import CheckpointPlan
from jope.compliance.audit.commands import MakeCheckpoint, NoteMigration, RotateKey
from jope.compliance.audit.head_mark import HeadMark
from jope.compliance.audit.recorder import EventDraft, LedgerRecorder
from jope.compliance.audit.verification.proofs import behind_mark
from jope.compliance.commands import Command
from jope.kernel.clock import JUMP_LIMIT_US, Clock
from jope.kernel.store.migrations import Migrated

log = structlog.get_logger("jope.ledger")
_MARKED_SINCE = "0002"
_EPOCH_BEGAN = (
    "SELECT json_extract(body, '$.utc') FROM audit WHERE seq = coalesce((SELECT max(seq) FROM audit WHERE action = 'key.rotated'), 1)"
)
_BEFORE = (
    "SELECT a.action, p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action IN ('log.heartbeat', 'station.attested') "
    "ORDER BY a.seq DESC LIMIT 1"
)


def what_came_before(cursor: Any) -> str:
    """How the process before this start ended, asked before the first commit of a start (URS Q03).

    Returns:
        ``stop`` where the last checkpoint was that of a stop, ``break`` where it was not, ``nothing`` in a trail without one.
    """
    row = cursor.execute(_BEFORE).fetchone()
    if row is None:
        return "nothing"
    stopped = row[0] == Action.LOG_HEARTBEAT.value and json.loads(row[1])["details"].get("cause") == "stop"
    return "stop" if stopped else "break"


class LedgerKeeper:
    """Watches the commits of one station and gives its ledger what is due."""

    def __init__(
        self,
        recorder: LedgerRecorder,
        mark: HeadMark,
        clock: Clock,
        *,
        station_id: str,
        dispatch: Callable[[Command], object],
        tell: Callable[[Command], None],
    ) -> None:
        self._recorder = recorder
        self._mark = mark
        self._clock = clock
        self._station_id = station_id
        self._dispatch = dispatch
        self._tell = tell
        self._plan = CheckpointPlan(clock.monotonic_us())
        self._epoch_began_us = 0
        self._keeps = False
        recorder.listeners.append(self._on_commit)

    def start(self, cursor: Any, migrated: Migrated | None) -> str:
        """Before the first command of a start: compare trail and head mark, note a migration, begin the day's epoch.

        Args:
            cursor: reads the store.
            migrated: what opening the store changed of its schema.

        Returns:
            Why the station must be read-only, empty when it need not.

        Raises:
            StoreDamagedError, StoreKeyError: somebody else wrote the newest event, or the signing key is another one; the station must not open.
        """
        self._recorder.require_ready(cursor)
        row = cursor.execute(_EPOCH_BEGAN).fetchone()
        if row is None:
            self._keeps = True  # an empty store: the commit that provisions it comes first
            self._epoch_began_us = self._clock.now().utc_us
            return ""
        mark = self._mark.read()
        if mark is not None:
            behind = behind_mark(cursor, mark)
        else:  # a store that was just brought up from a schema without checkpoints had no mark either
            behind = None if migrated is not None and migrated.from_revision < _MARKED_SINCE else "The head mark is missing or damaged."
        if behind is not None:
            self._recorder.keeps_mark = False
            self._dispatch(RaiseAlarm(priority=1, source=self._station_id, kind="ledger", text=behind))
            return behind
        self._keeps = True
        self._epoch_began_us = int(row[0])
        if not self._clock_is_suspect():  # a day that was never there, before the clock was put right, began no epoch
            self._epoch_began_us = min(self._epoch_began_us, self._clock.now().utc_us)
        if migrated is not None:
            self._dispatch(
                NoteMigration(
                    from_revision=migrated.from_revision,
                    to_revision=migrated.to_revision,
                    from_fingerprint=migrated.from_fingerprint,
                    to_fingerprint=migrated.to_fingerprint,
                )
            )
        self.tick()
        self._tell(MakeCheckpoint(cause="start"))
        return ""

    def tick(self) -> None:
        """Time passed: a checkpoint or a new epoch may be due. Never waits."""
        if not self._keeps or self._clock_is_suspect():
            return
        cause = self._plan.passed(self._clock.monotonic_us())
        if cause is not None:
            self._tell(MakeCheckpoint(cause=cause))
        now_us = self._clock.now().utc_us
        if _day(now_us) > _day(self._epoch_began_us):
            self._epoch_began_us = now_us
            self._tell(RotateKey())

    def checkpoint(self, cause: str) -> None:
        """A checkpoint now, for what is about to leave the station."""
        if self._keeps and not self._clock_is_suspect():
            self._dispatch(MakeCheckpoint(cause=cause))

    def stop(self) -> None:
        """The last checkpoint of a run."""
        if self._recorder.head is not None and self._recorder.head.seq:
            self.checkpoint("stop")
        self._keeps = False

    def _on_commit(self, drafts: Sequence[EventDraft]) -> None:
        if any(draft.action is Action.CLOCK_CORRECTED for draft in drafts):
            self._epoch_began_us = min(
                self._epoch_began_us, self._clock.now().utc_us
            )  # a day key of a day that was never there ends with this one
        cause = self._plan.heard(drafts, self._clock.monotonic_us())
        if cause is not None and self._keeps and not self._clock_is_suspect():
            self._tell(MakeCheckpoint(cause=cause))

    def _clock_is_suspect(self) -> bool:
        return self._clock.now().utc_us + JUMP_LIMIT_US < self._recorder.high_water_us


def _day(utc_us: int) -> str:
    return datetime.fromtimestamp(utc_us // 1_000_000, UTC).date().isoformat()
