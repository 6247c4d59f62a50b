"""The texts that the recorder composes are those that verification computes."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from jope.compliance.audit.ledger import ImageTexts, state_hash
from jope.kernel.canonical import canonical_string, canonical_text
from jope.kernel.errors import CanonicalFormError

_TEXT = 'abc "\\/\n\t\x00\x1fäß漢🎉\u2028'


def _text(random_: random.Random) -> str:
    return "".join(random_.choice(_TEXT) for _ in range(random_.randrange(6)))


def _row(random_: random.Random) -> dict[str, Any] | None:
    if random_.random() < 0.2:
        return None
    return {f"c{n}": random_.choice((None, random_.randrange(-9, 9), _text(random_))) for n in range(random_.randrange(4))}


@pytest.mark.req("C02", "C05", "P11-06")
def test_composed_payloads_and_state_hashes_equal_the_canonical_form_of_the_whole() -> None:
    random_ = random.Random(20)
    for _ in range(2_000):
        images = [(_text(random_), _text(random_), _row(random_), _row(random_)) for _ in range(random_.randrange(4))]
        reason, details, result = _text(random_), {"d": _text(random_)}, random_.choice((None, {"r": _text(random_)}))
        texts = ImageTexts(images)
        whole: dict[str, Any] = {
            "images": [{"table": t, "key": k, "before": b, "after": a} for t, k, b, a in images],
            "reason": reason,
            "details": details,
        } | ({} if result is None else {"result": result})
        assert texts.payload(reason, details, result) == canonical_text(whole)
        assert texts.prior == state_hash([(t, k, b) for t, k, b, _ in images if b is not None])
        assert texts.next == state_hash([(t, k, a) for t, k, _, a in images if a is not None])


@pytest.mark.req("C02")
def test_one_string_has_the_same_form_alone_and_half_a_character_has_none() -> None:
    assert canonical_string(_TEXT) == canonical_text(_TEXT) == json.dumps(_TEXT, ensure_ascii=False)
    for work in (canonical_string, canonical_text):
        with pytest.raises(CanonicalFormError):
            work("\ud800")
