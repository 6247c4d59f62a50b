"""What the gateway hears becomes events of the station: a device that comes online, is lost, or answers with another identity.

The gateway's thread must never wait, so state changes are only told here; the station's own thread dispatches them. ``GatewayPort`` is the
other direction: what handlers may know of the gateway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jope.compliance.commands import Command
from jope.kernel.clock import Clock, Instant
from jope.kernel.errors import DeviceError, RefusedError
from jope.kernel.ids import new_id
from jope.plant.devices.commands import RecordDeviceState
from jope.plant.devices.ports import ActionReceipt, DeviceState, DeviceStatus, Gateway, Reading, ScaleAction
from jope.plant.devices.registry.certificates import facts_of
from jope.plant.devices.registry.commands import NoteCertificate

_TOLD = (
    DeviceState.ONLINE, DeviceState.GATED, DeviceState.BACKOFF, DeviceState.DEGRADED, DeviceState.RECOVERING, DeviceState.FAULTED,
)  # fmt: skip


class StateEvents:
    """The gateway's sink."""

    def __init__(self, tell: Callable[[Command], None]) -> None:
        self._tell = tell
        self._last: dict[str, tuple[object, ...]] = {}
        self._connections: dict[str, int] = {}

    def reading(self, reading: Reading) -> None:
        """Readings stay in the gateway; whoever needs one names it by its number."""

    def status(self, status: DeviceStatus) -> None:
        """Tell of a change that people must know of."""
        connected = (
            status.state in (DeviceState.ONLINE, DeviceState.DEGRADED) and self._connections.get(status.device_id, 0) != status.connection
        )
        key = _told_by(status)
        if status.state not in _TOLD or (self._last.get(status.device_id) == key and not connected):
            return
        self._last[status.device_id] = key
        if status.state is DeviceState.FAULTED and status.certificate_der:
            self._tell_certificate(status.device_id, status.certificate_der)
        if connected:
            self._connections[status.device_id] = status.connection
        who, tare = status.identity, status.tare
        self._tell(
            RecordDeviceState(
                device_id=status.device_id,
                state=status.state.value,
                serial_number=who.serial_number if who is not None else "",
                firmware=who.firmware if who is not None else "",
                message=status.message,
                connected=connected,
                tare=f"{tare.value:f}" if connected and tare is not None else "",
            )
        )

    def _tell_certificate(self, device_id: str, der: bytes) -> None:
        facts = facts_of(der)
        self._tell(
            NoteCertificate(
                device_id=device_id, thumbprint=facts.thumbprint, der=der.hex(), subject_name=facts.subject, not_after=facts.not_after
            )
        )


def _told_by(status: DeviceStatus) -> tuple[object, ...]:
    """What makes a state another one for people: who answers while it is held, and which certificate it shows while it is not let in."""
    match status.state:
        case DeviceState.GATED:
            return (status.state, status.identity)
        case DeviceState.FAULTED:
            return (status.state, status.certificate_der)
        case DeviceState.DEGRADED:
            return (status.state, status.message)
    return (status.state,)


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """What came of an action at a scale, under a number that a command can name. ``error`` stands where the scale gave no receipt."""

    number: str
    receipt: ActionReceipt
    error: DeviceError | None


class GatewayPort:
    """The gateway as handlers see it. Before it runs there is no device."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._receipts: dict[str, KeptReceipt] = {}
        self.gateway: Gateway | None = None
        self.started: Instant | None = None
        """When this run's readings began to count from 1."""

    def same_run(self, utc_us: int, mono_us: int) -> bool:
        """Whether something happened since the gateway of this process started, on both clocks."""
        return self.started is not None and utc_us >= self.started.utc_us and mono_us >= self.started.mono_us

    def present(self) -> Gateway:
        """The gateway.

        Raises:
            RefusedError: the station runs without devices.
        """
        if self.gateway is None:
            raise RefusedError("No device is connected to this station.", remedy="Start the client with its drivers.")
        return self.gateway

    def reading(self, device_id: str, number: int) -> Reading | None:
        """A reading by its number."""
        return self.present().reading(device_id, number)

    def status(self, device_id: str) -> DeviceStatus:
        """The device's state."""
        return self.present().status(device_id)

    def unloaded_since(self, device_id: str, number: int) -> bool:
        """Whether the load changed."""
        return self.present().unloaded_since(device_id, number)

    def act(self, device_id: str, action: ScaleAction) -> KeptReceipt:
        """Carry out an action and keep what the scale answered until it is written down. Blocks; never called on the command thread.

        Raises:
            RefusedError: the station runs without devices.
        """
        error: DeviceError | None = None
        try:
            receipt = self.present().act(device_id, action)
        except DeviceError as failed:
            error = failed
            receipt = ActionReceipt(device_id, action, False, failed.message, self._clock.now())
        kept = KeptReceipt(new_id(), receipt, error)
        self._receipts[kept.number] = kept
        return kept

    def receipt(self, number: str) -> ActionReceipt | None:
        """A receipt that is not written down yet, None for any other number."""
        kept = self._receipts.get(number)
        return None if kept is None else kept.receipt

    def written_down(self, number: str) -> None:
        """A receipt is evidence once."""
        self._receipts.pop(number, None)
