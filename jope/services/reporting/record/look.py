"""The look of the record: a quiet page, dark ink, thin rules, no colour that is not also a word."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Table

from jope.services.reporting.record.fonts import BOLD, MONO, PLAIN, printable, register
from jope.services.reporting.record.texts import NONE

PAGE: Final = A4
MARGIN: Final = 16 * mm
TOP: Final = 27 * mm
BOTTOM: Final = 21 * mm
WIDTH: Final = PAGE[0] - 2 * MARGIN
INK: Final = HexColor("#17202b")
GREY: Final = HexColor("#5c6876")
RULE: Final = HexColor("#c8d0d8")
TINT: Final = HexColor("#f2f5f8")
RED: Final = HexColor("#a3191f")
GREEN: Final = HexColor("#1d6b3a")

_LONG_TEXT: Final = 1200
"""Characters; a paragraph of so many may fill a page in a narrow column."""

register()
_BODY: Final = ParagraphStyle("body", fontName=PLAIN, fontSize=7.8, leading=10.2, textColor=INK, splitLongWords=1)
STYLES: Final = {
    "body": _BODY,
    "bold": ParagraphStyle("bold", _BODY, fontName=BOLD),
    "note": ParagraphStyle("note", _BODY, fontSize=7.2, leading=9.4, textColor=GREY),
    "label": ParagraphStyle("label", _BODY, fontSize=6.8, leading=8.8, textColor=GREY),
    "head": ParagraphStyle("head", _BODY, fontName=BOLD, fontSize=7.0, leading=9.0, textColor=GREY),
    "time": ParagraphStyle("time", _BODY, fontSize=7.2, leading=9.4),
    "head right": ParagraphStyle("head right", _BODY, fontName=BOLD, fontSize=7.0, leading=9.0, textColor=GREY, alignment=TA_RIGHT),
    "number": ParagraphStyle("number", _BODY, alignment=TA_RIGHT),
    "mono": ParagraphStyle("mono", _BODY, fontName=MONO, fontSize=6.4, leading=8.4),
    "title": ParagraphStyle("title", _BODY, fontName=BOLD, fontSize=19, leading=23),
    "under": ParagraphStyle("under", _BODY, fontSize=10, leading=13.5, textColor=GREY),
    "section": ParagraphStyle("section", _BODY, fontName=BOLD, fontSize=11.5, leading=15, spaceBefore=11, spaceAfter=3.5, keepWithNext=1),
    "part": ParagraphStyle("part", _BODY, fontName=BOLD, fontSize=9, leading=12, spaceBefore=7, spaceAfter=2.5, keepWithNext=1),
    "big": ParagraphStyle("big", _BODY, fontName=BOLD, fontSize=12.5, leading=15.5),
    "good": ParagraphStyle("good", _BODY, fontName=BOLD, textColor=GREEN),
    "bad": ParagraphStyle("bad", _BODY, fontName=BOLD, textColor=RED),
}
"""Named paragraph styles; sizes and leading in points."""


def text(value: str, style: str = "body") -> Paragraph:
    """A paragraph of plain text; line breaks stay, nothing in it is markup, an empty one is a dash."""
    found = STYLES[style]
    lines = printable(value or NONE, font=found.fontName).split("\n")
    return Paragraph("<br/>".join(escape(line, quote=False).replace("  ", "&nbsp; ") for line in lines), found)


def lines(*parts: tuple[str, str]) -> list[Paragraph]:
    """(text, style) pairs below each other in one cell."""
    return [text(value, style) for value, style in parts]


Cell = str | Flowable | list[Any]


def table(head: tuple[str, ...], rows: list[list[Cell]], widths: tuple[float, ...], *, right: tuple[int, ...] = ()) -> Table:
    """A table with a repeated head. ``widths`` are shares of the page's width; texts wrap, only a row longer than a page splits.

    Heads of the columns in ``right`` are set to the right, above numbers.
    """
    content: list[list[Any]] = [[text(word, "head right" if number in right else "head") for number, word in enumerate(head)]]
    content += [[text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    found = Table(content, colWidths=_widths(widths), repeatRows=1, splitInRow=int(_has_long_row(rows)), hAlign="LEFT")
    found.setStyle([*_GRID, ("BACKGROUND", (0, 0), (-1, 0), TINT), ("LINEABOVE", (0, 0), (-1, 0), 0.6, RULE)])
    return found


_GRID: Final[tuple[Any, ...]] = (
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3.5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3.5),
    ("TOPPADDING", (0, 0), (-1, -1), 2.4),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8),
    ("LINEBELOW", (0, 0), (-1, -1), 0.35, RULE),
)


def facts(pairs: Sequence[tuple[str, Cell]], *, columns: int = 2, width: float = WIDTH, label: float = 0.36) -> Table:
    """Labels with their values in one or more columns. ``width`` in points, ``label`` the label's share of a column."""
    rows: list[list[Any]] = []
    for start in range(0, len(pairs), columns):
        row: list[Any] = []
        for name, value in pairs[start : start + columns]:
            row += [text(name, "label"), text(value) if isinstance(value, str) else value]
        rows.append(row + [""] * (2 * columns - len(row)))
    share = width / columns
    found = Table(rows, colWidths=[share * label, share * (1 - label)] * columns, splitInRow=1, hAlign="LEFT")
    found.setStyle([*_GRID])
    return found


def _has_long_row(rows: list[list[Cell]]) -> bool:
    """Whether a row may be higher than a page, so that it must be allowed to split; other rows stay whole."""
    return any(isinstance(part, Paragraph) and len(part.text) > _LONG_TEXT for row in rows for cell in row for part in _parts(cell))


def _parts(cell: Cell) -> list[Any]:
    if isinstance(cell, list):
        return cell
    return [text(cell)] if isinstance(cell, str) else [cell]


def _widths(shares: tuple[float, ...]) -> list[float]:
    return [WIDTH * share / sum(shares) for share in shares]
