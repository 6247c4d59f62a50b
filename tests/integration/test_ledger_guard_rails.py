"""What a hostile reading of the ledger's upkeep found, each as it was shown."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from pathlib import Path

import pytest

from jope.bootstrap import Station, open_station
from jope.compliance.audit.actions import Action
from jope.compliance.audit.commands import RotateKey
from jope.compliance.bus.stream import EventStream
from jope.compliance.evidence.queries import review_basis
from jope.compliance.timekeeping.commands import ApproveClockCorrection, ProposeClockCorrection
from jope.kernel.crypto.epoch_keys import EpochKeys
from jope.kernel.crypto.keys import StationKeys
from jope.kernel.errors import JopeError, StationClosedError, StoreDamagedError
from jope.kernel.ids import new_id
from jope.kernel.store.engine import StoreLocation, connect
from jope.plant.batches import commands as c
from jope.services.exports.commands import ExportData, Scope
from jope.services.exports.verifier import verify
from jope.services.provisioning import demo_data as demo
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, review_trail, verified, wait_until

DAY = 24 * 3600
_BATCH = c.CreateBatch(batch_no="B-G", recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL")


def _runs(station: Station) -> list[tuple[str, str]]:
    rows = station._ask("SELECT cause, verdict FROM verification_run WHERE full = 1 ORDER BY rowid", ())
    return [(str(cause), str(verdict)) for cause, verdict in rows]


@pytest.mark.req("Q04", "P11-03")
def test_every_night_the_trail_is_verified_whatever_the_stored_rows_say(station: Station, clock: SetClock) -> None:
    with closing(connect(StoreLocation(station.folder.store, StationKeys.load(station.folder.keys).store))) as connection:
        head = connection.execute("SELECT seq, lower(hex(hash)) FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        forged = ("forged", 1, "nightly", 2**52, 2**52, "ok", 0, head[0], head[1], "0" * 64, "{}", 1)
        connection.execute(f"INSERT INTO verification_run VALUES ({', '.join('?' * len(forged))})", forged)
    with station.connect_reader("*") as reader:
        station._verification.start(reader.connection.dbapi_connection.cursor())  # type: ignore[union-attr]
    station._verification.tick()
    assert _runs(station)[1:] == [], "ten minutes after a start at the earliest"
    for night in (1, 2):
        clock.pass_seconds(DAY)
        station._verification.tick()
        assert len(_runs(station)) == 1 + night
    assert {cause for cause, _ in _runs(station)} == {"nightly"}
    assert _runs(station)[-1][1] == "findings", "the forged row is found"
    denied = station._ask("SELECT count(*) FROM audit WHERE action = 'command.denied'", ())
    assert denied[0][0] == 0


@pytest.mark.req("C02", "P04")
def test_a_crash_at_any_step_of_a_new_key_leaves_a_station_that_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "station"
    with plain_station(root, prepared=False):
        pass
    for step in ("_destroy_outgoing", "promote"):
        station = open_station(root)
        with monkeypatch.context() as cut:
            cut.setattr(EpochKeys, step, lambda self: (_ for _ in ()).throw(OSError("cut off")))
            with pytest.raises(JopeError):
                station._dispatch_own(RotateKey())
            station._keeper._keeps = False
            station.close()
        station = open_station(root)
        assert station.read_only_reason() == ""
        assert verified(station).ok
        station.close()
        assert not (root / "keys" / "ledger.old").exists()


@pytest.mark.req("C09", "A11d-22")
def test_an_exception_taken_out_of_the_index_is_not_reviewed_over(station: Station, crew: Crew) -> None:
    crew.do("D-SUPER", _BATCH)
    crew.refused(lambda: crew.do("D-OPER", c.ReleaseBatchToFloor(batch_no="B-G")))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-G"))
    with closing(connect(StoreLocation(station.folder.store, StationKeys.load(station.folder.keys).store))) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_subject'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM audit_subject WHERE kind = 'batch' AND id = 'B-G' AND n = 2")
    with pytest.raises(StoreDamagedError, match="leaves out"):
        station.read(review_basis, crew.token("D-QA"), subject_kind="batch", subject_id="B-G")


@pytest.mark.req("C09", "C13")
def test_an_export_is_no_work_and_nobody_moves_the_sample(station: Station, crew: Crew, tmp_path: Path) -> None:
    crew.do("D-SUPER", _BATCH)
    review_trail(crew, "B-G")
    token = crew.token("D-QA")
    first = station.read(review_basis, token, subject_kind="batch", subject_id="B-G")
    station.export_data(ExportData(scope=Scope.SUBJECT, kind="batch", id="B-G"), token, tmp_path / "b.zip")
    second = station.read(review_basis, token, subject_kind="batch", subject_id="B-G")
    assert second.last is not None
    assert second.last.unseen == 0
    assert "D-QA" not in second.performers
    assert [e.seq for e in first.sample] == [e.seq for e in second.sample if e.action != "data.exported"][
        : len(first.sample)
    ] or second.head != first.head


@pytest.mark.req("C12", "O03", "C02")
def test_after_a_correction_bundles_verify_and_keys_go_on_day_by_day(tmp_path: Path) -> None:
    clock, root = SetClock(), tmp_path / "station"
    with plain_station(root, clock=clock) as station:
        clock.wall_offset_us += 400 * DAY * 1_000_000
        station._keeper.tick()
        wait_until(lambda: station._ask("SELECT count(*) FROM audit WHERE action = 'key.rotated'", ())[0][0] == 1)
        clock.wall_offset_us -= 400 * DAY * 1_000_000
        crew = Crew(station)
        proposal = ProposeClockCorrection(correction_id=new_id(), reason="battery; compared with the site clock")
        crew.sign("D-SUPER", proposal)
        crew.sign("D-QA", ApproveClockCorrection(correction_id=proposal.correction_id))
        station.export_data(ExportData(scope=Scope.TRAIL), crew.token("D-QA"), tmp_path / "x.zip")
        assert verify.verify(str(tmp_path / "x.zip")).ok
        assert verified(station).findings == ()
    station = open_station(root, clock=clock)
    try:
        for day in (1, 2, 3):
            clock.pass_seconds(DAY)
            station._keeper.tick()
            wait_until(lambda day=day: station._ask("SELECT count(*) FROM audit WHERE action = 'key.rotated'", ())[0][0] == 1 + day)  # type: ignore[misc]
    finally:
        station.close()


@pytest.mark.req("C04", "P04")
def test_nobody_waits_for_ever_in_a_stream(station: Station) -> None:
    stream = EventStream(station._store, station._commands, station.clock, station._here)
    outcomes: list[str] = []

    def append(details: dict[str, object]) -> None:
        try:
            stream.append(Action.DEVICE_STATE_CHANGED, ("device", "x"), details=details)
            outcomes.append("done")
        except Exception as error:
            outcomes.append(type(error).__name__)

    def all_at_once(count: int, details: dict[str, object]) -> None:
        threads = [threading.Thread(target=append, args=(details,)) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        assert not any(thread.is_alive() for thread in threads)

    all_at_once(8, {"state": "ready"})
    assert outcomes == ["done"] * 8
    outcomes.clear()
    all_at_once(5, {"state": object()})
    assert len(outcomes) == 5
    assert "done" not in outcomes
    assert verified(station).ok
    outcomes.clear()
    station.close()
    all_at_once(4, {"state": "late"})
    assert outcomes == [StationClosedError.__name__] * 4


@pytest.mark.req("C04", "P04", "J01")
def test_coroutines_of_a_loop_share_commits_with_threads_and_each_is_told(station: Station) -> None:
    stream = EventStream(station._store, station._commands, station.clock, station._here)
    before = station._ask("SELECT max(seq), count(DISTINCT json_extract(body, '$.command')) FROM audit", ())[0]

    async def one(number: int) -> None:
        await stream.appended(Action.DEVICE_STATE_CHANGED, ("device", f"d{number % 7}"), details={"n": number})

    async def all_of_them() -> None:
        await asyncio.gather(*(one(number) for number in range(600)))

    threads = [
        threading.Thread(target=stream.append, args=(Action.DEVICE_STATE_CHANGED, ("device", "t")), kwargs={"details": {"n": number}})
        for number in range(16)
    ]
    for thread in threads:
        thread.start()
    asyncio.run(all_of_them())
    for thread in threads:
        thread.join(timeout=20)
    after = station._ask("SELECT max(seq), count(DISTINCT json_extract(body, '$.command')) FROM audit", ())[0]
    numbers = station._ask(
        "SELECT json_extract(p.payload, '$.details.n') FROM audit a JOIN audit_payload p USING (seq) "
        "WHERE a.seq > ? AND a.action = 'device.state_changed'", (before[0],)
    )  # fmt: skip
    assert sorted(n for (n,) in numbers) == sorted([*range(600), *range(16)]), "each event once"
    assert after[1] - before[1] < 40, "in a few commits, not one each"
    assert verified(station).findings == ()

    async def badly() -> list[BaseException | None]:
        good = stream.appended(Action.DEVICE_STATE_CHANGED, ("device", "x"), details={"state": "ready"})
        bad = stream.appended(Action.DEVICE_STATE_CHANGED, ("device", "x"), details={"state": object()})
        return await asyncio.gather(good, bad, return_exceptions=True)  # type: ignore[return-value]

    assert all(isinstance(outcome, Exception) for outcome in asyncio.run(badly())), "nothing of a commit that failed"
    station.close()

    async def late() -> None:
        await asyncio.wait_for(stream.appended(Action.DEVICE_STATE_CHANGED, ("device", "x")), timeout=5)

    with pytest.raises(StationClosedError):
        asyncio.run(late())
