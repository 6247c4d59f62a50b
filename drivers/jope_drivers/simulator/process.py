"""A simulated scale as a process of its own, on a real pseudo-terminal, told what to do by JSON lines.

``python -m jope_drivers.simulator.process --link PATH --log FILE.jsonl --protocol mt-sics``. POSIX only.

- Line: raw pseudo-terminal with a symbolic link at ``--link``. Commands are answered in the order in which they came.
- Record: every frame sent is one JSON line ``{"n", "utc_us", "mono_us", "frame", "sha256"}``, flushed before the frame goes out, so that a
  client's record can be compared frame by frame. ``frame`` is the line without its terminator, ``sha256`` is over those bytes. A frame that
  was damaged on purpose also has ``"garble"``.
- Control: one JSON object a line on standard input, one JSON line on standard output each; the first line out says that the line is ready.
  The end of standard input ends the process.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from jope.kernel.clock import Clock, SystemClock
from jope.kernel.errors import JopeError
from jope.kernel.units import MASS_UNITS, parse_decimal
from jope_drivers.simulator.device import Manner, SimulatedDevice
from jope_drivers.simulator.line import FrameLog, Garbler, PseudoTerminal
from jope_drivers.simulator.makes import MAKES
from jope_drivers.simulator.scale import SECOND_US, ScaleData, ScaleModel

TICK_SECONDS: Final = 0.02


class Control:
    """Carries out the commands that come on standard input."""

    def __init__(self, device: SimulatedDevice) -> None:
        self._device = device
        self.running = True
        self._orders: Mapping[str, Callable[[Mapping[str, object]], None]] = {
            "load": lambda order: device.model.put(_decimal(order, "grams")),
            "unload": lambda order: device.model.clear(),
            "plug": lambda order: device.line.plug(),
            "unplug": lambda order: self._unplug(),
            "noise": lambda order: device.model.set_noise(_decimal(order, "grams")),
            "drift": lambda order: device.model.set_drift(_decimal(order, "grams_per_second")),
            "swing": lambda order: device.model.swing(_decimal(order, "seconds")),
            "garble": lambda order: device.garbler.order(int(str(order["frames"])), str(order["kind"])),
            "serial": lambda order: device.rename(serial_number=str(order["value"])),
            "firmware": lambda order: device.rename(firmware=str(order["value"])),
            "quit": lambda order: self._quit(),
        }

    def carry_out(self, line: str) -> str:
        """One order in, one answer out, both JSON."""
        try:
            order = json.loads(line)
            self._orders[str(order["do"])](order)
        except (ValueError, KeyError, TypeError, JopeError) as error:
            return json.dumps({"ok": False, "error": f"{type(error).__name__}: {error}"})
        return json.dumps({"ok": True, "do": order["do"]})

    def _unplug(self) -> None:
        self._device.line.unplug()
        self._device.hang_up()

    def _quit(self) -> None:
        self.running = False


def _decimal(order: Mapping[str, object], key: str) -> Decimal:
    return parse_decimal(str(order[key]))


def run(device: SimulatedDevice, control: Control, clock: Clock) -> None:
    """Serve line and control until told to stop or until standard input ends."""
    orders_end = sys.stdin.fileno()
    pending = b""
    while control.running:
        # Asked anew each time: unplugging and plugging may give the same descriptor number to another line.
        watched = [orders_end, device.line.device_end] if device.line.plugged else [orders_end]
        ready, _, _ = select.select(watched, [], [], TICK_SECONDS)
        if device.line.device_end in ready:
            device.receive(clock.monotonic_us())
        device.tick(clock.monotonic_us())
        if orders_end in ready:
            chunk = os.read(orders_end, 4096)
            if not chunk:
                return
            *orders, pending = (pending + chunk).split(b"\n")
            for order in orders:
                print(control.carry_out(order.decode("utf-8", "replace")), flush=True)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="jope_drivers.simulator.process", description="A simulated scale on a pseudo-terminal.")
    parser.add_argument("--link", type=Path, required=True, help="where the symbolic link to the line is put")
    parser.add_argument("--log", type=Path, required=True, help="JSON lines file of every frame sent")
    parser.add_argument("--protocol", choices=list(MAKES), default="mt-sics")
    parser.add_argument("--silent", action="store_true", help="does not acknowledge, where the make leaves that open")
    parser.add_argument("--baudrate", type=int, default=0, help="understand no other speed than this; 0 understands all")
    parser.add_argument("--serial", default="B021002593")
    parser.add_argument("--model", default="XSR6002S 6100.00 g")
    parser.add_argument("--firmware", default="1.00 10.28.0.493.142")
    parser.add_argument("--capacity", type=parse_decimal, default=Decimal("6100"), help="in the unit shown")
    parser.add_argument("--readability", type=parse_decimal, default=Decimal("0.01"), help="in the unit shown")
    parser.add_argument("--unit", choices=sorted(MASS_UNITS), default="g")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-constant", type=parse_decimal, default=Decimal("0.12"), help="first-order lag of the cell, seconds")
    parser.add_argument("--window", type=parse_decimal, default=Decimal("0.4"), help="stability window, seconds")
    parser.add_argument("--stable-timeout", type=parse_decimal, default=Decimal(3), help="how long S, Z and T wait, seconds")
    parser.add_argument("--late", type=parse_decimal, default=Decimal("1.2"), help="delay of a late frame, seconds")
    return parser.parse_args(argv)


def _us(seconds: Decimal) -> int:
    return int(seconds * SECOND_US)


def main(argv: list[str] | None = None) -> int:
    """Start the simulated scale. Returns the process' exit code."""
    arguments = _arguments(argv)
    if sys.platform == "win32":
        print("The simulated scale needs a pseudo-terminal, which this system does not have. Run it on Linux or macOS.", file=sys.stderr)
        return 2
    clock = SystemClock()
    data = ScaleData(
        model=arguments.model,
        serial_number=arguments.serial,
        firmware=arguments.firmware,
        capacity=arguments.capacity,
        readability=arguments.readability,
        unit=arguments.unit,
        time_constant_us=_us(arguments.time_constant),
        window_us=_us(arguments.window),
    )
    model = ScaleModel(data, seed=arguments.seed, now_us=clock.monotonic_us())
    line = PseudoTerminal(arguments.link, baudrate=arguments.baudrate)
    with arguments.log.open("a", encoding="ascii") as file:
        device = MAKES[arguments.protocol](
            model,
            line=line,
            log=FrameLog(file, clock),
            garbler=Garbler(arguments.seed),
            manner=Manner(_us(arguments.stable_timeout), _us(arguments.late), acknowledges=not arguments.silent),
        )
        line.plug()
        try:
            print(json.dumps({"ready": True, "link": str(arguments.link), "pid": os.getpid()}), flush=True)
            run(device, Control(device), clock)
        finally:
            line.unplug()
    return 0


if __name__ == "__main__":
    sys.exit(main())
