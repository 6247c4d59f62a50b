"""Live values at 10 Hz: a timer drains the gateway's newest readings; a value that stands still too long is stale, never live."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from jope.plant.devices.ports import DeviceState, DeviceStatus, Gateway, Quality, Reading

PERIOD_MS = 100
SCAN_SECONDS = 0.2
STALE_SCANS = 3


@dataclass(frozen=True, slots=True)
class LiveValue:
    """What the screen knows of a device now. ``age_seconds`` counts since the newest frame was first seen."""

    device_id: str
    reading: Reading | None
    status: DeviceStatus | None
    age_seconds: float
    stale: bool

    @property
    def usable(self) -> bool:
        """Whether the value may be shown as live: a good, fresh reading of a device that is online."""
        return (
            self.reading is not None
            and self.reading.quantity is not None
            and self.reading.quality is Quality.GOOD
            and not self.stale
            and self.status is not None
            and self.status.state is DeviceState.ONLINE
        )

    @property
    def stable(self) -> bool:
        """Whether the load stands still."""
        return self.usable and self.reading is not None and self.reading.stable


class LiveValues(QObject):
    """Watches the devices that somebody looks at."""

    updated = Signal(object)

    def __init__(self, gateway: Gateway | None, *, scan_seconds: float = SCAN_SECONDS) -> None:
        super().__init__()
        self._gateway = gateway
        self._limit = scan_seconds * STALE_SCANS
        self._seen: dict[str, tuple[int, float]] = {}
        self._watched: dict[str, int] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def watch(self, device_id: str) -> None:
        """Begin to deliver a device's values."""
        self._watched[device_id] = self._watched.get(device_id, 0) + 1
        self._timer.start()

    def unwatch(self, device_id: str) -> None:
        """One looker less."""
        left = self._watched.get(device_id, 0) - 1
        if left > 0:
            self._watched[device_id] = left
        else:
            self._watched.pop(device_id, None)
        if not self._watched:
            self._timer.stop()

    def value(self, device_id: str) -> LiveValue:
        """The newest value of a device, as it may be shown now."""
        if self._gateway is None:
            return LiveValue(device_id, None, None, 0.0, True)
        reading = self._gateway.newest(device_id)
        now = time.monotonic()
        if reading is None:
            return LiveValue(device_id, None, self._gateway.status(device_id), 0.0, True)
        number, since = self._seen.get(device_id, (-1, now))
        if number != reading.number:
            since = now
            self._seen[device_id] = (reading.number, now)
        age = now - since
        return LiveValue(device_id, reading, self._gateway.status(device_id), age, age > self._limit)

    def close(self) -> None:
        """Stop the timer."""
        self._timer.stop()

    @Slot()
    def _on_timer_timeout(self) -> None:
        for device_id in tuple(self._watched):
            self.updated.emit(self.value(device_id))
