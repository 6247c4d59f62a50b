"""The station keeps its checkpoints outside: each new one goes to each anchor, and what becomes of it is written down.

Rules:

1. Each anchor has a thread of its own, so that one which hangs holds up nobody: no command, no other anchor, no stop of the station.
2. Only the newest checkpoint counts; those that were passed over in the meantime are covered by it.
3. Success is an event each time. A failure is an event when it begins, when its reason changes and when it becomes an alarm, not at each attempt.
4. An alarm of priority 1 comes at once when an anchor remembers another trail, of priority 2 at once when it refuses or another machine answers, and of
   priority 2 when it has not answered for 15 minutes. The next success returns it.
5. Attempts after a failure wait 5 s, then twice as long each time up to 5 min, after a disagreement 15 min; by chance between half and one and a half times
   that.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from jope.compliance.audit.actions import Action
from jope.compliance.audit.recorder import EventDraft
from jope.compliance.commands import Command
from jope.kernel.clock import Clock
from jope.kernel.errors import AnchorDisagreesError, AnchorRefusedError, JopeError, PinError, ProgramFaultError
from jope.services.anchoring.commands import RecordAnchorFailure, RecordAnchoring
from jope.services.anchoring.ports import AnchorTarget, Kept, Trail

log = structlog.get_logger("jope.anchors")
LIMIT_US: Final = 15 * 60_000_000
FIRST_WAIT_US: Final = 5_000_000
LONGEST_WAIT_US: Final = 5 * 60_000_000
DISAGREED_WAIT_US: Final = 15 * 60_000_000
_RELEASING: Final = frozenset({Action.BATCH_REVIEWED, Action.BATCH_RELEASE_SIGNED, Action.BATCH_CERTIFIED, Action.BATCH_REJECTED})
Dispatch = Callable[[Command], object]


class AnchorKeeper:
    """Gives every new checkpoint of a station to its anchors."""

    def __init__(self, targets: Sequence[AnchorTarget], trail: Trail, clock: Clock, dispatch: Dispatch) -> None:
        self._workers = [_Worker(target, trail, clock, dispatch) for target in targets]
        self._hurries = False

    def start(self) -> None:
        """Begin, with the newest checkpoint there is."""
        for worker in self._workers:
            worker.start()

    def on_commit(self, drafts: Sequence[EventDraft]) -> None:
        """A commit stands. A checkpoint is wanted by every anchor, at once where a batch's release waits for it. Never waits."""
        actions = {draft.action for draft in drafts}
        self._hurries = self._hurries or bool(actions & _RELEASING)
        if Action.LOG_HEARTBEAT in actions:
            for worker in self._workers:
                worker.want(at_once=self._hurries)
            self._hurries = False

    def tick(self) -> None:
        """Time passed. Never waits."""
        for worker in self._workers:
            worker.look()

    def stop(self, grace_seconds: float) -> None:
        """Give the last checkpoint to the anchors that answer, for so long, and end."""
        for worker in self._workers:
            worker.finish()
        for worker in self._workers:
            worker.end(grace_seconds)


class _Worker:
    """One anchor and its thread."""

    def __init__(self, target: AnchorTarget, trail: Trail, clock: Clock, dispatch: Dispatch) -> None:
        self._target = target
        self._trail = trail
        self._clock = clock
        self._dispatch = dispatch
        self._changed = threading.Condition()
        self._wanted = True
        self._at_once = True
        self._finishing = False
        self._next_us = 0
        self._kept_us: int | None = None
        self._kept_size = 0
        self._failing_since_us: int | None = None
        self._waits = 0
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._work, name=f"jope-anchor-{target.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def want(self, *, at_once: bool = False) -> None:
        with self._changed:
            self._wanted = True
            self._at_once = self._at_once or at_once
            self._changed.notify()

    def look(self) -> None:
        with self._changed:
            self._changed.notify()

    def finish(self) -> None:
        with self._changed:
            self._finishing = True
            self._changed.notify()

    def end(self, grace_seconds: float) -> None:
        if not self._thread.is_alive():
            return
        self._thread.join(grace_seconds)
        if self._thread.is_alive():
            self._target.abort()
            self._thread.join(1.0)  # what hangs in the kernel even then is left behind; the thread dies with the process

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._finishing or self._is_due())
                last = self._finishing
                if last and (not self._wanted or self._failing_since_us is not None):
                    return
                self._wanted = self._at_once = False
            self._attempt()
            if last:
                return

    def _is_due(self) -> bool:
        now_us = self._clock.monotonic_us()
        if not self._wanted or now_us < self._next_us:
            return False
        return self._at_once or self._kept_us is None or now_us - self._kept_us >= self._target.every_us

    def _attempt(self) -> None:
        try:
            newest = self._trail.newest()
            if newest is None or newest.size <= self._kept_size:
                return
            kept = self._target.keep(self._trail)
            self._succeeded(kept)
        except JopeError as error:
            self._failed(error)
        except Exception as error:  # the border of this thread: a fault of the program must not end it unseen
            log.exception("anchor fault", anchor=self._target.name)
            self._failed(ProgramFaultError(f"The program failed at the anchor {self._target.name} ({type(error).__name__})."))

    def _succeeded(self, kept: Kept) -> None:
        self._kept_us, self._kept_size = self._clock.monotonic_us(), kept.size
        self._failing_since_us, self._waits, self._next_us = None, 0, 0
        self._told.clear()
        apart_s = self._clock.now().utc_us // 1_000_000 - kept.posix if kept.posix else 0
        target = self._target
        self._say(RecordAnchoring(anchor=target.name, kind=target.kind, size=kept.size, line=kept.line, posix=kept.posix, apart_s=apart_s))

    def _failed(self, error: JopeError) -> None:
        now_us = self._clock.monotonic_us()
        if self._failing_since_us is None:
            self._failing_since_us = now_us
        disagrees = isinstance(error, AnchorDisagreesError)
        late = now_us - self._failing_since_us >= LIMIT_US
        priority = 1 if disagrees else 2 if late or isinstance(error, AnchorRefusedError | PinError) else 0
        wait_us = DISAGREED_WAIT_US if disagrees else min(FIRST_WAIT_US << min(self._waits, 10), LONGEST_WAIT_US)
        with self._changed:
            self._waits += 1
            self._wanted = True
            self._next_us = now_us + wait_us // 2 + secrets.randbelow(wait_us)
        told = f"{error.code} {priority}"
        log.info("not anchored", anchor=self._target.name, code=error.code)
        if told not in self._told:
            self._told.add(told)
            target = self._target
            text = error.message if not late else f"{error.message} It has been so for 15 minutes."
            self._say(
                RecordAnchorFailure(
                    anchor=target.name, kind=target.kind, code=error.code, text=text[:500], priority=priority, disagrees=disagrees
                )
            )

    def _say(self, command: Command) -> None:
        try:
            self._dispatch(command)
        except JopeError as error:  # the station closes, or its disk is full: the anchor holds the checkpoint all the same
            log.error("anchoring not recorded", anchor=self._target.name, code=error.code)
