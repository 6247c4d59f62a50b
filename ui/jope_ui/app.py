"""The client's start: the sign-in page first, everything heavy after it was painted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QStyleFactory

from jope_ui.bridge.client import Client
from jope_ui.bridge.faults import catch_messages
from jope_ui.shell.window import Window
from jope_ui.translation import speak

if TYPE_CHECKING:
    from jope.bootstrap import Station
    from jope_ui.dialogs.simulator import Scale


class SimulatedPlant(Protocol):
    """The simulated devices of a demo."""

    @property
    def scale(self) -> Scale:
        """The scale of the line."""


def application() -> QApplication:
    """The one application object of the process, in the Fusion style."""
    existing = QApplication.instance()
    made = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    made.setApplicationName("Jope")
    if made.style().name() != "fusion":
        made.setStyle(QStyleFactory.create("Fusion"))
    return made


def open_window(station: Station, *, pitch_mm: float | None = None) -> Window:
    """A window on a station; not shown yet."""
    return Window(Client(station, pitch_mm=pitch_mm))


def run_client(
    station: Station, *, plant: SimulatedPlant | None = None, language: str = "", after_paint: Callable[[], None] | None = None
) -> int:
    """Show the client on the display until it is closed. The station stays open: it belongs to the caller.

    With a simulated plant the navigation offers the hands at its scale. ``language`` is the site's (``de``); without one the system's counts.
    ``after_paint`` is called once the sign-in page stands on the screen: a station may open then.
    """
    app = application()
    give_back = catch_messages(station)
    try:
        speak(app, language)
        window = open_window(station)
        if plant is not None:
            window.offer_simulator(plant.scale)
        window.setGeometry(app.primaryScreen().geometry())  # a station without a window manager honours this alone
        window.showFullScreen()
        window.sign_in.start()
        app.processEvents()  # the sign-in page stands before anything heavy begins
        if after_paint is not None:
            after_paint()
        QTimer.singleShot(50, window.prepare)
        return app.exec()
    finally:
        give_back()
