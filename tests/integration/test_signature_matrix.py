"""The signature matrix: what the data may demand, and what it cannot take away (URS B03)."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from jope.bootstrap import HANDLER_MODULES, Station, open_station
from jope.compliance.commands import Meaning, declarations_of
from jope.compliance.identity.commands import SignIn
from jope.compliance.signatures.rules import Signing, faults_of, first_version, floors_of, in_force
from jope.kernel.canonical import canonical_text
from jope.kernel.errors import ForbiddenStatementError, MeaningError, ReadOnlyError, RecordChangedError, SignatureDueError
from jope.plant.batches import commands as c
from jope.plant.materials.commands import ReceiveLot, ReleaseLot
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.demo import Crew, plain_station, verified
from tests.support.handlers import in_a_handler
from tests.support.rules import set_rule

FLOORS = floors_of(declarations_of(*HANDLER_MODULES))
_BATCH = {"recipe_id": "MG-25", "line": "L3", "product_lot": "PL"}


@pytest.mark.req("B03", "B01", "E05", "P11-15")
def test_it_begins_with_what_the_program_demands(station: Station, crew: Crew) -> None:
    rules = {rule.action: rule for rule in station.matrix.rules()}
    assert rules == {action: first_version(floor) for action, floor in FLOORS.items()}
    signed = {action: (rule.signing.value, rule.meaning) for action, rule in rules.items() if rule.meaning is not None}
    assert signed == {
        "AcceptAccountability": ("sign", "responsibility"),
        "ReleaseLot": ("sign", "approval"),
        "CheckAnalysis": ("sign", "verified"),
        "ResumeLot": ("sign", "approval"),
        "VoidLot": ("sign", "void"),
        "ExtendRetest": ("sign", "approval"),
        "ApproveRecipeVersion": ("sign", "approval"),
        "PerformClearance": ("sign_verify", "performed"),
        "VerifyClearance": ("sign", "verified"),
        "StartBatch": ("sign", "responsibility"),
        "HoldBatch": ("sign", "responsibility"),
        "RestartBatch": ("sign", "approval"),
        "VerifyContainer": ("sign", "verified"),
        "FinishMaterial": ("sign_verify", "performed"),
        "VerifyMaterial": ("sign", "verified"),
        "CompleteBatch": ("sign", "responsibility"),
        "ReviewBatch": ("sign", "review"),
        "ReleaseBatch": ("sign", "release"),
        "CertifyBatch": ("sign", "certification"),
        "RejectBatch": ("sign", "rejection"),
        "SignTrailReview": ("sign", "review"),
        "ProposeClockCorrection": ("sign", "authorship"),
        "ApproveClockCorrection": ("sign", "approval"),
        "ProposeDisposal": ("sign", "authorship"),
        "ApproveDisposal": ("sign", "approval"),
        "EndBalanceCheck": ("sign", "performed"),
        "ResolveLabel": ("sign", "performed"),
        "RecordCalibration": ("sign", "performed"),
        "FinishCleaning": ("sign_verify", "performed"),
        "CheckCleaning": ("sign", "verified"),
        "EndMaintenance": ("sign", "verified"),
        "NoteInLogbook": ("sign", "performed"),
        "ReviewAlarms": ("sign", "review"),
        "ReadAndUnderstood": ("sign", "responsibility"),
        "RecordInstruction": ("sign", "verified"),
        "ClassifyDeviation": ("sign", "review"),
        "CloseDeviation": ("sign", "approval"),
        "VoidDeviation": ("sign", "void"),
        "SubmitChange": ("sign", "authorship"),
        "ApproveChange": ("sign", "approval"),
        "WitnessChange": ("sign", "approval"),
        "RejectChange": ("sign", "rejection"),
        "RatifyChange": ("sign", "approval"),
        "RecordIdentityCheck": ("sign", "verified"),
        "ReviewDisabling": ("sign", "review"),
        "RecordFactorTest": ("sign", "performed"),
        "ReviewBreakGlass": ("sign", "review"),
        "ReviewRecovery": ("sign", "review"),
        "ReviewAccessLine": ("sign", "review"),
        "AdoptPolicy": ("sign", "approval"),
        "RecordLetter": ("sign", "responsibility"),
    }
    assert rules["AcceptWeight"].signing is Signing.NONE, "an attempt at the scale is attributed, not signed"
    assert not rules.keys() & {"SignIn", "SignOut", "LockSession", "RaiseAlarm", "ProvisionDemoStation"}
    assert not any(rule.series for rule in rules.values())
    assert verified(station).ok


@pytest.mark.req("B03")
@pytest.mark.parametrize("action", sorted(FLOORS))
def test_nothing_weaker_than_the_program_is_followed(action: str) -> None:
    floor, asked = FLOORS[action], first_version(FLOORS[action])
    assert not list(faults_of(asked, floor))
    weaker = [dataclasses.replace(asked, signing=Signing.NONE, meaning=None, verifying="")]
    weaker += [dataclasses.replace(asked, meaning=meaning) for meaning in Meaning if meaning is not floor.meaning]
    weaker += [dataclasses.replace(asked, offered=asked.offered[:2]), dataclasses.replace(asked, offered=())]
    if floor.signing is Signing.SIGN_VERIFY:
        weaker.append(dataclasses.replace(asked, signing=Signing.SIGN, verifying=""))
    for rule in weaker if floor.meaning is not None else []:
        assert list(faults_of(rule, floor)), rule
        assert in_force(rule, floor) is floor
    more = dataclasses.replace(asked, signing=Signing.SIGN_VERIFY, meaning=Meaning.PERFORMED, verifying="Nobody")
    assert list(faults_of(more, floor)), "who would verify it is not known to the program"


@pytest.mark.req("B03", "B01", "B04", "P11-15", "P11-22")
def test_the_matrix_demands_more_than_the_program(station: Station, crew: Crew) -> None:
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", **_BATCH))
    set_rule(station, "CreateBatch", signing="sign", meaning="authorship")
    assert station.is_signed(c.CreateBatch(batch_no="B-2", **_BATCH))
    error = crew.refused(lambda: crew.do("D-SUPER", c.CreateBatch(batch_no="B-2", **_BATCH)))
    assert isinstance(error, SignatureDueError)
    crew.accept("D-SUPER")
    command = c.CreateBatch(batch_no="B-2", **_BATCH)
    sheet = station.sheet(command, crew.token("D-SUPER"))
    assert ("batch no", "B-2") in [(row.label, row.after) for row in sheet.rows]
    given = crew.signature("D-SUPER", "D-SUPER", command)
    other = dataclasses.replace(given, meaning=Meaning.REVIEW)
    assert isinstance(
        crew.refused(lambda: station.dispatch(c.CreateBatch(batch_no="B-2", **_BATCH), crew.token("D-SUPER"), other)), MeaningError
    )
    changed = c.CreateBatch(batch_no="B-3", **_BATCH)
    assert isinstance(crew.refused(lambda: station.dispatch(changed, crew.token("D-SUPER"), given)), RecordChangedError)
    crew.sign("D-SUPER", c.CreateBatch(batch_no="B-2", **_BATCH))
    rows = station._commands.run(
        lambda: station._store.cursor.execute(
            "SELECT action, subject_id, content, signed_signer, signed_meaning FROM signed_action"
        ).fetchall()
    )
    assert [(r[0], r[1], json.loads(r[2])["batch_no"], r[3], r[4]) for r in rows] == [
        ("CreateBatch", "B-2", "B-2", "D-SUPER", "authorship")
    ]
    assert verified(station).ok


@pytest.mark.req("B03", "C01")
def test_its_versions_are_append_only(station: Station) -> None:
    for statement in (
        "UPDATE signature_rule SET signing = 'none', meaning = NULL WHERE action = 'ReleaseLot'",
        "DELETE FROM signature_rule",
        "INSERT INTO signature_rule SELECT 'ReleaseLot:9', action, 9, signing, meaning, offered, verifying, series, since_us "
        "FROM signature_rule WHERE id = 'ReleaseLot:1'",
        "INSERT INTO signature_rule SELECT 'ReleaseBatch:2', action, 2, signing, meaning, offered, verifying, 1, since_us "
        "FROM signature_rule WHERE id = 'ReleaseBatch:1'",
        "UPDATE accountability_statement SET text = 'I may do as I like'",
        "DELETE FROM accountability_statement",
    ):
        with pytest.raises(ForbiddenStatementError):
            in_a_handler(station, lambda uow, s=statement: uow.cursor.execute(s))


def _weaken(store: sqlite3.Connection) -> None:
    store.execute("DROP TRIGGER signature_rule_no_update")
    store.execute("UPDATE signature_rule SET signing = 'none', meaning = NULL WHERE id = 'ReleaseLot:1'")


def _add_weaker_version(store: sqlite3.Connection) -> None:
    store.execute(
        "INSERT INTO signature_rule SELECT 'ReleaseLot:2', action, 2, 'none', NULL, '[]', '', 0, since_us FROM signature_rule WHERE id = 'ReleaseLot:1'"
    )


def _take_out(store: sqlite3.Connection) -> None:
    store.execute("DROP TRIGGER signature_rule_no_delete")
    store.execute("DELETE FROM signature_rule WHERE action = 'ReleaseLot'")


def _open_for_series(store: sqlite3.Connection) -> None:
    store.execute("DROP TRIGGER signature_rule_no_update")
    store.execute("UPDATE signature_rule SET series = 1 WHERE id = 'ReleaseLot:1'")


def _add_version_for_series(store: sqlite3.Connection) -> None:
    store.execute(
        "INSERT INTO signature_rule SELECT 'ReleaseLot:2', action, 2, signing, meaning, offered, verifying, 1, since_us "
        "FROM signature_rule WHERE id = 'ReleaseLot:1'"
    )


def _open_for_series_in_the_trail_too(store: sqlite3.Connection) -> None:
    _open_for_series(store)
    store.execute("DROP TRIGGER audit_payload_no_update")
    (seq,) = store.execute("SELECT seq FROM audit WHERE action = 'signature.rules_set'").fetchone()
    (payload,) = store.execute("SELECT payload FROM audit_payload WHERE seq = ?", (seq,)).fetchone()
    content = json.loads(payload)
    (image,) = [image for image in content["images"] if image["key"] == "ReleaseLot:1"]
    image["after"]["series"] = 1
    store.execute("UPDATE audit_payload SET payload = ? WHERE seq = ?", (canonical_text(content), seq))


def _offer(text: str | bytes) -> Callable[[sqlite3.Connection], None]:
    def edit(store: sqlite3.Connection) -> None:
        store.execute("DROP TRIGGER signature_rule_no_update")
        store.execute("PRAGMA ignore_check_constraints = on")
        store.execute("UPDATE signature_rule SET offered = CAST(? AS TEXT) WHERE id = 'ReleaseLot:1'", (text,))

    return edit


def _reword(store: sqlite3.Connection) -> None:
    store.execute("DROP TRIGGER accountability_statement_no_update")
    store.execute("UPDATE accountability_statement SET text = 'I may do as I like' WHERE language = 'en'")


@pytest.mark.req("B03", "N04", "P11-06", "P11-15")
@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (_weaken, "ReleaseLot is 'none' and the program demands 'sign'"),
        (_add_weaker_version, "ReleaseLot is 'none' and the program demands 'sign'"),
        (_take_out, "ReleaseLot was taken out of it"),
        (_open_for_series, "ReleaseLot is not as version 1 was set"),
        (_add_version_for_series, "ReleaseLot is not as version 1 was set"),
        (_open_for_series_in_the_trail_too, "no event of the trail set"),
        (_offer("x"), "ReleaseLot cannot be read"),
        (_offer('["nope"]'), "ReleaseLot cannot be read"),
        (_offer("7"), "ReleaseLot cannot be read"),
        (_offer(b'["\xff"]'), "ReleaseLot cannot be read"),
        (_reword, "statement 1 (en) is not the text that was issued"),
    ],
)
def test_a_matrix_weakened_by_sql_makes_the_station_read_only(
    tmp_path: Path, edit: Callable[[sqlite3.Connection], None], says: str
) -> None:
    root = tmp_path / "station"
    with plain_station(root, encrypted=False) as made:
        crew = Crew(made)
        crew.do(
            "D-SUPER", ReceiveLot(lot_no="Q-1", material_code="MG-CIT", receiving_no="RC", quantity="5.00", unit="g", expiry="2028-01-01")
        )
    with closing(sqlite3.connect(root / "store.db")) as store:
        triggers = dict(store.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
        edit(store)
        left = {name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()}
        for name in triggers.keys() - left:
            store.execute(triggers[name])
        store.commit()
    station = open_station(root)
    try:
        assert says in station.read_only_reason()
        token = station.dispatch(SignIn(employee_id="D-QA", password=DEMO_PASSWORD)).token
        assert station.is_signed(ReleaseLot(lot_no="Q-1")), "the floor is followed all the same"
        assert not any(rule.series for rule in station.matrix.rules())
        with pytest.raises(ReadOnlyError):
            station.dispatch(ReleaseLot(lot_no="Q-1"), token)
    finally:
        station.close()
    assert not verified_folder(root)


@pytest.mark.req("B03", "N04")
def test_a_later_version_that_was_set_is_followed_after_a_start_and_missed_where_it_is_gone(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with plain_station(root, encrypted=False) as made:
        set_rule(made, "ReleaseLot", series=True)
        assert made.matrix.rule("ReleaseLot").series
    with closing(open_station(root)) as again:
        assert again.read_only_reason() == ""
        assert again.matrix.rule("ReleaseLot").series
    with closing(sqlite3.connect(root / "store.db")) as store:
        (trigger,) = store.execute("SELECT sql FROM sqlite_master WHERE name = 'signature_rule_no_delete'").fetchone()
        store.execute("DROP TRIGGER signature_rule_no_delete")
        store.execute("DELETE FROM signature_rule WHERE id = 'ReleaseLot:2'")
        store.execute(trigger)
        store.commit()
    with closing(open_station(root)) as cut:
        assert "ReleaseLot is not as version 2 was set" in cut.read_only_reason()
        assert not cut.matrix.rule("ReleaseLot").series


def verified_folder(root: Path) -> bool:
    """Whether the trail of a closed station verifies."""
    from jope.bootstrap import SIGNED_RECORDS
    from jope.kernel.store.schema import sealed_columns
    from jope.services.qualification.verifying import verify_station

    return verify_station(root, SIGNED_RECORDS, sealed_columns()).ok


@pytest.mark.req("B03", "K11")
def test_the_command_line_prints_the_matrix_beside_a_running_station(station: Station) -> None:
    set_rule(station, "ReleaseLot", series=True)
    command = [sys.executable, "-m", "jope.cli.app", "signatures", "matrix", "--data", str(station.folder.root)]
    machine = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=120, check=True)
    printed = json.loads(machine.stdout)
    assert printed["faults"] == []
    rules = {rule["action"]: rule for rule in printed["rules"]}
    assert rules.keys() == FLOORS.keys()
    assert (rules["ReleaseLot"]["number"], rules["ReleaseLot"]["series"]) == (2, True)
    assert rules["FinishMaterial"]["verifying"] == "VerifyMaterial"
    person = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert any(line.split() == ["ReleaseLot", "v2", "sign", "approval", "series"] for line in person.stdout.splitlines())
