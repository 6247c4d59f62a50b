"""The materials of a batch side by side: done, due now, or waiting."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from jope.plant.weighing.queries import MaterialStepView
from jope_ui.theme import Theme
from jope_ui.widgets.labels import NO_BREAK, Text, quantity_text, restyle
from jope_ui.widgets.shapes import Icon


class MaterialChip(QFrame):
    """One material."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "step")
        self.icon = Icon(theme, "locked", size_mm=5.5)
        self.name = Text("", "body", wrap=True)
        self.target = Text("", "quiet")
        words = QVBoxLayout()
        theme.space(words, gap_mm=0.0)
        words.addWidget(self.name)
        words.addWidget(self.target)
        line = QHBoxLayout(self)
        theme.space(line, gap_mm=2, margin_mm=(2, 1, 2, 1))
        line.addWidget(self.icon)
        line.addLayout(words, 1)

    def show_material(self, material: MaterialStepView, *, current: bool) -> None:
        """Show a material."""
        done = material.state == "done"
        self.icon.show_icon("check" if done else ("current" if current else "locked"))
        self.name.setText(f"{material.position}{NO_BREAK}{NO_BREAK}{material.material_name}")
        restyle(self.name, "role", "strong" if current else "body")
        self.target.setText(quantity_text(material.target, material.unit))
        restyle(self, "state", "current" if current else ("done" if done else "locked"))
        self.setAccessibleName(f"{material.position} {material.material_name} {material.state}")


class MaterialStrip(QWidget):
    """All materials of the batch."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.chips: list[MaterialChip] = []
        self._line = QHBoxLayout(self)
        theme.space(self._line, gap_mm=2)

    def show_materials(self, materials: tuple[MaterialStepView, ...], current: int) -> None:
        """Show them; ``current`` is the position that is due."""
        while len(self.chips) > len(materials):
            gone = self.chips.pop()
            gone.hide()
            gone.deleteLater()
        for index, material in enumerate(materials):
            if index == len(self.chips):
                self.chips.append(MaterialChip(self._theme))
                self._line.addWidget(self.chips[index], 1)
            self.chips[index].show_material(material, current=material.position == current)
