"""The canonical profile equals RFC 8785 as an independent library implements it."""

from __future__ import annotations

import random
import string

import pytest
import rfc8785

from jope.kernel.canonical import canonical_bytes, canonical_text, parse_canonical
from jope.kernel.errors import CanonicalFormError

_KEYS = string.ascii_letters + string.digits + '_-. "\\/'
_TEXT = string.printable + "äöüß€漢字🎉\u2028\u007f\u0000\ue000"


def _document(random_: random.Random, depth: int) -> object:
    kind = random_.randrange(7 if depth else 5)
    if kind == 0:
        return random_.randrange(-(2**53) + 1, 2**53)
    if kind == 1:
        return random_.choice((None, True, False))
    if kind in (2, 3, 4):
        return "".join(random_.choice(_TEXT) for _ in range(random_.randrange(9)))
    if kind == 5:
        return [_document(random_, depth - 1) for _ in range(random_.randrange(4))]
    return {
        "".join(random_.choice(_KEYS) for _ in range(random_.randrange(6))): _document(random_, depth - 1)
        for _ in range(random_.randrange(5))
    }


@pytest.mark.req("C02", "P11-02")
def test_the_profile_equals_rfc_8785_on_random_documents() -> None:
    random_ = random.Random(8785)
    for _ in range(20_000):
        document = _document(random_, 3)
        assert canonical_bytes(document) == rfc8785.dumps(document)


@pytest.mark.req("C02")
@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), {"ä": 1}, {1: 2}, {"a": float("nan")}, "\ud800", object(), {"a": [0.0]}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(CanonicalFormError):
        canonical_text(value)


@pytest.mark.req("C02")
@pytest.mark.parametrize("text", ['{"a":1,"a":2}', '{"b":1,"a":2}', '{"a": 1}', "1.5", "NaN", "[", '{"a":1e2}', '"\\u0041"', "[" * 100_000])
def test_only_canonical_text_is_read_back(text: str) -> None:
    with pytest.raises(CanonicalFormError):
        parse_canonical(text)
