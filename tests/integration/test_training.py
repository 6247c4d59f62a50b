"""Training: it stands before the task and before the signature, version by version and day by day (URS I01-I03, B13; P11-10)."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from jope.bootstrap import Station
from jope.compliance.audit.queries import AuditFilter, audit_page
from jope.compliance.commands import SignatureInput
from jope.compliance.identity.commands import SignOut
from jope.compliance.training import commands as t
from jope.compliance.training.queries import my_training, requirements, sops, training_matrix, who_has_not
from jope.compliance.training.standing import Attended, SopFacts, TrainingState, in_force, last_day, standing
from jope.kernel.errors import (
    GuardRefusedError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
    SessionEndedError,
    TrainingDueError,
)
from jope.plant.batches import commands as c
from jope.plant.quality import commands as q
from jope.services.provisioning import demo_data as demo
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, to_execution, verified
from tests.support.training import DOCUMENT, carried_out, published, read, required

_ANSWERS = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
_CREATE = {"recipe_id": demo.DEMO_RECIPE, "line": "L3", "product_lot": "PL-1"}
_MONTH = 31 * 24 * 3600.0


def _ready(crew: Crew, batch_no: str = "B-1") -> c.PerformClearance:
    crew.do("D-SUPER", c.CreateBatch(batch_no=batch_no, **_CREATE))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no=batch_no))
    return c.PerformClearance(batch_no=batch_no, answers=_ANSWERS)


@pytest.mark.req("I02", "I01", "P11-10", "C06")
def test_an_untrained_person_is_refused_the_task_and_the_trail_says_so(crew: Crew) -> None:
    published(crew)
    required(crew, "CreateBatch")
    create = c.CreateBatch(batch_no="B-1", **_CREATE)
    error = crew.refused(lambda: crew.do("D-SUPER", create))
    assert isinstance(error, TrainingDueError)
    assert error.code == "JOPE-108"
    assert error.message == "D-SUPER was never trained on SOP-017 (Line clearance), version 1."
    (row,) = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(actor="D-SUPER", outcome="denied"))
    assert (row.action, row.subject, row.reason) == ("command.denied", "batch B-1", error.message)
    why = crew.station.preflight(create, crew.token("D-SUPER"))
    assert why is not None
    assert (why.guard, why.message, why.clause) == ("training", error.message, "11.10(i)")
    read(crew, "D-SUPER")
    create = c.CreateBatch(batch_no="B-1", **_CREATE)
    assert crew.station.preflight(create, crew.token("D-SUPER")) is None
    crew.do("D-SUPER", create)
    (mine,) = crew.station.read(my_training, crew.token("D-SUPER"))
    assert (mine.state, mine.required, mine.trained_number) == ("trained", True, 1)
    assert mine.signature is not None
    assert (mine.signature.signer, mine.signature.meaning, mine.signature.verdict) == ("D-SUPER", "responsibility", "valid")
    assert verified(crew.station).findings == ()


@pytest.mark.req("B13", "I02", "P11-10")
def test_a_meaning_waits_for_its_training_before_a_password_is_asked(crew: Crew) -> None:
    clear = _ready(crew)
    signature = crew.signature("D-OPER", "D-OPER", clear)
    published(crew, "SOP-SIGN", title="What a signature means")
    required(crew, "performed", "SOP-SIGN", "meaning")
    wrong = SignatureInput(employee_id="D-OPER", password="not it", meaning=signature.meaning, shown_hash=signature.shown_hash)
    error = crew.refused(lambda: crew.station.dispatch(clear, crew.token("D-OPER"), wrong))
    assert isinstance(error, TrainingDueError), "the training is named, and no password was looked at"
    assert "SOP-SIGN" in error.message
    assert isinstance(crew.refused(lambda: crew.station.sheet(clear, crew.token("D-OPER"))), TrainingDueError)
    read(crew, "D-OPER", "SOP-SIGN")
    crew.sign("D-OPER", c.PerformClearance(batch_no="B-1", answers=_ANSWERS))
    assert verified(crew.station).findings == ()


@pytest.mark.req("B13", "I02", "B07", "P11-10")
def test_an_untrained_witness_is_refused_beside_a_trained_performer(crew: Crew) -> None:
    clear = _ready(crew)
    published(crew)
    required(crew, "VerifyClearance")
    crew.sign("D-OPER", clear)
    verify = c.VerifyClearance(batch_no="B-1")
    assert crew.station.preflight(verify, crew.token("D-OPER")) is None, "who the second person is, is not known yet"
    error = crew.refused(lambda: crew.sign("D-OPER", verify, signer="D-SUPER"))
    assert isinstance(error, TrainingDueError)
    assert "D-SUPER" in error.message
    read(crew, "D-SUPER")
    crew.sign("D-OPER", c.VerifyClearance(batch_no="B-1"), signer="D-SUPER")
    assert verified(crew.station).findings == ()


@pytest.mark.req("I03", "I02")
def test_a_new_version_makes_the_training_outdated_from_its_date_on(crew: Crew, clock: SetClock) -> None:
    published(crew)
    required(crew, "CreateBatch")
    read(crew, "D-SUPER")
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", **_CREATE))
    published(crew, number=2)
    error = crew.refused(lambda: crew.do("D-SUPER", c.CreateBatch(batch_no="B-2", **_CREATE)))
    assert error.message == "The training of D-SUPER on SOP-017 (Line clearance), version 2, is outdated: it was on version 1."
    assert isinstance(crew.refused(lambda: read(crew, "D-SUPER")), GuardRefusedError), "an old version is signed no more"
    read(crew, "D-SUPER", number=2)
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-2", **_CREATE))
    later = last_day(_today(crew), 1)
    published(crew, number=3, effective_from=later)
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-3", **_CREATE))
    clock.pass_seconds(_MONTH)
    crew.tokens.clear()
    error = crew.refused(lambda: crew.do("D-SUPER", c.CreateBatch(batch_no="B-4", **_CREATE)))
    assert "version 3, is outdated: it was on version 2" in error.message
    assert [(row.number, row.state) for row in crew.station.read(sops, crew.token("D-QA"))] == [
        (1, "superseded"), (2, "superseded"), (3, "effective"),
    ]  # fmt: skip
    assert verified(crew.station).findings == ()


def _today(crew: Crew) -> str:
    from jope.kernel.clock import site_date

    return site_date(crew.station.clock.now().utc_us, crew.station.info.zone)


@pytest.mark.req("I02", "I03", "C12")
def test_training_expires_at_the_end_of_a_day_of_the_site(crew: Crew, clock: SetClock) -> None:
    published(crew, validity_months=1)
    required(crew, "CreateBatch")
    done = read(crew, "D-SUPER")
    assert done.valid_until == last_day(_today(crew), 1)
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", **_CREATE))
    clock.pass_seconds(_MONTH + 86_400)
    crew.tokens.clear()
    error = crew.refused(lambda: crew.do("D-SUPER", c.CreateBatch(batch_no="B-2", **_CREATE)))
    assert error.message == f"The training of D-SUPER on SOP-017 (Line clearance), version 1, expired after {done.valid_until}."
    read(crew, "D-SUPER")
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-2", **_CREATE))
    assert verified(crew.station).findings == ()


@pytest.mark.req("I03")
def test_the_list_of_who_has_not_and_the_matrix(crew: Crew) -> None:
    published(crew)
    published(crew, "SOP-900", title="Waste")
    required(crew, "PerformClearance")
    token = crew.token("D-QA")
    assert [(r.kind, r.key, r.sop_id, r.title) for r in crew.station.read(requirements, token)] == [
        ("action", "PerformClearance", "SOP-017", "Line clearance")
    ]
    assert {row.employee_id for row in crew.station.read(who_has_not, token, sop_id="SOP-017", number=1)} == set(demo.DEMO_PEOPLE)
    read(crew, "D-OPER")
    assert "D-OPER" not in {row.employee_id for row in crew.station.read(who_has_not, token, sop_id="SOP-017", number=1)}
    (row,) = crew.station.read(training_matrix, token)
    assert (row.employee_id, row.sop_id, row.state) == ("D-OPER", "SOP-017", "trained"), "only roles that do it are asked"
    assert isinstance(crew.refused(lambda: crew.station.read(training_matrix, crew.token("D-OPER"))), PermissionDeniedError)
    mine = crew.station.read(my_training, crew.token("D-QA"))
    assert [(r.sop_id, r.required, r.state) for r in mine] == [("SOP-017", False, "never"), ("SOP-900", False, "never")]
    published(crew, number=2)
    (row,) = crew.station.read(training_matrix, token)
    assert (row.state, row.trained_number) == ("outdated", 1)
    assert isinstance(crew.refused(lambda: crew.station.read(who_has_not, token, sop_id="SOP-1", number=1)), NotFoundError)


@pytest.mark.req("I01", "D06")
def test_an_instruction_is_signed_by_a_trained_trainer_who_is_somebody_else(crew: Crew) -> None:
    published(crew)
    required(crew, "CreateBatch")
    instruct = {"sop_id": "SOP-017", "number": 1, "note": "cleared the line under supervision"}
    untrained = crew.refused(lambda: crew.sign("D-QA", t.RecordInstruction(employee_id="D-SUPER", **instruct)))
    assert "not trained on this version yourself" in untrained.message
    read(crew, "D-QA")
    for bad, said in (("D-QA", "instruct yourself"), ("D-NONE", "no person D-NONE")):
        assert said in crew.refused(lambda bad=bad: crew.sign("D-QA", t.RecordInstruction(employee_id=bad, **instruct))).message
    wordless = t.RecordInstruction(employee_id="D-SUPER", sop_id="SOP-017", number=1, note=" ")
    assert "note is missing" in crew.refused(lambda: crew.sign("D-QA", wordless)).message
    assert isinstance(
        crew.refused(lambda: crew.sign("D-SUPER", t.RecordInstruction(employee_id="D-OPER", **instruct))), PermissionDeniedError
    )
    crew.sign("D-QA", t.RecordInstruction(employee_id="D-SUPER", **instruct))
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", **_CREATE))
    (mine,) = crew.station.read(my_training, crew.token("D-SUPER"))
    assert mine.signature is not None
    assert (mine.signature.signer, mine.signature.meaning, mine.signature.valid) == ("D-QA", "verified", True)
    assert verified(crew.station).findings == ()


@pytest.mark.req("I02", "I03", "D01")
def test_what_stands_against_procedures_and_requirements(crew: Crew) -> None:
    first = published(crew)
    hash_ = first.document_hash
    fields = {
        "title": "T",
        "document_hash": hash_,
        "document_name": "d.txt",
        "effective_from": "2026-01-01",
        "validity_months": 0,
        "reason": "r",
    }

    def publish(**changed: object) -> str:
        command = t.PublishSop(**({"sop_id": "SOP-018", "number": 1} | fields | changed))  # type: ignore[arg-type]
        return crew.refused(lambda: carried_out(crew, command)).message

    assert (
        "higher number"
        in crew.refused(
            lambda: carried_out(crew, t.PublishSop(sop_id="SOP-017", number=1, **fields))  # type: ignore[arg-type]
        ).what_to_do
    )
    assert "malformed" in publish(sop_id="two words")
    assert "malformed" in publish(effective_from="2026-13-01")
    assert "malformed" in publish(validity_months=-1)
    assert "does not keep this document" in publish(document_hash="0" * 64)
    assert "does not keep this document" in publish(document_hash="../store.db")
    assert "reason is missing" in publish(reason=" ")

    def require(kind: str, key: str, sop_id: str = "SOP-017") -> str:
        command = t.RequireTraining(kind=kind, key=key, sop_id=sop_id, reason="r")
        return crew.refused(lambda: carried_out(crew, command)).message

    for kind, key in (
        ("action", "NoSuchThing"),
        ("action", "SignIn"),
        ("action", "ReadAndUnderstood"),
        ("meaning", "love"),
        ("role", "operator"),
    ):
        assert "no " + kind in require(kind, key)
    assert "no effective version" in require("action", "CreateBatch", "SOP-404")
    required(crew, "CreateBatch")
    assert "required already" in require("action", "CreateBatch")
    withdraw = {"sop_id": "SOP-017", "number": 1, "reason": "replaced by SOP-018"}
    assert "still asks for" in crew.refused(lambda: carried_out(crew, t.WithdrawSop(**withdraw))).message  # type: ignore[arg-type]
    release = {"kind": "action", "key": "CreateBatch", "sop_id": "SOP-017", "reason": "automated"}
    carried_out(crew, t.ReleaseRequirement(**release))
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", **_CREATE))
    assert "not required" in crew.refused(lambda: carried_out(crew, t.ReleaseRequirement(**release))).message
    carried_out(crew, t.RequireTraining(**release))
    carried_out(crew, t.ReleaseRequirement(**release))
    carried_out(crew, t.WithdrawSop(**withdraw))  # type: ignore[arg-type]
    assert "withdrawn" in crew.refused(lambda: crew.sign("D-QA", t.ReadAndUnderstood(sop_id="SOP-017", number=1))).message
    assert crew.station.read(my_training, crew.token("D-QA")) == ()
    for command in (t.PublishSop(sop_id="S", number=1, **fields), t.RequireTraining(**release)):  # type: ignore[arg-type]
        assert isinstance(crew.refused(lambda command=command: carried_out(crew, command, "D-ADMIN")), PermissionDeniedError)
    assert verified(crew.station).findings == ()


@pytest.mark.req("I03", "B04")
def test_the_sheet_shows_the_document_that_is_signed_and_nothing_stands_before_reading(crew: Crew) -> None:
    first = published(crew)
    required(crew, "responsibility", kind="meaning")
    required(crew, "ReceiveLot")
    command = t.ReadAndUnderstood(sop_id="SOP-017", number=1)
    sheet = crew.station.sheet(command, crew.token("D-OPER"))
    rows = {row.label: row.after for row in sheet.rows}
    assert rows["Hash of the document"].replace(" ", "") == first.document_hash
    assert crew.station.sop_document("SOP-017", 1, crew.token("D-OPER")) == DOCUMENT
    read(crew, "D-OPER")
    again = crew.refused(lambda: read(crew, "D-OPER"))
    assert "signed this version already" in again.message
    assert isinstance(crew.refused(lambda: crew.station.keep_document(b"", crew.token("D-QA"))), RefusedError)
    assert isinstance(crew.refused(lambda: crew.station.keep_document(b"x", None)), SessionEndedError)


@pytest.mark.req("I01", "P05", "P11-17", "D06")
def test_the_schema_refuses_what_the_room_would(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with plain_station(root, encrypted=False) as station:
        crew = Crew(station)
        published(crew)
        published(crew, number=2)
        required(crew, "CreateBatch")
        read(crew, "D-QA", number=2)
    store = sqlite3.connect(root / "store.db", isolation_level=None)
    store.execute("PRAGMA foreign_keys = ON")
    copy = "INSERT INTO training_record SELECT 'x', {who}, sop_version_id, {hash}, {how}, {trainer}, note, completed_us, valid_until, signed_signature, signed_signer, {meaning}, signed_version, version FROM training_record"  # noqa: E501
    same = {"who": "employee_id", "hash": "document_hash", "how": "how", "trainer": "trainer", "meaning": "signed_meaning"}
    attacks = [
        "UPDATE training_record SET valid_until = '2099-01-01'",
        "DELETE FROM training_record",
        "UPDATE sop_version SET title = 'another' WHERE number = 2",
        "UPDATE sop_version SET state = 'effective' WHERE number = 1",
        "DELETE FROM sop_version",
        "UPDATE training_requirement SET key = 'SignIn', id = 'action:SignIn:SOP-017'",
        "DELETE FROM training_requirement",
        "INSERT INTO sop_version SELECT 'SOP-017:3', sop_id, 3, title, document_hash, document_name, effective_from, validity_months, state, published_us, version FROM sop_version WHERE number = 2",  # noqa: E501
        copy.format(**same),  # the signature is another record's
        copy.format(**same | {"who": "'D-OPER'"}),  # the signer is neither the trainee nor a trainer
        copy.format(**same | {"how": "'instructed'", "trainer": "'D-QA'", "meaning": "'verified'"}),  # the trainer is the trainee
        copy.format(**same | {"how": "'instructed'", "meaning": "'verified'"}),  # an instruction without a trainer
        copy.format(**same | {"hash": "printf('%064d', 0)"}),  # another document
    ]
    for attack in attacks:
        with pytest.raises(sqlite3.IntegrityError):
            store.execute(attack)
    store.close()


@pytest.mark.req("I02", "I03", "C12")
def test_standings() -> None:
    old, new = SopFacts("S", 1, "T", "2026-01-01", "superseded"), SopFacts("S", 2, "T", "2026-06-01", "effective")
    assert in_force([old, new], "2026-05-31") == old
    assert in_force([old, new], "2026-06-01") == new
    assert in_force([new], "2026-05-31") is None
    assert in_force([old], "2026-05-31") is None
    cases = (
        ([], TrainingState.NEVER, 0),
        ([Attended(1, "")], TrainingState.OUTDATED, 1),
        ([Attended(2, "2026-06-30")], TrainingState.TRAINED, 2),
        ([Attended(2, "2026-06-29")], TrainingState.EXPIRED, 2),
        ([Attended(2, "2026-06-29"), Attended(2, "2026-07-29")], TrainingState.TRAINED, 2),
        ([Attended(3, "")], TrainingState.TRAINED, 3),
        ([Attended(1, ""), Attended(2, "2026-01-01")], TrainingState.EXPIRED, 2),
    )
    for records, state, number in cases:
        found = standing(new, records, "2026-06-30")
        assert (found.state, found.number) == (state, number), records
        assert (found.sentence("E1") == "") == (state is TrainingState.TRAINED)
    for completed, months, last in (
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-12-15", 0, ""),
    ):
        assert last_day(completed, months) == last


@pytest.mark.req("I02", "P11-10")
def test_the_queue_and_the_cost_of_nothing_required(station: Station) -> None:
    crew = Crew(station)
    _ready(crew)
    seen: list[str] = []

    class Counting:
        def execute(self, sql: str, parameters: tuple[object, ...]) -> object:
            seen.append(sql)
            return sqlite3.connect(":memory:").execute("SELECT 1 WHERE 0")

    assert station.bus._parts.training is not None
    assert station.bus._parts.training.missing(Counting(), "D-OPER", "CreateBatch", None, station.clock.now()) is None
    assert len(seen) == 1
    plan = station._ask(f"EXPLAIN QUERY PLAN {seen[0]}", ("CreateBatch", ""))
    assert not [row for row in plan if "SCAN training_requirement" in str(row[3])], plan


@pytest.mark.req("I03", "I02", "H01")
def test_the_command_line_reads_in_the_callers_scope_and_signs(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with plain_station(root) as station:
        crew = Crew(station)
        published(crew, validity_months=12)
        required(crew, "PerformClearance")
        crew.accept("D-OPER")
        opened = crew.do(
            "D-OPER", q.OpenDeviation(title="Seen", description="It was seen.", source_kind="observation", source_id="")
        ).number  # fmt: skip
        for token in crew.tokens.values():
            station.dispatch(SignOut(), token)

    def jope(*words: str, as_: str, passwords: int = 1) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jope.cli.app", *words, "--data", str(root), "--as", as_, "--password-stdin"]
        return subprocess.run(
            command, input=f"{demo.DEMO_PASSWORD}\n" * passwords, capture_output=True, text=True, timeout=120, check=False
        )

    missing = jope("training", "missing", "SOP-017", "1", "--json", as_="D-QA")
    assert missing.returncode == 1
    assert {row["employee_id"] for row in json.loads(missing.stdout)} == set(demo.DEMO_PEOPLE)
    denied = jope("training", "missing", "SOP-017", "1", as_="D-OPER")
    assert (denied.returncode, "JOPE-106" in denied.stderr) == (1, True)
    signed = jope("training", "sign", "SOP-017", "1", as_="D-OPER", passwords=2)
    assert signed.returncode == 0, signed.stderr
    assert signed.stdout.startswith("Signed; good until ")
    assert DOCUMENT.decode() in signed.stderr
    (row,) = json.loads(jope("training", "list", "--json", as_="D-OPER").stdout)
    assert (row["state"], row["required"], row["signature"]["verdict"]) == ("trained", True, "valid")
    assert "asked for by the action PerformClearance" in jope("training", "sops", as_="D-QA").stdout
    assert "D-OPER" in jope("training", "list", "--everybody", as_="D-QA").stdout
    (seen,) = json.loads(jope("deviations", "list", "--json", as_="D-QA").stdout)
    assert (seen["number"], seen["state"]) == (opened, "open")
    assert opened in jope("deviations", "list", "--own", as_="D-OPER").stdout
    assert "opened by D-OPER" in jope("deviations", "show", opened, as_="D-QA").stdout
    assert jope("deviations", "show", opened, as_="D-OPER").returncode == 1


@pytest.mark.req("I02", "D03", "P11-10")
def test_no_training_stands_before_what_leads_towards_safety(crew: Crew) -> None:
    to_execution(crew, "B-1")
    published(crew)
    required(crew, "responsibility", kind="meaning")
    complete = c.CompleteBatch(batch_no="B-1")
    why = crew.station.preflight(complete, crew.token("D-OPER"))
    assert why is not None
    assert why.guard == "training"
    crew.sign("D-OPER", c.HoldBatch(batch_no="B-1", reason="spill at the booth"))
    assert verified(crew.station).findings == ()
