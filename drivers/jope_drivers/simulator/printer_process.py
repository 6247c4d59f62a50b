"""A simulated label printer as a process of its own, on TCP and on a pseudo-terminal, told what to do by JSON lines.

``python -m jope_drivers.simulator.printer_process --folder DIR --port 0``. POSIX only.

- What it prints lies in the folder as PNG files, the bytes of each label beside it; ``printer.jsonl`` says what it was asked, got and printed.
- Control: as in ``process``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TextIO

from jope.kernel.clock import Clock, SystemClock
from jope.plant.devices.ports import DeviceIdentity
from jope_drivers.simulator.line import PseudoTerminal
from jope_drivers.simulator.printer import DEFAULT_IDENTITY, Answer, PrinterModel

TICK_SECONDS: Final = 0.02


class Serving:
    """The printer with its lines."""

    def __init__(self, model: PrinterModel, line: PseudoTerminal, clock: Clock) -> None:
        self._model, self._line, self._clock = model, line, clock
        self._writers: set[asyncio.StreamWriter] = set()
        self._over = asyncio.Event()
        self._pending = b""

    async def run(self, port: int) -> None:
        """Serve until the orders end."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", port)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._line.device_end, self._on_line)
        loop.add_reader(sys.stdin.fileno(), self._on_orders)
        print(json.dumps({"ok": True, "port": server.sockets[0].getsockname()[1], "pid": os.getpid()}), flush=True)
        while not self._over.is_set():
            self._model.advance(self._clock.monotonic_us())
            await asyncio.sleep(TICK_SECONDS)
        server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while data := await reader.read(4096):
                if not self._give(data, writer.write):
                    break
        except OSError:
            return  # the station hung up in the middle
        finally:
            self._model.forget()
            self._writers.discard(writer)
            writer.transport.abort()

    def _give(self, data: bytes, write: Callable[[bytes], None]) -> bool:
        """Answer what came. False where the printer hangs up."""
        now_us = self._clock.monotonic_us()
        for answer in self._model.take(data, now_us):
            if answer.hang_up:
                return False
            self._later(answer, now_us, write)
        return True

    def _later(self, answer: Answer, now_us: int, write: Callable[[bytes], None]) -> None:
        asyncio.get_running_loop().call_later((answer.due_us - now_us) / 1_000_000, write, answer.data)

    def _on_line(self) -> None:
        data = self._line.read()
        if data and not self._give(data, self._line.write):
            self._model.forget()

    def _on_orders(self) -> None:
        chunk = os.read(sys.stdin.fileno(), 4096)
        if not chunk:
            self._over.set()
            return
        *orders, self._pending = (self._pending + chunk).split(b"\n")
        for order in orders:
            print(self._carry_out(order), flush=True)

    def _carry_out(self, line: bytes) -> str:
        try:
            order = json.loads(line)
            if order["do"] == "pace":
                self._model.print_us = int(order["ms"]) * 1000
            else:
                self._model.set_fault(str(order["kind"]))
        except (ValueError, KeyError, TypeError) as error:
            return json.dumps({"ok": False, "error": f"{type(error).__name__}: {error}"})
        return json.dumps({"ok": True, "do": order["do"]})


def _noting(file: TextIO, clock: Clock) -> Callable[..., None]:
    def note(what: str, **facts: Any) -> None:
        file.write(json.dumps({"utc_us": clock.now().utc_us, "what": what, **facts}) + "\n")
        file.flush()

    return note


def main() -> int:
    """Run one printer until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--model", default=DEFAULT_IDENTITY.model)
    parser.add_argument("--serial", default=DEFAULT_IDENTITY.serial_number)
    parser.add_argument("--firmware", default=DEFAULT_IDENTITY.firmware)
    parser.add_argument("--dots", type=int, default=8)
    asked = parser.parse_args()
    clock = SystemClock()
    asked.folder.mkdir(parents=True, exist_ok=True)
    line = PseudoTerminal(asked.folder / "line")
    with (asked.folder / "printer.jsonl").open("a", encoding="ascii") as file:
        identity = DeviceIdentity(asked.model, asked.serial, asked.firmware)
        already = len(list(asked.folder.glob("label-*.zpl")))
        model = PrinterModel(asked.folder, _noting(file, clock), identity, asked.dots, printed=already)

        async def serve() -> None:
            await Serving(model, line, clock).run(asked.port)

        try:
            line.plug()
            asyncio.run(serve())
        finally:
            line.unplug()
    return 0


if __name__ == "__main__":
    sys.exit(main())
