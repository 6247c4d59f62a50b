"""What must hold before the register of devices changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Protocol, cast

from jope.compliance.commands import GuardContext, GuardVerdict
from jope.kernel.errors import JopeError
from jope.kernel.units import MASS_UNITS, parse_decimal
from jope.plant.devices.model import Device, DeviceCertificate, DeviceTag
from jope.plant.devices.ports import DeviceConfig
from jope.plant.devices.printing import PRINTER_PROTOCOLS
from jope.plant.devices.registry import commands as c
from jope.plant.devices.registry.rows import DEVICE_COLUMNS, TAG_COLUMNS, device_config, options_of, tag_config, value_of
from jope.plant.devices.tags import TagType

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_TAG_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")
_CHECKS: Final = "11.10(h)"
_211_68: Final = "211.68(b)"
_SHOWN_WEIGHT: Final = ("unit", "readability", "capacity", "minimum_weight")


class DeviceTrial(Protocol):
    """Says whether a configuration could be used, without connecting anything; implemented by the composition root from the installed drivers."""

    def fault(self, config: DeviceConfig) -> str:
        """Why the driver refuses the configuration, empty where it takes it."""


def _verdict(guard: str, what: str, remedy: str, clause: str = _CHECKS) -> GuardVerdict:
    return GuardVerdict(guard, what, remedy, clause)


def reason_is_given(command: Any, context: GuardContext) -> GuardVerdict | None:
    """Why."""
    return None if command.reason.strip() else _verdict("reason_is_given", "A reason is missing.", "Write why.", "11.10(e)")


def device_is_there(command: Any, context: GuardContext) -> GuardVerdict | None:
    """It is registered, and was not retired."""
    device = context.session.get(Device, command.device_id)
    if device is None:
        return _verdict("device_is_there", f"There is no device {command.device_id}.", "Check the id.")
    if device.retired_us is not None:
        return _verdict("device_is_there", f"{command.device_id} was retired.", "Register another one.")
    return None


def device_is_new(command: c.RegisterDevice, context: GuardContext) -> GuardVerdict | None:
    """An id belongs to one device for ever."""
    if not _ID.fullmatch(command.device_id):
        return _verdict("device_is_new", "A device's id is up to 40 letters, digits, points and hyphens.", "Write it so.")
    if context.session.get(Device, command.device_id) is not None:
        return _verdict("device_is_new", f"{command.device_id} was given before.", "Choose another id.")
    return None


def scale_is_whole(command: c.RegisterDevice, context: GuardContext) -> GuardVerdict | None:
    """What weighs has unit, readability, capacity and minimum weight; what does not has none of them."""
    given = [name for name in _SHOWN_WEIGHT if getattr(command, name)]
    if not given:
        return None
    try:
        whole = len(given) == len(_SHOWN_WEIGHT) and command.unit in MASS_UNITS
        readability, capacity, minimum = (parse_decimal(getattr(command, name)) for name in _SHOWN_WEIGHT[1:])
    except JopeError:
        whole = False
    if whole and 0 < readability <= minimum < capacity:
        return None
    return _verdict(
        "scale_is_whole", "A scale needs unit, readability, minimum weight and capacity, each larger than the one before.", "Complete them."
    )


def checks_are_well_formed(command: c.ChangeDevice, context: GuardContext) -> GuardVerdict | None:
    """A profile of checks, its tolerance in percent and its safety factor can be what they say."""
    try:
        tolerance = parse_decimal(command.process_tolerance) if command.process_tolerance else None
        factor = parse_decimal(command.safety_factor)
    except JopeError:
        tolerance, factor = None, parse_decimal("0")
    known = command.check_profile in ("usp", "ph_eur", "process") and 0 <= command.check_every_hours <= 8784 and factor >= 1
    if known and (command.check_profile != "process" or (tolerance is not None and 0 < tolerance <= 10)):
        return None
    return _verdict(
        "checks_are_well_formed",
        "Profile, tolerance (per cent), safety factor or interval of the checks is malformed.",
        "Correct it.",
        "211.68(a)",
    )


def _trial(context: GuardContext, make: Callable[[], DeviceConfig], guard: str) -> GuardVerdict | None:
    try:
        fault = cast("DeviceTrial", context.ports["device_trial"]).fault(make())
    except JopeError as error:
        fault = error.message
    return _verdict(guard, fault, "Correct the configuration.") if fault else None


def _stored(context: GuardContext, device_id: str) -> tuple[list[Any], list[list[Any]]]:
    cursor = context.session.cursor
    device = list(cursor.execute(f"SELECT {DEVICE_COLUMNS} FROM device WHERE device_id = ?", (device_id,)).fetchone())
    sql = f"SELECT {TAG_COLUMNS} FROM device_tag WHERE device_id = ? AND retired_us IS NULL ORDER BY tag_id"
    return device, [list(row) for row in cursor.execute(sql, (device_id,)).fetchall()]


def configuration_is_usable(command: c.RegisterDevice | c.ChangeDevice, context: GuardContext) -> GuardVerdict | None:
    """The installed driver takes the configuration: protocol, address and options."""

    def make() -> DeviceConfig:
        options_of(command.options)
        if isinstance(command, c.RegisterDevice):
            row = (
                command.device_id, command.protocol, command.address, command.model, command.serial_number, command.firmware, command.unit,
                command.readability, command.options, command.poll_ms, 0,
            )  # fmt: skip
            return device_config(row, ())
        device, tags = _stored(context, command.device_id)
        device[2], device[8], device[9], device[10] = command.address, command.options, command.poll_ms, int(command.write_enabled)
        return device_config(device, tags)

    if not 20 <= command.poll_ms <= 60_000:
        return _verdict("configuration_is_usable", "A device is asked every 20 to 60,000 ms.", "Choose another interval.")
    if isinstance(command, c.ChangeDevice) and context.session.get(Device, command.device_id) is None:
        return device_is_there(command, context)
    return _trial(context, make, "configuration_is_usable")


def tag_is_usable(command: c.SetTag, context: GuardContext) -> GuardVerdict | None:
    """The tag belongs to this device alone, and the installed driver takes it."""
    known = context.session.get(DeviceTag, command.tag_id)
    if known is not None and (known.device_id != command.device_id or known.retired_us is not None):
        return _verdict("tag_is_usable", f"The tag {command.tag_id} was given before.", "Choose another name.")
    if not _TAG_ID.fullmatch(command.tag_id):
        return _verdict("tag_is_usable", "A tag's name is up to 80 letters, digits, points, colons, slashes and hyphens.", "Write it so.")

    def make() -> DeviceConfig:
        device, tags = _stored(context, command.device_id)
        for text in (command.alarm_low, command.alarm_high):
            if text:
                parse_decimal(text)
        row = [
            command.tag_id, command.address, command.data_type, command.unit, command.scale, command.shift, command.low, command.high, command.deadband,
            command.sampling_ms, int(command.writable), command.word_order, command.byte_order, command.length,
        ]  # fmt: skip
        tag_config(row)
        return device_config(device, [*(tag for tag in tags if tag[0] != command.tag_id), row])

    if context.session.get(Device, command.device_id) is None:
        return device_is_there(command, context)
    if not (20 <= command.sampling_ms <= 3_600_000 and 0 <= command.length <= 125 and 1 <= command.alarm_priority <= 4):
        return _verdict("tag_is_usable", "Sampling interval, length or alarm priority is out of range.", "Correct it.")
    return _trial(context, make, "tag_is_usable")


def tag_is_there(command: Any, context: GuardContext) -> GuardVerdict | None:
    """The tag is registered, and heard."""
    tag = context.session.get(DeviceTag, command.tag_id)
    if tag is not None and tag.retired_us is None:
        return None
    return _verdict("tag_is_there", f"There is no tag {command.tag_id}.", "Check the name.")


def identity_is_another(command: c.AcceptDeviceIdentity, context: GuardContext) -> GuardVerdict | None:
    """Something is another than registered."""
    device = context.session.get(Device, command.device_id)
    if device is None or (device.serial_number, device.firmware) != (command.serial_number, command.firmware):
        return None
    if device.protocol in PRINTER_PROTOCOLS and device.model != command.model:
        return None
    return _verdict("identity_is_another", "The device is registered so already.", "Nothing is left to do.")


def device_is_in_use(command: c.HoldDevice, context: GuardContext) -> GuardVerdict | None:
    """What is held already is not held again."""
    device = context.session.get(Device, command.device_id)
    if device is None or not device.held_reason:
        return None
    return _verdict("device_is_in_use", f"{command.device_id} is held already.", "Nothing is left to do.")


def device_is_held(command: c.ReturnDeviceToUse, context: GuardContext) -> GuardVerdict | None:
    """Only a held device is returned."""
    device = context.session.get(Device, command.device_id)
    if device is None or device.held_reason:
        return None
    return _verdict("device_is_held", f"{command.device_id} is in use.", "Nothing is left to do.")


def device_is_proven_again(command: c.ReturnDeviceToUse, context: GuardContext) -> GuardVerdict | None:
    """A scale has passed its check again before it is returned (URS J07)."""
    device = context.session.get(Device, command.device_id)
    if device is None or not device.unit or device.check_passed:
        return None
    return _verdict("device_is_proven_again", "The last check of this scale did not pass.", "Repeat the balance check.", "211.160(b)(4)")


def certificate_can_be_trusted(command: c.TrustCertificate, context: GuardContext) -> GuardVerdict | None:
    """The device showed it, and it is neither trusted nor revoked."""
    found = certificate_named(command, context)
    if found is not None and found.state == "seen":
        return None
    what = "This device showed no such certificate." if found is None else f"The certificate is {found.state}."
    return _verdict("certificate_can_be_trusted", what, "Connect the device, and compare the thumbprint it shows.", _211_68)


def certificate_is_known(command: c.RevokeCertificate, context: GuardContext) -> GuardVerdict | None:
    """The device showed it, and it was not revoked before."""
    found = certificate_named(command, context)
    if found is not None and found.state != "revoked":
        return None
    return _verdict("certificate_is_known", "There is no such certificate to revoke.", "Check the thumbprint.", _211_68)


def certificate_named(command: Any, context: GuardContext) -> DeviceCertificate | None:
    """The certificate of a device by its thumbprint."""
    return context.session.get(DeviceCertificate, certificate_id(command.device_id, command.thumbprint))


def certificate_id(device_id: str, thumbprint: str) -> str:
    """The id of a certificate's row."""
    return f"{device_id}:{thumbprint}"


def tag_may_be_written(command: c.WriteTag, context: GuardContext) -> GuardVerdict | None:
    """The tag is the device's, both are set writable, and both values are of its type (URS J05)."""
    device, tag = context.session.get(Device, command.device_id), context.session.get(DeviceTag, command.tag_id)
    if device is None or tag is None or tag.device_id != command.device_id or tag.retired_us is not None:
        return _verdict("tag_may_be_written", f"{command.device_id} has no tag {command.tag_id}.", "Check the name.", _211_68)
    if not (device.write_enabled and tag.writable):
        return _verdict("tag_may_be_written", f"{command.tag_id} is read-only.", "Have the device and the tag set writable.", _211_68)
    if bool(command.request_tag) != bool(command.acknowledge_tag):
        return _verdict("tag_may_be_written", "A handshake names two tags.", "Name both, or none.", _211_68)
    try:
        for text in (command.value, command.value_before):
            value_of(text, TagType(tag.data_type))
    except JopeError as error:
        return _verdict("tag_may_be_written", error.message, "Write a value of the tag's type.", _211_68)
    for name in filter(None, (command.request_tag, command.acknowledge_tag)):
        other = context.session.get(DeviceTag, name)
        if other is None or other.device_id != command.device_id:
            return _verdict("tag_may_be_written", f"{command.device_id} has no tag {name}.", "Check the handshake.", _211_68)
    return None
