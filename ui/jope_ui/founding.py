"""A station begins on the screen: the wizard, then the ordinary client, in which each founder signs as anybody signs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from jope.compliance.identity.commands import SessionOpened, SignIn, SignOut
from jope.compliance.settings.profiles import PROFILES
from jope.kernel.errors import JopeError
from jope.services.provisioning.commands import AdoptPolicy
from jope_ui.app import application, open_window
from jope_ui.dialogs.commissioning import Begins, Commission, Commissioning, Founder, GenesisSheet
from jope_ui.shell.window import Window
from jope_ui.theme import Theme
from jope_ui.theme.metrics import PITCH_FHD_15_6
from jope_ui.translation import speak

if TYPE_CHECKING:
    from jope.bootstrap import Station


GENESIS_SHEET: Final = "genesis-key.pdf"
"""Where the command line and the wizard put the sheet with the genesis key, inside the station's directory."""


class FoundingWindow(QWidget):
    """The window before there is a station: nothing but the wizard over an empty ground."""

    def __init__(self, directory: Path, begin: Begins, *, pitch_mm: float = PITCH_FHD_15_6) -> None:
        super().__init__()
        self.theme = Theme(pitch_mm)
        self.setObjectName("window")
        self.setWindowTitle(self.tr("Jope"))
        self.host = QWidget()
        column = QVBoxLayout(self)
        self.theme.space(column, gap_mm=0)
        column.addWidget(self.host)
        self.theme.dress(self)
        profiles = tuple((key, key.replace("_", " ")) for key in PROFILES)
        self.commissioning = Commissioning(self.host, self.theme, begin, profiles=profiles, directory=directory)


class FoundersSign(QObject):
    """Signs one founder in after the other and lets each sign the password profile; whoever cancels can sign later, from the page of people."""

    def __init__(self, window: Window, founders: tuple[Founder, ...], policy: AdoptPolicy) -> None:
        super().__init__(window)
        self._window = window
        self._waiting = list(founders)
        self._policy = policy

    def show_key(self, key: str, path: Path) -> None:
        """Show the genesis key, then begin."""
        sheet = GenesisSheet(self._window.host, self._window.client.theme, key=key, path=path)
        sheet.closed.connect(self.next)
        sheet.open()

    def next(self) -> None:
        """The next founder signs in and signs; after the last the sign-in page stands."""
        if not self._waiting:
            return
        founder, client = self._waiting.pop(0), self._window.client
        command = SignIn(employee_id=founder.employee_id, password=founder.password)
        client.commands.run(lambda: client.station.dispatch(command, None), self._on_signed_in, self._window.sign_in.refuse)

    def _on_signed_in(self, opened: SessionOpened) -> None:
        self._window._on_signed_in(opened)
        policy = AdoptPolicy(profile=self._policy.profile, reason=self._policy.reason)
        self._window.signing.sign(policy, self._on_signed, self._on_refused)

    def _on_signed(self, result: object) -> None:
        client = self._window.client
        client.dispatch(SignOut(), lambda _: self._on_left(), lambda _: self._on_left())

    def _on_left(self) -> None:
        self._window.client.session.close()
        self.next()

    def _on_refused(self, error: JopeError) -> None:
        self._window.pages[self._window.key].notice.refuse(error)


def run_founding(directory: Path, begin: Begins, open_station: Callable[[], Station]) -> int:
    """Show the wizard, then the ordinary client in which each founder signs. Without a station where the wizard was left.

    Args:
        directory: where the station begins.
        begin: makes it from what was entered.
        open_station: opens it afterwards.
    """
    app = application()
    speak(app)
    window = FoundingWindow(directory, begin)
    entered: list[tuple[Commission, str]] = []

    def begun(commission: Commission, key: str) -> None:
        entered.append((commission, key))
        app.quit()

    window.commissioning.begun.connect(begun)
    window.commissioning.left.connect(app.quit)
    window.setGeometry(app.primaryScreen().geometry())
    window.showFullScreen()
    window.commissioning.start()
    app.exec()
    window.commissioning.close()
    window.close()
    if not entered:
        return 1
    station = open_station()
    try:
        client = open_for_founders(station, *entered[0])
        client.showFullScreen()
        return app.exec()
    finally:
        station.close()


def open_for_founders(station: Station, commission: Commission, key: str) -> Window:
    """The ordinary window, with the genesis key and then the founders' signatures over it; not shown yet."""
    window = open_window(station)
    policy = AdoptPolicy(profile=commission.station["profile"], reason=commission.station["reason"])
    signing = FoundersSign(window, (commission.admin, commission.quality), policy)
    window.sign_in.start()
    signing.show_key(key, station.folder.root / GENESIS_SHEET)
    return window
