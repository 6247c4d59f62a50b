"""Real widgets, and a real demo station behind the real window."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jope_ui.app import application, open_window
from jope_ui.shell.window import Window
from jope_ui.theme import Theme
from jope_ui.theme.metrics import PITCH_FHD_15_6, PITCH_WXGA_12_1
from jope_ui.views.registry import ASIDE, MORE
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from jope.bootstrap import Station, open_station
from jope.compliance.commands import Meaning, SheetRow, SigningSheet
from jope.compliance.identity.commands import SignOut
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from tests.support.clocks import SetClock
from tests.support.demo import Crew, plain_station, to_execution

PANELS = {"fhd-15.6": (PITCH_FHD_15_6, 1920, 1080), "wxga-12.1": (PITCH_WXGA_12_1, 1280, 800)}
BATCH = "B-7"


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application class that pytest-qt makes."""
    return QApplication


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The theme of a 15.6 inch full-HD panel."""
    application()
    return Theme(PITCH_FHD_15_6)


@pytest.fixture
def host(qtbot: QtBot, theme: Theme) -> QWidget:
    """A window to lay widgets and sheets on."""
    widget = QWidget()
    widget.setObjectName("window")
    qtbot.addWidget(widget)
    widget.resize(1920, 886)
    theme.dress(widget)
    widget.show()
    return widget


@pytest.fixture
def sheet() -> SigningSheet:
    """What a signer is shown."""
    rows = (SheetRow("Batch", BATCH, BATCH), SheetRow("Record", "Ready", "InExecution"))
    return SigningSheet("Start batch B-7", "batch", BATCH, Meaning.RESPONSIBILITY, rows, "9f3c77d041be" + "0" * 48 + "12ab")


@pytest.fixture
def clock() -> SetClock:
    """A clock that the test moves."""
    return SetClock()


@pytest.fixture(scope="session")
def station_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a prepared demo station with a running batch, without devices; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("made") / "station"
    with plain_station(folder, encrypted=False) as made:
        crew = Crew(made)
        to_execution(crew, BATCH)
        crew.accept("D-QP")
        for token in crew.tokens.values():
            made.dispatch(SignOut(), token)
    return folder


@pytest.fixture
def station(tmp_path: Path, clock: SetClock, station_folder: Path) -> Iterator[Station]:
    """A station of the test's own, as it stands after a start."""
    shutil.copytree(station_folder, tmp_path / "station")
    opened = open_station(tmp_path / "station", clock=clock)
    yield opened
    opened.close()


class Client:
    """The window of a station, worked as a person works it."""

    def __init__(self, window: Window, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot

    def seen(self, kind: type[QWidget], name: str) -> QWidget | None:
        """A visible widget by its name."""
        return next((one for one in self.window.findChildren(kind, name) if one.isVisible()), None)

    def click(self, name: str) -> None:
        """Press a button once it can be pressed."""

        def ready() -> bool:
            button = self.seen(QAbstractButton, name)
            return button is not None and button.isEnabled()

        self.qtbot.waitUntil(ready, timeout=10_000)
        button = self.seen(QAbstractButton, name)
        assert button is not None
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def type(self, name: str, text: str) -> None:
        """Type into a field."""
        self.qtbot.waitUntil(lambda: self.seen(QLineEdit, name) is not None, timeout=10_000)
        field = self.seen(QLineEdit, name)
        assert isinstance(field, QLineEdit)
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)

    def choose(self, meaning: str) -> None:
        """Choose the meaning of a signature."""
        self.click(f"meaning-{meaning}")

    def sign_in(self, employee_id: str) -> None:
        """Sign in and wait for the overview."""
        self.type("sign-in-id", employee_id)
        self.type("sign-in-password", DEMO_PASSWORD)
        self.click("sign-in-give")
        self.qtbot.waitUntil(lambda: self.window.key == "overview" and self.window.pages["overview"].shown, timeout=10_000)

    def open(self, key: str) -> None:
        """Open a page and wait for its data."""
        if key in ASIDE:
            self.window.go(key)
        else:
            if key in MORE:
                self.click("nav-more")
            self.click(f"nav-{key}")
        self.qtbot.waitUntil(lambda: self.window.key == key and self.window.pages[key].shown, timeout=10_000)

    def settle(self, key: str) -> None:
        """Open a page and wait until everything that it reads is there and laid out."""
        self.open(key)
        self.qtbot.wait(50)
        self.qtbot.waitUntil(lambda: not self.window.client.queries.busy)
        self.qtbot.wait(50)


OpenClient = Callable[..., Client]


@pytest.fixture
def open_client(qtbot: QtBot, station: Station, theme: Theme) -> Iterator[OpenClient]:
    """Opens the window of the station on a panel; with a person, signed in."""
    opened: list[Window] = []

    def make(panel: str = "fhd-15.6", person: str = "") -> Client:
        pitch, width, height = PANELS[panel]
        window = open_window(station, pitch_mm=pitch)
        opened.append(window)
        window.resize(width, height)
        window.show()
        window.sign_in.start()
        client = Client(window, qtbot)
        if person:
            client.sign_in(person)
        return client

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
