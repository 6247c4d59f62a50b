"""A demo station begins as any other: two founders, then everybody else by change request."""

from __future__ import annotations

from pathlib import Path

from jope.bootstrap import FounderEntry, Station, commission_station
from jope.compliance.changes.commands import ApproveChange, SubmitChange
from jope.compliance.identity.commands import ChangePassword
from jope.compliance.people.commands import CreateUser, RecordIdentityCheck
from jope.compliance.settings.profiles import DEFAULT_PROFILE
from jope.kernel.settings.files import StationFile
from jope.services.provisioning import demo_data as demo
from jope.services.provisioning.commands import AdoptPolicy
from jope.services.provisioning.preparation import accept_statement, sign_and_dispatch, signed_in


def commission_demo_station(root: Path, *, line: str = "L3", zone: str = "Europe/Vienna") -> None:
    """Begin a demo station as any other: two founders, each with a password of their own."""
    settings = StationFile(station_id=f"DEMO-{line}", site="Demo site", line=line, zone=zone, demo=True)
    admin, quality = (
        FounderEntry(who, demo.DEMO_PEOPLE[who][0], demo.FOUNDER_PASSWORDS[who], "demo identity document, seen by the other founder")
        for who in demo.FOUNDERS
    )
    commission_station(root, settings, admin, quality, profile=DEFAULT_PROFILE)


def bring_in_demo_people(station: Station) -> list[str]:
    """Everybody else comes in by change request, identity check, first password and a password of their own. Returns the ids, founders first."""
    for who in demo.FOUNDERS:
        station.dispatch(ChangePassword(employee_id=who, password=demo.FOUNDER_PASSWORDS[who], new_password=demo.DEMO_PASSWORD))
    admin, quality = demo.FOUNDERS
    with signed_in(station, admin) as at_admin, signed_in(station, quality) as at_quality:
        for who, token in ((admin, at_admin), (quality, at_quality)):
            accept_statement(station, token, who)
            adopt = AdoptPolicy(profile=DEFAULT_PROFILE, reason="the site's password procedure follows 21 CFR 11.300(b)")
            sign_and_dispatch(station, adopt, token, who)
        for who in demo.DEMO_PEOPLE:
            if who not in demo.FOUNDERS:
                _bring_in(station, who, at_admin, at_quality)
    return [*demo.FOUNDERS, *(who for who in demo.DEMO_PEOPLE if who not in demo.FOUNDERS)]


def _bring_in(station: Station, who: str, at_admin: str, at_quality: str) -> None:
    admin, quality = demo.FOUNDERS
    name, role = demo.DEMO_PEOPLE[who]
    until = demo.DEMO_EXPIRY if role == "inspector" else ""
    command = CreateUser(employee_id=who, name=name, role=role, line="*", access_until=until, reason="works at the demo line")
    request: str = station.dispatch(command, at_admin).request_id
    sign_and_dispatch(station, SubmitChange(request_id=request), at_admin, admin)
    sign_and_dispatch(station, ApproveChange(request_id=request), at_quality, quality)
    document = station.keep_document(f"Demo identity document of {name}".encode(), at_quality)
    check = RecordIdentityCheck(
        check_id=f"ID-{who}", employee_id=who, how="demo identity document", document_name="identity.txt", document_hash=document
    )
    sign_and_dispatch(station, check, at_quality, quality)
    first = station.issue_password(who, at_admin)
    station.dispatch(ChangePassword(employee_id=who, password=first, new_password=demo.DEMO_PASSWORD))
