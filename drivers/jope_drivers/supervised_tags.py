"""A device with tags at the gateway: newest values, tags that cannot be read, gaps (URS J01, J04; A11d-05).

- ONLINE means that every registered tag delivers. Where the device does not have some, or has them with another type, it is DEGRADED, by name.
- A driver that takes up its own session again (RECOVERING) has left ONLINE like one that reconnects: every tag is marked Bad.
- Coming back leaves a gap record; where the driver knows what was lost it says so itself.
- Values that the station cannot keep are not dropped: the device is let go of, so that it keeps what follows itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceOfflineError, SettingsError
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceState, DeviceStatus, NewestValue
from jope.plant.devices.tags import (
    BrowseNode,
    GapRecord,
    SampleFlag,
    StatusCode,
    TagBatch,
    TagDriver,
    TagDriverFactory,
    TagValue,
    WriteReceipt,
    WriteRequest,
)
from jope_drivers.supervision import FIRST_RETRY_SECONDS, Supervised

_BAD: Final = 0x80000000
_NAMED: Final = 3
_DELIVERING: Final = (DeviceState.ONLINE, DeviceState.DEGRADED, DeviceState.SYNCING)


class SupervisedTags(Supervised[TagDriver]):
    """A device with tags and its driver; it is also where the driver tells what happens (``DriverEvents``)."""

    def __init__(self, config: DeviceConfig, factory: TagDriverFactory | None, clock: Clock) -> None:
        """Nothing is opened yet."""
        super().__init__(config, clock, has_driver=factory is not None)
        self._factory = factory
        self._newest: dict[str, NewestValue] = {}
        self._unseen: set[str] = set()
        self._bad: set[str] = set()
        self._offline_us: int | None = None
        self._told_by_driver = False

    def newest(self) -> Mapping[str, NewestValue]:
        """The newest value of each tag. A copy; may be called from any thread."""
        return dict(self._newest)

    def status(self) -> DeviceStatus:
        """Where the device stands, with the driver's own figures while there is a connection."""
        driver = self._driver
        found = super().status()
        return found if driver is None else replace(found, health=driver.health())

    async def write(self, request: WriteRequest) -> WriteReceipt:
        """Hand an approved write to the driver of a device that delivers.

        Raises:
            DeviceError: as ``TagDriver.write`` says.
        """
        return await self.ready_driver(DeviceState.ONLINE, DeviceState.DEGRADED).write(request)

    async def browse(self, address: str) -> tuple[BrowseNode, ...]:
        """What the device offers below an address.

        Raises:
            DeviceError: it is not connected, or cannot tell.
        """
        return await self.ready_driver(*_DELIVERING).browse(address)

    # --- what the driver tells ---------------------------------------------------------------------------------------

    def state(self, state: DeviceState, message: str = "") -> None:
        """The driver left or reached a state by itself."""
        if state is DeviceState.ONLINE:
            self._come_back()
            return
        if state is DeviceState.RECOVERING and self._live:
            self._live = False
            self._mark_offline()
        self._told_by_driver = state in (DeviceState.RECOVERING, DeviceState.QUARANTINE)
        self._enter(state, message)

    def gap(self, gap: GapRecord) -> None:
        """The driver knows what was lost."""
        self._offline_us = None
        if self._sink is not None:
            self._sink.gap(self.config.device_id, gap)

    # --- one connection ----------------------------------------------------------------------------------------------

    def _new_driver(self) -> TagDriver:
        if self._factory is None:
            raise SettingsError(f"There is no driver for the protocol '{self.config.protocol}'.")
        return self._factory(self.config, self._clock, self)

    async def _deliver_all(self, driver: TagDriver, identity: DeviceIdentity) -> None:
        self._unseen = {tag.tag_id for tag in self.config.tags}
        self._bad.clear()
        self._told_by_driver = False
        reconnects = self._count_connection()
        self._enter(DeviceState.SYNCING, "Waiting for the first value of each tag.", identity=identity, reconnects=reconnects)
        if not self._unseen:
            self._judge()
        async for batch in driver.batches():
            self._take(batch)

    def _take(self, batch: TagBatch) -> None:
        if self._sink is not None and not self._sink.values(self.config.device_id, batch):
            raise DeviceOfflineError(
                f"The station cannot keep the values of {self.config.device_id}: its buffer is full.", remedy="Free disk space."
            )
        received, newest, bad = batch.received, self._newest, self._bad
        changed = bool(self._unseen)
        for value in batch.values:
            newest[value.tag_id] = NewestValue(value, received)
            if value.status >= _BAD:
                if value.tag_id not in bad:
                    bad.add(value.tag_id)
                    changed = True
            elif value.tag_id in bad:
                bad.discard(value.tag_id)
                changed = True
        if changed:
            self._unseen.difference_update(value.tag_id for value in batch.values)
            self._judge()

    def _judge(self) -> None:
        """ONLINE or DEGRADED, by what the tags say."""
        if self._unseen or self._told_by_driver:
            return
        self._retry_seconds = FIRST_RETRY_SECONDS
        self._note_return()
        if not self._bad:
            if self.status().state is not DeviceState.ONLINE:
                self._enter(DeviceState.ONLINE)
            return
        names = sorted(self._bad)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        message = f"{len(names)} of {len(self.config.tags)} tags cannot be read: {', '.join(names[:_NAMED])}{more}."
        if (self.status().state, self.status().message) != (DeviceState.DEGRADED, message):
            self._enter(DeviceState.DEGRADED, message)

    def _come_back(self) -> None:
        """The driver delivers again, in the same connection."""
        self._told_by_driver = False
        if not self._live:
            self._live = True
            with self._lock:
                self._status = replace(self._status, reconnects=self._status.reconnects + 1)
        self._judge()

    def _note_return(self) -> None:
        """Coming back writes a gap record, unless the driver wrote one that knows more."""
        since_us, self._offline_us = self._offline_us, None
        if since_us is not None and self._sink is not None:
            tags = tuple(tag.tag_id for tag in self.config.tags)
            gap = GapRecord(since_us, self._clock.now().utc_us, tags, None, "The device was not connected.")
            self._sink.gap(self.config.device_id, gap)

    def _mark_offline(self) -> None:
        """One Bad value for each tag, so that the last good one is never the newest."""
        now = self._clock.now()
        self._offline_us = now.utc_us
        code, flag = int(StatusCode.BAD_NO_COMMUNICATION), int(SampleFlag.STATION)
        values = tuple(TagValue(tag.tag_id, None, code, None, None, flag) for tag in self.config.tags)
        for value in values:
            self._newest[value.tag_id] = NewestValue(value, now)
        if values and self._sink is not None:
            self._sink.values(self.config.device_id, TagBatch(values, now))
