"""The command bus: repeated commands, refusals that survive, faults of the program, ports, the clock, a full disk."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jope.bootstrap import Station
from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit.queries import AuditFilter, audit_page
from jope.compliance.commands import (
    ChangeStored,
    Command,
    Declaration,
    FourEyesRule,
    GuardContext,
    Outcome,
    Risk,
    SignatureInput,
)
from jope.compliance.identity.commands import DisableUser, LockSession
from jope.kernel.errors import (
    AuthenticationError,
    ClockSuspectError,
    JopeError,
    MalformedCommandError,
    NotFoundError,
    PermissionDeniedError,
    ProgramFaultError,
    RefusedError,
    ReusedCommandError,
    SavedNeverthelessError,
    SessionEndedError,
    ThrottledError,
    UnwiredPortError,
)
from jope.plant.batches.commands import ClearanceAnswer, CreateBatch, PerformClearance, ReleaseBatchToFloor, StartBatch, VerifyClearance
from jope.plant.materials.commands import ReceiveLot, ReleaseLot
from jope.services.provisioning.demo_data import DEMO_CHECKS, DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, certified, plain_station, verified, wait_until

_LOT = {"material_code": "MG-CIT", "receiving_no": "RC-9", "quantity": "10.00", "unit": "g", "expiry": "2028-01-01"}


@pytest.mark.req("P11-06", "C04")
def test_a_repeated_command_returns_its_first_outcome(crew: Crew) -> None:
    create = CreateBatch(batch_no="B-9", recipe_id="MG-25", line="L3", product_lot="PL")
    first = crew.do("D-SUPER", create)
    events = verified(crew.station).events
    assert crew.do("D-SUPER", create) == first
    assert verified(crew.station).events == events
    again = CreateBatch(batch_no="B-9", recipe_id="MG-25", line="L3", product_lot="PL")
    error = crew.refused(lambda: crew.do("D-SUPER", again))
    repeated = crew.refused(lambda: crew.do("D-SUPER", again))
    assert (type(repeated), repeated.message) == (type(error), error.message)


@pytest.mark.req("P11-06", "C06", "B06")
def test_refusals_and_denials_are_events_of_their_own(crew: Crew) -> None:
    assert isinstance(crew.refused(lambda: crew.do("D-OPER", ReceiveLot(lot_no="X1", **_LOT))), PermissionDeniedError)
    assert isinstance(crew.refused(lambda: crew.do("D-SUPER", ReceiveLot(lot_no="bad lot!", **_LOT))), RefusedError)
    assert isinstance(crew.refused(lambda: crew.do("D-SUPER", ReleaseBatchToFloor(batch_no="nowhere"))), NotFoundError)
    rows = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(), limit=9)
    found = [(row.action, row.outcome, row.actor) for row in rows if row.outcome != "done"]
    assert found == [
        ("command.refused", "refused", "D-SUPER"),
        ("command.refused", "refused", "D-SUPER"),
        ("command.denied", "denied", "D-OPER"),
    ]
    assert verified(crew.station).ok


@pytest.mark.req("P04", "C06")
def test_a_fault_of_the_program_is_an_event_and_saves_nothing(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    from jope.plant.materials import handlers

    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(handlers.Quantity, "parse", broken)
    error = crew.refused(lambda: crew.do("D-SUPER", ReceiveLot(lot_no="X2", **_LOT)))
    assert isinstance(error, ProgramFaultError)
    newest = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(outcome="failed"), limit=1)[0]
    assert newest.action == "command.failed"
    assert verified(crew.station).ok


@pytest.mark.req("P04")
def test_a_command_whose_port_is_unwired_stops_the_start(station: Station) -> None:
    from jope.compliance.bus.dispatch import CommandBus

    parts = dataclasses.replace(station.bus._parts, ports={})
    with pytest.raises(UnwiredPortError, match="which nobody provides"):
        CommandBus(parts)


@pytest.mark.req("P04", "D01")
def test_a_command_that_needs_four_eyes_is_stored_and_not_run(station: Station, crew: Crew) -> None:
    from jope.compliance.audit.actions import Action
    from jope.compliance.bus.dispatch import CommandBus

    class Requests:
        def store(self, uow: Any, command: Command, declaration: Declaration, context: GuardContext) -> ChangeStored:
            uow.audit.record(
                Action.COMMAND_REFUSED, ("change_request", "CR-1"), outcome=Outcome.DONE, details={"command": type(command).__name__}
            )
            return ChangeStored("CR-1")

    parts = station.bus._parts
    rule = FourEyesRule(risk=Risk.LOW, diff=lambda command, context: (), approve=Permission.SYSTEM)
    strict = dataclasses.replace(parts.declarations[ReceiveLot], four_eyes=rule)
    declarations = {**parts.declarations, ReceiveLot: strict}
    with pytest.raises(UnwiredPortError, match="four_eyes"):
        CommandBus(dataclasses.replace(parts, declarations=declarations, four_eyes=None))
    bus = CommandBus(dataclasses.replace(parts, declarations=declarations, four_eyes=Requests()))
    assert bus.dispatch(ReceiveLot(lot_no="X5", **_LOT), crew.token("D-SUPER")) == ChangeStored("CR-1")
    assert station.read(lambda reader: reader.execute("SELECT 1 FROM lot WHERE lot_no = 'X5'"), crew.token("D-SUPER")) == []


@pytest.mark.req("C12", "A11d-20", "PI-02")
def test_a_clock_set_back_an_hour_stops_regulated_commands_and_is_marked(crew: Crew, clock: SetClock) -> None:
    crew.token("D-SUPER")
    clock.wall_offset_us -= 3_600_000_000
    error = crew.refused(lambda: crew.do("D-SUPER", ReceiveLot(lot_no="X3", **_LOT)))
    assert isinstance(error, ClockSuspectError)
    seq = crew.station.read(audit_page, crew.token("D-SUPER"), filter=AuditFilter(), limit=1)[0].seq
    from jope.compliance.audit.queries import audit_detail

    assert crew.station.read(audit_detail, crew.token("D-SUPER"), seq=seq).clock_quality == "suspect"
    clock.wall_offset_us += 3_600_000_000
    crew.station.clock_texts()  # forward again: whoever is signed in proves it anew
    wait_until(lambda: crew.station.idle_left(crew.token("D-SUPER")) == 0.0)
    crew.tokens.clear()
    crew.do("D-SUPER", ReceiveLot(lot_no="X3", **_LOT))
    assert verified(crew.station).ok


_FULL = """
import sys, pathlib
from tests.support.demo import Crew, plain_station, verified
from jope.kernel.errors import DiskFullError, ReadOnlyError, JopeError
from jope.plant.materials.commands import ReceiveLot, ReleaseLot
from jope.compliance.alarms.queries import open_alarms
from jope.compliance.audit.queries import AuditFilter, audit_count
root = pathlib.Path(sys.argv[1])
with plain_station(root / "station") as station:
    crew = Crew(station)
    token = crew.token("D-SUPER")
    filler = (root / "filler").open("wb")
    acknowledged, error = 0, None
    try:
        while True:
            filler.write(b"x" * 65536)
            filler.flush()
    except OSError:
        pass
    for n in range(5000):
        station.bus._rate._failures.clear()
        try:
            station.dispatch(ReceiveLot(lot_no=f"F{n}", material_code="MG-CIT", receiving_no="R" * 60, quantity="1.00", unit="g", expiry="2028-01-01"), token)
            acknowledged += 1
        except JopeError as found:
            error = found
            break
    print("error", type(error).__name__)
    print("alarms", [a.kind for a in station.read(open_alarms, token)])
    lots = station.read(lambda reader: reader.execute("SELECT count(*) FROM lot WHERE lot_no LIKE 'F%'")[0][0], token)
    print("lost", acknowledged - lots)
    try:
        station.dispatch(ReceiveLot(lot_no="after", material_code="MG-CIT", receiving_no="R", quantity="1.00", unit="g", expiry="2028-01-01"), token)
    except ReadOnlyError as found:
        print("then", found.code)
    print("verify", verified(station).ok)
"""


@pytest.mark.req("P04", "Q03", "P11-04")
def test_a_full_disk_loses_nothing_alarms_and_leaves_the_station_readable(tmp_path: Path) -> None:
    script = tmp_path / "full.py"
    script.write_text(_FULL)
    disk = tmp_path / "disk"
    disk.mkdir()
    work = f"mount -t tmpfs -o size=24m tmpfs {disk} && {{ {sys.executable} {script} {disk}; umount {disk}; }}"
    # A mount namespace of its own; inside a user namespace where we are not root. "unchanged", because a changed root may be no mount point.
    flags = ["-m", "--propagation", "unchanged"] if os.geteuid() == 0 else ["-U", "-r", "-m"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["unshare", *flags, "sh", "-c", work], capture_output=True, text=True, check=False, env=environment, timeout=300)
    lines = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert lines.get("error") == "DiskFullError", done.stdout + done.stderr[-3000:]
    assert lines["alarms"] == "['disk_full']"
    assert lines["lost"] == "0"
    assert lines["then"] == "JOPE-107"
    assert lines["verify"] == "True"


@pytest.mark.req("A15", "P11-05")
def test_disabling_ends_the_live_session_at_once(crew: Crew) -> None:
    token = crew.token("D-OPER")
    crew.do("D-ADMIN", DisableUser(employee_id="D-OPER", reason="left the company"))
    with pytest.raises(SessionEndedError):
        crew.station.dispatch(ReceiveLot(lot_no="X4", **_LOT), token)
    assert crew.station.read(open_alarms, crew.token("D-QA")) == ()
    assert isinstance(crew.refused(lambda: Crew(crew.station).token("D-OPER")), JopeError)


@pytest.mark.req("C04", "P11-06")
def test_the_same_command_given_twice_at_once_has_one_outcome(crew: Crew) -> None:
    from concurrent.futures import ThreadPoolExecutor

    crew.do("D-SUPER", ReceiveLot(lot_no="X6", **_LOT))
    certified(crew, "X6")
    command = ReleaseLot(lot_no="X6")
    signature = crew.signature("D-QA", "D-QA", command)
    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(crew.station.dispatch, command, crew.token("D-QA"), signature) for _ in range(2)]
        assert [r.result() for r in results] == [None, None]
    assert verified(crew.station).ok


@pytest.mark.req("A15", "A08")
def test_an_account_disabled_while_its_proof_runs_does_not_act(crew: Crew) -> None:
    crew.do("D-SUPER", ReceiveLot(lot_no="X7", **_LOT))
    certified(crew, "X7")
    command = ReleaseLot(lot_no="X7")
    signature = crew.signature("D-QA", "D-QA", command)
    crew.token("D-ADMIN")
    authenticator = crew.station.bus._parts.authenticator
    begin = authenticator.begin

    def slow(*arguments: Any, **options: Any) -> Any:
        proof = begin(*arguments, **options)
        authenticator.begin = begin
        crew.do("D-ADMIN", DisableUser(employee_id="D-QA", reason="left"))
        return proof

    authenticator.begin = slow
    error = crew.refused(lambda: crew.station.dispatch(command, crew.token("D-QA"), signature))
    assert error.code == "JOPE-103"
    assert (
        crew.station.read(lambda reader: reader.execute("SELECT state FROM lot WHERE lot_no = 'X7'"), crew.token("D-SUPER"))[0][0]
        == "quarantine"
    )


@pytest.mark.req("A15", "A08")
def test_a_right_that_is_taken_away_while_the_proof_runs_does_not_count(crew: Crew) -> None:
    crew.do("D-SUPER", ReceiveLot(lot_no="X7", **_LOT))
    certified(crew, "X7")
    command = ReleaseLot(lot_no="X7")
    signature = crew.signature("D-QA", "D-QA", command)
    token = crew.token("D-QA")
    authenticator, sessions = crew.station.bus._parts.authenticator, crew.station.sessions
    begin, holder = authenticator.begin, crew.station.sessions.principal(token)

    def slow(*arguments: Any, **options: Any) -> Any:
        proof = begin(*arguments, **options)
        authenticator.begin = begin
        crew.do("D-SUPER", ReceiveLot(lot_no="X8", **_LOT))  # a commit, as the change of a role is one
        sessions.refresh("D-QA", dataclasses.replace(holder, permissions=holder.permissions - {Permission.LOT_DISPOSE}))
        return proof

    authenticator.begin = slow
    assert isinstance(crew.refused(lambda: crew.station.dispatch(command, token, signature)), PermissionDeniedError)


@pytest.mark.req("A07", "C12")
def test_a_term_that_ends_while_the_machine_sleeps_in_a_proof_counts(tmp_path: Path) -> None:
    clock = SetClock()
    with plain_station(tmp_path / "station", encrypted=False, clock=clock) as station:
        crew = Crew(station)
        crew.do("D-SUPER", ReceiveLot(lot_no="X7", **_LOT))
        certified(crew, "X7")
        command, token = ReleaseLot(lot_no="X7"), crew.token("D-QA")
        signature = crew.signature("D-QA", "D-QA", command)
        authenticator = station.bus._parts.authenticator
        begin = authenticator.begin

        def slept(*arguments: Any, **options: Any) -> Any:
            proof = begin(*arguments, **options)
            authenticator.begin = begin
            clock.wall_offset_us += 91 * 86_400 * 1_000_000  # the monotonic clock stands still in a suspended machine
            return proof

        authenticator.begin = slept
        assert crew.refused(lambda: station.dispatch(command, token, signature)).code == "JOPE-109"


@pytest.mark.req("A15")
def test_a_listener_that_fails_undoes_nothing_and_hides_nothing(crew: Crew) -> None:
    def broken(_kinds: frozenset[str]) -> None:
        raise RuntimeError("the window is closed")

    token = crew.token("D-OPER")
    stop = crew.station.on_change(broken)
    crew.do("D-ADMIN", DisableUser(employee_id="D-OPER", reason="left"))
    stop()
    with pytest.raises(SessionEndedError):
        crew.station.dispatch(ReceiveLot(lot_no="X8", **_LOT), token)


@pytest.mark.req("P11-05", "P11-06", "A02", "C06")
def test_a_command_id_serves_one_person_and_one_command(crew: Crew, station: Station) -> None:
    receive = ReceiveLot(lot_no="X7", **_LOT)
    crew.do("D-SUPER", receive)
    other = ReceiveLot(lot_no="X8", command_id=receive.command_id, **_LOT)
    for work in (
        lambda: station.dispatch(receive, None),
        lambda: station.dispatch(receive, "no token"),
        lambda: crew.do("D-OPER", receive),
        lambda: crew.do("D-SUPER", other),
        lambda: crew.do("D-ADMIN", DisableUser(employee_id="D-QP", reason="x", command_id=receive.command_id)),
    ):
        error = crew.refused(work)
        assert isinstance(error, SessionEndedError | ReusedCommandError), error
    rows = station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(outcome="refused"))
    assert [r.actor for r in rows] == ["D-ADMIN", "D-SUPER", "D-OPER"]
    assert station.read(lambda reader: reader.execute("SELECT 1 FROM lot WHERE lot_no = 'X8'"), crew.token("D-SUPER")) == []
    assert verified(station).ok


@pytest.mark.req("P04", "C06", "C02")
@pytest.mark.parametrize(
    "fields",
    [
        {"lot_no": 5},
        {"quantity": 1.5},
        {"receiving_no": None},
        {"receiving_no": "x" * 2001},
        {"receiving_no": "a\x00b"},
        {"receiving_no": "\ud800"},
        {"command_id": ""},
        {"command_id": "../../etc"},
    ],
)
def test_what_is_malformed_is_refused_and_written_down(crew: Crew, fields: dict[str, Any]) -> None:
    good: dict[str, Any] = {"lot_no": "X9", **_LOT}
    error = crew.refused(lambda: crew.do("D-SUPER", ReceiveLot(**(good | fields))))
    assert isinstance(error, MalformedCommandError)
    newest = crew.station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(outcome="refused"), limit=1)[0]
    assert (newest.action, newest.actor) == ("command.refused", "D-SUPER")
    assert verified(crew.station).ok


@pytest.mark.req("A08", "Q02", "P11-31")
def test_a_throttle_that_bites_is_an_event_and_an_alarm_once_a_minute_and_never_stops_what_leads_to_safety(
    crew: Crew, clock: SetClock
) -> None:
    token = crew.token("D-SUPER")
    for _ in range(120):
        error = crew.refused(lambda: crew.do("D-SUPER", ReleaseBatchToFloor(batch_no="nowhere")))
    assert isinstance(error, ThrottledError)
    viewer = crew.token("D-QA")
    assert len(crew.station.read(audit_page, viewer, filter=AuditFilter(action="security.throttled"))) == 1
    assert [a.kind for a in crew.station.read(open_alarms, viewer)] == ["throttle"]
    crew.station.dispatch(LockSession(cause="person"), token)
    assert crew.station.idle_left(token) == 0.0
    assert verified(crew.station).ok


@pytest.mark.req("B06", "A08", "P11-31")
def test_no_prompt_serves_to_try_passwords_of_people_who_have_no_business_there(crew: Crew, station: Station) -> None:
    crew.do("D-SUPER", CreateBatch(batch_no="B-7", recipe_id="MG-25", line="L3", product_lot="PL"))
    crew.do("D-SUPER", ReleaseBatchToFloor(batch_no="B-7"))

    def tried(who: str, command: Any, signer: str, password: str) -> JopeError:
        declaration = station.bus.declaration(command)
        shown = station.sheet(command, crew.token(who)).record_hash if declaration.witness else "0" * 64
        signature = SignatureInput(employee_id=signer, password=password, meaning=declaration.meaning, shown_hash=shown)
        return crew.refused(lambda: station.dispatch(command, crew.token(who), signature))

    # without the permission, or for a record that is not there: the password is not looked at
    assert isinstance(tried("D-OPER", ReleaseLot(lot_no="MC-2611-04"), "D-OPER", "wrong"), PermissionDeniedError)
    answers = tuple(ClearanceAnswer(check_id, True) for check_id, _ in DEMO_CHECKS)
    crew.sign("D-OPER", PerformClearance(batch_no="B-7", answers=answers))
    # a second person who may not verify is proven like somebody unknown: neither the words nor the counter tell
    verify = VerifyClearance(batch_no="B-7")
    right, wrong, nobody = (
        tried("D-OPER", VerifyClearance(batch_no="B-7"), signer, password)
        for signer, password in (("D-ADMIN", DEMO_PASSWORD), ("D-ADMIN", "wrong"), ("N-0BODY", "wrong"))
    )
    assert {type(right), type(wrong), type(nobody)} == {AuthenticationError}
    assert right.message == wrong.message == nobody.message
    counters = "SELECT employee_id FROM auth_counter WHERE failures > 0"
    assert station._commands.run(lambda: station._store.cursor.execute(counters).fetchall()) == [("",)]
    crew.sign("D-OPER", verify, signer="D-SUPER")
    assert verified(station).ok


@pytest.mark.req("A14", "P11-08")
def test_a_sheet_is_shown_to_whoever_may_sign_it(crew: Crew, station: Station) -> None:
    crew.do("D-SUPER", CreateBatch(batch_no="B-7", recipe_id="MG-25", line="L3", product_lot="PL"))
    for who in ("D-ADMIN", "D-INSP"):
        with pytest.raises(PermissionDeniedError):
            station.sheet(StartBatch(batch_no="B-7"), crew.token(who))


@pytest.mark.req("C02", "P06")
def test_what_fails_behind_a_commit_does_not_read_as_not_saved(crew: Crew, station: Station) -> None:
    crew.token("D-SUPER")
    mark = vars(station._mark)
    mark["_file"].close()  # the head mark can no longer be written
    error = crew.refused(lambda: crew.do("D-SUPER", ReceiveLot(lot_no="X11", **_LOT)))
    assert isinstance(error, SavedNeverthelessError)
    assert station.read(lambda reader: reader.execute("SELECT lot_no FROM lot WHERE lot_no = 'X11'"), crew.token("D-SUPER")) == [("X11",)]
    mark["_file"] = None
    crew.do("D-SUPER", ReceiveLot(lot_no="X12", **_LOT))
    rows = station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(subject_id="X11"))
    assert [(row.action, row.outcome) for row in rows] == [("lot.received", "done")]
    assert verified(station).ok
