"""A station begins on the screen with two founders (URS A17, A05; P11-18, P11-19, P11-26)."""

from __future__ import annotations

from pathlib import Path

import pytest
from jope_ui.dialogs.commissioning import Commission
from jope_ui.founding import FoundingWindow, open_for_founders
from jope_ui.theme.metrics import PITCH_WXGA_12_1
from jope_ui.widgets.labels import Text
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from jope.bootstrap import open_station
from jope.cli.init import GENESIS_SHEET, beginning_in
from jope.compliance.identity.commands import SignIn
from jope.compliance.people.queries import accounts
from jope.kernel.settings.files import StationFolder
from tests.support.demo import verified
from tests.ui.conftest import Client
from tests.ui.test_people_pages import keep_picture

ADMIN, QUALITY = "Copper-Lantern-11", "Velvet-Harbour-27"


def _person(client: Client, key: str, who: str, name: str, password: str) -> None:
    client.type(f"found-{key}-employee_id", who)
    client.type(f"found-{key}-name", name)
    client.type(f"found-{key}-identity", "identity card, seen by the other founder")
    client.type(f"found-{key}-password", password)
    client.type(f"found-{key}-again", password)


def _sign(client: Client, who: str, password: str, meaning: str) -> None:
    client.qtbot.waitUntil(lambda: client.window.signing.open_sheet is not None, timeout=20_000)
    client.choose(meaning)
    client.type("signature-id", who)
    client.type("signature-password", password)
    client.click("signature-sign")


@pytest.mark.req("A17", "A05", "P11-18", "P11-19", "P11-26")
def test_two_founders_begin_a_station_on_the_screen(qtbot: QtBot, tmp_path: Path) -> None:
    begun: list[tuple[Commission, str]] = []
    founding = FoundingWindow(tmp_path, beginning_in(tmp_path), pitch_mm=PITCH_WXGA_12_1)
    qtbot.addWidget(founding)
    founding.resize(1280, 800)
    founding.show()
    founding.commissioning.begun.connect(lambda commission, key: begun.append((commission, key)))
    founding.commissioning.start()
    wizard = Client(founding, qtbot)  # type: ignore[arg-type]
    wizard.type("found-station-station_id", "JOPE-L3")
    wizard.type("found-station-site", "Plant West")
    wizard.type("found-station-line", "L3")
    wizard.click("found-station-profile-classic")
    wizard.type("found-station-reason", "the site's password procedure")
    keep_picture(wizard, "founding-station")
    wizard.click("found-station-give")
    _person(wizard, "admin", "A-1", "First Administrator", ADMIN)
    keep_picture(wizard, "founding-admin")
    wizard.click("found-admin-give")
    _person(wizard, "quality", "Q-1", "First Quality", "short")
    wizard.click("found-quality-give")
    qtbot.waitUntil(lambda: any("shorter than 12" in text.text() for text in founding.findChildren(Text)), timeout=20_000)
    assert not StationFolder(tmp_path).store.exists(), "nothing is written before everything is in order"
    _person(wizard, "quality", "Q-1", "First Quality", QUALITY)
    wizard.click("found-quality-give")
    qtbot.waitUntil(lambda: bool(begun), timeout=20_000)
    founding.commissioning.close()
    founding.close()
    assert (tmp_path / GENESIS_SHEET).read_bytes().startswith(b"%PDF")
    assert ADMIN not in repr(begun)
    _founders_sign(qtbot, tmp_path, *begun[0])


def _founders_sign(qtbot: QtBot, root: Path, commission: Commission, key: str) -> None:
    station = open_station(root)
    try:
        assert station.policy.genesis_public_key == key
        window = open_for_founders(station, commission, key)
        window.resize(1280, 800)
        window.show()
        client = Client(window, qtbot)
        assert any("sealed code" in text.text() for text in window.findChildren(Text))
        keep_picture(client, "founding-genesis")
        client.click("genesis-close")
        for who, password in (("A-1", ADMIN), ("Q-1", QUALITY)):
            _sign(client, who, password, "responsibility")
            qtbot.waitUntil(lambda: _title(client).startswith("Adopt"), timeout=20_000)
            _sign(client, who, password, "approval")
            qtbot.waitUntil(lambda who=who: window.client.session.employee_id != who, timeout=20_000)  # type: ignore[misc]
        qtbot.waitUntil(lambda: window.client.session.opened is None, timeout=20_000)
        token = station.dispatch(SignIn(employee_id="Q-1", password=QUALITY)).token
        assert [(one.employee_id, one.role, one.standing) for one in station.read(accounts, token)] == [
            ("A-1", "admin", "active"),
            ("Q-1", "qa", "active"),
        ]
        signed = station.read(lambda reader: reader.execute("SELECT adopted_signer FROM adopted_policy ORDER BY 1"), token)
        assert signed == [("A-1",), ("Q-1",)]
        report = verified(station)
        assert report.ok, report.findings
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    finally:
        station.close()


def _title(client: Client) -> str:
    sheet = client.window.signing.open_sheet
    return "" if sheet is None else sheet.record.subject.text()
