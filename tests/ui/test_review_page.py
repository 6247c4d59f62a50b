"""The trail review on the screen: what must be looked at, and what the reviewer picks (URS C09, C10)."""

from __future__ import annotations

import json

import pytest
from jope_ui.dialogs.signature import SignatureSheet
from jope_ui.views.review import ReviewPage

from jope.bootstrap import Station
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.ui.conftest import BATCH, PANELS, OpenClient


@pytest.mark.parametrize("panel", list(PANELS))
@pytest.mark.req("C09", "C10", "PI-05")
def test_a_reviewer_picks_events_beside_the_exceptions_and_the_sample(open_client: OpenClient, panel: str, station: Station) -> None:
    client = open_client(panel, "D-QA")
    client.window.client.choose_batch(BATCH)
    client.open("review")
    page = client.window.pages["review"]
    assert isinstance(page, ReviewPage)
    due = len(page.model.rows)
    assert due > 0

    def look_at(row: int) -> int:
        seq: int = page.model.rows[row].event.seq
        page.table.choose(row)
        client.qtbot.waitUntil(lambda: any(one.seen for one in page.model.rows if one.event.seq == seq), timeout=10_000)
        return seq

    for row in range(due):
        look_at(row)
    assert not page.sign_it.blocked
    client.click("review-all")
    assert len(page.model.rows) > due
    picked = look_at(due)
    assert page.model.data(page.model.index(due, 1)) == "picked"
    client.click("review-all")
    assert [one.event.seq for one in page.model.rows[due:]] == [picked]
    client.click("review-sign")
    client.choose("review")
    client.type("signature-id", "D-QA")
    client.type("signature-password", DEMO_PASSWORD)
    client.click("signature-sign")
    client.qtbot.waitUntil(lambda: not [s for s in client.window.findChildren(SignatureSheet) if s.isVisible()], timeout=20_000)
    ((targeted, sampled),) = station._ask("SELECT targeted, sampled FROM trail_review", ())
    assert json.loads(targeted) == [picked]
    assert picked not in json.loads(sampled)
