"""A language that nobody speaks: every text 40 per cent longer and accented, so that what is not translated or does not fit is seen."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QTranslator
from typing_extensions import override

ACCENTED = str.maketrans("aeiouAEIOUncsyz", "áéíöüÁÉÍÖÜñçšýž")
LONGER = 1.4
_PLACE = re.compile(r"(\{[^}]*\})")


def pseudo(text: str) -> str:
    """A text in this language; places for values stay as they are. The added length is whole words, as in real languages."""
    accented = "".join(part if part.startswith("{") else part.translate(ACCENTED) for part in _PLACE.split(text))
    extra = math.ceil(len(text) * (LONGER - 1.0))
    words = ("ø" * min(8, extra - at) for at in range(0, extra, 8))
    if " " not in text:
        return accented + "ø" * extra
    return f"{accented} {' '.join(words)}"


class PseudoTranslator(QTranslator):
    """Translates the program's own texts; Qt's stay English."""

    @override
    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1, /) -> str:
        return "" if context.startswith("Q") else pseudo(source)

    @override
    def isEmpty(self) -> bool:
        return False
