"""Modbus: values that are wrong when answers come late, how long a dead line goes unnoticed, and what a poll of 100 registers costs.

Beside pymodbus' own client in the same run, as it comes and without retries. The polls go to a server made of libmodbus where a compiler and its headers
are there, else to the simulated PLC, whose own slowness then hides most of the difference. The floor is the same request over a bare socket.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jope_drivers.modbus.driver import ModbusDriver
from jope_drivers.modbus.frames import tcp_frame
from jope_drivers.modbus.pdu import Table, read
from jope_drivers.modbus.settings import TcpPlace
from jope_drivers.modbus.tcp_link import TcpLink
from jope_drivers.simulator.plc_handle import SimulatedPlc
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from bench.measure import ROOT, Asked, Contender, Report, interleaved
from jope.kernel.clock import SystemClock
from jope.kernel.errors import DeviceOfflineError
from jope.plant.devices.ports import DeviceConfig
from tests.support.modbus import Heard, pattern_tags, tag
from tests.support.modbus_late import with_driver, with_pymodbus

FLOOR = "bare socket"
LINK = "our link, answer checked"
DRIVER = "our driver, 100 tags judged"
THEIRS = "pymodbus"
REGISTERS = 100
POLLS = 200
CPU_LIMIT_US = 10.0
DEAD_LIMIT_SECONDS = 3.0
SERVER = ROOT / "tests" / "drivers" / "peers" / "libmodbus_server.c"


def measure(ground: Path, *, rounds: int) -> Report:
    """Costs first, then late answers and the dead line."""
    with _server(ground) as (what, port, first):
        report = _costs(port, first, rounds)
    report.notes["polled server"] = what
    for in_order, way in ((True, "in order"), (False, "out of order")):
        ours = with_driver(ground / f"ours-{in_order}", in_order=in_order)
        report.limit(f"wrong of 100 RTU reads, 25 answers late, {way}: our driver", ours.wrong, 0, "values")
        report.notes[f"RTU reads {way}, our driver"] = str(ours)
        for retries in (3, 0):
            theirs = with_pymodbus(ground / f"theirs-{in_order}-{retries}", in_order=in_order, retries=retries)
            report.notes[f"RTU reads {way}, pymodbus with retries={retries}"] = str(theirs)
    report.limit("a black hole is noticed by our driver within", _ours_in_the_dark(ground / "dark"), DEAD_LIMIT_SECONDS, "s")
    report.notes["a black hole is noticed by pymodbus (as it comes) after"] = f"{_theirs_in_the_dark(ground / 'dark-theirs'):.1f} s"
    return report


@contextmanager
def _server(ground: Path) -> Iterator[tuple[str, int, int]]:
    """What is polled: its name, its port, and the first of a hundred holding registers that it has."""
    program = ground / "libmodbus-server"
    built = shutil.which("gcc") is not None and Path("/usr/include/modbus/modbus.h").exists()
    if not built:
        with SimulatedPlc(ground) as plc:
            yield "the simulated PLC", plc.port, 1000
        return
    subprocess.run(["gcc", "-O2", "-o", str(program), str(SERVER), "-I/usr/include/modbus", "-lmodbus"], check=True)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    process = subprocess.Popen([str(program), "tcp", str(port)], stdout=subprocess.PIPE)
    try:
        if process.stdout is None or process.stdout.readline().strip() != b"ready":
            raise AssertionError("the server listens")
        yield "libmodbus", port, 0
    finally:
        process.kill()
        process.wait()


def _costs(port: int, first: int, rounds: int) -> Report:
    """Each contender connects for its own turn, because the server of libmodbus serves one connection after the other."""
    loop = asyncio.new_event_loop()
    request = read(Table.HOLDING, first, REGISTERS)
    cpu_ns: list[int] = []

    def floor() -> int:
        begun = time.perf_counter_ns()
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            before = time.perf_counter_ns() - begun
            for number in range(POLLS):
                line.sendall(tcp_frame(number + 1, 1, request.data))
                got = 0
                while got < 9 + 2 * REGISTERS:
                    got += len(line.recv(512))
        return before

    async def link() -> int:
        begun = time.perf_counter_ns()
        line = TcpLink(TcpPlace("127.0.0.1", port), unit_id=1, timeout_seconds=5)
        await line.open()
        before = time.perf_counter_ns() - begun
        for _ in range(POLLS):
            await line.ask(request)
        await line.close()
        return before

    async def theirs() -> int:
        begun = time.perf_counter_ns()
        client = AsyncModbusTcpClient("127.0.0.1", port=port)
        await client.connect()
        before = time.perf_counter_ns() - begun
        for _ in range(POLLS):
            answer = await client.read_holding_registers(first, count=REGISTERS, device_id=1)
            if len(answer.registers) != REGISTERS:
                raise AssertionError("all registers came")
        client.close()
        return before

    async def driver() -> int:
        begun = time.perf_counter_ns()
        tags = pattern_tags(REGISTERS, first=first, sampling_ms=1)
        ours = ModbusDriver(
            DeviceConfig("PLC", "modbus", f"tcp://127.0.0.1:{port}", None, {"identify": "registers"}, tags=tags), SystemClock(), Heard()
        )
        await ours.connect()
        poll = vars(ours)["_polls"][0]
        before = time.perf_counter_ns() - begun
        cpu = time.process_time_ns()
        for _ in range(POLLS):
            async for _values in ours._polled(poll):
                pass
        cpu_ns.append(time.process_time_ns() - cpu)
        await ours.close()
        return before

    report = interleaved(
        f"modbus: {POLLS} polls of {REGISTERS} registers over TCP",
        (
            Contender(FLOOR, floor),
            Contender(LINK, lambda: loop.run_until_complete(link())),
            Contender(DRIVER, lambda: loop.run_until_complete(driver())),
            Contender(THEIRS, lambda: loop.run_until_complete(theirs())),
        ),
        rounds=rounds,
    )
    loop.close()
    report.compare(Asked(LINK, FLOOR), Asked(DRIVER, FLOOR), Asked(THEIRS, FLOOR), Asked(LINK, THEIRS, 1.0))
    each_us = sorted(cpu_ns)[len(cpu_ns) // 2] / POLLS / REGISTERS / 1000
    report.limit("processor time of our driver for a value", each_us, CPU_LIMIT_US, "us")
    report.notes["polls a second, median"] = {name: round(POLLS / report.p50(name) * 1e9) for name in report.samples}
    return report


def _ours_in_the_dark(directory: Path) -> float:
    """Seconds from the moment at which a PLC that delivers falls silent until our driver says so."""

    async def run(plc: SimulatedPlc) -> float:
        driver = ModbusDriver(DeviceConfig("PLC", "modbus", plc.address, None, tags=(tag("holding:1000"),)), SystemClock(), Heard())
        await driver.connect()
        begun = 0.0
        try:
            async for _ in driver.batches():
                if not begun:
                    plc.network("black_hole")
                    begun = time.perf_counter()
        except DeviceOfflineError:
            return time.perf_counter() - begun
        finally:
            await driver.close()
        raise AssertionError("the driver ends with an error")

    with SimulatedPlc(directory) as plc:
        return asyncio.run(run(plc))


def _theirs_in_the_dark(directory: Path) -> float:
    """The same for pymodbus as it comes: until a read raises or the client says that it is not connected."""

    async def run(plc: SimulatedPlc) -> float:
        client = AsyncModbusTcpClient("127.0.0.1", port=plc.port)
        await client.connect()
        await client.read_holding_registers(1000, count=1, device_id=1)
        plc.network("black_hole")
        begun = time.perf_counter()
        try:
            while client.connected:
                await client.read_holding_registers(1000, count=1, device_id=1)
        except ModbusException:
            pass  # that is its way of saying so
        finally:
            client.close()
        return time.perf_counter() - begun

    with SimulatedPlc(directory) as plc:
        return asyncio.run(run(plc))
