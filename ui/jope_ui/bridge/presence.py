"""Presence of a person: keys, touches and the mouse count; nothing the process does by itself ever does. And whether the session still stands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from typing_extensions import override

from jope.compliance.identity.sessions import Standing
from jope.kernel.errors import JopeError
from jope_ui.bridge.runners import QueryRunner
from jope_ui.bridge.session import SessionState

if TYPE_CHECKING:
    from jope.bootstrap import Station

COUNTDOWN_SECONDS = 20
_ABOUT_SESSIONS = frozenset({"user", "session", "role"})
_PRESENCE = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.TouchBegin, QEvent.Type.Wheel}
)


class Presence(QObject):
    """Tells the station that a person is there, at most once a second, and asks how long until the idle lock.

    ``ended`` says that the session does not stand any more: the account was disabled, its access ended, or its person signed in elsewhere. It is looked at
    once a second, and at once when the station tells that a person or a session changed.
    """

    left_changed = Signal(float)
    ran_out = Signal()
    ended = Signal(bool)
    """Whether the access of the account has ended."""

    def __init__(self, station: Station, session: SessionState, queries: QueryRunner) -> None:
        super().__init__()
        self._station = station
        self._session = session
        self._queries = queries
        self._last_touch = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._on_timer_timeout)

    def start(self) -> None:
        """Begin to ask once a second."""
        self._timer.start()

    def stop(self) -> None:
        """Stop asking."""
        self._timer.stop()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _PRESENCE and event.spontaneous():
            self._on_person_seen()
        return False

    def _on_person_seen(self) -> None:
        now = time.monotonic()
        token = self._session.token
        if token is None or self._session.locked or now - self._last_touch < 1.0:
            return
        self._last_touch = now
        self._queries.run(lambda: self._station.touch(token), self._on_touch_done, self._on_call_failed, key="touch")

    @Slot(frozenset)
    def on_changed(self, kinds: frozenset[str]) -> None:
        """Something changed in the station."""
        if kinds & _ABOUT_SESSIONS:
            self._look()

    def _look(self) -> bool:
        """Whether the session stands. What its person may do now is taken over."""
        token = self._session.token
        if token is None:
            return False
        standing = self._station.standing(token)
        if standing.state is Standing.ENDED:
            self.ended.emit(bool(standing.message))
            return False
        self._session.act_under(standing)
        return True

    @Slot()
    def _on_timer_timeout(self) -> None:
        token = self._session.token
        if token is not None and self._look() and not self._session.locked:
            self._queries.run(lambda: (token, self._station.idle_left(token)), self._on_left_read, self._on_call_failed, key="idle")

    def _on_touch_done(self, _: None) -> None:
        self._on_timer_timeout()

    def _on_left_read(self, answer: tuple[str, float]) -> None:
        token, left = answer
        if token != self._session.token or self._session.locked:
            return
        self.left_changed.emit(left)
        if left <= 0:
            self.ran_out.emit()

    def _on_call_failed(self, _: JopeError) -> None:
        """The station does not know the session any more: cover the screen."""
        if self._session.token is not None and not self._session.locked:
            self.ran_out.emit()
