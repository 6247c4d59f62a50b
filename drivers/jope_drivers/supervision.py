"""One device's life: connect, identify, deliver, lose, come back (URS J01, J03, J04, J08; P11-09).

Rules, for scales, for devices with tags and for printers alike:

1. Only a device whose serial number and firmware are the registered ones delivers. Another one is GATED and asked again once a second.
2. A device that stops delivering leaves something Bad behind, so that its last good value is never the newest.
3. A lost line is tried again after 0.2 s, then after twice as long each time, up to 5 s.
4. A certificate or an account that is refused is not tried again by itself (FAULTED): that could lock an account, and would not help.
"""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Final, Generic, Protocol, TypeVar

import structlog

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceError, DeviceIdentityError, DeviceOfflineError, DeviceTrustError, FrameError, SettingsError
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceSink, DeviceState, DeviceStatus

FIRST_RETRY_SECONDS: Final = 0.2
LAST_RETRY_SECONDS: Final = 5.0
GATE_RECHECK_SECONDS: Final = 1.0
_log = structlog.get_logger(__name__)


class Connecting(Protocol):
    """What every driver can do."""

    async def connect(self) -> None:
        """Open the line."""

    async def identify(self) -> DeviceIdentity:
        """Ask the device who it is."""

    async def close(self) -> None:
        """Let go of the line."""


AnyDriver = TypeVar("AnyDriver", bound=Connecting)


class Supervised(ABC, Generic[AnyDriver]):
    """A device and its driver. ``run`` and all that a driver does belong to the gateway's loop; ``status`` may be read from any thread."""

    def __init__(self, config: DeviceConfig, clock: Clock, *, has_driver: bool) -> None:
        self.config = config
        self._clock = clock
        self._has_driver = has_driver
        self._lock = threading.Lock()
        message = "Not started." if has_driver else f"There is no driver for the protocol '{config.protocol}'."
        self._status = DeviceStatus(config.device_id, DeviceState.DISABLED, None, clock.now(), message)
        self._sink: DeviceSink | None = None
        self._driver: AnyDriver | None = None
        self._retry_seconds = FIRST_RETRY_SECONDS
        self._asked_again = asyncio.Event()
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
            while self._has_driver:
                try:
                    await self._attempt()
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

    def retry(self) -> None:
        """Try again at once. In the gateway's loop."""
        self._asked_again.set()

    def ready_driver(self, *states: DeviceState) -> AnyDriver:
        """The driver of a device that is in one of the states.

        Raises:
            DeviceIdentityError: another device answers than the registered one.
            DeviceOfflineError: the device is in another state.
        """
        status = self.status()
        if status.state is DeviceState.GATED:
            raise DeviceIdentityError(status.message)
        if status.state not in states or self._driver is None:
            raise DeviceOfflineError(f"{self.config.device_id} is {status.state}. {status.message}".rstrip())
        return self._driver

    # --- what the kinds of devices differ in -------------------------------------------------------------------------

    @abstractmethod
    def _new_driver(self) -> AnyDriver:
        """A driver for one connection.

        Raises:
            SettingsError: an option cannot be used.
        """

    @abstractmethod
    async def _deliver_all(self, driver: AnyDriver, identity: DeviceIdentity) -> None:
        """Go online and deliver until the connection is lost; it ends with an error."""

    @abstractmethod
    def _mark_offline(self) -> None:
        """Leave something Bad behind (rule 2)."""

    # --- one connection ----------------------------------------------------------------------------------------------

    async def _attempt(self) -> None:
        driver = self._new_driver()
        self._driver = driver
        self._asked_again.clear()
        faulted = False
        try:
            await self._serve(driver)
        except DeviceTrustError as error:
            faulted = True
            with self._lock:
                self._status = replace(self._status, certificate_der=error.certificate_der)
            self._leave(DeviceState.FAULTED, str(error))
        except DeviceError as error:
            self._leave(DeviceState.DEGRADED if isinstance(error, FrameError) else DeviceState.BACKOFF, str(error))
        finally:
            self._driver = None
            await driver.close()
        if faulted:
            await self._asked_again.wait()
            return
        try:
            await asyncio.wait_for(self._asked_again.wait(), self._retry_seconds)
        except TimeoutError:
            self._retry_seconds = min(self._retry_seconds * 2, LAST_RETRY_SECONDS)

    async def _serve(self, driver: AnyDriver) -> None:
        self._enter(DeviceState.CONNECTING)
        await driver.connect()
        self._enter(DeviceState.IDENTIFYING)
        identity = await driver.identify()
        while (difference := self._difference(identity)) != "":
            if self.status().state is not DeviceState.GATED or self.status().identity != identity:
                self._enter(DeviceState.GATED, difference, identity=identity)
            await asyncio.sleep(GATE_RECHECK_SECONDS)
            identity = await driver.identify()
        await self._deliver_all(driver, identity)
        raise DeviceOfflineError(f"The driver of {self.config.device_id} ended.")

    def _difference(self, identity: DeviceIdentity) -> str:
        """What differs from the registered device, as a sentence; empty when nothing does."""
        expected = self.config.expected
        if expected is None:
            return ""
        if identity.serial_number != expected.serial_number:
            return f"Serial number {identity.serial_number or '(none)'} answers, {expected.serial_number or '(none)'} is registered."
        if identity.firmware != expected.firmware:
            return f"Firmware {identity.firmware or '(none)'} answers, {expected.firmware or '(none)'} is registered."
        return ""

    def _count_connection(self) -> int:
        """A connection delivers from here on. Returns how often the device came back."""
        reconnects = self.status().reconnects + (1 if self._was_live else 0)
        self._live = self._was_live = True
        with self._lock:
            self._status = replace(self._status, connection=self._status.connection + 1)
        return reconnects

    def _count_garbled(self) -> None:
        with self._lock:
            self._status = replace(self._status, garbled_frames=self._status.garbled_frames + 1)

    # --- what goes out -----------------------------------------------------------------------------------------------

    def _leave(self, state: DeviceState, message: str) -> None:
        """Stop delivering: rule 2, then the new state."""
        if self._live:
            self._live = False
            self._mark_offline()
        self._enter(state, message)

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
