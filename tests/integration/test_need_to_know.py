"""Change requests are legible to who needs to know: who asked, who may approve, quality assurance, auditors and inspectors (URS A14, D05; 21 CFR 11.10(d))."""

from __future__ import annotations

import pytest

from jope.bootstrap import Station
from jope.compliance.access.permissions import Permission
from jope.compliance.access.scope import Sight, sight_of
from jope.compliance.authority.commands import ChangeRole
from jope.compliance.changes.commands import ApproveChange, SubmitChange
from jope.compliance.changes.queries import change, changes
from jope.compliance.commands import SignatureInput
from jope.compliance.identity.commands import DisableUser, SignIn
from jope.compliance.people.commands import ChangeUser, ReviewDisabling, UnlockUser
from jope.compliance.people.queries import disablings_to_review
from jope.compliance.settings.commands import ChangeSetting
from jope.kernel.errors import DeniedError, NotFoundError, PermissionDeniedError
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.demo import Crew
from tests.support.lines import OTHER_LINE, add_line, add_person

_SETTING = ChangeSetting(key="access.dormant_days", value="60", reason="as the procedure says")


def _asked(crew: Crew, who: str, command: object) -> str:
    request: str = crew.do(who, command).request_id  # type: ignore[arg-type]
    crew.sign(who, SubmitChange(request_id=request))
    return request


def _read(crew: Crew, who: str) -> set[str]:
    return {row.request_id for row in crew.station.read(changes, crew.token(who))}


@pytest.mark.req("A14", "D05", "P11-05")
def test_whoever_has_no_part_in_a_request_does_not_read_it(crew: Crew, station: Station) -> None:
    request = _asked(crew, "D-ADMIN", _SETTING)
    for who in ("D-ADMIN", "D-QA", "D-QP", "D-VALID", "D-INSP"):
        assert request in _read(crew, who)
        assert crew.station.read(change, crew.token(who), request_id=request).requester == "D-ADMIN"
    assert _read(crew, "D-OPER") == set()
    with pytest.raises(NotFoundError):
        station.read(change, crew.token("D-OPER"), request_id=request)


@pytest.mark.req("A14", "D05")
def test_who_may_approve_one_kind_reads_this_kind_and_who_asked_reads_the_own(crew: Crew, station: Station) -> None:
    add_person(station, "W-1", "operator", "*")
    held = {p for (p,) in station._ask("SELECT permission FROM role_permission WHERE role = 'operator' AND held = 1", ())}
    witnesses = ChangeRole(role="operator", permissions=tuple(sorted(held | {"user.witness_unlock"})), reason="witnesses on the floor")
    request = _asked(crew, "D-ADMIN", witnesses)
    crew.sign("D-QA", ApproveChange(request_id=request))
    for _ in range(3):
        with pytest.raises(DeniedError):
            station.dispatch(SignIn(employee_id="D-SUPER", password="a guess"))
    setting = _asked(crew, "D-ADMIN", _SETTING)
    unlock = _asked(crew, "D-ADMIN", UnlockUser(employee_id="D-SUPER", how="card", reason="a stranger"))
    assert _read(crew, "W-1") == {unlock}
    own = sight_of("*", "D-OPER", frozenset({Permission.SIGN_IN}), {})
    assert own == Sight("*", "D-OPER")
    with station._reading("*", "D-ADMIN", Sight("*", "D-ADMIN")) as reader:
        assert {row.request_id for row in changes(reader)} >= {setting, unlock}
    with station._reading("*", "D-QA", Sight("*", "D-QA")) as reader:
        assert {row.request_id for row in changes(reader)} == {request}


@pytest.mark.req("A14", "P11-05")
def test_a_request_about_a_person_of_another_line_is_read_and_approved_on_that_line(crew: Crew, station: Station) -> None:
    add_line(station)
    for who, role, line in (
        ("L1-OPER", "operator", OTHER_LINE),
        ("L1-QA", "qa", OTHER_LINE),
        ("L3-QA", "qa", "L3"),
        ("L3-OPER", "operator", "L3"),
    ):
        add_person(station, who, role, line)
    theirs = ChangeUser(
        employee_id="L3-OPER", name="Other Name", role="operator", line="L3", access_from="", access_until="", reason="married"
    )
    request, of_all = _asked(crew, "D-ADMIN", theirs), _asked(crew, "D-ADMIN", _SETTING)
    assert _read(crew, "L1-QA") == {of_all}
    assert _read(crew, "L3-QA") == {request, of_all}
    error = crew.refused(lambda: crew.sign("L1-QA", ApproveChange(request_id=request)))
    assert isinstance(error, NotFoundError | PermissionDeniedError)
    assert crew.sign("L3-QA", ApproveChange(request_id=request)).state == "executed"


@pytest.mark.req("A14", "A12", "P11-05")
def test_why_somebody_was_disabled_is_read_and_reviewed_on_their_line(crew: Crew, station: Station) -> None:
    add_line(station)
    for who, role, line in (("L1-OPER", "operator", OTHER_LINE), ("L1-QA", "qa", OTHER_LINE), ("L3-QA", "qa", "L3")):
        add_person(station, who, role, line)
    crew.do("D-ADMIN", DisableUser(employee_id="L1-OPER", reason="suspected of a theft"))
    assert station.read(disablings_to_review, crew.token("L3-QA")) == ()
    ((disabling,),) = station._ask("SELECT id FROM user_disabling", ())
    review = ReviewDisabling(disabling_id=disabling, review="fine")
    crew.accept("L3-QA")
    shown = station.sheet(review, crew.token("D-QA"))
    given = SignatureInput(employee_id="L3-QA", password=DEMO_PASSWORD, meaning=shown.meaning, shown_hash=shown.record_hash)
    with pytest.raises(PermissionDeniedError):
        station.dispatch(review, crew.token("L3-QA"), given)
    assert [row.employee_id for row in station.read(disablings_to_review, crew.token("L1-QA"))] == ["L1-OPER"]
    crew.sign("L1-QA", ReviewDisabling(disabling_id=disabling, review="it was right"))
    assert station.read(disablings_to_review, crew.token("D-QA")) == ()
