"""QR codes as vector squares: sharp on any printer, and the same bytes for the same text."""

from __future__ import annotations

from functools import cache
from typing import Any

import zxingcpp
from reportlab.lib.colors import black, white
from reportlab.platypus import Flowable


@cache
def modules_of(content: str) -> tuple[tuple[bool, ...], ...]:
    """The dark squares of a QR code with error correction level M, row by row, without its quiet zone."""
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(image).tolist()
    return tuple(tuple(value == 0 for value in row) for row in rows)


class QrCode(Flowable):
    """A QR code of a given side in points, quiet zone of four squares included."""

    def __init__(self, content: str, side: float) -> None:
        super().__init__()
        self._rows = modules_of(content)
        self._side = side

    def wrap(self, *_: float) -> tuple[float, float]:
        """Its size, whatever is available."""
        return self._side, self._side

    def draw(self) -> None:
        """One rectangle per run of dark squares in a row."""
        unit = self._side / (len(self._rows) + 8)
        canvas: Any = self.canv
        canvas.setFillColor(white)
        canvas.rect(0, 0, self._side, self._side, stroke=0, fill=1)
        canvas.setFillColor(black)
        for number, row in enumerate(self._rows):
            y = self._side - (number + 5) * unit
            for start, length in _runs(row):
                canvas.rect((start + 4) * unit, y, length * unit, unit, stroke=0, fill=1)


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """(start, length) of every run of dark squares."""
    found: list[tuple[int, int]] = []
    for position, dark in enumerate(row):
        if dark and found and found[-1][0] + found[-1][1] == position:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((position, 1))
    return found
