"""The navigation on the left: one touch to every page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button


class Navigation(QWidget):
    """``chosen`` carries the key of a page."""

    chosen = Signal(str)
    about_asked = Signal()
    sign_out_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._group = QButtonGroup(self)
        self.buttons: dict[str, Button] = {}
        self._column = QVBoxLayout(self)
        theme.space(self._column, gap_mm=2.0, margin_mm=(0, 2.5, 0, 1))
        self._column.addStretch(1)
        self.about = Button(self.tr("About"), role="navigation", name="nav-about")
        self.about.clicked.connect(self.about_asked)
        self.sign_out = Button(self.tr("Sign out"), role="navigation", name="nav-sign-out")
        self.sign_out.clicked.connect(self.sign_out_asked)
        for button in (self.about, self.sign_out):
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

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._on_theme_changed()

    def mark(self, key: str) -> None:
        """Show which page is open."""
        self.buttons[key].setChecked(True)

    def _on_theme_changed(self) -> None:
        needed = max((button.sizeHint().width() for button in self.findChildren(Button)), default=0)
        self.setFixedWidth(max(self._theme.px(43), needed))
