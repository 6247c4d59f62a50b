"""What may be asked about devices."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordScaleAction(Command):
    """Write down that a scale was zeroed or tared, with the frame that it answered."""

    device_id: str
    action: str
    batch_no: str
    raw_frame: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeviceState(Command):
    """The station notes that a device came online, was lost, or answers with another identity."""

    device_id: str
    state: str
    serial_number: str
    firmware: str
    message: str
