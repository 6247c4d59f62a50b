"""A ZPL II label printer (URS F16).

Rules:

1. One question at a time. What came unasked, an answer that is not whole in time and one that is not exactly of its form end the connection: what comes
   after it could be a late answer and is never taken for a fresh one.
2. A label is sent only to a printer that has just said that it is the registered one, that nothing is wrong with it and that nothing waits in it.
3. It is sent once. From its first byte on, whatever goes wrong means that nobody knows whether it came out.
4. Printed is what the printer counted: its odometer is one further and nothing waits in it. A printer without odometer must have been seen with the label
   waiting in it and then without, and without a fault.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from jope.kernel.clock import Clock
from jope.kernel.errors import (
    DeviceError,
    DeviceIdentityError,
    DeviceIndeterminateError,
    DeviceOfflineError,
    DeviceRefusedError,
    FrameError,
    SettingsError,
)
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity
from jope.plant.devices.printing import PrinterFault, PrinterStatus, PrintReceipt, PrintRequest
from jope_drivers.printers import answers as a
from jope_drivers.printers.links import link_to
from jope_drivers.serial_line import LINE_OPTIONS, require_known

ANSWER_SECONDS: Final = 1.5
PRINT_SECONDS: Final = 15.0
"""How long a label may take from its last byte until it is counted."""

LOOK_SECONDS: Final = 0.1
DOTS_PER_MM: Final = {"203": 8, "300": 12}
_OPTIONS: Final = LINE_OPTIONS | {"dpi", "width_mm", "height_mm", "odometer"}


class ZplPrinter:
    """The driver of one printer, for one connection."""

    def __init__(self, config: DeviceConfig, clock: Clock) -> None:
        """Nothing is opened yet.

        Raises:
            SettingsError: address or options cannot be used.
        """
        options = config.options
        require_known(options, _OPTIONS)
        if options.get("dpi", "203") not in DOTS_PER_MM or options.get("odometer", "on") not in ("on", "off"):
            raise SettingsError("Option dpi or odometer cannot be used.", remedy="Use dpi 203 or 300; odometer on or off.")
        self._name = config.device_id
        self._expected = config.expected
        self._clock = clock
        self._poll_seconds = max(config.poll_seconds, LOOK_SECONDS)
        self._counts = options.get("odometer", "on") == "on"
        self._dots_per_mm = DOTS_PER_MM[options.get("dpi", "203")]
        self._answered_dots = self._dots_per_mm
        self._link = link_to(config.address, options, clock)
        self._turn = asyncio.Lock()

    async def connect(self) -> None:
        """Open the line."""
        await self._link.open()

    async def identify(self) -> DeviceIdentity:
        """Model and firmware by ``~HI``, the serial number by ``~HQSN``."""
        async with self._turn:
            return await self._who()

    async def statuses(self) -> AsyncIterator[PrinterStatus]:
        """The printer's status, again and again."""
        while True:
            async with self._turn:
                status = await self._status()
            yield status
            await asyncio.sleep(self._poll_seconds)

    async def print_label(self, request: PrintRequest) -> PrintReceipt:
        """Send a label once and wait until the printer counted it."""
        async with self._turn:
            who = await self._who()
            if self._expected is not None and who != self._expected:
                await self._link.close()
                raise DeviceIdentityError(f"{self._name} answers as {who.model} {who.serial_number}. Nothing was sent.")
            before = await self._status()
            if before.faults:
                raise DeviceRefusedError(f"{self._name}: {before.told()}. Nothing was sent.", remedy="Mend it at the printer, then print.")
            if not before.idle:
                raise DeviceRefusedError(
                    f"{self._name} has another label waiting in it. Nothing was sent.", remedy="Clear it at the printer."
                )
            count = await self._odometer()
            try:
                await self._link.send(request.content)
                evidence = await self._until_counted(count)
            except DeviceIndeterminateError:
                raise
            except DeviceError as error:
                raise self._unknown(error.message) from error
        return PrintReceipt(request.job_id, (_shown(before, count), *evidence))

    async def close(self) -> None:
        """Let go of the line."""
        await self._link.close()

    # --- what became of a label ----------------------------------------------------------------------------------------

    async def _until_counted(self, count: int | None) -> tuple[str, ...]:
        """What the printer said until it had counted the label.

        Raises:
            DeviceIndeterminateError: it did not, in time or without a fault.
        """
        deadline_us = self._clock.monotonic_us() + int(PRINT_SECONDS * 1_000_000)
        seen = False
        while True:
            status, now = await self._status(), await self._odometer()
            seen = seen or not status.idle
            if status.idle and _is_counted(count, now, seen and not status.faults):
                return (_shown(status, now),)
            if count is not None and now is not None and now not in (count, count + 1):
                raise self._unknown(f"its counter went from {count} to {now}")
            if status.faults:
                raise self._unknown(status.told())
            if self._clock.monotonic_us() >= deadline_us:
                raise self._unknown(f"it did not count the label within {PRINT_SECONDS:g} s")
            await asyncio.sleep(LOOK_SECONDS)

    def _unknown(self, why: str) -> DeviceIndeterminateError:
        text = f"The label was sent to {self._name}, and whether it came out is not known: {why.rstrip('.')}."
        return DeviceIndeterminateError(text, remedy="Look at the printer, and say whether the label came out.")

    async def _who(self) -> DeviceIdentity:
        who = a.parse_identification(await self._ask(a.HOST_IDENTIFICATION, a.block_is_whole))
        serial = a.parse_serial_number(await self._ask(a.SERIAL_NUMBER, a.block_is_whole))
        self._answered_dots = who.dots_per_mm
        return DeviceIdentity(who.model, serial, who.firmware)

    # --- one question ------------------------------------------------------------------------------------------------

    async def _status(self) -> PrinterStatus:
        raw = await self._ask(a.HOST_STATUS, a.status_is_whole)
        said = a.parse_host_status(raw)
        faults = said.faults if self._answered_dots == self._dots_per_mm else (*said.faults, PrinterFault.RESOLUTION)
        return PrinterStatus(faults, said.formats_waiting, said.labels_remaining, a.written_out(raw), self._clock.now())

    async def _odometer(self) -> int | None:
        return a.parse_odometer(await self._ask(a.ODOMETER, a.count_is_whole)) if self._counts else None

    async def _ask(self, question: bytes, whole: Callable[[bytes], bool]) -> bytes:
        """Ask, and take the whole answer (rule 1)."""
        try:
            stray = await self._link.stray()
            if stray.strip(b"\r\n"):
                raise FrameError(f"{self._name} talks without being asked: {a.written_out(stray[:60])}.")
            await self._link.send(question)
            answer = await self._link.receive(whole, ANSWER_SECONDS, at_most=a.MAX_ANSWER_BYTES)
        except DeviceError:
            await self._link.close()
            raise
        if answer and whole(answer) and len(answer) <= a.MAX_ANSWER_BYTES:
            return answer
        await self._link.close()
        if answer:
            raise FrameError(f"{self._name} answers without an end: {a.written_out(answer[:60])}.")
        raise DeviceOfflineError(f"{self._name} does not answer within {ANSWER_SECONDS:g} s.")


def _is_counted(before: int | None, now: int | None, seen_leaving: bool) -> bool:
    """Rule 4, for a printer in which nothing waits."""
    if before is None or now is None:
        return seen_leaving
    return now == before + 1


def _shown(status: PrinterStatus, count: int | None) -> str:
    return status.raw if count is None else f"{status.raw} labels {count}"
