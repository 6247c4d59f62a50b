"""A keyboard-wedge scanner: frames from STX to ETX are taken out of the key stream, whatever has the focus, and press no button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

STX = "\x02"
ETX = "\x03"
LONGEST = 512


class Scanner(QObject):
    """Watches the application's key presses. Framing characters may be configured where a scanner cannot send STX and ETX."""

    scanned = Signal(str)

    def __init__(self, *, start: str = STX, end: str = ETX) -> None:
        super().__init__()
        self._start = start
        self._end = end
        self._frame: list[str] | None = None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() not in (
            QEvent.Type.KeyPress,
            QEvent.Type.KeyRelease,
            QEvent.Type.ShortcutOverride,
        ):
            return False
        if event.type() is not QEvent.Type.KeyPress:
            return self._frame is not None
        return self._take(event.text())

    def _take(self, text: str) -> bool:
        if text == self._start:
            self._frame = []
            return True
        if self._frame is None:
            return False
        if text == self._end:
            frame, self._frame = "".join(self._frame), None
            self.scanned.emit(frame)
            return True
        self._frame.append(text)
        if len(self._frame) > LONGEST:
            self._frame = None
        return True
