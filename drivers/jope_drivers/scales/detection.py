"""Finding out which scale hangs on a port: its protocol, its line settings and who it is.

1. Only questions for the serial number are sent, and when one is answered those for model and firmware. Nothing that weighs, prints, zeroes,
   tares, cancels or sets: no ``@``, no ``I4`` with a parameter, no ``ESC P``.
2. At a wrong speed a device hears noise. The settings that devices leave the factory with are tried first, so that this happens seldom.
3. A device that talks unasked is not asked.
4. What answered is then identified by its own driver, which asks for the serial number twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from jope.kernel.clock import Clock
from jope.kernel.errors import DeviceError, DeviceOfflineError, FrameError
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity
from jope_drivers.scales.dialect import MAX_FRAME_BYTES, Dialect, command_line
from jope_drivers.scales.kcp import KCP, PAUSE_SECONDS
from jope_drivers.scales.makes import DIALECTS
from jope_drivers.scales.mt_sics import Command
from jope_drivers.scales.serial_scale import SerialScale
from jope_drivers.scales.sics import MT_SICS
from jope_drivers.serial_line import LineSettings, SerialLine

ANSWER_SECONDS: Final = 0.8
QUIET_SECONDS: Final = 0.12
"""Also the pause that a KERN wants between two requests."""

UNASKED_SECONDS: Final = 0.6
LINE_SETTINGS: Final = (
    LineSettings(9600, 8, "none", 1),  # MT-SICS, KCP, Ohaus, SBI over USB
    LineSettings(9600, 7, "even", 1),
    LineSettings(9600, 8, "odd", 1),  # Sartorius
    LineSettings(9600, 8, "even", 1),
    LineSettings(2400, 7, "even", 1),  # A&D
    LineSettings(19200, 8, "none", 1),
    LineSettings(1200, 7, "odd", 1),  # older Sartorius
    LineSettings(2400, 7, "none", 2),  # older Ohaus
    LineSettings(4800, 8, "none", 1),
    LineSettings(38400, 8, "none", 1),
    LineSettings(57600, 8, "none", 1),
    LineSettings(115200, 8, "none", 1),
)
_PROBED: Final = tuple(dialect for dialect in DIALECTS.values() if dialect is not KCP)
"""A KERN answers the probe of MT-SICS; the two are told apart afterwards."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DetectedScale:
    """What answered, and how to reach it."""

    protocol: str
    settings: LineSettings
    identity: DeviceIdentity


def detect_scale(address: str, clock: Clock, *, progress: Progress) -> DetectedScale | None:
    """Try the usual line settings and protocols, reading only. Blocks for up to a minute; not for a thread that runs an event loop.

    Args:
        address: the port, for example ``/dev/ttyUSB0`` or ``COM3``.
        clock: for the time limits.
        progress: is told each step as a sentence.

    Returns:
        The scale, or None where nothing known answers.

    Raises:
        DeviceOfflineError: with none of the settings the port could be opened and the device asked.
    """
    refused: DeviceOfflineError | None = None
    opened = False
    for settings in LINE_SETTINGS:
        try:
            dialect = _answering(address, settings, clock, progress)
        except DeviceOfflineError as error:
            progress(str(error))
            refused = error
            continue
        opened = True
        found = _identified(address, settings, dialect, clock, progress) if dialect is not None else None
        if found is not None:
            return found
    if refused is not None and not opened:
        raise refused
    return None


def described(settings: LineSettings) -> str:
    """As the field writes it, for example ``9600 8N1``."""
    return f"{settings.baudrate} {settings.data_bits}{settings.parity[0].upper()}{settings.stop_bits}"


def _answering(address: str, settings: LineSettings, clock: Clock, progress: Progress) -> Dialect | None:
    """The dialect whose probe is answered.

    Raises:
        DeviceOfflineError: the port cannot be opened, is lost, or the device talks unasked.
    """
    line = SerialLine(address, settings, clock, max_line_bytes=MAX_FRAME_BYTES)
    line.open()
    try:
        for dialect in _PROBED:
            progress(f"{described(settings)}: {dialect.protocol}")
            if _probe(line, dialect):
                return _told_apart(line) if dialect is MT_SICS else dialect
        return None
    finally:
        line.close()


def _probe(line: SerialLine, dialect: Dialect) -> bool:
    for answer in _answers(line, dialect.serial_number.command):
        try:
            dialect.serial_number.read(answer)
        except FrameError:
            continue
        return True
    return False


def _told_apart(line: SerialLine) -> Dialect:
    """KCP where the device names it or its maker, MT-SICS elsewhere."""
    said = b"".join(answer for command in (Command.LEVEL, Command.MODEL) for answer in _answers(line, command.value))
    return KCP if b"KCP" in said or b"KERN" in said.upper() else MT_SICS


def _answers(line: SerialLine, command: str) -> Iterator[bytes]:
    line.drain(quiet_seconds=max(QUIET_SECONDS, PAUSE_SECONDS), limit_seconds=UNASKED_SECONDS)
    line.send(command_line(command))
    received = line.receive(ANSWER_SECONDS)
    while received.complete:
        yield received.data
        received = line.receive(QUIET_SECONDS)


def _identified(address: str, settings: LineSettings, dialect: Dialect, clock: Clock, progress: Progress) -> DetectedScale | None:
    config = DeviceConfig("detection", dialect.protocol, address, None, settings.options())
    try:
        identity = asyncio.run(_identify(SerialScale(config, clock, dialect=dialect)))
    except DeviceError as error:
        progress(f"{described(settings)}: {dialect.protocol} answered, but cannot be identified ({error})")
        return None
    progress(f"{described(settings)}: {dialect.protocol}, serial number {identity.serial_number}")
    return DetectedScale(dialect.protocol, settings, identity)


async def _identify(scale: SerialScale) -> DeviceIdentity:
    try:
        await scale.connect()
        return await scale.identify()
    finally:
        await scale.close()
