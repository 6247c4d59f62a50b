"""The queue, the series and the accountability statement as a person meets them (hmi rules U5, U6, U9, U10; URS B09, B10, B12)."""

from __future__ import annotations

import pytest
from jope_ui.dialogs.signature import SignatureSheet
from jope_ui.theme.metrics import DENSE_MM, SIGN_MM
from jope_ui.views.queue import QueuePage
from jope_ui.widgets.labels import Identifier, Text
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from jope.bootstrap import Station
from jope.compliance.identity.commands import SignOut
from jope.compliance.signatures.statements import STATEMENTS, Statement
from jope.plant.materials.commands import ReceiveLot
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, certified
from tests.support.rules import issue_statement, set_rule
from tests.ui.conftest import PANELS, Client, OpenClient
from tests.ui.test_language import LANGUAGES, clipped, language

__all__ = ["language"]

_PROOFS = (
    "SELECT s.subject_id, json_extract(p.payload, '$.details.proof.abbreviated') FROM signature s JOIN audit_subject e ON e.kind = 'signature' "
    "AND e.id = s.id JOIN audit_payload p ON p.seq = e.seq WHERE s.subject_id LIKE 'Q-%' ORDER BY s.target_seq"
)


def proofs(station: Station) -> list[tuple[str, int]]:
    """The signed lots, and whether the password alone was given."""
    found: list[tuple[str, int]] = station._commands.run(lambda: station._store.cursor.execute(_PROOFS).fetchall())
    return found


def receive(station: Station, *numbers: int) -> None:
    crew = Crew(station)
    for n in numbers:
        lot = ReceiveLot(lot_no=f"Q-{n}", material_code="MG-CIT", receiving_no="RC", quantity="5.00", unit="g", expiry="2028-01-01")
        crew.do("D-SUPER", lot)
        certified(crew, f"Q-{n}")
    station.dispatch(SignOut(), crew.token("D-SUPER"))


def queue(client: Client) -> QueuePage:
    """Open the queue from the overview."""
    client.click("queue-open")
    client.qtbot.waitUntil(lambda: client.window.key == "queue" and client.window.pages["queue"].shown, timeout=10_000)
    page = client.window.pages["queue"]
    assert isinstance(page, QueuePage)
    return page


def opened(client: Client) -> SignatureSheet:
    """Open the chosen record's sheet."""
    client.click("queue-sign")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is not None, timeout=10_000)
    sheet = client.window.signing.open_sheet
    assert sheet is not None
    return sheet


def signed(client: Client, page: QueuePage, left: int) -> None:
    """Press Sign and wait until the record is gone from the list."""
    client.click("signature-sign")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is None and len(page.model.rows) == left, timeout=10_000)


def require_fit(client: Client) -> None:
    """Every target of the window is large enough for a glove, and no text is cut."""
    client.qtbot.wait(50)  # the layout settles
    theme, window = client.window.client.theme, client.window
    for target in (one for kind in (QAbstractButton, QLineEdit) for one in window.findChildren(kind) if one.isVisible()):
        least = theme.px(SIGN_MM if target.property("touch") == "sign" else DENSE_MM)
        assert min(target.width(), target.height()) >= least, target.objectName()
    for text in (one for one in window.findChildren(Text) if one.isVisible()):
        needed = text.heightForWidth(text.width()) if text.wordWrap() else text.fontMetrics().height()
        assert text.height() >= needed - 1, text.text()
    for label in (one for one in window.findChildren(Identifier) if one.isVisible()):
        assert label.width() >= label.needed_width(), label.text()
    sheet = window.signing.open_sheet
    if sheet is not None:
        rows = sheet.record.rows
        assert rows.widget().minimumSizeHint().width() <= rows.viewport().width(), "the record is cut at the side"


@pytest.mark.req("B12", "B01", "P11-24")
def test_with_no_series_each_record_asks_for_everything(open_client: OpenClient, station: Station) -> None:
    receive(station, 1, 2)
    client = open_client("wxga-12.1", "D-QA")
    page = queue(client)
    assert [one.title for one in page.model.rows] == ["Release lot Q-1", "Release lot Q-2"]
    for left in (1, 0):
        sheet = opened(client)
        assert not sheet.abbreviated
        assert sheet.employee_id.isVisible()
        assert sheet.employee_id.text == ""
        client.choose("approval")
        client.type("signature-id", "D-QA")
        client.type("signature-password", DEMO_PASSWORD)
        signed(client, page, left)
    assert proofs(station) == [("Q-1", 0), ("Q-2", 0)]
    assert "Nothing waits" in page.facts.text()
    assert page.review.blocked


@pytest.mark.req("B10", "B12", "A11d-25", "P11-23")
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_series_asks_for_the_password_record_by_record(open_client: OpenClient, station: Station, panel: str) -> None:
    set_rule(station, "ReleaseLot", series=True)
    receive(station, 1, 2, 3)
    client = open_client(panel, "D-QA")
    page = queue(client)
    require_fit(client)
    assert not opened(client).abbreviated
    client.choose("approval")
    client.type("signature-id", "D-QA")
    client.type("signature-password", DEMO_PASSWORD)
    signed(client, page, 2)
    sheet = opened(client)
    assert sheet.abbreviated
    assert not sheet.employee_id.isVisible()
    assert "D-QA" in sheet.running.text()
    assert sheet.meaning is None
    assert sheet.password.text == ""
    assert "Q-2" in sheet.record.subject.text()
    require_fit(client)
    client.choose("approval")
    client.type("signature-password", DEMO_PASSWORD)
    signed(client, page, 1)
    assert proofs(station) == [("Q-1", 0), ("Q-2", 1)]


def _to_another_page(client: Client, clock: SetClock) -> None:
    client.open("overview")
    queue(client)


def _lock(client: Client, clock: SetClock) -> None:
    client.click("lock")
    client.click("lock-unlock")
    client.type("unlock-id", "D-QA")
    client.type("unlock-password", DEMO_PASSWORD)
    client.click("unlock-give")
    client.qtbot.waitUntil(lambda: not client.window.client.session.locked, timeout=10_000)


def _minutes(client: Client, clock: SetClock) -> None:
    for _ in range(5):
        clock.pass_seconds(61)
        client.window.client.station.touch(client.window.client.session.token)


@pytest.mark.req("B10", "P11-24", "A09")
@pytest.mark.parametrize("end", [_to_another_page, _lock, _minutes])
def test_after_a_break_the_id_is_asked_for_again(open_client: OpenClient, station: Station, clock: SetClock, end: object) -> None:
    set_rule(station, "ReleaseLot", series=True)
    receive(station, 1, 2)
    client = open_client("wxga-12.1", "D-QA")
    page = queue(client)
    opened(client)
    client.choose("approval")
    client.type("signature-id", "D-QA")
    client.type("signature-password", DEMO_PASSWORD)
    signed(client, page, 1)
    assert callable(end)
    end(client, clock)
    assert not opened(client).abbreviated


@pytest.mark.req("B10", "P11-24", "B06")
def test_a_wrong_password_in_a_series_asks_for_the_id_again(open_client: OpenClient, station: Station) -> None:
    set_rule(station, "ReleaseLot", series=True)
    receive(station, 1, 2)
    client = open_client("wxga-12.1", "D-QA")
    page = queue(client)
    opened(client)
    client.choose("approval")
    client.type("signature-id", "D-QA")
    client.type("signature-password", DEMO_PASSWORD)
    signed(client, page, 1)
    sheet = opened(client)
    client.choose("approval")
    client.type("signature-password", "guess")
    client.click("signature-sign")
    client.qtbot.waitUntil(sheet.error.isVisible, timeout=10_000)
    assert not sheet.abbreviated
    assert sheet.employee_id.isVisible()
    client.type("signature-id", "D-QA")
    client.type("signature-password", DEMO_PASSWORD)
    signed(client, page, 0)
    assert proofs(station) == [("Q-1", 0), ("Q-2", 0)]


@pytest.mark.req("B09", "P11-11")
@pytest.mark.parametrize("panel", list(PANELS))
def test_the_statement_stands_before_the_first_signature(open_client: OpenClient, station: Station, panel: str) -> None:
    issue_statement(station, Statement(2, "en", STATEMENTS[-1].text))
    receive(station, 1)
    client = open_client(panel, "D-QA")
    page = queue(client)
    assert page.review.blocked
    assert "accountability statement" in page.review.reason.text()
    client.click("queue-accept")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is not None, timeout=10_000)
    sheet = client.window.signing.open_sheet
    assert sheet is not None
    assert sheet.accepts
    assert STATEMENTS[-1].text in [one.text() for one in sheet.findChildren(Text)]
    require_fit(client)
    client.choose("responsibility")
    client.type("signature-id", "D-QA")
    client.type("signature-password", DEMO_PASSWORD)
    client.click("signature-sign")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is None and not page.review.blocked, timeout=10_000)
    assert _accepted(station) == [("D-QA", 2)]


@pytest.mark.req("B09", "P11-11")
def test_a_first_signature_on_a_page_shows_the_statement_and_goes_on(open_client: OpenClient, station: Station) -> None:
    issue_statement(station, Statement(2, "en", "A new text."))
    client = open_client("wxga-12.1", "D-OPER")
    client.open("batch")
    client.click("batch-hold")
    client.type("reason-text", "a leak")
    client.click("reason-give")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is not None, timeout=10_000)
    first = client.window.signing.open_sheet
    assert first is not None
    assert first.accepts
    client.choose("responsibility")
    client.type("signature-id", "D-OPER")
    client.type("signature-password", DEMO_PASSWORD)
    client.click("signature-sign")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet not in (None, first), timeout=10_000)
    second = client.window.signing.open_sheet
    assert second is not None
    assert not second.accepts
    assert "Hold batch" in second.record.subject.text()
    assert _accepted(station) == [("D-OPER", 2)]


def _accepted(station: Station) -> list[tuple[str, int]]:
    sql = "SELECT employee_id, number FROM accountability_acceptance WHERE number = 2"
    found: list[tuple[str, int]] = station._commands.run(lambda: station._store.cursor.execute(sql).fetchall())
    return found


@pytest.mark.req("B09", "B10", "B12", "P11-16")
@pytest.mark.parametrize(("language", "panel"), LANGUAGES, indirect=["language"])
def test_signing_fits_with_longer_texts(language: str, open_client: OpenClient, station: Station, panel: str) -> None:
    set_rule(station, "ReleaseLot", series=True)
    issue_statement(station, Statement(2, "en", STATEMENTS[-1].text))
    receive(station, 1, 2)
    client = open_client(panel, "D-SUPER")
    client.qtbot.wait(50)
    assert "\n".join(clipped(client.window)) == "", "overview of a supervisor"
    client.click("nav-sign-out")
    client.qtbot.waitUntil(client.window.sign_in.isVisible, timeout=10_000)
    client.sign_in("D-QA")
    page = queue(client)
    client.qtbot.wait(50)
    assert "\n".join(clipped(client.window)) == "", "queue, statement due"
    client.click("queue-accept")
    client.choose("responsibility")
    client.type("signature-id", "D-QA")
    _touch(client)
    assert "\n".join(clipped(client.window)) == "", "statement"
    client.type("signature-password", DEMO_PASSWORD)
    client.click("signature-sign")
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is None and not page.review.blocked, timeout=10_000)
    opened(client)
    client.choose("approval")
    client.type("signature-id", "D-QA")
    client.type("signature-password", DEMO_PASSWORD)
    signed(client, page, 1)
    client.qtbot.wait(50)
    assert "\n".join(clipped(client.window)) == "", "queue"
    assert opened(client).abbreviated
    _touch(client)
    assert "\n".join(clipped(client.window)) == "", "series"


def _touch(client: Client) -> None:
    """Touch the password, which opens the keyboard."""
    field = client.seen(QLineEdit, "signature-password")
    assert field is not None
    client.qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    client.qtbot.wait(50)
