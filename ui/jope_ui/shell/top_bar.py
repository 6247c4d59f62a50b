"""The top bar: station, batch, person, clock, lock."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from jope.compliance.identity.commands import SessionOpened
from jope_ui.bridge.presence import COUNTDOWN_SECONDS
from jope_ui.dialogs.health import SHAPES
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import NO_BREAK, Identifier, Name, Text, restyle
from jope_ui.widgets.shapes import AlarmShape
from jope_ui.widgets.state_words import StateWords


def _pair(theme: Theme, upper: Text, lower: Text) -> QVBoxLayout:
    column = QVBoxLayout()
    theme.space(column, gap_mm=0.0)
    column.addStretch(1)
    column.addWidget(upper)
    column.addWidget(lower)
    column.addStretch(1)
    return column


class TopBar(QFrame):
    """Fixed on every page."""

    lock_asked = Signal()
    health_asked = Signal()

    def __init__(self, theme: Theme, *, station_id: str, line: str, demo: bool) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self.setProperty("edge", "bottom")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._words = StateWords(self)
        self.demo = Identifier(self.tr("DEMO"), "mark")
        self.demo.setObjectName("demo-mark")
        self.demo.setVisible(demo)
        self.station = Identifier(f"{station_id} · {line}", "quiet")
        self.batch = Identifier("", "strong")
        self.batch.setObjectName("top-batch")
        self.person = Name("", "strong")
        self.employee_id = Identifier("", "quiet")
        self.role = Name("", "quiet")
        self.site_time = Identifier("", "title")
        self.utc_time = Identifier("", "quiet")
        for right in (self.person, self.role, self.employee_id, self.site_time, self.utc_time):
            right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.health_shape = AlarmShape(theme)
        self.health = Button(self.tr("Health"), name="top-health")
        self.health.clicked.connect(self.health_asked)
        self.lock = Button(self.tr("Lock"), name="lock")
        self.lock.clicked.connect(self.lock_asked)
        across = QHBoxLayout(self)
        theme.space(across, gap_mm=2, margin_mm=(3, 1, 1, 1))
        across.addWidget(self.demo)
        across.addLayout(_pair(theme, self.station, self.batch))
        across.addWidget(self.health_shape)
        across.addWidget(self.health)
        across.addLayout(self._person(theme), 1)
        across.addLayout(_pair(theme, self.site_time, self.utc_time))
        across.addWidget(self.lock)
        self.show_batch("")
        self.show_health("", "")
        self.show_person(None)

    def _person(self, theme: Theme) -> QVBoxLayout:
        below = QHBoxLayout()
        theme.space(below, gap_mm=1.5)
        below.addStretch(1)
        below.addWidget(self.employee_id)
        below.addWidget(self.role)
        column = QVBoxLayout()
        theme.space(column, gap_mm=0.0)
        column.addStretch(1)
        column.addWidget(self.person)
        column.addLayout(below)
        column.addStretch(1)
        return column

    def show_clock(self, texts: tuple[str, str]) -> None:
        """Site time with its offset large, UTC below it."""
        site, utc = texts
        self.site_time.setText(site.replace(" ", NO_BREAK))
        self.utc_time.setText(utc.replace(" ", NO_BREAK))

    def show_health(self, state: str, part: str) -> None:
        """A shape and the way to the health sheet, only while a part of the station is not well; ``part`` is its name for who hears the screen."""
        shape = SHAPES.get(state, 0)
        self.health_shape.show_priority(shape)
        self.health_shape.setVisible(bool(shape))
        self.health.setVisible(bool(shape))
        self.health.setAccessibleDescription(part)

    def show_batch(self, batch_no: str) -> None:
        """The batch that the pages look at."""
        self.batch.setText(batch_no or self.tr("no batch chosen"))
        restyle(self.batch, "role", "strong" if batch_no else "quiet")

    def show_person(self, opened: SessionOpened | None) -> None:
        """Who is signed in, with the role held now."""
        self.person.setText(opened.name if opened else self.tr("Nobody signed in"))
        self.employee_id.setText(f"{opened.employee_id} ·" if opened else "")
        self.role.setText(self._words.role(opened.role) if opened else "")
        self.employee_id.setVisible(opened is not None)
        self.role.setVisible(opened is not None)
        self.lock.setVisible(opened is not None)

    def show_left(self, seconds: float) -> None:
        """The countdown to the idle lock, visible in its last seconds."""
        near = 0 < seconds <= COUNTDOWN_SECONDS
        self.lock.say(self.tr("Locks in {seconds} s").format(seconds=math.ceil(seconds)) if near else self.tr("Lock"))
        restyle(self.lock, "state", "countdown" if near else "")
