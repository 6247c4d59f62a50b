"""The picture of a dispense label: the same record gives the same dots (URS F09, F16; 21 CFR 211.101(b)).

Nothing is left out or cut off: what does not fit is refused. A character that would not be seen is drawn as a sign that is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jope.kernel.errors import RefusedError
from jope.plant.materials.labels import DispenseLabel
from jope.services.reporting.labels.zpl import Bitmap, encoded

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FONTS: Final = Path(__file__).parents[1] / "fonts"
_PLAIN: Final = "DejaVuSansCondensed.ttf"
_BOLD: Final = "DejaVuSansCondensed-Bold.ttf"
_QR_SIDE_MM: Final = 26
_MARGIN_MM: Final = 3
_SIZES_MM: Final = (3.2, 2.9, 2.6, 2.3, 2.0)
"""Heights of the letters; the largest with which everything fits is taken."""
_UNSEEN: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class LabelStock:
    """What the labels in a printer are: their size and the printer's resolution."""

    dots_per_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What stands on one label. ``verified_by`` is empty until the second person signed; copies count from 1."""

    label: DispenseLabel
    verified_by: str
    copy_no: int


@lru_cache(maxsize=16)
def label_bytes(facts: LabelFacts, stock: LabelStock) -> bytes:
    """The bytes that print a label.

    Raises:
        RefusedError: the label does not fit on its stock.
    """
    return encoded(drawn(facts, stock))


def lines_of(facts: LabelFacts) -> tuple[tuple[str, bool], ...]:
    """What stands on a label line by line, and whether it is set in bold."""
    one = facts.label
    return tuple(
        (seen(text), bold)
        for text, bold in (
            (one.component, True),
            (f"Code {one.code}", True),
            (f"Lot {one.lot_no}   Receiving {one.receiving_no}", True),
            (f"Net {one.net} {one.unit}", True),
            (f"Tare {one.tare} {one.unit}   Gross {one.gross} {one.unit}", False),
            (f"For batch {one.batch_no}", True),
            (f"{one.product}, lot {one.product_lot}", False),
            (f"Weighed by {one.weighed_by}", False),
            (f"Verified by {facts.verified_by}" if facts.verified_by else "Not verified yet", False),
            (f"Scale {one.scale}", False),
            (one.time, False),
            ("Copy 1" if facts.copy_no == 1 else f"Copy {facts.copy_no} - REPRINT", facts.copy_no > 1),
        )
    )


def seen(text: str) -> str:
    """The text with every character that draws nothing replaced by a sign."""
    return "".join(_UNSEEN if unicodedata.category(one)[0] == "C" else one for one in text)


def drawn(facts: LabelFacts, stock: LabelStock) -> Bitmap:
    """The picture of a label.

    Raises:
        RefusedError: it does not fit on its stock.
    """
    from PIL import Image, ImageDraw  # loaded by the first label, not by the start

    scale = stock.dots_per_mm
    width, height, margin = stock.width_mm * scale, stock.height_mm * scale, _MARGIN_MM * scale
    image = Image.new("1", (width, height), 1)
    code = _code(facts.label.qr_text(), _QR_SIDE_MM * scale)
    left = width - margin - len(code)
    rows = _fitted(lines_of(facts), left - 2 * margin, height - 2 * margin, scale)
    if rows is None or left <= margin or len(code) > height - 2 * margin:
        raise RefusedError(
            f"The label does not fit on {stock.width_mm} x {stock.height_mm} mm.", remedy="Have the printer set up with larger labels."
        )
    draw = ImageDraw.Draw(image)
    for text, font, y in rows:
        draw.text((margin, margin + y), text, font=font, fill=0)
    for y, row in enumerate(code):
        for x, dark in enumerate(row):
            if dark:
                image.putpixel((left + x, margin + y), 0)
    return Bitmap(width, height, bytes(byte ^ 0xFF for byte in image.tobytes()))


def _fitted(lines: Sequence[tuple[str, bool]], width: int, height: int, scale: int) -> list[tuple[str, FreeTypeFont, int]] | None:
    """Every line with its font and its distance from the top, in the largest letters with which all of them fit; None where none does."""
    for millimetres in _SIZES_MM:
        size = round(millimetres * scale)
        step, y, rows = round(size * 1.25), 0, []
        for text, bold in lines:
            font = _font(_BOLD if bold else _PLAIN, size)
            for part in _wrapped(text, font, width):
                rows.append((part, font, y))
                y += step
        if y <= height:
            return rows
    return None


def _wrapped(text: str, font: FreeTypeFont, width: int) -> Iterator[str]:
    """The text in parts that are not wider, parted at spaces where there are some."""
    while text:
        end = len(text)
        while end > 1 and font.getlength(text[:end]) > width:
            space = text.rfind(" ", 1, end - 1)
            end = space if space > 0 else end - 1
        yield text[:end].strip()
        text = text[end:].strip()


@cache
def _font(name: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(FONTS / name), size, layout_engine=ImageFont.Layout.BASIC)


def _code(content: str, side: int) -> list[list[bool]]:
    """A QR code in dots, every square of it as many whole dots as fit into the side, with its quiet zone."""
    from jope.services.reporting.record.codes import modules_of

    modules = modules_of(content)
    count = len(modules) + 8
    unit = side // count
    blank: list[Any] = [False] * count
    framed = [blank] * 4 + [[False] * 4 + list(row) + [False] * 4 for row in modules] + [blank] * 4
    return [[dark for dark in row for _ in range(unit)] for row in framed for _ in range(unit)]
