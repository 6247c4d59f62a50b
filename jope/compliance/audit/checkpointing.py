"""When a checkpoint is due: after what must not be lost, and by count and time (ledger.md "Checkpoints, keys, anchors"). No I/O.

Made at start and stop, after every electronic signature, lock or change of an account, key rotation and migration; after 256 events or 60 s while the
station is active, every 15 min while idle. The ledger's own events are not activity, and nothing is made while the clock is suspect.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from jope.compliance.audit.actions import Action
from jope.compliance.audit.recorder import EventDraft

AT_ONCE = frozenset(
    {
        Action.SIGNATURE_APPLIED,
        Action.USER_LOCKED,
        Action.USER_DISABLED,
        Action.KEY_ROTATED,
        Action.SCHEMA_MIGRATED,
        Action.STATION_PROVISIONED,
    }
)
_OWN = frozenset({Action.LOG_HEARTBEAT})
_QUIET = frozenset({Action.LOG_ANCHORED, Action.LOG_ANCHOR_FAILED})
"""What follows from a checkpoint and asks for no other one."""
EVENTS = 256
ACTIVE_US = 60_000_000
IDLE_US = 15 * 60_000_000


class CheckpointPlan:
    """Counts what happened since the last checkpoint. Thread-safe; time is the monotonic clock's."""

    def __init__(self, now_us: int) -> None:
        self._guard = threading.Lock()
        self._made_us = now_us
        self._events = 0

    def heard(self, drafts: Sequence[EventDraft], now_us: int) -> str | None:
        """Events were committed. Returns the cause when a checkpoint is due now."""
        with self._guard:
            if any(draft.action in _OWN for draft in drafts):
                self._made_us, self._events = now_us, 0
                return None
            self._events += sum(1 for draft in drafts if draft.action not in _QUIET)
            cause = next((draft.action.value for draft in drafts if draft.action in AT_ONCE), None)
            return cause or (f"{EVENTS} events" if self._events >= EVENTS else None)

    def passed(self, now_us: int) -> str | None:
        """Time passed. Returns the cause when a checkpoint is due now."""
        with self._guard:
            since = now_us - self._made_us
            if self._events and since >= ACTIVE_US:
                return "60 s of activity"
            return "15 min" if since >= IDLE_US else None
