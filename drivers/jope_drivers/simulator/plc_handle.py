"""A simulated PLC to hold on to: starts the process, passes orders, ends it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from jope.plant.devices.ports import DeviceIdentity
from jope_drivers.simulator.child import ChildProcess

NetworkFault = Literal["", "refused", "black_hole", "half_open", "slow", "reset", "garbage"]
Lie = Literal[
    "",
    "short_data",
    "wrong_function",
    "wrong_unit",
    "wrong_transaction",
    "wrong_byte_count",
    "empty_success",
    "late",
    "duplicate",
    "bad_crc",
]
Way = Literal["answer", "refuse", "silent"]
PlcTable = Literal["coil", "discrete", "input", "holding"]

PLC_MODEL = "Jope Simulation MX-PLC Mixing vessel MX 2041"
PLC_IDENTITY = DeviceIdentity(PLC_MODEL, "MX-2041-0077", "2.4.1")
"""Who the simulated PLC is, asked with the option ``identity_registers`` of ``plc_map``."""


@dataclass(frozen=True, slots=True)
class SeenWrite:
    """One write that the PLC carried out, from its own record."""

    number: int
    utc_us: int
    table: str
    address: int
    values: tuple[int, ...]
    request: str


class SimulatedPlc:
    """A simulated PLC on 127.0.0.1 and, with ``serial``, on a pseudo-terminal, as a context manager. One thread at a time gives orders."""

    def __init__(
        self,
        directory: Path,
        *,
        name: str = "plc",
        serial: bool = False,
        unit_ids: Sequence[int] = (1,),
        identity: DeviceIdentity = PLC_IDENTITY,
    ) -> None:
        self.link = directory / name
        self.spy_path = directory / f"{name}-writes.jsonl"
        self.port = 0
        self._serial = serial
        self._unit_ids = tuple(unit_ids)
        self._identity = identity
        self._process = ChildProcess("The simulated PLC", "jope_drivers.simulator.plc")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Where to reach it over TCP, as the driver's address."""
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def serial_address(self) -> str:
        """Where to reach it over its serial line, as the driver's address."""
        return f"rtu://{self.link}"

    @property
    def pid(self) -> int:
        """The process' id."""
        return self._process.pid

    def start(self) -> None:
        """Start the process and wait until it listens; again at the same port, when it was started before.

        Raises:
            EnvironmentFaultError: it did not start; the message holds what it said.
        """
        if self._process.running:
            return
        self.spy_path.parent.mkdir(parents=True, exist_ok=True)
        arguments = ["--spy", str(self.spy_path), "--port", str(self.port), "--unit", *map(str, self._unit_ids)]
        arguments += ["--serial", self._identity.serial_number, "--firmware", self._identity.firmware]
        ready = self._process.start([*arguments, *(("--link", str(self.link)) if self._serial else ())])
        self.port = int(ready["port"])

    def stop(self) -> None:
        """End the process; by force if it does not end by itself. May be called twice."""
        self._process.stop()
        self.link.unlink(missing_ok=True)

    # --- orders ------------------------------------------------------------------------------------------------------

    def network(self, fault: NetworkFault) -> None:
        """Turn a network fault on; all off with an empty one."""
        self._order(do="network", fault=fault)

    def lie(self, kind: Lie, *, answers: int = -1, every: int = 1, delays: Sequence[float] = (), in_order: bool = True) -> None:
        """Make each ``every``-th of the next answers a lie, ``answers`` in all (-1: no end).

        A late answer comes after the next one of ``delays`` (seconds) and holds up those behind it, unless ``in_order`` is False.
        """
        self._order(do="lie", kind=kind, answers=answers, every=every, delays=list(delays), in_order=in_order)

    def put(self, table: PlcTable, address: int, *values: int) -> None:
        """Set coils or registers, also such as did not exist."""
        self._order(do="put", table=table, address=address, values=list(values))

    def remove(self, table: Literal["input", "holding"], address: int, count: int = 1) -> None:
        """Take registers out of the map."""
        self._order(do="remove", table=table, address=address, count=count)

    def fail(self, address: int, exception: int) -> None:
        """Answer every read of a register with an exception."""
        self._order(do="fail", address=address, exception=exception)

    def deafen(self, address: int) -> None:
        """Let a holding register take writes with success and keep what it has."""
        self._order(do="deaf", address=address)

    def freeze(self, on: bool = True) -> None:
        """Let the process values stand still."""
        self._order(do="freeze", on=on)

    def acknowledge(self, on: bool) -> None:
        """Whether the PLC acknowledges requests that are counted up."""
        self._order(do="acknowledge", on=on)

    def become(self, *, serial_number: str, firmware: str) -> None:
        """Answer as another device from now on."""
        self._order(do="become", serial_number=serial_number, firmware=firmware)

    def identify(self, *, identification: Way, server_id: Way) -> None:
        """How functions 43/14 and 17 are answered."""
        self._order(do="identify", identification=identification, server_id=server_id)

    def noise(self, data: bytes) -> None:
        """Put bytes on the serial line that nobody asked for."""
        self._order(do="noise", data=data.hex())

    def plug(self) -> None:
        """Put the serial cable back."""
        self._order(do="plug")

    def unplug(self) -> None:
        """Pull the serial cable."""
        self._order(do="unplug")

    def requests(self) -> int:
        """How many requests came so far."""
        return int(self._order(do="count")["requests"])

    def lies(self) -> int:
        """How many lies of the present kind went out."""
        return int(self._order(do="count")["lies"])

    def writes(self) -> list[SeenWrite]:
        """Every write that the PLC carried out."""
        entries = [json.loads(line) for line in self.spy_path.read_text("ascii").splitlines()]
        return [SeenWrite(e["n"], e["utc_us"], e["table"], e["address"], tuple(e["values"]), e["request"]) for e in entries]

    def _order(self, **order: Any) -> Any:
        return self._process.order(order)
