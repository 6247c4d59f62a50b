"""Rows of the register as a driver is given them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from jope.kernel.errors import SettingsError
from jope.kernel.units import parse_decimal
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity
from jope.plant.devices.tags import Credentials, TagConfig, TagScalar, TagType

DEVICE_COLUMNS: Final = "device_id, protocol, address, model, serial_number, firmware, unit, readability, options, poll_ms, write_enabled"
TAG_COLUMNS: Final = (
    "tag_id, address, data_type, unit, scale, shift, low, high, deadband, sampling_ms, writable, word_order, byte_order, length"
)


def options_of(text: str) -> dict[str, str]:
    """The options of a device from their stored text.

    Raises:
        SettingsError: it is no JSON object of texts.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise SettingsError(f"The options are no JSON: {error}.", remedy='Write them as {"name": "value"}.') from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise SettingsError("The options are no JSON object of texts.", remedy='Write them as {"name": "value"}.')
    return {str(key): value for key, value in found.items()}


def device_config(device: Sequence[Any], tags: Sequence[Sequence[Any]], trusted: Sequence[str] = ()) -> DeviceConfig:
    """A device's configuration from its row (``DEVICE_COLUMNS``), the rows of its tags (``TAG_COLUMNS``) and the certificates it may show, DER in hex.

    Raises:
        SettingsError, QuantityError: a row holds what no driver can use.
    """
    device_id, protocol, address, model, serial, firmware, unit, readability, options, poll_ms, write_enabled = device
    given = options_of(options)
    if unit:
        given |= {"unit": unit, "readability": readability}
    return DeviceConfig(
        device_id,
        protocol,
        address,
        DeviceIdentity(model, serial, firmware),
        given,
        poll_seconds=poll_ms / 1000,
        tags=tuple(tag_config(tag) for tag in tags),
        credentials=Credentials(trusted_der=tuple(bytes.fromhex(der) for der in trusted)),
        write_enabled=bool(write_enabled),
    )


def tag_config(tag: Sequence[Any]) -> TagConfig:
    """A tag's configuration from its row.

    Raises:
        QuantityError, SettingsError: the row holds what no driver can use.
    """
    tag_id, address, data_type, unit, scale, shift, low, high, deadband, sampling_ms, writable, word_order, byte_order, length = tag
    try:
        kind = TagType(data_type)
    except ValueError as error:
        raise SettingsError(f"'{data_type}' is no type of a tag.", remedy="Use one of: " + ", ".join(TagType) + ".") from error
    return TagConfig(
        tag_id, address, kind, unit, parse_decimal(scale), parse_decimal(shift), _limit(low), _limit(high), parse_decimal(deadband), sampling_ms,
        bool(writable), word_order, byte_order, length,
    )  # fmt: skip


def _limit(text: str) -> Decimal | None:
    return parse_decimal(text) if text else None


def value_of(text: str, kind: TagType) -> TagScalar:
    """A value that a person typed, in the type of its tag. Scaled numbers are decimals.

    Raises:
        QuantityError: the text is no value of this type.
    """
    if kind is TagType.STRING:
        return text
    if kind is TagType.BOOLEAN:
        if text not in ("true", "false"):
            raise SettingsError(f"'{text[:40]}' is neither 'true' nor 'false'.", remedy="Write one of them.")
        return text == "true"
    return parse_decimal(text)


def text_of(value: TagScalar | None) -> str:
    """A value as a person reads it, and as ``value_of`` takes it back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
