"""Change requests, people, roles, settings and the access review as people meet them (URS A01, A05, A11, A17, D01, D05)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jope_ui.dialogs.first_password import FirstPasswordSheet
from jope_ui.dialogs.why import WhySheet
from jope_ui.views.changes import ChangesPage
from jope_ui.views.people import PeoplePage
from jope_ui.views.registers import RegistersPage
from jope_ui.views.reviews import ReviewsPage
from jope_ui.widgets.labels import Text
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from jope.bootstrap import Station
from jope.compliance.authority.commands import BreakGlass, EndBreakGlass, OpenAccessReview
from jope.compliance.authority.queries import deputies, emergencies
from jope.compliance.changes.commands import ApproveChange, SubmitChange, WitnessChange
from jope.compliance.changes.queries import change, changes
from jope.compliance.identity.commands import DisableUser, SignIn, SignOut
from jope.compliance.people.commands import CreateUser, RecordIdentityCheck, UnlockUser
from jope.compliance.people.queries import account, badges, disablings_to_review, factor_tests, roles
from jope.compliance.recovery.proving import Claim
from jope.compliance.recovery.queries import recoveries_to_review
from jope.compliance.settings.commands import ChangeSetting
from jope.kernel.clock import site_text
from jope.kernel.errors import DeniedError
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from jope.services.provisioning.queries import letters
from tests.support.clocks import SetClock
from tests.support.demo import Crew
from tests.ui.conftest import PANELS, Client, OpenClient

NEW = CreateUser(employee_id="E-1001", name="New Operator", role="operator", line="*", reason="joins the line on Monday")


def keep_picture(client: Client, name: str) -> None:
    """Keep a picture of the window where the environment names a folder for it."""
    folder = os.environ.get("JOPE_PICTURES")
    if folder:
        client.qtbot.wait(80)
        client.window.grab().save(str(Path(folder) / f"{name}-{client.window.width()}.png"))


def leave(station: Station, crew: Crew) -> None:
    for token in crew.tokens.values():
        station.dispatch(SignOut(), token)
    crew.tokens.clear()


def go(client: Client, key: str) -> QWidget:
    """Open a page and wait until everything that it reads is there."""
    client.window.go(key)
    client.qtbot.waitUntil(lambda: client.window.key == key and client.window.pages[key].shown, timeout=10_000)
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy)
    return client.window.pages[key]


def choose(client: Client, page: PeoplePage, who: str) -> None:
    """Choose a person and wait until everything about them is there."""
    page.table.choose([one.employee_id for one in page.model.rows].index(who))
    client.qtbot.waitUntil(lambda: who in page.facts.text() and not client.window.client.queries.busy, timeout=10_000)
    client.qtbot.wait(50)


def confirm(client: Client, who: str, meaning: str) -> None:
    """Fill the signature sheet and sign."""
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is not None, timeout=10_000)
    client.choose(meaning)
    client.type("signature-id", who)
    client.type("signature-password", DEMO_PASSWORD)
    client.click("signature-sign")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is None, timeout=10_000)


def states(station: Station) -> dict[str, str]:
    crew = Crew(station)
    found = {row.command: row.state for row in station.read(changes, crew.token("D-VALID"))}
    leave(station, crew)
    return found


@pytest.mark.req("A01", "A17", "D01", "D05")
@pytest.mark.parametrize("panel", list(PANELS))
def test_an_administrator_asks_for_a_person_and_quality_approves(open_client: OpenClient, station: Station, panel: str) -> None:
    crew = Crew(station)
    crew.accept("D-ADMIN")
    crew.accept("D-QA")
    leave(station, crew)
    client = open_client(panel, "D-ADMIN")
    go(client, "people")
    keep_picture(client, "people")
    client.click("people-create")
    client.type("people-create-sheet-employee_id", NEW.employee_id)
    client.type("people-create-sheet-name", NEW.name)
    client.click("people-create-sheet-role-operator")
    client.type("people-create-sheet-reason", NEW.reason)
    keep_picture(client, "people-create")
    client.click("people-create-sheet-give")
    client.qtbot.waitUntil(lambda: client.window.key == "changes" and client.window.pages["changes"].shown, timeout=10_000)
    client.click("changes-submit")
    confirm(client, "D-ADMIN", "authorship")
    keep_picture(client, "changes-mine")
    client.click("nav-sign-out")
    client.sign_in("D-QA")
    go(client, "changes")
    keep_picture(client, "changes-approve")
    client.click("changes-approve")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is not None, timeout=10_000)
    keep_picture(client, "changes-signature")
    confirm(client, "D-QA", "approval")
    client.qtbot.waitUntil(lambda: station.read(account, client.window.client.session.token, employee_id="E-1001").admitted, timeout=10_000)
    go(client, "roles")
    keep_picture(client, "roles")
    go(client, "settings")
    keep_picture(client, "settings")
    client.click("nav-sign-out")
    assert states(station)["CreateUser"] == "executed"


@pytest.mark.req("A05", "A06", "P11-19", "P11-26")
def test_a_first_password_is_handed_over_and_changed_at_the_first_sign_in(
    open_client: OpenClient, station: Station, tmp_path: Path
) -> None:
    crew = Crew(station)
    request = crew.do("D-ADMIN", NEW).request_id
    crew.sign("D-ADMIN", SubmitChange(request_id=request))
    crew.sign("D-QA", ApproveChange(request_id=request))
    leave(station, crew)
    client = open_client("wxga-12.1", "D-ADMIN")
    page = go(client, "people")
    assert isinstance(page, PeoplePage)
    ids = [one.employee_id for one in page.model.rows]
    page.table.choose(ids.index("E-1001"))
    client.qtbot.waitUntil(lambda: "identity" in page.buttons["password"].reason.text(), timeout=10_000)
    keep_picture(client, "people-identity-due")
    (tmp_path / "card.png").write_bytes(b"scan of a card")
    client.click("nav-sign-out")
    client.sign_in("D-QA")  # who hands the password out is not who checked the identity
    page = go(client, "people")
    assert isinstance(page, PeoplePage)
    page.identify(page.model.rows[ids.index("E-1001")], tmp_path / "card.png")
    client.type("people-identify-sheet-how", "identity card with photograph")
    client.click("people-identify-sheet-give")
    confirm(client, "D-QA", "verified")
    client.click("nav-sign-out")
    client.sign_in("D-ADMIN")
    page = go(client, "people")
    assert isinstance(page, PeoplePage)
    page.table.choose(ids.index("E-1001"))
    client.click("people-password")
    client.qtbot.waitUntil(lambda: client.seen(FirstPasswordSheet, "first-password") is not None, timeout=10_000)
    sheet = client.seen(FirstPasswordSheet, "first-password")
    assert isinstance(sheet, FirstPasswordSheet)
    first = sheet.password.text()
    keep_picture(client, "first-password")
    client.click("first-password-close")
    client.click("nav-sign-out")
    client.type("sign-in-id", "E-1001")
    client.type("sign-in-password", first)
    client.click("sign-in-give")
    client.type("new-password-new", "short")
    client.type("new-password-again", "short")
    client.click("new-password-give")
    client.qtbot.wait(600)
    keep_picture(client, "new-password-refused")
    client.type("new-password-new", "Harbour-Lantern-93")
    client.type("new-password-again", "Harbour-Lantern-93")
    client.click("new-password-give")
    client.qtbot.waitUntil(lambda: client.window.key == "overview", timeout=10_000)
    assert client.window.client.session.employee_id == "E-1001"


@pytest.mark.req("A11", "A11d-17", "P11-29")
def test_access_is_reviewed_line_by_line(open_client: OpenClient, station: Station) -> None:
    crew = Crew(station)
    crew.accept("D-QA")
    crew.do("D-QA", OpenAccessReview(review_id="AR-1"))
    request = crew.do("D-ADMIN", ChangeSetting(key="access.dormant_days", value="60", reason="shorter"))
    crew.sign("D-ADMIN", SubmitChange(request_id=request.request_id))
    leave(station, crew)
    client = open_client("wxga-12.1", "D-QA")
    go(client, "access_review")
    keep_picture(client, "access-review")
    client.click("access-review-decision-keep")
    client.click("access-review-sign")
    confirm(client, "D-QA", "review")
    client.qtbot.waitUntil(
        lambda: (
            station.read(
                lambda r: r.execute("SELECT count(*) FROM access_review_line WHERE decision = 'keep'"), client.window.client.session.token
            )
            == [(1,)]
        ),
        timeout=10_000,
    )
    keep_picture(client, "access-review-signed")


@pytest.mark.req("A03")
def test_the_words_beside_a_closed_button_tell_rule_and_help(open_client: OpenClient, station: Station) -> None:
    crew = Crew(station)
    request = crew.do("D-ADMIN", ChangeSetting(key="access.dormant_days", value="60", reason="shorter"))
    crew.sign("D-ADMIN", SubmitChange(request_id=request.request_id))
    leave(station, crew)
    client = open_client("wxga-12.1", "D-ADMIN")
    client.window.go("changes", request.request_id)
    page = client.window.pages["changes"]
    client.qtbot.waitUntil(lambda: isinstance(page, ChangesPage) and page.approve.isVisible() and page.approve.blocked, timeout=10_000)
    assert isinstance(page, ChangesPage)
    client.qtbot.mouseClick(page.approve.reason, Qt.MouseButton.LeftButton)
    sheet = next(one for one in client.window.findChildren(WhySheet) if one.isVisible())
    said = " ".join(text.text() for text in sheet.findChildren(Text))
    assert "You asked for this yourself." in said
    assert "11.10(g)" in said
    assert "A second person decides it." in said
    keep_picture(client, "why")
    client.click("why-close")


@pytest.mark.req("A12", "A06")
def test_a_supervisor_changes_the_password_and_takes_emergency_access(open_client: OpenClient, station: Station) -> None:
    client = open_client("wxga-12.1", "D-SUPER")
    client.click("nav-more")
    keep_picture(client, "more")
    client.click("more-password")
    client.type("new-password-before", DEMO_PASSWORD)
    client.type("new-password-new", "Harbour-Lantern-93")
    client.type("new-password-again", "Harbour-Lantern-93")
    client.click("new-password-give")
    client.qtbot.waitUntil(lambda: client.seen(QWidget, "new-password") is None, timeout=10_000)
    client.click("nav-more")
    client.click("more-emergency")
    client.click("emergency-minutes-15")
    client.type("emergency-reason", "the line next door leaks")
    keep_picture(client, "emergency")
    client.click("emergency-give")
    client.qtbot.waitUntil(lambda: client.window.client.session.opened is None, timeout=10_000)
    client.type("sign-in-id", "D-SUPER")
    client.type("sign-in-password", "Harbour-Lantern-93")
    client.click("sign-in-give")
    client.qtbot.waitUntil(lambda: client.window.client.session.opened is not None, timeout=10_000)
    opened = client.window.client.session.opened
    assert opened is not None
    assert opened.emergency
    assert opened.line == "*"
    client.click("nav-more")
    keep_picture(client, "more-emergency-runs")
    client.click("more-emergency")
    client.qtbot.waitUntil(lambda: client.window.client.session.opened is None, timeout=10_000)
    crew = Crew(station)
    (grant,) = station.read(emergencies, crew.token("D-QA"))
    assert grant.ended_us is not None


@pytest.mark.req("A06", "A09", "P11-26", "P11-31")
def test_a_first_password_that_comes_after_the_lock_is_not_told(open_client: OpenClient, station: Station) -> None:
    crew = Crew(station)
    request = crew.do("D-ADMIN", NEW).request_id
    crew.sign("D-ADMIN", SubmitChange(request_id=request))
    crew.sign("D-QA", ApproveChange(request_id=request))
    kept = station.keep_document(b"scan of a card", crew.token("D-QA"))
    crew.sign("D-QA", RecordIdentityCheck(check_id="C-1", employee_id="E-1001", how="card", document_name="card.png", document_hash=kept))
    leave(station, crew)
    client = open_client("wxga-12.1", "D-ADMIN")
    page = go(client, "people")
    assert isinstance(page, PeoplePage)
    page.table.choose([one.employee_id for one in page.model.rows].index("E-1001"))
    client.click("people-password")
    client.window.lock("person")
    client.qtbot.waitUntil(lambda: not client.window.client.commands.busy, timeout=10_000)
    assert client.window.cover.isVisible()
    assert client.window.findChildren(FirstPasswordSheet) == []


@pytest.mark.req("A02", "A09", "A14", "P11-31")
def test_what_one_person_read_is_not_there_for_the_next_one(open_client: OpenClient) -> None:
    client = open_client(person="D-ADMIN")
    before = go(client, "people")
    assert isinstance(before, PeoplePage)
    assert before.model.rows
    client.click("lock")
    client.click("lock-other")
    client.type("unlock-id", "D-OPER")
    client.type("unlock-password", DEMO_PASSWORD)
    client.click("unlock-give")
    window = client.window
    client.qtbot.waitUntil(lambda: window.client.session.employee_id == "D-OPER" and window.pages["people"].shown, timeout=10_000)
    page = window.pages["people"]
    assert isinstance(page, PeoplePage)
    assert page is not before
    assert page.model.rows == ()
    assert page.facts.text() == ""
    assert "may not read" in page.notice.message.text()


@pytest.mark.req("A08", "D03", "P11-31")
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_locked_account_is_unlocked_beside_a_witness(open_client: OpenClient, station: Station, panel: str) -> None:
    crew = Crew(station)
    for who in ("D-ADMIN", "D-SUPER"):
        crew.accept(who)
    leave(station, crew)
    for _ in range(3):
        with pytest.raises(DeniedError):
            station.dispatch(SignIn(employee_id="D-OPER", password="wrong"))
    client = open_client(panel, "D-ADMIN")
    page = go(client, "people")
    assert isinstance(page, PeoplePage)
    choose(client, page, "D-OPER")
    keep_picture(client, "people-locked")
    client.click("people-unlock")
    client.type("people-unlock-sheet-how", "badge and face")
    client.type("people-unlock-sheet-reason", "typed it wrong with gloves")
    keep_picture(client, "people-unlock")
    client.click("people-unlock-sheet-give")
    client.click("changes-submit")
    confirm(client, "D-ADMIN", "authorship")
    client.click("changes-approve")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is not None, timeout=10_000)
    keep_picture(client, "people-unlock-witness")
    confirm(client, "D-SUPER", "approval")
    token = client.window.client.session.token
    client.qtbot.waitUntil(lambda: station.read(account, token, employee_id="D-OPER").standing == "active", timeout=10_000)
    keep_picture(client, "people-unlocked")


def submit_and_approve(client: Client, asked_by: str, approver: str) -> str:
    """Submit the draft that is on the changes page, sign in as another person and approve it there. Returns the request's number."""
    page = client.window.pages["changes"]
    assert isinstance(page, ChangesPage)
    client.click("changes-submit")
    confirm(client, asked_by, "authorship")
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy)
    request: str = page.model.rows[0].request_id
    client.click("nav-sign-out")
    client.sign_in(approver)
    go(client, "changes")
    client.click("changes-approve")
    confirm(client, approver, "approval")
    client.qtbot.waitUntil(
        lambda: station_of(client).read(change, client.window.client.session.token, request_id=request).state == "executed", timeout=10_000
    )
    return request


def station_of(client: Client) -> Station:
    """The station behind the window."""
    found = client.window.client.station
    assert isinstance(found, Station)
    return found


@pytest.mark.req("D08", "A04")
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_deputy_is_asked_for_and_seen(open_client: OpenClient, station: Station, panel: str) -> None:
    crew = Crew(station)
    for who in ("D-ADMIN", "D-QA"):
        crew.accept(who)
    leave(station, crew)
    client = open_client(panel, "D-ADMIN")
    page = go(client, "people")
    assert isinstance(page, PeoplePage)
    choose(client, page, "D-INSP")
    assert page.buttons["deputy"].blocked
    assert "stands in for nobody" in page.buttons["deputy"].reason.text()
    choose(client, page, "D-VALID")
    client.click("people-deputy")
    client.type("people-deputy-sheet-stands_for", "D-NOBODY")
    client.type("people-deputy-sheet-first", "2026-02-30")
    sheet = client.window.findChild(QWidget, "people-deputy-sheet")
    assert sheet is not None
    client.type("people-deputy-sheet-last", "2099-01-09")
    client.type("people-deputy-sheet-reason", "covers the leave of the supervisor")
    assert not client.seen(QWidget, "people-deputy-sheet-give").isEnabled()  # type: ignore[union-attr]
    client.type("people-deputy-sheet-stands_for", "D-SUPER")
    client.type("people-deputy-sheet-first", "2099-01-01")
    keep_picture(client, "people-deputy")
    client.click("people-deputy-sheet-give")
    client.qtbot.waitUntil(lambda: client.window.key == "changes" and client.window.pages["changes"].shown, timeout=10_000)
    submit_and_approve(client, "D-ADMIN", "D-QA")
    (grant,) = station.read(deputies, client.window.client.session.token)
    assert (grant.employee_id, grant.stands_for, grant.role, grant.standing) == ("D-VALID", "D-SUPER", "supervisor", "to come")
    page = go(client, "people")
    assert isinstance(page, PeoplePage)
    choose(client, page, "D-VALID")
    assert "Deputy of D-SUPER (supervisor), 2099-01-01 to 2099-01-09" in page.facts.text()
    keep_picture(client, "people-deputy-seen")
    client.click("people-registers")
    client.qtbot.waitUntil(lambda: client.window.key == "registers" and client.window.pages["registers"].shown, timeout=10_000)
    register = client.window.pages["registers"]
    assert isinstance(register, RegistersPage)
    assert "covers the leave" in register.facts.text()
    keep_picture(client, "registers-deputies")


@pytest.mark.req("P11-30", "A16")
def test_a_badge_is_issued_lost_revoked_and_issued_anew(open_client: OpenClient, station: Station, tmp_path: Path) -> None:
    crew = Crew(station)
    for who in ("D-ADMIN", "D-QA"):
        crew.accept(who)
    leave(station, crew)
    (tmp_path / "card.png").write_bytes(b"scan of a card")
    client = open_client("wxga-12.1", "D-QA")

    def check_identity() -> None:
        page = go(client, "people")
        assert isinstance(page, PeoplePage)
        choose(client, page, "D-OPER")
        one = next(row for row in page.model.rows if row.employee_id == "D-OPER")
        page.identify(one, tmp_path / "card.png")
        client.type("people-identify-sheet-how", "identity card with photograph")
        client.click("people-identify-sheet-give")
        confirm(client, "D-QA", "verified")
        client.click("nav-sign-out")

    def ask_for_badge(number: str) -> None:
        client.sign_in("D-ADMIN")
        page = go(client, "people")
        assert isinstance(page, PeoplePage)
        choose(client, page, "D-OPER")
        client.click("people-badge")
        client.qtbot.waitUntil(lambda: client.seen(QWidget, "people-badge-sheet-number") is not None, timeout=10_000)
        client.window._on_scanned(number)
        client.type("people-badge-sheet-reason", "works at the line")
        keep_picture(client, "people-badge")
        client.click("people-badge-sheet-give")
        client.qtbot.waitUntil(lambda: client.window.key == "changes" and client.window.pages["changes"].shown, timeout=10_000)
        submit_and_approve(client, "D-ADMIN", "D-QA")

    check_identity()
    ask_for_badge("0041-7788")
    page = go(client, "people")
    assert isinstance(page, PeoplePage)
    choose(client, page, "D-OPER")
    assert "Badge" in page.facts.text()
    client.click("people-revoke")
    client.type("people-revoke-sheet-reason", "lost on the way home")
    client.click("people-revoke-sheet-give")
    token = client.window.client.session.token
    client.qtbot.waitUntil(lambda: [one.state for one in station.read(badges, token)] == ["revoked"], timeout=10_000)
    client.click("nav-sign-out")
    client.sign_in("D-ADMIN")
    page = go(client, "people")
    assert isinstance(page, PeoplePage)
    choose(client, page, "D-OPER")
    client.qtbot.waitUntil(lambda: "no identity check of its own" in page.buttons["badge"].reason.text(), timeout=10_000)
    keep_picture(client, "people-badge-blocked")
    client.click("nav-sign-out")
    client.sign_in("D-QA")
    check_identity()
    ask_for_badge("0041-7789")
    token = client.window.client.session.token
    assert [one.state for one in station.read(badges, token)] == ["active", "revoked"]
    go(client, "registers")
    client.click("registers-show-badges")
    keep_picture(client, "registers-badges")
    client.click("nav-sign-out")
    form = client.window.sign_in.credentials
    client.qtbot.waitUntil(form.isVisible, timeout=10_000)
    client.window.scanner.scanned.emit("0041-7788")  # the lost one
    client.qtbot.waitUntil(lambda: "was revoked" in form.message.text(), timeout=10_000)
    assert form.employee_id.text == ""
    keep_picture(client, "sign-in-revoked-badge")
    client.window.scanner.scanned.emit("0041-7789")
    client.qtbot.waitUntil(lambda: form.employee_id.text == "D-OPER", timeout=10_000)
    assert form.password.text == ""


@pytest.mark.req("P11-32", "A16", "P11-20", "P11-21")
@pytest.mark.parametrize("panel", list(PANELS))
def test_tests_of_readers_and_letters_are_recorded(open_client: OpenClient, station: Station, tmp_path: Path, panel: str) -> None:
    crew = Crew(station)
    for who in ("D-ADMIN", "D-QA"):
        crew.accept(who)
    leave(station, crew)
    client = open_client(panel, "D-ADMIN")
    go(client, "registers")
    client.click("registers-show-tests")
    client.click("registers-test")
    client.click("registers-test-sheet-kind-badge_reader")
    client.type("registers-test-sheet-device", "RD-4 at line 3")
    client.type("registers-test-sheet-procedure", "SOP-031 v2")
    client.click("registers-test-sheet-passed-yes")
    client.type("registers-test-sheet-next_due", "2099-06-01")
    keep_picture(client, "registers-test")
    client.click("registers-test-sheet-give")
    confirm(client, "D-ADMIN", "performed")
    token = client.window.client.session.token
    client.qtbot.waitUntil(lambda: len(station.read(factor_tests, token)) == 1, timeout=10_000)
    (test,) = station.read(factor_tests, token)
    assert (test.device, test.passed, test.next_due, test.overdue) == ("RD-4 at line 3", True, "2099-06-01", False)
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy)
    client.qtbot.wait(200)
    keep_picture(client, "registers-tests")
    client.click("nav-sign-out")
    client.sign_in("D-QA")
    page = go(client, "registers")
    assert isinstance(page, RegistersPage)
    for kind, dated in (("letter", "2026-01-12"), ("testimony", "2026-09-03")):
        (tmp_path / f"{kind}.pdf").write_bytes(f"scan of a {kind}".encode())
        client.click("registers-show-letters")
        page.add_letter(tmp_path / f"{kind}.pdf")
        client.click(f"registers-letter-sheet-kind-{kind}")
        client.type("registers-letter-sheet-dated", dated)
        keep_picture(client, f"registers-{kind}")
        client.click("registers-letter-sheet-give")
        confirm(client, "D-QA", "responsibility")
    token = client.window.client.session.token
    client.qtbot.waitUntil(lambda: len(station.read(letters, token)) == 2, timeout=10_000)
    assert [(one.kind, one.dated, one.recorded_by) for one in station.read(letters, token)] == [
        ("testimony", "2026-09-03", "D-QA"), ("letter", "2026-01-12", "D-QA"),
    ]  # fmt: skip
    client.qtbot.wait(300)
    keep_picture(client, "registers-letters")


@pytest.mark.req("A04", "D03", "P11-08")
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_new_role_is_asked_for(open_client: OpenClient, station: Station, panel: str) -> None:
    crew = Crew(station)
    for who in ("D-ADMIN", "D-QA"):
        crew.accept(who)
    leave(station, crew)
    client = open_client(panel, "D-ADMIN")
    go(client, "roles")
    keep_picture(client, "roles-admin")
    client.click("roles-create")
    client.type("role-sheet-role", "sampler")
    client.type("role-sheet-title", "Sampler")
    client.type("role-sheet-reason", "samples are taken by others")
    client.click("permission-alarm.acknowledge")
    keep_picture(client, "roles-new")
    client.click("role-sheet-give")
    client.qtbot.waitUntil(lambda: client.window.key == "changes" and client.window.pages["changes"].shown, timeout=10_000)
    submit_and_approve(client, "D-ADMIN", "D-QA")
    (sampler,) = [one for one in station.read(roles, client.window.client.session.token) if one.role == "sampler"]
    assert sampler.title == "Sampler"
    assert sorted(sampler.permissions) == ["alarm.acknowledge", "session.use"]


@pytest.mark.req("D07", "H06")
@pytest.mark.parametrize("panel", list(PANELS))
def test_an_emergency_change_is_made_at_once_and_approved_after(open_client: OpenClient, station: Station, panel: str) -> None:
    crew = Crew(station)
    for who in ("D-ADMIN", "D-QA"):
        crew.accept(who)
    usual = crew.do("D-ADMIN", ChangeSetting(key="access.dormant_days", value="60", reason="shorter")).request_id
    request = crew.do(
        "D-ADMIN", ChangeSetting(key="alarm.horn", value="off", reason="the horn sticks and nobody hears the other alarms")
    ).request_id
    leave(station, crew)
    client = open_client(panel, "D-ADMIN")
    client.window.go("changes", usual)
    page = client.window.pages["changes"]
    assert isinstance(page, ChangesPage)
    client.qtbot.waitUntil(lambda: "shorter" in page.facts.text() and not client.window.client.queries.busy, timeout=10_000)
    assert page.submit.isVisible()
    assert not page.emergency.isVisible()  # only what is foreseen for it
    client.window.go("changes", request)
    client.qtbot.waitUntil(page.emergency.isVisible, timeout=10_000)
    client.qtbot.wait(80)
    keep_picture(client, "changes-emergency-draft")
    client.click("changes-emergency")
    client.qtbot.waitUntil(lambda: client.seen(QLabel, "emergency-change-deadline") is not None, timeout=10_000)
    keep_picture(client, "changes-emergency")
    told = client.seen(QLabel, "emergency-change-deadline")
    assert isinstance(told, QLabel)
    deadline = told.text()
    client.click("emergency-change-give")
    confirm(client, "D-ADMIN", "authorship")
    token = client.window.client.session.token
    client.qtbot.waitUntil(lambda: station.read(change, token, request_id=request).state == "executed", timeout=10_000)
    row = station.read(change, token, request_id=request)
    assert row.ratify_by_us is not None
    assert deadline.split()[0] == site_text(row.ratify_by_us, station.info.zone).split()[0]
    client.qtbot.waitUntil(lambda: "made before its approval" in page.facts.text(), timeout=10_000)
    assert "approves it after" in page.notice.message.text()
    keep_picture(client, "changes-emergency-made")
    client.click("nav-sign-out")
    client.sign_in("D-QA")
    reviews = go(client, "reviews")
    assert isinstance(reviews, ReviewsPage)
    assert [one.kind for one in reviews.model.rows] == ["change"]
    keep_picture(client, "reviews-change")
    client.click("reviews-sign")
    confirm(client, "D-QA", "approval")
    client.qtbot.waitUntil(lambda: reviews.model.rows == (), timeout=10_000)
    assert station.read(change, client.window.client.session.token, request_id=request).approvers == ("D-QA",)


@pytest.mark.req("A12", "D03", "A11d-16")
@pytest.mark.parametrize("panel", list(PANELS))
def test_disablings_and_emergency_access_are_reviewed(open_client: OpenClient, station: Station, clock: SetClock, panel: str) -> None:
    crew = Crew(station)
    for who in ("D-ADMIN", "D-QA", "D-SUPER"):
        crew.accept(who)
    crew.do("D-ADMIN", DisableUser(employee_id="D-VALID", reason="left the company without handing over the badge"))
    crew.do("D-SUPER", BreakGlass(grant_id="G-1", minutes=60, reason="line unattended and the shift leader unreachable"))
    crew.tokens.pop("D-SUPER")
    crew.do("D-SUPER", EndBreakGlass(grant_id="G-1"))
    crew.tokens.pop("D-SUPER")
    leave(station, crew)
    clock.pass_seconds(3 * 86_400 + 7_200)
    client = open_client(panel, "D-ADMIN")
    page = go(client, "reviews")
    assert "OVERDUE" in page.findChild(QLabel, "reviews-facts").text()  # type: ignore[union-attr]
    assert isinstance(page, ReviewsPage)
    assert [one.kind for one in page.model.rows] == ["emergency", "disabling"]
    assert page.review.blocked
    keep_picture(client, "reviews-admin")
    client.click("nav-sign-out")
    client.sign_in("D-QA")
    page = go(client, "reviews")
    assert isinstance(page, ReviewsPage)
    keep_picture(client, "reviews")
    for said in ("the batch was held, rightly", "it was right"):
        before = len(page.model.rows)
        client.click("reviews-sign")
        client.type("reviews-sheet-review", said)
        keep_picture(client, f"reviews-sheet-{before}")
        client.click("reviews-sheet-give")
        confirm(client, "D-QA", "review")
        client.qtbot.waitUntil(lambda before=before: len(page.model.rows) == before - 1, timeout=10_000)  # type: ignore[misc]
    keep_picture(client, "reviews-none")
    token = client.window.client.session.token
    assert station.read(disablings_to_review, token) == ()
    assert [one.reviewed_by for one in station.read(emergencies, token)] == ["D-QA"]


@pytest.mark.req("A08", "A12")
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_recovery_waits_for_a_third_person_among_the_reviews(
    open_client: OpenClient, station: Station, clock: SetClock, panel: str
) -> None:
    crew = Crew(station)
    for who in ("D-ADMIN", "D-SUPER", "D-QA"):
        crew.accept(who)
    codes = {who: station.seal_code(crew.token(who)) for who in ("D-ADMIN", "D-SUPER")}
    leave(station, crew)
    for who in ("D-ADMIN", "D-SUPER", "D-QA", "D-QP"):
        for _ in range(3):
            with pytest.raises(DeniedError):
                station.dispatch(SignIn(employee_id=who, password="a guess"))
        clock.pass_seconds(61)
    first, second = (Claim(who, DEMO_PASSWORD, code) for who, code in codes.items())
    station.recover(first, second, "wrong passwords at the sign-in page of line 3, all in one night")
    crew = Crew(station)
    request = crew.do("D-ADMIN", UnlockUser(employee_id="D-QA", how="identity card", reason="locked by a stranger")).request_id
    crew.sign("D-ADMIN", SubmitChange(request_id=request))
    crew.sign("D-SUPER", WitnessChange(request_id=request))
    leave(station, crew)
    client = open_client(panel, "D-QA")
    page = go(client, "reviews")
    assert isinstance(page, ReviewsPage)
    assert [(one.kind, one.about) for one in page.model.rows] == [("recovery", "D-ADMIN, D-SUPER")]
    keep_picture(client, "reviews-recovery")
    client.click("reviews-sign")
    client.type("reviews-sheet-review", "as the log of line 3 says")
    client.click("reviews-sheet-give")
    confirm(client, "D-QA", "review")
    client.qtbot.waitUntil(lambda: page.model.rows == (), timeout=10_000)
    assert station.read(recoveries_to_review, client.window.client.session.token) == ()
