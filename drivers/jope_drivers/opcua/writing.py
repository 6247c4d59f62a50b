"""An approved write, carried out once (URS J05, A11d-05; OPC 10000-4, 5.11.4).

Read, compare with what the approvers saw, write, read back; where a handshake is registered, count the request up and wait for the PLC to copy it.
Once the write was sent, only a read-back that shows the value is a success. Anything else is told as not known, and never sent again.
"""

from __future__ import annotations

import asyncio
import math
from decimal import Decimal, InvalidOperation
from typing import Final

from asyncua import ua

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceError, DeviceIndeterminateError, DeviceOfflineError, DeviceRefusedError
from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.tags import Handshake, TagConfig, TagScalar, TagType, WriteReceipt, WriteRequest
from jope_drivers.opcua.link import Link
from jope_drivers.opcua.settings import OpcUaSettings
from jope_drivers.opcua.subscription import Item, Subscription, read_attributes
from jope_drivers.opcua.values import EXACT, FLOATS, KINDS, MAX_TEXT, as_single, exact_decimal, is_scaled

READ_BACK_SECONDS: Final = 2.0
"""A server that passes a write on to a PLC may read the old value for a moment."""
POLL_SECONDS: Final = 0.1
_INTEGERS: Final = {
    TagType.INT16: (-(1 << 15), (1 << 15) - 1),
    TagType.UINT16: (0, (1 << 16) - 1),
    TagType.INT32: (-(1 << 31), (1 << 31) - 1),
    TagType.UINT32: (0, (1 << 32) - 1),
    TagType.INT64: (-(1 << 63), (1 << 63) - 1),
    TagType.UINT64: (0, (1 << 64) - 1),
}
Raw = bool | int | float | str


class Writer:
    """Writes of one device, one at a time."""

    def __init__(self, config: DeviceConfig, settings: OpcUaSettings, link: Link, subscription: Subscription, clock: Clock) -> None:
        self._config = config
        self._settings = settings
        self._link = link
        self._clock = clock
        self._items = {item.tag.tag_id: item for item in subscription.items.values()}
        self._lock = asyncio.Lock()

    async def write(self, request: WriteRequest) -> WriteReceipt:
        """Carry out a request; see ``TagDriver.write``."""
        item = self._writable(request.tag_id)
        if request.device_id != self._config.device_id:
            raise DeviceRefusedError(f"The write is for {request.device_id}.")
        raw = raw_value(item.tag, request.value)
        async with self._lock:
            found = await self._read(item)
            before = shown_value(item.tag, found)
            if request.before is not None and found != _as_held(item.tag, raw_value(item.tag, request.before)):
                raise DeviceRefusedError(
                    f"{request.tag_id} is {before} and was {request.before} when the write was approved. Nothing was written.",
                    remedy="Ask for the write anew, so that it is approved as things stand now.",
                )
            counter = await self._counter(request.handshake)
            await self._send(item, raw)
            after = await self._read_back(item, raw)
            acknowledged = await self._shake_hands(request.handshake, counter)
            return WriteReceipt(
                approval_ref=request.approval_ref,
                device_id=request.device_id,
                tag_id=request.tag_id,
                before=before,
                after=after,
                acknowledged=acknowledged,
                time=self._clock.now(),
            )

    def _writable(self, tag_id: str) -> Item:
        item = self._items.get(tag_id)
        if not self._config.write_enabled:
            raise DeviceRefusedError(
                f"Writing to {self._config.device_id} is switched off.", remedy="Have it switched on by an approved change."
            )
        if item is None or not item.tag.writable:
            raise DeviceRefusedError(f"{tag_id} is no tag of {self._config.device_id} that may be written.")
        return item

    async def _read(self, item: Item) -> Raw:
        """The present raw value.

        Raises:
            DeviceRefusedError: it is not good, or of another type.
            DeviceOfflineError: no answer.
        """
        if item.node_id is None:
            raise DeviceRefusedError(f"The server does not have {item.tag.tag_id}.")
        (answer,) = await read_attributes(self._link, [item.node_id], ua.AttributeIds.Value)
        good = answer.StatusCode is None or answer.StatusCode.is_good()
        if not good or answer.Value is None or answer.Value.VariantType.value != KINDS[item.tag.data_type] or answer.Value.is_array:
            name = answer.StatusCode.name if answer.StatusCode is not None and not good else "a value of another type"
            raise DeviceRefusedError(f"{item.tag.tag_id} reads as {name}. Nothing was written.")
        value: Raw = answer.Value.Value
        return value

    async def _send(self, item: Item, raw: Raw) -> None:
        """Write the value alone: many servers refuse status and times."""
        variant = ua.Variant(raw, ua.VariantType(KINDS[item.tag.data_type]))
        value = ua.DataValue(Value=variant, StatusCode=None, SourceTimestamp=None, ServerTimestamp=None)
        socket = self._link.socket  # nothing was sent yet where there is none
        sent_from = socket.messages
        try:
            results = await self._link.ask(
                self._link.client.uaclient.session.write_attributes([n for n in (item.node_id,) if n is not None], [value]),
                "while it was written",
            )
        except DeviceError as error:
            raise DeviceIndeterminateError(
                f"No answer to the write of {item.tag.tag_id} ({error.message} {socket.messages - sent_from} other answers came)."
            ) from error
        if len(results) != 1 or results[0].value & 0xC0000000:
            name = results[0].name if len(results) == 1 else "an answer of another length"
            if len(results) == 1 and results[0].is_bad():
                raise DeviceRefusedError(f"The server refuses the write of {item.tag.tag_id} ({name}).")
            raise DeviceIndeterminateError(f"The server answered {name} to the write of {item.tag.tag_id}.")

    async def _read_back(self, item: Item, raw: Raw) -> TagScalar:
        wanted = _as_held(item.tag, raw)
        due_us = self._clock.monotonic_us() + int(READ_BACK_SECONDS * 1_000_000)
        while True:
            try:
                found = await self._read(item)
            except DeviceError as error:
                raise DeviceIndeterminateError(f"{item.tag.tag_id} was sent and cannot be read back. {error.message}") from error
            if found == wanted:
                return shown_value(item.tag, found)
            if self._clock.monotonic_us() > due_us:
                raise DeviceIndeterminateError(f"{item.tag.tag_id} was sent and reads back as {shown_value(item.tag, found)}.")
            await asyncio.sleep(POLL_SECONDS)

    # --- the PLC's own confirmation ----------------------------------------------------------------------------------

    async def _counter(self, handshake: Handshake | None) -> int:
        """The request counter's next value, asked for before anything is written."""
        if handshake is None:
            return 0
        request = self._writable(handshake.request_tag)
        acknowledge = self._items.get(handshake.acknowledge_tag)
        if request.tag.data_type not in _INTEGERS or acknowledge is None or acknowledge.tag.data_type not in _INTEGERS:
            raise DeviceRefusedError("The tags of the handshake are no counters of this device. Nothing was written.")
        present = int(await self._read(request))
        low, high = _INTEGERS[request.tag.data_type]
        return present + 1 if present < high else max(low, 0)

    async def _shake_hands(self, handshake: Handshake | None, counter: int) -> bool | None:
        if handshake is None:
            return None
        acknowledge = self._items[handshake.acknowledge_tag]
        try:
            await self._send(self._items[handshake.request_tag], counter)
            async with asyncio.timeout(handshake.timeout_seconds):
                while int(await self._read(acknowledge)) != counter:
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise DeviceIndeterminateError(f"The PLC did not acknowledge request {counter} in time.") from error
        except (DeviceRefusedError, DeviceOfflineError) as error:
            raise DeviceIndeterminateError(f"The value was written, its acknowledgement is not known. {error.message}") from error
        return True


def _as_held(tag: TagConfig, raw: Raw) -> Raw:
    """A raw value as the server holds it: a Float holds the nearest one it can."""
    return as_single(raw) if tag.data_type is TagType.FLOAT and isinstance(raw, float) else raw


def shown_value(tag: TagConfig, raw: Raw) -> TagScalar:
    """A raw value as the station tells it."""
    if is_scaled(tag) and not isinstance(raw, (bool, str)):
        return EXACT.fma(exact_decimal(raw, tag.data_type), tag.scale, tag.offset)
    return raw


def raw_value(tag: TagConfig, value: TagScalar) -> Raw:
    """What has to be written so that the tag shows ``value``.

    Raises:
        DeviceRefusedError: the tag cannot hold it exactly.
    """
    if tag.data_type in (TagType.BOOLEAN, TagType.STRING):
        if isinstance(value, bool if tag.data_type is TagType.BOOLEAN else str) and (isinstance(value, bool) or len(value) <= MAX_TEXT):
            return value
        raise _misfit(tag, value)
    if isinstance(value, (bool, str)) or (isinstance(value, float) and not math.isfinite(value)):
        raise _misfit(tag, value)
    if tag.data_type in FLOATS:
        return _raw_float(tag, value)
    try:
        number = EXACT.divide(EXACT.subtract(_exact(value), tag.offset), tag.scale)
    except (InvalidOperation, ZeroDivisionError):
        raise _misfit(tag, value) from None
    low, high = _INTEGERS[tag.data_type]
    if number != number.to_integral_value() or not low <= number <= high:
        raise _misfit(tag, value)
    return int(number)


def _raw_float(tag: TagConfig, value: int | float | Decimal) -> float:
    if is_scaled(tag):
        value = EXACT.divide(EXACT.subtract(_exact(value), tag.offset), tag.scale)
    try:
        number = float(value)
        return as_single(number) if tag.data_type is TagType.FLOAT else number
    except OverflowError:
        raise _misfit(tag, value) from None


def _exact(value: int | float | Decimal) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _misfit(tag: TagConfig, value: TagScalar) -> DeviceRefusedError:
    return DeviceRefusedError(f"{tag.tag_id} ({tag.data_type}) cannot hold {value}. Nothing was written.")
