"""Gateway and driver against the simulated scale: a real process on a real pseudo-terminal, and its own record as the witness."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from jope_drivers.catalog import make_gateway, scale_drivers, simulators
from jope_drivers.simulator.handle import DEFAULT_IDENTITY, Garble, SimulatedScale, SimulatedScaleSetup

from jope.kernel.clock import SystemClock
from jope.kernel.errors import (
    DeviceIdentityError,
    DeviceIndeterminateError,
    DeviceOfflineError,
    DeviceRefusedError,
    EnvironmentFaultError,
    NotFoundError,
)
from jope.plant.devices.ports import DeviceConfig, DeviceIdentity, DeviceState, DeviceStatus, Gateway, Quality, Reading, ScaleAction

SCALE = "SC-1"
LIMIT_SECONDS = 30.0
QUICK = SimulatedScaleSetup(time_constant=Decimal("0.02"), window=Decimal("0.15"), stable_timeout=Decimal("0.5"), late=Decimal("0.8"))


class Recorder:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.statuses: list[DeviceStatus] = []

    def reading(self, reading: Reading) -> None:
        self.readings.append(reading)

    def status(self, status: DeviceStatus) -> None:
        self.statuses.append(status)

    def states(self) -> list[DeviceState]:
        return [status.state for status in self.statuses]

    def values(self, *, since: int = 0) -> set[str]:
        return {str(reading.quantity) for reading in self.readings[since:] if reading.quantity is not None}


class Bench:
    """A simulated scale, a gateway connected to it, and what the gateway delivered."""

    def __init__(self, directory: Path, *, setup: SimulatedScaleSetup = QUICK, config: DeviceConfig | None = None) -> None:
        self.scale = SimulatedScale(directory, setup=setup)
        basis = DeviceConfig(SCALE, "mt-sics", str(self.scale.link), setup.identity, {"unit": setup.unit}, poll_seconds=0.05)
        self.config = config if config is not None else basis
        self.gateway: Gateway = make_gateway((self.config,), scale_drivers(), SystemClock())
        self.sink = Recorder()

    def newest(self) -> Reading:
        reading = self.gateway.newest(SCALE)
        assert reading is not None
        return reading

    def await_state(self, state: DeviceState) -> None:
        await_that(lambda: self.gateway.status(SCALE).state is state, f"state {state}, is {self.gateway.status(SCALE)}")

    def await_stable(self, value: str) -> Reading:
        await_that(lambda: self._stands_at(value), f"a stable {value}, newest is {self.gateway.newest(SCALE)}")
        return self.newest()

    def await_detail(self, detail: str) -> Reading:
        await_that(lambda: self.newest().detail == detail, detail)
        return self.newest()

    def await_more(self, count: int) -> None:
        wanted = len(self.sink.readings) + count
        await_that(lambda: len(self.sink.readings) >= wanted, f"{count} more readings")

    def _stands_at(self, value: str) -> bool:
        newest = self.gateway.newest(SCALE)
        return newest is not None and newest.stable and str(newest.quantity) == value


def await_that(condition: Callable[[], bool], what: str) -> None:
    """Wait until the condition holds; how long it took does not matter."""
    clock = SystemClock()
    limit_us = clock.monotonic_us() + int(LIMIT_SECONDS * 1_000_000)
    while not condition():
        if clock.monotonic_us() > limit_us:
            pytest.fail(f"waited in vain for {what}")
        time.sleep(0.005)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Scale and gateway, running; both ended and no thread left behind afterwards."""
    yield from running(Bench(tmp_path))


def running(bench: Bench) -> Iterator[Bench]:
    before = set(threading.enumerate())
    with bench.scale:
        bench.gateway.start(bench.sink)
        yield bench
        bench.gateway.stop()
    assert set(threading.enumerate()) <= before


def let_an_answer_come_late(bench: Bench) -> None:
    """One answer comes after the load was changed; no weight of the load before may be taken for a stable one of the new load."""
    bench.scale.load("100")
    bench.await_stable("100.00 g")
    bench.scale.garble(1, "late")
    await_that(lambda: any(frame.garble == "late" for frame in bench.scale.frames()), "the late frame")
    begun = len(bench.sink.readings)
    bench.scale.load("900")
    bench.await_stable("1000.00 g")
    # The late frame says 100.00 g stable; the first weight after it must be from the new load.
    assert "100.00 g" not in {str(reading.quantity) for reading in bench.sink.readings[begun:] if reading.stable}


# --- weights ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("F01", "F14", "P11-09")
def test_a_stable_weight_comes_with_its_evidence(bench: Bench) -> None:
    bench.scale.load("250.3")
    reading = bench.await_stable("250.30 g")
    assert reading.quality is Quality.GOOD
    assert reading.raw_frame == "S S     250.30 g"
    assert reading.frame_hash == hashlib.sha256(b"S S     250.30 g").hexdigest()
    assert reading.identity == DEFAULT_IDENTITY
    assert reading.detail == ""
    assert bench.gateway.reading(SCALE, reading.number) == reading
    assert bench.gateway.reading(SCALE, 10_000_000) is None


@pytest.mark.req("F01", "F08", "P11-09")
def test_a_swinging_load_is_never_stable(bench: Bench) -> None:
    bench.scale.load("250.3")
    accepted = bench.await_stable("250.30 g")
    assert not bench.gateway.unloaded_since(SCALE, accepted.number)
    bench.scale.swing("1")
    begun = len(bench.sink.readings)
    await_that(lambda: any(r.quality is Quality.GOOD and not r.stable for r in bench.sink.readings[begun:]), "an unstable reading")
    bench.await_stable("250.30 g")
    assert not bench.gateway.unloaded_since(SCALE, accepted.number)


@pytest.mark.req("F08", "A11d-04")
def test_a_new_load_is_seen_as_a_change(bench: Bench) -> None:
    accepted = bench.await_stable("0.00 g")
    bench.scale.load("0.5")
    bench.await_stable("0.50 g")
    assert bench.gateway.unloaded_since(SCALE, accepted.number)


@pytest.mark.req("F01", "P11-09")
def test_drift_and_noise_show_as_they_are(bench: Bench) -> None:
    bench.await_stable("0.00 g")
    bench.scale.drift("0.5")
    await_that(lambda: any(Decimal("0.2") < r.quantity.value for r in bench.sink.readings if r.quantity is not None), "a drifted value")
    bench.scale.drift("0")
    bench.scale.noise("2")
    bench.await_more(5)
    begun = len(bench.sink.readings)
    bench.await_more(10)
    assert not any(reading.stable for reading in bench.sink.readings[begun:])


@pytest.mark.req("F01", "F07", "P11-09")
@pytest.mark.parametrize(("grams", "detail", "frame"), [("6200", "overload", "S +"), ("-200", "underload", "S -")])
def test_beyond_the_limits_there_is_no_value(bench: Bench, grams: str, detail: str, frame: str) -> None:
    bench.await_stable("0.00 g")
    bench.scale.load(grams)
    reading = bench.await_detail(detail)
    assert reading.quality is Quality.BAD
    assert reading.quantity is None
    assert not reading.stable
    assert reading.raw_frame == frame


@pytest.mark.req("F14", "F01")
def test_the_readings_are_the_simulators_own_record_frame_by_frame(bench: Bench) -> None:
    for grams in ("120", "55.55", "-30.01", "0.02"):
        bench.scale.load(grams)
        bench.await_more(8)
    bench.gateway.stop()
    sent = [(frame.frame, frame.sha256) for frame in bench.scale.frames() if frame.frame.startswith("S ")]
    heard = [(reading.raw_frame, reading.frame_hash) for reading in bench.sink.readings if reading.detail != "offline"]
    assert len(heard) >= 32
    # The last answer may have been on its way when the line was closed.
    assert sent[: len(heard)] == heard
    assert len(sent) - len(heard) <= 1
    assert all(str(r.quantity.value) == r.raw_frame[4:14].strip() for r in bench.sink.readings if r.quantity is not None)


# --- zero and tare ---------------------------------------------------------------------------------------------------


@pytest.mark.req("F05", "J01")
def test_tare_subtracts_the_container(bench: Bench) -> None:
    bench.scale.load("250.3")
    bench.await_stable("250.30 g")
    receipt = bench.gateway.act(SCALE, ScaleAction.TARE)
    assert receipt.done
    assert receipt.raw_frame == "T S     250.30 g"
    bench.await_stable("0.00 g")
    bench.scale.load("12.34")
    bench.await_stable("12.34 g")
    bench.scale.unload()
    bench.await_stable("-250.30 g")


@pytest.mark.req("F05", "J01")
def test_zero_takes_a_small_rest_and_refuses_a_load(bench: Bench) -> None:
    bench.scale.load("0.7")
    bench.await_stable("0.70 g")
    assert bench.gateway.act(SCALE, ScaleAction.ZERO).raw_frame == "Z A"
    bench.await_stable("0.00 g")
    bench.scale.load("500")
    bench.await_stable("500.00 g")
    with pytest.raises(DeviceRefusedError, match="JOPE-404"):
        bench.gateway.act(SCALE, ScaleAction.ZERO)
    bench.await_stable("500.00 g")


@pytest.mark.req("F05", "F01")
def test_an_unstable_load_cannot_be_tared(bench: Bench) -> None:
    bench.scale.load("100")
    bench.await_stable("100.00 g")
    bench.scale.swing("3")
    bench.await_more(5)
    with pytest.raises(DeviceRefusedError, match="busy"):
        bench.gateway.act(SCALE, ScaleAction.TARE)
    bench.await_stable("100.00 g")


@pytest.mark.req("J01", "J05")
def test_an_action_without_a_receipt_in_time_is_indeterminate_and_sent_once(tmp_path: Path) -> None:
    for bench in running(Bench(tmp_path, setup=replace(QUICK, stable_timeout=Decimal(2)))):
        bench.scale.load("100")
        bench.await_stable("100.00 g")
        bench.scale.swing("1")
        bench.await_more(5)
        with pytest.raises(DeviceIndeterminateError, match="JOPE-405"):
            bench.gateway.act(SCALE, ScaleAction.TARE, timeout_seconds=0.1)
        # The device is still waiting for rest: no weight from before passes for a fresh one meanwhile.
        bench.await_detail("busy")
        bench.await_stable("0.00 g")
        assert [frame.frame for frame in bench.scale.frames()].count("T S     100.00 g") == 1


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
    since = bench.sink.readings[begun:]
    damaged = [reading for reading in since if reading.quality is Quality.BAD]
    assert len(damaged) == 3
    assert {reading.detail for reading in damaged} == {"wrong_unit" if kind == "wrong_unit" else "garbled"}
    assert all(reading.quantity is None and not reading.stable for reading in damaged)
    assert bench.sink.values(since=begun) == {"250.30 g"}
    assert bench.gateway.status(SCALE).garbled_frames == (0 if kind == "wrong_unit" else 3)
    assert bench.gateway.status(SCALE).reconnects == 0


@pytest.mark.req("F01", "F08", "P11-09")
def test_a_late_answer_is_not_taken_for_the_new_load(bench: Bench) -> None:
    let_an_answer_come_late(bench)


@pytest.mark.req("J01", "J04", "P11-09")
def test_unplugged_it_comes_back_by_itself_and_no_old_weight_stays_live(bench: Bench) -> None:
    bench.scale.load("250.3")
    bench.await_stable("250.30 g")
    for round_number in (1, 2, 3):
        bench.scale.unplug()
        bench.await_state(DeviceState.BACKOFF)
        offline = bench.newest()
        assert (offline.detail, offline.quality, offline.quantity, offline.stable) == ("offline", Quality.BAD, None, False)
        with pytest.raises(DeviceOfflineError, match="JOPE-401"):
            bench.gateway.act(SCALE, ScaleAction.TARE)
        bench.scale.plug()
        bench.await_stable("250.30 g")
        assert bench.gateway.status(SCALE).reconnects == round_number
    assert [reading.detail for reading in bench.sink.readings].count("offline") == 3
    assert [reading.number for reading in bench.sink.readings] == list(range(1, len(bench.sink.readings) + 1))


@pytest.mark.req("J01", "J04")
def test_a_load_changed_while_unplugged_counts_as_a_change(bench: Bench) -> None:
    bench.scale.load("250.3")
    accepted = bench.await_stable("250.30 g")
    bench.scale.unplug()
    bench.await_state(DeviceState.BACKOFF)
    assert not bench.gateway.unloaded_since(SCALE, accepted.number)
    bench.scale.load("100")
    bench.scale.plug()
    bench.await_stable("350.30 g")
    assert bench.gateway.unloaded_since(SCALE, accepted.number)


@pytest.mark.req("J01", "J04")
def test_a_silent_line_is_not_a_device(tmp_path: Path) -> None:
    far_end, near_end = os.openpty()
    tty.setraw(near_end)
    config = DeviceConfig(SCALE, "mt-sics", os.ttyname(near_end), DEFAULT_IDENTITY)
    gateway, sink = make_gateway((config,), scale_drivers(), SystemClock()), Recorder()
    gateway.start(sink)
    await_that(lambda: DeviceState.BACKOFF in sink.states(), "giving up the first time")
    gateway.stop()
    os.close(far_end)
    os.close(near_end)
    assert sink.readings == []
    assert sink.states()[:3] == [DeviceState.CONNECTING, DeviceState.IDENTIFYING, DeviceState.BACKOFF]


# --- identity --------------------------------------------------------------------------------------------------------


@pytest.mark.req("J08", "J03", "P11-09")
@pytest.mark.parametrize("other", [replace(DEFAULT_IDENTITY, serial_number="B999"), replace(DEFAULT_IDENTITY, firmware="9.99")])
def test_another_device_is_gated_and_delivers_nothing(tmp_path: Path, other: DeviceIdentity) -> None:
    config = DeviceConfig(SCALE, "mt-sics", str(tmp_path / "scale"), DEFAULT_IDENTITY, {"unit": "g"}, poll_seconds=0.05)
    for bench in running(Bench(tmp_path, setup=replace(QUICK, identity=other), config=config)):
        bench.await_state(DeviceState.GATED)
        assert bench.gateway.status(SCALE).identity == other
        with pytest.raises(DeviceIdentityError, match="JOPE-403"):
            bench.gateway.act(SCALE, ScaleAction.TARE)
        assert bench.gateway.newest(SCALE) is None
        bench.scale.become(serial_number=DEFAULT_IDENTITY.serial_number, firmware=DEFAULT_IDENTITY.firmware)
        bench.await_stable("0.00 g")
        assert all(reading.identity == DEFAULT_IDENTITY for reading in bench.sink.readings)


@pytest.mark.req("J08", "P11-09")
@pytest.mark.parametrize("visibly", [True, False], ids=["cable pulled", "only a disturbance seen"])
def test_a_device_swapped_while_running_is_gated(bench: Bench, visibly: bool) -> None:
    bench.scale.load("250.3")
    bench.await_stable("250.30 g")
    bench.scale.become(serial_number="B999")
    if visibly:
        bench.scale.unplug()
        bench.await_state(DeviceState.BACKOFF)
        bench.scale.plug()
    else:
        bench.scale.garble(1, "partial")
    bench.await_state(DeviceState.GATED)
    assert bench.newest().detail == "offline"
    count = len(bench.sink.readings)
    bench.scale.load("1")
    bench.scale.become(firmware="9.99")
    await_that(
        lambda: bench.gateway.status(SCALE).identity == replace(DEFAULT_IDENTITY, serial_number="B999", firmware="9.99"), "a recheck"
    )
    assert len(bench.sink.readings) == count


# --- the gateway itself ----------------------------------------------------------------------------------------------


@pytest.mark.req("J01", "J05", "P11-09")
def test_nothing_but_reading_and_the_asked_action_is_sent(bench: Bench) -> None:
    bench.await_stable("0.00 g")
    bench.scale.garble(1, "bytes")
    bench.await_more(4)
    bench.gateway.act(SCALE, ScaleAction.ZERO)
    bench.gateway.stop()
    heads = {frame.frame.split()[0] for frame in bench.scale.frames() if not frame.garble}
    assert heads == {"I2", "I3", "I4", "S", "TA", "Z"}


@pytest.mark.req("J01")
def test_one_failing_device_does_not_hold_up_another(tmp_path: Path) -> None:
    class Fragile(Recorder):
        def reading(self, reading: Reading) -> None:
            if reading.device_id == "SC-2":
                raise RuntimeError("this sink cannot take SC-2")
            super().reading(reading)

    first, second = SimulatedScale(tmp_path, name="one", setup=QUICK), SimulatedScale(tmp_path, name="two", setup=QUICK)
    configs = tuple(
        DeviceConfig(name, protocol, address, None, options)
        for name, protocol, address, options in (
            ("SC-1", "mt-sics", str(first.link), {"unit": "g"}),
            ("SC-2", "mt-sics", str(second.link), {}),
            ("SC-3", "unheard-of", "COM9", {}),
            ("SC-4", "mt-sics", "COM9", {"parity": "perhaps"}),
        )
    )
    gateway, sink = make_gateway(configs, scale_drivers(), SystemClock()), Fragile()
    with first, second:
        gateway.start(sink)
        await_that(lambda: gateway.status("SC-2").state is DeviceState.BACKOFF, "the failure of SC-2")
        await_that(lambda: len(sink.readings) >= 10, "readings of SC-1")
        assert gateway.status("SC-1").state is DeviceState.ONLINE
        assert gateway.status("SC-3").state is DeviceState.DISABLED
        assert "unheard-of" in gateway.status("SC-3").message
        assert gateway.status("SC-4").state is DeviceState.DISABLED
        gateway.stop()
    assert {reading.device_id for reading in sink.readings} == {"SC-1"}


@pytest.mark.req("J01")
def test_stopped_it_is_offline_and_says_so(bench: Bench) -> None:
    bench.await_stable("0.00 g")
    bench.gateway.stop()
    bench.gateway.stop()
    assert bench.newest().detail == "offline"
    assert bench.gateway.status(SCALE).state is DeviceState.STOPPING
    with pytest.raises(DeviceOfflineError):
        bench.gateway.act(SCALE, ScaleAction.ZERO)
    with pytest.raises(NotFoundError):
        bench.gateway.newest("SC-9")


@pytest.mark.req("J01")
def test_a_simulated_scale_that_cannot_start_says_why(tmp_path: Path) -> None:
    assert simulators()["mt-sics"](tmp_path).link == tmp_path / "scale"
    scale = SimulatedScale(tmp_path, setup=replace(QUICK, unit="stone"))
    with pytest.raises(EnvironmentFaultError, match="stone"):
        scale.start()
    with pytest.raises(EnvironmentFaultError, match="not running"):
        scale.load("1")
