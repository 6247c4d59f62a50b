"""A simulated PLC as a process of its own: Modbus over TCP, and over a pseudo-terminal as RTU, told what to do by JSON lines.

``python -m jope_drivers.simulator.plc --spy FILE.jsonl [--port N] [--link PATH]``. POSIX only.

- It listens on 127.0.0.1 alone; port 0 takes a free one. With ``--link`` it also serves a raw pseudo-terminal under that name.
- ``--spy``: every write that was carried out is one JSON line ``{"n", "utc_us", "table", "address", "values", "request"}``, flushed before the answer
  goes out, so that what a client believes to have written can be compared with what was written.
- Control: one JSON object a line on standard input, one JSON line on standard output each; the first line out says where it listens. The end of
  standard input ends the process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TextIO

from jope.kernel.clock import Clock, SystemClock
from jope_drivers.modbus.frames import crc
from jope_drivers.simulator.line import PseudoTerminal
from jope_drivers.simulator.plc_faults import NETWORK_FAULTS, Liar, Told
from jope_drivers.simulator.plc_memory import PlcData, PlcMemory

HOST: Final = "127.0.0.1"
DRIP_SECONDS: Final = 0.3
RTU_PAUSE_SECONDS: Final = 0.05
_FIXED_REQUESTS: Final = {1: 8, 2: 8, 3: 8, 4: 8, 5: 8, 6: 8, 17: 4, 43: 7}
"""Bytes of an RTU request by its function."""

Send = Callable[[bytes], None]
Order = Mapping[str, Any]


class Plc:
    """Answers requests from any line, as truthfully as it was told to."""

    def __init__(self, memory: PlcMemory, clock: Clock, *, unit_ids: frozenset[int]) -> None:
        self.memory = memory
        self.liar = Liar()
        self.network = ""
        self.unit_ids = unit_ids
        self.requests = 0
        self._clock = clock
        self._free_at = 0.0

    def answer(self, unit_id: int, pdu: bytes) -> Told | None:
        """What goes back, None for nothing."""
        self.requests += 1
        if self.network in ("black_hole", "half_open"):
            return None
        self.memory.advance(self._clock.monotonic_us())
        answer = self.memory.answer(pdu) if unit_id in self.unit_ids else bytes((pdu[0] | 0x80, 11))
        return self.liar.tell(answer) if answer is not None else None

    def send_in_time(self, told: Told, frame: bytes, send: Send) -> None:
        """Send a frame when it is due; behind a late one, where the PLC works off its requests one by one."""
        loop = asyncio.get_running_loop()
        due = loop.time() + told.delay_seconds
        if self.liar.in_order:
            due = self._free_at = max(due, self._free_at)
        data = frame * told.copies
        if due <= loop.time():
            send(data)
        else:
            loop.call_at(due, send, data)


class TcpSide:
    """The PLC's TCP port."""

    def __init__(self, plc: Plc, port: int) -> None:
        self.port = port
        self._plc = plc
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()
        self._changed = asyncio.Event()
        self._random = random.Random(1)

    async def listen(self) -> None:
        """Listen, always at the same port."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def network(self, fault: str) -> None:
        """Turn a network fault on, or all off with an empty one."""
        if fault not in NETWORK_FAULTS:
            raise ValueError(f"fault must be one of {sorted(NETWORK_FAULTS)}")
        self._plc.network = fault
        self._changed.set()
        self._changed = asyncio.Event()
        if fault == "refused":
            self._hang_up()
        elif self._server is None:
            await self.listen()

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in self._connections:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        flood = asyncio.create_task(self._flood(writer))
        try:
            while True:
                header = await reader.readexactly(7)
                transaction_id, _, length, unit_id = struct.unpack(">HHHB", header)
                pdu = await reader.readexactly(length - 1)
                if self._plc.network == "reset":
                    reset(writer)
                    return
                told = self._plc.answer(unit_id, pdu)
                if told is not None:
                    await self._send(told, transaction_id, unit_id, writer)
                while self._plc.network == "half_open":
                    await self._changed.wait()
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            flood.cancel()
            self._connections.discard(writer)
            writer.transport.abort()

    async def _send(self, told: Told, transaction_id: int, unit_id: int, writer: asyncio.StreamWriter) -> None:
        header = ((transaction_id + told.transaction_shift) & 0xFFFF, 0, len(told.pdu) + 1, (unit_id + told.unit_shift) & 0xFF)
        frame = struct.pack(">HHHB", *header) + told.pdu
        if self._plc.network != "slow":
            self._plc.send_in_time(told, frame, lambda data: None if writer.is_closing() else writer.write(data))
            return
        for byte in frame:
            writer.write(bytes((byte,)))
            await asyncio.sleep(DRIP_SECONDS)

    async def _flood(self, writer: asyncio.StreamWriter) -> None:
        """While the fault is ``garbage``: as much noise as the client takes."""
        while True:
            if self._plc.network != "garbage":
                await self._changed.wait()
                continue
            writer.write(self._random.randbytes(65536))
            await writer.drain()


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection off with RST instead of FIN."""
    line = writer.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class RtuSide:
    """The PLC's serial port: a pseudo-terminal."""

    def __init__(self, plc: Plc, link: Path) -> None:
        self._plc = plc
        self._line = PseudoTerminal(link)
        self._buffer = b""
        self._watched = -1
        self._pause: asyncio.TimerHandle | None = None

    def plug(self) -> None:
        """Put the cable in."""
        self._line.plug()
        self._watched = self._line.device_end
        asyncio.get_running_loop().add_reader(self._watched, self._receive)

    def unplug(self) -> None:
        """Pull the cable."""
        if self._line.plugged:
            asyncio.get_running_loop().remove_reader(self._watched)
        self._line.unplug()
        self._buffer = b""

    def noise(self, data: bytes) -> None:
        """Put bytes on the line that nobody asked for."""
        self._line.write(data)

    def _receive(self) -> None:
        self._buffer += self._line.read()
        if self._pause is not None:
            self._pause.cancel()
        while (size := _request_size(self._buffer)) and len(self._buffer) >= size:
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            if crc(frame[:-2]) == frame[-2:] and frame[0] in self._plc.unit_ids:
                self._answer(frame)
        # What does not grow into a request any more is forgotten after a pause, as 3.5 characters of silence end a frame.
        self._pause = asyncio.get_running_loop().call_later(RTU_PAUSE_SECONDS, self._forget)

    def _forget(self) -> None:
        self._buffer = b""

    def _answer(self, frame: bytes) -> None:
        told = self._plc.answer(frame[0], frame[1:-2])
        if told is None:
            return
        body = bytes(((frame[0] + told.unit_shift) & 0xFF,)) + told.pdu
        check = crc(body)
        if told.spoil_crc:
            check = bytes((check[0] ^ 0x55, check[1]))
        self._plc.send_in_time(told, body + check, self._line.write)


def _request_size(begun: bytes) -> int:
    """Bytes of the RTU request that begins so; 0 while it does not tell."""
    if len(begun) < 2:
        return 0
    if begun[1] in (15, 16):
        return 9 + begun[6] if len(begun) > 6 else 0
    return _FIXED_REQUESTS.get(begun[1], 4)


class Spy:
    """The record of every write that was carried out."""

    def __init__(self, file: TextIO, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._count = 0

    def __call__(self, table: str, address: int, values: list[int], request: bytes) -> None:
        """Record one write."""
        self._count += 1
        entry = {"n": self._count, "utc_us": self._clock.now().utc_us, "table": table, "address": address, "values": values}
        self._file.write(json.dumps(entry | {"request": request.hex()}) + "\n")
        self._file.flush()


class Control:
    """Carries out the orders that come on standard input."""

    def __init__(self, plc: Plc, tcp: TcpSide, rtu: RtuSide | None) -> None:
        self._plc = plc
        self._tcp = tcp
        self._rtu = rtu
        self._orders: Mapping[str, Callable[[Order], None]] = {
            "lie": self._lie,
            "put": self._put,
            "remove": self._remove,
            "fail": self._fail,
            "deaf": lambda order: self._plc.memory.deaf.add(order["address"]),
            "freeze": self._freeze,
            "acknowledge": self._acknowledge,
            "become": self._become,
            "identify": self._identify,
            "noise": lambda order: self._cable().noise(bytes.fromhex(order["data"])),
            "plug": lambda _: self._cable().plug(),
            "unplug": lambda _: self._cable().unplug(),
        }

    async def carry_out(self, line: str) -> str:
        """One order in, one answer out, both JSON."""
        try:
            order = json.loads(line)
            said = await self._carry_out(order)
        except (ValueError, KeyError, TypeError, struct.error) as error:
            return json.dumps({"ok": False, "error": f"{type(error).__name__}: {error}"})
        return json.dumps({"ok": True, "do": order["do"], **said})

    async def _carry_out(self, order: Order) -> Mapping[str, object]:
        if order["do"] == "network":
            await self._tcp.network(str(order["fault"]))
        elif order["do"] == "count":
            return {"requests": self._plc.requests, "lies": self._plc.liar.told}
        else:
            self._orders[str(order["do"])](order)
        return {}

    def _lie(self, order: Order) -> None:
        delays = tuple(float(delay) for delay in order["delays"])
        self._plc.liar.order(order["kind"], answers=order["answers"], every=order["every"], delays=delays, in_order=order["in_order"])

    def _table(self, order: Order) -> dict[int, int]:
        memory = self._plc.memory
        return {"coil": memory.coils, "discrete": memory.discrete, "input": memory.input, "holding": memory.holding}[order["table"]]

    def _put(self, order: Order) -> None:
        self._table(order).update({order["address"] + at: int(value) for at, value in enumerate(order["values"])})

    def _remove(self, order: Order) -> None:
        for at in range(order["address"], order["address"] + order["count"]):
            self._table(order).pop(at, None)

    def _fail(self, order: Order) -> None:
        self._plc.memory.failing[order["address"]] = order["exception"]

    def _freeze(self, order: Order) -> None:
        self._plc.memory.frozen = bool(order["on"])

    def _acknowledge(self, order: Order) -> None:
        self._plc.memory.acknowledges = bool(order["on"])

    def _become(self, order: Order) -> None:
        data = self._plc.memory.data
        data.serial_number, data.firmware = order["serial_number"], order["firmware"]

    def _identify(self, order: Order) -> None:
        data = self._plc.memory.data
        data.identification, data.server_id = order["identification"], order["server_id"]

    def _cable(self) -> RtuSide:
        if self._rtu is None:
            raise ValueError("there is no serial line")
        return self._rtu


async def obey(control: Control) -> None:
    """Carry out orders one after the other until standard input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        print(await control.carry_out(line.decode("utf-8", "replace")), flush=True)


async def run(plc: Plc, *, port: int, link: Path | None) -> None:
    """Serve until standard input ends."""
    tcp = TcpSide(plc, port)
    await tcp.listen()
    rtu = RtuSide(plc, link) if link is not None else None
    if rtu is not None:
        rtu.plug()
    try:
        print(json.dumps({"ready": True, "port": tcp.port, "link": str(link or ""), "pid": os.getpid()}), flush=True)
        await obey(Control(plc, tcp, rtu))
    finally:
        if rtu is not None:
            rtu.unplug()


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="jope_drivers.simulator.plc", description="A simulated PLC that speaks Modbus.")
    parser.add_argument("--spy", type=Path, required=True, help="JSON lines file of every write that was carried out")
    parser.add_argument("--port", type=int, default=0, help="where it listens on 127.0.0.1; 0 takes a free port")
    parser.add_argument("--link", type=Path, help="where the symbolic link to the serial line is put; without it there is none")
    parser.add_argument("--unit", type=int, nargs="+", default=[1], help="the addresses at which it answers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serial", default=PlcData().serial_number)
    parser.add_argument("--firmware", default=PlcData().firmware)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Start the simulated PLC. Returns the process' exit code."""
    arguments = _arguments(argv)
    if sys.platform == "win32":
        print("The simulated PLC needs pipes and pseudo-terminals of Linux or macOS. Run it there.", file=sys.stderr)
        return 2
    clock = SystemClock()
    with arguments.spy.open("a", encoding="ascii") as file:
        data = PlcData(serial_number=arguments.serial, firmware=arguments.firmware)
        memory = PlcMemory(data, seed=arguments.seed, spy=Spy(file, clock))
        asyncio.run(run(Plc(memory, clock, unit_ids=frozenset(arguments.unit)), port=arguments.port, link=arguments.link))
    return 0


if __name__ == "__main__":
    sys.exit(main())
