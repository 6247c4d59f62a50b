"""Modbus over one TCP connection (URS J01, J04, P11-09).

Rules:

1. Each request has a transaction id that was not used on this connection for the last 65,535 requests. Only an answer with the id of the request under
   way, from the unit that was asked, is looked at.
2. An answer with the id of an earlier request is late or doubled: it is thrown away. More than a hundred of them in a row are no accident: the
   connection is closed.
3. Any other id, another unit and a header that is none: the connection is closed, because what comes next on it cannot be told.
4. Two requests in a row without an answer: the connection is closed. With the default time limit a black hole is known after two seconds.
5. What has come and is not a whole message is at most one message long.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from jope.kernel.errors import DeviceError, DeviceOfflineError, FrameError
from jope_drivers.modbus.frames import TcpFrame, take_tcp_frame, tcp_frame
from jope_drivers.modbus.link import NoAnswerError
from jope_drivers.modbus.pdu import Request, payload
from jope_drivers.modbus.settings import TcpPlace

SILENT_LIMIT: Final = 2
"""Requests in a row without an answer that end a connection."""

STRAY_LIMIT: Final = 100
_REMEMBERED: Final = 64


class TcpLink(asyncio.Protocol):
    """One connection. A link that was closed or lost is not opened again."""

    def __init__(self, place: TcpPlace, *, unit_id: int, timeout_seconds: float) -> None:
        self._place = place
        self._unit_id = unit_id
        self._timeout_seconds = timeout_seconds
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._transaction_id = 0
        self._earlier: deque[int] = deque(maxlen=_REMEMBERED)
        self._waiting: asyncio.Future[bytes] | None = None
        self._ended = asyncio.Event()
        self._error: DeviceError | None = None
        self._silent_in_a_row = 0
        self._strays_in_a_row = 0
        self._sent = 0

    @property
    def sent(self) -> int:
        """How many requests were given to the connection."""
        return self._sent

    @property
    def buffered(self) -> int:
        """How many bytes wait for the rest of their message."""
        return len(self._buffer)

    async def open(self) -> None:
        """Connect.

        Raises:
            DeviceOfflineError: nobody listens there, or not in time.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout_seconds * SILENT_LIMIT):
                await loop.create_connection(lambda: self, self._place.host, self._place.port)
        except (OSError, TimeoutError) as error:
            raise DeviceOfflineError(f"{self._shown} cannot be reached ({error or 'no answer in time'}).") from error

    async def ask(self, request: Request) -> bytes:
        """As ``Link.ask``."""
        transport = self._opened()
        self._transaction_id = self._transaction_id % 0xFFFF + 1
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        self._sent += 1
        transport.write(tcp_frame(self._transaction_id, self._unit_id, request.data))
        try:
            async with asyncio.timeout(self._timeout_seconds):
                answer = await waiting
        except TimeoutError as error:
            raise self._silent() from error
        finally:
            self._waiting = None
            self._earlier.append(self._transaction_id)
        self._silent_in_a_row = self._strays_in_a_row = 0
        return payload(request, answer)

    async def watch(self, seconds: float) -> None:
        """As ``Link.watch``."""
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            return
        self._opened()

    async def close(self) -> None:
        """As ``Link.close``."""
        self._fail(DeviceOfflineError(f"{self._shown} was closed."))

    # --- called by the transport -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side closed or reset the connection, or this one did."""
        self._fail(DeviceOfflineError(f"{self._shown} closed the connection{f' ({exc})' if exc else ''}."))

    def data_received(self, data: bytes) -> None:
        """Take whole messages out of what came."""
        self._buffer += data
        try:
            while self._error is None and (frame := take_tcp_frame(self._buffer)) is not None:
                self._take(frame)
        except FrameError as error:
            self._fail(error)
        if self._error is not None:
            self._buffer.clear()

    def _take(self, frame: TcpFrame) -> None:
        waiting = self._waiting
        if waiting is not None and not waiting.done() and frame.transaction_id == self._transaction_id:
            if frame.unit_id != self._unit_id:
                raise FrameError(f"Unit {frame.unit_id} answers at {self._shown}, unit {self._unit_id} was asked.")
            waiting.set_result(frame.pdu)
            return
        self._strays_in_a_row += 1
        known = frame.transaction_id in self._earlier or (waiting is not None and frame.transaction_id == self._transaction_id)
        if not known or self._strays_in_a_row > STRAY_LIMIT:
            raise FrameError(f"{self._shown} sends what was not asked for (transaction {frame.transaction_id}).")

    # --- its end -----------------------------------------------------------------------------------------------------

    def _silent(self) -> DeviceOfflineError:
        self._silent_in_a_row += 1
        if self._silent_in_a_row < SILENT_LIMIT:
            return NoAnswerError(f"{self._shown} does not answer within {self._timeout_seconds:g} s.")
        error = DeviceOfflineError(f"{self._shown} left {self._silent_in_a_row} requests in a row without an answer.")
        self._fail(error)
        return error

    def _fail(self, error: DeviceError) -> None:
        if self._error is not None:
            return
        self._error = error
        self._ended.set()
        if self._transport is not None:
            self._transport.abort()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)

    def _opened(self) -> asyncio.Transport:
        if self._error is not None:
            raise DeviceOfflineError(self._error.message) from self._error
        if self._transport is None:
            raise DeviceOfflineError(f"{self._shown} is not open.")
        return self._transport

    @property
    def _shown(self) -> str:
        return f"{self._place.host}:{self._place.port}"
