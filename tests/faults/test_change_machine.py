"""Change requests under arbitrary sequences of steps by anybody (URS D01-D03, D05, D06): a model of the rules walks beside the real station.

Whatever is tried in whatever order: nothing is executed without the due number of distinct approvers, one of them from outside administration; nothing by
its requester; nothing after its time or its withdrawal; nothing that would change something else than was shown. The same is refused to raw SQL.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from jope.bootstrap import Station, open_station
from jope.compliance.changes.commands import ApproveChange, ExecuteChange, RatifyChange, RejectChange, SubmitChange, WithdrawChange
from jope.compliance.identity.model import AccountState
from jope.compliance.settings.commands import ChangeSetting
from jope.kernel.crypto.keys import StationKeys
from jope.kernel.errors import JopeError
from jope.kernel.ids import new_id
from jope.kernel.store.engine import StoreLocation, connect
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, quick_hash, verified

EXAMPLES = int(os.environ.get("JOPE_CHANGE_EXAMPLES", "500"))
STEPS = 30
MOSTLY = 7
ADMINS = ("D-ADMIN", "D-ADMIN2")
PEOPLE = (*ADMINS, "D-QA", "D-QP", "D-SUPER")
OUTSIDE = frozenset({"D-QA", "D-QP"})
REQUESTER = "whoever asked"
SOMEBODY = st.sampled_from((REQUESTER, REQUESTER, REQUESTER, REQUESTER, *PEOPLE))
APPROVER = st.sampled_from((*PEOPLE, "D-QA", "D-QP", "D-QA", "D-QP"))
WEEK_US = 7 * 86_400_000_000
HOUR_US = 3_600_000_000


class World:
    """One station for all sequences; each sequence works on requests of its own."""

    def __init__(self, root: Path) -> None:
        self.clock = SetClock()
        with plain_station(root, prepared=False, encrypted=False, clock=self.clock) as made:
            _second_administrator(made)
        self.station = open_station(root, clock=self.clock)
        self.crew = Crew(self.station)
        for who in PEOPLE:
            self.crew.accept(who)
        lasting = self.crew.do("D-ADMIN", ChangeSetting(key="password.profile", value="nist", reason="weeks pass in a sequence"))
        self.crew.sign("D-ADMIN", SubmitChange(request_id=lasting.request_id))
        self.crew.sign("D-QA", ApproveChange(request_id=lasting.request_id))
        keys = StationKeys.load(self.station.folder.keys)
        assert keys is not None
        self.raw = connect(StoreLocation(self.station.folder.store, None))

    def value(self, sql: str, *parameters: Any) -> Any:
        row = self.raw.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def renew(self) -> None:
        """Nobody idles and nobody is throttled: that is tried elsewhere."""
        self.station.bus._rate._failures.clear()
        for token in self.crew.tokens.values():
            self.station.touch(token)

    def close(self) -> None:
        self.raw.close()
        self.station.close()


def _second_administrator(station: Station) -> None:
    from jope.compliance.audit.actions import Action
    from jope.compliance.identity.model import CredentialState, UserAccount

    def add() -> None:
        with station._store.unit_of_work() as uow:
            pen = uow.audit
            pen.principal, pen.instant = station._here, station.clock.now()
            pen.command_id = pen.outcome_of = new_id()
            uow.session.add(
                UserAccount(
                    employee_id="D-ADMIN2", name="Demo Administrator Two", role="admin", line="*", state=AccountState.ACTIVE.value,
                    password_hash=quick_hash(), created_us=station.clock.now().utc_us, password_state=CredentialState.OWN.value,
                    password_set_us=station.clock.now().utc_us, identified=1, admitted=1, access_from_us=None, access_until_us=None,
                )
            )  # fmt: skip
            uow.audit.record(Action.USER_CREATED, ("user", "D-ADMIN2"))

    station._commands.run(add)


@dataclasses.dataclass
class Request:
    """What the rules say of one request."""

    id: str
    requester: str
    key: str
    before: str
    after: str
    needed: int
    state: str = "draft"
    approvers: list[str] = dataclasses.field(default_factory=list)
    emergency: bool = False
    expires_us: int = 0

    def complete(self) -> bool:
        return any(who in OUTSIDE for who in self.approvers) and len(self.approvers) >= self.needed


class ChangeMachine(RuleBasedStateMachine):
    """People draft, submit, approve, reject, withdraw and wait; the station tries to execute too early and too late."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.requests: list[Request] = []
        self.world.renew()

    def _now(self) -> int:
        return self.world.clock.now().utc_us

    def _try(self, work: Any) -> JopeError | None:
        self.world.renew()
        try:
            work()
        except JopeError as error:
            return error
        return None

    def _sign(self, who: str, command: Any) -> JopeError | None:
        return self._try(lambda: self.world.crew.sign(who, dataclasses.replace(command, command_id=new_id())))

    def _in_force(self, key: str) -> str:
        stored = self.world.value("SELECT value FROM setting WHERE key = ? ORDER BY number DESC LIMIT 1", key)
        return {"alarm.horn": "on", "session.idle_lock": "120"}[key] if stored is None else str(stored)

    def _pick(self, number: int) -> Request:
        """Mostly the newest, so that requests come to their ends."""
        return self.requests[-1] if number < MOSTLY else self.requests[number % len(self.requests)]

    @rule(who=st.sampled_from(ADMINS), key=st.sampled_from(("alarm.horn", "session.idle_lock")), needed=st.sampled_from((1, 2)))
    def draft(self, who: str, key: str, needed: int) -> None:
        before = self._in_force(key)
        after = {"on": "off", "off": "on"}.get(before) or ("90" if before != "90" else "60")
        with _needing(self.world.station, needed):
            self.world.renew()
            stored = self.world.crew.do(who, ChangeSetting(key=key, value=after, reason="as the sequence goes"))
        self.requests.append(Request(stored.request_id, who, key, before, after, needed, expires_us=self._now() + WEEK_US))

    @precondition(lambda self: self.requests)
    @rule(who=SOMEBODY, number=st.integers(0, 9), emergency=st.sampled_from((False, False, False, True)))
    def submit(self, who: str, number: int, emergency: bool) -> None:
        one = self._pick(number)
        who = one.requester if who == REQUESTER else who
        error = self._sign(who, SubmitChange(request_id=one.id, emergency=emergency))
        fits = one.state == "draft" and who == one.requester and self._now() < one.expires_us and (not emergency or one.key == "alarm.horn")
        fits = fits and self._in_force(one.key) != one.after
        if not fits and error is None and one.state == "draft" and who == one.requester and self._now() < one.expires_us:
            fits = True  # the draft's diff is made anew at its submission: a value that is in force by now is submitted, and refused when executed
        assert (error is None) == fits, (one, who, error)
        if fits:
            one.before, one.state, one.expires_us, one.emergency = self._in_force(one.key), "submitted", self._now() + WEEK_US, emergency
            if emergency:
                self._executed_or_failed(one)

    def _executed_or_failed(self, one: Request) -> None:
        """An approved request changes what it was to change, or has failed because it would not."""
        one.state = str(self.world.value("SELECT state FROM change_request WHERE id = ?", one.id))
        assert one.state in ("executed", "failed"), one
        if one.state == "executed":
            assert self._in_force(one.key) == one.after

    @precondition(lambda self: self.requests)
    @rule(who=APPROVER, number=st.integers(0, 9))
    def approve(self, who: str, number: int) -> None:
        one = self._pick(number)
        moved = self._in_force(one.key) != one.before
        error = self._sign(who, ApproveChange(request_id=one.id))
        inside = who in ADMINS
        left = not inside or not any(a in ADMINS for a in one.approvers)
        free = len(one.approvers) < 2 and (inside or sum(a in OUTSIDE for a in one.approvers) < 2)
        fits = (
            one.state == "submitted" and who != one.requester and who not in one.approvers and (inside or who in OUTSIDE) and left and free
            and self._now() < one.expires_us and not moved
        )  # fmt: skip
        assert (error is None) == fits, (one, who, error)
        if fits:
            one.approvers.append(who)
            if one.complete():
                self._executed_or_failed(one)

    @precondition(lambda self: self.requests)
    @rule(who=st.sampled_from(PEOPLE), number=st.integers(0, 9))
    def reject(self, who: str, number: int) -> None:
        one = self._pick(number)
        error = self._sign(who, RejectChange(request_id=one.id, reason="the sequence says so"))
        fits = one.state == "submitted" and who != one.requester and who != "D-SUPER" and self._now() < one.expires_us
        assert (error is None) == fits, (one, who, error)
        one.state = "rejected" if fits else one.state

    @precondition(lambda self: self.requests)
    @rule(who=SOMEBODY, number=st.integers(0, 9))
    def withdraw(self, who: str, number: int) -> None:
        one = self._pick(number)
        who = one.requester if who == REQUESTER else who
        error = self._try(lambda: self.world.crew.do(who, WithdrawChange(request_id=one.id, reason="the sequence says so")))
        fits = one.state in ("draft", "submitted") and who == one.requester
        assert (error is None) == fits, (one, who, error)
        one.state = "withdrawn" if fits else one.state

    @precondition(lambda self: self.requests)
    @rule(who=APPROVER, number=st.integers(0, 9))
    def ratify(self, who: str, number: int) -> None:
        one = self._pick(number)
        error = self._sign(who, RatifyChange(request_id=one.id))
        fits = one.emergency and one.state == "executed" and not one.approvers and who in OUTSIDE
        assert (error is None) == fits, (one, who, error)
        if fits:
            one.approvers.append(who)

    @precondition(lambda self: self.requests)
    @rule(number=st.integers(0, 9))
    def execute_before_its_time(self, number: int) -> None:
        one = self._pick(number)
        error = self._try(lambda: self.world.station.bus.dispatch(ExecuteChange(request_id=one.id), as_station=True))
        assert error is not None, one

    @rule(hours=st.sampled_from((1, 1, 1, 1, 1, 30, 200)))
    def wait(self, hours: int) -> None:
        self.world.clock.wall_offset_us += hours * HOUR_US
        self.world.station._clock_watch.look()
        self.world.station._change_keeper.tick()
        for one in self.requests:
            if one.state in ("draft", "submitted") and self._now() >= one.expires_us:
                one.state = "expired"

    @precondition(lambda self: self.requests)
    @rule(number=st.integers(0, 9), state=st.sampled_from(("approved", "executing", "executed")), who=st.sampled_from(PEOPLE))
    def raw_sql(self, number: int, state: str, who: str) -> None:
        """Whoever has the store's key and no signature cannot push a request on, nor approve it, nor take it out."""
        one = self._pick(number)
        if one.state == "executed":
            return
        now = self._now()
        tries = (
            ("UPDATE change_request SET state = ?, approved_us = ?, executed_us = ? WHERE id = ?", (state, now, now if state == "executed" else None, one.id)),
            (
                "UPDATE change_request SET approval_signature = 'S', approval_signer = ?, approval_meaning = 'approval', approval_version = 1 WHERE id = ?",
                (one.requester, one.id),
            ),
            (
                "UPDATE change_request SET approval_signature = 'S', approval_signer = ?, approval_meaning = 'approval', approval_version = 1, "
                "state = 'approved', approved_us = ? WHERE id = ?", (who, now, one.id),
            ),
            ("DELETE FROM change_request WHERE id = ?", (one.id,)),
            ("UPDATE change_request SET requester = 'D-QP' WHERE id = ?", (one.id,)),
        )  # fmt: skip
        for sql, parameters in tries:
            with pytest.raises((sqlite3.IntegrityError, sqlcipher3.dbapi2.IntegrityError)):
                self._write_past_the_program(sql, parameters)

    def _write_past_the_program(self, sql: str, parameters: tuple[Any, ...]) -> None:
        raw = self.world.raw
        raw.execute("BEGIN IMMEDIATE")
        try:
            raw.execute(sql, parameters)
            raw.execute("COMMIT")
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")

    @invariant()
    def the_store_says_what_the_rules_say(self) -> None:
        for one in getattr(self, "requests", ()):
            row = self.world.raw.execute(
                "SELECT state, requester, approval_signer, further_signer, needed, executed_us, expires_us, emergency FROM change_request WHERE id = ?",
                (one.id,),
            ).fetchone()
            assert row[0] == one.state, (one, row)
            approvers = [who for who in row[2:4] if who is not None]
            assert sorted(approvers) == sorted(one.approvers)
            if row[0] == "executed":
                assert row[5] < row[6]
                assert row[1] not in approvers
                assert row[7] or (len(set(approvers)) >= row[4] and set(approvers) & OUTSIDE)


@contextmanager
def _needing(station: Station, approvers: int) -> Iterator[None]:
    """A change of a setting that asks for this many approvers."""
    declarations: Any = station.bus._parts.declarations
    declared = declarations[ChangeSetting]
    declarations[ChangeSetting] = dataclasses.replace(declared, four_eyes=dataclasses.replace(declared.four_eyes, approvers=approvers))
    try:
        yield
    finally:
        declarations[ChangeSetting] = declared


@pytest.mark.req("D01", "D02", "D03", "D05", "D06", "D07", "A04", "A11d-16", "P11-26")
def test_no_sequence_of_steps_executes_what_was_not_approved() -> None:
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    world = World(root / "station")
    ChangeMachine.world = world
    try:
        run_state_machine_as_test(
            ChangeMachine,
            settings=settings(
                max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
        report = verified(world.station)
        assert report.ok, report.findings[:3]
        counted = world.raw.execute("SELECT state, count(*) FROM change_request GROUP BY 1 ORDER BY 1").fetchall()
        print(counted)
        assert {state for state, _ in counted} >= {"executed", "rejected", "withdrawn", "expired"}
    finally:
        world.close()
        shutil.rmtree(root, ignore_errors=True)
