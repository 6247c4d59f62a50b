"""The equipment page as people work it: status, logbook, cleaning by two people, maintenance (URS E13, E15; hmi rules U11, U17)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jope_ui.views.batch import BatchPage
from jope_ui.views.equipment import EquipmentPage
from jope_ui.widgets.badge import Namur
from jope_ui.widgets.equipment_words import EquipmentWords, letter_of

from jope.bootstrap import Station
from jope.compliance.changes.queries import changes
from jope.compliance.commands import Meaning
from jope.plant.batches import commands as b
from jope.plant.devices.equipment.fitness import Status
from jope.services.provisioning import demo_data as demo
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station
from tests.support.equipment import BOOTH, MIXER, add_equipment, clean, unit
from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.plants import leave
from tests.ui.test_language import LANGUAGES, clipped, language
from tests.ui.test_people_pages import keep_picture
from tests.ui.test_signing_queue import require_fit
from tests.ui.test_training_page import sign

__all__ = ["language"]


@pytest.fixture
def station(tmp_path: Path, clock: SetClock) -> Iterator[Station]:
    """A station with the two units of the demo line, dirty, and a batch whose line is cleared."""
    with plain_station(tmp_path / "station", encrypted=False, clock=clock) as made:
        crew = Crew(made)
        add_equipment(crew)
        crew.do("D-SUPER", b.CreateBatch(batch_no="B-1", recipe_id=demo.DEMO_RECIPE, line="L3", product_lot="PL-1"))
        crew.do("D-SUPER", b.ReleaseBatchToFloor(batch_no="B-1"))
        answers = tuple(b.ClearanceAnswer(check_id, True) for check_id, _ in demo.DEMO_CHECKS)
        crew.sign("D-OPER", b.PerformClearance(batch_no="B-1", answers=answers))
        crew.sign("D-OPER", b.VerifyClearance(batch_no="B-1"), signer="D-SUPER")
        crew.accept("D-QA")
        leave(crew)
        yield made


def page(client: Client) -> EquipmentPage:
    client.settle("equipment")
    found = client.window.pages["equipment"]
    assert isinstance(found, EquipmentPage)
    return found


def idle(client: Client) -> None:
    client.qtbot.wait(50)
    client.qtbot.waitUntil(lambda: not client.window.client.queries.busy, timeout=10_000)
    client.qtbot.wait(50)


def stands(client: Client, shown: EquipmentPage, words: str) -> None:
    client.qtbot.waitUntil(lambda: words in shown.status.text(), timeout=10_000)
    idle(client)


def offered(shown: EquipmentPage) -> dict[str, bool]:
    """The actions that are offered, and whether each is open."""
    return {key: not action.blocked for key, action in shown.buttons.items() if action.isVisibleTo(shown)}


@pytest.mark.req("E15")
def test_every_status_has_a_word_and_a_sign_of_its_kind() -> None:
    words = EquipmentWords()
    assert len({words.status(status) for status in Status}) == len(Status)
    assert {status for status in Status if letter_of(status) is Namur.GOOD} == {Status.CLEAN, Status.IN_USE}


@pytest.mark.req("E13", "E15", "A03", "B07")
@pytest.mark.parametrize("panel", list(PANELS))
def test_an_operator_cleans_and_a_second_person_checks(open_client: OpenClient, panel: str) -> None:
    client = open_client(panel, "D-OPER")
    shown = page(client)
    assert [(one.equipment_id, one.status) for one in shown.model.rows] == [(BOOTH, Status.DIRTY), (MIXER, Status.DIRTY)]
    assert "dirty" in shown.status.text()
    assert "never cleaned" in shown.facts.text()
    assert not shown.new.isVisible()
    assert offered(shown) == {"begin": True, "finish": False, "check": False, "dirty": False, "maintain": True, "return": False}
    assert "Begin the cleaning first." in shown.buttons["finish"].reason.text()
    require_fit(client)
    keep_picture(client, "equipment-dirty")
    client.click("equipment-begin")
    stands(client, shown, "being cleaned")
    client.click("equipment-finish")
    client.type("equipment-finish-sheet-agent", "70 % ethanol")
    require_fit(client)
    keep_picture(client, "equipment-finish")
    client.click("equipment-finish-sheet-give")
    sign(client, "D-OPER", Meaning.PERFORMED)
    stands(client, shown, "cleaning to be checked")
    client.click("equipment-check")
    sheet = client.window.signing
    client.qtbot.waitUntil(lambda: sheet.open_sheet is not None, timeout=10_000)
    keep_picture(client, "equipment-check")
    sign(client, "D-SUPER", Meaning.VERIFIED)
    stands(client, shown, "clean")
    client.qtbot.waitUntil(lambda: "Clean until" in shown.facts.text(), timeout=10_000)
    assert "Cleaned by D-OPER, checked by D-SUPER" in shown.facts.text()
    require_fit(client)
    keep_picture(client, "equipment-clean")
    client.click("equipment-view-book")
    idle(client)
    assert [one.what for one in shown._data.book] == [  # type: ignore[union-attr]
        "equipment.registered", "cleaning.begun", "cleaning.performed", "cleaning.checked",
    ]  # fmt: skip
    require_fit(client)
    keep_picture(client, "equipment-book")
    client.click("equipment-note")
    client.type("equipment-note-sheet-text", "Filter frame dented, no effect")
    client.type("equipment-note-sheet-reason", "seen on the round")
    client.click("equipment-note-sheet-give")
    sign(client, "D-OPER", Meaning.PERFORMED)
    client.qtbot.waitUntil(lambda: shown._data is not None and shown._data.book[-1].what == "equipment.noted", timeout=10_000)


@pytest.mark.req("E15", "A03")
@pytest.mark.parametrize("panel", list(PANELS))
def test_the_batch_page_says_what_is_dirty_and_who_helps(open_client: OpenClient, station: Station, panel: str) -> None:
    client = open_client(panel, "D-OPER")
    client.qtbot.waitUntil(lambda: client.window.client.batch_no == "B-1", timeout=10_000)
    client.settle("batch")
    shown = client.window.pages["batch"]
    assert isinstance(shown, BatchPage)
    assert shown.next.blocked
    assert "BO-1 was never cleaned. MX-1 was never cleaned. An operator cleans it" in shown.next.reason.text()
    require_fit(client)
    keep_picture(client, "batch-dirty")
    crew = Crew(station)
    clean(crew, BOOTH, MIXER, by="D-SUPER", checked_by="D-QA")
    client.qtbot.waitUntil(lambda: not shown.next.blocked, timeout=10_000)


@pytest.mark.req("E15", "A03", "B07")
def test_maintenance_goes_out_by_one_and_comes_back_by_another(open_client: OpenClient, station: Station, clock: SetClock) -> None:
    client = open_client("wxga-12.1", "D-OPER")
    shown = page(client)
    client.click("equipment-maintain")
    client.type("equipment-maintain-sheet-reason", "Stirrer rattles")
    client.click("equipment-maintain-sheet-give")
    stands(client, shown, "in maintenance")
    assert "Taken out of service by D-OPER: Stirrer rattles" in shown.facts.text()
    assert offered(shown)["begin"] is False
    require_fit(client)
    keep_picture(client, "equipment-maintenance")
    client.click("equipment-return")
    client.type("equipment-return-sheet-work", "Bearing exchanged")
    client.click("equipment-return-sheet-give")
    sign(client, "D-SUPER", Meaning.VERIFIED)
    stands(client, shown, "dirty")
    crew = Crew(station)
    clean(crew, BOOTH, by="D-SUPER", checked_by="D-QA")
    leave(crew)
    stands(client, shown, "clean")
    client.click("equipment-dirty")
    client.type("equipment-dirty-sheet-reason", "A glove fell in")
    client.click("equipment-dirty-sheet-give")
    stands(client, shown, "dirty")
    assert unit(Crew(station), BOOTH).status is Status.DIRTY


@pytest.mark.req("E15", "D02")
@pytest.mark.parametrize("panel", list(PANELS))
def test_an_administrator_asks_for_a_unit_and_a_change(open_client: OpenClient, station: Station, panel: str) -> None:
    client = open_client(panel, "D-ADMIN")
    shown = page(client)
    assert not [key for key in ("begin", "finish", "dirty", "maintain") if shown.buttons[key].isVisibleTo(shown)]
    client.click("equipment-view-register")
    idle(client)
    require_fit(client)
    keep_picture(client, "equipment-register")
    client.click("equipment-new")
    entered: dict[str, Any] = {
        "equipment_id": "FI-1", "title": "Filler", "clean_hold_hours": "24", "dirty_hold_hours": "x", "procedure": "SOP-CL-09", "procedure_version": "1",
        "reason": "second filler",
    }  # fmt: skip
    for key, text in entered.items():
        client.type(f"equipment-new-sheet-{key}", text)
    keep_picture(client, "equipment-new")
    client.type("equipment-new-sheet-dirty_hold_hours", "12")
    client.click("equipment-new-sheet-give")
    client.qtbot.waitUntil(lambda: client.window.key == "changes", timeout=10_000)
    shown = page(client)
    client.click("equipment-view-register")
    idle(client)
    client.click("equipment-change")
    client.type("equipment-change-sheet-clean_hold_hours", "48")
    client.type("equipment-change-sheet-reason", "validated again")
    client.click("equipment-change-sheet-give")
    client.qtbot.waitUntil(lambda: client.window.key == "changes", timeout=10_000)
    asked = {row.command for row in station.read(changes, client.window.client.session.token)}
    assert {"RegisterEquipment", "ChangeEquipment"} <= asked


@pytest.mark.req("E15")
def test_a_hold_that_ends_while_the_page_is_open_is_shown(open_client: OpenClient, station: Station, clock: SetClock) -> None:
    crew = Crew(station)
    clean(crew, BOOTH, by="D-SUPER", checked_by="D-QA")
    leave(crew)
    clock.pass_seconds(72 * 3600)
    client = open_client("fhd-15.6", "D-OPER")
    shown = page(client)
    stands(client, shown, "clean hold expired")
    assert "Clean it again before it is used." in shown.facts.text()
    keep_picture(client, "equipment-expired")


@pytest.mark.req("P11-16", "B02")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_every_view_fits_with_longer_texts(language: str, open_client: OpenClient, station: Station, panel: str) -> None:
    crew = Crew(station)
    clean(crew, BOOTH, by="D-SUPER", checked_by="D-QA")
    leave(crew)
    client = open_client(panel)
    for person in ("D-OPER", "D-SUPER", "D-ADMIN"):
        client.sign_in(person)
        page(client)
        for tab in ("now", "book", "register"):
            client.click(f"equipment-view-{tab}")
            idle(client)
            assert "\n".join(clipped(client.window)) == "", (person, tab)
            keep_picture(client, f"equipment-{language}-{person}-{tab}")
        if person != "D-ADMIN":
            client.click("nav-sign-out")
    client.click("equipment-new")
    client.qtbot.wait(80)
    assert "\n".join(clipped(client.window)) == ""
