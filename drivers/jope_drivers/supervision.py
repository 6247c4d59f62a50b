"""One device's life: connect, identify, deliver, lose, come back (URS J01, J03, J04, J08; P11-09).

Rules:

1. Only a device whose serial number and firmware are the registered ones delivers readings. Another one is GATED and asked again once a
   second.
2. Readings are numbered here, gapless over all connections, so that a number names one reading for as long as the gateway lives.
3. A device that stops delivering leaves one BAD reading with detail ``offline`` behind, so that its last weight is never the newest.
4. A lost line is tried again after 0.2 s, then after twice as long each time, up to 5 s.
5. Three frames in a row that cannot be used make the device DEGRADED, the next usable one makes it ONLINE.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from dataclasses import replace
from decimal import Decimal
from typing import Final

import structlog

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceError, DeviceIdentityError, DeviceOfflineError, FrameError, SettingsError
from jope.kernel.units import Quantity, parse_decimal
from jope.plant.devices.ports import (
    ActionReceipt,
    DeviceConfig,
    DeviceIdentity,
    DeviceSink,
    DeviceState,
    DeviceStatus,
    Driver,
    DriverFactory,
    Quality,
    Reading,
    ScaleAction,
)
from jope_drivers.ring import ReadingRing

FIRST_RETRY_SECONDS: Final = 0.2
LAST_RETRY_SECONDS: Final = 5.0
GATE_RECHECK_SECONDS: Final = 1.0
DEGRADED_AFTER: Final = 3
_UNUSABLE: Final = frozenset({"garbled", "wrong_unit"})
_NOTHING_HASH: Final = hashlib.sha256(b"").hexdigest()
_log = structlog.get_logger(__name__)


class SupervisedDevice:
    """A device and its driver. ``run`` and ``act`` belong to the gateway's loop; ``status`` and ``ring`` may be read from any thread."""

    def __init__(self, config: DeviceConfig, factory: DriverFactory | None, clock: Clock) -> None:
        self.config = config
        self.ring = ReadingRing(readability=_readability(config))
        self._factory = factory
        self._clock = clock
        self._lock = threading.Lock()
        message = "Not started." if factory is not None else f"There is no driver for the protocol '{config.protocol}'."
        self._status = DeviceStatus(config.device_id, DeviceState.DISABLED, None, clock.now(), message)
        self._sink: DeviceSink | None = None
        self._driver: Driver | None = None
        self._next_number = 1
        self._retry_seconds = FIRST_RETRY_SECONDS
        self._unusable_in_a_row = 0
        self._live = False
        self._was_live = False

    def status(self) -> DeviceStatus:
        """Where the device stands."""
        with self._lock:
            return self._status

    async def run(self, sink: DeviceSink) -> None:
        """Keep the device connected until cancelled. Returns only for a device that can never be connected."""
        self._sink = sink
        try:
            while self._factory is not None:
                try:
                    await self._attempt(self._factory)
                except SettingsError as error:
                    self._leave(DeviceState.DISABLED, str(error))
                    return
                except Exception:
                    # The border of the gateway's thread: a fault in one driver or sink must not end the other devices.
                    _log.exception("device_supervision_failed", device_id=self.config.device_id)
                    self._live = False
                    self._set(DeviceState.BACKOFF, "The driver failed; see the program's log.")
                    await asyncio.sleep(LAST_RETRY_SECONDS)
        except asyncio.CancelledError:
            self._leave(DeviceState.STOPPING, "Stopped.")
            raise

    async def act(self, action: ScaleAction) -> ActionReceipt:
        """Hand an action to the driver of a device that is online.

        Raises:
            DeviceIdentityError: another device answers than the registered one.
            DeviceOfflineError: the device is not online.
            DeviceRefusedError: the device said no.
            DeviceIndeterminateError: no answer in time.
        """
        status = self.status()
        if status.state is DeviceState.GATED:
            raise DeviceIdentityError(status.message)
        if status.state is not DeviceState.ONLINE or self._driver is None:
            raise DeviceOfflineError(f"{self.config.device_id} is {status.state}. {status.message}".rstrip())
        return await self._driver.act(action)

    # --- one connection ----------------------------------------------------------------------------------------------

    async def _attempt(self, factory: DriverFactory) -> None:
        driver = factory(self.config, self._clock)
        self._driver = driver
        try:
            await self._serve(driver)
        except DeviceError as error:
            self._leave(DeviceState.DEGRADED if isinstance(error, FrameError) else DeviceState.BACKOFF, str(error))
        finally:
            self._driver = None
            await driver.close()
        await asyncio.sleep(self._retry_seconds)
        self._retry_seconds = min(self._retry_seconds * 2, LAST_RETRY_SECONDS)

    async def _serve(self, driver: Driver) -> None:
        self._enter(DeviceState.CONNECTING)
        await driver.connect()
        self._enter(DeviceState.IDENTIFYING)
        identity = await driver.identify()
        while (difference := self._difference(identity)) != "":
            if self.status().state is not DeviceState.GATED or self.status().identity != identity:
                self._enter(DeviceState.GATED, difference, identity=identity)
            await asyncio.sleep(GATE_RECHECK_SECONDS)
            identity = await driver.identify()
        self._go_online(identity, await driver.tare())
        async for reading in driver.readings():
            self._take(reading)
        raise DeviceOfflineError(f"The driver of {self.config.device_id} ended.")

    def _difference(self, identity: DeviceIdentity) -> str:
        """What differs from the registered device, as a sentence; empty when nothing does."""
        expected = self.config.expected
        if expected is None:
            return ""
        if identity.serial_number != expected.serial_number:
            return f"Serial number {identity.serial_number} answers, {expected.serial_number} is registered."
        if identity.firmware != expected.firmware:
            return f"Firmware {identity.firmware} answers, {expected.firmware} is registered."
        return ""

    def _go_online(self, identity: DeviceIdentity, tare: Quantity | None) -> None:
        self._live = True
        self._unusable_in_a_row = 0
        reconnects = self.status().reconnects + (1 if self._was_live else 0)
        self._was_live = True
        with self._lock:
            self._status = replace(self._status, connection=self._status.connection + 1, tare=tare)
        self._enter(DeviceState.ONLINE, identity=identity, reconnects=reconnects)

    def _take(self, reading: Reading) -> None:
        if reading.detail in _UNUSABLE:
            self._unusable_in_a_row += 1
            if reading.detail == "garbled":
                self._count_garbled()
            self._deliver(reading)
            if self._unusable_in_a_row == DEGRADED_AFTER:
                self._enter(DeviceState.DEGRADED, f"Frames cannot be used ({reading.detail}).")
            return
        self._unusable_in_a_row = 0
        self._retry_seconds = FIRST_RETRY_SECONDS
        if self.status().state is not DeviceState.ONLINE:
            self._enter(DeviceState.ONLINE)
        self._deliver(reading)

    # --- what goes out -----------------------------------------------------------------------------------------------

    def _deliver(self, reading: Reading) -> None:
        numbered = replace(reading, number=self._next_number)
        self._next_number += 1
        self.ring.add(numbered)
        if self._sink is not None:
            self._sink.reading(numbered)

    def _leave(self, state: DeviceState, message: str) -> None:
        """Stop delivering: rule 3, then the new state."""
        if self._live:
            self._live = False
            self._deliver(self._offline_reading())
        self._enter(state, message)

    def _offline_reading(self) -> Reading:
        return Reading(
            device_id=self.config.device_id,
            number=0,
            quantity=None,
            quality=Quality.BAD,
            stable=False,
            source_time=self._clock.now(),
            raw_frame="",
            frame_hash=_NOTHING_HASH,
            identity=self.status().identity or DeviceIdentity("", "", ""),
            detail="offline",
        )

    def _enter(
        self, state: DeviceState, message: str = "", *, identity: DeviceIdentity | None = None, reconnects: int | None = None
    ) -> None:
        self._set(state, message, identity=identity, reconnects=reconnects)
        if self._sink is not None:
            self._sink.status(self.status())

    def _set(self, state: DeviceState, message: str, *, identity: DeviceIdentity | None = None, reconnects: int | None = None) -> None:
        with self._lock:
            before = self._status
            self._status = replace(
                before,
                state=state,
                message=message,
                since=self._clock.now(),
                identity=identity if identity is not None else before.identity,
                reconnects=reconnects if reconnects is not None else before.reconnects,
            )

    def _count_garbled(self) -> None:
        with self._lock:
            self._status = replace(self._status, garbled_frames=self._status.garbled_frames + 1)


def _readability(config: DeviceConfig) -> Decimal | None:
    """The option ``readability``: the division in the unit that the device shows."""
    text = config.options.get("readability")
    return parse_decimal(text) if text is not None else None
