"""One thread with one asyncio loop for all devices; newest values and actions for every other thread (URS J01, J04, J08)."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

import structlog

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceIndeterminateError, DeviceOfflineError, NotFoundError
from jope.plant.devices.ports import ActionReceipt, DeviceConfig, DeviceSink, DeviceStatus, DriverFactory, NewestValue, Reading, ScaleAction
from jope.plant.devices.printing import PrinterFactory, PrinterStatus, PrintReceipt, PrintRequest
from jope.plant.devices.tags import BrowseNode, TagDriverFactory, WriteReceipt, WriteRequest
from jope_drivers.supervised_printer import SupervisedPrinter
from jope_drivers.supervised_scale import SupervisedScale
from jope_drivers.supervised_tags import SupervisedTags

CLOSE_SECONDS: Final = 1.5
"""What the drivers get to close; the thread ends within two seconds either way."""

STOP_SECONDS: Final = 2.0
NO_TAG_DRIVERS: Final[Mapping[str, TagDriverFactory]] = MappingProxyType({})
NO_PRINTER_DRIVERS: Final[Mapping[str, PrinterFactory]] = MappingProxyType({})
AnyDevice: TypeAlias = SupervisedScale | SupervisedTags | SupervisedPrinter
_Answer = TypeVar("_Answer")
_log = structlog.get_logger(__name__)


class DeviceGateway:
    """The gateway to all registered devices. Every method may be called from any thread. Started once, stopped once."""

    def __init__(
        self,
        configs: tuple[DeviceConfig, ...],
        factories: Mapping[str, DriverFactory],
        clock: Clock,
        tags: Mapping[str, TagDriverFactory] = NO_TAG_DRIVERS,
        printers: Mapping[str, PrinterFactory] = NO_PRINTER_DRIVERS,
    ) -> None:
        """Nothing is opened yet. A device whose protocol has no driver stays DISABLED and says so.

        Raises:
            QuantityError: the option ``readability`` of a device is not a decimal number.
        """
        self._factories = factories
        self._tag_factories = tags
        self._printer_factories = printers
        self._clock = clock
        self._devices: dict[str, AnyDevice] = {config.device_id: self._supervised(config) for config in configs}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._begun = threading.Event()
        self._sink: DeviceSink | None = None

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
        device = self._device(device_id)
        return device.ring.newest() if isinstance(device, SupervisedScale) else None

    def reading(self, device_id: str, number: int) -> Reading | None:
        """A reading by its number while it is among the last thousand.

        Raises:
            NotFoundError: no such device.
        """
        return self._scale(device_id).ring.by_number(number)

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
        return self._scale(device_id).ring.moved_since(number)

    def act(self, device_id: str, action: ScaleAction, *, timeout_seconds: float = 5.0) -> ActionReceipt:
        """Carry out an action once and wait for its receipt.

        Raises:
            NotFoundError: no such device.
            DeviceOfflineError: the device is not online.
            DeviceIdentityError: another device answers than the registered one.
            DeviceRefusedError: the device said no.
            DeviceIndeterminateError: no receipt in time; whether it was carried out is not known.
        """
        what = f"receipt for {action}"
        return self._await(self._scale(device_id).act(action), device_id, timeout_seconds, what)

    def newest_values(self, device_id: str) -> Mapping[str, NewestValue]:
        """The newest value of each tag of a device, empty for a scale.

        Raises:
            NotFoundError: no such device.
        """
        device = self._device(device_id)
        return device.newest() if isinstance(device, SupervisedTags) else {}

    def write(self, request: WriteRequest, *, timeout_seconds: float = 15.0) -> WriteReceipt:
        """Carry out an approved write once and wait for its receipt.

        Raises:
            NotFoundError: no such device with tags.
            DeviceOfflineError, DeviceIdentityError, DeviceRefusedError, DeviceIndeterminateError: as for ``act``.
        """
        device = self._tagged(request.device_id)
        return self._await(device.write(request), request.device_id, timeout_seconds, f"receipt for {request.tag_id}")

    def browse(self, device_id: str, address: str = "", *, timeout_seconds: float = 10.0) -> tuple[BrowseNode, ...]:
        """What a device offers below an address.

        Raises:
            NotFoundError: no such device with tags.
            DeviceError: it is not connected, or cannot tell.
        """
        return self._await(self._tagged(device_id).browse(address), device_id, timeout_seconds, "answer")

    def printer_statuses(self, device_id: str) -> tuple[PrinterStatus, ...]:
        """What a printer told last, newest first; empty while it says nothing, and for other devices.

        Raises:
            NotFoundError: no such device.
        """
        device = self._device(device_id)
        return device.recent() if isinstance(device, SupervisedPrinter) else ()

    def print_label(self, request: PrintRequest, *, timeout_seconds: float = 60.0) -> PrintReceipt:
        """Print a label once and wait until the printer counted it.

        Raises:
            NotFoundError: no such printer.
            DeviceOfflineError, DeviceIdentityError, DeviceRefusedError, FrameError: nothing was sent.
            DeviceIndeterminateError: whether a label came out is not known.
        """
        device = self._device(request.device_id)
        if not isinstance(device, SupervisedPrinter):
            raise NotFoundError(f"'{request.device_id}' is no printer.")
        return self._await(device.print_label(request), request.device_id, timeout_seconds, "count of the label")

    def retry(self, device_id: str) -> None:
        """Try a device again at once.

        Raises:
            NotFoundError: no such device.
        """
        device = self._device(device_id)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(device.retry)

    def apply(self, configs: tuple[DeviceConfig, ...]) -> None:
        """Take up a changed configuration. Returns once devices that are gone or changed have let go of their lines, within two seconds.

        Raises:
            QuantityError: the option ``readability`` of a device is not a decimal number; nothing was changed.
        """
        wanted = {config.device_id: config for config in configs}
        kept = {name for name, device in self._devices.items() if wanted.get(name) == device.config}
        fresh = {name: self._supervised(config) for name, config in wanted.items() if name not in kept}
        if self._loop is None or self._loop.is_closed():
            self._devices = {name: fresh.get(name) or self._devices[name] for name in wanted}
            return
        asyncio.run_coroutine_threadsafe(self._exchange(tuple(wanted), fresh), self._loop).result(STOP_SECONDS)

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

    # --- inside ------------------------------------------------------------------------------------------------------

    def _supervised(self, config: DeviceConfig) -> AnyDevice:
        if config.protocol in self._tag_factories:
            return SupervisedTags(config, self._tag_factories[config.protocol], self._clock)
        if config.protocol in self._printer_factories:
            return SupervisedPrinter(config, self._printer_factories[config.protocol], self._clock)
        return SupervisedScale(config, self._factories.get(config.protocol), self._clock)

    def _device(self, device_id: str) -> AnyDevice:
        device = self._devices.get(device_id)
        if device is None:
            raise NotFoundError(f"There is no device '{device_id}' at this gateway.")
        return device

    def _scale(self, device_id: str) -> SupervisedScale:
        device = self._device(device_id)
        if not isinstance(device, SupervisedScale):
            raise NotFoundError(f"'{device_id}' is no scale.")
        return device

    def _tagged(self, device_id: str) -> SupervisedTags:
        device = self._device(device_id)
        if not isinstance(device, SupervisedTags):
            raise NotFoundError(f"'{device_id}' has no tags.")
        return device

    def _await(self, work: Coroutine[object, object, _Answer], device_id: str, timeout_seconds: float, what: str) -> _Answer:
        """Run something in the loop and wait for it."""
        if self._loop is None or self._loop.is_closed():
            work.close()
            raise DeviceOfflineError(f"{device_id} is not connected: the gateway does not run.")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_seconds)
        except (TimeoutError, concurrent.futures.CancelledError) as error:
            # Not cancelled: the command is on its way to the device, and only the driver may end the exchange in step.
            raise DeviceIndeterminateError(f"{device_id} gave no {what} within {timeout_seconds} s.") from error

    async def _exchange(self, wanted: tuple[str, ...], fresh: Mapping[str, AnyDevice]) -> None:
        """In the loop: end what is gone or changed, then begin what is new."""
        gone = [name for name in self._devices if name not in wanted or name in fresh]
        ending = [task for name in gone if (task := self._tasks.pop(name, None)) is not None]
        for task in ending:
            task.cancel()
        if ending:
            await asyncio.wait(ending, timeout=CLOSE_SECONDS)
        self._devices = {name: fresh.get(name) or self._devices[name] for name in wanted}
        for name, device in fresh.items():
            self._begin(name, device)

    def _begin(self, name: str, device: AnyDevice) -> None:
        if self._sink is not None:
            self._tasks[name] = asyncio.create_task(device.run(self._sink), name=name)

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
        self._sink = sink
        self._begun.set()
        for name, device in self._devices.items():
            self._begin(name, device)
        await self._stop.wait()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
