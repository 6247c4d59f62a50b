"""The station's health as one part of it: channels, sink, captured errors, metrics and the reading over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from jope.compliance.access.reader import Reader
from jope.compliance.alarms.commands import RaiseAlarm
from jope.compliance.audit.recorder import EventDraft
from jope.compliance.bus.dispatch import CommandBus
from jope.compliance.commands import Command
from jope.kernel.clock import Clock
from jope.kernel.crypto.keys import KeyFiles
from jope.kernel.errors import JopeError
from jope.kernel.logs import DailyFile
from jope.kernel.settings.files import PolicyFile, StationFile, StationFolder
from jope.plant.devices.ports import OutputFactory
from jope.services.health.capturing import Captured, ErrorCapture
from jope.services.health.channels.configured import channels_of, due_commands
from jope.services.health.channels.keeping import ChannelKeeper, TriedChannel
from jope.services.health.channels.wording import Sender
from jope.services.health.commands import AskChannelTest, ExportSupport
from jope.services.health.facts import Facts
from jope.services.health.gathering import gather
from jope.services.health.handlers import ERROR_CAPTURED
from jope.services.health.metrics import STEM, Snapshot, disk_free, resident_bytes, size_of
from jope.services.health.queries import ChannelTest, Notice, active_priorities, known_channels, last_test, waiting_notices
from jope.services.health.reading import DISK_BAD, WAL_LARGE, Health, State, health
from jope.services.health.security import Event, SecuritySink, sink_of

log = structlog.get_logger("jope.health")
GRACE_SECONDS: Final = 3.0
_ACTIVE: Final = "SELECT 1 FROM alarm WHERE source = ? AND kind = ? AND returned_us IS NULL"
_EVENT: Final = "SELECT body FROM audit WHERE seq = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthParts:
    """What health is joined from, in ``jope.bootstrap``."""

    folder: StationFolder
    settings: StationFile
    policy: PolicyFile
    version: str
    keys: KeyFiles
    outputs: Mapping[str, OutputFactory] | None
    clock: Clock
    bus: CommandBus
    dispatch: Callable[[Command], object]
    tell: Callable[[Command], None]
    reading: Callable[[], AbstractContextManager[Reader]]
    settle: Callable[..., None]
    """``OwnAlarms.settle``."""


@dataclass(frozen=True, slots=True)
class HealthMark:
    """What the frame of the screen shows of health: the worst state and the name of the first line that has it, empty where all is well."""

    state: State
    name: str


class HealthRoom:
    """One per station."""

    def __init__(self, parts: HealthParts) -> None:
        self._parts = parts
        settings, clock = parts.settings, parts.clock
        self._started_us, self._started_mono_us = clock.now().utc_us, clock.monotonic_us()
        self._metrics = DailyFile(parts.folder.logs, STEM, clock, settings.log_retention_days)
        self.mark = HealthMark(State.OK, "")
        self.events = 0
        self.capture = ErrorCapture(
            parts.folder.logs / "errors", clock, version=parts.version, station_id=settings.station_id, tell=self._on_captured
        )
        sender = Sender(settings.station_id, settings.site, settings.line, settings.zone, settings.demo)
        channels = channels_of(
            parts.policy, folder=parts.folder.root, station_id=settings.station_id, keys=parts.keys, outputs=parts.outputs, clock=clock
        )
        self._channels = ChannelKeeper(channels, self, clock, parts.dispatch, sender)
        sink = sink_of(parts.policy, parts.folder.root)
        self._sink = SecuritySink(sink, clock, settings.station_id, self._look_up, self._read_only) if sink is not None else None

    # --- beginning and end -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Before the first command of a start: errors are captured and security events heard from here on."""
        self.capture.install()
        if self._sink is not None:
            self._sink.start()

    def start(self) -> None:
        """Tell the store which channels there are, and begin to tell them of alarms."""
        with self._parts.reading() as reader:
            known = known_channels(reader)
        for command in due_commands(self._parts.policy, known, self._parts.folder.root):
            self._parts.dispatch(command)
        self._channels.start()

    def stop(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """End the threads; what channels have not told waits in the store. May be called twice."""
        self._channels.stop(grace_seconds)

    def close(self) -> None:
        """After the last commit: the sink gets what it has not, and the hooks go back."""
        if self._sink is not None:
            self._sink.stop(GRACE_SECONDS)
        self.capture.close()
        self._metrics.close()

    def on_commit(self, drafts: Sequence[EventDraft]) -> None:
        """A commit stands. Never waits."""
        if drafts:
            self.events = drafts[-1].seq
        self._channels.on_commit(drafts)
        if self._sink is not None:
            self._sink.on_commit(drafts)

    def tick(self) -> None:
        """A few seconds passed. Never waits."""
        self._channels.tick()

    def minute(self) -> None:
        """A minute passed: write the metrics, look at disk and log, renew the mark."""
        found = self.snapshot()
        try:
            self._metrics.write(found.line)
        except OSError as error:
            log.error("metrics not written", reason=error.strerror)
        low = found.disk_free < DISK_BAD
        self._settle("disk_low", "The disk of the station has less than 512 MB left." if low else "")
        large = found.wal_bytes > WAL_LARGE
        self._settle("wal_large", "The store's write-ahead log has more than 64 MB: a long reading holds it up." if large else "")
        facts = self._gather(found)
        errors = facts.errors
        waits = errors.kinds and errors.last_us > errors.exported_us
        text = f"An error was captured, the last one at {errors.last_where}. It is in the support file." if waits else ""
        self._settle(ERROR_CAPTURED, text, priority=3)  # also what ended the process before, which nobody could tell any more
        now = health(facts)
        self.mark = HealthMark(now.worst, now.first.name if now.first is not None else "")

    # --- reading -----------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """What this process measures of itself now."""
        parts, metered = self._parts, self._parts.bus.meter.read()
        store = parts.folder.store
        return Snapshot(
            utc_us=parts.clock.now().utc_us, started_us=self._started_us, uptime_us=parts.clock.monotonic_us() - self._started_mono_us,
            rss_bytes=resident_bytes(), outcomes=metered.outcomes, plain=metered.plain, proven=metered.proven, events=self.events,
            wal_bytes=size_of(store.with_name(f"{store.name}-wal")), disk_free=disk_free(parts.folder.root),
            channels=self._channels.states(), sink=self._sink.state() if self._sink is not None else None, errors_lost=self.capture.lost,
            read_only=parts.bus.read_only_reason,
        )  # fmt: skip

    def read(self) -> Health:
        """The health of the station now. Blocks for some queries."""
        return health(self._gather(self.snapshot()))

    def _gather(self, found: Snapshot) -> Facts:
        with self._parts.reading() as reader:
            return gather(reader, self._parts.folder, self._parts.policy, found)

    # --- asking ------------------------------------------------------------------------------------------------------

    def test_channels(self, dispatch: Callable[[Command], object]) -> tuple[TriedChannel, ...]:
        """Test every channel as the person behind ``dispatch`` asks. Blocks for at most a minute."""
        dispatch(AskChannelTest())
        return self._channels.test()

    def export_support(self, dispatch: Callable[[Command], object], path: Path) -> int:
        """Make a support file; the event comes first. Returns its bytes.

        Raises:
            UnwritableFileError: it cannot be written.
            DeniedError: the person may not.
        """
        from jope.services.health.support import require_place, write_support

        require_place(path)
        dispatch(ExportSupport())
        parts = self._parts
        return write_support(path, parts.folder, parts.settings, parts.policy, self.read())

    # --- the book of the channels (``channels.keeping.Book``) ---------------------------------------------------------

    def waiting(self, channel: str, priorities: tuple[int, ...]) -> tuple[Notice, ...]:
        """What a channel has not told yet."""
        with self._parts.reading() as reader:
            return waiting_notices(reader, channel=channel, priorities=priorities)

    def active(self) -> frozenset[int]:
        """Priorities of which an alarm is active."""
        with self._parts.reading() as reader:
            return active_priorities(reader)

    def last_test(self, channel: str) -> ChannelTest | None:
        """The newest test of a channel."""
        with self._parts.reading() as reader:
            return last_test(reader, channel=channel)

    # --- what comes by itself ----------------------------------------------------------------------------------------

    def _look_up(self, seq: int) -> Event | None:
        import json

        with self._parts.reading() as reader:
            rows = reader.execute(_EVENT, (seq,))
        if not rows:
            return None
        body: dict[str, Any] = json.loads(rows[0][0])
        return Event(seq, body["utc"], body["actor"], body["address"], body["os_user"], body["session"])

    def _read_only(self) -> str:
        return self._parts.bus.read_only_reason

    def _on_captured(self, error: Captured) -> None:
        text = f"An error was captured: {error.kind} at {error.where}. It is in the support file."
        self._parts.tell(RaiseAlarm(priority=3, source=self._parts.settings.station_id, kind=ERROR_CAPTURED, text=text))

    def _settle(self, kind: str, text: str, *, priority: int = 2) -> None:
        with self._parts.reading() as reader:
            active = bool(reader.execute(_ACTIVE, (self._parts.settings.station_id, kind)))
        if active == bool(text):
            return
        try:
            self._parts.settle(kind, text, priority=priority)
        except JopeError as error:
            log.error("alarm not settled", kind=kind, code=error.code)
