"""Disposal after retention: the payload goes, its digest and a stub of two people stay, and nobody can use it to hide a change (URS C14; ledger.md "Shape")."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import RETENTION_KINDS, Station, open_station
from jope.compliance.audit.queries import audit_detail, audit_rows
from jope.compliance.evidence.queries import record_as_of
from jope.compliance.identity.commands import SignOut
from jope.compliance.retention.commands import ApproveDisposal, ProposeDisposal
from jope.compliance.retention.disposable import disposable
from jope.kernel.errors import GuardRefusedError, NotFoundError, PermissionDeniedError
from jope.kernel.ids import new_id
from jope.plant.batches import commands as c
from jope.services.exports.commands import ExportData, Scope
from jope.services.exports.verifier import verify
from tests.faults.edits import opened
from tests.support.browser import running_browser
from tests.support.clocks import SetClock
from tests.support.demo import Crew, lasting_passwords, plain_station, to_execution, verified

YEAR = int(365.25 * 24 * 3600)
BATCH = "B-OLD"


def _old(root: Path, clock: SetClock) -> None:
    """A station that worked on two batches eight years ago."""
    with plain_station(root, encrypted=False, clock=clock) as station:
        lasting_passwords(station)
        crew = Crew(station)
        to_execution(crew, BATCH)
        crew.sign("D-OPER", c.HoldBatch(batch_no=BATCH, reason="a word that is to be forgotten"))
        for token in crew.tokens.values():
            station.dispatch(SignOut(), token)
    clock.pass_seconds(8 * YEAR)


def _proposed(crew: Crew, record: tuple[str, str] = ("batch", BATCH)) -> str:
    command = ProposeDisposal(disposal_id=new_id(), kind=record[0], id=record[1], reason="retention of 7 years is over")
    crew.sign("D-QA", command)
    return command.disposal_id


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SetClock, dict[int, bytes]]:
    """A stopped station whose old batch was disposed of, its clock, and the payloads that went, as salts."""
    root, clock = tmp_path_factory.mktemp("disposed") / "station", SetClock()
    _old(root, clock)
    with sqlite3.connect(root / "store.db") as before:
        salts = dict(before.execute("SELECT seq, salt FROM audit_payload"))
    station = open_station(root, clock=clock)
    try:
        crew = Crew(station)
        crew.sign("D-QP", ApproveDisposal(disposal_id=_proposed(crew)))
        station._disposal.tick()
        station._disposal.tick()
    finally:
        station.close()
    with sqlite3.connect(root / "store.db") as after:
        left = {seq for (seq,) in after.execute("SELECT seq FROM audit_payload")}
    return root, clock, {seq: salt for seq, salt in salts.items() if seq not in left}


@pytest.fixture
def station(made: tuple[Path, SetClock, dict[int, bytes]], tmp_path: Path) -> Iterator[Station]:
    """A copy of it, opened."""
    shutil.copytree(made[0], tmp_path / "station")
    found = open_station(tmp_path / "station", clock=made[1])
    yield found
    found.close()


@pytest.mark.req("C14", "P11-04", "P11-06")
def test_two_people_dispose_and_verification_says_disposed(station: Station, made: tuple[Path, SetClock, dict[int, bytes]]) -> None:
    gone = made[2]
    report = verified(station)
    assert report.findings == ()
    assert report.disposed == len(gone) > 3
    token = Crew(station).token("D-QA")
    (row, *_) = station.read(audit_rows, token, seqs=tuple(sorted(gone, reverse=True)))
    assert row.reason == "(disposed of)"
    assert row.action in {"batch.held", "signature.applied"}
    detail = station.read(audit_detail, token, seq=row.seq)
    assert detail.changes == ()
    with pytest.raises(NotFoundError, match="disposed of with its record"):
        station.read(record_as_of, token, subject_kind="batch", subject_id=BATCH, seq=max(gone))


@pytest.mark.req("C14")
def test_what_went_is_not_in_the_files_any_more(made: tuple[Path, SetClock, dict[int, bytes]]) -> None:
    content = b"".join(path.read_bytes() for path in made[0].glob("store.db*"))
    assert not [seq for seq, salt in made[2].items() if salt in content]
    kept = sqlite3.connect(made[0] / "store.db").execute("SELECT salt FROM audit_payload WHERE seq = 1").fetchone()[0]
    assert kept in content


@pytest.mark.req("C14", "A03")
def test_who_may_not_and_what_may_not_go(tmp_path: Path) -> None:
    clock = SetClock()
    root = tmp_path / "station"
    _old(root, clock)
    station = open_station(root, clock=clock)
    try:
        crew = Crew(station)
        for kind, id_ in (("user", "D-OPER"), ("station", "signing"), ("signature", "x"), ("batch_move", "x")):
            person = ProposeDisposal(disposal_id=new_id(), kind=kind, id=id_, reason="not a record")
            assert "no retention of its own" in crew.refused(lambda person=person: crew.sign("D-QA", person)).message  # type: ignore[misc]
        nothing = ProposeDisposal(disposal_id=new_id(), kind="batch", id="B-NONE", reason="nothing there")
        assert "holds nothing" in crew.refused(lambda: crew.sign("D-QA", nothing)).message
        command = ProposeDisposal(disposal_id=new_id(), kind="batch", id=BATCH, reason="over")
        assert isinstance(crew.refused(lambda: crew.sign("D-ADMIN", command)), PermissionDeniedError)
        proposed = _proposed(crew)
        assert isinstance(crew.refused(lambda: crew.sign("D-QA", ApproveDisposal(disposal_id=proposed))), PermissionDeniedError)
        crew.sign("D-SUPER", c.RestartBatch(batch_no=BATCH, reason="work goes on after all"))
        moved = crew.refused(lambda: crew.sign("D-QP", ApproveDisposal(disposal_id=proposed)))
        assert isinstance(moved, GuardRefusedError)
        assert "less than 7 years" in moved.message
        young = ProposeDisposal(disposal_id=new_id(), kind="batch", id=BATCH, reason="too early")
        assert "less than 7 years" in crew.refused(lambda: crew.sign("D-QA", young)).message
        with station._reading("*") as reader:
            lots = disposable(reader.cursor, RETENTION_KINDS, ("batch", BATCH), clock.now().utc_us)
            today = {
                seq
                for (seq,) in reader.execute("SELECT seq FROM audit WHERE json_extract(body, '$.utc') > ?", (clock.now().utc_us - 10**12,))
            }
            apart = {seq for (seq,) in reader.execute("SELECT seq FROM audit_subject WHERE kind IN ('lot', 'recipe')")}
        assert lots
        assert not apart & set(lots), "what is also about a lot or a recipe stays with it"
        assert today
        assert not today & set(lots), "no attempt of today goes with a record of long ago"
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            sqlite3.connect(root / "store.db").execute("DELETE FROM audit_payload WHERE seq = ?", (lots[0],))
    finally:
        station.close()


@pytest.mark.req("C14", "P11-04")
def test_a_station_killed_before_the_erasure_finishes_it(tmp_path: Path) -> None:
    clock = SetClock()
    root = tmp_path / "station"
    _old(root, clock)
    station = open_station(root, clock=clock)
    station._schedule._scheduler.pause()  # the erasure never comes to its turn
    crew = Crew(station)
    crew.sign("D-QP", ApproveDisposal(disposal_id=_proposed(crew)))
    report = verified(station)
    assert (report.findings, report.disposed) == ((), 0)
    station.close()
    again = open_station(root, clock=clock)
    try:
        again._disposal.tick()
        report = verified(again)
        assert report.findings == ()
        assert report.disposed > 3
    finally:
        again.close()


@pytest.mark.req("C14", "A11d-20")
def test_work_after_the_disposal_is_replayed_from_the_stub(station: Station) -> None:
    crew = Crew(station)
    crew.sign("D-SUPER", c.RestartBatch(batch_no=BATCH, reason="an audit wants to see it run"))
    assert verified(station).findings == ()


def _one_more(connection: Any, gone: set[int]) -> None:
    connection.execute("DELETE FROM audit_payload WHERE seq = (SELECT min(seq) FROM audit_payload WHERE seq > 4)")


def _wider(connection: Any, gone: set[int]) -> None:
    """The stub names more than was approved, and the payloads go."""
    wider = json.dumps([[min(gone), max(gone) + 1]], separators=(",", ":"))
    seq, payload = connection.execute(
        "SELECT a.seq, payload FROM audit a JOIN audit_payload USING (seq) WHERE action = 'disposal.approved'"
    ).fetchone()
    content = json.loads(payload)
    content["details"]["events"] = json.loads(wider)
    connection.execute("UPDATE disposal SET events = ?", (wider,))
    connection.execute(
        "UPDATE audit_payload SET payload = ? WHERE seq = ?", (json.dumps(content, sort_keys=True, separators=(",", ":")), seq)
    )
    connection.execute("DELETE FROM audit_payload WHERE seq BETWEEN ? AND ?", (min(gone), max(gone) + 1))


def _row_wider(connection: Any, gone: set[int]) -> None:
    connection.execute("UPDATE disposal SET events = '[[5,9]]'")


def _unsigned(connection: Any, gone: set[int]) -> None:
    connection.execute(
        "UPDATE disposal SET approval_signature = NULL, approval_signer = NULL, approval_meaning = NULL, approval_version = NULL"
    )


def _own_approval(connection: Any, gone: set[int]) -> None:
    connection.execute("UPDATE disposal SET proposal_signer = approval_signer")


def _no_stub_row(connection: Any, gone: set[int]) -> None:
    connection.execute("DELETE FROM disposal")


def _stub_gone(connection: Any, gone: set[int]) -> None:
    connection.execute("DELETE FROM audit_payload WHERE seq = (SELECT seq FROM audit WHERE action = 'disposal.approved')")


def _made_up(connection: Any, gone: set[int]) -> None:
    """A disposal that nobody signed lets another payload go."""
    target = connection.execute("SELECT min(seq) FROM audit_payload WHERE seq > 4").fetchone()[0]
    connection.execute(
        "INSERT INTO disposal SELECT 'made-up', subject_kind, subject_id, reason, ?, proposed_us, approved_us, proposal_signature, proposal_signer, "
        "proposal_meaning, proposal_version, approval_signature, approval_signer, approval_meaning, approval_version, version FROM disposal LIMIT 1",
        (f"[[{target},{target}]]",),
    )
    connection.execute("DELETE FROM audit_payload WHERE seq = ?", (target,))


def _row_edited(connection: Any, gone: set[int]) -> None:
    connection.execute("UPDATE batch SET product_lot = 'ANOTHER' WHERE batch_no = ?", (BATCH,))


def _signature_edited(connection: Any, gone: set[int]) -> None:
    connection.execute("UPDATE signature SET reason = 'another' WHERE subject_id = ?", (BATCH,))


def _row_deleted(connection: Any, gone: set[int]) -> None:
    connection.execute("DELETE FROM batch_transition WHERE batch_no = ?", (BATCH,))


ATTACKS = (
    (_one_more, "payloads"), (_wider, "payloads"), (_row_wider, "payloads"), (_unsigned, "payloads"), (_own_approval, "payloads"), (_no_stub_row, "payloads"),
    (_stub_gone, "payloads"), (_made_up, "payloads"), (_row_edited, "replay"), (_signature_edited, "replay"), (_row_deleted, "replay"),
)  # fmt: skip


@pytest.mark.req("C14", "C01", "P11-06")
@pytest.mark.parametrize(("attack", "layer"), ATTACKS, ids=[attack.__name__.strip("_") for attack, _ in ATTACKS])
def test_a_disposal_hides_no_change(
    made: tuple[Path, SetClock, dict[int, bytes]], tmp_path: Path, attack: Callable[[Any, set[int]], None], layer: str
) -> None:
    shutil.copytree(made[0], tmp_path / "station")
    with opened(tmp_path / "station") as store:
        assert store.verify().findings == ()
        with store.attack() as connection:
            attack(connection, set(made[2]))
            assert layer in {finding.layer for finding in store.verify().findings}


@pytest.fixture(scope="module")
def bundles(made: tuple[Path, SetClock, dict[int, bytes]], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Exports of the batch and of everything, after the disposal."""
    folder = tmp_path_factory.mktemp("bundles")
    shutil.copytree(made[0], folder / "station")
    station = open_station(folder / "station", clock=made[1])
    try:
        token = Crew(station).token("D-QA")
        station.export_data(ExportData(scope=Scope.SUBJECT, kind="batch", id=BATCH), token, folder / "batch.zip")
        station.export_data(ExportData(scope=Scope.STATION), token, folder / "station.zip")
        station.export_data(ExportData(scope=Scope.SUBJECT, kind="user", id="D-OPER"), token, folder / "user.zip")
        with station._reading("*") as reader:
            ((signature,),) = reader.execute("SELECT id FROM signature WHERE subject_kind = 'clearance' AND meaning = 'performed'")
        station.export_data(ExportData(scope=Scope.SUBJECT, kind="signature", id=signature), token, folder / "signature.zip")
    finally:
        station.close()
    return [folder / "batch.zip", folder / "station.zip", folder / "user.zip", folder / "signature.zip"]


@pytest.mark.req("C14", "O03", "C07")
def test_a_bundle_after_a_disposal_verifies_and_says_how_many(bundles: list[Path], made: tuple[Path, SetClock, dict[int, bytes]]) -> None:
    for bundle in bundles:
        report = verify.verify(str(bundle))
        assert [f.message for f in report.findings] == [], bundle.name
        assert report.disposed == len(made[2]) if bundle.stem in ("batch", "station") else 0 < report.disposed <= len(made[2])
        bare = subprocess.run([sys.executable, "-I", verify.__file__, str(bundle)], capture_output=True, text=True, check=False)
        assert bare.returncode == 0
        assert "disposed of after their retention" in bare.stdout


@pytest.mark.req("C14", "O03", "C07")
def test_the_page_says_the_same(bundles: list[Path], made: tuple[Path, SetClock, dict[int, bytes]], tmp_path: Path) -> None:
    with running_browser() as browser:
        for number, bundle in enumerate(bundles):
            folder = tmp_path / str(number)
            with zipfile.ZipFile(bundle) as archive:
                archive.extract("index.html", folder)
            browser.open(folder / "index.html")
            browser.report()
            browser.run("document.getElementById('file').value = ''")
            browser.give("#file", str(bundle))
            said = browser.report(2)
            due = json.loads(json.dumps(verify.verify(str(bundle)).as_json()))
            assert said["ok"] is True, said["findings"]
            assert said["disposed"] == due["disposed"] > 0


@pytest.mark.req("C14", "O02", "C07")
def test_an_edited_row_whose_history_went_is_found_in_the_full_export_too(
    made: tuple[Path, SetClock, dict[int, bytes]], tmp_path: Path
) -> None:
    root = tmp_path / "station"
    shutil.copytree(made[0], root)
    with sqlite3.connect(root / "store.db") as file:
        dropped = list(file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'batch'"))
        for name, _ in dropped:
            file.execute(f"DROP TRIGGER {name}")
        file.execute("UPDATE batch SET product_lot = 'ANOTHER' WHERE batch_no = ?", (BATCH,))
        for _, sql in dropped:
            file.execute(sql)
    station = open_station(root, clock=made[1])
    try:
        station.export_data(ExportData(scope=Scope.STATION), Crew(station).token("D-QA"), tmp_path / "station.zip")
    finally:
        station.close()
    found = verify.verify(str(tmp_path / "station.zip"))
    assert {(f.layer, f.subject) for f in found.findings} == {("tables", f"batch {BATCH}")}
    with running_browser() as browser, zipfile.ZipFile(tmp_path / "station.zip") as archive:
        archive.extract("index.html", tmp_path)
        browser.open(tmp_path / "index.html")
        browser.report()
        browser.give("#file", str(tmp_path / "station.zip"))
        said = browser.report(2)
    assert {(f["layer"], f["subject"]) for f in said["findings"]} == {("tables", f"batch {BATCH}")}


@pytest.mark.req("C14", "P11-04")
def test_a_column_that_comes_later_breaks_no_stub(made: tuple[Path, SetClock, dict[int, bytes]], tmp_path: Path) -> None:
    shutil.copytree(made[0], tmp_path / "station")
    with opened(tmp_path / "station", without=("integrity", "schema")) as store, store.attack() as connection:
        connection.execute("ALTER TABLE batch ADD COLUMN later TEXT")
        assert store.verify().findings == ()
        connection.execute("UPDATE batch SET later = 'planted' WHERE batch_no = ?", (BATCH,))
        assert {finding.layer for finding in store.verify().findings} == {"replay"}


@pytest.mark.req("C14", "O03")
def test_a_record_is_archived_between_proposal_and_approval_and_a_reader_is_not_waited_for(tmp_path: Path) -> None:
    clock, root = SetClock(), tmp_path / "station"
    _old(root, clock)
    station = open_station(root, clock=clock)
    station._schedule._scheduler.pause()
    try:
        crew = Crew(station)
        proposed = _proposed(crew)
        station.export_data(ExportData(scope=Scope.SUBJECT, kind="batch", id=BATCH), crew.token("D-QA"), tmp_path / "archive.zip")
        crew.sign("D-QP", ApproveDisposal(disposal_id=proposed))
        (seq, salt) = station._ask(
            "SELECT seq, salt FROM audit_payload WHERE seq = (SELECT seq FROM audit WHERE action = 'batch.held')", ()
        )[0]
        with station._looking() as cursor:
            cursor.execute("SELECT count(*) FROM audit").fetchone()
            began = time.monotonic()
            station._disposal.tick()
            assert time.monotonic() - began < 3, "people go on working"
            assert not station._ask("SELECT 1 FROM audit_payload WHERE seq = ?", (seq,))
        station._disposal.tick()
        assert salt not in b"".join(path.read_bytes() for path in root.glob("store.db*"))
        assert verify.verify(str(tmp_path / "archive.zip")).ok, "a bundle made before stays whole"
    finally:
        station.close()


@pytest.mark.req("C14")
def test_an_event_about_two_records_goes_with_the_last_of_them(tmp_path: Path) -> None:
    clock, root = SetClock(), tmp_path / "station"
    _old(root, clock)
    station = open_station(root, clock=clock)
    try:
        crew = Crew(station)
        recipe = station._ask(
            "SELECT id FROM audit_subject WHERE kind = 'recipe' AND seq IN (SELECT seq FROM audit_subject WHERE id = ?)", (BATCH,)
        )[0][0]
        started = station._ask("SELECT seq FROM audit WHERE action = 'batch.started'", ())[0][0]
        crew.sign("D-QP", ApproveDisposal(disposal_id=_proposed(crew)))
        station._disposal.tick()
        assert station._ask("SELECT 1 FROM audit_payload WHERE seq = ?", (started,)), "it is about the recipe too"
        crew.sign("D-QP", ApproveDisposal(disposal_id=_proposed(crew, ("recipe", recipe))))
        station._disposal.tick()
        assert not station._ask("SELECT 1 FROM audit_payload WHERE seq = ?", (started,))
        report = verified(station)
        assert report.findings == ()
        station.export_data(ExportData(scope=Scope.STATION), crew.token("D-QA"), tmp_path / "all.zip")
        assert verify.verify(str(tmp_path / "all.zip")).findings == []
    finally:
        station.close()
