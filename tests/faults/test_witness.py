"""A witness that is killed at any moment never goes back and never signs two roots for one size."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import open_station
from jope.compliance.audit.commands import MakeCheckpoint, RotateKey
from jope.compliance.audit.head_mark import HeadMark, Mark
from jope.compliance.audit.notes import read_note
from jope.kernel.crypto.keys import read_key
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.errors import AnchorError
from jope.services.anchoring.memory import WitnessFolder
from tests.faults.test_attacks import Scene, _epoch_starts, _rewritten
from tests.support.anchored import anchored_station, newest_checkpoint, rows, wait_for_cosignature
from tests.support.demo import wait_until
from tests.support.witnesses import Teller, Trail, WitnessProcess, running_witness

KILLS = 200 if os.environ.get("JOPE_NIGHTLY") else 12


class Crowd:
    """Clients that show an honest trail and a rewritten one to one witness at the same time, and keep what it signed."""

    def __init__(self, witness: WitnessProcess, folder: Path) -> None:
        honest = Trail().grow(5)
        self.teller = Teller(witness, honest, folder).enrolled()
        self.trails = [honest.fork().grow(4000), honest.fork().grow(1, "gone").grow(3999)]
        self.signed: dict[int, set[bytes]] = defaultdict(set)
        self.last = 0
        self.backwards: list[tuple[int, int]] = []
        self.answers: dict[int, int] = defaultdict(int)
        self.stop = threading.Event()
        self._guard = threading.Lock()

    def work(self, trail: Trail, seed: int) -> None:
        chance, old = random.Random(seed), 0
        while not self.stop.is_set():
            size = min(old + chance.randrange(1, 9), 4000)
            if size <= old:
                return
            try:
                answer = self.teller.push(old, size, trail)
            except AnchorError:
                time.sleep(0.02)
                continue
            with self._guard:
                self.answers[answer.status] += 1
                if answer.status == 200:
                    seen = read_note(trail.checkpoint(size).note + answer.text)
                    assert seen.cosigned_at(self.teller.witness.facts.name, bytes.fromhex(self.teller.witness.facts.public_key))
                    self.signed[size].add(seen.root)
                    old = size
                elif answer.status == 409:
                    old = min(int(answer.text), 4000)

    def acknowledged(self) -> int:
        with self._guard:
            return max(self.signed, default=0)


@pytest.mark.req("C03", "Q03")
def test_killed_at_any_moment_it_never_goes_back_and_never_signs_two_roots(tmp_path: Path) -> None:
    with running_witness(tmp_path / "witness") as witness:
        crowd = Crowd(witness, tmp_path / "keys")
        threads = [threading.Thread(target=crowd.work, args=(trail, seed)) for seed, trail in enumerate((*crowd.trails, crowd.trails[0]))]
        for thread in threads:
            thread.start()
        chance = random.Random(7)
        try:
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.1, 0.8))
                witness.kill()
                acknowledged = crowd.acknowledged()
                (remembered,) = WitnessFolder(witness.root).all_origins()
                state = remembered.state()
                assert state.size >= acknowledged, "what was answered was on the disk before"
                if state.size in crowd.signed:
                    assert {state.root} == crowd.signed[state.size]
                witness.start()
        finally:
            crowd.stop.set()
            for thread in threads:
                thread.join()
    assert all(len(roots) == 1 for roots in crowd.signed.values()), "two roots for one size"
    histories = [{size: trail.checkpoint(size).root for size in crowd.signed} for trail in crowd.trails]
    assert any(all(crowd.signed[size] == {history[size]} for size in crowd.signed if size > 5) for history in histories), "two histories"
    assert crowd.answers[200] >= KILLS
    assert crowd.answers[422] >= 1, "the rewritten trail was shown and refused"


@pytest.mark.req("C03")
def test_one_directory_is_served_by_one_process(tmp_path: Path) -> None:
    with running_witness(tmp_path / "witness") as witness:
        command = [sys.executable, "-m", "jope.cli.app", "witness", "serve", "--listen", "127.0.0.1:0", "--dir", str(witness.root)]
        second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (second.returncode, "JOPE-326" in second.stderr) == (2, True)
        assert witness.stop() == 0


# --- the rows of the attack table that need a witness ---------------------------------------------------------------------


class Watched:
    """A stopped station with three epochs that a witness has cosigned, and every key that ever signed."""

    def __init__(self, root: Path, witness: WitnessProcess) -> None:
        self.scene, self.witness = Scene(root), witness
        self.early = root.parent / "early"
        with anchored_station(root, witness) as station:
            self.scene.keys.append(SigningKey(read_key(root / "keys" / "ledger.key")))
            wait_for_cosignature(station, 1)
        shutil.copytree(root, self.early)
        with anchored_station(root, witness) as station:
            for _ in range(2):
                station._dispatch_own(RotateKey())
                self.scene.keys.append(SigningKey(read_key(root / "keys" / "ledger.key")))
                station._dispatch_own(MakeCheckpoint(cause="test"))
            wait_for_cosignature(station, newest_checkpoint(station))

    def remembered(self) -> int:
        (trail,) = self.witness.shown()["trails"]
        return int(trail["size"])

    def open_until_alarm(self, root: Path) -> str:
        """What the alarm of priority 1 says when the station is opened."""
        station = open_station(root)
        try:
            found = "SELECT text FROM alarm WHERE kind = 'anchor_disagrees' AND priority = 1 AND returned_us IS NULL"
            wait_until(lambda: bool(rows(station, found)), seconds=20)
            return str(rows(station, found)[0][0])
        finally:
            station.close()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with running_witness(tmp_path / "witness") as witness:
        yield Watched(tmp_path / "station", witness)


def _online(root: Path) -> set[str]:
    command = [sys.executable, "-m", "jope.cli.app", "audit", "verify", "--data", str(root), "--json", "--online"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return {finding["layer"] for finding in json.loads(done.stdout)["findings"]}


@pytest.mark.req("C02", "C03", "B01")
def test_a_chain_rewritten_with_every_key_and_its_head_mark_is_found_by_the_witness(watched: Watched) -> None:
    scene, origin = watched.scene, watched.scene.folder.policy().origin

    def rewrite(connection: Any) -> None:
        starts = _epoch_starts(connection)
        _rewritten(connection, origin, 5, lambda seq: scene.keys[sum(1 for s in starts if s <= seq) - 1])
        connection.execute("DELETE FROM cosignature")
        seq, hash_ = connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        mark = HeadMark(scene.folder.head_mark, origin)
        mark.read()
        mark.write(Mark(seq, hash_))
        mark.close()

    scene.attack(rewrite)
    found = scene.found_by()
    assert found == {"anchors"}, "the events still carry what the witness signed"
    assert "anchors" in _online(scene.root)
    before = watched.remembered()
    assert "not the beginning of this trail" in watched.open_until_alarm(scene.root)
    (trail,) = watched.witness.shown()["trails"]
    assert (trail["size"], trail["refused"] >= 1) == (before, True), "nothing was cosigned, and the forged note is kept as evidence"


@pytest.mark.req("C02", "C03", "Q03")
def test_a_whole_directory_put_back_with_keys_and_head_mark_is_found_by_the_witness(watched: Watched) -> None:
    assert Scene(watched.early).verify().ok, "nothing inside the directory shows it"
    assert _online(watched.early) == {"anchors"}
    text = watched.open_until_alarm(watched.early)
    assert f"saw {watched.remembered()} events" in text


@pytest.mark.req("C02", "C03")
def test_of_two_copies_that_both_go_on_the_witness_follows_one(watched: Watched, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    shutil.copytree(watched.scene.root, twin)
    with anchored_station(watched.scene.root, watched.witness) as station:
        station._dispatch_own(MakeCheckpoint(cause="test"))
        wait_for_cosignature(station, newest_checkpoint(station))
    station = open_station(twin)
    try:
        for _ in range(20):  # longer than the first, so that only the proof tells them apart
            station._dispatch_own(MakeCheckpoint(cause="test"))
    finally:
        station.close()
    before = watched.remembered()
    watched.open_until_alarm(twin)
    wait_until(lambda: watched.witness.shown()["trails"][0]["refused"] == 1, seconds=20)
    assert watched.remembered() == before
    assert watched.scene.verify().ok
