"""Every gate is green on its good samples and red on each of its bad ones; all gates pass on the project itself.

A sample is a text file that holds a small project: lines ``=== path`` begin its files. The name of a bad sample says what is wrong in it, and
its first line says what the finding must say.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jope.services.qualification.gates import exemptions
from jope.services.qualification.gates.catalog import GATES
from jope.services.qualification.gates.project import Project
from jope.services.qualification.gates.run import findings_of, run_gates, run_over
from jope.services.qualification.gates.verdict import Gate, seal_stands

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).parent / "samples"
GATES_BY_ID = {gate.id: gate for gate in GATES}
GOOD = sorted(SAMPLES.glob("*/good*.sample"))
BAD = sorted(SAMPLES.glob("*/bad*.sample"))
KEY = b"a key that the tests made up"


def project_of(sample: Path) -> tuple[str, Project]:
    """(what the finding must say, the project) of a sample file."""
    head, *parts = sample.read_text("utf-8").split("=== ")
    files = {path.strip(): text for path, _, text in (part.partition("\n") for part in parts)}
    return head.strip(), Project(files)


def name_of(sample: Path) -> str:
    return f"{sample.parent.name}/{sample.stem}"


@pytest.mark.req("P02", "P11-02")
def test_there_are_at_least_eleven_gates_and_each_has_samples_of_both_kinds() -> None:
    assert len(GATES) >= 11
    assert len(GATES_BY_ID) == len(GATES)
    for gate_id in GATES_BY_ID:
        assert any(sample.parent.name == gate_id for sample in GOOD), f"{gate_id} has no good sample"
        assert any(sample.parent.name == gate_id for sample in BAD), f"{gate_id} has no bad sample"


@pytest.mark.req("P01", "P02", "P03", "P05", "P06")
@pytest.mark.parametrize("sample", GOOD, ids=name_of)
def test_a_good_sample_passes(sample: Path) -> None:
    _, project = project_of(sample)
    assert findings_of(GATES_BY_ID[sample.parent.name], project) == ()


@pytest.mark.req("P01", "P02", "P03", "P05", "P06")
@pytest.mark.parametrize("sample", BAD, ids=name_of)
def test_a_bad_sample_is_found_by_what_is_wrong_in_it(sample: Path) -> None:
    expected, project = project_of(sample)
    findings = findings_of(GATES_BY_ID[sample.parent.name], project)
    assert expected, "the first line of a bad sample says what must be found"
    assert any(expected in finding for finding in findings), findings


@pytest.mark.req("P02", "P11-02", "N08")
def test_all_gates_pass_on_the_project() -> None:
    red = {verdict.id: verdict.findings for verdict in run_gates(ROOT) if not verdict.ok}
    assert red == {}


@pytest.mark.req("P04")
@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.id)
def test_a_gate_that_meets_unreadable_sources_is_red(gate: Gate) -> None:
    broken = dict.fromkeys(
        ("jope/x/handlers.py", "jope/x/commands.py", "ui/x.py", "sql/store/versions/r0001_x.py", "tests/x.py"), "this is ( no Python"
    )
    broken |= dict.fromkeys(("jope/compliance/audit/ledger.py", "jope/kernel/store/regulated.py", "jope/plant/x.py"), "neither ( this")
    broken |= {
        "jope/compliance/access/permissions.py": "nor ( this",
        "README.md": "`make nothing`",
        "Makefile": "all:\n",
        "jope/cli/app.py": "or ( this",
    }
    assert findings_of(gate, Project(broken | {"sql/store/0001_x.sql": "CREATE TABLE x (a;"})) != ()


@pytest.mark.req("P04")
def test_a_gate_with_nothing_to_look_at_is_red() -> None:
    sources = {"one-handler", "audit-coverage", "chain-continuity", "mapped-schema", "segregation", "citations"}
    schema = {"row-scope", "no-delete", "append-only", "regulated-tables", "signature-slots", "two-people", "forward-only"}
    red = {gate.id for gate in GATES if findings_of(gate, Project({}))}
    assert sources | schema <= red


@pytest.mark.req("P02")
def test_every_exemption_names_an_existing_file_or_column_and_a_reason() -> None:
    lists = {name: value for name, value in vars(exemptions).items() if name.isupper()}
    assert lists
    for name, exempt in lists.items():
        for place, reason in exempt.items():
            assert len(reason) > 20, f"{name}: {place} has no reason"
            if "/" in place:
                assert (ROOT / place).is_file(), f"{name}: {place} is not there"


@pytest.mark.req("N08", "P11-02")
def test_a_seal_stands_for_its_verdict_its_files_and_its_key_only() -> None:
    project = Project({"jope/x.py": "import time\nnow = time.time()\n"})
    gate = GATES_BY_ID["one-clock"]
    (verdict,) = run_over(project, gates=(gate,), key=KEY)
    assert not verdict.ok
    assert len(bytes.fromhex(verdict.seal)) == 32
    assert seal_stands(verdict, digest=project.digest, key=KEY)
    assert not seal_stands(verdict, digest=project.digest, key=b"another key")
    assert not seal_stands(verdict, digest=Project({"jope/x.py": ""}).digest, key=KEY)
    assert not seal_stands(replace(verdict, ok=True, findings=()), digest=project.digest, key=KEY)
    assert not seal_stands(replace(verdict, ok=True), digest=project.digest, key=KEY)


@pytest.mark.req("N08")
def test_without_a_key_the_same_files_give_the_same_seals() -> None:
    files = {"jope/x.py": "x = 1\n"}
    first, second = (run_over(Project(files)) for _ in range(2))
    assert first == second
    assert [v.seal for v in first] != [v.seal for v in run_over(Project(files | {"jope/y.py": ""}))]


@pytest.mark.req("N02", "A11d-01")
def test_the_verdict_has_the_form_that_sites_script_against() -> None:
    (verdict,) = run_over(Project({}), gates=GATES[:1])
    assert verdict.as_json().keys() == {"id", "title", "ok", "findings", "seal"}


@pytest.mark.req("N02")
def test_each_gate_names_requirements_that_exist() -> None:
    known = {
        line.split(",", 1)[0]
        for name in ("requirements.csv", "clauses.csv")
        for line in (ROOT / "validation/urs" / name).read_text().splitlines()
    }
    for gate in GATES:
        assert gate.requirements, gate.id
        assert set(gate.requirements) <= known, gate.id
