"""How a device is reached: its address and the options that a person registered, checked before anything is opened (URS J01, J08).

``address`` is ``tcp://host:port`` (port 502 where it is left out) or a serial line: ``/dev/ttyUSB0``, ``COM3`` or ``rtu:///dev/ttyUSB0``. Options:

- ``unit_id`` (1): which device behind the address is asked. 1 to 247; 0 and 255 over TCP too.
- ``timeout_seconds`` (1.0): how long an answer may take; on a serial line its own length comes on top.
- ``late_seconds`` (as ``timeout_seconds``): serial lines only: how long after its time an answer may still come. So long the line must be silent after
  an answer stayed out. Register the longest delay that the device or a converter on its way is capable of.
- ``read_gaps`` (0): how many unregistered addresses between two tags may be read along, to save a request. 0, because reading has effects on some
  devices and an address that does not exist refuses the whole request; a person who knows the device may allow up to 64.
- ``max_registers`` (125) and ``max_bits`` (2000): how much a device gives in one answer.
- ``identify`` (``auto``): ``auto`` asks function 43/14, and 17 where that told no model; ``mei`` asks 43/14 alone, for servers that break the
  connection off at 17; ``registers`` asks neither, for devices that do not take unknown functions well.
- ``identity_registers`` (none): what of the identity stands in registers: ``serial_number=holding:100 String 8; firmware=holding:108 UInt16``. The
  names are model, serial_number and firmware. What is registered here stands above what the functions tell.
- ``word_order`` and ``byte_order`` (big): the orders of ``identity_registers``.
- of serial lines also ``baudrate``, ``parity`` and ``stop_bits``, as ``serial_line.LineSettings`` has them. There are always 8 data bits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from jope.kernel.errors import SettingsError
from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.tags import TagConfig, TagType
from jope_drivers.modbus.pdu import MAX_READ_BITS, MAX_READ_REGISTERS, Function
from jope_drivers.modbus.points import Point
from jope_drivers.serial_line import LineSettings

DEFAULT_PORT: Final = 502
MAX_READ_GAPS: Final = 64
_SECONDS: Final = re.compile(r"[0-9]{1,2}(\.[0-9]{1,3})?")
_MIN_SECONDS: Final = 0.02
_SERIAL: Final = re.compile(r"(?:rtu://)?(/[^\0]+|COM[0-9]{1,3})")
_IDENTITY_ENTRY: Final = re.compile(r"(model|serial_number|firmware)=(\S+) ([A-Za-z0-9]+)(?: ([0-9]{1,3}))?")
_IDENTIFY: Final = {
    "auto": frozenset({Function.ENCAPSULATED_INTERFACE, Function.REPORT_SERVER_ID}),
    "mei": frozenset({Function.ENCAPSULATED_INTERFACE}),
    "registers": frozenset[Function](),
}
_LINE_OPTIONS: Final = frozenset({"baudrate", "data_bits", "parity", "stop_bits", "xonxoff"})
_OPTIONS: Final = frozenset(
    {
        *("unit_id", "timeout_seconds", "late_seconds", "read_gaps", "max_registers", "max_bits"),
        *("identify", "identity_registers", "word_order", "byte_order"),
    }
)


@dataclass(frozen=True, slots=True)
class TcpPlace:
    """Where a device listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class SerialPlace:
    """The line at which a device hangs."""

    port: str
    line: LineSettings


@dataclass(frozen=True, slots=True)
class ModbusSettings:
    """A device's registration, checked."""

    place: TcpPlace | SerialPlace
    unit_id: int
    timeout_seconds: float
    late_seconds: float
    read_gaps: int
    max_registers: int
    max_bits: int
    functions: frozenset[Function]
    """By which functions the device is asked who it is."""
    identity_points: Mapping[str, Point]
    points: tuple[Point, ...]

    @classmethod
    def of(cls, config: DeviceConfig) -> ModbusSettings:
        """Check a device's registration.

        Raises:
            SettingsError: the address, an option or a tag cannot be used.
        """
        options = config.options
        place = _place(config.address, options)
        _refuse_unknown(options, _OPTIONS | (_LINE_OPTIONS if isinstance(place, SerialPlace) else frozenset()))
        timeout_seconds = _seconds(options, "timeout_seconds", default="1.0")
        identify = options.get("identify", "auto")
        if identify not in _IDENTIFY:
            raise SettingsError(f"Option identify is '{identify}'.", remedy="Use auto, mei or registers.")
        return cls(
            place=place,
            unit_id=_unit_id(options, place),
            timeout_seconds=timeout_seconds,
            late_seconds=_seconds(options, "late_seconds", default=f"{timeout_seconds:g}"),
            read_gaps=_whole(options, "read_gaps", default=0, lowest=0, highest=MAX_READ_GAPS),
            max_registers=_whole(options, "max_registers", default=MAX_READ_REGISTERS, lowest=1, highest=MAX_READ_REGISTERS),
            max_bits=_whole(options, "max_bits", default=MAX_READ_BITS, lowest=1, highest=MAX_READ_BITS),
            functions=_IDENTIFY[identify],
            identity_points=_identity_points(options),
            points=_points(config.tags),
        )


def _place(address: str, options: Mapping[str, str]) -> TcpPlace | SerialPlace:
    serial = _SERIAL.fullmatch(address)
    if serial is not None:
        line = LineSettings.from_options(options)
        if line.data_bits != 8 or line.xonxoff:
            raise SettingsError("Modbus RTU needs 8 data bits and no xonxoff.", remedy="Take these options off the device.")
        return SerialPlace(serial.group(1), line)
    refusal = SettingsError(f"The address '{address}' is no Modbus address.", remedy="Use tcp://host:port, /dev/ttyUSB0 or COM3.")
    try:
        parts = urlsplit(address)
        port = parts.port if parts.port is not None else DEFAULT_PORT
    except ValueError as error:
        raise refusal from error
    rest = (parts.path, parts.query, parts.fragment, parts.username, parts.password)
    if parts.scheme != "tcp" or not parts.hostname or any(rest) or port < 1 or not address.isprintable():
        raise refusal
    return TcpPlace(parts.hostname, port)


def _refuse_unknown(options: Mapping[str, str], known: frozenset[str]) -> None:
    unknown = sorted(set(options) - known)
    if unknown:
        raise SettingsError(f"There is no option {', '.join(unknown)} for this device.", remedy="Use: " + ", ".join(sorted(known)) + ".")


def _whole(options: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int) -> int:
    text = options.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and lowest <= int(text) <= highest):
        raise SettingsError(f"Option {name} is '{text[:20]}'.", remedy=f"Use a whole number from {lowest} to {highest}.")
    return int(text)


def _seconds(options: Mapping[str, str], name: str, *, default: str) -> float:
    text = options.get(name, default)
    if not (_SECONDS.fullmatch(text) and float(text) >= _MIN_SECONDS):
        raise SettingsError(f"Option {name} is '{text[:20]}'.", remedy="Use seconds from 0.02 to 99.999.")
    return float(text)


def _unit_id(options: Mapping[str, str], place: TcpPlace | SerialPlace) -> int:
    unit_id = _whole(options, "unit_id", default=1, lowest=0, highest=255)
    if 247 < unit_id < 255 or (isinstance(place, SerialPlace) and unit_id in (0, 255)):
        raise SettingsError(
            f"Option unit_id is '{unit_id}'.", remedy="Use 1 to 247; over TCP also 0 or 255. Nobody answers 0 on a serial line."
        )
    return unit_id


def _identity_points(options: Mapping[str, str]) -> Mapping[str, Point]:
    points: dict[str, Point] = {}
    for entry in filter(None, (part.strip() for part in options.get("identity_registers", "").split(";"))):
        match = _IDENTITY_ENTRY.fullmatch(entry)
        if match is None or match.group(1) in points or match.group(3) not in frozenset(TagType):
            raise SettingsError(
                f"Option identity_registers has '{entry[:60]}'.",
                remedy="Use for example: serial_number=holding:100 String 8; firmware=input:7 UInt16",
            )
        name, address, data_type, length = match.groups()
        points[name] = Point.of(
            TagConfig(
                name,
                address,
                TagType(data_type),
                length=int(length or 0),
                word_order=options.get("word_order", "big"),
                byte_order=options.get("byte_order", "big"),
            )
        )
    return points


def _points(tags: tuple[TagConfig, ...]) -> tuple[Point, ...]:
    ids = [tag.tag_id for tag in tags]
    twice = sorted({tag_id for tag_id in ids if ids.count(tag_id) > 1}) if len(set(ids)) != len(ids) else []
    if twice:
        raise SettingsError(f"Tag {twice[0]} is registered twice.", remedy="Give every tag of a device its own id.")
    return tuple(Point.of(tag) for tag in tags)
