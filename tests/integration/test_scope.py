"""Row scope: a person of line L1 at a station with batches, devices and weighings on L1 and L3 sees none of L3, whatever is asked (URS A14)."""

from __future__ import annotations

import ast
import dataclasses
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
from jope.compliance.access.permissions import Permission
from jope.compliance.access.reader import ALL_LINES, Reader
from jope.compliance.access.scope import BY_SUBJECT, OF_ALL_LINES, OF_EVENTS, OWN_LINE, shadowed_tables
from jope.compliance.alarms.commands import AcknowledgeAlarm, RaiseAlarm
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit.actions import Action
from jope.compliance.audit.queries import AuditFilter, AuditOrder, audit_count, audit_page, audit_seqs, audit_top
from jope.compliance.commands import Command, Declaration, Principal
from jope.compliance.evidence.queries import review_basis
from jope.compliance.identity.commands import LockSession, SignIn, SignOut
from jope.compliance.retention.commands import ProposeDisposal
from jope.compliance.settings.commands import ChangeSetting
from jope.kernel.clock import site_date
from jope.kernel.errors import JopeError, NotFoundError, PermissionDeniedError
from jope.kernel.store.engine import DATABASE_ERRORS
from jope.plant.batches import commands as c
from jope.plant.batches.queries import batch_list
from jope.plant.devices.equipment.handlers import new_equipment
from jope.plant.quality import commands as q
from jope.plant.quality.queries import deviations
from jope.services.exports.commands import ExportData, Scope
from jope.services.provisioning import demo_data as demo
from tests.support.demo import LOTS, SCALE, Crew, dispense, review_command, review_trail, running_plant
from tests.support.equipment import BOOTH, MIXER, clean, note
from tests.support.handlers import in_a_handler
from tests.support.lines import OTHER_LINE, OTHER_SCALE, add_line, add_person
from tests.support.training import published

OURS, THEIRS = "B-OURS", "B-THEIRS"
SOP = "SOP-017"
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
    request: str
    """A change request, which is of the whole station."""


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """One station for the whole file; nobody changes it but by what is refused."""
    with running_plant(tmp_path_factory.mktemp("lines") / "station") as (station, scale):
        crew = Crew(station)
        add_line(station)
        _add_units(station)
        for employee_id, role in PEOPLE.items():
            add_person(station, employee_id, role, OTHER_LINE)
        add_person(station, "L3-OPER", "operator", "L3")
        for employee_id in (*PEOPLE, "L3-OPER"):
            crew.accept(employee_id)
        crew.do("L3-OPER", LockSession(cause="person"))
        del crew.tokens["L3-OPER"]
        clean(crew, BOOTH, MIXER)
        crew.sign("D-OPER", note(MIXER, "Title of B-THEIRS"))
        _to_execution(crew, THEIRS, "L3", "D-OPER")
        _to_execution(crew, OURS, OTHER_LINE, "L1-OPER")
        dispense(crew, scale, THEIRS, 1)
        review_trail(crew, THEIRS)
        _copy_weighing(station)
        for device in (SCALE, OTHER_SCALE):
            station._dispatch_own(RaiseAlarm(priority=2, source=device, kind="calibration", text=f"{device} is due."))
        crew.refused(lambda: crew.sign("D-OPER", c.StartBatch(batch_no=THEIRS)))
        crew.refused(lambda: crew.do("L3-OPER", c.CreateBatch(batch_no="B-NEVER", recipe_id="none", line="L3", product_lot="PL-NEVER")))
        for line, batch_no, owner in (("L3", THEIRS, "D-SUPER"), (OTHER_LINE, OURS, "L1-SUPER")):
            _deviation(station, crew, line, batch_no, owner)
        published(crew, SOP)
        request = crew.do("D-ADMIN", ChangeSetting(key="password.profile", value="nist", reason="longer and for good")).request_id
        yield _seen_whole(station, crew, request)


def _add_units(station: Station) -> None:
    """Equipment of L3, as two people had it registered: their requests would name it to who reads all of them."""
    units = [new_equipment(command, station.clock.now().utc_us) for command in demo.demo_equipment("L3")]

    def write(uow: Any) -> None:
        uow.session.add_all(units)
        uow.audit.record(Action.EQUIPMENT_REGISTERED, *(("equipment", one.equipment_id) for one in units))

    in_a_handler(station, write, record=False)


def _deviation(station: Station, crew: Crew, line: str, batch_no: str, owner: str) -> None:
    """A deviation of a line with an event, a document and words as evidence, an owner, and a signature."""
    with station._reading(ALL_LINES) as reader:
        ((seq,),) = reader.execute("SELECT max(seq) FROM audit_subject WHERE kind = 'batch' AND id = ?", (batch_no,))
    opened = q.OpenDeviation(
        title=f"Title of {batch_no}", description=f"What happened to {batch_no}", source_kind="batch", source_id=batch_no, event_seq=seq, line=line
    )  # fmt: skip
    number = crew.do("D-SUPER", opened).number
    picture = station.keep_document(f"a picture of {batch_no}".encode(), crew.token("D-SUPER"))
    crew.do("D-SUPER", q.AddDeviationEvidence(number=number, words="", document_hash=picture, document_name=f"{batch_no}.png"))
    crew.do("D-SUPER", q.AddDeviationEvidence(number=number, words=f"Seen at {batch_no}"))
    crew.do("D-QA", q.AssignDeviation(number=number, owner=owner, reason="on shift then"))
    due = site_date(station.clock.now().utc_us + 86_400_000_000, station.info.zone)
    crew.sign("D-QA", q.ClassifyDeviation(number=number, classification="major", due=due))


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


def _seen_whole(station: Station, crew: Crew, request: str) -> Plant:
    with station._reading(ALL_LINES) as reader:
        ids = {
            "batch": (THEIRS,), "device": (SCALE,), "user_account": ("L3-OPER",), "clearance": (f"{THEIRS}:clearance",),
            **{
                table: tuple(str(row[0]) for row in reader.execute(f"SELECT id FROM {table} WHERE batch_no = ?", (THEIRS,)))
                for table in ("formulation_line", "batch_transition", "clearance_answer", "dispense", "weighing")
            },
            "equipment": (BOOTH, MIXER),
            **{
                table: tuple(str(row[0]) for row in reader.execute(f"SELECT id FROM {table} WHERE equipment_id IN (?, ?)", (BOOTH, MIXER)))
                for table in ("cleaning", "equipment_use", "equipment_note")
            },
            "alarm": tuple(str(row[0]) for row in reader.execute("SELECT id FROM alarm WHERE source = ?", (SCALE,))),
            "trail_review": tuple(str(row[0]) for row in reader.execute("SELECT id FROM trail_review")),
            "deviation": tuple(str(row[0]) for row in reader.execute("SELECT number FROM deviation WHERE line = 'L3'")),
            "deviation_evidence": tuple(
                str(row[0]) for row in reader.execute("SELECT e.id FROM deviation_evidence e JOIN deviation d USING (number) WHERE d.line = 'L3'")
            ),
        }  # fmt: skip
        documents = {
            row[0] for row in reader.execute("SELECT document_hash FROM deviation_evidence WHERE document_name = ?", (f"{THEIRS}.png",))
        }
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
    texts = {f"PL-{THEIRS}", "PL-NEVER", f"Title of {THEIRS}", f"What happened to {THEIRS}", f"Seen at {THEIRS}", f"{THEIRS}.png"}
    return Plant(station, crew, frozenset(hidden), frozenset({*named, *signed, *texts, *documents}), ids, request)


def _is_theirs(reader: Reader, signature_id: str, named: set[str]) -> bool:
    return reader.execute("SELECT subject_id FROM signature WHERE id = ?", (signature_id,))[0][0] in named


# --- queries ---------------------------------------------------------------------------------------------------------


def _queries() -> list[Callable[..., Any]]:
    """Every function of the program that is given a reader, or the cursor of one."""
    asked = _given_a_readers_cursor()
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
            if str(first.annotation) == "Reader" or (first.name == "cursor" and name in asked):
                found[f"{info.name}.{name}"] = function
    return [found[name] for name in sorted(found)]


def _given_a_readers_cursor() -> frozenset[str]:
    """Names of functions that are called with ``reader.cursor`` somewhere; any other one works on a cursor of the bus, which sees all lines."""
    calls = (node for path in sorted(Path(jope.__path__[0]).rglob("*.py")) for node in ast.walk(ast.parse(path.read_bytes())))
    return frozenset(
        call.func.id
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args and ast.unparse(call.args[0]) == "reader.cursor"
    )


QUERIES = _queries()
_ELSEWHERE = {
    "batch_record": "a print is for whom the bus let pass; its own test is below",
    "write_batch_record": "a print is for whom the bus let pass; its own test is below",
    "gather": "the health of the station itself, which has no line",
    "closing_of": "an export is for whom the bus let pass; its own test is below",
}


def _arguments(plant: Plant, function: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """Arguments that ask for what is of L3, and for everything, for each parameter that has no default or narrows."""
    whole = max(plant.hidden)
    subjects = [
        ("batch", THEIRS), ("device", SCALE), ("user", "L3-OPER"), ("weighing", plant.theirs["weighing"][0]),
        ("deviation", plant.theirs["deviation"][0]),
    ]  # fmt: skip
    offered: dict[str, list[Any]] = {
        "batch_no": [THEIRS], "position": [1], "seq": sorted(plant.hidden), "seqs": [tuple(sorted(plant.hidden))], "utc_us": [2**60],
        "by": list(AuditOrder), "channel": ["mail"], "priorities": [(1, 2, 3)], "records": [SIGNED_RECORDS],
        "signature_id": list(plant.theirs["signature"]), "where": ["1"], "parameters": [()], "employee_id": ["L3-OPER"],
        "subject": subjects, "request_id": [plant.request], "sop_id": [SOP], "number": list(plant.theirs["deviation"]), "n": [1, 2, 3],
        "from_utc_us": [None, 0], "to_utc_us": [None, 2**60], "now_us": [plant.station.clock.now().utc_us], "role": ["operator"],
        "weighing_id": [plant.theirs["weighing"][0]], "line": ["L3"], "lot_no": [LOTS[0]], "back": [False, True],
        "device_id": [SCALE], "equipment_id": [BOOTH], "newest": [2_000], "check_id": ["any"], "from_us": [0], "to_us": [2**60], "until_us": [2**60],
        "filter": [AuditFilter(), AuditFilter(subject_id=THEIRS), AuditFilter(actor="D-OPER"), AuditFilter(subject_kind="weighing"),
                   AuditFilter(subject_kind="deviation")],
    }  # fmt: skip
    names = list(inspect.signature(function).parameters)[1:]
    if "sop_id" in names:
        offered["number"] = [1]  # of a version, which is of all lines
    if {"kind", "scopes"} <= set(names):
        for kind, subject_id in subjects:
            yield {"kind": kind, "subject_id": subject_id, "scopes": plant.station.ports["review_scopes"]}
        return
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
        "device_list", "equipment_list", "equipment_named", "equipment_logbook", "equipment_of_batch", "open_alarms", "audit_page",
        "audit_rows", "audit_detail", "review_basis", "record_as_of", "signature_by_id", "deviations", "deviation_detail", "deviation_document",
        "lot_detail", "genealogy",
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
    then = max(plant.hidden)  # what was hidden when the plant was made; other tests have tried things since
    assert {seq for seq in seqs if seq <= then} == {seq for seq in everything if seq not in plant.hidden and seq <= then}
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


_NAMES = {
    "batch_no": THEIRS, "device_id": SCALE, "equipment_id": BOOTH, "line": "L3", "employee_id": "L3-OPER", "account": "L3-OPER", "stands_for": "L3-OPER",
}  # fmt: skip
_PAIRS = (("subject_kind", "subject_id"), ("source_kind", "source_id"), ("kind", "id"))


def _on_their_line(plant: Plant) -> list[Command]:
    """For each field, or pair of fields, by which a command names a record or a line, one command that names one of L3; made from the registry."""
    values: dict[str, Any] = _NAMES | {
        "weighing_id": plant.theirs["weighing"][0], "alarm_id": plant.theirs["alarm"][0], "number": plant.theirs["deviation"][0],
    }  # fmt: skip
    found: list[Command] = []
    for kind, declaration in plant.station.bus._parts.declarations.items():
        if (not declaration.of_people and declaration.permission is not Permission.SIGN_IN) or declaration.authenticates:
            continue
        fields = {f.name: f for f in dataclasses.fields(kind) if f.name != "command_id"}
        named = [{name: value} for name, value in values.items() if name in fields and fields[name].type == "str"]
        named += [{pair[0]: "batch", pair[1]: THEIRS} for pair in _PAIRS if set(pair) <= fields.keys()]
        if "event_seq" in fields:
            named.append({"event_seq": max(plant.hidden)})
        due = {name: _filler(str(f.type)) for name, f in fields.items() if f.default is dataclasses.MISSING}
        found += [kind(**due | one) for one in named]
    return found


def _filler(kind: str) -> Any:
    return 1 if kind.startswith("int") else () if kind.startswith("tuple") else True if kind == "bool" else "text"


@pytest.mark.req("A14", "P11-05", "P11-10")
def test_every_command_about_a_record_of_another_line_is_refused(plant: Plant) -> None:
    station = plant.station
    commands = _on_their_line(plant)
    assert len(commands) >= 50
    token = plant.crew.token("L1-QA")
    everything = _all_powerful(station, plant.crew)
    station.sessions.refresh("L1-QA", everything)
    refused: set[str] = set()
    try:
        for command in commands:
            station.bus._rate._failures.clear()
            declaration = station.bus.declaration(command)
            if declaration.witness:  # whoever is signed in proves it here too, and is no second person by that
                error = plant.crew.refused(lambda command=command, d=declaration: _admitted(station, command, d, everything))
            else:
                error = plant.crew.refused(lambda command=command: station.dispatch(command, token))
                refused.add(command.command_id)
            assert isinstance(error, PermissionDeniedError), (command, error)
            assert error.message.startswith("Line L3 is outside the scope"), (command, error)
    finally:
        station.dispatch(SignOut(), token)
        del plant.crew.tokens["L1-QA"]
    sql = "SELECT o.command_id FROM command_outcome o JOIN audit a USING (seq) WHERE json_extract(a.body, '$.outcome') = 'denied'"
    assert refused <= {command_id for (command_id,) in station._ask(sql, ())}
    assert len(refused) > 50


def _admitted(station: Station, command: Command, declaration: Declaration, who: Principal) -> None:
    station._commands.run(lambda: station.bus._admit(command, declaration, who))


@pytest.mark.req("A14", "H06")
def test_an_event_of_another_line_is_no_evidence_here_but_an_own_refusal_is(plant: Plant) -> None:
    station, crew = plant.station, plant.crew
    crew.refused(lambda: crew.do("L1-SUPER", c.ReleaseBatchToFloor(batch_no=THEIRS)))
    with station._reading(ALL_LINES) as reader:
        ((own,),) = reader.execute("SELECT max(seq) FROM audit WHERE actor = 'L1-SUPER' AND outcome = 'denied'")
    others = max(plant.hidden)

    def opening(seq: int) -> q.OpenDeviation:
        return q.OpenDeviation(title="t", description="d", source_kind="event", source_id=str(seq), event_seq=seq)

    assert "outside the scope" in crew.refused(lambda: crew.do("L1-SUPER", opening(others))).message
    verdict = station.preflight(opening(others), crew.token("L1-SUPER"))
    assert verdict is not None
    assert (verdict.guard, verdict.clause) == ("line", "11.10(d)")
    number = crew.do("L1-SUPER", opening(own)).number
    assert number in {row.number for row in station.read(deviations, crew.token("L1-SUPER"))}


def _all_powerful(station: Station, crew: Crew) -> Any:
    """Somebody of L1 with every permission: what is left to refuse is the line."""
    return dataclasses.replace(station.sessions.principal(crew.token("L1-QA")), permissions=frozenset(Permission))


@pytest.mark.req("A14", "P11-05", "C06")
def test_a_refused_attempt_on_another_line_is_an_event_and_changes_nothing(plant: Plant) -> None:
    crew = plant.crew
    answers = tuple(c.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
    attempts: list[tuple[str, Callable[[], Any]]] = [
        ("L1-SUPER", lambda: crew.do("L1-SUPER", c.CreateBatch(batch_no="B-NEW", recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL-N"))),
        ("L1-SUPER", lambda: crew.do("L1-SUPER", c.ReleaseBatchToFloor(batch_no=THEIRS))),
        ("L1-OPER", lambda: crew.sign("L1-OPER", c.PerformClearance(batch_no=THEIRS, answers=answers))),
        ("L1-QA", lambda: crew.do("L1-QA", AcknowledgeAlarm(alarm_id=plant.theirs["alarm"][0], reason="looked at"))),
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
