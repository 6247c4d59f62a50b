"""Who answers: functions 43/14 and 17, then registers that a person registered (URS J03, J08).

Of the standard objects of function 43/14 the station takes vendor, product and model as ``model`` and the revision as ``firmware``. Function 17 tells a
server id whose form is the maker's own: where 43/14 told nothing, its readable text is the ``model``. No standard function tells a serial number: it
comes from ``identity_registers`` alone, and what is registered there stands above what the functions tell.

What a device does not tell is the empty string. The station compares serial number and firmware with the registered ones, so that a device that tells
neither is told from another only by its address; a person who needs more registers the registers in which the program keeps its name.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jope.kernel.errors import DeviceOfflineError, FrameError
from jope.plant.devices.ports import DeviceIdentity
from jope_drivers.modbus.link import NoAnswerError
from jope_drivers.modbus.pdu import (
    ExceptionAnswerError,
    Function,
    Request,
    identification,
    read,
    read_device_identification,
    report_server_id,
)
from jope_drivers.modbus.points import Point
from jope_drivers.modbus.rtu_link import Probe

Ask = Callable[[Request], Awaitable[bytes]]

_VENDOR, _PRODUCT, _REVISION, _PRODUCT_NAME, _MODEL_NAME = 0, 1, 2, 4, 5
_CATEGORIES: Final = (1, 2)
_MOST_ANSWERS: Final = 8
"""Answers that one category may be spread over; a device that goes on telling of more is not believed."""

_READABLE: Final = re.compile(rb"[ -~]{3,}")


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a device said of itself, and by which request it can be asked again whether it is still there."""

    identity: DeviceIdentity
    probes: tuple[Probe, ...]


async def introduce(ask: Ask, points: Mapping[str, Point], *, functions: frozenset[Function], alive: Request | None) -> Introduction:
    """Ask a device who it is.

    Args:
        ask: carries one request.
        points: the registers of ``identity_registers``.
        functions: which of the functions 43 and 17 may be asked.
        alive: a read that the device must answer, be it with an exception; None where no tag is registered.

    Raises:
        DeviceOfflineError: no answer, or the connection was lost.
        FrameError: an answer cannot be understood.
    """
    told: dict[str, str] = {}
    probes: list[Probe] = []
    if Function.ENCAPSULATED_INTERFACE in functions:
        told = await _by_identification(ask, probes)
    if not probes:
        # Some devices are silent where the standard asks for an exception. Whether this one is there at all, its registers tell.
        await _must_live(ask, alive)
    if Function.REPORT_SERVER_ID in functions and not told.get("model"):
        told["model"] = await _server_text(ask, probes)
    for name, point in points.items():
        told[name] = await _content(ask, point)
    return Introduction(DeviceIdentity(told.get("model", ""), told.get("serial_number", ""), told.get("firmware", "")), tuple(probes))


async def _by_identification(ask: Ask, probes: list[Probe]) -> dict[str, str]:
    objects: dict[int, str] = {}
    try:
        for category in _CATEGORIES:
            objects |= await _objects(ask, category, probes)
    except ExceptionAnswerError as error:
        if not probes and not error.unreachable:
            probes.append(Probe(read_device_identification(_CATEGORIES[0])))  # an exception is an answer, too
    except NoAnswerError:
        return {}
    model = " ".join(filter(None, (objects.get(number, "") for number in (_VENDOR, _PRODUCT, _PRODUCT_NAME, _MODEL_NAME))))
    return {"model": model, "firmware": objects.get(_REVISION, "")}


async def _objects(ask: Ask, category: int, probes: list[Probe]) -> dict[int, str]:
    objects: dict[int, str] = {}
    next_object = 0
    for _ in range(_MOST_ANSWERS):
        request = read_device_identification(category, next_object)
        body = await ask(request)
        if not probes:
            probes.append(Probe(request, body))
        part = identification(body)
        objects |= {number: _text(content) for number, content in part.objects.items()}
        if part.next_object is None:
            return objects
        next_object = part.next_object
    raise FrameError("The device does not come to an end with its identification.")


async def _server_text(ask: Ask, probes: list[Probe]) -> str:
    """The readable part of the server id. Its bytes that are no text hold the run indicator, which changes whenever somebody stops the program."""
    request = report_server_id()
    try:
        body = await ask(request)
    except ExceptionAnswerError as error:
        if not error.unreachable:
            probes.append(Probe(request))
        return ""
    except NoAnswerError:
        return ""
    except DeviceOfflineError as error:
        raise DeviceOfflineError(
            error.message, remedy="If the device always breaks off when it is identified, register its option identify=mei."
        ) from error
    probes.append(Probe(request))
    return " ".join(_text(part) for part in _READABLE.findall(body[1:]))


async def _content(ask: Ask, point: Point) -> str:
    """What stands in registered registers; empty where the device has none there."""
    try:
        value, _ = point.value(await ask(read(point.table, point.address, point.count)), point.address)
    except ExceptionAnswerError as error:
        _refuse_unreachable(error)
        return ""
    return "" if value is None else str(value)


async def _must_live(ask: Ask, alive: Request | None) -> None:
    if alive is None:
        raise DeviceOfflineError("The device does not answer, and no tag is registered by which it could be asked.")
    try:
        await ask(alive)
    except ExceptionAnswerError as error:
        _refuse_unreachable(error)


def _refuse_unreachable(error: ExceptionAnswerError) -> None:
    if error.unreachable:
        raise DeviceOfflineError("The gateway before the device does not reach it.") from error


def _text(content: bytes) -> str:
    """Readable characters; anything else shows as its number, so that two devices that differ never look alike."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in content).strip()
