"""Samples: kept whole, in order and with their batch; nothing dropped, nothing numbered twice (URS J01, K01, K04; A11d-05)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from jope.compliance.commands import Command
from jope.kernel.clock import ClockQuality, Instant, SystemClock
from jope.kernel.errors import StoreKeyError, StoreVersionError
from jope.kernel.store.engine import DATABASE_ERRORS, StoreLocation, connect, create
from jope.kernel.store.migrations import schema_folder, statements
from jope.kernel.units import Quantity
from jope.plant.devices.ports import DeviceIdentity, Quality, Reading
from jope.plant.devices.sampling.contexts import NOTHING, ContextBook, SampleContext
from jope.plant.devices.sampling.keeping import SampleKeeper
from jope.plant.devices.sampling.limits import LimitWatch
from jope.plant.devices.sampling.sink import SampleSink, weight_tag
from jope.plant.devices.sampling.store import NewGap, NewSample, SampleReader, SampleWriter, sample_location
from jope.plant.devices.state_events import StateEvents
from jope.plant.devices.tags import GapRecord, SampleFlag, StatusCode, TagBatch, TagScalar, TagValue, is_bad, is_good

KEY = bytes(range(32))
BATCH = SampleContext("B-1", "Running", "R-1", "2", "B-1")
OTHER = SampleContext("B-2", "Running", "R-1", "2", "B-2")


def at(us: int) -> Instant:
    return Instant(us, us, "boot", ClockQuality.HOLDOVER)


def sample(
    n: int, *, producer: str = "PLC-1", tag: str = "PLC-1.speed", value: TagScalar | None = 1.5, context: SampleContext = NOTHING
) -> NewSample:
    status = StatusCode.GOOD if value is not None else StatusCode.BAD_TIMEOUT
    return NewSample(producer, tag, "rpm", n, n, None, n, n, value, int(status), 0, context, None)


def deliveries(count: int, *, first: int = 0, context: SampleContext = NOTHING) -> list[NewSample]:
    """Values of 130 tags that came together, one microsecond after the other, and a scale's frame between two deliveries."""
    found: list[NewSample] = []
    for n in range(first, first + count):
        at_us, delivery = n * 10, n // 130
        if n % 130 == 129:
            found.append(
                NewSample("SC-1", "SC-1.weight", "g", at_us, None, None, at_us, at_us, Decimal("1.50"), 0, 0, context, b"S S 1.50 g")
            )
        else:
            value = (None, n / 3, n, "text", Decimal(n), True)[n % 6]
            status = 0 if value is not None else int(StatusCode.BAD_TIMEOUT)
            found.append(
                NewSample("PLC-1", f"T-{n % 130}", "rpm", at_us, at_us, at_us + 1, delivery, delivery, value, status, n % 2, context, None)
            )
    return found


@pytest.fixture
def location(tmp_path: Path) -> StoreLocation:
    return sample_location(tmp_path, KEY)


class Station:
    """A keeper with its sink, and what it was told."""

    def __init__(self, location: StoreLocation, **limits: int) -> None:
        self.troubles: list[str] = []
        self.told: list[Command] = []
        self.keeper = SampleKeeper(location, "S-1", SystemClock(), self.troubles.append, **limits)
        self.contexts = ContextBook()
        self.sink = SampleSink(StateEvents(lambda _command: None), self.keeper, self.contexts, LimitWatch(self.told.append), SystemClock())


@pytest.fixture
def station(location: StoreLocation) -> Iterator[Station]:
    before = set(threading.enumerate())
    station = Station(location)
    station.keeper.start()
    yield station
    station.keeper.stop()
    assert set(threading.enumerate()) <= before


def reading(location: StoreLocation) -> SampleReader:
    return SampleReader(location)


def in_time(condition: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    event = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        event.wait(0.01)
    pytest.fail(f"waited in vain for {what}")


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.req("J01", "A11d-05")
@pytest.mark.parametrize("value", [1.25, -0.0, 3, 1 << 62, True, False, Decimal("12.500"), "Running", None], ids=repr)
def test_each_value_comes_back_as_it_was(location: StoreLocation, value: TagScalar | None) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append([sample(1, value=value)])
    writer.close()
    (found,) = reading(location).after(0, 10)
    assert found.value == value
    assert type(found.value) is type(value)
    if isinstance(value, Decimal):
        assert str(found.value) == str(value)


@pytest.mark.req("J01")
def test_an_integer_beyond_64_bits_keeps_its_digits(location: StoreLocation) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append([sample(1, value=(1 << 64) - 1)])
    assert reading(location).after(0, 1)[0].value == Decimal((1 << 64) - 1)


@pytest.mark.req("J01", "K02")
def test_each_producer_counts_without_gaps_over_restarts(location: StoreLocation) -> None:
    for _ in range(3):
        writer = SampleWriter(location, "S-1", now_us=1)
        writer.append([sample(1), sample(2, producer="PLC-2"), sample(3)])
        writer.append([sample(4)])
        writer.close()
    rows = reading(location).after(0, 100)
    assert [row.n for row in rows] == list(range(1, 13))
    assert [row.seq for row in rows if row.producer == "PLC-1"] == list(range(1, 10))
    assert [row.seq for row in rows if row.producer == "PLC-2"] == [1, 2, 3]
    assert {row.epoch for row in rows} == {1}
    assert reading(location).check() == ()


@pytest.mark.req("J01", "M06")
def test_a_file_put_back_from_a_copy_begins_a_new_epoch(location: StoreLocation) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append([sample(1), sample(2)])
    writer.close()
    writer = SampleWriter(location, "S-1", now_us=2, new_epoch=True)
    writer.append([sample(3)])
    writer.close()
    assert [(row.epoch, row.seq) for row in reading(location).after(0, 9)] == [(1, 1), (1, 2), (2, 1)]


@pytest.mark.req("J01", "P11-06")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sample SET value = 2", "DELETE FROM sample", "UPDATE tag SET unit = 'kg'", "DELETE FROM tag", "UPDATE context SET batch_no = 'X'",
        "DELETE FROM context", "DELETE FROM gap", "UPDATE gap SET known_lost = 0", "DELETE FROM producer", "UPDATE spool SET last_n = 0",
        "UPDATE tag_time SET time_us = 9", "DELETE FROM tag_time",
    ],
)  # fmt: skip
def test_what_was_kept_is_not_changed(location: StoreLocation, statement: str) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append(deliveries(11_000, context=BATCH), [NewGap("PLC-1", 1, 2, 3, "lost", 4)])
    writer.advance("historian", 1)
    writer.close()
    connection = connect(location)
    with pytest.raises(DATABASE_ERRORS, match="JOPE-009"):
        connection.execute(statement)
    connection.close()


@pytest.mark.req("J01", "N01")
def test_without_the_key_nothing_is_read(location: StoreLocation) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append([sample(1, tag="PLC-1.secret-recipe-speed")])
    writer.close()
    assert b"secret-recipe" not in location.path.read_bytes()
    with pytest.raises(StoreKeyError):
        SampleReader(sample_location(location.path.parent, bytes(32)))


@pytest.mark.req("J01")
def test_a_commit_that_fails_keeps_nothing_and_skips_no_number(location: StoreLocation) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append([sample(1)])
    broken = sample(2)._replace(status=1 << 40)
    with pytest.raises(dbapi2.IntegrityError):
        writer.append([sample(2, tag="PLC-1.new"), broken])
    writer.append([sample(3, tag="PLC-1.new")])
    assert [(row.n, row.seq, row.tag) for row in reading(location).after(0, 9)] == [(1, 1, "PLC-1.speed"), (2, 2, "PLC-1.new")]
    assert reading(location).check() == ()


@pytest.mark.req("J01")
def test_a_number_that_is_missing_is_found(location: StoreLocation) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append([sample(n) for n in range(1, 6)])
    writer.close()
    connection = connect(location)
    connection.execute("DROP TRIGGER sample_no_delete")
    connection.execute("DELETE FROM sample WHERE seq = 3")
    connection.close()
    (problem,) = reading(location).check()
    assert "PLC-1" in problem


@pytest.mark.req("J01", "L04")
def test_values_are_found_by_tag_and_time_before_and_after_they_are_placed(location: StoreLocation) -> None:
    given = deliveries(30_000, context=BATCH)
    writer = SampleWriter(location, "S-1", now_us=1)
    reader = reading(location)
    for start in range(0, len(given), 1_700):
        writer.append(given[start : start + 1_700])
    assert 0 < reader.pending("tag_time") < 10_000
    kept = reader.after(0, 40_000)
    plain = [(one.producer, one.tag, one.unit, *one[3:]) for one in given]
    assert [
        (row.producer, row.tag, row.unit, row.time_us, row.source_us, row.server_us, row.recv_us, row.mono_us, row.value, row.status, row.flags,
         row.context, row.frame) for row in kept
    ] == plain  # fmt: skip
    for tag in ("T-0", "T-77", "SC-1.weight"):
        ours = [row for row in kept if row.tag == tag]
        assert list(reader.between(tag, 0, 300_001)) == ours
        assert list(reader.between(tag, 100_000, 290_000)) == [row for row in ours if 100_000 <= row.time_us < 290_000]
        assert list(reader.newest(tag, count=9)) == ours[:-10:-1]
        assert list(reader.newest(tag, count=10**6)) == ours[::-1]
        assert sum(bucket.good + bucket.bad for bucket in reader.buckets(tag, 0, 300_001, 7)) == sum(
            not isinstance(r.value, str) for r in ours
        )
    assert reader.newest("nothing of this name") == ()
    assert reader.fingerprint(["T-0", "T-1"], 0, 300_001).rows == sum(row.tag in ("T-0", "T-1") for row in kept)
    assert reader.check() == ()


@pytest.mark.req("J01", "L03")
def test_a_file_of_before_is_placed_step_by_step_and_answers_meanwhile(location: StoreLocation) -> None:
    create(location)
    connection = connect(location)
    for statement in statements((schema_folder().parent / "samples" / "0001_samples.sql").read_text("utf-8")):
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 1")
    connection.execute("INSERT INTO origin VALUES ('S-1', 1, 1)")
    connection.execute("INSERT INTO producer VALUES (1, 'PLC-1', '')")
    connection.execute("INSERT INTO tag VALUES (1, 'T-0', 'rpm')")
    rows = "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k LIMIT 120000)"
    connection.execute(f"INSERT INTO sample {rows} SELECT n, 1, 1, n, 1, n * 10, NULL, NULL, n * 10, n, 2, n, 0, 0, NULL, NULL FROM k")
    connection.close()
    with pytest.raises(StoreVersionError, match="schema 1"):
        reading(location)
    writer = SampleWriter(location, "S-1", now_us=2)
    reader, waiting = reading(location), []
    for n in range(4):
        assert len(reader.between("T-0", 0, 1_300_000, limit=10**6)) == 120_000 + n
        writer.append([sample(1_200_010 + n, tag="T-0")])
        waiting.append(reader.pending("tag_time"))
    assert waiting == [70_001, 20_002, 0, 1]
    assert [row.seq for row in reader.newest("T-0", count=2)] == [120_004, 120_003]
    assert reader.check() == ()


@pytest.mark.req("J01", "P11-06")
@pytest.mark.parametrize(
    "edit", ["DELETE FROM tag_time WHERE n = 7", "UPDATE tag_time SET time_us = 1 WHERE n = 7", "UPDATE tag_time SET tag = 9 WHERE n = 7"]
)
def test_an_index_that_hides_a_value_is_found(location: StoreLocation, edit: str) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append(deliveries(11_000))
    writer.close()
    assert reading(location).check() == ()
    connection = connect(location)
    connection.execute("DROP TRIGGER tag_time_no_update")
    connection.execute("DROP TRIGGER tag_time_no_delete")
    connection.execute(edit)
    connection.close()
    (problem,) = reading(location).check()
    assert "index" in problem


# --- what a decision stands on ---------------------------------------------------------------------------------------


@pytest.mark.req("K04", "L03")
def test_a_fingerprint_holds_for_the_same_rows_alone(location: StoreLocation) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append([sample(n, value=n / 3) for n in range(1, 50)])
    reader = reading(location)
    first = reader.fingerprint(["PLC-1.speed"], 10, 20)
    writer.append([sample(60)])
    assert reader.fingerprint(["PLC-1.speed"], 10, 20) == first
    assert first.rows == 10
    assert '"from_us":10' in first.query_definition
    assert reader.fingerprint(["PLC-1.speed"], 10, 21).sha256 != first.sha256
    writer.append([sample(15)])
    late = reader.fingerprint(["PLC-1.speed"], 10, 20)
    assert late.rows == 11
    assert late.sha256 != first.sha256


@pytest.mark.req("L04")
def test_a_trend_shows_extremes_and_what_could_not_be_used(location: StoreLocation) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append([sample(n, value=None if n == 55 else float(n % 10)) for n in range(100)])
    buckets = reading(location).buckets("PLC-1.speed", 0, 100, 10)
    assert [bucket.start_us for bucket in buckets] == list(range(0, 100, 10))
    assert {(bucket.low, bucket.high) for bucket in buckets} == {(Decimal("0.0"), Decimal("9.0"))}
    assert [(bucket.good, bucket.bad) for bucket in buckets][5] == (9, 1)


# --- the sink: context, times, rest ----------------------------------------------------------------------------------


@pytest.mark.req("K01", "A11d-05")
def test_a_value_belongs_to_the_batch_in_which_it_was_taken(station: Station, location: StoreLocation) -> None:
    station.contexts.change(BATCH, 1_000_000)
    station.contexts.change(OTHER, 2_000_000)
    kept_by_server = TagValue("PLC-1.speed", 1.0, 0, 1_500_000, 1_500_001, int(SampleFlag.RECOVERED))
    from_before = TagValue("PLC-1.speed", 1.0, 0, 500_000, None, int(SampleFlag.RECOVERED))
    fresh = TagValue("PLC-1.speed", 2.0, 0, 1_900_000, None, 0)
    assert station.sink.values("PLC-1", TagBatch((kept_by_server, from_before, fresh), at(2_100_000)))
    assert station.keeper.flush()
    station.contexts.change(NOTHING, 3_000_000)
    rows = reading(location).after(0, 9)
    assert [row.context for row in rows] == [BATCH, NOTHING, OTHER]
    assert [row.time_us for row in rows] == [1_500_000, 500_000, 1_900_000]
    assert [row.recv_us for row in rows] == [2_100_000] * 3


@pytest.mark.req("C12", "K02")
def test_a_device_whose_clock_is_wrong_does_not_say_when(station: Station, location: StoreLocation) -> None:
    drifting = TagValue("PLC-1.speed", 1.0, 0, 90_000_000, None, int(SampleFlag.CLOCK_DRIFT))
    stood_long = TagValue("PLC-1.speed", 1.0, 0, 5, None, 0)
    assert station.sink.values("PLC-1", TagBatch((drifting, stood_long), at(91_000_000)))
    assert station.keeper.flush()
    rows = reading(location).after(0, 9)
    assert [row.time_us for row in rows] == [91_000_000, 91_000_000]
    assert [row.source_us for row in rows] == [90_000_000, 5]


@pytest.mark.req("F14", "J01")
def test_a_scale_leaves_each_change_with_its_frame_and_rest_once_a_minute(station: Station, location: StoreLocation) -> None:
    def weigh(us: int, grams: str | None, *, stable: bool = True, detail: str = "") -> None:
        quantity = None if grams is None else Quantity.parse(grams, "g")
        quality = Quality.BAD if grams is None else Quality.GOOD
        frame = f"S {'S' if stable else 'D'} {grams} g"
        station.sink.reading(Reading("SC-1", 1, quantity, quality, stable, at(us), frame, "", DeviceIdentity("", "", ""), detail))

    for tenth in range(700):
        weigh(tenth * 100_000, "10.00")
    weigh(70_100_000, "10.01", stable=False)
    weigh(70_200_000, None, detail="garbled")
    weigh(70_300_000, "10.00")
    assert station.keeper.flush()
    rows = reading(location).newest(weight_tag("SC-1"), count=10)[::-1]
    assert [(row.value, is_good(row.status), is_bad(row.status)) for row in rows] == [
        (Decimal("10.00"), True, False), (Decimal("10.00"), True, False), (Decimal("10.01"), False, False), (None, False, True),
        (Decimal("10.00"), True, False),
    ]  # fmt: skip
    assert rows[2].frame == b"S D 10.01 g"


@pytest.mark.req("F14", "J02")
def test_a_moving_weight_whose_unit_is_taken_from_the_last_one_at_rest_is_uncertain(station: Station, location: StoreLocation) -> None:
    moving = Reading(
        "SC-1", 1, Quantity.parse("10.01", "g"), Quality.UNCERTAIN, False, at(0), "N     +    10.01    ", "", DeviceIdentity("", "", "")
    )
    station.sink.reading(moving)
    assert station.keeper.flush()
    (row,) = reading(location).newest(weight_tag("SC-1"), count=10)
    assert (row.value, is_good(row.status), is_bad(row.status)) == (Decimal("10.01"), False, False)


# --- the keeper ------------------------------------------------------------------------------------------------------


@pytest.mark.req("J01")
def test_a_full_buffer_says_no_and_the_loss_is_written_down(tmp_path: Path, location: StoreLocation) -> None:
    station = Station(location, most_waiting=10)
    batch = TagBatch(tuple(TagValue("PLC-1.speed", float(n), 0, n, None, 0) for n in range(8)), at(100))
    assert station.sink.values("PLC-1", batch)  # nobody writes yet
    assert not station.sink.values("PLC-1", batch)
    station.keeper.start()
    assert station.keeper.flush()
    assert station.sink.values("PLC-1", batch)
    assert station.keeper.flush()
    reader = reading(location)
    (gap,) = reader.gaps(0, 1_000)
    assert (gap.producer, gap.known_lost) == ("PLC-1", 8)
    assert len(reader.after(0, 100)) == 16
    station.keeper.stop()


@pytest.mark.req("J01", "J04")
def test_a_device_that_knows_what_it_lost_leaves_a_gap(station: Station, location: StoreLocation) -> None:
    station.sink.gap("PLC-1", GapRecord(10, 20, ("PLC-1.speed",), 7, "The server's queue ran over."))
    assert station.keeper.flush()
    (gap,) = reading(location).gaps(0, 100)
    assert (gap.from_us, gap.to_us, gap.known_lost) == (10, 20, 7)
    assert gap.reason.startswith("PLC-1.speed: ")


@pytest.mark.req("J01", "Q10")
def test_a_disk_that_is_nearly_full_is_told_and_loses_nothing(location: StoreLocation) -> None:
    station = Station(location, reserve_bytes=1 << 62)
    station.keeper.start()
    assert station.keeper.offer([sample(1), sample(2)])
    in_time(lambda: bool(station.troubles), "the alarm")
    assert "nearly full" in station.troubles[0]
    assert reading(location).newest_n() == 0
    station.keeper._reserve_bytes = 0  # the disk has room again
    in_time(lambda: station.keeper.kept == 2, "both values")
    in_time(lambda: station.troubles[-1] == "", "the alarm's return")
    assert [row.seq for row in reading(location).after(0, 9)] == [1, 2]
    station.keeper.stop()


_VICTIM = """
import sys
import time
from pathlib import Path
from jope.kernel.clock import SystemClock
from jope.plant.devices.sampling.keeping import SampleKeeper
from jope.plant.devices.sampling.store import NewSample, sample_location
from jope.plant.devices.sampling.contexts import NOTHING
keeper = SampleKeeper(sample_location(Path(sys.argv[1]), bytes(range(32))), "S-1", SystemClock(), print)
keeper.start()
n = 0
while True:
    for _ in range(40):
        n += 1
        keeper.offer([NewSample("PLC-1", "PLC-1.speed", "rpm", n, n, None, n, n, float(n), 0, 0, NOTHING, None)])
    print(keeper.kept, flush=True)
    time.sleep(0.002)
"""


@pytest.mark.req("J01", "N02")
@pytest.mark.timeout(300)
def test_what_was_told_to_be_kept_survives_a_kill(tmp_path: Path, location: StoreLocation) -> None:
    kept_before = 0
    for round_no in range(100 if os.environ.get("JOPE_NIGHTLY") else 4):
        victim = subprocess.Popen([sys.executable, "-c", _VICTIM, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert victim.stdout is not None
        told = 0
        for line in victim.stdout:
            told = int(line)
            if told > 500 + 137 * round_no:
                break
        victim.send_signal(signal.SIGKILL)
        rest = victim.stdout.read().split("\n")
        victim.stdout.close()
        victim.wait()
        told = max([told, *(int(text) for text in rest[:-1] if text.isdigit())])
        reader = reading(location)
        stored = reader.newest_n()
        assert reader.check() == ()
        reader.close()
        assert stored - kept_before >= told
        kept_before = stored


@pytest.mark.req("L01")
def test_a_spool_is_a_cursor_that_goes_forward_only(location: StoreLocation) -> None:
    writer = SampleWriter(location, "S-1", now_us=1)
    writer.append([sample(n) for n in range(1, 11)])
    reader = reading(location)
    assert reader.pending("historian") == 10
    writer.advance("historian", 6)
    assert (reader.cursor_of("historian"), reader.pending("historian")) == (6, 4)
    assert [row.n for row in reader.after(6, 2)] == [7, 8]
    with pytest.raises(dbapi2.IntegrityError):
        writer.advance("historian", 5)
