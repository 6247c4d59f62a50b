"""The navigation on the left: one touch to the pages of the daily work, one more to the others."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button


class Navigation(QWidget):
    """``chosen`` carries the key of a page, ``more_asked`` the keys and titles of those that stand on the sheet."""

    chosen = Signal(str)
    more_asked = Signal(object)
    sign_out_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._group = QButtonGroup(self)
        self.buttons: dict[str, Button] = {}
        self._marked: Button | None = None
        self._column = QVBoxLayout(self)
        theme.space(self._column, gap_mm=2.0, margin_mm=(0, 2.5, 0, 1))
        self._column.addStretch(1)
        self._more: dict[str, str] = {}
        self.more = Button(self.tr("More"), role="navigation", name="nav-more")
        self.more.setCheckable(True)
        self.more.clicked.connect(self._on_more_clicked)
        self._group.addButton(self.more)
        self.sign_out = Button(self.tr("Sign out"), role="navigation", name="nav-sign-out")
        self.sign_out.clicked.connect(self.sign_out_asked)
        for button in (self.more, self.sign_out):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._column.addWidget(button)
        self.simulator = Button(self.tr("Simulator"), role="navigation", name="nav-simulator")
        self.simulator.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.simulator.hide()
        self._column.insertWidget(1, self.simulator)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)

    def add(self, key: str, text: str) -> None:
        """Add a page."""
        button = Button(text, role="navigation", name=f"nav-{key}")
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(key))
        self._group.addButton(button)
        self._column.insertWidget(len(self.buttons), button)
        self.buttons[key] = button
        self._on_theme_changed()

    def offer(self, key: str, text: str) -> None:
        """Add a page to the sheet behind ``More``."""
        self._more[key] = text

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._on_theme_changed()

    def mark(self, key: str) -> None:
        """Show which page is open."""
        self._marked = self.more if key in self._more else self.buttons[key]
        self._marked.setChecked(True)

    def _on_more_clicked(self) -> None:
        """Ask for the sheet; the mark stays at the page that is open."""
        if self._marked is not None:
            self._marked.setChecked(True)
        self.more_asked.emit(dict(self._more))

    def _on_theme_changed(self) -> None:
        needed = max((button.sizeHint().width() for button in self.findChildren(Button)), default=0)
        self.setFixedWidth(max(self._theme.px(43), needed))
