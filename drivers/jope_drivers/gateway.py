"""One thread with one asyncio loop for all devices; newest values and actions for every other thread (URS J01, J04, J08)."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Mapping
from typing import Final

import structlog

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceIndeterminateError, DeviceOfflineError, NotFoundError
from jope.plant.devices.ports import ActionReceipt, DeviceConfig, DeviceSink, DeviceStatus, DriverFactory, Reading, ScaleAction
from jope_drivers.supervision import SupervisedDevice

CLOSE_SECONDS: Final = 1.5
"""What the drivers get to close; the thread ends within two seconds either way."""

STOP_SECONDS: Final = 2.0
_log = structlog.get_logger(__name__)


class DeviceGateway:
    """The gateway to all registered devices. Every method may be called from any thread. Started once, stopped once."""

    def __init__(self, configs: tuple[DeviceConfig, ...], factories: Mapping[str, DriverFactory], clock: Clock) -> None:
        """Nothing is opened yet. A device whose protocol has no driver stays DISABLED and says so.

        Raises:
            QuantityError: the option ``readability`` of a device is not a decimal number.
        """
        self._devices = {config.device_id: SupervisedDevice(config, factories.get(config.protocol), clock) for config in configs}
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._begun = threading.Event()

    def start(self, sink: DeviceSink) -> None:
        """Begin to connect every device. Returns as soon as the loop runs; calling it again does nothing."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._run, args=(sink,), name="device-gateway", daemon=True)
        self._thread.start()
        self._begun.wait()

    def newest(self, device_id: str) -> Reading | None:
        """The newest reading, None before the first. A device that is not delivering has a BAD one.

        Raises:
            NotFoundError: no such device.
        """
        return self._device(device_id).ring.newest()

    def reading(self, device_id: str, number: int) -> Reading | None:
        """A reading by its number while it is among the last thousand.

        Raises:
            NotFoundError: no such device.
        """
        return self._device(device_id).ring.by_number(number)

    def status(self, device_id: str) -> DeviceStatus:
        """The device's state.

        Raises:
            NotFoundError: no such device.
        """
        return self._device(device_id).status()

    def unloaded_since(self, device_id: str, number: int) -> bool:
        """True when the load changed after reading ``number`` (URS F08).

        Raises:
            NotFoundError: no such device.
        """
        return self._device(device_id).ring.moved_since(number)

    def act(self, device_id: str, action: ScaleAction, *, timeout_seconds: float = 5.0) -> ActionReceipt:
        """Carry out an action once and wait for its receipt.

        Raises:
            NotFoundError: no such device.
            DeviceOfflineError: the device is not online.
            DeviceIdentityError: another device answers than the registered one.
            DeviceRefusedError: the device said no.
            DeviceIndeterminateError: no receipt in time; whether it was carried out is not known.
        """
        device = self._device(device_id)
        if self._loop is None or self._loop.is_closed():
            raise DeviceOfflineError(f"{device_id} is not connected: the gateway does not run.")
        future = asyncio.run_coroutine_threadsafe(device.act(action), self._loop)
        try:
            return future.result(timeout_seconds)
        except (TimeoutError, concurrent.futures.CancelledError) as error:
            # Not cancelled: the command is on its way to the device, and only the driver may end the exchange in step.
            raise DeviceIndeterminateError(f"{device_id} gave no receipt for {action} within {timeout_seconds} s.") from error

    def stop(self) -> None:
        """Close every driver and end the thread. Returns within two seconds; may be called twice."""
        thread, loop, stop = self._thread, self._loop, self._stop
        if thread is None or loop is None or stop is None or not thread.is_alive():
            return
        loop.call_soon_threadsafe(stop.set)
        if thread is threading.current_thread():
            return
        thread.join(STOP_SECONDS)
        if thread.is_alive():
            _log.error("gateway_still_runs", seconds=STOP_SECONDS)

    def _device(self, device_id: str) -> SupervisedDevice:
        device = self._devices.get(device_id)
        if device is None:
            raise NotFoundError(f"There is no device '{device_id}' at this gateway.")
        return device

    def _run(self, sink: DeviceSink) -> None:
        try:
            asyncio.run(self._supervise(sink))
        except Exception:
            # The border of the thread: nobody above could see the error.
            _log.exception("gateway_failed")
        finally:
            self._begun.set()

    async def _supervise(self, sink: DeviceSink) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._begun.set()
        tasks = [asyncio.create_task(device.run(sink), name=device_id) for device_id, device in self._devices.items()]
        await self._stop.wait()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
