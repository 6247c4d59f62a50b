"""The attack table of the ledger: each attack with full access to the files, and found by the layer that is named for it.

D holds the store's file and key, K also today's signing key, K* every key that ever signed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import SIGNED_RECORDS, Station, open_station
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit import ledger
from jope.compliance.audit.commands import MakeCheckpoint, RotateKey
from jope.compliance.audit.merkle import TILE_WIDTH, Frontier
from jope.compliance.audit.notes import Checkpoint, read_note
from jope.compliance.audit.verification.report import VerifyReport
from jope.compliance.identity.commands import SignIn
from jope.kernel.crypto.keys import read_key, write_key
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.errors import ReadOnlyError, StoreDamagedError, StoreKeyError
from jope.kernel.settings.files import StationFolder, read_policy
from jope.kernel.store.engine import StoreLocation, connect
from jope.kernel.store.schema import sealed_columns
from jope.plant.materials.commands import RejectLot
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from jope.services.provisioning.preparation import prepare_demo_station
from jope.services.qualification.verifying import verify_station
from tests.support.demo import LOTS, Crew, plain_station, verified, wait_until


class Scene:
    """A stopped station with three epochs of events, and everything that an attacker may have kept of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = StationFolder(root)
        self.keys: list[SigningKey] = []
        self.anchor: Checkpoint
        self.early: Path
        self.first_seed = b""

    @property
    def location(self) -> StoreLocation:
        return StoreLocation(self.folder.store, read_key(self.folder.keys / "store.key"))

    def verify(self, *, anchored: bool = False, policy: Path | None = None) -> VerifyReport:
        anchors = (self.anchor,) if anchored else ()
        return verify_station(self.root, SIGNED_RECORDS, sealed_columns(), anchors=anchors, policy_file=policy)

    def found_by(self, **options: Any) -> set[str]:
        return {finding.layer for finding in self.verify(**options).findings}

    def attack(self, work: Callable[[Any], object]) -> None:
        """Write to the file without triggers, foreign keys and checks, and put the triggers back."""
        with closing(connect(self.location)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("PRAGMA ignore_check_constraints = ON")
            triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            work(connection)
            for _, sql in triggers:
                connection.execute(sql)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def forget_mark(self) -> None:
        self.folder.head_mark.unlink()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The scene, made once. Never written to; take ``scene``."""
    root = tmp_path_factory.mktemp("scene") / "station"
    scene = Scene(root)
    early = root.parent / "early.db"
    with plain_station(root) as station:
        scene.first_seed = read_key(root / "keys" / "ledger.key")
        scene.keys.append(SigningKey(scene.first_seed))
        crew = Crew(station)
        crew.token("D-QA")
    shutil.copyfile(root / "store.db", early)
    scene.early = early
    for _ in range(2):
        station = open_station(root)
        try:
            station._dispatch_own(RotateKey())
            scene.keys.append(SigningKey(read_key(root / "keys" / "ledger.key")))
            for _ in range(150):
                station._dispatch_own(MakeCheckpoint(cause="test"))
            Crew(station).token("D-QA")
        finally:
            station.close()
    with closing(connect(scene.location)) as connection:
        scene.anchor = read_note(connection.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()[0])
    return scene


@pytest.fixture
def scene(made: Scene, tmp_path: Path) -> Iterator[Scene]:
    """A private copy of the scene."""
    shutil.copytree(made.root, tmp_path / "station")
    copy = Scene(tmp_path / "station")
    copy.keys, copy.anchor, copy.early, copy.first_seed = made.keys, made.anchor, made.early, made.first_seed
    yield copy
    shutil.rmtree(copy.root)


def _rewritten(connection: Any, origin: str, first: int, key_at: Callable[[int], SigningKey | None]) -> None:
    """Change event ``first`` and carry leaf, links, hashes, signatures, tiles and notes on from there."""
    tree, notes = Frontier(), {}
    head = ledger.Head(0, b"", None)
    tiles = []
    rows = connection.execute("SELECT seq, body, sig FROM audit ORDER BY seq").fetchall()
    sizes = {size for (size,) in connection.execute("SELECT size FROM checkpoint").fetchall()}
    for seq, body, sig in rows:
        text = body.replace('"outcome":"done"', '"outcome":"gone"') if seq == first else body
        leaf, prev = ledger.leaf_of(text), ledger.next_prev(origin, head)
        hash_ = ledger.hash_of(prev, leaf)
        key = key_at(seq)
        seal = sig
        if seq >= first and sig is not None:
            seal = key.sign(ledger.commit_message(origin, seq, hash_)) if key is not None else None
        connection.execute(
            "UPDATE audit SET body = ?, leaf = ?, prev = ?, hash = ?, sig = ? WHERE seq = ?", (text, leaf, prev, hash_, seal, seq)
        )
        tile = tree.append(leaf)
        if tile is not None:
            tiles.append(tile)
        if seq in sizes and seq >= first and key is not None:
            notes[seq] = Checkpoint(origin, seq, tree.root()).signed(key).note
        head = ledger.Head(seq, hash_, seal)
    connection.executemany("UPDATE audit_tile SET root = ? WHERE n = ?", [(root, n) for n, root in enumerate(tiles, start=1)])
    connection.executemany("UPDATE checkpoint SET note = ? WHERE size = ?", [(note, size) for size, note in notes.items()])


def _epoch_starts(connection: Any) -> list[int]:
    return [1, *(seq + 1 for (seq,) in connection.execute("SELECT seq FROM audit WHERE action = 'key.rotated' ORDER BY seq").fetchall())]


@pytest.mark.req("C02", "C03", "Q04")
def test_the_honest_scene_has_no_finding(scene: Scene) -> None:
    report = scene.verify(anchored=True)
    assert report.findings == ()
    assert set(report.layers.values()) == {"ok"}
    assert scene.verify().layers["anchors"] == "absent"
    with closing(connect(scene.location)) as connection:
        assert connection.execute("SELECT max(n) FROM audit_tile").fetchone()[0] == report.events // TILE_WIDTH >= 1


@pytest.mark.req("C02", "C03", "P11-06")
def test_a_chain_rewritten_with_todays_key_is_found_by_the_epochs(scene: Scene) -> None:
    scene.attack(lambda connection: _rewritten(connection, scene.anchor.origin, 10, lambda _: scene.keys[-1]))
    assert {"signatures", "checkpoints"} <= scene.found_by()
    assert "chain" not in scene.found_by(), "the rewrite is meant to leave the chain whole"


@pytest.mark.req("C02", "C03", "B01")
def test_a_chain_rewritten_with_every_key_is_found_by_the_head_mark_and_by_an_anchor(scene: Scene) -> None:
    def rewrite(connection: Any) -> None:
        starts = _epoch_starts(connection)
        _rewritten(connection, scene.anchor.origin, 10, lambda seq: scene.keys[sum(1 for s in starts if s <= seq) - 1])

    scene.attack(rewrite)
    found = scene.found_by()
    assert "head_mark" in found
    assert not found & {"chain", "signatures", "checkpoints"}, "with every key nothing inside the file shows it"
    scene.forget_mark()
    assert scene.found_by(anchored=True) >= {"anchors", "head_mark"}


@pytest.mark.req("C02", "A11d-20")
def test_a_cut_tail_is_found_by_checkpoint_head_mark_and_anchor(scene: Scene) -> None:
    def cut(connection: Any, end: int) -> None:
        for table in ("audit", "audit_payload", "audit_subject", "command_outcome"):
            connection.execute(f"DELETE FROM {table} WHERE seq > ?", (end,))

    scene.attack(lambda connection: cut(connection, scene.anchor.size - 3))
    assert {"checkpoints", "head_mark"} <= scene.found_by()
    scene.attack(lambda connection: connection.execute("DELETE FROM checkpoint WHERE size > ?", (scene.anchor.size - 3,)))
    found = scene.found_by(anchored=True)
    assert {"head_mark", "anchors"} <= found
    assert "checkpoints" not in found, "cut across the last checkpoint, only what stands elsewhere shows it"


@pytest.mark.req("C02", "Q03", "N04", "A11d-20")
def test_an_older_file_put_back_is_found_and_the_station_comes_up_read_only_and_keeps_the_evidence(scene: Scene) -> None:
    shutil.copyfile(scene.early, scene.folder.store)
    for suffix in ("-wal", "-shm"):
        scene.folder.store.with_name(f"store.db{suffix}").unlink(missing_ok=True)
    _put_back_first_key(scene)
    assert scene.found_by(anchored=True) == {"head_mark", "anchors"}
    mark = scene.folder.head_mark.read_bytes()
    station = open_station(scene.root)
    try:
        opened = station.dispatch(SignIn(employee_id="D-QA", password=DEMO_PASSWORD))
        with pytest.raises(ReadOnlyError, match="cut off, or an older file was put back"):
            station.dispatch(RejectLot(lot_no=LOTS[0], reason="x"), opened.token)
    finally:
        station.close()
    assert scene.folder.head_mark.read_bytes() == mark
    assert "head_mark" in scene.found_by()


def _put_back_first_key(scene: Scene) -> None:
    """Whoever puts yesterday's file back also puts yesterday's key back, or the station would not even start."""
    path = scene.folder.keys / "ledger.key"
    path.unlink()
    write_key(path, scene.first_seed)


@pytest.mark.req("C02", "C03")
def test_a_forged_tail_is_found_and_nothing_is_signed_over_it(scene: Scene) -> None:
    def forge(connection: Any) -> None:
        seq, body, hash_, sig = connection.execute("SELECT seq, body, hash, sig FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        forged = body.replace(f'"seq":{seq}', f'"seq":{seq + 1}')
        leaf, prev = ledger.leaf_of(forged), ledger.link_of(hash_, sig)
        connection.execute(
            "INSERT INTO audit (seq, body, leaf, prev, hash, sig) VALUES (?, ?, ?, ?, ?, NULL)",
            (seq + 1, forged, leaf, prev, ledger.hash_of(prev, leaf)),
        )

    scene.attack(forge)
    assert "signatures" in scene.found_by()
    with pytest.raises(StoreDamagedError, match="not written by this station"):
        open_station(scene.root)


@pytest.mark.req("C02", "A10")
def test_whose_events_a_tile_holds_follows_from_the_trail_alone(scene: Scene) -> None:
    with closing(connect(scene.location)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    honest = scene.folder.store.read_bytes()
    for sql in (
        "UPDATE audit_actor_tile SET w0 = w0 & (w0 - 1) WHERE w0 <> 0",
        "UPDATE audit_actor_tile SET w3 = w3 + 1 WHERE n = 1",
        "UPDATE audit_actor_tile SET actor = 'D-QA2' WHERE actor = 'SYSTEM'",
        "DELETE FROM audit_actor_tile WHERE n = 1",
        "INSERT INTO audit_actor_tile (actor, n, w0, w1, w2, w3) VALUES ('D-NEW', 1, 1, 0, 0, 0)",
        "INSERT INTO audit_actor_tile (actor, n, w0, w1, w2, w3) VALUES ('SYSTEM', 99, 1, 0, 0, 0)",
    ):
        scene.attack(lambda connection, s=sql: connection.execute(s))
        assert "projections" in scene.found_by(), sql
        scene.folder.store.write_bytes(honest)


@pytest.mark.req("C02", "B01")
def test_tiles_and_notes_follow_from_the_trail_alone(scene: Scene) -> None:
    key, origin = scene.keys[-1], scene.anchor.origin
    size = scene.anchor.size
    own = Checkpoint(origin, size, scene.anchor.root).signed(SigningKey(b"\x09" * 32)).note
    other = Checkpoint("jope/OTHER/1", size, scene.anchor.root).signed(key).note
    attacks: list[tuple[str, tuple[Any, ...]]] = [
        ("UPDATE audit_tile SET root = zeroblob(32) WHERE n = 1", ()),
        ("DELETE FROM audit_tile WHERE n = 1", ()),
        ("INSERT INTO audit_tile (n, root) VALUES (99, zeroblob(32))", ()),
        ("UPDATE checkpoint SET note = ? WHERE size = ?", (own, size)),
        ("UPDATE checkpoint SET note = ? WHERE size = ?", (other, size)),
        ("UPDATE checkpoint SET note = 'x' WHERE size = ?", (size,)),
        ("UPDATE checkpoint SET note = note || x'0a' WHERE size = ?", (size,)),
        ("DELETE FROM checkpoint WHERE size = ?", (size,)),
        ("UPDATE checkpoint SET size = size + 100000 WHERE size = ?", (size,)),
        (
            "INSERT INTO checkpoint (size, note) SELECT max(size) - 1, min(note) FROM checkpoint WHERE size - 1 NOT IN (SELECT size FROM checkpoint)",
            (),
        ),
    ]
    with closing(connect(scene.location)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    honest = scene.folder.store.read_bytes()
    for sql, values in attacks:
        scene.attack(lambda connection, s=sql, v=values: connection.execute(s, v))
        assert "checkpoints" in scene.found_by(), sql
        scene.folder.store.write_bytes(honest)
    assert scene.verify().ok


@pytest.mark.req("C02", "C12")
def test_an_event_with_made_up_times_is_found_even_with_todays_key(scene: Scene) -> None:
    for field, layer in (("utc", "time"), ("mono", "time")):

        def make_up(connection: Any, name: str = field) -> None:
            row = connection.execute("SELECT seq, body, leaf, prev, hash, sig FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
            (old,) = connection.execute(f"SELECT json_extract(body, '$.{name}') FROM audit WHERE seq = ?", (row[0],)).fetchone()
            body = row[1].replace(f'"{name}":{old}', f'"{name}":{old - 3_600_000_000 if name == "utc" else 1}')
            leaf = ledger.leaf_of(body)
            hash_ = ledger.hash_of(row[3], leaf)
            sig = scene.keys[-1].sign(ledger.commit_message(scene.anchor.origin, row[0], hash_))
            connection.execute("UPDATE audit SET body = ?, leaf = ?, hash = ?, sig = ? WHERE seq = ?", (body, leaf, hash_, sig, row[0]))

        scene.attack(make_up)
        assert layer in scene.found_by()


@pytest.mark.req("C02", "P11-02")
def test_a_policy_of_another_generation_does_not_make_a_rewrite_true(scene: Scene, tmp_path: Path) -> None:
    foreign = SigningKey(b"\x07" * 32)
    scene.attack(lambda connection: _rewritten(connection, scene.anchor.origin.replace("/1", "/2"), 1, lambda _: foreign))
    pinned = tmp_path / "pinned.json"
    shutil.copyfile(scene.root / "policy.json", pinned)
    policy = read_policy(pinned)
    forged = policy.model_copy(update={"origin": policy.origin.replace("/1", "/2"), "genesis_public_key": foreign.public.hex()})
    (scene.root / "policy.json").write_text(forged.model_dump_json())
    assert {"chain", "signatures"} <= scene.found_by(policy=pinned)
    assert {"head_mark"} <= scene.found_by()
    assert {"anchors"} <= scene.found_by(anchored=True)


@pytest.mark.req("C02", "Q04")
def test_what_lies_beside_the_store_or_is_no_text_is_found_and_named(scene: Scene) -> None:
    journal = scene.folder.store.with_name("store.db-journal")
    journal.write_bytes(b"\x00" * 512)
    assert scene.found_by() == {"integrity"}
    with pytest.raises(StoreDamagedError, match="rollback journal"):
        open_station(scene.root)
    journal.unlink()
    scene.attack(lambda connection: connection.execute("UPDATE lot SET receiving_no = CAST(x'ff' AS TEXT) WHERE lot_no = ?", (LOTS[0],)))
    scene.attack(lambda connection: connection.execute("UPDATE lot SET receiving_no = 'RC-0' WHERE lot_no = ?", (LOTS[1],)))
    subjects = {finding.subject for finding in scene.verify().findings}
    assert {f"lot {LOTS[0]}", f"lot {LOTS[1]}"} <= subjects
    scene.attack(
        lambda connection: connection.execute(
            "INSERT INTO command_outcome (command_id, seq) VALUES ('made-up-outcome', 5)",
        )
    )
    assert "command_outcome made-up-outcome" in {finding.subject for finding in scene.verify().findings}


@pytest.mark.req("C02", "P04")
def test_a_rotation_that_was_cut_short_is_finished_and_a_foreign_key_is_refused(scene: Scene) -> None:
    keys = scene.folder.keys
    current = (keys / "ledger.key").read_bytes()
    new = keys / "ledger.next"
    # killed before the commit: a key was prepared that nobody named
    write_key(new, b"\x05" * 32)
    open_station(scene.root).close()
    assert (keys / "ledger.key").read_bytes() == current
    # killed after the commit: the named key still lies beside the outgoing one, whole or written over
    for outgoing in (b"11" * 32 + b"\n", b"0" * 64 + b"\n"):
        new.write_bytes(current)
        (keys / "ledger.key").write_bytes(outgoing)
        open_station(scene.root).close()
        assert (keys / "ledger.key").read_bytes() == current
        assert not new.exists()
    assert scene.verify().ok
    (keys / "ledger.key").write_bytes(b"11" * 32 + b"\n")
    with pytest.raises(StoreKeyError, match="not the one that the trail ends with"):
        open_station(scene.root)


@pytest.mark.req("C01", "C12", "B01")
def test_checkpoints_are_made_at_start_and_stop_and_after_a_signature_and_a_new_key_each_day(tmp_path: Path) -> None:
    from tests.support.clocks import SetClock

    clock = SetClock()

    def causes(station: Station) -> list[str]:
        sql = "SELECT json_extract(payload, '$.details.cause') FROM audit JOIN audit_payload USING (seq) WHERE action = 'log.heartbeat' ORDER BY seq"
        return [row[0] for row in station._commands.run(lambda: station._store.cursor.execute(sql).fetchall())]

    with plain_station(tmp_path / "station", prepared=False, clock=clock) as station:
        prepare_demo_station(station)
        wait_until(lambda: station._events._pending.empty() and causes(station)[-1:] == ["signature.applied"])
        Crew(station).token("D-VALID")  # something happens that asks for no checkpoint by itself
        for seconds, cause in ((61, "60 s of activity"), (16 * 60, "15 min")):
            clock.pass_seconds(seconds)
            station._keeper.tick()
            wait_until(lambda due=cause: causes(station)[-1] == due)
        clock.pass_seconds(86_400)
        station._keeper.tick()
        wait_until(lambda: "key.rotated" in causes(station))
    station = open_station(tmp_path / "station", clock=clock)
    try:
        assert "stop" in causes(station)
        wait_until(lambda: causes(station)[-1] == "start")
        assert verified(station).ok
    finally:
        station.close()


def _audit_verify(root: Path, *anchors: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "jope.cli.app", "audit", "verify", "--data", str(root), "--json"]
    done = subprocess.run([*command, *(part for a in anchors for part in ("--anchor", a))], capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else {"error": done.stderr}


@pytest.mark.req("C02", "O06")
def test_the_command_line_takes_an_anchor_as_text_as_a_file_and_as_a_folder(scene: Scene, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "line-3.checkpoint").write_text(scene.anchor.note)
    for anchor in (scene.anchor.note, scene.anchor.note.rstrip("\n"), str(kept / "line-3.checkpoint"), str(kept)):
        code, report = _audit_verify(scene.root, anchor)
        assert (code, report["layers"]["anchors"]) == (0, "ok")
    (tmp_path / "empty").mkdir()
    for nothing in ("no such file", str(tmp_path / "empty"), scene.anchor.note.replace("jope", "jope\n")):
        code, report = _audit_verify(scene.root, nothing)
        assert (code, "JOPE-301" in report["error"]) == (2, True)
    shutil.copyfile(scene.early, scene.folder.store)
    code, report = _audit_verify(scene.root, str(kept))
    assert code == 1
    assert {"anchors", "head_mark"} <= {finding["layer"] for finding in report["findings"]}


@pytest.mark.req("C02", "N04")
def test_a_mark_that_was_taken_away_is_found_and_the_station_comes_up_read_only(scene: Scene) -> None:
    scene.forget_mark()
    assert scene.found_by() == {"head_mark"}
    station = open_station(scene.root)
    try:
        token = station.dispatch(SignIn(employee_id="D-QA", password=DEMO_PASSWORD)).token
        with pytest.raises(ReadOnlyError, match="head mark is missing"):
            station.dispatch(RejectLot(lot_no=LOTS[0], reason="x"), token)
        assert [alarm.kind for alarm in station.read(open_alarms, token)] == ["ledger"]
    finally:
        station.close()
    assert not scene.folder.head_mark.exists()
