"""The horn: it sounds while an alarm of priority 1 or 2 is active and not acknowledged (URS Q13). Silencing is not acknowledging."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from jope.compliance.alarms.queries import AlarmView

PATTERNS: Final = {1: (0, 250, 500, 750), 2: (0, 500)}
"""When the horn sounds within a round, in milliseconds, by priority."""
ROUNDS_MS: Final = {1: 3000, 2: 8000}
"""How long a round is: the urgent one comes more often."""


class Horn(QObject):
    """Sounds for the most urgent alarm that nobody acknowledged or silenced. A silenced alarm sounds again when it comes anew, under a new id."""

    changed = Signal(bool)
    """Whether it sounds."""

    def __init__(self, parent: QObject | None = None, *, sound: Callable[[], None] = QApplication.beep) -> None:
        super().__init__(parent)
        self._sound = sound
        self._alarms: tuple[AlarmView, ...] = ()
        self._silenced: set[str] = set()
        self._round = QTimer(self)
        self._round.timeout.connect(self._on_round_timeout)
        self.priority = 0

    def show_alarms(self, alarms: tuple[AlarmView, ...]) -> None:
        """The open alarms are these now."""
        self._silenced &= {alarm.alarm_id for alarm in alarms}
        self._alarms = alarms
        self._settle()

    def silence(self) -> tuple[str, ...]:
        """Stop the sound for every alarm that sounds now; returns their ids."""
        ids = tuple(alarm.alarm_id for alarm in self._sounding())
        self._silenced |= set(ids)
        self._settle()
        return ids

    def sound_again(self, alarm_id: str) -> None:
        """The silence was not written down: sound again."""
        self._silenced.discard(alarm_id)
        self._settle()

    def stop(self) -> None:
        """The window closes, or nobody is signed in."""
        self.show_alarms(())

    def _sounding(self) -> tuple[AlarmView, ...]:
        return tuple(
            a for a in self._alarms if a.active and not a.acknowledged_by and a.priority in PATTERNS and a.alarm_id not in self._silenced
        )

    def _settle(self) -> None:
        priority = min((alarm.priority for alarm in self._sounding()), default=0)
        if priority == self.priority:
            return
        self.priority = priority
        self._round.stop()
        if priority:
            self._round.start(ROUNDS_MS[priority])
            self._on_round_timeout()
        self.changed.emit(bool(priority))

    def _on_round_timeout(self) -> None:
        for after in PATTERNS.get(self.priority, ()):
            QTimer.singleShot(after, self, self._sound_once)

    def _sound_once(self) -> None:
        if self.priority:
            self._sound()
