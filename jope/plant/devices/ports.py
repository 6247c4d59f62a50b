"""What the plant needs of devices, and what a driver is given. Drivers implement ``Driver`` and hear nothing of stores, commands or Qt.

Values travel with their unit, quality, times and raw frame, never alone (URS F14, J01, J08; P11-09).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from jope.kernel.clock import Clock, Instant
from jope.kernel.units import Quantity
from jope.plant.devices.tags import (
    BrowseNode,
    Credentials,
    DriverHealth,
    GapRecord,
    TagBatch,
    TagConfig,
    TagDriverFactory,
    TagValue,
    WriteReceipt,
    WriteRequest,
)

if TYPE_CHECKING:
    from jope.kernel.store.rows import RowSession
    from jope.plant.devices.printing import PrinterFactory, PrinterStatus, PrintReceipt, PrintRequest


class Quality(StrEnum):
    """Quality of a reading, named after the OPC-UA status classes."""

    GOOD = "good"
    UNCERTAIN = "uncertain"
    BAD = "bad"


class DeviceState(StrEnum):
    """Where a device's driver stands. Only ONLINE delivers values that may be used."""

    DISABLED = "disabled"
    CONNECTING = "connecting"
    IDENTIFYING = "identifying"
    GATED = "gated"
    """Another device answers than the registered one: serial number or firmware differ."""
    SYNCING = "syncing"
    """Connected and identified; not every tag has told its first value yet."""
    ONLINE = "online"
    DEGRADED = "degraded"
    """Frames arrive, but cannot be understood or come late, or some tags are missing."""
    RECOVERING = "recovering"
    """The connection was lost; the driver takes up the same session again, to get what the server kept."""
    QUARANTINE = "quarantine"
    """An answer stayed out: until the line is silent and drained nothing is believed, so that a late answer is never taken for a fresh one."""
    BACKOFF = "backoff"
    """The connection is lost; the driver tries again by itself."""
    FAULTED = "faulted"
    """Certificate or account are refused. Trying again would not help and might lock an account; a person has to act."""
    STOPPING = "stopping"


class ScaleAction(StrEnum):
    """What a scale can be told to do."""

    ZERO = "zero"
    TARE = "tare"


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """Who answers at the other end: manufacturer's model, serial number and firmware as the device states them."""

    model: str
    serial_number: str
    firmware: str


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device as the station registered it. ``address`` is the driver's own, for example ``/dev/ttyUSB0`` or ``COM3``."""

    device_id: str
    protocol: str
    address: str
    expected: DeviceIdentity | None
    options: Mapping[str, str] = field(default_factory=dict)
    poll_seconds: float = 0.1
    tags: tuple[TagConfig, ...] = ()
    credentials: Credentials = field(default_factory=Credentials)
    write_enabled: bool = False
    """The device's own switch for writing (URS J05); without it no approved write reaches the device."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One weight as the scale sent it.

    ``number`` counts up by one per device and connection of the station, so that a reading can be named later. ``source_time`` is the instant at which the
    frame was complete (scales send no time of their own). ``raw_frame`` is the line without its terminator, ``frame_hash`` its SHA-256 in hex.
    A reading with quality ``BAD`` has no quantity.
    """

    device_id: str
    number: int
    quantity: Quantity | None
    quality: Quality
    stable: bool
    source_time: Instant
    raw_frame: str
    frame_hash: str
    identity: DeviceIdentity
    detail: str = ""
    """Why the quality is not good, as a stable word: ``overload``, ``underload``, ``busy``, ``garbled``, ``wrong_unit``, ``offline``."""


@dataclass(frozen=True, slots=True)
class ActionReceipt:
    """What the scale answered to an action, with the raw frame as evidence."""

    device_id: str
    action: ScaleAction
    done: bool
    raw_frame: str
    time: Instant
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """The state of a device as its driver sees it."""

    device_id: str
    state: DeviceState
    identity: DeviceIdentity | None
    since: Instant
    message: str = ""
    reconnects: int = 0
    garbled_frames: int = 0
    connection: int = 0
    """Counts up with each connection."""
    tare: Quantity | None = None
    """The tare that the device held when this connection began, None where it did not say."""
    certificate_der: bytes = b""
    """The certificate that the device showed and that is not trusted, while the state is FAULTED."""
    health: DriverHealth | None = None
    """How the driver of a device with tags fares, None for others and before the first connection."""


@dataclass(frozen=True, slots=True)
class NewestValue:
    """The newest value of a tag and when it was heard."""

    value: TagValue
    received: Instant


class Driver(Protocol):
    """One device. All methods run in the gateway's asyncio loop; blocking I/O belongs in a thread of the driver's own.

    ``readings`` yields until ``close``; a lost connection ends the iterator with ``DeviceOfflineError``.
    """

    async def connect(self) -> None:
        """Open the line.

        Raises:
            DeviceOfflineError: it cannot be opened.
        """

    async def identify(self) -> DeviceIdentity:
        """Ask the device who it is.

        Raises:
            DeviceOfflineError: no answer.
            FrameError: the answer cannot be understood.
        """

    async def tare(self) -> Quantity | None:
        """Ask which tare the device holds; None where it does not say.

        Raises:
            DeviceOfflineError: no answer.
        """

    def readings(self) -> AsyncIterator[Reading]:
        """Poll the device and yield every frame as a reading, the unusable ones too."""

    async def act(self, action: ScaleAction) -> ActionReceipt:
        """Carry out an action once. Never repeated by itself.

        Raises:
            DeviceRefusedError: the device said no.
            DeviceIndeterminateError: no answer in time.
        """

    async def close(self) -> None:
        """Let go of the line. May be called twice."""


DriverFactory = Callable[[DeviceConfig, Clock], Driver]


class DeviceSink(Protocol):
    """Where the gateway puts what it hears. Called in the gateway's thread; an implementation must be quick and thread-safe."""

    def reading(self, reading: Reading) -> None:
        """A frame arrived."""

    def status(self, status: DeviceStatus) -> None:
        """A device changed its state."""

    def values(self, device_id: str, batch: TagBatch) -> bool:
        """Values of a device with tags. False where they cannot be taken: the device is let go of, so that it keeps what follows itself."""

    def gap(self, device_id: str, gap: GapRecord) -> None:
        """Values of a device were lost for good."""


class Gateway(Protocol):
    """One thread with one asyncio loop for all devices. All methods may be called from any thread."""

    def start(self, sink: DeviceSink) -> None:
        """Begin to connect every device. The sink is wired before the first frame."""

    def newest(self, device_id: str) -> Reading | None:
        """The newest reading, None before the first."""

    def reading(self, device_id: str, number: int) -> Reading | None:
        """A reading by its number, as long as it is among the last thousand; so that a command can name what the person saw."""

    def status(self, device_id: str) -> DeviceStatus:
        """The device's state."""

    def unloaded_since(self, device_id: str, number: int) -> bool:
        """True when the load changed after reading ``number``: some later stable frame differed by more than five divisions (URS F08)."""

    def act(self, device_id: str, action: ScaleAction, *, timeout_seconds: float = 5.0) -> ActionReceipt:
        """Carry out an action and wait for its receipt. Blocks: call it from a worker thread, never from the GUI or the command thread.

        Raises:
            DeviceError: offline, refused or indeterminate.
        """

    def newest_values(self, device_id: str) -> Mapping[str, NewestValue]:
        """The newest value of each tag of a device, empty before the first and for scales."""

    def write(self, request: WriteRequest, *, timeout_seconds: float = 15.0) -> WriteReceipt:
        """Carry out an approved write once and wait for its receipt. Blocks: call it from a worker thread, never from the GUI or the command thread.

        Raises:
            DeviceError: offline, refused or indeterminate.
        """

    def browse(self, device_id: str, address: str = "", *, timeout_seconds: float = 10.0) -> tuple[BrowseNode, ...]:
        """What a device offers below an address. Blocks.

        Raises:
            DeviceError: offline, or it cannot tell.
        """

    def printer_statuses(self, device_id: str) -> tuple[PrinterStatus, ...]:
        """What a printer told last, newest first; empty while it says nothing, and for other devices."""

    def print_label(self, request: PrintRequest, *, timeout_seconds: float = 60.0) -> PrintReceipt:
        """Print a label once and wait until the printer counted it. Blocks: call it from a worker thread, never from the GUI or the command thread.

        Raises:
            DeviceIndeterminateError: whether a label came out is not known.
            DeviceError: nothing was sent.
        """

    def retry(self, device_id: str) -> None:
        """Try a device again at once that waits, or whose certificate or account were refused."""

    def apply(self, configs: tuple[DeviceConfig, ...]) -> None:
        """Take up a changed configuration: devices that are new begin, that are gone end, that changed begin anew; the others are not touched."""

    def stop(self) -> None:
        """Close every driver and end the thread. Returns within two seconds."""


class AlarmOutput(Protocol):
    """An output of a driver with one switched point for each alarm priority. Every call ends within the driver's own deadline."""

    def switch(self, priority: int, on: bool) -> None:
        """Switch the point of a priority (1 to 4).

        Raises:
            DeviceError: it was not switched.
        """

    def is_on(self, priority: int) -> bool:
        """Read the point back from the device.

        Raises:
            DeviceError: the device does not answer.
        """

    def close(self) -> None:
        """Let go of the line. May be called twice, and from any thread."""


OutputFactory = Callable[[str, Clock], AlarmOutput]
"""(address, clock) -> the output; it connects at the first call."""


class RunningOrders(Protocol):
    """Knows the running batches; implemented by the batches room."""

    def running(self, session: RowSession, batch_no: str) -> Any:
        """The order of a running batch.

        Raises:
            NotFoundError, GuardRefusedError: there is none, or it does not run.
        """


class GatewayFactory(Protocol):
    """Makes a gateway, not yet started."""

    def __call__(
        self,
        configs: tuple[DeviceConfig, ...],
        factories: Mapping[str, DriverFactory],
        clock: Clock,
        tags: Mapping[str, TagDriverFactory] = ...,
        printers: Mapping[str, PrinterFactory] = ...,
    ) -> Gateway:
        """For the devices, with drivers of scales, of devices with tags and of printers by protocol."""
