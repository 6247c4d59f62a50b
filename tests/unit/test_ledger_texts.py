"""The texts that the recorder composes are those that verification computes."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from jope.compliance.audit.ledger import BODY_FIELDS, BODY_VERSION, BodyFrame, ImageTexts, SubjectRef, state_hash
from jope.kernel.canonical import canonical_string, canonical_text
from jope.kernel.errors import CanonicalFormError

_TEXT = 'abc %s %% "\\/\n\t\x00\x1fäß漢🎉\u2028'


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


def _common(random_: random.Random) -> dict[str, str | int]:
    texts = ("actor", "address", "boot", "command", "os_user", "quality", "role", "session", "software", "station")
    return {name: _text(random_) for name in texts} | {name: random_.randrange(2**53) for name in ("mono", "settings", "utc")}


@pytest.mark.req("C02", "P11-06")
def test_a_body_composed_from_the_frame_of_its_commit_equals_the_canonical_form_of_the_whole() -> None:
    random_ = random.Random(21)
    for _ in range(2_000):
        common = _common(random_)
        frame = BodyFrame(common)
        for _event in range(random_.randrange(1, 3)):
            subjects = [SubjectRef(_text(random_), _text(random_), random_.randrange(99), random_.randrange(2**50)) for _ in range(2)]
            prior, next_ = random_.choice((None, "ab" * 32)), random_.choice((None, "cd" * 32))
            signature, action, outcome = random_.choice((None, _text(random_))), _text(random_), _text(random_)
            whole = {
                **common, "v": BODY_VERSION, "action": action, "outcome": outcome, "payload": "ef" * 32, "prior": prior, "next": next_, "seq": 7,
                "signature": signature, "subjects": [{"kind": s.kind, "id": s.id, "n": s.n, "prev": s.prev} for s in subjects],
            }  # fmt: skip
            body = frame.body(
                action=action, outcome=outcome, payload="ef" * 32, prior=prior, next_=next_, seq=7, signature=signature, subjects=subjects
            )
            assert body == canonical_text(whole)
            assert json.loads(body).keys() == BODY_FIELDS


@pytest.mark.req("C02")
def test_a_frame_refuses_what_a_body_would_not_hold() -> None:
    common = _common(random.Random(22))
    for fields in ({**common, "seq": 1}, {k: v for k, v in common.items() if k != "actor"}, {**common, "colour": "red"}):
        with pytest.raises(ValueError, match="not the common fields"):
            BodyFrame(fields)
    for broken in ({**common, "utc": 2**53}, {**common, "actor": "\ud800"}):
        with pytest.raises(CanonicalFormError):
            BodyFrame(broken)
