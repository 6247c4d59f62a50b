"""The simulated scale by hand, at a demo station only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget
from typing_extensions import override

from jope.kernel.errors import JopeError
from jope_ui.bridge.runners import CommandRunner
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import row
from jope_ui.widgets.field import Field
from jope_ui.widgets.labels import Text
from jope_ui.widgets.sheet import Sheet


class Scale(Protocol):
    """What can be done at a simulated scale."""

    def load(self, grams: str) -> None:
        """Put a mass on the pan; a negative one takes away."""

    def unload(self) -> None:
        """Take everything off the pan."""

    def swing(self, seconds: str) -> None:
        """Keep the load swinging."""

    def unplug(self) -> None:
        """Pull the cable."""

    def plug(self) -> None:
        """Put the cable back."""


class SimulatorSheet(Sheet):
    """Stands for the hands at the pan. It acts on the simulated device, never on a record."""

    def __init__(self, host: QWidget, theme: Theme, scale: Scale, commands: CommandRunner) -> None:
        super().__init__(host, theme, name="simulator-sheet")
        self._commands = commands
        self.hug()
        self.grams = Field(self.tr("Mass in grams, negative to take away"), theme, name="simulator-grams")
        self.answer = Text("", "error", wrap=True)
        self.body.addWidget(Text(self.tr("Simulated scale"), "title"))
        self.body.addWidget(self.grams)
        grid = QGridLayout()
        theme.space(grid, gap_mm=2.5)
        deeds: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("put", self.tr("Put on"), lambda: scale.load(self.grams.text.strip())),
            ("unload", self.tr("Unload"), scale.unload),
            ("swing", self.tr("Swing 5 s"), lambda: scale.swing("5")),
            ("unplug", self.tr("Pull cable"), scale.unplug),
            ("plug", self.tr("Put cable back"), scale.plug),
        )
        for index, (name, text, deed) in enumerate(deeds):
            button = Button(text, name=f"simulator-{name}")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(partial(self._do, deed))
            grid.addWidget(button, index // 2, index % 2)
        self.body.addLayout(grid)
        done = Button(self.tr("Close"), name="simulator-close")
        done.clicked.connect(self.close_sheet)
        self.body.addLayout(row(theme, self.answer, done, stretch=1))

    @override
    def first_field(self) -> QWidget:
        return self.grams.line

    def _do(self, deed: Callable[[], None]) -> None:
        self._commands.run(deed, self._on_done, self._on_failed)

    def _on_done(self, _: None) -> None:
        self.close_sheet()

    def _on_failed(self, error: JopeError) -> None:
        self.answer.setText(error.message)
