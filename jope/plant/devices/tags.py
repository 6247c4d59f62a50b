"""Values of tags: what a driver of a PLC, a server or an instrument delivers, and what it may be asked to write (URS J01, J05, A11d-05).

A tag is one named value of a device. Every protocol states quality as an OPC-UA StatusCode (OPC 10000-4, 7.39), so that one rule judges them all:
the two highest bits say Good, Uncertain or Bad. Nothing a driver could not read becomes a value: it becomes a Bad one without.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, IntFlag, StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

from jope.kernel.clock import Clock, Instant

if TYPE_CHECKING:
    from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceState

TagScalar: TypeAlias = bool | int | float | Decimal | str
"""What a value may be. Scaled integers are ``Decimal``, never float; a float is what the device itself sent as one, and is finite."""


class StatusCode(IntEnum):
    """The OPC-UA status codes that the station itself gives (OPC 10000-6, annex A.2). A server's own codes are kept as they came."""

    GOOD = 0x00000000
    UNCERTAIN_LAST_USABLE_VALUE = 0x40900000
    BAD_DECODING_ERROR = 0x80070000
    """An answer came and cannot be read as what was asked for."""
    BAD_TIMEOUT = 0x800A0000
    BAD_NO_COMMUNICATION = 0x80310000
    """The line is lost; what follows is not known."""
    BAD_WAITING_FOR_INITIAL_DATA = 0x80320000
    BAD_NODE_ID_UNKNOWN = 0x80340000
    """The device does not know the tag's address (any more)."""
    BAD_OUT_OF_RANGE = 0x803C0000
    BAD_TYPE_MISMATCH = 0x80740000
    """The device has another type of value than the one registered."""
    BAD_CONFIGURATION_ERROR = 0x80890000
    BAD_DEVICE_FAILURE = 0x808B0000
    """The device answered with an exception of its own."""


_SEVERITY: Final = 0xC0000000


def is_good(status: int) -> bool:
    """Whether a value with this status code may be used."""
    return status & _SEVERITY == 0


def is_bad(status: int) -> bool:
    """Whether a value with this status code must not be used, and is not there."""
    return status & _SEVERITY >= 0x80000000


class SampleFlag(IntFlag):
    """What the station knows about the way of a value."""

    NONE = 0
    OVERFLOW = 1
    """The server's queue ran over: values before this one are missing, and how many is not known."""
    RECOVERED = 2
    """Kept by the server while the line was lost, delivered after the connection came back."""
    GAP = 4
    """Something before this value was lost for good; a gap record says from when to when."""
    CLOCK_DRIFT = 8
    """The device's time and the station's differ by more than the registered limit."""
    STATION = 16
    """Written by the station itself: no value came (a device that left ONLINE leaves one Bad value for each tag)."""


class TagType(StrEnum):
    """The type of a tag's value as registered, named after the OPC-UA built-in types."""

    BOOLEAN = "Boolean"
    INT16 = "Int16"
    UINT16 = "UInt16"
    INT32 = "Int32"
    UINT32 = "UInt32"
    INT64 = "Int64"
    UINT64 = "UInt64"
    FLOAT = "Float"
    DOUBLE = "Double"
    STRING = "String"


@dataclass(frozen=True, slots=True)
class TagConfig:
    """One tag as the station registered it.

    ``address`` is the driver's own: an OPC-UA NodeId (``nsu=http://plant/;s=Mixer.Speed``), a Modbus reference (``holding:100``). ``scale`` and
    ``offset`` apply to numbers: value = raw * scale + offset, exactly. ``low`` and ``high`` are the limits of the sensor's range in ``unit``: what
    lies outside keeps its value and is judged by whoever uses it. ``deadband`` is absolute, in ``unit``; 0 delivers every change.
    ``sampling_ms`` is how often the device looks. ``writable`` alone allows nothing: a write needs an approved gate too (URS J05).
    """

    tag_id: str
    address: str
    data_type: TagType
    unit: str = ""
    scale: Decimal = Decimal(1)
    offset: Decimal = Decimal(0)
    low: Decimal | None = None
    high: Decimal | None = None
    deadband: Decimal = Decimal(0)
    sampling_ms: int = 500
    writable: bool = False
    word_order: str = "big"
    """``big``: the most significant register first; ``little``: last. Modbus only."""
    byte_order: str = "big"
    """The order of the two bytes of a register. Modbus only; its standard is ``big``."""
    length: int = 0
    """Registers of a String. Modbus only."""


class TagValue(NamedTuple):
    """One value of one tag. A tuple and not a class with behaviour: thousands of them pass every second.

    ``value`` is None exactly when ``status`` is Bad and nothing usable came. ``source_us`` is the device's own time and ``server_us`` that of the server
    between, UTC microseconds, None where the protocol carries none. ``flags`` is a ``SampleFlag``.
    """

    tag_id: str
    value: TagScalar | None
    status: int
    source_us: int | None
    server_us: int | None
    flags: int


@dataclass(frozen=True, slots=True)
class TagBatch:
    """Values that arrived together, in the order in which the device sent them."""

    values: tuple[TagValue, ...]
    received: Instant


@dataclass(frozen=True, slots=True)
class GapRecord:
    """What a driver could not deliver. ``known_lost`` is the number of values where the protocol tells it, None where it does not."""

    from_us: int
    to_us: int
    tag_ids: tuple[str, ...]
    known_lost: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class DriverHealth:
    """How a driver fares since its connection began. Times in milliseconds."""

    requests: int = 0
    failures: int = 0
    values: int = 0
    latency_ms: float = 0.0
    clock_offset_ms: float | None = None
    """The device's time minus the station's, None where the device tells no time."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a PLC confirms a write: the station writes the value, then counts ``request_tag`` up by one; the PLC copies it to ``acknowledge_tag``."""

    request_tag: str
    acknowledge_tag: str
    timeout_seconds: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRequest:
    """One approved write. Made by ``plant.devices.writing`` alone, from an approved change; a compliance gate looks for any other maker (URS J05).

    ``before`` is the value that the approvers saw: where the device has another one now, nothing is written.
    """

    approval_ref: str
    device_id: str
    tag_id: str
    value: TagScalar
    before: TagScalar | None = None
    handshake: Handshake | None = None


@dataclass(frozen=True, slots=True)
class WriteReceipt:
    """What came of a write that the device took: value before, value read back after, and whether the PLC acknowledged (None: no handshake asked)."""

    approval_ref: str
    device_id: str
    tag_id: str
    before: TagScalar | None
    after: TagScalar
    acknowledged: bool | None
    time: Instant


@dataclass(frozen=True, slots=True)
class BrowseNode:
    """One address that a device offers. ``data_type`` is empty for a folder and for a type that the station cannot hold."""

    address: str
    name: str
    is_variable: bool
    data_type: str = ""


class DriverEvents(Protocol):
    """Where a driver tells what happens between two batches. Called in the gateway's loop."""

    def state(self, state: DeviceState, message: str = "") -> None:
        """The driver left or reached a state by itself: RECOVERING, SYNCING, QUARANTINE, DEGRADED or ONLINE."""

    def gap(self, gap: GapRecord) -> None:
        """Values were lost for good."""


class TagDriver(Protocol):
    """One device with tags. All methods run in the gateway's asyncio loop; blocking I/O belongs in a thread of the driver's own.

    Read-only but for ``write``. A driver never repeats a write by itself, never delivers a value it is not sure of, and tells of each registered tag: in
    the first batches after ``connect`` every tag appears once, Bad where the device does not have it.
    """

    async def connect(self) -> None:
        """Open the connection.

        Raises:
            DeviceOfflineError: it cannot be opened.
            DeviceTrustError: certificate or account are refused, by either side; trying again by itself would not help.
        """

    async def identify(self) -> DeviceIdentity:
        """Ask the device who it is.

        Raises:
            DeviceOfflineError: no answer.
            FrameError: the answer cannot be understood.
        """

    def batches(self) -> AsyncIterator[TagBatch]:
        """Deliver values until ``close``; each batch in the order of arrival.

        Raises:
            DeviceOfflineError: the connection is lost and the driver's own means of recovery are spent.
            DeviceIdentityError: another device answers than before.
            DeviceTrustError: the peer does not let the station in any more.
        """

    async def browse(self, address: str = "") -> tuple[BrowseNode, ...]:
        """The addresses below one (below the root for an empty one); empty where the protocol cannot tell.

        Raises:
            DeviceOfflineError: no answer.
        """

    async def write(self, request: WriteRequest) -> WriteReceipt:
        """Carry out an approved write once: read, compare with ``before``, write, read back, wait for the acknowledgement.

        Raises:
            DeviceRefusedError: nothing was written: no such writable tag, another value before, or the device said no.
            DeviceOfflineError: the connection was lost before anything was sent.
            DeviceIndeterminateError: whether it was written, or done, is not known. It is never tried again by itself.
        """

    def health(self) -> DriverHealth:
        """How the driver fares. May be called from any thread."""

    async def close(self) -> None:
        """Let go of the connection. May be called twice."""


TagDriverFactory = Callable[["DeviceConfig", Clock, DriverEvents], TagDriver]


@dataclass(frozen=True, slots=True)
class Credentials:
    """How the station shows itself to a server, and whom it trusts.

    Texts of files are PEM, certificates of the trust list DER. A password and a private key never appear in a representation.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    certificate_pem: bytes = b""
    private_key_pem: bytes = field(default=b"", repr=False)
    trusted_der: tuple[bytes, ...] = ()
    """The certificates that two people approved. Empty: no server is trusted."""
