"""A hand at the client: it clicks, types and scans as a person would, waits for what the screen shows, and takes pictures of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from jope.kernel.errors import JopeError
from jope_ui.bridge.scanner import ETX, STX
from jope_ui.shell.window import Window
from jope_ui.theme.metrics import PITCH_WXGA_12_1

PATIENCE_SECONDS = 30.0
PNG_QUALITY = 85
"""Lightly packed: the best packing takes longer than the step that it shows."""
_Kind = TypeVar("_Kind", bound=QWidget)


class StalledError(JopeError):
    """The screen did not come to what the script waits for."""

    code = "JOPE-690"
    remedy = "Look at the picture 'stalled.png' among the screens."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the demo: what was done, by whom, and how long it took."""

    name: str
    who: str
    seconds: float


def rest(milliseconds: int) -> None:
    """Let the client work for a while. A real event loop, because it lets the worker threads run; Qt's own test wait would hold them."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Hand:
    """Works one window. Nothing is called behind the screen: a covered, hidden or disabled control cannot be pressed."""

    def __init__(self, window: Window, out: Path, *, pause_ms: int = 0, small_every: int = 1) -> None:
        self.window = window
        self.steps: list[Step] = []
        self.who = ""
        self._screens = out / "screens"
        self._screens.mkdir(parents=True, exist_ok=True)
        self._pause_ms = pause_ms
        self._pictures = 0
        self._small_every = small_every

    @contextmanager
    def step(self, name: str, who: str = "") -> Iterator[None]:
        """Time one step of a person; without a name, of whoever is signed in."""
        started = time.perf_counter()
        yield
        self.steps.append(Step(name, who or self.who, time.perf_counter() - started))
        if self._pause_ms:
            rest(self._pause_ms)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Let the client work until the screen shows something.

        Raises:
            StalledError: it did not within half a minute.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > end:
                self._save("stalled")
                raise StalledError(f"The demo waits in vain for: {what}.")
            rest(10)

    def find(self, kind: type[_Kind], name: str) -> _Kind:
        """A visible control by its name."""
        self.wait(lambda: self._seen(kind, name) is not None, name)
        found = self._seen(kind, name)
        assert found is not None
        return found

    def _seen(self, kind: type[_Kind], name: str) -> _Kind | None:
        return next((one for one in self.window.findChildren(kind, name) if one.isVisible() and self._on_top(one)), None)

    def _on_top(self, widget: QWidget) -> bool:
        middle = widget.mapTo(self.window, QPoint(widget.width() // 2, widget.height() // 2))
        top = self.window.childAt(middle)
        return top is not None and (top is widget or widget.isAncestorOf(top))

    def click(self, name: str, text: str = "") -> None:
        """Press a button once it can be pressed; ``text`` is what has to stand on it."""
        self.wait(lambda: self.ready(name, text), f"button {name} {text}".strip())
        QTest.mouseClick(self.find(QAbstractButton, name), Qt.MouseButton.LeftButton)
        rest(1)

    def ready(self, name: str, text: str) -> bool:
        """Whether a button can be pressed and carries the text."""
        button = self._seen(QAbstractButton, name)
        return button is not None and button.isEnabled() and text in ("", button.text())

    def type(self, name: str, text: str) -> None:
        """Type into a field in place of what stands there."""
        field = self.find(QLineEdit, name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def scan(self, text: str) -> None:
        """Let the scanner read a label, whatever has the focus."""
        target = QApplication.focusWidget() or self.window
        for character in (STX, *text, ETX):
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(target, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character))

    # --- what persons do over and over -------------------------------------------------------------------------------

    def sign_in(self, employee_id: str, password: str) -> None:
        """Sign in at the sign-in page."""
        self.who = employee_id
        self.type("sign-in-id", employee_id)
        self.type("sign-in-password", password)
        self.click("sign-in-give")
        self.wait(lambda: self.window.client.session.employee_id == employee_id and self.shown("overview"), f"{employee_id} signed in")

    def sign_out(self) -> None:
        """Sign out."""
        self.click("nav-sign-out")
        self.wait(lambda: self.window.client.session.opened is None and self.window.sign_in.isVisible(), "sign-in page")
        self.who = ""

    def shown(self, key: str) -> bool:
        """Whether a page is open with its data."""
        return self.window.key == key and self.window.pages[key].shown

    def sign(self, employee_id: str, password: str, meaning: str) -> None:
        """Fill the signature sheet and sign; the sheet closes."""
        self.fill_signature(employee_id, password, meaning)
        self.click("signature-sign")
        self.wait(lambda: self.window.signing.open_sheet is None, "signature accepted")

    def sign_in_vain(self, employee_id: str, password: str, meaning: str) -> None:
        """Fill the signature sheet and sign; the sheet stays and says why."""
        self.fill_signature(employee_id, password, meaning)
        self.click("signature-sign")
        self.wait(lambda: self._seen(QWidget, "signature-error") is not None, "signature refused")

    def fill_signature(self, employee_id: str, password: str, meaning: str) -> None:
        """Choose the meaning, type id and password."""
        self.click(f"meaning-{meaning}")
        self.type("signature-id", employee_id)
        self.type("signature-password", password)

    # --- pictures ----------------------------------------------------------------------------------------------------

    def picture(self, name: str) -> None:
        """Save the screen as it is, and as it would be on the small panel."""
        self._pictures += 1
        stem = f"{self._pictures:02d}-{name}"
        self._settle()
        self._save(stem)
        if self._pictures % self._small_every:
            return
        theme, size = self.window.client.theme, self.window.size()
        pitch = theme.metrics.pitch_mm
        theme.set_pitch(PITCH_WXGA_12_1)
        self._settle()
        self.window.resize(1280, 800)
        self._settle()
        self._save(f"{stem}-1280x800")
        theme.set_pitch(pitch)
        self.window.resize(size)
        self._settle()

    def _save(self, stem: str) -> None:
        self.window.grab().save(str(self._screens / f"{stem}.png"), None, PNG_QUALITY)

    def _settle(self) -> None:
        for _ in range(3):
            rest(5)
