"""Who may do what: every command for every role, cell by cell, and whoever may do nothing at all (URS A02, A04, A14; 21 CFR 11.10(d), (g)).

The cells are made from the registry: a new command or role is in them at once. Each refusal is looked for in the trail, under the id of its command.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jope.bootstrap import Station
from jope.compliance.access.permissions import GMP_PERMISSIONS, Permission
from jope.compliance.access.roles import READ_ONLY_ROLES, ROLE_PERMISSIONS
from jope.compliance.bus.dispatch import CommandBus
from jope.compliance.commands import ChangeStored, Command, Declaration, SignatureInput
from jope.compliance.identity.commands import LockSession, SignIn
from jope.compliance.identity.model import AccountState
from jope.compliance.identity.sessions import Standing
from jope.kernel.errors import (
    AccountDisabledError,
    AccountLockedError,
    AuthenticationError,
    CredentialDueError,
    DeniedError,
    JopeError,
    PermissionDeniedError,
    SessionEndedError,
    StatementDueError,
    TrainingDueError,
)
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.blanks import ASKED_BY_SESSION, DECLARED, blank
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, verified
from tests.support.handlers import in_a_handler
from tests.support.lines import add_person
from tests.support.training import published

PEOPLE = {
    "operator": "D-OPER", "supervisor": "D-SUPER", "qa": "D-QA", "qp": "D-QP", "admin": "D-ADMIN", "validation": "D-VALID",
    "inspector": "D-INSP", "emergency": "E-EMERG",
}  # fmt: skip
_DAY_US = 86_400_000_000


@dataclasses.dataclass
class Gate:
    """A station, and what was refused at it so far."""

    station: Station
    crew: Crew
    clock: SetClock
    refused: dict[str, tuple[Command, JopeError]] = dataclasses.field(default_factory=dict)
    """Command id -> the command and its error, since the ledger was last looked at."""

    def token(self, who: str) -> str:
        """The open session of a person, opened anew where it ended."""
        known = self.crew.tokens.get(who)
        if known is not None and self.station.sessions.standing(known).state is not Standing.OPEN:
            del self.crew.tokens[who]
        return self.crew.token(who)

    def outcome(self, command: Command, token: str | None, signature: SignatureInput | None = None, bus: CommandBus | None = None) -> Any:
        """The error of a command, or what it returned. No throttle stands before it."""
        used = bus or self.station.bus
        used._rate._failures.clear()
        for throttle in self.station.bus._parts.authenticator._throttles.values():
            throttle._failures.clear()
        try:
            return used.dispatch(command, token, signature)
        except JopeError as error:
            self.refused[command.command_id] = (command, error)
            return error

    def is_in_the_ledger(self) -> None:
        """Every refusal so far is an event that says so, under the id of its command."""
        rows = self.station._ask(
            "SELECT o.command_id, json_extract(a.body, '$.outcome') FROM command_outcome o JOIN audit a USING (seq)", ()
        )
        outcomes: dict[str, str] = dict(rows)
        refused, self.refused = self.refused, {}
        wrong = [
            (type(command).__name__, error, outcomes.get(command_id))
            for command_id, (command, error) in refused.items()
            if outcomes.get(command_id) not in (("denied",) if isinstance(error, DeniedError) else ("refused", "failed"))
        ]
        assert wrong == []


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """One station for the whole file."""
    clock = SetClock()
    with plain_station(tmp_path_factory.mktemp("matrix") / "station", prepared=False, clock=clock) as station:
        add_person(station, "E-EMERG", "emergency", "*")
        yield Gate(station, Crew(station), clock)


def _signed_as(who: str, declaration: Declaration) -> SignatureInput | None:
    """The right password of a person over a sheet that nobody was shown."""
    if declaration.meaning is None:
        return None
    return SignatureInput(employee_id=who, password=DEMO_PASSWORD, meaning=declaration.meaning, shown_hash="0" * 64)


# --- roles -----------------------------------------------------------------------------------------------------------


def _may(role: str, declaration: Declaration) -> bool:
    reads = declaration.while_idle or declaration.permission is Permission.DATA_EXPORT
    return declaration.permission in ROLE_PERMISSIONS[role] and (reads or role not in READ_ONLY_ROLES)


@pytest.mark.req("P11-08", "A02", "A04", "A11d-16")
def test_every_role_is_walked_and_administration_holds_nothing_of_production() -> None:
    assert PEOPLE.keys() == ROLE_PERMISSIONS.keys()
    assert not ROLE_PERMISSIONS["admin"] & GMP_PERMISSIONS
    assert len(ASKED_BY_SESSION) > 80


@pytest.mark.req("P11-08", "A02", "A04", "A13", "A11d-16", "C06")
@pytest.mark.parametrize("role", sorted(PEOPLE))
def test_role_by_command_cell_by_cell(gate: Gate, role: str) -> None:
    """Whoever's role does not hold the permission is denied; whose does is let through, to whatever guard, record or signature comes next."""
    who, wrong = PEOPLE[role], []
    for kind, declaration in ASKED_BY_SESSION.items():
        command = blank(kind)
        signature = _signed_as(who, declaration) if declaration.witness else None
        outcome = gate.outcome(command, gate.token(who), signature)
        if isinstance(outcome, PermissionDeniedError) == _may(role, declaration):
            wrong.append((kind.__name__, outcome))
    assert wrong == []
    gate.is_in_the_ledger()


@pytest.mark.req("P11-08", "A02", "B06", "C06")
@pytest.mark.parametrize("role", sorted(PEOPLE.keys() - {"operator"}))
def test_a_second_person_whose_role_may_not_is_like_nobody(gate: Gate, role: str) -> None:
    who, wrong = PEOPLE[role], []
    for kind, declaration in ASKED_BY_SESSION.items():
        if not declaration.witness:
            continue
        outcome = gate.outcome(blank(kind), gate.token("D-OPER"), _signed_as(who, declaration))
        unknown = isinstance(outcome, AuthenticationError | PermissionDeniedError)
        # Nothing is there that the command names: whom the role lets sign learns that, whom it does not learns nothing either.
        if unknown and _may(role, declaration):
            wrong.append((kind.__name__, outcome))
        if isinstance(outcome, ChangeStored) or outcome is None:
            wrong.append((kind.__name__, outcome))
    assert wrong == []
    gate.is_in_the_ledger()


@pytest.mark.req("C06", "P11-06")
def test_a_trail_of_a_thousand_refusals_verifies(gate: Gate) -> None:
    report = verified(gate.station)
    assert report.ok, report.findings


# --- nobody ----------------------------------------------------------------------------------------------------------


@pytest.mark.req("P11-05", "P11-08", "A02", "C06")
@pytest.mark.parametrize("token", [None, "", "not a token"])
def test_nobody_does_nothing(gate: Gate, token: str | None) -> None:
    wrong = [kind.__name__ for kind in ASKED_BY_SESSION if not isinstance(gate.outcome(blank(kind), token), SessionEndedError)]
    assert wrong == []
    gate.is_in_the_ledger()


def _ended(gate: Gate, who: str) -> None:
    gate.station.sessions.end_of(who)


def _locked(gate: Gate, who: str) -> None:
    gate.station.dispatch(LockSession(cause="person"), gate.token(who))


def _left_alone(gate: Gate, who: str) -> None:
    gate.clock.mono_offset_us += 121_000_000


def _access_over(gate: Gate, who: str) -> None:
    gate.station.sessions.limit(who, gate.clock.now().utc_us - 1)


@pytest.mark.req("P11-05", "P11-26", "A08", "A13", "A15", "C06")
@pytest.mark.parametrize("ends", [_ended, _locked, _left_alone, _access_over], ids=lambda f: f.__name__)
def test_a_session_that_is_over_or_covered_does_nothing_but_end(gate: Gate, ends: Callable[[Gate, str], None]) -> None:
    who = "D-SUPER"
    token = gate.token(who)
    ends(gate, who)
    covered = ends in (_locked, _left_alone)
    asked = [kind for kind, declaration in ASKED_BY_SESSION.items() if not (covered and declaration.while_idle)]
    wrong = [kind.__name__ for kind in asked if not isinstance(gate.outcome(blank(kind), token), SessionEndedError)]
    gate.crew.tokens.clear()
    assert wrong == []
    gate.is_in_the_ledger()


# --- accounts that do not stand, though a session is open and the password is right -----------------------------------


def _must_not_run(*_: object, **__: object) -> None:
    raise AssertionError("the handler ran")


def _bare_bus(station: Station) -> CommandBus:
    """The station's bus with commands that nothing but the bus itself stands before: no guards, no records, and handlers that must not run."""
    parts = station.bus._parts
    bare = {
        kind: dataclasses.replace(d, guards=(), sheet=None, four_eyes=None, handler=_must_not_run, ports=frozenset(), keep_refusal=None)
        for kind, d in parts.declarations.items()
    }
    return CommandBus(dataclasses.replace(parts, declarations=bare))


def _empower(gate: Gate, who: str, **changed: Any) -> str:
    """An open session of a person who holds every permission."""
    token = gate.token(who)
    holder = gate.station.sessions.principal(token)
    gate.station.sessions.refresh(who, dataclasses.replace(holder, permissions=frozenset(Permission), **changed))
    return token


def _account(gate: Gate, who: str, **columns: Any) -> None:
    """Change an account behind the back of its session, as no command does."""
    changes = ", ".join(f"{name} = ?" for name in columns)
    in_a_handler(
        gate.station, lambda uow: uow.cursor.execute(f"UPDATE user_account SET {changes} WHERE employee_id = ?", (*columns.values(), who))
    )


STANDINGS: dict[str, tuple[dict[str, Any], type[JopeError]]] = {
    "disabled": ({"state": AccountState.DISABLED.value, "admitted": 0}, AccountDisabledError),
    "never activated": ({"password_state": "none", "state": AccountState.DISABLED.value}, AccountDisabledError),
    "without a password": ({"password_state": "none"}, AccountDisabledError),
    "locked": ({"state": AccountState.LOCKED.value}, AccountLockedError),
    "before its first day": ({"access_from_us": 2**52}, AccountDisabledError),
    "after its last day": ({"access_until_us": 1}, AccountDisabledError),
    "with a password of another": ({"password_state": "one_time"}, CredentialDueError),
    "with an expired password": ({"password_set_us": 1}, CredentialDueError),
}


@pytest.mark.req("P11-05", "P11-26", "A07", "A08", "A15", "B06", "C06")
@pytest.mark.parametrize("standing", STANDINGS)
def test_an_account_that_does_not_stand_signs_no_command_and_signs_in_nowhere(gate: Gate, standing: str) -> None:
    columns, expected = STANDINGS[standing]
    who = f"E-{list(STANDINGS).index(standing)}"
    add_person(gate.station, who, "supervisor", "*")
    gate.crew.accept(who)
    token = _empower(gate, who)
    bus, holder = _bare_bus(gate.station), gate.station.sessions.principal(token)
    _account(gate, who, **columns)
    wrong, signed = [], 0
    for kind, declaration in ASKED_BY_SESSION.items():
        if declaration.meaning is None:
            continue
        command = blank(kind)
        with gate.station._guarding(holder) as context, gate.station._looking() as cursor:
            shown = bus.sheet(command, context, cursor).record_hash
        signature = SignatureInput(employee_id=who, password=DEMO_PASSWORD, meaning=declaration.meaning, shown_hash=shown)
        outcome, signed = gate.outcome(command, token, signature, bus), signed + 1
        if not isinstance(outcome, expected):
            wrong.append((kind.__name__, outcome))
    assert wrong == []
    assert signed > 25
    gate.is_in_the_ledger()
    assert isinstance(gate.outcome(SignIn(employee_id=who, password=DEMO_PASSWORD), None), expected)
    gate.refused.clear()  # what was typed at sign-in is filed under the account that was tried, not under the command
    failed = "SELECT count(*) FROM audit JOIN audit_subject USING (seq) WHERE kind = 'user' AND id = ? AND action IN (?, ?)"
    ((events,),) = gate.station._ask(failed, (who, "authentication.failed", "command.denied"))
    assert events > signed


@pytest.mark.req("B09", "P11-05", "P11-10")
def test_nobody_signs_any_command_before_the_accountability_statement_but_its_acceptance(gate: Gate) -> None:
    add_person(gate.station, "E-NEW", "supervisor", "*")
    token = _empower(gate, "E-NEW")
    bus, holder = _bare_bus(gate.station), gate.station.sessions.principal(token)
    wrong = []
    for kind, declaration in ASKED_BY_SESSION.items():
        if declaration.meaning is None or declaration.opens_signing:
            continue
        command = blank(kind)
        with gate.station._guarding(holder) as context, gate.station._looking() as cursor:
            shown = bus.sheet(command, context, cursor).record_hash
        signature = SignatureInput(employee_id="E-NEW", password=DEMO_PASSWORD, meaning=declaration.meaning, shown_hash=shown)
        outcome = gate.outcome(command, token, signature, bus)
        if not isinstance(outcome, StatementDueError):
            wrong.append((kind.__name__, outcome))
    assert wrong == []
    gate.is_in_the_ledger()


# --- training and inspection -----------------------------------------------------------------------------------------


@pytest.mark.req("I02", "B13", "P11-10", "C06")
def test_no_command_that_training_is_required_for_is_given_untrained(gate: Gate) -> None:
    published(gate.crew, "SOP-ALL")
    due = [kind for kind, declaration in ASKED_BY_SESSION.items() if declaration.waits_for_training]
    assert len(due) > 60

    def require(uow: Any) -> None:
        for kind in due:
            name = kind.__name__
            uow.cursor.execute(
                "INSERT INTO training_requirement (id, kind, key, sop_id, since_us, active, version) VALUES (?, 'action', ?, 'SOP-ALL', 1, 1, 1)",
                (f"action:{name}:SOP-ALL", name),
            )

    in_a_handler(gate.station, require)
    add_person(gate.station, "E-RAW", "supervisor", "*")
    wrong = []
    try:
        for kind, declaration in ASKED_BY_SESSION.items():
            if kind in due:
                signature = _signed_as("E-RAW", declaration) if declaration.witness else None
                outcome = gate.outcome(blank(kind), _empower(gate, "E-RAW"), signature)
                if not isinstance(outcome, TrainingDueError):
                    wrong.append((kind.__name__, outcome))
        assert wrong == []
        gate.is_in_the_ledger()
    finally:
        in_a_handler(gate.station, lambda uow: uow.cursor.execute("UPDATE training_requirement SET active = 0"))


@pytest.mark.req("A13", "P11-08", "C06")
def test_an_inspector_writes_nothing_whatever_the_role_was_given(gate: Gate) -> None:
    writes = {
        kind: d for kind, d in ASKED_BY_SESSION.items() if not d.while_idle and d.permission is not Permission.DATA_EXPORT and not d.witness
    }  # fmt: skip
    wrong = []
    for kind in writes:
        outcome = gate.outcome(blank(kind), _empower(gate, "D-INSP"))
        if not isinstance(outcome, PermissionDeniedError):
            wrong.append((kind.__name__, outcome))
    gate.crew.tokens.pop("D-INSP")
    assert wrong == []
    assert len(writes) > 70
    gate.is_in_the_ledger()


@pytest.mark.req("P04", "A02")
def test_what_carries_id_and_password_itself_is_no_way_past_a_session() -> None:
    assert {kind.__name__ for kind in DECLARED.keys() - ASKED_BY_SESSION.keys()} == {"SignIn", "UnlockSession", "ChangePassword"}
