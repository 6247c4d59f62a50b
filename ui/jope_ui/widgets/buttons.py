"""Buttons that say what they do, and, when they cannot, what is missing and who can resolve it."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from jope.compliance.commands import GuardVerdict
from jope_ui.theme import Theme
from jope_ui.widgets.labels import Text

LONG = 15
"""A text of several words with more characters than this is shown in two lines where the button is high enough."""


def two_lines(text: str) -> str:
    """A long text broken between words so that its longer half is as short as can be."""
    if len(text) <= LONG or " " not in text:
        return text
    words = text.split(" ")
    halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return "\n".join(min(halves, key=lambda pair: max(map(len, pair))))


class Button(QPushButton):
    """A push button in one of the style sheet's roles and sizes (``routine`` 15 mm, ``sign`` 18 mm, ``dense`` 12 mm).

    It is never narrower than its text, in any language: no layout can cut it.
    """

    def __init__(self, text: str, *, role: str = "plain", size: str = "routine", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", role)
        self.setProperty("touch", size)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Change the text and the accessible name together."""
        self.setText(text)
        self.setAccessibleName(text)

    @property
    def shown_text(self) -> str:
        """The text as it is drawn, in one line or two."""
        return (
            self.text() if self.property("touch") == "dense" or self.property("role") in ("navigation", "key") else two_lines(self.text())
        )

    @override
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self.property("role") == "key":
            return hint
        line = text_width(self.font(), self.text())
        bold = QFont(self.font())
        bold.setBold(bold.bold() or self.isCheckable())
        width = hint.width() - line + text_width(bold, self.shown_text)
        ratio = {"sign": 5 / 3}.get(str(self.property("touch")), 1.0)
        return QSize(max(width, math.ceil(hint.height() * ratio)), hint.height())

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown_text
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


def text_width(font: QFont, text: str) -> int:
    """Pixels of the longest line of a text."""
    metrics = QFontMetrics(font)
    return max((metrics.horizontalAdvance(line.replace("&&", "&")) for line in text.splitlines()), default=0)


class Option(QRadioButton):
    """One of several answers below each other. A text that does not fit is broken into two lines: nothing is cut."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._whole, self._broken = text, two_lines(text)
        self.setAccessibleName(text)
        self.setProperty("lines", len(self._broken.splitlines()))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + text_width(self._bold, self._whole) - text_width(self.font(), self.text()), hint.height())

    @override
    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(hint.width() - text_width(self._bold, self._whole) + text_width(self._bold, self._broken), hint.height())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        text = self._whole if self.sizeHint().width() <= self.width() else self._broken
        if text != self.text():
            self.setText(text)

    @property
    def _bold(self) -> QFont:
        """The font of the chosen one, which is the widest."""
        bold = QFont(self.font())
        bold.setBold(True)
        return bold


def out_of_role(verdict: GuardVerdict | None) -> bool:
    """Whether an action is another role's business; a page does not offer such an action beside its main one."""
    return verdict is not None and verdict.guard == "permission"


class _Reason(Text):
    """The words beside a closed button; touching them asks for more."""

    touched = Signal()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        super().mouseReleaseEvent(event)
        self.touched.emit()


class BlockedAction(QWidget):
    """A button with its reason beside it. While a verdict stands the button is off and the visible text says why and who helps (URS A03).

    ``place`` is where the button stands: ``right`` or ``left`` of the text, ``below`` it, or ``above`` it in a list, where an open action has no text.
    """

    triggered = Signal()

    def __init__(self, text: str, theme: Theme, *, role: str = "primary", size: str = "sign", name: str = "", place: str = "right") -> None:
        super().__init__()
        self.reason = _Reason("", "quiet", wrap=True)
        self.reason.touched.connect(self._on_reason_touched)
        self._theme = theme
        self._verdict: GuardVerdict | None = None
        self._stacked = place == "above"
        side = Qt.AlignmentFlag.AlignLeft if place in ("left", "above") else Qt.AlignmentFlag.AlignRight
        self.reason.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.button = Button(text, role=role, size=size, name=name)
        self.button.clicked.connect(self.triggered)
        upright = place in ("below", "above")
        line = QVBoxLayout(self) if upright else QHBoxLayout(self)
        theme.space(line, gap_mm=1.0 if upright else 2.5)
        line.addWidget(self.reason, 1)
        line.insertWidget(0 if place in ("left", "above") else 1, self.button, 0, side)

    @property
    def blocked(self) -> bool:
        """Whether the button is off."""
        return not self.button.isEnabled()

    def offer(self, text: str) -> None:
        """Name the action."""
        self.button.say(text)

    def set_verdict(self, verdict: GuardVerdict | None) -> None:
        """Open the button, or close it with a guard's words, which tell more when they are touched."""
        self._verdict = verdict
        self.block("" if verdict is None else f"{verdict.message} {verdict.remedy}".strip())

    def _on_reason_touched(self) -> None:
        host = getattr(self.window(), "host", None)
        if self._verdict is None or not isinstance(host, QWidget) or not self.blocked:
            return
        from jope_ui.dialogs.why import WhySheet  # a sheet stands above all widgets

        WhySheet(host, self._theme, action=self.button.text(), verdict=self._verdict).open()

    def block(self, why: str) -> None:
        """Close the button with a sentence; an empty one opens it."""
        self.button.setEnabled(not why)
        self.reason.setText(why)
        if self._stacked:
            self.reason.setVisible(bool(why))
        self.button.setToolTip(why)
        self.button.setAccessibleDescription(why)
