"""A station that comes up read-only says why on every page, and people sign in and read (URS N04)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from jope_ui.app import open_window
from jope_ui.views.audit import AuditPage
from jope_ui.views.registry import PAGES
from jope_ui.widgets.labels import Text
from pytestqt.qtbot import QtBot

from jope.bootstrap import open_station
from jope.kernel.store.engine import StoreLocation, connect
from tests.ui.conftest import BATCH, PANELS, Client, OpenClient


@pytest.fixture
def damaged(station_folder: Path, tmp_path: Path) -> Path:
    """A stopped station whose trail lost a trigger."""
    import shutil

    root = Path(shutil.copytree(station_folder, tmp_path / "damaged"))
    with closing(connect(StoreLocation(root / "store.db", None))) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
    return root


@pytest.fixture
def window(damaged: Path, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Client]:
    """Its window on a panel."""
    pitch, width, height = PANELS[request.param]
    station = open_station(damaged)
    opened = open_window(station, pitch_mm=pitch)
    opened.resize(width, height)
    opened.show()
    opened.sign_in.start()
    yield Client(opened, qtbot)
    opened.close()
    opened.deleteLater()
    station.close()


@pytest.mark.req("N04", "A03", "P11-16")
@pytest.mark.parametrize("window", list(PANELS), indirect=True)
def test_the_reason_stands_on_every_page_and_people_read(window: Client, tmp_path: Path) -> None:
    line = window.window.read_only_line
    window.qtbot.waitUntil(line.isVisible)
    assert "trigger audit_no_update (missing)" in line.reason.text()
    _keep(window, "sign-in")
    window.sign_in("D-QA")
    window.window.client.choose_batch(BATCH)
    for key in PAGES:
        window.settle(key)
        assert line.isVisible()
        assert (window.window.width(), window.window.height()) in [size[1:] for size in PANELS.values()]
        for text in line.findChildren(Text):
            needed = text.heightForWidth(text.width()) if text.wordWrap() else text.fontMetrics().height()
            assert text.height() >= needed - 1, text.text()
    page = window.window.pages["audit"]
    assert isinstance(page, AuditPage)
    assert page.model.rowCount() > 0
    _keep(window, "audit")
    window.click("nav-sign-out")
    window.qtbot.waitUntil(lambda: window.window.client.session.opened is None)


@pytest.mark.req("N04")
def test_a_station_that_may_write_has_no_such_line(open_client: OpenClient) -> None:
    client = open_client(person="D-QA")
    assert not client.window.read_only_line.isVisible()


def _keep(client: Client, name: str) -> None:
    """Keep the screen as a picture where somebody wants to look at it."""
    folder = os.environ.get("JOPE_PICTURES")
    if folder:
        width = client.window.width()
        client.window.grab().save(str(Path(folder) / f"read-only-{name}-{width}.png"))
