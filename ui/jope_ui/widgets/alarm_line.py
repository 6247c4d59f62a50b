"""The bottom line of the frame: the newest alarm, always visible, by shape, number, time and text."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy
from typing_extensions import override

from jope.compliance.alarms.queries import AlarmView
from jope.kernel.clock import site_text
from jope_ui.theme import Theme
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.labels import Identifier, Name
from jope_ui.widgets.shapes import AlarmShape


def newest_alarm(alarms: tuple[AlarmView, ...]) -> AlarmView | None:
    """The alarm that the line shows: unacknowledged before acknowledged, then the newest."""
    return min(alarms, key=lambda alarm: (bool(alarm.acknowledged_by), -alarm.raised_utc_us), default=None)


def alarm_text(alarm: AlarmView) -> str:
    """The source and the text, the source once."""
    return alarm.text if alarm.text.startswith(alarm.source) else f"{alarm.source}  {alarm.text}"


class AlarmLine(QFrame):
    """Touch it anywhere to open the alarms."""

    opened = Signal()
    silence_asked = Signal()

    def __init__(self, theme: Theme, zone: str) -> None:
        super().__init__()
        self._zone = zone
        self.setProperty("role", "bar")
        self.setProperty("edge", "top")
        self.setObjectName("alarm-line")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.shape_mark = AlarmShape(theme)
        self.time = Identifier("", "strong")
        self.text = Name("", "strong")  # too long a text ends in dots; the list of alarms shows all of it
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.count = Identifier("", "quiet")
        self.open_button = Button(self.tr("Alarms"), size="routine", name="alarms-open")
        self.open_button.clicked.connect(self.opened)
        self.silence_button = Button(self.tr("Silence"), size="routine", name="horn-silence")
        self.silence_button.clicked.connect(self.silence_asked)
        self.silence_button.hide()
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=2.5, margin_mm=(3, 1, 1, 1))
        line.addWidget(self.shape_mark)
        line.addWidget(self.time)
        line.addWidget(self.text, 1)
        line.addWidget(self.count)
        line.addWidget(self.silence_button)
        line.addWidget(self.open_button)
        self.show_alarms(())

    def show_alarms(self, alarms: tuple[AlarmView, ...]) -> None:
        """Show the newest of the open alarms and how many there are."""
        alarm = newest_alarm(alarms)
        self.shape_mark.show_priority(alarm.priority if alarm else 0)
        self.shape_mark.setVisible(alarm is not None)
        self.time.setVisible(alarm is not None)
        self.count.setVisible(alarm is not None and not self.silence_button.isVisibleTo(self))
        if alarm is None:
            self.text.setText(self.tr("No open alarms"))
            self.text.setProperty("role", "quiet")
        else:
            self.time.setText(site_text(alarm.raised_utc_us, self._zone)[11:])
            self.text.setText(alarm_text(alarm))
            self.text.setProperty("role", "strong")
            active = sum(1 for one in alarms if one.active)
            waiting = sum(1 for one in alarms if not one.acknowledged_by)
            self.count.setText(self.tr("{active} active, {waiting} not acknowledged").format(active=active, waiting=waiting))
        self.text.style().unpolish(self.text)
        self.text.style().polish(self.text)
        self.setAccessibleName(self.text.text())

    def offer_silence(self, sounds: bool) -> None:
        """Offer to stop the horn while it sounds; the count gives its room to the alarm's text meanwhile."""
        self.silence_button.setVisible(sounds)
        self.count.setVisible(bool(self.count.text()) and self.shape_mark.priority > 0 and not sounds)

    @override
    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        self.opened.emit()
