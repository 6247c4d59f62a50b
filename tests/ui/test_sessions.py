"""Signing in, locking, unlocking, drafts (hmi rule U10)."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from jope_ui.bridge.session import SessionState
from jope_ui.dialogs.reason import ReasonSheet
from jope_ui.theme.metrics import ROUTINE_MM
from jope_ui.views.access_log import AccessLogPage
from jope_ui.views.dispensing import DispensingPage
from jope_ui.widgets.buttons import Button
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from jope.bootstrap import Station
from jope.compliance.access.permissions import Permission
from jope.compliance.audit.queries import AuditFilter, AuditRow, audit_page
from jope.compliance.identity.commands import DisableUser, LockSession, SessionOpened, SignIn
from jope.kernel.errors import SessionEndedError
from jope.plant.batches.commands import HoldBatch
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew
from tests.ui.conftest import BATCH, PANELS, Client, OpenClient


def opened(employee_id: str) -> SessionOpened:
    return SessionOpened("token", "s", employee_id, employee_id, "operator", "L3", frozenset())


@pytest.mark.req("A09", "P11-31")
def test_drafts_are_for_their_author_alone(qapp: object) -> None:
    session = SessionState()
    session.open(opened("D-OPER"))
    session.keep_draft("hold:B-7", "spill at the")
    session.open(opened("D-SUPER"))
    assert session.draft("hold:B-7") == ""
    session.close()
    assert session.draft("hold:B-7") == ""
    session.open(opened("D-OPER"))
    assert session.draft("hold:B-7") == "spill at the"


@pytest.mark.req("A01", "P11-31")
def test_a_wrong_password_says_so_and_is_forgotten(open_client: OpenClient) -> None:
    client = open_client()
    client.type("sign-in-id", "D-OPER")
    client.type("sign-in-password", "wrong")
    client.click("sign-in-give")
    form = client.window.sign_in.credentials
    client.qtbot.waitUntil(lambda: "JOPE-101" in form.message.text())
    assert form.password.text == ""
    assert form.employee_id.text == "D-OPER"
    assert client.window.client.session.opened is None


@pytest.mark.req("A10", "P11-31")
def test_signing_out_leaves_nothing_of_the_person(open_client: OpenClient) -> None:
    client = open_client(person="D-OPER")
    client.click("nav-sign-out")
    client.qtbot.waitUntil(client.window.sign_in.isVisible)
    form = client.window.sign_in.credentials
    assert form.employee_id.text == form.password.text == ""
    assert not client.window.navigation.isVisible()
    assert client.window.top.person.text() == "Nobody signed in"


@pytest.mark.req("A09", "P11-31", "A11d-14")
def test_the_countdown_is_shown_and_then_the_screen_is_covered(open_client: OpenClient, clock: SetClock) -> None:
    client = open_client(person="D-OPER")
    client.open("dispensing")
    window = client.window
    clock.pass_seconds(105)
    client.qtbot.waitUntil(lambda: "Locks in" in window.top.lock.text())
    assert window.top.lock.property("state") == "countdown"
    assert not window.cover.isVisible()
    clock.pass_seconds(20)
    client.qtbot.waitUntil(window.cover.isVisible)
    assert window.client.session.locked


@pytest.mark.req("A09", "A11d-14")
def test_what_the_process_does_is_no_presence(open_client: OpenClient, clock: SetClock) -> None:
    client = open_client(person="D-OPER")
    window = client.window
    clock.pass_seconds(100)
    for _ in range(20):
        window.go("overview")
        client.qtbot.wait(100)
    assert window.client.station.idle_left(window.client.session.token) < 20


@pytest.mark.req("A09", "A11d-14")
def test_a_touch_is_presence(open_client: OpenClient, clock: SetClock) -> None:
    client = open_client(person="D-OPER")
    window = client.window
    clock.pass_seconds(100)
    client.qtbot.wait(1100)
    client.qtbot.mouseClick(window.top, Qt.MouseButton.LeftButton)
    client.qtbot.waitUntil(lambda: window.client.station.idle_left(window.client.session.token) > 115)


@pytest.mark.req("A09", "P11-31")
def test_under_the_lock_the_page_is_readable_and_entry_is_covered(open_client: OpenClient) -> None:
    client = open_client(person="D-OPER")
    client.open("dispensing")
    window = client.window
    page = window.pages["dispensing"]
    assert isinstance(page, DispensingPage)
    client.click("lock")
    assert window.cover.isVisible()
    covered = window.cover.covered_boxes()
    for entry in (page.scan.field.line, page.zero, window.navigation.buttons["audit"]):
        corner = entry.mapTo(window.host, QPoint(0, 0))
        assert any(box.topLeft().toPoint() == corner for box in covered)
        assert window.childAt(entry.mapTo(window, QPoint(5, 5))) is not entry
    for readable in (page.material, page.strip):
        assert readable.isVisible()
        assert not any(box.contains(readable.mapTo(window.host, QPoint(2, 2))) for box in covered)
    for frame in (window.top.batch, window.alarm_line.text):
        assert window.childAt(frame.mapTo(window, QPoint(2, 2))) is frame


@pytest.mark.req("A09", "P11-31", "F01")
@pytest.mark.parametrize("panel", list(PANELS))
def test_line_state_weighing_bar_and_alarm_line_stay_readable_while_somebody_types(open_client: OpenClient, panel: str) -> None:
    client = open_client(panel, "D-OPER")
    client.open("audit")
    window = client.window
    client.click("lock")
    client.click("lock-unlock")
    client.type("unlock-id", "D-OPER")
    client.type("unlock-password", "wrong")
    client.click("unlock-give")
    client.qtbot.waitUntil(lambda: "JOPE-101" in window.cover.credentials.message.text())
    band = window.cover.line.band
    client.qtbot.waitUntil(band.bar.isVisible)
    client.qtbot.wait(50)
    assert (window.width(), window.height()) == PANELS[panel][1:]
    assert band.state.text() == "running"
    assert band.batch.text() == BATCH
    assert "Magnesium" in band.material.text()
    assert band.bar.track.scale is not None
    readable = (band.state, band.material, band.bar.value, band.bar.badge.words, band.bar.track, window.top.batch, window.alarm_line.text)
    for widget in readable:
        for corner in (widget.rect().topLeft(), widget.rect().center(), widget.rect().bottomRight()):
            assert window.childAt(widget.mapTo(window, corner)) is widget, widget.objectName()
    least = window.client.theme.px(ROUTINE_MM)
    assert all(min(key.width(), key.height()) >= least for key in window.cover.credentials.keyboard.findChildren(Button))


@pytest.mark.req("A09", "A10", "A11d-14")
def test_an_idle_lock_is_an_event_of_its_session(open_client: OpenClient, clock: SetClock, station: Station) -> None:
    client = open_client(person="D-OPER")
    window = client.window
    clock.pass_seconds(300)
    client.qtbot.waitUntil(window.cover.isVisible)
    crew = Crew(station)

    def locks() -> tuple[AuditRow, ...]:
        return station.read(audit_page, crew.token("D-QA"), filter=AuditFilter(action="session.locked"))

    client.qtbot.waitUntil(lambda: len(locks()) == 1)
    assert (locks()[0].actor, locks()[0].reason) == ("D-OPER", "idle")
    client.click("lock-unlock")
    client.type("unlock-id", "D-OPER")
    client.type("unlock-password", DEMO_PASSWORD)
    client.click("unlock-give")
    client.qtbot.waitUntil(lambda: not window.cover.isVisible())


@pytest.mark.req("A09", "B01", "P11-31")
def test_the_lock_clears_a_signature_that_was_being_given(open_client: OpenClient) -> None:
    client = _signing(open_client)
    window = client.window
    client.click("lock")
    form = window.signing.open_sheet
    assert form is not None
    assert form.employee_id.text == form.password.text == ""


@pytest.mark.req("A09", "P11-24")
def test_the_own_password_unlocks_and_another_person_s_does_not(open_client: OpenClient) -> None:
    client = open_client(person="D-OPER")
    client.click("lock")
    cover = client.window.cover
    for person, unlocked in (("D-SUPER", False), ("D-OPER", True)):
        if not unlocked:
            client.click("lock-unlock")
        client.type("unlock-id", person)
        client.type("unlock-password", DEMO_PASSWORD)
        client.click("unlock-give")
        client.qtbot.waitUntil(lambda: cover.credentials.message.text() != "" or not cover.isVisible())
        assert cover.isVisible() is not unlocked


@pytest.mark.req("A09", "P11-25")
def test_another_person_takes_over_but_never_the_signature(open_client: OpenClient) -> None:
    client = _signing(open_client)
    window = client.window
    client.click("lock")
    client.click("lock-other")
    client.type("unlock-id", "D-SUPER")
    client.type("unlock-password", DEMO_PASSWORD)
    client.click("unlock-give")
    client.qtbot.waitUntil(lambda: window.client.session.employee_id == "D-SUPER")
    assert window.signing.open_sheet is None
    assert not window.cover.isVisible()
    assert window.key == "batch"


def _signing(open_client: OpenClient) -> Client:
    """A signature sheet for holding the batch, half filled in."""
    client = open_client(person="D-OPER")
    client.open("batch")
    client.click("batch-hold")
    client.type("reason-text", "spill at the booth")
    client.click("reason-give")
    client.type("signature-id", "D-OPER")
    client.type("signature-password", DEMO_PASSWORD)
    return client


@pytest.mark.req("D03", "B03", "C04")
def test_holding_names_batch_and_loss_and_asks_why(open_client: OpenClient, station: Station) -> None:
    client = open_client(person="D-OPER")
    client.open("batch")
    client.click("batch-hold")
    sheet = client.window.findChild(QWidget, "reason-sheet")
    assert isinstance(sheet, ReasonSheet)
    assert BATCH in sheet.title.text()
    assert sheet.loss.text()
    assert not sheet.verb.button.isEnabled()
    assert "reason" in sheet.verb.reason.text()
    assert sheet.verb.button.text() == "Hold batch"


@pytest.mark.req("A09")
def test_a_reason_waits_for_its_author(open_client: OpenClient) -> None:
    client = open_client(person="D-OPER")
    client.open("batch")
    client.click("batch-hold")
    client.type("reason-text", "spill at")
    client.click("lock")
    client.click("lock-unlock")
    client.type("unlock-id", "D-OPER")
    client.type("unlock-password", DEMO_PASSWORD)
    client.click("unlock-give")
    client.qtbot.waitUntil(lambda: not client.window.cover.isVisible())
    sheet = client.window.findChild(QWidget, "reason-sheet")
    assert isinstance(sheet, ReasonSheet)
    assert sheet.reason.text == "spill at"


@pytest.mark.req("A16", "P11-22", "F02")
def test_a_badge_fills_in_the_id_and_nothing_else(open_client: OpenClient) -> None:
    client = open_client()
    window = client.window
    window.scanner.scanned.emit("D-OPER")
    form = window.sign_in.credentials
    client.qtbot.waitUntil(lambda: form.employee_id.text == "D-OPER")
    assert form.password.text == ""
    client.type("sign-in-password", DEMO_PASSWORD)
    client.click("sign-in-give")
    client.qtbot.waitUntil(lambda: window.key == "overview" and window.pages["overview"].shown)
    client.click("lock")
    window.scanner.scanned.emit("D-OPER")
    client.qtbot.waitUntil(lambda: window.cover.credentials.employee_id.text == "D-OPER")
    assert window.client.session.locked


@pytest.mark.req("A03", "E02")
def test_a_held_batch_says_why_nothing_is_dispensed(open_client: OpenClient) -> None:
    client = _signing(open_client)
    client.choose("responsibility")
    client.click("signature-sign")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is None, timeout=10_000)
    client.open("dispensing")
    page = client.window.pages["dispensing"]
    assert isinstance(page, DispensingPage)
    client.qtbot.waitUntil(lambda: "held" in page.next.reason.text())
    assert page.next.blocked


# --- a session that ends -------------------------------------------------------------------------------------------------


def _drafting(open_client: OpenClient, text: str = "spill at the booth") -> Client:
    """An operator who writes why the batch is to be held."""
    client = open_client(person="D-OPER")
    client.open("batch")
    client.click("batch-hold")
    client.type("reason-text", text)
    return client


def _reason_on_screen(client: Client) -> str:
    """What the reason sheet holds for whoever opens it now."""
    client.open("batch")
    client.click("batch-hold")
    sheet = next(one for one in client.window.findChildren(ReasonSheet) if one.isVisible())
    return sheet.reason.text


@pytest.mark.req("A15", "D03", "P11-05", "P11-31")
def test_disabling_a_signed_in_person_covers_their_screen_within_a_second(open_client: OpenClient, station: Station) -> None:
    client = _drafting(open_client)
    window, token = client.window, client.window.client.session.token
    crew = Crew(station)
    crew.token("D-ADMIN")
    client.qtbot.wait(50)
    begun = time.monotonic()
    crew.do("D-ADMIN", DisableUser(employee_id="D-OPER", reason="left the company"))
    client.qtbot.waitUntil(lambda: window.stack.currentWidget() is window.sign_in, timeout=1000)
    assert time.monotonic() - begun < 1.0
    assert window.client.session.opened is None
    assert not window.navigation.isVisible()
    assert not [sheet for sheet in window.findChildren(ReasonSheet) if sheet.isVisible()]
    assert "has ended" in window.sign_in.credentials.message.text()
    with pytest.raises(SessionEndedError):
        station.dispatch(HoldBatch(batch_no=BATCH, reason="spill"), token)
    client.type("sign-in-id", "D-OPER")
    client.type("sign-in-password", DEMO_PASSWORD)
    client.click("sign-in-give")
    client.qtbot.waitUntil(lambda: "disabled" in window.sign_in.credentials.message.text())


@pytest.mark.req("A15", "A09")
def test_a_locked_screen_of_a_disabled_person_offers_no_unlocking(open_client: OpenClient, station: Station) -> None:
    client = open_client(person="D-OPER")
    client.click("lock")
    assert client.window.cover.isVisible()
    Crew(station).do("D-ADMIN", DisableUser(employee_id="D-OPER", reason="left the company"))
    client.qtbot.waitUntil(lambda: not client.window.cover.isVisible(), timeout=1000)
    assert client.window.stack.currentWidget() is client.window.sign_in


@pytest.mark.req("A13", "A15")
def test_access_that_ends_covers_the_screen_and_the_draft_waits_for_its_author(
    open_client: OpenClient, station: Station, clock: SetClock
) -> None:
    client = _drafting(open_client)
    window = client.window
    station.sessions.limit("D-OPER", clock.now().utc_us + 30_000_000)
    client.qtbot.wait(1200)
    assert window.client.session.opened is not None
    clock.pass_seconds(31)
    client.qtbot.waitUntil(lambda: window.stack.currentWidget() is window.sign_in, timeout=5000)
    assert "administrator" in window.sign_in.credentials.message.text()
    client.sign_in("D-SUPER")
    assert _reason_on_screen(client) == "", "nobody sees another person's draft"
    client.click("reason-cancel") if client.seen(QAbstractButton, "reason-cancel") else window._close_sheets()
    window.sign_out()
    client.qtbot.waitUntil(lambda: window.stack.currentWidget() is window.sign_in)
    assert window.sign_in.credentials.message.text() == "", "who leaves needs no word about it"
    client.sign_in("D-OPER")
    assert _reason_on_screen(client) == "spill at the booth"


@pytest.mark.req("A13", "A15")
def test_a_locked_session_whose_access_ends_is_ended_by_the_station(open_client: OpenClient, station: Station, clock: SetClock) -> None:
    client = open_client(person="D-OPER")
    client.click("lock")
    station.sessions.limit("D-OPER", clock.now().utc_us)
    client.qtbot.waitUntil(lambda: client.window.stack.currentWidget() is client.window.sign_in, timeout=7000)
    crew = Crew(station)
    closed = AuditFilter(action="session.closed", subject_kind="user", subject_id="D-OPER")
    client.qtbot.waitUntil(
        lambda: [row.reason for row in station.read(audit_page, crew.token("D-QA"), filter=closed)][:1] == ["access ended"], timeout=7000
    )


@pytest.mark.req("A15")
def test_who_signs_in_elsewhere_leaves_the_first_screen(open_client: OpenClient, station: Station) -> None:
    client = open_client(person="D-OPER")
    Crew(station).token("D-OPER")
    client.qtbot.waitUntil(lambda: client.window.stack.currentWidget() is client.window.sign_in, timeout=1000)
    assert "Sign in again" in client.window.sign_in.credentials.message.text()


@pytest.mark.req("A04", "A15")
def test_what_a_person_may_do_changes_on_the_screen_they_look_at(open_client: OpenClient, station: Station) -> None:
    client = open_client(person="D-OPER")
    window, crew = client.window, Crew(station)
    supervisor = station.sessions.principal(crew.token("D-SUPER"))
    station.sessions.refresh("D-OPER", replace(supervisor, employee_id="D-OPER"))
    client.qtbot.waitUntil(lambda: window.top.role.text() == "Supervisor", timeout=2000)
    assert window.client.session.may(Permission.BATCH_CREATE)
    assert not window.client.session.may(Permission.BATCH_START)


# --- must show: idle lock, drafts, other people ---------------------------------------------------------------------------


@pytest.mark.req("A09", "C12", "P11-31")
@pytest.mark.parametrize("jump_seconds", [-3600, -5])
def test_the_idle_lock_counts_on_the_monotonic_clock_whatever_the_wall_clock_does(
    open_client: OpenClient, station: Station, clock: SetClock, jump_seconds: int
) -> None:
    client = open_client(person="D-OPER")
    window, token = client.window, client.window.client.session.token
    station.touch(token)
    clock.wall_offset_us += jump_seconds * 1_000_000
    client.qtbot.wait(300)
    assert not window.cover.isVisible()
    assert station.idle_left(token) > 115, "the wall clock took nothing from it and gave nothing to it"
    clock.mono_offset_us += 110_000_000
    clock.wall_offset_us += 110_000_000
    client.qtbot.wait(1300)
    assert not window.cover.isVisible()
    clock.mono_offset_us += 10_000_000
    clock.wall_offset_us += 10_000_000
    client.qtbot.waitUntil(window.cover.isVisible, timeout=3000)


@pytest.mark.req("A09", "P11-25", "P11-31")
def test_a_draft_survives_lock_another_person_s_visit_and_return(open_client: OpenClient) -> None:
    client = _drafting(open_client, "spill at")
    window = client.window
    client.click("lock")
    client.click("lock-other")
    client.type("unlock-id", "D-SUPER")
    client.type("unlock-password", DEMO_PASSWORD)
    client.click("unlock-give")
    client.qtbot.waitUntil(lambda: window.client.session.employee_id == "D-SUPER")
    assert _reason_on_screen(client) == "", "a visitor does not see it"
    client.type("reason-text", "mine alone")
    client.click("lock")
    client.click("lock-other")
    client.type("unlock-id", "D-OPER")
    client.type("unlock-password", DEMO_PASSWORD)
    client.click("unlock-give")
    client.qtbot.waitUntil(lambda: window.client.session.employee_id == "D-OPER")
    assert _reason_on_screen(client) == "spill at", "its author finds it as it was left"
    client.click("lock")
    client.click("lock-unlock")
    client.type("unlock-id", "D-OPER")
    client.type("unlock-password", DEMO_PASSWORD)
    client.click("unlock-give")
    client.qtbot.waitUntil(lambda: not window.cover.isVisible())
    sheet = next(one for one in window.findChildren(ReasonSheet) if one.isVisible())
    assert sheet.reason.text == "spill at"


@pytest.mark.req("A09", "B01", "P11-24", "P11-25")
def test_nobody_signs_from_another_person_s_session(open_client: OpenClient, station: Station) -> None:
    client = _signing(open_client)
    window = client.window
    client.type("signature-id", "D-SUPER")
    client.type("signature-password", DEMO_PASSWORD)
    client.choose("responsibility")
    client.click("signature-sign")
    form = window.signing.open_sheet
    assert form is not None
    client.qtbot.waitUntil(
        lambda: any("Only the person who is signed in" in label.text() for label in form.findChildren(QLabel)), timeout=10_000
    )
    assert not station.read(audit_page, Crew(station).token("D-QA"), filter=AuditFilter(action="batch.held"))


# --- the access log -------------------------------------------------------------------------------------------------------


@pytest.mark.req("A10", "A11d-15")
@pytest.mark.parametrize("panel", list(PANELS))
def test_the_access_log_is_searched_on_its_page(open_client: OpenClient, station: Station, panel: str) -> None:
    client = open_client(panel, person="D-QA")
    crew = Crew(station)
    station.dispatch(LockSession(cause="idle"), crew.token("D-OPER"))
    crew.refused(lambda: station.dispatch(SignIn(employee_id="D-SUPER", password="wrong")))
    client.click("nav-more")
    client.click("nav-about")
    client.click("about-access-log")
    window = client.window
    client.qtbot.waitUntil(lambda: window.key == "access_log" and window.pages["access_log"].shown, timeout=10_000)
    page = window.pages["access_log"]
    assert isinstance(page, AccessLogPage)

    def shown() -> list[list[str]]:
        return [[column.text(row) for column in page.model.columns] for row in page.model.rows]

    assert page.table.horizontalScrollBar().maximum() == 0, "every column is on the screen"
    assert any(row[1:] == ["D-OPER", "Locked", "no presence for 120 s"] for row in shown())
    client.click("access-log-failures")
    client.qtbot.waitUntil(lambda: {row[2] for row in shown()} == {"Failed attempt"})
    assert shown()[0][1:] == ["D-SUPER", "Failed attempt", "at sign-in"]
    assert all(part in page.detail.text() for part in ("Demo Supervisor", "DEMO-L3", "denied", "UTC"))
    client.click("access-log-failures")
    client.type("access-log-who", "oper")
    client.qtbot.waitUntil(lambda: {row[1] for row in shown()} == {"D-OPER"})
    client.type("access-log-since", "tomorrow")
    client.qtbot.waitUntil(lambda: "Write times" in page.count.text())
    client.type("access-log-since", "2020-01-01")
    client.qtbot.waitUntil(lambda: "entries" in page.count.text())
    assert page.table.horizontalScrollBar().maximum() == 0, "every column is on the screen"
    client.click("access-log-back")
    client.qtbot.waitUntil(lambda: window.key == "audit")
