"""The picture of a label, as large as there is room for it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from jope_ui.theme import Theme


class LabelPicture(QWidget):
    """Black on white in every theme: it is paper. Every dot that the printer gets is drawn."""

    def __init__(self, theme: Theme, *, spoken: str) -> None:
        super().__init__()
        self._theme = theme
        self.image = QImage()
        self.setObjectName("label-picture")
        self.setAccessibleName(spoken)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.px(40), theme.px(24))

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(100), self._theme.px(60))

    def show_png(self, png: bytes) -> None:
        """Show a picture; empty bytes show none."""
        self.image = QImage.fromData(png) if png else QImage()
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        if self.image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self.image.size().scaled(self.size() - QSize(2, 2), Qt.AspectRatioMode.KeepAspectRatio)
        paper = QRectF(1, 1, size.width(), size.height())
        painter.drawImage(paper, self.image)
        painter.setPen(QPen(self._theme.colour(self._theme.tokens.edge), 1.5))
        painter.drawRect(paper)
