"""One approved write, step by step (URS J05).

read -> compare with what the approvers saw -> write -> read back -> count the request up -> wait for the PLC's acknowledgement. Before the write any
fault means that nothing was written. From the moment at which the write goes out, anything but a clear yes or a clear no of the device is
INDETERMINATE; nothing is sent twice.

A single bit of a register is not written: the register would have to be read and written back, over whatever the PLC puts into it in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceError, DeviceIndeterminateError, DeviceOfflineError, DeviceRefusedError, FrameError
from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.tags import Handshake, TagScalar, TagType, WriteReceipt, WriteRequest
from jope_drivers.modbus.link import Link
from jope_drivers.modbus.pdu import ExceptionAnswerError, ExceptionCode, Request, Table, read
from jope_drivers.modbus.points import Point

ACKNOWLEDGE_POLL_SECONDS: Final = 0.05
_NOTHING_DONE: Final = frozenset(
    {
        ExceptionCode.ILLEGAL_FUNCTION,
        ExceptionCode.ILLEGAL_DATA_ADDRESS,
        ExceptionCode.ILLEGAL_DATA_VALUE,
        ExceptionCode.SERVER_DEVICE_BUSY,
        ExceptionCode.GATEWAY_PATH_UNAVAILABLE,
    }
)
"""Exceptions that say that nothing was carried out. Any other leaves it open."""

_COUNTERS: Final = frozenset({TagType.UINT16, TagType.UINT32})


class ApprovedWrite:
    """Carries out one request. The caller keeps every other request off the link meanwhile."""

    def __init__(self, config: DeviceConfig, points: Mapping[str, Point], link: Link, clock: Clock) -> None:
        self._config = config
        self._points = points
        self._link = link
        self._clock = clock

    async def carry_out(self, request: WriteRequest) -> WriteReceipt:
        """As ``TagDriver.write``."""
        point = self._writable(request.device_id, request.tag_id)
        encoded = point.encoded(request.value)
        self._refuse_out_of_range(point, request.value)
        message = point.write(encoded)
        seen = point.encoded(request.before) if request.before is not None else None
        handshake = request.handshake
        counters = await self._counters(handshake) if handshake is not None else None
        before = await self._read(point)
        if seen is not None and before != seen:
            raise DeviceRefusedError(
                f"{request.tag_id} is {_decoded(point, before)!r} now, not {request.before!r} as approved.",
                remedy="Have the change approved anew.",
            )
        await self._send(point, message)
        await self._read_back(point, encoded)
        acknowledged = None
        if handshake is not None and counters is not None:
            await self._count_up(handshake, counters)
            acknowledged = True
        after = _decoded(point, encoded)
        if after is None:
            raise DeviceIndeterminateError(f"What was written to {request.tag_id} cannot be read as a value.")
        return WriteReceipt(
            request.approval_ref, request.device_id, request.tag_id, _decoded(point, before), after, acknowledged, self._clock.now()
        )

    # --- may it be written? ------------------------------------------------------------------------------------------

    def _writable(self, device_id: str, tag_id: str) -> Point:
        point = self._point(tag_id)
        if device_id != self._config.device_id or not self._config.write_enabled:
            raise DeviceRefusedError(f"Writing to {device_id} is not enabled.", remedy="Have the device's write switch approved.")
        if not point.tag.writable:
            raise DeviceRefusedError(f"{tag_id} is not registered as writable.", remedy="Have the tag's registration changed and approved.")
        return point

    def _point(self, tag_id: str) -> Point:
        point = self._points.get(tag_id)
        if point is None:
            raise DeviceRefusedError(f"{self._config.device_id} has no tag {tag_id}.", remedy="Register the tag.")
        return point

    def _refuse_out_of_range(self, point: Point, value: TagScalar) -> None:
        tag = point.tag
        if isinstance(value, bool | str):
            return
        if (tag.low is not None and value < tag.low) or (tag.high is not None and value > tag.high):
            raise DeviceRefusedError(f"{tag.tag_id} may be {tag.low} to {tag.high} {tag.unit}, not {value}.".replace("  ", " "))

    # --- before anything is written ----------------------------------------------------------------------------------

    async def _counters(self, handshake: Handshake) -> int:
        """Where the counters of the handshake stand; both must say the same, or an earlier request is still open."""
        request, acknowledge = self._writable(self._config.device_id, handshake.request_tag), self._point(handshake.acknowledge_tag)
        for point in (request, acknowledge):
            if point.tag.data_type not in _COUNTERS or point.tag.scale != 1 or point.tag.offset != 0:
                raise DeviceRefusedError(f"{point.tag.tag_id} is no counter.", remedy="A counter is an unscaled UInt16 or UInt32.")
        if request.table is not Table.HOLDING or request.tag.data_type is not acknowledge.tag.data_type:
            raise DeviceRefusedError(f"{request.tag.tag_id} and {acknowledge.tag.tag_id} do not fit together as counters.")
        asked, done = int.from_bytes(await self._counter(request)), int.from_bytes(await self._counter(acknowledge))
        if asked != done:
            raise DeviceRefusedError(
                f"The PLC has not acknowledged request {asked} yet; it stands at {done}.", remedy="Wait for it, or clear it at the PLC."
            )
        return asked

    async def _counter(self, point: Point) -> bytes:
        """A counter's registers in big-endian order."""
        value = _decoded(point, await self._read(point))
        return int(value or 0).to_bytes(point.count * 2)

    async def _read(self, point: Point) -> bytes:
        """The tag's registers, or one byte for a coil.

        Raises:
            DeviceRefusedError: the device gives no value; nothing was written.
            DeviceOfflineError: no answer; nothing was written.
        """
        try:
            data = await self._link.ask(read(point.table, point.address, point.count))
        except FrameError as error:
            raise DeviceOfflineError(f"The answer of {self._config.device_id} cannot be understood; nothing was written.") from error
        return bytes((data[0] & 1,)) if point.table.holds_bits else data

    # --- from here on it may have been written -----------------------------------------------------------------------

    async def _send(self, point: Point, message: Request) -> None:
        sent = self._link.sent
        try:
            await self._link.ask(message)
        except ExceptionAnswerError as error:
            if error.exception_code in _NOTHING_DONE:
                raise
            raise self._unknown(point, error) from error
        except DeviceError as error:
            if self._link.sent == sent and isinstance(error, DeviceOfflineError):
                raise
            raise self._unknown(point, error) from error

    async def _read_back(self, point: Point, encoded: bytes) -> None:
        try:
            back = await self._read(point)
        except DeviceError as error:
            raise self._unknown(point, error) from error
        if back != encoded:
            raise DeviceIndeterminateError(
                f"{point.tag.tag_id} was written as {_decoded(point, encoded)!r} and reads back as {_decoded(point, back)!r}."
            )

    async def _count_up(self, handshake: Handshake, counter: int) -> None:
        """Count the request up and wait for the acknowledgement."""
        request, acknowledge = self._points[handshake.request_tag], self._points[handshake.acknowledge_tag]
        wanted = (counter + 1) % (1 << request.count * 16)
        encoded = request.encoded(wanted)
        try:
            await self._link.ask(request.write(encoded))
            await self._read_back(request, encoded)
            async with asyncio.timeout(handshake.timeout_seconds):
                while _decoded(acknowledge, await self._read(acknowledge)) != wanted:
                    await asyncio.sleep(ACKNOWLEDGE_POLL_SECONDS)
        except DeviceIndeterminateError:
            raise
        except DeviceError as error:
            raise self._unknown(request, error) from error
        except TimeoutError as error:
            raise DeviceIndeterminateError(
                f"The PLC did not acknowledge request {wanted} within {handshake.timeout_seconds:g} s."
            ) from error

    def _unknown(self, point: Point, error: DeviceError) -> DeviceIndeterminateError:
        return DeviceIndeterminateError(f"Whether {point.tag.tag_id} was written is not known: {error.message}")


def _decoded(point: Point, data: bytes) -> TagScalar | None:
    """What ``ApprovedWrite._read`` read, as a value; None where it is none."""
    return data != b"\0" if point.table.holds_bits else point.decoded(data)[0]
