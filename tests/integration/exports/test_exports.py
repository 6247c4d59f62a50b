"""Exports through the station and the command line: the event before the file, who may, what is in it, what a failure leaves."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import Station
from jope.compliance.audit.commands import RotateKey
from jope.kernel.errors import (
    BundleTooLargeError,
    ClockSuspectError,
    ExportUnsettledError,
    NotFoundError,
    PermissionDeniedError,
    UnwritableFileError,
)
from jope.kernel.store.regulated import LEDGER_TABLES
from jope.plant.batches.commands import CreateBatch
from jope.services.exports import exporting, packing, page
from jope.services.exports.commands import ExportData, Scope
from jope.services.exports.proofs import ManyProofs
from jope.services.exports.readable import csv_line
from jope.services.exports.verifier import verify
from jope.services.provisioning.demo_data import DEMO_LOTS, DEMO_PASSWORD, DEMO_RECIPE
from tests.support.clocks import SetClock
from tests.support.demo import Crew, verified

LOT = next(iter(DEMO_LOTS))


def _jope(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jope.cli.app", *arguments]
    return subprocess.run(command, input=typed, capture_output=True, text=True, check=False, timeout=120)


def _of(kind: str, id_: str) -> ExportData:
    return ExportData(scope=Scope.SUBJECT, kind=kind, id=id_)


def _exports(station: Station) -> list[dict[str, Any]]:
    """The export events of the trail: body and payload."""
    sql = "SELECT a.body, p.payload FROM audit a JOIN audit_payload p USING (seq) WHERE a.action = 'data.exported' ORDER BY a.seq"
    with station._reading("*") as reader:
        return [{"body": json.loads(body), **json.loads(payload)} for body, payload in reader.execute(sql)]


@pytest.mark.req("C13", "O03", "O07", "C07", "P11-01", "P11-03")
def test_a_lot_s_export_is_an_event_first_and_a_whole_bundle_then(station: Station, crew: Crew, tmp_path: Path) -> None:
    for _ in range(2):
        made = station.export_data(_of("lot", LOT), crew.token("D-INSP"), tmp_path / "lot.zip")
    assert verify.verify(made.path, genesis=station.policy.genesis_public_key).as_json()["findings"] == []
    first, second = _exports(station)
    subject = next(s for s in second["body"]["subjects"] if s["kind"] == "lot")
    assert (second["body"]["actor"], subject["id"]) == ("D-INSP", LOT)
    assert second["details"]["count"] == subject["n"] - 1 == first["details"]["count"] + 1
    assert second["details"]["last"] == first["body"]["seq"] == subject["prev"]
    assert made.size > made.seq == second["body"]["seq"]
    with zipfile.ZipFile(made.path) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        events = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
        rows = list(csv.DictReader(io.StringIO(archive.read("events.csv").decode())))
        dictionary = json.loads(archive.read("dictionary.json"))
        readme = archive.read("README.txt").decode()
    assert names == {*verify.NEEDED, "manifest.json", "manifest.sig", "index.html"}
    assert manifest["export"] == {"id": second["body"]["command"], "seq": made.seq}
    assert [int(row["seq"]) for row in rows] == [event["body"]["seq"] for event in events]
    assert {row["meaning"] for row in rows} == {"", "approval"}
    assert events[0]["body"].keys() == dictionary["body"].keys()
    assert {event["body"]["action"] for event in events} <= dictionary["actions"].keys()
    assert "--genesis" in readme
    assert verified(station).ok


@pytest.mark.req("O01", "O02", "P11-03", "A11d-02", "A11d-24")
def test_a_full_export_holds_every_business_table_but_no_secret(station: Station, crew: Crew, tmp_path: Path) -> None:
    crew.do("D-SUPER", CreateBatch(batch_no="B/1_x", recipe_id=DEMO_RECIPE, line="L3", product_lot="PL"))
    station._dispatch_own(RotateKey())
    made = station.export_data(ExportData(scope=Scope.STATION), crew.token("D-QA"), tmp_path / "all.zip")
    report = verify.verify(made.path, all_signatures=True)
    assert report.as_json()["findings"] == []
    with zipfile.ZipFile(made.path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    index = {table["name"]: table for table in json.loads(files["tables/index.json"])}
    with station._reading("*") as reader:
        stored = {row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")}
        secrets = [
            value for row in reader.execute("SELECT password_hash FROM user_account UNION SELECT token_hash FROM session") for value in row
        ]
    left_out = json.loads(files["dictionary.json"])["left_out"]
    assert stored - LEDGER_TABLES == index.keys() | {name.removeprefix("table ") for name in left_out if name.startswith("table ")}
    assert index["user_account"]["left_out"] == ["password_hash"]
    assert {"column user_account.password_hash", "column session.token_hash"} <= left_out.keys()
    for name, content in files.items():
        assert not any(secret.encode() in content for secret in secrets), name
    people = json.loads(files["tables/user_account.json"])
    assert {row["name"] for row in people} >= {"Demo Quality Assurance", "Demo Inspector"}
    for name, table in index.items():
        rows = json.loads(files[f"tables/{name}.json"])
        lines = list(csv.reader(io.StringIO(files[f"tables/{name}.csv"].decode())))
        assert len(rows) == table["rows"] == len(lines) - 1
        assert lines[0] == table["columns"]
    assert [name for name in files if name.startswith("documents/")] == ["documents/0001-batch-B-1_x.pdf"]
    assert files["documents/0001-batch-B-1_x.pdf"].startswith(b"%PDF")


@pytest.mark.req("A14", "A04", "C06", "C13", "P11-05")
def test_who_may_not_is_denied_and_what_is_not_there_is_refused_and_both_stand_in_the_trail(
    station: Station, crew: Crew, tmp_path: Path
) -> None:
    path = tmp_path / "none.zip"
    for who in ("D-OPER", "D-SUPER", "D-ADMIN"):
        with pytest.raises(PermissionDeniedError):
            station.export_data(_of("lot", LOT), crew.token(who), path)
    for _ in range(2):  # the refusal is filed under the name that was asked for, and does not make such a record
        with pytest.raises(NotFoundError):
            station.export_data(_of("lot", "NO-SUCH"), crew.token("D-QA"), path)
    assert not path.exists()
    assert _exports(station) == []
    with station._reading("*") as reader:
        outcomes = reader.execute("SELECT action, count(*) FROM audit WHERE outcome <> 'done' GROUP BY action ORDER BY action")
    assert [tuple(row) for row in outcomes] == [("command.denied", 3), ("command.refused", 2)]


@pytest.mark.req("O07", "C13", "P04")
def test_a_file_that_cannot_be_written_is_an_error_and_never_half_there(
    station: Station, crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, path = crew.token("D-QA"), tmp_path / "out" / "lot.zip"
    with pytest.raises(UnwritableFileError, match="JOPE-021"):
        station.export_data(_of("lot", LOT), token, tmp_path)
    assert _exports(station) == [], "what is known beforehand is said before the event"
    station.export_data(_of("lot", LOT), token, path)
    before = path.read_bytes()

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "verifier_source", full)
    with pytest.raises(UnwritableFileError, match="No space left"):
        station.export_data(_of("lot", LOT), token, path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["lot.zip"]
    assert len(_exports(station)) == 2, "somebody asked for the data; that stands"
    monkeypatch.setattr(packing, "LARGEST", 10_000)
    with pytest.raises(BundleTooLargeError, match="JOPE-312"):
        station.export_data(_of("lot", LOT), token, path)
    assert path.read_bytes() == before


@pytest.mark.req("C03", "C12", "O03")
def test_no_bundle_is_made_that_no_checkpoint_covers(
    station: Station, crew: Crew, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = crew.token("D-QA")
    monkeypatch.setattr(station._keeper, "checkpoint", lambda cause: None)
    with pytest.raises(ExportUnsettledError, match="JOPE-311"):
        station.export_data(_of("lot", LOT), token, tmp_path / "lot.zip")
    monkeypatch.undo()
    clock.wall_offset_us -= 3_600_000_000
    with pytest.raises(ClockSuspectError):
        station.export_data(_of("lot", LOT), token, tmp_path / "lot.zip")
    assert list(tmp_path.glob("*.zip")) == []


@pytest.mark.req("C03", "O03")
def test_a_new_day_between_checkpoint_and_manifest_is_done_again(
    station: Station, crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, real, days = crew.token("D-QA"), station._keeper.checkpoint, [1]

    def and_a_new_day(cause: str) -> None:
        real(cause)
        if days:
            days.pop()
            station._dispatch_own(RotateKey())

    monkeypatch.setattr(station._keeper, "checkpoint", and_a_new_day)
    for command in (_of("lot", LOT), ExportData(scope=Scope.STATION)):
        days[:] = [1]
        made = station.export_data(command, token, tmp_path / "x.zip")
        assert verify.verify(made.path).as_json()["findings"] == []


@pytest.mark.req("O03", "P11-03")
def test_a_trail_that_is_too_large_for_a_page_is_verified_from_its_files(
    station: Station, crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_EMBEDDED", 5000)
    made = station.export_data(ExportData(scope=Scope.TRAIL), crew.token("D-QA"), tmp_path / "trail.zip")
    assert verify.verify(made.path).ok
    with zipfile.ZipFile(made.path) as archive:
        assert verify.PAGE_BEGIN + b'{"files":{}}' in archive.read("index.html")
    station._dispatch_own(RotateKey())
    for scope in (("lot", LOT), ("ledger", "key"), ("ledger", "checkpoint"), ("ledger", "trail"), ("user", "D-QA")):
        made = station.export_data(_of(*scope), crew.token("D-QA"), tmp_path / "trail.zip")
        assert verify.verify(made.path).as_json()["findings"] == [], scope


@pytest.mark.req("C03", "O03")
def test_many_proofs_are_those_of_one_at_a_time_and_small(station: Station) -> None:
    from jope.compliance.audit.commands import MakeCheckpoint
    from jope.compliance.audit.merkle import includes
    from jope.compliance.audit.tree import TreeReader

    for _ in range(560):
        station._dispatch_own(MakeCheckpoint(cause="test"))
    with station._reading("*") as reader:
        leaves = [bytes(leaf) for (leaf,) in reader.execute("SELECT leaf FROM audit ORDER BY seq")]
        for size in (1, 2, 255, 256, 257, 511, 512, 513, len(leaves)):
            proofs, single = ManyProofs(reader.cursor.connection.cursor(), size), TreeReader(reader.cursor, size)
            root = proofs.root()
            for seq in {1, min(2, size), size // 2 or 1, max(1, size - 1), size}:
                path = proofs.of(seq)
                assert path == single.inclusion(seq)
                assert includes(root, size, seq - 1, leaves[seq - 1], path)
                assert verify.includes(root, size, seq - 1, leaves[seq - 1], path)
    assert 20 * 47 + 10 <= 1200, "a proof in a tree of a million events: 20 nodes of 44 characters, quoted"


@pytest.mark.req("O01", "P11-03")
def test_a_cell_is_never_a_formula() -> None:
    assert csv_line(["=1+1", "-5.0", "+x", "@a", None, 'a"b', "\t="]) == b"'=1+1,-5.0,'+x,'@a,,\"a\"\"b\",'\t=\r\n"


@pytest.mark.req("C07", "P04")
def test_the_verifier_is_python_3_9_and_names_no_other_library() -> None:
    import ast

    tree = ast.parse(page.verifier_source(), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    assert not any(isinstance(node, ast.Match) for node in ast.walk(tree))


@pytest.mark.req("O03", "C07", "P11-01", "P11-05")
def test_the_command_line_exports_verifies_and_refuses(tmp_path: Path) -> None:
    from jope.bootstrap import open_station, provision_demo_station

    root, out = tmp_path / "station", tmp_path / "trail.zip"
    provision_demo_station(root)
    person = ("--as", "D-QA", "--password-stdin")
    done = _jope("audit", "export", "--data", str(root), "--out", str(out), *person, "--json", typed=DEMO_PASSWORD + "\n")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made.keys() == {"path", "scope", "events", "seq", "size", "root", "bytes"}
    assert (made["scope"], made["bytes"]) == ("trail", out.stat().st_size)
    bare = subprocess.run([sys.executable, "-I", "-S", verify.__file__, str(out)], capture_output=True, text=True, check=False)
    assert bare.returncode == 0
    checked = _jope("audit", "check-bundle", str(out), "--data", str(root), "--json")
    assert (checked.returncode, json.loads(checked.stdout)["trust"]) == (0, "pinned")
    out.write_bytes(out.read_bytes()[:-1])
    assert _jope("audit", "check-bundle", str(out)).returncode == 1
    assert _jope("audit", "check-bundle", str(tmp_path / "none.zip")).returncode == 2
    for wrong in (("--subject", "batch"), ("--subject", "batch:B", "--full")):
        assert _jope("audit", "export", "--data", str(root), "--out", str(out), *wrong, *person, typed=DEMO_PASSWORD + "\n").returncode == 2
    none = _jope("audit", "export", "--data", str(root), "--out", str(out), "--subject", "batch:NONE", *person, typed=DEMO_PASSWORD + "\n")
    assert (none.returncode, "JOPE-014" in none.stderr) == (2, True)
    station = open_station(root)
    try:
        held = _jope("audit", "export", "--data", str(root), "--out", str(out), *person, typed=DEMO_PASSWORD + "\n")
        assert (held.returncode, "JOPE-007" in held.stderr) == (1, True)
    finally:
        station.close()
    assert _jope("audit", "verify", "--data", str(root)).returncode == 0
    for words in (("audit", "export"), ("audit", "check-bundle")):
        assert "Example" in _jope(*words, "--help").stdout
