"""Warnings of Qt go to the station's captured errors, by their place alone (URS Q11)."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Final, Protocol

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_GRAVE: Final = {
    QtMsgType.QtWarningMsg: "QtWarning",
    QtMsgType.QtCriticalMsg: "QtCritical",
    QtMsgType.QtFatalMsg: "QtFatal",
}
_KNOWN: Final = ("This plugin does not support propagateSizeHints", "This plugin does not support raise")
"""What Qt says without a display, and what harms nothing."""
_FUNCTION: Final = re.compile(r"[A-Za-z_]\w*(::~?[A-Za-z_]\w*)+")


class Captures(Protocol):
    """The station, as far as it keeps errors."""

    def capture_message(self, kind: str, file: str, line: int, function: str) -> None:
        """Keep the place of a warning. Never waits."""


def catch_messages(station: Captures) -> Callable[[], None]:
    """Stand between Qt and standard error from here on. Returns how to stop."""

    def handle(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        if kind in _GRAVE and not text.startswith(_KNOWN):
            named = _FUNCTION.match(text)  # the text may hold a value; the name of a function before it does not
            function = str(context.function or (named.group(0) if named is not None else ""))
            station.capture_message(_GRAVE[kind], str(context.file or context.category or "qt"), int(context.line or 0), function)

    before = qInstallMessageHandler(handle)
    return lambda: _give_back(before)


def _give_back(before: object) -> None:
    qInstallMessageHandler(before if callable(before) else None)
