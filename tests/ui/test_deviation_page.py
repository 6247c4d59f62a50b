"""The deviations page as people work it: from a refused event in the trail to the closure by another person (hmi rules U5, U6, U11; URS H01-H03, H06)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jope_ui.views.deviations import DeviationsPage
from jope_ui.widgets.buttons import BlockedAction
from PySide6.QtWidgets import QWidget

from jope.bootstrap import Station
from jope.compliance.commands import Meaning
from jope.compliance.identity.commands import SignOut
from jope.kernel.clock import site_date
from jope.plant.batches.commands import ReleaseBatchToFloor
from jope.plant.quality import commands as q
from jope.plant.quality.queries import deviation_detail
from tests.support.demo import Crew
from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.test_language import LANGUAGES, clipped, language
from tests.ui.test_signing_queue import require_fit
from tests.ui.test_training_page import sign

__all__ = ["language"]


def prepared(station: Station, *, refused: bool = False, owner: str = "") -> None:
    """One deviation; with an owner, classified and investigated; or a refused event in the trail."""
    crew = Crew(station)
    if refused:
        crew.refused(lambda: crew.do("D-OPER", ReleaseBatchToFloor(batch_no="B-7")))
    else:
        number = crew.do(
            "D-OPER",
            q.OpenDeviation(
                title="Label reel left behind", description="It stood behind the scale.", source_kind="observation", source_id=""
            ),
        ).number
        crew.do("D-OPER", q.AddDeviationEvidence(number=number, words="I saw it."))
        if owner:
            crew.do("D-QA", q.AssignDeviation(number=number, owner=owner, reason="on shift"))
            due = site_date(station.clock.now().utc_us + 30 * 86_400_000_000, station.info.zone)
            crew.sign("D-QA", q.ClassifyDeviation(number=number, classification="minor", due=due))
            found = {"root_cause": "Clearance in a hurry", "impact": "None", "disposition": "Cleared again"}
            crew.do(owner, q.RecordInvestigation(number=number, **found))
    for token in crew.tokens.values():
        station.dispatch(SignOut(), token)


def page(client: Client) -> DeviationsPage:
    client.settle("deviations")
    found = client.window.pages["deviations"]
    assert isinstance(found, DeviationsPage)
    return found


def seen_state(client: Client, shown: DeviationsPage, state: str) -> None:
    client.qtbot.waitUntil(lambda: [row.state for row in shown.model.rows[:1]] == [state], timeout=10_000)
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy, timeout=10_000)


@pytest.mark.req("H06", "H01", "C06")
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_refused_event_becomes_a_deviation(open_client: OpenClient, station: Station, panel: str) -> None:
    prepared(station, refused=True)
    client = open_client(panel, "D-SUPER")
    client.settle("audit")
    audit: Any = client.window.pages["audit"]
    audit.what.set_text("command.denied")
    client.qtbot.waitUntil(audit.detail.deviation.isVisible, timeout=10_000)
    seq = audit._detail_seq
    require_fit(client)
    client.click("audit-deviation")
    client.type("deviation-new-title", "Release to the floor tried by an operator")
    client.type("deviation-new-description", "It was refused; the supervisor was not there.")
    require_fit(client)
    client.click("deviation-new-give")
    shown = client.window.pages["deviations"]
    assert isinstance(shown, DeviationsPage)
    seen_state(client, shown, "open")
    view = station.read(deviation_detail, client.window.client.session.token, number=shown.model.rows[0].number)
    assert [(piece.kind, piece.event_seq, piece.stands) for piece in view.evidence] == [("event", seq, True)]
    require_fit(client)


@pytest.mark.req("H01", "H02", "A03")
@pytest.mark.parametrize("panel", list(PANELS))
def test_quality_assigns_classifies_and_is_told_who_goes_on(open_client: OpenClient, station: Station, tmp_path: Path, panel: str) -> None:
    prepared(station)
    client = open_client(panel, "D-QA")
    shown = page(client)
    require_fit(client)
    client.click("deviation-assign")
    require_fit(client)
    client.click("assign-D-SUPER")
    client.type("assign-reason", "on shift then")
    client.click("assign-give")
    client.qtbot.waitUntil(lambda: shown.model.rows[0].owner == "D-SUPER", timeout=10_000)
    (tmp_path / "reel.txt").write_text("a picture in words")
    client.click("deviation-evidence")
    require_fit(client)
    client.type("evidence-file", str(tmp_path / "reel.txt"))
    client.click("evidence-give")
    client.qtbot.waitUntil(lambda: client.seen(QWidget, "evidence-sheet") is None, timeout=10_000)
    client.click("deviation-next")
    client.click("classify-major")
    client.type("classify-due", "2999-01-31")
    require_fit(client)
    client.click("classify-give")
    sign(client, "D-QA", Meaning.REVIEW)
    seen_state(client, shown, "classified")
    assert shown.next.button.text() == "Record investigation"
    assert shown.next.blocked
    assert shown.next.reason.isVisible()
    assert "D-SUPER owns this deviation" in shown.next.reason.text()
    view = station.read(deviation_detail, client.window.client.session.token, number=shown.model.rows[0].number)
    assert [(piece.kind, piece.document_name) for piece in view.evidence] == [("text", ""), ("document", "reel.txt")]


@pytest.mark.req("H02", "H03", "A03")
def test_another_person_of_quality_closes(open_client: OpenClient, station: Station) -> None:
    prepared(station, owner="D-SUPER")
    client = open_client(person="D-QA")
    shown = page(client)
    assert shown.next.button.text() == "Close deviation"
    client.click("deviation-next")
    sign(client, "D-QA", Meaning.APPROVAL)
    seen_state(client, shown, "closed")
    assert not shown.next.button.isVisible()
    assert "closed" in shown.next.reason.text()
    assert not shown.evidence.isVisible()


@pytest.mark.req("H03", "H02", "A03")
@pytest.mark.parametrize(
    ("owner", "person", "said"), [("D-QA", "D-QA", "You own this deviation"), ("D-SUPER", "D-SUPER", "may not do this")]
)
def test_the_owner_and_production_are_told_why_they_do_not_close(
    open_client: OpenClient, station: Station, owner: str, person: str, said: str
) -> None:
    prepared(station, owner=owner)
    action: BlockedAction = page(open_client(person=person)).next
    assert action.blocked
    assert action.reason.isVisible()
    assert said in action.reason.text()


@pytest.mark.req("H01", "A02")
def test_an_operator_sees_their_own_and_may_only_open_and_add(open_client: OpenClient, station: Station) -> None:
    prepared(station)
    client = open_client(person="D-OPER")
    shown = page(client)
    assert [row.opened_by for row in shown.model.rows] == ["D-OPER"]
    assert "you opened" in shown.facts.text()
    assert shown.open_one.isVisible()
    assert shown.evidence.isVisible()
    assert not shown.assign.isVisible()
    assert not shown.void.isVisible()
    assert shown.next.blocked


@pytest.mark.req("H01", "H02", "A11-09")
def test_voiding_names_what_is_lost_and_is_signed(open_client: OpenClient, station: Station) -> None:
    prepared(station)
    client = open_client(person="D-QA")
    shown = page(client)
    client.click("deviation-void")
    client.type("void-reason", "opened twice")
    client.click("void-give")
    sign(client, "D-QA", Meaning.VOID)
    seen_state(client, shown, "voided")


@pytest.mark.req("P11-16", "H01")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_the_page_and_its_sheets_fit_with_longer_texts(language: str, panel: str, open_client: OpenClient, station: Station) -> None:
    prepared(station)
    client = open_client(panel, "D-QA")
    page(client)
    assert "\n".join(clipped(client.window)) == ""
    for button, sheet in (
        ("deviation-open", "deviation-new"),
        ("deviation-evidence", "evidence"),
        ("deviation-assign", "assign"),
        ("deviation-void", "void"),
        ("deviation-next", "classify"),
    ):
        client.click(button)
        client.qtbot.wait(50)
        assert "\n".join(clipped(client.window)) == "", sheet
        client.click(f"{sheet}-sheet-cancel")
