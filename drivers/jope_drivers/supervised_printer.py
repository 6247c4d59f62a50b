"""A label printer at the gateway: ONLINE while it says that it can print, DEGRADED with its own words while it cannot (URS F16, J01, J04)."""

from __future__ import annotations

from collections import deque
from typing import Final

from jope.kernel.clock import Clock
from jope.kernel.errors import FrameError, SettingsError
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceState
from jope.plant.devices.printing import LabelPrinter, PrinterFactory, PrinterStatus, PrintReceipt, PrintRequest
from jope_drivers.supervision import FIRST_RETRY_SECONDS, Supervised

KEPT_STATUSES: Final = 50


class SupervisedPrinter(Supervised[LabelPrinter]):
    """A printer and its driver. ``recent`` may be read from any thread."""

    def __init__(self, config: DeviceConfig, factory: PrinterFactory | None, clock: Clock) -> None:
        """Nothing is opened yet."""
        super().__init__(config, clock, has_driver=factory is not None)
        self._factory = factory
        self._recent: deque[PrinterStatus] = deque(maxlen=KEPT_STATUSES)

    def recent(self) -> tuple[PrinterStatus, ...]:
        """The statuses told last, newest first; empty while the printer says nothing."""
        return tuple(reversed(self._recent.copy()))

    async def print_label(self, request: PrintRequest) -> PrintReceipt:
        """Hand a label to the driver of a printer that can print.

        Raises:
            DeviceError: as ``LabelPrinter.print_label`` says.
        """
        return await self.ready_driver(DeviceState.ONLINE).print_label(request)

    def _new_driver(self) -> LabelPrinter:
        if self._factory is None:
            raise SettingsError(f"There is no driver for the protocol '{self.config.protocol}'.")
        return self._factory(self.config, self._clock)

    def _difference(self, identity: DeviceIdentity) -> str:
        """Another model is another printer too: what it prints was not looked at."""
        expected = self.config.expected
        if expected is not None and identity.model != expected.model:
            return f"Model {identity.model} answers, {expected.model or '(none)'} is registered."
        return super()._difference(identity)

    async def _deliver_all(self, driver: LabelPrinter, identity: DeviceIdentity) -> None:
        reconnects: int | None = None
        try:
            async for status in driver.statuses():
                if reconnects is None:
                    reconnects = self._count_connection()
                    self._retry_seconds = FIRST_RETRY_SECONDS
                self._recent.append(status)
                self._show(status, identity, reconnects)
        except FrameError:
            self._count_garbled()
            raise

    def _show(self, status: PrinterStatus, identity: DeviceIdentity, reconnects: int) -> None:
        shown = self.status()
        message = f"{status.told().capitalize()}." if status.faults else ""
        state = DeviceState.DEGRADED if status.faults else DeviceState.ONLINE
        if (shown.state, shown.message) != (state, message):
            self._enter(state, message, identity=identity, reconnects=reconnects)

    def _mark_offline(self) -> None:
        """What it said last is no longer so."""
        self._recent.clear()
