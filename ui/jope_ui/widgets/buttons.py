"""Buttons that say what they do, and, when they cannot, what is missing and who can resolve it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from jope.compliance.commands import GuardVerdict
from jope_ui.theme import Theme
from jope_ui.widgets.labels import Text


class Button(QPushButton):
    """A push button in one of the style sheet's roles and sizes (``routine`` 15 mm, ``sign`` 18 mm, ``dense`` 12 mm)."""

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


def out_of_role(verdict: GuardVerdict | None) -> bool:
    """Whether an action is another role's business; a page does not offer such an action beside its main one."""
    return verdict is not None and verdict.guard == "permission"


class BlockedAction(QWidget):
    """A button with its reason beside it. While a verdict stands the button is off and the visible text says why and who helps (URS A03).

    ``place`` is where the button stands: ``right`` or ``left`` of the text, or ``below`` it.
    """

    triggered = Signal()

    def __init__(self, text: str, theme: Theme, *, role: str = "primary", size: str = "sign", name: str = "", place: str = "right") -> None:
        super().__init__()
        self.reason = Text("", "quiet", wrap=True)
        side = Qt.AlignmentFlag.AlignLeft if place == "left" else Qt.AlignmentFlag.AlignRight
        self.reason.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.button = Button(text, role=role, size=size, name=name)
        self.button.clicked.connect(self.triggered)
        line = QVBoxLayout(self) if place == "below" else QHBoxLayout(self)
        theme.space(line, gap_mm=1.0 if place == "below" else 2.5)
        line.addWidget(self.reason, 1)
        line.insertWidget(0 if place == "left" else 1, self.button, 0, side)

    @property
    def blocked(self) -> bool:
        """Whether the button is off."""
        return not self.button.isEnabled()

    def offer(self, text: str) -> None:
        """Name the action."""
        self.button.say(text)

    def set_verdict(self, verdict: GuardVerdict | None) -> None:
        """Open the button, or close it with a guard's words."""
        self.block("" if verdict is None else f"{verdict.message} {verdict.remedy}".strip())

    def block(self, why: str) -> None:
        """Close the button with a sentence; an empty one opens it."""
        self.button.setEnabled(not why)
        self.reason.setText(why)
        self.button.setToolTip(why)
        self.button.setAccessibleDescription(why)
