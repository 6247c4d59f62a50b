"""What may be asked about devices."""

from __future__ import annotations

from dataclasses import dataclass

from jope.compliance.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class AskScaleAction(Command):
    """Zero or tare a scale for a running batch: who may do so is settled, and written down, before the scale is asked."""

    device_id: str
    action: str
    batch_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordScaleAction(Command):
    """Write down what a scale answered when it was zeroed or tared. The answer is the gateway's, named by its receipt; nobody types it."""

    device_id: str
    batch_no: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeviceState(Command):
    """The station notes that a device came online, was lost, or answers with another identity."""

    device_id: str
    state: str
    serial_number: str
    firmware: str
    message: str
    connected: bool = False
    """Whether this is a new connection, and not the same one with usable frames again."""
    tare: str = ""
    """The tare that the scale holds, as it said on connecting; empty where it did not say."""
