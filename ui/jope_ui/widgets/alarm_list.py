"""The open alarms, each with its shape, time, text and the button that says it was seen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from jope.compliance.alarms.commands import AcknowledgeAlarm, AcknowledgeSecurityAlarm
from jope.compliance.alarms.queries import AlarmView
from jope.kernel.clock import site_text
from jope_ui.theme import Theme
from jope_ui.widgets.alarm_line import alarm_text
from jope_ui.widgets.buttons import Button
from jope_ui.widgets.cards import ScrollColumn
from jope_ui.widgets.labels import NO_BREAK, Identifier, Text
from jope_ui.widgets.shapes import AlarmShape


class AlarmRow(QFrame):
    """One alarm."""

    acknowledged = Signal(object)

    def __init__(self, theme: Theme, alarm: AlarmView, zone: str, *, may: bool = True) -> None:
        super().__init__()
        self.setProperty("role", "row")
        time = Identifier(site_text(alarm.raised_utc_us, zone)[11:].replace(" ", NO_BREAK), "quiet")
        gone = "" if alarm.active else self.tr("back to normal")
        seen = self.tr("seen by {person}").format(person=alarm.acknowledged_by) if alarm.acknowledged_by else ""
        words = QVBoxLayout()
        theme.space(words, gap_mm=0.3)
        words.addWidget(Text(alarm_text(alarm), "strong" if alarm.active else "body", wrap=True))
        words.addWidget(time)
        if gone or seen:
            words.addWidget(Text(" · ".join(part for part in (gone, seen) if part), "quiet", wrap=True))
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=2.5, margin_mm=(0, 1, 0, 1))
        line.addWidget(AlarmShape(theme, alarm.priority), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        if not alarm.acknowledged_by and not may:
            words.addWidget(Text(self.tr("Administration or quality assurance acknowledges it."), "quiet", wrap=True))
        elif not alarm.acknowledged_by:
            command = AcknowledgeSecurityAlarm if alarm.security else AcknowledgeAlarm
            button = Button(self.tr("Acknowledge"), size="dense", name=f"acknowledge-{alarm.alarm_id}")
            button.setAccessibleName(self.tr("Acknowledge {text}").format(text=alarm.text))
            button.clicked.connect(lambda: self.acknowledged.emit(command(alarm_id=alarm.alarm_id)))
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)


class AlarmList(ScrollColumn):
    """``acknowledged`` carries the command."""

    acknowledged = Signal(object)

    def __init__(self, theme: Theme, zone: str) -> None:
        super().__init__(theme, name="alarm-list")
        self._theme = theme
        self._zone = zone
        self._alarms: tuple[AlarmView, ...] | None = None
        self._security = True

    def show_alarms(self, alarms: tuple[AlarmView, ...], *, security: bool = True) -> None:
        """Show the open alarms; an empty list says so. ``security``: whether the person acknowledges alarms that tell of misuse."""
        if (alarms, security) == (self._alarms, self._security):
            return
        self._alarms, self._security = alarms, security
        self.clear()
        if not alarms:
            self.add(Text(self.tr("None"), "quiet"))
        for alarm in alarms:
            row = AlarmRow(self._theme, alarm, self._zone, may=security or not alarm.security)
            row.acknowledged.connect(self.acknowledged)
            self.add(row)
