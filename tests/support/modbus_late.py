"""A hundred reads of the same shape over a serial line, a quarter of them answered too late: who takes a late answer for a fresh one?

Each register holds its own address, so that a value shows which request it answers. The same harness serves the tests and the benchmark.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jope_drivers.modbus.driver import ModbusDriver
from jope_drivers.modbus.rtu_bus import RtuBus, SerialBuses
from jope_drivers.modbus.rtu_link import RtuLink
from jope_drivers.modbus.settings import ModbusSettings, SerialPlace
from jope_drivers.simulator.plc_handle import SimulatedPlc
from pymodbus.client import AsyncModbusSerialClient
from pymodbus.exceptions import ModbusException

from jope.kernel.clock import SystemClock
from jope.kernel.errors import DeviceError
from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.tags import is_good
from tests.support.modbus import Heard, pattern_tags

READS = 100
LATE = 25
TIMEOUT_SECONDS = 0.1
LATE_SECONDS = {True: 0.25, False: 0.5}
"""What the device is registered with, for answers in order and out of order; the latter with room for a machine that is busy."""

DELAYS = (0.17, 0.2, 0.24, 0.28, 0.33)
"""How late the answers come. All within the time that the device is registered with: time limit and lateness together."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    right: int
    wrong: int
    none: int
    late: int

    def __str__(self) -> str:
        return f"{self.right} right, {self.wrong} wrong, {self.none} without a value, {self.late} answered late"


class TrustingLink(RtuLink):
    """The seeded fault: after an answer stayed out, the next request goes out at once."""

    def _get_in_step(self, bus: RtuBus) -> None:
        bus.take_stray()
        bus.silence_seconds = 0.0
        self._unanswered.clear()
        self._out_of_step = False


class TrustingDriver(ModbusDriver):
    """A driver without quarantine."""

    def _make_rtu_link(self, place: SerialPlace, settings: ModbusSettings) -> RtuLink:
        return TrustingLink(
            place,
            SystemClock(),
            SerialBuses(),
            unit_id=settings.unit_id,
            timeout_seconds=settings.timeout_seconds,
            late_seconds=settings.late_seconds,
            on_quarantine=lambda _: None,
        )


def order_lies(plc: SimulatedPlc, *, in_order: bool) -> None:
    """Let every fourth of the next answers be late."""
    plc.lie("late", answers=LATE, every=READS // LATE, delays=DELAYS, in_order=in_order)


def with_driver(directory: Path, *, in_order: bool, identified: bool = True, make: Callable[..., ModbusDriver] = ModbusDriver) -> Outcome:
    """The driver reads a hundred tags once, each with a request of its own."""

    async def run(plc: SimulatedPlc) -> Outcome:
        options = {"timeout_seconds": f"{TIMEOUT_SECONDS}", "late_seconds": f"{LATE_SECONDS[in_order]}", "baudrate": "115200"}
        if not identified:
            options["identify"] = "registers"
        tags = pattern_tags(READS, step=2, sampling_ms=3_600_000)
        driver = make(DeviceConfig("RTU", "modbus", plc.serial_address, None, options, tags=tags), SystemClock(), Heard())
        told: dict[str, object] = {}
        try:
            await driver.connect()
            await driver.identify()
            order_lies(plc, in_order=in_order)
            async for batch in driver.batches():
                told |= {one.tag_id: one.value if is_good(one.status) else None for one in batch.values}
                if len(told) == READS:
                    break
        except DeviceError:
            pass  # it gave up: what was told until then counts
        finally:
            await driver.close()
        values = {int(name.split(":")[1]): value for name, value in told.items()}
        right = sum(value == address for address, value in values.items())
        wrong = sum(value not in (address, None) for address, value in values.items())
        return Outcome(right, wrong, READS - right - wrong, plc.lies())

    with SimulatedPlc(directory, serial=True) as plc:
        return asyncio.run(run(plc))


def with_pymodbus(directory: Path, *, in_order: bool, retries: int) -> Outcome:
    """pymodbus' own client reads the same hundred registers."""

    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # it tells of every frame around a fault

    async def run(plc: SimulatedPlc) -> Outcome:
        client = AsyncModbusSerialClient(str(plc.link), baudrate=115200, timeout=TIMEOUT_SECONDS, retries=retries)
        await client.connect()
        order_lies(plc, in_order=in_order)
        values: list[tuple[int, Sequence[int]]] = []
        for address in range(1000, 1000 + 2 * READS, 2):
            try:
                answer = await client.read_holding_registers(address, count=1, device_id=1)
            except ModbusException:
                values.append((address, ()))
                if not client.connected:
                    await client.connect()
                continue
            values.append((address, () if answer.isError() else answer.registers))
        client.close()
        right = sum(list(registers) == [address] for address, registers in values)
        none = sum(not registers for _, registers in values)
        return Outcome(right, READS - right - none, none, plc.lies())

    with SimulatedPlc(directory, serial=True) as plc:
        return asyncio.run(run(plc))
