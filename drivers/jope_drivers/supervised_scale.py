"""A scale at the gateway: readings by number, and what is to be said of frames that cannot be used (URS J01, F08, F14).

Readings are numbered here, gapless over all connections, so that a number names one reading for as long as the gateway lives. Three frames in a row that
cannot be used make the scale DEGRADED, the next usable one makes it ONLINE.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Final

from jope.kernel.clock import Clock
from jope.kernel.errors import SettingsError
from jope.kernel.units import parse_decimal
from jope.plant.devices.ports import (
    ActionReceipt,
    DeviceConfig,
    DeviceIdentity,
    DeviceState,
    Driver,
    DriverFactory,
    Quality,
    Reading,
    ScaleAction,
)
from jope_drivers.ring import ReadingRing
from jope_drivers.supervision import FIRST_RETRY_SECONDS, Supervised

DEGRADED_AFTER: Final = 3
_UNUSABLE: Final = frozenset({"garbled", "wrong_unit"})
_NOTHING_HASH: Final = hashlib.sha256(b"").hexdigest()


class SupervisedScale(Supervised[Driver]):
    """A scale and its driver. ``ring`` may be read from any thread."""

    def __init__(self, config: DeviceConfig, factory: DriverFactory | None, clock: Clock) -> None:
        """Nothing is opened yet.

        Raises:
            QuantityError: the option ``readability`` is not a decimal number.
        """
        super().__init__(config, clock, has_driver=factory is not None)
        self.ring = ReadingRing(readability=_readability(config))
        self._factory = factory
        self._next_number = 1
        self._unusable_in_a_row = 0

    async def act(self, action: ScaleAction) -> ActionReceipt:
        """Hand an action to the driver of a scale that is online.

        Raises:
            DeviceIdentityError: another device answers than the registered one.
            DeviceOfflineError: the device is not online.
            DeviceRefusedError: the device said no.
            DeviceIndeterminateError: no answer in time.
        """
        return await self.ready_driver(DeviceState.ONLINE).act(action)

    def _new_driver(self) -> Driver:
        if self._factory is None:
            raise SettingsError(f"There is no driver for the protocol '{self.config.protocol}'.")
        return self._factory(self.config, self._clock)

    async def _deliver_all(self, driver: Driver, identity: DeviceIdentity) -> None:
        tare = await driver.tare()
        self._unusable_in_a_row = 0
        reconnects = self._count_connection()
        with self._lock:
            self._status = replace(self._status, tare=tare)
        self._enter(DeviceState.ONLINE, identity=identity, reconnects=reconnects)
        async for reading in driver.readings():
            self._take(reading)

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

    def _deliver(self, reading: Reading) -> None:
        numbered = replace(reading, number=self._next_number)
        self._next_number += 1
        self.ring.add(numbered)
        if self._sink is not None:
            self._sink.reading(numbered)

    def _mark_offline(self) -> None:
        """One Bad reading with detail ``offline``, so that the last weight is never the newest."""
        self._deliver(
            Reading(
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
        )


def _readability(config: DeviceConfig) -> Decimal | None:
    """The option ``readability``: the division in the unit that the device shows."""
    text = config.options.get("readability")
    return parse_decimal(text) if text is not None else None
