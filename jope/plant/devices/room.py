"""The devices of a running station: the gateway with its samples, changed configurations, approved writes, and what is due.

A thread of its own does what may wait: taking up a changed configuration, sending an approved write. Everything else is quick.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, Final

import structlog

from jope.compliance.alarms.commands import RaiseAlarm, ReturnAlarm
from jope.compliance.audit.actions import Action
from jope.compliance.commands import Command
from jope.kernel.clock import Clock
from jope.kernel.errors import JopeError
from jope.kernel.store.engine import StoreLocation
from jope.plant.devices.due import due_now, told
from jope.plant.devices.ports import DeviceConfig, DriverFactory, Gateway, GatewayFactory
from jope.plant.devices.printing import PrinterFactory
from jope.plant.devices.registry.commands import NoteDeviceClock
from jope.plant.devices.sampling.contexts import ContextBook, SampleContext
from jope.plant.devices.sampling.keeping import SampleKeeper
from jope.plant.devices.sampling.limits import LimitWatch, TagLimits
from jope.plant.devices.sampling.sink import SampleSink
from jope.plant.devices.sampling.store import Bucket, Fingerprint, SampleReader, StoredGap, StoredSample
from jope.plant.devices.state_events import GatewayPort, StateEvents
from jope.plant.devices.tags import DriverEvents, GapRecord, TagDriverFactory
from jope.plant.devices.writing import ApprovedWrites, Ask

CONFIGURING: Final = frozenset(
    {
        Action.DEVICE_REGISTERED, Action.DEVICE_CHANGED, Action.DEVICE_RETIRED, Action.DEVICE_IDENTITY_ACCEPTED, Action.TAG_SET, Action.TAG_RETIRED,
        Action.CERTIFICATE_TRUSTED, Action.CERTIFICATE_REVOKED,
    }
)  # fmt: skip
"""After these the gateway takes up the configuration anew."""
CLOCK_LIMIT_MS: Final = 2_000
"""Beyond this a device's clock alarms, unless the device's option ``clock_limit_ms`` says otherwise (URS C12)."""
CLOCK_EVERY_US: Final = 86_400_000_000
_LIMITS: Final = (
    "SELECT t.device_id, t.tag_id, t.unit, t.alarm_low, t.alarm_high, t.deadband, t.alarm_priority FROM device_tag t "
    "WHERE t.retired_us IS NULL AND (t.alarm_low <> '' OR t.alarm_high <> '')"
)
_ACTIVE: Final = "SELECT source, kind FROM alarm WHERE returned_us IS NULL AND (kind LIKE 'low:%' OR kind LIKE 'high:%')"
STOP_SECONDS: Final = 3.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InstalledDrivers:
    """The drivers of this machine by protocol, and the gateway that runs them."""

    scales: Mapping[str, DriverFactory]
    tags: Mapping[str, TagDriverFactory]
    gateway: GatewayFactory
    printers: Mapping[str, PrinterFactory] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trends:
    """Tags over a time, each in intervals, and what was lost of them."""

    buckets: Mapping[str, tuple[Bucket, ...]]
    gaps: tuple[StoredGap, ...]


class _Deaf(DriverEvents):
    """Hears a driver that is made only to see whether it takes its configuration."""

    def state(self, state: object, message: str = "") -> None:
        """Nothing happens: the driver is never connected."""

    def gap(self, gap: GapRecord) -> None:
        """Nothing is lost: the driver is never connected."""


class Trial:
    """Tries a configuration with the installed driver, without connecting anything (``DeviceTrial``)."""

    def __init__(self, drivers: InstalledDrivers | None, clock: Clock, given: Callable[[DeviceConfig], DeviceConfig]) -> None:
        """``given`` adds what the device is shown: the station's certificate and account."""
        self._drivers = drivers
        self._clock = clock
        self._given = given

    def fault(self, config: DeviceConfig) -> str:
        """Why the driver refuses the configuration, empty where it takes it."""
        if self._drivers is None:
            return "This program runs without drivers, and cannot try the configuration."
        try:
            config = self._given(config)
            if config.protocol in self._drivers.tags:
                self._drivers.tags[config.protocol](config, self._clock, _Deaf())
            elif config.protocol in self._drivers.scales:
                self._drivers.scales[config.protocol](config, self._clock)
            elif config.protocol in self._drivers.printers:
                self._drivers.printers[config.protocol](config, self._clock)
            else:
                known = ", ".join(sorted({*self._drivers.scales, *self._drivers.tags, *self._drivers.printers}))
                return f"There is no driver for '{config.protocol}'. Installed are: {known}."
        except JopeError as error:
            return error.message
        return ""


@dataclass(frozen=True, slots=True)
class RoomParts:
    """What the room is joined with.

    ``tell`` never waits, ``dispatch`` does; ``configs`` reads the store. ``settle`` raises or returns the station's own alarm of a kind. ``read_only`` says
    why the station writes nothing down now, empty where it does; ``notice_days`` how long before a calibration is due it is told.
    """

    drivers: InstalledDrivers
    samples: StoreLocation
    station_id: str
    clock: Clock
    tell: Callable[[Command], None]
    dispatch: Callable[[Command], object]
    ask: Ask
    settle: Callable[[str, str], None]
    read_only: Callable[[], str]
    configs: Callable[[], tuple[DeviceConfig, ...]]
    zone: str
    notice_days: Callable[[], int]


class DeviceRoom:
    """Starts and stops with the station. ``gateway`` may be used from any thread."""

    def __init__(self, parts: RoomParts, port: GatewayPort) -> None:
        """Open the samples.

        Raises:
            StoreKeyError, StoreDamagedError, StoreVersionError: they cannot be opened.
        """
        self._parts = parts
        self.contexts = ContextBook()
        self.keeper = SampleKeeper(parts.samples, parts.station_id, parts.clock, partial(parts.settle, "samples"))
        self._limits = LimitWatch(parts.tell)
        self._sink = SampleSink(StateEvents(parts.tell), self.keeper, self.contexts, self._limits, parts.clock)
        self._configs = parts.configs()
        self.gateway: Gateway = parts.drivers.gateway(
            self._configs, parts.drivers.scales, parts.clock, parts.drivers.tags, parts.drivers.printers
        )
        self._writes = ApprovedWrites(parts.ask, parts.dispatch, lambda: self.gateway)
        port.gateway = self.gateway
        port.started = parts.clock.now()
        self._condition = threading.Condition()
        self._reconfigure = self._send = self._stopping = False
        self._clocks: dict[str, tuple[int, bool]] = {}
        self._thread = threading.Thread(target=self._run, name="devices", daemon=True)

    def start(self, context: SampleContext) -> None:
        """Begin to keep samples, then connect the devices: nothing is heard that could not be kept."""
        self.contexts.change(context, self._parts.clock.now().utc_us)
        self._describe()
        self.keeper.start()
        self._writes.settle_past()
        self.gateway.start(self._sink)
        self._thread.start()

    def on_commit(self, actions: frozenset[Action]) -> None:
        """On the command thread, after a commit: what has to be done about it happens in the room's own thread."""
        with self._condition:
            self._reconfigure = self._reconfigure or bool(actions & CONFIGURING)
            self._send = self._send or Action.WRITE_APPROVED in actions
            self._condition.notify()

    def tick(self) -> None:
        """At each tick of the station: checks and calibrations that are or become due, clocks of devices."""
        if self._parts.read_only():
            return
        now_us = self._parts.clock.now().utc_us
        due, standing = due_now(self._parts.ask, now_us, self._parts.zone, self._parts.notice_days()), told(self._parts.ask)
        for (source, kind), one in due.items():
            if (source, kind) not in standing:
                self._parts.dispatch(RaiseAlarm(priority=one.priority, source=source, kind=kind, text=one.text))
        for source, kind in standing - due.keys():
            self._parts.dispatch(ReturnAlarm(source=source, kind=kind))
        for config in self._configs:
            self._compare_clock(config, now_us)

    def trends(self, tags: Sequence[str], from_us: int, to_us: int, count: int) -> Trends:
        """What tags did in ``[from_us, to_us)``, in ``count`` intervals, with the gaps. Blocks; for drawing.

        Raises:
            StoreDamagedError: the samples cannot be read.
        """
        reader = SampleReader(self._parts.samples)
        try:
            return Trends({tag: reader.buckets(tag, from_us, to_us, count) for tag in tags}, reader.gaps(from_us, to_us))
        finally:
            reader.close()

    def newest_samples(self, tag: str, count: int) -> tuple[StoredSample, ...]:
        """The newest kept values of a tag with their frames, newest first. Blocks.

        Raises:
            StoreDamagedError: the samples cannot be read.
        """
        reader = SampleReader(self._parts.samples)
        try:
            return reader.newest(tag, count=count)
        finally:
            reader.close()

    def fingerprint(self, tags: Sequence[str], from_us: int, to_us: int) -> Fingerprint:
        """What a range of samples is now, for whoever decides on it. Blocks.

        Raises:
            StoreDamagedError: the samples cannot be read.
        """
        reader = SampleReader(self._parts.samples)
        try:
            return reader.fingerprint(tags, from_us, to_us)
        finally:
            reader.close()

    def stop(self) -> None:
        """Disconnect the devices, then write what they said last."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)
        self.gateway.stop()
        self.keeper.stop()

    # --- the room's thread -------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._stopping or self._reconfigure or self._send)
                if self._stopping:
                    return
                reconfigure, self._reconfigure = self._reconfigure, False
                send, self._send = self._send, False
            try:
                if reconfigure:
                    self._take_up()
                if send and not self._parts.read_only():
                    self._writes.send()
                self._parts.settle("devices", "")
            except (JopeError, TimeoutError) as error:
                _log.error("devices_not_served", error=str(error))
                self._parts.settle("devices", f"A change of the devices could not be taken up: {error}")

    def _take_up(self) -> None:
        self._configs = self._parts.configs()
        self._describe()
        self.gateway.apply(self._configs)

    def _describe(self) -> None:
        self._sink.describe(self._configs)
        self._limits.describe(
            (_limits(row) for row in self._parts.ask(_LIMITS, ())), ((str(a), str(b)) for a, b in self._parts.ask(_ACTIVE, ()))
        )

    def _compare_clock(self, config: DeviceConfig, now_us: int) -> None:
        """Write down how far a device's clock is off: once a day, and when it crosses its limit."""
        health = self.gateway.status(config.device_id).health
        if health is None or health.clock_offset_ms is None:
            return
        limit_ms = _clock_limit(config)
        beyond = abs(health.clock_offset_ms) > limit_ms
        last = self._clocks.get(config.device_id)
        if last is not None and last[1] == beyond and now_us - last[0] < CLOCK_EVERY_US:
            return
        self._clocks[config.device_id] = (now_us, beyond)
        self._parts.dispatch(NoteDeviceClock(device_id=config.device_id, offset_ms=round(health.clock_offset_ms), limit_ms=limit_ms))


def _clock_limit(config: DeviceConfig) -> int:
    text = config.options.get("clock_limit_ms", "")
    return int(text) if text.isdigit() else CLOCK_LIMIT_MS


def _limits(row: Sequence[Any]) -> TagLimits:
    device_id, tag_id, unit, low, high, hysteresis, priority = row
    return TagLimits(
        device_id, tag_id, unit, Decimal(low) if low else None, Decimal(high) if high else None, Decimal(hysteresis or 0), int(priority)
    )
