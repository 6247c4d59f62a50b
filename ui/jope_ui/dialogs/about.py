"""What this program is, where it runs, and how its screen looks."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import row
from jope_ui.widgets.labels import Identifier, Text
from jope_ui.widgets.sheet import Sheet


class AboutSheet(Sheet):
    """Version and station, the choice of the night theme, and the ways to the clock, the station's health and the access log."""

    clock_asked = Signal()
    health_asked = Signal()
    access_asked = Signal()

    def __init__(self, host: QWidget, theme: Theme, *, version: str, station_id: str, site: str, line: str, zone: str) -> None:
        super().__init__(host, theme, name="about-sheet")
        self._theme = theme
        self.hug()
        theme.space(self.body, gap_mm=2.5, margin_mm=6)
        self.body.addWidget(Text(self.tr("Jope"), "title"))
        for label, value in (
            (self.tr("Version"), version),
            (self.tr("Station"), station_id),
            (self.tr("Site"), site),
            (self.tr("Line"), line),
            (self.tr("Time zone"), zone),
        ):
            self.body.addLayout(row(theme, Text(label, "quiet"), Identifier(value, "strong"), stretch=1))
        self.night = Button(self._night_text(), name="about-night")
        self.night.clicked.connect(self._on_night_clicked)
        self.clock = Button(self.tr("Clock"), name="about-clock")
        self.clock.clicked.connect(self._on_clock_clicked)
        self.done = Button(self.tr("Close"), name="about-close")
        self.done.clicked.connect(self.close_sheet)
        self.health = Button(self.tr("Health"), name="about-health")
        self.health.clicked.connect(self._on_health_clicked)
        self.access = Button(self.tr("Access log"), name="about-access-log")
        self.access.clicked.connect(self._on_access_clicked)
        self.body.addLayout(row(theme, self.clock, self.health, self.access, stretch=2))
        self.body.addLayout(row(theme, self.night, self.done, stretch=1))

    def _night_text(self) -> str:
        return self.tr("Use light theme") if self._theme.night else self.tr("Use night theme")

    def _on_clock_clicked(self) -> None:
        self.close_sheet()
        self.clock_asked.emit()

    def _on_health_clicked(self) -> None:
        self.close_sheet()
        self.health_asked.emit()

    def _on_access_clicked(self) -> None:
        self.close_sheet()
        self.access_asked.emit()

    def _on_night_clicked(self) -> None:
        self._theme.set_night(not self._theme.night)
        self.night.say(self._night_text())
