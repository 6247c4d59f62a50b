"""The command line as sites script it: exit codes, JSON, a copy without keys, a client that runs beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jope.bootstrap import Station, open_station, provision_demo_station
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, lasting_passwords, plain_station
from tests.support.equipment import MIXER, add_equipment, clean


def _jope(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jope.cli.app", *arguments]
    return subprocess.run(command, input=typed, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped demo station."""
    root = tmp_path_factory.mktemp("cli") / "station"
    provision_demo_station(root)
    return root


@pytest.mark.req("C07", "P11-02", "Q04")
def test_verify_prints_the_contract_s_json_and_ends_0(stopped: Path) -> None:
    done = _jope("audit", "verify", "--data", str(stopped), "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report.keys() == {"ok", "events", "head", "generation", "root", "disposed", "seconds", "layers", "findings"}
    assert report["ok"] is True
    assert report["layers"]["chain"] == "ok"
    assert report["layers"]["anchors"] == "absent"
    assert set(report["layers"].values()) <= {"ok", "findings", "absent"}


@pytest.mark.req("C07", "P11-02")
def test_verify_of_a_damaged_copy_ends_1_and_names_the_row(stopped: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(stopped, copy)
    store = copy / "store.db"
    content = bytearray(store.read_bytes())
    content[len(content) // 2] ^= 1
    store.write_bytes(content)
    done = _jope("audit", "verify", "--data", str(copy), "--json")
    assert done.returncode == 1
    assert {f["layer"] for f in json.loads(done.stdout)["findings"]} >= {"integrity"}


@pytest.mark.req("C07", "P11-02")
def test_verify_needs_no_signing_key_and_says_what_is_absent_without_the_image_key(stopped: Path, tmp_path: Path) -> None:
    copy, safe = tmp_path / "copy", tmp_path / "safe"
    shutil.copytree(stopped, copy)
    safe.mkdir()
    (copy / "keys" / "store.key").rename(safe / "store.key")
    (copy / "policy.json").rename(safe / "policy.json")
    shutil.rmtree(copy / "keys")
    named = ("--key-file", str(safe / "store.key"), "--policy", str(safe / "policy.json"))
    done = _jope("audit", "verify", "--data", str(copy), "--json", *named)
    report = json.loads(done.stdout)
    assert (done.returncode, report["ok"], report["layers"]["replay"]) == (0, True, "absent")
    assert _jope("audit", "verify", "--data", str(copy)).returncode == 2


@pytest.mark.req("P11-02")
def test_a_policy_of_another_station_is_a_finding(stopped: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    provision_demo_station(other)
    done = _jope("audit", "verify", "--data", str(stopped), "--policy", str(other / "policy.json"), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["layers"]["signatures"] == "findings"


@pytest.mark.req("A14", "P11-05", "A02")
def test_reading_commands_act_as_a_person(stopped: Path) -> None:
    done = _jope("devices", "list", "--data", str(stopped), "--as", "D-SUPER", "--password-stdin", "--json", typed=DEMO_PASSWORD + "\n")
    assert done.returncode == 0, done.stderr
    assert [row["device_id"] for row in json.loads(done.stdout)] == ["SC-1"]
    tags = _jope("devices", "tags", "--data", str(stopped), "--as", "D-SUPER", "--password-stdin", "--json", typed=DEMO_PASSWORD + "\n")
    assert (tags.returncode, json.loads(tags.stdout)) == (0, [])
    wrong = _jope("batches", "list", "--data", str(stopped), "--as", "D-SUPER", "--password-stdin", typed="guess\n")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "JOPE-101" in wrong.stderr


@pytest.mark.req("E11", "F12", "G05")
def test_lots_are_listed_and_traced_on_the_command_line(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with plain_station(root):
        pass
    who = ("--data", str(root), "--as", "D-QA", "--password-stdin")
    listed = _jope("lot", "list", *who, "--json", typed=DEMO_PASSWORD + "\n")
    assert listed.returncode == 0, listed.stderr
    assert next((row["lot_no"], row["standing"], row["remaining"]) for row in json.loads(listed.stdout)) == (
        "CE-2610-11",
        "released",
        "10000",
    )
    plain = _jope("lot", "trace", "MC-2611-04", *who, typed=DEMO_PASSWORD + "\n").stdout
    assert plain == "MC-2611-04: 25000 g received, 0 g to batches, 25000 g left, balanced\n"
    assert _jope("lot", "trace", "NONE", *who, typed=DEMO_PASSWORD + "\n").returncode == 2


@pytest.mark.req("E13", "E15", "PR-05")
def test_equipment_and_its_logbook_are_read_on_the_command_line(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with plain_station(root) as made:
        crew = Crew(made)
        add_equipment(crew)
        clean(crew, MIXER)
    who = ("--data", str(root), "--as", "D-QA", "--password-stdin")
    listed = _jope("equipment", "list", *who, "--json", typed=DEMO_PASSWORD + "\n")
    assert listed.returncode == 0, listed.stderr
    assert [(row["equipment_id"], row["status"]) for row in json.loads(listed.stdout)] == [("BO-1", "dirty"), ("MX-1", "clean")]
    plain = _jope("equipment", "list", *who, typed=DEMO_PASSWORD + "\n").stdout.splitlines()
    assert [line.split()[:3] for line in plain] == [["BO-1", "L3", "dirty"], ["MX-1", "L3", "clean"]]
    book = _jope("equipment", "logbook", MIXER, *who, "--json", typed=DEMO_PASSWORD + "\n")
    assert [(row["what"], row["checked_by"]) for row in json.loads(book.stdout)][1:] == [
        ("cleaning.begun", ""), ("cleaning.performed", "D-SUPER"), ("cleaning.checked", "D-SUPER"),
    ]  # fmt: skip
    newest = _jope("equipment", "logbook", MIXER, *who, "--newest", "1", typed=DEMO_PASSWORD + "\n").stdout
    assert "cleaning.checked  D-OPER, checked by D-SUPER  SOP-CL-07 (2), Purified water, 70 % ethanol" in newest
    assert len(newest.splitlines()) == 1
    assert _jope("equipment", "logbook", "NONE", *who, typed=DEMO_PASSWORD + "\n").returncode == 2


@pytest.mark.req("P11-05")
def test_a_held_station_is_verified_beside_its_client_and_not_written_to(station: Station) -> None:
    root = str(station.folder.root)
    assert _jope("audit", "verify", "--data", root).returncode == 0
    held = _jope("batches", "list", "--data", root, "--as", "D-QA", "--password-stdin", typed=DEMO_PASSWORD + "\n")
    assert held.returncode == 1
    assert "JOPE-007" in held.stderr


@pytest.mark.req("P02")
def test_gates_run_prints_at_least_eleven_sealed_verdicts() -> None:
    done = _jope("gates", "run", "--json")
    gates = json.loads(done.stdout)["gates"]
    assert done.returncode == 0
    assert len(gates) >= 11
    assert all(g["ok"] and len(g["seal"]) == 64 for g in gates)


@pytest.mark.req("P04")
def test_bad_usage_ends_2_and_help_shows_an_example(tmp_path: Path) -> None:
    assert _jope("audit", "verify").returncode == 2
    assert _jope("audit", "verify", "--data", str(tmp_path)).returncode == 2
    for words in (
        ("run",),
        ("demo",),
        ("sim",),
        ("audit", "verify"),
        ("gates", "run"),
        ("batches", "list"),
        ("devices", "list"),
        ("equipment", "list"),
        ("equipment", "logbook"),
        ("lot", "list"),
        ("lot", "trace"),
        ("lot", "balance"),
    ):
        shown = _jope(*words, "--help")
        assert shown.returncode == 0
        assert "Example" in shown.stdout
    assert _jope("sim", "--list").stdout.split() == ["and", "kcp", "modbus", "mt-sics", "ohaus", "opcua", "printer", "sbi"]


@pytest.mark.req("P04")
def test_a_demo_removes_nothing_that_no_demo_made(tmp_path: Path) -> None:
    for name in ("out", "plant", "station"):
        kept = tmp_path / name / name / "kept.txt"
        kept.parent.mkdir(parents=True)
        kept.write_text("mine")
        done = _jope("demo", "--headless", "--out", str(tmp_path / name))
        assert done.returncode == 1
        assert "no demo made" in done.stderr
        assert kept.read_text() == "mine"


@pytest.mark.req("C12", "A11d-20", "B01")
def test_two_people_put_the_clock_right_on_the_command_line(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with plain_station(root) as made:
        lasting_passwords(made)
    ahead = SetClock()
    ahead.wall_offset_us = 365 * 24 * 3600 * 1_000_000
    station = open_station(root, clock=ahead)
    Crew(station).token("D-OPER")
    station.close()
    twice = f"{DEMO_PASSWORD}\n{DEMO_PASSWORD}\n"
    shown = _jope("clock", "show", "--data", str(root), "--as", "D-QA", "--password-stdin", "--json", typed=twice)
    assert json.loads(shown.stdout)["behind"] is True, shown.stderr
    nothing = _jope("clock", "approve", "--data", str(root), "--as", "D-QA", "--password-stdin", typed=twice)
    assert (nothing.returncode, "No correction" in nothing.stderr) == (2, True)
    reason = ("--reason", "battery failed; compared with the site clock")
    early = _jope("clock", "propose", "--data", str(root), "--as", "D-SUPER", "--password-stdin", *reason, typed=twice)
    assert (early.returncode, "JOPE-206" in early.stderr) == (1, True)
    accept = ("signatures", "accept", "--data", str(root), "--as", "D-SUPER", "--password-stdin")
    assert _jope(*accept, "--language", "fr", typed=twice).returncode == 2
    accepted = _jope(*accept, typed=twice)
    assert (accepted.returncode, "legally binding" in accepted.stderr) == (0, True)
    assert "already" in _jope(*accept, typed=twice).stdout
    wrong = _jope(
        "clock", "propose", "--data", str(root), "--as", "D-SUPER", "--password-stdin", *reason, typed=f"{DEMO_PASSWORD}\nwrong\n"
    )
    assert wrong.returncode == 1
    proposed = _jope("clock", "propose", "--data", str(root), "--as", "D-SUPER", "--password-stdin", *reason, typed=twice)
    assert proposed.returncode == 0, proposed.stderr
    own = _jope("clock", "approve", "--data", str(root), "--as", "D-SUPER", "--password-stdin", typed=twice)
    assert own.returncode == 1
    approved = _jope("clock", "approve", "--data", str(root), "--as", "D-QA", "--password-stdin", typed=twice)
    assert approved.returncode == 0, approved.stderr
    after = _jope("clock", "show", "--data", str(root), "--as", "D-QA", "--password-stdin", "--json", typed=twice)
    assert json.loads(after.stdout)["behind"] is False
    assert _jope("audit", "verify", "--data", str(root)).returncode == 0
