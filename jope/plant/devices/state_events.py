"""What the gateway hears becomes events of the station: a device that comes online, is lost, or answers with another identity.

The gateway's thread must never wait, so state changes go through a thread of their own that dispatches commands as the station.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import structlog

from jope.compliance.commands import Command
from jope.kernel.clock import Instant
from jope.kernel.errors import JopeError, RefusedError
from jope.plant.devices.commands import RecordDeviceState
from jope.plant.devices.ports import DeviceState, DeviceStatus, Gateway, Reading

log = structlog.get_logger("jope.devices")
_TOLD = (DeviceState.ONLINE, DeviceState.GATED, DeviceState.BACKOFF, DeviceState.DEGRADED)


class StateEvents:
    """The gateway's sink."""

    def __init__(self, dispatch: Callable[[Command], object]) -> None:
        self._dispatch = dispatch
        self._last: dict[str, DeviceState] = {}
        self._pending: queue.SimpleQueue[DeviceStatus | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="jope-device-events", daemon=True)
        self._thread.start()

    def reading(self, reading: Reading) -> None:
        """Readings stay in the gateway; whoever needs one names it by its number."""

    def status(self, status: DeviceStatus) -> None:
        """Queue a change that people must know of."""
        if status.state in _TOLD and self._last.get(status.device_id) is not status.state:
            self._last[status.device_id] = status.state
            self._pending.put(status)

    def stop(self) -> None:
        """Finish what waits and end the thread."""
        self._pending.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (status := self._pending.get()) is not None:
            who = status.identity
            command = RecordDeviceState(
                device_id=status.device_id,
                state=status.state.value,
                serial_number=who.serial_number if who is not None else "",
                firmware=who.firmware if who is not None else "",
                message=status.message,
            )
            try:
                self._dispatch(command)
            except JopeError as error:
                log.error("device event not recorded", device=status.device_id, code=error.code)


class GatewayPort:
    """The gateway as handlers see it. Before it runs there is no device."""

    def __init__(self) -> None:
        self.gateway: Gateway | None = None
        self.started: Instant | None = None
        """When this run's readings began to count from 1."""

    def same_run(self, utc_us: int, mono_us: int) -> bool:
        """Whether something happened since the gateway of this process started, on both clocks."""
        return self.started is not None and utc_us >= self.started.utc_us and mono_us >= self.started.mono_us

    def present(self) -> Gateway:
        """The gateway.

        Raises:
            RefusedError: the station runs without devices.
        """
        if self.gateway is None:
            raise RefusedError("No device is connected to this station.", remedy="Start the client with its drivers.")
        return self.gateway

    def reading(self, device_id: str, number: int) -> Reading | None:
        """A reading by its number."""
        return self.present().reading(device_id, number)

    def status(self, device_id: str) -> DeviceStatus:
        """The device's state."""
        return self.present().status(device_id)

    def unloaded_since(self, device_id: str, number: int) -> bool:
        """Whether the load changed."""
        return self.present().unloaded_since(device_id, number)
