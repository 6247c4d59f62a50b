"""How a question is written down: its name and its arguments as JSON (URS A13; 21 CFR 11.1(e)).

Every question of an inspector is an event before it is answered. The same question again within five seconds is the same event, wherever its page begins:
a list is read in pieces and refreshed by the screen. Other arguments make another question.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

SAME_QUESTION_SECONDS: Final = 5.0
_PAGING: Final = frozenset({"before_seq", "below", "limit"})
"""Where the page of a list begins and how long it is."""
_LONGEST: Final = 1900


def question_text(arguments: Mapping[str, Any], *, paging: bool = True) -> str:
    """The arguments of a query as JSON of at most about 1,900 characters; beyond, its beginning and the SHA-256 of the whole.

    Without ``paging`` the arguments that only say which piece of a list is wanted are left out.
    """
    asked = {name: _plain(value) for name, value in arguments.items() if paging or name not in _PAGING}
    text = json.dumps(asked, ensure_ascii=True, sort_keys=True).replace("\x7f", "\\u007f")
    if len(text) <= _LONGEST:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    return json.dumps({"begins": text[: _LONGEST // 2], "sha256": digest}, sort_keys=True)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list | frozenset | set):
        return [_plain(one) for one in (sorted(value) if isinstance(value, frozenset | set) else value)]
    return value if isinstance(value, str | int | bool) or value is None else str(value)
