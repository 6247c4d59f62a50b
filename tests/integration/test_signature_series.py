"""Series of signatures: one in full, the next ones with the password alone, and everything that ends it (21 CFR 11.200(a)(1)(i)-(ii))."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest

from jope.bootstrap import Station
from jope.compliance.commands import SignatureInput
from jope.compliance.identity.commands import LockSession, SignIn, SignOut, UnlockSession
from jope.compliance.identity.sessions import SERIES_SECONDS
from jope.kernel.errors import (
    AuthenticationError,
    ForbiddenStatementError,
    PermissionDeniedError,
    RecordChangedError,
    SeriesEndedError,
    SessionEndedError,
)
from jope.plant.batches import commands as c
from jope.plant.materials.commands import ReceiveLot, RejectLot, ReleaseLot
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, certified, to_execution, verified
from tests.support.rules import set_rule

_PROOF = (
    "SELECT json_extract(p.payload, '$.details.proof'), s.id FROM signature s JOIN audit_subject e ON e.kind = 'signature' AND e.id = s.id "
    "JOIN audit_payload p ON p.seq = e.seq WHERE s.subject_kind = 'lot' AND s.subject_id LIKE 'Q-%' ORDER BY s.target_seq"
)


def _lots(crew: Crew, *numbers: int) -> None:
    for n in numbers:
        crew.do(
            "D-SUPER",
            ReceiveLot(lot_no=f"Q-{n}", material_code="MG-CIT", receiving_no="RC", quantity="5.00", unit="g", expiry="2028-01-01"),
        )
        certified(crew, f"Q-{n}")


def _short(crew: Crew, lot: int, series: str, *, employee_id: str = "", password: str = DEMO_PASSWORD, who: str = "D-QA") -> None:
    """Sign the release of a lot inside a series."""
    command = ReleaseLot(lot_no=f"Q-{lot}")
    sheet = crew.station.sheet(command, crew.token(who))
    given = SignatureInput(employee_id=employee_id, password=password, meaning=sheet.meaning, shown_hash=sheet.record_hash, series=series)
    crew.station.dispatch(command, crew.token(who), given)


def _opened(crew: Crew) -> str:
    """Lots in quarantine, and a series of D-QA on the page of the queue that the first of them opened; its token."""
    set_rule(crew.station, "ReleaseLot", series=True)
    _lots(crew, 1, 2, 3)
    crew.accept("D-QA")
    crew.station.enter(crew.token("D-QA"), "queue")
    crew.sign("D-QA", ReleaseLot(lot_no="Q-1"))
    return crew.station.fetch_series(crew.token("D-QA"))


@pytest.mark.req("B10", "P11-23", "P11-24")
def test_it_is_off_at_first(crew: Crew, station: Station) -> None:
    _lots(crew, 1, 2)
    station.enter(crew.token("D-QA"), "queue")
    crew.sign("D-QA", ReleaseLot(lot_no="Q-1"))
    assert station.fetch_series(crew.token("D-QA")) == ""
    assert isinstance(crew.refused(lambda: _short(crew, 2, "x" * 43)), SeriesEndedError)
    assert not any(rule.series for rule in station.matrix.rules())


@pytest.mark.req("B10", "B12", "P11-23", "A11d-25")
def test_one_full_signature_opens_it_and_each_of_the_rest_says_which(crew: Crew, station: Station) -> None:
    series = _opened(crew)
    assert len(series) >= 43
    assert station.fetch_series(crew.token("D-QA")) == "", "it is handed out once"
    _short(crew, 2, series)
    _short(crew, 3, series, employee_id="D-QA")
    rows = [(json.loads(proof), id_) for proof, id_ in station._commands.run(lambda: station._store.cursor.execute(_PROOF).fetchall())]
    assert rows[0][0] == {"abbreviated": False}
    assert [proof for proof, _ in rows[1:]] == [{"abbreviated": True, "opened_by": rows[0][1]}] * 2
    assert verified(station).ok


def _lock(crew: Crew, clock: SetClock) -> None:
    token = crew.token("D-QA")
    crew.station.dispatch(LockSession(cause="person"), token)
    crew.station.dispatch(UnlockSession(employee_id="D-QA", password=DEMO_PASSWORD), token)


def _idle(crew: Crew, clock: SetClock) -> None:
    clock.pass_seconds(121)
    crew.station.dispatch(UnlockSession(employee_id="D-QA", password=DEMO_PASSWORD), crew.token("D-QA"))


def _other_page(crew: Crew, clock: SetClock) -> None:
    crew.station.enter(crew.token("D-QA"), "batch")
    crew.station.enter(crew.token("D-QA"), "queue")


def _wrong_password(crew: Crew, clock: SetClock) -> None:
    running = next(p.running for p in crew.station.sessions._live.values() if p.running is not None)
    assert isinstance(crew.refused(lambda: _short(crew, 2, running.token, password="guess")), AuthenticationError)


def _wrong_password_in_full(crew: Crew, clock: SetClock) -> None:
    command = ReleaseLot(lot_no="Q-2")
    wrong = crew.signature("D-QA", "D-QA", command, password="guess")
    assert isinstance(crew.refused(lambda: crew.station.dispatch(command, crew.token("D-QA"), wrong)), AuthenticationError)


def _five_minutes(crew: Crew, clock: SetClock) -> None:
    for _ in range(5):
        clock.pass_seconds(SERIES_SECONDS / 5)
        crew.station.touch(crew.token("D-QA"))


def _wall_clock_back(crew: Crew, clock: SetClock) -> None:
    """The wall clock is set back while five minutes pass; the monotonic clock goes on."""
    _five_minutes(crew, clock)
    clock.wall_offset_us -= 400_000_000


def _another_signs_in(crew: Crew, clock: SetClock) -> None:
    crew.tokens.pop("D-SUPER", None)
    crew.token("D-SUPER")


def _another_signs_here(crew: Crew, clock: SetClock) -> None:
    """A second person begins to sign at the session that the series runs in."""
    batch_no = "B-1"
    crew.station.sessions.enter(crew.token("D-QA"), "queue")
    verify = c.VerifyClearance(batch_no=batch_no)
    given = SignatureInput(
        employee_id="D-SUPER", password="guess", meaning=crew.station.matrix.rule("VerifyClearance").meaning, shown_hash="0" * 64
    )  # type: ignore[arg-type]
    crew.refused(lambda: crew.station.dispatch(verify, crew.token("D-QA"), given))


@pytest.mark.req("B10", "P11-23", "P11-24", "P11-31")
@pytest.mark.parametrize(
    "end", [_lock, _idle, _other_page, _wrong_password, _wrong_password_in_full, _five_minutes, _another_signs_in, _another_signs_here]
)
def test_it_ends(crew: Crew, station: Station, clock: SetClock, end: Callable[[Crew, SetClock], None]) -> None:
    series = _opened(crew)
    end(crew, clock)
    assert isinstance(crew.refused(lambda: _short(crew, 2, series)), SeriesEndedError)
    assert station.series_left(crew.token("D-QA")) == 0.0
    crew.sign("D-QA", ReleaseLot(lot_no="Q-2"))


@pytest.mark.req("B10", "P11-23", "C12")
def test_the_wall_clock_does_not_prolong_it(crew: Crew, clock: SetClock) -> None:
    series = _opened(crew)
    _wall_clock_back(crew, clock)
    assert isinstance(crew.refused(lambda: _short(crew, 2, series)), SeriesEndedError)


@pytest.mark.req("B10", "P11-23")
def test_use_does_not_prolong_it(crew: Crew, station: Station, clock: SetClock) -> None:
    series = _opened(crew)
    for _ in range(3):
        clock.pass_seconds(80)
        station.touch(crew.token("D-QA"))
    _short(crew, 2, series)
    clock.pass_seconds(61)
    assert isinstance(crew.refused(lambda: _short(crew, 3, series)), SeriesEndedError)


@pytest.mark.req("B10", "P11-24")
def test_sign_out_ends_it_and_the_token_serves_no_later_session(crew: Crew, station: Station) -> None:
    series = _opened(crew)
    old = crew.tokens.pop("D-QA")
    station.dispatch(SignOut(), old)
    station.enter(crew.token("D-QA"), "queue")
    assert isinstance(crew.refused(lambda: _short(crew, 2, series)), SeriesEndedError)
    crew.tokens["D-QA"] = old
    assert isinstance(crew.refused(lambda: _short(crew, 2, series)), SessionEndedError)


@pytest.mark.req("B10", "P11-25", "A06")
def test_a_stolen_token_serves_nobody_else(crew: Crew, station: Station) -> None:
    """Another person of the same role, at a session of their own and on the same page."""
    crew.token("D-QP")
    series = _opened(crew)
    station.enter(crew.token("D-QP"), "queue")
    command = ReleaseLot(lot_no="Q-2")
    sheet = station.sheet(command, crew.token("D-QA"))
    given = SignatureInput(employee_id="", password=DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash, series=series)
    error = crew.refused(lambda: station.dispatch(command, crew.token("D-QP"), given))
    assert isinstance(error, SeriesEndedError)
    other = dataclasses.replace(given, employee_id="D-QP")
    error = crew.refused(lambda: station.dispatch(ReleaseLot(lot_no="Q-2"), crew.token("D-QA"), other))
    assert isinstance(error, SeriesEndedError)
    assert isinstance(crew.refused(lambda: _short(crew, 2, "A" * 43)), SeriesEndedError)
    assert series not in repr(given)


@pytest.mark.req("B10", "B07", "P11-23")
def test_a_second_person_has_no_part_in_the_first_ones_series(crew: Crew, station: Station) -> None:
    set_rule(station, "PerformClearance", series=True)
    set_rule(station, "VerifyClearance", series=True)
    crew.do("D-SUPER", c.CreateBatch(batch_no="B-1", recipe_id="MG-25", line="L3", product_lot="PL"))
    crew.do("D-SUPER", c.ReleaseBatchToFloor(batch_no="B-1"))
    crew.accept("D-SUPER")
    crew.accept("D-OPER")
    station.enter(crew.token("D-OPER"), "clearance")
    checks = station._commands.run(lambda: station._store.cursor.execute("SELECT check_id FROM line_check").fetchall())
    crew.sign("D-OPER", c.PerformClearance(batch_no="B-1", answers=tuple(c.ClearanceAnswer(id_, True) for (id_,) in checks)))
    series = station.fetch_series(crew.token("D-OPER"))
    assert series
    given = dataclasses.replace(crew.signature("D-OPER", "D-SUPER", c.VerifyClearance(batch_no="B-1")), series=series)
    error = crew.refused(lambda: station.dispatch(c.VerifyClearance(batch_no="B-1"), crew.token("D-OPER"), given))
    assert isinstance(error, SeriesEndedError)
    own = dataclasses.replace(given, employee_id="")
    error = crew.refused(lambda: station.dispatch(c.VerifyClearance(batch_no="B-1"), crew.token("D-OPER"), own))
    assert isinstance(error, PermissionDeniedError), "the operator's own series and password do not verify the operator's work"
    crew.sign("D-OPER", c.VerifyClearance(batch_no="B-1"), signer="D-SUPER")
    assert station.fetch_series(crew.token("D-OPER")) == "", "the second person opens none in the session of the first"


@pytest.mark.req("B10", "P11-23", "P11-17")
def test_verification_looks_the_opening_signature_up(crew: Crew, station: Station) -> None:
    """A signature that names another one as the opening of its series, as a faulty registry would have it."""
    series = _opened(crew)
    others = station._commands.run(lambda: station._store.cursor.execute("SELECT id FROM signature ORDER BY target_seq LIMIT 1").fetchone())
    running = next(p.running for p in station.sessions._live.values() if p.running is not None)
    running.series = dataclasses.replace(running.series, opened_by=others[0])
    _short(crew, 2, series)
    messages = [finding.message for finding in verified(station).findings]
    assert len(messages) == 1
    assert "did not open its series" in messages[0]


@pytest.mark.req("B10", "G02", "P11-23")
def test_a_release_is_signed_in_full_whatever_the_matrix_says(crew: Crew, station: Station) -> None:
    for action in ("ReleaseBatch", "CertifyBatch"):
        with pytest.raises(ForbiddenStatementError):
            set_rule(station, action, series=True)
    series = _opened(crew)
    command = c.ReleaseBatch(batch_no="B-1")
    to_execution(crew, "B-1")
    series = series if station.series_left(crew.token("D-QA")) else ""
    station.enter(crew.token("D-QA"), "queue")
    crew.sign("D-QA", ReleaseLot(lot_no="Q-2"))
    series = station.fetch_series(crew.token("D-QA"))
    given = dataclasses.replace(crew.signature("D-QA", "D-QA", command), series=series, employee_id="")
    error = crew.refused(lambda: station.dispatch(command, crew.token("D-QA"), given))
    assert isinstance(error, SeriesEndedError)
    assert "each time" in error.message
    _short(crew, 3, series)


@pytest.mark.req("B10", "B04", "B12")
def test_a_record_that_changed_since_it_was_shown_is_not_signed_in_a_series_either(crew: Crew, station: Station) -> None:
    series = _opened(crew)
    sheet = station.sheet(ReleaseLot(lot_no="Q-2"), crew.token("D-QA"))
    crew.do("D-QA", RejectLot(lot_no="Q-2", reason="damaged drum"))
    given = SignatureInput(employee_id="", password=DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash, series=series)
    assert isinstance(crew.refused(lambda: station.dispatch(ReleaseLot(lot_no="Q-2"), crew.token("D-QA"), given)), RecordChangedError)
    _short(crew, 3, series)


@pytest.mark.req("B12", "B07", "G02")
def test_the_queue_holds_what_this_person_may_sign(crew: Crew, station: Station) -> None:
    _lots(crew, 1, 2)
    to_execution(crew, "B-1")
    waits = {who: [item.title for item in station.signing_queue(crew.token(who))] for who in ("D-OPER", "D-SUPER", "D-QA", "D-QP")}
    assert waits == {"D-OPER": [], "D-SUPER": [], "D-QA": ["Release lot Q-1", "Release lot Q-2"], "D-QP": []}
    crew.sign("D-QA", ReleaseLot(lot_no="Q-1"))
    (item,) = station.signing_queue(crew.token("D-QA"))
    assert (item.command, item.meaning, item.series) == (ReleaseLot(lot_no="Q-2", command_id=item.command.command_id), "approval", False)
    assert item.since_utc_us <= station.clock.now().utc_us
    with pytest.raises(SessionEndedError):
        station.signing_queue(None)
    assert station.dispatch(SignIn(employee_id="D-QA", password=DEMO_PASSWORD)).employee_id == "D-QA"
