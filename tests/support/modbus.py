"""A Modbus driver at work, and what it delivered and told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Self

from hypothesis import settings
from jope_drivers.modbus.driver import ModbusDriver

from jope.kernel.clock import SystemClock
from jope.kernel.errors import DeviceError
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceState
from jope.plant.devices.tags import GapRecord, TagConfig, TagDriver, TagScalar, TagType, TagValue, is_good

LIMIT_SECONDS = 60.0
PROPERTY = settings(deadline=None, database=None, derandomize=True, max_examples=20_000 if os.environ.get("JOPE_NIGHTLY") == "1" else 200)
"""How the properties of the Modbus driver are tried: alike on every run, however busy the machine is."""

PLC = "PLC-1"


def tag(address: str, data_type: TagType = TagType.UINT16, **more: object) -> TagConfig:
    """A tag whose id is its address."""
    return TagConfig(address, address, data_type, **more)  # type: ignore[arg-type]


def pattern_tags(count: int, *, first: int = 1000, step: int = 1, sampling_ms: int = 500) -> tuple[TagConfig, ...]:
    """Holding registers of the simulated PLC that each hold their own address."""
    return tuple(tag(f"holding:{address}", sampling_ms=sampling_ms) for address in range(first, first + count * step, step))


class Heard:
    """What a driver told of itself."""

    def __init__(self) -> None:
        self.states: list[DeviceState] = []
        self.messages: list[str] = []
        self.gaps: list[GapRecord] = []

    def state(self, state: DeviceState, message: str = "") -> None:
        self.states.append(state)
        self.messages.append(message)

    def gap(self, gap: GapRecord) -> None:
        self.gaps.append(gap)


class Watched:
    """A driver that is connected, identified and delivers, as an asynchronous context manager."""

    def __init__(
        self,
        address: str,
        tags: tuple[TagConfig, ...],
        options: Mapping[str, str] | None = None,
        *,
        write_enabled: bool = False,
        make: Callable[..., TagDriver] = ModbusDriver,
    ) -> None:
        self.heard = Heard()
        config = DeviceConfig(PLC, "modbus", address, None, options or {}, tags=tags, write_enabled=write_enabled)
        self.driver = make(config, SystemClock(), self.heard)
        self.identity = DeviceIdentity("", "", "")
        self.values: list[TagValue] = []
        self.ended: DeviceError | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        try:
            await self.driver.connect()
            self.identity = await self.driver.identify()
        except DeviceError:
            await self.driver.close()
            raise
        self._task = asyncio.create_task(self._take())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self.driver.close()

    async def _take(self) -> None:
        try:
            async for batch in self.driver.batches():
                self.values += batch.values
        except DeviceError as error:
            self.ended = error

    def newest(self) -> dict[str, TagValue]:
        """The newest value of each tag."""
        return {value.tag_id: value for value in self.values}

    def good(self) -> dict[str, TagScalar | None]:
        """The newest value of each tag that is good."""
        return {value.tag_id: value.value for value in self.newest().values() if is_good(value.status)}

    async def until(self, condition: Callable[[], bool], what: str = "") -> None:
        """Wait until the condition holds; how long it took does not matter."""
        clock = SystemClock()
        limit_us = clock.monotonic_us() + int(LIMIT_SECONDS * 1_000_000)
        while not condition():
            assert clock.monotonic_us() < limit_us, f"waited in vain for {what}: {self.newest()} {self.heard.states} {self.ended}"
            await asyncio.sleep(0.005)

    async def until_told(self, count: int) -> None:
        """Wait until so many tags told something."""
        await self.until(lambda: len(self.newest()) >= count, f"{count} tags")

    async def until_ended(self) -> DeviceError:
        """Wait until the driver gives up."""
        await self.until(lambda: self.ended is not None, "the end")
        assert self.ended is not None
        return self.ended


def resident_bytes() -> int:
    """How much memory this process holds."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096


def number(value: TagScalar | None) -> Decimal:
    """A value as a number, for comparisons."""
    assert value is not None
    return Decimal(value)
