"""One serial port, used by one thread with blocking calls. Knows bytes, line ends and time limits; nothing of any protocol's meaning."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import serial

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceOfflineError, SettingsError

_faults: tuple[type[Exception], ...] = (serial.SerialException, OSError)
try:
    import termios
except ImportError:  # Windows has none
    pass
else:
    # Not an OSError, so it would pass the others (seen when a USB adapter is pulled).
    _faults = (*_faults, termios.error)
LINE_FAULTS: Final = _faults
"""Everything that a vanishing port raises."""

SLICE_SECONDS: Final = 0.05
"""How long one blocking read may last, so that ``abandon`` is noticed soon."""

WRITE_SECONDS: Final = 0.5
_TERMINATOR: Final = b"\r\n"
_PARITIES: Final = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How the port is set. MT-SICS devices leave the factory with 9600 baud, 8 data bits, no parity, 1 stop bit."""

    baudrate: int = 9600
    data_bits: int = 8
    parity: str = "none"
    stop_bits: int = 1
    xonxoff: bool = False

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> LineSettings:
        """From a device's options ``baudrate``, ``data_bits``, ``parity`` (none, even, odd), ``stop_bits`` and ``xonxoff`` (on, off).

        Raises:
            SettingsError: an option has a value that no port can take.
        """
        parity = options.get("parity", "none")
        flow = options.get("xonxoff", "off")
        if parity not in _PARITIES or flow not in ("on", "off"):
            raise SettingsError(
                f"Parity '{parity}' or xonxoff '{flow}' is not allowed.", remedy="Use parity none, even or odd; xonxoff on or off."
            )
        return cls(
            baudrate=_whole(options, "baudrate", default=9600, allowed=range(300, 1_000_001)),
            data_bits=_whole(options, "data_bits", default=8, allowed=range(7, 9)),
            parity=parity,
            stop_bits=_whole(options, "stop_bits", default=1, allowed=range(1, 3)),
            xonxoff=flow == "on",
        )

    def options(self) -> dict[str, str]:
        """The options from which ``from_options`` makes these settings."""
        return {
            "baudrate": str(self.baudrate),
            "data_bits": str(self.data_bits),
            "parity": self.parity,
            "stop_bits": str(self.stop_bits),
            "xonxoff": "on" if self.xonxoff else "off",
        }


LINE_OPTIONS: Final = frozenset({"baudrate", "data_bits", "parity", "stop_bits", "xonxoff"})
"""The options that ``LineSettings.from_options`` takes."""


def require_known(options: Mapping[str, str], known: frozenset[str]) -> None:
    """An option that nobody reads is a mistake, not a wish.

    Raises:
        SettingsError: names it.
    """
    unknown = sorted(set(options) - known)
    if unknown:
        raise SettingsError(f"There is no option '{unknown[0]}'.", remedy="Use one of: " + ", ".join(sorted(known)) + ".")


def _whole(options: Mapping[str, str], name: str, *, default: int, allowed: range) -> int:
    text = options.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) in allowed):
        raise SettingsError(f"Option {name} is '{text}'.", remedy=f"Use a whole number from {allowed.start} to {allowed.stop - 1}.")
    return int(text)


@dataclass(frozen=True, slots=True)
class Received:
    """What came within the time limit: one line with its terminator, or less (``complete`` False)."""

    data: bytes
    complete: bool


class SerialLine:
    """A port. All but ``abandon`` is called in the port's own thread and raises ``DeviceOfflineError`` when the port is gone."""

    def __init__(self, address: str, settings: LineSettings, clock: Clock, *, max_line_bytes: int) -> None:
        self._address = address
        self._settings = settings
        self._clock = clock
        self._max_line_bytes = max_line_bytes
        self._port: serial.Serial | None = None
        self._buffer = bytearray()
        self._abandoned = threading.Event()
        self._lost_once = False

    @property
    def lost(self) -> bool:
        """Whether a call found the port gone."""
        return self._lost_once

    def open(self) -> None:
        """Open the port for this process alone and forget what lay in its buffers."""
        settings = self._settings
        try:
            port = serial.Serial(
                self._address,
                settings.baudrate,
                bytesize=settings.data_bits,
                parity=_PARITIES[settings.parity],
                stopbits=settings.stop_bits,
                timeout=SLICE_SECONDS,
                write_timeout=WRITE_SECONDS,
                xonxoff=settings.xonxoff,
                exclusive=True,
            )
        except LINE_FAULTS as error:
            raise DeviceOfflineError(f"{self._address} cannot be opened ({error}).") from error
        self._port = port
        self._buffer.clear()
        self._guarded_reset()

    def abandon(self) -> None:
        """Make a blocking call under way end soon. May be called from any thread."""
        self._abandoned.set()

    def close(self) -> None:
        """Let go of the port. May be called twice."""
        port, self._port = self._port, None
        if port is None:
            return
        try:
            port.close()
        except LINE_FAULTS:
            # The port is gone already: there is nothing left to let go of.
            return

    def rest(self, seconds: float) -> None:
        """Wait without reading; ``abandon`` ends it."""
        self._abandoned.wait(seconds)

    def send(self, line: bytes) -> None:
        """Write one command, terminator included."""
        port = self._opened()
        try:
            port.write(line)
        except LINE_FAULTS as error:
            raise self._lost(error) from error

    def receive(self, seconds: float) -> Received:
        """The next line, or what there is of it when the time is up."""
        deadline_us = self._clock.monotonic_us() + int(seconds * 1_000_000)
        while True:
            line = self._take_line()
            if line is not None:
                return line
            if self._clock.monotonic_us() >= deadline_us:
                return Received(self.take_stray(), complete=False)
            self._buffer += self._read()

    def receive_frame(self, size: Callable[[bytes], int], seconds: float) -> bytes:
        """What has come when as many bytes are there as ``size`` asks for, or when the time is up; what came beyond it too.

        Args:
            size: how long the frame is that begins with these bytes, as far as they tell; asked anew as long as it is more than came.
            seconds: how long to wait for the whole frame.
        """
        deadline_us = self._clock.monotonic_us() + int(seconds * 1_000_000)
        while len(self._buffer) < min(size(bytes(self._buffer)), self._max_line_bytes) and self._clock.monotonic_us() < deadline_us:
            self._buffer += self._read()
        return self.take_stray()

    def take_stray(self) -> bytes:
        """What has arrived and was not asked for; afterwards the buffers are empty."""
        port = self._opened()
        try:
            if port.in_waiting:
                self._buffer += port.read(port.in_waiting)
        except LINE_FAULTS as error:
            raise self._lost(error) from error
        stray = bytes(self._buffer)
        self._buffer.clear()
        return stray

    def drain(self, *, quiet_seconds: float, limit_seconds: float) -> None:
        """Wait until nothing has come for ``quiet_seconds`` and throw away what came.

        Raises:
            DeviceOfflineError: the device still talks after ``limit_seconds``, or the port is gone.
        """
        now_us = self._clock.monotonic_us()
        limit_us = now_us + int(limit_seconds * 1_000_000)
        quiet_us = now_us + int(quiet_seconds * 1_000_000)
        self._buffer.clear()
        while (now_us := self._clock.monotonic_us()) < quiet_us:
            if now_us >= limit_us:
                raise DeviceOfflineError(
                    f"{self._address} talks without being asked.", remedy="Switch off continuous sending at the device."
                )
            if self._read():
                quiet_us = self._clock.monotonic_us() + int(quiet_seconds * 1_000_000)

    def _take_line(self) -> Received | None:
        end = self._buffer.find(_TERMINATOR)
        if end < 0 and len(self._buffer) <= self._max_line_bytes:
            return None
        # Without an end in sight the noise is handed over as it is, so that the buffer stays bounded.
        size = end + len(_TERMINATOR) if end >= 0 else len(self._buffer)
        line = bytes(self._buffer[:size])
        del self._buffer[:size]
        return Received(line, complete=end >= 0)

    def _read(self) -> bytes:
        port = self._opened()
        try:
            data: bytes = port.read(max(1, port.in_waiting))
        except LINE_FAULTS as error:
            raise self._lost(error) from error
        return data

    def _guarded_reset(self) -> None:
        port = self._opened()
        try:
            port.reset_input_buffer()
            port.reset_output_buffer()
        except LINE_FAULTS as error:
            raise self._lost(error) from error

    def _opened(self) -> serial.Serial:
        if self._abandoned.is_set() or self._port is None:
            raise DeviceOfflineError(f"{self._address} is closed.")
        return self._port

    def _lost(self, error: Exception) -> DeviceOfflineError:
        self._lost_once = True
        return DeviceOfflineError(f"{self._address} is gone ({error}).")
