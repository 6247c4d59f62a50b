"""The one place where an approved write leaves for a device (URS J05, K03; 21 CFR 211.68(b)).

A write is noted as sent before it is sent, and never sent twice: what was under way when the station stopped is noted as not known at the next start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from jope.compliance.commands import Command
from jope.kernel.errors import DeviceError, DeviceIndeterminateError, JopeError
from jope.plant.devices.ports import Gateway
from jope.plant.devices.registry.commands import BeginWrite, EndWrite
from jope.plant.devices.registry.rows import text_of, value_of
from jope.plant.devices.tags import Handshake, TagType, WriteRequest

_OPEN: Final = (
    "SELECT w.id, w.device_id, w.tag_id, w.value, w.value_before, w.request_tag, w.acknowledge_tag, w.state, t.data_type FROM device_write w "
    "JOIN device_tag t ON t.tag_id = w.tag_id WHERE w.ended_us IS NULL ORDER BY w.approved_us"
)
Ask = Callable[[str, tuple[Any, ...]], Sequence[Any]]


class ApprovedWrites:
    """Sends what two people approved. Called in a thread of the station that may wait."""

    def __init__(self, ask: Ask, dispatch: Callable[[Command], object], gateway: Callable[[], Gateway | None]) -> None:
        self._ask = ask
        self._dispatch = dispatch
        self._gateway = gateway

    def settle_past(self) -> None:
        """At start: what was not sent is not sent any more, and of what was sent nobody knows."""
        for row in self._ask(_OPEN, ()):
            sent = row[7] == "sent"
            message = "The station stopped while it was under way." if sent else "The station stopped before it was sent."
            self._dispatch(EndWrite(write_id=row[0], device_id=row[1], outcome="indeterminate" if sent else "refused", message=message))

    def send(self) -> None:
        """Send what is approved and not sent yet, one after the other."""
        for row in self._ask(_OPEN, ()):
            if row[7] == "approved":
                self._send(*row)

    def _send(
        self,
        write_id: str,
        device_id: str,
        tag_id: str,
        value: str,
        before: str,
        request: str,
        acknowledge: str,
        _state: str,
        data_type: str,
    ) -> None:
        self._dispatch(BeginWrite(write_id=write_id, device_id=device_id))
        gateway = self._gateway()
        outcome, found, read_back, message = "refused", "", "", ""
        try:
            if gateway is None:
                raise DeviceError("No device is connected to this station.")
            kind = TagType(data_type)
            receipt = gateway.write(
                WriteRequest(
                    approval_ref=write_id,
                    device_id=device_id,
                    tag_id=tag_id,
                    value=value_of(value, kind),
                    before=value_of(before, kind),
                    handshake=Handshake(request, acknowledge) if request else None,
                )
            )
            outcome, found, read_back = "done", text_of(receipt.before), text_of(receipt.after)
        except DeviceIndeterminateError as error:
            outcome, message = "indeterminate", error.message
        except JopeError as error:
            message = error.message
        self._dispatch(EndWrite(write_id=write_id, device_id=device_id, outcome=outcome, found=found, read_back=read_back, message=message))
