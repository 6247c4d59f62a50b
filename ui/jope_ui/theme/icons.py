"""The client's own icons: plain SVG files, coloured by the theme when they are drawn."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from jope_ui.theme.tokens import Tokens


def resource(name: str) -> Path:
    """A file below ``resources/``, in a checkout, in an installed package and in a packed program."""
    packed = getattr(sys, "_MEIPASS", None)
    if packed:
        return Path(packed) / "resources" / name
    installed = Path(__file__).resolve().parents[1] / "_resources"
    return (installed if installed.is_dir() else Path(__file__).resolve().parents[3] / "resources") / name


@lru_cache(maxsize=128)
def renderer(name: str, colour: str) -> QSvgRenderer:
    """The drawing of an icon; ``currentColor`` inside it takes the colour."""
    text = resource(f"icons/{name}.svg").read_text("utf-8").replace("currentColor", colour)
    return QSvgRenderer(QByteArray(text.encode("utf-8")))


@lru_cache(maxsize=32)
def _alarm_renderer(priority: int, fill: str, figure: str, edge: str) -> QSvgRenderer:
    text = resource(f"icons/alarm-{priority}.svg").read_text("utf-8")
    text = text.replace("FILL", fill).replace("FIGURE", figure).replace("EDGE", edge)
    return QSvgRenderer(QByteArray(text.encode("utf-8")))


def draw_alarm(painter: QPainter, priority: int, tokens: Tokens, box: QRectF) -> None:
    """Draw the shape of an alarm: 1 red square, 2 orange triangle, 3 yellow inverted triangle, 4 (diagnostic) blue circle."""
    fill, figure = tokens.alarm(priority)
    _alarm_renderer(min(max(priority, 1), 4), fill, figure, tokens.alarm_edge).render(painter, box)


def draw_icon(painter: QPainter, name: str, colour: str, box: QRectF) -> None:
    """Draw an icon into a box."""
    renderer(name, colour).render(painter, box)


def icon_pixmap(name: str, colour: str, size: int) -> QPixmap:
    """An icon as a square pixmap."""
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_icon(painter, name, colour, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
