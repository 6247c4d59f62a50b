"""A station that gives its checkpoints to anchors: a witness process, a folder, a table; and what it does when they fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import SIGNED_RECORDS, Station, open_station, provision_demo_station
from jope.compliance.access.reader import ALL_LINES
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit.commands import MakeCheckpoint, RotateKey
from jope.compliance.audit.notes import read_note
from jope.kernel.errors import AnchorConflictError, AnchorDisagreesError, AnchorUnreachableError, GuardRefusedError, SettingsError
from jope.kernel.settings.files import FolderAnchor, PolicyFile, read_policy
from jope.kernel.store.schema import sealed_columns
from jope.plant.batches import commands as c
from jope.services.anchoring.folder import FolderTarget, prefix_of
from jope.services.anchoring.keeping import AnchorKeeper
from jope.services.anchoring.targets import TableTarget
from jope.services.anchoring.trail import StoredTrail
from jope.services.qualification.verifying import verify_station
from tests.support.anchor_tables import SqliteAnchorTable
from tests.support.anchored import anchored_station, enrol_at, events, name_anchors, newest_checkpoint, rows, wait_for_cosignature
from tests.support.clocks import SetClock
from tests.support.demo import Crew, dispense, review_trail, running_plant, to_execution, verified, wait_until
from tests.support.witnesses import WitnessProcess, running_witness


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[WitnessProcess]:
    with running_witness(tmp_path / "witness") as process:
        yield process


def _checkpoint(station: Station) -> int:
    station._dispatch_own(MakeCheckpoint(cause="test"))
    return newest_checkpoint(station)


def _alarms(station: Station) -> dict[str, int]:
    with station._reading(ALL_LINES) as reader:
        return {alarm.kind: alarm.priority for alarm in open_alarms(reader) if alarm.active}


def _verify(root: Path, *options: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "jope.cli.app", "audit", "verify", "--data", str(root), "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.req("C03", "B01", "Q04")
def test_each_checkpoint_is_cosigned_recorded_and_verified_over_days_of_keys(tmp_path: Path, witness: WitnessProcess) -> None:
    root = tmp_path / "station"
    with anchored_station(root, witness) as station:
        wait_for_cosignature(station, 1)
        for _ in range(3):
            station._dispatch_own(RotateKey())
            wait_for_cosignature(station, _checkpoint(station))
        said = events(station, "log.anchored")
        stored = rows(station, "SELECT size, line FROM cosignature ORDER BY size")
        assert [(e["size"], e["line"]) for e in said] == stored
        assert all(abs(e["apart_s"]) <= 2 for e in said)
        count = len(said)
        time.sleep(0.5)
        assert len(events(station, "log.anchored")) == count, "what was anchored asks for no other checkpoint"
    state = {row["origin"]: row for row in witness.shown()["trails"]}
    code, report = _verify(root, "--online")
    assert (code, report["layers"]["anchors"]) == (0, "ok")
    assert state["jope/DEMO-L3/1"]["size"] >= stored[-1][0], "the checkpoint of the stop was taken too"


@pytest.mark.req("C03", "C02")
def test_a_cosignature_that_was_changed_moved_added_or_removed_is_found(tmp_path: Path, witness: WitnessProcess) -> None:
    from tests.faults.test_attacks import Scene

    root = tmp_path / "station"
    with anchored_station(root, witness) as station:
        wait_for_cosignature(station, 1)
        wait_for_cosignature(station, _checkpoint(station))
    scene = Scene(root)
    honest = scene.folder.store.read_bytes()
    assert scene.verify().ok
    foreign = scene.folder.policy().anchors[0].model_copy(update={"public_key": "11" * 32})
    for sql in (
        "UPDATE cosignature SET line = replace(line, 'A', 'B')",
        "UPDATE cosignature SET posix = posix + 1",
        "UPDATE cosignature SET witness = 'other'",
        "DELETE FROM cosignature WHERE size = (SELECT min(size) FROM cosignature)",
        "INSERT INTO cosignature SELECT size, witness, posix + 1, line FROM cosignature",
        "UPDATE cosignature SET line = 'x'",
    ):
        scene.attack(lambda connection, s=sql: connection.execute(s))
        assert "anchors" in scene.found_by(), sql
        scene.folder.store.write_bytes(honest)
    name_anchors(root, foreign)
    assert "anchors" in scene.found_by(), "another key in the policy"
    name_anchors(root)
    assert "anchors" in scene.found_by(), "a witness that the policy does not name"


@pytest.mark.req("C03", "Q02")
def test_a_witness_that_is_away_holds_up_nobody_becomes_an_alarm_and_is_caught_up_with(tmp_path: Path, witness: WitnessProcess) -> None:
    root, clock = tmp_path / "station", SetClock()
    with anchored_station(root, witness, clock) as station:
        wait_for_cosignature(station, 1)
        witness.kill()
        for _ in range(20):
            began = time.monotonic()
            _checkpoint(station)
            assert time.monotonic() - began < 1
        wait_until(lambda: len(events(station, "log.anchor_failed")) == 1)
        assert _alarms(station) == {}
        for _ in range(4):
            clock.pass_seconds(301)
            _checkpoint(station)
            station._anchors.tick()
            time.sleep(0.3)
        wait_until(lambda: _alarms(station) == {"anchor": 2})
        assert len(events(station, "log.anchor_failed")) == 2, "each is written down once, not at every attempt"
        witness.start()
        clock.pass_seconds(601)
        station._anchors.tick()
        wait_for_cosignature(station, newest_checkpoint(station))
        wait_until(lambda: "anchor" not in _alarms(station))
        assert "anchor_clock" in _alarms(station), "the test moved the station's clock, and the witness's time shows it"
        assert verified(station).ok


@pytest.mark.req("C03", "Q03")
def test_a_stop_does_not_wait_for_an_anchor_that_hangs(tmp_path: Path, witness: WitnessProcess) -> None:
    import signal

    root = tmp_path / "station"
    with anchored_station(root, witness) as station:
        wait_for_cosignature(station, 1)
        assert witness.process is not None
        witness.process.send_signal(signal.SIGSTOP)
        _checkpoint(station)
        time.sleep(0.2)
        began = time.monotonic()
        station.close()
        assert time.monotonic() - began < 6
        witness.process.send_signal(signal.SIGCONT)
    assert not [t for t in threading.enumerate() if t.name.startswith("jope-anchor")]


@pytest.mark.req("C03", "G02")
def test_a_batch_is_released_only_when_its_record_is_anchored(tmp_path: Path, witness: WitnessProcess) -> None:
    root = tmp_path / "station"
    with running_plant(root) as (station, scale):
        crew = Crew(station)
        to_execution(crew, "B-1")
        for position in (1, 2, 3):
            dispense(crew, scale, "B-1", position)
        crew.sign("D-OPER", c.CompleteBatch(batch_no="B-1"))
        crew.sign("D-SUPER", c.ReviewBatch(batch_no="B-1"))
        review_trail(crew, "B-1")
    enrol_at(root, witness)
    witness.kill()
    name_anchors(root, witness.anchor(), release_needs_anchor=True)
    station = open_station(root)
    try:
        crew = Crew(station)
        verdict = station.preflight(c.ReleaseBatch(batch_no="B-1"), crew.token("D-QA"))
        assert verdict is not None
        assert verdict.guard == "record_is_anchored"
        for _ in range(3):
            error = crew.refused(lambda: crew.sign("D-QA", c.ReleaseBatch(batch_no="B-1")))
            assert isinstance(error, GuardRefusedError)
            assert error.message == verdict.message, "a refused attempt does not move what has to be anchored"
    finally:
        station.close()
    witness.start()
    station = open_station(root)
    try:
        crew = Crew(station)
        wait_for_cosignature(station, 1)
        wait_until(lambda: station.preflight(c.ReleaseBatch(batch_no="B-1"), crew.token("D-QA")) is None)
        crew.sign("D-QA", c.ReleaseBatch(batch_no="B-1"))
        wait_until(lambda: station.preflight(c.CertifyBatch(batch_no="B-1"), crew.token("D-QP")) is None, seconds=20)
        crew.sign("D-QP", c.CertifyBatch(batch_no="B-1"))
        assert verified(station).ok
    finally:
        station.close()


# --- policy ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("C03", "P04")
def test_a_policy_is_read_strictly(tmp_path: Path) -> None:
    good = {"kind": "witness", "name": "qa", "url": "https://10.0.0.9:8643", "pin": "ab" * 32, "public_key": "cd" * 32}
    base: dict[str, Any] = {"format": 1, "origin": "jope/L/1", "genesis_public_key": "00" * 32}
    path = tmp_path / "policy.json"

    def read(**changes: Any) -> PolicyFile:
        path.write_text(json.dumps(base | changes))
        return read_policy(path)

    assert read().anchors == ()
    assert read(anchors=[good, {"kind": "folder", "path": "/mnt/nas", "name": "nas"}], release_needs_anchor=True).release_needs_anchor
    retired = read(anchors=[good | {"retired": True}])
    assert (retired.live_anchors(), len(retired.witnesses())) == ((), 1)
    for wrong in (
        [good | {"more": 1}],
        [good | {"url": "http://10.0.0.9:8643"}],
        [good | {"url": "https://10.0.0.9:8643/path"}],
        [good | {"pin": "AB" * 32}],
        [good | {"public_key": "cd"}],
        [good | {"name": "a b"}],
        [good, good],
        [{"kind": "folder"}],
        [{"kind": "cloud", "path": "x"}],
        [{"kind": "folder", "path": "x", "every_seconds": 0}],
    ):
        with pytest.raises(SettingsError, match="JOPE-008"):
            read(anchors=wrong)
    with pytest.raises(SettingsError):
        read(release_needs_anchor=True)
    with pytest.raises(SettingsError):
        read(anchors=[good | {"retired": True}], release_needs_anchor=True)


# --- folder ------------------------------------------------------------------------------------------------------------


class _Shown:
    """A trail with one checkpoint; on a slow machine another one would come while the test looks."""

    def __init__(self, station: Station) -> None:
        station._schedule._scheduler.pause()
        self.trail = StoredTrail(lambda: station._reading(ALL_LINES))
        self.point = self.trail.newest()
        assert self.point is not None
        self.name = f"{prefix_of(self.point.origin)}.{self.point.size}.checkpoint"


@pytest.mark.req("C03")
def test_a_folder_gets_a_file_that_verification_reads(tmp_path: Path, station: Station) -> None:
    nas = tmp_path / "nas"
    nas.mkdir()
    shown = _Shown(station)
    target = FolderTarget(FolderAnchor(kind="folder", name="nas", path=str(nas)))
    for _ in range(2):
        assert target.keep(shown.trail).size == shown.point.size  # type: ignore[union-attr]
    assert [p.name for p in nas.iterdir()] == [shown.name]
    assert read_note((nas / shown.name).read_text()) == shown.point == target.read(shown.point.origin)[0]  # type: ignore[union-attr]
    code, report = _verify(station.folder.root, "--anchor", str(nas))
    assert (code, report["layers"]["anchors"]) == (0, "ok")


@pytest.mark.req("C03", "C02")
def test_a_file_of_the_same_name_is_never_overwritten_and_a_later_one_is_told(tmp_path: Path, station: Station) -> None:
    nas = tmp_path / "nas"
    nas.mkdir()
    shown = _Shown(station)
    target = FolderTarget(FolderAnchor(kind="folder", name="nas", path=str(nas)))
    (nas / shown.name).write_text("something else")
    with pytest.raises(AnchorConflictError, match="not overwritten"):
        target.keep(shown.trail)
    assert (nas / shown.name).read_text() == "something else"
    (nas / shown.name).unlink()
    (nas / shown.name.replace(f".{shown.point.size}.", f".{shown.point.size + 5}.")).write_text("later")  # type: ignore[union-attr]
    with pytest.raises(AnchorDisagreesError, match="covers"):
        target.keep(shown.trail)
    with pytest.raises(AnchorUnreachableError, match="not there"):
        FolderTarget(FolderAnchor(kind="folder", path=str(tmp_path / "gone"))).keep(shown.trail)


@pytest.mark.req("C03", "Q03")
def test_a_folder_that_hangs_is_left_behind_and_one_child_of_it_at_most(tmp_path: Path, station: Station) -> None:
    """A FIFO in the place of the file: whoever opens it waits in the kernel until somebody writes."""
    nas = tmp_path / "nas"
    nas.mkdir()
    shown = _Shown(station)
    os.mkfifo(nas / shown.name)
    target = FolderTarget(FolderAnchor(kind="folder", name="nas", path=str(nas)), seconds=1.0)
    began = time.monotonic()
    with pytest.raises(AnchorUnreachableError, match="within 1 s"):
        target.keep(shown.trail)
    assert time.monotonic() - began < 3
    hung = target._running
    assert hung is not None
    wait_until(lambda: hung.poll() is not None)
    # one that outlives its kill: stopped where no signal but this one's end reaches it
    patient = tmp_path / "patient.py"
    patient.write_text("import time, sys\nsys.stdin.read()\ntime.sleep(60)\n")
    stuck = FolderTarget(FolderAnchor(kind="folder", name="stuck", path=str(nas)), seconds=0.3, child=(sys.executable, str(patient)))
    stuck._leave_behind = lambda process: None  # type: ignore[method-assign]
    with pytest.raises(AnchorUnreachableError, match="within"):
        stuck.keep(shown.trail)
    began = time.monotonic()
    with pytest.raises(AnchorUnreachableError, match="still hangs"):
        stuck.keep(shown.trail)
    assert time.monotonic() - began < 0.2
    assert stuck._running is not None
    stuck.abort()
    stuck._running.communicate()


@pytest.mark.req("C03", "Q02", "Q03")
def test_a_hung_folder_holds_up_neither_the_witness_nor_commands_nor_the_stop(tmp_path: Path, witness: WitnessProcess) -> None:
    root, nas = tmp_path / "station", tmp_path / "nas"
    nas.mkdir()
    provision_demo_station(root)
    enrol_at(root, witness)
    name_anchors(root, witness.anchor(), FolderAnchor(kind="folder", name="nas", path=str(nas), every_seconds=1))
    hook = tmp_path / "hang.py"
    hook.write_text("import time\ntime.sleep(600)\n")
    with pytest.MonkeyPatch.context() as patch:
        from jope.services.anchoring import folder

        patch.setattr(folder.FolderTarget.__init__, "__kwdefaults__", {"seconds": 20.0, "child": (sys.executable, str(hook))})
        station = open_station(root)
    try:
        wait_for_cosignature(station, 1)
        began = time.monotonic()
        size = _checkpoint(station)
        assert time.monotonic() - began < 1
        wait_for_cosignature(station, size)
    finally:
        began = time.monotonic()
        station.close()
        assert time.monotonic() - began < 8
    assert list(nas.iterdir()) == []


@pytest.mark.req("C03", "C02")
def test_verification_online_asks_every_anchor_and_says_which_one_did_not_answer(tmp_path: Path, witness: WitnessProcess) -> None:
    root, nas = tmp_path / "station", tmp_path / "nas"
    nas.mkdir()
    provision_demo_station(root)
    enrol_at(root, witness)
    name_anchors(root, witness.anchor(), FolderAnchor(kind="folder", name="nas", path=str(nas), every_seconds=1))
    station = open_station(root)
    try:
        wait_for_cosignature(station, 1)
        wait_until(lambda: any(nas.glob("*.checkpoint")))
    finally:
        station.close()
    assert _verify(root, "--online")[0] == 0
    witness.kill()
    code, report = _verify(root, "--online")
    assert (code, [f["subject"] for f in report["findings"]]) == (1, ["anchor qa-witness"])
    assert _verify(root)[0] == 0, "without being told so, it asks nobody"
    shutil.rmtree(nas)
    assert {f["subject"] for f in _verify(root, "--online")[1]["findings"]} == {"anchor qa-witness", "anchor nas"}


# --- table ---------------------------------------------------------------------------------------------------------------


@pytest.mark.req("C03", "C02", "I01")
def test_a_table_of_another_server_names_a_station_that_was_rolled_back(tmp_path: Path) -> None:
    root, clock = tmp_path / "station", SetClock()
    table = SqliteAnchorTable(tmp_path / "historian.db")
    provision_demo_station(root)
    early = tmp_path / "early"
    station = open_station(root, clock=clock)
    try:
        trail = StoredTrail(lambda: station._reading(ALL_LINES))
        keeper = AnchorKeeper([TableTarget("historian", table)], trail, clock, station._dispatch_own)
        station.recorder.listeners.append(keeper.on_commit)
        keeper.start()
        wait_until(lambda: len(events(station, "log.anchored")) >= 1)
        table.down = True
        _checkpoint(station)
        wait_until(lambda: len(events(station, "log.anchor_failed")) == 1)
        table.down = False
        clock.pass_seconds(60)
        keeper.tick()
        wait_until(lambda: events(station, "log.anchored")[-1]["size"] == newest_checkpoint(station))
        keeper.stop(2)
        assert events(station, "log.anchored")[-1]["posix"] > 0, "the server's own time"
    finally:
        station.close()
    shutil.copytree(root, early)
    later = open_station(root)
    try:
        _checkpoint(later)
        TableTarget("historian", table).keep(StoredTrail(lambda: later._reading(ALL_LINES)))
    finally:
        later.close()
    back = open_station(early)
    try:
        keeper = AnchorKeeper(
            [TableTarget("historian", table)], StoredTrail(lambda: back._reading(ALL_LINES)), back.clock, back._dispatch_own
        )
        before = newest_checkpoint(back)
        held = table.newest(back.policy.origin)
        assert held is not None
        assert read_note(held.note).size > before
        keeper.start()
        wait_until(lambda: _alarms(back).get("anchor_disagrees") == 1)
        keeper.stop(1)
        report = verify_station(early, SIGNED_RECORDS, sealed_columns(), anchors=(read_note(held.note),))
        assert "anchors" in {finding.layer for finding in report.findings}
    finally:
        back.close()


@pytest.mark.req("C03", "B01")
def test_a_witness_that_comes_after_many_days_is_led_through_them(tmp_path: Path, witness: WitnessProcess) -> None:
    root = tmp_path / "station"
    provision_demo_station(root)
    station = open_station(root)
    try:
        for _ in range(75):
            station._dispatch_own(RotateKey())
            station._dispatch_own(MakeCheckpoint(cause="test"))
    finally:
        station.close()
    enrol_at(root, witness)
    with anchored_station(root, witness) as station:
        wait_for_cosignature(station, newest_checkpoint(station))
        assert len(events(station, "log.anchored")) <= 2
    assert witness.shown()["trails"][0]["refused"] == 0


@pytest.mark.req("C01", "C03")
def test_what_follows_from_a_checkpoint_asks_for_no_other_one() -> None:
    from jope.compliance.audit.actions import Action
    from jope.compliance.audit.checkpointing import ACTIVE_US, CheckpointPlan
    from jope.compliance.audit.recorder import EventDraft
    from jope.compliance.commands import Outcome

    def draft(action: Action) -> EventDraft:
        return EventDraft(action, (("anchor", "x"),), Outcome.DONE, "", {}, 0)

    plan = CheckpointPlan(0)
    for _ in range(1000):
        assert plan.heard([draft(Action.LOG_ANCHORED), draft(Action.LOG_ANCHOR_FAILED)], 0) is None
    assert plan.passed(2 * ACTIVE_US) is None
    assert plan.heard([draft(Action.LOT_RECEIVED)], 0) is None
    assert plan.passed(2 * ACTIVE_US) is not None
