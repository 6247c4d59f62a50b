"""The training page as a person works it: reading to the end before signing, the matrix, who has not (hmi rules U5, U6, U11; URS I01-I03)."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from jope_ui.dialogs.fields import FieldsSheet
from jope_ui.dialogs.sop_document import SopDocumentSheet
from jope_ui.views.training import TrainingPage
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from jope.bootstrap import Station
from jope.compliance.audit.actions import Action
from jope.compliance.bus.dispatch import CommandBus
from jope.compliance.commands import ChangeStored, Command, Declaration, GuardContext, Meaning, Outcome
from jope.compliance.identity.commands import SignOut
from jope.compliance.training.commands import PublishSop, ReleaseRequirement, RequireTraining, WithdrawSop
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.demo import Crew
from tests.support.training import published, read, required
from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.test_language import LANGUAGES, clipped, language
from tests.ui.test_signing_queue import require_fit

__all__ = ["language"]

LONG = "\n\n".join(f"{n}. What is to be done, and why it is done that way." for n in range(1, 60)).encode()


def prepared(station: Station, *, document: bytes = LONG) -> None:
    crew = Crew(station)
    published(crew, document=document)
    published(crew, "SOP-021", title="Weighing and dispensing on the scales of a booth", validity_months=12)
    required(crew, "PerformClearance")
    read(crew, "D-QA", "SOP-021")
    for token in crew.tokens.values():
        station.dispatch(SignOut(), token)


def page(client: Client) -> TrainingPage:
    client.settle("training")
    found = client.window.pages["training"]
    assert isinstance(found, TrainingPage)
    return found


def document(client: Client) -> SopDocumentSheet:
    client.click("training-read")
    client.qtbot.waitUntil(lambda: client.seen(QWidget, "sop-document") is not None, timeout=10_000)
    sheet = client.seen(QWidget, "sop-document")
    assert isinstance(sheet, SopDocumentSheet)
    client.qtbot.wait(50)
    return sheet


def sign(client: Client, who: str, meaning: Meaning) -> None:
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is not None, timeout=10_000)
    client.type("signature-id", who)
    client.type("signature-password", DEMO_PASSWORD)
    client.choose(meaning.value)
    client.click("signature-sign")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is None, timeout=10_000)


@pytest.mark.req("I03", "I02", "A03")
@pytest.mark.parametrize("panel", list(PANELS))
def test_an_operator_reads_to_the_end_and_signs(open_client: OpenClient, station: Station, panel: str) -> None:
    prepared(station)
    client = open_client(panel, "D-OPER")
    shown = page(client)
    assert not shown.tabs.isVisible(), "others' training is not an operator's"
    assert "SOP-017" in shown.facts.text()
    assert [(row.sop_id, row.required, row.state) for row in shown.mine_model.rows] == [
        ("SOP-017", True, "never"), ("SOP-021", False, "never"),
    ]  # fmt: skip
    require_fit(client)
    sheet = document(client)
    assert not sheet.sign_it.button.isEnabled()
    assert sheet.sign_it.reason.isVisible()
    assert "end" in sheet.sign_it.reason.text()
    require_fit(client)
    for _ in range(60):
        if sheet.sign_it.button.isEnabled():
            break
        client.click("sop-page")
    client.click("sop-sign")
    sign(client, "D-OPER", Meaning.RESPONSIBILITY)
    client.qtbot.waitUntil(lambda: [row.state for row in shown.mine_model.rows if row.sop_id == "SOP-017"] == ["trained"], timeout=10_000)
    assert "Nothing" in shown.facts.text()
    shown.mine.choose([row.sop_id for row in shown.mine_model.rows].index("SOP-017"))
    sheet = document(client)
    assert not sheet.sign_it.button.isEnabled()
    assert "signed this version already" in sheet.sign_it.reason.text()


@pytest.mark.req("I03", "I01", "A03")
@pytest.mark.parametrize("panel", list(PANELS))
def test_the_matrix_who_has_not_and_an_instruction(open_client: OpenClient, station: Station, panel: str) -> None:
    prepared(station)
    client = open_client(panel, "D-QA")
    shown = page(client)
    client.click("training-everybody")
    client.qtbot.wait(50)
    require_fit(client)
    model = shown.matrix.model()
    assert [model.headerData(n, Qt.Orientation.Horizontal) for n in range(2)] == ["Person", "SOP-017"]
    assert [model.data(model.index(row, 1)) for row in range(model.rowCount())] == ["never trained"]
    client.click("training-who-has-not")
    client.qtbot.wait(50)
    require_fit(client)
    assert {row.employee_id for row in shown.people_model.rows} >= {"D-OPER", "D-QA"}
    assert "not trained on this version yourself" in shown.instruct.reason.text()
    shown.sops.choose(1)
    client.qtbot.waitUntil(lambda: "D-QA" not in {row.employee_id for row in shown.people_model.rows}, timeout=10_000)
    shown.people.choose([row.employee_id for row in shown.people_model.rows].index("D-OPER"))
    client.click("training-instruct")
    require_fit(client)
    client.type("instruction-note", "weighed three lots under supervision")
    client.click("instruction-give")
    sign(client, "D-QA", Meaning.VERIFIED)
    client.qtbot.waitUntil(lambda: "D-OPER" not in {row.employee_id for row in shown.people_model.rows}, timeout=10_000)


@pytest.mark.req("I03")
def test_what_is_no_text_is_saved_as_a_copy_and_read_there(open_client: OpenClient, station: Station, tmp_path: Path) -> None:
    prepared(station, document=b"%PDF-1.7\n\xff\xfe")
    client = open_client(person="D-OPER")
    client.window.client.print_folder = tmp_path
    page(client)
    sheet = document(client)
    assert "Save a copy" in sheet.sign_it.reason.text()
    client.click("sop-copy")
    client.qtbot.waitUntil(sheet.sign_it.button.isEnabled, timeout=10_000)
    assert (tmp_path / "SOP-017-1-SOP-017-1.txt").read_bytes() == b"%PDF-1.7\n\xff\xfe"


@pytest.mark.req("I02", "A03", "P11-10")
def test_a_blocked_action_names_the_training(open_client: OpenClient, station: Station) -> None:
    crew = Crew(station)
    published(crew)
    required(crew, "SignTrailReview")
    for token in crew.tokens.values():
        station.dispatch(SignOut(), token)
    client = open_client(person="D-QA")
    client.settle("review")
    action = client.window.pages["review"].sign_it  # type: ignore[attr-defined]
    assert action.blocked
    assert action.reason.isVisible()
    assert action.reason.text().startswith("D-QA was never trained on SOP-017 (Line clearance), version 1. Read and sign")


@pytest.mark.req("P11-16", "A09")
@pytest.mark.parametrize("panel", list(PANELS))
def test_more_opens_a_sheet_with_the_other_pages(open_client: OpenClient, panel: str) -> None:
    client = open_client(panel, "D-OPER")
    client.click("nav-more")
    require_fit(client)
    client.click("more-close")
    client.settle("training")
    assert client.window.navigation.more.isChecked()
    client.click("nav-more")
    client.click("nav-about")
    client.click("about-close")
    client.settle("batch")
    assert not client.window.navigation.more.isChecked()


class Requests:
    """Stores nothing but a number and the event, as the room of change requests does with more."""

    def __init__(self) -> None:
        self.asked: list[Command] = []

    def store(self, uow: Any, command: Command, declaration: Declaration, context: GuardContext) -> ChangeStored:
        self.asked.append(command)
        number = f"CR-{len(self.asked)}"
        uow.audit.record(Action.COMMAND_REFUSED, ("change_request", number), outcome=Outcome.DONE)
        return ChangeStored(number)


@pytest.mark.req("I02", "I03", "D01")
@pytest.mark.parametrize("panel", list(PANELS))
def test_rules_are_asked_for_as_changes_of_four_eyes(open_client: OpenClient, station: Station, tmp_path: Path, panel: str) -> None:
    prepared(station)
    requests = Requests()
    station.bus = CommandBus(dataclasses.replace(station.bus._parts, four_eyes=requests))
    client = open_client(panel, "D-QA")
    shown = page(client)
    client.click("training-rules-view")
    client.qtbot.wait(50)
    require_fit(client)
    assert [(row.kind, row.key, row.sop_id) for row in shown.rules.model.rows] == [("action", "PerformClearance", "SOP-017")]
    assert shown.rules.model.data(shown.rules.model.index(0, 0)) == "Perform clearance"
    (tmp_path / "sop.txt").write_text("1. Weigh.")
    client.click("training-publish")
    require_fit(client)
    given = {
        "sop": "SOP-030",
        "number": "1",
        "title": "Waste",
        "file": str(tmp_path / "nothing.txt"),
        "from": "2026-01-01",
        "reason": "new",
    }
    for key, text in given.items():
        client.type(f"publish-{key}", text)
    client.click("publish-give")
    sheet = client.seen(QWidget, "publish-sheet")
    assert isinstance(sheet, FieldsSheet)
    client.qtbot.waitUntil(lambda: "nothing.txt cannot be read" in sheet.error.text(), timeout=10_000)
    client.type("publish-file", str(tmp_path / "sop.txt"))
    client.click("publish-give")
    client.qtbot.waitUntil(lambda: "CR-1" in shown.notice.message.text(), timeout=10_000)
    client.click("training-require")
    require_fit(client)
    client.click("require-meaning:release")
    client.type("require-sop", "SOP-021")
    client.type("require-reason", "who releases knows how it is weighed")
    client.click("require-give")
    client.qtbot.waitUntil(lambda: "CR-2" in shown.notice.message.text(), timeout=10_000)
    client.click("training-release")
    client.type("release-reason", "automated")
    client.click("release-give")
    client.qtbot.waitUntil(lambda: "CR-3" in shown.notice.message.text(), timeout=10_000)
    client.click("training-withdraw")
    require_fit(client)
    client.click("withdraw-SOP-021")
    client.type("withdraw-reason", "merged into SOP-030")
    client.click("withdraw-give")
    client.qtbot.waitUntil(lambda: "CR-4" in shown.notice.message.text(), timeout=10_000)
    publish, require, release, withdraw = requests.asked
    assert isinstance(publish, PublishSop)
    assert station.blobs.get(publish.document_hash) == b"1. Weigh."
    assert (publish.sop_id, publish.validity_months) == ("SOP-030", 0)
    assert isinstance(require, RequireTraining)
    assert (require.kind, require.key, require.sop_id) == ("meaning", "release", "SOP-021")
    assert isinstance(release, ReleaseRequirement)
    assert release.key == "PerformClearance"
    assert isinstance(withdraw, WithdrawSop)
    assert withdraw.number == 1


@pytest.mark.req("I02", "A02")
def test_only_whoever_may_ask_for_changes_is_offered_them(open_client: OpenClient, station: Station) -> None:
    prepared(station)
    client = open_client(person="D-SUPER")
    shown = page(client)
    client.click("training-rules-view")
    client.qtbot.wait(50)
    assert shown.rules.table.isVisible()
    assert not shown.rules.buttons.isVisible()


@pytest.mark.req("P11-16", "I03")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_every_view_and_sheet_fits_with_longer_texts(language: str, panel: str, open_client: OpenClient, station: Station) -> None:
    prepared(station)
    client = open_client(panel, "D-QA")
    page(client)
    document(client)
    assert "\n".join(clipped(client.window)) == ""
    client.click("sop-close")
    for view in ("training-everybody", "training-who-has-not", "training-rules-view"):
        client.click(view)
        client.qtbot.wait(50)
        assert "\n".join(clipped(client.window)) == "", view
    for sheet in ("publish", "withdraw", "require", "release"):
        client.click(f"training-{sheet}")
        client.qtbot.wait(50)
        assert "\n".join(clipped(client.window)) == "", sheet
        client.click(f"{sheet}-sheet-cancel")
    client.click("nav-more")
    client.qtbot.wait(50)
    assert "\n".join(clipped(client.window)) == ""
