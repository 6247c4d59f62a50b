"""The audit viewer's table and filter (hmi rule U19)."""

from __future__ import annotations

from typing import Any

import pytest
from jope_ui.viewmodels.audit_filter import FilterError, audit_filter, utc_us
from jope_ui.viewmodels.audit_table import KEPT_PAGES, PAGE, AuditTable
from jope_ui.viewmodels.wording import plain_words, short_ids
from jope_ui.views.audit import AuditPage
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from jope.bootstrap import Station
from jope.compliance.audit.actions import Action
from jope.compliance.audit.queries import AuditFilter, AuditRow
from jope.compliance.bus.stream import EventStream
from tests.ui.conftest import PANELS, OpenClient

TOTAL = PAGE * (KEPT_PAGES + 3) + 7


def row(seq: int) -> AuditRow:
    return AuditRow(seq, seq, "D-OPER", "operator", "batch.started", "done", "batch B-7", "", 1, "")


@pytest.fixture
def table(qapp: object) -> AuditTable:
    """A table that is served at once."""
    made = AuditTable(("No.", "Who"), (lambda one: str(one.seq), lambda one: one.actor))

    def serve(number: int, seqs: tuple[int, ...]) -> None:
        rows = tuple(row(seq) for seq in seqs)
        made.take_page(number, rows, made.texts_of(rows))

    made.page_wanted.connect(serve)
    made.show_all(TOTAL)
    return made


@pytest.mark.req("C08", "A11d-21")
def test_the_whole_trail_is_there_at_once_and_read_where_it_is_looked_at(table: AuditTable) -> None:
    asked: list[int] = []
    table.page_wanted.connect(lambda number, _: asked.append(number))
    assert table.rowCount() == TOTAL
    assert table.seqs[0] == TOTAL
    assert table.data(table.index(0, 0)) == str(TOTAL)
    deep = table.row_of(5)
    table.row_at(deep)
    found = table.row_at(deep)
    assert found is not None
    assert found.seq == 5
    assert asked == [0, deep // PAGE]


@pytest.mark.req("C08")
def test_every_event_is_reached_once_and_pages_are_forgotten(table: AuditTable) -> None:
    seen = []
    for number in range(TOTAL):
        table.row_at(number)
        found = table.row_at(number)
        assert found is not None
        seen.append(found.seq)
    assert seen == list(range(TOTAL, 0, -1))
    assert len(table._pages) == KEPT_PAGES


@pytest.mark.req("C08")
def test_what_a_filter_finds_comes_in_pieces_and_is_jumped_into(table: AuditTable) -> None:
    table.show_found(range(TOTAL, TOTAL - 2 * PAGE, -2))
    table.row_at(PAGE - 1)
    table.add_found(tuple(range(TOTAL - 2 * PAGE, 0, -2)))
    assert list(table.seqs) == list(range(TOTAL, 0, -2))
    assert table.seqs[table.row_of(TOTAL - 100)] == TOTAL - 100
    assert table.seqs[table.row_of(TOTAL - 101)] == TOTAL - 102, "the next older one"
    assert table.row_of(0) == len(table.seqs) - 1
    for number in range(table.rowCount()):
        table.row_at(number)
        found = table.row_at(number)
        assert found is not None
        assert found.seq == table.seqs[number]


@pytest.mark.req("C08")
def test_an_empty_trail_ends_at_once(table: AuditTable) -> None:
    table.show_found(())
    assert table.rowCount() == 0
    assert table.row_of(7) == 0
    table.clear()
    assert table.rowCount() == 0


@pytest.mark.req("C08")
def test_the_model_keeps_qt_s_rules(table: AuditTable, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(table)


@pytest.mark.req("C08")
def test_a_jump_arrives_when_every_row_of_the_place_is_read_and_reads_the_chosen_event(open_client: OpenClient, station: Station) -> None:
    parts: Any = vars(station.bus)["_parts"]
    stream = EventStream(parts.store, parts.commands, parts.clock, parts.here)
    client = open_client(person="D-QA")
    for _ in range(3 * PAGE):
        stream.append(Action.DEVICE_STATE_CHANGED, ("device", "SC-0412"), details={"state": "ready"})
    client.open("audit")
    page = client.window.pages["audit"]
    assert isinstance(page, AuditPage)
    client.qtbot.waitUntil(lambda: page.model.rowCount() > 3 * PAGE and page.shown)
    dots: list[bool] = []

    def on_chosen() -> None:
        top, height = page.table.rowAt(0), page.table.viewport().height()
        bottom = page.table.rowAt(height - 1)
        dots.extend(page.model.data(page.model.index(at, 1)) == "\u2026" for at in range(top, (bottom if bottom >= 0 else top) + 1))

    page.table.selectionModel().selectionChanged.connect(on_chosen)
    target = page.model.rowCount() - PAGE - 20
    page.place.set_text(str(page.model.seqs[target]))
    page.place.submitted.emit()
    client.qtbot.waitUntil(lambda: page.table.currentIndex().row() == target)
    assert dots
    assert not any(dots)
    client.qtbot.waitUntil(lambda: page.records == (("device", "SC-0412"),))


@pytest.mark.req("C13", "O01")
def test_an_export_right_after_a_choice_offers_the_records_of_the_chosen_event(open_client: OpenClient) -> None:
    client = open_client(person="D-QA")
    client.open("audit")
    page = client.window.pages["audit"]
    assert isinstance(page, AuditPage)
    page.record.set_text("batch:B-7")
    client.qtbot.waitUntil(lambda: page.shown and "events match" in page.count.text() and page.records[:1] == (("batch", "B-7"),))
    page.table.choose(1)
    page.export.click()
    client.qtbot.waitUntil(lambda: client.seen(QAbstractButton, "export-batch") is not None)


@pytest.mark.req("C02", "C08", "P11-07")
def test_a_verification_shows_its_progress_can_be_cancelled_and_ends_with_a_verdict(open_client: OpenClient) -> None:
    client = open_client(person="D-QA")
    client.open("audit")
    page = client.window.pages["audit"]
    assert isinstance(page, AuditPage)
    card = page.verification
    client.click("audit-verify")
    assert "0 s" in card.facts.text()
    assert not card.verify.isEnabled()
    client.qtbot.waitUntil(lambda: "events" in card.facts.text())
    client.click("audit-verify-cancel")
    assert "no verdict" in card.verdict.text()
    assert not card.cancel.isVisible()
    client.qtbot.waitUntil(card.verify.isEnabled, timeout=30_000)
    assert "no verdict" in card.verdict.text()
    client.click("audit-verify")
    client.qtbot.waitUntil(lambda: card.verdict.text().startswith("Verified: "), timeout=30_000)
    assert card.icon.name == "check"
    assert card.facts.text().startswith("head ")
    assert not card.cancel.isVisible()
    assert card.verify.isEnabled()


@pytest.mark.req("C08", "C12")
@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("", False, None),
        ("2026-11-20", False, 1_795_132_800_000_000),
        ("2026-11-20", True, 1_795_219_199_999_999),
        ("2026-11-20 09:41", False, 1_795_167_660_000_000),
        ("2026-11-20 09:41:07 UTC", True, 1_795_167_667_999_999),
    ],
)
def test_times_are_typed_in_utc(text: str, end: bool, expected: int | None) -> None:
    assert utc_us(text, end=end) == expected


@pytest.mark.req("C08")
@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "20.11.2026"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(FilterError):
        utc_us(text)


@pytest.mark.req("C08")
def test_a_record_is_named_with_or_without_its_kind() -> None:
    plain = audit_filter(since="", until="", actor=" D-QA ", action="", record="B-7", only_changes=True)
    assert plain == AuditFilter(actor="D-QA", subject_id="B-7", only_changes=True)
    named = audit_filter(since="", until="", actor="", action="", record="batch:B-7", only_changes=False)
    assert named == AuditFilter(subject_kind="batch", subject_id="B-7")


@pytest.mark.req("P11-16")
def test_stable_words_are_read_as_sentences(qtbot: QtBot) -> None:
    assert plain_words("StartBatch: command.denied") == "Start batch: denied"
    assert plain_words("weighing.rejected") == "Weighing rejected"
    assert short_ids(f"signature {'ab' * 16}") == "signature abab\u2026abab"


@pytest.mark.parametrize("panel", list(PANELS))
@pytest.mark.req("C08", "P11-16")
def test_what_was_found_is_sorted_by_who_what_record_and_reason_and_nothing_is_cut(open_client: OpenClient, panel: str) -> None:
    client = open_client(panel, "D-QA")
    client.open("audit")
    page = client.window.pages["audit"]
    assert isinstance(page, AuditPage)
    header, model = page.table.horizontalHeader(), page.model

    def column(number: int) -> list[str]:
        return [str(model.data(model.index(row, number))) for row in range(model.rowCount())]

    def sort_by(number: int) -> list[str]:
        header.sectionClicked.emit(number)
        client.qtbot.waitUntil(lambda: page.shown and model.rowCount() > 0 and "\u2026" not in column(2), timeout=10_000)
        return column(number)

    newest = column(0)
    for number in (2, 3, 4, 5):
        found = [text.casefold() for text in sort_by(number)]
        assert found == sorted(found), header.model().headerData(number, Qt.Orientation.Horizontal)
        assert len(found) == len(newest)
        assert "\u25b2" in str(header.model().headerData(number, Qt.Orientation.Horizontal))
    oldest = sort_by(0)
    assert [int(one) for one in oldest] == sorted(int(one) for one in newest)
    assert sort_by(0)[0] >= newest[0]
    cut = [(row, number) for row in range(model.rowCount()) for number in range(5) if not _fits(page, row, number)]
    assert cut == []


def _fits(page: AuditPage, row: int, number: int) -> bool:
    """Whether a cell's text is drawn whole: the column is as wide as the style asks for it."""
    return page.table.sizeHintForIndex(page.model.index(row, number)).width() <= page.table.columnWidth(number)
