"""Every make of scale against its simulated device: a real process on a real pseudo-terminal, with its own record as the witness."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from jope_drivers.catalog import scale_drivers, simulators
from jope_drivers.scales.makes import DIALECTS
from jope_drivers.simulator.handle import IDENTITIES, Garble, SimulatedScaleSetup, simulated_identity

from jope.kernel.errors import DeviceIndeterminateError, DeviceRefusedError
from jope.plant.devices.ports import DeviceConfig, DeviceState, Quality, Reading, ScaleAction
from tests.drivers.test_scale_gateway import QUICK, SCALE, Bench, await_that, let_an_answer_come_late, running

NEW = ("sbi", "kcp", "and", "ohaus")
SHOWING = ("sbi", "and", "ohaus")
"""Makes whose zero and tare are seen from what they show."""

pytestmark = pytest.mark.timeout(300)


def quick(protocol: str, **changes: object) -> SimulatedScaleSetup:
    return replace(QUICK, protocol=protocol, identity=simulated_identity(protocol), **changes)


def bench_of(directory: Path, setup: SimulatedScaleSetup, *, poll_seconds: float = 0.05) -> Bench:
    address, expected = str(directory / "scale"), IDENTITIES[setup.protocol]
    config = DeviceConfig(SCALE, setup.protocol, address, expected, {"unit": setup.unit}, poll_seconds=poll_seconds)
    return Bench(directory, setup=setup, config=config)


@pytest.fixture(params=NEW)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Scale and gateway of one make, running."""
    yield from running(bench_of(tmp_path, quick(request.param)))


@pytest.fixture
def sbi(tmp_path: Path) -> Iterator[Bench]:
    """A Sartorius, running."""
    yield from running(bench_of(tmp_path, quick("sbi")))


def weight_in(protocol: str, reading: Reading) -> str:
    """The value as it stands in the raw frame, found without the driver's reader."""
    raw = reading.raw_frame
    if protocol == "kcp":
        return raw[4:14].strip()
    if protocol == "and":
        return f"{Decimal(raw[3:12])}"
    if protocol == "ohaus":
        return raw[:11].strip()
    return raw[6:16].replace(" ", "").lstrip("+")


# --- weights ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("F01", "F14", "J08", "P11-09")
def test_a_stable_weight_comes_with_its_evidence_and_the_device_is_known(bench: Bench) -> None:
    bench.scale.load("250.3")
    reading = bench.await_stable("250.30 g")
    protocol = bench.config.protocol
    assert reading.quality is Quality.GOOD
    assert weight_in(protocol, reading) == "250.30"
    assert reading.frame_hash == hashlib.sha256(reading.raw_frame.encode("latin-1")).hexdigest()
    assert reading.identity == IDENTITIES[protocol]
    sent = {frame.frame: frame.sha256 for frame in bench.scale.frames()}
    assert sent[reading.raw_frame] == reading.frame_hash


@pytest.mark.req("F01", "F14", "P11-09")
def test_every_value_is_the_one_in_its_frame(bench: Bench) -> None:
    for grams in ("120", "55.55", "-180.01", "0.02"):
        bench.scale.load(grams)
        bench.await_more(8)
    bench.gateway.stop()
    heard = [reading for reading in bench.sink.readings if reading.quantity is not None]
    assert len(heard) >= 12
    assert all(str(reading.quantity.value) == weight_in(bench.config.protocol, reading) for reading in heard if reading.quantity)
    sent = {frame.frame for frame in bench.scale.frames()}
    assert {reading.raw_frame for reading in heard} <= sent


@pytest.mark.req("F01", "F08", "P11-09")
def test_a_moving_load_is_never_stable(bench: Bench) -> None:
    bench.scale.load("250.3")
    accepted = bench.await_stable("250.30 g")
    bench.scale.swing("1")
    begun = len(bench.sink.readings)
    await_that(lambda: any(r.quantity is not None and not r.stable for r in bench.sink.readings[begun:]), "an unstable reading")
    moving = [r for r in bench.sink.readings[begun:] if r.quantity is not None and not r.stable]
    expected = Quality.UNCERTAIN if bench.config.protocol == "sbi" else Quality.GOOD
    assert {reading.quality for reading in moving} == {expected}
    bench.await_stable("250.30 g")
    assert not bench.gateway.unloaded_since(SCALE, accepted.number)


@pytest.mark.req("F01", "P11-09")
def test_a_moving_load_without_a_unit_is_no_value_before_one_was_at_rest(tmp_path: Path) -> None:
    for bench in running(bench_of(tmp_path, quick("sbi", window=Decimal(2)))):
        bench.await_more(5)
        first = bench.sink.readings[0]
        assert (first.quality, first.quantity, first.stable, first.detail) == (Quality.BAD, None, False, "busy")
        bench.await_stable("0.00 g")


@pytest.mark.req("F01", "F07", "P11-09")
@pytest.mark.parametrize(("grams", "detail"), [("6200", "overload"), ("-200", "underload")])
def test_beyond_the_limits_there_is_no_value(bench: Bench, grams: str, detail: str) -> None:
    bench.await_stable("0.00 g")
    bench.scale.load(grams)
    reading = bench.await_detail(detail)
    assert (reading.quality, reading.quantity, reading.stable) == (Quality.BAD, None, False)
    assert reading.raw_frame != ""


# --- zero and tare ---------------------------------------------------------------------------------------------------


@pytest.mark.req("F05", "J01")
def test_tare_and_zero_have_receipts(bench: Bench) -> None:
    bench.scale.load("250.3")
    bench.await_stable("250.30 g")
    receipt = bench.gateway.act(SCALE, ScaleAction.TARE)
    assert receipt.done
    if bench.config.protocol in SHOWING:
        assert Decimal(weight_in(bench.config.protocol, replace(bench.newest(), raw_frame=receipt.raw_frame))) == 0
    else:
        assert receipt.raw_frame == "T S     250.30 g"
    bench.await_stable("0.00 g")
    bench.scale.unload()
    bench.await_stable("-250.30 g")
    bench.scale.load("0.7")
    bench.await_stable("-249.60 g")
    assert bench.gateway.act(SCALE, ScaleAction.ZERO).done
    bench.await_stable("0.00 g")


@pytest.mark.req("F05", "J01", "J05")
@pytest.mark.parametrize("protocol", SHOWING)
def test_without_acknowledgement_the_receipt_is_what_the_scale_shows(tmp_path: Path, protocol: str) -> None:
    for bench in running(bench_of(tmp_path, quick(protocol, acknowledges=False))):
        bench.scale.load("250.3")
        bench.await_stable("250.30 g")
        receipt = bench.gateway.act(SCALE, ScaleAction.TARE)
        assert Decimal(weight_in(protocol, replace(bench.newest(), raw_frame=receipt.raw_frame))) == 0
        assert receipt.detail == "read back"
        bench.await_stable("0.00 g")
        # Whether this one was carried out cannot be seen.
        assert bench.gateway.act(SCALE, ScaleAction.TARE).detail == "showed zero before and after"


@pytest.mark.req("F05", "F01")
@pytest.mark.parametrize("protocol", ["kcp", "and", "ohaus"])
def test_a_refusal_is_told(tmp_path: Path, protocol: str) -> None:
    # Long windows would make the A&D's error come between two polls; at rest it comes at once.
    for bench in running(bench_of(tmp_path, quick(protocol))):
        bench.scale.load("500")
        bench.await_stable("500.00 g")
        with pytest.raises((DeviceRefusedError, DeviceIndeterminateError)) as told:
            bench.gateway.act(SCALE, ScaleAction.ZERO)
        # An A&D acknowledges first that it heard; its error may then stand where an answer to a poll would.
        assert protocol == "and" or isinstance(told.value, DeviceRefusedError)
        bench.await_stable("500.00 g")


@pytest.mark.req("J01", "J05", "F05")
def test_a_silent_scale_that_does_nothing_leaves_it_open_whether_it_did(sbi: Bench) -> None:
    sbi.scale.load("500")
    sbi.await_stable("500.00 g")
    with pytest.raises(DeviceIndeterminateError, match="JOPE-405"):
        sbi.gateway.act(SCALE, ScaleAction.ZERO, timeout_seconds=20)
    sbi.await_stable("500.00 g")
    assert sbi.gateway.status(SCALE).reconnects == 0


@pytest.mark.req("J01", "J05", "F05")
def test_a_moving_load_gives_no_receipt_before_it_is_at_rest(tmp_path: Path) -> None:
    for bench in running(bench_of(tmp_path, quick("sbi", stable_timeout=Decimal(4)))):
        bench.scale.load("100")
        bench.await_stable("100.00 g")
        bench.scale.swing("1")
        bench.await_more(3)
        receipt = bench.gateway.act(SCALE, ScaleAction.TARE, timeout_seconds=20)
        assert receipt.raw_frame == "N     +     0.00 g  "


# --- a disturbed line ------------------------------------------------------------------------------------------------


@pytest.mark.req("F01", "F14", "J01", "P11-09")
@pytest.mark.parametrize("kind", ["bytes", "partial", "late", "wrong_unit"])
def test_a_damaged_frame_never_gives_a_value(bench: Bench, kind: Garble) -> None:
    bench.scale.load("250.3")
    bench.await_stable("250.30 g")
    begun = len(bench.sink.readings)
    bench.scale.garble(3, kind)
    await_that(lambda: DeviceState.DEGRADED in bench.sink.states(), "degraded")
    bench.await_state(DeviceState.ONLINE)
    bench.await_more(5)
    damaged = [reading for reading in bench.sink.readings[begun:] if reading.quality is Quality.BAD]
    assert len(damaged) == 3
    assert {reading.detail for reading in damaged} == {"wrong_unit" if kind == "wrong_unit" else "garbled"}
    assert bench.sink.values(since=begun) == {"250.30 g"}
    assert bench.gateway.status(SCALE).reconnects == 0


@pytest.mark.req("F01", "F08", "P11-09")
def test_a_late_answer_is_not_taken_for_the_new_load(bench: Bench) -> None:
    let_an_answer_come_late(bench)


@pytest.mark.req("J01", "J04", "P11-09")
def test_unplugged_it_comes_back_by_itself(bench: Bench) -> None:
    bench.scale.load("250.3")
    bench.await_stable("250.30 g")
    bench.scale.unplug()
    bench.await_state(DeviceState.BACKOFF)
    assert (bench.newest().detail, bench.newest().quantity) == ("offline", None)
    bench.scale.plug()
    bench.await_stable("250.30 g")
    assert bench.gateway.status(SCALE).reconnects == 1


# --- identity and manners --------------------------------------------------------------------------------------------


@pytest.mark.req("J08", "P11-09")
@pytest.mark.parametrize("visibly", [True, False], ids=["cable pulled", "only a disturbance seen"])
def test_a_device_swapped_while_running_is_gated(bench: Bench, visibly: bool) -> None:
    bench.scale.load("250.3")
    bench.await_stable("250.30 g")
    bench.scale.become(serial_number="B9990001")
    if visibly:
        bench.scale.unplug()
        bench.await_state(DeviceState.BACKOFF)
        bench.scale.plug()
    else:
        bench.scale.garble(1, "partial")
    bench.await_state(DeviceState.GATED)
    assert bench.newest().detail == "offline"


@pytest.mark.req("J01")
def test_requests_to_a_kern_are_more_than_a_tenth_of_a_second_apart(tmp_path: Path) -> None:
    for bench in running(bench_of(tmp_path, quick("kcp"), poll_seconds=0.01)):
        bench.await_stable("0.00 g")
        begun = len(bench.sink.readings)
        bench.await_more(30)
        times = [reading.source_time.mono_us for reading in bench.sink.readings[begun : begun + 30]]
        # The first answer of the row may have come half a second after its request, the time that an answer is waited for.
        assert times[-1] - times[0] >= 29 * 100_000 - 500_000
        assert bench.gateway.status(SCALE).garbled_frames == 0
        assert bench.gateway.status(SCALE).identity == IDENTITIES["kcp"]


@pytest.mark.req("J01", "J05")
def test_no_dialect_can_send_what_changes_the_device_unasked() -> None:
    forbidden = {"@", "\x1bZ", "\x1bS", "0P", "CP", "CAL", "C"}
    for dialect in DIALECTS.values():
        asked = [dialect.poll, *(i.command for i in (dialect.serial_number, dialect.model, dialect.firmware) if i is not None)]
        commands = [*asked, *(action.command for action in dialect.actions.values())]
        assert not forbidden & set(commands)
        assert not any('"' in command or command.startswith("I4 ") for command in commands)
        assert not {action.command for action in dialect.actions.values()} & set(asked)


@pytest.mark.req("J01")
def test_every_protocol_has_a_driver_and_a_simulator() -> None:
    assert list(scale_drivers()) == ["mt-sics", "sbi", "kcp", "and", "ohaus"]
    assert set(simulators()) == set(scale_drivers()) == set(DIALECTS)
