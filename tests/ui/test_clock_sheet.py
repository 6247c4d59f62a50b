"""The clock against the trail on the screen: two people put it right (URS C12; A11d-20)."""

from __future__ import annotations

import pytest
from jope_ui.dialogs.clock import ClockSheet
from jope_ui.dialogs.signature import SignatureSheet
from PySide6.QtWidgets import QAbstractButton

from jope.bootstrap import Station
from jope.compliance.timekeeping.queries import clock_state
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, lasting_passwords
from tests.ui.conftest import PANELS, Client, OpenClient

YEAR_US = 365 * 24 * 3600 * 1_000_000


def _sheet(client: Client) -> ClockSheet:
    client.click("nav-more")
    client.click("nav-about")
    client.click("about-clock")
    sheet = next(one for one in client.window.findChildren(ClockSheet) if one.isVisible())
    client.qtbot.waitUntil(lambda: sheet.words.text() != "", timeout=10_000)
    return sheet


def _sign(client: Client, person: str, meaning: str) -> None:
    client.choose(meaning)
    client.type("signature-id", person)
    client.type("signature-password", DEMO_PASSWORD)
    client.click("signature-sign")
    client.qtbot.waitUntil(lambda: not [s for s in client.window.findChildren(SignatureSheet) if s.isVisible()], timeout=20_000)


@pytest.mark.parametrize("panel", list(PANELS))
@pytest.mark.req("C12", "A11d-20", "A03")
def test_two_people_say_on_the_screen_that_the_clock_is_right(
    open_client: OpenClient, panel: str, station: Station, clock: SetClock
) -> None:
    lasting_passwords(station)
    client = open_client(panel, "D-SUPER")
    sheet = _sheet(client)
    assert sheet.verb.blocked
    assert "does not stand before" in sheet.words.text()
    client.click("clock-sheet-cancel")
    client.click("nav-sign-out")
    clock.wall_offset_us = YEAR_US
    crew = Crew(station)
    crew.token("D-OPER")
    clock.wall_offset_us = 0
    assert station.read(clock_state, crew.token("D-QA")).behind
    client.qtbot.wait(600)  # the window's own look at the clock sees it come back
    client.sign_in("D-SUPER")
    sheet = _sheet(client)
    assert "regulated work waits" in sheet.words.text()
    assert sheet.verb.blocked
    client.type("clock-reason", "battery failed; compared with the site clock")
    client.click("clock-give")
    _sign(client, "D-SUPER", "authorship")
    client.click("nav-sign-out")
    client.sign_in("D-QA")
    sheet = _sheet(client)
    assert "D-SUPER proposed" in sheet.proposal.text()
    assert "battery failed" in sheet.proposal.text()
    give = client.seen(QAbstractButton, "clock-give")
    assert give is not None
    assert give.text() == "Approve this clock as right"
    client.click("clock-give")
    _sign(client, "D-QA", "approval")
    assert not station.read(clock_state, Crew(station).token("D-QA")).behind
