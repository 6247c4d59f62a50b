"""Stable words of the trail as a person reads them."""

from __future__ import annotations

import re

_HEX_ID = re.compile(r"\b[0-9a-f]{32,64}\b")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plain_words(stable: str) -> str:
    """``StartBatch: command.denied`` as ``Start batch: denied``, ``weighing.rejected`` as ``Weighing rejected``."""
    command, colon, action = stable.rpartition(": ")
    words = action.removeprefix("command.") if colon else action.replace(".", " ").replace("_", " ")
    text = f"{_HUMP.sub(' ', command)}: {words}".capitalize() if colon else words
    return text[:1].upper() + text[1:]


def short_ids(text: str) -> str:
    """Long hex ids as their first four and last four digits; the whole id stands in the event's detail."""
    return _HEX_ID.sub(lambda found: f"{found[0][:4]}\u2026{found[0][-4:]}", text)
