"""What may be asked about the register of devices (URS J01, J03, J05, J08; PR-01). Numbers are decimal texts, empty where there is none."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterDevice(Command):
    """Add a device with the identity that it must answer with. ``options`` is a JSON object of texts, as the driver asks for them.

    ``unit``, ``readability``, ``capacity`` and ``minimum_weight`` are a scale's; empty for other devices. A scale begins without calibration and
    without a passed check: nothing is weighed on it before both are recorded.
    """

    device_id: str
    title: str
    line: str
    protocol: str
    address: str
    model: str
    serial_number: str
    firmware: str
    options: str = "{}"
    poll_ms: int = 100
    unit: str = ""
    readability: str = ""
    capacity: str = ""
    minimum_weight: str = ""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDevice(Command):
    """Change how a device is reached and checked. Its identity changes by ``AcceptDeviceIdentity`` alone."""

    device_id: str
    title: str
    address: str
    options: str
    poll_ms: int
    write_enabled: bool
    check_profile: str
    process_tolerance: str
    safety_factor: str
    check_every_hours: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireDevice(Command):
    """Take a device out of the station for good. Its history stays."""

    device_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptDeviceIdentity(Command):
    """Register another serial number or firmware for a device, because it was exchanged or updated.

    Another serial number is another instrument: its calibration and checks begin anew. Another firmware needs a new check.
    """

    device_id: str
    model: str
    serial_number: str
    firmware: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDevice(Command):
    """Take a device out of use at once. One person does this alone; two return it (URS J07)."""

    device_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDeviceToUse(Command):
    """Use a held device again, with the reason why it can be trusted."""

    device_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTag(Command):
    """Register a tag of a device, or change it. See ``TagConfig`` for the fields; ``shift`` is its offset.

    ``alarm_low`` and ``alarm_high`` raise an alarm of ``alarm_priority`` beyond them; empty for none.
    """

    tag_id: str
    device_id: str
    address: str
    data_type: str
    unit: str = ""
    scale: str = "1"
    shift: str = "0"
    low: str = ""
    high: str = ""
    deadband: str = "0"
    sampling_ms: int = 500
    writable: bool = False
    word_order: str = "big"
    byte_order: str = "big"
    length: int = 0
    alarm_low: str = ""
    alarm_high: str = ""
    alarm_priority: int = 3
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireTag(Command):
    """Hear a tag no more. What was heard stays."""

    tag_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCertificate(Command):
    """The station notes a certificate that a device showed and that nobody trusts yet. ``der`` is hex."""

    device_id: str
    thumbprint: str
    der: str
    subject_name: str
    not_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustCertificate(Command):
    """Trust a certificate that a device showed, after its thumbprint was compared at the device itself."""

    device_id: str
    thumbprint: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCertificate(Command):
    """Trust a certificate no more, at once and for good."""

    device_id: str
    thumbprint: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteTag(Command):
    """Write a value to a tag, once, if the device still has ``value_before`` (as text). The station carries it out after the approval (URS J05, K03).

    With ``request_tag`` and ``acknowledge_tag`` the PLC must confirm it by a counter.
    """

    device_id: str
    tag_id: str
    value: str
    value_before: str
    request_tag: str = ""
    acknowledge_tag: str = ""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginWrite(Command):
    """The station is about to send an approved write."""

    write_id: str
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndWrite(Command):
    """The station notes what came of an approved write: ``done``, ``refused`` or ``indeterminate``."""

    write_id: str
    device_id: str
    outcome: str
    found: str = ""
    read_back: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDeviceClock(Command):
    """The station compared a device's clock with its own. ``offset_ms`` is the device's time minus the station's (URS C12)."""

    device_id: str
    offset_ms: int
    limit_ms: int
