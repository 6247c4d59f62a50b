"""One signal that says what changed in the station."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

GATHER_MS = 60


class Changes(QObject):
    """Gathers the station's notices for a moment, so that one commit with several kinds redraws a page once."""

    changed = Signal(frozenset)
    _noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._kinds: set[str] = set()
        self._noticed.connect(self._on_noticed, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(GATHER_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._unsubscribe: Callable[[], None] | None = None

    def listen(self, subscribe: Callable[[Callable[[frozenset[str]], None]], Callable[[], None]]) -> None:
        """Begin to listen. The callback is called in a core thread and only emits."""
        self._unsubscribe = subscribe(self._noticed.emit)

    def close(self) -> None:
        """Stop listening."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._timer.stop()

    @Slot(object)
    def _on_noticed(self, kinds: frozenset[str]) -> None:
        self._kinds |= kinds
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        kinds, self._kinds = frozenset(self._kinds), set()
        self.changed.emit(kinds)
