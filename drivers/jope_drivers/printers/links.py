"""How a printer is reached: one TCP connection, or one serial port with a thread of its own. Both know bytes and time limits, and no meaning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar
from urllib.parse import urlsplit

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceOfflineError, SettingsError
from jope_drivers.serial_line import LineSettings, SerialLine

DEFAULT_PORT: Final = 9100
OPEN_SECONDS: Final = 3.0
SEND_SECONDS: Final = 30.0
SERIAL_CHUNK: Final = 256
"""Written at once to a serial port: at 9600 baud that is a quarter of a second, so that a port that takes nothing is soon noticed."""
_Answer = TypeVar("_Answer")


class Link(Protocol):
    """A way to a printer. One that failed or was closed is not opened again."""

    async def open(self) -> None:
        """Open it.

        Raises:
            DeviceOfflineError: it cannot be opened.
        """

    async def stray(self) -> bytes:
        """What came without being asked for."""

    async def send(self, data: bytes) -> None:
        """Hand over every byte.

        Raises:
            DeviceOfflineError: some or all of them were not taken.
        """

    async def receive(self, whole: Callable[[bytes], bool], seconds: float, *, at_most: int) -> bytes:
        """What came when it is whole, when it is more than ``at_most`` bytes, or when the time is up.

        Raises:
            DeviceOfflineError: the connection ended.
        """

    async def close(self) -> None:
        """Let go of it. May be called twice."""


def link_to(address: str, options: Mapping[str, str], clock: Clock) -> Link:
    """The link to an address: ``tcp://host`` with or without a port, else the name of a serial port.

    Raises:
        SettingsError: it is no address.
    """
    if "://" not in address:
        if not address.strip():
            raise SettingsError("The printer has no address.", remedy="Use tcp://host:9100, /dev/ttyUSB0 or COM3.")
        return SerialLink(address, LineSettings.from_options(options), clock)
    found = urlsplit(address)
    try:
        host, port = found.hostname, found.port or DEFAULT_PORT
    except ValueError:
        host, port = None, 0
    if found.scheme != "tcp" or not host or found.path or found.query or found.username is not None:
        raise SettingsError(f"The address '{address}' is no printer's.", remedy="Use tcp://host:9100, /dev/ttyUSB0 or COM3.")
    return TcpLink(host, port)


class TcpLink:
    """A connection to a printer's raw port."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """As ``Link.open``."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=4096)
        except (OSError, TimeoutError) as error:
            raise DeviceOfflineError(f"{self._shown} cannot be reached ({error or 'no answer in time'}).") from error

    async def stray(self) -> bytes:
        """As ``Link.stray``."""
        try:
            async with asyncio.timeout(0):
                return await self._opened()[0].read(1024)
        except TimeoutError:
            return b""
        except OSError as error:
            raise self._lost(error) from error

    async def send(self, data: bytes) -> None:
        """As ``Link.send``."""
        _, writer = self._opened()
        try:
            async with asyncio.timeout(SEND_SECONDS):
                writer.write(data)
                await writer.drain()
        except (OSError, TimeoutError) as error:
            raise self._lost(error) from error

    async def receive(self, whole: Callable[[bytes], bool], seconds: float, *, at_most: int) -> bytes:
        """As ``Link.receive``."""
        reader, _ = self._opened()
        came = bytearray()
        try:
            async with asyncio.timeout(seconds):
                while len(came) <= at_most and not whole(bytes(came)):
                    more = await reader.read(1024)
                    if not more:
                        raise DeviceOfflineError(f"{self._shown} closed the connection.")
                    came += more
        except TimeoutError:
            return bytes(came)
        except OSError as error:
            raise self._lost(error) from error
        return bytes(came)

    async def close(self) -> None:
        """As ``Link.close``."""
        writer, self._writer, self._reader = self._writer, None, None
        if writer is not None:
            writer.transport.abort()

    def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None:
            raise DeviceOfflineError(f"{self._shown} is not connected.")
        return self._reader, self._writer

    def _lost(self, error: Exception) -> DeviceOfflineError:
        return DeviceOfflineError(f"The connection to {self._shown} is lost ({error or 'no progress in time'}).")

    @property
    def _shown(self) -> str:
        return f"{self._host}:{self._port}"


class SerialLink:
    """A serial port, in one thread of its own."""

    def __init__(self, address: str, settings: LineSettings, clock: Clock) -> None:
        self._line = SerialLine(address, settings, clock, max_line_bytes=4096)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="printer-port")
        self._closed = False

    async def open(self) -> None:
        """As ``Link.open``."""
        await self._run(self._line.open)

    async def stray(self) -> bytes:
        """As ``Link.stray``."""
        return await self._run(self._line.take_stray)

    async def send(self, data: bytes) -> None:
        """As ``Link.send``."""
        for start in range(0, len(data), SERIAL_CHUNK):
            chunk = data[start : start + SERIAL_CHUNK]
            await self._run(lambda chunk=chunk: self._line.send(chunk))  # type: ignore[misc]  # a lambda's default has no type

    async def receive(self, whole: Callable[[bytes], bool], seconds: float, *, at_most: int) -> bytes:
        """As ``Link.receive``."""

        def size(came: bytes) -> int:
            return len(came) if whole(came) or len(came) > at_most else len(came) + 1

        return await self._run(lambda: self._line.receive_frame(size, seconds))

    async def close(self) -> None:
        """As ``Link.close``."""
        if not self._closed:
            self._closed = True
            self._line.abandon()
            self._thread.submit(self._line.close)
            self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], _Answer]) -> _Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except RuntimeError as error:
            raise DeviceOfflineError("The printer's port was closed.") from error
