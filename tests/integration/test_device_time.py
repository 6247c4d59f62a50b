"""Devices where time is not simple: the nights on which the clocks change, and a clock that jumps (URS C12, F07, J06; A11d-05)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from jope.kernel.clock import ClockQuality, Instant, site_date, site_text
from jope.kernel.units import Quantity
from jope.plant.devices.model import Device, new_device
from jope.plant.devices.ports import DeviceIdentity, Quality, Reading
from jope.plant.devices.sampling.contexts import NOTHING, ContextBook, SampleContext
from jope.plant.devices.sampling.keeping import SampleKeeper
from jope.plant.devices.sampling.limits import LimitWatch
from jope.plant.devices.sampling.sink import SampleSink, weight_tag
from jope.plant.devices.sampling.store import SampleReader, sample_location
from jope.plant.devices.state_events import StateEvents
from jope.plant.devices.tags import TagBatch, TagValue, is_good
from jope.plant.devices.usable import RejectionError, fault_of_scale, require_fresh
from tests.support.clocks import SetClock

ZONE = "Europe/Vienna"
KEY = bytes(range(32))
SHORT_DAY, LONG_DAY = "2027-03-28", "2026-10-25"
"""23 and 25 hours long at the site."""


def us(text: str) -> int:
    """A UTC time as microseconds."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def scale(**changed: object) -> Device:
    """A registered scale with nothing against it."""
    device = new_device("SC-1", "L3", "mt-sics", "/dev/null", DeviceIdentity("X", "1", "1"), unit="g")
    device.check_passed = 1
    for name, value in changed.items():
        setattr(device, name, value)
    return device


@pytest.mark.req("F07", "J06", "C12")
@pytest.mark.parametrize(
    ("due", "last_good", "first_bad"),
    [
        ("2026-10-24", "2026-10-24T21:59:59", "2026-10-24T22:00:00"),
        (LONG_DAY, "2026-10-25T22:59:59", "2026-10-25T23:00:00"),
        ("2027-03-27", "2027-03-27T22:59:59", "2027-03-27T23:00:00"),
        (SHORT_DAY, "2027-03-28T21:59:59", "2027-03-28T22:00:00"),
        ("2028-02-29", "2028-02-29T22:59:59", "2028-02-29T23:00:00"),
        ("2026-12-31", "2026-12-31T22:59:59", "2026-12-31T23:00:00"),
    ],
)
def test_a_calibration_holds_to_the_end_of_its_last_day_at_the_site(due: str, last_good: str, first_bad: str) -> None:
    device = scale(calibration_due=due, check_due_us=None)
    assert fault_of_scale(device, us(last_good), site_date(us(last_good), ZONE)) is None
    fault = fault_of_scale(device, us(first_bad), site_date(us(first_bad), ZONE))
    assert fault is not None
    assert (fault.rule, due in fault.message) == ("calibration", True)


@pytest.mark.req("F07", "J06", "C12")
@pytest.mark.parametrize("night", [LONG_DAY, SHORT_DAY])
def test_a_check_every_day_is_due_after_24_hours_whatever_the_clocks_on_the_wall_do(night: str) -> None:
    done = us(f"{night}T00:30:00")
    device = scale(calibration_due="2030-01-01", check_due_us=done + 24 * 3_600_000_000)
    for hours in range(24):
        now = done + hours * 3_600_000_000
        assert fault_of_scale(device, now, site_date(now, ZONE)) is None, site_text(now, ZONE)
    now = done + 24 * 3_600_000_000
    fault = fault_of_scale(device, now, site_date(now, ZONE))
    assert fault is not None
    assert fault.rule == "check_due"


class Kept:
    """A sink with its keeper on a clock that the test sets."""

    def __init__(self, folder: Path) -> None:
        self.location = sample_location(folder, KEY)
        self.clock = SetClock()
        self.keeper = SampleKeeper(self.location, "S-1", self.clock, lambda _trouble: None)
        self.contexts = ContextBook()
        self.sink = SampleSink(
            StateEvents(lambda _command: None), self.keeper, self.contexts, LimitWatch(lambda _command: None), self.clock
        )
        self.keeper.start()

    def set_to(self, text: str) -> None:
        """Set the wall clock to a UTC time; the monotonic clock goes on."""
        self.clock.wall_offset_us += us(text) - self.clock.now().utc_us


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


@pytest.mark.req("C12", "A11d-05", "L04")
def test_the_hour_that_comes_twice_is_two_hours_of_samples(kept: Kept) -> None:
    begin = us("2026-10-25T00:00:00")  # 02:00 +02:00 at the site; an hour later it is 02:00 again
    minutes = [begin + minute * 60_000_000 for minute in range(120)]
    for number, at in enumerate(minutes):
        received = Instant(at, at, "boot", ClockQuality.SYNCHRONISED)
        assert kept.sink.values("PLC-1", TagBatch((TagValue("PLC-1.speed", float(number), 0, at, at, 0),), received))
    assert kept.keeper.flush()
    kept.keeper.stop()
    reader = SampleReader(kept.location)
    rows = reader.between("PLC-1.speed", minutes[0], minutes[-1] + 1)
    assert [row.value for row in rows] == [float(number) for number in range(120)]
    shown = [site_text(row.time_us, ZONE) for row in rows]
    assert len(set(shown)) == 120, "the offset tells the two apart"
    assert [text[11:16] for text in shown[:60]] == [text[11:16] for text in shown[60:]], "the wall shows the same hour"
    buckets = reader.buckets("PLC-1.speed", minutes[0], minutes[-1] + 60_000_000, 4)
    assert [(bucket.low, bucket.high) for bucket in buckets] == [(Decimal(30 * n), Decimal(30 * n + 29)) for n in range(4)]


@pytest.mark.req("C12", "J01", "K01", "A11d-05")
@pytest.mark.parametrize("jump", [-3600, 3600, -86_400])
def test_a_clock_that_jumps_loses_no_value_and_moves_none_to_another_batch(kept: Kept, jump: int) -> None:
    kept.set_to("2026-11-20T10:00:00")
    first, second = SampleContext("B-1", "Running", "R-1", "1", "B-1"), SampleContext("B-2", "Running", "R-1", "1", "B-2")
    kept.contexts.change(first, kept.clock.now().utc_us)
    for number in range(40):
        if number == 20:
            kept.clock.wall_offset_us += jump * 1_000_000
        if number == 30:
            kept.contexts.change(second, kept.clock.now().utc_us)
        kept.clock.pass_seconds(1)
        now = kept.clock.now()
        assert kept.sink.values("PLC-1", TagBatch((TagValue("PLC-1.speed", float(number), 0, None, None, 0),), now))
    assert kept.keeper.flush()
    kept.keeper.stop()
    reader = SampleReader(kept.location)
    rows = reader.after(0, 100)
    assert [row.value for row in rows] == [float(number) for number in range(40)]
    assert [row.seq for row in rows] == list(range(1, 41))
    assert [row.mono_us for row in rows] == sorted(row.mono_us for row in rows), "the order of what happened needs no wall clock"
    assert [row.context for row in rows] == [first] * 30 + [second] * 10
    assert reader.check() == ()
    assert NOTHING not in {row.context for row in rows}


@pytest.mark.req("C12", "F14")
@pytest.mark.parametrize("jump", [-3600, 3600])
def test_a_resting_scale_leaves_a_sample_when_the_clock_jumped(kept: Kept, jump: int) -> None:
    kept.set_to("2026-11-20T10:00:00")
    for number in range(30):
        if number == 10:
            kept.clock.wall_offset_us += jump * 1_000_000
        kept.clock.pass_seconds(0.1)
        kept.sink.reading(
            Reading(
                "SC-1",
                number,
                Quantity.parse("10.00", "g"),
                Quality.GOOD,
                True,
                kept.clock.now(),
                "S S 10.00 g",
                "",
                DeviceIdentity("", "", ""),
            )
        )
    assert kept.keeper.flush()
    kept.keeper.stop()
    rows = SampleReader(kept.location).newest(weight_tag("SC-1"), count=10)
    assert len(rows) == 2, "one before the jump and one after it"
    assert all(is_good(row.status) for row in rows)


@pytest.mark.req("C12", "F08", "P11-09")
@pytest.mark.parametrize("jump", [-86_400, -3600, 3600, 86_400])
def test_a_weight_is_fresh_by_the_clock_that_nobody_sets(jump: int) -> None:
    clock = SetClock()
    reading = Reading("SC-1", 1, Quantity.parse("10.00", "g"), Quality.GOOD, True, clock.now(), "", "", DeviceIdentity("", "", ""))
    clock.wall_offset_us += jump * 1_000_000
    clock.mono_offset_us += 1_500_000
    require_fresh(reading, clock.now(), load_changed=True)
    clock.mono_offset_us += 1_000_000
    with pytest.raises(RejectionError, match="older than two seconds"):
        require_fresh(reading, clock.now(), load_changed=True)
