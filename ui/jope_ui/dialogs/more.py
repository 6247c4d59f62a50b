"""The pages that have no place of their own in the navigation, one touch further."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Text
from jope_ui.widgets.sheet import Sheet

_COLUMNS = 3


class MoreSheet(Sheet):
    """``chosen`` carries the key of a page. The page that is open is marked. ``running`` says that emergency access is in use and may be ended."""

    chosen = Signal(str)
    about_asked = Signal()
    password_asked = Signal()
    emergency_asked = Signal()

    def __init__(
        self, host: QWidget, theme: Theme, *, pages: Mapping[str, str], open_page: str, emergency: bool = False, running: bool = False
    ) -> None:
        super().__init__(host, theme, name="more-sheet")
        self.hug()
        theme.space(self.body, gap_mm=4, margin_mm=6)
        self.body.addWidget(Text(self.tr("More"), "title"))
        grid = QGridLayout()
        theme.space(grid, gap_mm=3)
        for number, (key, text) in enumerate(pages.items()):
            button = Button(text, role="toggle", name=f"nav-{key}")
            button.setCheckable(True)
            button.setChecked(key == open_page)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(partial(self._on_page_clicked, key))
            grid.addWidget(button, number // _COLUMNS, number % _COLUMNS)
        self.body.addLayout(grid)
        self.about = Button(self.tr("About"), name="nav-about")
        self.about.clicked.connect(self._on_about_clicked)
        self.password = Button(self.tr("Change my password"), name="more-password")
        self.password.clicked.connect(self._on_password_clicked)
        self.emergency = Button(self.tr("End emergency access") if running else self.tr("Emergency access"), name="more-emergency")
        self.emergency.clicked.connect(self._on_emergency_clicked)
        self.emergency.setVisible(emergency)
        self.close_button = Button(self.tr("Close"), name="more-close")
        self.close_button.clicked.connect(self.close_sheet)
        line = QHBoxLayout()
        theme.space(line, gap_mm=3)
        for button in (self.about, self.password, self.emergency):
            line.addWidget(button)
        line.addStretch(1)
        line.addWidget(self.close_button)
        self.body.addLayout(line)

    def _on_page_clicked(self, key: str) -> None:
        self.close_sheet()
        self.chosen.emit(key)

    def _on_password_clicked(self) -> None:
        self.close_sheet()
        self.password_asked.emit()

    def _on_emergency_clicked(self) -> None:
        self.close_sheet()
        self.emergency_asked.emit()

    def _on_about_clicked(self) -> None:
        self.close_sheet()
        self.about_asked.emit()
