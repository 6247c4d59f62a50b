"""One process of the screen benchmark: shows a window and says when it was painted, or drives the demo and says how late the GUI thread was.

python -m bench.screen_child bare
python -m bench.screen_child client DIR     the real 'jope run' on a station
python -m bench.screen_child idle           lateness of a timer beside a bare window
python -m bench.screen_child busy DIR       lateness of the same timer while the client dispenses a batch
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

TICK_MS = 5
IDLE_SECONDS = 5.0


class FirstPaint(QObject):
    """Waits for the first paint of a widget class, prints the monotonic time after it, and ends the application."""

    def __init__(self, app: QApplication, class_name: str) -> None:
        super().__init__()
        self._app = app
        self._class_name = class_name
        app.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at every event until the paint."""
        if event.type() == QEvent.Type.Paint and type(watched).__name__ == self._class_name:
            self._app.removeEventFilter(self)
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        print(json.dumps({"painted_ns": time.monotonic_ns()}), flush=True)
        self._app.quit()


class Lateness(QObject):
    """A timer on the GUI thread that notes by how much each tick came too late, in nanoseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[int] = []
        self.dispensing: list[int] = []
        """Those of them that fell on the dispensing page with nothing laid over it."""
        self.is_dispensing: Callable[[], bool] = lambda: False
        self._before = False
        self._due = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def start(self) -> None:
        """Begin to tick."""
        self._due = time.monotonic_ns() + TICK_MS * 1_000_000
        self._timer.start()

    def _on_timer_timeout(self) -> None:
        now = time.monotonic_ns()
        self.late.append(max(0, now - self._due))
        stays, self._before = self._before, self.is_dispensing()
        if stays and self._before:
            self.dispensing.append(self.late[-1])
        self._due = now + TICK_MS * 1_000_000


class BareWindow(QWidget):
    """As little as a window can be."""

    def __init__(self) -> None:
        super().__init__()
        QVBoxLayout(self).addWidget(QLabel("A window"))
        self.resize(1920, 1080)


def bare() -> None:
    """A bare window of the same size."""
    app = QApplication(sys.argv[:1])
    watcher = FirstPaint(app, "BareWindow")
    window = BareWindow()
    window.show()
    app.exec()
    del watcher


def client(data: str) -> None:
    """The program's own start."""
    from jope.cli.app import main

    app = QApplication(sys.argv[:1])
    watcher = FirstPaint(app, "SignInView")
    sys.argv = ["jope", "run", "--data", data]
    main()
    del watcher


def idle() -> None:
    """A bare window that does nothing."""
    app = QApplication(sys.argv[:1])
    window, lateness = BareWindow(), Lateness()
    window.show()
    lateness.start()
    QTimer.singleShot(int(IDLE_SECONDS * 1000), app.quit)
    app.exec()
    print(json.dumps({"late_ns": lateness.late}), flush=True)


def busy(data: str) -> None:
    """The client driven through one batch on a scale that reports ten times a second; pictures are left out."""
    from jope_ui.app import application
    from jope_ui.demo_hand import Hand

    from jope.cli.demo import run_demo

    application()
    lateness = Lateness()
    made = Hand.__init__

    def begin(self: Hand, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        lateness.is_dispensing = lambda: type(self.window.stack.currentWidget()).__name__ == "DispensingPage" and not sheets(self.window)
        lateness.start()

    hand: Any = Hand
    hand.__init__, hand.picture = begin, lambda self, name: None
    run_demo(Path(data), headless=True)
    print(json.dumps({"late_ns": lateness.late, "dispensing_ns": lateness.dispensing}), flush=True)


def sheets(window: QWidget) -> bool:
    """Whether a sheet or the lock lies over the page."""
    return any(part.isVisible() for part in window.findChildren(QWidget) if type(part).__name__ in ("Sheet", "SignatureSheet", "LockCover"))


if __name__ == "__main__":
    parts: dict[str, Callable[..., None]] = {"bare": bare, "client": client, "idle": idle, "busy": busy}
    parts[sys.argv[1]](*sys.argv[2:])
