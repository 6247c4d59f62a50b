"""Row scope: a person of line L1 at a station with batches, devices and weighings on L1 and L3 sees none of L3, whatever is asked (URS A14)."""

from __future__ import annotations

import importlib
import inspect
import itertools
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import jope
from jope.bootstrap import SIGNED_RECORDS, Station
from jope.compliance.access.reader import ALL_LINES, Reader
from jope.compliance.access.scope import BY_SUBJECT, OF_ALL_LINES, OF_EVENTS, OWN_LINE, shadowed_tables
from jope.compliance.alarms.commands import AcknowledgeAlarm, RaiseAlarm
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit.queries import AuditFilter, AuditOrder, audit_count, audit_page, audit_seqs, audit_top
from jope.compliance.commands import Command
from jope.compliance.evidence.queries import review_basis
from jope.compliance.identity.commands import LockSession, SignIn
from jope.compliance.retention.commands import ProposeDisposal
from jope.kernel.errors import JopeError, NotFoundError, PermissionDeniedError
from jope.kernel.store.engine import DATABASE_ERRORS
from jope.plant.batches import commands as c
from jope.plant.batches.queries import batch_list
from jope.services.exports.commands import ExportData, Scope
from jope.services.provisioning import demo_data as demo
from tests.support.demo import LOTS, SCALE, Crew, dispense, review_command, review_trail, running_plant
from tests.support.handlers import in_a_handler
from tests.support.lines import OTHER_LINE, OTHER_SCALE, add_line, add_person

OURS, THEIRS = "B-OURS", "B-THEIRS"
PEOPLE = {"L1-OPER": "operator", "L1-SUPER": "supervisor", "L1-QA": "qa"}


@dataclass(frozen=True)
class Plant:
    """A station with two lines. ``hidden`` are the numbers of the events of L3, ``marks`` texts that stand in records of L3 alone."""

    station: Station
    crew: Crew
    hidden: frozenset[int]
    marks: frozenset[str]
    theirs: Mapping[str, tuple[str, ...]]
    """Table -> keys of its rows of L3."""


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """One station for the whole file; nobody changes it but by what is refused."""
    with running_plant(tmp_path_factory.mktemp("lines") / "station") as (station, scale):
        crew = Crew(station)
        add_line(station)
        for employee_id, role in PEOPLE.items():
            add_person(station, employee_id, role, OTHER_LINE)
        add_person(station, "L3-OPER", "operator", "L3")
        for employee_id in (*PEOPLE, "L3-OPER"):
            crew.accept(employee_id)
        crew.do("L3-OPER", LockSession(cause="person"))
        del crew.tokens["L3-OPER"]
        _to_execution(crew, THEIRS, "L3", "D-OPER")
        _to_execution(crew, OURS, OTHER_LINE, "L1-OPER")
        dispense(crew, scale, THEIRS, 1)
        review_trail(crew, THEIRS)
        _copy_weighing(station)
        for device in (SCALE, OTHER_SCALE):
            station._dispatch_own(RaiseAlarm(priority=2, source=device, kind="calibration", text=f"{device} is due."))
        crew.refused(lambda: crew.sign("D-OPER", c.StartBatch(batch_no=THEIRS)))
        crew.refused(lambda: crew.do("L3-OPER", c.CreateBatch(batch_no="B-NEVER", recipe_id="none", line="L3", product_lot="PL-NEVER")))
        yield _seen_whole(station, crew)


def _to_execution(crew: Crew, batch_no: str, line: str, who: str) -> None:
    lot = f"PL-{batch_no}"
    crew.do("D-SUPER", c.CreateBatch(batch_no=batch_no, recipe_id=demo.DEMO_RECIPE, line=line, product_lot=lot))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no=batch_no))
    prefix = "" if line == "L3" else f"{line}-"
    answers = tuple(c.ClearanceAnswer(f"{prefix}{check_id}", True) for check_id, _ in demo.DEMO_CHECKS)
    crew.sign(who, c.PerformClearance(batch_no=batch_no, answers=answers))
    crew.sign(who, c.VerifyClearance(batch_no=batch_no), signer="D-SUPER")
    crew.sign(who, c.StartBatch(batch_no=batch_no))


def _copy_weighing(station: Station) -> None:
    """A weighing on L1: the one of L3 under another batch and scale, since the simulated scale stands on L3."""

    def write(uow: Any) -> None:
        columns = [row[1] for row in uow.cursor.execute("PRAGMA table_info(weighing)").fetchall()]
        changed = {
            "id": "'w-ours'", "batch_no": f"'{OURS}'", "dispense_id": f"'{OURS}:1'", "device_id": f"'{OTHER_SCALE}'",
            "serial_number": "'ours'", "raw_frame": "'S S 1250.00 g'", "label_text": "'ours'",
            **dict.fromkeys(("verified_signature", "verified_signer", "verified_meaning", "verified_version"), "NULL"),
        }  # fmt: skip
        values = ", ".join(changed.get(column, column) for column in columns)
        uow.cursor.execute(f"INSERT INTO weighing ({', '.join(columns)}) SELECT {values} FROM weighing WHERE batch_no = '{THEIRS}'")

    in_a_handler(station, write)


def _seen_whole(station: Station, crew: Crew) -> Plant:
    with station._reading(ALL_LINES) as reader:
        ids = {
            "batch": (THEIRS,), "device": (SCALE,), "user_account": ("L3-OPER",), "clearance": (f"{THEIRS}:clearance",),
            **{
                table: tuple(str(row[0]) for row in reader.execute(f"SELECT id FROM {table} WHERE batch_no = ?", (THEIRS,)))
                for table in ("formulation_line", "batch_transition", "clearance_answer", "dispense", "weighing")
            },
            "alarm": tuple(str(row[0]) for row in reader.execute("SELECT id FROM alarm WHERE source = ?", (SCALE,))),
            "trail_review": tuple(str(row[0]) for row in reader.execute("SELECT id FROM trail_review")),
        }  # fmt: skip
        assert all(ids.values()), ids
        named = {key for table, keys in ids.items() for key in keys if table not in ("user_account", "formulation_line", "dispense")}
        found = reader.execute("SELECT seq, body FROM audit ORDER BY seq")
        hidden = {
            seq for seq, body in found
            if any(f'"id":"{key}"' in body for key in (*named, *ids["dispense"], *ids["formulation_line"], "B-NEVER"))
        } | {seq for seq, body in found if '"subjects":[{"id":"L3-OPER"' in body}  # fmt: skip
        signed = {
            str(row[0])
            for row in reader.execute("SELECT id FROM signature")
            if _is_theirs(reader, str(row[0]), named | set(ids["dispense"]))
        }
        ids["signature"] = tuple(sorted(signed))
    assert len(hidden) > 20
    return Plant(station, crew, frozenset(hidden), frozenset({*named, *signed, f"PL-{THEIRS}", "PL-NEVER"}), ids)


def _is_theirs(reader: Reader, signature_id: str, named: set[str]) -> bool:
    return reader.execute("SELECT subject_id FROM signature WHERE id = ?", (signature_id,))[0][0] in named


# --- queries ---------------------------------------------------------------------------------------------------------


def _queries() -> list[Callable[..., Any]]:
    """Every function of the program that is given a reader, and those of the rooms' ``queries.py`` that are given a cursor."""
    found: dict[str, Callable[..., Any]] = {}
    for info in pkgutil.walk_packages(jope.__path__, "jope."):
        if info.name.startswith(("jope.cli", "jope.bootstrap")) or info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, function in vars(module).items():
            if not inspect.isfunction(function) or name.startswith("_") or function.__module__ != info.name:
                continue
            first = next(iter(inspect.signature(function).parameters.values()), None)
            if first is None:
                continue
            if str(first.annotation) == "Reader" or (first.name == "cursor" and info.name.endswith(".queries")):
                found[f"{info.name}.{name}"] = function
    return [found[name] for name in sorted(found)]


QUERIES = _queries()
_ELSEWHERE = {
    "batch_record": "a print is for whom the bus let pass; its own test is below",
    "write_batch_record": "a print is for whom the bus let pass; its own test is below",
    "gather": "the health of the station itself, which has no line",
    "person_of": "who a proven id is, for the bus; accounts are of all lines",
    "station_of": "the station's own row",
    "signature_verdict": "is given a row that was read already",
}


def _arguments(plant: Plant, function: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """Arguments that ask for what is of L3, and for everything, for each parameter that has no default or narrows."""
    whole = max(plant.hidden)
    subjects = [("batch", THEIRS), ("device", SCALE), ("user", "L3-OPER"), ("weighing", plant.theirs["weighing"][0])]
    offered: dict[str, list[Any]] = {
        "batch_no": [THEIRS], "position": [1], "seq": sorted(plant.hidden), "seqs": [tuple(sorted(plant.hidden))], "utc_us": [2**60],
        "by": list(AuditOrder), "channel": ["mail"], "priorities": [(1, 2, 3)], "records": [SIGNED_RECORDS],
        "signature_id": list(plant.theirs["signature"]), "where": ["1"], "parameters": [()], "employee_id": ["L3-OPER"],
        "where_": [plant.station._here], "subject": subjects,
        "filter": [AuditFilter(), AuditFilter(subject_id=THEIRS), AuditFilter(actor="D-OPER"), AuditFilter(subject_kind="weighing")],
    }  # fmt: skip
    names = list(inspect.signature(function).parameters)[1:]
    if {"subject_kind", "subject_id"} <= set(names):
        for kind, subject_id in subjects:
            yield {"subject_kind": kind, "subject_id": subject_id, **({"seq": whole} if "seq" in names else {})}
        return
    given = {name: offered[name] for name in names if name in offered}
    missing = {n for n, p in inspect.signature(function).parameters.items() if p.default is p.empty} - given.keys() - {"reader", "cursor"}
    assert not missing, f"{function.__module__}.{function.__name__}: the test does not know what to ask for: {missing}"
    for values in itertools.product(*given.values()):
        yield dict(zip(given, values, strict=True))


def _answers(plant: Plant, line: str, function: Callable[..., Any]) -> Iterator[Any]:
    first = next(iter(inspect.signature(function).parameters))
    with plant.station._reading(line) as reader:
        for arguments in _arguments(plant, function):
            try:
                yield function(reader if first == "reader" else reader.cursor, **arguments)
            except NotFoundError:
                yield None


def _numbers(answer: Any) -> set[int]:
    """Numbers of events in an answer."""
    if isinstance(answer, int) and not isinstance(answer, bool):
        return {answer}
    if isinstance(answer, tuple | list):
        return set().union(*(_numbers(one) for one in answer), set())
    return {answer.seq} if hasattr(answer, "seq") else set()


@pytest.mark.req("A14", "P11-05")
@pytest.mark.parametrize("function", QUERIES, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_no_query_shows_a_row_of_another_line(plant: Plant, function: Callable[..., Any]) -> None:
    if function.__name__ in _ELSEWHERE:
        pytest.skip(_ELSEWHERE[function.__name__])
    for answer in _answers(plant, OTHER_LINE, function):
        shown = {mark for mark in plant.marks if f"'{mark}'" in repr(answer)}
        assert not shown, f"{function.__name__} shows {shown}"
        if function.__module__.endswith(("audit.queries", "evidence.queries")) and function.__name__ != "audit_count":
            assert not _numbers(answer) & plant.hidden


@pytest.mark.req("A14")
def test_the_same_questions_do_find_the_other_line_for_who_sees_all(plant: Plant) -> None:
    found = {
        function.__name__
        for function in QUERIES
        if function.__name__ not in _ELSEWHERE
        for answer in _answers(plant, ALL_LINES, function)
        if any(f"'{mark}'" in repr(answer) for mark in plant.marks)
    }
    assert found >= {
        "batch_list", "batch_detail", "batch_signatures", "batch_exceptions", "clearance", "dispensing", "weighings", "waiting_at_scales",
        "device_list", "open_alarms", "audit_page", "audit_rows", "audit_detail", "review_basis", "record_as_of", "signature_by_id",
    } - {"waiting_at_scales", "batch_exceptions"}  # fmt: skip
    assert len(QUERIES) > 30


# --- raw SQL ---------------------------------------------------------------------------------------------------------


def _tables(station: Station) -> list[str]:
    with station._reading(ALL_LINES) as reader:
        return [
            row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1")
        ]


@pytest.mark.req("A14", "P11-05")
def test_plain_sql_finds_no_row_of_another_line_in_any_table(plant: Plant) -> None:
    with plant.station._reading(OTHER_LINE) as reader:
        for table in _tables(plant.station):
            beyond_genesis = " WHERE seq > 1" if table == "audit_payload" else ""  # what the station was founded with is no secret at it
            rows = repr(reader.execute(f"SELECT * FROM {table}{beyond_genesis}"))
            if table not in OF_ALL_LINES:
                shown = {mark for mark in plant.marks if f"'{mark}'" in rows or f'"{mark}"' in rows}
                assert not shown, (table, shown, [row for row in rows.split("), (") if any(mark in row for mark in shown)])
        assert not {seq for (seq,) in reader.execute("SELECT seq FROM audit")} & plant.hidden
        assert not {seq for (seq,) in reader.execute("SELECT seq FROM audit_payload")} & plant.hidden
        assert reader.execute("SELECT DISTINCT line FROM batch") == [(OTHER_LINE,)]
        assert reader.execute("SELECT count(*) FROM weighing") == [(1,)]
        assert reader.execute("SELECT id FROM weighing") == [("w-ours",)]


@pytest.mark.req("A14")
@pytest.mark.parametrize("table", sorted(shadowed_tables()))
def test_the_table_behind_its_view_is_out_of_reach(plant: Plant, table: str) -> None:
    with plant.station._reading(OTHER_LINE) as reader:
        for sql in (
            f"SELECT * FROM main.{table}", f"SELECT count(*) FROM main.{table}", f'SELECT 1 FROM "main".[{table}] AS x',
            f"SELECT 1 WHERE EXISTS (SELECT 1 FROM main.{table})", f"SELECT * FROM (SELECT * FROM main.{table}) AS y",
        ):  # fmt: skip
            with pytest.raises(DATABASE_ERRORS, match=r"prohibited|not authorized"):
                reader.execute(sql)
        for sql in (
            f"SELECT 1 FROM station LEFT JOIN {table} ON 1", f"SELECT count(*) FROM {table}", f"SELECT 1 FROM {table} x, {table} y LIMIT 1",
            f"SELECT count(*) FROM station LEFT JOIN {table} t ON {'t.seq = 1' if table in OF_EVENTS else '1'}",
        ):  # fmt: skip
            reader.execute(sql)
        for sql in (f"DROP VIEW {table}", f"DROP VIEW temp.{table}", "ATTACH ':memory:' AS other", "PRAGMA query_only = OFF"):
            with pytest.raises(DATABASE_ERRORS):
                reader.execute(sql)


@pytest.mark.req("A14")
def test_who_sees_all_lines_reads_the_tables_themselves(plant: Plant) -> None:
    with plant.station._reading(ALL_LINES) as reader:
        assert reader.execute("SELECT count(*) FROM sqlite_temp_master") == [(0,)]
        assert reader.execute("SELECT count(*) FROM main.batch") == [(2,)]


@pytest.mark.req("A14")
def test_a_line_with_a_quotation_mark_in_its_name_sees_nothing_either(plant: Plant) -> None:
    with plant.station._reading("L' OR '1' = '1") as reader:
        assert reader.execute("SELECT * FROM batch") == []


# --- the trail -------------------------------------------------------------------------------------------------------


@pytest.mark.req("A14", "C08")
def test_the_trail_of_one_line_holds_its_own_events_and_the_station_s(plant: Plant) -> None:
    station, token = plant.station, plant.crew.token("L1-QA")
    with station._reading(ALL_LINES) as reader:
        everything = {seq for (seq,) in reader.execute("SELECT seq FROM audit")}
    seqs = set(station.read(audit_seqs, token, filter=AuditFilter(), limit=100_000))
    assert seqs == {seq for seq in everything if seq not in plant.hidden and seq <= max(seqs)}
    assert station.read(audit_count, token, filter=AuditFilter()) == len(seqs)
    assert station.read(audit_top, token) == max(seqs)
    of_batch = {r.action for r in station.read(audit_page, token, filter=AuditFilter(subject_kind="batch", subject_id=OURS))}
    assert {"batch.created", "clearance.performed", "batch.started"} <= of_batch
    assert station.read(audit_page, token, filter=AuditFilter(action="station.provisioned"))
    assert station.read(audit_page, token, filter=AuditFilter(action="lot.released"))


@pytest.mark.req("A14", "A10")
def test_when_people_of_another_line_come_and_go_is_not_told(plant: Plant) -> None:
    station = plant.station
    opened = AuditFilter(action="session.opened")
    actors = {r.subject for r in station.read(audit_page, plant.crew.token("L1-QA"), filter=opened)}
    assert "user L3-OPER" not in actors
    assert {"user L1-QA", "user D-OPER"} <= actors
    assert "user L3-OPER" in {r.subject for r in station.read(audit_page, plant.crew.token("D-QA"), filter=opened)}


@pytest.mark.req("A14", "C06")
def test_what_a_person_of_another_line_tried_on_our_batch_is_ours_to_see(plant: Plant) -> None:
    crew = plant.crew
    before = plant.station.read(audit_top, crew.token("D-QA"))
    token = plant.station.dispatch(SignIn(employee_id="L3-OPER", password=demo.DEMO_PASSWORD)).token
    with pytest.raises(PermissionDeniedError):
        plant.station.sheet(c.HoldBatch(batch_no=OURS, reason="why"), token)
    with pytest.raises(JopeError):
        plant.station.dispatch(c.ReviewBatch(batch_no=OURS), token)
    tried = plant.station.read(audit_page, crew.token("L1-QA"), filter=AuditFilter(subject_kind="batch", subject_id=OURS, outcome="denied"))
    assert [row.actor for row in tried if row.seq > before] == ["L3-OPER"]


@pytest.mark.req("A14", "C09")
def test_the_trail_of_a_shared_record_is_shown_without_the_events_of_the_other_line(plant: Plant) -> None:
    basis = plant.station.read(review_basis, plant.crew.token("L1-QA"), subject_kind="lot", subject_id=LOTS[0])
    actions = [event.action for event in (*basis.exceptions, *basis.sample, *basis.others)]
    assert "lot.released" in actions
    assert "weighing.accepted" not in actions
    whole = plant.station.read(review_basis, plant.crew.token("D-QA"), subject_kind="lot", subject_id=LOTS[0])
    assert whole.events > basis.events


# --- commands --------------------------------------------------------------------------------------------------------


def _on_their_line(plant: Plant) -> list[Command]:
    """One command of each kind that names a record of L3, made from the registry: every field that names a record or a line names one of L3."""
    values: dict[str, Any] = {
        "batch_no": THEIRS, "device_id": SCALE, "weighing_id": plant.theirs["weighing"][0], "alarm_id": plant.theirs["alarm"][0],
        "line": "L3", "subject_kind": "batch", "subject_id": THEIRS, "kind": "batch", "id": THEIRS,
    }  # fmt: skip
    found: list[Command] = []
    for kind, declaration in plant.station.bus._parts.declarations.items():
        if not declaration.of_people and declaration.permission.value != "session.use":
            continue
        fields = {f.name: f for f in kind.__dataclass_fields__.values()}
        named = {name: values[name] for name in fields if name in values}
        if not named or declaration.authenticates:
            continue
        filled = {
            name: named.get(name, _filler(str(f.type)))
            for name, f in fields.items()
            if name in named or (f.default is f.default_factory and name != "command_id")
        }
        found.append(kind(**filled))
    return found


def _filler(kind: str) -> Any:
    return 1 if kind.startswith("int") else () if kind.startswith("tuple") else True if kind == "bool" else "text"


@pytest.mark.req("A14", "P11-05", "P11-10")
def test_every_command_about_a_record_of_another_line_is_refused(plant: Plant) -> None:
    station = plant.station
    commands = _on_their_line(plant)
    assert len(commands) >= 15
    permissions = station.sessions.principal(plant.crew.token("D-QA")).permissions
    assert permissions
    for command in commands:
        declaration = station.bus.declaration(command)
        everything = _all_powerful(station, plant.crew)
        with pytest.raises(PermissionDeniedError, match="Line L3 is outside the scope"):
            station.bus._admit(command, declaration, everything)


def _all_powerful(station: Station, crew: Crew) -> Any:
    """Somebody of L1 with every permission: what is left to refuse is the line."""
    from dataclasses import replace

    from jope.compliance.access.permissions import Permission

    return replace(station.sessions.principal(crew.token("L1-QA")), permissions=frozenset(Permission))


@pytest.mark.req("A14", "P11-05", "C06")
def test_a_refused_attempt_on_another_line_is_an_event_and_changes_nothing(plant: Plant) -> None:
    crew = plant.crew
    answers = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
    attempts: list[tuple[str, Callable[[], Any]]] = [
        ("L1-SUPER", lambda: crew.do("L1-SUPER", c.CreateBatch(batch_no="B-NEW", recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL-N"))),
        ("L1-SUPER", lambda: crew.do("L1-SUPER", c.ReleaseBatchToFloor(batch_no=THEIRS))),
        ("L1-OPER", lambda: crew.sign("L1-OPER", c.PerformClearance(batch_no=THEIRS, answers=answers))),
        ("L1-QA", lambda: crew.do("L1-QA", AcknowledgeAlarm(alarm_id=plant.theirs["alarm"][0]))),
        ("L1-QA", lambda: crew.sign("L1-QA", review_command(crew, THEIRS, "D-QA"))),
        ("L1-QA", lambda: crew.sign("L1-QA", ProposeDisposal(disposal_id="d-theirs-1", kind="batch", id=THEIRS, reason="old"))),
    ]  # fmt: skip
    for who, attempt in attempts:
        error = crew.refused(attempt)
        assert isinstance(error, PermissionDeniedError), (who, error)
        assert "outside the scope" in error.message


@pytest.mark.req("A14", "O03", "P11-03")
def test_an_export_by_a_person_of_one_line_holds_nothing_of_another(plant: Plant, tmp_path: Path) -> None:
    import json
    import zipfile

    from jope.services.exports.verifier import verify

    station, crew = plant.station, plant.crew
    token = crew.token("L1-QA")
    for command in (
        ExportData(scope=Scope.SUBJECT, kind="batch", id=THEIRS), ExportData(scope=Scope.SUBJECT, kind="lot", id=LOTS[0]),
        ExportData(scope=Scope.TRAIL), ExportData(scope=Scope.STATION),
    ):  # fmt: skip
        with pytest.raises(PermissionDeniedError):
            station.export_data(command, token, tmp_path / "no.zip")
        assert not (tmp_path / "no.zip").exists()
    made = station.export_data(ExportData(scope=Scope.SUBJECT, kind="batch", id=OURS), token, tmp_path / "ours.zip")
    assert verify.verify(made.path).ok
    with zipfile.ZipFile(made.path) as archive:
        lines = archive.read("events.jsonl").decode().splitlines()
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "ignore")
    assert not {json.loads(json.dumps(json.loads(line)["body"]))["seq"] for line in lines} & plant.hidden
    assert not {mark for mark in plant.marks if mark in everything}


@pytest.mark.req("A14", "E08")
def test_a_print_is_for_the_own_line_alone(plant: Plant, tmp_path: Path) -> None:
    station, token = plant.station, plant.crew.token("L1-SUPER")
    with pytest.raises(PermissionDeniedError):
        station.print_batch_record(THEIRS, token, tmp_path / "theirs.pdf")
    assert station.print_batch_record(OURS, token, tmp_path / "ours.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.req("A14", "B12")
def test_sheet_preflight_and_queue_know_the_line(plant: Plant) -> None:
    station, crew = plant.station, plant.crew
    token = crew.token("L1-OPER")
    with pytest.raises(PermissionDeniedError):
        station.sheet(c.HoldBatch(batch_no=THEIRS, reason="spill"), token)
    verdict = station.preflight(c.HoldBatch(batch_no=THEIRS, reason="spill"), token)
    assert verdict is not None
    assert station.preflight(c.HoldBatch(batch_no=OURS, reason="spill"), token) is None
    assert not [item for item in station.signing_queue(crew.token("L1-SUPER")) if THEIRS in item.title]
    assert [row.batch_no for row in station.read(batch_list, token)] == [OURS]
    sources = {alarm.source for alarm in station.read(open_alarms, token)}
    assert OTHER_SCALE in sources
    assert SCALE not in sources


@pytest.mark.req("A14", "P05")
def test_the_catalog_speaks_of_tables_and_columns_that_exist(plant: Plant) -> None:
    tables = set(_tables(plant.station))
    assert shadowed_tables() | OF_ALL_LINES.keys() <= tables
    assert not shadowed_tables() & OF_ALL_LINES.keys()
    assert set(OWN_LINE) | BY_SUBJECT.keys() <= shadowed_tables()
