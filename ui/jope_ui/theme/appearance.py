"""The theme that a window wears: tokens and metrics together, and the word when they change."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLayout, QWidget

from jope_ui.theme.metrics import Metrics
from jope_ui.theme.style_sheet import style_sheet
from jope_ui.theme.tokens import LIGHT, NIGHT, Tokens


class Theme(QObject):
    """Colours and sizes of one window. Widgets that paint themselves keep it and read it whenever they paint."""

    changed = Signal()

    def __init__(self, pitch_mm: float, *, night: bool = False) -> None:
        super().__init__()
        self._tokens: Tokens = NIGHT if night else LIGHT
        self._metrics = Metrics(pitch_mm)

    @property
    def tokens(self) -> Tokens:
        """The colours."""
        return self._tokens

    @property
    def metrics(self) -> Metrics:
        """The sizes."""
        return self._metrics

    @property
    def night(self) -> bool:
        """Whether the night theme is worn."""
        return self._tokens is NIGHT

    def px(self, millimetres: float) -> int:
        """Millimetres in pixels of this panel."""
        return self._metrics.px(millimetres)

    def set_night(self, night: bool) -> None:
        """Change to the night theme or back; same contrasts."""
        self._tokens = NIGHT if night else LIGHT
        self.changed.emit()

    def set_pitch(self, pitch_mm: float) -> None:
        """Change to a panel with another pixel pitch."""
        self._metrics = Metrics(pitch_mm)
        self.changed.emit()

    def style_sheet(self) -> str:
        """The generated style sheet."""
        return style_sheet(self._tokens, self._metrics)

    def colour(self, value: str) -> QColor:
        """A token's value as a colour."""
        return QColor(value)

    def space(self, layout: QLayout, *, gap_mm: float = 2.5, margin_mm: float | tuple[float, float, float, float] = 0.0) -> None:
        """Give a layout its gap and margins in millimetres, and keep them for a change of the panel."""
        sides = margin_mm if isinstance(margin_mm, tuple) else (margin_mm,) * 4
        layout.setProperty("gap_mm", gap_mm)
        layout.setProperty("margin_mm", ",".join(str(side) for side in sides))
        self._apply(layout)

    def dress(self, root: QWidget) -> None:
        """Apply the style sheet and the spacings to a window and all below it."""
        root.setStyleSheet(self.style_sheet())
        for layout in root.findChildren(QLayout):
            if layout.property("gap_mm") is not None:
                self._apply(layout)

    def _apply(self, layout: QLayout) -> None:
        left, top, right, bottom = (self._length(float(side)) for side in str(layout.property("margin_mm")).split(","))
        layout.setContentsMargins(left, top, right, bottom)
        layout.setSpacing(self._length(float(layout.property("gap_mm"))))

    def _length(self, millimetres: float) -> int:
        return self._metrics.px(millimetres) if millimetres > 0 else 0
