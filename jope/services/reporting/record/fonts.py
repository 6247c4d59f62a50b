"""Fonts that ship with the program, so that every name prints the same everywhere; what they cannot show is spelled out, never dropped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "JopePlain"
BOLD: Final = "JopeBold"
MONO: Final = "JopeMono"
_FILES: Final = {PLAIN: "DejaVuSansCondensed.ttf", BOLD: "DejaVuSansCondensed-Bold.ttf", MONO: "DejaVuSansMono.ttf"}
_FOLDER: Final = Path(__file__).resolve().parent.parent / "fonts"


@cache
def register() -> None:
    """Make the fonts known to the PDF library; once per process."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(_FOLDER / file)))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


@cache
def _glyphs(font: str) -> frozenset[int]:
    register()
    found: Any = pdfmetrics.getFont(font)
    return frozenset(found.face.charToGlyph)


def printable(text: str, *, font: str = PLAIN) -> str:
    """The text with control characters and characters outside the font spelled out as ``<U+4E2D>``. Line breaks stay."""
    known = _glyphs(font)
    return "".join(c if c == "\n" or (ord(c) in known and ord(c) >= 0x20) else f"<U+{ord(c):04X}>" for c in text)
