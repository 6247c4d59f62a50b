"""A scale of which only the port is known: found with its protocol, speed and identity, and left as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import tty
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from jope_drivers.scales.detection import LINE_SETTINGS, described, detect_scale
from jope_drivers.simulator.handle import IDENTITIES, SimulatedScale, simulated_identity

from jope.kernel.clock import SystemClock
from jope.kernel.errors import DeviceOfflineError
from tests.drivers.test_scale_gateway import QUICK, await_that

pytestmark = pytest.mark.timeout(300)


@pytest.mark.req("J01", "J08")
@pytest.mark.parametrize("baudrate", [9600, 19200])
@pytest.mark.parametrize("protocol", list(IDENTITIES))
def test_a_scale_is_found_and_left_as_it_was(tmp_path: Path, protocol: str, baudrate: int) -> None:
    setup = replace(QUICK, protocol=protocol, identity=simulated_identity(protocol), baudrate=baudrate)
    told: list[str] = []
    with SimulatedScale(tmp_path, setup=setup) as scale:
        scale.load("100")
        found = detect_scale(str(scale.link), SystemClock(), progress=told.append)
        sent = [frame.frame for frame in scale.frames()]
    assert found is not None
    assert (found.protocol, found.settings.baudrate, found.identity) == (protocol, baudrate, IDENTITIES[protocol])
    assert told[0] == "9600 8N1: mt-sics"
    assert told[-1] == f"{baudrate} 8N1: {protocol}, serial number {IDENTITIES[protocol].serial_number}"
    # Neither a weight nor a receipt was asked for.
    assert not any(
        "  100.00" in frame or frame.startswith("ST,") or frame[:2] in ("S ", "Z ", "T ", "ST", "US", "\x06") or frame == "OK!"
        for frame in sent
    )


@pytest.mark.req("J01")
def test_settings_found_are_options_for_the_driver() -> None:
    for settings in LINE_SETTINGS:
        assert settings.from_options(settings.options()) == settings
    assert described(LINE_SETTINGS[1]) == "9600 7E1"
    assert len(set(LINE_SETTINGS)) == len(LINE_SETTINGS)


@pytest.mark.req("J01")
def test_what_is_sent_while_looking_is_read_only() -> None:
    far_end, near_end = os.openpty()
    tty.setraw(near_end)
    heard = bytearray()
    reader = threading.Thread(target=_listen, args=(far_end, heard))
    reader.start()
    try:
        assert detect_scale(os.ttyname(near_end), SystemClock(), progress=lambda _: None) is None
    finally:
        os.write(near_end, b"end")
        reader.join()
        os.close(far_end)
        os.close(near_end)
    assert set(bytes(heard).removesuffix(b"end").split(b"\r\n")) == {b"I4", b"\x1bx2_", b"?SN", b"PSN", b""}


def _listen(descriptor: int, heard: bytearray) -> None:
    while not heard.endswith(b"end"):
        heard += os.read(descriptor, 4096)


@pytest.mark.req("J01")
def test_a_device_that_talks_unasked_is_not_asked() -> None:
    far_end, near_end = os.openpty()
    tty.setraw(near_end)
    ended = threading.Event()
    talker = threading.Thread(target=_talk, args=(far_end, ended))
    talker.start()
    told: list[str] = []
    try:
        with pytest.raises(DeviceOfflineError, match="without being asked"):
            detect_scale(os.ttyname(near_end), SystemClock(), progress=told.append)
    finally:
        ended.set()
        talker.join()
        os.set_blocking(far_end, False)
        with pytest.raises(BlockingIOError):
            os.read(far_end, 1)  # nothing was sent to it
        os.close(far_end)
        os.close(near_end)
    assert any("without being asked" in sentence for sentence in told)


def _talk(descriptor: int, ended: threading.Event) -> None:
    while not ended.wait(0.02):
        os.write(descriptor, b"ST,+00250.30  g\r\n")


@pytest.mark.req("J01")
def test_a_port_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DeviceOfflineError, match="JOPE-401"):
        detect_scale(str(tmp_path / "none"), SystemClock(), progress=lambda _: None)


@pytest.mark.req("J01", "J08")
def test_a_scale_with_a_load_that_moves_is_found_too(tmp_path: Path) -> None:
    setup = replace(QUICK, protocol="and", identity=simulated_identity("and"), late=Decimal("0.1"))
    with SimulatedScale(tmp_path, setup=setup) as scale:
        scale.swing("20")
        await_that(scale.link.exists, "the line")
        found = detect_scale(str(scale.link), SystemClock(), progress=lambda _: None)
    assert found is not None
    assert found.protocol == "and"


@pytest.mark.req("J01", "J08")
def test_the_command_line_tells_what_hangs_on_a_port(tmp_path: Path) -> None:
    setup = replace(QUICK, protocol="ohaus", identity=simulated_identity("ohaus"))
    with SimulatedScale(tmp_path, setup=setup) as scale:
        command = [sys.executable, "-c", "from jope.cli.app import main; main()", "devices", "detect", "--address", str(scale.link)]
        asked, plain = (
            subprocess.run([*command, *more], check=True, capture_output=True, text=True, timeout=120) for more in (["--json"], [])
        )
    told = json.loads(asked.stdout)
    assert told["protocol"] == "ohaus"
    assert told["settings"] == {"baudrate": 9600, "data_bits": 8, "parity": "none", "stop_bits": 1, "xonxoff": False}
    assert told["identity"]["serial_number"] == "8331230001"
    assert "9600 8N1: ohaus" in asked.stderr
    assert plain.stdout.startswith(f"ohaus at {scale.link} (baudrate=9600 ")
