"""The label on the dispensing page: preview, printer, copies, and what a person says of a label that nobody knows (URS F09, F16)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from jope_drivers.simulator.printer_handle import SimulatedPrinter
from jope_ui.app import open_window
from jope_ui.dialogs.label import LabelSheet
from jope_ui.shell.window import Window
from jope_ui.widgets.labels import Text
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from jope.compliance.identity.commands import SignOut
from jope.plant.devices.ports import DeviceState
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.demo import Crew
from tests.support.printers import PRINTER, await_state, labelling, weighed
from tests.ui.conftest import PANELS, Client

pytestmark = [pytest.mark.timeout(240)]


@pytest.fixture
def labelled(tmp_path: Path) -> Iterator[tuple[Crew, SimulatedPrinter]]:
    """A station with a printer, and a weighed container without a label."""
    with labelling(tmp_path) as (crew, scale, printer):
        weighed(crew, scale)
        crew.accept("D-OPER")
        for token in crew.tokens.values():
            crew.station.dispatch(SignOut(), token)
        crew.tokens.clear()
        yield crew, printer


@pytest.fixture(params=list(PANELS))
def client(request: pytest.FixtureRequest, qtbot: QtBot, labelled: tuple[Crew, SimulatedPrinter]) -> Iterator[Client]:
    pitch, width, height = PANELS[request.param]
    window: Window = open_window(labelled[0].station, pitch_mm=pitch)
    window.resize(width, height)
    window.show()
    window.sign_in.start()
    client = Client(window, qtbot)
    client.sign_in("D-OPER")
    client.panel = request.param  # type: ignore[attr-defined]
    yield client
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def sheet_of(client: Client) -> LabelSheet:
    client.click("dispensing-label")
    client.qtbot.waitUntil(lambda: client.window.findChild(LabelSheet) is not None, timeout=10_000)
    sheet = client.window.findChild(LabelSheet)
    assert sheet is not None
    client.qtbot.waitUntil(lambda: not sheet.picture.image.isNull(), timeout=10_000)
    return sheet


def kept(client: Client, name: str) -> None:
    """A picture of the screen, where somebody wants to look at it."""
    folder = os.environ.get("JOPE_SCREENS")
    if folder:
        client.qtbot.wait(200)
        client.window.grab().save(f"{folder}/{name}-{client.panel}.png")  # type: ignore[attr-defined]


def words_of(sheet: LabelSheet) -> str:
    return "\n".join(one.text() for one in sheet.copies.findChildren(Text))


@pytest.mark.req("F09", "F16")
def test_what_is_shown_comes_out_and_its_state_stands_with_the_weighing(client: Client, labelled: tuple[Crew, SimulatedPrinter]) -> None:
    _, printer = labelled
    client.open("dispensing")
    page = client.window.pages["dispensing"]
    client.qtbot.waitUntil(lambda: [row.label.text() for row in page.attempts.rows] == ["Label: not printed yet"], timeout=10_000)  # type: ignore[attr-defined]
    sheet = sheet_of(client)
    assert sheet.printer.text() == "Printer PRN-1: ready"
    assert sheet.good.isVisible()
    assert not sheet.reason.isVisible()
    kept(client, "label-preview")
    shown = sheet.picture.image.convertToFormat(QImage.Format.Format_Grayscale8)
    client.click("label-print")
    client.qtbot.waitUntil(lambda: words_of(sheet) == "Label: printed copy 1", timeout=15_000)
    out = Image.open(printer.labels()[0]).convert("L")
    assert (shown.width(), shown.height()) == out.size
    assert all(shown.pixelColor(x, y).red() == out.getpixel((x, y)) for x in range(0, out.width, 7) for y in range(0, out.height, 5))
    client.qtbot.waitUntil(sheet.reason.isVisible, timeout=10_000)
    assert "reason for copy 2" in sheet.verb.reason.text()
    client.type("label-reason", "torn")
    kept(client, "label-reprint")
    client.click("label-print")
    client.qtbot.waitUntil(lambda: "printed copy 2 (reprint: torn)" in words_of(sheet), timeout=15_000)
    client.click("label-sheet-cancel")
    client.qtbot.waitUntil(lambda: "printed copy 2" in page.attempts.rows[0].label.text(), timeout=10_000)  # type: ignore[attr-defined]
    kept(client, "dispensing-printed")


@pytest.mark.req("F16", "A03")
def test_a_printer_without_paper_says_so_in_words_and_closes_the_button(client: Client, labelled: tuple[Crew, SimulatedPrinter]) -> None:
    crew, printer = labelled
    printer.fault("paper_out")
    await_state(crew.station, DeviceState.DEGRADED)
    client.open("dispensing")
    sheet = sheet_of(client)
    client.qtbot.waitUntil(lambda: sheet.printer.text() == "Printer PRN-1: paper out", timeout=10_000)
    assert sheet.mark.isVisible()
    assert not sheet.verb.button.isEnabled()
    assert "Paper out." in sheet.verb.reason.text()
    kept(client, "label-paper-out")
    printer.fault("")
    client.qtbot.waitUntil(sheet.verb.button.isEnabled, timeout=10_000)


@pytest.mark.req("F16", "B01")
def test_a_person_signs_what_became_of_a_label_that_nobody_knows(client: Client, labelled: tuple[Crew, SimulatedPrinter]) -> None:
    _, printer = labelled
    printer.fault("lost_after_send")
    client.open("dispensing")
    sheet = sheet_of(client)
    client.click("label-print")
    client.qtbot.waitUntil(lambda: "NOT KNOWN" in words_of(sheet), timeout=20_000)
    printer.fault("")
    kept(client, "label-unknown")
    client.click("label-came-out")
    client.qtbot.waitUntil(lambda: client.seen(QAbstractButton, "signature-sign") is not None, timeout=10_000)
    client.choose("performed")
    client.type("signature-id", "D-OPER")
    client.type("signature-password", DEMO_PASSWORD)
    client.click("signature-sign")
    page = client.window.pages["dispensing"]
    client.qtbot.waitUntil(lambda: "says D-OPER" in page.attempts.rows[0].label.text(), timeout=15_000)  # type: ignore[attr-defined]


@pytest.mark.req("F16", "J04")
def test_the_devices_page_shows_the_printer_its_labels_and_what_it_told(client: Client, labelled: tuple[Crew, SimulatedPrinter]) -> None:
    client.open("dispensing")
    sheet = sheet_of(client)
    client.click("label-print")
    client.qtbot.waitUntil(lambda: words_of(sheet) == "Label: printed copy 1", timeout=15_000)
    client.click("label-sheet-cancel")
    client.window.go("devices", PRINTER)
    page = client.window.pages["devices"]
    client.qtbot.waitUntil(lambda: page.shown and page._printer() == PRINTER, timeout=10_000)  # type: ignore[attr-defined]
    kept(client, "devices-printer")
    client.click("devices-view-values")
    client.qtbot.waitUntil(lambda: "<02>030,0,0" in page.frames.text().replace("\u200b", ""), timeout=10_000)  # type: ignore[attr-defined]
    assert not page.tags_card.isVisible()  # type: ignore[attr-defined]
    kept(client, "devices-frames")
    client.click("devices-view-history")
    client.qtbot.waitUntil(
        lambda: any("printed copy 1" in one.text() for one in page.history.findChildren(Text)),  # type: ignore[attr-defined]
        timeout=10_000,
    )
    kept(client, "devices-labels")
